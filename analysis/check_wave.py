"""Lines of the checklist about a wave as a whole, and about its scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from analysis.check_facts import ScaleFacts
from analysis.check_limits import CheckLimits
from analysis.check_results import Check, State, judged

if TYPE_CHECKING:
    from analysis.results import StudyResults


def _line(
    key: str,
    state: State,
    values: Mapping[str, float] | None = None,
    limits: Mapping[str, float] | None = None,
) -> Check:
    return Check(key, state, None, values or {}, limits or {}, scope="wave")


def wave_lines(results: StudyResults, limits: CheckLimits) -> Iterator[Check]:
    """Lines on who answered, how carefully, and with which weights."""
    quality, facts = results.quality, results.checks
    yield _line(
        "base",
        judged(quality.n < limits.base_warn, quality.n < limits.base_block),
        {"n": quality.n},
        {"n": limits.base_warn, "n_block": limits.base_block},
    )
    yield _response(quality.response_rate, limits)
    spread = quality.calibration.spread if quality.calibration else facts.largest_weight if facts else 1.0
    yield _line(
        "weights",
        judged(quality.deff_weights > limits.deff_weights or spread > limits.largest_weight),
        {"deff": quality.deff_weights, "largest": spread},
        {"deff": limits.deff_weights, "largest": limits.largest_weight},
    )
    careless = sum(quality.straightliners) / max(quality.n, 1)
    yield _line(
        "carelessness",
        judged(careless > limits.careless_warn, careless > limits.careless_block),
        {"share": careless},
        {"share": limits.careless_warn, "share_block": limits.careless_block},
    )
    if facts is not None:
        yield _line("repeated", judged(not facts.recognised))
    kinds = {outcome.kind for outcome in results.outcomes}
    yield _line("survivors", judged("churn" not in kinds))


def _response(rate: float | None, limits: CheckLimits) -> Check:
    if rate is None:
        return _line("response_unknown", "warn")
    return _line(
        "response", judged(rate < limits.response_rate), {"rate": rate}, {"rate": limits.response_rate}
    )


def scale_lines(scales: tuple[ScaleFacts, ...], limits: CheckLimits) -> Iterator[Check]:
    """Lines on reflective scales: reliability, and whether one factor is behind three items or more."""
    for scale in scales:
        low = judged(scale.alpha < limits.reliable)
        values = {"alpha": scale.alpha}
        yield Check("reliability", low, scale.scale, values, {"alpha": limits.reliable}, scope="scale")
        if scale.extracted is None and not scale.inadmissible:
            continue
        weak = tuple(item for item, loading in scale.loadings.items() if loading < limits.loading)
        few = scale.extracted is not None and scale.extracted < limits.extracted
        yield Check(
            "one_factor",
            judged(few or bool(weak), scale.inadmissible),
            scale.scale,
            {} if scale.extracted is None else {"extracted": scale.extracted},
            {"extracted": limits.extracted, "loading": limits.loading},
            weak,
            scope="scale",
        )
