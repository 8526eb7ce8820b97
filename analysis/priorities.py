"""Importance and performance: where improvement pays, with the doubt drawn in.

Both axes and both lines are recomputed in every replicate; the share of replicates in which an item
lies in a quadrant is the probability of that quadrant. A quadrant is named only where it is probable
enough; otherwise the item is undetermined, and is drawn so.

What a newcomer gets wrong: lines at the means always leave something "below average". They sort the
items of one survey; they judge nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.results import Quadrant
from analysis.sample import Floats

QUADRANTS: tuple[Quadrant, ...] = ("improve", "keep", "minor", "maintain")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one item lies: the probability of each quadrant, and the one that is named, if any.

    ``improve`` is important and below the performance line, ``keep`` important and above, ``minor``
    unimportant and below, ``maintain`` unimportant and above. Probabilities sum to 1.
    """

    quadrants: Mapping[Quadrant, float]
    quadrant: Quadrant | None


def placements(importance: Floats, performance: Floats, probability: float = 0.8) -> tuple[Placement, ...]:
    """Place p items by their importance and performance in B replicates, both (p, B).

    A point on a line counts as above it. A quadrant is named if at least ``probability`` of the
    replicates agree. A replicate without a performance (nan) of an item does not place that item, nor move
    the line; an item that is never placed has probability 0 everywhere.
    """
    important = importance >= importance.mean(axis=0) - 1e-12
    good = performance >= np.nanmean(performance, axis=0) - 1e-12
    known = np.isfinite(performance)
    counts = np.maximum(known.sum(axis=1), 1)
    cells = {
        "improve": important & ~good,
        "keep": important & good,
        "minor": ~important & ~good,
        "maintain": ~important & good,
    }
    shares = {name: (cell & known).sum(axis=1) / counts for name, cell in cells.items()}
    found: list[Placement] = []
    for j in range(len(importance)):
        quadrants = {name: float(shares[name][j]) for name in QUADRANTS}
        best = max(QUADRANTS, key=lambda name: quadrants[name])
        found.append(Placement(quadrants, best if quadrants[best] >= probability else None))
    return tuple(found)
