"""How often a ranking comes out the same.

Draws of an index for G groups go in; out come, for every group, how often it keeps its rank, and for
neighbours how often they keep their order. Which draws (sampling, weights, both) is the caller's affair.

What a newcomer gets wrong: of thirty groups within two points hardly any keeps its rank, and that is no
instability of the weights. Look at neighbours, and at the share that the weights alone bring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.ranks import rank_intervals, ranks
from analysis.sample import Floats, Integers

# Simultaneous rank intervals compare all pairs in all draws; at most this many numbers (160 MB).
_PAIRS = 20_000_000
_FEWEST = 1_000
# Indices that agree to nine decimals are equal but for rounding; see ``ROUNDING_NOISE`` of estimates.
_DIGITS = 9


@dataclass(frozen=True, slots=True, eq=False)
class RankStability:
    """Shares of B draws, groups in the order of the reference.

    ``same``, ``first``, ``last``, ``top`` (G,): the rank is that of the reference, 1, G, at most the
    size of the top. ``change`` (G,) is mean |Δrank|. ``above`` (G − 1,) is how often each group stands
    above the next one, draws in which they are equal counting half. ``top_kept`` is how often the same
    groups are at the top. ``moved`` (B,) is mean |Δrank| in every draw.
    """

    same: Floats
    first: Floats
    last: Floats
    top: Floats
    change: Floats
    above: Floats
    top_kept: float
    moved: Floats


def rank_stability(draws: Floats, top: int) -> RankStability:
    """Judge a ranking by draws (B, G) whose groups stand in the order of the reference, best first.

    Blank draws are not allowed here: leave them out before.
    """
    draws = np.round(draws, _DIGITS)
    found = ranks(draws.T)
    groups = len(found)
    reference = np.arange(1, groups + 1)[:, None]
    moved = np.abs(found - reference)
    gap = draws[:, :-1] - draws[:, 1:]
    return RankStability(
        same=(moved == 0).mean(axis=1),
        first=(found == 1).mean(axis=1),
        last=(found == groups).mean(axis=1),
        top=(found <= top).mean(axis=1),
        change=moved.mean(axis=1),
        above=(gap > 0).mean(axis=0) + (gap == 0).mean(axis=0) / 2,
        top_kept=float((found[:top] <= top).all(axis=0).mean()),
        moved=moved.mean(axis=0),
    )


def rank_limits(value: Floats, draws: Floats, level: float) -> tuple[Integers, Integers]:
    """Lowest and highest rank of G groups (G,) from draws (B, G), all pairs judged together.

    With very many groups fewer draws are used, so that memory stays bounded.
    """
    pairs = max(1, len(value) * (len(value) - 1) // 2)
    used = max(_FEWEST, _PAIRS // pairs)
    return rank_intervals(value, draws[:used].T, level)
