"""The whole job, once: ``csat demo`` from four workbooks to the reports, and what may follow it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from cli import Run, csat

from analysis.results import StudyResults
from survey.definition import load_study
from survey.pseudonyms import read_key
from survey.store import Store
from survey.weight_set import ChosenWeights, study_weights
from workbench import remembered
from workbench.project import Project
from workbench.remembered import recall, remember, results_file
from workbench.runnable import runnable
from workbench.terminal import Terminal

ROOT = Path(__file__).parent.parent
REAL = Path(os.environ.get("CSAT_REAL", ROOT.parent / "shared" / "real"))
WAVES = ("2025Q4", "2026Q1", "2026Q2", "2026Q3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "try it"


@pytest.fixture(scope="module")
def demo(folder: Path) -> Run:
    return csat("demo", folder)


def test_the_demo_ends_with_reports_in_both_languages(demo: Run, folder: Path) -> None:
    for name in ("zh.pdf", "en.pdf", "zh.html", "en.html"):
        report = folder / "reports" / f"key_accounts-2026Q3-{name}"
        assert str(report) in demo.out
        assert report.read_bytes().startswith(b"%PDF-" if name.endswith("pdf") else b"<!DOCTYPE html>")
    assert demo.err == ""


def test_the_demo_imports_every_wave_and_says_what_comes_next(demo: Run, folder: Path) -> None:
    records = csat("imports", "--project", folder, "--json").document["imports"]
    assert tuple(record["wave"] for record in records) == WAVES
    for record in records:
        assert f"{record['wave']}: {record['added']} answers imported from {record['file']}" in demo.out
    assert f"  {runnable()} report --wave 2026Q2 --project '{folder}'" in demo.out


@pytest.mark.usefixtures("demo")
def test_everybody_gets_the_same_demo_by_its_published_key(folder: Path) -> None:
    published = ROOT / "sample_surveys" / "key_accounts" / "csat.key"
    assert (folder / "csat.key").read_bytes() == published.read_bytes()
    with Store.open(folder / "csat.db", read_only=True) as store:
        assert store.identifiers == read_key(published).fingerprint


@pytest.mark.usefixtures("demo")
def test_the_index_is_that_of_all_waves_together(folder: Path) -> None:
    found = csat("index", "--project", folder, "--json").document
    assert tuple(found["waves"]) == WAVES
    before = csat("index", "--wave", "2026Q2", "--project", folder, "--json").document
    assert [wave["wave"] for wave in before["trend"]] == list(WAVES[:3])
    # The earlier wave stands in both with the same answers; later ones add nothing to its value.
    assert before["trend"][2]["index"]["value"] == pytest.approx(
        found["trend"][2]["index"]["value"], rel=1e-12
    )


@pytest.mark.usefixtures("demo")
def test_again_it_changes_nothing_that_people_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "README.md").write_text("ours", encoding="utf-8")
    database, study = folder / "csat.db", folder / "study.yaml"
    text = study.read_text(encoding="utf-8")
    assert "target:" in text
    study.write_text(text.replace("target:", "target: 99 #", 1), encoding="utf-8")
    made: list[StudyResults] = []
    monkeypatch.setattr("report_templates.render.render_pdf", lambda *_: b"%PDF-")
    monkeypatch.setattr(
        "report_templates.render.render_html", lambda results, *_: made.append(results) or "<!DOCTYPE html>"
    )
    before = csat("imports", "--project", folder, "--json").document
    run = csat("demo", folder)
    for wave in WAVES:
        assert f"{wave}: {wave}.xlsx is in already, nothing was changed" in run.out
    assert (folder / "README.md").read_text(encoding="utf-8") == "ours"
    assert "target: 99" in study.read_text(encoding="utf-8")
    assert database.is_file()
    assert csat("imports", "--project", folder, "--json").document["imports"][:4] == before["imports"]
    # The edited study is the one that is reported.
    gap = made[-1].target_gap
    assert gap is not None
    assert gap.estimate.value == pytest.approx(made[-1].current.index.value - 99)
    study.write_text(text, encoding="utf-8")


def test_another_study_in_the_way_is_left_alone(tmp_path: Path) -> None:
    csat("init", tmp_path, "--preset", "ecsi")
    assert "holds another study (ecsi)" in csat("demo", tmp_path, code=1).err
    assert not (tmp_path / "csat.db").exists()


@pytest.mark.usefixtures("demo")
def test_results_are_worked_out_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = csat("index", "--project", folder, "--json").document

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("worked out again")

    monkeypatch.setattr("analysis.pipeline.run", never)
    assert csat("index", "--project", folder, "--json").document == expected


@pytest.mark.usefixtures("demo")
def test_remembered_results_are_equal_to_the_results(folder: Path, tmp_path: Path) -> None:
    results = Project(folder).results(None, Terminal("en"), "csat index")
    file = tmp_path / "results.json"
    remember(file, results)
    assert recall(file) == results


def test_remembered_results_belong_to_study_weights_answers_and_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study = load_study(ROOT / "sample_surveys" / "key_accounts" / "study.yaml")
    heavier = study.model_copy(update={"reporting": study.reporting.model_copy(update={"seed": 2})})
    digests = {"2026Q2": "aa", "2026Q3": "bb"}
    own = ChosenWeights(study_weights(study), "study")
    other = own.weights.model_copy(update={"weights": own.weights.weights | {"product": 0.31}})
    one = results_file(Path(), study, own, digests)
    assert one == results_file(Path(), study, own, dict(digests))
    others = {
        results_file(Path(), heavier, own, digests),
        results_file(Path(), study, own, digests | {"2026Q3": "bc"}),
        results_file(Path(), study, own, {"2026Q3": "bb"}),
        results_file(Path(), study, ChosenWeights(other, "draft"), digests),
        results_file(Path(), study, ChosenWeights(other, "approved"), digests),
    }
    monkeypatch.setattr(remembered, "_program", lambda: "another version")
    others.add(results_file(Path(), study, own, digests))
    assert len(others | {one}) == 7


def test_a_damaged_file_is_worked_out_again(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    assert recall(file) is None
    file.write_text(json.dumps({"wave": "2026Q3"}), encoding="utf-8")
    assert recall(file) is None
    file.write_bytes(b"{")
    assert recall(file) is None


def test_only_the_newest_results_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_KEPT", 3)
    for age, name in enumerate("abcde"):
        (tmp_path / f"{name}.json").write_text("{}", encoding="utf-8")
        os.utime(tmp_path / f"{name}.json", (age, age))
    remembered._forget_oldest(tmp_path)
    assert sorted(file.stem for file in tmp_path.iterdir()) == ["c", "d", "e"]


@pytest.mark.skipif(
    not (REAL / "mobile_ecsi.xlsx").is_file(), reason="the real answers are not in the project"
)
def test_the_european_index_of_250_real_answers(tmp_path: Path) -> None:
    csat("init", tmp_path, "--preset", "ecsi")
    csat("import", REAL / "mobile_ecsi.xlsx", "--wave", "2004", "--project", tmp_path)
    found = csat("index", "--project", tmp_path, "--json").document
    assert found["quality"]["n"] == 250
    # The published mean of the three satisfaction items with equal weights, to its printed decimals.
    assert found["trend"][-1]["index"]["value"] == pytest.approx(71.97, abs=0.01)
    assert len(csat("drivers", "--project", tmp_path, "--json").document["drivers"]) == 2
    csat("report", "--format", "html", "-o", tmp_path / "report.html", "--project", tmp_path)
    assert "250" in (tmp_path / "report.html").read_text(encoding="utf-8")
