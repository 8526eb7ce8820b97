"""``csat scales``: whether the items of each construct hang together, and what to keep in mind."""

from __future__ import annotations

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal
from workbench.weight_words import weights_note


def scales(
    ctx: typer.Context,
    wave: options.Wave = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the quality of every construct's scale in a wave, and how alpha moved."""
    from analysis.scale_pipeline import scale_survey
    from report_templates.context.labels import Labels
    from workbench.scale_tables import show_scales

    terminal: Terminal = ctx.obj
    opened = Project(project)
    if not opened.study.constructs:
        raise Stop("scales.none_declared", file=opened.study_file)
    weighted = opened.weight_set(weights, ctx.command_path)
    answers = opened.history(wave, terminal, ctx.command_path)
    with terminal.progress("progress.estimating"):
        found = scale_survey(weighted.study, answers)
    if json:
        terminal.json(published(found))
    else:
        show_scales(terminal, Labels(opened.study, terminal.language), found)
        terminal.lines(weights_note(terminal.language, weighted.chosen.document()))
