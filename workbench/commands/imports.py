"""``csat imports``: the audit trail, every import with its file, digest and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from survey.store import ImportRecord

_COLUMNS = ("number", "at", "wave", "file", "rows", "added", "unchanged", "state", "digest")
_FIGURES = (0, 4, 5, 6)
_DIGEST_SHOWN = 12


def imports(
    ctx: typer.Context,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show every import, oldest first."""
    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.found_study_file()
    records: tuple[ImportRecord, ...] = ()
    if opened.database.is_file():
        with opened.store() as store:
            records = store.imports()
    if json:
        terminal.json({"imports": [import_record(record) for record in records]})
    elif records:
        _show(terminal, records)
    else:
        terminal.line("imports.none")


def import_record(record: ImportRecord) -> dict[str, object]:
    """Return one line of the audit trail as JSON values."""
    return {
        "number": record.number,
        "at": record.at.isoformat(),
        "wave": record.wave,
        "file": record.file,
        "sha256": record.sha256,
        "study_digest": record.study,
        "tool": record.tool,
        "rows": record.rows,
        "added": record.added,
        "unchanged": record.unchanged,
        "state": record.state,
        "report": dict(record.report),
    }


def _show(terminal: Terminal, records: Sequence[ImportRecord]) -> None:
    from report_templates import formatting
    from workbench.tables import plain_table

    rows = [
        (
            record.number,
            f"{record.at:%Y-%m-%d %H:%M}",
            record.wave,
            record.file,
            *(formatting.number(count, 0) for count in (record.rows, record.added, record.unchanged)),
            terminal.text(f"imports.{record.state}"),
            record.sha256[:_DIGEST_SHOWN],
        )
        for record in records
    ]
    heads = [terminal.text(f"imports.head.{column}") for column in _COLUMNS]
    terminal.show(plain_table(rows, heads, right=_FIGURES))
