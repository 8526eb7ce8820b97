"""The listing of problems that goes into a workbook, as words and figures; how it is told from answers.

It is made where the catalogues are and drawn where openpyxl is, possibly in another process, so it turns
into JSON and back. Both languages stand side by side: who corrects a workbook is often not who imports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Literal, Self

from survey.cells import Row, raw_text
from survey.errors import ImportProblems, Place, Problem, Severity
from survey.language import LANGUAGES, Language, catalogue
from survey.listing import ProblemGroup, group_problems
from survey.workbook import Sheet

PROBLEM_SHEET = "问题清单 Problems"
MOST_GROUPS = 1_000

CopyKind = Literal["copy", "rebuilt", "part", "list"]

_MARK = "csat 问题清单 Problems"
_FOR_READING = "csat 问题清单 Problems (仅供查看 for reading)"
_SPANS_SHOWN = 12
_VALUES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """One row of the listing: what one repair settles.

    ``texts`` are what is wrong and what to do, in the reader's language and then in the other one.
    ``sheet`` and ``link`` are where a click leads, the latter empty where it leads nowhere; ``cells`` are
    the places where there are several.
    """

    severity: Severity
    level: str
    sheet: str
    link: str
    count: int
    cells: str
    values: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemList:
    """The listing: a title by which it is known again, notes, headings of the columns, and rows."""

    title: str
    notes: tuple[str, ...]
    headings: tuple[str, ...]
    groups: tuple[ListedGroup, ...]

    def document(self) -> dict[str, Any]:
        """Return the listing as JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the listing that ``document`` was made from."""
        groups = tuple(
            ListedGroup(**group | {"texts": tuple(group["texts"])}) for group in document["groups"]
        )
        notes, headings = tuple(document["notes"]), tuple(document["headings"])
        return cls(document["title"], notes, headings, groups)


def problem_list(
    file: str,
    problems: Sequence[Problem],
    language: Language,
    kind: CopyKind,
    titles: Mapping[str, str],
    extra: Iterable[Mapping[Language, str]] = (),
) -> ProblemList:
    """Return the listing of ``problems``.

    Parameters
    ----------
    file : the name of the user's own file.
    language : of the reader; it comes first.
    kind : what the workbook is that the listing stands in.
    titles : names of sheets as problems give them -> as they are in that workbook.
    extra : further notes, by language.
    """
    groups = group_problems(problems)
    order = (language, *(other for other in LANGUAGES if other != language))
    notes = [_note(file, problems, kind, spoken, len(groups)) for spoken in order]
    for note in extra:
        notes = [f"{line} {note[spoken]}" for line, spoken in zip(notes, order, strict=True)]
    mark = _FOR_READING if kind == "part" else _MARK
    listed = tuple(_listed(group, order, titles) for group in groups[:MOST_GROUPS])
    return ProblemList(f"{mark} · {file}", tuple(notes), _headings(order), listed)


def _note(file: str, problems: Sequence[Problem], kind: CopyKind, language: Language, groups: int) -> str:
    text = catalogue("survey")
    errors = sum(problem.severity == "error" for problem in problems)
    counts = {"errors": errors, "warnings": len(problems) - errors}
    notes = [text("annotate.counts", language, **counts), text(f"annotate.use.{kind}", language, file=file)]
    if groups > MOST_GROUPS:
        notes.append(text("annotate.more_groups", language, n=MOST_GROUPS, more=groups - MOST_GROUPS))
    return ("" if language == "zh" else " ").join(notes)


def _headings(order: Sequence[Language]) -> tuple[str, ...]:
    text = catalogue("survey")
    both = [
        "\n".join(text(f"annotate.heading.{name}", language) for language in order)
        for name in ("level", "sheet", "link", "count", "cells", "values")
    ]
    own = [text(f"annotate.heading.{name}", language) for language in order for name in ("wrong", "remedy")]
    return ("", *both, *own)


def _listed(group: ProblemGroup, order: Sequence[Language], titles: Mapping[str, str]) -> ListedGroup:
    text = catalogue("survey")
    sheet = titles.get(group.place.sheet or "", "")
    link = group.spots[0].address if group.spots else "A1"
    lines = [str(problem.place.line) for problem in group.problems if problem.place.line is not None]
    spans, values = group.spans, [_counted(value, len(found)) for value, found in group.values.items()]
    return ListedGroup(
        severity=group.severity,
        level=" ".join(text(f"annotate.level.{group.severity}", language) for language in order),
        sheet=sheet,
        link=link if sheet else "",
        count=len(group.problems),
        cells=_first(spans or lines, _SPANS_SHOWN) if len(group.problems) > 1 or not sheet else "",
        values=_first(values, _VALUES_SHOWN),
        texts=tuple(part for language in order for part in group.parts(language)),
    )


def _counted(value: str, n: int) -> str:
    return value if n == 1 else f"{value} (×{n})"


def _first(words: Sequence[str], shown: int) -> str:
    more = [f"… +{len(words) - shown}"] if len(words) > shown else []
    return ", ".join([*words[:shown], *more])


def is_problem_sheet(name: str, head: Iterable[Row]) -> bool:
    """Tell whether a sheet is the listing that we put into a workbook.

    ``head`` are its first rows; the listing is known by its name or, renamed, by its first cell.
    """
    return name == PROBLEM_SHEET or _first_cell(head).startswith(_MARK)


def answer_sheets(sheets: Iterable[Sheet], file: str) -> list[Sheet]:
    """Return the sheets that may hold answers: all but our own.

    Raises ``ImportProblems`` for a workbook that holds no more than the rows with problems.
    """
    found = []
    for sheet in sheets:
        if not is_problem_sheet(sheet.name, head := list(islice(sheet.rows(), 1))):
            found.append(sheet)
        elif _first_cell(head).startswith(_FOR_READING):
            raise ImportProblems([Problem("annotate_for_reading", Place(file))])
    return found


def _first_cell(head: Iterable[Row]) -> str:
    first = next(iter(head), None)
    return raw_text(first.cells.get(1)) if first is not None else ""
