"""Reliability of reflective scales without intervals, for the checklist.

What a newcomer gets wrong: coefficients with their intervals are in ``analysis.reliability``, which
replicates the whole design; here is the one figure of each scale that a limit is held against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis import scale_coefficients as coefficient
from analysis.check_facts import ScaleFacts
from analysis.design import design_of
from analysis.missing import USUAL as USUAL_GAPS
from analysis.one_factor import one_factor
from analysis.replicates import replication
from analysis.sample import Sample
from analysis.scale_base import ScaleAnswers, ScaleStudy, scale_answers
from analysis.scale_results import USUAL, Block


def scale_facts(
    sample: Sample, blocks: Sequence[Block], disclosure_limit: int = 10
) -> tuple[ScaleFacts, ...]:
    """Return alpha, AVE and loadings of the reflective ``blocks`` in the last wave of a sample.

    A scale that cannot be estimated, as with too few people or a single item, is left out.
    """
    return tuple(_facts(sample, blocks, disclosure_limit))


def _facts(sample: Sample, blocks: Sequence[Block], limit: int) -> Iterator[ScaleFacts]:
    plan = replication(design_of(sample), sample.cluster_ids, 2, 0)
    study = ScaleStudy(sample, plan, 0.95, limit, USUAL, USUAL_GAPS)
    for block in blocks:
        answers = scale_answers(study, sample.waves[-1], block)
        if block.formative or not isinstance(answers, ScaleAnswers):
            continue
        alpha, items = float(coefficient.alpha(answers.covariance)), answers.items
        if len(items) == 2:
            yield ScaleFacts(block.id, alpha, None, {}, inadmissible=False)
            continue
        fit = one_factor(answers.covariance[None])
        improper = bool((fit.own[0] <= 0).any())
        if improper or not fit.converged[0]:
            yield ScaleFacts(block.id, alpha, None, {}, inadmissible=improper)
            continue
        loadings = fit.standardised[0]
        extracted = coefficient.variance_extracted(loadings)
        shown = {item: float(value) for item, value in zip(items, loadings, strict=True)}
        yield ScaleFacts(block.id, alpha, extracted, shown, inadmissible=False)
