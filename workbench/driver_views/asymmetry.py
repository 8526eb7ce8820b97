"""Which drivers punish when they are bad and which reward when they are good, classified only by a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from analysis.asymmetry_results import Asymmetry, DriverAsymmetry
from analysis.coefficients import Coefficient
from analysis.driver_pipeline import declared_drivers
from analysis.outcome_pipeline import DriverBase, asymmetry_of
from analysis.results import Estimate
from report_templates import formatting
from report_templates.context.labels import Labels
from workbench.chain_words import cautions, note
from workbench.driver_views import Asked
from workbench.driver_views.on_demand import Look, show_look
from workbench.driver_views.wording import (
    heading,
    limits,
    say,
    title,
    with_limits,
)
from workbench.published import published
from workbench.tables import dropped_lines, plain_table
from workbench.terminal import Terminal

_BANDS = ("low", "middle", "high")


def show(asked: Asked) -> None:
    """Write penalties and rewards of every outcome, or ``analysis.asymmetry_results.Asymmetry`` of each."""
    show_look(asked, Look("asymmetry", asymmetry_of, _tell, document=_document))


def _document(base: DriverBase, found: Asymmetry) -> dict[str, Any]:
    """``analysis.asymmetry_results.Asymmetry``; a number of people that may not be shown is ``None``."""
    limit = base.study.reporting.disclosure_limit
    whole: dict[str, Any] = published(found)
    for part, plain in zip(found.drivers, whole["drivers"], strict=True):
        hidden = _hidden(part, limit)
        plain |= {name: None if name in hidden else getattr(part, name) for name in _BANDS}
    return whole


def _hidden(part: DriverAsymmetry, limit: int) -> frozenset[str]:
    """Return the bands whose size is not shown: those under ``limit``, and never one alone.

    The total is known, so that one hidden number would follow from the others: the smallest of them is
    hidden too.
    """
    sizes = {name: getattr(part, name) for name in _BANDS}
    few = {name for name, size in sizes.items() if 0 < size < limit}
    shown = [name for name in _BANDS if sizes[name] >= limit]
    if len(few) == 1 and shown:
        few.add(min(shown, key=sizes.__getitem__))
    return frozenset(few)


def _tell(terminal: Terminal, labels: Labels, base: DriverBase, found: Asymmetry) -> None:
    about = say(
        labels,
        "asymmetry.about",
        wave=labels.wave(found.wave),
        people=labels.people(found.n, found.clusters),
        broken=formatting.percent(found.r_squared),
        straight=formatting.percent(found.r_squared_straight),
    )
    limit = base.study.reporting.disclosure_limit
    whole = _table(labels, found, limit, beside=True)
    wide = terminal.fits(whole)
    name = say(labels, "asymmetry.title", outcome=labels.outcome(found.outcome))
    terminal.show(title(name, about), whole if wide else _table(labels, found, limit, beside=False))
    if not wide:
        terminal.show(
            heading(say(labels, "measures.intervals", level=labels.level)), _intervals(labels, found)
        )
    terminal.lines([*_notes(labels, base, found), ""])


def _table(labels: Labels, found: Asymmetry, limit: int, *, beside: bool) -> Table:
    heads = ("name", "low", "middle", "high", "penalty", "reward", "impact", "q", "kind")
    rows = [_row(labels, part, limit, beside=beside) for part in found.drivers]
    return plain_table(rows, _heads(labels, heads), right=range(1, 8))


def _row(labels: Labels, part: DriverAsymmetry, limit: int, *, beside: bool) -> Sequence[str]:
    hidden = _hidden(part, limit)
    return (
        labels.item(part.driver),
        *(_size(labels, getattr(part, name), limit, hidden=name in hidden) for name in _BANDS),
        _figure(_estimate(part.penalty), 1, beside=beside),
        _figure(_estimate(part.reward), 1, beside=beside),
        _figure(part.impact, 2, beside=beside),
        formatting.NONE if part.q is None else formatting.p_value(part.q),
        say(labels, f"asymmetry.kind.{part.kind}"),
    )


def _size(labels: Labels, size: int, limit: int, *, hidden: bool) -> str:
    if not hidden:
        return labels.count(size)
    return f"<{limit}" if size < limit else formatting.NONE


def _estimate(coefficient: Coefficient | None) -> Estimate | None:
    return None if coefficient is None else coefficient.estimate


def _figure(estimate: Estimate | None, decimals: int, *, beside: bool) -> str:
    if beside:
        return with_limits(estimate, lambda value: formatting.number(value, decimals))
    return formatting.NONE if estimate is None else formatting.number(estimate.value, decimals)


def _intervals(labels: Labels, found: Asymmetry) -> Table:
    rows = [
        (
            labels.item(part.driver),
            limits(_estimate(part.penalty), lambda value: formatting.number(value)),
            limits(_estimate(part.reward), lambda value: formatting.number(value)),
            limits(part.impact, lambda value: formatting.number(value, 2)),
        )
        for part in found.drivers
    ]
    return plain_table(rows, _heads(labels, ("name", "penalty", "reward", "impact")), right=(1, 2, 3))


def _heads(labels: Labels, names: Sequence[str]) -> list[str]:
    return [say(labels, f"head.{name}") for name in names]


def _notes(labels: Labels, base: DriverBase, found: Asymmetry) -> Iterator[str]:
    yield say(labels, "asymmetry.legend", margin=formatting.number(found.margin))
    limit = base.study.reporting.disclosure_limit
    if any(_hidden(part, limit) for part in found.drivers):
        yield say(labels, "asymmetry.hidden", limit=limit)
    if base.less_is_better(found.outcome):
        yield say(labels, "asymmetry.less_is_better", outcome=labels.outcome(found.outcome))
    named = [labels.item(part.driver) for part in found.drivers if part.kind in ("basic", "excitement")]
    if not named:
        yield say(labels, "asymmetry.none")
    yield from (note(labels, key, values) for key, values in found.warnings)
    yield from dropped_lines(labels, found.dropped)
    if uncoded := base.uncoded(found.outcome):
        yield say(labels, "asymmetry.uncoded", names=labels.joined([*map(labels.item, uncoded)]))
    if declared_drivers(base.study, found.outcome).groups == "branches":
        yield say(labels, "asymmetry.by_item")
    yield from cautions(labels, found.cautions)
