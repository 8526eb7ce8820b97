"""Regressions with survey weights: linear and logistic, with errors that know the design.

The coefficients are those that the whole population would have, estimated with sampling weights; their
errors are linearised over clusters, like those of means.

What a newcomer gets wrong: a program for weighted regression gives the same coefficients and wrong
errors. It takes weights for numbers of observations, or for precisions, and knows no clusters.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import linalg, special

from analysis.cumulative_logit import LevelData
from analysis.design import Design, design_of
from analysis.estimate import LinearEstimates, estimates, linear_estimates, p_values
from analysis.inputs import check_known, chosen_wave, name_list
from analysis.joint_tests import wald_test
from analysis.results import Estimate, JointTest
from analysis.sample import Booleans, Floats, Sample
from analysis.separation import separation_direction

if TYPE_CHECKING:
    import pandas as pd

Family = Literal["linear", "logistic", "ordered"]
INTERCEPT = "(Intercept)"
# A column whose part that the others do not explain is this small beside it is a combination of them.
DEPENDENT = 1e-10
# Newton's steps double the digits each time; ten are plenty once started near.
MOST_STEPS = 50
CONVERGED = 1e-12
# Log odds beyond this, one in three million, are looked at twice: does a column tell 0 from 1?
SUSPICIOUS = 15.0


class DependentColumns(ValueError):
    """Columns that are constant or combinations of others, so that coefficients cannot be told apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A fitted regression: coefficients with linearised errors.

    Attributes
    ----------
    names : of the coefficients, the intercept first; of an ordered logit the thresholds last.
    linear : the coefficients as estimates of the design; their covariance is ``linear.covariance``.
    n, df : respondents in the model; clusters less strata less slopes.
    r_squared : weighted share of variance explained; ``None`` where the outcome is not on a scale.
    """

    family: Family
    names: tuple[str, ...]
    linear: LinearEstimates
    n: int
    df: float
    r_squared: float | None
    level: float

    @property
    def slopes(self) -> tuple[str, ...]:
        """Names of the coefficients of columns: neither intercept nor threshold."""
        return tuple(name for name in self.names if name != INTERCEPT)

    @property
    def coefficients(self) -> dict[str, Estimate]:
        """Coefficients by name, with t intervals; log odds per unit where the outcome is no number."""
        found = estimates(self.linear, self.level)
        return {name: c for name, c in zip(self.names, found, strict=True) if isinstance(c, Estimate)}

    @property
    def p(self) -> dict[str, float]:
        """Two-sided p of every coefficient being zero, by name; nan without degrees of freedom."""
        return dict(zip(self.names, p_values(self.linear).tolist(), strict=True))

    @property
    def odds_ratios(self) -> dict[str, tuple[float, float | None, float | None]]:
        """Odds ratio per unit and its interval, by name; of a logistic or ordered regression only."""
        if self.family == "linear":
            raise ValueError("Only a logistic or ordered regression has odds ratios.")
        return {
            name: (
                float(np.exp(c.value)),
                None if c.low is None else float(np.exp(c.low)),
                None if c.high is None else float(np.exp(c.high)),
            )
            for name, c in self.coefficients.items()
            if name in self.slopes
        }

    def test(self, names: Sequence[str]) -> JointTest | None:
        """Wald test that the coefficients ``names`` are all zero. R: ``survey::regTermTest``."""
        wanted = name_list(names, "names")
        check_known(wanted, self.names, "coefficient")
        part = self.linear.take([self.names.index(name) for name in wanted])
        return wald_test(part.values, part.covariance, self.df)

    def summary(self) -> str:
        """One line a coefficient: ``q1  3.198 [2.634, 3.762], p < 0.001``."""
        width = max(map(len, self.names))
        return "\n".join(
            f"{name:<{width}}  {estimate.value:.4g} [{estimate.low:.4g}, {estimate.high:.4g}], "
            + (f"p = {self.p[name]:.3f}" if self.p[name] >= 0.001 else "p < 0.001")
            if estimate.low is not None
            else f"{name:<{width}}  {estimate.value:.4g}, no interval"
            for name, estimate in self.coefficients.items()
        )

    def to_frame(self) -> pd.DataFrame:
        """Coefficients as a table: value, se, low, high, t, p."""
        import pandas as pd  # late: half a second of start-up

        found = self.coefficients
        return pd.DataFrame(
            {
                "value": [c.value for c in found.values()],
                "se": [c.se for c in found.values()],
                "low": [c.low for c in found.values()],
                "high": [c.high for c in found.values()],
                "t": [c.value / c.se if c.se else np.nan for c in found.values()],
                "p": [self.p[name] for name in found],
            },
            index=list(found),
        )


def regress(
    sample: Sample,
    outcome: str,
    predictors: Sequence[str],
    *,
    family: Literal["linear", "logistic"] = "linear",
    wave: str | None = None,
    level: float = 0.95,
) -> Regression:
    """Regress an outcome or an item on items and outcomes, all in points of 100, in one wave.

    ``logistic`` needs an outcome of 0 and 100, such as a flag. ``wave`` is the last by default. Whoever
    has a blank in any of the columns is left out. Raises and returns what
    :func:`weighted_regression` does.
    """
    wanted = name_list(predictors, "predictors")
    y, x, domain = model_columns(sample, outcome, wanted, wave)
    return weighted_regression(
        design_of(sample),
        y / (100.0 if family == "logistic" else 1.0),
        x,
        wanted,
        domain=domain,
        family=family,
        level=level,
    )


def model_columns(
    sample: Sample, outcome: str, predictors: Sequence[str], wave: str | None
) -> tuple[Floats, Floats, Booleans]:
    """Outcome (n,) and predictors (n, k) in points of 100, and who is in the wave (the last by default).

    Unknown names are refused.
    """
    known = [*sample.items, *sample.outcomes]
    check_known([outcome, *predictors], known, "item or outcome")

    def column(name: str) -> Floats:
        return sample.outcomes[name] if name in sample.outcomes else sample.column(name)

    x = np.column_stack([column(name) for name in predictors]) if predictors else np.empty((len(sample), 0))
    return column(outcome), x, sample.in_wave(chosen_wave(sample, wave))


def weighted_regression(
    design: Design,
    y: Floats,
    x: Floats,
    names: Sequence[str],
    *,
    domain: Booleans | None = None,
    family: Literal["linear", "logistic"] = "linear",
    level: float = 0.95,
) -> Regression:
    r"""Regress y (n,) on x (n, k) and an intercept in a domain (n,) of the design.

    .. math:: z_i = A^{-1} x_i w_i (y_i - \mu_i), \quad A = \sum_i w_i g_i x_i x_i'

    with g = 1, or μ(1 − μ) for ``logistic`` (y of 0 and 1). The covariance is that of the totals of z by
    cluster; degrees of freedom are clusters less strata less slopes, counted among those in the model.

    Whoever has a blank (nan) in y or x is left out, and their clusters stay in the design.

    Raises
    ------
    DependentColumns
        If x has a column that is constant or a combination of others (named).
    ValueError
        If there are no more rows than coefficients, y of a logistic regression is not 0 and 1, or x
        separates 0 from 1, for everybody or for some, so that a coefficient has no finite value.

    References
    ----------
    Binder, D. (1983). Int. Stat. Rev. 51. R: ``survey::svyglm``, families gaussian and quasibinomial.
    """
    inside = np.isfinite(y) & np.isfinite(x).all(axis=1)
    rows = np.flatnonzero(inside if domain is None else inside & domain)
    labels = (INTERCEPT, *name_list(names, "names"))
    given = np.column_stack([np.ones(len(rows)), x[rows]])
    weights = design.weights[rows] / design.weights[rows].mean() if len(rows) else design.weights[rows]
    check_regression(labels, given)
    if family == "logistic" and set(np.unique(y[rows])) != {0.0, 1.0}:
        found = np.unique(y[rows])[:5].tolist()
        raise ValueError(f"A logistic regression needs an outcome of both 0 and 1, found {found}.")
    # In standard units, whatever the units of the columns; the last step takes coefficients back.
    given, back = _standardised(given)
    scaled = (_least_squares if family == "linear" else _logistic)(given, y[rows], weights)
    fitted = given @ scaled if family == "linear" else special.expit(given @ scaled)
    gain = weights if family == "linear" else weights * fitted * (1 - fitted)
    bread = linalg.inv((given * gain[:, None]).T @ given)
    z = (given * (weights * (y[rows] - fitted))[:, None]) @ bread @ back.T
    values = back @ scaled
    base = np.ones(z.shape, dtype=bool)
    linear = linear_estimates(design, values, z, base, rows)
    df = np.maximum(linear.df - (len(labels) - 1), 0).astype(np.float64)
    return Regression(
        family,
        labels,
        replace(linear, freedom=df),
        len(rows),
        float(df[0]),
        _explained(y[rows], fitted, weights) if family == "linear" else None,
        level,
    )


def _explained(y: Floats, fitted: Floats, weights: Floats) -> float | None:
    mean = np.average(y, weights=weights)
    whole = float((weights * (y - mean) ** 2).sum())
    return 1 - float((weights * (y - fitted) ** 2).sum()) / whole if whole > 0 else None


def _least_squares(x: Floats, y: Floats, weights: Floats) -> Floats:
    root = np.sqrt(weights)
    return np.asarray(np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0])


def _logistic(x: Floats, y: Floats, weights: Floats) -> Floats:
    """Maximum of the weighted likelihood: started by statsmodels, then Newton until nothing moves."""
    import statsmodels.api as sm  # late: a second of start-up
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            values = sm.GLM(y, x, family=sm.families.Binomial(), freq_weights=weights).fit().params
        except PerfectSeparationWarning:
            raise ValueError(_SEPARATED) from None
    for _ in range(MOST_STEPS):
        fitted = special.expit(x @ values)
        gain = weights * fitted * (1 - fitted)
        step = linalg.lstsq((x * gain[:, None]).T @ x, x.T @ (weights * (y - fitted)))[0]
        values = values + step
        if np.abs(x @ step).max() < CONVERGED:
            break
    else:
        raise ValueError(_SEPARATED)
    # Steps also end where a coefficient on its way to infinity changes no fitted value any more.
    if np.abs(x @ values).max() > SUSPICIOUS:
        asked = LevelData.of(x[:, 1:], y.astype(np.int64), weights)
        if separation_direction(asked).any():
            raise ValueError(_SEPARATED)
    return np.asarray(values)


_SEPARATED = (
    "The columns tell 0 from 1 without error, for everybody or for some, so coefficients have no finite "
    "value. Leave out the column that does so, or merge its values."
)


def _standardised(x: Floats) -> tuple[Floats, Floats]:
    """Return columns (n, k) after the first with mean 0 and spread 1, and the matrix (k, k) that takes
    coefficients on them back to those on ``x``.
    """
    centre, spread = x.mean(axis=0), x.std(axis=0)
    centre[0], spread[0] = 0.0, 1.0
    back = np.diag(1.0 / spread)
    back[0, 1:] = -centre[1:] / spread[1:]
    return (x - centre) / spread, back


def check_regression(names: Sequence[str], x: Floats) -> None:
    """Refuse too few rows, and columns (n, k), the first of ones, of which some say nothing new (named)."""
    n, k = x.shape
    if n <= k:
        raise ValueError(f"A regression with {k} coefficients needs more than {k} complete rows, found {n}.")
    if spare := _dependent(x):
        told = ", ".join(repr(names[j]) for j in spare)
        raise DependentColumns(
            f"Columns {told} are constant or combinations of the other columns; leave them out."
        )


def _dependent(x: Floats) -> list[int]:
    """Columns after the first that add nothing to those before, by pivoted QR on standard deviations."""
    spread, largest = x.std(axis=0), np.abs(x).max(axis=0)
    varied = spread > DEPENDENT * np.maximum(largest, 1.0)
    constant = [j for j in range(1, x.shape[1]) if not varied[j]]
    free = [j for j in range(1, x.shape[1]) if varied[j]]
    if not free:
        return constant
    standard = (x[:, free] - x[:, free].mean(axis=0)) / spread[free]
    r, order = linalg.qr(standard, mode="r", pivoting=True)
    size = np.abs(np.diag(r))
    return sorted(constant + [free[int(j)] for j in order[: len(size)][size < DEPENDENT * size[0]]])
