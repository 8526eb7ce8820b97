"""What results say of the cheapest way, where a study declares costs."""

from __future__ import annotations

import sample_answers
from checked_sample import blocked

from analysis.pipeline import run
from analysis.results import StudyResults
from analysis.whatif_pipeline import to_improve
from survey.what_if import WhatIf

WAVE = "2026Q3"
COSTS = {"provisioning": 120.0, "fault_handling": 60.0}


def results(target: float) -> StudyResults:
    full = sample_answers.study()
    settings = WhatIf(costs=COSTS, outcomes=("satisfaction",))
    rules = full.reporting.model_copy(update={"target": target, "replicates": 60})
    study = full.model_copy(update={"what_if": settings, "reporting": rules})
    return run(study, [sample_answers.answers(WAVE)], wave=WAVE)


def test_the_cheapest_way_leads_from_the_index_to_its_target() -> None:
    found = results(79.0).what_if
    assert found is not None
    way = found.cheapest
    assert way is not None
    assert (way.outcome, way.target, way.now) == ("index", 79.0, found.index.value)
    assert {lever.item for lever in way.levers} <= set(COSTS)
    assert way.cost == sum(lever.points * COSTS[lever.item] for lever in way.levers)
    # The plan is solved exactly on straight pieces; only sums of doubles differ.
    assert abs(way.expected.value - 79.0) < 1e-9


def test_an_index_at_its_target_leaves_the_way_to_what_the_priorities_go_with() -> None:
    made = results(70.0)
    found = made.what_if
    assert found is not None
    assert found.combined is not None
    gain = found.combined.gain("satisfaction")
    assert gain is not None
    assert gain.clear
    way = found.cheapest
    assert way is not None
    assert (way.outcome, way.target) == ("satisfaction", gain.then)
    costs = sum(move.points * COSTS[move.item] for move in found.combined.moves)
    assert not way.reached or way.cost <= costs + 1e-9
    # What the checklist blocks is nothing to improve first.
    assert to_improve(made) == tuple(move.item for move in found.combined.moves)
    assert to_improve(blocked(made)) == ()
