"""``csat init``, ``csat check`` and ``csat schema``: a study on disk and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli import csat

from survey.definition import load_study, study_schema
from workbench.files import write_whole
from workbench.presets import presets
from workbench.terminal import Stop


@pytest.mark.parametrize("preset", sorted(presets()))
def test_a_new_project_passes_its_own_check(tmp_path: Path, preset: str) -> None:
    folder = tmp_path / "new"
    csat("init", folder, "--preset", preset)
    run = csat("check", "--project", folder)
    assert "is fine" in run.out
    assert run.err == ""
    assert load_study(folder / "study.yaml").id == preset


def test_an_editor_finds_the_schema_beside_the_study(tmp_path: Path) -> None:
    csat("init", tmp_path)
    first = (tmp_path / "study.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=study.schema.json"
    assert json.loads((tmp_path / "study.schema.json").read_text(encoding="utf-8")) == study_schema()


def test_a_study_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("mine", encoding="utf-8")
    run = csat("init", tmp_path, code=1)
    assert "exists already" in run.err
    assert [file.name for file in tmp_path.iterdir()] == ["study.yaml"]
    assert (tmp_path / "study.yaml").read_text(encoding="utf-8") == "mine"


def test_init_keeps_files_that_are_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("about us", encoding="utf-8")
    csat("init", tmp_path)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "about us"


def test_the_page_beside_the_study_is_in_the_readers_language(tmp_path: Path) -> None:
    csat("init", tmp_path, "--lang", "zh")
    assert "满意度研究项目" in (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A project whose study has three mistakes; the lines they stand on are in ``lines``."""
    csat("init", tmp_path)
    file = tmp_path / "study.yaml"
    text = file.read_text(encoding="utf-8")
    assert "csat: 1\n" in text
    text = text.replace("csat: 1\n", "csat: 7\ncolour: blue\n", 1).replace("items:", "itmes:", 1)
    file.write_text(text, encoding="utf-8")
    return tmp_path


def test_every_problem_is_listed_with_its_line(broken: Path) -> None:
    lines = (broken / "study.yaml").read_text(encoding="utf-8").splitlines()
    run = csat("check", "--project", broken, code=1)
    assert run.out == ""
    for mistake in ("csat: 7", "colour: blue", "itmes:"):
        number = lines.index(mistake) + 1
        assert f"study.yaml:{number}," in run.err, mistake


def test_problems_are_told_in_chinese_too(broken: Path) -> None:
    run = csat("check", "--project", broken, "--lang", "zh", code=1)
    assert "个问题" in run.err
    assert run.err.count("study.yaml:") == csat("check", "--project", broken, code=1).err.count("study.yaml:")


def test_check_as_json_is_one_object_with_and_without_problems(broken: Path) -> None:
    found = csat("check", "--project", broken, "--json", code=1).document
    assert found["study"] is None
    lines = (broken / "study.yaml").read_text(encoding="utf-8").splitlines()
    mistakes = {lines.index(mistake) + 1 for mistake in ("csat: 7", "colour: blue", "itmes:")}
    assert mistakes <= {problem["place"]["line"] for problem in found["problems"]}
    assert all(set(problem["message"]) == {"zh", "en"} for problem in found["problems"])
    csat("init", broken / "good")
    good = csat("check", "--project", broken / "good", "--json").document
    assert good.keys() == found.keys() == {"file", "problems", "study"}
    study = load_study(broken / "good" / "study.yaml")
    assert good["study"]["items"] == len(study.items)


def test_a_folder_without_a_study_says_what_to_do(tmp_path: Path) -> None:
    run = csat("check", "--project", tmp_path, code=1)
    assert "csat init" in run.err


def test_schema_is_printed_or_written(tmp_path: Path) -> None:
    assert csat("schema").document == study_schema()
    csat("schema", "-o", tmp_path / "deep" / "schema.json")
    assert json.loads((tmp_path / "deep" / "schema.json").read_text(encoding="utf-8")) == study_schema()


def test_files_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.html"
    write_whole(file, "old")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Stop) as stop:
        write_whole(file, "new")
    assert stop.value.key == "message.cannot_write.no_space"
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Stop) as stop:
        write_whole(tmp_path, "text")
    assert stop.value.key == "message.cannot_write.is_folder"
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Stop) as stop:
        write_whole(tmp_path / "file" / "below", "text")
    assert stop.value.key == "message.cannot_write.no_folder"


def test_a_preset_brings_its_truth_along(tmp_path: Path) -> None:
    csat("init", tmp_path / "own", "--preset", "key_accounts")
    shipped = Path(__file__).parent.parent / "sample_surveys" / "key_accounts" / "truth.yaml"
    assert (tmp_path / "own" / "truth.yaml").read_bytes() == shipped.read_bytes()


def test_commands_shown_are_those_that_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "env" / "bin" / "csat"
    program.parent.mkdir(parents=True)
    program.write_text("", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(program)])
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "  2. env/bin/csat check" in csat("init", "one").out
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/csat")
    assert "  2. csat check" in csat("init", "two").out
