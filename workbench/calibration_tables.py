"""A calibration as tables for a terminal: margins before and after, the price, the index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.calibration import SMALL_CELL
from report_templates import formatting
from survey.language import catalogue, listing
from survey.margin_names import cell_of, columns_of, parts_of
from workbench.tables import plain_table

if TYPE_CHECKING:
    from analysis.calibration import CellResult
    from analysis.calibration_preview import CalibrationPreview
    from report_templates.context.labels import Labels
    from survey.study import Calibration
    from workbench.terminal import Terminal

# From this deviation on a figure with one decimal would show it.
_SHOWN = 0.0005
_LISTED = 8


def show_calibration(
    terminal: Terminal, labels: Labels, found: CalibrationPreview, plan: Calibration
) -> None:
    """Print what ``plan`` does to a wave: margins, weights and the index; then what deserves care."""
    terminal.show(_headline(labels, found), _margins(labels, found), Text(), _weights(labels, found))
    terminal.lines(["", *_notes(labels, found)])
    if found.declared:
        return
    terminal.lines(["", _say(labels, "not_declared")])
    for line in _lines(plan):
        terminal.lines([line])


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(f"calibrate.{key}", labels.language, **values))


def _headline(labels: Labels, found: CalibrationPreview) -> Text:
    names = labels.joined([labels.margin(name) for name in found.margins])
    method = _say(labels, f"method.{found.method}")
    title = _say(labels, "title", wave=labels.wave(found.wave), method=method, margins=names)
    held = "held" if found.converged else "not_held"
    lines = Text(title, style="bold")
    told = _say(labels, held, sweeps=found.sweeps, n=labels.count(found.n))
    return lines.append(f"\n{told}\n", style="not bold")


def _margins(labels: Labels, found: CalibrationPreview) -> Table:
    rows: list[tuple[object, ...]] = []
    for name in found.margins:
        rows.append((Text(labels.margin(name), style="bold"), *[""] * 5))
        for cell in (cell for cell in found.cells if cell.margin == name):
            shares = cell.shares
            missed = abs(cell.deviation) >= _SHOWN
            rows.append(
                (
                    Padding(Text(_level(labels, cell)), (0, 0, 0, 2)),
                    *(formatting.percent(share, 1) + "%" for share in shares[:2]),
                    Text(formatting.percent(shares[2], 1) + "%", style="bold dark_orange3" if missed else ""),
                    labels.count(cell.n),
                    labels.count(cell.limited) if cell.limited else formatting.NONE,
                )
            )
    heads = ("margin", "target", "before", "after", "n", "limited")
    return plain_table(rows, [_say(labels, f"head.{head}") for head in heads], right=range(1, 6))


def _weights(labels: Labels, found: CalibrationPreview) -> Table:
    rows = [
        (
            _say(labels, f"weights.{name}"),
            labels.score(seen.index),
            labels.scores_interval(seen.index),
            formatting.number(seen.deff, 2),
            formatting.number(seen.n_effective, 0),
            formatting.percent(seen.efficiency) + "%",
            formatting.number(seen.spread),
        )
        for name, seen in (("before", found.before), ("after", found.after))
    ]
    heads = ("weights", "index", "interval", "deff", "n_effective", "efficiency", "spread")
    texts = [_say(labels, f"head.{head}", level=labels.level) for head in heads]
    return plain_table(rows, texts, right=range(1, 7))


def _notes(labels: Labels, found: CalibrationPreview) -> Iterator[str]:
    if found.limited:
        share = formatting.percent(found.limited / found.n, 1)
        yield _say(labels, "limited", n=labels.count(found.limited), share=share)
    codes = {code for code, _ in found.warnings}
    if "small_cell" in codes:
        small = [cell for cell in found.cells if cell.target > 0 and cell.n < SMALL_CELL]
        names = [f"{_level(labels, cell)} ({cell.n})" for cell in small]
        shown = [*names[:_LISTED], *(["…"] if len(names) > _LISTED else [])]
        yield _say(labels, "small_cells", cells=listing(shown)[labels.language], limit=SMALL_CELL)
    if "deff" in codes:
        yield _say(labels, "costly", deff=formatting.number(found.after.deff, 2))
    if "spread" in codes:
        yield _say(labels, "wide", spread=formatting.number(found.after.spread))
    yield _say(labels, "intervals")
    if found.declared:
        yield _say(labels, "declared")


def _level(labels: Labels, cell: CellResult) -> str:
    columns = columns_of(cell.margin)
    parts = parts_of(cell.level) if len(columns) > 1 else (cell.level,)
    return cell_of([labels.category(column, part) for column, part in zip(columns, parts, strict=True)])


def _lines(plan: Calibration) -> Iterator[str]:
    """Lines for the study file that declare a calibration."""
    yield "  design:"
    yield "    calibration:"
    yield f"      method: {plan.method}"
    if plan.margins:
        yield f"      margins: [{', '.join(plan.margins)}]"
    for name in ("trim", "least_ratio", "largest_ratio", "least_weight", "largest_weight", "unknown"):
        if (value := getattr(plan, name)) is not None:
            yield f"      {name}: {value:g}" if isinstance(value, float) else f"      {name}: {value}"
