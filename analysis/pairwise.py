"""Matrices of pairwise judgements: how many times as important one item is as another.

A matrix is reciprocal: ``a_ji = 1 / a_ij``, and 1 on the diagonal. A comparison that was not made is nan on
both sides of the diagonal. What was not compared can be filled in as long as every item is linked to every
other by comparisons that were made.

What a newcomer gets wrong: judgements are ratios, so whatever averages or measures them does so on the
scale of logarithms. An arithmetic mean of 3 and 1/3 is no judgement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import scipy.optimize
import scipy.sparse.csgraph

from analysis.inputs import check_known, name_list
from analysis.sample import Floats

# Twice 1/3 and three times 2/9 are told from judgements that do not match, not from rounding.
ROUNDING = 1e-9

Pair = tuple[str, str]


class Principal(NamedTuple):
    """The largest eigenvalue of a matrix with its right and left eigenvectors (n,), each summing to 1."""

    value: float
    right: Floats
    left: Floats


def reciprocal_matrix(items: Sequence[str], judgements: Mapping[Pair, float]) -> Floats:
    """Return the matrix (n, n) of ``judgements``: first, second -> how many times as important the first is.

    What is not among the judgements is nan.

    >>> reciprocal_matrix(["price", "speed"], {("speed", "price"): 4.0})
    array([[1.  , 0.25],
           [4.  , 1.  ]])

    Raises
    ------
    ValueError
        If an item is unknown or compared with itself, a judgement is not a number above 0, or both
        directions of a pair are given and are not reciprocal.
    """
    names = name_list(items, "items")
    matrix = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for (first, second), value in judgements.items():
        check_known([first, second], names, "item")
        if first == second:
            raise ValueError(f"Item {first!r} is compared with itself.")
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"A judgement is a ratio above 0; {first!r} to {second!r} is {value!r}.")
        i, j = names.index(first), names.index(second)
        if not np.isnan(matrix[i, j]) and abs(np.log(matrix[i, j] / value)) > ROUNDING:
            raise ValueError(
                f"{first!r} to {second!r} is {value!r}, and the other way round it is {matrix[j, i]!r}; "
                "one has to be the reciprocal of the other. Give each pair once."
            )
        matrix[i, j], matrix[j, i] = value, 1.0 / value
    return matrix


def check_matrix(matrix: Floats) -> None:
    """Refuse what is no reciprocal matrix of positive judgements, nan where a comparison is missing."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"A matrix of judgements is square, found the shape {matrix.shape}.")
    if not (np.isnan(matrix) | (np.isfinite(matrix) & (matrix > 0))).all():
        raise ValueError("Judgements are ratios above 0, or nan where a comparison was not made.")
    with np.errstate(invalid="ignore"):
        off = np.abs(np.log(matrix * matrix.T))
    if (np.isnan(matrix) != np.isnan(matrix.T)).any() or (off > ROUNDING).any():
        raise ValueError("A matrix of judgements is reciprocal: a_ji = 1 / a_ij, and nan on both sides.")
    if np.isnan(matrix.diagonal()).any():
        raise ValueError("An item is exactly as important as itself: the diagonal is 1.")


def missing(matrix: Floats) -> list[tuple[int, int]]:
    """Return the pairs i < j that were not compared."""
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(np.isnan(matrix)), strict=True) if i < j]


def links_needed(matrix: Floats) -> list[tuple[int, int]]:
    """Return the fewest further comparisons that link every item to every other; none if they are linked.

    Items that are linked already form parts; one comparison joins the first item of each further part to
    the first part.
    """
    parts, part_of = scipy.sparse.csgraph.connected_components(~np.isnan(matrix), directed=False)
    firsts = sorted(int(np.flatnonzero(part_of == part)[0]) for part in range(parts))
    return [(firsts[0], other) for other in firsts[1:]]


def row_means(matrix: Floats) -> Floats:
    r"""Return row geometric means (n,), summing to 1; the least squares of logarithms where cells are nan.

    .. math:: \min_w \sum_{i<j\ \mathrm{known}} \big(\ln a_{ij} - \ln (w_i / w_j)\big)^2

    >>> row_means(np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])).round(6)
    array([0.636986, 0.258285, 0.104729])

    References
    ----------
    Crawford & Williams (1985) J. Math. Psych. 29; Bozóki, Fülöp & Rónyai (2010) Math. Comput. Modelling 52.
    """
    known = ~np.isnan(matrix)
    logs = np.where(known, np.log(np.where(known, matrix, 1.0)), 0.0)
    laplacian = np.diag(known.sum(axis=1).astype(np.float64)) - known
    # Adding the constant direction makes the system regular, and the solution the one that sums to 0.
    solution = np.linalg.solve(laplacian + 1.0, logs.sum(axis=1))
    weights = np.exp(solution - solution.max())
    return np.asarray(weights / weights.sum())


def principal(matrix: Floats) -> Principal:
    """Return the principal eigenvalue and eigenvectors of a positive matrix without nan."""
    value, right = _largest(matrix)
    return Principal(value, right, _largest(matrix.T)[1])


def _largest(matrix: Floats) -> tuple[float, Floats]:
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    return float(values[largest].real), np.asarray(vector / vector.sum())


def filled(matrix: Floats) -> Floats:
    """Return the matrix with the missing judgements that make its principal eigenvalue least.

    The logarithm of the eigenvalue is convex in the logarithms of the judgements, so there is one such
    matrix, and it is found by descending from the least squares of logarithms. Where what is known is
    consistent, that start is the answer. A complete matrix is returned as it is.

    Raises
    ------
    ValueError
        If the comparisons do not link every item to every other (see :func:`links_needed`).

    References
    ----------
    Bozóki, Fülöp & Rónyai (2010) Math. Comput. Modelling 52; Harker (1987) Mathematical Modelling 9.
    """
    if links_needed(matrix):
        raise ValueError("The comparisons that were made do not link every item to every other.")
    cells = missing(matrix)
    if not cells:
        return matrix
    rows, columns = (np.array(side) for side in zip(*cells, strict=True))
    weights = row_means(matrix)

    def complete(logs: Floats) -> Floats:
        whole = matrix.copy()
        whole[rows, columns], whole[columns, rows] = np.exp(logs), np.exp(-logs)
        return whole

    def target(logs: Floats) -> tuple[float, Floats]:
        whole = complete(logs)
        found = principal(whole)
        scale = found.value * (found.left @ found.right)
        upper = found.left[rows] * found.right[columns] * whole[rows, columns]
        lower = found.left[columns] * found.right[rows] * whole[columns, rows]
        return float(np.log(found.value)), (upper - lower) / scale

    start = np.log(weights[rows] / weights[columns])
    # Rounding of the eigenvectors leaves about 1e-15 in the slope; below 1e-11 it has no direction.
    found = scipy.optimize.minimize(target, start, jac=True, method="BFGS", options={"gtol": 1e-11})
    return complete(np.asarray(found.x))
