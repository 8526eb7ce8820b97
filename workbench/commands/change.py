"""``csat change``: why the index moved, in parts that sum to the change exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal

if TYPE_CHECKING:
    from workbench.weight_choice import Weighted


def change(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option("--since", metavar="WAVE")] = None,
    wave: options.Wave = None,
    by: Annotated[str | None, typer.Option("--by", metavar="SEGMENT")] = None,
    weights: options.Weights = None,
    base_weights: Annotated[str | None, typer.Option("--base-weights", metavar="NAME|FILE.yaml")] = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show what moved the index between two waves."""
    from analysis.pipeline import explained_change
    from analysis.results import TooFew
    from report_templates.context.labels import Labels
    from workbench.change_tables import show_change

    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.declared_segment(by, ctx.command_path)
    if since is not None:
        opened.declared_wave(since, ctx.command_path)
    answers = opened.history(wave, terminal, ctx.command_path)
    start = opened.wave_before(since, answers, ctx.command_path)
    later = opened.weight_set(weights, ctx.command_path)
    base = later if base_weights is None else opened.weight_set(base_weights, ctx.command_path)
    found = explained_change(later.study, answers, since=start, segment=by, base=base.study)
    if isinstance(found, TooFew):
        limit = opened.study.reporting.disclosure_limit
        raise Stop("change.too_few", before=start, after=answers[-1].wave, limit=limit)
    if json:
        terminal.json({"weights": {"before": _named(base), "after": _named(later)}} | published(found))
    else:
        show_change(terminal, Labels(later.study, terminal.language), found, (base, later))


def _named(weighted: Weighted) -> dict[str, str]:
    """Return which set a wave was computed under, as JSON values."""
    return {"name": weighted.weights.name, "digest": weighted.weights.digest, "state": weighted.state}
