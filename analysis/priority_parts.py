"""Parts of driver results that say what comes first: gaps, and what people said against what was found.

What a newcomer gets wrong: a rank says little without its interval, and a class nothing below the declared
probability. Both stand here beside the figure, so that nobody prints one without the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.figures import Estimate, TooFew

if TYPE_CHECKING:
    from analysis.results import Driver, Quadrant

LineRule = Literal["means", "midpoint", "target"]
StatedKind = Literal["hidden", "key", "minor", "expected"]
# With more of the drivers undetermined than this there are no clear priorities (convention).
UNDECIDED_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class GapPriority:
    """How far the importance of a driver exceeds its performance, both on 0–100; see ``analysis.priorities``.

    ``importance`` is the share in parts of the largest share, 0 to 100; ``gap`` is importance less
    performance, −100 to 100. Rank 1 is the largest gap, bounded by simultaneous intervals of differences;
    ``first`` is the share of replicates in which the gap is the largest.
    """

    importance: Estimate
    gap: Estimate
    rank: int
    rank_low: int
    rank_high: int
    first: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A figure and its rank among its peers, 1 for the largest, bounded by simultaneous intervals."""

    value: Estimate
    rank: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class StatedDriver:
    """One driver whose importance was asked as well.

    ``asked`` is the item that asks; ``stated`` its mean on 0–100 with a design-based interval, ``derived``
    the share of explained variance, 0 to 1, both ranked among the drivers of the comparison. ``top`` is the
    weighted share of the best answer. ``key`` is important both ways, ``expected`` only as people say,
    ``hidden`` only as found, ``minor`` neither; ``kind`` is named if ``kinds`` gives it at least the declared
    probability.
    """

    driver: str
    asked: str
    stated: Ranked
    derived: Ranked
    top: float
    kinds: Mapping[StatedKind, float]
    kind: StatedKind | None


@dataclass(frozen=True, slots=True)
class StatedImportance:
    """What people say is important against what goes with the outcome, largest derived share first.

    ``correlation`` is Spearman's over the drivers, ``None`` where one side has no order. ``stated_line`` and
    ``derived_line`` are the means over the drivers compared. ``spread`` is the highest stated mean less the
    lowest; ``crowded`` names drivers of whose stated answers over 40 % are the best answer. ``hidden`` are
    drivers whose stated mean may not be shown, and why; they take no part.
    """

    drivers: tuple[StatedDriver, ...]
    correlation: Estimate | None
    stated_line: float
    derived_line: float
    spread: float
    crowded: tuple[str, ...]
    hidden: tuple[tuple[str, TooFew], ...] = ()


def named_quadrant(driver: Driver, probability: float) -> Quadrant | None:
    """Return the quadrant that a driver may be said to be in, if any.

    One whose correlation and coefficient disagree in sign is never named: nobody should act on it.
    """
    if driver.direction == "conflicting" or driver.quadrant is None:
        return None
    return driver.quadrant if driver.quadrants.get(driver.quadrant, 0.0) >= probability else None
