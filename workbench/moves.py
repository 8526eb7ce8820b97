"""Moves, targets and costs as they are typed: ``fault_handling=+5``, ``renewal=95``, ``billing=12``.

What a newcomer gets wrong: a share is typed in per cent, as it is printed, and is a part of 1 in the results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from analysis.whatif_results import INDEX
from survey.language import listing
from workbench.usage import Misuse, Misuses

if TYPE_CHECKING:
    from survey.study import Study

_PAIR = re.compile(r"([^=＝]*[^=＝\s])\s*[=＝]\s*([+＋−–-]?)\s*([0-9]+(?:\.[0-9]+)?)")
_MINUS = frozenset("-−–")


class Typed:
    """Arguments of ``csat whatif`` as they are read; ``faults`` collects all that is wrong with them.

    ``movable`` are the items that may be moved, ``command`` is named in messages.
    """

    def __init__(self, study: Study, movable: Sequence[str], command: str) -> None:
        self.study, self.movable, self.command = study, movable, command
        self.faults: list[Misuse] = []

    def moves(self, words: Iterable[str]) -> dict[str, float]:
        """Return items and points."""
        found = {}
        for word, item, points in self._pairs(words, "usage.bad_move"):
            if points == 0 or abs(points) > 100:
                self._fault("usage.move_off_scale", word=word)
            else:
                found[item] = points
        return found

    def costs(self, words: Iterable[str]) -> dict[str, float]:
        """Return items and what one point costs."""
        found = {}
        for word, item, cost in self._pairs(words, "usage.bad_cost"):
            if cost <= 0:
                self._fault("usage.cost_not_positive", word=word)
            else:
                found[item] = cost
        return found

    def target(self, word: str | None, outcomes: Sequence[str]) -> tuple[str, float] | None:
        """Return the outcome, or ``index``, and its level as results have it: a share as a part of 1."""
        if word is None:
            return None
        pair = _pair(word)
        if pair is None:
            self._fault("usage.bad_target", word=word, known=listing([INDEX, *outcomes]))
            return None
        name, level = pair
        if name != INDEX and name not in outcomes:
            self.faults.append(Misuse.unknown("outcome", name, [INDEX, *outcomes], self.command))
            return None
        if not 0 <= level <= 100:
            self._fault("usage.target_off_scale", word=word)
            return None
        share = name != INDEX and self.study.outcome_by_id[name].column is not None
        return name, level / 100.0 if share else level

    def settle(self) -> None:
        """Raise everything that is wrong, at once."""
        if len(self.faults) > 1:
            raise Misuses(self.faults)
        if self.faults:
            raise self.faults[0]

    def _pairs(self, words: Iterable[str], malformed: str) -> Iterator[tuple[str, str, float]]:
        """Yield what was typed, the item and the number, each item once."""
        seen: set[str] = set()
        for word in words:
            pair = _pair(word)
            if pair is None:
                self._fault(malformed, word=word)
                continue
            item, number = self._named(pair[0]), pair[1]
            if self._may_move(item):
                if item in seen:
                    self._fault("usage.item_twice", name=item)
                else:
                    seen.add(item)
                    yield word, item, number

    def _named(self, name: str) -> str:
        """Return the item whose id is ``name``, or whose label, as tables print it; else the name itself."""
        if name in self.study.item_by_id:
            return name
        labels = {i: self.study.item_by_id[i].label for i in self.movable}
        found = [item for item, label in labels.items() if name in (label.zh, label.en)]
        return found[0] if len(found) == 1 else name

    def _may_move(self, name: str) -> bool:
        if name in self.movable:
            return True
        if name in self.study.item_by_id:
            self._fault("usage.no_driver", name=name)
        else:
            self.faults.append(Misuse.unknown("driver", name, self.movable, self.command))
        return False

    def _fault(self, key: str, **values: object) -> None:
        self.faults.append(Misuse(key, self.command, **values))


def _pair(word: str) -> tuple[str, float] | None:
    """Return the name and the number of ``name=+5``; ``None`` where it is not written so."""
    match = _PAIR.fullmatch(word.strip())
    if match is None:
        return None
    name, sign, number = match.groups()
    return name, -float(number) if sign in _MINUS and sign else float(number)
