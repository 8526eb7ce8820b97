"""Made-up results that the checklist has everything to say about."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis.check_facts import CheckFacts, DriverChecks, ScaleFacts, SegmentDrivers
from analysis.driver_parts import DriverFacts
from analysis.results import JointTest, StudyResults

GOOD = DriverFacts(
    n=800,
    due=820,
    blanks="listwise",
    blank=0.0,
    drivers=8,
    columns=9,
    clusters=400,
    df=399,
    deff_weights=1.1,
    failed=0.0,
    adjusted=0.5,
    inflation=2.0,
    condition=4.0,
    correlation=0.4,
    first_eigenvalue=0.4,
    levels=10,
    skew=-0.5,
    events=None,
)


def checked(results: StudyResults, **facts: Any) -> StudyResults:
    """The same results with every further figure; ``facts`` are of the model of the main outcome."""
    models = tuple(
        dataclasses.replace(
            part, facts=dataclasses.replace(GOOD, **(facts if part is results.drivers[0] else {}))
        )
        for part in results.drivers
    )
    drivers = tuple(
        DriverChecks(
            part.outcome,
            unweighted={driver.item: driver.rank for driver in part.drivers},
            bends={driver.item: 0.5 if number else 0.02 for number, driver in enumerate(part.drivers)},
            segments=(SegmentDrivers("tier", 3, JointTest(1.1, 14.0, 9000.0, 0.35)),),
        )
        for part in results.drivers
    )
    scales = (
        ScaleFacts("satisfaction", 0.88, 0.73, {"sat_overall": 0.9}, inadmissible=False),
        ScaleFacts("behavioural_loyalty", 0.58, None, {}, inadmissible=False),
    )
    return dataclasses.replace(results, drivers=models, checks=CheckFacts(drivers=drivers, scales=scales))


def blocked(results: StudyResults) -> StudyResults:
    """The same, had the main outcome drivers that repeat one another."""
    return checked(results, condition=50.0, inflation=14.0)


def doubted(results: StudyResults) -> StudyResults:
    """The same, had every line something to say against them."""
    made = checked(
        results,
        n=60,
        due=200,
        blanks="em",
        blank=0.4,
        clusters=12,
        df=9,
        failed=0.06,
        adjusted=0.05,
        inflation=14.0,
        condition=50.0,
        correlation=0.7,
        first_eigenvalue=0.8,
        levels=2,
        skew=3.0,
        events=7,
    )
    models = tuple(
        dataclasses.replace(
            part,
            facts=made.drivers[0].facts,
            drivers=tuple(
                dataclasses.replace(driver, direction="conflicting", probe=False, unique=0.0)
                for driver in part.drivers
            ),
        )
        for part in made.drivers
    )
    names = [driver.item for driver in made.drivers[0].drivers]
    drivers = tuple(
        DriverChecks(
            part.outcome,
            unweighted={item: len(names) - place for place, item in enumerate(names)},
            bends=dict.fromkeys(names, 0.01),
            segments=(SegmentDrivers("tier", 3, JointTest(9.0, 14.0, 9000.0, 1e-6), tuple(names[:4])),),
        )
        for part in made.drivers
    )
    quality = dataclasses.replace(
        made.quality, deff_weights=2.4, response_rate=0.04, straightliners=(300, 0, 0)
    )
    crowded = tuple(
        dataclasses.replace(one, shares=(*(0.0 for _ in one.shares[1:]), 1.0)) for one in made.distributions
    )
    scales = tuple(
        ScaleFacts(scale, 0.4, None, {}, inadmissible=True)
        for scale in ("expectations", "satisfaction", "affective_loyalty", "cognitive_loyalty")
    )
    checks = CheckFacts(largest_weight=9.0, recognised=False, drivers=drivers, scales=scales)
    kept = tuple(one for one in made.outcomes if one.kind != "churn")
    return dataclasses.replace(
        made, drivers=models, quality=quality, distributions=crowded, outcomes=kept, checks=checks
    )
