"""The strategy matrix of satisfaction and importance, as Chinese practice draws and names it.

GB/T 19038-2009 gives an example of one in its informative Annex D. The areas are the quadrants of
``priorities`` under other names: nothing is computed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.text import Text

from analysis.results import Quadrant
from survey.language import catalogue
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.placed import (
    Placed,
    blocked,
    lines_line,
    mark,
    say,
    score,
    show_placed,
    sureness,
    unclear,
    whole_percent,
)
from workbench.driver_views.wording import with_limits

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.results import Driver
    from report_templates.context.words import Words

AREAS: Mapping[Quadrant, str] = {
    "improve": "repair",
    "keep": "advantage",
    "minor": "opportunity",
    "maintain": "maintenance",
}
"""Area by quadrant: repair is important and poor, advantage important and good, opportunity unimportant and
poor, maintenance unimportant and good."""


def show(asked: Asked) -> None:
    """Write the drivers of every outcome by area, or ``strategy_document``."""
    show_placed(asked, "strategy", strategy_document, _show)


def strategy_document(part: Placed) -> dict[str, object]:
    """Return what ``--json`` prints of an outcome: every driver with the probability of each area."""
    return {
        "probability": part.least,
        "blocked": [check.key for check in part.blocks],
        "drivers": [
            {
                "driver": driver.item,
                "importance": driver.share,
                "satisfaction": driver.performance,
                "areas": {AREAS[name]: share for name, share in driver.quadrants.items()},
                "area": _area(part, driver),
            }
            for driver in part.found.drivers
        ],
    }


def _area(part: Placed, driver: Driver) -> str:
    quadrant = part.quadrant(driver)
    return next((area for name, area in AREAS.items() if name == quadrant), "undecided")


def _show(asked: Asked, part: Placed) -> None:
    terminal, words = asked.terminal, part.words
    terminal.show(Text(blocked(part) or _headline(part), style="bold"), "", _table(part))
    areas = [_described(words, area) for area in AREAS.values()]
    legend = say(words, "strategy.legend", probability=part.probability)
    terminal.lines([*areas, lines_line(part), legend, ""])


def _headline(part: Placed) -> str:
    """Name what is in the repair area, after saying so where most of the rest is undecided."""
    words, unsure = part.words, len(part.within("undecided"))
    repair = [words.within(words.item(driver.item)) for driver in part.within("improve")]
    if not repair and not unsure:
        return say(words, "strategy.clear")
    if not repair:
        return say(words, "strategy.none", count=unsure, total=len(part.found.drivers))
    told = say(words, "strategy.repair", names=words.joined(repair))
    return told if part.clear else words.run_on(unclear(part), told)


def _table(part: Placed) -> Table:
    words = part.words
    order = [*AREAS.values(), "undecided"]
    drivers = sorted(part.found.drivers, key=lambda driver: order.index(_area(part, driver)))
    sentence = catalogue("workbench")
    heads = [
        words.spaced(sentence(f"priorities.column.{name}", words.language))
        for name in ("name", "importance", "satisfaction", "area", "sure")
    ]
    rows = [
        (
            words.item(driver.item),
            with_limits(driver.share, whole_percent),
            score(words, driver),
            mark(part, driver, _name(words, _area(part, driver))),
            sureness(driver),
        )
        for driver in drivers
    ]
    return tables.plain_table(rows, heads, right=(1, 2, 4))


def _name(words: Words, area: str) -> str:
    return catalogue("workbench")(f"priorities.area.{area}", words.language)


def _described(words: Words, area: str) -> str:
    what = catalogue("workbench")(f"priorities.area_means.{area}", words.language)
    return say(words, "strategy.area", area=_name(words, area), what=what)
