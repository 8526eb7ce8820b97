"""``csat calibrate``: the margins of a wave before and after calibration, and what it costs and changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal, problems_document
from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.study import Calibration, Study


def calibrate(
    ctx: typer.Context,
    wave: options.Wave = None,
    margin: Annotated[list[str] | None, typer.Option("--margin", metavar="COLUMN")] = None,
    trim: Annotated[float | None, typer.Option("--trim", metavar="X")] = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Show what calibration to the population does, as declared or as tried out."""
    from analysis.pipeline import calibration_preview
    from report_templates.context.labels import Labels
    from workbench.calibration_tables import show_calibration

    terminal: Terminal = ctx.obj
    opened = Project(project)
    study = opened.weight_set(weights, ctx.command_path).study
    if not study.design.population:
        raise Stop("calibrate.no_population", file=opened.study_file)
    plan = _plan(study, margin or [], trim, ctx.command_path)
    found, problems = calibration_preview(study, opened.history(wave, terminal, ctx.command_path), plan)
    if json:
        terminal.json(published(found) | problems_document(problems))
    else:
        show_calibration(terminal, Labels(study, terminal.language), found, plan)
    if problems:
        terminal.problems(problems, heading="calibrate.problems")
    return 1 if problems else 0


def _plan(study: Study, margins: list[str], trim: float | None, command: str) -> Calibration:
    """Return the declared calibration, or one to all margins, with what the options say instead."""
    from survey.margin_names import columns_of
    from survey.study import Calibration

    declared = study.design.calibration or Calibration()
    known = {columns_of(name): name for name in study.design.population}
    for name in margins:
        if columns_of(name) not in known:
            raise Misuse.unknown("margin", name, list(known.values()), command)
    if trim is not None and (trim < 0 or 0 < trim <= 1):
        raise Misuse("usage.trim", command, value=f"{trim:g}")
    chosen = list(dict.fromkeys(known[columns_of(name)] for name in margins))
    changed: dict[str, object] = {"margins": tuple(chosen)} if chosen else {}
    # Several margins cannot be post-stratified to; the study may have one crossed margin for that.
    changed |= {"method": "raking"} if len(chosen) > 1 else {}
    return declared.model_copy(update=changed | ({} if trim is None else {"trim": trim}))
