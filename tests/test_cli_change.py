"""``csat change``: the parts of a change as tables and as JSON, and what cannot be compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli import csat
from sample_answers import answers, study

from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language, catalogue
from workbench.layout import cells
from workbench.project import Project

WAVES = ("2026Q1", "2026Q2", "2026Q3")


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "history", lambda *_: [answers(wave) for wave in WAVES])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_node_stands_with_its_part_and_what_the_test_allows(folder: Path, language: Language) -> None:
    found = csat("change", "--project", folder, "--json").document
    lines = csat("change", "--project", folder, language=language).out.splitlines()
    labels, words = Labels(study(), language), catalogue("workbench")
    said = {"better": "rise", "worse": "fall", "same": "flat"}
    for node in found["nodes"]:
        (line,) = (line for line in lines if line.strip().startswith(labels.node(node["id"]) + "  "))
        total = node["parts"]["total"]
        assert f" {formatting.signed(total['estimate']['value'], 2)} " in line
        assert line.endswith(labels.spaced(words(f"tables.part.{said[total['verdict']]}", language)))
    # One set of weights and no segment: there is but one part, and no table of parts.
    assert words("tables.part.rise", language) not in lines[2]
    assert found["parts"]["mix"] is None
    assert found["parts"]["weight"] is None
    assert study().index.version in lines[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mix_of_a_segment_is_told_apart(folder: Path, language: Language) -> None:
    words = ("change", "--project", folder, "--since", "2026Q1", "--by", "province")
    found = csat(*words, "--json").document
    assert (found["before_wave"], found["after_wave"]) == ("2026Q1", "2026Q3")
    parts = {name: part["estimate"]["value"] for name, part in found["parts"].items() if part}
    # Two sums of a few doubles of size 100.
    assert parts["score"] + parts["mix"] == pytest.approx(parts["total"], abs=1e-10)
    out = csat(*words, language=language).out
    assert max(cells(line) for line in out.splitlines()[:-3]) <= 80
    for group in found["groups"]:
        if group["value"] is not None:
            assert group["value"] in out or Labels(study(), language).group("province", group["value"]) in out


def test_help_names_every_key_of_the_json(folder: Path) -> None:
    printed = csat("change", "--project", folder, "--json").document
    for language in LANGUAGES:
        said = csat("change", "--help", language=language).out
        assert [key for key in printed if key not in said] == []


def test_a_wave_to_start_from_has_to_lie_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = csat("change", "--since", "2026Q3", "--project", folder, code=2).err
    assert "--since 2026Q3 is not before 2026Q3" in said
    assert "2026Q1" in said
    assert "no wave “1999”" in csat("change", "--since", "1999", "--project", folder, code=2).err
    assert "no segment “tire”" in csat("change", "--by", "tire", "--project", folder, code=2).err
    monkeypatch.setattr(Project, "history", lambda *_: [answers("2026Q1")])
    assert "2026Q1 is the first wave" in csat("change", "--project", folder, code=1).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_weights_are_said_and_linked(folder: Path, language: Language) -> None:
    csat(
        *("weights", "set", "other", "product=0.1", "--reason", "a trial", "--author", "me"),
        *("--project", folder),
    )
    words = ("change", "--project", folder, "--base-weights", "study", "--weights", "other")
    found = csat(*words, "--json").document
    assert [found["weights"][end]["name"] for end in ("before", "after")] == ["2025.1", "other"]
    assert [found["weights"][end]["state"] for end in ("before", "after")] == ["study", "draft"]
    parts = found["parts"]
    total = parts["score"]["estimate"]["value"] + parts["weight"]["estimate"]["value"]
    assert total == pytest.approx(parts["total"]["estimate"]["value"], abs=1e-10)
    note = csat(*words, language=language).out.splitlines()[-1]
    assert formatting.signed(found["link"]["estimate"]["value"], 2) in note
    assert catalogue("workbench")("weights.state.draft", language) in note
    csat("weights", "drop", "other", "--project", folder)
