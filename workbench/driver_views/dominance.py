"""Who dominates whom: the mean gain by how many others are in, and every pair of drivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from analysis.driver_parts import LEVELS, Dominance, DominancePair, Level
from analysis.results import DriverResults
from report_templates.context.words import Words
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.estimated import Estimated, show_estimated
from workbench.driver_views.wording import heading, part_decimals, percents, result_hint, say
from workbench.published import published

# Cells that the number and the name of a driver and the mean take, and those of one size of model.
_BESIDE_SIZES, _SIZE = 27, 5
_OF_LEVEL: dict[Level | None, str] = {"complete": "+++", "conditional": "++", "general": "+", None: "·"}


def show(asked: Asked) -> None:
    """Write the profile and the matrix of every outcome, or ``dominance_document``."""
    show_estimated(asked, dominance_document, _show)


def dominance_document(made: Estimated) -> dict[str, Any]:
    """Return what ``--json`` prints: ``analysis.driver_parts.Dominance`` by outcome, or ``None``."""
    return made.document("dominance", {part.outcome: published(part.dominance) for part in made.found})


def _show(asked: Asked, words: Words, found: DriverResults) -> None:
    terminal, dominance = asked.terminal, found.dominance
    if dominance is None:
        terminal.show(tables.drivers_title(words, found))
        terminal.lines([say(words, "dominance.none"), ""])
        return
    title = Text(say(words, "dominance.profile"), style="bold")
    terminal.show(tables.drivers_title(words, found), title)
    sizes = _spread(len(dominance.drivers), max(3, (terminal.width - _BESIDE_SIZES) // _SIZE))
    terminal.show(_profile(words, dominance, sizes, part_decimals(found.r_squared)))
    terminal.lines(_left_out(words, len(dominance.drivers), sizes))
    terminal.show(heading(say(words, "dominance.matrix")), _matrix(words, dominance))
    terminal.lines([*_legend(words, dominance), *_counts(words, dominance), *result_hint(words, found), ""])


def _profile(words: Words, dominance: Dominance, sizes: Sequence[int], decimals: int) -> Table:
    """Mean gain in R² by how many others are in, for the ``sizes`` that the width has room for."""
    count = len(dominance.drivers)
    percent = percents(decimals)
    rows = [
        (
            str(place),
            words.item(driver),
            *(percent(gains[size]) for size in sizes),
            percent(sum(gains) / count),
        )
        for place, (driver, gains) in enumerate(
            zip(dominance.drivers, dominance.conditional, strict=True), start=1
        )
    ]
    heads = [say(words, "head.rank"), say(words, "head.name"), *map(str, sizes), say(words, "head.mean")]
    return tables.plain_table(rows, heads, right=(0, *range(2, len(heads))))


def _spread(count: int, room: int) -> list[int]:
    """Return 0 to ``count`` − 1, or as many of these as there is room for, with the first and the last."""
    if count <= room:
        return list(range(count))
    return [round(step * (count - 1) / (room - 1)) for step in range(room)]


def _left_out(words: Words, count: int, sizes: Sequence[int]) -> Iterator[str]:
    if missing := sorted(set(range(count)) - set(sizes)):
        yield say(words, "dominance.left_out", sizes=words.joined([*map(str, missing)]))


def _matrix(words: Words, dominance: Dominance) -> Table:
    """Pluses where the driver of the row dominates that of the column; each pair stands once."""
    needed = words.study.reporting.level
    marks = {(pair.first, pair.second): _OF_LEVEL[held(pair, needed)] for pair in dominance.pairs}
    rows = [
        (
            str(place),
            words.item(driver),
            *(
                Text("–" if other == driver else marks.get((driver, other), ""), justify="right")
                for other in dominance.drivers
            ),
        )
        for place, driver in enumerate(dominance.drivers, start=1)
    ]
    numbers = map(str, range(1, len(rows) + 1))
    heads = [say(words, "head.rank"), say(words, "head.name"), *numbers]
    return tables.plain_table(rows, heads, right=(0, *range(2, len(heads))))


def held(pair: DominancePair, needed: float) -> Level | None:
    """Return the strongest level of the sample that holds in ``needed`` of the replicates; ``None`` for none.

    Where no replicates were looked at, the level of the sample.
    """
    if pair.reproduced is None:
        return pair.level
    known = LEVELS[LEVELS.index(pair.level) :]
    return next((level for level in known if pair.reproduced[level] >= needed), None)


def _legend(words: Words, dominance: Dominance) -> Iterator[str]:
    yield say(words, "dominance.legend")
    if dominance.replicates:
        yield say(words, "dominance.replicates", level=words.level, count=words.count(dominance.replicates))
    else:
        yield say(words, "dominance.sample_alone")


def _counts(words: Words, dominance: Dominance) -> Iterator[str]:
    """How many pairs are told apart at each level, and how many the sample alone would tell apart."""
    needed = words.study.reporting.level
    sure = Counter(held(pair, needed) for pair in dominance.pairs)
    alone = Counter(pair.level for pair in dominance.pairs)
    yield say(
        words,
        "dominance.counts",
        pairs=words.count(len(dominance.pairs)),
        open=words.count(sure[None]),
        **{level: words.count(sure[level]) for level in LEVELS},
    )
    if dominance.replicates and alone["complete"] > sure["complete"]:
        yield say(words, "dominance.sample_says", complete=words.count(alone["complete"]))
