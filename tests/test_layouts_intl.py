"""Exports of the international platforms are known by their structure, in any language of their headers."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest
from drawing import workbook
from exports_cn import MODE_NAMES, Named, head_of, known, questions, tencent, wenjuanxing
from exports_form_tools import google_forms
from exports_intl import EXPORTS, first_rows, write_export
from exports_survey_tools import NBSP
from hypothesis import given
from hypothesis import strategies as st

from survey.cells import CellValue, Row
from survey.layouts import LAYOUTS, headers, recognised, repeats
from survey.layouts.moments import moment_of
from survey.wording import matching

# How the column of one option may be headed: ``Why?(Price)``.
FORMS = ("()", "[]", (":", ""), ("—", ""), ("/", ""))

# -- every form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPORTS)
def test_each_form_is_known_by_one_layout_alone(name: str) -> None:
    layout, build = EXPORTS[name]
    assert [export.layout for export in recognised("wave.csv", Named(), head_of(build()))] == [layout]


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_without_answers_is_known_where_headers_alone_tell(name: str) -> None:
    layout, build = EXPORTS[name]
    export = known(build())
    bare = [row for row in head_of(build()) if row.number < export.first_row]
    found = recognised("wave.csv", Named(), bare)
    translated = {"limesurvey, texts, Chinese", "google forms, Estonian"}
    translated |= {"limesurvey, texts", "limesurvey, texts cut", "limesurvey, texts with underscores"}
    translated |= {"microsoft forms, Finnish", "microsoft forms, signed in"}
    assert [export.layout for export in found] == ([] if name in translated else [layout])


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_says_the_same_as_its_rows(tmp_path: Path, name: str, suffix: str) -> None:
    ((sheet, head),) = first_rows(write_export(tmp_path / f"wave{suffix}", name))
    (export,) = recognised("wave.csv", sheet, head)
    drawn = known(EXPORTS[name][1]())
    assert (export.layout, export.columns, export.dialect, export.states) == (
        drawn.layout,
        drawn.columns,
        drawn.dialect,
        drawn.states,
    )
    answers = [row for row in head if row.number >= export.first_row]
    assert len(answers) == len(head) - len(export.header_rows) > 0


@pytest.mark.parametrize("name", EXPORTS)
def test_what_a_layout_says_is_consistent(name: str) -> None:
    rows = EXPORTS[name][1]()
    export = known(rows)
    numbers = [column.column for column in export.columns]
    assert numbers == sorted(set(numbers))
    keys = [column.key for column in export.columns if column.key]
    assert len(keys) == len(set(keys))
    for column in export.columns:
        assert (column.role == "meta") == (column.meta is not None)
        assert column.role == "question" or (column.question, column.part, column.key) == (None, None, None)
        assert (column.question is None) == (column.part is None) == (not column.stems)
        assert column.role != "question" or column.names
        assert all(name.strip() for name in (*column.names, *column.stems))
    texts = {text for meanings in export.states.values() for text in meanings}
    assert texts == {matching(text) for text in texts}
    marks = export.dialect.chosen | export.dialect.unchosen
    assert marks == {matching(text) for text in marks}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_column_with_a_header_is_described(name: str) -> None:
    rows = EXPORTS[name][1]()
    export = known(rows)
    block = rows[: len(export.header_rows)]
    headed = {n for row in block for n, cell in enumerate(row, 1) if cell is not None}
    assert {column.column for column in export.columns} == headed


@pytest.mark.parametrize("name", EXPORTS)
def test_times_are_read_as_the_dialect_says(name: str) -> None:
    rows = EXPORTS[name][1]()
    export = known(rows)
    timed = [column.column for column in export.columns if column.meta in ("started", "submitted")]
    assert timed
    for row in head_of(rows):
        for column in timed:
            cell = row.cells.get(column)
            if row.number >= export.first_row and cell not in (None, "[not completed]"):
                assert moment_of(cell, month_first=export.dialect.month_first)


@pytest.mark.parametrize("name", EXPORTS)
def test_remarks_are_warnings_about_the_sheet_in_both_languages(name: str) -> None:
    for remark in known(EXPORTS[name][1]()).remarks:
        assert remark.severity == "warning"
        assert remark.place.file == "wave.xlsx"
        assert remark.line("zh") != remark.line("en")


def test_each_layout_has_a_name_of_its_own() -> None:
    names = [layout.NAME for layout in LAYOUTS]
    assert len(names) == len(set(names))
    assert {layout for layout, _ in EXPORTS.values()} <= set(names)


def test_no_name_of_a_respondent_or_place_is_a_question() -> None:
    for name, (_, build) in EXPORTS.items():
        rows = build()
        export = known(rows)
        asked = {column.column for column in questions(export)}
        told = [str(row[n - 1]) for row in rows for n in asked if n <= len(row)]
        assert not {"47.1", "192.0.2.7", "192.0.2.66", "li@example.org", "Li"} & set(told), name


# -- what is no such export -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "picture",
    [
        "Q1 Q2 Q3\n4 5 3\n2 1 5",
        "编号 Q1 Q2\na 4 5",
        "2026年三季度满意度调查\n编号 网速 价格\n1 4 5",
        "id start end email name Q1\n1 2026-09-01 2026-09-30 a@b.org Li 4",
        "id submitted page language Q1\n1 2026-09-03 2 zh 4",
        "Timestamp\n2026-09-03_12:00:00",
        "timestamp Q1\nsoon 4",
        "date Q1 Q2\n2026-09-03_12:00:00 4 5",
        "start end Q1\n2026-09-03T11:58:00 2026-09-03T12:00:38 4",
        "_id _uuid Q1\n1 a 4",
        "KEY SubmissionDate Q1\na 2026-09-03T04:00:38.000Z 4",
        "why___1 why___2\n1 0",
        "survey_complete Q1\n2 5",
        "Respondent_ID Q1\n7 4",
        "V1 V2 Q1\na b 4",
        '{"ImportId":"QID1"} Q1\n3 4',
        "{broken {json\n3 4\n5 6",
    ],
)
def test_plain_tables_are_no_exports(tmp_path: Path, picture: str) -> None:
    for sheet, head in first_rows(workbook(tmp_path, picture)):
        assert recognised("wave.xlsx", sheet, head) == []


def test_no_layout_takes_an_export_of_another_country() -> None:
    for rows in (tencent(), *(wenjuanxing(mode) for mode in MODE_NAMES)):
        assert len(recognised("wave.xlsx", Named(), head_of(rows))) == 1


def test_nothing_is_nothing() -> None:
    assert recognised("wave.xlsx", Named(), []) == []
    assert repeats("wave.xlsx", Named(), []) is None


CELLS = st.one_of(
    st.integers(-5, 10**12),
    st.booleans(),
    st.sampled_from(["ID", "id", "KEY", "Timestamp", "V1", "ResponseID", "_uuid", "x___1", "x_complete"]),
    st.sampled_from(["{", '{"ImportId": 3}', '{"ImportId":"QID1_TEXT"}', "a [b]", "[b]", "a/b", " - ", "\n"]),
    st.text(max_size=12),
)
SHEETS = st.lists(st.dictionaries(st.integers(1, 12), CELLS, max_size=12), max_size=6)


@given(SHEETS)
def test_any_sheet_can_be_looked_at(sheets: list[dict[int, CellValue]]) -> None:
    head = [Row(n, False, cells) for n, cells in enumerate(sheets, 1) if cells]
    for export in recognised("wave.xlsx", Named(), head):
        assert export.columns
        assert export.first_row > max(export.header_rows)


@given(st.data())
def test_the_order_of_questions_does_not_matter(data: st.DataObject) -> None:
    rows = google_forms()
    order = data.draw(st.permutations(range(1, len(rows[0]))))
    mixed = known([[row[0], *(row[n] for n in order)] for row in rows])
    plain = {column.column: column for column in known(rows).columns}
    for at, column in enumerate(mixed.columns[1:]):
        same = plain[order[at] + 1]
        assert (column.names, column.question, column.part) == (same.names, same.question, same.part)


# -- headers --------------------------------------------------------------------------------------


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(headers).failed == 0


@given(st.text(alphabet="ab []\n", max_size=12), st.text(alphabet="ab []", max_size=8))
def test_what_stands_in_brackets_is_found_again(stem: str, part: str) -> None:
    found = headers.in_brackets(f"{stem}[{part}]")
    balanced = part.count("[") == part.count("]") and all(
        part[:n].count("[") >= part[:n].count("]") for n in range(len(part))
    )
    if balanced:
        assert found == ((stem.rstrip(), part.strip()) if stem.strip() else None)


def test_blanks_between_headers_are_no_columns() -> None:
    row = Row(1, False, {1: "a", 2: " ", 3: NBSP, 4: "b\nc"})
    assert headers.headers_of(row) == {1: "a", 4: "b\nc"}


@pytest.mark.parametrize("name", EXPORTS)
def test_what_was_typed_is_not_taken_for_the_option_beside_it(name: str) -> None:
    for column in known(EXPORTS[name][1]()).columns:
        stems = {matching(stem) for stem in column.stems if column.typed}
        taken = {
            f"{stem}{left}{matching(column.part or '')}{right}" for stem in stems for left, right in FORMS
        }
        assert not taken & {matching(name) for name in column.names}
