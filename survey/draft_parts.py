"""The questions of an export, each with the columns it stands in and what its answers look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from survey.cells import CellValue, column_letters, raw_text
from survey.draft_values import Guess, Looks, Note, guess, shown_counts
from survey.layouts.export import Export, ExportColumn
from survey.mapping import is_contact
from survey.platform_cells import PlatformCells
from survey.questions import Category, ChoiceQuestion, Column, ColumnKind, OpenQuestion, Option, Scale, Text
from survey.wording import matching, plain

_LABEL = {"zh": 12, "en": 26}
_COLUMN_KINDS: Mapping[str, ColumnKind] = {"category": "category", "number": "number", "date": "date"}
_RESERVED = frozenset({"respondent", "overall_satisfaction"})


@dataclass(frozen=True, slots=True)
class Part:
    """One question as it is drafted; ``looks`` is what its answers look like, or that it names a person."""

    id: str
    text: Text
    label: Text
    columns: tuple[int, ...]
    looks: Looks | Literal["contact"]
    scale: Scale | None = None
    options: tuple[str, ...] = ()
    open_options: frozenset[str] = frozenset()
    evidence: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()

    def column(self) -> Column:
        """Return the question as a fact about the respondent."""
        categories = tuple(
            Category(value=option, label=_both(option), open=option in self.open_options)
            for option in self.options
        )
        kind = _COLUMN_KINDS[self.looks]
        return Column(
            id=self.id, label=self.label, text=self.text, kind=kind, categories=categories, optional=True
        )

    def open_question(self) -> OpenQuestion:
        """Return the question as one answered in words."""
        return OpenQuestion(id=self.id, text=self.text, label=self.label)

    def choice(self) -> ChoiceQuestion:
        """Return the question as a multiple choice or a ranking."""
        options = tuple(
            Option(code=code, label=_both(option), open=option in self.open_options)
            for code, option in enumerate(self.options, start=1)
        )
        kind: Literal["multiple", "ranking"] = "ranking" if self.looks == "ranking" else "multiple"
        return ChoiceQuestion(id=self.id, text=self.text, label=self.label, kind=kind, options=options)


def drafted_parts(export: Export, cells: Mapping[int, Sequence[CellValue | None]]) -> tuple[Part, ...]:
    """Return the questions of an export in their order; texts and ids are unique."""
    parts: list[Part] = []
    for group in _groups(export):
        found = _options(group, export, cells) or _with_typed(group, export, cells)
        parts += [found] if found is not None else [_single(column, export, cells) for column in group]
    return tuple(_unique(parts))


def _groups(export: Export) -> list[list[ExportColumn]]:
    """Return the question columns, those of one question together."""
    groups: dict[object, list[ExportColumn]] = {}
    for column in export.columns:
        if column.role == "question":
            groups.setdefault(column.question or column.column, []).append(column)
    return list(groups.values())


def _both(text: str) -> Text:
    return Text(zh=text, en=text)


# -- one column ------------------------------------------------------------------------------------


def _single(column: ExportColumn, export: Export, cells: Mapping[int, Sequence[CellValue | None]]) -> Part:
    wording = _wording(column)
    found: Guess = guess(cells[column.column], export.dialect)
    # 手机价格 has the word for a phone and a few prices; a column of phones has no few values.
    if found.looks in ("open", "number", "empty") and (is_contact(column.header) or is_contact(wording)):
        return Part("", _both(wording), _label(wording), (column.column,), "contact")
    return Part(
        _id(column),
        _both(wording),
        _label(column.part or wording),
        (column.column,),
        found.looks,
        found.scale,
        found.options,
        found.open_options,
        found.evidence,
        found.doubts,
    )


def _wording(column: ExportColumn) -> str:
    stem = next((stem for stem in column.stems if not _is_code(stem)), None)
    if column.part is not None and stem is not None:
        return plain(f"{stem} — {column.part}")
    names = [name for name in column.names if not _is_code(name)]
    wording = plain(next(iter(names or column.names), column.header)) or plain(column.header)
    return wording or column_letters(column.column)


def _is_code(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{1,4}[0-9_]+|第\d+题", text) is not None


def _label(wording: str) -> Text:
    limit = _LABEL["en" if wording.isascii() else "zh"]
    return _both(wording if len(wording) <= limit else wording[: limit - 1] + "…")


def _id(column: ExportColumn) -> str:
    """Return an id: the platform's code of the question where it is one, else its number."""
    key = re.sub(r"\W+", "_", column.key or "", flags=re.ASCII).strip("_")
    number = re.match(r"(?:第\s*)?(\d{1,3})", column.header)
    if key and re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII):
        return key
    return f"q{number[1]}" if number else f"c{column.column}"


def _with_typed(
    group: Sequence[ExportColumn], export: Export, cells: Mapping[int, Sequence[CellValue | None]]
) -> Part | None:
    """Return a question with one answer beside which something may be typed, in a column of its own."""
    own = [column for column in group if not column.typed]
    if len(own) != 1 or len(group) < 2:
        return None
    part = _single(own[0], export, cells)
    if part.looks != "category":
        return None
    typed = [plain(column.part) for column in group if column.part is not None and column.typed]
    forms = {matching(option): option for option in part.options}
    open_ = {forms.get(matching(option), option) for option in typed} or {part.options[-1]}
    options = tuple(dict.fromkeys((*part.options, *sorted(open_))))
    return replace(
        part, options=options, open_options=frozenset(open_), columns=tuple(column.column for column in group)
    )


# -- several columns of one question ---------------------------------------------------------------


def _options(
    group: Sequence[ExportColumn], export: Export, cells: Mapping[int, Sequence[CellValue | None]]
) -> Part | None:
    """Return the choice question whose options have a column each, or ``None`` where they are questions."""
    options = [column for column in group if column.part is not None and not column.typed]
    if len(options) < 2 or len({matching(str(column.part)) for column in options}) < len(options):
        return None
    platform = PlatformCells(export.dialect)
    values = {column.column: _answers(cells[column.column], platform) for column in options}
    everything = {raw for found in values.values() for raw in found}
    if not everything:
        return None
    if all(_is_mark(platform, column, raw) for column in options for raw in values[column.column]):
        looks: Looks = "multiple"
    elif _ranks(values.values(), len(options)):
        looks = "ranking"
    else:
        return None
    first = options[0]
    stem = plain(next((stem for stem in first.stems if not _is_code(stem)), first.header))
    typed = dict.fromkeys(plain(column.part) for column in group if column.typed and column.part is not None)
    known = {matching(plain(str(column.part))): plain(str(column.part)) for column in options}
    open_ = [known.get(matching(part), part) for part in typed]
    counts = {str(column.part): _chosen(platform, values[column.column], looks) for column in options}
    seen = Note("seen", {"values": shown_counts(counts), "n": _people(values.values()), "blank": 0})
    return Part(
        _id(replace(first, key=None)),
        _both(stem),
        _label(stem),
        tuple(column.column for column in group),
        looks,
        None,
        tuple(dict.fromkeys((*known.values(), *open_))),
        frozenset(open_),
        (seen,),
        (Note("options_by_column", {"n": len(options)}),),
    )


def _answers(raw: Sequence[CellValue | None], cells: PlatformCells) -> list[CellValue]:
    return [cell for cell in raw if cell is not None and plain(raw_text(cell)) and cells.blank(cell) is None]


def _is_mark(cells: PlatformCells, column: ExportColumn, cell: CellValue) -> bool:
    if cells.chosen(cell) is not None:
        return True
    option = cells.dialect.unmarked(cells.typed(plain(raw_text(cell))).option)
    return matching(option) == matching(cells.dialect.unmarked(str(column.part)))


def _ranks(values: Iterable[Sequence[CellValue]], n: int) -> bool:
    found = [raw_text(cell) for column in values for cell in column]
    return all(text.isascii() and text.isdigit() and 0 <= int(text) <= n for text in found) and "2" in found


def _chosen(cells: PlatformCells, values: Sequence[CellValue], looks: str) -> int:
    if looks == "ranking":
        return sum(raw_text(cell) == "1" for cell in values)
    return sum(cells.chosen(cell) is not False for cell in values)


def _people(values: Iterable[Sequence[CellValue]]) -> int:
    return max(len(column) for column in values)


# -- names -----------------------------------------------------------------------------------------


def _unique(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with ids, wordings and labels that no other part has."""
    ids: set[str] = {name.casefold() for name in _RESERVED}
    forms: set[str] = set(ids)
    named = []
    for part in parts:
        base, id_, n = part.id or "q", part.id or "q", 1
        while id_.casefold() in ids:
            n += 1
            id_ = f"{base}_{n}"
        ids.add(id_.casefold())
        text = _free(part.text.zh, forms)
        forms.add(matching(text))
        label = part.label.zh if matching(part.label.zh) == matching(text) else _free(part.label.zh, forms)
        forms |= {matching(label), matching(id_)}
        named.append(replace(part, id=id_, text=_both(text), label=_both(label)))
    return named


def _free(wording: str, forms: set[str]) -> str:
    if matching(wording) not in forms:
        return wording
    n = 2
    while matching(f"{wording} ({n})") in forms:
        n += 1
    return f"{wording} ({n})"
