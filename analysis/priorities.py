"""Importance and performance: where improvement pays, with the doubt drawn in.

Both axes and both lines are recomputed in every replicate; the share of replicates in which an item
lies in a quadrant is the probability of that quadrant. A quadrant is named only where it is probable
enough; otherwise the item is undetermined, and is drawn so.

What a newcomer gets wrong: lines at the means always leave something "below average". They sort the
items of one survey; they judge nobody. A target judges, and may leave nobody below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from analysis.inputs import check_known
from analysis.priority_parts import GapPriority, LineRule
from analysis.ranks import rank_intervals, ranks
from analysis.replicate_estimates import ReplicateBase
from analysis.results import Quadrant
from analysis.sample import Booleans, Floats

QUADRANTS: tuple[Quadrant, ...] = ("improve", "keep", "minor", "maintain")
Name = TypeVar("Name", bound=str)
MIDPOINT = 50.0
# Sums of shares differ from their mean in the last bits.
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one item lies: the probability of each quadrant, and the one that is named, if any.

    ``improve`` is important and below the performance line, ``keep`` important and above, ``minor``
    unimportant and below, ``maintain`` unimportant and above. Probabilities sum to 1.
    """

    quadrants: Mapping[Quadrant, float]
    quadrant: Quadrant | None


@dataclass(frozen=True, slots=True)
class Lines:
    """Where performance is divided: at the mean of the drivers, the middle of the scale, or a target.

    ``target`` is one for all, in points of 100; ``targets`` are those of single drivers and go before it.
    Importance is always divided at the mean of the shares, one over the number of drivers.
    """

    rule: LineRule = "means"
    target: float | None = None
    targets: Mapping[str, float] = field(default_factory=dict)


def performance_lines(performance: Floats, names: Sequence[str], lines: Lines) -> Floats:
    """Line of every driver in the full sample and every replicate, (P, 1 + B), points of 100.

    ``performance`` (P, 1 + B) may be nan, which does not move a mean. Means are estimates and move with the
    replicate; the midpoint and targets stand still.

    Raises
    ------
    ValueError
        Under ``target``, if there is none for a driver, or one for a driver that does not exist.
    """
    if lines.rule == "means":
        return np.broadcast_to(np.nanmean(performance, axis=0), performance.shape)
    if lines.rule == "midpoint":
        return np.full(performance.shape, MIDPOINT)
    check_known(list(lines.targets), names, "driver")
    own = [lines.targets.get(name, lines.target) for name in names]
    found = [line for line in own if line is not None]
    if len(found) < len(own):
        missing = ", ".join(name for name, line in zip(names, own, strict=True) if line is None)
        raise ValueError(f"Lines at targets need a target for every driver; there is none for {missing}.")
    return np.broadcast_to(np.array(found)[:, None], performance.shape)


def placements(
    importance: Floats, performance: Floats, lines: Floats, probability: float = 0.8
) -> tuple[Placement, ...]:
    """Place p items by their importance and performance in B replicates, both (p, B).

    ``lines`` (p, B) divide performance; importance is divided at its mean. A point on a line counts as above
    it. A quadrant is named if at least ``probability`` of the replicates agree. A replicate without a
    performance (nan) of an item does not place that item; an item that is never placed has probability 0
    everywhere.

    References
    ----------
    Martilla, J. & James, J. (1977). J. Marketing 41(1), 77–79. Probabilities instead of points: ours.
    """
    important = importance >= importance.mean(axis=0) - _TIE
    good = performance >= lines - _TIE
    shares = cell_shares(important, good, np.isfinite(performance))
    return tuple(Placement(*named_cell(QUADRANTS, column, probability)) for column in shares.T)


def cell_shares(first: Booleans, second: Booleans, known: Booleans) -> Floats:
    """Share of the replicates of every item in four cells, (4, p), of what is true of it in each (p, B).

    The cells are: ``first`` alone, both, neither, ``second`` alone. Only ``known`` replicates count.
    """
    cells = (first & ~second, first & second, ~first & ~second, ~first & second)
    counts = np.maximum(known.sum(axis=1), 1)
    return np.array([(cell & known).sum(axis=1) / counts for cell in cells])


def named_cell(
    names: Sequence[Name], shares: Floats, probability: float
) -> tuple[dict[Name, float], Name | None]:
    """Return the probability of every cell by name, and the likeliest if it is at least ``probability``."""
    found = dict(zip(names, shares.tolist(), strict=True))
    best = max(names, key=lambda name: found[name])
    return found, best if found[best] >= probability else None


def gap_priorities(
    importance: Floats, performance: Floats, base: ReplicateBase
) -> tuple[GapPriority | None, ...]:
    r"""Importance less performance of P drivers, with intervals and ranks; ``None`` without a performance.

    .. math:: g_j = 100\,\frac{s_j}{\max_k s_k} - x_j

    A share s has a true zero and no scale of its own, so the largest becomes 100, anew in every replicate;
    performance x is on 0–100 by the theoretical ends of its scale. That a point of one weighs as much as a
    point of the other, which makes the lines of equal priority run at slope 1, is a convention: the order
    under it stands beside the quadrants, not above them.

    Parameters
    ----------
    importance, performance : (P, 1 + B), the full sample first; performance may be nan.
    base : of the driver model, which is the smaller of the two bases.

    References
    ----------
    Slack, N. (1994). Int. J. Operations & Production Management 14(5), 59–75. Bacon, D. (2003). Int. J.
    Market Research 45(1), 55–71. Abalo, J., Varela, J. & Manzano, V. (2007). J. Business Research 60(2),
    115–121.
    """
    relative = 100.0 * (importance / importance.max(axis=0))
    gaps = relative - performance
    shown = np.flatnonzero(np.isfinite(performance[:, 0]))
    whole = np.isfinite(performance[shown]).all(axis=0)
    found: list[GapPriority | None] = [None] * len(importance)
    if not shown.size or whole.sum() < 3:
        return tuple(found)
    own = gaps[np.ix_(shown, whole)]
    low, high = rank_intervals(own[:, 0], own[:, 1:], base.level)
    order, places = ranks(own[:, :1])[:, 0], ranks(own[:, 1:])
    for row, driver in enumerate(shown.tolist()):
        found[driver] = GapPriority(
            importance=base.percentile(relative[driver, whole]),
            gap=base.percentile(own[row]),
            rank=int(order[row]),
            rank_low=int(low[row]),
            rank_high=int(high[row]),
            first=float((places[row] == 1).mean()),
        )
    return tuple(found)
