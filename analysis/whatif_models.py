"""The regressions behind a what-if: an outcome on all drivers at once, nothing in between.

The coefficients are total effects: satisfaction is no column of the model for loyalty, so whatever an item
does through satisfaction is in the item's coefficient. A numeric outcome has the linear model of the driver
analysis, with its replicates; for yes/no outcomes see ``analysis.whatif_flags``.

What a newcomer gets wrong: a coefficient is no effect of an item alone. It compares people who answer all
other items alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.coefficients import clear_sign
from analysis.design import Design
from analysis.driver_data import DriverData, driver_data
from analysis.driver_model import regress, too_small
from analysis.driver_moments import complete_moments
from analysis.driver_settings import ModelSettings, covariates
from analysis.estimate import benjamini_hochberg
from analysis.gain_tests import p_value
from analysis.predicted_change import Fitted, Side
from analysis.replicate_estimates import ReplicateBase, replicate_base
from analysis.replicates import Replication
from analysis.results import Estimate, TooFew
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.whatif_frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """A numeric outcome.

    Attributes
    ----------
    slopes : (k, 1 + B) points per point of each of ``data.names``, nan in replicates that failed.
    coefficients : of the items, with t intervals on the design's degrees of freedom less the columns.
    """

    outcome: str
    data: DriverData
    slopes: Floats
    base: ReplicateBase
    coefficients: Mapping[str, Estimate]

    @property
    def items(self) -> tuple[str, ...]:
        """Items in the model."""
        return self.data.names


@dataclass(frozen=True, slots=True, eq=False)
class FlagModel:
    """A yes/no outcome, 1 for yes: a logit of ``waves``, ready to predict for the people of the wave.

    Attributes
    ----------
    data, frame : the items, and how columns are made of them for anybody. With a ``score``, the outcome in
        points that the logit has in their place, they are those of its linear regression on the items.
    fitted : of the people of the wave; with a ``score`` it holds the coefficients of both regressions.
    rows : that the logit rests on.
    events : people at the rarer value among them.
    coefficients : of the items in log odds per point; by way of the ``score`` products of two coefficients.
    wanting : (events, needed) of the model on all items, where there is none of them.
    """

    outcome: str
    data: DriverData
    frame: Frame
    fitted: Fitted
    waves: tuple[str, ...]
    rows: Integers
    events: int
    coefficients: Mapping[str, Estimate]
    score: str | None = None
    wanting: tuple[int, int] | None = None

    def after(self, moved: Floats, rows: Integers) -> Side:
        """Predict from answers (m, k) to the items after moves, of people ``rows`` (m,) of the sample."""
        frame, known = self.frame, np.isin(rows, self.fitted.rows)
        columns = frame.columns(moved[known], rows[known])
        if self.score is None:
            return self.fitted.side(frame.with_constant(columns))
        return self.fitted.side(self.fitted.x, columns - frame.columns(rows=rows[known]))

    @property
    def items(self) -> tuple[str, ...]:
        """Items in the model."""
        return self.data.names


@dataclass(frozen=True, slots=True)
class NoModel:
    """An outcome without a model, and why.

    ``key`` is ``few_events`` with people at the rarer value (``events``) and how many the smallest model
    takes (``needed``), ``separated`` where a column tells yes from no without error, or the reason of a
    ``TooFew``.
    """

    key: str
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What all models of a what-if share: the sample, its replicates, the wave, and how drivers enter."""

    sample: Sample
    plan: Replication
    wave: str
    settings: ModelSettings
    level: float
    limit: int

    @property
    def design(self) -> Design:
        """The design of the sample."""
        return self.plan.design

    def data(self, outcome: str, items: Sequence[str], domain: Booleans, *, listwise: bool) -> DriverData:
        """Rows and columns of a driver model without groups: every item is a player of its own."""
        sample, settings = self.sample, self.settings
        return driver_data(
            sample.outcomes[outcome],
            {item: sample.column(item) for item in items},
            {item: sample.structural[:, sample.items.index(item)] for item in items},
            sample.weights,
            domain,
            always=covariates(sample, settings.always, items),
            blanks="listwise" if listwise else settings.blanks,
        )


def linear_models(asked: Asked, wanted: Mapping[str, Sequence[str]]) -> dict[str, LinearModel | NoModel]:
    """Fit numeric outcomes, each on its items; replicates are drawn once for all complete ones.

    There is no model where :func:`~analysis.driver_model.regress` has none, and below the disclosure limit.
    """
    domain = asked.sample.in_wave(asked.wave)
    data = {name: asked.data(name, items, domain, listwise=False) for name, items in wanted.items()}
    whole = {
        name: part
        for name, part in data.items()
        if not too_small(part, asked.design) and np.isfinite(part.x).all()
    }
    made = dict(zip(whole, complete_moments(list(whole.values()), asked.plan), strict=True)) if whole else {}
    found: dict[str, LinearModel | NoModel] = {}
    for name, part in data.items():
        fit = regress(part, asked.plan, made.get(name))
        if isinstance(fit, TooFew) or part.n < asked.limit:
            found[name] = NoModel(fit.reason if isinstance(fit, TooFew) else "disclosure")
            continue
        answers = [columns[0] - part.always for columns in part.players]
        base = replicate_base(asked.design, part.rows, asked.level)
        count = part.x.shape[1] - 1
        coefficients = {
            item: base.symmetric(fit.slopes[column], count)
            for item, column in zip(part.names, answers, strict=True)
        }
        slopes = np.full((len(answers), 1 + asked.plan.replicates), np.nan)
        slopes[:, np.flatnonzero(np.append(True, _all_kept(fit.kept, asked.plan)))] = fit.slopes[answers]
        found[name] = LinearModel(name, part, slopes, base, coefficients)
    return found


def _all_kept(kept: Booleans, plan: Replication) -> Booleans:
    """Which of all replicates are in a model; EM may have made fewer."""
    return np.append(kept, np.zeros(plan.replicates - len(kept), dtype=bool))


def fixed_of(asked: Asked, names: Sequence[str], waves: Sequence[str]) -> Floats:
    """Columns (N, a) that do not move: covariates, and a level for every wave but the first of ``waves``.

    People of a wave that is not among them stand on the level of the first, the latest.
    """
    own = covariates(asked.sample, asked.settings.always, names)
    levels = [asked.sample.in_wave(wave).astype(np.float64)[:, None] for wave in waves[1:]]
    return np.hstack([*([] if own is None else [own]), *levels, np.empty((len(asked.sample), 0))])


def leads(model: LinearModel | FlagModel, item: str) -> int:
    """1 or −1 where the interval of an item's coefficient lies on one side of 0, else 0."""
    found = model.coefficients.get(item)
    return 0 if found is None else clear_sign(found)


def surely_leads(model: LinearModel | FlagModel) -> dict[str, int]:
    """1 or −1 by item whose coefficient is clear among all of the model, else 0.

    Of twenty items that go with nothing one has an interval beside 0, and would be picked: so p are adjusted
    over the items (Benjamini–Hochberg), at a rate of one less the level of confidence.
    """
    items = list(model.coefficients)
    p = [p_value(model.coefficients[item]) for item in items]
    q = dict(zip(items, benjamini_hochberg(p).tolist(), strict=True))
    return {
        item: leads(model, item) if q[item] < 1 - found.level else 0
        for item, found in model.coefficients.items()
    }


def rows_of(model: LinearModel | FlagModel) -> Integers:
    """Rows of the sample that the coefficients rest on."""
    return model.rows if isinstance(model, FlagModel) else model.data.rows
