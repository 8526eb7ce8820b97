"""``csat import`` from end to end: rows that add up, questions asked once, and what is handed back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli import csat
from cli_imports import BAD_ROWS, KEYED_STUDY, answers, correct, import_it, make
from drawing import both, build, c, row, sheet, small_study, text, two_sheets, workbook
from exports_cn import Rows, tencent, wenjuanxing, wenjuanxing_name, write_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imports import imported
from platform_imports import ORDER, STUDY, platform_study

from survey.errors import ImportProblems
from survey.import_report import ImportReport
from survey.language import LANGUAGES
from survey.questions import BlankKind
from survey.store import Store


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


def untouched(project: Path) -> bool:
    return not (project / "csat.db").exists() and not (project / "csat.key").exists()


# -- every row is accounted for -------------------------------------------------------------------


def test_valid_rows_are_imported_and_the_others_come_back_to_be_corrected(keyed: Path) -> None:
    file = workbook(keyed, BAD_ROWS)
    refused = import_it(keyed, file, code=1)
    assert refused.err.startswith("Problems found: 4. Nothing was changed.")
    assert untouched(keyed)
    run = import_it(keyed, file, "--accept-valid", "--json")
    report = run.document["report"]
    # Which of the two rows of a counts nobody knows, so neither does.
    assert (report["rows"], report["imported"]) == (7, 1)
    assert (report["refused"], report["without_answers"]) == ([2, 3, 4, 6, 7], [8])
    assert answers(keyed) == [[1, 1]]
    path = Path(run.document["refused_file"])
    assert path == keyed / "refused" / "wave-w1.xlsx"
    correct(path, {2: {"Q1": None}, 3: {"Q1": 5}, 4: {"Q1": 4}, 6: {"id": "f"}, 7: {"id": "g"}})
    again = import_it(keyed, path, "--json").document
    assert (again["added"], again["report"]["imported"], again["report"]["left_out"]) == (5, 5, [])
    assert answers(keyed) == [[1, 1], [BlankKind.BLANK, 4], [5, 4], [4, 3], [2, 2], [3, 3]]


def test_refused_rows_of_a_platform_come_back_as_such_an_export(project: Path) -> None:
    rows = tencent()
    rows[2][11] = "Z.不知道"
    file = write_rows(project / "1.xlsx", rows)
    words = ("--leave-out", "--accept-valid", "--json")
    first = import_it(project, file, *words).document
    assert (first["added"], first["report"]["refused"]) == (3, [3])
    path = Path(first["refused_file"])
    correct(path, {3: {"3.请评价以下各项:功能": "A.非常满意"}})
    second = import_it(project, path, "--json").document
    assert second["report"]["layout"] == "tencent"
    assert second["added"] == 1
    assert sorted(answers(project)) == sorted([[4, 4, 5, 9], [5, 5, 5, 10], [1, 2, 1, 0], [3, 3, -1, 7]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dry_run_says_how_the_rows_add_up_and_writes_nothing(keyed: Path, language: str) -> None:
    file = workbook(keyed, "id Q1 Q2\na 5 4\nb 4 4\na 2 2\n~ ~ ~\ne ~ ~\nf 9 9")
    words = ("--dry-run", "--accept-valid", "--duplicates", "last")
    run = import_it(keyed, file, *words, language=language)
    told = [int(n) for n in re.findall(r"\d+", run.out.split("\n")[2])]
    assert told[-2:] == [6, 2]  # rows below the header, respondents imported
    said = {"en": "Further rows of one respondent, left out: 1.", "zh": "同一受访者的其他行 1 行，没有导入。"}
    assert said[language] in run.out
    for n, phrase in ((1, "Empty rows: 1"), (1, "Rows that answer no question, left out: 1")):
        assert language == "zh" or phrase in run.out, n
    assert untouched(keyed)
    assert not (keyed / "refused").exists()
    assert not (keyed / "mappings").exists()


def test_rows_of_which_none_is_valid_are_all_listed(keyed: Path) -> None:
    file = workbook(keyed, "id Q1 Q2\na 9 4\nb ok 4")
    run = import_it(keyed, file, "--accept-valid", "--json", code=1)
    assert [problem["place"]["cell"] for problem in run.document["problems"]] == ["B2", "B3"]
    assert untouched(keyed)


def test_a_problem_of_the_whole_table_is_no_matter_of_rows(keyed: Path) -> None:
    file = workbook(keyed, "id Q1\na 9\nb 4")
    found = import_it(keyed, file, "--accept-valid", "--json", code=1).document["problems"]
    assert [problem["code"] for problem in found] == ["import_column_missing", "import_out_of_range"]


def test_a_rule_for_repeated_respondents_settles_what_else_is_wrong_with_their_other_rows(
    keyed: Path,
) -> None:
    file = workbook(keyed, "id Q1 Q2\na 9 4\na 2 2\nb 4 4\nb ok 4")
    assert "!B5" in import_it(keyed, file, "--duplicates", "last", code=1).err
    assert "!B2" not in import_it(keyed, file, "--duplicates", "last", code=1).err
    other = workbook(keyed, "id Q1 Q2\na 9 4\na 2 2", name="other.xlsx")
    import_it(keyed, other, "--duplicates", "last")
    assert answers(keyed) == [[2, 2]]
    # A row that is refused does not bring back the one it stands for.
    done = import_it(keyed, file, "--duplicates", "last", "--accept-valid", "--json", wave="w2").document
    assert (done["report"]["aside"], done["report"]["refused"]) == ({"repeated": 2}, [5])
    assert answers(keyed, "w2") == [[2, 2]]


def test_both_rows_of_a_respondent_may_count(keyed: Path) -> None:
    done = import_it(keyed, workbook(keyed, "id Q1 Q2\na 1 1\na 2 2"), "--duplicates", "both", "--json")
    assert done.document["report"]["imported"] == 2
    assert answers(keyed) == [[1, 1], [2, 2]]


CELLS = st.sampled_from([1, 5, 5, 4, 98, 9, "ok", "~", "~"])
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d", "~"]), CELLS, CELLS, st.booleans()), min_size=1, max_size=9
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.booleans(), st.booleans(), st.sampled_from([None, "first", "last", "both"]))
def test_rows_add_up_whatever_is_in_them(
    tmp_path: Path, rows: list[Any], valid: bool, visible: bool, rule: str | None
) -> None:
    drawn = [row(1, text("A1", "id"), text("B1", "Q1"), text("C1", "Q2"))]
    for n, (who, first, second, hidden) in enumerate(rows, 2):
        cells = [(f"{letter}{n}", value) for letter, value in zip("ABC", (who, first, second), strict=True)]
        drawn.append(
            row(
                n,
                *(text(at, v) if isinstance(v, str) else c(at, v) for at, v in cells if v != "~"),
                attrs='hidden="1"' if hidden else "",
            )
        )
    path = build(tmp_path / "wave.xlsx", sheet=sheet(*drawn))
    options = {"accept_valid": valid, "skip_hidden": visible, "duplicates": rule}
    try:
        found = imported(path, KEYED_STUDY, **options)
    except ImportProblems:
        return
    report: ImportReport = found.report
    assert report.reconciles
    assert report.imported == len(found.responses) == len(found.places)
    assert len(found.responses.codes) == len(found.responses.columns["id"]) == report.imported
    filled = [n for n, (who, *cells, _) in enumerate(rows, 2) if any(cell != "~" for cell in (who, *cells))]
    assert report.rows == (filled[-1] - 1)
    assert report.empty_rows == report.rows - len(filled)
    imported_rows = {int(re.sub(r"\D", "", str(place.cell))) for place in found.places}
    aside = imported_rows | set(report.refused) | set(report.without_answers)
    assert len(aside) == report.imported + len(report.refused) + len(report.without_answers)
    assert len(filled) - len(aside) == sum(report.aside.values())


# -- questions asked once -------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_numbers_mean_is_asked_once_and_remembered(project: Path, language: str) -> None:
    (project / "mappings").mkdir()
    (project / "mappings" / "wenjuanxing.yaml").write_text(f"columns:\n{ORDER}\n", encoding="utf-8")
    file = write_rows(project / wenjuanxing_name("options"), wenjuanxing("options", "B"))
    run = import_it(project, file, code=1, language=language)
    assert "--numbers high-first" in run.err
    assert untouched(project)
    run = import_it(project, file, "--numbers", "high-first", language=language)
    kept = (project / "mappings" / "wenjuanxing.yaml").read_text(encoding="utf-8")
    assert str(project / "mappings" / "wenjuanxing.yaml") in run.out
    assert "numbers: high-first" in kept
    assert "options: {1: 10, 2: 20, 3: 30}" in kept
    rows = wenjuanxing("options", "B")
    rows[1][6] = 1
    file = write_rows(project / wenjuanxing_name("options"), rows)
    run = import_it(project, file, wave="w2", language=language)
    assert ("非常" in str(run.out)) is False
    assert answers(project, "w2")[0] == [5, 4, 5, 9]
    # Nothing is new, so nothing is written.
    assert "mappings" not in run.out


def test_a_column_is_decided_once(project: Path) -> None:
    file = write_rows(project / "1.xlsx", tencent())
    run = import_it(project, file, code=1)
    assert run.err.startswith("Problems found: 3 (entries below: 1). Nothing was changed.")
    assert "--leave-out" in run.err
    import_it(project, file, "--leave-out")
    kept = (project / "mappings" / "tencent.yaml").read_text(encoding="utf-8")
    assert kept.startswith("# How exports of Tencent Survey are read.")
    assert "- {header: 6.你来自于：_填空1, key: Q6(填空1), is: none}" in kept
    rows = tencent()
    rows[1][4] = "A.非常满意"
    assert import_it(project, write_rows(project / "2.xlsx", rows), wave="w2").code == 0


def test_a_mapping_file_is_honoured_and_its_problems_are_listed_by_line(project: Path) -> None:
    file = write_rows(project / "w.xlsx", wenjuanxing("text", "B"))
    (project / "mappings").mkdir()
    mapping = project / "mappings" / "wenjuanxing.yaml"
    mapping.write_text("columns:\n- {header: '3、(外观)', is: overal}\n", encoding="utf-8")
    run = import_it(project, file, code=1)
    assert "wenjuanxing.yaml:2, columns[0].is: study.yaml has no “overal”" in run.err
    swapped = "columns:\n- {header: '3、(外观)', is: work}\n- {header: '3、(功能)', is: look}\n"
    mapping.write_text(swapped, encoding="utf-8")
    run = import_it(project, file)
    assert run.err.count("while the header by itself names") == 2
    assert answers(project)[0] == [4, 5, 4, 9]


def test_which_sheet_is_asked_and_answered(keyed: Path) -> None:
    file = two_sheets(keyed, "id Q1 Q2\na 5 4", "id Q1 Q2\nb 1 2")
    assert "--sheet" in import_it(keyed, file, code=1).err
    import_it(keyed, file, "--sheet", "S2")
    assert answers(keyed) == [[1, 2]]
    assert "S3" in import_it(keyed, file, "--sheet", "S3", code=1).err


def test_which_layout_is_answered(keyed: Path) -> None:
    file = workbook(keyed, "id Q1 Q2\na 5 4")
    assert "no layout “excel”" in import_it(keyed, file, "--layout", "excel", code=1).err
    assert "“tencent”" in import_it(keyed, file, "--layout", "tencent", code=1).err
    assert import_it(keyed, file, "--layout", "plain").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--numbers", "scores"), "--numbers"),
        (("--duplicates", "all"), "--duplicates"),
        (("--header-row", "first"), "--header-row"),
        (("--wave", "w9"), "no wave “w9”"),
    ],
)
def test_wrong_words_are_wrong_usage(keyed: Path, words: tuple[str, ...], said: str) -> None:
    file = workbook(keyed, "id Q1 Q2\na 5 4")
    assert said in import_it(keyed, file, *words, code=2).err


# -- what changed since the wave before -----------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_changes_since_the_wave_before_are_said_before_anything_is_written(
    project: Path, language: str
) -> None:
    import_it(project, write_rows(project / "1.xlsx", wenjuanxing("text", "B")))
    before = (project / "csat.db").read_bytes()
    rows: Rows = [[*line[:6], line[7], line[6], *line[8:]] for line in wenjuanxing("text", "B")]
    rows[0][6], rows[0][7] = "1、不满意的原因", "2、总体满意度如何"
    file = write_rows(project / "2.xlsx", rows)
    mapping = project / "mappings" / "wenjuanxing.yaml"
    kept = mapping.read_text(encoding="utf-8")
    mapping.write_text(kept + "  - {header: 2、总体满意度如何, is: overall}\n", encoding="utf-8")
    tried = import_it(project, file, "--dry-run", wave="w2", language=language)
    said = {
        "en": ("The header of overall “overall” differs from w1", "stands elsewhere than in w1"),
        "zh": ("overall（总体满意度）的表头与 w1 期不同", "的位置与 w1 期不同"),
    }
    for phrase in said[language]:
        assert phrase in tried.err
    assert (project / "csat.db").read_bytes() == before
    document = import_it(project, file, wave="w2", language=language)
    assert all(phrase in document.err for phrase in said[language])
    changes = csat("import", file, "--wave", "w2", "--project", project, "--json").document["changes"]
    assert {change["code"] for change in changes} == {"change_renamed", "change_moved"}
    assert all(set(change) >= {"code", "place", "message", "severity"} for change in changes)


# -- documents ------------------------------------------------------------------------------------


def test_the_document_holds_every_count(keyed: Path) -> None:
    file = workbook(keyed, "id Q1 Q2 手机\na ５ 4 13800000000\nb 4 ~ ~")
    done = import_it(keyed, file, "--json").document
    report = done["report"]
    assert (done["wave"], done["added"], done["dry_run"], done["number"]) == ("w1", 2, False, 1)
    assert (done["refused"], done["refused_file"], done["decisions_file"]) == ([], None, None)
    assert report["columns"][1] == {
        "column": "B",
        "header": "Q1",
        "target": "Q1",
        "kind": "item",
        "changes": {"tidied": 1},
        "blanks": {},
        "how": "study",
        "key": None,
    }
    assert report["columns"][2]["blanks"] == {"blank": 1}
    assert report["left_out"] == [{"column": "D", "header": "手机", "contact": True}]
    [warning] = report["warnings"]
    assert (warning["code"], warning["place"]["cell"]) == ("import_contact_left_out", "D1")
    assert warning["message"].keys() == {"zh", "en"}
    assert "13800000000" not in json.dumps(done)


def test_changes_and_blanks_of_a_question_in_several_columns(project: Path) -> None:
    free = [question.model_dump(mode="json") | {"asked_if": None} for question in STUDY.choice_questions]
    make(project, platform_study(choice_questions=free))
    file = write_rows(project / "1.xlsx", tencent())
    columns = import_it(project, file, "--leave-out", "--json").document["report"]["columns"]
    reasons = [column for column in columns if column["target"] == "reasons"]
    # Each column counts the cells in it; what nobody answered is counted once for the question.
    assert [column["changes"] for column in reasons] == [{"options": 2}, {"options": 2}, {"options": 1}, {}]
    assert [column["blanks"] for column in reasons] == [{"blank": 1}, {}, {}, {}]


def test_problems_as_a_document_hold_code_place_and_both_languages(project: Path) -> None:
    rows = wenjuanxing("text", "B")
    rows[1][6] = "很好"
    file = write_rows(project / "w.xlsx", rows)
    document = import_it(project, file, "--json", code=1).document
    [problem] = [found for found in document["problems"] if found["severity"] == "error"]
    assert (problem["code"], problem["place"]["cell"]) == ("import_not_an_answer", "G2")
    assert "很好" in problem["message"]["zh"]
    assert "很好" in problem["message"]["en"]


def test_identifiers_of_a_platform_are_kept_under_pseudonyms(project: Path) -> None:
    import_it(project, write_rows(project / "w.xlsx", wenjuanxing("text", "B")))
    with Store.open(project / "csat.db", read_only=True) as store:
        assert all(re.fullmatch("[0-9a-f]{32}", name) for name in store.load("w1").respondents)
    for secret in (b"113.90.1.2", b"u0001"):
        assert secret not in (project / "csat.db").read_bytes()


# -- what was not asked, what must stay ------------------------------------------------------------


def test_a_question_that_was_not_asked_is_said_once(keyed: Path) -> None:
    file = workbook(keyed, "id Q1\na 5\nb 4")
    run = import_it(keyed, file, code=1)
    assert "--not-asked Q2" in run.err
    assert "study.yaml" in import_it(keyed, file, "--not-asked", "Q9", code=2).err
    import_it(keyed, file, "--not-asked", "Q2")
    assert answers(keyed) == [[5], [4]]
    again = workbook(keyed, "id Q1\nc 3", name="again.xlsx")
    import_it(keyed, again)
    assert answers(keyed) == [[5], [4], [3]]


def test_a_column_that_is_taken_is_proposed_for_nothing_else(tmp_path: Path) -> None:
    like = [{"id": "price", "text": both("资费透明度如何")}, {"id": "shop", "text": both("资费透明程度怎样")}]
    project = make(tmp_path, small_study("Q1", "Q2", *like))
    file = workbook(project, "Q1 Q2 资费透明程度如何\n5 4 3")
    near = import_it(project, file, code=1).err
    assert near.count("looks like it") == 2
    run = import_it(project, file, "--accept-proposals", code=1)
    assert "There is no column for" in run.err
    assert "looks like it" not in run.err


def test_a_marked_copy_is_never_replaced(keyed: Path) -> None:
    file, copy = workbook(keyed, BAD_ROWS), keyed / "marked.xlsx"
    import_it(keyed, file, "--annotate", copy, code=1)
    corrected = copy.read_bytes()
    assert "already" in import_it(keyed, file, "--annotate", copy, code=1).err
    assert copy.read_bytes() == corrected
