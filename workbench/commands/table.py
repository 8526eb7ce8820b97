"""``csat table``: the answers to an item, or a column, over the groups of a segment."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Terminal


def table(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="ITEM|COLUMN")],
    by: Annotated[str, typer.Option("--by", metavar="SEGMENT")],
    wave: options.Wave = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Cross an item or a column with a segment."""
    from report_templates.context.labels import Labels
    from workbench.cross_tables import show_table
    from workbench.crossing import crossable, crossed

    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.declared_segment(by, ctx.command_path)
    column = crossable(opened.study, what, by, ctx.command_path)
    answers = opened.history(wave, terminal, ctx.command_path)
    found = crossed(opened.study, answers, column, by)
    if json:
        terminal.json({"table": published(found.table), "means": published(found.means)})
    else:
        show_table(terminal, Labels(opened.study, terminal.language), found)
