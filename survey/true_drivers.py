"""How much of an outcome each driver explains in the register of a simulated survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey.importance import importance_shares
from survey.left_blank import leave_blank, possible_blanks
from survey.opinions import Census
from survey.questions import AskedIf
from survey.register import Floats, Register
from survey.responses import Codes
from survey.study import Outcome, Study
from survey.truth import Truth

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


def driver_correlations(
    study: Study, truth: Truth, register: Register, census: Census, seed: int, *occasion: str
) -> Iterator[tuple[str, Floats]]:
    """Correlations of the columns of the drivers and, last, of each outcome, in one census.

    Where a driver does not apply there is no answer to have, so that is part of the truth; answers
    that were due and are missing are not.
    """
    if study.drivers is None:
        return
    codes = leave_blank(study, truth, census.codes, seed, *occasion, kinds=("not_applicable",))
    scores = scored(study, codes)
    drivers = scores[:, [list(study.item_by_id).index(item) for item in driver_items(study)]]
    columns = _columns(drivers, _players(study, truth))
    whole = scored(study, census.codes)
    for name in study.drivers.outcomes:
        outcome = outcome_scores(study, study.outcome_by_id[name], whole, register, census)
        known = np.isfinite(outcome)
        yield name, np.asarray(np.corrcoef(np.column_stack([columns, outcome])[known], rowvar=False))


def true_drivers(study: Study, truth: Truth, series: Sequence[Floats]) -> TrueDrivers:
    """Work shares out from the correlations of several censuses."""
    items, players = driver_items(study), _players(study, truth)
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


def _players(study: Study, truth: Truth) -> list[list[int]]:
    """The columns of each driver: its value, and a mark of who could answer unless everybody could.

    Drivers put to the same people share a mark.
    """
    items = driver_items(study)
    players, marks = [[j] for j in range(len(items))], list[tuple[AskedIf | None, str | None]]()
    for player, item in zip(players, items, strict=True):
        routing = study.item_by_id[item].asked_if
        applies = item not in truth.items or "not_applicable" not in possible_blanks(study, truth, item)
        if routing is None and applies:
            continue
        mark = (routing, None if applies else item)
        if mark not in marks:
            marks.append(mark)
        player.append(len(items) + marks.index(mark))
    return players


def _columns(values: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Columns (m, c) of the players: values at their mean where there is none, then the marks."""
    answered = np.isfinite(values)
    columns = np.empty((len(values), 1 + max(column for player in players for column in player)))
    columns[:, : values.shape[1]] = np.where(answered, values, np.nanmean(values, axis=0))
    for j, player in enumerate(players):
        for mark in player[1:]:
            columns[:, mark] = answered[:, j]
    return columns
