"""``csat index``: the index with its tree, or by the groups of a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from analysis.results import SegmentResult, StudyResults


def index(
    ctx: typer.Context,
    wave: options.Wave = None,
    by: Annotated[str | None, typer.Option("--by", metavar="SEGMENT")] = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the index of a wave."""
    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.declared_segment(by, ctx.command_path)
    results = opened.results(wave, terminal, ctx.command_path, weights)
    segment = next((found for found in results.segments if found.id == by), None)
    if json:
        terminal.json(index_document(results, segment))
    else:
        _show(terminal, opened, results, segment)


def index_document(results: StudyResults, segment: SegmentResult | None) -> dict[str, Any]:
    """Return what ``--json`` prints: parts of ``analysis.results.StudyResults`` under their names there."""
    parts = ("wave", "waves", "trend", "target_gap", "nodes", "quality", "provenance")
    found = {part: published(getattr(results, part)) for part in parts}
    return found | {"segment": published(segment)}


def _show(terminal: Terminal, opened: Project, results: StudyResults, segment: SegmentResult | None) -> None:
    from report_templates.context.words import Words
    from workbench import tables

    words = Words(opened.study, terminal.language, results)
    if segment is None:
        terminal.show(tables.headline(words), tables.index_tree(words))
    else:
        terminal.show(tables.headline(words), tables.groups(words, segment))
        terminal.lines(tables.groups_notes(words, segment))
