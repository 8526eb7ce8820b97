r"""By how much an outcome is higher where a driver is a point higher, the rest being equal.

A slope of a logit is in log odds, which nobody has a feeling for. Its average marginal effect is in the
units of the outcome, per index point, and stands beside the slope of a straight line.

What a newcomer gets wrong: an effect is the slope at where people are. It holds for a point or two, not
for twenty, and it compares people; it does not say what a change would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis.estimate import LinearEstimates, estimates, linear_estimates, p_values
from analysis.ordered_logit import OrderedLogit
from analysis.results import Estimate
from analysis.sample import Floats, Integers

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class MarginalEffect:
    """One driver: ``effect`` on the mean of the outcome, per point of the driver; ``p`` of it being zero.

    ``by_level`` are effects on the share of each level, in percentage points per point of the driver; they
    sum to 0. ``linear`` is the slope of a linear regression on the same rows, ``None`` where there is none.
    ``reach`` is the weighted share of people with an answer to the driver; the average is over them.
    """

    driver: str
    effect: Estimate
    p: float
    by_level: tuple[Estimate, ...]
    linear: Estimate | None
    reach: float


@dataclass(frozen=True, slots=True)
class MarginalEffects:
    """Average marginal effects of all drivers of one outcome, in the order of the model.

    ``levels`` are the values of the outcome. Two levels of 0 and 100 give percentage points per point.
    """

    levels: tuple[float, ...]
    drivers: tuple[MarginalEffect, ...]

    def summary(self) -> str:
        """One line a driver: ``speed  0.312 [0.214, 0.410], p < 0.001; straight line 0.305``."""
        width = max((len(row.driver) for row in self.drivers), default=0)
        return "\n".join(
            f"{row.driver:<{width}}  {row.effect.value:.3g}"
            + (
                f" [{row.effect.low:.3g}, {row.effect.high:.3g}], "
                + (f"p = {row.p:.3f}" if row.p >= 0.001 else "p < 0.001")
                if row.effect.low is not None
                else ", no interval"
            )
            + (f"; straight line {row.linear.value:.3g}" if row.linear else "")
            for row in self.drivers
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a driver, indexed by its name."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {
                "effect": row.effect.value,
                "se": row.effect.se,
                "low": row.effect.low,
                "high": row.effect.high,
                "p": row.p,
                "linear": row.linear.value if row.linear else None,
                "reach": row.reach,
                **{f"level {v:g}": share.value for v, share in zip(self.levels, row.by_level, strict=True)},
            }
            for row in self.drivers
        ]
        return pd.DataFrame(rows, index=pd.Index([row.driver for row in self.drivers], name="driver"))


def marginal_effects(
    fit: OrderedLogit,
    x: Floats,
    rows: Integers,
    drivers: Sequence[str] | None = None,
    *,
    answered: Floats | None = None,
    linear: Sequence[Estimate | None] | None = None,
) -> MarginalEffects:
    r"""Average marginal effects of a fitted logit or ordered logit.

    .. math:: \bar\delta_j = \beta_j \sum_i w_i a_{ij} \sum_k (v_{k+1} - v_k)\, f(\theta_k - x_i'\beta)
              \Big/ \sum_i w_i a_{ij}

    with v the values of the levels, f the logistic density, and a_ij whether somebody has an answer.
    Their errors count both that slopes and thresholds are estimated (delta method) and that the people are a
    sample, with the clusters and strata of the design.

    Parameters
    ----------
    x : (n, k) the columns of the model, in its order, without blanks.
    rows : (n,) rows of the design that they belong to.
    drivers : columns to give effects of, all by default.
    answered : (n, drivers) 1 for those with an answer, by default everybody.
    linear : slopes of a straight line to stand beside, one a driver.

    References
    ----------
    Bartus, T. (2005). Stata Journal 5. Graubard, B. & Korn, E. (1999). Biometrics 55: predictive margins.
    """
    names = list(fit.slopes if drivers is None else drivers)
    place = [fit.slopes.index(name) for name in names]
    has = np.ones((len(rows), len(names))) if answered is None else (answered > 0).astype(np.float64)
    w = fit.linear.design.weights[rows]
    values = np.array(fit.levels)
    # What each threshold's density counts for: the mean of the outcome, then each level in per cent.
    steps = np.vstack([np.diff(values), 100.0 * np.diff(np.eye(len(values)), axis=1)])
    found = _effects(fit, x, w, has, place, steps, rows)
    means, p = estimates(found, fit.level), p_values(found)
    reach = w @ has / w.sum()
    drawn = []
    for j, name in enumerate(names):
        effect, *by_level = means[j * len(steps) : (j + 1) * len(steps)]
        beside = linear[j] if linear is not None else None
        if not isinstance(effect, Estimate):
            raise TypeError("An effect needs respondents.")
        levels = tuple(share for share in by_level if isinstance(share, Estimate))
        drawn.append(MarginalEffect(name, effect, float(p[j * len(steps)]), levels, beside, float(reach[j])))
    return MarginalEffects(fit.levels, tuple(drawn))


def _effects(
    fit: OrderedLogit,
    x: Floats,
    w: Floats,
    has: Floats,
    place: Sequence[int],
    steps: Floats,
    rows: Integers,
) -> LinearEstimates:
    """Effects driver by driver, the rows of ``steps`` (t, K − 1) within each, (drivers · t,)."""
    slopes = fit.linear.values[: len(fit.slopes)]
    below = special.expit(fit.thresholds - (x @ slopes)[:, None])
    density = below * (1.0 - below)
    bend = density * (1.0 - 2.0 * below)
    count = len(place) * len(steps)
    values, z = np.empty(count), np.empty((len(x), count))
    jacobian = np.zeros((len(fit.names), count))
    for position, j in enumerate(place):
        these = slice(position * len(steps), (position + 1) * len(steps))
        weight = w * has[:, position] / (w @ has[:, position])
        felt = density @ steps.T
        mean = weight @ felt
        values[these] = slopes[j] * mean
        z[:, these] = weight[:, None] * (slopes[j] * (felt - mean))
        jacobian[len(slopes) :, these] = slopes[j] * (weight @ bend)[:, None] * steps.T
        jacobian[: len(slopes), these] = -slopes[j] * (x * weight[:, None]).T @ (bend @ steps.T)
        jacobian[j, these] += mean
    base = np.repeat(has > 0, len(steps), axis=1)
    direct = linear_estimates(fit.linear.design, values, z, base, rows)
    return replace(
        direct,
        totals=direct.totals + fit.linear.totals @ jacobian,
        simple=np.full(count, np.nan),
        freedom=np.full(count, fit.df),
    )
