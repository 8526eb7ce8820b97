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

from analysis.estimate import LinearEstimates, side_by_side
from analysis.lifts import Ground, Points
from analysis.parallel_slopes import EVENTS
from analysis.predicted_change import CHANGE, Fitted, Link, predicted_change
from analysis.regression import weighted_regression
from analysis.results import JointTest
from analysis.sample import Floats, Integers
from analysis.whatif_flags import score_slopes
from analysis.whatif_frame import Frame, frame_of, logit_fit
from analysis.whatif_models import Asked, FlagModel, LinearModel, fixed_of
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

    Under a linear model with EM the test stands on the complete rows; where an outcome goes by way of a
    score, it is the score's regression that is tested. Items that are not in the model are left aside; fewer
    than two need no test.
    """
    own = [move for move in moves if move[0] in model.items and move[1] != 0]
    if len(own) < 2:
        return Together(None, None)
    frame = _frame(asked, model).with_terms([item for item, _ in own])
    rows = model.data.rows
    rows = rows[np.isfinite(frame.columns(rows=rows)).all(axis=1)]
    frame = frame.settled(rows)
    if not frame.term_columns or not _carries(model, len(rows), frame):
        return Together(None, None)
    fit = _logit(asked, model, frame, rows) if _direct(model) else None
    if _direct(model) and fit is None:
        return Together(None, None)
    test = _test(asked, model, frame, fit, rows)
    if test is None or test.p >= MATTERS:
        return Together(test, None)
    return Together(test, _change(asked, model, frame, fit, ground, own, rows))


def _direct(model: LinearModel | FlagModel) -> bool:
    """Whether the items are columns of a logit."""
    return isinstance(model, FlagModel) and model.score is None


def _frame(asked: Asked, model: LinearModel | FlagModel) -> Frame:
    if isinstance(model, FlagModel):
        return model.frame
    return frame_of(asked.sample, model.data, fixed_of(asked, model.items, (asked.wave,)))


def _carries(model: LinearModel | FlagModel, n: int, frame: Frame) -> bool:
    """Whether the base carries the model with its terms."""
    columns = len(frame.kept or ())
    if isinstance(model, FlagModel) and model.score is None:
        return model.events >= EVENTS * columns
    return n >= columns + OVER


def _numeric(model: LinearModel | FlagModel) -> str:
    """The outcome that is regressed on the items."""
    return model.score if isinstance(model, FlagModel) and model.score else model.outcome


def _logit(
    asked: Asked, model: LinearModel | FlagModel, frame: Frame, rows: Integers
) -> LinearEstimates | None:
    return logit_fit(asked.design, rows, asked.sample.outcomes[model.outcome], frame.columns(), asked.level)


def _test(
    asked: Asked, model: LinearModel | FlagModel, frame: Frame, fit: LinearEstimates | None, rows: Integers
) -> JointTest | None:
    """Test all terms at once, on the degrees of freedom that the columns leave."""
    x, y = frame.columns(rows=rows), asked.sample.outcomes[_numeric(model)][rows]
    names = [str(column) for column in range(x.shape[1])]
    if fit is not None:
        found = working_logit(asked.design, (y > 0).astype(np.float64), x, names, rows, fit.values)
    else:
        found = working_fit(asked.design, y, x, names, rows)
    left = replace(found, df=max(found.df - len(names), 0.0))
    return left.test([names[column] for column in frame.term_columns])


def _change(
    asked: Asked,
    model: LinearModel | FlagModel,
    frame: Frame,
    fit: LinearEstimates | None,
    ground: Ground,
    moves: Sequence[Points],
    rows: Integers,
) -> LinearEstimates | None:
    """Change that the model with the terms predicts."""
    moved = moved_answers(frame, ground, moves)
    if isinstance(model, FlagModel) and model.score is not None:
        slopes, own = score_slopes(asked, model.score, frame, rows), model.fitted.x.shape[1]
        if slopes is None:
            return None
        both = side_by_side([model.fitted.coefficients.take(range(own)), slopes])
        joint = replace(model, frame=frame, fitted=replace(model.fitted, coefficients=both))
        return predicted_change(joint.fitted, joint.after(moved, ground.rows)).take([CHANGE])
    before, after = frame.columns(rows=ground.rows), frame.columns(moved, ground.rows)
    known = np.isfinite(before).all(axis=1)
    if fit is None:
        columns, domain = frame.columns(), np.zeros(len(asked.sample), dtype=bool)
        domain[rows] = True
        names = [str(column) for column in range(columns.shape[1])]
        y = asked.sample.outcomes[model.outcome]
        fit = weighted_regression(asked.design, y, columns, names, domain=domain, level=asked.level).linear
        link: Link = "linear"
    else:
        link = "logit"
    fitted = Fitted(fit, link, ground.rows[known], frame.with_constant(before[known]))
    return predicted_change(fitted, frame.with_constant(after[known])).take([CHANGE])


def moved_answers(frame: Frame, ground: Ground, moves: Sequence[Points]) -> Floats:
    """Answers (r, k) of the people of the wave to the items of a model after the moves."""
    found = frame.answers[ground.rows].copy()
    for item, points in moves:
        if item in frame.items:
            found[:, frame.items.index(item)] += ground.gain(item, points)
    return found
