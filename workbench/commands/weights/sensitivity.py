"""``csat weights sensitivity``: what of the index survives other weights, another sample, another method."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated

import typer

from survey.language import LANGUAGES
from workbench import options
from workbench.commands.weights.compare import studies_of
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.sensitivity import SensitivitySettings
    from survey.study import Study

# Fewer draws say nothing about a tail, more tell nothing new.
_FEWEST, _MOST = 100, 1_000_000


def sensitivity(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", show_default=False)] = None,
    sets: Annotated[str | None, typer.Option("--sets", metavar="A,B,…")] = None,
    spread: Annotated[float | None, typer.Option("--spread", metavar="SHARE")] = None,
    concentration: Annotated[float | None, typer.Option("--concentration", metavar="NUMBER")] = None,
    rollups: Annotated[bool, typer.Option("--rollups")] = False,
    wave: options.Wave = None,
    by: Annotated[str | None, typer.Option("--by", metavar="SEGMENT")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="GROUP")] = None,
    threshold: Annotated[float | None, typer.Option("--threshold", metavar="POINTS")] = None,
    draws: Annotated[int, typer.Option("--draws", metavar="NUMBER")] = 10_000,
    seed: Annotated[int | None, typer.Option("--seed", metavar="NUMBER")] = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show how sure the index and its ranking are when weights and sample are both in doubt."""
    from analysis.weight_pipeline import index_sensitivity
    from report_templates.context.labels import Labels
    from workbench.sensitivity_tables import show_sensitivity

    terminal: Terminal = ctx.obj
    command = ctx.command_path
    opened = Project(project)
    opened.declared_segment(by, command)
    settings = _settings(spread, concentration, draws, seed, command)
    if rollups:
        settings["rollups"] = ("aggregate", "respondent")
    if group is not None:
        settings["focus"] = _group(opened.study, by, group, command)
    if threshold is not None and not 0 <= threshold <= 100:
        raise _wrong("threshold", threshold, command)
    named = [part.strip() for part in (sets or "").split(",")]
    studies = studies_of(opened, [name, *filter(None, named)], command, each_once=False)
    answers = opened.history(wave, terminal, command)
    with terminal.progress("progress.drawing") as at:
        settings["progress"] = lambda done, total: at(terminal.text("progress.drawing"), done, total)
        found = index_sensitivity(studies, answers, segment=by, threshold=threshold, **settings)
    if json:
        terminal.json(published(found))
    else:
        show_sensitivity(terminal, Labels(opened.study, terminal.language), found)


def _settings(
    spread: float | None, concentration: float | None, draws: int, seed: int | None, command: str
) -> SensitivitySettings:
    """Return what the draws are made of; raises ``Misuse`` at a number that cannot be."""
    from analysis.weight_draws import Perturbation

    if spread is not None and concentration is not None:
        raise Misuse("usage.spread_or_concentration", command)
    if spread is not None and not 0 <= spread < 1:
        raise _wrong("spread", spread, command)
    if concentration is not None and not (isfinite(concentration) and concentration > 0):
        raise _wrong("concentration", concentration, command)
    if not _FEWEST <= draws <= _MOST:
        raise _wrong("draws", draws, command)
    if seed is not None and seed < 0:
        raise _wrong("seed", seed, command)
    found: SensitivitySettings = {"draws": draws}
    found["perturbation"] = Perturbation(0.2 if spread is None else spread, concentration)
    if seed is not None:
        found["seed"] = seed
    return found


def _wrong(option: str, value: float, command: str) -> Misuse:
    return Misuse(f"usage.number.{option}", command, value=f"{value:g}")


def _group(study: Study, segment: str | None, name: str, command: str) -> str:
    """Return the value of a group, which may be named by its label as well."""
    if segment is None:
        raise Misuse("usage.group_without_by", command, name=name)
    column = study.column_by_id[study.segment_by_id[segment].column]
    values = {category.value: category.value for category in column.categories}
    for category in column.categories:
        values |= {category.label[language]: category.value for language in LANGUAGES}
    # Groups of a column without declared values are known only when the answers are read.
    if values and name not in values:
        raise Misuse.unknown("group", name, list(values), command)
    return values.get(name, name)
