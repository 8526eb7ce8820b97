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
from analysis.design import design_of
from analysis.distribution import blank_counts
from analysis.estimate import domain_means
from analysis.inputs import check_known, chosen_wave
from analysis.missing import USUAL as USUAL_GAPS
from analysis.missing import MissingRules
from analysis.missing_replicates import Draws, replicate_covariances
from analysis.one_factor import one_factor
from analysis.replicates import replication
from analysis.results import TooFew
from analysis.sample import Floats, Sample
from analysis.scale_base import (
    ScaleAnswers,
    ScaleStudy,
    alpha_estimate,
    coefficient_estimate,
    scale_answers,
)
from analysis.scale_results import (
    USUAL,
    AlphaTrend,
    Block,
    Factor,
    ItemBlanks,
    ItemQuality,
    NotEstimable,
    ScaleQuality,
    ScaleRules,
    Warned,
)
from analysis.scale_warnings import scale_warnings
from analysis.share_intervals import shares

_STRUCTURAL = ("not_applicable", "not_asked")
_Cell = tuple[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Scales in one wave in the order they were given, and alpha of the reflective ones in all waves."""

    scales: tuple[ScaleQuality, ...]
    trend: tuple[AlphaTrend, ...]


def scale_quality(
    sample: Sample,
    blocks: Sequence[Block],
    wave: str | None = None,
    *,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    disclosure_limit: int = 10,
    hidden: Mapping[str, TooFew] | None = None,
    rules: ScaleRules = USUAL,
    gaps: MissingRules = USUAL_GAPS,
) -> Reliability:
    """Quality of scales in one wave of a sample, by default the last, and alpha in the waves up to it.

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
    now = chosen_wave(sample, wave)
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    study = ScaleStudy(sample, plan, level, disclosure_limit, rules, gaps)
    waves = sample.waves[: sample.waves.index(now) + 1]
    with one_thread_of_algebra():
        found = {
            (one, j): scale_answers(study, one, block)
            for j, block in enumerate(blocks)
            for one in (waves if not block.formative else waves[-1:])
        }
        draws = _drawn(study, found)
        scales = tuple(
            _quality(study, now, block, found[now, j], draws.get((now, j)), hidden or {})
            for j, block in enumerate(blocks)
        )
        alphas = {cell: alpha_estimate(study, _given(found, cell), own) for cell, own in draws.items()}
    trend = [
        AlphaTrend(block.id, tuple(alphas.get((one, j)) for one in waves))
        for j, block in enumerate(blocks)
        if any((one, j) in alphas for one in waves)
    ]
    return Reliability(scales, tuple(trend))


def _drawn(study: ScaleStudy, found: Mapping[_Cell, ScaleAnswers | NotEstimable]) -> dict[_Cell, Draws]:
    """Replicates of every reflective scale that can be estimated; all of them under the same multipliers."""
    wanted = {
        cell: answers
        for cell, answers in found.items()
        if isinstance(answers, ScaleAnswers) and not answers.block.formative
    }
    draws = replicate_covariances([answers.answered for answers in wanted.values()], study.plan)
    return dict(zip(wanted, draws, strict=True))


def _given(found: Mapping[_Cell, ScaleAnswers | NotEstimable], cell: _Cell) -> ScaleAnswers:
    answers = found[cell]
    if not isinstance(answers, ScaleAnswers):
        raise KeyError(cell)
    return answers


def _quality(
    study: ScaleStudy,
    wave: str,
    block: Block,
    answers: ScaleAnswers | NotEstimable,
    draws: Draws | None,
    hidden: Mapping[str, TooFew],
) -> ScaleQuality:
    items = tuple(_item(study, wave, item, hidden.get(item)) for item in block.items)
    blank = ScaleQuality(block.id, wave, block.formative, items, None, None)
    if not isinstance(answers, ScaleAnswers):
        return replace(blank, missing=answers)
    found = replace(blank, base=answers.base(study))
    if draws is None:
        found = replace(found, items=_inflated(found, answers))
    else:
        found = _reflective(study, found, answers, draws)
    warned = scale_warnings(found, answers.moments.warnings, study.rules)
    return replace(found, warnings=warned + found.warnings)


def _item(study: ScaleStudy, wave: str, item: str, too_few: TooFew | None) -> ItemQuality:
    """Blanks of an item and shares of its answers at both ends of the scale."""
    sample, position = study.sample, study.sample.items.index(item)
    domain = sample.in_wave(wave)
    codes = sample.codes[domain, position]
    answered = int((codes >= 0).sum())
    if too_few is None and answered < study.limit:
        too_few = TooFew(answered, "disclosure" if answered else "no_answers")
    by_kind = blank_counts(codes)
    structural = {kind: count for kind, count in by_kind.items() if kind in _STRUCTURAL}
    missing = {kind: count for kind, count in by_kind.items() if kind not in _STRUCTURAL}
    blanks = ItemBlanks(study.due(wave, item), answered, missing, structural)
    if too_few is not None:
        shown = blanks if too_few.reason == "no_answers" else None
        return ItemQuality(item, None, None, None, None, too_few, too_few, shown)
    points = sample.scores[:, position]
    at_ends = np.column_stack([points <= 0.0, points >= 100.0]).astype(np.float64)
    at_ends[np.isnan(points)] = np.nan
    asked = domain & ~sample.structural[:, position]
    floor, ceiling = shares(domain_means(study.plan.design, at_ends, asked), study.level)
    return ItemQuality(item, None, None, None, None, floor, ceiling, blanks)


def _inflated(found: ScaleQuality, answers: ScaleAnswers) -> tuple[ItemQuality, ...]:
    """The items with their variance inflation: what makes something up need not agree."""
    values = dict(zip(answers.items, coefficient.inflation(answers.correlation).tolist(), strict=True))
    return tuple(
        quality if quality.hidden else replace(quality, inflation=values.get(quality.item))
        for quality in found.items
    )


def _reflective(study: ScaleStudy, blank: ScaleQuality, answers: ScaleAnswers, draws: Draws) -> ScaleQuality:
    correlation = answers.correlation
    found = replace(
        blank,
        items=_with_items(blank, answers, None),
        alpha=alpha_estimate(study, answers, draws),
        standardised=float(coefficient.alpha(correlation)),
        mean_correlation=coefficient.mean_correlation(correlation),
        warnings=_failures(study, draws.failed, "failed_replicates"),
    )
    if len(answers.items) == 2:
        both = float(coefficient.alpha(correlation))
        spread = coefficient.alpha(_scaled(draws.covariances))
        return replace(found, spearman_brown=coefficient_estimate(study, answers, both, spread, draws.failed))
    return _with_factor(study, found, answers, draws)


def _with_factor(study: ScaleStudy, found: ScaleQuality, answers: ScaleAnswers, draws: Draws) -> ScaleQuality:
    """Add what one factor says, if it can be fitted to something that could exist."""
    fit = one_factor(answers.covariance[None])
    factor: Factor = "fitted"
    if (fit.own[0] <= 0).any():
        factor = "heywood"
    elif not fit.converged[0]:
        factor = "not_settled"
    if factor != "fitted":
        return replace(found, factor=factor)
    loadings, refits = fit.standardised[0], one_factor(draws.covariances)
    lost = 1.0 - (1.0 - draws.failed) * float(refits.admissible.mean())
    own = refits.omega[refits.admissible]
    return replace(
        found,
        items=_with_items(found, answers, loadings),
        factor=factor,
        omega=coefficient_estimate(study, answers, float(fit.omega[0]), own, lost),
        composite=coefficient.composite_reliability(loadings),
        extracted=coefficient.variance_extracted(loadings),
        warnings=found.warnings + _failures(study, lost, "failed_factor"),
    )


def _with_items(
    found: ScaleQuality, answers: ScaleAnswers, loadings: Floats | None
) -> tuple[ItemQuality, ...]:
    """The items with their part in the scale; those left out of it, and hidden ones, have none."""
    used = answers.items
    rest = coefficient.item_rest(answers.covariance)
    without = coefficient.alpha_without(answers.covariance) if len(used) > 2 else None
    items = []
    for quality in found.items:
        j = used.index(quality.item) if quality.item in used and not quality.hidden else None
        items.append(
            quality
            if j is None
            else replace(
                quality,
                rest=float(rest[j]),
                without=None if without is None else float(without[j]),
                loading=None if loadings is None else float(loadings[j]),
            )
        )
    return tuple(items)


def _scaled(covariances: Floats) -> Floats:
    spread = np.sqrt(np.einsum("rii->ri", covariances))
    return np.asarray(covariances / (spread[:, :, None] * spread[:, None, :]))


def _failures(study: ScaleStudy, failed: float, key: str) -> tuple[Warned, ...]:
    return ((key, {"share": failed}),) if failed > study.rules.failed else ()
