r"""Regression of ordered answers: proportional odds, with survey weights and errors that know the design.

.. math:: P(y \le k) = F(\theta_k - x'\beta)

One answer on a scale of a few points is an order, not a number. A slope says by how much the log odds of a
higher answer rise per unit, whichever level "higher" begins at.

What a newcomer gets wrong: that last part is an assumption. ``analysis.parallel_slopes`` tests it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import linalg

from analysis.cumulative_logit import LevelData, derivatives, maximum, scores
from analysis.design import Design, design_of
from analysis.estimate import linear_estimates
from analysis.inputs import name_list
from analysis.regression import Regression, check_regression, model_columns
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.separation import separating

# More levels than this are a scale: each needs a threshold of its own (convention).
MOST_LEVELS = 21


@dataclass(frozen=True, slots=True, eq=False)
class OrderedLogit(Regression):
    """A fitted proportional-odds logit; with two levels, a logit.

    ``names`` and ``linear`` hold the slopes, then the thresholds. ``levels`` (K,) are the values of the
    outcome from low to high, and name the thresholds: ``2|3``. ``log_likelihood`` and
    ``null_log_likelihood`` belong to weights scaled to sum n.
    """

    levels: tuple[float, ...]
    log_likelihood: float
    null_log_likelihood: float

    @property
    def slopes(self) -> tuple[str, ...]:
        """Names of the coefficients of columns."""
        return self.names[: len(self.names) - len(self.levels) + 1]

    @property
    def thresholds(self) -> Floats:
        """Log odds of a level or one below it where all columns are 0, (K − 1,), increasing."""
        return self.linear.values[len(self.slopes) :]


def regress_ordered(
    sample: Sample,
    outcome: str,
    predictors: Sequence[str],
    *,
    wave: str | None = None,
    level: float = 0.95,
) -> OrderedLogit:
    """Regress an ordered outcome or item on items and outcomes in points of 100, in one wave.

    ``wave`` is the last by default. Whoever has a blank in any of the columns is left out. Raises and
    returns what :func:`weighted_ordered_logit` does.
    """
    wanted = name_list(predictors, "predictors")
    y, x, domain = model_columns(sample, outcome, wanted, wave)
    return weighted_ordered_logit(design_of(sample), y, x, wanted, domain=domain, level=level)


def weighted_ordered_logit(
    design: Design,
    y: Floats,
    x: Floats,
    names: Sequence[str],
    *,
    domain: Booleans | None = None,
    level: float = 0.95,
) -> OrderedLogit:
    r"""Fit a proportional-odds logit of y (n,) on x (n, k) in a domain (n,) of the design.

    Maximises :math:`\sum_i w_i \log P(y_i)`; every distinct value of y is a level. The covariance is that
    of the totals by cluster of :math:`z_i = w_i A^{-1} s_i`, s the score of a respondent and A the weighted
    information. Degrees of freedom are clusters less strata less slopes, counted among those in the model.

    Whoever has a blank (nan) in y or x is left out, and their clusters stay in the design.

    Raises
    ------
    ValueError
        If x has a column that is constant or a combination of others, or one that separates levels (each
        named), there are no more rows than coefficients, or y has fewer than 2 levels or more than 21.

    References
    ----------
    McCullagh, P. (1980). JRSS-B 42. Binder, D. (1983). Int. Stat. Rev. 51. R: ``survey::svyolr``;
    without a design ``MASS::polr``.
    """
    wanted = name_list(names, "names")
    inside = np.isfinite(y) & np.isfinite(x).all(axis=1)
    rows = np.flatnonzero(inside if domain is None else inside & domain)
    values = np.unique(y[rows])
    if not 2 <= len(values) <= MOST_LEVELS:
        raise ValueError(
            f"An ordered regression needs an outcome of 2 to {MOST_LEVELS} levels, found {len(values)}. "
            "Put neighbouring levels together, or take a linear regression."
        )
    check_regression(["", *wanted], np.column_stack([np.ones(len(rows)), x[rows]]))
    data = LevelData.of(x[rows], np.searchsorted(values, y[rows]), design.weights[rows])
    fit = maximum(data)
    if guilty := separating(data, fit, wanted):
        told = ", ".join(repr(name) for name in guilty)
        raise ValueError(
            f"Columns {told} tell levels apart without error, so their slopes have no finite value. Leave "
            "them out, or merge their values."
        )
    return fitted_levels(design, rows, data, fit.values[0], wanted, values, level)


def fitted_levels(
    design: Design,
    rows: Integers,
    data: LevelData,
    values: Floats,
    names: Sequence[str],
    levels: Floats,
    level: float,
) -> OrderedLogit:
    """Describe a maximum, ``values`` (m,), of ``data`` made of ``rows`` of the design."""
    point = derivatives(data, values[None])
    influence = np.empty((len(rows), len(values)))
    influence[data.order] = data.weights[:, None] * scores(data, values)
    # Slopes first, as in every other regression.
    turn = np.roll(data.to_given, -data.cuts, axis=0)
    z = influence @ linalg.inv(point.information[0]) @ turn.T
    linear = linear_estimates(design, turn @ values, z, np.ones(z.shape, dtype=bool), rows)
    df = np.maximum(linear.df - data.columns, 0).astype(np.float64)
    cuts = tuple(f"{low:g}|{high:g}" for low, high in pairwise(levels))
    return OrderedLogit(
        family="ordered",
        names=(*names, *cuts),
        linear=replace(linear, freedom=df),
        n=len(rows),
        df=float(df[0]),
        r_squared=None,
        level=level,
        levels=tuple(levels.tolist()),
        log_likelihood=len(rows) * float(point.log_likelihood[0]),
        null_log_likelihood=len(rows) * data.null_log_likelihood,
    )
