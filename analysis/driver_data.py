"""Which rows and columns a driver model stands on, and what its blanks do.

What a newcomer gets wrong: "does not apply" is no missing answer. A driver that some respondents could
not meet enters as one player of two columns, the answer with the others put at the mean, and a mark of
who had one. No row is lost by it, and nothing is imputed. An answer that was due and is missing costs
its row, and so does "does not apply" where it is rare: a mark of a handful of people is a nearly empty
column, which adds to R² by chance alone.

Where ``em`` is declared, a missing answer costs nothing: its row stays, and ``analysis.driver_moments`` takes
what the other answers say about it. With ``pairwise`` its row stays for the pairs that are there. A row
without the outcome is left out either way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.design import Design
from analysis.driver_parts import Blanks
from analysis.elimination import sweep
from analysis.moment_guards import aliased
from analysis.moments import Moments, unit_moments
from analysis.sample import Booleans, Floats, Integers

# A driver that fewer people than this could answer says nothing about the outcome.
FEWEST_ANSWERS = 30
# "Does not apply" gets a mark if this many of the model's rows have it, as many as a driver needs answers:
# the mark's coefficient is the mean of these few people. On a small base a share of the rows is enough,
# else "rare" could cost a third of them. Both are conventions; rows of rarer ones are left out.
FEWEST_MARKED, SHARE_MARKED = 30, 0.05
# Variance relative to the square of the mean at which a column counts as constant.
CONSTANT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class DriverData:
    """Rows and columns of a driver model; rows are complete if ``blanks`` is ``listwise``.

    Attributes
    ----------
    names : (P,) players.
    players : (P,) columns of each; of a driver with marks first the answer, then the mark.
    marked : (P,) whether the player is an answer and its mark.
    x : (n, c + 1) columns, those that are always in first, the outcome last; an answer nobody could give is
        0, its mark 0. A missing answer is nan, never with ``listwise``.
    rows : (n,) rows of the sample they come from.
    due : how many rows had the outcome or should have had it.
    dropped : drivers left out and why: ``no_answers``, ``few_answers``, ``no_spread``, ``duplicate``,
        ``aliased``.
    answers : columns that hold answers: all but marks and those that are always in.
    always : how many columns are always in: their part of the outcome is taken off before any is shared.
    blanks : what became of answers that were due and are missing.
    """

    names: tuple[str, ...]
    players: tuple[tuple[int, ...], ...]
    marked: tuple[bool, ...]
    x: Floats
    rows: Integers
    due: int
    dropped: tuple[tuple[str, str], ...]
    answers: tuple[int, ...] = ()
    always: int = 0
    blanks: Blanks = "listwise"

    @property
    def n(self) -> int:
        """Rows used."""
        return len(self.rows)

    @property
    def blank(self) -> float:
        """Share of the answers in these rows that were due and are missing; 0 where rows are complete."""
        return float(np.isnan(self.x).mean(axis=0)[list(self.answers)].mean()) if self.n else 0.0

    @property
    def lost(self) -> int:
        """Rows left out because an answer that was due is missing, or one that rarely does not apply."""
        return self.due - self.n

    def degrees_of_freedom(self, design: Design) -> int:
        """Clusters that the rows lie in less their strata."""
        present = np.zeros((design.units, 1), dtype=bool)
        present[design.unit[self.rows]] = True
        return int(design.degrees_of_freedom(present)[0])

    def moments(self, weights: Floats, unit: Integers, units: int) -> Moments:
        """Moments per cluster; ``weights`` and ``unit`` (N,) are those of all rows of the sample."""
        columns = tuple(str(column) for column in range(self.x.shape[1]))
        return unit_moments(
            columns, self.x, weights[self.rows], unit[self.rows], units, np.zeros(self.x.shape[1])
        )

    def correlations(self, covariance: Floats, mean: Floats) -> Floats:
        """Correlations of all columns from covariances (c + 1, c + 1, cells) and means, the outcome last.

        Answers that nobody could give stand at the mean of that very cell: in each replicate anew.
        ``covariance`` is changed in place.
        """
        for player, marked in zip(self.players, self.marked, strict=True):
            if marked:
                answer, mark = player
                level = mean[answer] / np.where(mean[mark] > 0, mean[mark], 1.0)
                covariance[answer] -= level * covariance[mark]
                covariance[:, answer] -= level * covariance[:, mark]
        return correlation_matrices(covariance, mean)


def correlation_matrices(covariance: Floats, mean: Floats) -> Floats:
    """Correlations from covariances (c, c, B); a column without variance gets zeros throughout."""
    variance = np.einsum("iib->ib", covariance)
    varies = variance > CONSTANT * np.maximum(1.0, mean**2)
    scale = np.where(varies, 1.0 / np.sqrt(np.where(varies, variance, 1.0)), 0.0)
    found = covariance * scale[:, None] * scale[None]
    diagonal = np.arange(len(found))
    found[diagonal, diagonal] = varies.astype(np.float64)
    return np.asarray(found)


def own_columns(x: Floats, y: Floats, weights: Floats) -> list[int]:
    """Columns of x (n, k) that vary and are no combination of those before them, nor they alone y (n,)."""
    together = np.column_stack([x, y])
    names, unit = tuple(map(str, range(together.shape[1]))), np.zeros(len(x), dtype=np.int64)
    found = unit_moments(names, together, weights, unit, 1, np.zeros(together.shape[1]))
    spare = sweep(correlation_matrices(found.covariance, found.mean))[3][:, 0]
    return [int(j) for j in np.flatnonzero(~spare)]


def driver_data(
    outcome: Floats,
    drivers: Mapping[str, Floats],
    structural: Mapping[str, Booleans],
    weights: Floats,
    domain: Booleans,
    groups: Mapping[str, Sequence[str]] | None = None,
    always: Floats | None = None,
    blanks: Blanks = "listwise",
) -> DriverData:
    """Choose rows and columns of a driver model.

    Parameters
    ----------
    outcome : (N,) nan where unknown.
    drivers : name -> (N,) answers, nan where there is none.
    structural : name -> (N,) where there was no answer to have; absent means nowhere. Where fewer than
        ``FEWEST_MARKED`` rows and less than ``SHARE_MARKED`` of the rows have none, they are left out.
    weights : (N,) sampling weights.
    domain : (N,) rows to use, one wave or one group.
    groups : name -> drivers that enter together as one player.
    always : (N, a) columns to take off first; a row with a nan in one is left out.
    blanks : ``listwise`` leaves out rows with a missing answer; ``em`` and ``pairwise`` keep them, unless all
        are missing.
    """
    kept, dropped = _answered(drivers, domain)
    fixed = np.empty((len(outcome), 0)) if always is None else always
    known = domain & np.isfinite(outcome) & np.isfinite(fixed).all(axis=1)
    while True:
        own = {name: drivers[name] for name in kept}
        rows = _rows(own, structural, known, blanks)
        made = _columns(outcome, fixed, own, structural, rows)
        found = _idle(made, weights[rows])
        if not found:
            break
        dropped += found
        kept = [name for name in kept if name not in dict(found)]
    names, players, marked = _players(kept, made[1], groups or {})
    return DriverData(
        names,
        players,
        marked,
        made[0],
        rows,
        int(domain.sum()),
        tuple(dropped),
        answers=tuple(columns[0] for columns in made[1].values()),
        always=fixed.shape[1],
        blanks=blanks,
    )


def _answered(drivers: Mapping[str, Floats], domain: Booleans) -> tuple[list[str], list[tuple[str, str]]]:
    kept: list[str] = []
    dropped: list[tuple[str, str]] = []
    for name, values in drivers.items():
        answers = values[domain & np.isfinite(values)]
        if len(answers) == 0:
            dropped.append((name, "no_answers"))
        elif np.ptp(answers) == 0:
            dropped.append((name, "no_spread"))
        elif len(answers) < FEWEST_ANSWERS:
            dropped.append((name, "few_answers"))
        else:
            kept.append(name)
    return kept, dropped


def _rows(
    drivers: Mapping[str, Floats], structural: Mapping[str, Booleans], known: Booleans, blanks: Blanks
) -> Integers:
    """Find the rows of the model: complete but for answers that nobody could give and enough people lack.

    Unless ``listwise`` also those with missing answers, as long as one is there.
    """
    marked = {name: nobody for name, nobody in structural.items() if name in drivers}
    while True:
        rows = _usable(drivers, structural, marked, known, blanks)
        least = min(FEWEST_MARKED, SHARE_MARKED * len(rows))
        gaps = {name: nobody & np.isnan(drivers[name]) for name, nobody in marked.items()}
        lacking = {name: int(gap[rows].sum()) for name, gap in gaps.items()}
        rare = [name for name, people in lacking.items() if 0 < people < least]
        if not rare:
            return rows
        marked = {name: nobody for name, nobody in marked.items() if name not in rare}


def _usable(
    drivers: Mapping[str, Floats],
    structural: Mapping[str, Booleans],
    marked: Mapping[str, Booleans],
    known: Booleans,
    blanks: Blanks,
) -> Integers:
    kept = blanks != "listwise"
    usable, some = known.copy(), np.zeros(len(known), dtype=bool)
    for name, values in drivers.items():
        answered = np.isfinite(values)
        some |= answered
        if name not in structural:
            usable &= answered | kept
        elif name in marked:
            usable &= answered | structural[name] | kept
        else:
            usable &= answered | (~structural[name] & kept)
    return np.flatnonzero(usable & some)


def _columns(
    outcome: Floats,
    always: Floats,
    drivers: Mapping[str, Floats],
    structural: Mapping[str, Booleans],
    rows: Integers,
) -> tuple[Floats, dict[str, tuple[int, ...]]]:
    """Return the columns (n, c + 1), shifted near their means, and those of each driver."""
    fixed = always[rows]
    columns: list[Floats] = list((fixed - np.round(fixed.mean(axis=0)) if len(rows) else fixed).T)
    owned: dict[str, tuple[int, ...]] = {}
    for name, all_values in drivers.items():
        values, nobody = all_values[rows], structural[name][rows] if name in structural else False
        answered = np.isfinite(values)
        shift = np.round(values[answered].mean()) if answered.any() else 0.0
        without = np.asarray(~answered & nobody)
        owned[name] = (len(columns),)
        columns.append(np.where(without, 0.0, values - shift))
        if without.any():
            owned[name] += (len(columns),)
            columns.append((~without).astype(np.float64))
    y = outcome[rows]
    columns.append(y - np.round(y.mean()) if len(y) else y)
    return np.column_stack(columns), owned


def _idle(made: tuple[Floats, dict[str, tuple[int, ...]]], weights: Floats) -> list[tuple[str, str]]:
    """Find the first driver that is constant in these rows, or that those before it explain fully.

    With missing answers, this is looked for in the complete rows, and for pairs where these are few.
    """
    x, owned = made
    complete = np.isfinite(x).all(axis=1)
    if complete.sum() <= 2 * x.shape[1] and not complete.all():
        return _copies(made)
    x, weights = x[complete], weights[complete]
    if len(x) < 2:
        return []
    one = np.zeros(len(x), dtype=np.int64)
    data = DriverData((), tuple(owned.values()), tuple(len(c) == 2 for c in owned.values()), x, one, 0, ())
    moments = unit_moments(tuple(map(str, range(x.shape[1]))), x, weights, one, 1, np.zeros(x.shape[1]))
    correlations = data.correlations(moments.covariance, moments.mean)
    explained = sweep(correlations)[3][:, 0]
    for name, (column, *_) in owned.items():
        if correlations[column, column, 0] == 0:
            return [(name, "no_spread")]
        if explained[column]:
            earlier = [other for other, *_ in owned.values() if other < column]
            twin = bool((np.abs(correlations[column, earlier, 0]) > 1 - 1e-9).any())
            return [(name, "duplicate" if twin else "aliased")]
    return []


def _copies(made: tuple[Floats, dict[str, tuple[int, ...]]]) -> list[tuple[str, str]]:
    """Find the first driver that copies another among those who answered both."""
    x, owned = made
    answers = [columns[0] for columns in owned.values()]
    return [(list(owned)[j], "duplicate") for j in aliased(x[:, answers])[:1]]


def _players(
    kept: Sequence[str], owned: Mapping[str, tuple[int, ...]], groups: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...], tuple[bool, ...]]:
    group_of = {name: group for group, members in groups.items() for name in members}
    members: dict[str, list[str]] = {}
    for name in kept:
        members.setdefault(group_of.get(name, name), []).append(name)
    players = {player: tuple(c for name in names for c in owned[name]) for player, names in members.items()}
    # Marks inside a group stay columns of their own; only a driver alone is put at its mean.
    marked = tuple(len(members[player]) == 1 and len(columns) == 2 for player, columns in players.items())
    return tuple(players), tuple(players.values()), marked
