"""What the values of a column look like: a scale, options, a number, a day, or somebody's own words.

A guess comes with its evidence, and everything guessed is for a person to confirm. Nothing here decides what
an answer means in an import.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from survey.cells import CellValue, raw_text
from survey.facts import day_of
from survey.language import Language, catalogue
from survey.layouts.export import Dialect
from survey.layouts.moments import moment_of
from survey.platform_cells import PlatformCells
from survey.questions import Blank, BlankName, Scale, Text
from survey.vocabulary import BLANK_CODES, blank_kind, find_wording, usual_blank
from survey.wording import matching, number_in, plain

Looks = Literal["scale", "category", "multiple", "ranking", "number", "date", "open", "empty"]

_MOST_CATEGORIES = 40
_LONGEST_CATEGORY = 60
_HIGHEST_CODE = 10
_UNIT = re.compile(r"(-?\d+)\s*(\D{1,6})", re.ASCII)
_USUAL_CODES = {code: kind for kind, code in BLANK_CODES.items()}


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


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for.

    ``scale`` belongs to a scale; ``options`` to categories, a multiple choice or a ranking, in order of
    first appearance, those of ``open_options`` with something typed beside them. ``evidence`` says what was
    seen, ``doubts`` what a person has to confirm.
    """

    looks: Looks
    scale: Scale | None = None
    options: tuple[str, ...] = ()
    open_options: frozenset[str] = frozenset()
    evidence: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()


def guess(raw: Sequence[CellValue | None], dialect: Dialect) -> Guess:
    """Return what the values of one column, (n,) with ``None`` for blank cells, look like."""
    cells = PlatformCells(dialect)
    answers = [
        cell for cell in raw if cell is not None and plain(raw_text(cell)) and cells.blank(cell) is None
    ]
    if not answers:
        return Guess("empty", doubts=(Note("empty"),))
    counts = Counter(plain(raw_text(cell)) for cell in answers)
    seen = (
        Note("seen", {"values": shown_counts(counts), "n": len(answers), "blank": len(raw) - len(answers)}),
    )
    if all(isinstance(cell, datetime) or _is_day(cell, dialect) for cell in answers):
        return Guess("date", evidence=seen)
    if (numbers := _numbers(answers)) is not None:
        return _of_numbers(numbers, seen)
    return _of_texts(counts, cells, seen)


def shown_counts(counts: Mapping[str, int], most: int = 8) -> str:
    """Return the most frequent values with how often they occur: ``满意 120, 一般 33 …``."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    texts = [f"{value[:20]}{'…' if len(value) > 20 else ''} × {n}" for value, n in ordered[:most]]
    return " · ".join(texts) + (" …" if len(ordered) > most else "")


def _is_day(cell: CellValue, dialect: Dialect) -> bool:
    if not isinstance(cell, str):
        return False
    return (day_of(plain(cell)) or moment_of(cell, month_first=dialect.month_first)) is not None


def _numbers(answers: Sequence[CellValue]) -> Counter[float] | None:
    found: Counter[float] = Counter()
    for cell in answers:
        number = number_in(plain(cell)) if isinstance(cell, str) else cell
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return None
        found[number] += 1
    return found


# -- numbers ---------------------------------------------------------------------------------------


def _of_numbers(numbers: Counter[float], seen: tuple[Note, ...]) -> Guess:
    blanks = {int(n): _USUAL_CODES[int(n)] for n in numbers if n in _USUAL_CODES}
    codes = sorted(n for n in numbers if n not in blanks)
    whole = all(n == int(n) for n in codes)
    if not codes or not whole or codes[0] < 0 or codes[-1] > _HIGHEST_CODE:
        return Guess("number", evidence=seen)
    ends = _ends(int(codes[0]), int(codes[-1]))
    doubts = [Note("scale_ends", {"low": ends[0], "high": ends[1], "seen": _range(codes)})]
    if blanks:
        doubts.append(Note("blank_codes", {"codes": ", ".join(map(str, sorted(blanks)))}))
    scale = Scale(ends=ends, blanks={code: _blank(kind) for code, kind in blanks.items()})
    return Guess("scale", scale, evidence=seen, doubts=tuple(doubts))


def _ends(low: int, high: int) -> tuple[int, int]:
    """Return the ends of the usual scale in which codes from ``low`` to ``high`` fit best."""
    if low == 0:
        return (0, 10) if high > 1 else (0, 1)
    return (1, next(end for end in (2, 5, 7, 10) if high <= end))


def _range(codes: Sequence[float]) -> str:
    return f"{codes[0]:g}" if len(codes) == 1 else f"{codes[0]:g}–{codes[-1]:g}"


def _blank(kind: BlankName, seen: str | None = None) -> Blank:
    zh, en = usual_blank(kind)
    if seen is not None and matching(seen) not in (matching(zh), matching(en)):
        return Blank(kind=kind, label=Text(zh=seen, en=seen))
    return Blank(kind=kind, label=Text(zh=zh, en=en))


# -- texts -----------------------------------------------------------------------------------------


def _of_texts(counts: Counter[str], cells: PlatformCells, seen: tuple[Note, ...]) -> Guess:
    dialect = cells.dialect
    for looks, marks in (("ranking", dialect.ranks), ("multiple", dialect.joins)):
        joined = [mark for mark in marks if mark.strip() and any(mark in text for text in counts)]
        if joined and (looks == "multiple" or "→" in joined):
            return _joined("ranking" if looks == "ranking" else "multiple", counts, joined, cells, seen)
    bare = Counter[str]()
    typed = set()
    for text, n in counts.items():
        option, beside = cells.typed(text)
        option = dialect.unmarked(option)
        bare[option] += n
        if beside:
            typed.add(option)
    if not typed and (found := _worded(bare, seen)) is not None:
        return found
    if not typed and (found := _with_unit(bare, seen)) is not None:
        return found
    total = sum(bare.values())
    few = (
        len(bare) < total
        and len(bare) <= min(_MOST_CATEGORIES, max(2, total // 2))
        and max(map(len, bare)) <= _LONGEST_CATEGORY
    )
    if typed or few:
        doubts = (Note("categories", {"n": len(bare)}),)
        return Guess("category", None, tuple(bare), frozenset(typed), seen, doubts)
    return Guess("open", evidence=seen)


def _joined(
    looks: Literal["multiple", "ranking"],
    counts: Counter[str],
    marks: Sequence[str],
    cells: PlatformCells,
    seen: tuple[Note, ...],
) -> Guess:
    pattern = "|".join(map(re.escape, marks))
    options: dict[str, None] = {}
    typed = set()
    for text in counts:
        for piece in re.split(pattern, text):
            option, beside = cells.typed(piece)
            if plain(option):
                options[plain(option)] = None
                if beside:
                    typed.add(plain(option))
    if len(options) < 2 or len(options) > 10 * _MOST_CATEGORIES:
        return Guess("open", evidence=seen)
    doubts = (Note("options", {"n": len(options), "mark": " ".join(marks)}),)
    return Guess(looks, None, tuple(options), frozenset(typed), seen, doubts)


def _worded(counts: Counter[str], seen: tuple[Note, ...]) -> Guess | None:
    """Return the scale whose usual words these are."""
    wording = find_wording(counts)
    if wording is None:
        return None
    labels = {code: Text(zh=zh, en=en) for code, (zh, en) in wording.usual.items()}
    aliases: dict[int, tuple[str, ...]] = {}
    for text, code in wording.codes.items():
        if matching(text) not in (matching(labels[code].zh), matching(labels[code].en)):
            labels[code] = _in_words_of(text, labels[code])
    blanks: dict[int, Blank] = {}
    for text, kind in wording.blanks.items():
        code = BLANK_CODES[kind]
        if code in blanks:
            aliases[code] = (*aliases.get(code, ()), text)
        else:
            blanks[code] = _blank(kind, text)
    missing = [label.zh for code, label in sorted(labels.items()) if code not in wording.codes.values()]
    doubts = [Note("worded", {"meaning": catalogue("survey")[f"draft.meaning.{wording.meaning}"]})]
    if missing:
        doubts.append(Note("steps_unseen", {"steps": " · ".join(missing)}))
    scale = Scale(ends=(1, len(labels)), labels=labels, aliases=aliases, blanks=blanks)
    return Guess("scale", scale, evidence=seen, doubts=tuple(doubts))


def _in_words_of(seen: str, usual: Text) -> Text:
    """Return a label in the words of the export, the other language in the usual ones."""
    return Text(zh=usual.zh, en=seen) if seen.isascii() else Text(zh=seen, en=usual.en)


def _with_unit(counts: Counter[str], seen: tuple[Note, ...]) -> Guess | None:
    """Return a scale of numbers with a unit, such as ``3分``, or a blank in words."""
    found = {text: match for text in counts if (match := _UNIT.fullmatch(text))}
    others = {text: kind for text in counts if text not in found and (kind := blank_kind(text)) is not None}
    units = {match[2].strip() for match in found.values()}
    if not found or len(found) + len(others) < len(counts) or len(units) != 1:
        return None
    codes = sorted(int(match[1]) for match in found.values())
    if codes[0] < 0 or codes[-1] > _HIGHEST_CODE:
        return None
    [unit] = units
    ends = _ends(codes[0], codes[-1])
    blanks = {BLANK_CODES[kind]: _blank(kind, text) for text, kind in others.items()}
    doubts = (Note("scale_ends", {"low": ends[0], "high": ends[1], "seen": _range(codes)}),)
    scale = Scale(ends=ends, unit=Text(zh=unit, en=unit), blanks=blanks)
    return Guess("scale", scale, evidence=seen, doubts=doubts)
