"""``csat gaps``: performance against expectation, and whether the gap between them may be read."""

from __future__ import annotations

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal


def gaps(
    ctx: typer.Context,
    wave: options.Wave = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the gaps of every pair and dimension, weighted performance beside them, and the model."""
    from analysis.scale_pipeline import gap_survey
    from report_templates.context.labels import Labels
    from workbench.gap_tables import show_gaps

    terminal: Terminal = ctx.obj
    opened = Project(project)
    if opened.study.gaps is None:
        raise Stop("gaps.none_declared", file=opened.study_file)
    answers = opened.history(wave, terminal, ctx.command_path)
    with terminal.progress("progress.estimating"):
        found = gap_survey(opened.study, answers)
    if found is None:
        raise Stop("gaps.no_answers", wave=answers[-1].wave)
    if json:
        terminal.json(published(found))
    else:
        show_gaps(terminal, Labels(opened.study, terminal.language), found)
