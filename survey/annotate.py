"""The user's own workbook handed back, with its problems marked where they are.

Every cell that a problem names gets a colour and a comment, and a first sheet lists the problems with
links. Corrected and saved, the copy is imported like any workbook: our sheet is never read as answers.
The original is never touched. What is handed back depends on the file, and ``MarkedCopy.kind`` says which:

``copy``
    the user's workbook itself, through openpyxl in a limited child;
``rebuilt``
    a workbook of the same cells, for text files and whatever openpyxl fails on;
``part``
    of a file that is too large, the rows with problems, for reading;
``list``
    the listing alone, where the file cannot be read at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from survey.errors import ImportProblems, Place, Problem
from survey.language import LANGUAGES, Language, catalogue
from survey.limited import MB, ChildFailed, ChildLimits, run_limited
from survey.marking import MOST_COMMENTS, Marks, marks_of
from survey.problem_list import CopyKind, answer_sheets, problem_list
from survey.rebuilt import Rebuilt, gather, holds_more, titles_of, write_rebuilt
from survey.spots import row_of
from survey.workbook import Sheet, Workbook, read_workbook

LARGEST_COPIED = 20 * MB
MOST_CELLS_COPIED = 1_500_000  # which take openpyxl half a minute and 700 MB
COPYING = ChildLimits(memory=1024 * MB, output=256 * MB, cpu_seconds=60, wall_seconds=120)


@dataclass(frozen=True, slots=True)
class MarkedCopy:
    """A marked workbook as bytes, what it is, and how many cells are marked in it."""

    content: bytes
    kind: CopyKind
    marked: int

    def summary(self, language: Language) -> str:
        """Return what it is and what to do with it, as a sentence."""
        return catalogue("survey")(f"annotate.made.{self.kind}", language, n=self.marked)


def annotate(
    source: Path,
    problems: Sequence[Problem],
    out: Path,
    language: Language,
    *,
    encoding: str | None = None,
    header_row: int | None = None,
) -> MarkedCopy:
    """Write the marked copy of ``source`` to ``out``; see ``marked_copy``.

    Raises ``ImportProblems`` when ``out`` is not named ``.xlsx`` or is the file itself.
    """
    refuse_name(source, out)
    copy = marked_copy(source, problems, language, encoding=encoding, header_row=header_row)
    out.write_bytes(copy.content)
    return copy


def refuse_name(source: Path, out: Path) -> None:
    """Raise ``ImportProblems`` for a name that no marked copy of ``source`` may have."""
    if out.suffix.casefold() != ".xlsx":
        raise ImportProblems([Problem("annotate_suffix", Place(out.name), {"suffix": out.suffix})])
    if out.exists() and source.exists() and out.samefile(source):
        raise ImportProblems([Problem("annotate_same_file", Place(out.name))])


def marked_copy(
    source: Path,
    problems: Sequence[Problem],
    language: Language,
    *,
    encoding: str | None = None,
    header_row: int | None = None,
) -> MarkedCopy:
    """Return a workbook with the problems of ``source`` marked.

    Parameters
    ----------
    source : the file that was to be imported, in any format that is read.
    problems : what is wrong with it.
    language : of the comments; the listing has both, this one first.
    encoding : of a text file, where it had to be given.
    header_row : the last row of the header, where it is known.
    """
    try:
        book = read_workbook(source, encoding=encoding)
        sheets = answer_sheets(book.sheets, book.file)
        return _copied(source, book, sheets, problems, language) or _rewritten(
            book, sheets, problems, language, header_row
        )
    except ImportProblems:
        return _listed(source, problems, language)


def _copied(
    source: Path, book: Workbook, sheets: Sequence[Sheet], problems: Sequence[Problem], language: Language
) -> MarkedCopy | None:
    """Return the copy that openpyxl makes, ``None`` when it cannot."""
    if book.format != "xlsx" or book.size > LARGEST_COPIED or holds_more(sheets, MOST_CELLS_COPIED):
        return None
    names = [sheet.name for sheet in sheets]
    marks = marks_of(problems, language)
    titles = {name: name for name in names}
    content = problem_list(book.file, problems, language, "copy", titles, _extra(marks))
    request = {"path": str(source.absolute()), "sheets": names, "marks": marks, "list": content.document()}
    try:
        made = run_limited("survey.annotate_worker:work", json.dumps(request).encode(), COPYING)
    except ChildFailed:
        return None
    return MarkedCopy(made, "copy", sum(len(marks.get(name, {})) for name in names))


def _rewritten(
    book: Workbook,
    sheets: Sequence[Sheet],
    problems: Sequence[Problem],
    language: Language,
    header_row: int | None,
) -> MarkedCopy:
    marks = marks_of(problems, language)
    concerned = {sheet: {row_of(at) for at in cells} for sheet, cells in marks.items()}
    rebuilt = gather(sheets, concerned, header_row)
    titles = titles_of((sheet for sheet, _ in rebuilt.rows), Path(book.file).stem)
    kind: CopyKind = "rebuilt" if rebuilt.whole else "part"
    content = problem_list(book.file, problems, language, kind, titles, _extra(marks))
    made, marked = write_rebuilt(rebuilt, titles, marks, content, header_row)
    return MarkedCopy(made, kind, marked)


def _listed(source: Path, problems: Sequence[Problem], language: Language) -> MarkedCopy:
    content = problem_list(source.name, problems, language, "list", {})
    made, _ = write_rebuilt(Rebuilt([], whole=True), {}, {}, content, None)
    return MarkedCopy(made, "list", 0)


def _extra(marks: Marks) -> list[dict[Language, str]]:
    """Return what else is to be said: that not every marked cell has a comment."""
    if sum(map(len, marks.values())) <= MOST_COMMENTS:
        return []
    text = catalogue("survey")
    return [{language: text("annotate.comments", language, n=MOST_COMMENTS) for language in LANGUAGES}]
