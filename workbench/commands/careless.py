"""``csat careless``: who may have answered carelessly, and what the index would be without some of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench import options
from workbench.exclusions import Decision, exclude_proposed, include_all
from workbench.project import Project
from workbench.terminal import Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from workbench.preview import IndexPreview

_COLUMNS = ("place", "respondent", "flags", "side", "seconds", "exclusion")
_FIGURES = (0, 4)
_SHOWN = 40
# Pseudonyms are long, and their first characters tell respondents apart; --json has them whole.
_NAME_SHOWN = 12


def careless(
    ctx: typer.Context,
    wave: options.Wave = None,
    exclude: Annotated[bool, typer.Option("--exclude-proposed")] = False,
    include: Annotated[bool, typer.Option("--include")] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the flags of a wave and its index with and without some answers; write down what is decided."""
    from workbench.preview import held_preview

    terminal: Terminal = ctx.obj
    why = _reason(exclude, include, reason, ctx.command_path)
    opened = Project(project)
    chosen = opened.answered_wave(wave, ctx.command_path)
    decision = None
    if why is not None:
        decision = (exclude_proposed if exclude else include_all)(opened, chosen, why)
    weighted = opened.weight_set(weights, ctx.command_path)
    preview = held_preview(opened, weighted, chosen)
    if json:
        terminal.json(careless_document(preview, decision))
        return
    if decision is None:
        show_careless(terminal, preview)
    else:
        key = f"careless.{decision.kind}d" if decision.respondents else f"careless.nobody_to_{decision.kind}"
        about = {"by": decision.by or "—", "reason": why, "project": opened.option}
        terminal.line(key, wave=chosen, n=len(decision.respondents), **about)
    _show_index(terminal, preview)


def careless_document(preview: IndexPreview, decision: Decision | None = None) -> dict[str, Any]:
    """Return what ``--json`` prints: the flags, three readings of the index, and what was decided."""
    figures = preview.document()
    return preview.flags.document() | {
        "index": figures["now"] or figures["after"],
        "index_of_all": figures["after"],
        "index_without_proposed": figures["without_proposed"],
        "weights": figures["weights"],
        "exclusions": [
            {
                "respondent": person.respondent,
                "reason": person.reason,
                "at": person.at.isoformat(),
                "by": person.by,
            }
            for person in preview.exclusions
        ],
        "decision": None if decision is None else decision.document(),
    }


def show_careless(terminal: Terminal, preview: IndexPreview) -> None:
    """Say who was flagged and why, list them, and say who was left out by whom."""
    from survey.careless_words import flag_lines

    terminal.lines(flag_lines(preview.flags, terminal.language))
    if preview.flags.flagged.any():
        terminal.lines([""])
        _show_people(terminal, preview)
    if preview.exclusions:
        terminal.lines(["", *_exclusion_lines(terminal, preview)])
    if preview.without is not None or preview.now is not None:
        terminal.lines([""])


def _show_index(terminal: Terminal, preview: IndexPreview) -> None:
    """Show the index where leaving somebody out makes another one."""
    if preview.without is not None or preview.now is not None:
        heading, *figures = preview.lines(terminal)
        terminal.lines([heading])
        terminal.lines(figures, indent="  ")


def _reason(exclude: bool, include: bool, reason: str | None, command: str) -> str | None:
    """Return why something is decided, ``None`` where nothing is; a decision needs a reason."""
    if exclude and include:
        raise Misuse("careless.both", command)
    if reason is not None and not (exclude or include):
        raise Misuse("careless.reason_alone", command)
    if (exclude or include) and not (reason or "").strip():
        raise Misuse("careless.no_reason", command)
    return None if reason is None else reason.strip()


def _show_people(terminal: Terminal, preview: IndexPreview) -> None:
    """List flagged people: those proposed for exclusion first, then those with most flags."""
    from workbench.tables import plain_table

    flags, gone = preview.flags, {person.respondent for person in preview.exclusions}
    order = sorted(
        (n for n in range(len(flags)) if flags.flagged[n]),
        key=lambda n: (not flags.proposed[n], -len(flags.flags_of(n)), n),
    )
    rows = [_person(terminal, preview, n, out=flags.respondents[n] in gone) for n in order[:_SHOWN]]
    heads = [terminal.text(f"careless.head.{column}") for column in _COLUMNS]
    terminal.show(plain_table(rows, heads, right=_FIGURES))
    if (more := len(order) - _SHOWN) > 0:
        terminal.line("careless.more", n=more)


def _person(terminal: Terminal, preview: IndexPreview, n: int, *, out: bool) -> tuple[str, ...]:
    from report_templates import formatting
    from survey.careless_words import short_names, side_name

    flags = preview.flags
    name = formatting.printable(flags.respondents[n])
    seconds = float(flags.indices["seconds_per_item"][n])
    exclusion = "decided" if out else "proposed" if flags.proposed[n] else None
    return (
        str(n + 1),
        name if len(name) <= _NAME_SHOWN + 1 else f"{name[:_NAME_SHOWN]}…",
        short_names(flags.flags_of(n), terminal.language),
        side_name(flags.side_of(n), terminal.language),
        formatting.NONE if seconds != seconds else formatting.number(seconds),
        terminal.text(f"careless.exclusion.{exclusion}") if exclusion else "",
    )


def _exclusion_lines(terminal: Terminal, preview: IndexPreview) -> Iterator[str]:
    """Yield a line for every decision that holds: how many, when, by whom and why."""
    made = groupby(preview.exclusions, key=lambda person: (person.at, person.by, person.reason))
    for (at, by, reason), people in made:
        n = sum(1 for _ in people)
        yield terminal.text("careless.left_out", n=n, at=f"{at:%Y-%m-%d %H:%M}", by=by or "—", reason=reason)
