"""``csat calibrate``: margins before and after, the price, the index, and what stands in the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli import csat
from sample_answers import answers, study

from analysis.pipeline import wave_index
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.definition import load_study
from survey.language import LANGUAGES, Language, catalogue
from workbench.layout import cells
from workbench.project import Project

CONTRACTS = "contract: {框架协议: 30, 多年合同: 30, 年度合同: 30, 项目合同: 10}"
TIERS = "    tier: {战略: 1260, 重点: 4380, 标准: 8360}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample study with a second margin, in which its last two waves were answered."""
    csat("init", tmp_path / "made", "--preset", "key_accounts")
    file = tmp_path / "made" / "study.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(TIERS) == 1
    file.write_text(text.replace(TIERS, f"{TIERS}    {CONTRACTS}\n"), encoding="utf-8")
    monkeypatch.setattr(Project, "history", lambda *_: [answers(wave) for wave in ("2026Q2", "2026Q3")])
    return tmp_path / "made"


def declare(folder: Path, calibration: str) -> None:
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\nwaves:\n", f"  calibration: {calibration}\n\nwaves:\n"), encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_stands_with_its_share_before_and_after(folder: Path, language: Language) -> None:
    words = ("calibrate", "--project", folder)
    found = csat(*words, "--json").document
    out = csat(*words, language=language).out
    labels = Labels(study(), language)
    for cell in found["cells"]:
        name = labels.category(cell["margin"], cell["level"])
        (line,) = (line for line in out.splitlines() if line.startswith(f"  {name} "))
        figures = [
            formatting.percent(cell[part] / cell["total"], 1) for part in ("target", "before", "achieved")
        ]
        assert line.split()[1:5] == [*(f"{figure}%" for figure in figures), str(cell["n"])]
    assert [margin["margin"] for margin in found["cells"][::4]] == ["tier", "contract"]
    assert max(cells(line) for line in out.splitlines() if "  " in line) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_preview_says_that_results_do_not_use_it_and_what_would(folder: Path, language: Language) -> None:
    out = csat("calibrate", "--project", folder, "--margin", "contract", "--trim", 4, language=language).out
    assert catalogue("workbench")("calibrate.not_declared", language) in out.replace(" ", " ")
    lines = out.splitlines()
    start = lines.index("  design:")
    assert lines[start + 1 :] == [
        "    calibration:",
        "      method: raking",
        "      margins: [contract]",
        "      trim: 4",
    ]
    # What is shown is what the lines do once they stand in the study.
    told = csat("calibrate", "--project", folder, "--margin", "contract", "--trim", 4, "--json").document
    declare(folder, "{method: raking, margins: [contract], trim: 4}")
    declared = csat("calibrate", "--project", folder, "--json").document
    assert (told["declared"], declared["declared"]) == (False, True)
    assert told["after"] == declared["after"]
    assert (
        catalogue("workbench")("calibrate.declared", language)
        in csat("calibrate", "--project", folder, language=language).out
    )


def test_the_index_after_is_the_one_that_results_show(folder: Path) -> None:
    declare(folder, "{}")
    found = csat("calibrate", "--project", folder, "--json").document
    waves = [answers(wave) for wave in ("2026Q2", "2026Q3")]
    index = wave_index(load_study(folder / "study.yaml"), waves, wave="2026Q3").index
    assert found["after"]["index"]["value"] == pytest.approx(index.value, rel=1e-12)
    assert found["after"]["index"]["se"] == pytest.approx(index.se, rel=1e-12)
    before = wave_index(study(), waves, wave="2026Q3").index
    assert found["before"]["index"]["value"] == pytest.approx(before.value, rel=1e-12)
    assert found["after"]["deff"] > found["before"]["deff"]


def test_margins_that_limits_do_not_allow_are_shown_and_listed(folder: Path) -> None:
    words: tuple[Any, ...] = (
        "calibrate",
        "--project",
        folder,
        "--trim",
        1.5,
        "--margin",
        "contract",
        "--margin",
        "tier",
    )
    run = csat(*words, code=1)
    assert "Some margins do not hold" in run.out
    assert "“Contract type” does not reach the population: “Framework” is off by -" in run.err
    found = csat(*words, "--json", code=1).document
    assert {problem["code"] for problem in found["problems"]} == {"sample_calibration_not_met"}
    assert not found["converged"]
    assert found["limited"] > 100
    # Once it is declared, no result is worked out from weights that miss the population.
    declare(folder, "{margins: [contract, tier], trim: 1.5}")
    told = csat("calibrate", "--project", folder, code=1).err
    assert "2026Q2: " in told
    assert "2026Q3: " in told


def test_a_category_in_which_nobody_answered_is_told(folder: Path) -> None:
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(CONTRACTS, "tier × contract: {战略 × 框架协议: 14000}"), encoding="utf-8")
    declare(folder, "{method: post_stratification, margins: [tier × contract]}")
    run = csat("calibrate", "--project", folder, code=1, language="zh")
    assert "「客户等级 × 合同类型」为“标准 × 年度合同”" in run.err


def test_wrong_options_are_explained(folder: Path) -> None:
    assert (
        "Did you mean “contract”?"
        in csat("calibrate", "--project", folder, "--margin", "contrct", code=2).err
    )
    assert "--trim 0.5 would cut half" in csat("calibrate", "--project", folder, "--trim", 0.5, code=2).err


def test_without_totals_there_is_nothing_to_calibrate_to(tmp_path: Path) -> None:
    csat("init", tmp_path / "made", "--preset", "ecsi")
    run = csat("calibrate", "--project", tmp_path / "made", code=1, language="zh")
    assert "design.population" in run.err
