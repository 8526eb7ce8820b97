"""Gaps between expectation and performance as tables and sentences. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.gaps import ALL_PAIRS
from analysis.results import Estimate
from report_templates import formatting
from survey.language import catalogue
from workbench.tables import joint_test, plain_table, verdict

if TYPE_CHECKING:
    from analysis.gap_results import Direct, Gap, GapModel, GapReport
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal

_COLUMNS = ("pair", "weight", "expectation", "performance", "gap", "interval", "verdict", "reliability", "n")
_RIGHT = (1, 2, 3, 4, 5, 7, 8)
_SLOPES = ("name", "slope", "interval", "p")
_PERCENT = {"ceiling"}


def show_gaps(terminal: Terminal, labels: Labels, found: GapReport) -> None:
    """Print the whole, dimensions and pairs, direct disconfirmation, the model, and what to keep in mind."""
    title = Text(_say(labels, "title", wave=labels.wave(found.wave)), style="bold")
    terminal.show(title, _gaps(labels, found))
    terminal.lines([_say(labels, "legend", level=labels.level), *_direct_lines(labels, found), ""])
    if found.model is not None:
        heading = _say(
            labels, "model", outcome=labels.outcome(found.model.outcome), n=labels.count(found.model.n)
        )
        terminal.show(Text(heading, style="bold"), _slopes(labels, found.model))
        terminal.lines(_tests(labels, found.model))
    else:
        terminal.line(f"gaps.no_model.{found.no_model}")
    if notes := [*_notes(labels, found)]:
        terminal.lines(["", _say(labels, "notes")])
        terminal.lines(notes, indent="  ")


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(f"gaps.{key}", labels.language, **values))


def _gaps(labels: Labels, found: GapReport) -> Table:
    heads = [_say(labels, f"head.{head}", level=labels.level) for head in _COLUMNS]
    rows = [(Text(_say(labels, "whole"), style="bold"), "", *_figures(labels, found.servqual, ""))]
    for part in found.dimensions:
        if part.id != ALL_PAIRS:
            share = formatting.percent(part.weight) + "%"
            known = part.reliability
            reliability = formatting.NONE if known is None else formatting.number(known.value, 2)
            name = Text(dimension(labels, part.id), style="bold")
            rows.append((name, share, *_figures(labels, part.figures, reliability)))
        for pair in part.pairs:
            item = Padding(Text(labels.item(pair.pair.performance)), (0, 0, 0, 2))
            rows.append((item, "", *_figures(labels, pair.figures, "")))
    return plain_table(rows, heads, right=_RIGHT)


def _figures(labels: Labels, figures: Gap, reliability: str) -> tuple[object, ...]:
    count = labels.count(figures.gap.estimate.n) if figures.gap else formatting.NONE
    return (
        labels.score(figures.expectation),
        labels.score(figures.performance),
        labels.change(figures.gap),
        labels.change_interval(figures.gap),
        verdict(labels, figures.gap, "gap"),
        reliability,
        count,
    )


def dimension(labels: Labels, id_: str) -> str:
    """Return the label of a dimension of gaps."""
    declared = labels.study.gaps.dimensions if labels.study.gaps else ()
    known = next((part for part in declared if part.id == id_), None)
    return labels.label(known.label) if known else id_


def _direct_lines(labels: Labels, found: GapReport) -> Iterator[str]:
    stated = [found.direct, *(pair.direct for part in found.dimensions for pair in part.pairs)]
    for direct in stated:
        if direct is not None and isinstance(direct.score, Estimate):
            yield _direct(labels, direct)


def _direct(labels: Labels, direct: Direct) -> str:
    agreement = formatting.NONE if direct.agreement is None else formatting.number(direct.agreement, 2)
    return _say(
        labels,
        "direct",
        item=labels.item(direct.item),
        score=labels.score(direct.score),
        interval=labels.scores_interval(direct.score),
        verdict=verdict(labels, direct.against, "direct").plain,
        agreement=agreement,
    )


def _slopes(labels: Labels, model: GapModel) -> Table:
    rows = []
    for part in model.linear:
        if part.name in ("expectation", "performance"):
            low, high = part.estimate.low, part.estimate.high
            limits = formatting.NONE if low is None or high is None else _limits(labels, low, high)
            p = formatting.NONE if part.p is None else formatting.p_value(part.p)
            rows.append(
                (_say(labels, f"head.{part.name}"), formatting.signed(part.estimate.value, 2), limits, p)
            )
    heads = [_say(labels, f"slope.{head}", level=labels.level) for head in _SLOPES]
    return plain_table(rows, heads, right=(1, 2, 3))


def _limits(labels: Labels, low: float, high: float) -> str:
    return formatting.signed_interval(formatting.signed(low, 2), formatting.signed(high, 2), labels.language)


def _tests(labels: Labels, model: GapModel) -> Iterator[str]:
    key = "usable" if model.usable else "unusable"
    yield _say(
        labels, f"equal.{key}", sum=formatting.signed(model.sum.value, 2), test=joint_test(model.equal)
    )
    yield _say(
        labels,
        "curvature",
        test=joint_test(model.curvature),
        plain=formatting.percent(model.r_squared),
        curved=formatting.percent(model.r_squared_curved),
    )


def _notes(labels: Labels, found: GapReport) -> Iterator[str]:
    """The warnings as sentences; dimensions whose differences are unreliable stand in one."""
    doubtful = [values for key, values in found.warnings if key == "unreliable"]
    if doubtful:
        names = [str(values["dimension"]) for values in doubtful]
        shown = [_say(labels, "whole") if name == ALL_PAIRS else dimension(labels, name) for name in names]
        yield _say(
            labels,
            "warning.unreliable",
            dimensions=labels.joined(shown, len(shown)),
            value=formatting.number(min(float(values["value"]) for values in doubtful), 2),
            limit=formatting.number(float(doubtful[0]["limit"]), 2),
        )
    for key, values in found.warnings:
        if key != "unreliable":
            figures = {word: _figure(labels, key, word, value) for word, value in values.items()}
            yield _say(labels, f"warning.{key}", **figures)


def _figure(labels: Labels, key: str, word: str, value: str | float) -> str:
    if isinstance(value, str):
        return labels.item(value)
    if key in _PERCENT:
        return formatting.percent(value) + "%"
    return formatting.p_is(value) if word == "p" else formatting.number(value, 2)
