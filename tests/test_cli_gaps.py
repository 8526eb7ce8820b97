"""``csat gaps``: gaps as tables, sentences and JSON, and what to do where there are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from cli import csat

from analysis.gap_results import GapModel, GapReport, NoModel
from analysis.scale_pipeline import gap_survey
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.definition import load_study
from survey.language import LANGUAGES, Language, catalogue
from survey.store import Store
from survey.study import Study
from workbench import gap_tables
from workbench.layout import cells
from workbench.project import Project
from workbench.terminal import Terminal

WAVE = "2026Q4"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gaps")
    csat("init", made, "--preset", "servqual")
    csat("simulate", "--wave", WAVE, "-n", "200", "--seed", "3", "-o", made / "drawn.xlsx", "--project", made)
    csat("import", made / "drawn.xlsx", "--wave", WAVE, "--project", made)
    return made


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return load_study(folder / "study.yaml")


@pytest.fixture(scope="module")
def found(folder: Path, study: Study) -> GapReport:
    with Store.open(folder / "csat.db", read_only=True) as store:
        report = gap_survey(study, [store.load(WAVE, study)])
    assert report is not None
    return report


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pair_and_dimension_stands_in_the_table_within_eighty_columns(
    folder: Path, study: Study, found: GapReport, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = csat("gaps", "--project", folder, language=language).out.splitlines()
    labels = Labels(study, language)
    end = next(i for i, line in enumerate(lines) if "SERVPERF" in line)
    assert max(cells(line) for line in lines[:end]) <= 80
    assert len(found.dimensions) == 5
    for dimension in found.dimensions:
        name = gap_tables.dimension(labels, dimension.id)
        (row,) = (line for line in lines[:end] if line.startswith(name + " "))
        assert dimension.reliability is not None
        assert f" {formatting.number(dimension.reliability.value, 2)} " in row
        for pair in dimension.pairs:
            item = labels.item(pair.pair.performance)
            (row,) = (line for line in lines[:end] if line.startswith(f"  {item} "))
            assert f" {labels.change(pair.figures.gap)} " in row
            assert f" {labels.score(pair.figures.expectation)} " in row
    assert found.model is not None
    assert any(formatting.signed(found.model.sum.value, 2) in line for line in lines[end:])
    assert found.direct is not None
    assert any(labels.item(found.direct.item) in line for line in lines[end:])


def test_json_holds_the_numbers_unrounded_and_help_names_every_key(folder: Path, found: GapReport) -> None:
    printed = csat("gaps", "--project", folder, "--json").document
    assert found.servqual.gap is not None
    assert printed["servqual"]["gap"]["estimate"]["value"] == found.servqual.gap.estimate.value
    assert [len(part["pairs"]) for part in printed["dimensions"]] == [4, 5, 4, 4, 5]
    for language in LANGUAGES:
        said = csat("gaps", "--help", language=language).out
        assert [key for key in printed if key not in said] == []


def test_a_study_without_gaps_is_told_what_to_declare(tmp_path: Path) -> None:
    csat("init", tmp_path / "plain", "--preset", "key_accounts")
    said = csat("gaps", "--project", tmp_path / "plain", code=1).err
    assert "gaps.pairs" in said
    assert "servqual" in said


def test_a_wave_that_asked_no_pair_is_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis import scale_pipeline

    monkeypatch.setattr(scale_pipeline, "gap_survey", lambda *_: None)
    assert "Nobody answered both of any pair" in csat("gaps", "--project", folder, code=1).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_model_allows_and_why_there_is_none_are_said(
    study: Study, found: GapReport, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    labels, words = Labels(study, language), catalogue("workbench")

    def shown(report: GapReport) -> str:
        gap_tables.show_gaps(Terminal(language), labels, report)
        return capsys.readouterr().out

    for reason in get_args(NoModel):
        said = shown(replace(found, model=None, no_model=reason))
        assert words(f"gaps.no_model.{reason}", language) in said
    model: GapModel | None = found.model
    assert model is not None
    for usable in (True, False):
        start = words(f"gaps.equal.{'usable' if usable else 'unusable'}", language, sum="@", test="@")
        said = shown(replace(found, model=replace(model, usable=usable)))
        assert labels.spaced(start.rsplit("@", 1)[1]) in said


def test_pairs_without_dimensions_make_up_one_whole(study: Study, folder: Path, tmp_path: Path) -> None:
    assert study.gaps is not None
    pairs = tuple(pair.model_copy(update={"dimension": None}) for pair in study.gaps.pairs)
    flat = study.model_copy(update={"gaps": study.gaps.model_copy(update={"pairs": pairs, "dimensions": ()})})
    with Store.open(folder / "csat.db", read_only=True) as store:
        report = gap_survey(flat, [store.load(WAVE, study)])
    assert report is not None
    (whole,) = report.dimensions
    assert len(whole.pairs) == 22
    assert whole.figures == report.servqual


@pytest.mark.parametrize("preset", ["servqual", "ecsi"])
def test_presets_pair_what_is_asked_on_one_scale(preset: str, tmp_path: Path) -> None:
    csat("init", tmp_path / preset, "--preset", preset)
    found = Project(tmp_path / preset).study
    assert found.gaps is not None
    for pair in found.gaps.pairs:
        assert found.scale_of(pair.expectation).ends == found.scale_of(pair.performance).ends
