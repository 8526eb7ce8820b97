"""Weighted moments of a set of columns, per cluster and per replicate.

Correlations, regressions, driver shares and reliability are all functions of weighted sums and cross
products. So answers are read once and summed to clusters; every replicate of every statistic is then
one row of one matrix product, replicates (B, U) times clusters (U, K).

What a newcomer gets wrong: a respondent with one blank is no part of these sums at all. Decide about
blanks first: complete rows here, or columns that say who answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.cores import on_all_cores
from analysis.design import Design
from analysis.replicates import Replication
from analysis.sample import Floats, Integers

# Memory: rows are expanded to products in blocks of at most this many numbers (64 MB).
_BLOCK = 8_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Packed sums of p columns z = x − shift in each of several cells.

    Attributes
    ----------
    names : (p,) columns.
    shift : (p,) subtracted before squaring, so that no digits are lost; only equal shifts add up.
    packed : (cells, K) ``[Σw | Σw z_i | Σw z_i z_j, i ≤ j]``, K = 1 + p + p(p+1)/2. A cell is a
        cluster, or a replicate with the full sample first.
    """

    names: tuple[str, ...]
    shift: Floats
    packed: Floats

    def __add__(self, other: Moments) -> Moments:
        if self.names != other.names or not np.array_equal(self.shift, other.shift):
            raise ValueError("Moments add up if columns and shifts are the same.")
        return Moments(self.names, self.shift, self.packed + other.packed)

    @property
    def weight(self) -> Floats:
        """Σw of every cell, (cells,)."""
        return np.asarray(self.packed[:, 0])

    @property
    def mean(self) -> Floats:
        """Weighted means, (p, cells): cells last, where arithmetic on all of them at once is fast."""
        p = len(self.names)
        return np.asarray(self._per_weight(self.packed[:, 1 : p + 1]).T + self.shift[:, None])

    @property
    def covariance(self) -> Floats:
        r"""Weighted covariances with divisor Σw, (p, p, cells).

        .. math:: C_{ij} = \sum w z_i z_j / \sum w - \bar z_i \bar z_j
        """
        p = len(self.names)
        scaled = np.ascontiguousarray(self._per_weight(self.packed).T)
        rows, columns = np.triu_indices(p)
        found = np.empty((p, p, len(self.packed)))
        products = scaled[p + 1 :]
        products -= scaled[1 + rows] * scaled[1 + columns]
        found[rows, columns] = products
        found[columns, rows] = products
        return found

    def _per_weight(self, sums: Floats) -> Floats:
        """Sums (cells, m) over Σw; nan in a cell without weight, as a replicate of two clusters may be."""
        nowhere = np.full_like(sums, np.nan)
        return np.divide(sums, self.weight[:, None], out=nowhere, where=self.weight[:, None] > 0)


def unit_moments(
    names: tuple[str, ...], x: Floats, weights: Floats, unit: Integers, units: int, shift: Floats
) -> Moments:
    """Sum complete rows x (n, p) to clusters: moments with one cell per unit.

    ``unit`` (n,) says which of the ``units`` each row belongs to. Blanks are not allowed here.
    """
    if not np.isfinite(x).all():
        raise ValueError("Moments need complete rows; leave rows out or code blanks first.")
    n, p = x.shape
    rows, columns = np.triu_indices(p)
    packed = np.zeros((units, 1 + p + len(rows)))
    step = max(1, _BLOCK // packed.shape[1])
    for start in range(0, n, step):
        z = x[start : start + step] - shift
        block = np.hstack([np.ones((len(z), 1)), z, z[:, rows] * z[:, columns]])
        block *= weights[start : start + step, None]
        packed += _sum_by(unit[start : start + step], units) @ block
    return Moments(names, shift, packed)


def unit_sums(products: Callable[[slice], Floats], design: Design, rows: Integers, columns: int) -> Floats:
    """Weighted sums of products of answers per cluster, (U, columns), for sums that are no plain moments.

    ``products`` returns them for some of the ``rows`` of the design, (rows of the slice, columns); it is
    asked for a block at a time, so that memory stays bounded.
    """
    found = np.zeros((design.units, columns))
    step = max(1, _BLOCK // columns)
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        found += design.sums(products(part) * design.weights[rows[part], None], rows[part])
    return found


def replicate_moments(per_unit: Moments, plan: Replication) -> Moments:
    """Moments of the full sample (cell 0) and of every replicate, (1 + B) cells.

    One matrix product per block of replicates, each on one thread of the linear algebra, because on
    products as thin as these a second one makes it several times slower; blocks go to all cores.
    """
    packed = np.empty((1 + plan.replicates, per_unit.packed.shape[1]))
    packed[0] = per_unit.packed.sum(axis=0)
    replicate_sums(per_unit.packed, plan, packed[1:])
    return Moments(per_unit.names, per_unit.shift, packed)


def replicate_sums(per_unit: Floats, plan: Replication, out: Floats | None = None) -> Floats:
    """Replicated sums (B, K) of any sums per cluster (U, K), written into ``out`` where it is given.

    Columns that are zero in all clusters but few cost as much as others: pass what is needed.
    """
    found = np.empty((plan.replicates, per_unit.shape[1])) if out is None else out
    used = np.flatnonzero(per_unit.any(axis=1))
    chosen: slice | Integers = used if len(used) < len(per_unit) else slice(None)
    dense = np.ascontiguousarray(per_unit[chosen])

    def fill(first: int) -> None:
        stop = min(first + plan.block, plan.replicates)
        np.matmul(plan.weights(first, stop)[:, chosen], dense, out=found[first:stop])

    on_all_cores(fill, range(0, plan.replicates, plan.block))
    return found


def replicate_blocks(blocks: Sequence[Floats], plan: Replication) -> list[Floats]:
    """Sums of several blocks of columns per cluster (U, K), full sample first: (1 + B, K) of each.

    Multipliers are drawn once for all blocks.
    """
    per_unit = np.hstack(blocks)
    found = np.empty((1 + plan.replicates, per_unit.shape[1]))
    found[0] = per_unit.sum(axis=0)
    replicate_sums(per_unit, plan, found[1:])
    edges = np.cumsum([block.shape[1] for block in blocks])[:-1]
    return [np.ascontiguousarray(part) for part in np.split(found, edges, axis=1)]


def jackknife_moments(per_unit: Moments, strata: Integers) -> Moments:
    """Moments with one cluster left out at a time, (U) cells; the rest of its stratum makes up for it.

    ``strata`` (U,) is the stratum of every cluster. A cluster alone in its stratum is only left out.
    """
    packed = per_unit.packed
    position = np.unique(strata, return_inverse=True)[1]
    sizes = np.bincount(position)[position]
    within = (_sum_by(position, int(position.max()) + 1) @ packed)[position]
    factor = np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1.0)[:, None]
    return Moments(per_unit.names, per_unit.shift, packed.sum(axis=0) - within + factor * (within - packed))


def jackknife_covariance(values: Floats, strata: Integers) -> Floats:
    r"""Covariance (m, m) of statistics from their leave-one-cluster-out values (U, m).

    .. math:: V = \sum_h \frac{n_h - 1}{n_h} \sum_c (\theta_{hc} - \bar\theta_h)(\theta_{hc} - \bar\theta_h)'

    References
    ----------
    Wolter, K. (2007). *Introduction to Variance Estimation*, ch. 4.
    """
    position = np.unique(strata, return_inverse=True)[1]
    sizes = np.bincount(position)
    sums = _sum_by(position, len(sizes)) @ values
    deviations = values - (sums / sizes[:, None])[position]
    scaled = deviations * np.sqrt((sizes - 1) / sizes)[position, None]
    return np.asarray(scaled.T @ scaled)


def _sum_by(position: Integers, size: int) -> sparse.csr_array:
    n = len(position)
    return sparse.csr_array((np.ones(n), (position, np.arange(n))), shape=(size, n))
