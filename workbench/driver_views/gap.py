"""What comes first by the gap between importance and performance, both on 0–100."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from report_templates import formatting
from survey.language import catalogue
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.placed import Placed, blocked, say, show_placed
from workbench.driver_views.wording import with_limits

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.priority_parts import GapPriority
    from analysis.results import Driver, Estimate


def show(asked: Asked) -> None:
    """Write the drivers of every outcome, largest gap first, or ``gap_document``."""
    show_placed(asked, "gaps", gap_document, _show)


def gap_document(part: Placed) -> dict[str, object]:
    """Return what ``--json`` prints of an outcome: every driver with its gap, its rank and their doubt."""
    return {
        "drivers": [
            {"driver": driver.item, "performance": driver.performance, "priority": gap}
            for driver, gap in _ordered(part)
        ],
        "without_score": [driver.item for driver in part.found.drivers if driver.gap is None],
    }


def _ordered(part: Placed) -> list[tuple[Driver, GapPriority]]:
    """Return the drivers that have a gap, largest first."""
    found = [(driver, driver.gap) for driver in part.found.drivers if driver.gap is not None]
    return sorted(found, key=lambda pair: pair[1].rank)


def _show(asked: Asked, part: Placed) -> None:
    terminal, words = asked.terminal, part.words
    ordered = _ordered(part)
    told = blocked(part) or _headline(part, ordered)
    terminal.show(Text(told, style="bold"), "", _table(part, ordered))
    notes = [say(words, "gap.legend", level=words.level), say(words, "gap.convention")]
    hidden = [words.item(driver.item) for driver in part.found.drivers if driver.gap is None]
    if hidden:
        notes.append(say(words, "gap.hidden", names=words.joined(hidden)))
    terminal.lines([*notes, ""])


def _headline(part: Placed, ordered: list[tuple[Driver, GapPriority]]) -> str:
    """Name the driver that is clearly first, or those among which it may be."""
    words = part.words
    first = [words.within(words.item(driver.item)) for driver, gap in ordered if gap.rank_low == 1]
    if not first:
        return say(words, "gap.none")
    if len(first) == 1:
        return say(words, "gap.first", name=first[0])
    return say(words, "gap.tied", names=words.joined(first), count=len(first))


def _table(part: Placed, ordered: list[tuple[Driver, GapPriority]]) -> Table:
    words, sentence = part.words, catalogue("workbench")
    heads = [
        words.spaced(sentence(f"priorities.column.{name}", words.language))
        for name in ("rank", "name", "relative", "score", "gap", "ranks", "first")
    ]
    rows = [
        (
            str(gap.rank),
            words.item(driver.item),
            with_limits(gap.importance, lambda value: formatting.number(value, 0)),
            words.score(driver.performance),
            _signed(part, gap.gap),
            formatting.interval(str(gap.rank_low), str(gap.rank_high)),
            formatting.probability(gap.first),
        )
        for driver, gap in ordered
    ]
    return tables.plain_table(rows, heads, right=(0, 2, 3, 4, 5, 6))


def _signed(part: Placed, gap: Estimate) -> str:
    if gap.low is None or gap.high is None:
        return formatting.signed(gap.value)
    return f"{formatting.signed(gap.value)} ({part.words.signed_limits(gap, formatting.signed)})"
