"""What exports of Qualtrics, SurveyMonkey and LimeSurvey say of their columns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from exports_cn import Rows, known, questions
from exports_intl import EXPORTS, first_rows, group, kinds, one, states
from exports_survey_tools import (
    AWKWARD,
    OVERALL,
    WHY,
    limesurvey,
    qualtrics,
    qualtrics_legacy,
    surveymonkey,
    surveymonkey_condensed,
)

from survey.layouts import recognised

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("CSAT_REAL", ROOT.parent / "shared" / "real")) / "qualtrics_sample.csv"


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
