"""Drivers and where they may be said to lie, for the views that say what comes first.

What a newcomer gets wrong: a driver without a clear quadrant is no mean between two. It stands hollow, and
where many do, there is no order to be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from rich.text import Text

from analysis.checks import Check, checklist
from analysis.priority_parts import UNDECIDED_SHARE, named_quadrant
from analysis.results import Driver, DriverResults, Estimate
from report_templates import formatting
from report_templates.context import check_words
from report_templates.context.words import Words
from survey.language import catalogue
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.estimated import Estimated, estimated
from workbench.driver_views.wording import with_limits
from workbench.published import published

MARKS = {"improve": "▼", "keep": "▲", "minor": "●", "maintain": "●", "undecided": "○"}
STYLES = {"improve": "bold dark_orange3", "keep": "bold blue"}


@dataclass(frozen=True)
class Placed:
    """Drivers of one outcome with the words for them.

    ``least`` is the probability from which on a quadrant is named; ``blocks`` are lines of the checklist that
    keep any from being named, and ``ceiling`` items that over 40 % answer with the best answer.
    """

    words: Words
    found: DriverResults
    least: float
    blocks: tuple[Check, ...]
    ceiling: frozenset[str]

    def quadrant(self, driver: Driver) -> str:
        """Return the quadrant of a driver, or ``undecided``."""
        return (None if self.blocks else named_quadrant(driver, self.least)) or "undecided"

    def within(self, quadrant: str) -> tuple[Driver, ...]:
        """Return the drivers in a quadrant, most important first."""
        return tuple(driver for driver in self.found.drivers if self.quadrant(driver) == quadrant)

    @property
    def clear(self) -> bool:
        """Whether enough drivers have a quadrant for there to be priorities."""
        return len(self.within("undecided")) <= UNDECIDED_SHARE * len(self.found.drivers)

    @property
    def probability(self) -> str:
        """The least probability as text."""
        return formatting.percent(self.least) + "%"

    def at_ceiling(self, driver: Driver) -> bool:
        """Whether most of what a driver could gain is gained: its importance may be understated."""
        return not self.ceiling.isdisjoint(driver.items or (driver.item,))


def placed(asked: Asked, made: Estimated) -> list[Placed]:
    """Return every outcome that has drivers with its words."""
    words, declared = made.words(asked), asked.project.study.drivers
    # An outcome that was worked out on demand is checked like those of the results.
    checks = checklist(replace(made.results, drivers=made.found))
    ceilings = {check.about: frozenset(check.names) for check in checks.checks if check.key == "ceiling"}
    least = declared.probability if declared else 0.8
    return [
        Placed(words, part, least, checks.blocks(part.outcome), ceilings.get(part.outcome, frozenset()))
        for part in made.found
    ]


def show_placed(
    asked: Asked,
    key: str,
    document: Callable[[Placed], dict[str, object]],
    tell: Callable[[Asked, Placed], None],
) -> None:
    """Print one JSON object with the outcomes under ``key``, or every outcome by ``tell``."""
    made = estimated(asked)
    parts = placed(asked, made)
    if asked.json:
        whole = [published({"outcome": part.found.outcome} | document(part)) for part in parts]
        asked.terminal.json(made.document(key, whole))
        return
    for part in parts:
        asked.terminal.show(tables.drivers_title(part.words, part.found))
        tell(asked, part)
    asked.terminal.lines(made.last_lines(made.words(asked)))


def say(words: Words, key: str, **values: object) -> str:
    """Return a sentence about priorities."""
    return words.spaced(catalogue("workbench")(f"priorities.{key}", words.language, **values))


def blocked(part: Placed) -> str:
    """Return why nothing may be a headline, and what to do; empty where nothing blocks."""
    if not part.blocks:
        return ""
    return say(part.words, "head.blocked", why=check_words.told(part.words, part.blocks[0]))


def unclear(part: Placed) -> str:
    """Return how many drivers are undecided, which makes for no clear priorities."""
    unsure, total = len(part.within("undecided")), len(part.found.drivers)
    return say(part.words, "head.unclear", count=unsure, total=total, probability=part.probability)


def headline(part: Placed) -> str:
    """Return in a sentence what to improve first, or why nothing can be said to be."""
    words, first = part.words, part.within("improve")
    if part.blocks:
        return blocked(part)
    names = words.joined([words.within(words.item(driver.item)) for driver in first])
    if not part.clear:
        only = say(words, "head.only", names=names)
        return words.run_on(unclear(part), only) if first else unclear(part)
    if not first:
        return say(words, "head.none", probability=part.probability)
    return say(words, "head.first", names=names, probability=part.probability)


def mark(part: Placed, driver: Driver, word: str) -> Text:
    """Return the verdict of a driver: its mark, hollow where undecided, and its word."""
    quadrant = part.quadrant(driver)
    return Text(f"{MARKS[quadrant]} {word}", style=STYLES.get(quadrant, ""))


def sureness(driver: Driver) -> str:
    """Return how often a driver fell into its quadrant, or into the likeliest."""
    best = max(driver.quadrants.values(), default=0.0)
    known = driver.quadrants.get(driver.quadrant, best) if driver.quadrant else best
    return formatting.probability(known)


def score(words: Words, driver: Driver) -> str:
    """Return the performance of a driver with its interval."""
    performance = driver.performance
    return with_limits(performance, points) if isinstance(performance, Estimate) else words.too_few


def points(value: float) -> str:
    """Return points of 100."""
    return formatting.number(value)


def whole_percent(value: float) -> str:
    """Return a share in per cent."""
    return formatting.percent(value)


def lines_line(part: Placed) -> str:
    """Return where the lines stand, as a sentence."""
    words, found = part.words, part.found
    at = found.performance_line
    told = catalogue("workbench")(
        f"priorities.lines.{'own' if at is None else found.lines}",
        words.language,
        performance=formatting.NONE if at is None else formatting.number(at),
        importance=formatting.percent(found.importance_line, 1),
    )
    return words.spaced(told)


def ceiling_lines(part: Placed) -> list[str]:
    """Say of whom most are at the top of the scale already."""
    full = [part.words.item(driver.item) for driver in part.found.drivers if part.at_ceiling(driver)]
    if not full:
        return []
    return [say(part.words, "ceiling", names=part.words.joined(full))]
