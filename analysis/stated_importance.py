"""What people say is important, against what goes with the outcome.

Stated importance is an item of its own: "how important is it to you that …". Both figures are recomputed in
the same replicates, so their ranks, their correlation and the cell of a driver come with their doubt.

What a newcomer gets wrong: neither is the truth. Stated importance crowds at the top, because nothing is
unimportant to somebody who is asked; derived importance misses what everybody gets alike.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.driver_model import DriverModel
from analysis.driver_performance import score_draws
from analysis.estimate import domain_means, estimates
from analysis.priorities import cell_shares, named_cell
from analysis.priority_parts import Ranked, StatedDriver, StatedImportance, StatedKind
from analysis.ranks import rank_intervals, ranks
from analysis.replicate_estimates import replicate_base
from analysis.results import Estimate, TooFew
from analysis.sample import Booleans, Floats, Sample

KINDS: tuple[StatedKind, ...] = ("hidden", "key", "minor", "expected")
# Share of best answers above which an item cannot tell people apart (convention; as for performance).
CEILING = 0.40
# With two drivers every order is a correlation of ±1.
FEWEST = 3


def stated_importance(
    model: DriverModel,
    sample: Sample,
    asked: Mapping[str, str],
    domain: Booleans,
    *,
    level: float,
    limit: int,
    probability: float,
) -> StatedImportance | None:
    """Compare the shares of a model with the importance that people state.

    Parameters
    ----------
    asked : driver -> item that asks for its importance. Drivers that are not in the model are left aside.
    domain : (N,) the rows of the wave. A stated mean is over everybody there who answered it.
    limit : with fewer answers a stated mean is not shown, and takes no part.
    probability : from which on a cell is named.

    Returns
    -------
    ``None`` where fewer than three drivers can be compared. Lines stand at the means over the drivers that
    are compared, in every replicate: they sort these drivers and judge nobody.

    References
    ----------
    Vavra, T. (1997). *Improving Your Measurement of Customer Satisfaction*. ASQ Quality Press (explicit
    against implicit importance). Gustafsson, A. & Johnson, M. (2004). J. Service Research 7(2), 124–141.
    """
    means: dict[str, Estimate] = {}
    hidden: list[tuple[str, TooFew]] = []
    for driver in model.data.names:
        if driver not in asked:
            continue
        estimate = _mean(model, sample, asked[driver], domain, level)
        if isinstance(estimate, Estimate) and estimate.n >= limit:
            means[driver] = estimate
        else:
            hidden.append((driver, TooFew(estimate.n, "disclosure")))
    if len(means) < FEWEST:
        return None
    position = [model.data.names.index(driver) for driver in means]
    parts = [[(sample.column(asked[driver]), 1.0)] for driver in means]
    stated = score_draws(model, parts, domain)
    whole = np.isfinite(stated).all(axis=0)
    stated, derived = stated[:, whole], model.shares[position][:, whole]
    kinds = _kinds(stated, derived)
    base = replicate_base(model.plan.design, model.data.rows, level)
    said = _ranked(stated, list(means.values()), level)
    found = _ranked(derived, [base.percentile(row) for row in derived], level)
    top = {driver: _top(sample, asked[driver], domain) for driver in means}
    rows = [
        StatedDriver(
            driver,
            asked[driver],
            said[j],
            found[j],
            top[driver],
            *named_cell(KINDS, kinds[:, j], probability),
        )
        for j, driver in enumerate(means)
    ]
    along = rank_correlations(stated, derived)
    return StatedImportance(
        drivers=tuple(sorted(rows, key=lambda row: row.derived.rank)),
        correlation=base.percentile(along) if np.isfinite(along).all() else None,
        stated_line=float(stated[:, 0].mean()),
        derived_line=float(derived[:, 0].mean()),
        spread=float(np.ptp(stated[:, 0])),
        crowded=tuple(driver for driver, share in top.items() if share > CEILING),
        hidden=tuple(hidden),
    )


def rank_correlations(first: Floats, second: Floats) -> Floats:
    """Spearman's correlation over the rows (P, B) of two tables by column, (B,); nan without an order.

    Equal to ``scipy.stats.spearmanr`` of each pair of columns. Ties share their mean rank.
    """
    from scipy.stats import rankdata  # late: a second of start-up

    one, other = (rankdata(table, axis=0) for table in (first, second))
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    spread = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return np.asarray((one * other).sum(axis=0) / np.where(spread > 0, spread, np.nan))


def _mean(model: DriverModel, sample: Sample, item: str, domain: Booleans, level: float) -> Estimate | TooFew:
    asked = domain & ~sample.structural[:, sample.items.index(item)]
    linear = domain_means(model.plan.design, sample.column(item)[:, None], asked[:, None])
    return estimates(linear, level)[0]


def _kinds(stated: Floats, derived: Floats) -> Floats:
    """Share of the replicates of every driver in the cells of ``KINDS``, (4, P)."""
    high = [table[:, 1:] >= table[:, 1:].mean(axis=0) - 1e-12 for table in (derived, stated)]
    return cell_shares(high[0], high[1], np.ones(high[0].shape, dtype=bool))


def _ranked(draws: Floats, values: list[Estimate], level: float) -> list[Ranked]:
    low, high = rank_intervals(draws[:, 0], draws[:, 1:], level)
    order = ranks(draws[:, :1])[:, 0]
    return [Ranked(value, int(order[j]), int(low[j]), int(high[j])) for j, value in enumerate(values)]


def _top(sample: Sample, item: str, domain: Booleans) -> float:
    """Weighted share of the best answer among those who answered, 0 to 1."""
    answers = sample.column(item)
    inside = domain & np.isfinite(answers)
    weights = sample.weights[inside]
    return float(weights @ (answers[inside] >= 100.0 - 1e-9) / weights.sum())
