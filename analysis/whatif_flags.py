"""Logits behind a what-if: a yes/no outcome on all drivers, or by way of one score where events are few.

Ten people at the rarer value for every column are enough for a logit (Peduzzi et al. 1996). Where a wave has
fewer, earlier waves are added, each with a level of its own. Where all waves have too few for all drivers,
the outcome is put on one score alone, satisfaction, and the drivers move it by way of that score: the change
of everybody's score from its linear regression on the drivers, that of the probability from the logit.

What a newcomer gets wrong: by way of satisfaction alone is less than everything. What an item does to
renewal besides (a price that satisfies nobody less and loses customers all the same) is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.driver_data import DriverData
from analysis.driver_model import too_small
from analysis.estimate import LinearEstimates, estimates, side_by_side
from analysis.moment_guards import aliased
from analysis.parallel_slopes import EVENTS
from analysis.predicted_change import Fitted
from analysis.regression import DependentColumns, weighted_regression
from analysis.results import Estimate
from analysis.sample import Booleans, Floats, Integers
from analysis.whatif_frame import Frame, frame_of, logit_fit
from analysis.whatif_models import Asked, FlagModel, NoModel, fixed_of

# Where the logit of a score has it: after the constant.
_SCORE = 1


@dataclass(frozen=True, slots=True)
class Score:
    """An outcome in points that others may go by way of, and the items that move it."""

    outcome: str
    items: tuple[str, ...]


def flag_model(
    asked: Asked, outcome: str, items: Sequence[str], score: Score | None = None
) -> FlagModel | NoModel:
    """Fit a logit of a yes/no outcome on ``items``; by way of ``score`` where events are too few for that.

    Where nobody's value is known in the wave yet, the latest earlier wave where it is stands in for it.
    There is no model where even the logit of the score has fewer than ten events a column.
    """
    found = _on_items(asked, outcome, items)
    if not isinstance(found, NoModel) or score is None or found.key not in ("few_events", "separated"):
        return found
    return _by_way(asked, outcome, replace(score, items=tuple(i for i in score.items if i in items)), found)


def _pools(asked: Asked, outcome: str) -> Iterator[tuple[tuple[str, ...], Booleans]]:
    """Waves of a model and who answered in them (N,): the latest where something is known, then more."""
    sample, y = asked.sample, asked.sample.outcomes[outcome]
    before = sample.waves[: sample.waves.index(asked.wave) + 1][::-1]
    known = [wave for wave in before if np.isfinite(y[sample.in_wave(wave)]).any()]
    for count in range(1, len(known) + 1):
        waves = tuple(known[:count])
        yield waves, np.logical_or.reduce([sample.in_wave(wave) for wave in waves])


def _events(asked: Asked, outcome: str, rows: Integers) -> int:
    """People at the rarer value."""
    yes = int((asked.sample.outcomes[outcome][rows] > 0).sum())
    return min(yes, len(rows) - yes)


def _on_items(asked: Asked, outcome: str, items: Sequence[str]) -> FlagModel | NoModel:
    found = NoModel("no_answers")
    for waves, domain in _pools(asked, outcome):
        data = asked.data(outcome, items, domain, listwise=True)
        events = _events(asked, outcome, data.rows)
        # Not even a column for every item: no need to make them.
        few = not data.names or events < EVENTS * len(data.names)
        fixed = fixed_of(asked, data.names, waves)
        frame = None if few else frame_of(asked.sample, data, fixed)
        columns = len(data.names) + fixed.shape[1] if frame is None else len(frame.kept or ())
        if frame is not None and events >= EVENTS * columns:
            return _fit(asked, outcome, data, frame, waves, events)
        found = NoModel("few_events", {"events": events, "needed": EVENTS * max(columns, 1)})
    return found


def _fit(
    asked: Asked, outcome: str, data: DriverData, frame: Frame, waves: tuple[str, ...], events: int
) -> FlagModel | NoModel:
    columns = frame.columns()
    fit = logit_fit(asked.design, data.rows, asked.sample.outcomes[outcome], columns, asked.level)
    if fit is None:
        return NoModel("separated")
    here = np.flatnonzero(asked.sample.in_wave(asked.wave) & np.isfinite(columns).all(axis=1))
    if len(here) < asked.limit:
        return NoModel("disclosure")
    return FlagModel(
        outcome=outcome,
        data=data,
        frame=frame,
        fitted=Fitted(fit, "logit", here, frame.with_constant(columns[here])),
        waves=waves,
        rows=data.rows,
        events=events,
        coefficients=_named(asked, frame, fit.take(range(1, len(fit)))),
    )


def _by_way(asked: Asked, outcome: str, score: Score, wanting: NoModel) -> FlagModel | NoModel:
    """Fit the logit of the score alone, with as few waves as carry it."""
    y, x = asked.sample.outcomes[outcome], asked.sample.outcomes[score.outcome]
    found = wanting
    for waves, domain in _pools(asked, outcome):
        columns = np.column_stack([x, fixed_of(asked, score.items, waves)])
        rows = np.flatnonzero(domain & np.isfinite(y) & np.isfinite(columns).all(axis=1))
        columns = columns[:, _own(columns[rows])]
        events, needed = _events(asked, outcome, rows), EVENTS * max(columns.shape[1], 1)
        if events < needed:
            found = NoModel("few_events", {"events": events, "needed": needed})
            continue
        if not np.ptp(x[rows]):
            return NoModel("no_spread")
        fit = logit_fit(asked.design, rows, y, columns, asked.level)
        if fit is None:
            return NoModel("separated")
        made = _through(asked, score, fit, columns)
        if isinstance(made, NoModel):
            return made
        data, frame, fitted = made
        few = tuple(int(wanting.values[name]) for name in ("events", "needed")) if wanting.values else ()
        return FlagModel(
            outcome=outcome,
            data=data,
            frame=frame,
            fitted=fitted,
            waves=waves,
            rows=rows,
            events=events,
            coefficients=_named(asked, frame, _products(fit, fitted.coefficients, len(rows))),
            score=score.outcome,
            wanting=(few[0], few[1]) if few else None,
        )
    return found


def _own(columns: Floats) -> list[int]:
    """Columns that vary and are no combination of those before them."""
    varies = np.flatnonzero(np.ptp(columns, axis=0) > 0) if len(columns) else np.empty(0, dtype=np.int64)
    spare = set(aliased(columns[:, varies])) if len(varies) else set[int]()
    return [int(column) for place, column in enumerate(varies) if place not in spare]


def _through(
    asked: Asked, score: Score, fit: LinearEstimates, columns: Floats
) -> tuple[DriverData, Frame, Fitted] | NoModel:
    """Regress the score on its items in the wave, and put both regressions together for its people."""
    here = asked.sample.in_wave(asked.wave)
    data = asked.data(score.outcome, score.items, here, listwise=True)
    if not data.names or too_small(data, asked.design):
        return NoModel("small_base")
    frame = frame_of(asked.sample, data, fixed_of(asked, data.names, (asked.wave,)))
    slopes = score_slopes(asked, score.outcome, frame, data.rows)
    if slopes is None:
        return NoModel("no_spread")
    known = np.isfinite(columns).all(axis=1) & np.isfinite(frame.columns()).all(axis=1)
    rows = np.flatnonzero(here & known)
    if len(rows) < asked.limit:
        return NoModel("disclosure")
    both = side_by_side([fit, slopes])
    return data, frame, Fitted(both, "logit", rows, frame.with_constant(columns[rows]), _SCORE)


def score_slopes(asked: Asked, score: str, frame: Frame, rows: Integers) -> LinearEstimates | None:
    """Slopes of a score on the columns of ``frame`` among ``rows``; ``None`` where they cannot be told."""
    domain = np.zeros(len(asked.sample), dtype=bool)
    domain[rows] = True
    columns = frame.columns()
    names = [str(column) for column in range(columns.shape[1])]
    y = asked.sample.outcomes[score]
    try:
        found = weighted_regression(asked.design, y, columns, names, domain=domain, level=asked.level)
    except DependentColumns:
        return None
    return found.linear.take(range(1, len(found.linear)))


def _products(fit: LinearEstimates, both: LinearEstimates, n: int) -> LinearEstimates:
    """Products of the score's coefficient and each of its slopes, to first order."""
    slopes = both.take(range(len(fit), len(both)))
    score, totals = float(fit.values[_SCORE]), fit.totals[:, [_SCORE]]
    return replace(
        slopes,
        values=score * slopes.values,
        totals=score * slopes.totals + totals * slopes.values,
        n=np.full(len(slopes), n),
        size=abs(score) * slopes.size + fit.size[_SCORE] * np.abs(slopes.values),
        freedom=np.full(len(slopes), float(np.min(both.df))),
    )


def _named(asked: Asked, frame: Frame, slopes: LinearEstimates) -> dict[str, Estimate]:
    """Slopes of the items that are columns of a frame: these come first."""
    found = estimates(slopes, asked.level)
    kept = frame.kept if frame.kept is not None else range(len(frame.items))
    places = {column: place for place, column in enumerate(kept) if column < len(frame.items)}
    pairs = {frame.items[column]: found[place] for column, place in places.items()}
    return {item: slope for item, slope in pairs.items() if isinstance(slope, Estimate)}
