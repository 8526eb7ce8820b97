"""No answer is lost, counted twice or taken for somebody else's, whatever goes wrong around an import."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_imports import BAD_ROWS, KEYED_STUDY, answers, correct, import_it, make
from drawing import both, small_study, workbook
from exports_cn import tencent, wenjuanxing, write_rows
from platform_imports import STUDY


@pytest.fixture(autouse=True)
def own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every project make a key of its own, so that one left behind would be seen."""
    monkeypatch.delenv("CSAT_KEY")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path, STUDY)


@pytest.fixture
def keyed(tmp_path: Path) -> Path:
    return make(tmp_path, KEYED_STUDY)


def test_people_without_the_column_that_identifies_them_are_not_taken_for_others(keyed: Path) -> None:
    (keyed / "mappings").mkdir()
    (keyed / "mappings" / "plain.yaml").write_text(
        "layout: plain\nabsent: [id]\ncolumns: []\n", encoding="utf-8"
    )
    import_it(keyed, workbook(keyed, "Q1 Q2\n1 1\n2 2\n3 3"))
    run = import_it(keyed, workbook(keyed, "Q1 Q2\n5 1\n5 2\n5 5", name="b.xlsx"), "--json", code=1)
    assert [problem["code"] for problem in run.document["problems"]] == ["store_rows_differ"]
    (keyed / "mappings" / "plain.yaml").unlink()
    run = import_it(keyed, workbook(keyed, "id Q1 Q2\na 5 1", name="c.xlsx"), "--json", code=1)
    assert [problem["code"] for problem in run.document["problems"]] == ["store_identity_differs"]
    assert answers(keyed) == [[1, 1], [2, 2], [3, 3]]


def test_refused_rows_without_any_identifier_come_back_to_their_own_rows(tmp_path: Path) -> None:
    project = make(tmp_path, small_study("Q1", "Q2"))
    first = import_it(project, workbook(project, "Q1 Q2\n1 1\nok 2\n3 3"), "--accept-valid", "--json")
    path = Path(first.document["refused_file"])
    correct(path, {3: {"Q1": 1, "Q2": 1}})  # as the first row answered
    assert import_it(project, path, "--json").document["added"] == 1
    assert answers(project) == [[1, 1], [3, 3], [1, 1]]


def test_a_file_of_refused_rows_that_somebody_may_have_corrected_is_never_replaced(keyed: Path) -> None:
    file = workbook(keyed, BAD_ROWS)
    first = Path(import_it(keyed, file, "--accept-valid", "--json").document["refused_file"])
    correct(first, {3: {"Q1": 5}})
    mine = first.read_bytes()
    again = import_it(keyed, file, "--accept-valid", "--json").document
    assert (again["again"], again["refused_file"]) == (1, str(first))
    other = workbook(keyed, "id Q1 Q2\nz 5 4\ny 9 4")
    second = Path(import_it(keyed, other, "--accept-valid", "--json").document["refused_file"])
    assert second.name == "wave-w1-2.xlsx"
    assert first.read_bytes() == mine
    assert sorted(path.name for path in first.parent.iterdir()) == ["wave-w1-2.xlsx", "wave-w1.xlsx"]


def test_rows_are_not_handed_back_where_the_others_did_not_come_in(keyed: Path) -> None:
    import_it(keyed, workbook(keyed, "id Q1 Q2\na 5 4"))
    file = workbook(keyed, "id Q1 Q2\nb 5 4\nc 9 4", name="other.xlsx")
    (keyed / "csat.key").unlink()
    import_it(keyed, file, "--accept-valid", code=1)
    assert list((keyed / "refused").iterdir()) == []


def test_answers_are_in_although_what_was_decided_cannot_be_written(project: Path) -> None:
    (project / "mappings").write_text("no folder", encoding="utf-8")
    file = write_rows(project / "1.xlsx", tencent())
    run = import_it(project, file, "--leave-out", "--json")
    assert (run.document["added"], run.document["decisions_file"]) == (4, None)
    assert "are in, but how each column was read was not written down" in run.err


def test_equal_numbers_of_two_platforms_are_never_one_person(tmp_path: Path) -> None:
    key = {"id": "id", "label": both("编号", "Number"), "kind": "key"}
    document = STUDY.document()
    document |= {"columns": [*document.get("columns", []), key], "design": {"respondent": "id"}}
    (tmp_path / "study.yaml").write_text(json.dumps(document), encoding="utf-8")
    import_it(tmp_path, write_rows(tmp_path / "1.xlsx", tencent()), "--leave-out")
    other = write_rows(tmp_path / "2.xlsx", wenjuanxing())
    run = import_it(tmp_path, other, "--leave-out", "--update", "--json", code=1)
    assert [problem["code"] for problem in run.document["problems"]] == ["store_identity_differs"]
