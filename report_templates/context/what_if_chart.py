"""The figure of what better scores go with: one row an item, whiskers from 0, figures in columns.

The main outcome is drawn, the second stands in columns. Where the page is too narrow for a readable plot,
lesser columns give way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from analysis.whatif_results import OutcomeModel, WhatIf
from report_templates import formatting, measure, theme
from report_templates.charts.axis import Axis, axis_around
from report_templates.charts.forest import Column, Forest, ForestRow, plot_width
from report_templates.context.gains import Effect, GainWords, moves_index, step_of, together
from report_templates.context.story import Story

NARROWEST_PLOT = 120.0
HEAD_WIDTH = 62.0
"""Widest line in the head of a column; a longer word stays whole."""
GAP = 15.0
_DROPPED: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset(["index"]),
    frozenset(["index", "second_interval"]),
    frozenset(["index", "second_interval", "second"]),
)


@dataclass(frozen=True, slots=True)
class _Field:
    """A column: its side, its head, its cell. ``gain`` is what it shows, if it is shown only where clear."""

    name: str
    side: Literal["left", "right"]
    column: Column
    cell: Callable[[Effect], str]
    gain: Callable[[Effect], GainWords | None] | None = None


def effect_chart(
    story: Story,
    what_if: WhatIf,
    models: Sequence[OutcomeModel],
    rows: Sequence[Effect],
    row_height: float,
    title: str,
) -> Forest:
    """Return the figure with as many columns as leave the plot a readable width."""
    fields = [field for field in _fields(story, models) if field.name != "index" or moves_index(what_if)]
    for dropped in _DROPPED:
        kept = [field for field in fields if field.name not in dropped]
        chart = _chart(story, what_if, models[0], rows, kept, row_height, title)
        if plot_width(chart) >= NARROWEST_PLOT:
            break
    return chart


def _chart(
    story: Story,
    what_if: WhatIf,
    main: OutcomeModel,
    rows: Sequence[Effect],
    fields: Sequence[_Field],
    row_height: float,
    title: str,
) -> Forest:
    words = story.words
    left, right = ([field for field in fields if field.side == side] for side in ("left", "right"))
    head = words(
        "what_if.plot",
        outcome=words.outcome(main.outcome),
        unit=words(f"what_if.column.{main.unit}"),
        level=words.level,
    )
    return Forest(
        title=title,
        label_head=words("what_if.column.item", step=step_of(what_if)),
        rows=tuple(_row(story, effect, left, right) for effect in rows),
        axis=_axis(rows),
        right=tuple(field.column for field in right),
        left=tuple(field.column for field in left),
        plot_head=tuple(head.split("|")),
        reference=0.0,
        group=1,
        row_height=row_height,
        gap=GAP,
    )


def _axis(rows: Sequence[Effect]) -> Axis:
    """Return an axis that holds 0 and every interval, and begins or ends at 0 where all lie on one side."""
    limits = [0.0, *(limit for effect in rows for limit in effect.main.drawn if limit is not None)]
    axis = axis_around(
        limits, lambda value, decimals: formatting.signed(value, decimals) if value else "0", count=4
    )
    return replace(
        axis, low=0.0 if min(limits) >= 0 else axis.low, high=0.0 if max(limits) <= 0 else axis.high
    )


def _row(story: Story, effect: Effect, left: Sequence[_Field], right: Sequence[_Field]) -> ForestRow:
    words, gain, total = story.words, effect.main, effect.item is None
    value, low, high = gain.drawn
    name = (
        together(story, "what_if.together", effect.scenario)
        if effect.item is None
        else words.item(effect.item)
    )
    return ForestRow(
        formatting.capital(name),
        value,
        low,
        high,
        gain.mark,
        right=tuple(field.cell(effect) for field in right),
        left=tuple(field.cell(effect) for field in left),
        bold=total,
        rule_above=total,
        quiet=gain.way == "unclear",
        faint=tuple(number for number, field in enumerate(right) if not _claimed(field, effect)),
    )


def _claimed(field: _Field, effect: Effect) -> bool:
    if field.gain is None:
        return True
    gain = field.gain(effect)
    return gain is not None and gain.way != "unclear"


def _fields(story: Story, models: Sequence[OutcomeModel]) -> list[_Field]:
    words = story.words
    interval = Column((words("column.interval", level=words.level),))
    fields = [
        _Field("raised", "left", Column(tuple(words("what_if.column.raised").split("|"))), _raised),
        _Field(
            "index",
            "left",
            Column(tuple(words("what_if.column.index").split("|"))),
            lambda effect: formatting.signed(effect.scenario.index.value),
        ),
        _Field("main", "right", _gain_column(story, models[0]), lambda e: e.main.value, lambda e: e.main),
        _Field("interval", "right", interval, lambda e: e.main.interval, lambda e: e.main),
    ]
    if len(models) > 1:
        fields += [
            _Field(
                "second",
                "right",
                _gain_column(story, models[1]),
                lambda e: e.second.value if e.second else formatting.NONE,
                lambda e: e.second,
            ),
            _Field(
                "second_interval",
                "right",
                interval,
                lambda e: e.second.interval if e.second else formatting.NONE,
                lambda e: e.second,
            ),
        ]
    return fields


def _gain_column(story: Story, model: OutcomeModel) -> Column:
    words = story.words
    name = measure.wrap(words.outcome(model.outcome), HEAD_WIDTH, theme.CAPTION)
    return Column((*name, words(f"what_if.column.{model.unit}")), bold=True)


def _raised(effect: Effect) -> str:
    """Return by how much the item really rises, marked where the best group is the limit."""
    if effect.item is None:
        return formatting.NONE
    (move,) = effect.scenario.moves
    return formatting.number(move.raised_among) + ("*" if move.capped else "")
