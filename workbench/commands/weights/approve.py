"""``csat weights approve``: somebody answers for a set, which from then on never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal
from workbench.weight_choice import choose, known_set


def approve(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    by: Annotated[str, typer.Option("--by", metavar="WHO")],
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT")] = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Approve a draft that is for the index as it is now."""
    from survey.errors import Place
    from survey.store import Store
    from survey.weight_fit import lopsided
    from workbench.weight_tables import DIGEST_SHOWN, set_document

    terminal: Terminal = ctx.obj
    opened = Project(project)
    weights = known_set(opened, name, ctx.command_path).weights
    choose(opened, name, ctx.command_path)  # refuses a set of another tree
    with Store.open(opened.database) as store:
        held = store.weights.approve(name, by=by, note=note, at=datetime.now().astimezone())
    if json:
        terminal.json(set_document(held, in_use=False))
        return
    terminal.line("weights.approved", name=name, by=by, digest=weights.digest[:DIGEST_SHOWN])
    terminal.warnings(lopsided(weights, Place(name)))
    terminal.line("weights.approved_next", name=name, project=opened.option)
