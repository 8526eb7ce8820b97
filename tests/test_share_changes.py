"""Differences of driver shares between waves and groups: tested, corrected, aware of who answered twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.driver_settings import ModelSettings
from analysis.drivers import driver_shares
from analysis.results import TooFew
from analysis.share_change_results import ShareChanges
from analysis.share_comparison import segment_share_differences, share_changes, wave_share_changes
from analysis.tabular import sample_from_frame

DRIVERS = ["a", "b", "c"]


def two_waves(n: int, seed: int, shift: float = 0.0, stable: float = 0.8) -> pd.DataFrame:
    """The same customers in two waves; ``a`` loses ``shift`` of its weight to ``c`` in the second."""
    rng = np.random.default_rng(seed)
    person = rng.normal(size=(n, 4))
    parts = []
    for wave, moved in (("w1", 0.0), ("w2", shift)):
        fresh = rng.normal(size=(n, 4))
        x = stable * person + np.sqrt(1 - stable**2) * fresh
        frame = pd.DataFrame(x[:, :3], columns=DRIVERS)
        frame["sat"] = x[:, :3] @ [1.0 - moved, 0.7, 0.4 + moved] + x[:, 3]
        parts.append(frame.assign(wave=wave, customer=np.arange(n), half=np.arange(n) % 2))
    return pd.concat(parts, ignore_index=True)


def test_a_real_change_is_found_and_the_rest_is_left_alone() -> None:
    found = share_changes(two_waves(400, 1, 0.7), "sat", DRIVERS, "wave", cluster="customer", replicates=200)
    by_name = {change.driver: change for change in found.changes}
    assert by_name["a"].clear
    assert by_name["a"].difference.value < 0 < by_name["c"].difference.value
    assert by_name["c"].clear
    assert found.pairs[0].test is not None
    assert found.pairs[0].test.p < 0.001
    assert sum(change.difference.value for change in found.changes) == pytest.approx(0, abs=1e-12)
    assert found.summary().count("*") == sum(change.clear for change in found.changes)
    assert len(found.to_frame()) == 3


def test_each_share_is_that_of_its_own_wave() -> None:
    frame = two_waves(150, 2, 0.3)
    found = share_changes(frame, "sat", DRIVERS, "wave", cluster="customer", replicates=20)
    for wave, what in (("w1", "before"), ("w2", "after")):
        own = driver_shares(frame[frame["wave"] == wave], "sat", DRIVERS, replicates=5)
        for driver in own.drivers:
            change = next(c for c in found.changes if c.driver == driver.driver)
            assert getattr(change, what) == pytest.approx(driver.share.value, rel=1e-12)


def test_the_same_answers_twice_differ_by_nothing() -> None:
    frame = two_waves(120, 3)
    twice = pd.concat([frame[frame["wave"] == "w1"].assign(wave=w) for w in ("w1", "w2")])
    found = share_changes(twice, "sat", DRIVERS, "wave", cluster="customer", replicates=40)
    for change in found.changes:
        # Sums of the two waves are added in the same order; what is left is rounding.
        assert abs(change.difference.value) < 1e-12
        assert change.difference.se == pytest.approx(0, abs=1e-12)
        assert (change.p, change.clear) == (1.0, False)


def test_who_answers_twice_makes_a_change_surer() -> None:
    frame = two_waves(300, 4, stable=0.95)
    tied = share_changes(frame, "sat", DRIVERS, "wave", cluster="customer", replicates=200)
    frame["row"] = np.arange(len(frame))
    loose = share_changes(frame, "sat", DRIVERS, "wave", cluster="row", replicates=200)
    for one, other in zip(tied.changes, loose.changes, strict=True):
        assert one.difference.value == other.difference.value
        assert (one.difference.se or 1) < 0.6 * (other.difference.se or 0)


def test_where_nothing_drives_no_change_is_clear() -> None:
    small = 0
    for seed in (1, 2, 9):
        x = np.random.default_rng(seed).normal(size=(160, 4))
        frame = pd.DataFrame(x, columns=[*DRIVERS, "sat"]).assign(wave=np.repeat(["w1", "w2"], 80))
        found = share_changes(frame, "sat", DRIVERS, "wave", replicates=100)
        small += sum(change.q is not None and change.q < 0.05 for change in found.changes)
        assert not any(change.clear for change in found.changes)
    # Shares of nothing leap about, which t takes for changes; noise in both waves is what it is.
    assert small


def test_without_a_change_few_are_called_clear() -> None:
    wrong = sum(
        any(c.clear for c in share_changes(two_waves(120, s), "sat", DRIVERS, "wave", replicates=100).changes)
        for s in range(30)
    )
    # At a rate of 5 % five or more of thirty happen in 1 % of such tests.
    assert wrong <= 5


def test_all_pairs_of_groups_are_one_family() -> None:
    frame = two_waves(300, 5)
    frame["group"] = np.arange(len(frame)) % 3
    found = share_changes(frame, "sat", DRIVERS, "group", pairs="all", replicates=60)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("0", "1"), ("0", "2"), ("1", "2")]
    assert len(found.changes) == 9
    p = np.array([change.p for change in found.changes])
    largest = max(change.q or 0 for change in found.changes)
    assert largest == pytest.approx(p.max())


def test_drivers_that_one_wave_cannot_have_are_in_none() -> None:
    frame = two_waves(150, 6)
    frame.loc[frame["wave"] == "w2", "b"] = 3.0
    found = share_changes(frame, "sat", DRIVERS, "wave", replicates=20)
    assert (found.left_out, set(found.drivers)) == (("b",), {"a", "c"})


def test_groups_without_a_model_are_named() -> None:
    frame = two_waves(150, 7)
    frame["group"] = np.where(np.arange(300) < 30, "small", np.where(np.arange(300) % 2, "x", "y"))
    found = share_changes(frame, "sat", DRIVERS, "group", replicates=20)
    assert [(name, few.n) for name, few in found.missing] == [("small", 30)]
    assert [(pair.first, pair.second) for pair in found.pairs] == [("x", "y")]
    with pytest.raises(ValueError, match=r"at least two of 'group'.*n = 30"):
        share_changes(frame[frame["group"] == "small"], "sat", DRIVERS, "group", replicates=20)


def test_samples_and_tables_agree() -> None:
    frame = two_waves(200, 8, 0.2)
    frame[[*DRIVERS, "sat"]] = (50 + 8 * frame[[*DRIVERS, "sat"]]).clip(0, 100)
    sample = sample_from_frame(
        frame, DRIVERS, scale=None, cluster="customer", wave="wave", segments=["half"], outcomes=["sat"]
    )
    table = share_changes(frame, "sat", DRIVERS, "wave", cluster="customer", replicates=30)
    found = wave_share_changes(sample, "sat", DRIVERS, replicates=30)
    assert isinstance(found, ShareChanges)
    pd.testing.assert_frame_equal(found.to_frame(), table.to_frame(), rtol=1e-9)
    halves = segment_share_differences(
        sample, "sat", DRIVERS, "half", settings=ModelSettings(blanks="em"), replicates=30
    )
    assert isinstance(halves, ShareChanges)
    assert [(pair.first, pair.second) for pair in halves.pairs] == [("0", "1")]
    assert isinstance(wave_share_changes(sample, "sat", DRIVERS, waves=["w1"], replicates=5), TooFew)


def test_a_small_group_against_a_large_one_has_few_degrees_of_freedom() -> None:
    frame = two_waves(150, 4)
    # Twelve customers of five people each against everybody for himself.
    frame["customer"] = np.where(frame.index < 60, frame.index // 5, frame.index)
    frame["group"] = np.where(frame.index < 60, "few", "many")
    found = share_changes(frame, "sat", DRIVERS, "group", cluster="customer", replicates=60)
    for change in found.changes:
        assert change.difference.df is not None
        # The smaller group has 11, both have 250; its share of the variance is the larger.
        assert 11 <= change.difference.df < 60


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_order_of_rows_does_not_matter(seed: int) -> None:
    frame = two_waves(80, 9)
    one, two = (
        share_changes(f, "sat", DRIVERS, "wave", cluster="customer", replicates=10).to_frame()
        for f in (frame, frame.sample(frac=1, random_state=seed))
    )
    # Only the order of addition differs.
    pd.testing.assert_frame_equal(one, two, rtol=1e-7)
