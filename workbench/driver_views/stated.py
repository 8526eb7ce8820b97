"""What people say is important, against what goes with the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from report_templates import formatting
from survey.language import catalogue
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.placed import Placed, blocked, points, say, show_placed, whole_percent
from workbench.driver_views.wording import with_limits
from workbench.terminal import Stop

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.figures import Estimate
    from analysis.priority_parts import Ranked, StatedDriver, StatedImportance
    from report_templates.context.words import Words

_STYLES = {"key": "bold", "hidden": "bold blue"}
_MARKS = {"key": "◆", "hidden": "▲", "expected": "●", "minor": "●"}


def show(asked: Asked) -> None:
    """Write stated and derived importance side by side, or ``stated_document``.

    Raises ``Stop`` where the study asks no importance, with how to ask it.
    """
    declared = asked.project.study.drivers
    if declared is None or not declared.stated:
        names = declared.items if declared and declared.items else _leaves(asked)
        raise Stop("priorities.stated.none_asked", file=asked.project.study_file, driver=names[0])
    show_placed(asked, "stated", stated_document, _show)


def stated_document(part: Placed) -> dict[str, object]:
    """Return what ``--json`` prints of an outcome: ``analysis.priority_parts.StatedImportance``, or null."""
    return {"probability": part.least, "stated": part.found.stated}


def _leaves(asked: Asked) -> list[str]:
    return [leaf.item for leaf in asked.project.study.index.leaves() if leaf.item]


def _show(asked: Asked, part: Placed) -> None:
    terminal, words, stated = asked.terminal, part.words, part.found.stated
    if stated is None:
        terminal.lines([say(words, "stated.too_few"), ""])
        return
    told = blocked(part) or _headline(words, stated)
    terminal.show(Text(told, style="bold"), "", _table(words, stated))
    terminal.lines([*_notes(part, stated), ""])


def _headline(words: Words, stated: StatedImportance) -> str:
    """Say how far both agree, and name what matters without being said to."""
    hidden = [words.within(words.item(row.driver)) for row in stated.drivers if row.kind == "hidden"]
    if hidden:
        return say(words, "stated.hidden_first", names=words.joined(hidden))
    return say(words, "stated.none_hidden")


def _table(words: Words, stated: StatedImportance) -> Table:
    sentence = catalogue("workbench")
    heads = [
        words.spaced(sentence(f"priorities.column.{name}", words.language))
        for name in ("name", "stated", "ranks", "derived", "ranks", "kind", "sure")
    ]
    rows = [
        (
            words.item(row.driver),
            with_limits(row.stated.value, points),
            _ranks(row.stated),
            with_limits(row.derived.value, whole_percent),
            _ranks(row.derived),
            _kind(words, row),
            formatting.probability(max(row.kinds.values())),
        )
        for row in stated.drivers
    ]
    return tables.plain_table(rows, heads, right=(1, 2, 3, 4, 6))


def _ranks(ranked: Ranked) -> str:
    return formatting.interval(str(ranked.low), str(ranked.high))


def _kind(words: Words, row: StatedDriver) -> Text:
    kind = row.kind or "undecided"
    word = catalogue("workbench")(f"priorities.kind.{kind}", words.language)
    return Text(f"{_MARKS.get(kind, '○')} {word}", style=_STYLES.get(kind, ""))


def _notes(part: Placed, stated: StatedImportance) -> list[str]:
    words = part.words
    found = [_along(words, stated)]
    if stated.crowded:
        names = words.joined([words.item(driver) for driver in stated.crowded])
        found.append(say(words, "stated.crowded", names=names, spread=formatting.number(stated.spread)))
    if stated.hidden:
        names = words.joined([words.item(driver) for driver, _ in stated.hidden])
        found.append(say(words, "stated.not_shown", names=names))
    legend = say(
        words,
        "stated.legend",
        level=words.level,
        probability=part.probability,
        stated=formatting.number(stated.stated_line),
        derived=formatting.percent(stated.derived_line, 1),
    )
    return [*found, legend, say(words, "stated.neither")]


def _along(words: Words, stated: StatedImportance) -> str:
    if stated.correlation is None:
        return say(words, "stated.no_order")
    return say(
        words,
        "stated.correlation",
        value=formatting.signed(stated.correlation.value, 2),
        interval=_signed_limits(words, stated.correlation),
        count=len(stated.drivers),
        level=words.level,
    )


def _signed_limits(words: Words, correlation: Estimate) -> str:
    return words.signed_limits(correlation, lambda value: formatting.signed(value, 2))
