"""Outcomes that are no numbers: renewal, loss, one answer of a few levels.

One call runs all that such an outcome asks for: dominance under the models that fit it beside the headline,
effects in plain units, and the checks that say when not to believe them.

What a newcomer gets wrong: the rule of ten counts the rarer side. Of 2,000 customers of whom 60 left, 60 are
the base, and six drivers are what they carry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.average_effects import MarginalEffects, marginal_effects
from analysis.cumulative_logit import LevelData, maximum
from analysis.design import Design, design_of
from analysis.driver_data import DriverData, driver_data
from analysis.driver_model import DriverModel, fit_drivers
from analysis.elimination import sweep
from analysis.inputs import check_known, check_share, chosen_wave, name_list
from analysis.link_panel import (
    HEADLINE,
    Link,
    OutcomePanel,
    PanelNote,
    ranking_notes,
    side_by_side_models,
)
from analysis.ordered_logit import MOST_LEVELS, fitted_levels
from analysis.parallel_slopes import EVENTS, ParallelSlopes, brant_test
from analysis.pseudo_r2 import PAIRS, LinkDominance, Measure, link_dominance
from analysis.ranks import rank_intervals
from analysis.regression import weighted_regression
from analysis.relative_weights import logistic_relative_weights, relative_weights
from analysis.replicates import replication
from analysis.results import Estimate, TooFew
from analysis.sample import Floats, Integers, Sample
from analysis.separation import separating

# Slopes by cut differ where their joint test falls below this (convention).
SLOPES_DIFFER = 0.01


def outcome_panel(
    sample: Sample,
    outcome: str,
    items: Sequence[str],
    *,
    wave: str | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    measures: Sequence[Measure] = ("mcfadden", "nagelkerke"),
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    disclosure_limit: int = 10,
) -> OutcomePanel | TooFew:
    """Drivers of an outcome under a linear, a logit and an ordered model, in one wave (the last by default).

    Every model stands on the rows and columns of the linear one (see ``analysis.driver_data``): an item that
    some were not asked is one player of two columns, an answer that was due and is missing costs its row.
    Weights are scaled to sum n. The linear model and its rank intervals equal ``driver_results``.

    - Of two levels: a logit. Of 3 to 21: an ordered logit, and a logit of "above the cut". Of more: a logit
      of "above the cut" alone.
    - A logit with fewer than 10 people a column on its rarer side is blocked, and so is an ordered logit
      whose levels count as fewer than 10 a column (n − Σn_k³/n², Harrell). A model whose columns tell
      levels apart without error is blocked, by name.
    - ``slopes_differ`` where Brant's test on the design has p < 0.01.

    Parameters
    ----------
    groups : name -> items that enter together. Effects stay those of single items.
    measures : pseudo-R² to share out; ``tjur`` for the logit only, whose increments may be negative.
    replicates, seed : of the rank intervals of the headline.

    Returns
    -------
    ``TooFew`` where the base cannot carry a linear model, see :func:`~analysis.driver_model.regress`, or is
    below ``disclosure_limit``.

    Raises
    ------
    ValueError
        If the outcome, the wave, an item or a member of a group is unknown.

    References
    ----------
    Azen, R. & Traxel, N. (2009). J. Educ. Behav. Stat. 34. Peduzzi, P. et al. (1996). J. Clin. Epid. 49.
    Harrell, F. (2015). *Regression Modeling Strategies*, §4.4.
    """
    items, chosen = name_list(items, "items"), chosen_wave(sample, wave)
    check_known(items, sample.items, "item")
    check_known([name for group in (groups or {}).values() for name in group], items, "item")
    check_known([outcome], sample.outcomes, "outcome")
    check_share(level, "level of confidence")
    given = (
        sample.outcomes[outcome],
        {item: sample.column(item) for item in items},
        {item: sample.structural[:, sample.items.index(item)] for item in items},
        sample.weights,
        sample.in_wave(chosen),
    )
    alone = driver_data(*given)
    data = driver_data(*given, groups) if groups else alone
    design = design_of(sample)
    model = fit_drivers(data, replication(design, sample.cluster_ids, replicates, seed))
    if isinstance(model, TooFew):
        return model
    if data.n < disclosure_limit:
        return TooFew(data.n, "disclosure")
    columns = _Columns.of(alone, model, design)
    # A mean of several items may miss its level by rounding.
    y = np.round(sample.outcomes[outcome][data.rows], 9)
    values, cut = np.unique(y), _cut(y, design.weights[data.rows])
    links: dict[Link, Floats] = {"logit": np.where(y > cut, 100.0, 0.0)}
    if 2 < len(values) <= MOST_LEVELS:
        links["ordered"] = y
    found = {link: _fit(link, design, columns, told, measures, seed, level) for link, told in links.items()}
    parallel = None
    if "ordered" in found and found["ordered"].dominance is not None:
        parallel = brant_test(design, columns.rows, y, columns.x, columns.names)
    models, drivers = side_by_side_models(
        data.names, _models(model, found), *rank_intervals(model.shares[:, 0], model.shares[:, 1:], level)
    )
    notes = [note for link in found.values() for note in link.notes]
    if len(values) > MOST_LEVELS:
        notes.append(PanelNote("too_many_levels", "warn", {"model": "ordered", "levels": len(values)}))
    return OutcomePanel(
        outcome=outcome,
        wave=chosen,
        levels=tuple(values.tolist()),
        cut=cut,
        n=data.n,
        rows_lost=data.lost,
        clusters=len(np.unique(design.unit[data.rows])),
        models=models,
        drivers=drivers,
        dominance={link: fit.dominance for link, fit in found.items() if fit.dominance is not None},
        effects={link: fit.effects for link, fit in found.items() if fit.effects is not None},
        parallel=parallel,
        notes=(*notes, *_slope_notes(parallel), *ranking_notes(drivers)),
        dropped=data.dropped,
    )


def _cut(y: Floats, weights: Floats) -> float:
    """Value above which an outcome counts as yes: the one that leaves the smaller side largest."""
    values, codes = np.unique(y, return_inverse=True)
    below = np.cumsum(np.bincount(codes, weights))[:-1] / weights.sum()
    # Equal cuts differ by rounding, which the order of rows must not decide.
    return float(values[np.argmax(np.round(np.minimum(below, 1 - below), 12))])


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Columns of the link models: ``x`` (n, c), ``names`` (c,), those of each player of the headline.

    ``items`` are the columns that are answers, ``answered`` (n, items) who has one. A mark that repeats
    others is left out.
    """

    rows: Integers
    x: Floats
    names: tuple[str, ...]
    players: tuple[tuple[int, ...], ...]
    player_names: tuple[str, ...]
    items: tuple[int, ...]
    answered: Floats

    @classmethod
    def of(cls, alone: DriverData, model: DriverModel, design: Design) -> _Columns:
        """Take the columns of a driver model; ``alone`` says which item each belongs to."""
        x, w = alone.x[:, :-1].copy(), design.weights[alone.rows]
        names, answered = [""] * x.shape[1], []
        for name, columns, marked in zip(alone.names, alone.players, alone.marked, strict=True):
            names[columns[0]] = name
            answered.append(alone.x[:, columns[1]] if marked else np.ones(len(x)))
            if marked:
                names[columns[1]] = f"{name} (answered)"
                mark = alone.x[:, columns[1]]
                x[:, columns[0]] -= mark * (w @ x[:, columns[0]]) / (w @ mark)
        answers = [columns[0] for columns in alone.players]
        order = [*answers, *(c for c in range(x.shape[1]) if c not in answers)]
        whole = [*order, x.shape[1]]
        repeats = sweep(model.correlations[np.ix_(whole, whole)][:, :, :1])[3][:, 0]
        kept = sorted(c for c, repeated in zip(order, repeats, strict=True) if not repeated)
        return cls(
            rows=alone.rows,
            x=x[:, kept],
            names=tuple(names[c] for c in kept),
            players=tuple(tuple(kept.index(c) for c in p if c in kept) for p in model.data.players),
            player_names=model.data.names,
            items=tuple(kept.index(c) for c in answers),
            answered=np.column_stack(answered),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """One link model, or why there is none."""

    dominance: LinkDominance | None = None
    relative: tuple[float, Floats] | None = None
    effects: MarginalEffects | None = None
    notes: tuple[PanelNote, ...] = ()


def _fit(
    link: Link,
    design: Design,
    columns: _Columns,
    y: Floats,
    measures: Sequence[Measure],
    seed: int,
    level: float,
) -> _Fit:
    """Fit a logit or an ordered logit of y (n,), unless it is blocked."""
    values, codes, sizes = np.unique(y, return_inverse=True, return_counts=True)
    if blocked := _too_small(link, sizes, len(columns.names)):
        return _Fit(notes=(blocked,))
    data = LevelData.of(columns.x, codes, design.weights[columns.rows])
    fit = maximum(data)
    if guilty := separating(data, fit, columns.names):
        return _Fit(notes=(PanelNote("separated", "block", {"model": link, "names": guilty}),))
    if not fit.settled[0]:
        return _Fit(notes=(PanelNote("not_settled", "block", {"model": link}),))
    wanted = [measure for measure in measures if link == "logit" or measure != "tjur"]
    dominance = link_dominance(data, columns.players, columns.player_names, wanted, seed)
    if not dominance.settled:
        return _Fit(notes=(PanelNote("not_settled", "block", {"model": link}),))
    notes: list[PanelNote] = []
    if dominance.drawing_error > 0:
        drawn = {"model": link, "orders": 2 * PAIRS, "error": dominance.drawing_error}
        notes.append(PanelNote("drawn_orders", "warn", drawn))
    described = fitted_levels(design, columns.rows, data, fit.values[0], columns.names, values, level)
    effects = marginal_effects(
        described,
        columns.x,
        columns.rows,
        [columns.names[j] for j in columns.items],
        answered=columns.answered,
        linear=_straight(design, columns, y, level),
    )
    relative = None
    if link == "logit":
        parts, explained = logistic_relative_weights(data, columns.players)
        relative = explained, parts
    return _Fit(dominance, relative, effects, tuple(notes))


def _too_small(link: Link, sizes: Integers, columns: int) -> PanelNote | None:
    """Block a model with too few people a column; ``sizes`` (K,) counts them by level."""
    n = sizes.sum()
    events = float(sizes.min()) if link == "logit" else float(n - (sizes.astype(float) ** 3).sum() / n**2)
    if events >= EVENTS * columns:
        return None
    told = {"model": link, "columns": columns, "needed": EVENTS * columns}
    if link == "logit":
        return PanelNote("few_events", "block", {**told, "events": int(events)})
    return PanelNote("few_effective", "block", {**told, "events": events})


def _straight(design: Design, columns: _Columns, y: Floats, level: float) -> list[Estimate | None]:
    """Slopes of the items in a linear regression on the same columns."""
    outcome = np.full(len(design), np.nan)
    x = np.full((len(design), len(columns.names)), np.nan)
    outcome[columns.rows], x[columns.rows] = y, columns.x
    found = weighted_regression(design, outcome, x, columns.names, level=level).coefficients
    return [found.get(columns.names[j]) for j in columns.items]


def _models(model: DriverModel, found: Mapping[Link, _Fit]) -> dict[str, tuple[float, Floats]]:
    """R² and parts (P,) of every model there is, the headline first."""
    whole, r_squared = model.correlations[:, :, :1], float(model.r_squared[0])
    values: dict[str, tuple[float, Floats]] = {
        HEADLINE: (r_squared, model.lmg[:, 0]),
        "linear_relative": (r_squared, relative_weights(whole, model.data.players)[:, 0]),
    }
    for link, fit in found.items():
        if fit.relative is not None:
            values[f"{link}_relative"] = fit.relative
        if fit.dominance is not None:
            for measure, parts in fit.dominance.measures.items():
                values[f"{link}_{measure}"] = (parts.value, parts.general)
    return values


def _slope_notes(parallel: ParallelSlopes | None) -> tuple[PanelNote, ...]:
    if parallel is None or parallel.test is None or parallel.test.p >= SLOPES_DIFFER:
        return ()
    tested = {name: test.p for name, test in parallel.columns.items() if test is not None}
    names = tuple(name for name, p in tested.items() if p < SLOPES_DIFFER) or (
        min(tested, key=tested.__getitem__),
    )
    return (PanelNote("slopes_differ", "warn", {"p": parallel.test.p, "names": names}),)
