"""Responses: the checked answers of one wave, as given, with the kind of every blank.

A cell holds the code that was given, or a negative ``BlankKind`` that says why there is none.
Nothing is scored, reversed or weighted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from survey.questions import BlankKind

Codes = npt.NDArray[np.int16]
Value = str | float | bool | None
Choice = tuple[int, ...] | BlankKind
PARADATA = ("submitted", "seconds", "source")


@dataclass(frozen=True, slots=True)
class Responses:
    """Answers of one wave.

    Attributes
    ----------
    wave : id of the wave.
    respondents : (n,) identifiers, unique within the wave.
    items : (k,) item ids, in the order of the questionnaire.
    codes : (n, k) codes as given; negative is a ``BlankKind``.
    columns : column id -> (n,) values; ``None`` where an optional column is blank. Categories hold
        the declared value, flags hold ``True`` or ``False``, numbers ``float``, days ``2026-09-30``,
        keys and texts ``str``.
    comments : open question id -> (n,) texts, empty where nothing was written. A choice question with an
        open option stands here too, with what was written beside that option.
    choices : choice question id -> (n,) codes of the options chosen, in ascending order, or ranked, first
        choice first; a ``BlankKind`` where nothing was.
    paradata : name of ``PARADATA`` -> (n,) what the platform noted about the interview: when it was
        submitted (``2026-09-03T12:00:38``), how many seconds it took, through which channel it came.
        ``None`` where it noted nothing. No part of the answers.
    """

    wave: str
    respondents: tuple[str, ...]
    items: tuple[str, ...]
    codes: Codes
    columns: Mapping[str, tuple[Value, ...]]
    comments: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    paradata: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.respondents)

    def blanks(self, item: str) -> dict[BlankKind, int]:
        """Count the blanks of ``item`` by kind; kinds that do not occur are absent."""
        column = self.codes[:, self.items.index(item)]
        kinds, counts = np.unique(column[column < 0], return_counts=True)
        return {BlankKind(int(kind)): int(count) for kind, count in zip(kinds, counts, strict=True)}
