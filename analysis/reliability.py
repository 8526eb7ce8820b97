"""Do the items of a construct hang together enough to be one score?

Everything is a function of weighted moments; blanks that were due enter by EM, questions that were not put
to somebody never do. Intervals come from replicates of the design, for a simple random sample without blanks
from Feldt's distribution.

What a newcomer gets wrong: a formative construct is made up of its items. They need not correlate, so alpha
and its kin say nothing about it; what matters is that they do not repeat one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis import scale_coefficients as coefficient
from analysis.cores import one_thread_of_algebra
from analysis.design import design_of, effective_sample_size
from analysis.distribution import blank_counts
from analysis.estimate import domain_means, shares, t_quantile
from analysis.inputs import check_known
from analysis.missing import USUAL as USUAL_GAPS
from analysis.missing import ItemMoments, MissingRules, item_moments
from analysis.missing_replicates import replicate_covariances
from analysis.moment_guards import NO_SPREAD, MomentsRefused
from analysis.one_factor import one_factor
from analysis.replicates import Replication, replication
from analysis.results import Estimate, TooFew
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.scale_results import (
    USUAL,
    Block,
    Factor,
    ItemBlanks,
    ItemQuality,
    ScaleBase,
    ScaleQuality,
    ScaleRules,
)
from analysis.scale_warnings import scale_warnings

_STRUCTURAL = ("not_applicable", "not_asked")


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """What all scales of a wave have in common."""

    sample: Sample
    plan: Replication
    wave: str
    domain: Booleans
    level: float
    limit: int
    hidden: Mapping[str, TooFew]
    rules: ScaleRules
    gaps: MissingRules


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """Answers x (n, k) of people with any, and their rows (n,) in the design."""

    x: Floats
    rows: Integers
    moments: ItemMoments

    @property
    def pairs(self) -> Integers:
        """Rows of people with at least two of the items."""
        return np.asarray(self.rows[np.isfinite(self.x).sum(axis=1) >= 2])


def scale_quality(
    sample: Sample,
    blocks: Sequence[Block],
    wave: str,
    *,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    disclosure_limit: int = 10,
    hidden: Mapping[str, TooFew] | None = None,
    rules: ScaleRules = USUAL,
    gaps: MissingRules = USUAL_GAPS,
) -> tuple[ScaleQuality, ...]:
    """Quality of scales in one wave of a sample.

    Parameters
    ----------
    hidden : items whose answers show nothing in this wave, and why; by default those with fewer than
        ``disclosure_limit`` answers.
    rules, gaps : from where on something is warned of, or refused.

    People to whom an item did not apply, or who were not asked it, are no part of that scale's
    coefficients: nothing is made up for them. Items that were put to nobody in this wave are left out, and
    so are items in which nobody differs. Both are said in the result. A scale on fewer than
    ``disclosure_limit`` people shows nothing.

    The interval of alpha is symmetric for log(1 − α), which keeps it below 1, on the degrees of freedom of
    the design; so is that of omega. With equal weights, every person a cluster, one stratum and no blanks
    it is Feldt's.

    References
    ----------
    Cronbach (1951), Feldt (1965): Psychometrika 16, 30. McDonald (1999), *Test Theory*. Sijtsma (2009),
    Psychometrika 74. R: ``psych::alpha``, ``lavaan::cfa``.
    """
    check_known([item for block in blocks for item in block.items], sample.items, "item")
    check_known([wave], sample.waves, "wave")
    study = _Study(
        sample=sample,
        plan=replication(design_of(sample), sample.cluster_ids, replicates, seed),
        wave=wave,
        domain=sample.in_wave(wave),
        level=level,
        limit=disclosure_limit,
        hidden=hidden or {},
        rules=rules,
        gaps=gaps,
    )
    with one_thread_of_algebra():
        return tuple(_quality(study, block) for block in blocks)


def _quality(study: _Study, block: Block) -> ScaleQuality:
    items = tuple(_item(study, item) for item in block.items)
    blank = ScaleQuality(block.id, study.wave, block.formative, items, None, None)
    asked = [quality.item for quality in items if quality.blanks.due]
    if not asked:
        return replace(blank, missing="not_asked")
    if len(block.items) == 1:
        return replace(blank, missing="single_item")
    try:
        answers = _answers(study, asked)
    except MomentsRefused as refused:
        return replace(blank, missing=refused.reason)
    if len(answers.pairs) < study.limit:
        return replace(blank, missing="disclosure")
    base = _base(study, block, answers)
    if len(base.items) < 2:
        return replace(blank, base=base, missing="no_spread" if answers.moments.constant else "single_item")
    found = replace(blank, base=base)
    found = _formative(found, base, answers) if block.formative else _reflective(study, found, answers)
    return replace(
        found, warnings=scale_warnings(found, answers.moments.warnings, study.rules) + found.warnings
    )


def _item(study: _Study, item: str) -> ItemQuality:
    """Blanks of an item and shares of its answers at both ends of the scale."""
    sample, position = study.sample, study.sample.items.index(item)
    codes = sample.codes[study.domain, position]
    by_kind = blank_counts(codes)
    structural = {kind: count for kind, count in by_kind.items() if kind in _STRUCTURAL}
    missing = {kind: count for kind, count in by_kind.items() if kind not in _STRUCTURAL}
    due = int((~sample.structural[study.domain, position]).sum())
    blanks = ItemBlanks(due, int((codes >= 0).sum()), missing, structural)
    return ItemQuality(item, None, None, None, None, *_ends(study, item, blanks.answered), blanks)


def _ends(study: _Study, item: str, answered: int) -> tuple[Estimate | TooFew, Estimate | TooFew]:
    too_few = study.hidden.get(item)
    if too_few is None and answered < study.limit:
        too_few = TooFew(answered, "disclosure" if answered else "no_answers")
    if too_few is not None:
        return too_few, too_few
    position = study.sample.items.index(item)
    points = study.sample.scores[:, position]
    at_ends = np.column_stack([points <= 0.0, points >= 100.0]).astype(np.float64)
    at_ends[np.isnan(points)] = np.nan
    domain = study.domain & ~study.sample.structural[:, position]
    floor, ceiling = shares(domain_means(study.plan.design, at_ends, domain), study.level)
    return floor, ceiling


def _answers(study: _Study, items: Sequence[str]) -> _Answers:
    """Moments of the people to whom all items applied, and these people's answers."""
    sample = study.sample
    columns = np.array([sample.items.index(item) for item in items])
    rows = np.flatnonzero(study.domain)
    x, structural = sample.scores[np.ix_(rows, columns)], sample.structural[np.ix_(rows, columns)]
    weights = study.plan.design.weights[rows]
    moments = item_moments(items, x, weights, structural=structural, routed="leave_people", rules=study.gaps)
    varied = np.array([item not in moments.constant for item in items])
    kept = ~structural.any(axis=1) & np.isfinite(x[:, varied]).any(axis=1)
    return _Answers(x[np.ix_(kept, varied)], rows[kept], moments)


def _base(study: _Study, block: Block, answers: _Answers) -> ScaleBase:
    found, pairs = answers.moments, answers.pairs
    used = tuple(item for item in found.items if item not in found.constant)
    return ScaleBase(
        items=used,
        n=len(pairs),
        n_effective=effective_sample_size(study.plan.design.weights[pairs]),
        method=found.method,
        iterations=found.iterations,
        blank=found.blank,
        patterns=found.patterns,
        left_people=found.left_people,
        left_items=tuple(item for item in block.items if item not in used),
    )


def _varied(answers: _Answers) -> tuple[Floats, Floats, Floats]:
    """Means, covariances and correlations of the items that vary."""
    found = answers.moments
    kept = np.array([j for j, item in enumerate(found.items) if item not in found.constant])
    square = np.ix_(kept, kept)
    return found.means[kept], found.covariance[square], found.correlation[square]


def _formative(blank: ScaleQuality, base: ScaleBase, answers: _Answers) -> ScaleQuality:
    """Variance inflation alone: items that make something up need not agree."""
    _, _, correlation = _varied(answers)
    by_item = dict(zip(base.items, coefficient.inflation(correlation).tolist(), strict=True))
    items = tuple(replace(quality, inflation=by_item.get(quality.item)) for quality in blank.items)
    return replace(blank, items=items)


def _reflective(study: _Study, blank: ScaleQuality, answers: _Answers) -> ScaleQuality:
    means, covariance, correlation = _varied(answers)
    k = len(covariance)
    if covariance.sum() <= NO_SPREAD * np.trace(covariance):
        return replace(blank, missing="no_spread")
    draws = _drawn(study, answers, means, covariance)
    found = replace(
        blank,
        items=_with_items(blank, covariance, None),
        alpha=_alpha(study, answers, covariance, draws),
        standardised=float(coefficient.alpha(correlation)),
        mean_correlation=coefficient.mean_correlation(correlation),
        warnings=_failures(study, draws.failed, "failed_replicates"),
    )
    if k == 2:
        both = float(coefficient.alpha(correlation))
        spread = coefficient.alpha(_scaled(draws.covariances))
        return replace(found, spearman_brown=_estimate(study, answers, both, spread, draws.failed))
    return _with_factor(study, found, answers, covariance, draws)


def _with_factor(
    study: _Study, found: ScaleQuality, answers: _Answers, covariance: Floats, draws: _Draws
) -> ScaleQuality:
    """Add what one factor says, if it can be fitted to something that could exist."""
    fit = one_factor(covariance[None])
    factor: Factor = "fitted"
    if (fit.own[0] <= 0).any():
        factor = "heywood"
    elif not fit.converged[0]:
        factor = "not_settled"
    if factor != "fitted":
        return replace(found, factor=factor)
    loadings, refits = fit.standardised[0], one_factor(draws.covariances)
    lost = 1.0 - (1.0 - draws.failed) * float(refits.admissible.mean())
    omega = _estimate(study, answers, float(fit.omega[0]), refits.omega[refits.admissible], lost)
    return replace(
        found,
        items=_with_items(found, covariance, loadings),
        factor=factor,
        omega=omega,
        composite=coefficient.composite_reliability(loadings),
        extracted=coefficient.variance_extracted(loadings),
        warnings=found.warnings + _failures(study, lost, "failed_factor"),
    )


def _with_items(found: ScaleQuality, covariance: Floats, loadings: Floats | None) -> tuple[ItemQuality, ...]:
    """The items with their part in the scale; those left out of it have none."""
    used = found.base.items if found.base else ()
    rest = coefficient.item_rest(covariance)
    without = coefficient.alpha_without(covariance) if len(used) > 2 else None
    items = []
    for quality in found.items:
        if quality.item in used:
            j = used.index(quality.item)
            quality = replace(
                quality,
                rest=float(rest[j]),
                without=None if without is None else float(without[j]),
                loading=None if loadings is None else float(loadings[j]),
            )
        items.append(quality)
    return tuple(items)


def _scaled(covariances: Floats) -> Floats:
    spread = np.sqrt(np.einsum("rii->ri", covariances))
    return np.asarray(covariances / (spread[:, :, None] * spread[:, None, :]))


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """Covariances of the replicates that gave any (B', k, k), and the share that did not."""

    covariances: Floats
    failed: float


def _drawn(study: _Study, answers: _Answers, means: Floats, covariance: Floats) -> _Draws:
    found, good = replicate_covariances(answers.x, answers.rows, study.plan, means, covariance)
    return _Draws(found[good], 1.0 - float(good.mean()))


def _failures(study: _Study, failed: float, key: str) -> tuple[tuple[str, Mapping[str, str | float]], ...]:
    return ((key, {"share": failed}),) if failed > study.rules.failed else ()


def _alpha(study: _Study, answers: _Answers, covariance: Floats, draws: _Draws) -> Estimate:
    value, k = float(coefficient.alpha(covariance)), len(covariance)
    found = _estimate(study, answers, value, coefficient.alpha(draws.covariances), draws.failed)
    n = len(answers.rows)
    if not _simple_random(study, answers) or n < 3:
        return found
    se, low, high = coefficient.feldt(value, n, k, study.level)
    return replace(found, se=se, low=low, high=high, method="feldt")


def _simple_random(study: _Study, answers: _Answers) -> bool:
    """Whether these people are a simple random sample without blanks: equal weights, nobody twice."""
    design, rows = study.plan.design, answers.rows
    weights, units = design.weights[rows], design.unit[rows]
    return bool(
        np.isfinite(answers.x).all()
        and np.ptp(weights) <= 1e-12 * weights[0]
        and len(np.unique(units)) == len(units)
        and len(np.unique(design.stratum_of_unit[units])) == 1
    )


def _estimate(study: _Study, answers: _Answers, value: float, draws: Floats, failed: float) -> Estimate:
    """A coefficient below 1 with an interval that is symmetric for log(1 − value)."""
    design, pairs = study.plan.design, answers.pairs
    present = np.zeros((design.units, 1), dtype=bool)
    present[design.unit[answers.rows]] = True
    df = int(design.degrees_of_freedom(present)[0])
    known = df > 0 and failed <= study.rules.failed_most and value < 1 and bool((draws < 1).all())
    half = float(t_quantile(np.array([df]), study.level)[0] * np.log1p(-draws).std()) if known else 0.0
    return Estimate(
        value=value,
        se=float(draws.std()) if known else None,
        low=1.0 - (1.0 - value) * float(np.exp(half)) if known else None,
        high=1.0 - (1.0 - value) * float(np.exp(-half)) if known else None,
        level=study.level,
        n=len(pairs),
        n_effective=effective_sample_size(design.weights[pairs]),
        df=df,
        method="replicates",
    )
