"""What drives an outcome: from a table in a notebook, or from a sample for the report.

    from analysis import driver_shares
    found = driver_shares(frame, "sat", ["network", "price", "care"], cluster="customer")
    print(found.summary())

What a newcomer gets wrong: importance and performance are estimated on different people. Importance
needs complete rows; performance is each item's mean over everybody who answered it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.design import Design, design_of
from analysis.driver_model import DriverModel, model_of
from analysis.driver_table import DriverShare, DriverShares, describe
from analysis.estimate import domain_means, estimates
from analysis.index import IndexTree
from analysis.inputs import check_columns, check_known, check_share, name_list, numbers
from analysis.moments import replicate_sums
from analysis.priorities import Placement, placements
from analysis.replicates import replication
from analysis.results import Driver, DriverResults, Estimate, TooFew
from analysis.sample import Booleans, Floats, Sample
from analysis.suppression import Hidden
from analysis.tabular import check_filled
from analysis.tracking import hidden_items

if TYPE_CHECKING:
    import pandas as pd


def driver_shares(
    frame: pd.DataFrame | Mapping[str, Any],
    outcome: str,
    drivers: Sequence[str],
    *,
    weights: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    not_asked: Collection[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> DriverShares:
    """LMG shares of drivers in an outcome, with cluster-aware intervals, from a table.

    Parameters
    ----------
    frame : anything indexed by column name: a data frame, or a mapping to arrays.
    outcome, drivers : numeric columns on any scale; a blank (nan) costs its row.
    weights, cluster, strata : columns of the design; by default weights of 1, every row a cluster of
        its own, one stratum. A customer that answers several times is a cluster.
    not_asked : drivers whose blanks are no missing answers: the driver did not apply. Such a driver
        enters with a mark of who could answer, and costs no rows. Where it applies to nearly everybody
        (fewer than 30 rows, and less than 5 % of them, have no answer) there is no mark, and these rows
        are lost like those with blanks.
    groups : name -> drivers that enter together.
    replicates : how many times the clusters are re-weighted; 1,000 for a look, 5,000 for print.
    seed : what the replicates are drawn from, 1 unless given; the same seed gives the same intervals. It
        stands in the summary.
    level : of the intervals, 0.95 for 95 %.

    Raises
    ------
    TypeError
        If ``drivers`` is a single name, or a column holds text.
    ValueError
        If the base is too small, nothing varies, a column does not exist or holds infinite numbers, a
        column of the design has a blank, the outcome is among the drivers, or an option is out of range.

    References
    ----------
    Lindeman, Merenda & Gold (1980); Grömping (2006, 2007). R: ``relaimpo::calc.relimp(type = "lmg")``.
    """
    drivers, not_asked = name_list(drivers, "drivers"), name_list(not_asked, "not_asked")
    members = [name for group in (groups or {}).values() for name in name_list(group, "A group")]
    if outcome in drivers:
        raise ValueError(f"The outcome {outcome!r} stands among its own drivers; take it out of them.")
    check_known([*not_asked, *name_list(members, "groups")], drivers, "driver")
    check_columns(frame, [outcome, *drivers, weights, cluster, strata])
    check_share(level, "level of confidence")
    columns = {name: numbers(frame, name) for name in (outcome, *drivers)}
    design, names = _design(frame, len(columns[outcome]), weights, cluster, strata)
    model = model_of(
        columns[outcome],
        {name: columns[name] for name in drivers},
        {name: np.isnan(columns[name]) for name in not_asked},
        replication(design, names, replicates, seed),
        np.ones(len(design), dtype=bool),
        groups,
    )
    if isinstance(model, TooFew):
        raise ValueError(
            f"Driver shares of {outcome!r} need at least 50 complete rows, 20 more than columns, several "
            f"clusters and columns that vary; found n = {model.n} ({model.reason})."
        )
    return describe(model, outcome, level)


def _design(
    frame: pd.DataFrame | Mapping[str, Any],
    n: int,
    weights: str | None,
    cluster: str | None,
    strata: str | None,
) -> tuple[Design, tuple[str, ...]]:
    check_filled(frame, [cluster, strata])
    ids = np.asarray(frame[cluster]) if cluster else np.arange(n)
    names, clusters = np.unique(ids, return_inverse=True)
    stratum = (
        np.unique(np.asarray(frame[strata]), return_inverse=True)[1]
        if strata
        else np.zeros(n, dtype=np.int64)
    )
    w = numbers(frame, weights) if weights else np.ones(n)
    return Design(w, stratum, clusters), tuple(str(name) for name in names)


def driver_results(
    sample: Sample,
    outcome_id: str,
    items: Sequence[str],
    *,
    wave: str | None = None,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    probability: float = 0.8,
    disclosure_limit: int = 10,
    tree: IndexTree | None = None,
) -> DriverResults | TooFew:
    """Drivers of an outcome in one wave (the last by default), with performance and quadrants.

    Replicates are drawn over the clusters of the whole sample, so that they are the same in every
    wave. An item that some were not asked enters with its mark and costs no rows; an answer that is
    missing, or that did not apply to very few, costs its row, and the loss is counted and, over 10 %,
    warned of. ``TooFew`` where there is no model: see :func:`~analysis.driver_model.fit_drivers`.

    An item with fewer than ``disclosure_limit`` answers, or one that would give such an item away through
    the index of ``tree``, shows no performance, has no quadrant and does not move the performance line.
    ``TooFew`` with ``disclosure`` where that leaves no performance at all, or the model itself has too
    small a base.
    """
    items = name_list(items, "items")
    check_known(items, sample.items, "item")
    check_known([outcome_id], sample.outcomes, "outcome")
    check_known([wave or sample.waves[-1]], sample.waves, "wave")
    check_share(level, "level of confidence")
    domain = sample.in_wave(wave or sample.waves[-1])
    columns = {item: sample.column(item) for item in items}
    structural = {item: sample.structural[:, sample.items.index(item)] for item in items}
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    model = model_of(sample.outcomes[outcome_id], columns, structural, plan, domain)
    if isinstance(model, TooFew):
        return model
    table, names = describe(model, outcome_id, level), model.data.names
    scores = np.column_stack([columns[name] for name in names])
    asked = np.column_stack([domain & ~structural[name] for name in names])
    linear = domain_means(model.plan.design, scores, asked)
    hidden = hidden_items(sample, tree, wave or sample.waves[-1], disclosure_limit) if tree else {}
    means = {
        name: _mean(estimate, hidden.get(name), disclosure_limit)
        for name, estimate in zip(names, estimates(linear, level), strict=True)
    }
    performance = _performance(model, scores, domain)
    shown = np.array([isinstance(means[name], Estimate) for name in names])
    if not shown.any() or model.data.n < disclosure_limit:
        return TooFew(model.data.n, "disclosure")
    performance[~shown] = np.nan
    placed = dict(zip(names, placements(model.shares[:, 1:], performance[:, 1:], probability), strict=True))
    reach = dict(zip(names, (sample.weights @ asked) / sample.weights[domain].sum(), strict=True))
    return DriverResults(
        outcome=outcome_id,
        wave=wave or sample.waves[-1],
        drivers=tuple(
            _driver(row, placed[row.driver], means[row.driver], float(reach[row.driver]))
            for row in table.drivers
        ),
        r_squared=table.r_squared,
        performance_line=float(np.nanmean(performance[:, 0])),
        importance_line=1.0 / len(table.drivers),
        n=table.n,
        n_rows_lost=table.rows_lost,
        clusters=table.clusters,
        replicates=table.replicates,
        failed=table.failed,
        dropped=table.dropped,
        warnings=table.warnings,
    )


def _mean(estimate: Estimate | TooFew, hidden: Hidden | None, limit: int) -> Estimate | TooFew:
    if hidden is None and estimate.n >= limit:
        return estimate
    return TooFew(estimate.n, hidden or "disclosure")


def _performance(model: DriverModel, scores: Floats, domain: Booleans) -> Floats:
    """Item means on their own bases in the full sample and every kept replicate, (p, 1 + B)."""
    design = model.plan.design
    rows = np.flatnonzero(domain)
    inside = scores[rows]
    answered = np.isfinite(inside)
    weighted = design.weights[rows, None] * np.hstack([np.where(answered, inside, 0.0), answered])
    per_unit = design.sums(weighted, rows)
    sums = np.vstack([per_unit.sum(axis=0), replicate_sums(per_unit, model.plan)[model.kept]])
    p = scores.shape[1]
    base = np.where(sums[:, p:] > 0, sums[:, p:], np.nan)
    return np.asarray((sums[:, :p] / base).T)


def _driver(row: DriverShare, placed: Placement, mean: Estimate | TooFew, asked: float) -> Driver:
    if row.coefficient is None or row.correlation is None or row.direction is None:
        raise TypeError(f"Driver {row.driver!r} is not a single item.")
    return Driver(
        item=row.driver,
        share=row.share,
        rank=row.rank,
        rank_low=row.rank_low,
        rank_high=row.rank_high,
        first=row.first_probability,
        top3=row.top3_probability,
        probe=row.probe,
        correlation=row.correlation,
        coefficient=row.coefficient,
        unique=row.unique,
        direction=row.direction,
        performance=mean,
        quadrant=placed.quadrant,
        quadrants=placed.quadrants,
        asked=asked,
    )
