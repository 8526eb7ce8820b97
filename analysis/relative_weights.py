r"""Relative weights: a fast approximation of driver shares, for an outcome on a scale and for yes and no.

Drivers are replaced by the uncorrelated columns nearest to them, the outcome is regressed on those, and what
they explain is led back to the drivers.

What a newcomer gets wrong: this is an approximation with a name of its own, not a second opinion. Where
it ranks drivers differently from LMG, the drivers are too much alike to be ranked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.cumulative_logit import LevelData, maximum
from analysis.elimination import ALIASED
from analysis.sample import Floats


def relative_weights(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    r"""Johnson's relative weights, (P, B): parts that sum to R².

    .. math:: \Lambda = R^{1/2}, \quad b = \Lambda^{-1} r, \quad \varepsilon_j = \sum_k \Lambda_{jk}^2 b_k^2

    Parameters
    ----------
    correlations : (c + 1, c + 1, B), the outcome last.
    players : columns of each player, whose parts add up.

    Two drivers, correlated or not, get exactly their LMG:

    >>> r = np.array([[1, 0.4, 0.5], [0.4, 1, 0.3], [0.5, 0.3, 1]])[:, :, None]
    >>> relative_weights(r, [[0], [1]])[:, 0].round(6)
    array([0.210952, 0.050952])

    References
    ----------
    Johnson, J. (2000). Multivar. Behav. Res. 35. Genizi, A. (1993). Stat. Sinica 3. R: ``rwa::rwa``,
    ``relaimpo::calc.relimp(type = "genizi")``.
    """
    root, inverse = _roots(np.moveaxis(correlations[:-1, :-1], 2, 0))
    along = np.einsum("bij,jb->bi", inverse, correlations[:-1, -1])
    parts = np.einsum("bij,bj->ib", root**2, along**2)
    return np.array([parts[list(player)].sum(axis=0) for player in players])


def car_scores(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    r"""CAR scores, squared, (P, B): the outcome's squared correlations with the decorrelated drivers.

    .. math:: \omega = \Lambda^{-1} r, \quad \phi_j = \omega_j^2

    They sum to R²; parts of a player's columns add up. Drivers that are not correlated get their squared
    correlations.

    References
    ----------
    Zuber, V. & Strimmer, K. (2011). Stat. Appl. Genet. Mol. Biol. 10(1). R: ``relaimpo::calc.relimp(type =
    "car")``.
    """
    _, inverse = _roots(np.moveaxis(correlations[:-1, :-1], 2, 0))
    parts = np.einsum("bij,jb->ib", inverse, correlations[:-1, -1]) ** 2
    return np.array([parts[list(player)].sum(axis=0) for player in players])


def logistic_relative_weights(data: LevelData, players: Sequence[Sequence[int]]) -> tuple[Floats, float]:
    r"""Relative weights of a yes/no outcome, (P,), and the squared correlation R² that they sum to.

    .. math:: \beta^* = b \sqrt{R^2} / s, \quad \varepsilon_j = \sum_k \Lambda_{jk}^2 \beta_k^{*2}

    with b the slopes of a logit on the uncorrelated columns, s the standard deviation of its linear
    predictor and R² the squared correlation of its probabilities with the outcome; all weighted.

    References
    ----------
    Tonidandel, S. & LeBreton, J. (2010). Org. Res. Methods 13. R: ``rwa::rwa_logit``.
    """
    w = data.weights
    root, inverse = _roots(((data.x * w[:, None]).T @ data.x)[None])
    codes = np.repeat(np.arange(2), np.diff(data.bounds))
    nearest = LevelData.of(data.x @ inverse[0], codes, w)
    fit = maximum(nearest).values[0]
    linear = nearest.x @ fit[1:]
    likely = 1.0 / (1.0 + np.exp(fit[0] - linear))
    explained = float(np.cov(np.vstack([likely, codes]), aweights=w, ddof=0)[0, 1]) ** 2
    explained /= float((w @ likely**2 - (w @ likely) ** 2) * data.shares.prod())
    parts = root[0] ** 2 @ (fit[1:] ** 2 * explained / float(w @ linear**2))
    return np.array([parts[list(player)].sum() for player in players]), explained


def _roots(matrices: Floats) -> tuple[Floats, Floats]:
    """Symmetric roots of correlation matrices (B, c, c) and their inverses, without null directions."""
    values, vectors = np.linalg.eigh(matrices)
    size = np.sqrt(np.where(values > ALIASED, values, 0.0))
    inverse = np.divide(1.0, size, where=size > 0, out=np.zeros_like(size))
    turned = np.swapaxes(vectors, 1, 2)
    return (vectors * size[:, None]) @ turned, (vectors * inverse[:, None]) @ turned
