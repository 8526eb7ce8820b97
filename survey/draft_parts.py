"""The questions of an export, each with the columns it stands in and what its answers look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from survey.cells import CellValue, raw_text
from survey.draft_names import STEM_LOST, both, id_of, is_code, short, stem_lost, stem_text, wording_of
from survey.draft_notes import Note, seen, seen_words
from survey.draft_order import is_other
from survey.draft_people import Identity, identity
from survey.draft_scales import DraftedScale, of_words, widest
from survey.draft_values import Looks, given, guess
from survey.layouts.export import Export, ExportColumn
from survey.layouts.question_headers import neat
from survey.platform_cells import PlatformCells
from survey.questions import Category, ChoiceQuestion, Column, ColumnKind, OpenQuestion, Option, Text
from survey.wording import matching, plain

_COLUMN_KINDS: Mapping[str, ColumnKind] = {
    **{"category": "category", "number": "number", "date": "date"},
    "key": "key",
}
_RESERVED = ("respondent", "index")
STAND_IN = "overall_satisfaction"
STAND_IN_WORDINGS = (
    Text(zh="总体而言，您对我们满意吗？", en="Overall, how satisfied are you with us?"),
    Text(zh="总体满意度", en="Satisfaction"),
)
"""Id of the item that stands in where an export asks nothing that looks like satisfaction."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question as it is drafted; ``looks`` is what answers look like, or what of a person they are."""

    id: str
    text: Text
    label: Text
    columns: tuple[int, ...]
    looks: Looks | Identity
    scale: DraftedScale | None = None
    options: tuple[str, ...] = ()
    open_options: frozenset[str] = frozenset()
    evidence: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()
    matrix: str | None = None  # what the rows of one matrix share

    def column(self) -> Column:
        """Return the question as a fact about the respondent."""
        categories = tuple(
            Category(value=option, label=both(option), open=option in self.open_options)
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
            Option(code=code, label=both(option), open=option in self.open_options)
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
    return tuple(_unique(_sharing_scales(parts)))


def _groups(export: Export) -> list[list[ExportColumn]]:
    """Return the question columns, those of one question together."""
    groups: dict[object, list[ExportColumn]] = {}
    for column in export.columns:
        if column.role == "question":
            groups.setdefault(column.question or column.column, []).append(column)
    return list(groups.values())


# -- one column ------------------------------------------------------------------------------------


def _single(column: ExportColumn, export: Export, cells: Mapping[int, Sequence[CellValue | None]]) -> Part:
    wording = wording_of(column)
    found = guess(cells[column.column], export.dialect, plain(wording))
    values = given(cells[column.column], PlatformCells(export.dialect))
    headers = (column.header, wording, *filter(None, [column.part]))
    if (person := identity(headers, values, found.looks)) is not None:
        return _of_person(column, wording, person, cells[column.column], values)
    return Part(
        id_of(column),
        both(wording),
        short(neat(column.part) if column.part else wording),
        (column.column,),
        found.looks,
        found.scale,
        found.options,
        found.open_options,
        found.evidence,
        (*found.doubts, *stem_lost(column)),
        column.question if column.part is not None else None,
    )


def _of_person(
    column: ExportColumn,
    wording: str,
    person: Identity,
    cells: Sequence[CellValue | None],
    values: Sequence[CellValue],
) -> Part:
    """Return a column that says who answered: a key is kept, the others only named; no value is quoted."""
    label = short(neat(column.part) if column.part else wording)
    if person != "key":
        return Part("", both(wording), label, (column.column,), person)
    counts = Counter(map(raw_text, values))
    evidence = (seen_words(counts, len(values), len(cells) - len(values)),)
    return Part(
        id_of(column),
        both(wording),
        label,
        (column.column,),
        person,
        evidence=evidence,
        doubts=(Note("identifier"),),
    )


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
    forms = {matching(option): option for option in part.options}
    named = [plain(column.part) for column in group if column.part is not None and column.typed]
    open_ = {forms.get(matching(option), option) for option in named} or _written_beside(part, group, cells)
    options = tuple(dict.fromkeys((*part.options, *sorted(open_))))
    return replace(
        part, options=options, open_options=frozenset(open_), columns=tuple(column.column for column in group)
    )


def _written_beside(
    part: Part, group: Sequence[ExportColumn], cells: Mapping[int, Sequence[CellValue | None]]
) -> set[str]:
    """Return the options beside which somebody wrote, else the one for all that is not listed."""
    [own] = [cells[column.column] for column in group if not column.typed]
    beside = [cells[column.column] for column in group if column.typed]
    forms = {matching(option): option for option in part.options}
    chosen = (raw for raw, *typed in zip(own, *beside, strict=True) if raw is not None and any(typed))
    written = {forms[form] for raw in chosen if (form := matching(raw_text(raw))) in forms}
    return written or set(filter(is_other, part.options)) or {part.options[-1]}


# -- several columns of one question ---------------------------------------------------------------


def _options(
    group: Sequence[ExportColumn], export: Export, cells: Mapping[int, Sequence[CellValue | None]]
) -> Part | None:
    """Return the choice question whose options have a column each, or ``None`` where they are questions."""
    options = [column for column in group if column.part is not None and not column.typed]
    if len(options) < 2 or len({matching(str(column.part)) for column in options}) < len(options):
        return None
    platform = PlatformCells(export.dialect)
    values = {column.column: given(cells[column.column], platform) for column in options}
    everything = {raw for found in values.values() for raw in found}
    if not everything:
        return None
    if all(_is_mark(platform, column, raw) for column in options for raw in values[column.column]):
        looks: Looks = "multiple"
    elif _ranks(values.values(), len(options)):
        looks = "ranking"
    else:
        return None
    return _choice(group, options, looks, cells, platform)


def _choice(
    group: Sequence[ExportColumn],
    options: Sequence[ExportColumn],
    looks: Looks,
    cells: Mapping[int, Sequence[CellValue | None]],
    platform: PlatformCells,
) -> Part:
    first = options[0]
    stem = stem_text(next((stem for stem in (*first.stems, first.header) if not is_code(stem)), first.header))
    lost = stem_lost(first)
    stem = next(filter(STEM_LOST.fullmatch, first.stems), stem) if lost else stem
    typed = dict.fromkeys(plain(column.part) for column in group if column.typed and column.part is not None)
    known = {matching(plain(str(column.part))): plain(str(column.part)) for column in options}
    open_ = [known.get(matching(part), part) for part in typed]
    counts = {
        plain(str(column.part)): _chosen(platform, given(cells[column.column], platform), looks)
        for column in options
    }
    rows = list(zip(*(cells[column.column] for column in options), strict=True))
    people = sum(_answered(row, platform) for row in rows)
    return Part(
        id_of(replace(first, key=f"{first.question}(")),
        both(stem),
        short(stem),
        tuple(column.column for column in group),
        looks,
        None,
        tuple(dict.fromkeys((*known.values(), *open_))),
        frozenset(open_),
        (seen(counts, people, len(rows) - people),),
        (Note("options_by_column", {"n": len(options)}), *lost),
    )


def _answered(row: Sequence[CellValue | None], platform: PlatformCells) -> bool:
    """Return whether somebody answered: an option left blank or unmarked is an answer only beside others."""
    return any(platform.chosen(cell) is not False for cell in given(row, platform))


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


# -- scales that several questions share ------------------------------------------------------------


def _sharing_scales(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with their scales in the words of all, and one scale for the rows of a matrix.

    A step that nobody chose in one question is worded as in the others. Rows of a matrix have the same
    columns on the form, whatever was chosen in each.
    """
    words: dict[object, tuple[str, ...]] = {}
    for part in parts:
        if part.scale is not None and part.scale.meaning is not None:
            words[part.scale.meaning] = (*words.get(part.scale.meaning, ()), *part.scale.words)
    alike = [_worded_alike(part, words) for part in parts]
    rows: dict[tuple[str, object], list[DraftedScale]] = {}
    for part in alike:
        if part.scale is not None and part.matrix is not None:
            rows.setdefault((part.matrix, part.scale.meaning), []).append(part.scale)
    return [
        _with_scale(part, widest(part.scale, rows[key]))
        if part.scale is not None and (key := (part.matrix or "", part.scale.meaning)) in rows
        else part
        for part in alike
    ]


def _with_scale(part: Part, scale: DraftedScale) -> Part:
    """Return a part with another scale, and what is doubtful about that one."""
    before = part.scale.doubts if part.scale is not None else ()
    others = tuple(note for note in part.doubts if note not in before)
    return replace(part, scale=scale, doubts=(*scale.doubts, *others))


def _worded_alike(part: Part, words: Mapping[object, tuple[str, ...]]) -> Part:
    if part.scale is None or part.scale.meaning is None:
        return part
    return _with_scale(part, of_words(part.scale.words, words[part.scale.meaning]) or part.scale)


# -- names -----------------------------------------------------------------------------------------


def _unique(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with ids, wordings and labels that no other part has."""
    ids = {*_RESERVED}
    forms: set[str] = set()
    if not any(part.scale for part in parts):
        ids.add(STAND_IN)
        forms |= {matching(wording) for text in STAND_IN_WORDINGS for wording in (text.zh, text.en)}
    forms |= ids
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
        named.append(replace(part, id=id_, text=both(text), label=both(label)))
    return named


def _free(wording: str, forms: set[str]) -> str:
    if matching(wording) not in forms:
        return wording
    n = 2
    while matching(f"{wording} ({n})") in forms:
        n += 1
    return f"{wording} ({n})"
