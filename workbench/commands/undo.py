"""``csat undo``: takes one import back; what the other imports say holds again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Stop, Terminal
from workbench.user import user

if TYPE_CHECKING:
    from survey.store import UndoOutcome


def undo(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", min=1, show_default=False)],
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Take an import back and say what its wave holds now."""
    from survey.store import Store

    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.found_study_file()
    if not opened.database.is_file():
        raise Stop("message.no_answers", folder=opened.folder)
    with Store.open(opened.database) as store:
        done = store.undo(number, at=datetime.now().astimezone(), by=user())
    if json:
        terminal.json(undo_document(done))
    else:
        show_undo(terminal, done)


def show_undo(terminal: Terminal, done: UndoOutcome) -> None:
    """Say what was undone and what is left."""
    record = done.undone
    terminal.line("undo.done", number=record.number, file=record.file, wave=record.wave)
    counts = {"gone": done.gone, "restored": done.restored, "n": done.respondents}
    terminal.line("undo.left" if done.respondents else "undo.empty", wave=record.wave, **counts)


def undo_document(done: UndoOutcome) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    return {
        "number": done.undone.number,
        "wave": done.undone.wave,
        "file": done.undone.file,
        "gone": done.gone,
        "restored": done.restored,
        "respondents": done.respondents,
        "digest": done.digest,
    }
