"""``csat weights derive``: weights by a method, with what it found out and what has to be said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from survey.language import LANGUAGES, listing
from workbench import options
from workbench.by_answers import by_answers
from workbench.by_experts import by_experts
from workbench.derivation import ANSWERS, EXPERTS, Asked, Derivation, Way, check_options
from workbench.new_sets import blocked, free_name, save_derived
from workbench.project import Project
from workbench.shown_sets import show_made
from workbench.terminal import Terminal
from workbench.usage import Misuse
from workbench.weight_words import caveat_lines

if TYPE_CHECKING:
    from analysis.derived_weights import Caveat
    from survey.study import Study

WAYS: Mapping[str, Way] = dict.fromkeys(EXPERTS, by_experts) | dict.fromkeys(ANSWERS, by_answers)


def derive(
    ctx: typer.Context,
    method: Annotated[str, typer.Option("--method", metavar="METHOD")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", show_default=False)] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None,
    wave: options.Wave = None,
    outcome: options.Outcome = None,
    target: Annotated[str | None, typer.Option("--target", metavar="TARGET")] = None,
    lower: Annotated[float | None, typer.Option("--lower", metavar="W", show_default=False)] = None,
    source: Annotated[list[Path] | None, typer.Option("--from", metavar="FILE.xlsx")] = None,
    without: Annotated[list[str] | None, typer.Option("--without", metavar="EXPERT")] = None,
    counts: Annotated[list[str] | None, typer.Option("--expert-weight", metavar="EXPERT=N")] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="RULE")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="judgements|priorities")] = None,
    table: Annotated[str | None, typer.Option("--random-index", metavar="TABLE")] = None,
    author: options.Author = None,
    parent: options.Parent = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Derive weights; with a name they are saved as a draft, without one only shown."""
    terminal: Terminal = ctx.obj
    command = ctx.command_path
    if method not in WAYS:
        raise Misuse.unknown("method", method, list(WAYS), command)
    if name is not None and not reason:
        raise Misuse("usage.missing", command, name="--reason")
    opened = Project(project)
    if name is not None:
        free_name(opened, name, command)
    asked = Asked(
        project=opened,
        method=method,
        command=command,
        terminal=terminal,
        parent=parent,
        wave=wave,
        outcome=outcome,
        target=target,
        lower=lower,
        # A shell puts what follows the first value of an option behind it, without the option.
        files=(*(source or ()), *(more or ())),
        without=tuple(without or ()),
        counts=_counts(counts or (), command),
        rule=rule,
        group=group,
        table=table,
    )
    check_options(asked)
    found = WAYS[method](asked)
    if not json:
        found.show(terminal)
    if name is None:
        _show_unsaved(terminal, opened, found, json=json)
        return
    held = save_derived(
        opened,
        found.derived,
        name=name,
        reason=reason or "",
        command=command,
        author=author,
        parent=parent,
    )
    show_made(terminal, opened, held, json=json)


def _counts(pairs: Sequence[str], command: str) -> dict[str, float]:
    """Return how much experts count, of ``EXPERT=N`` words."""
    found: dict[str, float] = {}
    wrong = []
    for pair in pairs:
        name, _, text = pair.rpartition("=")
        try:
            found[name] = float(text)
        except ValueError:
            found[name] = 0.0
        if not name or not isfinite(found[name]) or found[name] <= 0:
            wrong.append(pair)
    if wrong:
        raise Misuse("usage.derive_counts", command, pairs=listing(wrong))
    return found


def _show_unsaved(terminal: Terminal, opened: Project, found: Derivation, *, json: bool) -> None:
    """Print weights that are not kept; exit 1 where they must not be used."""
    derived, study = found.derived, opened.study
    if json:
        terminal.json(
            {
                "method": derived.method,
                "weights": dict(derived.weights),
                "evidence": dict(derived.evidence),
                "caveats": _documents(derived.caveats, study),
                "blocked": _documents(derived.blocked, study),
                **found.document,
            }
        )
    else:
        terminal.lines(caveat_lines(derived.caveats, study, terminal.language))
    if derived.blocked and json:
        raise typer.Exit(1)
    if derived.blocked:
        raise blocked(derived, study)
    if not json:
        terminal.lines(["", terminal.text("weights.derive_unsaved")])


def _documents(caveats: Sequence[Caveat], study: Study) -> list[dict[str, Any]]:
    """Return caveats as JSON values, each with its sentence in every language."""
    return [
        {
            "key": caveat.key,
            "values": dict(caveat.values),
            "message": {language: caveat_lines([caveat], study, language)[0] for language in LANGUAGES},
        }
        for caveat in caveats
    ]
