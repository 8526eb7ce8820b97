"""Answers in, quality of scales and gaps out: what a study declares about them, worked out on demand.

Beside ``analysis.pipeline``, whose one run makes what a report says. What is here is asked for by itself and
would make every run slower.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.cores import one_thread_of_algebra
from analysis.gap_results import GapDimension, GapPair, GapPlan, GapReport
from analysis.gaps import ALL_PAIRS, gap_report
from analysis.pipeline import index_tree
from analysis.prepare import prepare
from analysis.scale_report import scale_report
from analysis.scale_results import Block, ScaleReport
from survey.responses import Responses
from survey.study import Study


def scale_survey(study: Study, responses: Sequence[Responses]) -> ScaleReport:
    """Quality of the study's constructs in the last of ``responses``, and alpha in the waves before.

    ``responses`` hold one value a wave, in time order. Raises ``SampleProblems`` for answers that cannot be
    estimated from, all at once.
    """
    rules = study.reporting
    blocks = [Block(part.id, part.items, part.mode == "formative") for part in study.constructs]
    with one_thread_of_algebra():
        return scale_report(
            prepare(responses, study),
            blocks,
            index_tree(study.index),
            study.index.version,
            level=rules.level,
            replicates=rules.replicates,
            seed=rules.seed,
            disclosure_limit=rules.disclosure_limit,
        )


def gap_survey(study: Study, responses: Sequence[Responses]) -> GapReport | None:
    """Gaps between expectation and performance in the last of ``responses``; ``None`` where it asked no pair.

    ``responses`` hold one value a wave, in time order. Raises ``SampleProblems`` for answers that cannot
    be estimated from, all at once, and ``ValueError`` for a study that declares no gaps.
    """
    rules, gaps = study.reporting, study.gaps
    if gaps is None:
        raise ValueError("The study declares no gaps.")
    named: list[tuple[str | None, float]] = [(part.id, part.weight) for part in gaps.dimensions]
    dimensions = tuple(
        GapDimension(
            name or ALL_PAIRS,
            weight,
            tuple(
                GapPair(pair.expectation, pair.performance, pair.disconfirmation)
                for pair in gaps.pairs
                if pair.dimension == name
            ),
        )
        for name, weight in named or [(None, 1.0)]
    )
    plan = GapPlan(dimensions, gaps.satisfaction, gaps.disconfirmation)
    with one_thread_of_algebra():
        return gap_report(
            prepare(responses, study),
            plan,
            level=rules.level,
            fdr=rules.false_discovery_rate,
            disclosure_limit=rules.disclosure_limit,
        )
