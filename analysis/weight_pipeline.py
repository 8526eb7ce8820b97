"""Answers and several weight sets in, what the choice of weights does out.

The counterpart of ``analysis.pipeline`` for questions about weights: each set comes as the study that it
makes, and everything else (scores, design, limits of disclosure) is that of the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

from analysis.comparison_results import WeightComparison
from analysis.cores import one_thread_of_algebra
from analysis.index import IndexTree
from analysis.pipeline import check_answers, index_tree
from analysis.prepare import prepare
from analysis.sample import Sample
from analysis.sensitivity import SensitivitySettings, weight_sensitivity
from analysis.sensitivity_results import Sensitivity
from analysis.weight_comparison import compare_weights
from survey.responses import Responses
from survey.study import Study


def weight_comparison(
    studies: Mapping[str, Study], responses: Sequence[Responses], *, segment: str | None = None
) -> WeightComparison:
    """Compare weight sets on the last of ``responses`` and its history; ``studies`` has one study a set.

    The first set is the reference. Raises ``SampleProblems`` for answers that cannot be estimated from under
    one of them.
    """
    with one_thread_of_algebra():
        sample, trees, study = _under_sets(studies, responses)
        rules = study.reporting
        return compare_weights(
            sample,
            trees,
            segment,
            rules.level,
            rules.false_discovery_rate,
            disclosure_limit=rules.disclosure_limit,
            minimum_base=rules.minimum_base,
        )


def index_sensitivity(
    studies: Mapping[str, Study],
    responses: Sequence[Responses],
    *,
    segment: str | None = None,
    threshold: float | None = None,
    **settings: Unpack[SensitivitySettings],
) -> Sensitivity:
    """Judge the last of ``responses`` under sampling and weights; ``studies`` has one study a set.

    The first set is the reference. ``threshold`` is by default the target of its study, ``seed`` that of
    its replicates. Takes the other settings of ``analysis.sensitivity.weight_sensitivity``; raises as
    ``weight_comparison`` does.
    """
    sample, trees, study = _under_sets(studies, responses)
    rules = study.reporting
    settings.setdefault("seed", rules.seed)
    return weight_sensitivity(
        sample,
        trees,
        segment,
        threshold=rules.target if threshold is None else threshold,
        level=rules.level,
        disclosure_limit=rules.disclosure_limit,
        minimum_base=rules.minimum_base,
        **settings,
    )


def _under_sets(
    studies: Mapping[str, Study], responses: Sequence[Responses]
) -> tuple[Sample, dict[str, IndexTree], Study]:
    """Return the sample, every set's tree, and the study of the reference."""
    study = next(iter(studies.values()))
    sample = prepare(responses, study)
    trees = {name: index_tree(own.index) for name, own in studies.items()}
    for name, own in studies.items():
        check_answers(sample, trees[name], own)
    return sample, trees, study
