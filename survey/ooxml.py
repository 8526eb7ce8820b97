"""The book around the sheets of an .xlsx file: which sheets there are, shared texts, date styles.

Styles answer one question only, whether a number is a date; fonts, fills and borders are never read.
A broken styles part therefore costs the dates and not the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from survey.archive import Archive, BrokenPart, refusal
from survey.cells import Range, Row
from survey.errors import Place, Problem
from survey.runs import Run, one_by_one
from survey.shared_text import TextCounter, shared_texts
from survey.sheet_parser import SheetFacts, merged_ranges, sheet_runs

Visibility = Literal["visible", "hidden", "very_hidden"]
_VISIBILITY: dict[str, Visibility] = {"hidden": "hidden", "veryHidden": "very_hidden"}
_DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_NOT_IN_FORMAT = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_MOST_STYLES = 1_000_000
_FEW_ROWS = 100


def is_date_format(code: str) -> bool:
    """Return whether a number format shows a date or time.

    >>> is_date_format('yyyy"年"m"月"'), is_date_format('0.00" days"'), is_date_format('[Red]0')
    (True, False, False)
    """
    return bool(re.search(r"[ymdhs]", _NOT_IN_FORMAT.sub("", code), re.IGNORECASE))


def package_format(archive: Archive) -> Literal["xlsx", "xlsb", "ods"]:
    """Return what kind of workbook an archive is; raises ``ImportProblems`` when it is none."""
    if "[Content_Types].xml" not in archive and "mimetype" in archive and "content.xml" in archive:
        return "ods"
    return "xlsb" if _main_part(archive).casefold().endswith(".bin") else "xlsx"


def _main_part(archive: Archive) -> str:
    if "[Content_Types].xml" in archive:
        for relation in archive.related("").values():
            if relation.type == "officeDocument" and not relation.external and relation.target in archive:
                return relation.target
    raise refusal(archive.file, "workbook_none")


@dataclass
class OoxmlSheet:
    """One worksheet. ``rows`` streams it; ``facts`` are complete once a stream has ended."""

    name: str
    visibility: Visibility
    part: str
    book: OoxmlBook
    facts: SheetFacts = field(default_factory=SheetFacts)
    _kept: tuple[Row, ...] | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold a value, in order."""
        return self._read() if self._kept is None else iter(self._kept)

    def runs(self) -> Iterator[Row | Run]:
        """Yield the same rows, many at once where that is quicker."""
        if self._kept is not None:
            return iter(self._kept)
        self.facts = SheetFacts()
        return sheet_runs(self.book.archive, self.part, self.name, self.book, self.facts)

    def _read(self) -> Iterator[Row]:
        """Read the sheet; few rows are kept, for behind them may be a million empty ones."""
        kept: list[Row] = []
        for row in one_by_one(self.runs()):
            if len(kept) <= _FEW_ROWS:
                kept.append(row)
            yield row
        if len(kept) <= _FEW_ROWS:
            self._kept = tuple(kept)

    def merged(self) -> tuple[Range, ...]:
        """Return the merged ranges, reading the sheet for them if it has not been read yet."""
        if not self.facts.complete:
            return merged_ranges(self.book.archive, self.part)
        return tuple(self.facts.merged)

    def place(self, row: int, cell: str | None) -> Place:
        """Return where ``cell`` stands, for a message."""
        return Place(self.book.archive.file, sheet=self.name, cell=cell)


class OoxmlBook:
    """Sheets and what their cells refer to.

    Raises ``ImportProblems`` when the archive holds no spreadsheet or a sheet has no part.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._warnings: list[Problem] = []
        self._shared_controls = 0
        self.date1904 = False
        self.counter = TextCounter(archive.file, archive.limits)
        self._part = _main_part(archive)
        self._relations = archive.related(self._part)
        self.sheets = self._read_sheets()
        if any("vbaproject" in name for name in archive.names()):
            self._warn("workbook_macros")

    def _warn(self, code: str, **values: object) -> None:
        self._warnings.append(Problem(code, Place(self.archive.file), values, "warning"))

    def warnings(self) -> list[Problem]:
        """Return what should be known about the workbook as far as it has been read."""
        controls = self._shared_controls + sum(sheet.facts.controls for sheet in self.sheets)
        place = Place(self.archive.file)
        dropped = [Problem("workbook_controls", place, {"n": controls}, "warning")] if controls else []
        return [*self._warnings, *dropped]

    def _read_sheets(self) -> tuple[OoxmlSheet, ...]:
        listed: list[tuple[str, str, Visibility]] = []
        elements: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if not elements:
                elements.append(name)
            if name == "workbookPr":
                self.date1904 = attributes.get("date1904") in ("1", "true")
            elif name == "sheet":
                visibility = _VISIBILITY.get(attributes.get("state", ""), "visible")
                listed.append((attributes.get("name", ""), attributes.get("id", ""), visibility))

        self.archive.parse(self._part, start)
        if elements != ["workbook"]:
            raise refusal(self.archive.file, "workbook_none")
        return tuple(self._worksheets(listed))

    def _worksheets(self, listed: list[tuple[str, str, Visibility]]) -> Iterator[OoxmlSheet]:
        for name, link, visibility in listed:
            relation = self._relations.get(link)
            if relation is None or relation.external or relation.target not in self.archive:
                raise refusal(self.archive.file, "workbook_sheet_absent", sheet_name=name)
            if relation.type != "worksheet":
                continue  # a chart sheet or a macro sheet holds no answers
            if visibility == "very_hidden":
                self._warn("workbook_sheet_very_hidden", sheet_name=name)
            else:
                yield OoxmlSheet(name, visibility, relation.target, self)

    def _related_part(self, kind: str) -> str | None:
        for relation in self._relations.values():
            if relation.type == kind and not relation.external and relation.target in self.archive:
                return relation.target
        return None

    @cached_property
    def texts(self) -> list[str] | None:
        """Shared texts by number; ``None`` when the workbook has no such part."""
        part = self._related_part("sharedStrings")
        if part is None:
            return None
        before = self.counter.controls_dropped
        texts = shared_texts(self.archive, part, self.counter)
        self._shared_controls = self.counter.controls_dropped - before
        return texts

    @cached_property
    def date_styles(self) -> frozenset[str]:
        """Numbers of the cell styles that show a date, as they stand in a sheet."""
        part = self._related_part("styles")
        try:
            if part is not None:
                return _date_styles(self.archive, part)
        except BrokenPart:
            pass
        self._warn("workbook_styles")
        return frozenset()


def _date_styles(archive: Archive, part: str) -> frozenset[str]:
    formats: dict[str, str] = {}
    styles: list[str] = []
    in_cell_styles = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal in_cell_styles
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyles", "cellStyleXfs", "dxfs"):
            in_cell_styles = name == "cellXfs"
        elif name == "xf" and in_cell_styles:
            styles.append(attributes.get("numFmtId", ""))
        if max(len(styles), len(formats)) > _MOST_STYLES:
            raise refusal(archive.file, "workbook_limit_styles", limit=_MOST_STYLES)

    archive.parse(part, start)
    return frozenset(str(n) for n, number in enumerate(styles) if _shows_date(number, formats))


def _shows_date(number: str, formats: dict[str, str]) -> bool:
    if number in formats:
        return is_date_format(formats[number])
    return number.isascii() and number.isdigit() and len(number) < 4 and int(number) in _DATE_FORMATS
