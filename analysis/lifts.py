"""By how much answers really move when everybody is moved up or down by some points.

What a newcomer gets wrong: there are two means. Among those who have the item the move is what the index
feels; over everyone, with those who never met it at 0, it is what satisfaction and loyalty can feel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.design import Design
from analysis.sample import Booleans, Floats, Integers, Sample

# Ends of the points in which answers are scored.
LOWEST, HIGHEST = 0.0, 100.0

Points = tuple[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The people of one wave and the items that may be moved.

    Attributes
    ----------
    items : (k,) ids.
    rows : (r,) rows of the sample.
    x : (r, k) points of 100, nan where there is no answer.
    has : (r, k) who has the item: could answer it, whether or not they did.
    """

    design: Design
    items: tuple[str, ...]
    rows: Integers
    x: Floats
    has: Booleans

    @classmethod
    def of(cls, sample: Sample, design: Design, wave: str, items: Sequence[str]) -> Ground:
        """Take the people of ``wave``."""
        place = [sample.items.index(item) for item in items]
        rows = np.flatnonzero(sample.in_wave(wave))
        return cls(
            design, tuple(items), rows, sample.scores[rows][:, place], ~sample.structural[rows][:, place]
        )

    @property
    def weights(self) -> Floats:
        """Sampling weights, (r,)."""
        return self.design.weights[self.rows]

    def column(self, item: str) -> Floats:
        """Answers to one item, (r,)."""
        return np.asarray(self.x[:, self.items.index(item)])

    def gain(self, item: str, points: float) -> Floats:
        """By how much each person's answer moves, (r,); 0 without an answer."""
        return lift(self.column(item), points)

    def moved(self, moves: Sequence[Points]) -> Floats:
        """Answers after the moves, (r, k)."""
        found = self.x.copy()
        for item, points in moves:
            found[:, self.items.index(item)] += self.gain(item, points)
        return found

    def sums(self, moves: Sequence[Points]) -> Floats:
        """What :func:`raised` needs of every cluster, (U, 3m + 1)."""
        place = [self.items.index(item) for item, _ in moves]
        gains = np.column_stack([np.empty((len(self.rows), 0)), *(self.gain(*move) for move in moves)])
        parts = [gains, np.isfinite(self.x[:, place]), self.has[:, place], np.ones((len(self.rows), 1))]
        return self.design.sums(np.hstack(parts) * self.weights[:, None], self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """Mean moves (m, cells): ``everyone`` over all people, ``among`` over those who have the item."""

    everyone: Floats
    among: Floats


def lift(answers: Floats, points: float) -> Floats:
    """By how much answers (n,) move; none leaves the scale, and a blank does not move.

    >>> lift(np.array([50.0, 97.0, np.nan]), 5.0)
    array([5., 3., 0.])
    """
    return np.nan_to_num(np.clip(answers + points, LOWEST, HIGHEST) - answers)


def raised(sums: Floats, moves: int) -> Raised:
    r"""Mean moves from the sums of :meth:`Ground.sums` in each cell, (cells, 3m + 1).

    .. math:: \Delta_j = \frac{\sum w\,1_j}{\sum w} \cdot
              \frac{\sum w\,a_j\,(\min(x_j + \delta, 100) - x_j)}{\sum w\,a_j}

    with 1 for those who have the item and a for those who answered it. A blank answer is taken to move like
    the others; who does not have the item does not move. nan in a cell without people.
    """
    total, answered, has = (sums[:, part * moves : (part + 1) * moves].T for part in range(3))
    # What nobody answered does not move; a replicate without the people is no replicate of it.
    nobody = answered[:, :1] <= 0
    among = np.where(nobody, 0.0, np.nan) * np.ones_like(total)
    np.divide(total, answered, where=answered > 0, out=among)
    people = sums[:, -1]
    share = np.divide(has, people, where=people > 0, out=np.full_like(has, np.nan))
    return Raised(np.asarray(among * share), among)


def corners(answers: Floats, weights: Floats, most: float) -> tuple[Floats, Floats]:
    """Where the mean move bends, and its value there: points (b,) from 0 to ``most``, means (b,).

    Between two corners the mean over those who answered is a straight line, flatter from one to the next.
    ``most`` is not negative.
    """
    known = np.isfinite(answers)
    room = HIGHEST - answers[known]
    inside = np.unique(room[(room > 0) & (room < most)])
    points = np.unique(np.concatenate([[0.0], inside, [most]]))
    w = weights[known] / weights[known].sum()
    # min(points, room) is what moves; sums over sorted rooms give all corners at once.
    order = np.argsort(room, kind="stable")
    room, w = room[order], w[order]
    below = np.searchsorted(room, points, side="right")
    cumulated = np.append(0.0, np.cumsum(w * room))
    count = np.append(0.0, np.cumsum(w))
    return points, np.asarray(cumulated[below] + points * (count[-1] - count[below]))
