"""All measures of importance side by side, each with its doubt: where to look before a rank is believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from analysis.measure_ranks import rank_differences
from analysis.results import Driver, DriverResults
from report_templates import formatting
from report_templates.context.words import Words
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.estimated import Estimated, show_estimated
from workbench.driver_views.wording import (
    heading,
    limits,
    part_decimals,
    percents,
    result_hint,
    say,
    with_limits,
)
from workbench.published import published

_PARTS = ("lmg", "johnson", "car", "pratt", "first", "last")
_ADDING_UP = _PARTS[:4]


def show(asked: Asked) -> None:
    """Write what is sure, the parts and the directions of every outcome, or ``measures_document``."""
    show_estimated(asked, measures_document, _show)


def measures_document(made: Estimated) -> dict[str, Any]:
    """Return what ``--json`` prints: drivers with their ``parts``, and where Johnson ranks otherwise."""
    return made.document(
        "measures",
        [
            published(part) | {"rank_differences": published(rank_differences(part.drivers))}
            for part in made.found
        ],
    )


def _show(asked: Asked, words: Words, found: DriverResults) -> None:
    terminal, parts = asked.terminal, _parts(words, found, beside=True)
    wide = terminal.fits(parts)
    if not wide:
        parts = _parts(words, found, beside=False)
    terminal.show(tables.drivers_title(words, found), _standing(words, found))
    terminal.show(heading(say(words, "measures.parts")), parts)
    if not wide:
        title = say(words, "measures.intervals", level=words.level)
        decimals = part_decimals(found.r_squared)
        finer = _intervals(words, found, decimals)
        fits = terminal.fits(finer)
        terminal.show(heading(title), finer if fits else _intervals(words, found, decimals - 1))
    legend = say(words, "measures.legend", level=words.level)
    terminal.lines(
        [legend, *tables.driver_notes(words, found), *_johnson(words, found), *result_hint(words, found), ""]
    )


def _standing(words: Words, found: DriverResults) -> Table:
    """Which places the answers can tell apart."""
    rows = [
        (
            str(driver.rank),
            words.item(driver.item),
            words.share(driver.share) + "%",
            words.shares_interval(driver.share),
            formatting.interval(str(driver.rank_low), str(driver.rank_high)),
            driver.tie,
            formatting.probability(driver.first),
            formatting.probability(driver.top3),
            say(words, f"measures.probe.{'above' if driver.probe else 'within'}"),
        )
        for driver in found.drivers
    ]
    heads = ("rank", "name", "share", "interval", "ranks", "tie", "first_place", "top3", "probe")
    return tables.plain_table(rows, _heads(words, heads), right=(0, 2, 3, 4, 6, 7))


def _parts(words: Words, found: DriverResults, *, beside: bool) -> Table:
    decimals, rows = part_decimals(found.r_squared), list[Sequence[str]]()
    for driver in found.drivers:
        parts = [getattr(driver.parts, name, None) for name in _PARTS]
        rows.append(
            (
                str(driver.rank),
                words.item(driver.item),
                *(
                    with_limits(part, percents(decimals))
                    if beside
                    else words.share(part, decimals)
                    if part
                    else formatting.NONE
                    for part in parts
                ),
                _coefficient(driver, beside=beside),
                formatting.NONE if driver.correlation is None else formatting.number(driver.correlation, 2),
                formatting.NONE
                if driver.direction is None
                else say(words, f"measures.direction.{driver.direction}"),
            )
        )
    rows.append(("", say(words, "measures.sum"), *_sums(found), "", "", ""))
    heads = ("rank", "name", *_PARTS, "coefficient", "correlation", "direction")
    return tables.plain_table(rows, _heads(words, heads), right=(0, *range(2, 4 + len(_PARTS))))


def _coefficient(driver: Driver, *, beside: bool) -> str:
    if beside:
        return with_limits(driver.coefficient, _beta)
    return formatting.NONE if driver.coefficient is None else _beta(driver.coefficient.value)


def _beta(value: float) -> str:
    return formatting.number(value, 2)


def _sums(found: DriverResults) -> Iterator[str]:
    """What the measures that share R² out add up to."""
    decimals = part_decimals(found.r_squared)
    for name in _PARTS:
        parts = [getattr(driver.parts, name) for driver in found.drivers if driver.parts is not None]
        adds_up = name in _ADDING_UP and parts
        yield formatting.percent(sum(part.value for part in parts), decimals) if adds_up else ""


def _intervals(words: Words, found: DriverResults, decimals: int) -> Table:
    rows = [
        (
            str(driver.rank),
            words.item(driver.item),
            *(limits(getattr(driver.parts, name, None), percents(decimals)) for name in _PARTS),
            limits(driver.coefficient, _beta),
        )
        for driver in found.drivers
    ]
    heads = ("rank", "name", *_PARTS, "coefficient")
    return tables.plain_table(rows, _heads(words, heads), right=(0, *range(2, 3 + len(_PARTS))))


def _heads(words: Words, names: Sequence[str]) -> list[str]:
    return [say(words, f"head.{name}", level=words.level) for name in names]


def _johnson(words: Words, found: DriverResults) -> Iterator[str]:
    """Who changes places under Johnson's weights, beyond sampling error and within it."""
    moved = rank_differences(found.drivers)
    for beyond, key in ((True, "beyond"), (False, "within")):
        told = [
            say(words, "measures.johnson.one", driver=words.item(one.driver), lmg=one.lmg, own=one.johnson)
            for one in moved
            if one.beyond_noise is beyond
        ]
        if told:
            yield say(words, f"measures.johnson.{key}", names=words.joined(told))
