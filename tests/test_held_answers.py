"""Answers are used only under a study in which they mean what they meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from drawing import both, small_study
from stores import KEY, refused, same, source

from survey.questions import BlankKind
from survey.responses import Responses
from survey.store import Store
from survey.study import Study

TEN = {"ends": [1, 10]}
WORDS = {1: both("非常不满意", "Very dissatisfied"), 5: both("非常满意", "Very satisfied")}
SWAPPED = {1: WORDS[5], 5: WORDS[1]}
FIVE = {"ends": [1, 5], "labels": WORDS, "blanks": {98: {"kind": "dont_know"}}}
TIERS = [{"value": value, "label": both(value)} for value in ("gold", "blue")]
TIER = {"id": "tier", "label": both("等级", "Tier"), "kind": "category", "categories": TIERS}


def asked(**parts: Any) -> Study:
    return small_study("Q1", **{"scales": {"five": FIVE}, "columns": [KEY, TIER], "design": {}} | parts)


def told(*ids: str) -> Responses:
    """Return answers of some respondents to ``asked``."""
    codes = np.array([[5], [-3]][: len(ids)], dtype=np.int16)
    return Responses("w1", ids, ("Q1",), codes, {"key": ids, "tier": ("gold", None)[: len(ids)]}, {})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"scales": {"five": FIVE | TEN}}, "store_scale_changed"),
        ({"scales": {"five": FIVE | {"labels": SWAPPED}}}, "store_answer_changed"),
        ({"scales": {"five": FIVE | {"blanks": {98: {"kind": "refused"}}}}}, "store_answer_changed"),
        ({"columns": [KEY, TIER | {"kind": "text", "categories": []}]}, "store_column_changed"),
        ({"columns": [KEY, TIER | {"categories": TIERS[1:]}]}, "store_category_gone"),
        ({"design": {"respondent": "key"}}, "store_respondent_changed"),
        (
            {"columns": [KEY, TIER, KEY | {"id": "site"}], "design": {"cluster": "site"}},
            "store_design_absent",
        ),
    ],
)
def test_answers_whose_meaning_the_study_has_changed_are_not_used(
    store: Store, changed: dict[str, Any], code: str
) -> None:
    store.add(told("a", "b"), source(study=asked()))
    with refused(code) as caught:
        store.load("w1", asked(**changed))
    [problem] = caught.value.problems
    assert problem.message("zh") != problem.message("en")
    assert same(store.load("w1", asked()), told("a", "b"))


@pytest.mark.parametrize(
    "changed",
    [
        {"title": both("另一名称", "Another name")},
        {"scales": {"five": FIVE | {"labels": {1: both("很差", "Poor")}}}},
        {"scales": {"five": FIVE | {"labels": WORDS | {3: both("一般", "Fair")}}}},
        {"columns": [KEY, TIER | {"categories": [*TIERS, {"value": "red", "label": both("红", "Red")}]}]},
        {"columns": [KEY]},
    ],
)
def test_a_study_may_be_reworded_and_extended(store: Store, changed: dict[str, Any]) -> None:
    store.add(told("a", "b"), source(study=asked()))
    assert same(store.load("w1", asked(**changed)), told("a", "b"))


OPTIONS = [{"code": n, "label": both(name)} for n, name in enumerate(("price", "speed", "people"))]
REASONS = {
    "id": "why",
    "text": both("为什么？", "Why?"),
    "label": both("原因", "Reasons"),
    "options": OPTIONS,
}
SWAPPED_OPTIONS = [OPTIONS[0], OPTIONS[1] | {"code": 2}, OPTIONS[2] | {"code": 1}]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "ranking"}, "store_choice_changed"),
        ({"options": OPTIONS[:2]}, "store_option_gone"),
        ({"options": SWAPPED_OPTIONS}, "store_answer_changed"),
    ],
)
def test_options_keep_their_codes(store: Store, changed: dict[str, Any], code: str) -> None:
    study = asked(choice_questions=[REASONS])
    chosen = replace(told("a", "b"), choices={"why": ((0, 2), BlankKind.NOT_ASKED)})
    store.add(chosen, source(study=study))
    with refused(code) as caught:
        store.load("w1", asked(choice_questions=[REASONS | changed]))
    [problem] = caught.value.problems
    assert problem.message("zh") != problem.message("en")
    reworded = [OPTIONS[0] | {"label": both("cost")}, *OPTIONS[1:], {"code": 7, "label": both("luck")}]
    assert same(store.load("w1", asked(choice_questions=[REASONS | {"options": reworded}])), chosen)
    assert same(store.load("w1", asked()), chosen)


def test_items_may_come_and_go_between_waves(store: Store) -> None:
    store.add(told("a", "b"), source(study=asked()))
    other = small_study("Q2", scales={"five": FIVE | TEN}, columns=[KEY, TIER])
    assert store.load("w1", other).items == ("Q1",)


def test_a_scale_is_corrected_by_importing_the_whole_wave_again(store: Store) -> None:
    store.add(told("a", "b"), source(study=asked()))
    corrected = asked(scales={"five": FIVE | TEN})
    with refused("store_scale_changed"):
        store.add(told("c"), source("b" * 64, study=corrected))
    again = store.add(told("a", "b"), source(study=corrected))
    assert (again.added, again.unchanged) == (0, 2)
    assert same(store.load("w1", corrected), told("a", "b"))
    with refused("store_scale_changed"):
        store.load("w1", asked())
