"""``csat drivers``: what satisfaction and loyalty hang on, and how sure that is."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench import options
from workbench.driver_views import COMPARES, VIEWS, Asked, driver_view
from workbench.project import Project
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse


def drivers(
    ctx: typer.Context,
    outcome: options.Outcome = None,
    view: Annotated[str, typer.Option("--view", metavar="VIEW", show_default=False)] = VIEWS[0],
    wave: options.Wave = None,
    since: Annotated[str | None, typer.Option("--since", metavar="WAVE")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="SEGMENT")] = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the drivers of the outcomes that the study names, or of any one of it, in one of several views."""
    terminal: Terminal = ctx.obj
    command, opened = ctx.command_path, Project(project)
    if view not in VIEWS:
        raise Misuse.unknown("view", view, list(VIEWS), command)
    for option, value in (("since", since), ("by", by)):
        if value is not None and view != COMPARES[option]:
            raise Misuse("usage.other_view", command, name=f"--{option}", view=view, other=COMPARES[option])
    chosen = _outcomes(opened, outcome, command)
    driver_view(view)(Asked(opened, terminal, command, chosen, wave, weights, json, since, by))


def _outcomes(opened: Project, outcome: str | None, command: str) -> tuple[str, ...]:
    """Return the outcomes to look at: any one of the study, by default those it names under drivers."""
    if outcome is None and opened.study.drivers is None:
        raise Stop("drivers.none_declared", file=opened.study_file)
    if outcome is None and opened.study.drivers is not None:
        return opened.study.drivers.outcomes
    known = list(opened.study.outcome_by_id)
    if outcome not in known:
        raise Misuse.unknown("outcome", str(outcome), known, command)
    return (str(outcome),)
