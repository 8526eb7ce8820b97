"""What drives an outcome: from a table in a notebook, or from a sample for the report.

    from analysis import driver_shares
    found = driver_shares(frame, "sat", ["network", "price", "care"], cluster="customer")
    print(found.summary())

What a newcomer gets wrong: importance and performance are estimated on different people. Importance
needs complete rows; performance is each item's mean over everybody who answered it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.design import design_of
from analysis.driver_frame import driver_frame
from analysis.driver_parts import Blanks
from analysis.driver_performance import branches_of, performance
from analysis.driver_settings import Grouping, ModelSettings, wave_model
from analysis.driver_table import DriverShare, DriverShares, describe
from analysis.index import IndexTree
from analysis.inputs import check_known, check_share, chosen_wave, name_list
from analysis.priorities import Lines, Placement, gap_priorities, performance_lines, placements
from analysis.priority_parts import GapPriority
from analysis.replicate_estimates import replicate_base
from analysis.replicates import replication
from analysis.results import Driver, DriverResults, Estimate, TooFew
from analysis.sample import Floats, Sample
from analysis.stated_importance import stated_importance

if TYPE_CHECKING:
    import pandas as pd

MEANS = Lines()


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
    always: Sequence[str] = (),
    blanks: Blanks = "listwise",
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> DriverShares:
    """LMG shares of drivers in an outcome, and other measures, with cluster-aware intervals, from a table.

    Three questions about parts of a service, and how satisfied people are with it:

        >>> import numpy as np, pandas as pd
        >>> rng = np.random.default_rng(1)
        >>> frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["network", "price", "care"])
        >>> frame["sat"] = frame @ [0.8, 0.4, 0.0] + rng.normal(size=300)

        >>> from analysis import driver_shares
        >>> found = driver_shares(frame, "sat", ["network", "price", "care"])
        >>> print(found.summary())
        sat: R² = 0.437 [0.362, 0.522], n = 300, 300 clusters, B = 1000, seed 1
        network   83.0% [70.9%, 91.3%]  rank 1  a
        price     16.7% [7.9%, 28.1%]  rank 2  b
        care       0.2% [0.0%, 4.2%]  rank 3  c  (not above noise)

    Parameters
    ----------
    frame : anything indexed by column name: a data frame, or a mapping to arrays.
    outcome, drivers : numeric columns on any scale; a blank (nan) costs its row, see ``blanks``.
    weights, cluster, strata : columns of the design; by default weights of 1, every row a cluster of
        its own, one stratum. A customer that answers several times is a cluster.
    not_asked : drivers whose blanks are no missing answers: the driver did not apply. Such a driver
        enters with a mark of who could answer, and costs no rows. Where it applies to nearly everybody
        (fewer than 30 rows, and less than 5 % of them, have no answer) there is no mark, and these rows
        are lost like those with blanks.
    groups : name -> drivers that enter together and count as one: the items of a touchpoint.
    always : columns that are no drivers but part of the outcome all the same, such as a region. What they
        explain is taken off first, and the rest of R² is shared out. Text becomes a column a category; a
        blank costs its row.
    blanks : ``listwise``, or ``em`` to keep rows with missing answers of drivers: they bring what their other
        answers say, as if missing at random. ``pairwise`` takes each correlation from the rows with both, as
        if blanks came by chance alone, and is refused where such correlations fit no population. A row
        without the outcome is lost either way.
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
    table = driver_frame(
        frame,
        outcome,
        drivers,
        weights=weights,
        cluster=cluster,
        strata=strata,
        not_asked=not_asked,
        groups=groups,
        always=always,
        blanks=blanks,
        replicates=replicates,
        seed=seed,
    )
    check_share(level, "level of confidence")
    model = table.fit(np.ones(len(table.plan.design), dtype=bool))
    if isinstance(model, TooFew) and model.reason == "indefinite":
        raise ValueError(
            f"Correlations of {outcome!r} and its drivers by pairs fit no population, here or in "
            f"many replicates (n = {model.n}): too few people answered both of a pair. Use blanks='em'."
        )
    if isinstance(model, TooFew):
        raise ValueError(
            f"Driver shares of {outcome!r} need at least 50 complete rows, 20 more than columns, several "
            f"clusters and columns that vary; found n = {model.n} ({model.reason})."
        )
    return describe(model, outcome, level)


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
    groups: Grouping = "none",
    always: Sequence[str] = (),
    blanks: Blanks = "listwise",
    lines: Lines = MEANS,
    stated: Mapping[str, str] | None = None,
) -> DriverResults | TooFew:
    """Drivers of an outcome in one wave (the last by default), with performance and quadrants.

    Replicates are drawn over the clusters of the whole sample, so that they are the same in every
    wave. An item that some were not asked enters with its mark and costs no rows; an answer that is
    missing costs its row, or, with ``blanks="em"``, brings what the other answers say, or, with ``pairwise``,
    is left out of the pairs it belongs to; one that did not
    apply to very few costs its row. The loss is counted and, over 10 %, warned of. ``TooFew`` where there
    is no model: see :func:`~analysis.driver_model.regress`.

    With ``groups="branches"`` the items under one top branch of ``tree`` count as one driver, which goes by
    the id of the branch. What the items and segments in ``always`` explain is taken off first.

    A driver with fewer than ``disclosure_limit`` answers, or one that would give such a one away through
    the index of ``tree``, shows no performance, has no quadrant and does not move the performance line.
    ``TooFew`` with ``disclosure`` where that leaves no performance at all, or the model itself has too
    small a base.
    """
    items = name_list(items, "items")
    check_known(items, sample.items, "item")
    check_known([outcome_id], sample.outcomes, "outcome")
    chosen = chosen_wave(sample, wave)
    check_share(level, "level of confidence")
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    settings = ModelSettings(groups, tuple(always), blanks)
    model = wave_model(sample, outcome_id, items, chosen, plan, tree, settings)
    if isinstance(model, TooFew):
        return model
    table, names = describe(model, outcome_id, level), model.data.names
    members = {} if tree is None or groups == "none" else branches_of(tree, items)
    domain = sample.in_wave(chosen)
    found = performance(model, sample, members, domain, tree, level=level, limit=disclosure_limit)
    if not found.shown or model.data.n < disclosure_limit:
        return TooFew(model.data.n, "disclosure")
    lines = replace(lines, targets={name: at for name, at in lines.targets.items() if name in names})
    divided = performance_lines(found.draws, names, lines)
    placed = placements(model.shares[:, 1:], found.draws[:, 1:], divided[:, 1:], probability)
    gaps = gap_priorities(
        model.shares, found.draws, replicate_base(model.plan.design, model.data.rows, level)
    )
    position = {name: j for j, name in enumerate(names)}
    left_out = dict(table.dropped)
    return DriverResults(
        outcome=outcome_id,
        wave=chosen,
        drivers=tuple(
            _driver(
                row,
                placed[j],
                found.means[j],
                float(found.asked[j]),
                tuple(item for item in members.get(row.driver, ()) if item not in left_out),
                float(divided[j, 0]),
                gaps[j],
            )
            for row in table.drivers
            for j in [position[row.driver]]
        ),
        r_squared=table.r_squared,
        performance_line=_common(divided[:, 0]),
        importance_line=1.0 / len(table.drivers),
        n=table.n,
        n_rows_lost=table.rows_lost,
        clusters=table.clusters,
        replicates=table.replicates,
        failed=table.failed,
        dropped=table.dropped,
        warnings=table.warnings,
        facts=table.facts,
        dominance=table.dominance,
        lines=lines.rule,
        stated=stated_importance(
            model,
            sample,
            stated or {},
            domain,
            level=level,
            limit=disclosure_limit,
            probability=probability,
        ),
    )


def _common(lines: Floats) -> float | None:
    """Return the line of all drivers, if it is one."""
    return float(lines[0]) if (lines == lines[0]).all() else None


def _driver(
    row: DriverShare,
    placed: Placement,
    mean: Estimate | TooFew,
    asked: float,
    items: tuple[str, ...],
    line: float,
    gap: GapPriority | None,
) -> Driver:
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
        tie=row.tie,
        places=row.places,
        parts=row.parts,
        items=items,
        line=line if isinstance(mean, Estimate) else None,
        gap=gap,
    )
