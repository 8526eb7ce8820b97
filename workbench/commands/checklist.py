"""``csat checklist``: what has to hold before the results of a wave are a headline, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.check_results import Check, Checklist
    from report_templates.context.words import Words


def checklist(
    ctx: typer.Context,
    wave: options.Wave = None,
    outcome: options.Outcome = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Judge the results of a wave; what is found is a finding, so it never changes the exit code."""
    from analysis.checks import checklist as judge
    from report_templates.context.words import Words
    from workbench.check_tables import show_checks

    terminal: Terminal = ctx.obj
    opened = Project(project)
    known = opened.study.drivers.outcomes if opened.study.drivers else ()
    if outcome is not None and outcome not in known:
        raise Misuse.unknown("outcome", outcome, known, ctx.command_path)
    results = opened.results(wave, terminal, ctx.command_path, weights)
    found = judge(results)
    if outcome is not None:
        found = found.only(outcome)
    words = Words(opened.study, terminal.language, results)
    if json:
        terminal.json(_document(words, found))
    else:
        show_checks(terminal, words, found)


def _document(words: Words, found: Checklist) -> dict[str, Any]:
    return {
        "wave": found.wave,
        "counts": dict(found.counts),
        "blocked": list(found.blocked_outcomes),
        "checks": [published(check) | _told(words, check) for check in found.checks],
        "provenance": published(words.results.provenance),
    }


def _told(words: Words, check: Check) -> dict[str, Any]:
    """Return a line in words; it has no remedy where it passes."""
    from report_templates.context import check_words as told

    return {
        "name": told.name(words, check),
        "found": told.found(words, check),
        "limit": told.limit(words, check),
        "remedy": told.remedy(words, check) or None,
        "source": check.source or None,
        "by_convention": check.by_convention,
    }
