"""Tests of several differences at once: is there any difference here at all?

Looking at thirty intervals for one that stands out is no test of whether anything does. Each test here
gives one F and one p for a whole table or a whole set of groups.

What a newcomer gets wrong: a joint test and the tests of the single differences answer different
questions. The joint test may find that groups differ while none can be named, and the other way round.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, special

from analysis.estimate import ROUNDING_NOISE, LinearEstimates
from analysis.results import JointTest
from analysis.sample import Floats


def groups_differ(groups: LinearEstimates) -> JointTest | None:
    r"""Test that the means of m disjoint groups are all equal, under their design.

    .. math:: Q = \sum_g W_g (m_g - \bar m)^2, \quad F = Q / \sum\lambda

    with W the weight of each group, :math:`\bar m` the weighted mean, and :math:`\lambda` the eigenvalues of
    :math:`(\mathrm{diag}\,W - WW'/\sum W)\,V`, V the design covariance of the means. F has
    :math:`(\sum\lambda)^2/\sum\lambda^2` and that many times df degrees of freedom (Rao and Scott's second
    order), df clusters less strata of all groups together. Unlike a Wald test it inverts no covariance, which
    would find differences everywhere where there are many groups with few clusters in each.

    A mean that was estimated from c clusters leaves residuals whose variance is too small by (c − 1)/c. For
    one group that is little, for thirty it adds up, so V is scaled back, as far as the design's own
    n/(n − 1) does not do it already.

    Groups without an estimate, and groups that lie in one cluster and so show no error, take no part.
    ``None`` where fewer than two are left, or where nothing varies although the means differ.

    References
    ----------
    Rao, J. N. K. & Scott, A. J. (1984). Ann. Stat. 12. Mehrotra, D. (1997). Comm. Stat. Simulation 26, for
    independent groups.
    """
    usable = np.flatnonzero(np.isfinite(groups.values) & (groups.df > 0))
    if len(usable) < 2:
        return None
    known = groups.take(usable)
    weight = known.weight
    centred = np.diag(weight) - np.outer(weight, weight) / weight.sum()
    quadratic = float(known.values @ centred @ known.values)
    df = float(known.design.degrees_of_freedom(np.asarray(known.present.any(axis=1))))
    covariance = known.design.covariance_of_totals(known.totals * np.sqrt(_few_clusters(known)))
    noise = float((weight * (ROUNDING_NOISE * known.size) ** 2).sum())
    return second_order(quadratic, centred @ covariance, df, noise)


def _few_clusters(groups: LinearEstimates) -> Floats:
    """By how much the variance of each group's residuals is too small, (m,)."""
    strata = groups.design.stratum_of_unit
    size = np.bincount(strata)[strata]
    given = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0) @ groups.present / groups.clusters
    return np.maximum(groups.clusters / np.maximum(groups.clusters - 1, 1) / given, 1.0)


def second_order(quadratic: float, spread: Floats, df: float, noise: float = 0.0) -> JointTest | None:
    """Rao and Scott's F of a quadratic form whose covariance, times its matrix, is ``spread`` (m, m).

    Below ``noise`` both are rounding. Nothing that varies and nothing that differs gives p = 1;
    differences without variation cannot be tested, nor can anything without degrees of freedom.
    """
    trace = float(np.trace(spread))
    if df <= 0:
        return None
    if trace <= noise:
        return JointTest(0.0, float(len(spread) - 1), df, 1.0) if quadratic <= noise else None
    ndf = trace**2 / float((spread * spread.T).sum())
    return f_test(quadratic / trace, ndf, ndf * df)


def wald_test(values: Floats, covariance: Floats, df: float) -> JointTest | None:
    r"""Test that all of m values are zero: :math:`F = b'V^{-1}b/m` on m and ``df`` degrees of freedom.

    ``None`` without degrees of freedom, or where V cannot be inverted. R: ``survey::regTermTest``.
    """
    m = len(values)
    if df <= 0 or m == 0:
        return None
    try:
        solved = linalg.solve(covariance, values, assume_a="pos")
    except linalg.LinAlgError:
        return None
    return f_test(float(values @ solved) / m, float(m), df)


def f_test(f: float, ndf: float, ddf: float) -> JointTest:
    """Return the test of a statistic that follows F on ``ndf`` and ``ddf`` degrees of freedom."""
    return JointTest(f, ndf, ddf, float(special.fdtrc(ndf, ddf, max(f, 0.0))))
