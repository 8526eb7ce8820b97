"""Does a gap say what expectation and performance say? The model that has to be asked first.

A gap P − E in place of two scores forces their coefficients to be equal and opposite. Whether the answers
agree with that is an ordinary test, and it comes before any gap is interpreted.

What a newcomer gets wrong: that a gap correlates with satisfaction proves nothing. It contains performance,
which would do so by itself.
"""

from __future__ import annotations

import numpy as np

from analysis.coefficients import Coefficient
from analysis.design import Design
from analysis.estimate import LinearEstimates, estimates
from analysis.gap_results import GapModel, NoModel
from analysis.joint_tests import wald_test
from analysis.regression import Regression, weighted_regression
from analysis.results import Estimate
from analysis.sample import Booleans, Floats

LINEAR = ("expectation", "performance")
CURVED = ("expectation²", "expectation × performance", "performance²")
_MIDDLE = 50.0


def gap_model(
    design: Design,
    outcome: str,
    satisfaction: Floats,
    expectation: Floats,
    performance: Floats,
    domain: Booleans,
    *,
    level: float = 0.95,
    alpha: float = 0.05,
    smallest_base: int = 50,
) -> GapModel | NoModel:
    r"""Regress satisfaction on expectation and performance, plain and with curvature.

    Parameters
    ----------
    satisfaction, expectation, performance : (n,) points of 100, nan where blank; who lacks one is left out.
    alpha : level at which :math:`b_1 = -b_2` counts as rejected.

    ``small_base`` on fewer than ``smallest_base`` people; ``no_spread`` where one of the columns is constant
    or a combination of the others, so that there is nothing to tell apart.

    References
    ----------
    Edwards, J. R. (1994). OBHDP 58. Brown, T., Churchill, G. & Peter, J. P. (1993). J. Retailing 69.
    """
    e, p = expectation - _MIDDLE, performance - _MIDDLE
    complete = domain & np.isfinite(satisfaction) & np.isfinite(e) & np.isfinite(p)
    if int(complete.sum()) < smallest_base:
        return "small_base"
    x = np.column_stack([e, p, e**2, e * p, p**2])
    try:
        linear, curved = (
            weighted_regression(design, satisfaction, x[:, :k], names, domain=complete, level=level)
            for k, names in ((2, LINEAR), (5, (*LINEAR, *CURVED)))
        )
    except ValueError:
        return "no_spread"
    if linear.r_squared is None or curved.r_squared is None or linear.df <= 0:
        return "no_spread"
    total = _sum(linear)
    (estimate,) = estimates(total, level)
    if not isinstance(estimate, Estimate):
        return "no_spread"
    equal = wald_test(total.values, total.covariance, linear.df)
    signs = [linear.coefficients[name].value for name in LINEAR]
    return GapModel(
        outcome=outcome,
        linear=_coefficients(linear),
        curved=_coefficients(curved),
        sum=estimate,
        equal=equal,
        curvature=curved.test(CURVED),
        r_squared=linear.r_squared,
        r_squared_curved=curved.r_squared,
        n=linear.n,
        usable=equal is not None and equal.p >= alpha and signs[0] < 0 < signs[1],
    )


def _sum(model: Regression) -> LinearEstimates:
    """The sum of both slopes, with the covariance that they have."""
    slopes = model.linear.take([model.names.index(name) for name in LINEAR])
    total = slopes.combine(np.ones((2, 1)))
    first = slopes.take([0])
    return LinearEstimates(
        total.design,
        total.values,
        total.totals,
        first.present,
        first.n,
        first.weight,
        first.weight_squares,
        total.simple,
        total.size,
        first.freedom,
    )


def _coefficients(model: Regression) -> tuple[Coefficient, ...]:
    tested = {name: value if np.isfinite(value) else None for name, value in model.p.items()}
    return tuple(Coefficient(name, found, tested[name]) for name, found in model.coefficients.items())
