"""How far items agree: coefficients of reliability from covariances alone.

Matrices may have leading axes (replicates); the last two are items. Covariances may have any divisor.

What a newcomer gets wrong: alpha grows with the number of items and proves no single dimension. Look at the
average correlation beside it, and at omega, which asks what one factor would explain.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from analysis.inputs import check_share
from analysis.sample import Floats


def alpha(covariance: Floats) -> Floats:
    r"""Cronbach's alpha (…,) of covariances (…, k, k), k ≥ 2.

    .. math:: \alpha = \frac{k}{k-1} \Big(1 - \frac{\mathrm{tr}\,C}{\sum\sum C}\Big)

    Of correlations it is the standardised alpha, :math:`k \bar r / (1 + (k-1) \bar r)`, which for two items
    is Spearman–Brown. At most 1, negative where items disagree. Four parallel items that correlate .4:

    >>> round(float(alpha(0.4 + 0.6 * np.eye(4))), 4)
    0.7273

    References
    ----------
    Cronbach, L. J. (1951). Psychometrika 16. R: ``psych::alpha`` (``raw_alpha``, ``std.alpha``).
    """
    k = covariance.shape[-1]
    if k < 2:
        raise ValueError(f"Alpha needs at least 2 items, found {k}.")
    own = np.trace(covariance, axis1=-2, axis2=-1)
    return np.asarray(k / (k - 1) * (1.0 - own / covariance.sum(axis=(-2, -1))))


def alpha_without(covariance: Floats) -> Floats:
    """Alpha without each item in turn, (k,), of covariances (k, k), k ≥ 3."""
    k = len(covariance)
    others = [np.delete(np.arange(k), j) for j in range(k)]
    return np.array([float(alpha(covariance[np.ix_(rest, rest)])) for rest in others])


def item_rest(covariance: Floats) -> Floats:
    """Correlation of each item with the sum of the others, (k,). R: ``psych::alpha``, ``r.drop``."""
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2.0 * covariance.sum(axis=1) + own
    return np.asarray(with_rest / np.sqrt(own * rest))


def mean_correlation(correlation: Floats) -> float:
    """Average correlation between items, each pair once."""
    k = len(correlation)
    return float((correlation.sum() - np.trace(correlation)) / (k * (k - 1)))


def composite_reliability(loadings: Floats) -> float:
    r"""Reliability of the sum of standardised items, from standardised loadings (k,).

    .. math:: \rho_C = \Big(\sum\lambda\Big)^2 \Big/ \Big(\big(\sum\lambda\big)^2 + \sum(1-\lambda^2)\Big)

    References
    ----------
    Jöreskog, K. G. (1971). Psychometrika 36.
    """
    common = float(loadings.sum()) ** 2
    return common / (common + float((1.0 - loadings**2).sum()))


def variance_extracted(loadings: Floats) -> float:
    """Average variance extracted (AVE): the mean squared standardised loading.

    References
    ----------
    Fornell, C. & Larcker, D. F. (1981). J. Marketing Research 18.
    """
    return float((loadings**2).mean())


def inflation(correlation: Floats) -> Floats:
    """Variance inflation factors (k,): 1/(1 − R²) of each item on the others, infinite for a copy."""
    k = len(correlation)
    if np.linalg.matrix_rank(correlation, tol=1e-10, hermitian=True) < k:
        return np.full(k, np.inf)
    return np.asarray(np.diag(np.linalg.inv(correlation)))


def feldt(value: float, n: int, k: int, level: float = 0.95) -> tuple[float, float, float]:
    r"""Standard error and limits of alpha for a simple random sample of n people and k items.

    .. math:: 1 - (1-\alpha) F_{1-\gamma}, \; 1 - (1-\alpha) F_{\gamma}, \quad \gamma = (1 - level)/2

    on n − 1 and (n − 1)(k − 1) degrees of freedom. The error is that of Bonett,
    :math:`(1-\alpha)\sqrt{2k/((k-1)(n-2))}`. Both suppose normal answers.

    References
    ----------
    Feldt, L. S. (1965). Psychometrika 30. Bonett, D. G. (2002). J. Educ. Behav. Stat. 27.
    R: ``psych::alpha.ci``.
    """
    check_share(level, "level of confidence")
    tail = (1.0 - level) / 2.0
    first, second = n - 1, (n - 1) * (k - 1)
    low = 1.0 - (1.0 - value) * float(special.fdtri(first, second, 1.0 - tail))
    high = 1.0 - (1.0 - value) * float(special.fdtri(first, second, tail))
    return (1.0 - value) * float(np.sqrt(2.0 * k / ((k - 1) * (n - 2)))), low, high


def difference_reliability(first: float, second: float, together: float, ratio: float = 1.0) -> float:
    r"""Reliability of the difference of two scores with reliabilities ``first`` and ``second``.

    .. math:: r_D = \frac{q^2 r_{11} + r_{22} - 2 q\, r_{12}}{q^2 + 1 - 2 q\, r_{12}}

    with :math:`r_{12}` their correlation ``together`` and q the ``ratio`` of their standard deviations,
    first over second. Two scores of reliability .8 that correlate .5 differ with reliability .6:

    >>> round(difference_reliability(0.8, 0.8, 0.5), 10)
    0.6

    nan where the difference does not vary.

    References
    ----------
    Lord, F. M. (1963), in *Problems in Measuring Change*.
    Peter, J. P., Churchill, G. & Brown, T. (1993). J. Consumer Res. 19.
    """
    left = ratio**2 + 1.0 - 2.0 * ratio * together
    if left <= 1e-12:
        return float("nan")
    return (ratio**2 * first + second - 2.0 * ratio * together) / left
