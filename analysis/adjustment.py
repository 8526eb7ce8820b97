"""What calibration does to the error of an estimate: columns lose what the margins already know.

After calibration the totals of the margins have no error. So whatever of an estimate goes along with the
margins has none either, and its error is that of the residuals: each linearised column is regressed on the
indicators of the margins and only what is left is summed to clusters.

What a newcomer gets wrong: the residual of a row outside the domain is not zero. A subgroup's estimate is
regressed on the margins of everybody, so the others carry a part of its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy import sparse

from analysis.sample import Floats, Integers

# Which residual: least squares weighted by the weights before calibration, or means of cells, swept.
Residuals = Literal["base_weights", "cell_means"]

_SWEEPS = 10
# Eigenvalues below this are rounding of cross-products that are exactly singular.
_SINGULAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Adjustment:
    r"""Residuals of linearised columns on the margins that n respondents were calibrated to.

    Parameters
    ----------
    base : (n,) weights before calibration, positive.
    margins : one (n,) array of cell numbers per margin; negative for a row that was not calibrated. Where
        waves were calibrated each to its own totals, cells of different waves have different numbers: see
        :func:`within_waves`.
    residuals : ``base_weights`` is the residual of least squares weighted by ``base``, that of Deville &
        Särndal (R: ``survey::calibrate``). ``cell_means`` takes out the unweighted means of cells, ten times
        over all margins (R: ``survey::rake``). Both are published; they differ in the third digit.

    With final weights w and :math:`z_i = w_i u_i` the adjusted contribution is :math:`w_i e_i`, where e is
    the residual of u.

    Raises
    ------
    ValueError
        If lengths differ or there is no margin.

    References
    ----------
    Deville, J.-C. & Särndal, C.-E. (1992). JASA 87. Deville, Särndal & Sautory (1993). JASA 88.
    """

    base: Floats
    margins: tuple[Integers, ...]
    residuals: Residuals = "base_weights"
    indicators: sparse.csr_array = field(init=False, repr=False)
    _factors: Floats = field(init=False, repr=False)
    _solution: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.margins or any(len(cells) != len(self.base) for cells in self.margins):
            lengths = [len(cells) for cells in self.margins]
            raise ValueError(f"Each margin has one cell per respondent ({len(self.base)}); found {lengths}.")
        indicators, blocks = _indicators(self.margins)
        factors = self.base if self.residuals == "base_weights" else np.ones(len(self.base))
        crossed = np.asarray((indicators.T @ (indicators * factors[:, None])).todense())
        solve = _swept(crossed, blocks) if self.residuals == "cell_means" else _inverse(crossed)
        for name, value in {"indicators": indicators, "_factors": factors, "_solution": solve}.items():
            object.__setattr__(self, name, value)

    def coefficients(self, u: Floats, rows: Integers | None = None) -> Floats:
        """Coefficients (p, m) of columns ``u`` (r, m) on the p cells; rows that are not named are zero."""
        part = self.indicators if rows is None else self.indicators[rows]
        factors = self._factors if rows is None else self._factors[rows]
        return np.asarray(self._solution @ (part.T @ (factors[:, None] * u)))


def within_waves(cells: Integers, wave: Integers) -> Integers:
    """Number the cells of a margin apart in every wave, (n,); negative cells stay negative.

    >>> within_waves(np.array([0, 1, 0, -1]), np.array([0, 0, 1, 1])).tolist()
    [0, 1, 2, -1]
    """
    apart = wave * (int(cells.max(initial=0)) + 1) + cells
    return np.where(cells < 0, -1, apart)


def _indicators(margins: Sequence[Integers]) -> tuple[sparse.csr_array, list[slice]]:
    """Return 0/1 columns (n, p) of the cells that occur, and which columns each margin has."""
    columns: list[Integers] = []
    blocks: list[slice] = []
    start = 0
    for cells in margins:
        known = np.unique(cells[cells >= 0])
        position = start + np.searchsorted(known, cells)
        columns.append(np.where(cells < 0, -1, position))
        blocks.append(slice(start, start + len(known)))
        start += len(known)
    row, margin = np.nonzero(np.column_stack(columns) >= 0)
    column = np.column_stack(columns)[row, margin]
    shape = (len(margins[0]), start)
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape), blocks


def _inverse(crossed: Floats) -> Floats:
    """Return a pseudo-inverse (p, p) of the cross-products of the indicators.

    Margins share their total, so cross-products are singular, and any of the equivalent solutions leaves the
    same residuals. Scaled to a diagonal of 1 first, so that a direction is told from rounding whatever
    the size of cells.
    """
    scale = 1.0 / np.sqrt(np.diag(crossed))
    found = np.linalg.pinv(crossed * np.outer(scale, scale), rcond=_SINGULAR, hermitian=True)
    return np.asarray(found * np.outer(scale, scale))


def _swept(crossed: Floats, blocks: Sequence[slice]) -> Floats:
    """Return the matrix (p, p) from sums by cell to coefficients after ten sweeps of cell means."""
    found = np.zeros_like(crossed)
    sums = np.eye(len(crossed))
    counts = np.diag(crossed)
    for _ in range(_SWEEPS):
        for block in blocks:
            found[block] += (sums[block] - crossed[block] @ found) / counts[block, None]
    return found
