"""Answers become scores, weights, strata and clusters exactly as the study says."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.prepare import SampleProblems, prepare, score
from survey.questions import BlankKind, Item, Scale
from survey.responses import Responses
from survey.study import Study


def word(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def item(name: str, scale: str = "ten", **more: Any) -> dict[str, Any]:
    return {"id": name, "text": word(name), "label": word(name), "scale": scale, **more}


def column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "label": word(name), "kind": kind, **more}


STUDY = Study.model_validate(
    {
        "csat": 1,
        "id": "small",
        "title": word("small"),
        "organisation": word("us"),
        "scales": {"ten": {"ends": [1, 10]}, "nps": {"ends": [0, 10]}},
        "columns": [
            column("person", "key"),
            column("account", "key"),
            column("tier", "category", categories=[{"value": v, "label": word(v)} for v in ("big", "small")]),
            column("w", "number"),
            column("renewed", "flag", optional=True),
        ],
        "items": [item("q1"), item("q2"), item("trouble", reversed=True), item("recommend", "nps")],
        "index": {
            "id": "i",
            "label": word("i"),
            "version": "1",
            "children": [{"item": "q1"}, {"item": "q2"}],
        },
        "outcomes": [
            {"id": "both", "label": word("both"), "kind": "satisfaction", "items": ["q1", "q2"]},
            {"id": "renewal", "label": word("renewal"), "kind": "renewal", "column": "renewed"},
        ],
        "segments": [{"id": "tier", "label": word("tier"), "column": "tier"}],
        "design": {"respondent": "person", "weight": "w", "stratum": ["tier"], "cluster": "account"},
        "waves": [{"id": "1", "label": word("1")}, {"id": "2", "label": word("2")}],
    }
)


def wave(name: str, rows: list[tuple[Any, ...]]) -> Responses:
    """Rows of person, account, tier, weight, renewed, q1, q2, trouble, recommend."""
    names = ("person", "account", "tier", "w", "renewed")
    return Responses(
        wave=name,
        respondents=tuple(row[0] for row in rows),
        items=("q1", "q2", "trouble", "recommend"),
        codes=np.array([row[5:] for row in rows], dtype=np.int16),
        columns={column: tuple(row[j] for row in rows) for j, column in enumerate(names)},
        comments={},
    )


BLANK = int(BlankKind.BLANK)
FIRST = wave("1", [("a", "X", "big", 2.0, True, 10, 1, 1, 0), ("b", "X", "big", 2.0, None, 1, BLANK, 10, 10)])
SECOND = wave(
    "2", [("c", "X", "small", 1.0, False, BLANK, BLANK, 4, 5), ("d", "Y", "small", 1.0, True, 4, 7, -6, 7)]
)


def test_scores_use_the_ends_of_the_scale_and_reversed_items_are_reversed() -> None:
    sample = prepare([FIRST], STUDY)
    np.testing.assert_array_equal(sample.scores, [[100, 0, 100, 0], [0, np.nan, 0, 100]])


def test_an_outcome_needs_half_of_its_items_and_a_flag_is_0_or_100() -> None:
    sample = prepare([FIRST, SECOND], STUDY)
    np.testing.assert_allclose(sample.outcomes["both"], [50, 0, np.nan, 50])
    np.testing.assert_array_equal(sample.outcomes["renewal"], [100, np.nan, 0, 100])


def test_an_account_is_one_cluster_in_every_wave_and_keeps_its_first_stratum() -> None:
    sample = prepare([FIRST, SECOND], STUDY)
    assert sample.cluster_ids == ("X", "Y")
    assert sample.clusters.tolist() == [0, 0, 0, 1]
    assert sample.strata.tolist() == [0, 0, 0, 1]
    assert sample.segments["tier"].codes.tolist() == [0, 0, 1, 1]


def test_people_without_an_account_are_no_account_together() -> None:
    blank = dataclasses.replace(FIRST, columns={**FIRST.columns, "account": (None,) * len(FIRST)})
    sample = prepare([blank, SECOND], STUDY)
    assert len(set(sample.clusters[: len(FIRST)].tolist())) == len(FIRST)


def test_what_was_not_asked_is_structural_and_a_blank_is_not() -> None:
    sample = prepare([SECOND], STUDY)
    assert sample.structural.tolist() == [[False] * 4, [False, False, True, False]]


def test_every_bad_weight_and_split_cluster_is_named_at_once() -> None:
    bad = wave("1", [("a", "X", "big", 0.0, True, 1, 1, 1, 1), ("b", "X", "small", None, True, 1, 1, 1, 1)])
    with pytest.raises(SampleProblems) as caught:
        prepare([bad], STUDY)
    assert [problem.code for problem in caught.value.problems] == [
        "sample_weight",
        "sample_weight",
        "sample_cluster_in_two_strata",
    ]
    assert "「w」为 0.0" in caught.value.problems[0].message("zh")
    assert "b has —" in caught.value.problems[1].message("en")


def test_an_item_a_wave_did_not_ask_was_asked_of_nobody() -> None:
    short = Responses(
        "1",
        ("a",),
        ("q1",),
        np.array([[5]], dtype=np.int16),
        {
            **FIRST.columns,
            **{"person": ("a",), "account": ("X",), "tier": ("big",), "w": (1.0,), "renewed": (None,)},
        },
        {},
    )
    sample = prepare([short], STUDY)
    assert sample.codes[0].tolist() == [5, -6, -6, -6]
    assert sample.structural[0].tolist() == [False, True, True, True]


@given(st.integers(0, 50), st.integers(1, 100), st.data())
def test_reversing_gives_what_is_missing_to_100(low: int, width: int, data: st.DataObject) -> None:
    scale = Scale(ends=(low, low + width))
    answer = np.array([data.draw(st.integers(low, low + width))], dtype=np.int16)
    plain, turned = (Item.model_validate(item("q", reversed=turn)) for turn in (False, True))
    # Both sides round one division; their sum may be one unit of the last place off.
    np.testing.assert_allclose(score(answer, scale, plain) + score(answer, scale, turned), 100, rtol=1e-15)
    assert 0 <= score(answer, scale, plain)[0] <= 100
