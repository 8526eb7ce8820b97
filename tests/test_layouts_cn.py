"""Exports of 问卷星 and 腾讯问卷 are known by their structure, whatever their headers look like."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

import pytest
from exports_cn import (
    LEADING,
    TENCENT_BEFORE,
    Cell,
    Mode,
    Named,
    Rows,
    Variant,
    blanks_to_fill,
    head_of,
    known,
    questions,
    tencent,
    wenjuanxing,
    wenjuanxing_name,
    write_rows,
)
from hypothesis import given
from hypothesis import strategies as st

from survey.layouts import recognised
from survey.layouts.export import Dialect, Export
from survey.layouts.moments import moment_of, seconds_of
from survey.workbook import read_workbook

MODES: tuple[Mode, ...] = ("text", "scores", "options")
VARIANTS: tuple[Variant, ...] = ("A", "B", "C", "D", "E")


def parts(export: Export, question: str) -> list[str | None]:
    return [column.part for column in export.columns if column.question == question and not column.typed]


def read(path: Path) -> Export:
    (sheet,) = read_workbook(path).sheets
    (export,) = recognised(path.name, sheet, list(islice(sheet.rows(), 50)))
    return export


# -- 问卷星 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("mode", MODES)
def test_a_workbook_and_a_text_file_are_the_same_export(tmp_path: Path, mode: Mode, kind: str) -> None:
    rows = wenjuanxing(mode, "B")
    export = read(write_rows(tmp_path / wenjuanxing_name(mode, kind=kind), rows))
    assert export == known(rows, wenjuanxing_name(mode))
    assert (export.layout, export.header_rows, export.first_row) == ("wenjuanxing", (1,), 2)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("mode", MODES)
def test_the_leading_columns_are_no_questions(mode: Mode, variant: Variant) -> None:
    export = known(wenjuanxing(mode, variant))
    leading = [(column.header, column.role, column.meta) for column in export.columns[:6]]
    assert leading == [
        ("序号", "meta", "respondent"),
        ("提交答卷时间", "meta", "submitted"),
        ("所用时间", "meta", "seconds"),
        ("来源", "meta", "source"),
        ("来源详情", "meta", "source"),
        ("来自IP", "contact", None),
    ]
    assert all(column.role == "question" for column in export.columns[6:])
    assert [column.column for column in export.columns] == list(range(1, len(export.columns) + 1))
    assert export.states == export.states_within == {}


def test_times_and_durations_of_the_samples_are_read() -> None:
    for rows, n in ((wenjuanxing(), 1), (tencent(), 2), (tencent(since_2024=False), 2)):
        columns = {column.meta: column.column for column in known(rows).columns}
        assert moment_of(rows[1][columns["submitted"] - 1]) == f"2026-09-03T12:01:{'00' if n == 1 else '11'}"
        assert seconds_of(rows[1][columns["seconds"] - 1]) == (31 if n == 1 else 11)


@pytest.mark.parametrize("variant", VARIANTS)
def test_options_have_columns_of_their_own_where_answers_are_numbers(variant: Variant) -> None:
    export = known(wenjuanxing("options", variant))
    reasons = [column for column in export.columns if column.question == "Q2"]
    assert [column.part for column in reasons] == ["价格", "网络", "其他【请注明】"]
    assert [column.key for column in reasons] == ["Q2(价格)", "Q2(网络)", "Q2(其他【请注明】)"]
    stem = ("不满意的原因？（）",) if variant == "C" else ()
    assert {column.stems for column in reasons} == {(*stem, "第2题")}
    # The reason is no item of that name; a row of a matrix may be one.
    assert not any(column.part in column.names for column in reasons)
    assert all(column.names[-1] == column.header for column in reasons)
    assert not any(column.typed for column in export.columns)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("mode", MODES)
def test_rows_of_a_matrix_share_a_question(mode: Mode, variant: Variant) -> None:
    columns = [column for column in known(wenjuanxing(mode, variant)).columns if column.question == "Q3"]
    mark = "：" if variant == "D" else ""
    assert [column.part for column in columns] == [f"外观{mark}", f"功能{mark}"]
    if variant in "CDE":
        stem = f"请评价以下各项{mark}"
        assert {column.stems for column in columns} == {(stem, "第3题")}
        assert f"{stem}—功能{mark}" in columns[1].names
    else:
        assert {column.stems for column in columns} == {("第3题",)}
        assert columns[1].names == ("功能", columns[1].header)


def test_a_plain_question_is_known_with_and_without_its_number() -> None:
    columns = questions(known(wenjuanxing("text", "A")))
    assert columns[0].header == "1、总体满意度 "
    assert columns[0].names == ("总体满意度", "1、总体满意度")
    assert columns[-1].names == ("您的建议（可选）", "6：您的建议（可选）")
    assert [column.key for column in columns] == [
        *("Q1(总体满意度)", "Q2(不满意的原因)", "Q3(外观)", "Q3(功能)", "Q4(请排序)"),
        *("Q5(推荐可能性（0-10分）)", "Q6(您的建议（可选）)"),
    ]
    assert [column.question for column in columns] == [None, None, "Q3", "Q3", None, None, None]


def test_several_blanks_are_parts_and_a_bare_header_has_no_key() -> None:
    columns = questions(known(blanks_to_fill()))
    assert [(column.key, column.question, column.part) for column in columns] == [
        ("Q1(您的年龄段：)", None, None),
        (None, None, None),
        ("Q2(收货人姓名：)", "Q2", "收货人姓名："),
        ("Q2(所在地区：)", "Q2", "所在地区："),
        ("Q2(详细地址:)", "Q2", "详细地址:"),
    ]
    assert columns[0].names == ("您的年龄段：", "1. 您的年龄段：")
    assert columns[1].names == ("您的姓名",)


def test_a_link_parameter_in_the_middle_is_a_question_of_its_own() -> None:
    export = known(wenjuanxing("options", "B", parameter="uid"))
    (hidden,) = (column for column in export.columns if column.header == "uid")
    assert (hidden.role, hidden.names, hidden.key, hidden.question) == ("question", ("uid",), None, None)
    assert parts(export, "Q3") == ["外观", "功能"]


def test_further_leading_columns_may_stand_anywhere_among_them() -> None:
    leading = ("序号", "用户ID", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分")
    export = known(wenjuanxing("text", "A", leading=leading))
    assert [column.meta for column in export.columns[:8]].count("other") == 2
    assert [c.header for c in export.columns if c.meta == "respondent"] == ["序号"]
    assert export.columns[8].key == "Q1(总体满意度)"


def test_leading_columns_may_hold_nothing() -> None:
    rows = wenjuanxing("text", "A", empty=LEADING[1:])
    assert known(rows).columns == known(wenjuanxing("text", "A")).columns


def test_one_leading_column_may_be_missing_and_two_may_not() -> None:
    for enough in (LEADING[:5], LEADING[1:]):
        assert known(wenjuanxing(leading=enough)).layout == "wenjuanxing"
    for few in (LEADING[:4], LEADING[:3], LEADING[2:]):
        assert recognised(wenjuanxing_name("text"), Named(), head_of(wenjuanxing(leading=few))) == []


def test_a_title_may_stand_above_the_header() -> None:
    export = known([["2026年三季度客户满意度调查"], [None], *wenjuanxing()])
    assert (export.header_rows, export.first_row) == ((3,), 4)


def test_keys_are_unique_or_absent() -> None:
    rows: Rows = [[*LEADING, "1、性别", "2、年龄", "1、性别", "3、(快)", "4、", "3、(快)", "3、(慢)"]]
    columns = questions(known(rows))
    assert [column.key for column in columns] == [None, "Q2(年龄)", None, None, None, None, "Q3(慢)"]
    assert [column.question for column in columns] == [None, None, None, "Q3", None, "Q3/2", "Q3/2"]


@pytest.mark.parametrize("rows", [wenjuanxing("options", "B"), wenjuanxing("text", "C"), tencent()])
def test_a_number_of_the_platform_is_no_id_of_a_study(rows: Rows) -> None:
    for column in questions(known(rows)):
        assert not any(
            re.fullmatch(r"[A-Za-z]\w*", name) for name in (*column.names, *column.stems, column.key or "")
        )


def test_what_the_platform_writes_into_cells() -> None:
    dialect = known(wenjuanxing()).dialect
    assert dialect == Dialect(
        joins=("┋",),
        ranks=("→",),
        typed=("〖", "〗"),
        blanks={"(跳过)": "not_asked", "(空)": "blank"},
        numbers_said=True,
    )
    numbered = known(wenjuanxing("options")).dialect
    assert numbered.ranks == ("→", ",")
    assert numbered.blank_codes == {-3: "not_asked", -2: "blank"}
    assert numbered.positions


# -- 腾讯问卷 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("since_2024", [False, True])
def test_tencent_as_text_file_and_workbook(tmp_path: Path, since_2024: bool, encoding: str) -> None:
    rows = tencent(since_2024=since_2024)
    export = read(write_rows(tmp_path / "12345678_20260903120000.csv", rows, encoding=encoding))
    assert export == read(write_rows(tmp_path / "12345678.xlsx", rows)) == known(rows)
    assert (export.layout, export.header_rows, export.first_row) == ("tencent", (1,), 2)
    assert len(export.columns) == len(rows[0]) - 1  # the last column has no header


@pytest.mark.parametrize("since_2024", [False, True])
def test_what_tencent_adds_before_and_behind_the_questions(since_2024: bool) -> None:
    export = known(tencent(since_2024=since_2024))
    metas = {column.header: column.meta for column in export.columns if column.role == "meta"}
    contacts = [column.header for column in export.columns if column.role == "contact"]
    assert [metas[name] for name in TENCENT_BEFORE] == ["respondent", "started", "submitted", "seconds"]
    assert metas["自定义字段"] == "source"
    assert metas["地理位置省"] == "other"
    assert metas.get("清洗数据结果") == ("status" if since_2024 else None)
    assert contacts == (["昵称", "IP"] if since_2024 else [])
    assert len(questions(export)) == 15


def test_questions_of_tencent() -> None:
    columns = questions(known(tencent()))
    assert [(column.key, column.question, column.part, column.typed) for column in columns] == [
        ("Q1(您对服务满意吗？)", None, None, False),
        ("Q1(您对服务满意吗？)[选项填空]", "Q1", None, True),
        ("Q2(价格)", "Q2", "价格", False),
        ("Q2(网络)", "Q2", "网络", False),
        ("Q2(其他)", "Q2", "其他", False),
        ("Q2(其他)[选项填空]", "Q2", "其他", True),
        ("Q3(外观)", "Q3", "外观", False),
        ("Q3(功能)", "Q3", "功能", False),
        ("Q4(价格)", "Q4", "价格", False),
        ("Q4(网络)", "Q4", "网络", False),
        ("Q4(其他)", "Q4", "其他", False),
        ("Q5(推荐可能性)", None, None, False),
        ("Q6(填空1)", "Q6", "填空1", False),
        ("Q6(填空2)", "Q6", "填空2", False),
        ("Q7(建议(60字以内))", None, None, False),
    ]
    for column in columns:
        # The reason is no item of that name; a row of a matrix may be one.
        assert (column.part in column.names) == (column.question in ("Q3", "Q4")), column
    by_key = {column.key: column for column in columns}
    assert by_key["Q1(您对服务满意吗？)"].names == ("您对服务满意吗？", "1.您对服务满意吗？")
    assert by_key["Q2(价格)"].stems == ("不满意的原因？",)
    assert by_key["Q3(外观)"].names == ("外观", "请评价以下各项:外观", "3.请评价以下各项:外观")
    assert by_key["Q6(填空1)"].names == ("你来自于：_填空1", "6.你来自于：_填空1")
    assert by_key["Q7(建议(60字以内))"].names[0] == "建议(60字以内)"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (("5.网络:速度:白天", "5.网络:速度:夜间"), ["白天", "夜间"]),
        (("5.网络？:白天：快", "5.网络？:白天：慢"), ["白天：快", "白天：慢"]),
        (("4.5G网络", "5.价格:贵吗"), [None, None]),
        (("3.姓名", "3.城市"), [None, None]),
        (("4.题:A", "4.题:A"), [None, None]),
    ],
)
def test_the_stem_ends_where_the_columns_of_a_question_part(
    headers: tuple[str, ...], expected: list[str | None]
) -> None:
    columns = questions(known([[*TENCENT_BEFORE, *headers]]))
    assert [column.part for column in columns] == expected


def test_every_digit_before_a_full_stop_is_a_number_of_tencent() -> None:
    (column,) = questions(known([[*TENCENT_BEFORE, "4.5G网络"]]))
    assert (column.key, column.names[0]) == ("Q4(5G网络)", "5G网络")


def test_rejected_answers_of_tencent_are_marked() -> None:
    rows = tencent(rejected=[2])
    export = known(rows)
    (status,) = (column.column for column in export.columns if column.meta == "status")
    assert [export.state(status, row[status - 1]) for row in rows[1:]] == [None, "invalid", None, None]
    assert export.state(status, None) is None
    assert export.state(1, "无效") is None


def test_letters_and_lines_to_write_on_are_no_part_of_an_option() -> None:
    dialect = known(tencent()).dialect
    assert [
        dialect.unmarked(text) for text in ("A.男", "B. 女", "男", "F.其他____{fillblank-345b}", "AB.x")
    ] == [*("男", "女", "男", "其他", "AB.x")]
    assert Dialect().unmarked("A.男") == "A.男"


# -- neither --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        ["编号", "姓名", "总体满意度", "网速"],
        ["序号", "来源", "来自IP", "1、总体满意度"],
        ["编号", "开始答题时间", "结束答题时间", "1.满意吗"],
        ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "ResponseId", "Q1"],
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "满意吗"],
        ["id", "submitdate", "lastpage", "startlanguage", "Q1"],
        ["时间戳记", "总体满意度"],
        ["ID", "开始时间", "完成时间", "电子邮件", "名称", "总体满意度"],
        ["start", "end", "N1", "_id", "_uuid", "_submission_time", "_index"],
    ],
)
def test_other_sheets_are_neither(header: list[Cell]) -> None:
    values: list[Cell] = ["5"] * len(header)
    found = recognised("331954276_按文本_满意度调查_4_4.xlsx", Named(), head_of([header, values]))
    assert not {export.layout for export in found} & {"wenjuanxing", "tencent"}


def test_a_sheet_without_rows_is_neither() -> None:
    assert recognised("wave.xlsx", Named(), []) == []


HEADERS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.builds(
            "{}{}{}".format, st.integers(1, 3), st.sampled_from("、.:("), st.text("一二(（)）—:", max_size=6)
        ),
        st.sampled_from(
            ["1.题:甲", "1.题:乙", "2.题_填空1", "2.题_填空2", "1.题[选项填空]", "3、甲—乙", "3、丙"]
        ),
    ),
    max_size=8,
)


@given(HEADERS, st.sampled_from([LEADING, TENCENT_BEFORE]))
def test_any_headers_may_follow(headers: list[str], leading: tuple[str, ...]) -> None:
    row: list[Cell] = [*leading, *headers]
    filled = [n for n, cell in enumerate(row, 1) if str(cell).split()]
    (export,) = recognised("x.xlsx", Named(), head_of([row, [1] * len(row)]))
    columns = [column.column for column in export.columns]
    assert columns == [n for n in columns if n in filled]
    keys = [column.key for column in export.columns if column.key]
    assert len(keys) == len(set(keys))
    for column in questions(export):
        assert column.header == row[column.column - 1]
        assert column.names
        assert all(name.strip() for name in (*column.names, *column.stems))
        assert column.part != ""
        assert column.part is None or column.question is not None
