"""``csat imports``: the audit trail, every import with its file, digest and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from survey.language import catalogue
from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from survey.store import ImportRecord

_COLUMNS = (
    *("number", "at", "wave", "file", "layout"),
    *("rows", "added", "corrected", "unchanged", "state", "digest"),
)
_FIGURES = (0, 5, 6, 7, 8, 10)
_DIGEST_SHOWN = 8


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
        "by": record.by,
        "layout": record.layout,
        "mapping_digest": record.mapping,
        "rows": record.rows,
        "added": record.added,
        "corrected": record.corrected,
        "unchanged": record.unchanged,
        "state": record.state,
        "undone_at": record.undone_at.isoformat() if record.undone_at else None,
        "undone_by": record.undone_by,
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
            _layout(record, terminal),
            *(formatting.number(count, 0) for count in _counts(record)),
            _state(record, terminal),
            record.sha256[:_DIGEST_SHOWN],
        )
        for record in records
    ]
    heads = [terminal.text(f"imports.head.{column}") for column in _COLUMNS]
    terminal.show(plain_table(rows, heads, right=_FIGURES))


def _counts(record: ImportRecord) -> tuple[int, int, int, int]:
    return record.rows, record.added, record.corrected, record.unchanged


def _layout(record: ImportRecord, terminal: Terminal) -> str:
    """Return the name of the layout; imports of the first format do not know theirs."""
    return catalogue("survey")(f"layout.{record.layout}", terminal.language) if record.layout else "–"


def _state(record: ImportRecord, terminal: Terminal) -> str:
    if record.undone_at is None:
        return terminal.text("imports.current")
    return terminal.text("imports.undone", at=f"{record.undone_at:%Y-%m-%d %H:%M}")
