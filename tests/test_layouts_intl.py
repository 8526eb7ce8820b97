"""Exports of the international platforms are known by their structure, in any language of their headers."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from drawing import workbook
from exports_cn import MODE_NAMES, Named, Rows, head_of, known, questions, tencent, wenjuanxing
from exports_intl import (
    AWKWARD,
    EXPORTS,
    NBSP,
    OVERALL,
    WHY,
    google_forms,
    kobo,
    kobo_repeats,
    limesurvey,
    microsoft_forms,
    odk,
    odk_repeats,
    qualtrics,
    qualtrics_legacy,
    redcap,
    surveymonkey,
    surveymonkey_condensed,
    with_dates,
    write_export,
)
from hypothesis import given
from hypothesis import strategies as st

from survey.cells import CellValue, Row
from survey.layouts import LAYOUTS, headers, recognised, repeats
from survey.layouts.export import Export, ExportColumn
from survey.layouts.moments import moment_of
from survey.wording import matching
from survey.workbook import Sheet, read_workbook

REAL = Path("/work") / "shared" / "real" / "qualtrics_sample.csv"
# Columns that say something of a respondent or an answer, in the order in which the platform writes them.
TOLD = ("respondent", "submitted", "started", "seconds", "source", "status")


def kinds(export: Export) -> dict[str, str]:
    """Return what each column of the platform's own is, without those that say nothing of an answer."""
    own = ((column.header, str(column.meta or column.role)) for column in export.columns)
    return {header: kind for header, kind in own if kind in (*TOLD, "contact")}


def one(export: Export, header: str) -> ExportColumn:
    """Return the first column whose header ends in ``header``."""
    return next(column for column in export.columns if column.header.endswith(header))


def group(export: Export, question: str) -> list[tuple[str | None, str | None, bool]]:
    """Return part, code of the part and whether it was typed, for each column of a question."""
    ours = (column for column in export.columns if column.question == question)
    return [(column.part, column.part_code, column.typed) for column in ours]


def states(export: Export, rows: Rows) -> list[set[str]]:
    """Return what the platform says of each row of answers."""
    answers = [row for row in head_of(rows) if row.number >= export.first_row]
    return [
        {state for column in export.states if (state := export.state(column, row.cells.get(column)))}
        for row in answers
    ]


def first_rows(path: Path) -> Iterator[tuple[Sheet, list[Row]]]:
    for sheet in read_workbook(path).sheets:
        yield sheet, list(islice(sheet.rows(), 50))


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


# -- Qualtrics ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de"])
def test_qualtrics_is_known_by_its_ids_in_any_language(language: str) -> None:
    export = known(qualtrics(language=language))
    assert (export.header_rows, export.first_row) == ((1, 2, 3), 4)
    told = [column.meta or column.role for column in export.columns[:17]]
    contact = ["contact"] * 3
    assert told[:9] == [
        *("started", "submitted", "status", "contact", "other", "seconds", "status", "other", "respondent")
    ]
    assert told[9:] == [*contact, "other", *contact[:2], "source", "other"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_qualtrics_names_rows_options_and_texts(language: str) -> None:
    export = known(qualtrics(language=language))
    assert group(export, "QID20") == [(AWKWARD, "3", False), ("Speed - by phone", "7", False)]
    other = "Other (please specify)"
    assert group(export, "QID5") == [("Price", "1", False), (other, "8", False), (other, "8", True)]
    assert group(export, "QID7_1") == [("Ours", "1", False), ("Theirs", "2", False)]
    assert one(export, f"Rate us: - {AWKWARD}").names[:2] == (AWKWARD, f"Rate us: {AWKWARD}")
    assert one(export, f"Rate us: - {AWKWARD}").stems == ("Rate us:", "QID20", "Q13")
    assert {column.stems[0] for column in export.columns if column.question == "QID5"} == {WHY}
    shop = next(column for column in export.columns if column.key == "QID6")
    assert (shop.names[0], shop.question) == ("Which shop?", None)
    assert group(export, "QID6") == [("Another one", "4", True)]


def test_keys_of_qualtrics_are_its_import_ids() -> None:
    keys = [column.key for column in questions(known(qualtrics()))]
    assert keys[:7] == ["QID1", "QID2_TEXT", "QID20_3", "QID20_7", "QID5_1", "QID5_8", "QID5_8_TEXT"]
    assert keys[7:] == ["QID6", "QID6_4_TEXT", "QID7_1_1", "QID7_1_2", "region", "QID30", None]


def test_a_name_that_stands_twice_names_nothing() -> None:
    names = [column.names for column in questions(known(qualtrics())) if column.key in ("QID1", "QID30")]
    assert names == [(OVERALL,), ("And next year?",)]


@pytest.mark.parametrize("header", ["Q2 - Topics", "Q1_NPS_GROUP", "Q9_Page Submit", "Q5_DO_1"])
def test_what_qualtrics_derives_is_no_question(header: str) -> None:
    assert [c.meta for c in known(qualtrics()).columns if c.header.startswith(header)] == ["other"]


def test_previews_tests_and_spam_of_qualtrics_are_told() -> None:
    assert states(known(qualtrics()), qualtrics()) == [set(), {"preview"}, {"spam", "partial"}]
    assert states(known(qualtrics(labels=True)), qualtrics(labels=True)) == [set(), {"preview", "partial"}]


def test_numbers_of_qualtrics_are_asked_for_and_texts_are_not() -> None:
    assert known(qualtrics()).dialect.numbers == "ask"
    assert known(qualtrics(labels=True)).dialect.numbers == "codes"


def test_rows_above_the_header_of_qualtrics_are_left_alone() -> None:
    export = known([["Quarter 3", None], *qualtrics()])
    assert (export.header_rows, export.first_row) == ((2, 3, 4), 5)


def test_one_column_of_a_question_has_a_stem_too() -> None:
    ids = [['{"ImportId":"QID9_4"}', '{"ImportId":"QID8_2_TEXT"}', '{"ImportId":"1_QID3"}']]
    texts: Rows = [["Q9_4", "Q8_2_TEXT", "Q3"], ["Rate - us - Staff", "Where? - Other - Text", "And Ours?"]]
    export = known([*texts, *ids, ["5", "here", "4"]])
    assert group(export, "QID9") == [("Staff", "4", False)]
    assert [column.stems[0] for column in export.columns if column.stems] == ["Rate - us", "Where?"]
    assert group(export, "QID8") == [("Other", "2", True)]
    assert export.columns[2].key == "1_QID3"


def test_legacy_qualtrics_is_known_by_its_numbered_columns() -> None:
    export = known(qualtrics_legacy())
    assert (export.header_rows, export.first_row) == ((1, 2), 3)
    told = [column.meta or column.role for column in export.columns[:10]]
    assert told[:6] == ["respondent", "other", "contact", "other", "contact", "contact"]
    assert told[6:] == ["status", "started", "submitted", "status"]
    assert [column.role for column in export.columns[-3:]] == ["contact"] * 3
    assert group(export, "Q2") == [("Staff", "1", False), ("Speed-by e-mail", "2", False)]
    assert group(export, "Q3") == [("Another one", "4", True)]
    assert one(export, "A walk-in visit").names == ("A walk-in visit", "Q4_1")


@pytest.mark.skipif(not REAL.is_file(), reason="the folder of real exports is not on this machine")
def test_a_real_export_of_qualtrics() -> None:
    ((sheet, head),) = first_rows(REAL)
    (export,) = recognised(REAL.name, sheet, head)
    assert (export.layout, export.first_row) == ("qualtrics", 4)
    assert [column.key for column in questions(export)] == ["QID1", "QID2_TEXT"]
    assert export.columns[-1].meta == "other"


# -- SurveyMonkey ---------------------------------------------------------------------------------


def test_surveymonkey_writes_each_question_once() -> None:
    export = known(surveymonkey())
    assert (export.header_rows, export.first_row) == ((1, 2), 3)
    expected = {"Respondent ID": "respondent", "Collector ID": "source"}
    expected |= {"Start Date": "started", "End Date": "submitted"}
    expected |= dict.fromkeys(("IP Address", "Email Address", "First Name", "Last Name"), "contact")
    expected |= {f"Who are you? / {part}": "contact" for part in ("Name", "Email Address", "Phone Number")}
    assert kinds(export) == expected
    assert one(export, "/ Response").names[0] == OVERALL
    other = "Other (please specify)"
    assert group(export, WHY) == [("Price", None, False), ("Network", None, False), (other, None, True)]
    assert group(export, "Rate us") == [(AWKWARD, None, False), ("Speed", None, False)]
    assert [remark.code for remark in export.remarks] == ["layout_partial_unknown"]
    assert export.dialect.month_first
    assert export.dialect.numbers == "ask"


def test_a_question_asked_twice_is_two_questions() -> None:
    export = known(surveymonkey())
    assert group(export, "Rate us (S)") == [("Staff", None, False), ("Speed", None, False)]
    assert {column.stems for column in export.columns if column.question == "Rate us (S)"} == {("Rate us",)}


@pytest.mark.parametrize("localized", [False, True])
def test_what_was_typed_at_surveymonkey_is_known_by_its_answers(localized: bool) -> None:
    export = known(surveymonkey(localized=localized))
    typed = [column.column for column in export.columns if column.typed]
    assert typed == [13, 17]


def test_options_known_by_their_answers_name_no_question() -> None:
    export = known(surveymonkey())
    assert one(export, "/ Price").names == (f"{WHY} / Price",)
    assert one(export, "/ Speed").names == ("Speed", "Rate us Speed", "Rate us / Speed")


def test_a_condensed_export_of_surveymonkey_has_one_header_row() -> None:
    export = known(surveymonkey_condensed())
    assert (export.header_rows, export.first_row) == ((1,), 3)
    assert [column.names for column in questions(export)] == [(OVERALL,), (WHY,)]
    assert export.dialect.joins == (", ",)


# -- LimeSurvey -----------------------------------------------------------------------------------

LIME = [name for name, (layout, _) in EXPORTS.items() if layout == "limesurvey"]


@pytest.mark.parametrize("name", LIME)
def test_limesurvey_is_read_alike_whatever_its_headings(name: str) -> None:
    rows = EXPORTS[name][1]()
    export = known(rows)
    assert {column.meta for column in export.columns[:4]} == {"respondent", "submitted", "other"}
    assert [column.meta for column in export.columns if column.meta == "seconds"] == ["seconds"]
    assert [column.meta for column in export.columns if column.meta == "started"] == ["started"]
    assert [column.header for column in questions(export)] == [str(text) for text in rows[0][-16:-3]]
    assert states(export, rows) == [set(), {"partial"}]
    assert export.dialect.guard == "'"


def test_both_spellings_of_codes_give_the_same_keys() -> None:
    forms = [limesurvey(), limesurvey(bracketed=False), limesurvey("both"), limesurvey("both", chinese=True)]
    keys = [[column.key for column in questions(known(rows))] for rows in forms]
    assert keys[0] == keys[1] == keys[2] == keys[3]
    assert keys[0][:4] == ["Q1", "Q2_SQ001", "Q2_SQ002", "Q2_other"]


def test_codes_and_texts_of_limesurvey_together_say_most() -> None:
    export = known(limesurvey("both"))
    assert group(export, "Q2") == [
        ("Price", "SQ001", False),
        ("Network [4G]", "SQ002", False),
        ("Other", "other", True),
    ]
    assert one(export, "Rate us [Staff]").names == ("Staff", "Rate us Staff", "M4[SQ001]. Rate us [Staff]")
    assert one(export, "Rate us [Staff]").stems == ("Rate us", "M4")
    assert group(export, "P5") == [("Web", "SQ001", False), ("Web", "SQ001", True)]
    assert group(export, "D6")[0] == ("Staff - Scale 1", "SQ001_1", False)
    assert one(export, OVERALL).names == (OVERALL, f"Q1. {OVERALL}", "Q1")
    assert group(export, "Q3") == [("Other", "other", True)]
    assert one(export, "region").key == "attribute_1"


def test_underscores_for_spaces_are_read_as_spaces() -> None:
    export = known(limesurvey("text", underscores=True))
    assert one(export, "satisfied_are_you?").names[0] == OVERALL
    assert group(export, WHY)[0] == ("Price", None, False)


def test_the_platforms_columns_are_known_in_chinese() -> None:
    told = {column.header: column.meta for column in known(limesurvey("text", chinese=True)).columns[:7]}
    assert told["开始日期"] == "started"
    assert told["种子"] == told["最近操作日期"] == "other"


def test_cut_headings_are_remarked() -> None:
    codes = {style: [r.code for r in known(limesurvey(style)).remarks] for style in ("code", "text", "cut")}
    assert codes == {"code": [], "text": [], "cut": ["layout_headings_cut"]}


# -- Microsoft Forms, Google Forms ----------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh", "fi"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_microsoft_forms_is_known_by_what_stands_in_its_columns(language: str, signed_in: bool) -> None:
    export = known(microsoft_forms(language, signed_in=signed_in))
    told = [column.meta or column.role for column in export.columns[:5]]
    assert told == ["respondent", "started", "submitted", "contact", "contact"]
    assert [column.header for column in questions(export)][-2:] == ["Story key", "Story key2"]
    assert export.dialect.joins == (";",)
    assert export.dialect.month_first


def test_a_digit_behind_a_repeated_question_stays() -> None:
    assert [c.names for c in questions(known(microsoft_forms()))][-2:] == [("Story key",), ("Story key2",)]


def test_points_and_feedback_of_a_quiz_are_no_questions() -> None:
    export = known(microsoft_forms(quiz=True))
    assert [column.header for column in questions(export)][:2] == [OVERALL, WHY]
    assert one(export, f"Points - {OVERALL}").meta == one(export, "Last modified time").meta == "other"


def test_times_stored_as_dates_make_microsoft_forms_too() -> None:
    rows = with_dates(microsoft_forms("fi"), 2, 3)
    cells = [{column: cell for column, cell in enumerate(row, 1) if cell is not None} for row in rows]
    head = [Row(n, False, row) for n, row in enumerate(cells, 1)]
    assert [export.layout for export in recognised("wave.xlsx", Named(), head)] == ["microsoft_forms"]


@pytest.mark.parametrize(
    ("row", "column", "cell"),
    [(1, 1, "a"), (2, 1, "1"), (1, 2, "soon"), (1, 4, "north"), (1, 4, "4"), (1, 5, "12")],
)
def test_one_cell_that_does_not_fit_makes_no_microsoft_forms(row: int, column: int, cell: str) -> None:
    rows = microsoft_forms("fi", signed_in=column == 5)
    rows[row][column - 1] = cell
    assert recognised("wave.csv", Named(), head_of(rows)) == []


@pytest.mark.parametrize("header", ["Timestamp", "时间戳记", "Aikaleima", "Lokaalne aeg"])
def test_google_forms_is_known_by_its_time_stamp(header: str) -> None:
    export = known(google_forms(header))
    assert kinds(export) == {header: "submitted"}
    assert group(export, "Rate us") == [("Staff", None, False), ("Speed [any]", None, False)]
    assert one(export, "[Staff]").names == ("Staff", "Rate us Staff", "Rate us [Staff]")
    assert one(export, "[2026]").question is None
    assert [column.column for column in export.columns if column.header == OVERALL] == [2, 7]


def test_mail_and_score_of_google_forms_are_no_questions() -> None:
    export = known(google_forms(mail=True, score=True))
    assert kinds(export) == {"Timestamp": "submitted", "Email Address": "contact"}
    assert one(export, f"{WHY} [Score]").meta == one(export, f"{WHY} [Feedback]").meta == "other"
    assert one(export, "Score").meta == "other"


@pytest.mark.parametrize(
    ("day", "expected"), [("14/8/2025", False), ("8/14/2025", True), ("8/4/2025", False)]
)
def test_a_day_above_twelve_shows_which_number_is_the_month(day: str, expected: bool) -> None:
    rows = google_forms()
    rows[1][0] = rows[2][0] = f"{day} 9:02:11"
    assert known(rows).dialect.month_first is expected


# -- REDCap, KoboToolbox, ODK Central -------------------------------------------------------------


def test_boxes_of_redcap_are_options() -> None:
    export = known(redcap())
    assert group(export, "why") == [("1", "1", False), ("2", "2", False), ("-99", "-99", False)]
    assert [column.key for column in questions(export)] == ["sat", "why___1", "why___2", "why____99"]
    assert one(export, "why___1").names == ("why___1",)


def test_an_answer_of_redcap_is_a_record_at_an_event_and_a_repeat() -> None:
    own = [column.header for column in known(redcap()).columns if column.meta == "respondent"]
    assert own == ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]


@pytest.mark.parametrize("labels", [False, True])
def test_forms_of_redcap_that_nobody_finished_are_told(labels: bool) -> None:
    rows = redcap(labels=labels)
    assert states(known(rows), rows) == [set(), {"partial"}]


def test_a_question_may_end_in_complete() -> None:
    rows = redcap()
    rows[0].append("order_complete")
    rows[1].append("yes, all of it")
    assert [column.header for column in questions(known(rows))][-1] == "order_complete"


def test_events_and_repeats_of_redcap_are_remarked() -> None:
    assert [r.code for r in known(redcap(repeated=True)).remarks] == [
        "layout_several_events",
        "layout_repeated_forms",
    ]
    assert "wave_1_arm_1, wave_2_arm_1" in known(redcap()).remarks[0].message("en")
    assert known(redcap(longitudinal=False)).remarks == ()


def test_choices_of_kobo_are_read_from_a_column_each() -> None:
    export = known(kobo())
    assert group(export, "M1") == [("price", "price", False), ("network", "network", False)]
    joined = one(export, "M1")
    assert (joined.meta, joined.names, joined.key) == ("other", (), None)
    assert group(known(kobo(joined=False)), "M1") == group(export, "M1")


def test_groups_of_kobo_are_no_choices() -> None:
    export = known(kobo())
    assert (one(export, "g1/N1").names, one(export, "g1/N1").key) == (("N1", "g1/N1"), "N1")
    rows = kobo()
    rows[0][6] = "g1/M1/price"
    rows[0][2] = "g2/N1"
    assert one(known(rows), "g2/N1").names == ("N1", "g2/N1")


def test_a_name_in_two_groups_is_known_by_its_path_alone() -> None:
    rows = kobo()
    rows[0][6] = "g2/N1"
    assert [c.names for c in questions(known(rows)) if c.header.endswith("N1")] == [("g1/N1",), ("g2/N1",)]


def test_labels_of_kobo_may_hold_slashes() -> None:
    export = known(kobo(labels=True))
    assert [part for part, *_ in group(export, WHY)] == ["Price", "4G/5G network"]
    assert one(export, "Prices / value").names == ("Prices / value",)
    assert one(export, "Prices / value").key is None


def test_times_and_places_of_kobo_are_its_own() -> None:
    export = known(kobo())
    told = kinds(export)
    assert (told["start"], told["end"], told["_uuid"]) == ("started", "submitted", "respondent")
    assert [told[header] for header in ("spot", "_spot_latitude", "_spot_precision")] == ["contact"] * 3
    rows = [row[2:] for row in kobo()]
    assert kinds(known(rows))["_submission_time"] == "submitted"


def test_a_question_called_end_is_a_question() -> None:
    rows = kobo()
    rows[1][1] = rows[2][1] = "when it rained"
    export = known(rows)
    assert (one(export, "end").role, kinds(export)["_submission_time"]) == ("question", "submitted")


def test_paths_of_odk_may_be_names() -> None:
    export = known(odk())
    assert one(export, "g1-q2").names == ("g1-q2", "q2")
    assert one(export, "pre-test").names == ("g1-pre-test", "test")
    assert group(export, "q1") == [("a", "a", False), ("b", "b", False)]
    told = kinds(export)
    assert (told["SubmissionDate"], told["KEY"]) == ("submitted", "respondent")
    assert told["spot-Latitude"] == "contact"
    assert states(export, odk()) == [set(), {"invalid"}]


@pytest.mark.parametrize("rows", [kobo_repeats(), odk_repeats()], ids=["kobo", "odk"])
def test_repeats_are_no_answers_of_respondents(rows: Rows) -> None:
    assert recognised("wave.xlsx", Named(), head_of(rows)) == []
    problem = repeats("wave.xlsx", Named(), head_of(rows))
    assert problem is not None
    assert (problem.code, problem.severity) == ("layout_repeats", "warning")


def test_an_export_is_no_repeat() -> None:
    assert not any(repeats("wave.xlsx", Named(), head_of(build())) for _, build in EXPORTS.values())


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
