"""Answers of a few people, and what a project file refuses of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from drawing import both, small_study

from survey.errors import StoreProblems
from survey.responses import Responses
from survey.store import ImportSource
from survey.study import Study
from survey.wave_contents import wave_digest

KEY = {"id": "key", "label": both("编号", "Number"), "kind": "key"}
STUDY = small_study("Q1", "q1", "wave", columns=[KEY], design={"respondent": "key"})
AT = datetime(2026, 9, 30, 8, 15, tzinfo=UTC)


def answers(*ids: str, code: int = 5, wave: str = "w1", **parts: Any) -> Responses:
    """Return answers of some respondents to three items, whose names only differ by case or clash."""
    n = len(ids)
    base = Responses(
        wave=wave,
        respondents=ids,
        items=("Q1", "q1", "wave"),
        codes=np.array([[code, -6, i % 5 + 1] for i in range(n)], dtype=np.int16),
        columns={
            "key": tuple(f"K{i}" for i in range(n)),
            "amount": tuple(i + 0.5 if i else 2.0 for i in range(n)),
            "renewed": tuple([True, False, None][i % 3] for i in range(n)),
        },
        comments={"why": tuple("满意 ✓" if i == 0 else "" for i in range(n))},
    )
    return replace(base, **parts)


def source(sha256: str = "a" * 64, study: Study = STUDY, **parts: Any) -> ImportSource:
    return ImportSource("w1.xlsx", sha256, study, AT, rows=3, report={"rows": 3}, **parts)


def same(one: Responses, other: Responses) -> bool:
    np.testing.assert_array_equal(one.codes, other.codes)
    typed = [[[(type(v), v) for v in values] for values in r.columns.values()] for r in (one, other)]
    return typed[0] == typed[1] and wave_digest(one) == wave_digest(other)


def refused(code: str) -> Any:
    return pytest.raises(StoreProblems, check=lambda error: {p.code for p in error.problems} == {code})
