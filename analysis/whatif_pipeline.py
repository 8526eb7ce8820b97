"""The what-if of a study: outcomes, steps and revenue from the study, numbers from a sample.

What a newcomer gets wrong: which drivers are moved together in the report follows from the priorities of the
main outcome, so the drivers are worked out first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.cheapest import cheapest_way
from analysis.checks import checklist
from analysis.cores import one_thread_of_algebra
from analysis.design import design_of
from analysis.driver_settings import ModelSettings
from analysis.index import IndexTree
from analysis.outcome_kinds import OutcomeKind
from analysis.prepare import column_numbers
from analysis.replicates import replication
from analysis.results import StudyResults
from analysis.sample import Sample
from analysis.simulator import SAME, Simulator
from analysis.whatif import missing_models, outcome_models, what_if
from analysis.whatif_flags import Score
from analysis.whatif_models import Asked
from analysis.whatif_results import INDEX, CheapestWay, Grounds, Reach, Scenario, WhatIf
from survey.responses import Responses
from survey.study import Study
from survey.what_if import WhatIf as Declared

# Points from which on an index is below its target; less is not seen at one decimal.
SMALLEST = 0.05
# Kinds of outcome that a what-if shows unless the study lists others.
USUAL = (
    *("affective_loyalty", "cognitive_loyalty", "behavioural_loyalty", "loyalty"),
    *("renewal_intention", "purchase_intention", "recommendation", "renewal", "churn"),
)


@dataclass(frozen=True, slots=True)
class StudySimulator:
    """A simulator made for a study, with its settings and ``target``, that of the index if it has one."""

    simulator: Simulator
    settings: Declared
    target: float | None = None

    def scenario(self, moves: Mapping[str, float]) -> Scenario:
        """Move some items at once: see :class:`~analysis.simulator.Simulator`."""
        with one_thread_of_algebra():
            return self.simulator.scenario(moves)

    def cheapest(self, outcome: str, target: float, costs: Mapping[str, float]) -> CheapestWay:
        """Find the cheapest way to a target: see :func:`~analysis.cheapest.cheapest_way`."""
        with one_thread_of_algebra():
            return cheapest_way(self.simulator, outcome, target, costs)

    def grounds(self, results: StudyResults) -> Grounds:
        """What scenarios rest on; ``results`` of the same wave say what the checklist blocks."""
        simulator = self.simulator
        return Grounds(
            wave=simulator.asked.wave,
            index=simulator.index,
            outcomes=outcome_models(simulator, blocked_outcomes(results)),
            missing=missing_models(simulator),
            reach=tuple(simulator.reach.values()),
        )

    def outside(self, moves: Mapping[str, float]) -> tuple[Reach, ...]:
        """How far the items of ``moves`` can go whose points lead outside the data."""
        known = self.simulator.reach
        return tuple(
            known[item]
            for item, points in moves.items()
            if not known[item].least - SAME <= points <= known[item].most + SAME
        )

    def table(self, results: StudyResults) -> WhatIf:
        """Every driver alone, and those to improve first together: see :func:`~analysis.whatif.what_if`."""
        with one_thread_of_algebra():
            found = what_if(
                self.simulator,
                self.settings.steps,
                to_improve(results),
                blocked=blocked_outcomes(results),
                value_column=self.settings.value.column if self.settings.value else None,
            )
        aim = self._aim(found, results.drivers[0].outcome if results.drivers else "")
        if not self.settings.costs or aim is None:
            return found
        return replace(found, cheapest=self.cheapest(*aim, self.settings.costs))

    def _aim(self, found: WhatIf, main: str) -> tuple[str, float] | None:
        """What the cheapest way is looked for: the target of the index, else what the priorities bring."""
        if self.target is not None and self.target - found.index.value >= SMALLEST:
            return INDEX, self.target
        gain = found.combined.gain(main) if found.combined else None
        good = -1 if main in self.simulator.losses else 1
        return (main, gain.then) if gain and gain.clear == good and gain.then is not None else None


def wanted_outcomes(study: Study) -> tuple[str, ...]:
    """Outcomes of the what-if: those that the study lists, else of the drivers and the usual kinds."""
    if study.what_if is not None and study.what_if.outcomes:
        return study.what_if.outcomes
    main = study.drivers.outcomes if study.drivers else ()
    return tuple(dict.fromkeys([*main, *(one.id for one in study.outcomes if one.kind in USUAL)]))


def movable(study: Study, tree: IndexTree) -> tuple[str, ...]:
    """Items that may be moved: the candidates of the driver analysis, in their order."""
    return tuple((study.drivers.items if study.drivers else ()) or tree.items)


def study_simulator(
    sample: Sample,
    responses: Sequence[Responses],
    study: Study,
    tree: IndexTree,
    outcomes: Sequence[str] | None = None,
) -> StudySimulator | None:
    """Fit the models for the last wave of ``sample``; ``None`` where the study declares no drivers.

    ``outcomes`` are by default those of :func:`wanted_outcomes`.
    """
    if study.drivers is None:
        return None
    rules, settings = study.reporting, study.what_if or Declared()
    chosen = wanted_outcomes(study) if outcomes is None else outcomes
    kinds = [
        OutcomeKind(one.id, one.kind, "points" if one.column is None else "share", one.items)
        for one in (study.outcome_by_id[name] for name in chosen)
    ]
    asked = Asked(
        sample,
        replication(design_of(sample), sample.cluster_ids, rules.replicates, rules.seed),
        sample.waves[-1],
        ModelSettings("none", study.drivers.always, study.drivers.blanks),
        rules.level,
        rules.disclosure_limit,
    )
    revenue = column_numbers(settings.value.column, responses) if settings.value else None
    simulator = Simulator.of(
        asked,
        tree,
        movable(study, tree),
        kinds,
        revenue=revenue,
        minimum_base=rules.minimum_base,
        score=_score(study, tree),
    )
    return StudySimulator(simulator, settings, rules.target)


def _score(study: Study, tree: IndexTree) -> Score | None:
    """The main outcome in points, and its drivers; ``None`` where all outcomes of the drivers are flags."""
    for name in study.drivers.outcomes if study.drivers else ():
        outcome = study.outcome_by_id[name]
        if outcome.column is None:
            return Score(name, tuple(item for item in movable(study, tree) if item not in outcome.items))
    return None


def to_improve(results: StudyResults) -> tuple[str, ...]:
    """Items to improve first for the main outcome, most important first; of a branch all its items.

    None where the checklist blocks the outcome; and a driver whose signs conflict is no advice, wherever it
    stands.
    """
    blocked = blocked_outcomes(results)
    main = [found for found in results.drivers[:1] if found.outcome not in blocked]
    return tuple(
        item
        for found in main
        for driver in found.drivers
        if driver.quadrant == "improve" and driver.direction != "conflicting"
        for item in (driver.items or (driver.item,))
    )


def blocked_outcomes(results: StudyResults) -> Mapping[str, int]:
    """Outcomes whose drivers the checklist blocks, with how many of its lines do."""
    found = checklist(results)
    counts = {
        part.outcome: sum(check.state == "block" for check in found.about(part.outcome))
        for part in results.drivers
    }
    return {outcome: lines for outcome, lines in counts.items() if lines}
