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
class Side:
    """One side of a comparison: predictions (r,) before the link, their derivatives (r, q) by coefficient."""

    eta: Floats
    slopes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A regression ready to predict: ``coefficients`` (q,) of the columns of ``x`` (r, q) for ``rows`` (r,).

    ``rows`` of the design need not be those that the regression was fitted to.

    With ``score``, the position of a column of x, the coefficients after those of x are those of another
    regression, of this column: what it says moves the column, and its error counts as well.
    """

    coefficients: LinearEstimates
    link: Link
    rows: Integers
    x: Floats
    score: int | None = None

    def side(self, x: Floats, shift: Floats | None = None) -> Side:
        """Predict from columns x (r, q), moved by way of the score where ``shift`` (r, p) is given."""
        own, more = np.split(self.coefficients.values, [x.shape[1]])
        if self.score is None:
            return Side(x @ own, x)
        moved = x if shift is None else x.copy()
        if shift is None:
            shift = np.zeros((len(x), len(more)))
        else:
            moved[:, self.score] += shift @ more
        return Side(moved @ own, np.hstack([moved, own[self.score] * shift]))


def predicted_change(fitted: Fitted, after: Floats | Side, weights: Floats | None = None) -> LinearEstimates:
    """Mean prediction before, after, and the change: three columns, in the unit of the outcome.

    Parameters
    ----------
    after : (r, q) columns of the same people after their answers moved, or what they predict.
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


def predicted_total(fitted: Fitted, after: Floats | Side, amounts: Floats) -> LinearEstimates:
    """Predictions of these very people times their ``amounts`` (r,), summed: before, after, and the change.

    The people are not taken for a sample of others: the error is that of the coefficients alone.
    """
    design = fitted.coefficients.design
    sums, jacobians, predictions = _sides(fitted, after, amounts)
    matrix = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]])
    flat = np.zeros((len(predictions), 3))
    found = linear_estimates(design, sums @ matrix, flat, np.ones(flat.shape, dtype=bool), fitted.rows)
    return _with_coefficients(found, fitted, np.zeros_like(found.totals), jacobians @ matrix)


def _sides(fitted: Fitted, after: Floats | Side, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted sums (2,), their derivatives (q, 2) and predictions (r, 2), before and after."""
    predictions, jacobians = [], []
    for side in (fitted.side(fitted.x), after if isinstance(after, Side) else fitted.side(after)):
        mu = special.expit(side.eta) if fitted.link == "logit" else side.eta
        slope = mu * (1.0 - mu) if fitted.link == "logit" else np.ones_like(mu)
        predictions.append(mu)
        jacobians.append(side.slopes.T @ (share * slope))
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
