"""Drivers of every outcome that a study names: candidates and settings from the study, numbers from a sample.

What a newcomer gets wrong: an item that an outcome is made of is never a candidate for that outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.drivers import driver_results
from analysis.index import IndexTree
from analysis.priorities import Lines
from analysis.results import DriverResults, TooFew
from analysis.sample import Sample
from survey.study import Drivers, Study


@dataclass(frozen=True, slots=True)
class DriverSurvey:
    """Drivers of every declared outcome, and the outcomes whose base cannot carry a model."""

    found: tuple[DriverResults, ...] = ()
    missing: tuple[tuple[str, TooFew], ...] = ()


def candidates(study: Study, tree: IndexTree, outcome: str) -> list[str]:
    """Return the items that may drive ``outcome``: those that the study lists, else the leaves of its index.

    An outcome that is a column has no items of its own, so every candidate stays.
    """
    items = (study.drivers.items if study.drivers else ()) or tree.items
    return [item for item in items if item not in study.outcome_by_id[outcome].items]


def driver_survey(sample: Sample, study: Study, tree: IndexTree) -> DriverSurvey:
    """Return the drivers of the last wave of ``sample``; none where the study names no outcomes."""
    if study.drivers is None:
        return DriverSurvey()
    found: list[DriverResults] = []
    missing: list[tuple[str, TooFew]] = []
    for outcome in study.drivers.outcomes:
        result = outcome_drivers(sample, study, tree, outcome)
        if isinstance(result, TooFew):
            missing.append((outcome, result))
        else:
            found.append(result)
    return DriverSurvey(tuple(found), tuple(missing))


def outcome_drivers(sample: Sample, study: Study, tree: IndexTree, outcome: str) -> DriverResults | TooFew:
    """Return the drivers of any outcome of the study in the last wave of ``sample``."""
    rules, declared = study.reporting, declared_drivers(study, outcome)
    return driver_results(
        sample,
        outcome,
        candidates(study, tree, outcome),
        replicates=rules.replicates,
        seed=rules.seed,
        level=rules.level,
        probability=declared.probability,
        disclosure_limit=rules.disclosure_limit,
        tree=tree,
        groups=declared.groups,
        always=declared.always,
        blanks=declared.blanks,
        lines=Lines(declared.lines, rules.target, declared.targets),
        stated=declared.stated,
    )


def declared_drivers(study: Study, outcome: str) -> Drivers:
    """Return how drivers enter: as the study declares it, else each alone and listwise."""
    return study.drivers or Drivers(outcomes=(outcome,))
