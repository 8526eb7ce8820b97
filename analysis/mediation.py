r"""From a dimension of quality over satisfaction and loyalty to renewal: serial mediation.

.. math:: S = a_1 Q, \quad L = a_2 Q + d_{21} S, \quad Y = c' Q + b_1 S + b_2 L

Three weighted regressions on the same people split the association of Q with Y, c, into the direct c′ and
three indirect parts, :math:`a_1 b_1 + a_2 b_2 + a_1 d_{21} b_2`, exactly. All are functions of covariances,
so each replicate costs a few small eliminations and no look at the rows.

What a newcomer gets wrong: a product of coefficients is not normally distributed, so there is no Sobel test
here, and a clear total effect is no condition for a clear indirect one. And regressions know no direction: a
chain drawn the other way round fits as well.

References
----------
Zhao, X., Lynch, J. & Chen, Q. (2010). J. Consumer Research 37. Fritz, M., Taylor, A. & MacKinnon, D. (2012).
Multivar. Behav. Research 47. Hayes, A. (2022). *Introduction to Mediation*, ch. 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.chain_data import CellMoments, ChainData, ChainMethod, chain_data, chain_moments
from analysis.chain_notes import INFLATION, MOST_FAILED_UNSAID, Warnings, base_warnings, chosen
from analysis.coefficients import clear_sign
from analysis.design import design_of
from analysis.driver_data import correlation_matrices
from analysis.driver_model import MOST_FAILED
from analysis.elimination import sweep
from analysis.index import IndexTree
from analysis.inputs import check_share, chosen_wave, name_list
from analysis.mediation_results import ChainEffect, ChainPath, MediationChain, Symbol, mediation_kind
from analysis.replicates import Replication, replication
from analysis.results import TooFew
from analysis.sample import Booleans, Floats, Sample

# Largest part of its own size by which c − c′ − Σab may miss 0. Columns that others nearly determine (to
# 1e-10) lose ten of sixteen digits.
IDENTITY = 1e-6
CAUTIONS = ("association", "order", "unmeasured")


def mediation_chain(
    sample: Sample,
    source: str,
    *,
    satisfaction: str,
    loyalty: str,
    outcome: str,
    covariates: Sequence[str] = (),
    tree: IndexTree | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    wave: str | None = None,
    method: ChainMethod = "complete",
    replicates: int = 5000,
    seed: int = 1,
    level: float = 0.95,
) -> MediationChain | TooFew:
    """Follow ``source`` through ``satisfaction`` and ``loyalty`` to ``outcome`` in one wave (the last).

    Parameters
    ----------
    source, satisfaction, loyalty, outcome : outcomes, items, branches of ``tree``, or names in ``blocks``
        (name -> items): see :func:`~analysis.model_columns.model_columns`. All in points of 100; a flag of 0
        and 100 gives differences of probability in points.
    covariates : columns of all three regressions, such as the other dimensions: without them the source
        takes the credit for whatever goes with it. A segment has a column for each of its groups but one.
    method : ``complete`` leaves out whoever lacks any of the answers, counted and, over 10 %, warned of.
        ``em`` takes maximum-likelihood moments of all people with any of the answers, in every replicate.
        Where the source or a covariate did not apply, people are left out under both: nothing is missing.
    replicates : 5,000, which percentile limits of products need.

    Returns
    -------
    Effects with percentile intervals where they are indirect, t intervals otherwise. ``TooFew`` with
    ``small_base`` on fewer than 50 people, fewer than 20 more than columns, a single cluster, or with over
    5 % of the replicates broken down; with ``no_spread`` where a column is constant or determined by others.

    Raises
    ------
    ValueError
        For unknown names, a column named twice, and options out of range.
    MomentsRefused
        Under ``em``, where blanks are too many: see :func:`~analysis.missing.item_moments`.
    """
    found = mediation_chains(
        sample,
        [source],
        satisfaction=satisfaction,
        loyalty=loyalty,
        outcome=outcome,
        covariates=covariates,
        tree=tree,
        blocks=blocks,
        wave=wave,
        method=method,
        replicates=replicates,
        seed=seed,
        level=level,
    )
    return found[source]


def mediation_chains(
    sample: Sample,
    sources: Sequence[str],
    *,
    satisfaction: str,
    loyalty: str,
    outcome: str,
    covariates: Sequence[str] = (),
    tree: IndexTree | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    wave: str | None = None,
    method: ChainMethod = "complete",
    replicates: int = 5000,
    seed: int = 1,
    level: float = 0.95,
) -> dict[str, MediationChain | TooFew]:
    """Follow each of several sources, each by a chain of its own on the same replicates.

    A source is no covariate of its own chain, so ``covariates=sources`` holds all others. Otherwise as
    :func:`mediation_chain`.
    """
    check_share(level, "level of confidence")
    here = chosen_wave(sample, wave)
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    data = [
        chain_data(
            sample,
            plan.design,
            here,
            (source, satisfaction, loyalty, outcome),
            [name for name in covariates if name != source],
            method,
            level,
            tree,
            blocks,
        )
        for source in name_list(sources, "sources")
    ]
    found = chain_moments(data, plan, method)
    return {
        chain.steps[0]: cells if isinstance(cells, TooFew) else chain_of(chain, cells, plan, here, method)
        for chain, cells in zip(data, found, strict=True)
    }


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Coefficients and effects by name, (cells,) each, the full sample first."""

    paths: Mapping[Symbol, Floats]
    total: Floats
    indirect: Mapping[str, Floats]
    deviations: tuple[float, float]
    r_squared: tuple[float, float, float]
    inflation: float
    identity: Floats
    whole: Booleans

    def failed(self, replicates: int) -> int:
        """How many of the replicates broke down."""
        return replicates - int(self.whole[1:].sum())

    @property
    def through(self) -> Floats:
        """The total indirect effect, (cells,)."""
        return np.asarray(sum(self.indirect[name] for name in ("satisfaction", "loyalty", "both")))

    def kept(self, values: Floats) -> Floats:
        """Leave out the replicates in which the regressions broke down."""
        return values[self.whole]


def effects_of(covariance: Floats, mean: Floats, marks: Booleans) -> Effects:
    """Fit the regressions; columns are the source, covariates, satisfaction, loyalty and the outcome.

    Columns that are ``marks`` (c,) of groups may be constant or repeat others: they drop out.
    """
    spread = np.sqrt(np.maximum(np.einsum("iic->ic", covariance), 0.0))
    correlations = correlation_matrices(covariance, mean)
    last = len(spread) - 1
    s, loyal = last - 2, last - 1
    given = list(range(s))
    varies = (spread > 0) & (np.einsum("iic->ic", correlations) > 0)
    whole = varies[~marks].all(axis=0)

    def slopes(target: int, predictors: list[int]) -> tuple[dict[int, Floats], float, float]:
        """Raw coefficients by column, R² and the largest inflation in the full sample."""
        nonlocal whole
        order = [*predictors, target]
        beta, inflation, residual, aliased = sweep(correlations[np.ix_(order, order)])
        answers = ~marks[predictors]
        whole = whole & ~aliased[answers].any(axis=0)
        scale = np.where(spread[predictors] > 0, spread[predictors], 1.0)
        raw = beta * spread[target] / scale
        return (
            dict(zip(predictors, raw, strict=True)),
            1 - float(residual[0]),
            float(inflation[answers, 0].max()),
        )

    to_s, r_s, _ = slopes(s, given)
    to_l, r_l, _ = slopes(loyal, [*given, s])
    to_y, r_y, inflation = slopes(last, [*given, s, loyal])
    total = slopes(last, given)[0][0]
    first_l, then_s = slopes(loyal, given)[0], slopes(s, [*given, loyal])[0]
    indirect = {
        "satisfaction": to_s[0] * to_y[s],
        "loyalty": to_l[0] * to_y[loyal],
        "both": to_s[0] * to_l[s] * to_y[loyal],
        "reversed": first_l[0] * then_s[loyal] * to_y[s],
    }
    parts = [to_y[0], indirect["satisfaction"], indirect["loyalty"], indirect["both"]]
    # Sizes of 0 all round are equal.
    size = np.maximum(np.abs(total) + sum(np.abs(part) for part in parts), np.finfo(float).tiny)
    identity = np.abs(total - sum(parts)) / size
    return Effects(
        paths={
            "a1": to_s[0],
            "a2": to_l[0],
            "d21": to_l[s],
            "b1": to_y[s],
            "b2": to_y[loyal],
            "c'": to_y[0],
        },
        total=total,
        indirect=indirect,
        deviations=(float(spread[0, 0]), float(spread[last, 0])),
        r_squared=(r_s, r_l, r_y),
        inflation=inflation,
        identity=identity,
        whole=np.asarray(whole & (identity < IDENTITY)),
    )


def chain_of(
    data: ChainData, cells: CellMoments, plan: Replication, wave: str, method: ChainMethod
) -> MediationChain | TooFew:
    """Turn moments in all cells into effects with intervals; ``TooFew`` as :func:`mediation_chain`."""
    effects, base = effects_of(*cells, data.marks), data.base
    if not effects.whole[0]:
        return TooFew(base.n, "no_spread")
    failed = effects.failed(plan.replicates)
    if failed > MOST_FAILED * plan.replicates:
        return TooFew(base.n, "small_base")
    q, s, loyal, y = data.steps
    more = data.given
    arrows: tuple[tuple[Symbol, str, str, int], ...] = (
        ("a1", q, s, 1),
        ("a2", q, loyal, 2),
        ("d21", s, loyal, 2),
        ("b1", s, y, 3),
        ("b2", loyal, y, 3),
        ("c'", q, y, 3),
    )
    paths = tuple(
        ChainPath(symbol, start, end, base.symmetric(effects.kept(effects.paths[symbol]), slopes + more))
        for symbol, start, end, slopes in arrows
    )
    direct = paths[-1].estimate
    scale = effects.deviations[0] / effects.deviations[1]

    def effect(name: str, along: tuple[str, ...]) -> ChainEffect:
        estimate = base.percentile(effects.kept(effects.indirect[name]))
        return ChainEffect(along, estimate, estimate.value * scale, mediation_kind(estimate, direct))

    specific = (
        effect("satisfaction", (q, s, y)),
        effect("loyalty", (q, loyal, y)),
        effect("both", (q, s, loyal, y)),
    )
    indirect = base.percentile(effects.kept(effects.through))
    return MediationChain(
        steps=data.steps,
        covariates=data.covariates,
        wave=wave,
        method=method,
        paths=paths,
        total=base.symmetric(effects.kept(effects.total), 1 + more),
        direct=direct,
        indirect=indirect,
        specific=specific,
        reversed=effect("reversed", (q, loyal, s, y)),
        kind=mediation_kind(indirect, direct),
        identity=float(effects.kept(effects.identity).max()),
        r_squared=effects.r_squared,
        n=base.n,
        lost=data.due - base.n,
        not_asked=data.not_asked,
        blank=data.blank,
        clusters=data.clusters,
        replicates=plan.replicates,
        seed=plan.seed,
        failed=failed,
        warnings=_warnings(data, plan, failed, effects.inflation, specific),
        cautions=CAUTIONS,
    )


def _warnings(
    data: ChainData, plan: Replication, failed: int, inflation: float, specific: Sequence[ChainEffect]
) -> Warnings:
    last = np.isfinite(data.x[:, -1])
    weights = plan.design.weights[data.rows][last]
    signs = [clear_sign(part.estimate) for part in specific]
    opposite = sum(map(abs, signs)) if {1, -1} <= set(signs) else 0
    share = failed / plan.replicates
    return (
        *base_warnings(data.base.n, data.due, data.clusters, data.x[last, -1], weights),
        *chosen(
            [
                (share > MOST_FAILED_UNSAID, "failed_replicates", {"share": share, "failed": failed}),
                (inflation >= INFLATION, "collinear", {"inflation": inflation}),
                (opposite > 0, "opposite_paths", {"paths": opposite}),
            ]
        ),
    )
