"""``csat weights drop``: deletes a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal
from workbench.user import user
from workbench.weight_choice import name_in_project


def drop(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Delete a draft; that it was there stays on record."""
    from survey.store import Store

    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.found_study_file()
    name_in_project(opened, name, ctx.command_path)
    with Store.open(opened.database) as store:
        store.weights.drop(name, at=datetime.now().astimezone(), by=user())
    if json:
        terminal.json({"dropped": name})
    else:
        terminal.line("weights.dropped", name=name)
