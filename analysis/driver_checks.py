"""Figures about the drivers of an outcome that only the checklist asks for: weights, bends, segments.

Each is one regression, or one decomposition, of the full sample; nothing is replicated.

What a newcomer gets wrong: twelve drivers tested for a bend at 5 % bend more often than not. The tests of one
outcome are one family, and only what is left of them says that a line is not straight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from analysis.check_facts import DF_PER_TEST, DriverChecks, SegmentDrivers
from analysis.check_limits import USUAL, CheckLimits
from analysis.design import design_of
from analysis.driver_data import DriverData, own_columns
from analysis.driver_moments import driver_moments, take_off
from analysis.driver_settings import ModelSettings, indicators, wave_data
from analysis.elimination import sweep
from analysis.estimate import benjamini_hochberg
from analysis.index import IndexTree
from analysis.lmg_sampled import lmg_everywhere
from analysis.ranks import ranks
from analysis.replicates import replication
from analysis.sample import Booleans, Floats, Groups, Sample
from analysis.working_wald import WorkingFit, working_fit

# Conventions: segments that are looked at; rows for each coefficient of a regression.
MOST_SEGMENTS, ROWS_PER_COLUMN = 3, 3
CLEAR = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """Rows and columns of a driver model in the last wave; ``items`` go with ``data.answers``."""

    sample: Sample
    outcome: str
    data: DriverData
    items: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether anything is left to be explained by anything."""
        return self.data.n > ROWS_PER_COLUMN * self.data.x.shape[1] and len(self.items) > 0

    def fit(self, extra: Floats, names: Sequence[str], rows: Booleans | None = None) -> WorkingFit | None:
        """Regress on the model's columns and ``extra`` (n, k) ones; ``None`` where the base is too small.

        ``rows`` (n,) are those that take part. Columns that earlier ones determine are left out.
        """
        data, design = self.data, design_of(self.sample)
        inside = np.isfinite(data.x).all(axis=1) if rows is None else rows
        y, x = data.x[inside, -1], np.column_stack([data.x[:, :-1], extra])[inside]
        if not len(y) or np.ptp(y) == 0:
            return None
        kept = own_columns(x, y, design.weights[data.rows[inside]])
        if len(y) <= ROWS_PER_COLUMN * len(kept):
            return None
        own = [self.items[data.answers.index(j)] if j in data.answers else f"({j})" for j in _columns(data)]
        labels = [*own, *names]
        found = working_fit(design, y, x[:, kept], [labels[j] for j in kept], data.rows[inside])
        return found if found.df > 0 else None


def _columns(data: DriverData) -> range:
    return range(data.x.shape[1] - 1)


def driver_checks(
    sample: Sample,
    outcome: str,
    items: Sequence[str],
    segments: Sequence[str],
    *,
    tree: IndexTree | None = None,
    settings: ModelSettings | None = None,
    limits: CheckLimits = USUAL,
    seed: int = 1,
) -> DriverChecks:
    """Work out what the checklist asks about the drivers of an outcome in the last wave.

    Parameters
    ----------
    items : candidates, as for :func:`~analysis.drivers.driver_results`; ``settings`` and ``tree`` as there.
    segments : in the order in which they matter; the first three with groups large enough are tested.
    limits : ``model_block`` and ``model_block_over`` say how large a group has to be.

    A figure that the base cannot carry is left out: ``None``, or a segment that is named as not tested.
    """
    chosen = settings or ModelSettings()
    data = wave_data(sample, outcome, items, sample.waves[-1], tree, chosen)
    kept = tuple(item for item in items if item not in dict(data.dropped))
    model = _Model(sample, outcome, data, kept)
    if not model.usable:
        return DriverChecks(outcome)
    tested, untested = _segments(model, segments, limits)
    return DriverChecks(
        outcome, unweighted=_unweighted(model, seed), bends=_bends(model), segments=tested, untested=untested
    )


def _unweighted(model: _Model, seed: int) -> Mapping[str, int] | None:
    """Ranks of the players where everybody counts the same."""
    data, design = model.data, design_of(model.sample)
    weights = design.weights[data.rows]
    if np.ptp(weights) <= 1e-12 * weights[0]:
        return None
    same = replace(design, weights=np.ones(len(design)), adjustment=None)
    moments = driver_moments(data, replication(same, model.sample.cluster_ids, 2, seed))
    if moments is None:
        return None
    correlations = np.ascontiguousarray(take_off(moments.correlations, data.always).correlations[:, :, :1])
    if sweep(correlations)[3].any():
        return None
    players = tuple(tuple(column - data.always for column in player) for player in data.players)
    parts, _ = lmg_everywhere(correlations, players, seed)
    return dict(zip(data.names, map(int, ranks(parts)[:, 0]), strict=True))


def _bends(model: _Model) -> Mapping[str, float] | None:
    """Smallest adjusted p by item, over a square beside the line and a kink in it."""
    data = model.data
    away = np.column_stack([_from_mean(data, column) for column in data.answers])
    found = [*_added(model, away**2), *_added(model, np.maximum(away, 0.0))]
    if not found:
        return None
    adjusted = benjamini_hochberg([p for _, p in found])
    bends: dict[str, float] = {}
    for (item, _), q in zip(found, adjusted.tolist(), strict=True):
        bends[item] = min(q, bends.get(item, 1.0))
    return bends


def _added(model: _Model, columns: Floats) -> list[tuple[str, float]]:
    """P by item that its column adds nothing to all lines and the other columns."""
    fit = model.fit(columns, [_bent(item) for item in model.items])
    if fit is None:
        return []
    return [(item, fit.slope({_bent(item): 1.0})[1]) for item in model.items if _bent(item) in fit.names]


def _bent(item: str) -> str:
    return f"{item}, bent"


def _from_mean(data: DriverData, column: int) -> Floats:
    """Distance from the mean of those who answered; 0 where there was no answer to have."""
    answer = data.x[:, column]
    given = np.ones(data.n, dtype=bool)
    for player, marked in zip(data.players, data.marked, strict=True):
        if marked and player[0] == column:
            given = data.x[:, player[1]] > 0
    return np.asarray(np.where(given, answer - np.nanmean(answer[given]), 0.0))


def _segments(
    model: _Model, segments: Sequence[str], limits: CheckLimits
) -> tuple[tuple[SegmentDrivers, ...], tuple[str, ...]]:
    """Test the first segments that can be, and name those before them that cannot."""
    tested: list[SegmentDrivers] = []
    untested: list[str] = []
    for segment in segments:
        if len(tested) == MOST_SEGMENTS:
            break
        found = _segment(model, segment, limits)
        if found is not None:
            tested.append(found)
        elif _divides(model, segment):
            untested.append(segment)
    return tuple(tested), tuple(untested)


def _divides(model: _Model, segment: str) -> bool:
    """Whether people of two groups or more are in the model."""
    codes = model.sample.segments[segment].codes[model.data.rows]
    return len(np.unique(codes[codes >= 0])) > 1


def _segment(model: _Model, segment: str, limits: CheckLimits) -> SegmentDrivers | None:
    """Test all interactions with a segment at once, among its groups that could have a model of their own.

    ``None`` where fewer than two could, or where they have too many coefficients for the design.
    """
    data, belongs = model.data, model.sample.segments[segment]
    codes, complete = belongs.codes[data.rows], np.isfinite(data.x).all(axis=1)
    least = max(limits.model_block, data.x.shape[1] - 1 + limits.model_block_over)
    groups = [g for g in range(len(belongs.values)) if (complete & (codes == g)).sum() >= least]
    crossings = (len(groups) - 1) * len(model.items)
    if not crossings or DF_PER_TEST * crossings > data.degrees_of_freedom(design_of(model.sample)):
        return None
    rows = complete & np.isin(codes, groups)
    marks = np.nan_to_num(indicators(np.where(rows, codes, -1)))
    answers = data.x[:, list(data.answers)]
    crossed = [answers * mark[:, None] for mark in marks.T]
    named = [[_crossed(item, belongs, group) for item in model.items] for group in groups[1:]]
    extra = np.where(rows[:, None], np.column_stack([marks, *crossed]), np.nan)
    levels = [f"({segment} {group})" for group in groups[1:]]
    fit = model.fit(extra, [*levels, *chain.from_iterable(named)], rows)
    if fit is None:
        return None
    tested = [name for group in named for name in group if name in fit.names]
    test = fit.test(tested)
    return None if test is None else SegmentDrivers(segment, len(groups), test, _opposite(model, fit, named))


def _crossed(item: str, belongs: Groups, group: int) -> str:
    return f"{item} × {belongs.values[group]}"


def _opposite(model: _Model, fit: WorkingFit, named: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Drivers with clear coefficients of both signs among the groups, after Bonferroni over all of them."""
    count = len(model.items) * (len(named) + 1)
    found = []
    for place, item in enumerate(model.items):
        if item not in fit.names:
            continue
        sums = [
            {item: 1.0},
            *({item: 1.0, group[place]: 1.0} for group in named if group[place] in fit.names),
        ]
        slopes = [fit.slope(weights) for weights in sums]
        clear = {np.sign(value) for value, p in slopes if p * count < CLEAR}
        if {1.0, -1.0} <= clear:
            found.append(item)
    return tuple(found)
