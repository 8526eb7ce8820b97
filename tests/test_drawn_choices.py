"""Simulated choices and days keep to the study and come back from their workbook as they were drawn."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from drawing import KEYED, both, small_study

from survey.default_truth import default_truth
from survey.importing import read_answers
from survey.questions import BlankKind
from survey.sample_workbook import write_workbook
from survey.simulate import simulate
from survey.workbook import read_workbook


def _options(*names: str, exclusive: str = "") -> list[dict[str, object]]:
    return [
        {"code": code, "label": both(name), "exclusive": name == exclusive}
        for code, name in enumerate(names, start=1)
    ]


STUDY = small_study(
    {"id": "fault", "scale": "yes_no"},
    "Q1",
    choice_questions=[
        {
            "id": "why",
            "text": both("为什么？", "Why?"),
            "label": both("原因", "Reasons"),
            "options": _options("价格", "网络", "没有", exclusive="没有"),
            "most": 2,
            "asked_if": {"item": "fault", "answers": [1]},
        },
        {
            "id": "order",
            "text": both("请排序", "Put in order"),
            "label": both("次序", "Order"),
            "kind": "ranking",
            "options": _options("甲", "乙", "丙"),
        },
    ],
    columns=[*KEYED["columns"], {"id": "since", "label": both("开户日", "Since"), "kind": "date"}],
    design=KEYED["design"],
)
DRAWN = simulate(STUDY, default_truth(STUDY), "w1", 300, 7)


def test_choices_keep_to_the_study() -> None:
    answers = DRAWN.responses
    for code, choice in zip(answers.codes[:, 0].tolist(), answers.choices["why"], strict=True):
        assert (choice is BlankKind.NOT_ASKED) == (code != 1)
        if isinstance(choice, tuple):
            assert len(choice) <= 2
            assert 3 not in choice or choice == (3,)
    assert {frozenset(order) for order in answers.choices["order"] if isinstance(order, tuple)} == {
        frozenset({1, 2, 3})
    }
    assert len(set(answers.choices["order"])) == 6
    assert all(date.fromisoformat(str(day)) <= date(2026, 9, 30) for day in answers.columns["since"])


def test_they_come_back_from_their_workbook(tmp_path: Path) -> None:
    path = tmp_path / "drawn.xlsx"
    write_workbook(DRAWN.responses, STUDY, path)
    read = read_answers(read_workbook(path), STUDY, "w1").responses
    assert read.columns["since"] == DRAWN.responses.columns["since"]
    assert read.choices["order"] == DRAWN.responses.choices["order"]
    # A cell cannot tell that nothing was chosen from not having answered.
    for before, after in zip(DRAWN.responses.choices["why"], read.choices["why"], strict=True):
        assert after == (before or BlankKind.BLANK)
