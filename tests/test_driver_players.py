"""Branches as drivers, covariates and missing answers: what a study declares of its drivers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.driver_data import driver_data
from analysis.drivers import driver_results, driver_shares
from analysis.em import normal_moments, pattern_sums
from analysis.index import IndexTree, Node
from analysis.lmg import lmg
from analysis.results import DriverResults, Estimate
from analysis.sample import Sample
from analysis.tabular import sample_from_frame

ITEMS = ["a1", "a2", "b1", "b2", "c"]
TREE = IndexTree(
    (
        Node("a", None, None, 2.0),
        Node("a1", "a", "a1", 1.0),
        Node("a2", "a", "a2", 3.0),
        Node("b", None, None, 1.0),
        Node("b1", "b", "b1", 1.0),
        Node("b2", "b", "b2", 1.0),
        Node("c", None, "c", 1.0),
    )
)


def answers(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=(n, 1))
    x = 60 + 8 * (rng.normal(size=(n, 5)) + 0.5 * halo)
    frame = pd.DataFrame(np.clip(x, 0, 100), columns=ITEMS)
    frame["region"] = np.array(["east", "north", "west"])[rng.integers(0, 3, n)]
    lift = frame["region"].map({"east": 0.0, "north": 4.0, "west": -3.0})
    frame["sat"] = np.clip(
        frame[ITEMS] @ [0.3, 0.1, 0.2, 0.2, 0.1] + 8 + lift + 5 * rng.normal(size=n), 0, 100
    )
    frame["customer"] = np.arange(n) // 2
    return frame


def sample(frame: pd.DataFrame) -> Sample:
    return sample_from_frame(
        frame, ITEMS, scale=None, cluster="customer", segments=["region"], outcomes=["sat"]
    )


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_branches_count_as_one_driver_and_have_the_score_of_the_index(rollup: str) -> None:
    frame = answers()
    tree = TREE.with_rollup(rollup)  # type: ignore[arg-type] # one of the two
    found = driver_results(
        sample(frame), "sat", ITEMS, tree=tree, groups="branches", always=["region"], replicates=60
    )
    assert isinstance(found, DriverResults)
    by_id = {driver.item: driver for driver in found.drivers}
    assert {name: driver.items for name, driver in by_id.items()} == {
        "a": ("a1", "a2"),
        "b": ("b1", "b2"),
        "c": (),
    }
    assert sum(driver.share.value for driver in found.drivers) == pytest.approx(1, abs=1e-12)
    assert (by_id["a"].coefficient, by_id["a"].direction) == (None, None)
    score = by_id["a"].performance
    assert isinstance(score, Estimate)
    assert score.value == pytest.approx(frame["a1"].mean() / 4 + frame["a2"].mean() * 3 / 4, rel=1e-12)
    mean = np.mean([d.performance.value for d in found.drivers if isinstance(d.performance, Estimate)])
    assert found.performance_line == pytest.approx(mean, rel=1e-12)
    # The same players from a table, the region's part taken off first.
    plain = driver_shares(
        frame,
        "sat",
        ITEMS,
        groups={"a": ["a1", "a2"], "b": ["b1", "b2"]},
        always=["region"],
        cluster="customer",
        replicates=20,
    )
    for driver in plain.drivers:
        assert by_id[driver.driver].share.value == pytest.approx(driver.share.value, rel=1e-12)


def test_a_branch_needs_a_tree_and_a_covariate_must_exist() -> None:
    with pytest.raises(ValueError, match="give its tree"):
        driver_results(sample(answers(100)), "sat", ITEMS, groups="branches", replicates=5)
    with pytest.raises(ValueError, match="no covariate 'c'"):
        driver_results(sample(answers(100)), "sat", ITEMS, always=["c"], replicates=5)


def with_blanks(n: int, seed: int, share: float = 0.08) -> pd.DataFrame:
    frame = answers(n, seed)
    rng = np.random.default_rng(seed + 100)
    hit = rng.random((n, len(ITEMS))) < share
    hit[:, 0] = False
    # Who is content with a1 leaves b1 blank more often: missing at random, not completely so.
    hit[:, 2] |= (frame["a1"] > 64).to_numpy() & (rng.random(n) < 0.35)
    frame[ITEMS] = frame[ITEMS].mask(hit)
    return frame


def test_em_keeps_rows_and_equals_maximum_likelihood() -> None:
    frame = with_blanks(400, 1)
    found = driver_shares(frame, "sat", ITEMS, cluster="customer", blanks="em", replicates=100)
    listwise = driver_shares(frame, "sat", ITEMS, cluster="customer", replicates=20)
    assert (found.n, found.rows_lost) == (400, 0)
    assert listwise.rows_lost == int(frame.isna().any(axis=1).sum()) > 100
    assert dict(found.warnings)["em_blanks"]["rows"] == listwise.rows_lost
    assert found.facts.blank == pytest.approx(frame[ITEMS].isna().to_numpy().mean())
    x = frame[[*ITEMS, "sat"]].to_numpy()
    z = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0)
    fit = normal_moments(pattern_sums(z, np.ones(400))).covariances[0]
    r = fit / np.sqrt(np.outer(np.diag(fit), np.diag(fit)))
    expected = dict(zip(ITEMS, lmg(r[:, :, None], [[j] for j in range(5)])[:, 0], strict=True))
    for driver in found.drivers:
        # EM stops at a change of 1e-11 in standard units.
        assert driver.lmg == pytest.approx(expected[driver.driver], rel=1e-7)
        assert driver.share.low is not None
        assert driver.share.low <= driver.share.value <= (driver.share.high or 0)


def test_em_without_blanks_is_listwise() -> None:
    frame = answers(200)
    one, two = (driver_shares(frame, "sat", ITEMS, blanks=b, replicates=20) for b in ("em", "listwise"))
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())


def test_em_leaves_alone_what_had_no_answer_to_give() -> None:
    frame = with_blanks(500, 2, share=0.05)
    used = np.random.default_rng(3).random(500) < 0.6
    routed = frame["b2"].where(used)
    columns = {name: frame[name].to_numpy() for name in ITEMS} | {"b2": routed.to_numpy()}
    nobody = {"b2": ~used}
    everyone = np.ones(500, dtype=bool)
    data = driver_data(frame["sat"].to_numpy(), columns, nobody, np.ones(500), everyone, blanks="em")
    assert data.n == 500
    player = data.players[data.names.index("b2")]
    # The answer is 0 where there was none to have, missing where it was due, and the mark tells them apart.
    assert (data.x[~used, player[0]] == 0).all()
    assert np.isnan(data.x[:, player[0]]).sum() == int((used & frame["b2"].isna()).sum()) > 0
    np.testing.assert_array_equal(data.x[:, player[1]], used)


def test_two_items_of_one_routing_work_with_em() -> None:
    frame = with_blanks(400, 4, share=0.04)
    used = np.random.default_rng(5).random(400) < 0.6
    frame.loc[~used, ["b2", "c"]] = np.nan
    frame.loc[used, ["b2", "c"]] = frame.loc[used, ["b2", "c"]].fillna(60.0)
    found = driver_shares(frame, "sat", ITEMS, not_asked=["b2", "c"], blanks="em", replicates=60)
    assert (found.n, found.failed) == (400, 0)
    assert sum(driver.lmg for driver in found.drivers) == pytest.approx(found.r_squared.value, abs=1e-12)


def test_a_row_without_the_outcome_is_lost_with_em_too() -> None:
    frame = with_blanks(300, 6)
    frame.loc[:9, "sat"] = np.nan
    frame.loc[10, ITEMS] = np.nan
    found = driver_shares(frame, "sat", ITEMS, blanks="em", replicates=20)
    assert (found.n, found.rows_lost) == (289, 11)


def test_an_unknown_treatment_of_blanks_is_refused() -> None:
    with pytest.raises(ValueError, match="'listwise', 'em' or 'pairwise', found 'mean'"):
        driver_shares(answers(100), "sat", ITEMS, blanks="mean")  # type: ignore[arg-type] # on purpose
