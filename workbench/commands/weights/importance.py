"""``csat weights importance``: how much items and branches drive the index, beside what they weigh."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench import options
from workbench.by_answers import importance_of
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal


def importance(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME|FILE.yaml", show_default=False)] = None,
    wave: options.Wave = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show effective beside nominal weights."""
    from analysis.pipeline import index_tree
    from analysis.prepare import prepare
    from analysis.results import TooFew
    from report_templates import formatting
    from report_templates.context.labels import Labels
    from survey.language import LANGUAGES

    terminal: Terminal = ctx.obj
    opened = Project(project)
    chosen = opened.weight_set(name, ctx.command_path)
    answers = opened.history(wave, terminal, ctx.command_path)
    with terminal.progress("progress.estimating"):
        tree = index_tree(chosen.study.index)
        found = importance_of(chosen.study, prepare(answers, chosen.study), tree)
    label = chosen.study.wave_by_id[answers[-1].wave].label
    if isinstance(found, TooFew):
        raise Stop("importance.too_few", wave={language: label[language] for language in LANGUAGES})
    if json:
        terminal.json(published(found) | {"weights": chosen.weights.name})
        return

    from workbench.derived_tables import importance_table, say

    labels = Labels(chosen.study, terminal.language)
    wave = labels.wave(found.wave)
    values = {
        "index": labels.score(found.index),
        "interval": labels.scores_interval(found.index),
        "n": labels.count(found.n),
        "deviation": formatting.number(found.deviation),
    }
    title = say(labels, "importance.title", weights=chosen.weights.name, wave=wave)
    terminal.lines([title, say(labels, "importance.base", **values)])
    terminal.show(importance_table(terminal, labels, found, tree))
    terminal.lines([say(labels, "importance.note")])
