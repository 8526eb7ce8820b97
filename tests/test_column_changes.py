"""What became of the questions since the wave before."""

from __future__ import annotations

from itertools import combinations

import pytest
from drawing import both, small_study
from hypothesis import given
from hypothesis import strategies as st

from survey.column_changes import Asked, asked_now, asked_then, column_changes
from survey.import_report import ColumnReport
from survey.language import LANGUAGES

TARGETS = [f"Q{n}" for n in range(1, 8)]
STUDY = small_study(
    *TARGETS,
    choice_questions=[
        {
            "id": "why",
            "text": both("为何", "Why?"),
            "label": both("原因", "Reasons"),
            "options": [{"code": n, "label": both(f"选项{n}")} for n in (1, 2)],
        }
    ],
)
WAVE = [Asked(target, f"{n}、{target}满意吗") for n, target in enumerate(TARGETS[:4], 1)]
WHY = [Asked("why", "5、(价格)"), Asked("why", "5、(网络)")]


def changes(before: list[Asked], after: list[Asked]) -> list[tuple[str, str]]:
    found = column_changes(before, after, STUDY, "w2.xlsx", "w1")
    for change in found:
        assert change.severity == "warning"
        assert len({change.line(language) for language in LANGUAGES}) == 2
        assert "w1" in change.line("en")
    return [(change.code.removeprefix("change_"), change.values["id"]) for change in found]


def moved(order: str) -> list[str]:
    """Return what moved when four questions come in ``order``."""
    return [id_ for code, id_ in changes(WAVE, [WAVE[int(n) - 1] for n in order]) if code == "moved"]


def test_nothing_changed() -> None:
    assert changes([*WAVE, *WHY], [*WAVE, *WHY]) == []
    assert changes([], []) == []


@pytest.mark.parametrize(
    ("header", "renamed"),
    [
        ("Q2满意吗", False),
        ("7、Q2满意吗", False),  # a form that was numbered anew
        ("2、 Q2 满意吗？", False),
        ("2、Q2怎么样", True),
        ("第2题：Q2满意吗", False),
    ],
)
def test_a_question_is_renamed_when_its_wording_is_another(header: str, renamed: bool) -> None:
    after = [WAVE[0], Asked("Q2", header), *WAVE[2:]]
    assert changes(WAVE, after) == ([("renamed", "Q2")] if renamed else [])


def test_the_fewest_questions_are_said_to_have_moved() -> None:
    assert moved("1234") == []
    assert moved("2341") == ["Q1"]
    assert moved("4123") == ["Q4"]
    assert moved("1324") == ["Q3"]  # one of the two is enough
    assert len(moved("4321")) == 3


def test_questions_that_are_new_or_gone() -> None:
    after = [*WAVE[:1], Asked("Q7", "Q7"), *WAVE[2:]]
    assert changes(WAVE, after) == [("added", "Q7"), ("gone", "Q2")]
    # What stands behind them did not move.
    assert changes([], WAVE[:1]) == [("added", "Q1")]
    assert changes(WAVE[:1], []) == [("gone", "Q1")]


def test_columns_of_one_question_are_options_that_come_and_go() -> None:
    assert changes(WHY, [*WHY, Asked("why", "5、(服务)")]) == [("option_added", "why")]
    assert changes(WHY, WHY[:1]) == [("option_gone", "why")]
    assert changes(WHY, WHY[::-1]) == []
    assert changes(WHY, [Asked("why", "5、(价格)"), Asked("why", "5、(信号)")]) == [
        ("option_added", "why"),
        ("option_gone", "why"),
    ]


def test_a_fact_that_moves_moves_no_question() -> None:
    fact = Asked("tier", "等级")
    study = small_study(*TARGETS, columns=[{"id": "tier", "label": both("等级"), "kind": "category"}])
    for after in ([*WAVE, fact], [*WAVE[:2], fact, *WAVE[2:]]):
        assert column_changes([fact, *WAVE], after, study, "w2.xlsx", "w1") == ()


def test_what_the_study_no_longer_knows_is_still_named() -> None:
    assert changes([Asked("old", "旧题")], []) == [("gone", "old")]


def test_an_account_that_is_kept_says_what_was_asked() -> None:
    columns = [
        ColumnReport("A", "1、Q1", "Q1", "item", {}, {}, key="Q1(x)"),
        ColumnReport("B", "Q2", "Q2", "item", {}, {}),
    ]
    kept = {"columns": [{"target": c.target, "header": c.header, "key": c.key} for c in columns]}
    assert asked_then(kept) == asked_now(columns) == (Asked("Q1", "1、Q1", "Q1(x)"), Asked("Q2", "Q2"))
    assert asked_then({}) == ()
    # Accounts of earlier versions have no keys.
    assert asked_then({"columns": [{"target": "Q1", "header": "Q1"}]}) == (Asked("Q1", "Q1"),)


QUESTIONS = [Asked(target, f"{target}?") for target in TARGETS]


@given(st.permutations(QUESTIONS))
def test_a_permutation_names_a_smallest_set_whose_removal_leaves_the_rest_in_order(
    after: list[Asked],
) -> None:
    found = changes(QUESTIONS, after)
    assert {code for code, _ in found} <= {"moved"}
    went = {id_ for _, id_ in found}
    rest = [column.target for column in after if column.target not in went]
    assert rest == sorted(rest)
    targets = [column.target for column in after]
    for fewer in combinations(targets, len(went) - 1) if went else ():
        left = [target for target in targets if target not in fewer]
        assert left != sorted(left)


@given(st.lists(st.sampled_from(QUESTIONS), unique=True), st.lists(st.sampled_from(QUESTIONS), unique=True))
def test_every_question_of_either_wave_is_accounted_for(before: list[Asked], after: list[Asked]) -> None:
    found = changes(before, after)
    assert {id_ for code, id_ in found if code == "added"} == {c.target for c in after if c not in before}
    assert {id_ for code, id_ in found if code == "gone"} == {c.target for c in before if c not in after}
