"""What the values of a column look like: a scale, options, a number, a day, or somebody's own words.

A guess comes with its evidence, and everything guessed is for a person to confirm. Nothing here decides what
an answer means in an import.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from survey.cells import CellValue, raw_text
from survey.draft_notes import Note, seen, seen_words
from survey.draft_order import as_listed, naturally
from survey.draft_scales import DraftedScale, of_numbers, of_units, of_words
from survey.facts import day_of
from survey.layouts.export import Dialect
from survey.layouts.moments import moment_of
from survey.platform_cells import PlatformCells
from survey.wording import number_in, plain

Looks = Literal["scale", "category", "multiple", "ranking", "number", "date", "open", "empty"]

_MOST_CATEGORIES = 40
_LONGEST_CATEGORY = 60
_MOST_OPTIONS = 400
_LONGEST_OPTION = 20
_HAND_MARKS = ("┋", "|", ";", "、", ",")
_POSITIONS = re.compile(r"\d{1,2}(?:,\d{1,2})*", re.ASCII)
_ENOUGH = 20  # answers; below, two codes may well be those of a scale that few people used
# What asks for people's own words, even where the first of them all wrote 无.
_ASKS_FOR_WORDS = re.compile(
    r"建议|留言|备注|comments?\b|suggestions?\b|remarks?\b|feedback\b", re.IGNORECASE
)
_ASKS_FOR_FACTS = re.compile(
    r"性别|年龄|学历|教育程度|婚姻|职业|职务|岗位|行业|收入|地区|城市|省份|部门|工龄"
    r"|\b(?:gender|sex|age|education|occupation|income|industry|region|department|country|city)\b",
    re.IGNORECASE,
)
_ASKS_FOR_A_VIEW = re.compile(r"满意|评价|评分|认为|同意|推荐|satisf|rate\b|agree|recommend", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for.

    ``scale`` belongs to a scale; ``options`` to categories, a multiple choice or a ranking, in the order in
    which a form would list them, those of ``open_options`` with something typed beside them. ``evidence``
    says what was seen, ``doubts`` what a person has to confirm.
    """

    looks: Looks
    scale: DraftedScale | None = None
    options: tuple[str, ...] = ()
    open_options: frozenset[str] = frozenset()
    evidence: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()


def guess(raw: Sequence[CellValue | None], dialect: Dialect, header: str = "") -> Guess:
    """Return what the values of one column, (n,) with ``None`` for blank cells, look like.

    ``header`` is what was asked: it may name the ends of a scale, or ask for facts or for words.
    """
    cells = PlatformCells(dialect)
    # A column of many rows holds few different cells, and each is looked at once.
    held = Counter((type(cell), cell) for cell in raw if cell is not None)
    answers = {key: held[key] for key in held if given([key[1]], cells)}
    if not answers:
        return Guess("empty", doubts=(Note("empty"),))
    counts, numbers = Counter[str](), Counter[float]()
    for (_, cell), n in answers.items():
        counts[plain(raw_text(cell))] += n
    total = counts.total()
    evidence = (seen(counts, total, len(raw) - total),)
    if all(isinstance(cell, datetime) or _is_day(cell, dialect) for _, cell in answers):
        return Guess("date", evidence=evidence)
    for (_, cell), n in answers.items():
        if (number := _number(cell)) is not None:
            numbers[number] += n
    if numbers.total() == total:
        return _of_numbers(numbers, header, evidence)
    found = _of_texts(counts, cells, header, evidence)
    if found.looks == "open":
        return Guess("open", evidence=(seen_words(counts, total, len(raw) - total),))
    return found


def given(raw: Sequence[CellValue | None], cells: PlatformCells) -> list[CellValue]:
    """Return the cells that hold an answer."""
    return [cell for cell in raw if cell is not None and plain(raw_text(cell)) and cells.blank(cell) is None]


def _is_day(cell: CellValue, dialect: Dialect) -> bool:
    if not isinstance(cell, str):
        return False
    return (day_of(plain(cell)) or moment_of(cell, month_first=dialect.month_first)) is not None


def _number(cell: CellValue) -> float | None:
    number = number_in(plain(cell)) if isinstance(cell, str) else cell
    return number if isinstance(number, (int, float)) and not isinstance(number, bool) else None


def _of_numbers(numbers: Counter[float], header: str, evidence: tuple[Note, ...]) -> Guess:
    scale = of_numbers(numbers, header)
    if scale is None:
        return Guess("number", evidence=evidence)
    if _are_categories(numbers, header):
        options = tuple(f"{number:g}" for number in sorted(numbers))
        return Guess(
            "category", None, options, evidence=evidence, doubts=(Note("coded", {"n": len(options)}),)
        )
    return Guess("scale", scale, evidence=evidence, doubts=scale.doubts)


def _are_categories(numbers: Counter[float], header: str) -> bool:
    """Return whether codes rather number a list: facts are asked, or 1 and 2 stand for yes and no."""
    if _ASKS_FOR_A_VIEW.search(header):
        return False
    return bool(_ASKS_FOR_FACTS.search(header)) or (len(numbers) == 2 and numbers.total() >= _ENOUGH)


# -- texts -----------------------------------------------------------------------------------------


def _of_texts(counts: Counter[str], cells: PlatformCells, header: str, evidence: tuple[Note, ...]) -> Guess:
    dialect = cells.dialect
    for looks, marks in (("ranking", dialect.ranks), ("multiple", dialect.joins)):
        joined = [mark for mark in marks if mark.strip() and any(mark in text for text in counts)]
        if joined and (looks == "multiple" or "→" in joined):
            return _joined("ranking" if looks == "ranking" else "multiple", counts, joined, cells, evidence)
        if joined and (numbered := _numbered(counts, evidence)) is not None:
            return numbered
    if not dialect.joins and (by_hand := _by_hand(counts, cells, evidence)) is not None:
        return by_hand
    bare, typed = _bare(counts, cells)
    if not typed and (scale := of_words(bare) or of_units(bare, header)) is not None:
        return Guess("scale", scale, evidence=evidence, doubts=scale.doubts)
    listed = _repeat(bare) and (len(bare) > 1 or _ASKS_FOR_FACTS.search(header))
    if typed or (listed and not _ASKS_FOR_WORDS.search(header)):
        yes_or_no = {option.casefold() for option in bare} in ({"是", "否"}, {"yes", "no"})
        doubts = (Note("yes_or_no") if yes_or_no else Note("categories", {"n": len(bare)}),)
        shown = (seen(bare, bare.total(), evidence[0].values["blank"]),)
        return Guess("category", None, naturally(bare), frozenset(typed), shown, doubts)
    return Guess("open")


def _bare(counts: Counter[str], cells: PlatformCells) -> tuple[Counter[str], set[str]]:
    """Return how often each option was chosen, and those beside which something was typed."""
    bare = Counter[str]()
    typed = set()
    for text, n in counts.items():
        option, beside = cells.typed(text)
        option = cells.dialect.unmarked(option)
        bare[option] += n
        if beside:
            typed.add(option)
    return bare, typed


def _repeat(counts: Counter[str]) -> bool:
    """Return whether texts repeat as those of a list do: few of them, short, and most not only once."""
    total, once = counts.total(), sum(n == 1 for n in counts.values())
    few = len(counts) < total and len(counts) <= min(_MOST_CATEGORIES, max(2, total // 2))
    return few and 2 * once <= len(counts) and max(map(len, counts)) <= _LONGEST_CATEGORY


def _numbered(counts: Counter[str], evidence: tuple[Note, ...]) -> Guess | None:
    """Return a question whose options are numbered: ``1,3`` as the form lists them, ``3,1,2`` ranked."""
    if not all(_POSITIONS.fullmatch(text) for text in counts):
        return None
    rows = [[int(number) for number in text.split(",")] for text in counts]
    most = max(map(max, rows))
    if min(map(min, rows)) < 1 or most > _MOST_CATEGORIES or any(len(set(row)) < len(row) for row in rows):
        return None
    looks: Looks = "multiple" if all(row == sorted(row) for row in rows) else "ranking"
    options = tuple(str(number) for number in range(1, most + 1))
    return Guess(looks, None, options, evidence=evidence, doubts=(Note("options_coded", {"n": most}),))


def _by_hand(counts: Counter[str], cells: PlatformCells, evidence: tuple[Note, ...]) -> Guess | None:
    """Return the multiple choice of a table that no platform wrote: ``电话、短信`` beside ``电话``.

    Its options are fewer than the ways in which they stand together, and each is short and chosen repeatedly.
    """
    for mark in _HAND_MARKS:
        if not any(mark in text for text in counts):
            continue
        found = _joined("multiple", counts, [mark], cells, evidence)
        often = Counter(plain(piece) for text in counts for piece in text.split(mark) if plain(piece))
        repeat = min(often.values()) > 1 and len(often) < len(counts)
        if found.options and repeat and max(map(len, often)) <= _LONGEST_OPTION:
            return found
    return None


def _joined(
    looks: Literal["multiple", "ranking"],
    counts: Counter[str],
    marks: Sequence[str],
    cells: PlatformCells,
    evidence: tuple[Note, ...],
) -> Guess:
    pattern = re.compile("|".join(map(re.escape, marks)))
    rows: list[list[str]] = []
    typed = set()
    for text, n in counts.items():
        pieces = [cells.typed(piece) for piece in pattern.split(text)]
        typed |= {plain(piece.option) for piece in pieces if piece.text and plain(piece.option)}
        rows += [[option for piece in pieces if (option := plain(piece.option))]] * n
    options = Counter(option for row in rows for option in row)
    if len(options) < 2 or len(options) > _MOST_OPTIONS:
        return Guess("open")
    # Preferences stand in the order of each person, options chosen in that of the form.
    listed = naturally(options) if looks == "ranking" else as_listed(rows)
    doubts = (Note("options", {"n": len(options), "mark": " ".join(marks)}),)
    shown = seen(options, len(rows), evidence[0].values["blank"])
    return Guess(looks, None, listed, frozenset(typed), (shown,), doubts)
