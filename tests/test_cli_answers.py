"""``csat simulate``, ``import``, ``imports`` and ``verify``: answers on their way into a project file."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from pathlib import Path

import openpyxl
import pytest
from cli import Run, csat

from survey.definition import load_study
from survey.store import Store

N = 40


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the ecsi preset without answers, and a workbook of N answers beside it."""
    folder = tmp_path_factory.mktemp("drawn")
    csat("init", folder, "--preset", "ecsi")
    # A small register: its true values are worked out from repeated censuses of it.
    (folder / "truth.yaml").write_text("truth: 1\nframe: {accounts: 400}\n", encoding="utf-8")
    run = simulate(folder, folder / "a.xlsx", seed=5)
    assert str(folder / "a.xlsx") in run.out
    assert str(folder / "a.truth.json") in run.out
    return folder


@pytest.fixture
def project(drawn: Path, tmp_path: Path) -> Path:
    """A copy of the project that a test may change."""
    shutil.copytree(drawn, tmp_path, dirs_exist_ok=True)
    return tmp_path


def simulate(project: Path, file: Path, *, seed: int) -> Run:
    return csat("simulate", "--wave", "2004", "-n", N, "--seed", seed, "-o", file, "--project", project)


def edit(file: Path, rows: int | range, header: str, value: object) -> None:
    """Put ``value`` into one cell of a workbook, or into some of a column."""
    book = openpyxl.load_workbook(file)
    sheet = book.active
    assert sheet is not None
    headers = [cell.value for cell in next(sheet.iter_rows(max_row=1))]
    column = next(n for n, text in enumerate(headers, 1) if header in str(text))
    for row in (rows,) if isinstance(rows, int) else rows:
        sheet.cell(row, column).value = value
    book.save(file)


def import_it(project: Path, *words: object, code: int = 0, language: str = "en") -> Run:
    words = ("--wave", "2004", "--project", project, *words)
    return csat("import", project / "a.xlsx", *words, code=code, language=language)


def test_truth_stands_beside_the_answers(drawn: Path) -> None:
    truth = json.loads((drawn / "a.truth.json").read_text(encoding="utf-8"))
    assert truth["seed"] == 5
    assert truth["wave"] == "2004"
    index = truth["true_values"]["waves"]["2004"]["index"]["value"]
    assert 0 < index < 100
    assert truth["declared"]["truth"] == 1


def test_the_same_seed_gives_the_same_workbook(drawn: Path, tmp_path: Path) -> None:
    for name, seed in (("same", 5), ("other", 6)):
        simulate(drawn, tmp_path / f"{name}.xlsx", seed=seed)
    assert (tmp_path / "same.xlsx").read_bytes() == (drawn / "a.xlsx").read_bytes()
    assert (tmp_path / "other.xlsx").read_bytes() != (drawn / "a.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--wave", "2005", "-n", 9), "no wave “2005”. Did you mean “2004”? All there are: 2004"),
        (("--wave", "first", "-n", 9), "no wave “first”. Choose one of: 2004"),
        (("--wave", "2004", "-n", 0), "-n is not valid: it must be a whole number of at least 1"),
        (("--wave", "2004", "-n", "many"), "-n is not valid: it must be a whole number"),
        (("--wave", "2004", "-n", 9, "--seed", -1), "--seed is not valid"),
        (("--wave", "2004", "--truth", "nowhere.yaml"), "no file nowhere.yaml"),
        (("-n", 9), "--wave is missing"),
    ],
)
def test_wrong_simulations_are_refused(drawn: Path, words: tuple[object, ...], said: str) -> None:
    run = csat("simulate", *words, "-o", drawn / "never.xlsx", "--project", drawn, code=2)
    assert said in run.err
    assert not (drawn / "never.xlsx").exists()


def test_an_import_accounts_for_every_row(project: Path) -> None:
    run = import_it(project)
    assert f"a.xlsx → 2004: {N} answers added." in run.out
    assert f"{N} rows below it" in run.out
    with Store.open(project / "csat.db", read_only=True) as store:
        assert len(store.load("2004")) == N


def test_the_same_file_again_does_nothing_and_says_so(project: Path) -> None:
    import_it(project)
    before = (project / "csat.db").read_bytes()
    assert "Nothing was changed" in import_it(project).out
    assert "没有改动" in import_it(project, language="zh").out
    assert (project / "csat.db").read_bytes() == before
    assert len(csat("imports", "--project", project, "--json").document["imports"]) == 1


def test_more_answers_join_those_that_are_there(project: Path) -> None:
    whole = (project / "a.xlsx").read_bytes()
    book = openpyxl.load_workbook(project / "a.xlsx")
    sheet = book.active
    assert sheet is not None
    sheet.delete_rows(12, N)
    book.save(project / "a.xlsx")
    import_it(project)
    (project / "a.xlsx").write_bytes(whole)
    run = import_it(project)
    assert f"{N - 10} answers added; 10 were there already and are equal" in run.out


def test_every_problem_is_listed_by_cell_and_nothing_is_imported(project: Path) -> None:
    study = load_study(project / "study.yaml")
    first, second = study.items[0].text["en"], study.items[3].text["en"]
    edit(project / "a.xlsx", 3, first, 11)
    edit(project / "a.xlsx", 7, second, "ok")
    run = import_it(project, code=1)
    assert run.err.startswith("Problems found: 2. Nothing was changed.")
    assert "!B3: " in run.err
    assert "!E7: " in run.err
    assert not (project / "csat.db").exists()
    chinese = import_it(project, code=1, language="zh")
    assert chinese.err.startswith("共有 2 个问题")


def test_a_dry_run_finds_what_an_import_would_and_writes_nothing(project: Path) -> None:
    run = import_it(project, "--dry-run")
    assert f"{N} answers added" in run.out
    assert not (project / "csat.db").exists()
    import_it(project)
    before = (project / "csat.db").read_bytes()
    study = load_study(project / "study.yaml")
    edit(project / "a.xlsx", range(2, N + 2), study.items[0].text["en"], 1)
    # Answers of known respondents that differ are found by the project file, not by the reader.
    run = import_it(project, "--dry-run", code=1)
    assert f"Of the {N} respondents of this file, " in run.err
    assert re.search(r"a\.xlsx, .*![A-Z]+\d+: Respondent “", run.err)
    assert study.items[0].id in run.err
    assert (project / "csat.db").read_bytes() == before


def test_import_as_json_holds_the_whole_report(project: Path) -> None:
    first = import_it(project, "--json").document
    assert first["added"] == first["report"]["imported"] == N
    assert first["report"]["rows"] == N
    again = import_it(project, "--json").document
    assert again.keys() == first.keys()
    assert (again["added"], again["again"], again["digest"]) == (0, first["number"], first["digest"])


def test_the_audit_trail_names_file_and_digest(project: Path) -> None:
    assert "Nothing was imported yet" in csat("imports", "--project", project).out
    assert csat("imports", "--project", project, "--json").document == {"imports": []}
    done = import_it(project, "--json").document
    run = csat("imports", "--project", project)
    assert done["report"]["sha256"][:8] in run.out
    assert "a.xlsx" in run.out
    (record,) = csat("imports", "--project", project, "--json").document["imports"]
    assert record["sha256"] == done["report"]["sha256"]
    assert record["added"] == N


def test_verify_finds_an_answer_that_was_altered(project: Path) -> None:
    import_it(project)
    assert "is sound" in csat("verify", "--project", project).out
    with sqlite3.connect(project / "csat.db") as database:
        database.execute("UPDATE answers SET IMAG1 = 11 - IMAG1 WHERE respondent_key = 1")
    database.close()
    run = csat("verify", "--project", project, code=1)
    assert "2004" in run.err
    found = csat("verify", "--project", project, "--json", code=1).document
    assert found["ok"] is False
    assert [problem["code"] for problem in found["problems"]] == ["store_wave_altered"]


@pytest.mark.parametrize("command", ["index", "drivers", "report", "verify"])
def test_a_project_without_answers_says_what_to_do(project: Path, command: str) -> None:
    assert "csat import" in csat(command, "--project", project, code=1).err


def rewrite(project: Path, before: str, after: str) -> None:
    file = project / "study.yaml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "是按量表 1–10 回答的"), ("en", "was answered on 1–10")]
)
@pytest.mark.parametrize("command", ["check", "index", "drivers", "report"])
def test_a_scale_changed_after_the_import_is_a_problem(
    project: Path, command: str, language: str, said: str
) -> None:
    import_it(project)
    rewrite(project, "ends: [1, 10]", "ends: [1, 7]")
    rewrite(project, "      10:", "      7:")
    run = csat(command, "--project", project, code=1, language=language)
    assert run.out == ""
    assert said in run.err
    assert "1–7" in run.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_item_renamed_after_the_import_is_named_with_its_old_id(project: Path, language: str) -> None:
    import_it(project)
    rewrite(project, "CUSA1", "CUSB1")
    checked = csat("check", "--project", project, language=language)
    run = csat("index", "--project", project, code=1, language=language)
    for told in (checked.err, run.err):
        assert "CUSB1" in told
        assert "CUSA1" in told
    assert "store_item_renamed" in str(csat("check", "--project", project, "--json").document["problems"])


def test_a_wave_deleted_after_the_import_is_warned_of(project: Path) -> None:
    import_it(project)
    rewrite(project, "id: 2004", "id: 2005")
    for command, code in (("check", 0), ("index", 1)):
        run = csat(command, "--project", project, code=code)
        assert "holds answers of wave “2004”" in run.err


def test_a_file_that_is_not_there_is_said(project: Path) -> None:
    run = csat("import", project / "b.xlsx", "--wave", "2004", "--project", project, code=1)
    assert "b.xlsx" in run.err
    assert not (project / "csat.db").exists()


def test_a_folder_in_the_place_of_a_workbook_is_said(project: Path) -> None:
    words = ("import", project, "--wave", "2004", "--project", project)
    assert "is a folder, not a workbook" in csat(*words, code=1).err
    assert "是文件夹，不是工作簿" in csat(*words, code=1, language="zh").err


def test_no_reason_of_the_system_is_told_in_its_own_words(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    run = csat("check", "--project", project, code=1, language="zh")
    assert "没有权限" in run.err
    assert "denied" not in run.err


def test_a_simulation_replaces_nothing_unless_forced(project: Path) -> None:
    answers, truth = project / "a.xlsx", project / "a.truth.json"
    before = answers.read_bytes(), truth.read_bytes()
    words = ("simulate", "--wave", "2004", "-n", N, "--seed", 6, "-o", answers, "--project", project)
    assert f"{answers} exists already" in csat(*words, code=1).err
    answers.unlink()
    assert f"{truth} 已经存在" in csat(*words, code=1, language="zh").err
    assert truth.read_bytes() == before[1]
    csat(*words, "--force")
    assert answers.read_bytes() != before[0]
    assert truth.read_bytes() != before[1]


def test_failures_as_json_hold_the_problems(project: Path) -> None:
    missing = csat("import", project / "b.xlsx", "--wave", "2004", "--project", project, "--json", code=1)
    [problem] = missing.document["problems"]
    assert (problem["code"], problem["place"]["file"]) == ("workbook_not_found", "b.xlsx")
    for command in ("index", "drivers", "verify"):
        [problem] = csat(command, "--project", project, "--json", code=1).document["problems"]
        assert problem["code"] == "message.no_answers"
        assert problem["message"].keys() == {"zh", "en"}
