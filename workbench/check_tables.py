"""The checklist as tables for a terminal, one for the wave, one for every outcome, one for the scales.

Nothing is computed here. A sign and a word say what a line came to; a colour only repeats them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from report_templates.context import check_words as told
from survey.language import catalogue
from workbench.layout import cells, wrap
from workbench.tables import plain_table, weights_used

if TYPE_CHECKING:
    from analysis.check_results import Check, Checklist, State
    from report_templates.context.words import Words
    from workbench.terminal import Terminal

SIGNS: Mapping[State, str] = {"pass": "●", "warn": "◐", "block": "○"}
_STYLES: Mapping[State, str] = {"pass": "", "warn": "yellow", "block": "bold red"}
# Cells between two columns; how check, what was found, limit and source share a narrow terminal.
_GAP = 2
_PARTS = (4, 5, 4, 4)


def show_checks(terminal: Terminal, words: Words, found: Checklist) -> None:
    """Print every line with what was found, its limit and its source, and what to do where it matters."""
    title = _say(words, "checklist.title", wave=words.wave(found.wave))
    terminal.show(Text(title, style="bold"), Text())
    for _, group in groupby(found.checks, key=_part):
        checks = tuple(group)
        table = _table(words, checks, terminal.width)
        terminal.show(Text(_heading(words, checks[0]), style="bold"), table, Text())
    counts = {state: words.count(count) for state, count in found.counts.items()}
    terminal.lines([_say(words, "checklist.counts", **counts)])
    blocked = [words.within(words.outcome(outcome)) for outcome in found.blocked_outcomes]
    if blocked:
        terminal.lines([_say(words, "checklist.blocked", names=words.joined(blocked))])
    terminal.lines([_say(words, "checklist.reading"), *weights_used(words)])


def _part(check: Check) -> tuple[str, str | None]:
    """Scales stand together in one table."""
    return check.scope, check.about if check.scope == "outcome" else None


def _heading(words: Words, check: Check) -> str:
    name = words.within(told.about(words, check)) if check.scope == "outcome" else told.about(words, check)
    return _say(words, f"checklist.{check.scope}", name=name)


def _table(words: Words, checks: tuple[Check, ...], width: int) -> Table:
    """One line a check; where the terminal is too narrow, cells are broken as paragraphs are."""
    heads = [
        _say(words, f"checklist.column.{name}") for name in ("state", "check", "found", "limit", "source")
    ]
    rows = [
        (
            _state(words, check),
            Text(_name(words, check)),
            _found(words, check),
            Text(told.limit(words, check)),
            Text(told.source(words, check)),
        )
        for check in checks
    ]
    widths = _widths([[heads[at], *(row[at].plain for row in rows)] for at in range(len(heads))], width)
    folded = [[_folded(cell, room) for cell, room in zip(row, widths, strict=True)] for row in rows]
    table = plain_table(folded, heads)
    table.columns[0].no_wrap = True
    return table


def _widths(columns: list[list[str]], width: int) -> list[int]:
    """Return the cells of each column; those beside the state share what the terminal has left."""
    natural = [max(cells(line) for text in column for line in text.split("\n")) for column in columns]
    rest = width - natural[0] - _GAP * (len(columns) - 1)
    if sum(natural[1:]) <= rest:
        return natural
    room = [natural[0]]
    weights = list(_PARTS)
    for wanted in natural[1:]:
        fair = rest * weights[0] // sum(weights)
        room.append(min(wanted, fair))
        rest -= room[-1]
        del weights[0]
    return room


def _folded(text: Text, width: int) -> Text:
    """Return ``text`` with lines of at most ``width`` cells, each piece in its style."""
    lines: list[Text] = []
    for line in text.split("\n"):
        styles = line.spans[0].style if line.spans else line.style
        lines += [Text(piece, style=styles) for piece in wrap(line.plain, width)]
    return Text("\n").join(lines)


def _name(words: Words, check: Check) -> str:
    name = told.name(words, check)
    return told.named(words, check, name) if check.scope == "scale" else name


def _state(words: Words, check: Check) -> Text:
    return Text(f"{SIGNS[check.state]} {told.state(words, check)}", style=_STYLES[check.state])


def _found(words: Words, check: Check) -> Text:
    """What was found, and below it what to do."""
    found = Text(told.found(words, check))
    if check.state != "pass":
        found.append(f"\n→ {told.remedy(words, check)}", style="bold")
    return found


def _say(words: Words, key: str, **values: object) -> str:
    return words.spaced(catalogue("workbench")(key, words.language, **values))
