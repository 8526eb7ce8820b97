"""``csat scales``: tables, sentences and JSON for every scale, and the index without a doubtful item."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from cli import csat
from sample_answers import answers, study

from analysis import scale_pipeline
from analysis.index import flat_tree
from analysis.scale_pipeline import scale_survey
from analysis.scale_report import scale_report
from analysis.scale_results import Block, NotEstimable, ScaleQuality, ScaleReport
from analysis.tabular import sample_from_frame
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language, catalogue
from workbench import scale_tables
from workbench.layout import cells
from workbench.project import Project
from workbench.terminal import Terminal

WAVES = ("2026Q2", "2026Q3")


@cache
def found() -> ScaleReport:
    return scale_survey(study(), [answers(wave) for wave in WAVES])


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "history", lambda *_: [answers(wave) for wave in WAVES])
    report = found()
    monkeypatch.setattr(scale_pipeline, "scale_survey", lambda *_: report)


def test_every_construct_is_told_as_what_it_is() -> None:
    by_id = {scale.id: scale for scale in found().scales}
    assert list(by_id) == [construct.id for construct in study().constructs]
    for construct in study().constructs:
        scale = by_id[construct.id]
        assert scale.missing is None
        reflective = construct.mode == "reflective"
        assert (scale.alpha is not None) == reflective
        assert (scale.omega is not None) == (reflective and len(construct.items) > 2)
        assert (scale.spearman_brown is not None) == (reflective and len(construct.items) == 2)
        assert all((item.inflation is None) == reflective for item in scale.items)
        assert [item.item for item in scale.items] == list(construct.items)
    # Faults were put to those alone who had one: nobody else is part of that scale.
    handling = by_id["after_sales"].items[-1].blanks
    assert handling is not None
    assert by_id["after_sales"].base is not None
    assert by_id["after_sales"].base.n <= handling.due
    assert by_id["after_sales"].base.left_people >= handling.structural["not_asked"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_hold_every_figure_within_eighty_columns(
    folder: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = csat("scales", "--project", folder, language=language).out.splitlines()
    labels, words = Labels(study(), language), catalogue("workbench")
    legend = labels.spaced(words("scales.legend.reflective", language))
    tables = lines[: lines.index(legend)]
    assert max(cells(line) for line in tables) <= 80
    for scale in found().scales:
        name = scale_tables.construct(labels, scale.id)
        if scale.alpha:
            (row, *_) = (line for line in tables if line.startswith(name))
            assert f" {formatting.number(scale.alpha.value, 2)} " in row
        for item in scale.items:
            (row, *_) = (line for line in tables if line.strip().startswith(labels.item(item.item) + "  "))
            shown = item.rest if item.rest is not None else item.inflation
            assert shown is not None
            assert f" {formatting.number(shown, 2)} " in row
    for wave in WAVES:
        assert any(labels.short_wave(wave) in line for line in tables)
    *_, doubtful, weights = lines
    assert doubtful.startswith("  " + scale_tables.construct(labels, "behavioural_loyalty"))
    assert study().index.version in weights


def test_json_holds_the_numbers_unrounded_and_help_names_every_key(folder: Path) -> None:
    printed = csat("scales", "--project", folder, "--json").document
    assert printed["scales"][0]["alpha"]["value"] == found().scales[0].alpha.value  # type: ignore[union-attr] # the first is reflective
    assert [len(alpha["series"]) for alpha in printed["trend"]] == [2] * 5
    assert printed["weight_set"] == study().index.version
    for language in LANGUAGES:
        said = csat("scales", "--help", language=language).out
        assert [key for key in printed if key not in said] == []


def test_a_study_without_constructs_is_told_what_to_declare(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = study().model_copy(update={"constructs": (), "paths": ()})
    monkeypatch.setattr(Project, "study", bare)
    assert "List constructs and their items" in csat("scales", "--project", folder, code=1).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_nothing_has_a_sentence(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = [reason for part in get_args(NotEstimable) for reason in (get_args(part) or (part,))]
    scales = tuple(ScaleQuality("loyalty", "2026Q3", False, (), None, reason) for reason in reasons)
    labels = Labels(study(), language)
    scale_tables.show_scales(Terminal(language), labels, replace(found(), scales=scales, trend=()))
    said = capsys.readouterr().out.splitlines()
    for reason in reasons:
        expected = labels.spaced(
            catalogue("workbench")(f"scales.missing.{reason}", language, construct="loyalty", limit=10)
        )
        assert f"  {expected}" in said


def doubtful() -> ScaleReport:
    """Three items that go together and one that does not, each with a quarter of the index."""
    import pandas as pd

    rng = np.random.default_rng(2)
    common = rng.normal(size=(300, 1))
    x = 60 + 10 * np.hstack([common + 0.6 * rng.normal(size=(300, 3)), rng.normal(size=(300, 1))])
    x[:, 3] -= 20
    names = ["sat_overall", "sat_expectation", "sat_ideal", "price_tolerance"]
    sample = sample_from_frame(pd.DataFrame(np.clip(x, 0, 100), columns=names), names, scale=None)
    tree = flat_tree(dict.fromkeys(names, 1.0))
    return scale_report(sample, [Block("satisfaction", tuple(names))], tree, "v1", replicates=100, seed=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_without_a_doubtful_item_stands_beside_it(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    report = doubtful()
    keys = {key for key, values in report.scales[0].warnings if values.get("item") == "price_tolerance"}
    assert keys == {"low_rest", "low_loading", "better_without"}
    (part,) = report.index_without
    assert part.item == "price_tolerance"
    assert part.without - part.index == pytest.approx(5.0, abs=1.0)
    labels = Labels(study(), language)
    scale_tables.show_scales(Terminal(language), labels, report)
    said = capsys.readouterr().out.splitlines()[-1]
    assert formatting.number(part.without) in said
    assert labels.item("price_tolerance") in said
