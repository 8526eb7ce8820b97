"""What an import hands back: the user's own workbook with its problems marked, and the rows it refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.files import write_made, write_whole
from workbench.project import Project
from workbench.terminal import Stop, Terminal

if TYPE_CHECKING:
    from survey.errors import Problem
    from workbench.incoming import Arrival, Import, Request

REFUSED = "refused"


def mark_copy(request: Request, out: Path | None, terminal: Terminal, read: Callable[[], Arrival]) -> Arrival:
    """Return what ``read`` returns; with ``out``, write the marked copy whatever comes of it."""
    if out is None:
        return read()
    from survey.annotate import refuse_name  # loads openpyxl, which most imports do not need
    from survey.errors import ImportProblems

    refuse_name(request.file, out)
    if out.exists():
        raise Stop("import.annotate_exists", path=out)
    try:
        arrival = read()
    except ImportProblems as error:
        _write_copy(request, out, error.problems, terminal)
        raise
    _write_copy(request, out, arrival.imported.report.warnings, terminal)
    return arrival


def _write_copy(request: Request, out: Path, problems: Sequence[Problem], terminal: Terminal) -> None:
    from survey.annotate import marked_copy

    header_row = request.options.header_row if request.options else None
    with terminal.progress("import.marking"):
        copy = marked_copy(
            request.file, problems, terminal.language, encoding=request.encoding, header_row=header_row
        )
    write_whole(out, copy.content)
    terminal.remark(f"import.annotated.{copy.kind}", path=out, n=copy.marked)


def hand_back_refused(
    opened: Project, request: Request, arrival: Arrival, terminal: Terminal, add: Callable[[], Import]
) -> tuple[Import, Path | None]:
    """Return what ``add`` returns, and the file of the rows that were left out, if there are any.

    A file that is there may have been corrected and is never replaced: the next free name is taken. The
    file stands before the answers do, and goes again where nothing came in.
    """
    if not arrival.imported.refused:
        return add(), None
    first = opened.folder / REFUSED / f"{request.file.stem}-{request.wave}.xlsx"
    path = _free(first)
    try:
        _write_refused(path, arrival, terminal)
        done = add()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if done.outcome.again is not None and path != first:
        path.unlink(missing_ok=True)
        path = first
    return done, path


def _free(path: Path) -> Path:
    """Return ``path``, or with the next number behind its name where that is taken."""
    numbered = (path.with_stem(f"{path.stem}-{n}") for n in count(2))
    return path if not path.exists() else next(other for other in numbered if not other.exists())


def _write_refused(path: Path, arrival: Arrival, terminal: Terminal) -> None:
    from survey.layouts.plain import PLAIN
    from survey.refused_rows import write_refused  # loads openpyxl, which most imports do not need

    imported = arrival.imported
    table = imported.table

    def make(made: Path) -> None:
        headers = [row.cells for row in table.sheet.rows() if row.number in table.export.header_rows]
        behind = table.export.layout != PLAIN
        write_refused(made, headers, table.rows(), imported.refused, terminal.language, behind=behind)

    write_made(path, make)
