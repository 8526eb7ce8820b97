"""Every number that R printed about drivers, block by block, in the order printed: none is left out.

``goldens/drivers/README.md`` lists the blocks. What a test compares is the whole block, so a number that
nobody works out fails by its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from decomposition import (
    MEASURES,
    correlations_of,
    decomposed,
    explained,
    measured,
)
from golden_tables import GOLDENS, apart, printed, same

from analysis.asymmetry import penalty_reward
from analysis.asymmetry_results import Asymmetry, coding_of
from analysis.clear_regions import roots
from analysis.design import Design, effective_sample_size
from analysis.driver_data import correlation_matrices
from analysis.drivers import driver_shares
from analysis.elimination import subset_residuals, sweep
from analysis.estimate import t_quantile
from analysis.linear_fit import Errors, linear_fit
from analysis.lmg import complete_dominance, conditional_dominance, lmg, shapley
from analysis.mediation import mediation_chain
from analysis.mediation_results import MediationChain
from analysis.moderation import NAMES as PRODUCT_NAMES
from analysis.moderation import PRODUCT, SATISFACTION, with_product
from analysis.moments import jackknife_covariance, jackknife_moments, unit_moments
from analysis.regression import weighted_regression
from analysis.sample import Floats
from analysis.tabular import sample_from_frame

FOUR = ["coverage", "speed", "value", "billing"]
FIVE = [*FOUR, "switchcost"]
ANSWERED = ["coverage", "speed", "value", "billing", "care", "sat", "loyalty", "recommend", "churn"]
BIRTH = ["age", "lwt", "smoke", "ptl", "ht", "ui"]
SWISS = ["Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality"]
DRIVERS, MISC, OLD = "ref_drivers.txt", "ref_misc.txt", "ref_swiss_attitude.txt"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def rows(found: dict[str, Floats], measures: Sequence[str] = MEASURES) -> list[float]:
    """A table of measures as R prints it: a row a driver."""
    return np.column_stack([found[measure] for measure in measures]).ravel().tolist()


def weights_of(frame: pd.DataFrame) -> Floats:
    return frame["weight"].to_numpy(dtype=np.float64)


def design(frame: pd.DataFrame, errors: Errors) -> Design:
    none = np.zeros(len(frame), dtype=np.int64)
    if errors == "classical":
        return Design(np.ones(len(frame)), none, np.arange(len(frame)))
    return Design(weights_of(frame), none, frame["customer"].to_numpy())


def test_the_answers_are_those_of_the_reference(frame: pd.DataFrame) -> None:
    counts = [480, frame["customer"].nunique(), frame["care"].isna().sum(), frame["churn"].sum()]
    means = frame[[*ANSWERED, "switchcost"]].mean()
    same([*counts, *means, effective_sample_size(weights_of(frame))], printed(DRIVERS, "", "[1]"))


@pytest.mark.parametrize(
    ("after", "before"),
    [
        ("[1] sat~4", "[1w]"),
        ("[1w] weighted", "[2]"),
        ("[2] sat~5", "[2w]"),
        ("[2w] weighted", "[2n]"),
    ],
)
def test_relaimpo(frame: pd.DataFrame, after: str, before: str) -> None:
    drivers = FOUR if after.startswith("[1") else [*FOUR, "care"]
    known = frame.dropna(subset=drivers)
    weights = weights_of(known) if "w]" in after else None
    head = [len(known)] if after == "[2] sat~5" else []
    r = correlations_of(known, [*drivers, "sat"], weights)
    same([*head, explained(r), *rows(measured(r))], printed(DRIVERS, after, before))


def test_a_driver_that_was_not_asked(frame: pd.DataFrame) -> None:
    filled = frame.assign(
        care=frame["care"].fillna(frame["care"].mean()), mark=frame["care"].isna().astype(float)
    )
    x = filled[[*FOUR, "care", "mark"]].to_numpy(dtype=np.float64)
    plain = design(frame, "classical")
    fit = weighted_regression(plain, filled["sat"].to_numpy(float), x, [*FOUR, "care", "mark"])
    found = driver_shares(frame, "sat", [*FOUR, "care"], not_asked=["care"], replicates=20)
    table = found.to_frame().loc[["care", *FOUR], ["lmg", "first", "unique"]].to_numpy(dtype=np.float64)
    expected = printed(DRIVERS, "[2n]", "[3] svyglm")
    same([*fit.linear.values, found.r_squared.value, *table.ravel()], expected)


@pytest.mark.parametrize(
    ("after", "before", "errors"),
    [("svyglm weights+clusters", "unweighted OLS", "design"), ("unweighted OLS", "[3vif]", "classical")],
)
def test_coefficients(frame: pd.DataFrame, after: str, before: str, errors: Errors) -> None:
    x, y = frame[FOUR].to_numpy(dtype=np.float64), frame["sat"].to_numpy(dtype=np.float64)
    fit = linear_fit(design(frame, errors), y, x, FOUR, errors=errors)
    table = np.array(printed(DRIVERS, after, before)).reshape(5, 4)
    for coefficient, expected in zip(fit.coefficients, table, strict=True):
        value, se = coefficient.estimate.value, coefficient.estimate.se
        assert se is not None
        same([value, se, value / se], expected[:3])
        # 1e-9 of a t of 13 is 1e-7 of its p.
        assert coefficient.p == pytest.approx(expected[3], rel=1e-6)


def test_inflation(frame: pd.DataFrame) -> None:
    same(sweep(correlations_of(frame, [*FOUR, "sat"]))[1][:, 0], printed(DRIVERS, "[3vif]", "[3jk]"))


def test_jackknife(frame: pd.DataFrame) -> None:
    clusters = np.unique(frame["customer"], return_inverse=True)[1]
    x, ours = frame[[*FOUR, "sat"]].to_numpy(dtype=np.float64), []
    for unit in (clusters, np.arange(480)):
        units = int(unit.max()) + 1
        each = unit_moments((*FOUR, "sat"), x, weights_of(frame), unit, units, np.full(5, 3.0))
        left_out = jackknife_moments(each, np.zeros(units, dtype=np.int64))
        parts = lmg(correlation_matrices(left_out.covariance, left_out.mean), [[0], [1], [2], [3]])
        ours += np.sqrt(np.diag(jackknife_covariance(parts.T, np.zeros(units, dtype=np.int64)))).tolist()
    same(ours, printed(DRIVERS, "(G-1)/G sum (t_g-mean)^2)", "[3dom]"))


def test_dominance(frame: pd.DataFrame) -> None:
    table = subset_residuals(correlations_of(frame, [*FOUR, "sat"]), [[0], [1], [2], [3]])
    ours = [*conditional_dominance(table).ravel(), *apart(complete_dominance(table)[:, :, 0])]
    same(ours, printed(DRIVERS, "dominance sat~4", "[4]"))


def test_moderation(frame: pd.DataFrame) -> None:
    y, s, z = (frame[name].to_numpy(dtype=np.float64) for name in ("loyalty", "sat", "switchcost"))
    s, z = s - s.mean(), z - z.mean()
    kinds: tuple[Errors, ...] = ("classical", "design")
    one, two = (
        linear_fit(design(frame, errors), y, with_product(s, z), PRODUCT_NAMES, errors=errors)
        for errors in kinds
    )
    expected = printed(DRIVERS, "loyalty ~ sat_c*switchcost_c", "[7]")
    for fit, table in ((one, expected[:16]), (two, expected[-16:])):
        for coefficient, row in zip(fit.coefficients, np.array(table).reshape(4, 4), strict=True):
            value, se = coefficient.estimate.value, coefficient.estimate.se
            assert se is not None
            same([value, se, value / se], row[:3])
            # A p of 1e-309 is given to no more than a digit.
            assert coefficient.p == pytest.approx(row[3], rel=1e-6, abs=1e-300)
    ours = []
    for place in (-z.std(ddof=1), 0.0, z.std(ddof=1)):
        slope = one.contrast("slope", {SATISFACTION: 1.0, PRODUCT: place}).estimate
        assert slope.se is not None
        ours += [place, slope.value, slope.se]
    b, t2 = dict(zip(one.names, one.values, strict=True)), t_quantile(np.array(one.df), 0.95) ** 2
    v = one.covariance[np.ix_(*2 * [[one.names.index(SATISFACTION), one.names.index(PRODUCT)]])]
    square = b[PRODUCT] ** 2 - t2 * v[1, 1]
    linear, constant = 2 * (b[SATISFACTION] * b[PRODUCT] - t2 * v[0, 1]), b[SATISFACTION] ** 2 - t2 * v[0, 0]
    edges = sorted(roots(one.cells(SATISFACTION, PRODUCT), float(np.sqrt(t2))), reverse=True)
    ours += [float(linear**2 - 4 * square * constant), *edges, z.min(), z.max()]
    # The roots divide by a small difference of squares.
    same(ours, expected[16:-16], {"rtol": 1e-7, "atol": 0.0})


def test_mediation(frame: pd.DataFrame) -> None:
    steps = frame.assign(Q=frame[FOUR].mean(axis=1))
    sample = sample_from_frame(steps, FOUR, scale=None, outcomes=["Q", "sat", "loyalty", "recommend"])
    found = mediation_chain(
        sample, "Q", satisfaction="sat", loyalty="loyalty", outcome="recommend", replicates=20
    )
    assert isinstance(found, MediationChain)
    path = {step.symbol: step.estimate.value for step in found.paths}
    ours = [path[symbol] for symbol in ("a1", "a2", "d21", "b1", "b2", "c'")]
    ours += [found.total.value, *(effect.estimate.value for effect in found.specific)]
    check = found.total.value - found.direct.value
    same([*ours, found.indirect.value, check], printed(DRIVERS, "sat->loyalty->recommend", "[8]"))


def test_asymmetry(frame: pd.DataFrame) -> None:
    sample = sample_from_frame(frame, FOUR, scale=(1, 5), outcomes=["sat"])
    found = penalty_reward(sample, "sat", FOUR, coding_of(5), errors="classical")
    assert isinstance(found, Asymmetry)
    parts = {part.driver: part for part in found.drivers}
    marks = [frame[name] <= 2 for name in FOUR] + [frame[name] >= 5 for name in FOUR]
    names = [f"{name}_{side}" for side in ("lo", "hi") for name in FOUR]
    y, x = frame["sat"].to_numpy(float), np.column_stack(marks).astype(np.float64)
    fit = linear_fit(design(frame, "classical"), y, x, names, errors="classical")
    expected = printed(DRIVERS, "[8] PRCA low=1-2, high=5, ref 3-4")
    for coefficient, row in zip(fit.coefficients, np.array(expected[:36]).reshape(9, 4), strict=True):
        value, se = coefficient.estimate.value, coefficient.estimate.se
        assert se is not None
        same([value, se, value / se], row[:3])
        assert coefficient.p == pytest.approx(row[3], rel=1e-6)
    for name, value in zip(names, fit.values[1:], strict=True):
        driver, side = name.split("_")
        contrast = parts[driver].penalty if side == "lo" else parts[driver].reward
        assert contrast is not None
        assert contrast.estimate.value == pytest.approx(value, rel=1e-12)
    ranges, impacts, tests = [], [], []
    for name in FOUR:
        part = parts[name]
        assert part.range is not None
        assert part.impact is not None
        assert part.asymmetry is not None
        ranges.append(part.range.value)
        impacts.append(part.impact.value)
        total = part.asymmetry.estimate
        assert total.se is not None
        tests += [total.value, total.se, total.value / total.se]
    impact = np.array(impacts)
    table = [*ranges, *(1 + impact) / 2, *(1 - impact) / 2, *impact]
    counts = [*(parts[name].low for name in FOUR), *(parts[name].high for name in FOUR)]
    same([found.r_squared, *table, *tests, *counts], expected[36:])


def test_cars() -> None:
    cars = pd.read_csv(GOLDENS / "mtcars.csv")
    r = correlations_of(cars, ["am", "cyl", "carb", "mpg"])
    table = subset_residuals(r, [[0], [1], [2]])
    ours = [*shapley(table).ravel(), *conditional_dominance(table).ravel()]
    ours += [*apart(complete_dominance(table)[:, :, 0]), explained(r)]
    same(ours, printed(MISC, "mpg~am+cyl+carb", "== mtcars mpg"))
    r = correlations_of(cars, ["cyl", "disp", "hp", "gear", "mpg"])
    found = measured(r)
    johnson = found["johnson"]
    weights = np.column_stack([np.arange(1, 5), johnson, 100 * johnson / johnson.sum()]).ravel()
    ours = [explained(r), *weights, *rows(found, ("lmg", "johnson", "car", "first"))]
    same(
        [*ours, *rows(found, ("last", "betasq", "pratt"))],
        printed(MISC, "rwa vs genizi vs lmg", "== logistic"),
    )


def test_correlations_alone() -> None:
    r = np.array(
        [
            [1.0, 0.2, 0.3, 0.4, -0.4],
            [0.2, 1.0, 0.5, 0.1, 0.1],
            [0.3, 0.5, 1.0, 0.2, -0.3],
            [0.4, 0.1, 0.2, 1.0, 0.4],
            [-0.4, 0.1, -0.3, 0.4, 1.0],
        ]
    )[:, :, None]
    ours = [explained(r), *rows(measured(r), ("lmg", "johnson", "car", "last", "first"))]
    same(ours, printed(MISC, "== iopsych relWt"))


WRAPPED = (("lmg", "last", "first"), ("betasq", "pratt", "johnson"), ("car",))
SHORTER = (("lmg", "last", "first", "betasq"), ("pratt", "johnson", "car"))


def wrapped(found: dict[str, Floats], tables: Sequence[Sequence[str]] = WRAPPED) -> list[float]:
    """Tables that R broke into several, one below the other."""
    return [value for measures in tables for value in rows(found, measures)]


def test_swiss() -> None:
    swiss = pd.read_csv(GOLDENS / "swiss.csv")
    r, found = correlations_of(swiss, [*SWISS, "Fertility"]), decomposed(swiss, "Fertility", SWISS)
    order = [measure for table in WRAPPED for measure in table]
    sums = [found[measure].sum() for measure in order]
    shares = {measure: part / part.sum() for measure, part in found.items()}
    ours = [explained(r), swiss["Fertility"].var(), *wrapped(found), *sums, *wrapped(shares, SHORTER)]
    same(ours, printed(OLD, "R2", "--- weights"))
    square = correlations_of(swiss, ["Fertility", *SWISS])[:, :, 0]
    same([*square[:, :3].ravel(), *square[:, 3:].ravel()], printed(OLD, "\ncor\n", "std betas"))
    same(sweep(r)[0][:, 0], printed(OLD, "std betas", "attitude"))


def test_swiss_weighted_grouped_and_behind_a_covariate() -> None:
    swiss = pd.read_csv(GOLDENS / "swiss.csv")
    weights = np.abs(np.arange(-23.0, 24.0))
    columns = [*SWISS, "Fertility"]
    r2, weighted = (explained(correlations_of(swiss, columns, w)) for w in (None, weights))
    found = decomposed(swiss, "Fertility", SWISS, weights)
    same([weighted, *wrapped(found)], printed(OLD, "abs(-23:23)", "--- always"))
    behind = decomposed(
        swiss, "Fertility", [name for name in SWISS if name != "Education"], always=["Education"]
    )
    table = wrapped(behind, (("lmg", "last", "first"), ("betasq", "pratt")))
    same([r2, behind["lmg"].sum(), *table], printed(OLD, "--- always Education", "--- group Ed"))
    for w, after, before in (
        (weights, "Education+Examination + weights", "--- group unw"),
        (None, "--- group unweighted", "\ncor\n"),
    ):
        grouped = decomposed(swiss, "Fertility", SWISS, w, players=[[1, 2], [0], [3], [4]])
        whole = explained(correlations_of(swiss, columns, w))
        same([whole, *wrapped(grouped, WRAPPED[:1])], printed(OLD, after, before))


def test_attitude() -> None:
    names = ["complaints", "privileges", "learning", "raises", "critical", "advance"]
    attitude = pd.read_csv(GOLDENS / "attitude.csv")
    r = correlations_of(attitude, [*names, "rating"])
    same([explained(r), *wrapped(measured(r), SHORTER)], printed(OLD, "\nattitude"))
