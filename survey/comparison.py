"""What a file changes in its wave: who is new, who answers differently from what is held, who is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from survey.responses import Responses
from survey.wave_contents import joined, rows_of

# Fewer than these may all be corrected without anybody being asked.
_FEW = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that a file corrects. Codes are as given; a negative code says why there was no answer."""

    respondent: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answers of a file beside those of its wave. Positions are those in ``new``.

    Attributes
    ----------
    held, new : the same items, columns and questions in the same order.
    at : position of everybody who is in both -> position in ``held``.
    fresh : positions of people who are not held.
    differing : position -> ids of what that person answers differently; all others in both are equal.
    vanished : how many people are held and not in ``new``.
    """

    held: Responses
    new: Responses
    at: Mapping[int, int]
    fresh: tuple[int, ...]
    differing: Mapping[int, Sequence[str]]
    vanished: int

    @property
    def unchanged(self) -> int:
        """How many people are in both and equal."""
        return len(self.at) - len(self.differing)

    @property
    def written(self) -> list[int]:
        """Positions of those whose answers are new or corrected, in the order of the file."""
        return sorted((*self.fresh, *self.differing))

    def beyond(self, weight: str | None) -> int:
        """How many differ in more than their ``weight``, which calibration changes every time."""
        return sum(any(name != weight for name in names) for names in self.differing.values())

    def doubtful(self, weight: str | None) -> bool:
        """Whether so many differ that this is more likely another wave or a shifted export."""
        beyond = self.beyond(weight)
        return beyond >= _FEW and 2 * beyond > len(self.at)

    def counts(self) -> dict[str, int]:
        """How many people differ, by item, column and question; most frequent first."""
        return dict(Counter(name for names in self.differing.values() for name in names).most_common())

    def changes(self, shown: Sequence[str], limit: int) -> tuple[Change, ...]:
        """The first ``limit`` answers that differ; ``shown`` names the respondents."""
        return tuple(islice(self._changes(shown), limit))

    def _changes(self, shown: Sequence[str]) -> Iterator[Change]:
        for n, names in self.differing.items():
            for name in names:
                for before, after in self._answers(name, n):
                    yield Change(shown[n], name, before, after)

    def _answers(self, name: str, n: int) -> Iterator[tuple[Any, Any]]:
        """Yield what differs under ``name``: an answer, what was written beside it, or both."""
        held, new, m = self.held, self.new, self.at[n]
        if name in held.items:
            item = held.items.index(name)
            yield int(held.codes[m, item]), int(new.codes[n, item])
        pairs: tuple[tuple[Mapping[str, Sequence[Any]], Mapping[str, Sequence[Any]]], ...] = (
            (held.columns, new.columns),
            (held.choices, new.choices),
            (held.comments, new.comments),
        )
        for here, there in pairs:
            if name in here and here[name][m] != there[name][n]:
                yield here[name][m], there[name][n]

    def whole(self) -> Responses:
        """Return the wave as it will be: corrected people where they stood, new ones at the end."""
        if not self.fresh and not self.differing:
            return self.held
        order = list(range(len(self.held)))
        for n in self.differing:
            order[self.at[n]] = len(self.held) + n
        order += [len(self.held) + n for n in self.fresh]
        return rows_of(joined(self.held, self.new), order)


def compare(held: Responses, new: Responses) -> Comparison:
    """Compare two sets of answers with the same items, columns and questions in the same order."""
    known = {respondent: n for n, respondent in enumerate(held.respondents)}
    at = {n: known[name] for n, name in enumerate(new.respondents) if name in known}
    fresh = tuple([n for n, name in enumerate(new.respondents) if name not in known])
    differing = _differing(held, new, at) if at else {}
    return Comparison(held, new, at, fresh, differing, len(held) - len(at))


def _differing(held: Responses, new: Responses, at: Mapping[int, int]) -> dict[int, list[str]]:
    here, there = np.fromiter(at, dtype=np.intp), np.fromiter(at.values(), dtype=np.intp)
    found: dict[int, list[str]] = {}
    rows, items = np.nonzero(new.codes[here] != held.codes[there])
    for n, item in zip(here[rows].tolist(), items.tolist(), strict=True):
        found.setdefault(n, []).append(held.items[item])
    for name, facts in held.columns.items():
        ours = new.columns[name]
        # A flag is not a number, though Python takes True for 1.
        _note(
            found,
            name,
            [n for n, m in at.items() if ours[n] != facts[m] or type(ours[n]) is not type(facts[m])],
        )
    for one, other in ((held.comments, new.comments), (held.choices, new.choices)):
        for name, values in one.items():
            answers: Sequence[object] = other[name]
            _note(found, name, [n for n, m in at.items() if answers[n] != values[m]])
    return {n: found[n] for n in sorted(found)}


def _note(found: dict[int, list[str]], name: str, positions: Collection[int]) -> None:
    for n in positions:
        names = found.setdefault(n, [])
        if name not in names:  # what was written beside an option stands under the id of its question
            names.append(name)
