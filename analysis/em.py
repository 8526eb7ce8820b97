"""Means and covariances of a normal population when some answers are missing: the EM algorithm.

Rows with the same blanks share everything that costs time, so rows are summed to *patterns* first, and a
step costs the same whatever the number of respondents. A leading axis holds replicates: one for the sample
alone, many for its error.

What a newcomer gets wrong: this is no imputation. No answer is made up; a blank brings what the answers
beside it say about it, and its own uncertainty. It holds for answers that were due and are missing, if
the answers that are there explain why. A question that was not asked has no answer to be missing.

References
----------
Dempster, A., Laird, N. & Rubin, D. (1977). JRSS-B 39. Little, R. & Rubin, D. (2019). *Statistical Analysis
with Missing Data*, §11.2. Varadhan, R. & Roland, C. (2008). Scand. J. Stat. 35 (SQUAREM, scheme S3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.sample import Booleans, Floats, Integers

# Numbers in one block of patterns: a few such blocks stay in the processor's cache.
_BLOCK = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class PatternSums:
    """Weighted sums of k columns for each of P patterns of blanks, in each of R replicates.

    Attributes
    ----------
    seen : (P, k) which columns a pattern has.
    weight : (R, P) Σw.
    sums : (R, P, k) Σw z, 0 where a column is blank.
    products : (R, P, k, k) Σw z z', 0 where either is blank.
    """

    seen: Booleans
    weight: Floats
    sums: Floats
    products: Floats

    def take(self, replicates: npt.NDArray[np.int64] | Booleans) -> PatternSums:
        """Return some of the replicates."""
        return replace(
            self,
            weight=self.weight[replicates],
            sums=self.sums[replicates],
            products=self.products[replicates],
        )


@dataclass(frozen=True, slots=True, eq=False)
class NormalFit:
    """Maximum-likelihood moments: ``means`` (R, k), ``covariances`` (R, k, k) with divisor Σw.

    ``steps`` counts passes over the patterns; ``converged`` (R,) says whose last step changed less than the
    tolerance. Where it is false the moments are not to be used.
    """

    means: Floats
    covariances: Floats
    steps: int
    converged: Booleans


def patterns_of(seen: Booleans) -> tuple[Booleans, Integers]:
    """Distinct rows of ``seen`` (n, k), those with fewest blanks first, (P, k); each row's pattern, (n,)."""
    packed = np.packbits(seen, axis=1)
    _, first, position = np.unique(_keys(packed), return_index=True, return_inverse=True)
    order = np.argsort((~seen[first]).sum(axis=1), kind="stable")
    return seen[first[order]], np.argsort(order, kind="stable")[position.ravel()]


def _keys(packed: npt.NDArray[np.uint8]) -> npt.NDArray[Any]:
    """One key for each row of bytes: a number where eight bytes hold it, which sorts fastest."""
    n, width = packed.shape
    if width > 8:
        return np.ascontiguousarray(packed).view(np.dtype((np.void, width))).ravel()
    wide = np.zeros((n, 8), dtype=np.uint8)
    wide[:, :width] = packed
    return wide.view(np.uint64).ravel()


def pattern_sums(z: Floats, weights: Floats) -> PatternSums:
    """Sum rows z (n, k), nan where blank, to patterns; one replicate.

    Shift and scale the columns to about 0 and 1 first: sums of squares of large numbers lose digits.
    """
    present = np.isfinite(z)
    seen, position = patterns_of(present)
    order = np.argsort(position, kind="stable")
    starts = np.searchsorted(position[order], np.arange(len(seen)))
    filled = np.where(present, z, 0.0)[order]
    w = weights[order]
    weighted = filled * w[:, None]
    stops = [*starts[1:], len(z)]
    products = np.stack([weighted[a:b].T @ filled[a:b] for a, b in zip(starts, stops, strict=True)])
    return PatternSums(
        seen,
        np.add.reduceat(w, starts)[None],
        np.add.reduceat(weighted, starts, axis=0)[None],
        products[None],
    )


def normal_moments(
    sums: PatternSums,
    start: tuple[Floats, Floats] | None = None,
    *,
    tolerance: float = 1e-11,
    most_steps: int = 2000,
) -> NormalFit:
    r"""Moments that maximise the observed-data likelihood of a saturated normal, for every replicate.

    One step, for each pattern with columns o and :math:`H = \Sigma_{\cdot o} \Sigma_{oo}^{-1}`:

    .. math:: \delta = \overline{H(x_o - \mu_o)}, \quad \mu \leftarrow \mu + \delta, \quad
        \Sigma \leftarrow \overline{H S H' + \Sigma - H\Sigma_{o\cdot}} - \delta\delta'

    with S the products around the old mean. Steps are extrapolated (SQUAREM); an extrapolation that is not
    positive definite, or leads away, is taken back. Without blanks the first step is the answer.

    Parameters
    ----------
    sums : of columns with spread about 1 that are no linear combination of one another.
    start : means (k,) and covariances (k, k) to begin from, the same for all replicates; by default the
        mean and spread of each column alone.
    tolerance : largest change of any moment in the last step, in the unit of the columns.
    """
    means, covariances = _started(sums, start)
    converged = np.zeros(len(means), dtype=bool)
    active = np.flatnonzero(np.isfinite(covariances).all(axis=(1, 2)))
    steps = 0
    while active.size and steps < most_steps:
        part = sums.take(active)
        theta = (means[active], covariances[active])
        theta, change, passes = _extrapolated(part, theta, tolerance)
        steps += passes
        means[active], covariances[active] = theta
        done = change < tolerance
        converged[active[done]] = True
        active = active[~done & np.isfinite(change)]
    return NormalFit(means, covariances, steps, converged)


def _started(sums: PatternSums, start: tuple[Floats, Floats] | None) -> tuple[Floats, Floats]:
    """Return moments to begin from, nan for a replicate in which a column has no spread."""
    replicates, _, k = sums.sums.shape
    weight = sums.weight @ sums.seen
    safe = np.where(weight > 0, weight, 1.0)
    means = sums.sums.sum(axis=1) / safe
    squares = np.einsum("rpii->ri", sums.products) / safe - means**2
    lost = ((weight <= 0) | (squares <= 1e-12)).any(axis=1)
    if start is None:
        covariances = np.where(np.eye(k, dtype=bool), squares[:, :, None], 0.0)
    else:
        means = np.repeat(start[0][None], replicates, axis=0)
        covariances = np.repeat(start[1][None], replicates, axis=0)
    covariances[lost] = np.nan
    return means, covariances


def _extrapolated(
    sums: PatternSums, theta: tuple[Floats, Floats], tolerance: float
) -> tuple[tuple[Floats, Floats], Floats, int]:
    """Two steps, a leap along their curve, and a step to settle; where two are enough, just these.

    Returns the moments, the largest change in the last step of each replicate, and how many steps it took.
    """
    first = _step(sums, *theta)
    second = _step(sums, *first)
    old, one, two = _flat(theta), _flat(first), _flat(second)
    change = np.abs(two - one).max(axis=1)
    if (change < tolerance).all():
        return second, change, 2
    r, v = one - old, (two - one) - (one - old)
    bend = np.sqrt((v**2).sum(axis=1))
    length = np.sqrt((r**2).sum(axis=1))
    alpha = np.minimum(-length / np.where(bend > 0, bend, np.inf), -1.0)
    leap = _leap(old, r, v, alpha)
    for _ in range(8):
        bad = ~_positive_definite(_unflat(leap, theta)[1])
        if not bad.any():
            break
        alpha = np.where(bad, (alpha - 1.0) / 2.0, alpha)
        leap = _leap(old, r, v, alpha)
    leap = np.where(_positive_definite(_unflat(leap, theta)[1])[:, None], leap, two)
    settled = _flat(_step(sums, *_unflat(leap, theta)))
    last = np.abs(settled - leap).max(axis=1)
    away = last > change
    settled = np.where(away[:, None], two, settled)
    return _unflat(settled, theta), np.where(away, change, last), 3


def _leap(old: Floats, r: Floats, v: Floats, alpha: Floats) -> Floats:
    a = alpha[:, None]
    return np.asarray(old - 2.0 * a * r + a**2 * v)


def _flat(theta: tuple[Floats, Floats]) -> Floats:
    means, covariances = theta
    return np.hstack([means, covariances.reshape(len(means), -1)])


def _unflat(flat: Floats, like: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    k = like[0].shape[1]
    return flat[:, :k], flat[:, k:].reshape(-1, k, k)


def _positive_definite(matrices: Floats) -> Booleans:
    finite = np.asarray(np.isfinite(matrices).all(axis=(1, 2)))
    safe = np.where(finite[:, None, None], matrices, np.eye(matrices.shape[1]))
    return np.asarray(finite & (np.linalg.eigvalsh(safe)[:, 0] > 0))


def _step(sums: PatternSums, means: Floats, covariances: Floats) -> tuple[Floats, Floats]:
    """One step of EM. Only what a pattern lacks costs anything: with K the inverse of Σ and m the blank
    columns, the prediction of m is −K_mm⁻¹ K_mo and what it leaves open K_mm⁻¹.
    """
    inverse = _inverses(covariances)
    own = np.where(sums.seen, sums.sums - sums.weight[:, :, None] * means[:, None], 0.0)
    delta, squares = own.sum(axis=1), _around(sums, means)
    half = np.zeros_like(squares)
    for block, blank in _blocks(sums.seen, len(means)):
        moved, spread = _predicted(sums, block, blank, own[:, block], means, inverse)
        delta += moved
        half += spread
    total = sums.weight.sum(axis=1)
    delta /= total[:, None]
    found = (squares + half + half.swapaxes(1, 2)) / total[:, None, None]
    return means + delta, found - delta[:, :, None] * delta[:, None, :]


def _around(sums: PatternSums, means: Floats) -> Floats:
    """Sum of products around the means over all pairs of answers that are there, (R, k, k)."""
    seen = sums.seen.astype(np.float64)
    cross = (sums.sums.swapaxes(1, 2) @ seen) * means[:, None, :]
    together = (sums.weight[:, :, None] * seen).swapaxes(1, 2) @ seen
    products = sums.products.sum(axis=1)
    return np.asarray(
        products - cross - cross.swapaxes(1, 2) + together * means[:, :, None] * means[:, None, :]
    )


def _blocks(seen: Booleans, replicates: int) -> Iterator[tuple[slice, Integers]]:
    """Runs of patterns that lack equally many columns, and which, (b, m). Patterns stand in that order."""
    lacking = (~seen).sum(axis=1)
    for count in np.unique(lacking[lacking > 0]):
        first, last = np.searchsorted(lacking, [count, count + 1])
        width = max(1, _BLOCK // (replicates * int(count) * seen.shape[1]))
        for start in range(first, last, width):
            block = slice(start, min(start + width, last))
            yield block, np.nonzero(~seen[block])[1].reshape(-1, count)


def _predicted(
    sums: PatternSums, block: slice, blank: Integers, own: Floats, means: Floats, inverse: Floats
) -> tuple[Floats, Floats]:
    """What the blanks of some patterns add to Σ w δ (R, k), and half of it to the products (R, k, k)."""
    replicates, patterns, k = own.shape
    seen, weight = sums.seen[block], sums.weight[:, block]
    lacking = blank.shape[1]
    open_ = _inverses(inverse[:, blank[:, :, None], blank[:, None, :]])
    slopes = -(open_ @ inverse[:, blank]) * seen[:, None, :]
    there = seen * means[:, None, :]
    first = (slopes @ own[..., None])[..., 0]
    level = (slopes @ there[..., None])[..., 0]
    raw = (slopes @ sums.sums[:, block, :, None])[..., 0]
    rows = slopes @ sums.products[:, block]
    rows -= raw[..., None] * there[:, :, None, :]
    rows -= level[..., None] * own[:, :, None, :]
    within = (rows @ slopes.swapaxes(2, 3) + weight[:, :, None, None] * open_) / 2.0
    columns = np.broadcast_to(blank[None, :, None, :], within.shape)
    np.put_along_axis(rows, columns, within, axis=3)
    place = np.zeros((patterns * lacking, k))
    place[np.arange(len(place)), blank.ravel()] = 1.0
    moved = first.reshape(replicates, -1) @ place
    return moved, place.T @ rows.reshape(replicates, -1, k)


def _inverses(matrices: Floats) -> Floats:
    """Inverses of symmetric matrices (..., m, m); nan for one that has none."""
    if matrices.shape[-1] == 1:
        return 1.0 / matrices
    try:
        return np.asarray(np.linalg.inv(matrices))
    except np.linalg.LinAlgError:
        singular = np.linalg.matrix_rank(matrices, hermitian=True) < matrices.shape[-1]
        safe = np.where(singular[..., None, None], np.eye(matrices.shape[-1]), matrices)
        return np.where(singular[..., None, None], np.nan, np.linalg.inv(safe))
