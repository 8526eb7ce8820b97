"""Importance against performance: what to improve first, and how sure each place on the map is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from analysis.priorities import QUADRANTS
from analysis.results import Estimate
from report_templates import formatting
from report_templates.context.priority_lines import from_line, line_of
from survey.language import catalogue
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.placed import (
    Placed,
    ceiling_lines,
    headline,
    lines_line,
    mark,
    say,
    score,
    show_placed,
    whole_percent,
)
from workbench.driver_views.wording import with_limits

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.results import Driver


_STANDING = ("importance", "score", "verdict")
_MORE = ("target", "from", *(f"short.{name}" for name in QUADRANTS), "n", "reach")


def show(asked: Asked) -> None:
    """Write the table of importance and performance of every outcome, or ``priorities_document``."""
    show_placed(asked, "priorities", priorities_document, _show)


def priorities_document(part: Placed) -> dict[str, object]:
    """Return what ``--json`` prints of an outcome.

    ``lines`` with their rule, whether priorities are ``clear``, the checks that block them, and of every
    driver both axes, its line, the probability of every quadrant, the one that is named, reach and ceiling.
    """
    found = part.found
    return {
        "lines": {
            "rule": found.lines,
            "performance": found.performance_line,
            "importance": found.importance_line,
        },
        "probability": part.least,
        "clear": part.clear and not part.blocks,
        "blocked": [check.key for check in part.blocks],
        "drivers": [
            {
                "driver": driver.item,
                "importance": driver.share,
                "performance": driver.performance,
                "line": line_of(found, driver),
                "from_line": from_line(found, driver),
                "quadrants": driver.quadrants,
                "quadrant": part.quadrant(driver),
                "reach": driver.asked,
                "ceiling": part.at_ceiling(driver),
            }
            for driver in found.drivers
        ],
    }


def _show(asked: Asked, part: Placed) -> None:
    terminal, words = asked.terminal, part.words
    terminal.show(Text(headline(part), style="bold"))
    whole = _table(part, _STANDING + _MORE)
    if terminal.fits(whole):
        terminal.show("", whole)
    else:
        heading = Text(say(words, "quadrants"), style="bold")
        terminal.show("", _table(part, _STANDING), "", heading, _table(part, _MORE))
    legend = say(words, "legend", level=words.level, probability=part.probability)
    terminal.lines(
        [lines_line(part), legend, *ceiling_lines(part), *tables.driver_notes(words, part.found), ""]
    )


def _table(part: Placed, wanted: Sequence[str]) -> Table:
    """Return the table with the name of each driver and the columns that are wanted."""
    words, own = part.words, part.found.performance_line is None
    columns = ["name", *(column for column in wanted if column != "target" or own)]
    left = ("name", "verdict")
    sentence = catalogue("workbench")
    heads = [
        words.spaced(sentence(f"priorities.column.{_named(part, name)}", words.language)) for name in columns
    ]
    rows = [[_cell(part, driver, name) for name in columns] for driver in part.found.drivers]
    right = [at for at, name in enumerate(columns) if name not in left]
    return tables.plain_table(rows, heads, right)


def _named(part: Placed, column: str) -> str:
    return f"from.{part.found.lines}" if column == "from" else column


def _cell(part: Placed, driver: Driver, column: str) -> str | Text:
    words, found = part.words, part.found
    kind, _, name = column.partition(".")
    match kind:
        case "name":
            return words.item(driver.item)
        case "importance":
            return with_limits(driver.share, whole_percent)
        case "score":
            return score(words, driver)
        case "target":
            line = line_of(found, driver)
            return formatting.NONE if line is None else formatting.number(line)
        case "from":
            away = from_line(found, driver)
            return formatting.NONE if away is None else formatting.signed(away)
        case "short":
            known = {str(key): value for key, value in driver.quadrants.items()}
            return formatting.probability(known.get(name, 0.0))
        case "n":
            performance = driver.performance
            return words.count(performance.n) if isinstance(performance, Estimate) else formatting.NONE
        case "verdict":
            quadrant = part.quadrant(driver)
            word = catalogue("workbench")(f"tables.reading.{quadrant}", words.language)
            return mark(part, driver, word)
    return formatting.percent(driver.asked) + ("%*" if part.at_ceiling(driver) else "%")
