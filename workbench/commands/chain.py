"""``csat chain``: from a dimension over satisfaction and loyalty to renewal, path by path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from survey.language import listing
from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse
from workbench.weight_words import weights_note

if TYPE_CHECKING:
    from analysis.chain_pipeline import ChainPlan
    from survey.study import Study

Names = Annotated[str | None, typer.Option("--covariates", metavar="NAME,…")]
Source = Annotated[str | None, typer.Option("--from", metavar="NODE")]
Via = Annotated[str | None, typer.Option("--via", metavar="SATISFACTION,LOYALTY")]
By = Annotated[str | None, typer.Option("--by", metavar="SEGMENT")]
To = Annotated[str | None, typer.Option("--to", metavar="OUTCOME")]


def chain(
    ctx: typer.Context,
    source: Source = None,
    via: Via = None,
    to: To = None,
    covariates: Names = None,
    by: By = None,
    wave: options.Wave = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show how far what goes with a dimension runs over satisfaction and loyalty to the outcome."""
    from analysis.chain_pipeline import chain_groups, chain_survey
    from analysis.moment_guards import MomentsRefused
    from report_templates.context.labels import Labels

    terminal: Terminal = ctx.obj
    command, opened = ctx.command_path, Project(project)
    asked = _asked(opened.study, source, via, to, covariates, command)
    if lacking := [step for step, name in asked.steps.items() if name is None]:
        raise Stop(f"chain.no_step.{lacking[0]}", file=opened.study_file)
    if not asked.sources:
        raise Stop("chain.no_source", file=opened.study_file)
    segment = opened.declared_segment(by, command)
    if segment is not None and len(asked.sources) > 1:
        raise Misuse("usage.chain_by", command, known=listing(asked.sources))
    weighted = opened.weight_set(weights, command)
    answers = opened.history(wave, terminal, command)
    try:
        with terminal.progress("progress.estimating"):
            found = chain_survey(weighted.study, answers, asked)
            groups = chain_groups(weighted.study, answers, asked, segment) if segment else None
    except MomentsRefused as refusal:
        reason = "not_converged" if refusal.reason == "not_converged" else "many_blanks"
        raise Stop(f"chain.refused.{reason}", wave=answers[-1].wave) from None
    if json:
        terminal.json(published(found) | ({"groups": published(groups)} if groups else {}))
        return
    from workbench.chain_tables import show_chains

    show_chains(terminal, Labels(opened.study, terminal.language), found, groups)
    terminal.lines(weights_note(terminal.language, weighted.chosen.document()))


def _asked(
    study: Study, source: str | None, via: str | None, to: str | None, covariates: str | None, command: str
) -> ChainPlan:
    """Return the plan of the study with what the options change; ``Misuse`` where these mean nothing."""
    from analysis.chain_pipeline import chain_plan
    from survey.chain_parts import dimensions
    from workbench.chain_choice import check_apart, check_covariates

    plan = chain_plan(study)
    if via is not None:
        names = _listed(via)
        if len(names) != 2:
            raise Misuse("usage.chain_via", command, given=via)
        plan = replace(plan, satisfaction=names[0], loyalty=names[1])
    if to is not None:
        plan = replace(plan, outcome=to)
    if covariates is not None:
        plan = replace(plan, covariates=_listed(covariates))
    steps = [name for name in plan.steps.values() if name is not None]
    check_apart(study, [*steps, *([source] if source else [])], command)
    check_covariates(study, plan.covariates, steps, command)
    return replace(plan, sources=(source,) if source else dimensions(study, steps))


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())
