"""Columns of a regression on drivers, for anybody: those it was fitted to, and the same people moved.

What a newcomer gets wrong: an item that somebody never met must not move with the others. Its column stays at
the mean for them, as in the driver model, and a mark takes their distance from everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np

from analysis.cumulative_logit import LevelData, maximum
from analysis.design import Design
from analysis.driver_data import DriverData
from analysis.estimate import LinearEstimates
from analysis.moment_guards import aliased
from analysis.ordered_logit import fitted_levels
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.separation import separating


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """How columns are made of answers.

    Attributes
    ----------
    items : (k,) in the model; ``answers`` (N, k) theirs, nan where there is none.
    structural : (N, k) who does not have the item.
    marked : (k,) whether such people have a mark, or are left out.
    centre : (k,) mean of the answers in the model, where those without the item are put.
    fixed : (N, a) columns that do not move.
    terms : pairs of items whose product is a column; an item with itself is its square.
    kept : columns that are no copies or combinations of those before them, all by default.
    """

    items: tuple[str, ...]
    answers: Floats
    structural: Booleans
    marked: Booleans
    centre: Floats
    fixed: Floats
    terms: tuple[tuple[int, int], ...] = ()
    kept: tuple[int, ...] | None = None

    def columns(self, moved: Floats | None = None, rows: Integers | None = None) -> Floats:
        """Columns (N, q), or of ``rows``: items, products, marks, fixed; nan in a row that is left out.

        ``moved`` (r, k) stands in for the answers of ``rows``.
        """
        chosen: Integers | slice = slice(None) if rows is None else rows
        answers = self.answers[chosen] if moved is None else moved
        known = np.isfinite(answers)
        outside = ~known & self.structural[chosen] & self.marked
        value = np.where(outside, 0.0, answers - self.centre)
        products = [value[:, i] * value[:, j] for i, j in self.terms]
        made = [value, *(product[:, None] for product in products)]
        made += [known[:, self.marked].astype(np.float64), self.fixed[chosen]]
        whole = np.hstack(made)
        whole[np.isnan(whole).any(axis=1)] = np.nan
        return whole if self.kept is None else whole[:, self.kept]

    def with_terms(self, items: Sequence[str]) -> Frame:
        """The same with squares and products of ``items``."""
        place = [self.items.index(item) for item in items]
        return replace(self, terms=tuple(combinations_with_replacement(place, 2)), kept=None)

    @property
    def term_columns(self) -> tuple[int, ...]:
        """Positions of the products that were kept."""
        first = len(self.items)
        whole = range(first, first + len(self.terms))
        kept = self.kept if self.kept is not None else tuple(whole)
        return tuple(position for position, column in enumerate(kept) if column in whole)

    def settled(self, rows: Integers) -> Frame:
        """The same without columns that are constant, copies or combinations of others in ``rows``."""
        whole = replace(self, kept=None).columns(rows=rows)
        varies = np.ptp(whole, axis=0) > 0
        left = np.flatnonzero(varies)
        spare = {int(left[j]) for j in aliased(whole[:, left])}
        # Marks and fixed columns give way to items, products to all of them.
        return replace(self, kept=tuple(j for j in left.tolist() if j not in spare))

    @staticmethod
    def with_constant(columns: Floats) -> Floats:
        """Columns with the constant first."""
        return np.column_stack([np.ones(len(columns)), columns])


def frame_of(sample: Sample, data: DriverData, fixed: Floats) -> Frame:
    """Return the frame of a driver model without groups: its items, with marks where it has them."""
    place = [sample.items.index(item) for item in data.names]
    answers = sample.scores[:, place]
    inside = answers[data.rows]
    w = sample.weights[data.rows, None] * np.isfinite(inside)
    centre = (w * np.nan_to_num(inside)).sum(axis=0) / w.sum(axis=0)
    frame = Frame(
        items=data.names,
        answers=answers,
        structural=sample.structural[:, place],
        marked=np.array(data.marked, dtype=bool),
        centre=centre,
        fixed=fixed,
    )
    return frame.settled(data.rows)


def logit_fit(
    design: Design, rows: Integers, outcome: Floats, columns: Floats, level: float
) -> LinearEstimates | None:
    """Coefficients of a logit of a flag (N,), 0 or more, the constant first; ``None`` if it has no maximum.

    ``columns`` (N, q) are complete in ``rows``. Where some column tells yes from no without error, there
    is no maximum.
    """
    data = LevelData.of(columns[rows], (outcome[rows] > 0).astype(np.int64), design.weights[rows])
    fit = maximum(data)
    names = [str(column) for column in range(columns.shape[1])]
    if separating(data, fit, names) or not fit.settled[0]:
        return None
    levels = np.array([0.0, 1.0])
    found = fitted_levels(design, rows, data, fit.values[0], names, levels, level).linear
    # A threshold is the constant with the other sign.
    turned = found.take([len(names), *range(len(names))])
    sign = np.append(-1.0, np.ones(len(names)))
    return replace(turned, values=turned.values * sign, totals=turned.totals * sign)
