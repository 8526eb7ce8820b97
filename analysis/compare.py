"""Comparisons: one wave with another, one group with everybody else.

What a newcomer gets wrong: two intervals that overlap do not mean "no difference". The difference has
an error of its own, smaller when the same accounts answer on both sides; test that.
"""

from __future__ import annotations

import numpy as np

from analysis.estimate import LinearEstimates, comparisons, t_quantile
from analysis.results import Comparison
from analysis.sample import Floats


def change(
    before: LinearEstimates,
    after: LinearEstimates,
    level: float = 0.95,
    fdr: float = 0.05,
    *,
    higher_is_better: bool = True,
) -> tuple[Comparison | None, ...]:
    """Changes column by column, later less earlier, tested as one family.

    Both sides come from one stacked design, so accounts that answered in both waves bring their
    covariance: :math:`V_{11} + V_{00} - 2V_{01}`. ``None`` where one side has no answers.
    """
    return comparisons(after.minus(before), level, fdr, higher_is_better=higher_is_better)


def expected_range(
    overall: float, difference: LinearEstimates, share: Floats, level: float = 0.95
) -> tuple[Floats, Floats]:
    r"""Where groups would fall if they did not differ from everybody else, (m,) low and (m,) high.

    .. math:: I \pm (1 - \pi_g)\, t_{df}\, \mathrm{se}(I_g - I_{-g})

    The range is centred on the overall index I, the line a chart draws. Its width is the error of the
    very difference that is tested, group less all others, so it knows the group's own answers,
    clusters and weights, and not only its n. A group with weight share :math:`\pi_g` is itself part of I,
    which lies :math:`(1 - \pi_g)` of the difference away. So a group stands outside its range exactly
    where its difference has p < 1 − level *before* adjustment for the number of groups (exactly for a
    respondent roll-up, nearly for an aggregate one whose items have different bases); which of them
    are called different is decided by q.

    Parameters
    ----------
    overall : the index of everybody, points.
    difference : (m,) columns, each group less all others.
    share : (m,) each group's share of the weight.

    nan where there is nobody to differ from, or no degrees of freedom.
    """
    half = (
        np.where(np.isnan(difference.values), np.nan, 1 - share)
        * t_quantile(difference.df, level)
        * np.sqrt(difference.variances)
    )
    return overall - half, overall + half
