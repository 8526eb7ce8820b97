"""A weighted regression with a choice of errors, and any sum of its coefficients with its own.

A simple slope, the sum of a penalty and a reward, or a coefficient alone are all weighted sums of
coefficients; each gets its error from the covariance of all of them.

What a newcomer gets wrong: errors that are robust to unequal spread (HC3) are not robust to customers that
answer twice. They stand here for simple samples, and classical errors for comparing with programs that know
no design.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from analysis.coefficients import Coefficient
from analysis.design import Design, effective_sample_size
from analysis.estimate import ROUNDING_NOISE, t_quantile
from analysis.regression import INTERCEPT, weighted_regression
from analysis.results import Estimate
from analysis.sample import Booleans, Floats, Integers

Errors = Literal["design", "hc3", "classical"]
METHODS: Mapping[Errors, str] = {"design": "taylor", "hc3": "hc3", "classical": "classical"}


@dataclass(frozen=True, slots=True, eq=False)
class LinearFit:
    """A linear regression: ``values`` (k,) of ``names``, the intercept first, ``covariance`` (k, k).

    ``rows`` (n,) of the design are in it; ``df`` are clusters less strata less slopes for errors of the
    design, respondents less coefficients for the others.
    """

    names: tuple[str, ...]
    values: Floats
    covariance: Floats
    rows: Integers
    n_effective: float
    df: float
    r_squared: float
    errors: Errors
    level: float

    @property
    def n(self) -> int:
        """Respondents in the model."""
        return len(self.rows)

    @property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """All coefficients, the intercept first."""
        return tuple(self.contrast(name, {name: 1.0}) for name in self.names)

    def contrast(self, name: str, weights: Mapping[str, float]) -> Coefficient:
        """Weighted sum of coefficients, under a name, with a t interval and test. R: ``svycontrast``.

        Without degrees of freedom it has neither; a sum other than 0 that does not vary at all is not
        tested.
        """
        c = np.zeros(len(self.names))
        for part, weight in weights.items():
            c[self.names.index(part)] = weight
        value, variance = float(c @ self.values), float(c @ self.covariance @ c)
        se = float(np.sqrt(max(variance, 0.0)))
        known = self.df > 0
        half = float(t_quantile(np.array(self.df), self.level)) * se
        noise = ROUNDING_NOISE * float(np.abs(c) @ np.abs(self.values))
        return Coefficient(
            name,
            Estimate(
                value=value,
                se=se if known else None,
                low=value - half if known else None,
                high=value + half if known else None,
                level=self.level,
                n=self.n,
                n_effective=self.n_effective,
                df=self.df,
                method=METHODS[self.errors],
            ),
            float(2 * special.stdtr(self.df, -abs(value) / se)) if known and se > noise else None,
        )

    def cells(self, first: str, second: str) -> tuple[float, float, float, float, float]:
        """Two coefficients and what their errors are made of: b₁, b₂, V₁₁, V₁₂, V₂₂."""
        i, j = self.names.index(first), self.names.index(second)
        v = self.covariance
        return (
            float(self.values[i]),
            float(self.values[j]),
            float(v[i, i]),
            float(v[i, j]),
            float(v[j, j]),
        )


def linear_fit(
    design: Design,
    y: Floats,
    x: Floats,
    names: Sequence[str],
    *,
    domain: Booleans | None = None,
    errors: Errors = "design",
    level: float = 0.95,
) -> LinearFit:
    """Regress y (n,) on x (n, k) and an intercept in a domain (n,); whoever has a blank (nan) is left out.

    ``design`` gives the errors of :func:`~analysis.regression.weighted_regression`; ``hc3`` those of
    MacKinnon & White (1985), and ``classical`` those of one common variance: both take every row for a
    respondent of its own, and weights as given.

    Raises
    ------
    ValueError
        As :func:`~analysis.regression.weighted_regression` does.

    References
    ----------
    MacKinnon, J. & White, H. (1985). J. Econometrics 29. R: ``survey::svyglm``, ``sandwich::vcovHC``, ``lm``.
    """
    found = weighted_regression(design, y, x, names, domain=domain, level=level)
    inside = np.isfinite(y) & np.isfinite(x).all(axis=1)
    rows = np.flatnonzero(inside if domain is None else inside & domain)
    covariance, df = found.linear.covariance, found.df
    if errors != "design":
        covariance = _without_design(design.weights[rows], y[rows], x[rows], errors)
        df = float(len(rows) - len(found.names))
    return LinearFit(
        names=(INTERCEPT, *names),
        values=found.linear.values,
        covariance=covariance,
        rows=rows,
        n_effective=effective_sample_size(design.weights[rows]),
        df=df,
        r_squared=0.0 if found.r_squared is None else found.r_squared,
        errors=errors,
        level=level,
    )


def _without_design(weights: Floats, y: Floats, x: Floats, errors: Errors) -> Floats:
    from statsmodels.regression.linear_model import WLS  # late: a second of start-up

    given = np.column_stack([np.ones(len(x)), x])
    kind = "HC3" if errors == "hc3" else "nonrobust"
    fitted = WLS(y, given, weights=weights / weights.mean()).fit(cov_type=kind)
    return np.asarray(fitted.cov_params())


def clusters_ignored(design: Design, fit: LinearFit) -> bool:
    """Whether errors are used that leave aside clusters of several rows, or strata, which the rows have."""
    if fit.errors == "design":
        return False
    units = np.unique(design.unit[fit.rows])
    return len(units) < fit.n or len(np.unique(design.stratum_of_unit[units])) > 1
