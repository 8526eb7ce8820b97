"""``csat weights compare``: two or more weight sets on the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from survey.study import Study


def compare(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME", show_default=False)],
    wave: options.Wave = None,
    by: Annotated[str | None, typer.Option("--by", metavar="SEGMENT")] = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show what the index, its trend and its ranking would be under several weight sets."""
    from analysis.weight_pipeline import weight_comparison
    from report_templates.context.labels import Labels
    from workbench.comparison_tables import show_comparison

    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.declared_segment(by, ctx.command_path)
    # A single set is compared with what results use.
    sets = studies_of(opened, names if len(names) > 1 else [None, *names], ctx.command_path)
    answers = opened.history(wave, terminal, ctx.command_path)
    with terminal.progress("progress.comparing"):
        found = weight_comparison(sets, answers, segment=by)
    if json:
        terminal.json(published(found))
    else:
        show_comparison(terminal, Labels(opened.study, terminal.language), found)


def studies_of(
    opened: Project, names: Sequence[str | None], command: str, *, each_once: bool = True
) -> dict[str, Study]:
    """Return the study under every set, by the set's name; ``None`` is the set that results use.

    Raises
    ------
    Misuse
        If there is no such set, or one is named twice where that matters.
    """
    found: dict[str, Study] = {}
    for name in names:
        weighted = opened.weight_set(name, command)
        if each_once and weighted.weights.name in found:
            raise Misuse("usage.set_twice", command, name=weighted.weights.name)
        found[weighted.weights.name] = weighted.study
    return found
