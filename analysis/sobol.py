r"""Which of several independent inputs a result owes its spread to: Sobol shares of variance.

The first-order share :math:`S_i = V(E(y|x_i))/V(y)` is what would go if the input were known, the total
share :math:`T_i = E(V(y|x_{-i}))/V(y)` what would stay if everything else were. An input counts for nothing
only if its *total* share is 0. Between them lie interactions.

What a newcomer gets wrong: the shares are of inputs that vary independently. Weights that sum to 1 do not;
perturb raw weights and normalise afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.sample import Booleans, Floats


@dataclass(frozen=True, slots=True, eq=False)
class SobolShares:
    """Shares of F inputs in the variance of T results, with bootstrap standard errors.

    ``first`` and ``total`` are (F, T), nan where the result does not vary. Estimates scatter around shares
    near 0, so a first-order share may come out slightly negative.
    """

    first: Floats
    first_se: Floats
    total: Floats
    total_se: Floats
    variance: Floats


def mixtures(factors: Sequence[Sequence[int]], columns: int) -> Booleans:
    """Which columns a run takes from the second of two independent input matrices, (F + 2, columns).

    The first run takes none and the second all; then come those that take one factor's columns each. A
    factor of several columns is a group of inputs that is judged as one.
    """
    found = np.zeros((len(factors) + 2, columns), dtype=bool)
    found[1] = True
    for row, factor in enumerate(factors, start=2):
        found[row, list(factor)] = True
    return found


def sobol_shares(runs: Floats, *, bootstrap: int = 500, seed: int = 0) -> SobolShares:
    r"""Return first-order and total shares from results (F + 2, N, T) in the order of :func:`mixtures`.

    .. math:: S_i = \overline{y_B (y_{AB_i} - y_A)} / V \qquad
              T_i = \overline{(y_A - y_{AB_i})^2} / 2V

    with V the variance of :math:`y_A` and :math:`y_B` together. :math:`y_B` is centred first, which leaves
    the expectation as it is and takes most of the scatter away. Standard errors come from resampling the
    N rows ``bootstrap`` times.

    References
    ----------
    Saltelli, A. et al. (2010). Comput. Phys. Commun. 181. Jansen, M. (1999). Comput. Phys. Commun. 117.
    """
    size = runs.shape[1]
    everyone = np.full((1, size), 1.0)
    draws = np.random.default_rng(seed).multinomial(size, np.full(size, 1.0 / size), bootstrap)
    first, total, variance = _shares(runs, everyone)
    resampled_first, resampled_total, _ = _shares(runs, draws.astype(np.float64))
    return SobolShares(
        first[0],
        resampled_first.std(axis=0, ddof=1),
        total[0],
        resampled_total.std(axis=0, ddof=1),
        variance[0],
    )


def _shares(runs: Floats, counts: Floats) -> tuple[Floats, Floats, Floats]:
    """Shares (R, F, T), twice, and variances (R, T) with rows counted ``counts`` (R, N) times."""
    factors, size, results = len(runs) - 2, runs.shape[1], runs.shape[2]
    centred = runs - runs[:2].mean(axis=(0, 1))
    a, b, mixed = centred[0], centred[1], centred[2:]

    def mean(values: Floats) -> Floats:
        flat = np.ascontiguousarray(np.moveaxis(values, 1, 0)).reshape(size, -1)
        return np.asarray(counts @ flat / size).reshape(len(counts), factors, results)

    middle = counts @ (a + b) / (2 * size)
    variance = counts @ (a**2 + b**2) / (2 * size) - middle**2
    # A result that is constant but for rounding has no variance to share out.
    noise = 1e-12 * np.abs(runs[:2]).max(axis=(0, 1))
    divisor = np.where(variance > noise**2, variance, np.nan)[:, None, :]
    return mean(b * (mixed - a)) / divisor, mean((a - mixed) ** 2) / (2 * divisor), variance
