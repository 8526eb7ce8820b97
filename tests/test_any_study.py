"""Whatever is asked and answered, an analysis gives numbers or says what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from any_study import any_answers, any_study
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.pipeline import run
from analysis.plain import plain
from analysis.prepare import SampleProblems
from analysis.results import Comparison, Estimate, StudyResults
from survey.study import Study


def analysed(seed: int) -> tuple[Study, StudyResults]:
    """Results of a study drawn from ``seed``; rejects answers that no index can be made of."""
    rng = np.random.default_rng(seed)
    study = any_study(rng)
    waves = [any_answers(rng, study, str(t)) for t in range(int(rng.integers(1, 4)))]
    return study, run(study, waves, wave=waves[-1].wave)


def parts(value: Any) -> Iterator[Any]:
    """Every estimate and comparison anywhere in a result."""
    if isinstance(value, (Estimate, Comparison)):
        yield value
    if isinstance(value, (tuple, list)):
        for inner in value:
            yield from parts(inner)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from parts(getattr(value, name))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_study_has_results_without_nan_or_says_why_not(seed: int) -> None:
    # Warnings of numpy are errors here, so arithmetic on nothing cannot pass unseen.
    try:
        study, found = analysed(seed)
    except SampleProblems:
        return
    json.dumps(plain(found), allow_nan=False)
    limit = study.reporting.disclosure_limit
    untested = {id(part.estimate) for part in parts(found) if isinstance(part, Comparison) and part.p is None}
    for part in parts(found):
        if isinstance(part, Estimate):
            assert part.n >= limit
            unknown = part.df <= 0 or id(part) in untested
            assert [bound is None for bound in (part.se, part.low, part.high)] == [unknown] * 3
            if part.low is not None and part.high is not None and part.method != "replicates":
                # A constant answer has limits equal to its mean up to the last digits.
                assert part.low <= part.value + 1e-9
                assert part.value <= part.high + 1e-9
        elif part.verdict != "same":
            assert part.q is not None
            assert part.q < study.reporting.false_discovery_rate


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_contributions_of_the_branches_sum_to_the_change_of_any_index(seed: int) -> None:
    try:
        _, found = analysed(seed)
    except SampleProblems:
        return
    top = [node.contribution for node in found.nodes if node.parent is None]
    if found.current.change is not None and all(part is not None for part in top):
        total = sum(part.estimate.value for part in top if part is not None)
        # Sums of some hundred doubles up to 100.
        assert total == pytest.approx(found.current.change.estimate.value, abs=1e-10)
