"""What-ifs as tables and sentences for a terminal. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.results import Estimate, TooFew
from report_templates import formatting
from workbench import whatif_words as words
from workbench.tables import marked, plain_table
from workbench.whatif_words import say

if TYPE_CHECKING:
    from analysis.whatif_results import (
        CheapestWay,
        Gain,
        Grounds,
        OutcomeModel,
        Scenario,
        WhatIf,
    )
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal

_CAPPED = " †"


def show_table(terminal: Terminal, labels: Labels, found: WhatIf, shown: Sequence[str]) -> None:
    """Print how far every driver can move, what each step goes with by outcome, and the combined move."""
    title = say(labels, "title.table", wave=labels.wave(found.wave), index=labels.score(found.index))
    terminal.show(Text(title, style="bold"), Text(), _room(labels, found))
    models = [model for model in found.outcomes if model.outcome in shown]
    if len(models) > 1:
        head = say(labels, "title.all", step=words.points(found.steps[-1]))
        terminal.show(Text(), Text(head, style="bold"), *_all_outcomes(terminal, labels, found, models))
        terminal.lines([say(labels, "legend.all")])
    for model in models[:1]:
        head = say(labels, "title.outcome", outcome=labels.outcome(model.outcome), now=words.level_now(model))
        terminal.show(Text(), Text(head, style="bold"), _steps(labels, found, model))
    if found.combined is not None:
        items = labels.joined([labels.item(move.item) for move in found.combined.moves])
        head = say(labels, "title.combined", items=items, step=f"{found.steps[-1]:g}")
        terminal.show(Text(), Text(head, style="bold"), _figures(labels, found, found.combined, shown))
        if found.combined.revenue is not None:
            terminal.lines(words.revenue(labels, found.combined.revenue))
    capped = any(move.capped for row in found.drivers for s in row.scenarios for move in s.moves)
    legend = [say(labels, "legend.table", level=labels.level)]
    if found.combined is not None:
        legend.append(say(labels, "legend.chosen"))
    terminal.lines(["", *legend, *([say(labels, "legend.capped")] if capped else [])])
    _keep_in_mind(terminal, labels, found, shown, [*(found.combined.warnings if found.combined else ())])


def show_scenario(
    terminal: Terminal, labels: Labels, scenario: Scenario, grounds: Grounds, shown: Sequence[str]
) -> None:
    """Print the moves, what they go with, the verdict on adding up, revenue, and what to keep in mind."""
    items = labels.joined([f"{labels.item(m.item)} {words.points(m.asked)}" for m in scenario.moves])
    title = say(labels, "title.scenario", moves=items, wave=labels.wave(grounds.wave))
    terminal.show(Text(title, style="bold"), Text(), _moves(labels, scenario, grounds))
    terminal.show(Text(), _figures(labels, grounds, scenario, shown))
    lines = [*_additivity(labels, scenario, shown)]
    if scenario.revenue is not None:
        lines += words.revenue(labels, scenario.revenue)
    terminal.lines(["", say(labels, "legend.scenario", level=labels.level), *lines])
    _keep_in_mind(terminal, labels, grounds, shown, scenario.warnings)


def show_way(
    terminal: Terminal,
    labels: Labels,
    way: CheapestWay,
    grounds: Grounds,
    shown: Sequence[str],
    *,
    least_points: bool,
) -> None:
    """Print the cheapest way to a target, how sure it is, and what else it goes with.

    With ``least_points`` a point of any item costs 1, and costs are points.
    """
    name = labels.index if way.outcome == "index" else labels.outcome(way.outcome)
    target, now = words.level(way.unit, way.target), words.level(way.unit, way.now)
    title = say(labels, "title.way", outcome=name, target=target, now=now)
    terminal.show(Text(title, style="bold"))
    terminal.lines([*_verdict(labels, way, least_points=least_points)])
    if way.levers:
        terminal.show(Text(), _levers(labels, way, least_points=least_points))
        terminal.show(Text(), _figures(labels, grounds, way.scenario, shown))
        if way.scenario.revenue is not None:
            terminal.lines(words.revenue(labels, way.scenario.revenue))
    if way.left_out:
        terminal.lines(["", say(labels, "left_out"), *(f"  {line}" for line in _left_out(labels, way))])
    _keep_in_mind(terminal, labels, grounds, shown, way.scenario.warnings)


def _room(labels: Labels, found: WhatIf) -> Table:
    """How far each driver can go, and what its steps really move."""
    heads = [say(labels, f"head.{name}") for name in ("item", "now", "best", "most")]
    for step in found.steps:
        heads += [say(labels, "head.raised", step=words.points(step))]
    heads += [say(labels, "head.index", step=words.points(step)) for step in found.steps]
    rows = []
    for reach, row in zip(found.reach, found.drivers, strict=True):
        best = formatting.NONE
        if reach.best is not None and reach.best_group is not None:
            best = f"{formatting.number(reach.best)} {labels.group(*reach.best_group)}"
        moved = [
            marked(formatting.signed(s.moves[0].raised.value, 2), _CAPPED if s.moves[0].capped else "  ")
            for s in row.scenarios
        ]
        gained = [formatting.signed(s.index.value, 2) for s in row.scenarios]
        most = formatting.signed(reach.most)
        rows.append((labels.item(row.item), labels.score(reach.now), best, most, *moved, *gained))
    return plain_table(rows, heads, right=(1, *range(3, 4 + 2 * len(found.steps))))


def _all_outcomes(
    terminal: Terminal, labels: Labels, found: WhatIf, models: Sequence[OutcomeModel]
) -> list[Table | Text]:
    """What the largest step of each driver goes with for every outcome, in as few tables as fit the line."""
    parts: list[Table | Text] = []
    rest = list(models)
    while rest:
        most = next(
            (n for n in range(len(rest), 1, -1) if terminal.fits(_matrix(labels, found, rest[:n]))), 1
        )
        parts += [*([Text()] if parts else []), _matrix(labels, found, rest[:most])]
        rest = rest[most:]
    return parts


def _matrix(labels: Labels, found: WhatIf, models: Sequence[OutcomeModel]) -> Table:
    """Drivers by outcomes: the change at the largest step, unclear ones marked."""
    rows = []
    for row in found.drivers:
        gains = [row.scenarios[-1].gain(model.outcome) for model in models]
        cells = [_marked_gain(model, gain) for model, gain in zip(models, gains, strict=True)]
        rows.append((labels.item(row.item), *cells))
    heads = [say(labels, "head.item"), *(labels.outcome(model.outcome) for model in models)]
    return plain_table(rows, heads, right=range(1, 1 + len(models)))


def _marked_gain(model: OutcomeModel, gain: Gain | None) -> Padding:
    if gain is None or isinstance(gain.change, TooFew):
        return marked(formatting.NONE, "  ")
    return marked(words.change(model.unit, gain.change.value), "  " if gain.clear else " ○")


def _steps(labels: Labels, found: WhatIf, model: OutcomeModel) -> Table:
    """What each step of each driver goes with for one outcome."""
    heads = [say(labels, "head.item")]
    for step in found.steps:
        heads += [words.points(step), labels.level]
    heads.append(say(labels, "head.reading"))
    rows = []
    for row in found.drivers:
        gains = [gain for s in row.scenarios if (gain := s.gain(model.outcome)) is not None]
        figures = [text for gain in gains for text in _gain(labels, model, gain)]
        verdict = words.reading(labels, gains[-1].clear) if _known(gains) else formatting.NONE
        rows.append((labels.item(row.item), *figures, verdict))
    return plain_table(rows, heads, right=range(1, 1 + 2 * len(found.steps)))


def _known(gains: Sequence[Gain]) -> bool:
    return bool(gains) and isinstance(gains[-1].change, Estimate)


def _gain(labels: Labels, model: OutcomeModel, gain: Gain) -> tuple[str, str]:
    if isinstance(gain.change, TooFew):
        return formatting.NONE, formatting.NONE
    return words.change(model.unit, gain.change.value), words.interval(labels, model.unit, gain.change)


def _moves(labels: Labels, scenario: Scenario, grounds: Grounds) -> Table:
    heads = [say(labels, f"head.{name}") for name in ("item", "now", "asked", "among", "everyone", "best")]
    known = {reach.item: reach for reach in grounds.reach}
    rows = []
    for move in scenario.moves:
        reach = known[move.item]
        best = formatting.NONE
        if reach.best is not None and reach.best_group is not None:
            best = f"{formatting.number(reach.best)} {labels.group(*reach.best_group)}"
        rows.append(
            (
                labels.item(move.item),
                labels.score(reach.now),
                words.points(move.asked),
                formatting.signed(move.raised_among, 2),
                formatting.signed(move.raised.value, 2),
                best,
            )
        )
    return plain_table(rows, heads, right=(1, 2, 3, 4))


def _figures(labels: Labels, grounds: Grounds | WhatIf, scenario: Scenario, shown: Sequence[str]) -> Table:
    """The index, every outcome and the share of revenue at risk: now, change, interval, afterwards."""
    heads = [
        say(labels, f"head.{name}", level=labels.level)
        for name in ("figure", "now", "change", "interval", "then", "reading")
    ]
    index = scenario.index
    exact = say(labels, "exact")
    rows: list[Sequence[Any]] = [
        (
            Text(labels.index, style="bold"),
            labels.score(grounds.index),
            words.change("points", index.value),
            words.interval(labels, "points", index),
            formatting.number(scenario.index_then),
            exact,
        )
    ]
    for model in grounds.outcomes:
        gain = scenario.gain(model.outcome)
        if model.outcome not in shown or gain is None:
            continue
        then = formatting.NONE if gain.then is None else words.level(model.unit, gain.then)
        known = isinstance(gain.change, Estimate)
        rows.append(
            (
                labels.outcome(model.outcome),
                words.level_now(model),
                *_gain(labels, model, gain),
                then,
                words.reading(labels, gain.clear) if known else formatting.NONE,
            )
        )
    if (money := scenario.revenue) is not None:
        rows.append(
            (
                say(labels, "revenue.row"),
                words.level("share", money.share.value),
                words.change("share", money.change.value),
                words.interval(labels, "share", money.change),
                words.level("share", money.share_then.value),
                words.reading(labels, _clear(money.change)),
            )
        )
    return plain_table(rows, heads, right=(1, 2, 3, 4))


def _clear(estimate: Estimate) -> int:
    low, high = estimate.low, estimate.high
    return 0 if low is None or high is None else int(low > 0) - int(high < 0)


def _additivity(labels: Labels, scenario: Scenario, shown: Sequence[str]) -> Iterator[str]:
    """Say where effects were added up after a test that found nothing."""
    tested = [g.outcome for g in scenario.gains if g.added == "sum" and g.outcome in shown]
    if tested:
        yield say(labels, "added", outcomes=labels.joined([labels.outcome(name) for name in tested]))


def _verdict(labels: Labels, way: CheapestWay, *, least_points: bool) -> Iterator[str]:
    """Say what the plan costs and brings, or how far all levers reach."""
    expected = way.expected
    level = words.level(way.unit, expected.value)
    limits = formatting.NONE
    if expected.low is not None and expected.high is not None:
        ends = words.level(way.unit, expected.low), words.level(way.unit, expected.high)
        limits = formatting.interval(*ends)
    if not way.levers and way.reached:
        yield say(labels, "way.there")
        return
    cost = formatting.number(way.cost) if least_points else _cost(labels, way.cost)
    values = {"expected": level, "interval": limits, "level": labels.level, "cost": cost}
    if way.reached:
        yield say(labels, "way.reached_points" if least_points else "way.reached", **values)
        yield say(labels, "way.probability", probability=formatting.probability(way.probability))
        if way.outcome != "index":
            yield say(labels, "way.chosen")
    elif way.levers:
        yield say(labels, "way.short_points" if least_points else "way.short", **values)
    else:
        yield say(labels, "way.no_levers")


def _cost(labels: Labels, cost: float) -> str:
    settings = labels.study.what_if
    unit = labels.label(settings.cost_unit) if settings and settings.cost_unit and settings.costs else ""
    figure = formatting.number(cost, 1)
    return f"{figure} {unit}".strip()


def _levers(labels: Labels, way: CheapestWay, *, least_points: bool) -> Table:
    """The moves of the plan; their costs, unless these are the points."""
    costs = () if least_points else ("cost",)
    heads = [say(labels, f"head.{name}") for name in ("item", "points", *costs, "chosen")]
    rows = []
    for lever in way.levers:
        cost = () if least_points else (formatting.number(lever.cost),)
        figures = (formatting.signed(lever.points), *cost, formatting.probability(lever.chosen))
        rows.append((labels.item(lever.item), *figures))
    return plain_table(rows, heads, right=(1, 2, 3))


def _left_out(labels: Labels, way: CheapestWay) -> Iterator[str]:
    from survey.language import catalogue

    by_reason: dict[str, list[str]] = {}
    for item, reason in way.left_out:
        by_reason.setdefault(reason, []).append(labels.item(item))
    for reason, items in by_reason.items():
        told = catalogue("workbench")(
            f"whatif.left_out.{reason}", labels.language, items=labels.joined(items, len(items))
        )
        yield labels.spaced(told)


def _keep_in_mind(
    terminal: Terminal,
    labels: Labels,
    grounds: Grounds | WhatIf,
    shown: Sequence[str],
    notes: Sequence[Any],
) -> None:
    """Print why outcomes are missing, every remark, and the sentence of care."""
    own = [note for model in grounds.outcomes for note in model.warnings]
    lines = [
        *words.without_model(labels, grounds.missing, shown),
        *words.remarks(labels, [*notes, *own], shown, grounds.reach),
    ]
    terminal.lines(["", say(labels, "keep_in_mind")])
    terminal.lines([*lines, say(labels, "care")], indent="  ")
