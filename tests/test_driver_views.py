"""``csat drivers --view …``: drivers as tables within the terminal, as JSON, and what is said beside."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from cli import Run, csat
from report_sample import results
from sample_answers import answers

from analysis.driver_parts import DominancePair
from analysis.measure_ranks import rank_differences
from analysis.outcome_pipeline import DriverBase, driver_base, shares_of
from analysis.results import DriverResults, StudyResults, TooFew
from report_templates.context.labels import Labels
from survey.definition import load_study
from survey.language import LANGUAGES, Language
from survey.study import Study
from workbench.driver_views.dominance import held
from workbench.driver_views.wording import missing_line
from workbench.layout import cells
from workbench.project import Project

WAVES = ("2026Q2", "2026Q3")
REPLICATES = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("views")
    csat("init", made, "--preset", "key_accounts")
    file = made / "study.yaml"
    few = re.sub(r"replicates: \d+", f"replicates: {REPLICATES}", file.read_text(encoding="utf-8"))
    file.write_text(few, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    found = load_study(folder / "study.yaml")
    assert found.reporting.replicates == REPLICATES
    return found


@pytest.fixture(scope="module")
def base(study: Study) -> DriverBase:
    return driver_base(study, [answers(wave) for wave in WAVES])


@pytest.fixture(scope="module")
def made(base: DriverBase) -> StudyResults:
    """Results of the two waves whose drivers are estimated; the rest is made up."""
    drivers = shares_of(base, "satisfaction")
    assert isinstance(drivers, DriverResults)
    return replace(results(waves=2), drivers=(drivers,), drivers_missing=())


@pytest.fixture(scope="module")
def renewal(base: DriverBase) -> DriverResults:
    found = shares_of(base, "renewal")
    assert isinstance(found, DriverResults)
    return found


@pytest.fixture(autouse=True)
def answered(made: StudyResults, monkeypatch: pytest.MonkeyPatch) -> None:
    def history(project: Project, wave: str | None, *_: object) -> list[Any]:
        return [answers(known) for known in WAVES[: WAVES.index(wave or WAVES[-1]) + 1]]

    monkeypatch.setattr(Project, "results", lambda *_: made)
    monkeypatch.setattr(Project, "history", history)


def shown(folder: Path, view: str, *words: str, language: Language = "en") -> Run:
    return csat("drivers", "--project", folder, "--view", view, *words, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 100, 170])
@pytest.mark.parametrize("view", ["measures", "dominance"])
def test_every_driver_has_a_line_within_the_terminal(
    folder: Path,
    made: StudyResults,
    view: str,
    width: int,
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = shown(folder, view, "--outcome", "satisfaction", language=language).out
    rows = [line for line in out.splitlines() if re.match(r" ?\d+  ", line)]
    tables = 2 if view == "dominance" or width >= 170 else 3
    assert len(rows) == tables * len(made.drivers[0].drivers)
    assert max(map(cells, rows)) <= width


def test_measures_stand_side_by_side_with_their_sum(folder: Path, made: StudyResults, study: Study) -> None:
    lines = shown(folder, "measures", "--outcome", "satisfaction").out.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split()[2:5] == ["LMG", "Johnson", "CAR"])
    driver = made.drivers[0].drivers[0]
    assert driver.parts is not None
    row = lines[head + 2]
    assert Labels(study, "en").item(driver.item) in row
    for part in (driver.parts.lmg, driver.parts.johnson, driver.parts.first, driver.parts.last):
        assert f" {100 * part.value:.1f} " in row
    (total,) = (line for line in lines if line.strip().startswith("Sum "))
    assert total.split()[1:] == [f"{100 * made.drivers[0].r_squared.value:.1f}"] * 4


def test_johnson_and_lmg_that_rank_differently_are_named(
    folder: Path, made: StudyResults, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = made.drivers[0].drivers
    assert first.parts is not None
    nothing = replace(first.parts, johnson=replace(first.parts.johnson, value=0.0))
    drivers = (replace(first, parts=nothing, rank_high=3), *others)
    one = replace(made.drivers[0], drivers=drivers)
    monkeypatch.setattr(Project, "results", lambda *_: replace(made, drivers=(one,)))
    found = rank_differences(drivers)[0]
    assert (found.driver, found.lmg, found.johnson, found.beyond_noise) == (first.item, 1, 12, True)
    (line,) = (
        line
        for line in shown(folder, "measures", "--outcome", "satisfaction").out.splitlines()
        if "beyond sampling error" in line
    )
    assert f"{Labels(study, 'en').item(first.item)} (LMG 1, Johnson 12)" in line
    printed = shown(folder, "measures", "--outcome", "satisfaction", "--json").document
    assert printed["measures"][0]["rank_differences"][0]["johnson"] == 12


def test_a_conflict_of_signs_is_a_word_beside_the_share(
    folder: Path, made: StudyResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = made.drivers[0].drivers
    one = replace(made.drivers[0], drivers=(replace(first, direction="conflicting"), *others))
    monkeypatch.setattr(Project, "results", lambda *_: replace(made, drivers=(one,)))
    out = shown(folder, "measures", "--outcome", "satisfaction").out
    assert len(re.findall(r"(?m) conflict$", out)) == 1
    assert f" {100 * first.share.value:.0f}% " in out


def test_a_dominance_that_replicates_do_not_bear_out_is_no_mark() -> None:
    pair = DominancePair("a", "b", "complete", 1.0, {"complete": 0.5, "conditional": 0.97, "general": 1.0})
    assert held(pair, 0.95) == "conditional"
    assert held(replace(pair, reproduced={"complete": 0, "conditional": 0, "general": 0.9}), 0.95) is None
    assert held(replace(pair, level="general"), 0.95) == "general"
    assert held(replace(pair, reproduced=None), 0.95) == "complete"


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_outcome_is_worked_out_and_yes_and_no_points_to_its_models(
    folder: Path,
    base: DriverBase,
    renewal: DriverResults,
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "renewal" not in (base.study.drivers.outcomes if base.study.drivers else ())
    if language == "en":
        monkeypatch.setattr("analysis.outcome_pipeline.shares_of", lambda *_: renewal)
    out = csat("drivers", "--project", folder, "--outcome", "renewal", language=language).out
    assert "csat drivers --view models --outcome renewal" in out
    first = Labels(base.study, language).item(renewal.drivers[0].item)
    assert re.search(rf"(?m)^ 1  {re.escape(first)} +{100 * renewal.drivers[0].share.value:.0f}% ", out)
    plain = csat("drivers", "--project", folder, "--outcome", "satisfaction", language=language).out
    assert "--view models" not in plain


@pytest.mark.parametrize("view", ["shares", "measures", "dominance"])
def test_weights_are_said_once_at_the_end(folder: Path, view: str) -> None:
    lines = shown(folder, view, "--outcome", "satisfaction").out.splitlines()
    assert [line.startswith("Weights: ") for line in lines].index(True) == len(lines) - 1


def test_the_json_of_a_view_goes_by_its_name(folder: Path, made: StudyResults) -> None:
    measures = shown(folder, "measures", "--outcome", "satisfaction", "--json").document
    assert measures.keys() == {"wave", "measures", "missing", "provenance"}
    parts = made.drivers[0].drivers[0].parts
    assert parts is not None
    assert measures["measures"][0]["drivers"][0]["parts"]["johnson"]["value"] == parts.johnson.value
    dominance = shown(folder, "dominance", "--outcome", "satisfaction", "--json").document["dominance"]
    assert len(dominance["satisfaction"]["pairs"]) == 66
    text = csat("drivers", "--help").out
    assert all(key in text for key in ("rank_differences", "conditional", "pairs", "provenance"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_no_drivers_has_a_sentence(study: Study, language: Language) -> None:
    reasons = get_args(get_type_hints(TooFew)["reason"])
    labels = Labels(study, language)
    told = {missing_line(labels, WAVES[-1], "renewal", TooFew(7, reason)) for reason in reasons}
    assert len(told) == len(reasons) > 4
    assert all(line.startswith(labels.outcome("renewal")) and "7" not in line for line in told)


def test_an_unknown_view_or_outcome_names_those_there_are(folder: Path, study: Study) -> None:
    assert "measures" in csat("drivers", "--project", folder, "--view", "measure", code=2).err
    unknown = csat("drivers", "--project", folder, "--outcome", "weather", code=2).err
    assert all(name in unknown for name in study.outcome_by_id)
