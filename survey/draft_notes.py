"""Sentences about a draft: what was seen in the values, and what a person has to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.language import Language, catalogue

_SHOWN = 20  # characters of a value


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence of the catalogue, ``draft.<key>``, with its values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """Return the sentence."""
        values = {
            name: value[language] if isinstance(value, Mapping) else value
            for name, value in self.values.items()
        }
        return catalogue("survey")(f"draft.{self.key}", language, **values)


def seen(counts: Mapping[str, int], n: int, blank: int) -> Note:
    """Return which values ``n`` answers hold, and how many were not given."""
    return Note("seen", {"values": shown_counts(counts), "n": n, "blank": blank})


def seen_words(counts: Mapping[str, int], n: int, blank: int) -> Note:
    """Return how many answers in people's own words there are; what they wrote is not repeated."""
    longest = max(map(len, counts), default=0)
    return Note("seen_words", {"n": n, "blank": blank, "different": len(counts), "longest": longest})


def shown_counts(counts: Mapping[str, int], most: int = 8) -> str:
    """Return the most frequent values with how often they occur: ``满意 × 120 · 一般 × 33 …``."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    texts = [f"{value[:_SHOWN]}{'…' if len(value) > _SHOWN else ''} × {n}" for value, n in ordered[:most]]
    return " · ".join(texts) + (" …" if len(ordered) > most else "")
