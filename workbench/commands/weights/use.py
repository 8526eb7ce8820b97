"""``csat weights use``: which approved set results use by default."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal
from workbench.user import user
from workbench.weight_choice import OWN, choose, find, known_set


def use(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Use an approved set, or the study's own weights, from now on."""
    from survey.store import Store
    from survey.weight_set import study_weights
    from workbench.weight_tables import set_document

    terminal: Terminal = ctx.obj
    opened = Project(project)
    own = study_weights(opened.study)
    asked = None if name in (OWN, own.name) else known_set(opened, name, ctx.command_path).weights.name
    if asked is not None:
        choose(opened, asked, ctx.command_path)  # refuses a set of another tree
    before = find(opened, None, ctx.command_path)
    with Store.open(opened.database) as store:
        store.weights.use(asked, at=datetime.now().astimezone(), by=user(), study=own.name)
    now = find(opened, None, ctx.command_path)
    if json:
        from workbench.weight_choice import held_set

        terminal.json(set_document(held_set(opened, now), in_use=True))
        return
    terminal.line("weights.using" if asked else "weights.using_own", name=now.weights.name)
    if before.weights.digest != now.weights.digest:
        terminal.line("weights.rebased", before=before.weights.name, name=now.weights.name)
