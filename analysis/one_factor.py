"""One common factor behind several items, by maximum likelihood: loadings, and what items keep to themselves.

Fitted to covariances, so survey weights, blanks and replicates are settled before. A leading axis holds
replicates, which are all fitted at once.

What a newcomer gets wrong: a fit may end with a negative variance of an item's own part (a Heywood case).
Such a solution describes nothing that could exist. It is reported as inadmissible, never trimmed to 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.sample import Booleans, Floats

_STEPS = 200
_HALVINGS = 12


@dataclass(frozen=True, slots=True, eq=False)
class OneFactor:
    r"""Loadings and own variances, :math:`\Sigma = \lambda\lambda' + \mathrm{diag}(\theta)`, of R replicates.

    Attributes
    ----------
    loadings : (R, k) in the unit of the items, for a factor of variance 1 whose loadings sum to at least 0.
    own : (R, k) own variances θ.
    converged : (R,) whether the likelihood is flat there.
    """

    loadings: Floats
    own: Floats
    converged: Booleans

    @property
    def admissible(self) -> Booleans:
        """Whether a solution was found in which no item has a negative variance of its own, (R,)."""
        return np.asarray(self.converged & (self.own > 0).all(axis=1))

    @property
    def standardised(self) -> Floats:
        """Loadings on the correlation scale of the fitted covariances, (R, k)."""
        return np.asarray(self.loadings / np.sqrt(np.abs(self.loadings**2 + self.own)))

    @property
    def omega(self) -> Floats:
        r"""Reliability of the sum of the items, (R,): :math:`(\sum\lambda)^2/((\sum\lambda)^2+\sum\theta)`.

        References
        ----------
        McDonald, R. P. (1999). *Test Theory*, ch. 6.
        """
        common = self.loadings.sum(axis=1) ** 2
        return np.asarray(common / (common + self.own.sum(axis=1)))


def one_factor(covariance: Floats) -> OneFactor:
    r"""Fit one factor to covariances (R, k, k) of at least three items.

    Fisher scoring from the first principal axis, halving a step that does not lower the discrepancy
    :math:`\log|\Sigma| + \mathrm{tr}(S\Sigma^{-1})`. Own variances are free, as in lavaan (``cfa`` with
    ``std.lv = TRUE``); with three items the fit is exact. Where it does not settle ``converged`` is false.

    References
    ----------
    Jöreskog, K. G. (1971). Psychometrika 36. Lawley, D. N. & Maxwell, A. E. (1971). *Factor Analysis*.
    """
    if covariance.shape[-1] < 3:
        raise ValueError(f"One factor needs at least 3 items, found {covariance.shape[-1]}.")
    spread = np.sqrt(np.einsum("rii->ri", covariance))
    s = covariance / (spread[:, :, None] * spread[:, None, :])
    loadings, own = _started(s)
    value = _discrepancy(s, loadings, own)
    converged = np.zeros(len(s), dtype=bool)
    for _ in range(_STEPS):
        active = np.flatnonzero(~converged & np.isfinite(value))
        if not active.size:
            break
        step, slope = _direction(s[active], loadings[active], own[active])
        lower = _lowered(s[active], loadings[active], own[active], step, value[active])
        loadings[active], own[active], value[active] = lower
        converged[active] = slope < 1e-9
    loadings *= np.where(loadings.sum(axis=1) < 0, -1.0, 1.0)[:, None]
    return OneFactor(loadings * spread, own * spread**2, converged)


def _started(s: Floats) -> tuple[Floats, Floats]:
    """First principal axis, shrunk so that every item keeps some variance to itself."""
    values, vectors = np.linalg.eigh(s)
    loadings = np.clip(vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0.0)), -0.95, 0.95) * 0.9
    return loadings, 1.0 - loadings**2


def _discrepancy(s: Floats, loadings: Floats, own: Floats) -> Floats:
    """log|Σ| + tr SΣ⁻¹, (R,); infinite where Σ is no covariance."""
    sigma = loadings[:, :, None] * loadings[:, None, :] + own[:, :, None] * np.eye(s.shape[-1])
    sign, log = np.linalg.slogdet(sigma)
    good = (sign > 0) & np.isfinite(log) & (np.linalg.eigvalsh(sigma)[:, 0] > 1e-12)
    inverse = np.linalg.inv(np.where(good[:, None, None], sigma, np.eye(s.shape[-1])))
    return np.where(good, log + np.einsum("rij,rji->r", s, inverse), np.inf)


def _direction(s: Floats, loadings: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Scoring step (R, 2k) and the largest slope in each replicate (R,)."""
    k = s.shape[-1]
    sigma = loadings[:, :, None] * loadings[:, None, :] + own[:, :, None] * np.eye(k)
    inverse = np.linalg.inv(sigma)
    off = inverse @ (sigma - s) @ inverse
    gradient = np.concatenate([2.0 * (off @ loadings[..., None])[..., 0], np.einsum("rii->ri", off)], axis=1)
    towards = (inverse @ loadings[..., None])[..., 0]
    level = np.einsum("ri,ri->r", loadings, towards)
    information = np.empty((len(s), 2 * k, 2 * k))
    information[:, :k, :k] = 2.0 * (
        inverse * level[:, None, None] + towards[:, :, None] * towards[:, None, :]
    )
    # Cross part: d tr(Σ⁻¹ dΣ Σ⁻¹ dΣ) for a loading i and an own variance j.
    information[:, :k, k:] = 2.0 * inverse * towards[:, None, :]
    information[:, k:, :k] = information[:, :k, k:].swapaxes(1, 2)
    information[:, k:, k:] = inverse**2
    ridge = 1e-12 * np.einsum("rii->r", information)[:, None, None] * np.eye(2 * k)
    step = -np.linalg.solve(information + ridge, gradient[..., None])[..., 0]
    return step, np.abs(gradient).max(axis=1)


def _lowered(
    s: Floats, loadings: Floats, own: Floats, step: Floats, value: Floats
) -> tuple[Floats, Floats, Floats]:
    """Take the step, or the largest half, quarter, … of it that does not raise the discrepancy."""
    k = s.shape[-1]
    size = np.ones(len(s))
    for _ in range(_HALVINGS):
        moved = loadings + size[:, None] * step[:, :k], own + size[:, None] * step[:, k:]
        found = _discrepancy(s, *moved)
        worse = ~(found <= value + 1e-14 * np.abs(value))
        if not worse.any():
            return (*moved, found)
        size = np.where(worse, size / 2.0, size)
    keep = worse[:, None]
    return (
        np.where(keep, loadings, moved[0]),
        np.where(keep, own, moved[1]),
        np.where(worse, value, found),
    )
