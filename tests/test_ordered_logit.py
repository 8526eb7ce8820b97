"""Logit and ordered logit equal statsmodels, with errors of the design; separation is seen and named."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.average_effects import MarginalEffects, marginal_effects
from analysis.cumulative_logit import LevelData, derivatives, maximum, scores
from analysis.design import Design
from analysis.ordered_logit import OrderedLogit, regress_ordered, weighted_ordered_logit
from analysis.parallel_slopes import brant_test
from analysis.regression import weighted_regression
from analysis.sample import Floats, Integers
from analysis.separation import separating, separation_direction
from analysis.tabular import sample_from_frame

FIVE = ["coverage", "speed", "value", "billing", "switchcost"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def columns(frame: pd.DataFrame) -> Floats:
    return frame[FIVE].to_numpy(dtype=np.float64)


def design(frame: pd.DataFrame, weights: Floats | None = None, clusters: bool = True) -> Design:
    w = frame["weight"].to_numpy(dtype=np.float64) if weights is None else weights
    unit = frame["customer"].to_numpy() if clusters else np.arange(len(frame))
    return Design(w, np.zeros(len(frame), dtype=np.int64), unit)


def equal_weights(frame: pd.DataFrame) -> Design:
    return design(frame, np.ones(len(frame)), clusters=False)


def test_statsmodels_finds_the_same_maximum(frame: pd.DataFrame) -> None:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    y = frame["loyalty"].to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = OrderedModel(y, columns(frame), distr="logit").fit(method="newton", disp=0)
    found = weighted_ordered_logit(equal_weights(frame), y.astype(float), columns(frame), FIVE)
    # Its derivatives are numerical.
    np.testing.assert_allclose(found.linear.values[:5], reference.params[:5], rtol=1e-6)
    np.testing.assert_allclose(found.log_likelihood, reference.llf, rtol=1e-12)


def test_two_levels_are_a_logit_with_errors_of_the_design(frame: pd.DataFrame) -> None:
    y = frame["churn"].to_numpy(float)
    ordered = weighted_ordered_logit(design(frame), y, columns(frame), FIVE)
    logit = weighted_regression(design(frame), y, columns(frame), FIVE, family="logistic")
    for name in FIVE:
        one, other = ordered.coefficients[name], logit.coefficients[name]
        # Both are driven until nothing moves; the order of sums differs.
        np.testing.assert_allclose([one.value, one.se], [other.value, other.se], rtol=1e-9)
    assert (ordered.df, ordered.n) == (logit.df, logit.n)
    assert ordered.thresholds[0] == pytest.approx(-logit.coefficients["(Intercept)"].value, rel=1e-9)
    assert set(ordered.odds_ratios) == set(FIVE)


@pytest.mark.parametrize("outcome", ["churn", "loyalty"])
def test_contributions_are_derivatives_by_the_weight(frame: pd.DataFrame, outcome: str) -> None:
    y, x = frame[outcome].to_numpy(float), columns(frame)

    def fit(row: int, step: float) -> OrderedLogit:
        weights = frame["weight"].to_numpy(float).copy()
        weights[row] *= 1 + step
        return weighted_ordered_logit(design(frame, weights, clusters=False), y, x, FIVE)

    for row in (0, 100):
        slope = (fit(row, 1e-5).linear.values - fit(row, -1e-5).linear.values) / 2e-5
        # A central difference is off by the square of its step.
        np.testing.assert_allclose(fit(row, 0.0).linear.totals[row], slope, rtol=1e-5, atol=1e-9)


def test_the_error_of_an_effect_is_that_of_the_jackknife(frame: pd.DataFrame) -> None:
    y, x = frame["loyalty"].to_numpy(float), columns(frame)
    unit = frame["customer"].to_numpy() % 40

    def effects(kept: Integers) -> MarginalEffects:
        weights = frame["weight"].to_numpy(float)[kept]
        part = Design(weights, np.zeros(len(kept), dtype=np.int64), unit[kept])
        answered = (x[kept] > 1).astype(float)
        fit = weighted_ordered_logit(part, y[kept], x[kept], FIVE)
        return marginal_effects(fit, x[kept], np.arange(len(kept)), answered=answered)

    left_out = np.array(
        [[row.effect.value for row in effects(np.flatnonzero(unit != one)).drivers] for one in range(40)]
    )
    jackknife = np.sqrt(39 / 40 * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0))
    whole = [row.effect.se for row in effects(np.arange(480)).drivers]
    # Linearisation and jackknife agree to the first order in 1/40 clusters.
    np.testing.assert_allclose(whole, jackknife, rtol=0.06)


def test_effects_have_a_closed_form_for_one_dummy() -> None:
    # Shares of yes are 1/4 and 3/4: a logit of one dummy fits both, log odds rise by 2 log 3.
    y, x = np.tile([0.0, 100.0], 20), np.repeat([0.0, 1.0], 20)
    y[:20], y[20:] = np.repeat([0.0, 100.0], [15, 5]), np.repeat([0.0, 100.0], [5, 15])
    plain = Design(np.ones(40), np.zeros(40, dtype=np.int64), np.arange(40))
    found = marginal_effects(weighted_ordered_logit(plain, y, x[:, None], ["x"]), x[:, None], np.arange(40))
    assert found.drivers[0].effect.value == pytest.approx(100 * 2 * np.log(3) * 3 / 16, rel=1e-12)


def test_effects_on_levels_sum_to_zero_and_make_up_the_mean(frame: pd.DataFrame) -> None:
    x = columns(frame)
    found = weighted_ordered_logit(design(frame), frame["loyalty"].to_numpy(float), x, FIVE)
    for row in marginal_effects(found, x, np.arange(480)).drivers:
        by_level = [share.value for share in row.by_level]
        assert sum(by_level) == pytest.approx(0, abs=1e-12)
        assert np.dot(by_level, found.levels) / 100 == pytest.approx(row.effect.value, rel=1e-9)
        assert by_level[-1] > 0 > by_level[0]


def test_scores_add_up_to_the_gradient(frame: pd.DataFrame) -> None:
    data = LevelData.of(columns(frame), frame["loyalty"].to_numpy() - 1, frame["weight"].to_numpy(float))
    point = maximum(data).values[0] + np.linspace(-0.2, 0.2, 9)
    found = derivatives(data, point[None])
    np.testing.assert_allclose(data.weights @ scores(data, point), found.gradient[0], rtol=1e-10)
    step = 1e-6 * np.eye(9)
    slope = derivatives(data, point + step).log_likelihood - derivatives(data, point - step).log_likelihood
    np.testing.assert_allclose(slope / 2e-6, found.gradient[0], atol=1e-8)
    bend = (derivatives(data, point + step).gradient - derivatives(data, point - step).gradient) / 2e-6
    np.testing.assert_allclose(-bend, found.information[0], atol=1e-7)


answers = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2), st.integers(1, 4)),
    min_size=40,
    max_size=60,
)


@settings(max_examples=15, deadline=None)
@given(answers)
def test_an_integer_weight_is_a_repeated_row(rows: list[tuple[int, int, int, int]]) -> None:
    noise = np.random.default_rng(len(rows)).integers(1, 6, (60, 3))
    table = np.array(rows, dtype=np.float64)
    table = np.vstack([table, np.column_stack([noise[:, :2], noise[:, 2] % 3, np.ones(60)])])
    x, y, w = table[:, :2], table[:, 2], table[:, 3]
    unit = np.arange(len(table))
    again = np.repeat(unit, w.astype(int))
    zeros = np.zeros(len(again), dtype=np.int64)
    weighted = weighted_ordered_logit(Design(w, zeros[: len(w)], unit), y, x, ["a", "b"])
    plain = Design(np.ones(len(again)), zeros, again)
    repeated = weighted_ordered_logit(plain, y[again], x[again], ["a", "b"])
    # The same sums in another order.
    np.testing.assert_allclose(weighted.linear.values, repeated.linear.values, atol=1e-9)
    np.testing.assert_allclose(weighted.linear.covariance, repeated.linear.covariance, atol=1e-9)
    assert weighted.df == repeated.df
    mean = weighted.log_likelihood / weighted.n
    assert mean == pytest.approx(repeated.log_likelihood / repeated.n, rel=1e-11)
    one, other = (
        marginal_effects(weighted, x, unit),
        marginal_effects(repeated, x[again], np.arange(len(again))),
    )
    for a, b in zip(one.drivers, other.drivers, strict=True):
        np.testing.assert_allclose([a.effect.value, a.effect.se], [b.effect.value, b.effect.se], atol=1e-9)


def cars() -> tuple[pd.DataFrame, Floats]:
    frame = pd.read_csv(GOLDENS / "mtcars.csv")
    return frame, frame[["mpg", "qsec", "hp"]].to_numpy(dtype=np.float64)


def levels(x: Floats, codes: Integers) -> LevelData:
    return LevelData.of(x, codes, np.ones(len(x)))


def test_nearly_separated_is_not_separated() -> None:
    frame, x = cars()
    data = levels(x, frame["am"].to_numpy())
    fit = maximum(data)
    assert separating(data, fit, ["mpg", "qsec", "hp"]) == ()
    np.testing.assert_allclose(separation_direction(data), 0.0)


def test_columns_that_separate_together_are_named() -> None:
    frame, x = cars()
    data = levels(x, frame["vs"].to_numpy())
    assert separating(data, maximum(data), ["mpg", "qsec", "hp"]) == ("mpg", "qsec", "hp")
    # Along the direction nobody moves into the wrong level, whatever the threshold.
    moved = data.x @ separation_direction(data)
    assert moved[data.bounds[1] :].min() >= moved[: data.bounds[1]].max() - 1e-6


@pytest.mark.parametrize("outcome", ["churn", "loyalty"])
def test_a_mark_that_nobody_contradicts_is_named(frame: pd.DataFrame, outcome: str) -> None:
    y = frame[outcome].to_numpy(float)
    mark = np.zeros(480)
    mark[np.flatnonzero(y == y.max())[:7]] = 1.0
    with pytest.raises(ValueError, match="Columns 'mark' tell levels apart without error"):
        weighted_ordered_logit(design(frame), y, np.column_stack([columns(frame), mark]), [*FIVE, "mark"])
    mark[np.flatnonzero(y == y.min())[0]] = 1.0
    weighted_ordered_logit(design(frame), y, np.column_stack([columns(frame), mark]), [*FIVE, "mark"])


def test_separation_is_found_among_many_rows() -> None:
    random = np.random.default_rng(4)
    x = np.round(random.normal(size=(6000, 4)), 1)
    codes = np.digitize(x @ [1.0, 0.5, 0.2, 0.0] + random.logistic(size=6000), [-1.0, 0.5, 2.0])
    assert separation_direction(levels(x, codes)).tolist() == [0.0] * 4
    certain = np.digitize(x @ [1.0, 0.5, 0.2, 0.1], [-1.03, 0.52, 2.06])
    assert np.abs(separation_direction(levels(x, certain))).min() > 1e-3


def test_what_cannot_be_fitted_is_refused(frame: pd.DataFrame) -> None:
    x, plain = columns(frame), design(frame)
    with pytest.raises(ValueError, match="2 to 21 levels, found 480"):
        weighted_ordered_logit(plain, np.arange(480.0), x, FIVE)
    with pytest.raises(ValueError, match="2 to 21 levels, found 1"):
        weighted_ordered_logit(plain, np.ones(480), x, FIVE)
    twice = np.column_stack([x, x[:, 0] + x[:, 1]])
    with pytest.raises(ValueError, match="are constant or combinations"):
        weighted_ordered_logit(plain, frame["loyalty"].to_numpy(float), twice, [*FIVE, "sum"])


def test_a_sample_is_regressed_in_points(frame: pd.DataFrame) -> None:
    sample = sample_from_frame(frame, [*FIVE, "loyalty"], scale=(1, 5), weights="weight", cluster="customer")
    found = regress_ordered(sample, "loyalty", FIVE)
    assert found.levels == (0, 25, 50, 75, 100)
    whole = weighted_ordered_logit(design(frame), frame["loyalty"].to_numpy(float), columns(frame), FIVE)
    for name in FIVE:
        assert found.coefficients[name].value == pytest.approx(whole.coefficients[name].value / 25, rel=1e-9)
    assert "25|50" in found.to_frame().index
    assert "value" in found.summary()


def three_levels(slopes: tuple[float, float], n: int = 900) -> tuple[Design, Floats, Floats]:
    """Two questions about one column: is it more than the lowest, is it the highest; slopes may differ."""
    random = np.random.default_rng(11)
    x = random.normal(size=(n, 2))
    doubt = random.uniform(size=n)
    some, most = (
        1 / (1 + np.exp(-start - slope * x[:, 0])) for start, slope in zip((1.5, -1.5), slopes, strict=True)
    )
    y = (doubt < some).astype(float) + (doubt < np.minimum(some, most))
    return Design(np.ones(n), np.zeros(n, dtype=np.int64), np.arange(n)), x, y


def test_slopes_that_differ_are_told_from_those_that_do_not() -> None:
    rows = np.arange(900)
    for slopes, differ in (((0.8, 0.8), False), ((1.3, 0.3), True)):
        plain, x, y = three_levels(slopes)
        found = brant_test(plain, rows, y, x, ["a", "b"])
        assert found is not None
        assert found.test is not None
        assert (found.test.p < 0.01) == differ
        column = found.columns["a"]
        assert column is not None
        assert (column.p < 0.01) == differ
        other = found.columns["b"]
        assert other is not None
        assert other.p > 0.01
        np.testing.assert_allclose(found.slopes[:, 0], slopes, atol=0.25)


def test_each_cut_is_a_logit_of_its_own(frame: pd.DataFrame) -> None:
    y = frame["loyalty"].to_numpy(float)
    found = brant_test(design(frame), np.arange(480), y, columns(frame), FIVE)
    assert found is not None
    assert found.cuts == (1, 2, 3, 4)
    for cut, slopes in zip(found.cuts, found.slopes, strict=True):
        logit = weighted_regression(
            design(frame), (y > cut).astype(float), columns(frame), FIVE, family="logistic"
        )
        np.testing.assert_allclose(slopes, [logit.coefficients[name].value for name in FIVE], rtol=1e-9)
    assert found.test is not None
    assert (found.test.ndf, found.test.ddf) == (15, 239 - 15 + 1)
