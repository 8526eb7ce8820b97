"""A study that asks what the drawn exports of platforms ask, and imports of them with decisions in a text.

The codes of its options are no positions and its scale runs against the order on the screen, so that a
number taken for what it is not shows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from drawing import both, small_study
from exports_cn import PEOPLE, SCALE, Person, Rows, write_rows

from survey.decisions import Decisions, read_decisions
from survey.errors import ImportProblems, Problem
from survey.importing import Imported, ImportOptions, read_answers
from survey.mapping import HeaderIndex
from survey.questions import BlankKind
from survey.responses import Responses
from survey.study import Study
from survey.workbook import read_workbook

PRICE, NETWORK, OTHER = 10, 20, 30
CODES = (PRICE, NETWORK, OTHER)
_OPTIONS = [
    {"code": PRICE, "label": both("价格", "Price")},
    {"code": NETWORK, "label": both("网络", "Network")},
    {"code": OTHER, "label": both("其他", "Other"), "open": True, "aliases": ["其他【请注明】"]},
]
_SCALES: dict[str, Any] = {
    "five": {
        "ends": [1, 5],
        "labels": {5 - n: both(word, f"Level {5 - n}") for n, word in enumerate(SCALE)},
    },
    "ten": {"ends": [0, 10]},
}


def platform_study(**parts: Any) -> Study:
    """Return the study; any part of it may be replaced."""
    base: dict[str, Any] = {
        "scales": _SCALES,
        "open_questions": [
            {
                "id": "remark",
                "text": both("您的建议（可选）", "Any remarks?"),
                "label": both("建议", "Remarks"),
                "aliases": ["建议(60字以内)"],
            }
        ],
        "choice_questions": [
            {
                "id": "reasons",
                "text": both("不满意的原因", "What was wrong?"),
                "label": both("原因", "Reasons"),
                "options": _OPTIONS,
                "aliases": ["第2题", "不满意的原因？（）"],
                "asked_if": {"item": "overall", "answers": [1, 4, 5]},
            },
            {
                "id": "ranked",
                "text": both("请排序", "Put these in order"),
                "label": both("排序", "Order"),
                "kind": "ranking",
                "options": _OPTIONS,
            },
        ],
    }
    items: list[dict[str, Any]] = [
        _item("overall", "总体满意度", "您对服务满意吗？"),
        _item("look", "外观"),
        _item("work", "功能"),
        {**_item("recommend", "推荐可能性", "推荐可能性（0-10分）"), "scale": "ten"},
    ]
    return small_study(*items, **(base | parts))


def _item(id_: str, text: str, *aliases: str) -> dict[str, Any]:
    return {"id": id_, "text": both(text, f"How is {id_}?"), "label": both(text, id_), "aliases": aliases}


STUDY = platform_study()

# What nobody but the form knows of its lists.
ORDER = "- {header: 4、请排序, is: ranked, options: {1: 10, 2: 20, 3: 30}}"


def decided(text: str, layout: str, index: HeaderIndex) -> Decisions:
    """Return the decisions of a mapping file."""
    return read_decisions(text, f"{layout}.yaml", layout, index)


def read_rows(
    path: Path, rows: Rows, study: Study = STUDY, *, mapping: str = "", wave: str = "w1", **options: Any
) -> Imported:
    """Write rows to ``path`` and import them; ``mapping`` is the text of the mapping file."""
    return read_file(write_rows(path, rows), study, mapping=mapping, wave=wave, **options)


def read_file(
    path: Path, study: Study = STUDY, *, mapping: str = "", wave: str = "w1", **options: Any
) -> Imported:
    """Import a file; ``mapping`` is the text of the mapping file."""
    if mapping:
        options["decisions"] = lambda layout, index: decided(mapping, layout, index)
    return read_answers(read_workbook(path), study, wave, ImportOptions(**options))


def answers_of(responses: Responses) -> list[tuple[Any, ...]]:
    """Return what each respondent answered: codes, choices, texts."""
    choices, comments = responses.choices, responses.comments
    parts = zip(
        responses.codes.tolist(),
        choices["reasons"],
        choices["ranked"],
        comments["reasons"],
        comments["remark"],
        strict=True,
    )
    return [tuple(part) for part in parts]


def expected(people: Sequence[Person] = PEOPLE) -> list[tuple[Any, ...]]:
    """Return what ``answers_of`` finds of people, whichever platform and form their answers came in."""
    found: list[tuple[Any, ...]] = []
    for person in people:
        rated = [_code(person.overall), *map(_code, person.rows)]
        recommend = BlankKind.BLANK if person.recommend is None else person.recommend
        reasons = tuple(CODES[n - 1] for n in person.reasons) or BlankKind.NOT_ASKED
        ranked = tuple(CODES[n - 1] for n in person.order)
        found.append(([*rated, recommend], reasons, ranked, person.typed, person.remark))
    return found


def without_typed(answers: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return answers without what was typed beside options, which files of numbers lose."""
    return [(*answer[:3], "", answer[4]) for answer in answers]


def _code(position: int | None) -> int:
    return BlankKind.BLANK if position is None else 6 - position


def everything(imported: Imported) -> str:
    """Return all that an import keeps or says, for finding what it should not."""
    return f"{imported.responses} {json.dumps(imported.report.document(), ensure_ascii=False)}"


def refused(
    path: Path, rows: Rows, study: Study = STUDY, **options: Any
) -> list[tuple[str, str | None, str]]:
    """Return code, cell and severity of what is noted when an import is refused, contact columns aside."""
    return [(p.code, p.place.cell, p.severity) for p in refusal(path, rows, study, **options)]


def refusal(path: Path, rows: Rows, study: Study = STUDY, **options: Any) -> list[Problem]:
    """Return the problems of an import that is refused, contact columns aside."""
    with pytest.raises(ImportProblems) as caught:
        read_rows(path, rows, study, **options)
    for problem in caught.value.problems:
        assert problem.line("zh") != problem.line("en")
    return _besides_contacts(caught.value.problems)


def warned(imported: Imported) -> list[tuple[str, str | None]]:
    """Return code and cell of the warnings of an import, contact columns aside."""
    return [(p.code, p.place.cell) for p in _besides_contacts(imported.report.warnings)]


def _besides_contacts(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.code != "import_contact_left_out"]
