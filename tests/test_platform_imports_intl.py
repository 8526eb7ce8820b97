"""Exports of international platforms come in whole: answers, what was typed, keys, and who is set aside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from drawing import both, small_study
from exports_cn import Rows, write_rows
from exports_intl import EXPORTS, write_export
from platform_imports import everything, read_file
from platform_imports_intl import NETWORK, OTHER, PRICE, intl_study, told

from survey.decisions import NumbersMean
from survey.errors import ImportProblems
from survey.questions import BlankKind

BOTH = ("staff", "speed")
NO_WHY = BlankKind.BLANK

# What the people of each platform told: codes, reasons, shop, what was typed beside either.
TOLD: Mapping[str, list[tuple[Any, ...]]] = {
    "qualtrics": [([4, 5, 2], (OTHER,), "another", "queues", "Market")],
    "qualtrics, texts": [([4, 5, 2], (OTHER,), "ours", "queues", "")],
    "qualtrics_legacy": [([4, 5, 3], NO_WHY, "another", "", "Market")],
    "surveymonkey": [
        ([4, 4, 5], (PRICE, OTHER), "ours", "queues", ""),
        ([3, 4, 5], (NETWORK, OTHER), "ours", "queues", ""),
    ],
    "surveymonkey, condensed": [([4], (PRICE, NETWORK), None, "", "")],
    "limesurvey": [
        ([4, 5, 4], (PRICE, OTHER), "another", "queues", "market"),
        ([2, 3, 2], (NETWORK,), "ours", "", ""),
    ],
    "microsoft_forms": [([4, 2, 5], (PRICE, NETWORK), None, "", "")] * 2,
    "google_forms": [([4, 5, 2], (PRICE, NETWORK), None, "", "")] * 2,
    "redcap": [([4], (PRICE,), None, "", "")] * 2,
    "kobo": [([5], (PRICE,), None, "", ""), ([5], (NETWORK,), None, "", "")],
    "odk": [([5, 3, 4], (PRICE, NETWORK), None, "", "")] * 2,
}
# The second question of a name is not the one that the study asks.
MAPPINGS: Mapping[str, str] = {
    "surveymonkey": "columns:\n"
    '- {header: "Rate us / Speed", is: speed}\n'
    '- {header: "Rate us / Staff", is: none}\n'
    '- {header: "Rate us / Speed", is: none}\n',
    "google_forms": "columns:\n"
    '- {header: "How satisfied are you?", is: overall}\n'
    '- {header: "How satisfied are you?", is: none}\n',
}
ALONE = ("redcap", "kobo", "surveymonkey, condensed")


def imported(path: Path, name: str, **options: Any) -> Any:
    layout = EXPORTS[name][0]
    items = () if layout in ALONE or name in ALONE else BOTH
    mapping = "" if name in ALONE else MAPPINGS.get(layout, "")
    options = {"leave_out": True, "numbers": "codes", "mapping": mapping} | options
    return read_file(write_export(path, name), intl_study(layout, *items), **options)


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_is_read_whole(tmp_path: Path, name: str) -> None:
    found = imported(tmp_path / "x.csv", name)
    layout = EXPORTS[name][0]
    assert found.report.layout == layout
    assert told(found) == TOLD.get(name, TOLD[layout])
    assert found.report.reconciles


@pytest.mark.parametrize(
    "name", ["qualtrics", "surveymonkey", "limesurvey, codes", "google forms", "kobo", "odk"]
)
def test_a_workbook_says_what_a_text_file_says(tmp_path: Path, name: str) -> None:
    book, text = imported(tmp_path / "x.xlsx", name), imported(tmp_path / "x.csv", name)
    assert told(book) == told(text)
    assert book.responses.respondents == text.responses.respondents


def test_previews_and_spam_are_set_aside_and_partial_answers_are_marked(tmp_path: Path) -> None:
    found = imported(tmp_path / "x.csv", "qualtrics").report
    assert (found.rows, found.imported, found.aside) == (3, 1, {"preview": 1, "spam": 1})
    assert imported(tmp_path / "x.csv", "limesurvey, codes").report.marked == {"partial": 1}
    assert imported(tmp_path / "x.csv", "redcap").report.marked == {"partial": 1}
    assert imported(tmp_path / "x.csv", "odk").report.marked == {"invalid": 1}


def test_only_previews_are_no_answers(tmp_path: Path) -> None:
    path = write_export(tmp_path / "x.csv", "qualtrics")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "R_1aB" not in line), encoding="utf-8")
    with pytest.raises(ImportProblems, match="All 2 rows below the header are previews"):
        read_file(path, intl_study("qualtrics", *BOTH), leave_out=True, numbers="codes")


@pytest.mark.parametrize(
    ("name", "respondents"),
    [
        ("qualtrics", ["R_1aB2cD3eF4"]),
        ("surveymonkey", ["118012345678", "118012345679"]),
        ("limesurvey, texts", ["7", "8"]),
        ("microsoft forms", ["1", "2"]),
        ("redcap", ["1/wave_1_arm_1//", "2/wave_2_arm_1//"]),
        ("redcap, repeats", ["1/wave_1_arm_1/visit/1", "2/wave_2_arm_1/visit/1"]),
        ("redcap, one event", ["1", "2"]),
        ("odk", ["uuid:41", "uuid:42"]),
    ],
)
def test_an_answer_is_known_by_the_id_of_its_platform(
    tmp_path: Path, name: str, respondents: list[str]
) -> None:
    assert list(imported(tmp_path / "x.csv", name).responses.respondents) == respondents


def test_an_answer_without_an_id_is_known_by_its_content(tmp_path: Path) -> None:
    first = imported(tmp_path / "x.csv", "google forms").responses.respondents
    assert imported(tmp_path / "y.csv", "google forms").responses.respondents == first
    assert len(set(first)) == 2
    # A row more, or rows in another order, change no other row.
    path = write_export(tmp_path / "z.csv", "google forms")
    header, one, two = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, two, one]) + "\n", encoding="utf-8")
    study = intl_study("google_forms", *BOTH)
    again = read_file(path, study, mapping=MAPPINGS["google_forms"], leave_out=True).responses
    assert again.respondents == first[::-1]


def test_numbers_that_may_be_positions_are_asked_about(tmp_path: Path) -> None:
    for name in ("qualtrics", "surveymonkey"):
        with pytest.raises(ImportProblems) as caught:
            imported(tmp_path / "x.csv", name, numbers=None)
        errors = [problem.code for problem in caught.value.problems if problem.severity == "error"]
        assert errors == ["import_numbers_unsaid"]


def test_numbers_of_two_codes_may_be_positions_too(tmp_path: Path) -> None:
    fault = {"id": "fault", "scale": "yes_no", "text": both("有故障吗", "Any faults?")}
    rows: Rows = [
        ["Status", "Finished", "ResponseId", "Q1"],
        ["Response Type", "Finished", "Response ID", "Any faults?"],
        [f'{{"ImportId":"{id_}"}}' for id_ in ("status", "finished", "_recordId", "QID1")],
        *([0, 1, f"R_{n}", n] for n in (1, 2)),
    ]
    path = write_rows(tmp_path / "x.csv", rows)
    with pytest.raises(ImportProblems) as caught:
        read_file(path, small_study(fault), leave_out=True)
    [problem] = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert problem.code == "import_options_unsure"
    for numbers in get_args(NumbersMean):
        assert f"--numbers {numbers}" in problem.message("zh")
        assert f"--numbers {numbers}" in problem.message("en")
    assert "may be" in problem.message("en")
    assert problem.values["line"] in problem.message("en")
    found = read_file(path, small_study(fault), leave_out=True, numbers="codes")
    assert found.responses.codes.tolist() == [[1], [2]]
    # Whoever says that they are positions still has to say what stood first.
    with pytest.raises(ImportProblems) as caught:
        read_file(path, small_study(fault), leave_out=True, numbers="high-first")
    assert [p.code for p in caught.value.problems if p.severity == "error"] == ["import_options_unsaid"]


SECRETS = ("192.0.2.", "@example.org", "47.1", "555", "Acme", "Wang", "Li Wu")


@pytest.mark.parametrize(
    "name", ["qualtrics", "surveymonkey", "limesurvey, codes", "microsoft forms, signed in", "kobo", "odk"]
)
def test_contact_details_are_nowhere(tmp_path: Path, name: str) -> None:
    kept = everything(imported(tmp_path / "x.csv", name))
    assert not [secret for secret in SECRETS if secret in kept]


def test_what_is_typed_in_place_of_the_open_option_is_kept(tmp_path: Path) -> None:
    path = write_export(tmp_path / "x.csv", "google forms")
    text = path.read_text(encoding="utf-8").replace('"Price, Network"', '"Price, queues, and noise"')
    path.write_text(text, encoding="utf-8")
    study, mapping = intl_study("google_forms", *BOTH), MAPPINGS["google_forms"]
    found = read_file(path, study, mapping=mapping, leave_out=True)
    assert told(found)[0] == ([4, 5, 2], (PRICE, OTHER), None, "queues, and noise", "")


def test_a_text_that_many_typed_may_be_an_option(tmp_path: Path) -> None:
    path = write_export(tmp_path / "x.csv", "google forms")
    header, one, _ = path.read_text(encoding="utf-8").splitlines()
    rows = [one.replace('"Price, Network"', "Prices")] * 5
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    study, mapping = intl_study("google_forms", *BOTH), MAPPINGS["google_forms"]
    found = read_file(path, study, mapping=mapping, leave_out=True)
    often = [w.values for w in found.report.warnings if w.code == "import_often_typed"]
    assert [(values["value"], values["n"]) for values in often] == [("Prices", 5)]
    # Rows that are the same to the letter are still five people.
    assert len(set(found.responses.respondents)) == 5
