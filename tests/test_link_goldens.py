"""Every number that R printed about drivers of renewal, loss and ordered levels, in the order printed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from decomposition import correlations_of, explained, housing, level_table, measured
from golden_tables import GOLDENS, apart, printed, same
from scipy.stats import norm

from analysis.cumulative_logit import LevelData, derivatives, maximum
from analysis.pseudo_r2 import MEASURES as PSEUDO
from analysis.pseudo_r2 import LinkDominance, link_dominance
from analysis.relative_weights import logistic_relative_weights
from analysis.sample import Floats

FIVE = ["coverage", "speed", "value", "billing", "switchcost"]
BIRTH = ["age", "lwt", "smoke", "ptl", "ht", "ui"]
DRIVERS, MISC = "ref_drivers.txt", "ref_misc.txt"
# glm and polr stop when the deviance moves by less than 1e-8 of itself; so do likelihoods and pseudo-R².
STOPPED = {"rtol": 1e-6, "atol": 1e-8}
# Their coefficients, where the likelihood is flat, are further off: one step of Newton from them is ours.
FINISHED = {"rtol": 1e-8, "atol": 0.0}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def logit_coefficients(data: LevelData) -> tuple[Floats, Floats, float, float]:
    """Coefficients of a logit as R has them, intercept first, their errors, and two log likelihoods."""
    fit, n = maximum(data), len(data.x)
    information = derivatives(data, fit.values).information[0] * n
    covariance = data.to_given @ np.linalg.inv(information) @ data.to_given.T
    # R's intercept is the threshold with the other sign.
    values = data.to_given @ fit.values[0] * np.append(-1.0, np.ones(data.columns))
    return values, np.sqrt(np.diag(covariance)), fit.log_likelihood[0] * n, data.null_log_likelihood * n


def pseudo(found: LinkDominance) -> list[float]:
    return [
        v for measure in PSEUDO for v in (found.measures[measure].value, *found.measures[measure].general)
    ]


def test_logit(frame: pd.DataFrame) -> None:
    data = level_table("drivers.csv", "churn", FIVE)[0]
    values, errors, likelihood, null = logit_coefficients(data)
    z = values / errors
    expected = printed(DRIVERS, "+ switchcost\n", "LPM lmg")
    table = np.array(expected[:24]).reshape(6, 4)
    same(np.column_stack([values, errors, z]).ravel(), table[:, :3].ravel(), STOPPED)
    # What z has left undone counts 24 times in the smallest p: 5e-10 of it.
    np.testing.assert_allclose(2 * norm.sf(np.abs(z)), table[:, 3], rtol=1e-6, atol=1e-9)
    found = link_dominance(data, [[j] for j in range(5)], FIVE, PSEUDO)
    same([likelihood, null, *pseudo(found)], expected[24:], STOPPED)
    r = correlations_of(frame, [*FIVE, "churn"])
    linear = measured(r)
    same([explained(r), *linear["lmg"], *linear["johnson"]], printed(DRIVERS, "LPM lmg", "rwa_logit"))


@pytest.mark.parametrize(
    ("file", "outcome", "names", "reference", "after", "before"),
    [
        ("drivers.csv", "churn", FIVE, DRIVERS, "rwa_logit", "[5]"),
        ("birthwt.csv", "low", BIRTH, MISC, "rwa_logit birthwt", "== ordinal"),
    ],
)
def test_logistic_relative_weights(
    file: str, outcome: str, names: list[str], reference: str, after: str, before: str
) -> None:
    parts, whole = logistic_relative_weights(
        level_table(file, outcome, names)[0], [[j] for j in range(len(names))]
    )
    table = np.column_stack([np.arange(1, len(names) + 1), parts, 100 * parts / parts.sum()])
    same([whole, *table.ravel()], printed(reference, after, before), STOPPED)


def finished(data: LevelData, theirs: Floats) -> Floats:
    """Coefficients as given, thresholds first, one step of Newton on."""
    at = derivatives(data, np.linalg.solve(data.to_given, theirs)[None])
    return np.asarray(theirs + data.to_given @ np.linalg.solve(at.information[0], at.gradient[0]))


def differenced(data: LevelData, given: Floats) -> Floats:
    """Covariance as polr finds it: in the first threshold, the logs of the gaps behind it, and the slopes."""
    cuts, n = data.cuts, len(data.x)

    def thresholds_of(free: Floats) -> Floats:
        return np.append(free[0] + np.append(0.0, np.cumsum(np.exp(free[1:cuts]))), free[cuts:])

    def jacobian(free: Floats) -> Floats:
        found = np.eye(len(free))
        found[:cuts, :cuts] = np.tril(np.tile(np.append(1.0, np.exp(free[1:cuts])), (cuts, 1)))
        found[:cuts, 0] = 1.0
        return found

    def slope(free: Floats) -> Floats:
        at = np.linalg.solve(data.to_given, thresholds_of(free))[None]
        gradient = np.linalg.solve(data.to_given.T, derivatives(data, at).gradient[0])
        return np.asarray(-n * jacobian(free).T @ gradient)

    free = np.concatenate([given[:1], np.log(np.diff(given[:cuts])), given[cuts:]])
    steps = 1e-3 * np.eye(len(free))
    curved = np.array([(slope(free + step) - slope(free - step)) / 2e-3 for step in steps])
    back = jacobian(free)
    return np.asarray(back @ np.linalg.inv((curved + curved.T) / 2) @ back.T)


def test_ordered_logit_is_where_polr_would_have_gone(frame: pd.DataFrame) -> None:
    data = level_table("drivers.csv", "loyalty", FIVE)[0]
    fit, expected = maximum(data), printed(DRIVERS, "[5] polr loyalty ~ 4 + switchcost", "McF")
    ours = data.to_given @ fit.values[0]
    likelihoods = [fit.log_likelihood[0] * 480, data.null_log_likelihood * 480]
    same(likelihoods, expected[9:11], STOPPED)
    theirs = np.roll(expected[:9], 4)
    at = derivatives(data, np.linalg.solve(data.to_given, theirs)[None])
    here = derivatives(data, fit.values)
    # Where polr stopped the likelihood still rises, and it is lower than ours by what that slope promises.
    assert np.abs(here.gradient).max() < 1e-12 < 1e-7 < np.abs(at.gradient).max()
    step = np.linalg.solve(at.information[0], at.gradient[0])
    promise = at.gradient[0] @ step / 2
    assert here.log_likelihood[0] - at.log_likelihood[0] == pytest.approx(promise, rel=1e-3, abs=1e-15)
    assert promise > 0
    # One step of Newton from there is our maximum: what lies between is all that polr left undone.
    same(finished(data, theirs), ours, FINISHED)
    assert np.abs(theirs / ours - 1).max() < 5e-5
    # So do its errors, which come from differences of the gradient over steps of 0.001: at the same point,
    # over the same steps, ours are those.
    same(np.roll(np.sqrt(np.diag(differenced(data, theirs))), -4), expected[11:], {"rtol": 1e-7, "atol": 0.0})
    exact = data.to_given @ np.linalg.inv(here.information[0] * 480) @ data.to_given.T
    same(np.roll(np.sqrt(np.diag(exact)), -4), expected[11:], {"rtol": 1e-5, "atol": 0.0})


def test_ordered_dominance(frame: pd.DataFrame) -> None:
    data = level_table("drivers.csv", "loyalty", FIVE)[0]
    found = link_dominance(data, [[j] for j in range(5)], FIVE, ("mcfadden", "nagelkerke")).measures
    for measure, after, before in (("mcfadden", "\nMcF", "\nNag"), ("nagelkerke", "\nNag", "\nOLS lmg")):
        part = found[measure]
        same([part.value, *part.general], printed(DRIVERS, after, before), STOPPED)
    r = correlations_of(frame, [*FIVE, "loyalty"])
    same([explained(r), *measured(r)["lmg"]], printed(DRIVERS, "OLS lmg on loyalty", "[6]"))


def test_nearly_separated_logit() -> None:
    data = level_table("mtcars.csv", "am", ["mpg", "qsec", "hp"])[0]
    values, _, likelihood, _ = logit_coefficients(data)
    found = link_dominance(data, [[0], [1], [2]], ["mpg", "qsec", "hp"], PSEUDO)
    whole = [found.measures[measure].value for measure in PSEUDO]
    expected = printed(MISC, "a stress case)", "== birthwt")
    same([*whole, *pseudo(found)], expected[:25], STOPPED)
    same(finished(data, np.array(expected[25:29]) * [-1, 1, 1, 1]), values * [-1, 1, 1, 1], FINISHED)
    same([likelihood], expected[29:], STOPPED)


def test_births() -> None:
    found = link_dominance(
        level_table("birthwt.csv", "low", BIRTH)[0], [[j] for j in range(6)], BIRTH, PSEUDO
    )
    whole = [found.measures[measure].value for measure in PSEUDO]
    # dominanceanalysis repeats all but Tjur's.
    again = [part for measure in PSEUDO[:4] for part in found.measures[measure].general]
    same([*whole, *pseudo(found), *again], printed(MISC, "ptl+ht+ui", "rwa_logit birthwt"), STOPPED)


def test_housing() -> None:
    x, codes, frequency = housing()
    data = LevelData.of(x, codes, frequency)
    found = link_dominance(data, [[0, 1], [2, 3, 4], [5]], ["Infl", "Type", "Cont"]).measures["mcfadden"]
    assert found.conditional is not None
    assert found.complete is not None
    fit, n = maximum(data), frequency.sum()
    ours = [found.value, *found.general, *found.conditional.ravel(), *apart(found.complete)]
    expected = printed(MISC, "weights = Freq)", "== iopsych")
    same(ours, expected[:19], STOPPED)
    same(finished(data, np.roll(expected[19:27], 2)), data.to_given @ fit.values[0], FINISHED)
    same([fit.log_likelihood[0] * n, data.null_log_likelihood * n], expected[27:], STOPPED)
