r"""What a fitted regression predicts for the same people before and after some of their answers move.

.. math:: \bar\mu = \sum_i u_i\,\mu(x_i'\beta) / \sum_i u_i

before and after, and the difference, each with an error that counts both that the coefficients are estimated
and that the people are a sample (delta method, clusters and strata of the design).

What a newcomer gets wrong: a logit has no single effect per point. People are moved one by one, each on their
own stretch of the curve and none beyond the top of the scale, and the mean is taken afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import special

from analysis.estimate import LinearEstimates, linear_estimates
from analysis.sample import Floats, Integers

Link = Literal["linear", "logit"]
BEFORE, AFTER, CHANGE = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A regression ready to predict: ``coefficients`` (q,) of the columns of ``x`` (r, q) for ``rows`` (r,).

    ``rows`` of the design need not be those that the regression was fitted to.
    """

    coefficients: LinearEstimates
    link: Link
    rows: Integers
    x: Floats


def predicted_change(fitted: Fitted, after: Floats, weights: Floats | None = None) -> LinearEstimates:
    """Mean prediction before, after, and the change: three columns, in the unit of the outcome.

    Parameters
    ----------
    after : (r, q) columns of the same people after their answers moved.
    weights : (r,) what each person counts for, the sampling weights by default: with revenue times weight
        the mean is a share of revenue.

    References
    ----------
    Graubard, B. & Korn, E. (1999). Biometrics 55: predictive margins.
    """
    design = fitted.coefficients.design
    u = design.weights[fitted.rows] if weights is None else weights
    share = u / u.sum()
    means, jacobians, predictions = _sides(fitted, after, share)
    direct = share[:, None] * (predictions - means)
    matrix = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]])
    z = direct @ matrix
    found = linear_estimates(design, means @ matrix, z, np.ones(z.shape, dtype=bool), fitted.rows)
    return _with_coefficients(found, fitted, found.totals, jacobians @ matrix)


def predicted_total(fitted: Fitted, after: Floats, amounts: Floats) -> LinearEstimates:
    """Predictions of these very people times their ``amounts`` (r,), summed: before, after, and the change.

    The people are not taken for a sample of others: the error is that of the coefficients alone.
    """
    design = fitted.coefficients.design
    sums, jacobians, predictions = _sides(fitted, after, amounts)
    matrix = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]])
    flat = np.zeros((len(predictions), 3))
    found = linear_estimates(design, sums @ matrix, flat, np.ones(flat.shape, dtype=bool), fitted.rows)
    return _with_coefficients(found, fitted, np.zeros_like(found.totals), jacobians @ matrix)


def _sides(fitted: Fitted, after: Floats, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted sums (2,), their derivatives (q, 2) and predictions (r, 2), before and after."""
    predictions, jacobians = [], []
    for x in (fitted.x, after):
        eta = x @ fitted.coefficients.values
        mu = special.expit(eta) if fitted.link == "logit" else eta
        slope = mu * (1.0 - mu) if fitted.link == "logit" else np.ones_like(mu)
        predictions.append(mu)
        jacobians.append(x.T @ (share * slope))
    both = np.column_stack(predictions)
    return share @ both, np.column_stack(jacobians), both


def _with_coefficients(
    found: LinearEstimates, fitted: Fitted, own: Floats, jacobian: Floats
) -> LinearEstimates:
    columns = len(found)
    freedom = np.full(columns, float(np.min(fitted.coefficients.df)))
    return replace(
        found,
        totals=own + fitted.coefficients.totals @ jacobian,
        simple=np.full(columns, np.nan),
        freedom=freedom,
    )
