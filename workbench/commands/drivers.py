"""``csat drivers``: what satisfaction and loyalty hang on, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.results import DriverResults, StudyResults
    from report_templates.context.words import Words


def drivers(
    ctx: typer.Context,
    outcome: options.Outcome = None,
    wave: options.Wave = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the drivers of every outcome that the study names, or of one."""
    from report_templates.context.words import Words

    terminal: Terminal = ctx.obj
    opened = Project(project)
    if opened.study.drivers is None:
        raise Stop("drivers.none_declared", file=opened.study_file)
    known = opened.study.drivers.outcomes
    if outcome is not None and outcome not in known:
        raise Misuse.unknown("outcome", outcome, known, ctx.command_path)
    results = opened.results(wave, terminal, ctx.command_path, weights)
    found = [part for part in results.drivers if outcome in (None, part.outcome)]
    missing = [name for name, _ in results.drivers_missing if outcome in (None, name)]
    if json:
        terminal.json(drivers_document(results, found, missing))
    else:
        _show(terminal, Words(opened.study, terminal.language, results), found, missing)


def drivers_document(
    results: StudyResults, found: Sequence[DriverResults], missing: Sequence[str]
) -> dict[str, Any]:
    """Return what ``--json`` prints: ``analysis.results.DriverResults``, and outcomes without any."""
    return {
        "wave": results.wave,
        "drivers": published(found),
        "missing": list(missing),
        "provenance": published(results.provenance),
    }


def _show(terminal: Terminal, words: Words, found: Sequence[DriverResults], missing: Sequence[str]) -> None:
    from workbench import tables

    for part in found:
        terminal.show(tables.drivers_title(words, part), tables.driver_table(words, part))
        terminal.lines([*tables.driver_notes(words, part), *tables.weights_used(words), ""])
    for name in missing:
        terminal.line("drivers.missing", outcome=words.outcome(name), wave=words.wave(words.results.wave))
