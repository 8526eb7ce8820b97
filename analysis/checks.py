"""The checklist: what has to hold before a number is a headline, line by line, pass, warn or block.

    from analysis import checklist
    print(checklist(results).summary())

A line that blocks takes the headline away from what it is about: the number stays in its table, with the
reason, and nobody is told to act on it.

What a newcomer gets wrong: these are not tests of truth. Most limits are conventions, kept in
``CheckLimits`` so that a team can set its own; a page of passes says that nothing known speaks against a
reading, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from analysis.check_lines import LINES, SOURCES

if TYPE_CHECKING:
    import pandas as pd

    from analysis.asymmetry_results import Asymmetry
    from analysis.results import DriverResults, StudyResults
    from analysis.scale_results import ScaleReport
    from analysis.share_change_results import ShareChanges

State = Literal["pass", "warn", "block"]
_ORDER: tuple[State, ...] = ("pass", "warn", "block")
# What people say they will do, or feel; what they did is a flag from the records.
_INTENTIONS = ("renewal_intention", "purchase_intention", "recommendation", "behavioural_loyalty")


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """From where on a line warns or blocks; shares of 1, counts, or the unit of the figure.

    ``base_*`` people of a wave; ``model_*`` rows of a driver model: warned of below ``model_warn`` plus
    ``model_warn_each`` per driver, blocked below ``model_block`` or ``model_block_over`` more than drivers.
    ``events`` people at the rarer value of a yes/no outcome per driver.
    """

    base_warn: int = 30
    base_block: int = 10
    model_warn: int = 50
    model_warn_each: int = 8
    model_block: int = 50
    model_block_over: int = 20
    deff_weights: float = 1.5
    largest_weight: float = 5.0
    clusters: int = 30
    df: int = 10
    lost_warn: float = 0.10
    lost_block: float = 0.50
    blank_block: float = 0.30
    careless_warn: float = 0.05
    careless_block: float = 0.15
    ceiling: float = 0.40
    halo: float = 0.60
    first_eigenvalue: float = 0.50
    inflation_warn: float = 4.0
    inflation_block: float = 10.0
    condition: float = 30.0
    adjusted: float = 0.10
    failed_warn: float = 0.01
    failed_block: float = 0.05
    first: float = 0.80
    share: float = 0.05
    unique: float = 0.005
    levels: int = 7
    skew: float = 1.0
    events: int = 10
    asymmetry: float = 0.05
    heterogeneity: float = 0.01
    response_rate: float = 0.20


USUAL = CheckLimits()


@dataclass(frozen=True, slots=True)
class Check:
    """One line. ``about`` is the outcome or scale it is about, ``None`` for the whole wave.

    ``values`` are the figures that were judged, by name, ``limits`` what they were judged by, under the same
    names where they are compared one by one; ``names`` are items, groups or scales that the line names.
    ``source`` is where the rule comes from, or ``convention``.
    """

    key: str
    state: State
    about: str | None
    values: Mapping[str, float]
    limits: Mapping[str, float]
    names: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where the rule comes from."""
        return SOURCES.get(self.key, "convention")

    def summary(self) -> str:
        """One line: ``warn  collinearity (satisfaction): variance inflation 5.2, condition 12.0``."""
        about = f" ({self.about})" if self.about else ""
        names = f": {', '.join(self.names)}" if self.names else ""
        return f"{self.state:<5} {self.key}{about}: {LINES[self.key].format(**self.values)}{names}"


@dataclass(frozen=True, slots=True)
class Checklist:
    """All lines of one wave, worst first within what they are about."""

    wave: str
    checks: tuple[Check, ...]

    def about(self, outcome: str) -> tuple[Check, ...]:
        """Lines that bear on an outcome: its own and those of the whole wave."""
        return tuple(check for check in self.checks if check.about in (None, outcome))

    def blocked(self, outcome: str) -> bool:
        """Whether nothing about the drivers of an outcome may be a headline."""
        return any(check.state == "block" for check in self.about(outcome))

    def summary(self) -> str:
        """One line a check."""
        return "\n".join(check.summary() for check in self.checks)

    def to_frame(self) -> pd.DataFrame:
        """One row a check."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {
                "check": check.key,
                "state": check.state,
                "about": check.about,
                "values": dict(check.values),
                "limits": dict(check.limits),
                "names": check.names,
                "source": check.source,
            }
            for check in self.checks
        ]
        return pd.DataFrame(rows)


def checklist(
    results: StudyResults,
    *,
    scales: ScaleReport | None = None,
    asymmetries: Sequence[Asymmetry] = (),
    differences: Sequence[ShareChanges] = (),
    limits: CheckLimits = USUAL,
) -> Checklist:
    """Judge the results of a wave.

    Parameters
    ----------
    scales, asymmetries, differences : further results of the same wave, each with lines of its own: quality
        of the scales, penalties and rewards by outcome, and differences of driver shares between groups.
        Without them these lines are left out.

    Lines on blocked and missing driver models are there for every outcome that the study names. What a study
    or an import already refuses (codes outside the scale, answers to questions that were not put, repeated
    people without a cluster, margins that cannot be met, negative weights) never gets as far as this list.
    """
    found = [
        *_wave_lines(results, limits),
        *(line for part in results.drivers for line in driver_lines(part, results, limits)),
        *_missing_lines(results, limits),
        *_scale_lines(scales),
        *_shape_lines(asymmetries, differences, limits),
    ]
    order: dict[str | None, int] = {}
    for check in found:
        order.setdefault(check.about, len(order))
    found.sort(key=lambda check: (order[check.about], -_ORDER.index(check.state)))
    return Checklist(results.wave, tuple(found))


def _judged(warn: bool, block: bool = False) -> State:
    if block:
        return "block"
    return "warn" if warn else "pass"


def _wave_lines(results: StudyResults, limits: CheckLimits) -> Iterator[Check]:
    quality = results.quality
    yield Check(
        "base",
        _judged(quality.n < limits.base_warn, quality.n < limits.base_block),
        None,
        {"n": quality.n},
        {"n": limits.base_warn},
    )
    spread = quality.calibration.spread if quality.calibration else 1.0
    yield Check(
        "weights",
        _judged(quality.deff_weights > limits.deff_weights or spread > limits.largest_weight),
        None,
        {"deff": quality.deff_weights, "largest": spread},
        {"deff": limits.deff_weights, "largest": limits.largest_weight},
    )
    careless = sum(quality.straightliners) / max(quality.n, 1)
    yield Check(
        "carelessness",
        _judged(careless > limits.careless_warn, careless > limits.careless_block),
        None,
        {"share": careless},
        {"share": limits.careless_warn},
    )
    if quality.response_rate is not None:
        low = quality.response_rate < limits.response_rate
        values = {"rate": quality.response_rate}
        yield Check("response", _judged(low), None, values, {"rate": limits.response_rate})
    kinds = {outcome.kind for outcome in results.outcomes}
    yield Check("survivors", _judged("churn" not in kinds), None, {}, {})


def driver_lines(found: DriverResults, results: StudyResults, limits: CheckLimits = USUAL) -> Iterator[Check]:
    """Lines on the drivers of one outcome."""
    about, facts = found.outcome, found.facts
    if facts is not None:
        needed = limits.model_warn + limits.model_warn_each * facts.drivers
        least = max(limits.model_block, facts.columns + limits.model_block_over)
        yield Check(
            "model_base",
            _judged(facts.n < needed, facts.n < least),
            about,
            {"n": facts.n, "drivers": facts.drivers},
            {"n": needed},
        )
        yield Check(
            "clusters",
            _judged(facts.clusters < limits.clusters or facts.df < limits.df),
            about,
            {"clusters": facts.clusters, "df": facts.df},
            {"clusters": limits.clusters, "df": limits.df},
        )
        yield Check(
            "blanks",
            _judged(
                facts.lost > limits.lost_warn,
                facts.lost > limits.lost_block or facts.blank > limits.blank_block,
            ),
            about,
            {"lost": facts.lost, "blank": facts.blank},
            {"lost": limits.lost_warn, "blank": limits.blank_block},
        )
        yield Check(
            "halo",
            _judged(facts.correlation > limits.halo or facts.first_eigenvalue > limits.first_eigenvalue),
            about,
            {"correlation": facts.correlation, "component": facts.first_eigenvalue},
            {"correlation": limits.halo, "component": limits.first_eigenvalue},
        )
        copies = tuple(name for name, reason in found.dropped if reason in ("duplicate", "aliased"))
        worst = facts.inflation >= limits.inflation_block or facts.condition > limits.condition
        yield Check(
            "collinearity",
            _judged(facts.inflation >= limits.inflation_warn, worst or bool(copies)),
            about,
            {"inflation": facts.inflation, "condition": facts.condition},
            {"inflation": limits.inflation_warn, "condition": limits.condition},
            copies,
        )
        yield Check(
            "fit",
            _judged(
                facts.adjusted < limits.adjusted or facts.failed > limits.failed_warn,
                facts.failed > limits.failed_block,
            ),
            about,
            {"adjusted": facts.adjusted, "failed": facts.failed},
            {"adjusted": limits.adjusted, "failed": limits.failed_warn},
        )
        yield Check(
            "outcome_type",
            _judged(facts.levels <= limits.levels or abs(facts.skew) > limits.skew),
            about,
            {"levels": facts.levels, "skew": facts.skew},
            {"levels": limits.levels, "skew": limits.skew},
        )
        if facts.events is not None:
            needed = limits.events * facts.drivers
            values = {"events": facts.events, "drivers": facts.drivers}
            yield Check("events", _judged(False, facts.events < needed), about, values, {"events": needed})
    yield from _reading_lines(found, limits)
    yield from _source_lines(found, results, limits)


def _reading_lines(found: DriverResults, limits: CheckLimits) -> Iterator[Check]:
    """Whether the ranking is one, and whether drivers can be read one by one."""
    about, drivers = found.outcome, found.drivers
    first = max((driver.first for driver in drivers), default=0.0)
    overlapping = sum(one.rank_high >= other.rank_low for one, other in pairwise(drivers))
    yield Check(
        "rank_stability",
        _judged(first < limits.first or overlapping > 0),
        about,
        {"first": first, "overlapping": overlapping},
        {"first": limits.first},
    )
    conflicting = tuple(driver.item for driver in drivers if driver.direction == "conflicting")
    yield Check("signs", _judged(bool(conflicting)), about, {"drivers": len(conflicting)}, {}, conflicting)
    least = limits.unique * found.r_squared.value
    borrowed = tuple(
        driver.item
        for driver in drivers
        if driver.share.value > limits.share
        and driver.unique < least
        and driver.coefficient is not None
        and (driver.coefficient.low or -1.0) <= 0 <= (driver.coefficient.high or 1.0)
    )
    values = {"drivers": len(borrowed)}
    yield Check("borrowed", _judged(bool(borrowed)), about, values, {"share": limits.share}, borrowed)
    weak = tuple(driver.item for driver in drivers if not driver.probe)
    yield Check("noise", _judged(bool(weak)), about, {"drivers": len(weak)}, {}, weak)


def _source_lines(found: DriverResults, results: StudyResults, limits: CheckLimits) -> Iterator[Check]:
    """What the answers are: crowded at the top, an intention, all from one questionnaire."""
    about = found.outcome
    items = {item for driver in found.drivers for item in (driver.items or (driver.item,))}
    inside = [d for d in results.distributions if d.item in items and d.shares]
    crowded = tuple(d.item for d in inside if d.shares[-1] > limits.ceiling)
    yield Check(
        "ceiling", _judged(bool(crowded)), about, {"items": len(crowded)}, {"share": limits.ceiling}, crowded
    )
    outcome = next((one for one in results.outcomes if one.id == about), None)
    if outcome is not None:
        asked = outcome.unit != "share"
        yield Check("one_questionnaire", _judged(asked), about, {}, {})
        if outcome.kind in _INTENTIONS:
            yield Check("intention", _judged(asked), about, {}, {})


def _missing_lines(results: StudyResults, limits: CheckLimits) -> Iterator[Check]:
    for outcome, few in results.drivers_missing:
        key = "no_variance" if few.reason == "no_spread" else "model_base"
        values = {"n": few.n, "drivers": 0}
        yield Check(key, "block", outcome, values, {"n": limits.model_block})


def _scale_lines(report: ScaleReport | None) -> Iterator[Check]:
    """Scales as their own rules judge them; an inadmissible factor blocks."""
    weak = {"unreliable", "low_extracted", "low_loading"}
    for scale in report.scales if report else ():
        if scale.alpha is None:
            continue
        keys = {key for key, _ in scale.warnings}
        values = {"alpha": scale.alpha.value}
        if scale.extracted is not None:
            values["extracted"] = scale.extracted
        named = tuple(str(v["item"]) for key, v in scale.warnings if key == "low_loading")
        state = _judged(bool(keys & weak), scale.factor == "heywood")
        yield Check("reliability", state, scale.id, values, {}, named)


def _shape_lines(
    asymmetries: Sequence[Asymmetry], differences: Sequence[ShareChanges], limits: CheckLimits
) -> Iterator[Check]:
    for part in asymmetries:
        bent = tuple(d.driver for d in part.drivers if d.q is not None and d.q < limits.asymmetry)
        values = {"drivers": len(bent)}
        yield Check("shape", _judged(bool(bent)), part.outcome, values, {"q": limits.asymmetry}, bent)
    for difference in differences:
        tests = [pair.test.p for pair in difference.pairs if pair.test is not None]
        least = min(tests, default=1.0) * max(len(tests), 1)
        yield Check(
            "heterogeneity",
            _judged(least < limits.heterogeneity),
            difference.outcome,
            {"p": min(least, 1.0)},
            {"p": limits.heterogeneity},
            tuple(sorted({change.driver for change in difference.changes if change.clear})),
        )
