"""Where Johnson's relative weights put drivers in another order than LMG does.

What a newcomer gets wrong: the two nearly always agree. Where they do not, neither is wrong; the drivers are
too alike to be ranked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.ranks import ranks
from analysis.results import Driver


@dataclass(frozen=True, slots=True)
class RankDifference:
    """A driver with two ranks; ``beyond_noise`` where Johnson's lies outside the rank interval of its LMG."""

    driver: str
    lmg: int
    johnson: int
    beyond_noise: bool


def rank_differences(drivers: Sequence[Driver]) -> tuple[RankDifference, ...]:
    """Return the drivers of one outcome that Johnson's weights rank otherwise, in the order of LMG.

    Empty where a driver has no other measures than its share.
    """
    parts = [driver.parts.johnson.value for driver in drivers if driver.parts is not None]
    if len(parts) < len(drivers):
        return ()
    placed = ranks(np.array(parts)[:, None])[:, 0].tolist()
    return tuple(
        RankDifference(one.item, one.rank, johnson, not one.rank_low <= johnson <= one.rank_high)
        for one, johnson in zip(drivers, placed, strict=True)
        if johnson != one.rank
    )
