"""A driver model: the regression behind the shares, in the full sample and in every replicate.

Everything is a function of weighted correlations, so the model is fitted to all replicates at once and
no row is looked at twice.

What a newcomer gets wrong: blanks and "does not apply" are settled before, in ``analysis.driver_data``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.design import Design, effective_sample_size
from analysis.driver_data import DriverData, driver_data
from analysis.driver_measures import Measures, measures
from analysis.driver_moments import DriverMoments, driver_moments, take_off
from analysis.driver_parts import Blanks
from analysis.elimination import sweep
from analysis.lmg import MOST_PLAYERS
from analysis.lmg_sampled import lmg_everywhere
from analysis.replicates import Replication
from analysis.results import TooFew
from analysis.sample import Booleans, Floats

NoBase = Literal["small_base", "indefinite"]

# Base below which there is no model, whatever the number of columns p; and p + 20 (convention).
SMALLEST_BASE = 50
# Share of failed replicates above which no interval is honest (convention).
MOST_FAILED = 0.05
# More players than this are probed in the first 200 replicates only: each doubles the work.
PROBED_PLAYERS, PROBED_REPLICATES = 15, 200


@dataclass(frozen=True, slots=True, eq=False)
class DriverModel:
    """A driver model in the full sample (cell 0) and in every replicate that did not fail.

    ``lmg`` (P, 1 + B) and ``others`` are parts of all variance, ``shares`` (P, 1 + B) of what the players
    explain; ``r_squared`` (1 + B,) with columns that are always in, of which these alone explain ``taken``
    (1 + B,). ``correlations`` are without them; ``players`` name the columns of these, as ``beta`` (c, 1 + B)
    and ``inflation`` (c,), both of the whole regression, have them. ``lead`` (P, B') is the share less
    the share of a random probe, ``drawing_error`` the error of LMG from drawing orders (0 for up to 27
    drivers), ``kept`` (B,) says which replicates are in it.
    """

    data: DriverData
    plan: Replication
    correlations: Floats
    players: tuple[tuple[int, ...], ...]
    lmg: Floats
    shares: Floats
    others: Measures
    r_squared: Floats
    taken: Floats
    beta: Floats
    inflation: Floats
    lead: Floats
    drawing_error: float
    kept: Booleans

    @property
    def failed(self) -> int:
        """Replicates in which a column lost its variance or copied others, or blanks did not settle."""
        return int((~self.kept).sum())

    def above_noise(self, level: float) -> Booleans:
        """Whether a player explains more than a random column in all but (1 − level)/2 of the replicates."""
        return np.asarray(np.quantile(self.lead, (1 - level) / 2, axis=1) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A regression of the outcome on all columns, in the full sample (cell 0) and in the replicates.

    ``correlations`` (c + 1, c + 1, 1 + B'), the outcome last, without the columns that are always in, and
    ``along`` (c, 1 + B') the coefficients in that metric; ``beta`` (c, 1 + B') standardised coefficients,
    ``slopes`` (c, 1 + B') those in units of the columns and ``inflation`` (c,), the VIF, of the whole
    regression; ``r_squared`` (1 + B',) all of it, ``taken`` the part of the columns that are always in. B'
    replicates did not fail; ``kept`` (B,) says which these are.
    """

    plan: Replication
    correlations: Floats
    along: Floats
    beta: Floats
    slopes: Floats
    r_squared: Floats
    taken: Floats
    inflation: Floats
    kept: Booleans


def regress(data: DriverData, plan: Replication, made: DriverMoments | None = None) -> Regression | TooFew:
    """Regress the outcome on all columns in the full sample and all replicates of ``plan``.

    ``made`` are their moments, where these were worked out with those of other outcomes.
    ``TooFew`` with ``small_base`` where fewer than 50 rows, or fewer than 20 more than columns, are
    complete, they lie in too few clusters for any error, or over 5 % of the replicates fail; with
    ``no_spread`` where the outcome is constant, no driver is left, or nothing is explained; and with
    ``indefinite`` where correlations of pairs fit no population, here or in over 5 % of the replicates.
    """
    if too_small(data, plan.design):
        return TooFew(data.n, "small_base")
    unsettled: NoBase = "indefinite" if data.blanks == "pairwise" else "small_base"
    moments = made or driver_moments(data, plan)
    if moments is None:
        return TooFew(data.n, unsettled)
    off = take_off(moments.correlations, data.always)
    along, inflation, residual, aliased = sweep(off.correlations)
    left = off.correlations[-1, -1]
    same = (aliased == aliased[:, :1]).all(axis=0)
    whole = same & moments.settled & (left > 0) & (residual < left - 1e-12)
    if not data.names or not whole[0]:
        return TooFew(data.n, "no_spread")
    if whole.mean() < 1 - MOST_FAILED:
        return TooFew(data.n, unsettled)
    cells = np.flatnonzero(whole)
    spread = np.where(off.spread > 0, off.spread, 1.0)
    own = moments.spread[data.always :, cells]
    return Regression(
        plan=moments.plan,
        correlations=np.ascontiguousarray(off.correlations[:, :, cells]),
        along=along[:, cells],
        beta=(along / spread)[:, cells],
        slopes=(along / spread)[:, cells] * own[-1] / np.where(own[:-1] > 0, own[:-1], 1.0),
        r_squared=1 - residual[cells],
        taken=1 - left[cells],
        inflation=inflation[:, 0] / spread[:, 0] ** 2,
        kept=whole[1:],
    )


def too_small(data: DriverData, design: Design) -> bool:
    """Whether these rows carry no model: see :func:`regress`."""
    return data.n < max(SMALLEST_BASE, data.x.shape[1] - 1 + 20) or data.degrees_of_freedom(design) < 1


def fit_drivers(data: DriverData, plan: Replication) -> DriverModel | TooFew:
    """Fit a driver model in the full sample and all replicates of ``plan``; ``TooFew`` as in ``regress``."""
    found = regress(data, plan)
    if isinstance(found, TooFew):
        return found
    players = tuple(tuple(column - data.always for column in player) for player in data.players)
    parts, drawing_error = lmg_everywhere(found.correlations, players, plan.seed)
    return DriverModel(
        data=data,
        plan=found.plan,
        correlations=found.correlations,
        players=players,
        lmg=parts,
        shares=parts / parts.sum(axis=0),
        others=measures(found.correlations, players, found.along),
        r_squared=found.r_squared,
        taken=found.taken,
        beta=found.beta,
        inflation=found.inflation,
        lead=_lead_over_noise(data, players, found),
        drawing_error=drawing_error,
        kept=found.kept,
    )


def _lead_over_noise(data: DriverData, players: Sequence[Sequence[int]], model: Regression) -> Floats:
    """Share of every player less that of a fresh random column, per replicate, (P, B').

    The correlations of independent standard normal answers with all columns are drawn directly: given
    the data they are normal with covariance R / n_eff. Multipliers have variance 1, so the weights of a
    replicate leave half of the effective sample size. So the probe needs no column of its own, and does
    not depend on the order of rows.
    """
    correlations, plan = model.correlations, model.plan
    count = correlations.shape[2] - 1
    if len(players) > PROBED_PLAYERS:
        count = min(count, PROBED_REPLICATES)
    n_effective = effective_sample_size(plan.design.weights[data.rows]) / 2
    within = np.moveaxis(correlations[:, :, 1 : count + 1], 2, 0)
    size = within.shape[1]
    factor = np.linalg.cholesky(within + 1e-9 * np.eye(size))
    noise = np.random.default_rng([plan.seed, len(players), 0x70726F6265]).standard_normal((count, size))
    drawn = np.einsum("bij,bj->ib", factor, noise) / np.sqrt(n_effective)
    with_probe = np.zeros((size + 1, size + 1, count))
    old = [*range(size - 1), size]
    with_probe[np.ix_(old, old)] = correlations[:, :, 1 : count + 1]
    with_probe[size - 1, old] = with_probe[old, size - 1] = np.clip(drawn, -1, 1)
    with_probe[size - 1, size - 1] = 1.0
    # Cell 0 is a replicate here: more than drawn orders would be wasted on it.
    found, _ = lmg_everywhere(with_probe, [*players, (size - 1,)], plan.seed, most_alone=MOST_PLAYERS)
    return np.asarray((found[:-1] - found[-1]) / found.sum(axis=0))


def model_of(
    outcome: Floats,
    drivers: Mapping[str, Floats],
    structural: Mapping[str, Booleans],
    plan: Replication,
    domain: Booleans,
    groups: Mapping[str, Sequence[str]] | None = None,
    always: Floats | None = None,
    blanks: Blanks = "listwise",
) -> DriverModel | TooFew:
    """Choose rows and columns, and fit; see :func:`~analysis.driver_data.driver_data`."""
    weights = plan.design.weights
    data = driver_data(outcome, drivers, structural, weights, domain, groups, always, blanks)
    return fit_drivers(data, plan)
