"""What an import hands back: the rows it refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.files import write_made
from workbench.project import Project
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from workbench.incoming import Arrival, Request

REFUSED = "refused"


def write_refused_rows(
    opened: Project, request: Request, arrival: Arrival, terminal: Terminal
) -> Path | None:
    """Write the rows that were left out, with their reasons, into a file of the project, if there are any."""
    imported = arrival.imported
    if not imported.refused:
        return None
    from survey.layouts.plain import PLAIN
    from survey.refused_rows import write_refused  # loads openpyxl, which most imports do not need

    path = opened.folder / REFUSED / f"{request.file.stem}-{request.wave}.xlsx"
    table = imported.table

    def make(made: Path) -> None:
        headers = [row.cells for row in table.sheet.rows() if row.number in table.export.header_rows]
        behind = table.export.layout != PLAIN
        write_refused(made, headers, table.rows(), imported.refused, terminal.language, behind=behind)

    write_made(path, make)
    return path
