"""A driver model: the regression behind the shares, in the full sample and in every replicate.

Everything is a function of weighted correlations, so the model is fitted to all replicates at once and
no row is looked at twice.

What a newcomer gets wrong: blanks and "does not apply" are settled before, in ``analysis.driver_data``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.design import effective_sample_size
from analysis.driver_data import DriverData, driver_data
from analysis.lmg import sweep
from analysis.lmg_sampled import lmg_everywhere
from analysis.moments import replicate_moments
from analysis.replicates import Replication
from analysis.results import TooFew
from analysis.sample import Booleans, Floats

# Base below which there is no model, whatever the number of columns p; and p + 20 (convention).
SMALLEST_BASE = 50
# Share of failed replicates above which no interval is honest (convention).
MOST_FAILED = 0.05
# More players than this are probed in the first 200 replicates only: each doubles the work.
PROBED_PLAYERS, PROBED_REPLICATES = 15, 200


@dataclass(frozen=True, slots=True, eq=False)
class DriverModel:
    """A driver model in the full sample (cell 0) and in every replicate that did not fail.

    ``shares`` (P, 1 + B) of explained variance, ``r_squared`` (1 + B,), ``beta`` (c, 1 + B) and
    ``inflation`` (c,) by column, ``lead`` (P, B') share less the share of a random probe,
    ``drawing_error`` the error of LMG from drawing orders (0 for up to 20 drivers), ``kept`` (B,) which
    replicates are in it.
    """

    data: DriverData
    plan: Replication
    correlations: Floats
    lmg: Floats
    shares: Floats
    r_squared: Floats
    first: Floats
    unique: Floats
    beta: Floats
    inflation: Floats
    lead: Floats
    drawing_error: float
    kept: Booleans

    @property
    def failed(self) -> int:
        """Replicates in which a column lost its variance or became a copy of others."""
        return int((~self.kept).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A regression of the outcome on all columns, in the full sample (cell 0) and in the replicates.

    ``correlations`` (c + 1, c + 1, 1 + B'), the outcome last, ``beta`` (c, 1 + B') standardised
    coefficients, ``r_squared`` (1 + B',) and ``inflation`` (c,), the VIF, of the B' replicates that did not
    fail; ``kept`` (B,) says which these are.
    """

    correlations: Floats
    beta: Floats
    r_squared: Floats
    inflation: Floats
    kept: Booleans


def regress(data: DriverData, plan: Replication) -> Regression | TooFew:
    """Regress the outcome on all columns in the full sample and all replicates of ``plan``.

    ``TooFew`` with ``small_base`` where fewer than 50 rows, or fewer than 20 more than columns, are
    complete, they lie in too few clusters for any error, or over 5 % of the replicates fail; and with
    ``no_spread`` where the outcome is constant, no driver is left, or nothing is explained.
    """
    design = plan.design
    if data.n < max(SMALLEST_BASE, data.x.shape[1] - 1 + 20) or data.degrees_of_freedom(design) < 1:
        return TooFew(data.n, "small_base")
    per_unit = data.moments(design.weights, design.unit, design.units)
    correlations = data.correlations(replicate_moments(per_unit, plan))
    beta, inflation, residual, aliased = sweep(correlations)
    whole = (aliased == aliased[:, :1]).all(axis=0) & (correlations[-1, -1] > 0) & (residual < 1 - 1e-12)
    if not data.names or not whole[0]:
        return TooFew(data.n, "no_spread")
    if whole.mean() < 1 - MOST_FAILED:
        return TooFew(data.n, "small_base")
    cells = np.flatnonzero(whole)
    used = np.ascontiguousarray(correlations[:, :, cells])
    return Regression(used, beta[:, cells], 1 - residual[cells], inflation[:, 0], whole[1:])


def fit_drivers(data: DriverData, plan: Replication) -> DriverModel | TooFew:
    """Fit a driver model in the full sample and all replicates of ``plan``; ``TooFew`` as in ``regress``."""
    found = regress(data, plan)
    if isinstance(found, TooFew):
        return found
    parts, drawing_error = lmg_everywhere(found.correlations, data.players, plan.seed)
    alone, without = _alone_and_without(found.correlations[:, :, :1], data.players)
    return DriverModel(
        data=data,
        plan=plan,
        correlations=found.correlations,
        lmg=parts,
        shares=parts / parts.sum(axis=0),
        r_squared=found.r_squared,
        first=alone,
        unique=found.r_squared[0] - without,
        beta=found.beta,
        inflation=found.inflation,
        lead=_lead_over_noise(data, found.correlations, plan),
        drawing_error=drawing_error,
        kept=found.kept,
    )


def _alone_and_without(correlations: Floats, players: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
    """R² of each player alone and of all players but it, (P,) and (P,), from one matrix."""
    last = len(correlations) - 1
    alone, without = np.zeros(len(players)), np.zeros(len(players))
    for j, player in enumerate(players):
        others = [column for column in range(last) if column not in player]
        for found, columns in ((alone, [*player, last]), (without, [*others, last])):
            found[j] = 1 - sweep(correlations[np.ix_(columns, columns)])[2][0]
    return alone, without


def _lead_over_noise(data: DriverData, correlations: Floats, plan: Replication) -> Floats:
    """Share of every player less that of a fresh random column, per replicate, (P, B').

    The correlations of independent standard normal answers with all columns are drawn directly: given
    the data they are normal with covariance R / n_eff. Multipliers have variance 1, so the weights of a
    replicate leave half of the effective sample size. So the probe needs no column of its own, and does
    not depend on the order of rows.
    """
    players = len(data.players)
    count = correlations.shape[2] - 1
    if players > PROBED_PLAYERS:
        count = min(count, PROBED_REPLICATES)
    n_effective = effective_sample_size(plan.design.weights[data.rows]) / 2
    within = np.moveaxis(correlations[:, :, 1 : count + 1], 2, 0)
    size = within.shape[1]
    factor = np.linalg.cholesky(within + 1e-9 * np.eye(size))
    noise = np.random.default_rng([plan.seed, players, 0x70726F6265]).standard_normal((count, size))
    drawn = np.einsum("bij,bj->ib", factor, noise) / np.sqrt(n_effective)
    with_probe = np.zeros((size + 1, size + 1, count))
    old = [*range(size - 1), size]
    with_probe[np.ix_(old, old)] = correlations[:, :, 1 : count + 1]
    with_probe[size - 1, old] = with_probe[old, size - 1] = np.clip(drawn, -1, 1)
    with_probe[size - 1, size - 1] = 1.0
    found, _ = lmg_everywhere(with_probe, [*data.players, (size - 1,)], plan.seed)
    return np.asarray((found[:-1] - found[-1]) / found.sum(axis=0))


def model_of(
    outcome: Floats,
    drivers: Mapping[str, Floats],
    structural: Mapping[str, Booleans],
    plan: Replication,
    domain: Booleans,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> DriverModel | TooFew:
    """Choose rows and columns, and fit; see :func:`~analysis.driver_data.driver_data`."""
    data = driver_data(outcome, drivers, structural, plan.design.weights, domain, groups)
    return fit_drivers(data, plan)
