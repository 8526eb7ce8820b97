"""``csat index``: the index with its tree, or by the groups of a segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.results import PairDifference, SegmentResult, StudyResults
    from survey.responses import Responses
    from survey.study import Study


def index(
    ctx: typer.Context,
    wave: options.Wave = None,
    by: Annotated[str | None, typer.Option("--by", metavar="SEGMENT")] = None,
    nodes: Annotated[bool, typer.Option("--nodes")] = False,
    pairs: Annotated[bool, typer.Option("--pairs")] = False,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the index of a wave."""
    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.declared_segment(by, ctx.command_path)
    if by is None and (nodes or pairs):
        raise Misuse("usage.by_needed", ctx.command_path, name="--nodes" if nodes else "--pairs")
    results = opened.results(wave, terminal, ctx.command_path, weights)
    segment = next((found for found in results.segments if found.id == by), None)
    compared = None
    if by is not None and pairs:
        study = opened.weight_set(weights, ctx.command_path).study
        compared = segment_pairs(study, opened.history(wave, terminal, ctx.command_path), by)
    if json:
        terminal.json(index_document(results, segment, compared))
    else:
        _show(terminal, opened, results, segment, nodes, compared)


def segment_pairs(study: Study, answers: Sequence[Responses], by: str) -> tuple[PairDifference, ...]:
    """Compare the index of every two groups of a segment in the last wave of ``answers``."""
    from analysis.cores import one_thread_of_algebra
    from analysis.pipeline import index_tree
    from analysis.prepare import prepare
    from analysis.segments import pairs_by_segment

    rules = study.reporting
    with one_thread_of_algebra():
        return pairs_by_segment(
            prepare(answers, study),
            index_tree(study.index),
            by,
            rules.level,
            rules.false_discovery_rate,
            rules.disclosure_limit,
        )


def index_document(
    results: StudyResults, segment: SegmentResult | None, pairs: Sequence[PairDifference] | None = None
) -> dict[str, Any]:
    """Return what ``--json`` prints: parts of ``analysis.results.StudyResults`` under their names there."""
    parts = ("wave", "waves", "trend", "target_gap", "nodes", "quality", "provenance")
    found = {part: published(getattr(results, part)) for part in parts}
    found |= {"segment": published(segment)}
    return found if pairs is None else found | {"pairs": published(pairs)}


def _show(
    terminal: Terminal,
    opened: Project,
    results: StudyResults,
    segment: SegmentResult | None,
    nodes: bool,
    pairs: Sequence[PairDifference] | None,
) -> None:
    from rich.text import Text

    from report_templates.context.words import Words
    from workbench import group_tables, tables

    words = Words(opened.study, terminal.language, results)
    if segment is None:
        terminal.show(tables.headline(words), tables.index_tree(words))
    else:
        terminal.show(tables.headline(words), tables.groups(words, segment))
        terminal.lines(
            [*group_tables.joint(words, segment.id, segment.test), *tables.groups_notes(words, segment)]
        )
        if nodes and segment.nodes:
            terminal.show(Text(), *group_tables.node_table(words, segment))
        if pairs is not None:
            terminal.show(Text(), *group_tables.pair_table(words, segment.id, pairs))
