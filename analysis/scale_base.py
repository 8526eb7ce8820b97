"""Who answers a scale in a wave, the moments of their answers, and the interval of a coefficient of them.

What a newcomer gets wrong: replicates are those of the whole design, all waves of it. The clusters that did
not answer in this wave keep their place, and the same account has the same multiplier in every wave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.design import effective_sample_size
from analysis.estimate import t_quantile
from analysis.missing import ItemMoments, MissingRules, item_moments
from analysis.missing_replicates import Answered, Draws
from analysis.moment_guards import NO_SPREAD, MomentsRefused
from analysis.replicates import Replication
from analysis.results import Estimate
from analysis.sample import Floats, Integers, Sample
from analysis.scale_coefficients import alpha, feldt
from analysis.scale_results import Block, NotEstimable, ScaleBase, ScaleRules


@dataclass(frozen=True, slots=True, eq=False)
class ScaleStudy:
    """What all scales of all waves have in common."""

    sample: Sample
    plan: Replication
    level: float
    limit: int
    rules: ScaleRules
    gaps: MissingRules

    def due(self, wave: str, item: str) -> int:
        """How many people of a wave had an answer to give."""
        asked = ~self.sample.structural[:, self.sample.items.index(item)]
        return int((asked & self.sample.in_wave(wave)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class ScaleAnswers:
    """Answers to a scale and their moments.

    Attributes
    ----------
    block : the scale.
    items : (k,) items that were put to somebody and in which people differ.
    x : (n, k) answers of people to whom all items applied and who answered any.
    rows : (n,) which rows of the design these people are.
    moments : of all items that were put to somebody.
    means, covariance, correlation : of ``items``.
    """

    block: Block
    items: tuple[str, ...]
    x: Floats
    rows: Integers
    moments: ItemMoments
    means: Floats
    covariance: Floats
    correlation: Floats

    @property
    def pairs(self) -> Integers:
        """Rows of people with at least two of the items."""
        return np.asarray(self.rows[np.isfinite(self.x).sum(axis=1) >= 2])

    @property
    def answered(self) -> Answered:
        """These answers as replicates take them."""
        return Answered(self.x, self.rows, self.means, self.covariance)

    def base(self, study: ScaleStudy) -> ScaleBase:
        """What coefficients of these answers stand on."""
        found, pairs = self.moments, self.pairs
        return ScaleBase(
            items=self.items,
            n=len(pairs),
            n_effective=effective_sample_size(study.plan.design.weights[pairs]),
            method=found.method,
            iterations=found.iterations,
            blank=found.blank,
            patterns=found.patterns,
            left_people=found.left_people,
            left_items=tuple(item for item in self.block.items if item not in self.items),
        )


def scale_answers(study: ScaleStudy, wave: str, block: Block) -> ScaleAnswers | NotEstimable:
    """Return the answers to a scale in a wave, or why nothing can be estimated from them."""
    asked = [item for item in block.items if study.due(wave, item)]
    if not asked:
        return "not_asked"
    if len(block.items) == 1:
        return "single_item"
    try:
        found = _answers(study, wave, block, asked)
    except MomentsRefused as refused:
        return refused.reason
    if len(found.pairs) < study.limit:
        return "disclosure"
    if len(found.items) < 2:
        return "no_spread" if found.moments.constant else "single_item"
    opposed = found.covariance.sum() <= NO_SPREAD * np.trace(found.covariance)
    return "no_spread" if opposed and not block.formative else found


def _answers(study: ScaleStudy, wave: str, block: Block, asked: list[str]) -> ScaleAnswers:
    sample = study.sample
    columns = np.array([sample.items.index(item) for item in asked])
    rows = np.flatnonzero(sample.in_wave(wave))
    x, structural = sample.scores[np.ix_(rows, columns)], sample.structural[np.ix_(rows, columns)]
    weights = study.plan.design.weights[rows]
    moments = item_moments(asked, x, weights, structural=structural, routed="leave_people", rules=study.gaps)
    varied = np.array([item not in moments.constant for item in asked])
    kept = np.asarray(~structural.any(axis=1) & np.isfinite(x[:, varied]).any(axis=1))
    square = np.ix_(varied, varied)
    return ScaleAnswers(
        block=block,
        items=tuple(item for item in asked if item not in moments.constant),
        x=x[np.ix_(kept, varied)],
        rows=rows[kept],
        moments=moments,
        means=moments.means[varied],
        covariance=moments.covariance[square],
        correlation=moments.correlation[square],
    )


def coefficient_estimate(
    study: ScaleStudy, answers: ScaleAnswers, value: float, draws: Floats, failed: float
) -> Estimate:
    """A coefficient below 1 with an interval that is symmetric for log(1 − value).

    ``draws`` (B',) are its values in the replicates that gave any, ``failed`` the share of the others. No
    interval where too many failed, the design gives no degrees of freedom, or the value is 1.
    """
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


def alpha_estimate(study: ScaleStudy, answers: ScaleAnswers, draws: Draws) -> Estimate:
    """Alpha with its interval: Feldt's for a simple random sample without blanks, else by replicates."""
    value, k = float(alpha(answers.covariance)), len(answers.items)
    found = coefficient_estimate(study, answers, value, alpha(draws.covariances), draws.failed)
    n = len(answers.rows)
    if not _simple_random(study, answers) or n < 3:
        return found
    se, low, high = feldt(value, n, k, study.level)
    return replace(found, se=se, low=low, high=high, method="feldt")


def _simple_random(study: ScaleStudy, answers: ScaleAnswers) -> bool:
    """Whether these people are a simple random sample without blanks: equal weights, nobody twice."""
    design, rows = study.plan.design, answers.rows
    weights, units = design.weights[rows], design.unit[rows]
    return bool(
        np.isfinite(answers.x).all()
        and np.ptp(weights) <= 1e-12 * weights[0]
        and len(np.unique(units)) == len(units)
        and len(np.unique(design.stratum_of_unit[units])) == 1
    )
