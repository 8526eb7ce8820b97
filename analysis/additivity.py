"""May the effects of several items be added up? Only where a test finds nothing against it.

Two items raised together may bring more than the sum (each helps the other) or less (the second repeats the
first). The squares and products of the moved items are tested together; where they matter, the effect comes
from the model that has them.

What a newcomer gets wrong: that the test finds nothing does not prove that effects add up. It says that this
survey shows no sign of the contrary. Four items have ten terms, and the usual Wald test of as many rejects
additive effects in one of four surveys of 60 clusters; see ``analysis.working_wald`` for the one used here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimate import LinearEstimates
from analysis.lifts import Ground, Points
from analysis.parallel_slopes import EVENTS
from analysis.predicted_change import CHANGE, Fitted, Link, predicted_change
from analysis.regression import weighted_regression
from analysis.results import JointTest
from analysis.sample import Booleans, Floats, Integers
from analysis.whatif_frame import Frame, frame_of, logit_fit
from analysis.whatif_models import Asked, FlagModel, LinearModel, fixed_columns, rows_of
from analysis.working_wald import working_fit, working_logit

# Below this p the terms matter (convention).
MATTERS = 0.05
# Rows that a linear model needs beyond its columns.
OVER = 20


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """How several items go together for one outcome.

    ``test`` is ``None`` where the base does not carry the terms. ``change`` is the effect from the model with
    them where they matter, in the unit of the outcome; ``None`` where they do not.
    """

    test: JointTest | None
    change: LinearEstimates | None


def together(
    asked: Asked, model: LinearModel | FlagModel, ground: Ground, moves: Sequence[Points]
) -> Together:
    """Test the squares and products of the moved items of a model, with errors that know the design.

    Under a linear model with EM the test stands on the complete rows. Items that are not in the model are
    left aside; fewer than two need no test.
    """
    own = [move for move in moves if move[0] in model.items and move[1] != 0]
    if len(own) < 2:
        return Together(None, None)
    frame = _frame(asked, model).with_terms([item for item, _ in own])
    rows = np.flatnonzero(_complete(asked, model, frame))
    frame = frame.settled(rows)
    terms = frame.term_columns
    if not terms or not _carries(model, len(rows), frame):
        return Together(None, None)
    fit = _fit(asked, model, frame, rows)
    if fit is None:
        return Together(None, None)
    test = _test(asked, model, frame, fit, rows)
    if test is None or test.p >= MATTERS:
        return Together(test, None)
    return Together(test, _change(model, frame, fit, ground, own))


def _frame(asked: Asked, model: LinearModel | FlagModel) -> Frame:
    if isinstance(model, FlagModel):
        return model.frame
    return frame_of(asked.sample, model.data, fixed_columns(asked, model))


def _complete(asked: Asked, model: LinearModel | FlagModel, frame: Frame) -> Booleans:
    inside = np.zeros(len(asked.sample), dtype=bool)
    inside[rows_of(model)] = True
    return np.asarray(inside & np.isfinite(frame.columns()).all(axis=1))


def _carries(model: LinearModel | FlagModel, n: int, frame: Frame) -> bool:
    """Whether the base carries the model with its terms."""
    if isinstance(model, FlagModel):
        return model.events >= EVENTS * (len(model.items) + len(frame.term_columns))
    return n >= len(frame.kept or ()) + OVER


def _fit(
    asked: Asked, model: LinearModel | FlagModel, frame: Frame, rows: Integers
) -> LinearEstimates | None:
    columns, y = frame.columns(), asked.sample.outcomes[model.outcome]
    if isinstance(model, FlagModel):
        return logit_fit(asked.design, rows, y, columns, asked.level)
    domain = np.zeros(len(y), dtype=bool)
    domain[rows] = True
    names = [str(column) for column in range(columns.shape[1])]
    return weighted_regression(asked.design, y, columns, names, domain=domain, level=asked.level).linear


def _test(
    asked: Asked, model: LinearModel | FlagModel, frame: Frame, fit: LinearEstimates, rows: Integers
) -> JointTest | None:
    """Test all terms at once, on the degrees of freedom that the columns leave."""
    x, y = frame.columns()[rows], asked.sample.outcomes[model.outcome][rows]
    names = [str(column) for column in range(x.shape[1])]
    if isinstance(model, FlagModel):
        found = working_logit(asked.design, (y > 0).astype(np.float64), x, names, rows, fit.values)
    else:
        found = working_fit(asked.design, y, x, names, rows)
    left = replace(found, df=float(np.min(fit.df)))
    return left.test([names[column] for column in frame.term_columns])


def _change(
    model: LinearModel | FlagModel,
    frame: Frame,
    fit: LinearEstimates,
    ground: Ground,
    moves: Sequence[Points],
) -> LinearEstimates:
    before = frame.columns(rows=ground.rows)
    after = frame.columns(moved_answers(frame, ground, moves), ground.rows)
    known = np.isfinite(before).all(axis=1)
    link: Link = "logit" if isinstance(model, FlagModel) else "linear"
    fitted = Fitted(fit, link, ground.rows[known], frame.with_constant(before[known]))
    return predicted_change(fitted, frame.with_constant(after[known])).take([CHANGE])


def moved_answers(frame: Frame, ground: Ground, moves: Sequence[Points]) -> Floats:
    """Answers (r, k) of the people of the wave to the items of a model after the moves."""
    found = frame.answers[ground.rows].copy()
    for item, points in moves:
        if item in frame.items:
            found[:, frame.items.index(item)] += ground.gain(item, points)
    return found
