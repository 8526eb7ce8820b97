"""Lines of the checklist about the drivers of an outcome: their model, their reading, their answers.

What a newcomer gets wrong: a line on a single driver warns and never blocks. What blocks is what makes all
of the ranking worthless: too few rows, too many blanks, copies, a model that breaks down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis.check_facts import DF_PER_TEST
from analysis.check_limits import CheckLimits
from analysis.check_results import Check, judged
from analysis.driver_parts import DriverFacts
from analysis.figures import Estimate

if TYPE_CHECKING:
    from analysis.check_facts import DriverChecks
    from analysis.results import Distribution, Driver, DriverResults, StudyResults

# What people say they will do, or feel; what they did is a flag from the records.
_INTENTIONS = (
    "renewal_intention",
    "purchase_intention",
    "recommendation",
    "behavioural_loyalty",
    "loyalty",
    "price_tolerance",
)
# Those that say whether somebody stays, and the records of whether they did.
_STAYING = ("renewal_intention", "behavioural_loyalty", "loyalty")
_STAYED = ("renewal", "churn")


def driver_lines(found: DriverResults, results: StudyResults, limits: CheckLimits) -> Iterator[Check]:
    """Lines on the drivers of one outcome."""
    if found.facts is not None:
        yield from _model_lines(found, found.facts, limits)
        yield from _column_lines(found, found.facts, limits)
    yield from _reading_lines(found, limits)
    yield from _answer_lines(found, results, limits)
    yield from _source_lines(found.outcome, results)
    known = results.checks.drivers if results.checks else ()
    for facts in known:
        if facts.outcome == found.outcome:
            yield from _further_lines(found, facts, limits)


_NO_MODEL = {"no_spread": "no_variance", "indefinite": "no_population"}


def missing_lines(results: StudyResults, limits: CheckLimits) -> Iterator[Check]:
    """Lines on outcomes that have no model; how many answered stays with the analyst."""
    for outcome, few in results.drivers_missing:
        key = _NO_MODEL.get(few.reason, "no_model")
        yield Check(key, "block", outcome, {}, {"n_block": limits.model_block})


def _model_lines(found: DriverResults, facts: DriverFacts, limits: CheckLimits) -> Iterator[Check]:
    about = found.outcome
    needed = limits.model_warn + limits.model_warn_each * facts.drivers
    least = max(limits.model_block, facts.columns + limits.model_block_over)
    yield Check(
        "model_base",
        judged(facts.n < needed, facts.n < least),
        about,
        {"n": facts.n, "drivers": facts.drivers, "each": facts.n / max(facts.drivers, 1)},
        {"n": needed, "n_block": least},
    )
    if facts.events is not None:
        needed = limits.events * facts.drivers
        values = {"events": facts.events, "drivers": facts.drivers}
        yield Check("events", judged(False, facts.events < needed), about, values, {"events_block": needed})
    yield Check(
        "clusters",
        judged(facts.clusters < limits.clusters or facts.df < limits.df),
        about,
        {"clusters": facts.clusters, "df": facts.df},
        {"clusters": limits.clusters, "df": limits.df},
    )
    yield Check(
        "blanks",
        judged(facts.lost > limits.lost_warn, facts.lost > limits.lost_block),
        about,
        {"lost": facts.lost},
        {"lost": limits.lost_warn, "lost_block": limits.lost_block},
    )
    if facts.blanks != "listwise":
        filled = judged(False, facts.blank > limits.blank_block)
        yield Check("estimated", filled, about, {"blank": facts.blank}, {"blank_block": limits.blank_block})
    yield Check(
        "fit",
        judged(
            facts.adjusted < limits.adjusted or facts.failed > limits.failed_warn,
            facts.failed > limits.failed_block,
        ),
        about,
        {"adjusted": facts.adjusted, "failed": facts.failed},
        {"adjusted": limits.adjusted, "failed": limits.failed_warn, "failed_block": limits.failed_block},
    )


def _column_lines(found: DriverResults, facts: DriverFacts, limits: CheckLimits) -> Iterator[Check]:
    """Whether drivers say something of their own, and the outcome suits a straight line."""
    about = found.outcome
    yield Check(
        "halo",
        judged(facts.correlation > limits.halo or facts.first_eigenvalue > limits.first_eigenvalue),
        about,
        {"correlation": facts.correlation, "component": facts.first_eigenvalue},
        {"correlation": limits.halo, "component": limits.first_eigenvalue},
    )
    copies = tuple(name for name, reason in found.dropped if reason in ("duplicate", "aliased"))
    worst = facts.inflation >= limits.inflation_block or facts.condition > limits.condition
    yield Check(
        "collinearity",
        judged(facts.inflation >= limits.inflation_warn, worst or bool(copies)),
        about,
        {"inflation": facts.inflation, "condition": facts.condition},
        {
            "inflation": limits.inflation_warn,
            "inflation_block": limits.inflation_block,
            "condition_block": limits.condition,
        },
        copies,
    )
    yield Check(
        "outcome_type",
        judged(facts.levels <= limits.levels or abs(facts.skew) > limits.skew),
        about,
        {"levels": facts.levels, "skew": facts.skew},
        {"levels": limits.levels, "skew": limits.skew},
    )


def _reading_lines(found: DriverResults, limits: CheckLimits) -> Iterator[Check]:
    """Whether the ranking is one, and whether drivers can be read one by one."""
    about, drivers = found.outcome, found.drivers
    first = max((driver.first for driver in drivers), default=0.0)
    overlapping = sum(one.rank_high >= other.rank_low for one, other in pairwise(drivers))
    yield Check(
        "rank_stability",
        judged(first < limits.first or overlapping > 0),
        about,
        {"first": first, "overlapping": overlapping},
        {"first": limits.first},
    )
    conflicting = tuple(driver.item for driver in drivers if driver.direction == "conflicting")
    yield Check("signs", judged(bool(conflicting)), about, {}, {}, conflicting)
    least = limits.unique * found.r_squared.value
    borrowed = tuple(driver.item for driver in drivers if _borrowed(driver, limits.share, least))
    values = {"share": limits.share, "unique": limits.unique}
    yield Check("borrowed", judged(bool(borrowed)), about, {}, values, borrowed)
    weak = tuple(driver.item for driver in drivers if not driver.probe)
    yield Check("noise", judged(bool(weak)), about, {}, {}, weak)


def _borrowed(driver: Driver, share: float, unique: float) -> bool:
    """Whether a driver has a share but nothing of its own, and a coefficient that may be 0."""
    beta = driver.coefficient
    if beta is None or driver.share.value <= share or driver.unique >= unique:
        return False
    return beta.low is None or beta.high is None or beta.low <= 0 <= beta.high


def _answer_lines(found: DriverResults, results: StudyResults, limits: CheckLimits) -> Iterator[Check]:
    """How the scales of the drivers are used."""
    about = found.outcome
    items = {item for driver in found.drivers for item in (driver.items or (driver.item,))}
    inside = [d for d in results.distributions if d.item in items and d.shares]
    crowded = tuple(d.item for d in inside if d.shares[-1] > limits.ceiling)
    yield Check("ceiling", judged(bool(crowded)), about, {}, {"share": limits.ceiling}, crowded)
    narrow = tuple(d.item for d in inside if _spread(d) < limits.spread)
    narrow += tuple(name for name, reason in found.dropped if reason == "no_spread")
    yield Check("scale_use", judged(bool(narrow)), about, {}, {"spread": limits.spread}, narrow)


def _spread(answers: Distribution) -> float:
    """Standard deviation of the answers, of the range of the scale."""
    codes, shares = np.array(answers.codes, dtype=np.float64), np.array(answers.shares)
    mean = codes @ shares
    return float(np.sqrt(((codes - mean) ** 2) @ shares) / np.ptp(codes)) if np.ptp(codes) > 0 else 0.0


def _source_lines(outcome: str, results: StudyResults) -> Iterator[Check]:
    """What the outcome is: an intention or what was done, from the questionnaire or from the records."""
    known = next((one for one in results.outcomes if one.id == outcome), None)
    if known is not None:
        asked = known.unit != "share"
        yield Check("one_questionnaire", judged(asked), outcome, {}, {})
        if known.kind in _INTENTIONS:
            records = _stayed(results) if asked and known.kind in _STAYING else ()
            yield Check("intention", judged(asked), outcome, {}, {}, records=records)


def _stayed(results: StudyResults) -> tuple[str, ...]:
    """Outcomes that are on record, of who stayed, and known of enough people in any wave."""
    return tuple(
        one.id
        for one in results.outcomes
        if one.kind in _STAYED and one.unit == "share" and any(isinstance(e, Estimate) for e in one.series)
    )


def _further_lines(found: DriverResults, facts: DriverChecks, limits: CheckLimits) -> Iterator[Check]:
    """Weights, bends and segments, from figures of their own."""
    about = found.outcome
    if facts.unweighted is not None:
        moved = _moved(found.drivers, facts.unweighted)
        yield Check("unweighted", judged(bool(moved)), about, {}, {}, moved)
    if facts.bends is not None:
        bent = tuple(driver for driver, q in facts.bends.items() if q < limits.asymmetry)
        yield Check("shape", judged(bool(bent)), about, {}, {"q": limits.asymmetry}, bent)
    if facts.segments:
        least = min(one.test.p for one in facts.segments) * len(facts.segments)
        apart = [one for one in facts.segments if one.test.p * len(facts.segments) < limits.heterogeneity]
        opposite = tuple(dict.fromkeys(driver for one in apart for driver in one.opposite))
        yield Check(
            "heterogeneity",
            judged(bool(apart), bool(opposite)),
            about,
            {"p": min(least, 1.0)},
            {"p": limits.heterogeneity},
            opposite,
            tuple(one.segment for one in apart),
        )
    if facts.untested:
        columns = 0 if found.facts is None else found.facts.columns
        least = max(limits.model_block, columns + limits.model_block_over)
        needed = {"n": least, "df": DF_PER_TEST}
        yield Check("segments_untested", "warn", about, {}, needed, segments=facts.untested)


def _moved(drivers: Sequence[Driver], unweighted: Mapping[str, int]) -> tuple[str, ...]:
    """Drivers that weights put first, or that go without them to a rank outside their interval."""
    return tuple(
        driver.item
        for driver in drivers
        if (rank := unweighted.get(driver.item)) is not None
        and ((rank == 1) != (driver.rank == 1) or not driver.rank_low <= rank <= driver.rank_high)
    )
