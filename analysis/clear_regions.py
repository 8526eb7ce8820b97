r"""Where a line b₀ + b₁z differs from 0 beyond its error: one quadratic, two uses.

.. math:: (b_1^2 - t^2 V_{11}) z^2 + 2 (b_0 b_1 - t^2 V_{01}) z + (b_0^2 - t^2 V_{00}) > 0

Of a simple slope it gives the Johnson–Neyman region of the moderator z. Of numerator less z times
denominator its complement is Fieller's interval of a ratio.

What a newcomer gets wrong: the two roots alone say nothing. Depending on the sign of the leading term the
line is clear between them or outside them, and roots beyond the answers that were given are of no use.

References
----------
Johnson, P. O. & Neyman, J. (1936). Stat. Research Memoirs 1. Bauer, D. & Curran, P. (2005). Multivar. Behav.
Research 40. Fieller, E. C. (1954). JRSS-B 16.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

Cells = tuple[float, float, float, float, float]


def quadratic(cells: Cells, t: float) -> tuple[float, float, float]:
    """Coefficients of z², z and 1, from b₀, b₁, V₀₀, V₀₁, V₁₁ and the quantile t."""
    b0, b1, v00, v01, v11 = cells
    return b1**2 - t**2 * v11, 2 * (b0 * b1 - t**2 * v01), b0**2 - t**2 * v00


def roots(cells: Cells, t: float) -> tuple[float, ...]:
    """Where the line just becomes clear, ascending: two places, one, or none."""
    a, b, c = quadratic(cells, t)
    if a == 0:
        return () if b == 0 else (-c / b,)
    inside = b * b - 4 * a * c
    if inside < 0:
        return ()
    # Of the two forms of a root the one that subtracts nothing from its like.
    q = -(b + np.copysign(np.sqrt(inside), b)) / 2
    found = {float(q / a), float(c / q)} if q != 0 else {0.0}
    return tuple(sorted(found))


def clear_regions(cells: Cells, t: float, low: float, high: float) -> tuple[tuple[float, float, int], ...]:
    """Parts of [low, high] in which the line is clear, with its sign there, from left to right.

    A line can change its sign only where it is not clear, so it has one sign in every part.

    >>> clear_regions((1.0, 1.0, 0.04, 0.0, 0.0), 2.0, -3.0, 3.0)
    ((-3.0, -1.4, -1), (-0.6, 3.0, 1))
    """
    a, b, c = quadratic(cells, t)
    edges = [low, *(root for root in roots(cells, t) if low < root < high), high]
    found: list[tuple[float, float, int]] = []
    for left, right in pairwise(edges):
        middle = (left + right) / 2
        if (a * middle + b) * middle + c > 0:
            found.append((left, right, 1 if cells[0] + cells[1] * middle > 0 else -1))
    return tuple(found)


def ratio_interval(
    numerator: float, denominator: float, variances: tuple[float, float, float], t: float
) -> tuple[float, float] | None:
    """Fieller's interval of numerator over denominator; ``None`` where the denominator is not clear of 0.

    ``variances`` are those of the numerator, of both together (their covariance), and of the denominator.
    It leaves out 0 exactly where a t test says that the numerator differs from 0.
    """
    v_n, v_nd, v_d = variances
    cells = (numerator, -denominator, v_n, -v_nd, v_d)
    if not denominator**2 > t**2 * v_d:
        return None
    found = roots(cells, t)
    if not found:
        return None
    return found[0], found[-1]
