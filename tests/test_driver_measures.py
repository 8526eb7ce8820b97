"""Measures of importance follow from the subsets, stand in the table with intervals, and know covariates."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from decomposition import MEASURES, decomposed
from golden_tables import GOLDENS, block
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.driver_measures import left_without_each, measures
from analysis.drivers import driver_shares
from analysis.elimination import subset_residuals, sweep
from analysis.lmg import shapley
from analysis.ranks import clear_differences, tie_groups
from analysis.regression import weighted_regression

FOUR = ["coverage", "speed", "value", "billing"]
# Closed form on both sides; the reference prints 12 digits.
CLOSE = 1e-10


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def test_the_table_holds_the_measures_with_intervals(frame: pd.DataFrame) -> None:
    found = driver_shares(frame, "sat", FOUR, weights="weight", cluster="customer", replicates=200)
    table = found.measures()
    expected = block("ref_drivers.txt", "[1w]", "lmg first last")
    for name in FOUR:
        by_measure = dict(zip(MEASURES, expected[name], strict=True))
        for measure in ("lmg", "first", "last", "pratt", "johnson", "car"):
            row = table.loc[(name, measure)]
            assert row["value"] == pytest.approx(by_measure[measure], rel=CLOSE)
            assert row["low"] < row["value"] < row["high"]
    # Both measure the same error: that of a part of all variance, by 240 customers.
    jackknife = dict(
        zip(FOUR, (0.0235101421827, 0.0188392695499, 0.0226513427429, 0.0148433567576), strict=True)
    )
    for name in FOUR:
        # 200 replicates know a standard error to 5 %.
        assert table.loc[(name, "lmg"), "se"] == pytest.approx(jackknife[name], rel=0.2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 2), min_size=1, max_size=5))
def test_first_last_and_sums_follow_from_the_subsets(seed: int, widths: list[int]) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(80, sum(widths) + 1)) + rng.normal(size=(80, 1))
    r = np.corrcoef(x.T)[:, :, None]
    ends = np.cumsum([0, *widths])
    players = [list(range(a, b)) for a, b in pairwise(ends)]
    table = subset_residuals(r, players)
    found = measures(r, players, sweep(r)[0])
    everything, explained = len(table) - 1, 1 - table[-1]
    for j in range(len(players)):
        assert found.first[j, 0] == pytest.approx(1 - table[1 << j, 0], abs=1e-12)
        without = table[everything ^ (1 << j), 0]
        assert left_without_each(r, players)[j, 0] == pytest.approx(without, abs=1e-12)
        assert found.last[j, 0] == pytest.approx(without - table[-1, 0], abs=1e-12)
    for part in (shapley(table), found.pratt, found.johnson, found.car):
        assert part.sum() == pytest.approx(explained[0], abs=1e-10)
    assert min(found.johnson.min(), found.car.min()) > -1e-12


def test_a_covariate_in_a_table_may_be_text(frame: pd.DataFrame) -> None:
    named = frame.assign(segment=np.where(frame["segment"] == 1, "large", "small"))
    found = driver_shares(named, "sat", FOUR, always=["segment"], replicates=20)
    plain = driver_shares(frame, "sat", FOUR, always=["segment"], replicates=20)
    assert found.r_squared.value == pytest.approx(plain.r_squared.value, rel=1e-12)
    assert sum(d.lmg for d in found.drivers) == pytest.approx(found.shared_r_squared.value, abs=1e-12)
    alone = np.corrcoef(frame["segment"], frame["sat"])[0, 1] ** 2
    assert found.r_squared.value - found.shared_r_squared.value == pytest.approx(alone, rel=1e-9)
    # Coefficients and inflation are those of the whole regression.
    x = np.column_stack([np.ones(480), frame[[*FOUR, "segment"]]])
    beta = np.linalg.lstsq(x, frame["sat"].to_numpy(dtype=float), rcond=None)[0]
    standard = beta[1:5] * frame[FOUR].std().to_numpy() / frame["sat"].std()
    inverse = np.linalg.inv(np.corrcoef(x[:, 1:].T))
    table = found.to_frame().loc[FOUR]
    np.testing.assert_allclose(table["coefficient"].astype(float), standard, rtol=1e-9)
    np.testing.assert_allclose(table["inflation"].astype(float), np.diag(inverse)[:4], rtol=1e-9)


def test_what_is_always_in_is_no_driver(frame: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="'speed': always in, so neither a driver nor the outcome"):
        driver_shares(frame, "sat", FOUR, always=["speed"])


def test_dominance_names_the_strongest_level_and_how_often_it_holds(frame: pd.DataFrame) -> None:
    found = driver_shares(frame, "sat", FOUR, cluster="customer", replicates=200).dominance
    assert found is not None
    levels = {(pair.first, pair.second): pair for pair in found.pairs}
    # domir: coverage and value change places with the size of the model; all else is complete.
    assert levels["coverage", "value"].level == "general"
    assert levels["coverage", "value"].adds_more == 0.5
    assert {pair.level for key, pair in levels.items() if key != ("coverage", "value")} == {"complete"}
    assert found.replicates == 200
    for pair in found.pairs:
        assert pair.reproduced is not None
        assert pair.reproduced["complete"] <= pair.reproduced["conditional"] <= pair.reproduced["general"]
    profile = dict(zip(found.drivers, found.conditional, strict=True))
    expected = block("ref_drivers.txt", "[3dom]", "include_at_1")
    for name in FOUR:
        np.testing.assert_allclose(profile[name], expected[name], rtol=1e-9)
    assert len(found.to_frame()) == 6


def test_ranks_come_with_letters_and_places(frame: pd.DataFrame) -> None:
    found = driver_shares(frame, "sat", FOUR, cluster="customer", replicates=400)
    for driver in found.drivers:
        assert sum(driver.places) == pytest.approx(1)
        assert driver.places[0] == pytest.approx(driver.first_probability)
        assert driver.top_probability(3) == pytest.approx(driver.top3_probability)
    by_name = {driver.driver: set(driver.tie) for driver in found.drivers}
    assert by_name["coverage"] & by_name["value"]
    assert not by_name["coverage"] & by_name["billing"]


def test_tie_groups_by_hand() -> None:
    value = np.array([0.1, 0.5, 0.301, 0.299])
    rng = np.random.default_rng(0)
    clear = clear_differences(value, value[:, None] + rng.normal(0, 0.01, (4, 500)))
    assert tie_groups(value, clear) == ("c", "a", "b", "b")
    assert tie_groups(value, np.zeros((4, 4), dtype=bool)) == ("a",) * 4


def test_coefficients_and_their_errors_equal_svyglm(frame: pd.DataFrame) -> None:
    clusters = np.unique(frame["customer"], return_inverse=True)[1]
    design = Design(frame["weight"].to_numpy(), np.zeros(480, dtype=np.int64), clusters)
    x = frame[FOUR].to_numpy(dtype=np.float64)
    found = weighted_regression(design, frame["sat"].to_numpy(dtype=np.float64), x, FOUR)
    lines = (GOLDENS / "ref_drivers.txt").read_text(encoding="utf-8").split("[3] svyglm")[1].splitlines()
    expected = {cells[0]: [float(cell) for cell in cells[1:3]] for cells in map(str.split, lines[3:7])}
    table = driver_shares(frame, "sat", FOUR, weights="weight", cluster="customer", replicates=20).to_frame()
    w = frame["weight"].to_numpy()
    spread = {name: np.sqrt(np.cov(frame[name], aweights=w, ddof=0)) for name in (*FOUR, "sat")}
    for name in FOUR:
        estimate = found.coefficients[name]
        np.testing.assert_allclose([estimate.value, estimate.se], expected[name], rtol=1e-8)
        raw = table.loc[name, "coefficient"] * spread["sat"] / spread[name]
        assert raw == pytest.approx(expected[name][0], rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_an_integer_weight_is_a_repeated_row(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(70, 4)) + rng.normal(size=(70, 1)), columns=["a", "b", "c", "y"])
    weights = rng.integers(1, 4, 70)
    one = decomposed(frame, "y", ["a", "b"], weights.astype(float), always=["c"])
    two = decomposed(frame.loc[frame.index.repeat(weights)], "y", ["a", "b"], always=["c"])
    for measure in MEASURES:
        np.testing.assert_allclose(one[measure], two[measure], rtol=1e-9, atol=1e-12)
