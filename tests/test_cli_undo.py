"""``csat import`` of corrected files, ``csat undo`` and what ``csat imports`` says of both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli import Run, csat
from drawing import both, small_study, workbook

from survey.store import Store
from workbench import user

COLUMNS = [
    {"id": "who", "label": both("编号", "Number"), "kind": "key"},
    {"id": "weight", "label": both("权重", "Weight"), "kind": "number"},
]
STUDY = small_study("Q1", "Q2", columns=COLUMNS, design={"respondent": "who", "weight": "weight"})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "study.yaml").write_text(json.dumps(STUDY.document()), encoding="utf-8")
    return tmp_path


def draw(project: Path, name: str, rows: dict[str, tuple[float, int, int]]) -> None:
    """Draw a file of people: weight, Q1 and Q2."""
    lines = [f"{who} {weight} {q1} {q2}" for who, (weight, q1, q2) in rows.items()]
    workbook(project, "\n".join(["who weight Q1 Q2", *lines]), name=name)


def import_it(
    project: Path, name: str, *words: str, wave: str = "w1", code: int = 0, language: str = "en"
) -> Run:
    return csat(
        "import", project / name, "--wave", wave, "--project", project, *words, code=code, language=language
    )


def undo(project: Path, number: object, *words: str, code: int = 0, language: str = "en") -> Run:
    return csat("undo", number, "--project", project, *words, code=code, language=language)


def codes(project: Path) -> list[list[int]]:
    with Store.open(project / "csat.db", read_only=True) as store:
        found: list[list[int]] = store.load("w1").codes.tolist()
        return found


FIRST = {"anna": (1.0, 5, 4), "ben": (1.0, 3, 3), "cem": (2.0, 2, 2)}


@pytest.fixture
def corrected(project: Path) -> Path:
    """A project with two imports, the second of which corrects one person and brings another."""
    draw(project, "first.xlsx", FIRST)
    draw(project, "second.xlsx", {"anna": (1.0, 1, 2), "ben": (9.5, 3, 3), "dora": (1.0, 4, 4)})
    import_it(project, "first.xlsx")
    return project


def test_a_corrected_file_says_whose_answers_changed_and_in_what(corrected: Path) -> None:
    tried = import_it(corrected, "second.xlsx", "--dry-run", "--json").document
    assert codes(corrected) == [[5, 4], [3, 3], [2, 2]]
    run = import_it(corrected, "second.xlsx")
    assert "1 answers added; 0 were there already" not in run.out
    assert "Respondents whose answers were corrected by this file: 1." in run.out
    assert "by item and column: Q1 1, Q2 1, weight 1." in run.out
    assert "Respondents whose weight alone changed: 1" in run.out
    assert "Respondents of this wave of whom nothing was read from the file: 1" in run.out
    assert "run csat undo 2" in run.out
    assert codes(corrected) == [[1, 2], [3, 3], [2, 2], [4, 4]]
    assert (tried["added"], tried["corrected"], tried["reweighted"], tried["vanished"]) == (1, 2, 1, 1)
    assert tried["corrections"][0] == {"respondent": "anna", "name": "Q1", "before": 5, "after": 1}
    assert tried["corrected_in"] == {"Q1": 1, "Q2": 1, "weight": 1}


def test_undo_brings_the_earlier_answers_back_and_says_what_is_left(corrected: Path) -> None:
    before = csat("verify", "--project", corrected, "--json").document["waves"]
    import_it(corrected, "second.xlsx")
    run = undo(corrected, 2)
    assert "Import 2 (second.xlsx → w1) was undone" in run.out
    assert "w1 now holds 3 answers (gone with it: 1; as an earlier import has them again: 2)" in run.out
    assert csat("verify", "--project", corrected, "--json").document["waves"] == before
    # Importing the file again redoes it.
    assert "1 answers added" in import_it(corrected, "second.xlsx").out
    assert codes(corrected) == [[1, 2], [3, 3], [2, 2], [4, 4]]


def test_undo_as_json_and_of_all_there_is(corrected: Path) -> None:
    done = undo(corrected, 1, "--json").document
    assert done == {
        "number": 1,
        "wave": "w1",
        "file": "first.xlsx",
        "gone": 3,
        "restored": 0,
        "respondents": 0,
        "digest": None,
    }
    assert "csat import" in csat("index", "--project", corrected, code=1).err
    import_it(corrected, "second.xlsx", wave="w2")
    assert "w2 现在没有答卷" in undo(corrected, 2, language="zh").out


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (1, 1, "Import 1 (first.xlsx → w1) was undone at"),
        (7, 1, "There is no import 7; the last one is 1"),
        ("last", 2, "ID is not valid: it must be a number that csat imports lists"),
        (0, 2, "ID is not valid"),
    ],
)
def test_what_cannot_be_undone_is_said(corrected: Path, number: object, code: int, said: str) -> None:
    undo(corrected, 1)
    assert said in undo(corrected, number, code=code).err
    assert undo(corrected, number, code=code, language="zh").err


def test_without_answers_there_is_nothing_to_undo(project: Path) -> None:
    assert "holds no answers yet" in undo(project, 1, code=1).err
    assert not (project / "csat.db").exists()


def test_the_audit_trail_says_who_corrected_what_and_what_was_undone(
    corrected: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "li")
    import_it(corrected, "second.xlsx")
    undo(corrected, 2)
    shown = csat("imports", "--project", corrected).out.splitlines()
    heads = ["#", "When", "Wave", "File", "Layout", "Rows", "Added", "Corrected", "Equal", "State"]
    assert shown[0].split()[:10] == heads
    assert shown[2].split()[-2] == "current"
    assert "plain table" in shown[3]
    assert " undone 20" in shown[3]
    assert "已撤销" in csat("imports", "--project", corrected, language="zh").out
    _, record = csat("imports", "--project", corrected, "--json").document["imports"]
    assert (record["by"], record["undone_by"], record["layout"], record["state"]) == (
        "li",
        "li",
        "plain",
        "undone",
    )
    assert (record["added"], record["corrected"], record["unchanged"]) == (1, 2, 0)
    assert record["undone_at"] >= record["at"]
    assert len(record["mapping_digest"]) == 64


def test_a_user_without_a_name_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", refuse)
    assert user.user() is None


def test_a_file_that_corrects_most_people_is_taken_only_when_asked(project: Path) -> None:
    people = {f"p{n}": (1.0, 5, 4) for n in range(12)}
    draw(project, "first.xlsx", people)
    draw(project, "shifted.xlsx", dict.fromkeys(people, (1.0, 4, 5)))
    import_it(project, "first.xlsx")
    run = import_it(project, "shifted.xlsx", code=1)
    assert "Of the 12 respondents of this file, 12 already have other answers" in run.err
    assert "import it with --update" in run.err
    assert "Respondent “p0” has other answers" in run.err
    assert codes(project)[0] == [5, 4]
    assert "answers were corrected by this file: 12" in import_it(project, "shifted.xlsx", "--update").out
    assert codes(project)[0] == [4, 5]


def test_results_follow_decisions_about_whose_answers_count(project: Path) -> None:
    from datetime import UTC, datetime

    draw(project, "first.xlsx", {f"p{n}": (1.0, 5 if n < 15 else 1, 4) for n in range(30)})
    import_it(project, "first.xlsx")
    before = csat("index", "--project", project, "--json").document
    with Store.open(project / "csat.db") as store:
        low = store.load("w1").respondents[15:]
        store.exclude("w1", low, "a test", at=datetime(2026, 1, 1, tzinfo=UTC))
    after = csat("index", "--project", project, "--json").document
    assert [found["trend"][-1]["index"]["value"] for found in (before, after)] == [50, 100]
    assert before["provenance"] != after["provenance"]
