"""Results as tables for a terminal. Words and rounding are those of the report; verdicts stand as words.

Nothing is computed here, and a colour never says what a word does not say too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.checks import blocks
from analysis.results import (
    CalibrationUsed,
    Comparison,
    Driver,
    DriverResults,
    Estimate,
    GroupResult,
    JointTest,
    SegmentResult,
    TooFew,
)
from report_templates import formatting
from report_templates.context import check_words as told
from report_templates.context.verdicts import direction
from survey.language import catalogue, listing
from workbench.layout import cells
from workbench.weight_words import weights_note

if TYPE_CHECKING:
    from report_templates.context.labels import Labels
    from report_templates.context.words import Words


def _count(value: float) -> str:
    return formatting.number(value, 0)


# How the values of a warning are printed; the others are counts.
_WARNING_FIGURES: Mapping[str, Callable[[float], str]] = {
    "share": lambda value: formatting.percent(value) + "%",
    "error": lambda value: formatting.percent(value, 1) + "%",
    "adjusted": lambda value: formatting.percent(value) + "%",
    "inflation": formatting.number,
    "correlation": lambda value: formatting.number(value, 2),
    "probability": formatting.probability,
}
_STYLE = {"better": "bold blue", "worse": "bold dark_orange3", "same": ""}


def headline(words: Words) -> Text:
    """Return the index, its interval, its change and its base in a few lines."""
    current = words.results.current
    title = _say(words, "tables.index.title", index=words.index, wave=words.wave(current.wave))
    lines = Text(title, style="bold")
    lines.append(f"\n{words.score(current.index)}", style="bold")
    interval = words.scores_interval(current.index)
    lines.append(f"  {_say(words, 'tables.interval', level=words.level)} {interval}", style="not bold")
    if current.change is not None and words.previous is not None:
        before = words.short_wave(words.previous)
        change, limits = words.change(current.change), words.change_interval(current.change)
        sentence = _say(words, "tables.index.since", before=before, change=change, interval=limits)
        lines.append(f"\n{sentence}", style="not bold")
        lines.append_text(verdict(words, current.change, "change"))
    lines.append(f"\n{words.base()}\n", style="not bold")
    for note in weights_used(words):
        lines.append(f"{note}\n", style="not bold")
    return lines


def weights_used(words: Words) -> list[str]:
    """Return which weight set the index was made with, and to what population respondents were weighted."""
    made = words.results.provenance
    used = {"name": made.weight_set, "digest": made.weight_set_digest, "state": made.weight_state}
    return weights_of(words, used, words.results.quality.calibration)


def weights_of(labels: Labels, used: Mapping[str, str], calibration: CalibrationUsed | None) -> list[str]:
    """Return the same of what was worked out on demand; ``used`` is ``ChosenWeights.document``."""
    notes = weights_note(labels.language, used)
    if calibration is not None:
        margins = labels.joined([labels.margin(name) for name in calibration.margins])
        notes.append(_say(labels, "tables.calibrated", margins=margins))
    return notes


def index_tree(words: Words) -> Table:
    """Return the tree of the index: weight among siblings, score, interval, change, verdict, base.

    The first wave has no change to show.
    """
    changes = ("change", "verdict") if words.previous else ()
    table = _table(words, "index", ("name", "weight", "score", "interval", *changes, "n"))
    parents = {node.id: node.parent for node in words.results.nodes}
    for node in words.results.nodes:
        style = "bold" if node.item is None else ""
        name = indented(words.node(node.id), node.id, parents, style)
        changed = (words.change(node.change), verdict(words, node.change, "change")) if changes else ()
        table.add_row(
            name,
            formatting.percent(node.weight) + "%",
            Text(words.score(node.score), style=style),
            words.scores_interval(node.score),
            *changed,
            _n(words, node.score),
        )
    return rigid(table)


def groups(words: Labels, segment: SegmentResult) -> Table:
    """Return the index by group; hidden groups stand last and say so."""
    table = _table(words, "groups", ("name", "score", "interval", "difference", "verdict", "n"))
    table.columns[0].header = words.segment(segment.id)
    for group in segment.groups:
        table.add_row(*_group(words, segment.id, group))
    return rigid(table)


def groups_notes(words: Labels, segment: SegmentResult) -> list[str]:
    """Return what † and the hidden groups mean; empty where there are neither."""
    reporting = words.study.reporting
    notes = []
    if any(group.small for group in segment.groups):
        notes.append(_say(words, "tables.groups.small", limit=reporting.minimum_base))
    if any(isinstance(group.score, TooFew) for group in segment.groups):
        notes.append(_say(words, "tables.groups.hidden", limit=reporting.disclosure_limit))
    return notes


def driver_table(words: Words, found: DriverResults) -> Table:
    """Return the drivers of one outcome, most important first."""
    columns = ("rank", "name", "share", "interval", "ranks", "top3", "performance", "reading")
    table = _table(words, "drivers", columns, left=("name", "reading"))
    blocked = bool(blocks(found, words.results))
    for driver in found.drivers:
        table.add_row(*_driver(words, driver, blocked))
    return rigid(table)


def driver_notes(words: Words, found: DriverResults) -> list[str]:
    """Return what the table rests on that deserves care: what blocks it, drivers left out, warnings."""
    notes = [
        _say(words, "checklist.not_for_decisions", name=told.name(words, check), told=told.told(words, check))
        for check in blocks(found, words.results)
    ]
    notes += dropped_lines(words, found.dropped)
    conflicting = [words.item(driver.item) for driver in found.drivers if driver.direction == "conflicting"]
    names = listing(conflicting)[words.language]
    return notes + [warning_line(words, warning, values, names) for warning, values in found.warnings]


def dropped_lines(words: Labels, dropped: Iterable[tuple[str, str]]) -> list[str]:
    """Return which drivers are not in a model, and why."""
    return [_say(words, f"tables.dropped.{reason}", driver=words.item(item)) for item, reason in dropped]


def warning_line(words: Labels, warning: str, values: Mapping[str, Any], names: str) -> str:
    """Return a warning about a driver model in words; ``names`` are the drivers whose signs conflict."""
    figures = {
        name: _WARNING_FIGURES.get(name, _count)(value)
        for name, value in values.items()
        if isinstance(value, (int, float))
    }
    return _say(words, f"tables.warning.{warning}", **{"names": names} | figures)


def drivers_title(words: Words, found: DriverResults) -> Text:
    """Return what was explained, how well, and on which base."""
    title = Text(_say(words, "tables.drivers.title", outcome=words.outcome(found.outcome)), style="bold")
    fit = _say(
        words,
        "tables.drivers.fit",
        wave=words.wave(found.wave),
        share=words.share(found.r_squared),
        interval=words.shares_interval(found.r_squared),
        level=words.level,
        n=words.count(found.n),
        replicates=words.count(found.replicates),
    )
    return title.append(f"\n{fit}\n", style="not bold")


def indented(name: str, node: str, parents: Mapping[str, str | None], style: str = "") -> Padding:
    """Return the name of a node of a tree, as deep as the node lies."""
    return Padding(Text(name, style=style), (0, 0, 0, 2 * _depth(node, parents)))


def rigid(table: Table) -> Table:
    """Return ``table`` with columns of figures that are never narrower than their figures.

    rich would cut them off where the terminal is too narrow, and 1,35 is no way to print 1,352.
    """
    for column in table.columns:
        if column.no_wrap:
            texts = [column.header, *column.cells]
            column.min_width = max(_width(text) for text in texts)
    return table


def _width(cell: Any) -> int:
    if isinstance(cell, Padding):
        return cell.left + _width(cell.renderable) + cell.right
    return max(cells(line) for line in str(cell).split("\n"))


def verdict(words: Labels, comparison: Comparison | None, kind: str) -> Text:
    """Return the word that a comparison allows, tinted as it is good or bad."""
    if comparison is None:
        return Text(formatting.NONE)
    word = _say(words, f"tables.{kind}.{direction(comparison)}")
    return Text(word, style=_STYLE[comparison.verdict])


def plain_table(rows: Iterable[Sequence[Any]], heads: Sequence[str], right: Iterable[int] = ()) -> Table:
    """Return a table of ready texts; columns numbered in ``right`` hold figures."""
    table = _empty()
    numeric = set(right)
    for position, head in enumerate(heads):
        number = position in numeric
        table.add_column(head, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, (Text, Padding)) else Text(str(cell)) for cell in row))
    return rigid(table)


def joint_test(test: JointTest | None) -> str:
    """Return a joint test in short: ``F(3, 969) = 4.10, p = 0.007``; a dash where there is none."""
    if test is None:
        return formatting.NONE
    freedom = f"{formatting.number(test.ndf, 0)}, {formatting.number(test.ddf, 0)}"
    return f"F({freedom}) = {formatting.number(test.f, 2)}, {formatting.p_is(test.p)}"


def marked(figure: str, mark: str) -> Padding:
    """Return a figure with a mark behind it; spaces keep its room, so that figures stay in line."""
    return Padding(Text(figure + mark.rstrip()), (0, len(mark) - len(mark.rstrip()), 0, 0))


def _group(words: Labels, segment: str, group: GroupResult) -> tuple[Any, ...]:
    small = " †" if group.small and isinstance(group.score, Estimate) else "  "
    return (
        words.group(segment, group.value),
        marked(words.score(group.score), small),
        words.scores_interval(group.score),
        words.change(group.difference),
        verdict(words, group.difference, "difference"),
        _n(words, group.score),
    )


def _driver(words: Words, driver: Driver, blocked: bool) -> tuple[Any, ...]:
    named = None if blocked else driver.quadrant
    meaning = "conflicting" if driver.direction == "conflicting" else named or "undecided"
    style = "bold" if meaning == "improve" else ""
    return (
        str(driver.rank),
        Text(words.item(driver.item)),
        words.share(driver.share) + "%",
        words.shares_interval(driver.share),
        formatting.interval(str(driver.rank_low), str(driver.rank_high)),
        formatting.probability(driver.top3),
        words.score(driver.performance),
        Text(_say(words, f"tables.reading.{meaning}"), style=style),
    )


def _table(
    words: Labels, kind: str, columns: Sequence[str], left: Sequence[str] = ("name", "verdict")
) -> Table:
    table = _empty()
    for column in columns:
        head = _say(words, f"tables.{kind}.{column}", level=words.level)
        wraps = column == "name"
        table.add_column(
            head,
            justify="left" if column in left else "right",
            no_wrap=not wraps,
            overflow="fold",
            min_width=16 if wraps else None,
        )
    return table


def _empty() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))


def _depth(node: str, parents: Mapping[str, str | None]) -> int:
    depth = 0
    while (parent := parents.get(node)) is not None:
        node, depth = parent, depth + 1
    return depth


def _n(words: Labels, estimate: Estimate | TooFew) -> str:
    return words.count(estimate.n) if isinstance(estimate, Estimate) else formatting.NONE


def _say(words: Labels, key: str, **values: object) -> str:
    return words.spaced(catalogue("workbench")(key, words.language, **values))
