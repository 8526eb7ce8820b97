"""Drivers by pairs: each correlation is that of those who answered both, also in replicates; else refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import driver_results, driver_shares, item_moments, sample_from_frame
from analysis.design import Design
from analysis.driver_checks import driver_checks
from analysis.driver_settings import ModelSettings
from analysis.lmg import lmg
from analysis.moment_guards import MomentsRefused, check_definite, definite
from analysis.pair_moments import replicate_pair_moments
from analysis.replicates import replication
from analysis.results import TooFew
from analysis.sample import Floats

ITEMS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    customer = np.repeat(np.arange(100), 3)
    x = rng.normal(size=(300, 4)) + rng.normal(size=(100, 1))[customer]
    y = x @ [0.8, 0.5, 0.3, 0.1] + rng.normal(size=300)
    x[rng.random(x.shape) < 0.12] = np.nan
    found = pd.DataFrame(50 + 5 * x, columns=ITEMS)
    return found.assign(sat=50 + 5 * y, customer=customer, weight=rng.uniform(0.5, 2, 300))


def test_shares_come_from_the_correlations_of_each_pair(frame: pd.DataFrame) -> None:
    found = driver_shares(frame, "sat", ITEMS, blanks="pairwise", cluster="customer", replicates=50)
    lost = int(frame[ITEMS].isna().any(axis=1).sum())
    assert (found.n, found.rows_lost, found.failed) == (300, 0, 0)
    assert dict(found.warnings)["pairwise_blanks"]["rows"] == lost
    assert found.facts.blanks == "pairwise"
    r = frame[[*ITEMS, "sat"]].corr().to_numpy()
    expected = lmg(r[:, :, None], [[j] for j in range(4)])[:, 0]
    np.testing.assert_allclose(found.to_frame().loc[ITEMS, "lmg"], expected, rtol=1e-10)


def test_every_replicate_is_a_refit_with_its_weights(frame: pd.DataFrame) -> None:
    x = frame[[*ITEMS, "sat"]].to_numpy()
    w, customer = frame["weight"].to_numpy(), frame["customer"].to_numpy()
    plan = replication(Design(w, np.zeros(300, dtype=np.int64), customer), list(map(str, range(100))), 5, 3)
    found = replicate_pair_moments(x - 50, np.arange(300), plan)
    for cell, multipliers in enumerate([np.ones(100), *plan.weights()]):
        again = item_moments([*ITEMS, "sat"], x, w * multipliers[customer], method="pairwise")
        np.testing.assert_allclose(found.correlation[cell], again.correlation, atol=1e-12)
        np.testing.assert_allclose(found.covariance[cell], again.covariance, rtol=1e-10)
        np.testing.assert_allclose(found.means[cell] + 50, again.means, rtol=1e-12)


def test_without_blanks_all_ways_are_one(frame: pd.DataFrame) -> None:
    whole = frame.dropna()
    one, two = (
        driver_shares(whole, "sat", ITEMS, blanks=way, replicates=20).to_frame()
        for way in ("pairwise", "listwise")
    )
    pd.testing.assert_frame_equal(one, two)


def test_who_was_not_asked_keeps_the_mark(frame: pd.DataFrame) -> None:
    rng = np.random.default_rng(8)
    asked = rng.random(300) < 0.6
    routed = frame.assign(b=frame["b"].fillna(50).where(asked))
    options = {"not_asked": ["b"], "replicates": 20}
    found = driver_shares(routed, "sat", ITEMS, blanks="pairwise", **options)
    assert found.n == 300
    settled = routed.assign(**{name: frame[name].fillna(50) for name in "acd"})
    by_pairs, complete = (
        driver_shares(settled, "sat", ITEMS, blanks=way, **options).to_frame() for way in ("pairwise", "em")
    )
    pd.testing.assert_frame_equal(by_pairs, complete)


def contradicting() -> pd.DataFrame:
    """Three groups that each leave out one of three items: a goes with b and with c, and b against c."""
    rng = np.random.default_rng(1)
    base = rng.normal(size=120)

    def near(values: Floats) -> Floats:
        return 50 + 8 * (values + 0.1 * rng.normal(size=120))

    blank = np.full(120, np.nan)
    parts = [
        {"a": near(base), "b": near(base), "c": blank},
        {"a": near(base), "b": blank, "c": near(base)},
        {"a": blank, "b": near(base), "c": near(-base)},
    ]
    frame = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    return frame.assign(sat=50 + 8 * rng.normal(size=360))


def test_pairs_that_fit_no_population_are_refused() -> None:
    frame = contradicting()
    with pytest.raises(ValueError, match=r"fit no population.*Use blanks='em'"):
        driver_shares(frame, "sat", ["a", "b", "c"], blanks="pairwise", replicates=20)
    sample = sample_from_frame(frame, ["a", "b", "c"], scale=None, outcomes=["sat"])
    few = driver_results(sample, "sat", ["a", "b", "c"], blanks="pairwise", replicates=20)
    assert few == TooFew(360, "indefinite")
    settings = ModelSettings(blanks="pairwise")
    weighted = sample_from_frame(
        frame.assign(w=np.linspace(1, 2, 360)), ["a", "b", "c"], scale=None, outcomes=["sat"], weights="w"
    )
    assert driver_checks(weighted, "sat", ["a", "b", "c"], [], settings=settings).unweighted is None


def test_a_pair_that_nobody_answered_is_refused(frame: pd.DataFrame) -> None:
    first = np.arange(300) < 150
    apart = frame.assign(a=frame["a"].where(first), b=frame["b"].where(~first))
    with pytest.raises(ValueError, match=r"Use blanks='em'"):
        driver_shares(apart, "sat", ITEMS, blanks="pairwise", replicates=20)


def test_a_replicate_is_judged_like_the_sample() -> None:
    good, bad = np.array([[1, 0.5], [0.5, 1]]), np.array([[1, 1.01], [1.01, 1]])
    assert definite(np.array([good, bad])).tolist() == [True, False]
    with pytest.raises(MomentsRefused, match="belong to no population"):
        check_definite(bad, bad, np.array([True, True]))
