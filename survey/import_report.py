"""What an import did, in numbers that reconcile: every row of the file is accounted for.

Rows of the file are imported, refused, set aside for a reason, empty, or without any answer; cells that had
to be changed to be read are counted by column; columns and sheets that were left out are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from survey.errors import Problem
from survey.language import Language, catalogue

KnownBy = Literal["column", "platform", "row"]


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column that was read: its letters and header, what it holds, and what was changed or blank.

    ``changes`` counts cells by change (``tidied``, ``wording``, ``unit``, ``spaces``, ``platform``,
    ``position``, ``options``, ``date``), ``blanks`` by kind of blank. ``how`` says by what the column was
    recognised: the ``study``, a person (``decided``, ``accepted``), an ``earlier`` import.
    ``key`` is the platform's own id of the column.
    """

    column: str
    header: str
    target: str
    kind: str
    changes: Mapping[str, int]
    blanks: Mapping[str, int]
    how: str = "study"
    key: str | None = None

    def with_blanks(self, blanks: Mapping[str, int]) -> ColumnReport:
        """Return the account with its blanks counted."""
        return replace(self, blanks=blanks)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column that was not read. ``contact`` marks one that seemed to hold contact details."""

    column: str
    header: str
    contact: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The account of one import.

    ``rows`` are the rows below the header down to the last one with a value in a column that is read.
    ``aside`` counts rows that are nobody's answers, or not to count, by reason: ``preview``, ``test``,
    ``spam``, ``repeated``, ``hidden``. ``marked`` counts imported rows that the platform calls ``partial`` or
    ``invalid``. ``hidden_rows`` were imported like the others. ``refused`` are the numbers of rows that were
    left out because something in them is wrong. ``numbers`` says what numbers on scales were taken for, where
    they could be positions of options: ``codes``, ``low-first`` or ``high-first``. ``paradata`` gives the
    header of the column from which each note of the platform was taken (``submitted``, ``seconds``, …).
    ``known_by`` says what told respondents apart: the ``column`` of the study, what the ``platform`` knows of
    an answer, or the ``row``.
    """

    file: str
    sha256: str
    format: str
    encoding: str | None
    sheet: str
    header_row: int
    rows: int
    imported: int
    empty_rows: int
    without_answers: tuple[int, ...]
    hidden_rows: int
    columns: tuple[ColumnReport, ...]
    left_out: tuple[LeftOut, ...]
    sheets_left_out: tuple[str, ...]
    warnings: tuple[Problem, ...]
    layout: str = "plain"
    refused: tuple[int, ...] = ()
    aside: Mapping[str, int] = field(default_factory=dict)
    marked: Mapping[str, int] = field(default_factory=dict)
    numbers: str | None = None
    paradata: Mapping[str, str] = field(default_factory=dict)
    known_by: KnownBy = "column"

    @property
    def reconciles(self) -> bool:
        """Whether every row of the file is accounted for."""
        left = len(self.refused) + sum(self.aside.values()) + self.empty_rows + len(self.without_answers)
        return self.rows == self.imported + left

    @property
    def blanks(self) -> dict[str, int]:
        """Cells of items without an answer, by kind of blank, over all items."""
        return _sum(column.blanks for column in self.columns if column.kind == "item")

    @property
    def changes(self) -> dict[str, int]:
        """Cells that were changed to be read, by change, over all columns."""
        return _sum(column.changes for column in self.columns)

    def document(self) -> dict[str, Any]:
        """Return the report as plain values; warnings give code, place and English text."""
        plain = asdict(self)
        plain["warnings"] = [
            {"code": warning.code, "place": str(warning.place), "text": warning.message("en")}
            for warning in self.warnings
        ]
        return plain | {"blanks": self.blanks, "changes": self.changes}

    def lines(self, language: Language) -> list[str]:
        """Return the report as sentences, warnings not included."""
        text = catalogue("survey")
        counts = {"rows": self.rows, "imported": self.imported, "header": self.header_row}
        headed = "import.rows" if self.header_row else "import.rows_named"
        lines = [text(headed, language, sheet=self.sheet or self.file, **counts)]
        if self.layout != "plain":
            lines.insert(0, text("import.layout", language, layout=text(f"layout.{self.layout}", language)))
        if self.numbers:
            lines.append(text(f"import.numbers.{self.numbers}", language))
        if self.paradata:
            named = [
                text(f"import.paradata.{name}", language) + f" “{h}”" for name, h in self.paradata.items()
            ]
            lines.append(text("import.paradata", language, names=" · ".join(named)))
        if self.encoding:
            lines.append(text("import.encoding", language, encoding=self.encoding))
        if self.empty_rows:
            lines.append(text("import.empty_rows", language, n=self.empty_rows))
        if self.without_answers:
            lines.append(text("import.without_answers", language, n=len(self.without_answers)))
        if self.refused:
            lines.append(text("import.refused", language, n=len(self.refused)))
        lines += [text(f"import.aside.{why}", language, n=n) for why, n in self.aside.items() if n]
        lines += [text(f"import.marked.{why}", language, n=n) for why, n in self.marked.items() if n]
        for change, n in self.changes.items():
            counts_by_column = [
                f"{column.column} {column.changes[change]}"
                for column in self.columns
                if change in column.changes
            ]
            columns = " · ".join(counts_by_column)
            lines.append(text(f"import.change.{change}", language, n=n, columns=columns))
        if self.blanks:
            named = [text(f"blank.{kind}", language) + f" {n}" for kind, n in sorted(self.blanks.items())]
            lines.append(text("import.blanks", language, kinds=" · ".join(named)))
        return lines + self._omissions(language)

    def _omissions(self, language: Language) -> list[str]:
        text = catalogue("survey")
        lines = []
        for key, contact in (("import.contacts_left_out", True), ("import.columns_left_out", False)):
            if names := [f"{c.column} “{c.header}”" for c in self.left_out if c.contact is contact]:
                lines.append(text(key, language, n=len(names), names=" · ".join(names)))
        if self.sheets_left_out:
            lines.append(text("import.sheets_left_out", language, names=" · ".join(self.sheets_left_out)))
        return lines


def _sum(counts: Any) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in counts:
        for name, n in part.items():
            total[name] = total.get(name, 0) + n
    return total
