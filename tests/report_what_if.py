"""What-if results with made-up numbers, coherent with the made-up drivers of ``report_sample``."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from analysis.gain_tests import with_q
from analysis.results import DriverResults, Estimate, JointTest, NodeResult, OutcomeResult
from analysis.whatif_results import (
    CheapestWay,
    DriverMoves,
    Gain,
    Lever,
    Move,
    OutcomeModel,
    Reach,
    RevenueAtRisk,
    Scenario,
    WhatIf,
)
from survey.study import Study

STEPS = (1.0, 5.0)
Figure = Callable[[float, float], Estimate]
"""Makes an estimate from a value and its standard error."""


def what_if(
    study: Study,
    nodes: Sequence[NodeResult],
    outcomes: Sequence[OutcomeResult],
    drivers: Sequence[DriverResults],
    figure: Figure,
    *,
    revenue: bool = False,
) -> WhatIf | None:
    """Return gains that follow the shares of the first outcome; every third driver is not clear."""
    if not drivers:
        return None
    main, weights = drivers[0], {node.item: node.effective_weight for node in nodes}
    levels = {outcome.id: outcome for outcome in outcomes}
    asked = [result.outcome for result in drivers]
    asked += [id_ for id_, outcome in levels.items() if outcome.unit == "share" and id_ not in asked]
    models = tuple(_model(levels[id_], main, figure) for id_ in asked if id_ in levels)
    index = next(node.score for node in nodes if isinstance(node.score, Estimate))
    items = [driver.item for driver in main.drivers]

    def scenario(moved: Sequence[str], step: float) -> Scenario:
        moves = tuple(_move(item, step, items.index(item), figure) for item in moved)
        raise_ = {move.item: move.raised.value for move in moves}
        change = sum(weights.get(item, 0.0) * points for item, points in raise_.items())
        gains = tuple(_gain(model, raise_, figure) for model in models)
        return Scenario(
            moves,
            figure(change, 0.02),
            index.value + change,
            gains,
            _revenue(gains, figure) if revenue else None,
        )

    improve = [driver.item for driver in main.drivers if driver.quadrant == "improve"]
    return WhatIf(
        main.wave,
        0.95,
        STEPS,
        index,
        models,
        (),
        tuple(_reach(study, item, figure) for item in items),
        tuple(DriverMoves(item, tuple(scenario([item], step) for step in STEPS)) for item in items),
        scenario(improve, STEPS[-1]) if improve else None,
    )


def _reach(study: Study, item: str, figure: Figure) -> Reach:
    """The best group is one of the first segment; without segments there is none."""
    asked, now = study_share(study, item), figure(75, 1)
    if not study.segments:
        return Reach(item, now, None, None, None, None, 25.0, -75.0, asked)
    segment = study.segments[0]
    best, *_, worst = study.column_by_id[segment.column].categories
    ends = (segment.id, best.value), (segment.id, worst.value)
    return Reach(item, now, 80.0, ends[0], 70.0, ends[1], 5.0, -5.0, asked)


def cheapest(found: WhatIf, target: float, figure: Figure, *, reached: bool = True) -> CheapestWay:
    """Return a way that moves the first two drivers, at 120 and 60 a point."""
    items = [moves.item for moves in found.drivers[:2]]
    levers = (Lever(items[0], 4.5, 540.0, 0.97), Lever(items[1], 2.0, 120.0, 0.58))
    now, scenario = found.index.value, found.drivers[0].scenarios[-1]
    reachable, expected = figure(target - now + 1, 0.3), figure(target if reached else target - 0.7, 0.35)
    return CheapestWay(
        "index",
        "points",
        target,
        now,
        target - now,
        reachable,
        reached,
        levers,
        660.0,
        expected,
        0.51 if reached else 0.03,
        scenario,
        ((found.drivers[2].item, "no_cost"),),
    )


def study_share(study: Study, item: str) -> float:
    known = study.item_by_id.get(item)
    return 0.35 if known and known.asked_if else 1.0


def _move(item: str, step: float, place: int, figure: Figure) -> Move:
    """Every second driver is held at the best group, with 3.4 points."""
    points = min(step, 3.4) if place % 2 else step
    return Move(item, step, points, points < step, figure(0.86 * points, 0.02), 0.86 * points)


def _model(outcome: OutcomeResult, main: DriverResults, figure: Figure) -> OutcomeModel:
    share = outcome.unit == "share"
    now, sign = outcome.series[-1], -1.0 if outcome.kind in ("churn", "complaint") else 1.0
    scale = sign * (0.004 if share else 0.6)
    found: dict[str, Estimate] = {}
    for place, driver in enumerate(main.drivers):
        value = scale * driver.share.value
        found[driver.item] = figure(value, abs(value) * (0.9 if place % 3 == 2 else 0.2))
    return OutcomeModel(
        outcome.id,
        outcome.kind,
        "share" if share else "points",
        "logit" if share else "linear",
        now,
        (main.wave,),
        main.n,
        main.clusters,
        210 if share else None,
        found,
    )


def _gain(model: OutcomeModel, raised: Mapping[str, float], figure: Figure) -> Gain:
    parts = [(model.coefficients[item], points) for item, points in raised.items()]
    value = sum(coefficient.value * points for coefficient, points in parts)
    error = sum(((coefficient.se or 0.0) * points) ** 2 for coefficient, points in parts) ** 0.5
    then = model.now.value + value if isinstance(model.now, Estimate) else None
    made = Gain(model.outcome, figure(value, error), then)
    if len(parts) > 1:
        made = dataclasses.replace(made, added="sum", test=JointTest(1.13, 5.0, 690.0, 0.34))
    return with_q([made])[0]


def _revenue(gains: Sequence[Gain], figure: Figure) -> RevenueAtRisk | None:
    for gain in gains:
        if isinstance(gain.change, Estimate) and gain.then is not None and gain.outcome == "churn":
            now = figure(gain.then - gain.change.value, 0.01)
            then = figure(gain.then, 0.01)
            total = 8_420.0
            amounts = [
                dataclasses.replace(
                    e, value=e.value * total, low=(e.low or 0) * total, high=(e.high or 0) * total
                )
                for e in (now, then, gain.change)
            ]
            return RevenueAtRisk(gain.outcome, total, *amounts, now, then, gain.change, 690, 8, 2)
    return None
