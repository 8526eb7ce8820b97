"""Where every outcome stands now and would stand, with the revenue at risk where the study declares it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.results import Estimate, TooFew
from analysis.whatif_results import (
    INDEX,
    CheapestWay,
    OutcomeModel,
    Reach,
    RevenueAtRisk,
    Scenario,
    Unit,
    WhatIf,
)
from report_templates import formatting, theme
from report_templates.context import layout
from report_templates.context.gains import (
    effects,
    gain_words,
    has_groups,
    moves_index,
    outcomes,
    points,
    scaled,
    signed_interval,
    step_of,
    together,
    way_mark,
    way_of,
)
from report_templates.context.model import Cell, Column, Row, Table
from report_templates.context.story import Story


def levels(story: Story, what_if: WhatIf, scenario: Scenario, most: int, *, narrow: bool = False) -> Table:
    """Return one row for the index, the outcomes and the revenue at risk; at most ``most`` outcomes.

    Those of the figure come first, then what becomes known from records, then the rest. A ``narrow`` table
    is half as wide and leaves out the bases.
    """
    words, step = story.words, step_of(what_if)
    models = [model for model in told_outcomes(story, what_if) if scenario.gain(model.outcome)][:most]
    rows = [_index_row(story, what_if, scenario, narrow=narrow)] if moves_index(what_if) else []
    rows += [row for m in models if (row := _outcome_row(story, m, scenario, narrow=narrow))]
    if scenario.revenue:
        rows.append(_revenue_row(story, scenario.revenue))
    columns: tuple[Column, ...] = (
        Column(words("what_if.column.measure"), right=False),
        Column(words("what_if.column.now")),
        Column(words("what_if.column.then"), tone="strong"),
        Column(words("what_if.column.change")),
        Column(words("column.interval", level=words.level), tone="quiet"),
        Column(words("what_if.column.n"), tone="muted"),
    )
    head = (
        words("what_if.levels_one", name=words.within(words.item(scenario.moves[0].item)), step=step)
        if len(scenario.moves) == 1
        else together(story, "what_if.levels_head", scenario, step=step)
    )
    if narrow:
        columns, rows = columns[:-1], [replace(row, cells=row.cells[:-1]) for row in rows]
    notes = _notes(story, what_if, scenario, models)
    if len(models) < len(what_if.outcomes):
        notes.append(
            words("what_if.levels_left_out", count=words.counted(len(what_if.outcomes) - len(models)))
        )
    table = Table(columns, tuple(rows), words.run_on(*notes), formatting.capital(head))
    return layout.sized(table, layout.HALF_WIDTH if narrow else theme.FULL_WIDTH)


def told_outcomes(story: Story, what_if: WhatIf) -> tuple[OutcomeModel, ...]:
    """Return every outcome: those of the figure, then those from records, then the rest."""
    shown = outcomes(story, what_if)
    rest = [model for model in what_if.outcomes if model not in shown]
    return (*shown, *sorted(rest, key=lambda model: model.unit != "share"))


def cheapest(story: Story, way: CheapestWay) -> Table:
    """Return the cheapest way to a level: one row a lever, the cost of all, and how sure it is.

    The level is the target of the index, or what the items to improve first go with in the main outcome.
    """
    words, settings = story.words, story.study.what_if
    unit = words.label(settings.cost_unit) if settings and settings.cost_unit else ""
    share = way.unit == "share"
    columns = (
        Column(words("column.improve"), right=False),
        Column(words("what_if.column.raise"), tone="strong"),
        Column(words("what_if.column.cost", unit=unit) if unit else words("what_if.column.cost_bare")),
        Column(words("what_if.column.chosen"), tone="quiet"),
    )
    rows = [
        Row(
            (
                Cell(words.item(lever.item)),
                Cell(formatting.signed(lever.points)),
                Cell(formatting.number(lever.cost)),
                Cell(formatting.probability(lever.chosen)),
            )
        )
        for lever in way.levers
    ]
    total = (words("what_if.total"), formatting.NONE, formatting.number(way.cost), formatting.NONE)
    rows.append(Row(tuple(Cell(text) for text in total), "total"))
    key = "reached" if way.reached else "short"
    note = words(
        f"what_if.cheapest_{key}",
        expected=_level(story, way.expected, share=share),
        level=words.level,
        interval=words.shares_interval(way.expected, 1) if share else words.scores_interval(way.expected),
        probability=formatting.probability(way.probability),
    )
    if way.outcome != INDEX:
        note = words.run_on(words("what_if.cheapest_same"), note)
    target = formatting.percent(way.target, 1) + "%" if share else formatting.number(way.target)
    name = words.index if way.outcome == INDEX else words.outcome(way.outcome)
    head = words("what_if.cheapest_head", outcome=name, target=target)
    return layout.sized(Table(columns, tuple(rows), note, head), layout.HALF_WIDTH)


def each_point(story: Story, what_if: WhatIf) -> Table:
    """Return one row an item: its score, what the smallest step goes with, and the best group's score."""
    words, models = story.words, outcomes(story, what_if)
    step = points(min(what_if.steps))
    room = {reach.item: reach for reach in what_if.reach}
    spans = [words.outcome(model.outcome) for model in models]
    columns = [Column(words("column.item"), right=False), Column(words("column.score"), tone="strong")]
    for span in spans:
        columns += [
            Column(words("what_if.column.change"), span=span, spans=2),
            Column(words("column.interval", level=words.level), tone="quiet"),
        ]
    grouped = has_groups(what_if)
    if grouped:
        columns += [
            Column(words("what_if.column.best_score"), tone="quiet"),
            Column(words("what_if.column.best"), right=False, tone="quiet"),
        ]
    rows = tuple(
        Row(
            (
                Cell(words.item(str(effect.item))),
                Cell(words.score(room[str(effect.item)].now)),
                *_smallest(story, what_if, models, str(effect.item)),
                *(_best(story, room[str(effect.item)]) if grouped else ()),
            )
        )
        for effect in effects(story, what_if)
    )
    key = "what_if.point_head" if step == "1" else "what_if.point_heads"
    note = words("what_if.point_note", step=step)
    return layout.sized(Table(tuple(columns), rows, note, words(key, step=step)))


def _smallest(story: Story, what_if: WhatIf, models: Sequence[OutcomeModel], item: str) -> list[Cell]:
    """Return gains of the smallest step, with two decimals, and their intervals."""
    at = what_if.steps.index(min(what_if.steps))
    scenario = next(moves.scenarios[at] for moves in what_if.drivers if moves.item == item)
    cells: list[Cell] = []
    for model in models:
        said = gain_words(story, model, scenario.gain(model.outcome), 2)
        cells += [Cell(said.value, said.mark), Cell(said.interval)] if said else [Cell(formatting.NONE)] * 2
    return cells


def _best(story: Story, room: Reach) -> tuple[Cell, Cell]:
    if room.best is None or room.best_group is None:
        return Cell(formatting.NONE), Cell(formatting.NONE)
    return Cell(formatting.number(room.best)), Cell(story.words.group(*room.best_group))


def _index_row(story: Story, what_if: WhatIf, scenario: Scenario, *, narrow: bool) -> Row:
    words = story.words
    name = _measure(story, words.index, "points", narrow=narrow)
    return _row(
        name,
        words.score(what_if.index),
        formatting.number(scenario.index_then),
        _change(story, scenario.index, 1.0),
        formatting.NONE,
    )


def _measure(story: Story, name: str, unit: Unit, *, narrow: bool) -> str:
    """Return what stands in a row, with its unit; points go without saying where room is short."""
    return name if narrow and unit == "points" else story.words(f"what_if.measure.{unit}", outcome=name)


def _outcome_row(story: Story, model: OutcomeModel, scenario: Scenario, *, narrow: bool) -> Row | None:
    words, gain = story.words, scenario.gain(model.outcome)
    said = gain_words(story, model, gain)
    if gain is None or said is None:
        return None
    share = model.unit == "share"
    then = formatting.NONE
    if gain.then is not None:
        then = formatting.percent(gain.then, 1) if share else formatting.number(gain.then)
    return _row(
        _measure(story, words.outcome(model.outcome), model.unit, narrow=narrow),
        _level(story, model.now, share=share),
        then,
        (Cell(said.value, said.mark), Cell(said.interval)),
        words.count(model.n),
    )


def _revenue_row(story: Story, revenue: RevenueAtRisk) -> Row:
    words = story.words
    return _row(
        words("what_if.revenue"),
        words.share(revenue.share, 1),
        words.share(revenue.share_then, 1),
        _change(story, revenue.change, 100.0, less_is_better=True),
        words("what_if.accounts", n=words.count(revenue.accounts)),
    )


def _row(name: str, now: str, then: str, change: tuple[Cell, Cell], base: str) -> Row:
    return Row((Cell(name), Cell(now), Cell(then), *change, Cell(base)))


def _level(story: Story, level: Estimate | TooFew, *, share: bool) -> str:
    return story.words.share(level, 1) if share else story.words.score(level)


def _change(
    story: Story, change: Estimate, scale: float, *, less_is_better: bool = False
) -> tuple[Cell, Cell]:
    drawn = scaled(change, scale)
    return (
        Cell(formatting.signed(drawn[0]), way_mark(way_of(drawn), less_is_better=less_is_better)),
        Cell(signed_interval(story, drawn)),
    )


def _notes(story: Story, what_if: WhatIf, scenario: Scenario, models: Sequence[OutcomeModel]) -> list[str]:
    words, notes = story.words, [story.words("what_if.levels_note")]
    if scenario.revenue:
        notes.append(_revenue_note(story, what_if, scenario.revenue))
    through = [model for model in models if model.score]
    if through:
        told = words.joined([words.outcome(model.outcome) for model in through])
        score = words.within(words.outcome(through[0].score or ""))
        notes.append(words("what_if.through", outcomes=told, score=score))
    pooled = [words.outcome(model.outcome) for model in models if len(model.waves) > 1]
    if pooled:
        notes.append(words("what_if.earlier_waves", outcomes=words.joined(pooled)))
    for key, values in what_if.missing:
        name = words.outcome(str(values["outcome"]))
        if key == "few_events":
            figures = {each: words.count(round(float(values[each]))) for each in ("events", "needed")}
            notes.append(words("what_if.missing.few_events", outcome=name, **figures))
        else:
            notes.append(words("what_if.missing.other", outcome=name))
    return notes


def _revenue_note(story: Story, what_if: WhatIf, revenue: RevenueAtRisk) -> str:
    words, settings = story.words, story.study.what_if
    column = words.column(what_if.value_column or "")
    unit = words.label(settings.value.unit) if settings and settings.value else ""
    # A column often says its unit itself.
    if unit.removeprefix("×").strip() not in column:
        column = words("what_if.in_unit", column=column, unit=unit)
    return words(
        "what_if.revenue_note",
        accounts=words.count(revenue.accounts),
        column=column,
        total=formatting.number(revenue.total, 0),
        now=formatting.number(revenue.at_risk.value, 0),
        then=formatting.number(revenue.at_risk_then.value, 0),
        change=formatting.signed(revenue.amount_change.value, 0),
        interval=signed_interval(story, scaled(revenue.amount_change, 1.0), 0),
    )
