"""How much of an outcome each driver explains in the register of a simulated survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey.importance import importance_shares
from survey.opinions import Census
from survey.register import Floats, Register
from survey.responses import Codes
from survey.study import AskedIf, Outcome, Study

PARTS = 4  # the censuses are split in so many parts for the error of importance shares


@dataclass(frozen=True, slots=True)
class TrueValue:
    """A true value and the standard error of working it out, both in the unit of the estimate."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class TrueDrivers:
    """LMG shares of the variance of one outcome that the drivers explain, largest first."""

    r_squared: TrueValue
    shares: Mapping[str, TrueValue]


def scored(study: Study, codes: Codes) -> Floats:
    """Points of 100, higher is better, nan where an item was not put; (m, k) as ``codes``."""
    ends = np.array([study.scale_of(item.id).ends for item in study.items], dtype=np.float64)
    scores = 100 * (codes - ends[:, 0]) / (ends[:, 1] - ends[:, 0])
    backwards = np.array([item.reversed for item in study.items])
    scores = np.where(backwards, 100 - scores, scores)
    return np.asarray(np.where(codes < 0, np.nan, scores))


def outcome_scores(
    study: Study, outcome: Outcome, scores: Floats, register: Register, census: Census
) -> Floats:
    """Points of 100 of one outcome for every contact: the mean of its items, or 0 and 100 of a flag."""
    if outcome.column is not None:
        return np.asarray(100.0 * census.flags[outcome.column][register.account])
    places = [list(study.item_by_id).index(item) for item in outcome.items]
    answered = np.isfinite(scores[:, places])
    total = np.where(answered, scores[:, places], 0.0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / answered.sum(axis=1))


def driver_items(study: Study) -> tuple[str, ...]:
    """The candidates: those that the study names, by default the leaves of its index."""
    named = study.drivers.items if study.drivers else ()
    return named or tuple(leaf.item for leaf in study.index.leaves() if leaf.item is not None)


def driver_correlations(study: Study, register: Register, census: Census) -> Iterator[tuple[str, Floats]]:
    """Correlations of the columns of the drivers and, last, of each outcome, in one census."""
    if study.drivers is None:
        return
    scores = scored(study, census.codes)
    columns = _columns(study, scores)
    for name in study.drivers.outcomes:
        outcome = outcome_scores(study, study.outcome_by_id[name], scores, register, census)
        known = np.isfinite(outcome)
        yield name, np.corrcoef(np.column_stack([*columns, outcome])[known], rowvar=False)


def true_drivers(study: Study, series: Sequence[Floats]) -> TrueDrivers:
    """Work shares out from the correlations of several censuses."""
    items, players = driver_items(study), _players(study)
    parts = [importance_shares(np.mean(series[part::PARTS], axis=0), players) for part in range(PARTS)]
    total = importance_shares(np.mean(series, axis=0), players)
    r_squared = TrueValue(float(total.sum()), _error([part.sum() for part in parts]))
    errors = [_error(shares) for shares in zip(*(part / part.sum() for part in parts), strict=True)]
    return TrueDrivers(
        r_squared=r_squared,
        shares={
            items[j]: TrueValue(float(total[j]) / r_squared.value, errors[j])
            for j in np.argsort(-total, kind="stable")
        },
    )


def _error(parts: Sequence[float]) -> float:
    return float(np.std(parts, ddof=1) / np.sqrt(len(parts)))


def _routings(study: Study) -> list[AskedIf]:
    """The routings of the drivers, each once: two questions put to the same people share a column."""
    found = [study.item_by_id[item].asked_if for item in driver_items(study)]
    return list(dict.fromkeys(routing for routing in found if routing is not None))


def _players(study: Study) -> list[list[int]]:
    """The columns of each driver: its value and, if routed, whether it was put."""
    items, routings = driver_items(study), _routings(study)
    players = [[j] for j in range(len(items))]
    for player, item in zip(players, items, strict=True):
        if (routing := study.item_by_id[item].asked_if) is not None:
            player.append(len(items) + routings.index(routing))
    return players


def _columns(study: Study, scores: Floats) -> list[Floats]:
    """Values of the drivers, at their mean where they were not put, then one column for each routing."""
    items = list(study.item_by_id)
    values = [scores[:, items.index(item)] for item in driver_items(study)]
    filled = [np.where(np.isfinite(value), value, np.nanmean(value)) for value in values]
    put = {
        routing: np.isfinite(value).astype(np.float64)
        for item, value in zip(driver_items(study), values, strict=True)
        if (routing := study.item_by_id[item].asked_if) is not None
    }
    return [*filled, *(put[routing] for routing in _routings(study))]
