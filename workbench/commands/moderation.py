"""``csat moderation``: for whom satisfaction and an outcome go together more, by facets of switching cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal
from workbench.weight_words import weights_note

if TYPE_CHECKING:
    from pathlib import Path

    from survey.study import Study

Moderator = Annotated[str | None, typer.Option("--moderator", metavar="NAME")]
Satisfaction = Annotated[str | None, typer.Option("--satisfaction", metavar="NAME")]


def moderation(
    ctx: typer.Context,
    outcome: options.Outcome = None,
    moderator: Moderator = None,
    satisfaction: Satisfaction = None,
    wave: options.Wave = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show whether the link of satisfaction and an outcome depends on what leaving would cost."""
    from analysis.moderation_pipeline import moderation_survey
    from report_templates.context.labels import Labels

    terminal: Terminal = ctx.obj
    command, opened = ctx.command_path, Project(project)
    asked = _asked(opened.study, outcome, satisfaction, moderator, opened.study_file, command)
    weighted = opened.weight_set(weights, command)
    answers = opened.history(wave, terminal, command)
    with terminal.progress("progress.estimating"):
        found = moderation_survey(
            weighted.study, answers, outcome=asked[0], satisfaction=asked[1], moderator=moderator
        )
    if json:
        terminal.json(published(found))
        return
    from workbench.moderation_tables import show_moderation

    show_moderation(terminal, Labels(opened.study, terminal.language), found)
    terminal.lines(weights_note(terminal.language, weighted.chosen.document()))


def _asked(
    study: Study,
    outcome: str | None,
    satisfaction: str | None,
    moderator: str | None,
    file: Path,
    command: str,
) -> tuple[str, str]:
    """Return outcome and satisfaction, by default the chain's; ``Misuse`` where they mean nothing."""
    from survey.chain_parts import chain_steps
    from workbench.chain_choice import check_apart

    steps = chain_steps(study)
    outcome, satisfaction = outcome or steps["outcome"], satisfaction or steps["satisfaction"]
    if satisfaction is None:
        raise Stop("moderation.no_satisfaction", file=file)
    if outcome is None:
        raise Stop("moderation.no_outcome", file=file)
    check_apart(study, [outcome, satisfaction, *([moderator] if moderator else [])], command)
    if moderator is None and not study.switching_costs:
        raise Stop("moderation.none_declared", file=file)
    return outcome, satisfaction
