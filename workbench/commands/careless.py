"""``csat careless``: who may have answered carelessly, and what the index would be without some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from survey.careless_flags import CarelessFlags
    from workbench.preview import IndexPreview

_COLUMNS = ("place", "respondent", "flags", "side", "seconds", "proposed")
_FIGURES = (0, 4)
_SHOWN = 40
# Pseudonyms are long, and their first characters tell respondents apart; --json has them whole.
_NAME_SHOWN = 12


def careless(
    ctx: typer.Context,
    wave: options.Wave = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show the flags of a wave, and its index with and without the answers proposed for exclusion."""
    from workbench.preview import held_preview

    terminal: Terminal = ctx.obj
    opened = Project(project)
    preview = held_preview(opened, opened.answered_wave(wave, ctx.command_path))
    if json:
        terminal.json(careless_document(preview))
    else:
        show_careless(terminal, preview)


def careless_document(preview: IndexPreview) -> dict[str, Any]:
    """Return what ``--json`` prints: the flags, and the index with and without those proposed."""
    figures = preview.document()
    shown = {"index": figures["after"], "index_without_proposed": figures["without_proposed"]}
    return preview.flags.document() | shown


def show_careless(terminal: Terminal, preview: IndexPreview) -> None:
    """Say who was flagged and why, list them, and show what they do to the index."""
    from survey.careless_words import flag_lines

    terminal.lines(flag_lines(preview.flags, terminal.language))
    if preview.flags.flagged.any():
        terminal.lines([""])
        _show_people(terminal, preview.flags)
    if preview.without is not None:
        heading, *figures = preview.lines(terminal)
        terminal.lines(["", heading])
        terminal.lines(figures, indent="  ")


def _show_people(terminal: Terminal, flags: CarelessFlags) -> None:
    """List flagged people: those proposed for exclusion first, then those with most flags."""
    from workbench.tables import plain_table

    order = sorted(
        (n for n in range(len(flags)) if flags.flagged[n]),
        key=lambda n: (not flags.proposed[n], -len(flags.flags_of(n)), n),
    )
    heads = [terminal.text(f"careless.head.{column}") for column in _COLUMNS]
    terminal.show(plain_table([_person(terminal, flags, n) for n in order[:_SHOWN]], heads, right=_FIGURES))
    if (more := len(order) - _SHOWN) > 0:
        terminal.line("careless.more", n=more)


def _person(terminal: Terminal, flags: CarelessFlags, n: int) -> tuple[str, ...]:
    from report_templates import formatting
    from survey.careless_words import short_names, side_name

    name = formatting.printable(flags.respondents[n])
    seconds = float(flags.indices["seconds_per_item"][n])
    return (
        str(n + 1),
        name if len(name) <= _NAME_SHOWN + 1 else f"{name[:_NAME_SHOWN]}…",
        short_names(flags.flags_of(n), terminal.language),
        side_name(flags.side_of(n), terminal.language),
        formatting.NONE if seconds != seconds else formatting.number(seconds),
        terminal.text("careless.yes") if flags.proposed[n] else "",
    )
