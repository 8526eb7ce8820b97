"""What was decided about a layout: written down, read back, checked line by line, and obeyed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawing import both
from exports_cn import wenjuanxing
from hypothesis import example, given
from hypothesis import strategies as st
from platform_imports import ORDER, answers_of, expected, platform_study, read_rows, refusal, refused, warned

from survey.decisions import Decision, Decisions, read_decisions, write_decisions
from survey.errors import ImportProblems
from survey.layouts.export import ExportColumn
from survey.mapping import SIMILAR, HeaderIndex, proposal
from survey.questions import BlankKind
from survey.yaml_syntax import UNPRINTABLE

CATEGORY = {
    "id": "tier",
    "label": both("等级", "Tier"),
    "kind": "category",
    "optional": True,
    "categories": [
        {"value": "1", "label": both("战略", "Key")},
        {"value": "是", "label": both("其他", "Rest")},
    ],
}
FLAG = {"id": "renewed", "label": both("续约", "Renewed"), "kind": "flag", "optional": True}
INDEX = HeaderIndex(platform_study(columns=[CATEGORY, FLAG]))


def read(text: str) -> Decisions:
    return read_decisions(text, "wenjuanxing.yaml", "wenjuanxing", INDEX)


# -- the file -------------------------------------------------------------------------------------

TEXTS = st.text(min_size=1).filter(lambda text: not UNPRINTABLE.search(text))
TRICKY = st.sampled_from(
    [
        *("1e3", "007", "1.10", "yes", "null", "~", "- a", "a: b", "#", "'", '"', "[x]", "{x}", "0x1F"),
        *("2026-01-01", "12:30", "1_0", "是", "a\nb", "\x85", "a\u2028", "\u00a0x", "1、满意 "),
        *("?", "!x", "&a", "*a", "|", ">", "%", "true"),
    ]
)
HEADERS = st.one_of(TRICKY, TEXTS)
OPTIONS = {
    "overall": st.integers(1, 5),
    "ranked": st.sampled_from([10, 20, 30]),
    "tier": st.sampled_from(["1", "是"]),
    "renewed": st.booleans(),
}


@st.composite
def decisions(draw: st.DrawFn) -> Decisions:
    columns = []
    keys = draw(st.lists(HEADERS, unique=True, max_size=4))
    for n in range(draw(st.integers(0, 4))):
        target = draw(st.sampled_from([*OPTIONS, "remark", "none"]))
        meant = st.dictionaries(st.integers(0, 99), OPTIONS.get(target, st.nothing()), max_size=3)
        options = draw(st.none() | meant) if target in OPTIONS else None
        key = keys[n] if n < len(keys) and draw(st.booleans()) else None
        columns.append(Decision(draw(HEADERS), target, key, options))
    numbers: Any = draw(st.sampled_from([None, "codes", "low-first", "high-first"]))
    absent = draw(st.lists(st.sampled_from(["look", "work"]), unique=True))
    return Decisions("wenjuanxing", numbers, tuple(columns), tuple(absent))


@given(decisions(), st.sampled_from(["", "一行\n两行", "# x"]))
@example(Decisions("wenjuanxing", None, (Decision("1e3", "none", "1e3"),)), "")
def test_a_written_file_reads_back_as_the_same_decisions(found: Decisions, heading: str) -> None:
    assert read(write_decisions(found, heading)) == found
    assert found.digest == read(write_decisions(found, heading)).digest


def test_characters_that_no_file_may_hold_are_left_out() -> None:
    column = ExportColumn(1, "总体\ud800满意\x01度", key="Q1\uffff")
    written = write_decisions(Decisions("x", None, (Decision(column.header, "overall", column.key),)), "")
    found = read_decisions(written, "x.yaml", "x", INDEX)
    assert found.columns == (Decision("总体满意度", "overall", "Q1"),)
    assert found.about([column])[1].target == "overall"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("- a\n- b", "mapping_not_mapping", 1),
        ("layout: wenjuanxing\nnumber: codes", "mapping_key", 2),
        ("layout: tencent", "mapping_layout", 1),
        ("layout: wenjuanxing\nnumbers: scores", "mapping_numbers", 2),
        ("columns: {a: 1}", "mapping_list", 1),
        ("absent: look", "mapping_list", 1),
        ("absent:\n  - look\n  - looks", "mapping_target", 3),
        ("columns:\n  - {header: a, is: overal}", "mapping_target", 2),
        ("columns:\n  - {header: a, is: look}\n  - {header: b}", "mapping_undecided", 3),
        ("columns:\n  - {header: a, is: }", "mapping_undecided", 2),
        ("columns:\n  - {is: look}", "mapping_column", 2),
        ("columns:\n  - {header: [a], is: look}", "mapping_column", 2),
        ("columns:\n  - look", "mapping_column", 2),
        ("columns:\n  - {header: a, is: look, option: {1: 2}}", "mapping_key", 2),
        ("columns:\n  - {header: a, is: look, options: [5, 4]}", "mapping_options", 2),
        ("columns:\n  - {header: a, is: look, options: {a: 5}}", "mapping_options", 2),
        ("columns:\n  - {header: a, is: look, options: {1: 6}}", "mapping_option", 2),
        ("columns:\n  - {header: a, is: look, options: {1: …}}", "mapping_option", 2),
        ("columns:\n  - {header: a, is: look, options: {1: [5]}}", "mapping_option", 2),
        ("columns:\n  - {header: a, is: ranked, options: {1: 1}}", "mapping_option", 2),
        ("columns:\n  - {header: a, is: tier, options: {1: 战略}}", "mapping_option", 2),
        ("columns:\n  - {header: a, is: renewed, options: {1: 1}}", "mapping_option", 2),
        ("columns:\n  - {header: a, is: remark, options: {1: 1}}", "mapping_options_unused", 2),
        ("columns:\n  - {header: a, is: none, options: {1: 1}}", "mapping_options_unused", 2),
        (
            "columns:\n  - {header: a, key: k, is: look}\n  - {header: b, key: k, is: work}",
            "mapping_twice",
            3,
        ),
        ("columns: [", "study_syntax", 1),
        ("columns:\n\t- a", "study_tab", 2),
        ("", "study_empty_file", 1),
    ],
)
def test_every_problem_of_the_file_has_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(ImportProblems) as caught:
        read(text)
    [problem] = caught.value.problems
    assert (problem.code, problem.place.line) == (code, line)
    assert problem.line("zh") != problem.line("en")


def test_all_problems_are_listed_at_once() -> None:
    with pytest.raises(ImportProblems) as caught:
        read("numbers: x\nabsent: [x, y]\ncolumns:\n  - {header: a, is: x}\n  - {header: b}")
    assert [problem.place.line for problem in caught.value.problems] == [1, 2, 2, 4, 5]


def test_what_looks_like_a_number_stays_a_text() -> None:
    text = "columns:\n  - {header: 2026, key: 1.10, is: tier, options: {1: 1, 2: 是}}"
    assert read(text).columns == (Decision("2026", "tier", "1.10", {1: "1", 2: "是"}),)


# -- decisions and headers ------------------------------------------------------------------------


def test_a_key_counts_before_a_header() -> None:
    decided = Decisions("x", None, (Decision("总体满意度", "overall", "Q1"), Decision("外观", "look")))

    def about(*columns: ExportColumn) -> list[str]:
        return [decision.target for decision in decided.about(columns).values()]

    assert about(ExportColumn(1, "外观", key="Q1")) == ["overall"]
    assert about(ExportColumn(1, "总体满意度", key="Q2")) == []  # another question of that wording
    assert about(ExportColumn(1, "总体满意度")) == ["overall"]
    assert about(ExportColumn(1, " 外观：", key="Q3")) == ["look"]


def test_a_decision_that_contradicts_the_header_holds_and_is_said(tmp_path: Path) -> None:
    mapping = "columns:\n- {header: '3、(外观)', is: work}\n- {header: '3、(功能)', is: look}"
    found = read_rows(tmp_path / "w.xlsx", wenjuanxing("text", "B"), mapping=mapping)
    assert found.responses.codes[0].tolist() == [4, 5, 4, 9]
    assert warned(found) == [("import_mapping_differs", "I1"), ("import_mapping_differs", "J1")]
    by = {column.target: column.how for column in found.report.columns}
    assert (by["look"], by["overall"]) == ("decided", "study")


def test_a_column_left_out_is_not_there(tmp_path: Path) -> None:
    rows = wenjuanxing("text", "B")
    mapping = "columns:\n- {header: '3、(外观)', is: none}"
    # The study needs it, so somebody has to say that the file has none.
    assert [code for code, *_ in refused(tmp_path / "w.xlsx", rows, mapping=mapping)] == [
        "import_column_missing_export",
        "import_column_left_out_decided",
    ]
    found = read_rows(tmp_path / "w.xlsx", rows, mapping=f"absent: [look]\n{mapping}")
    assert found.responses.items == ("overall", "work", "recommend")
    assert found.responses.codes[0].tolist() == [4, 5, 9]
    assert [left.header for left in found.report.left_out if not left.contact] == ["3、(外观)"]


def test_what_is_absent_by_decision_and_there_all_the_same_is_read_and_said(tmp_path: Path) -> None:
    found = read_rows(tmp_path / "w.xlsx", wenjuanxing("text", "B"), mapping="absent: [look]")
    assert answers_of(found.responses) == expected()
    assert warned(found) == [("import_absent_present", None)]


def test_proposals_and_what_is_left_out_are_remembered(tmp_path: Path) -> None:
    rows = wenjuanxing("text", "B", parameter="uid")
    rows[0][6] = "1、总体来说的满意度"
    found = refused(tmp_path / "w.xlsx", rows)
    assert [(code, cell) for code, cell, _ in found] == [
        ("import_question_proposed", "G1"),
        ("import_question_unknown", "I1"),
    ]
    once = read_rows(tmp_path / "w.xlsx", rows, accept=True, leave_out=True)
    assert [(d.header, d.target) for d in once.decisions.columns] == [
        ("1、总体来说的满意度", "overall"),
        ("uid", "none"),
    ]
    again = read_rows(tmp_path / "w.xlsx", rows, mapping=write_decisions(once.decisions, ""))
    assert answers_of(again.responses) == answers_of(once.responses) == expected()
    assert again.decisions == once.decisions


def test_a_proposal_says_how_alike_it_is_and_below_the_threshold_there_is_none(tmp_path: Path) -> None:
    for header in ("总体满意程度如何", "总体满意", "总满意", "总体", "体总意满", "x"):
        rows = wenjuanxing("text", "B")
        rows[0][6] = f"1、{header}"
        [problem, *_] = refusal(tmp_path / "w.xlsx", rows)
        near = proposal(header, INDEX.targets)
        assert (problem.code == "import_question_proposed") == (near is not None)
        if near is not None:
            assert near.similarity > SIMILAR
            assert problem.values["similarity"] == f"{near.similarity:.2f}"
            assert f"{near.similarity:.2f}" in problem.message("zh")
    assert proposal("总体满意", INDEX.targets) is not None
    assert proposal("x", INDEX.targets) is None


def test_an_earlier_wave_says_what_a_reworded_question_is(tmp_path: Path) -> None:
    rows = wenjuanxing("text", "B")
    rows[0][6] = "1、贵公司的服务怎么样"
    known = {"1、贵公司的服务怎么样": "overall"}
    found = read_rows(tmp_path / "w.xlsx", rows, earlier=lambda layout: known)
    assert answers_of(found.responses) == expected()
    assert {c.header: c.how for c in found.report.columns}["1、贵公司的服务怎么样"] == "earlier"
    # The platform's own id of a question outlives its wording.
    by_key = read_rows(
        tmp_path / "w.xlsx", rows, earlier=lambda layout: {"Q1(贵公司的服务怎么样)": "overall"}
    )
    assert answers_of(by_key.responses) == expected()
    # What is no longer in the study is no reason to stop.
    assert refused(tmp_path / "w.xlsx", rows, earlier=lambda layout: dict.fromkeys(known, "gone"))


def test_options_of_one_column_hold_for_it_alone(tmp_path: Path) -> None:
    rows = wenjuanxing("options", "B")
    mapping = "numbers: high-first\ncolumns:\n" + ORDER
    mapping += "\n- {header: '3、(功能)', is: work, options: {1: 1, 2: 2, 3: 3, 4: 4, 5: 99}}"
    found = read_rows(tmp_path / "w_按序号_x.xlsx", rows, BLANKS, mapping=mapping)
    assert found.responses.codes[:, 2].tolist() == [1, 1, BlankKind.NOT_APPLICABLE, BlankKind.BLANK]
    assert found.responses.codes[:, 1].tolist() == [4, 5, 2, 3]


BLANKS = platform_study(
    scales={
        "five": {"ends": [1, 5], "blanks": {99: {"kind": "not_applicable"}}},
        "ten": {"ends": [0, 10]},
    }
)
