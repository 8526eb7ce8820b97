"""What exports of Microsoft and Google Forms, REDCap, KoboToolbox and ODK Central say of their columns."""

from __future__ import annotations

import pytest
from exports_cn import Named, Rows, head_of, known, questions
from exports_form_tools import google_forms, kobo, kobo_repeats, microsoft_forms, odk, odk_repeats, redcap
from exports_intl import EXPORTS, group, kinds, one, states, with_dates
from exports_survey_tools import OVERALL, WHY

from survey.cells import Row
from survey.layouts import recognised, repeats

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
