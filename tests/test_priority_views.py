"""``csat drivers --view priorities``, ``gap``, ``stated``, ``strategy``: what comes first, and how sure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import priority_samples
import pytest
import yaml
from cli import Run, csat
from priority_samples import ASKED, NAMES, drivers, results, study

from analysis.priorities import QUADRANTS, Lines
from analysis.results import DriverResults, StudyResults
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language
from workbench.driver_views.strategy import AREAS
from workbench.layout import cells
from workbench.project import Project

VIEWS = ("priorities", "gap", "stated", "strategy")


@pytest.fixture(scope="module")
def found() -> DriverResults:
    return drivers()


@pytest.fixture
def folder(tmp_path: Path, found: DriverResults, monkeypatch: pytest.MonkeyPatch) -> Path:
    return project(tmp_path, monkeypatch, found, stated=ASKED)


def project(
    folder: Path, monkeypatch: pytest.MonkeyPatch, part: DriverResults | StudyResults, **declared: Any
) -> Path:
    """A project of the study whose results are these."""
    told = yaml.safe_dump(priority_samples.document(**declared), allow_unicode=True)
    (folder / "study.yaml").write_text(told, encoding="utf-8")
    made = part if isinstance(part, StudyResults) else results(part, study(**declared))
    monkeypatch.setattr(Project, "results", lambda *_: made)
    return folder


def shown(folder: Path, view: str, *words: str, language: Language = "en") -> Run:
    return csat("drivers", "--project", folder, "--view", view, *words, language=language)


def row(out: str, name: str) -> str:
    return next(line for line in out.splitlines() if f"{name} " in line and "%" in line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 130])
@pytest.mark.parametrize("view", VIEWS)
def test_every_driver_has_its_line_within_the_terminal(
    folder: Path, view: str, width: int, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = shown(folder, view, language=language).out
    labels = [label[language] for label in NAMES.values()]
    rows = [
        line for line in out.splitlines() if any(line.lstrip(" 0123456789").startswith(n) for n in labels)
    ]
    twice = view == "priorities" and width == 80
    assert len(rows) == len(NAMES) * (2 if twice else 1)
    assert max(map(cells, rows)) <= width
    assert "{" not in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_driver_shows_both_axes_and_all_four_probabilities(
    folder: Path, found: DriverResults, language: Language
) -> None:
    labels, out = Labels(study(), language), shown(folder, "priorities", language=language).out
    for driver in found.drivers:
        line = row(out, labels.item(driver.item))
        assert f"{labels.share(driver.share)} ({labels.shares_interval(driver.share)})" in line
        assert f"{labels.score(driver.performance)} ({labels.scores_interval(driver.performance)})" in line
        for quadrant in QUADRANTS:
            assert formatting.probability(driver.quadrants[quadrant]) in line
        assert line.endswith(" 100%")
    assert {
        "zh": "优先改进（概率不低于 80%）：网络速度",
        "en": "Improve first (probability at least 80%): network speed",
    }[language] in out


def test_an_undecided_driver_is_hollow_and_many_make_no_priorities(
    tmp_path: Path, found: DriverResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    even = dict.fromkeys(QUADRANTS, 0.25)
    unsure = tuple(
        replace(driver, quadrant=None, quadrants=even) if at < 2 else driver
        for at, driver in enumerate(found.drivers)
    )
    folder = project(tmp_path, monkeypatch, replace(found, drivers=unsure))
    out = shown(folder, "priorities").out
    assert out.count("○ undecided") == 2
    assert "No clear priorities: 2 of 5 drivers" in out
    assert not shown(folder, "priorities", "--json").document["priorities"][0]["clear"]
    assert "没有明确的优先次序" in shown(folder, "priorities", language="zh").out
    assert "No driver is clearly in the repair area; 2 of 5 are undecided" in shown(folder, "strategy").out
    others = tuple(
        replace(driver, quadrant=None, quadrants=even) if driver.item != "speed" else driver
        for driver in found.drivers
    )
    folder = project(tmp_path, monkeypatch, replace(found, drivers=others))
    said = "No clear priorities: 4 of 5 drivers reach 80% in no quadrant. "
    assert f"{said}In the repair area: network speed." in shown(folder, "strategy").out
    assert f"{said}To improve first, only these are sure: network speed." in shown(folder, "priorities").out


def test_what_the_checklist_blocks_has_no_verdict(
    tmp_path: Path, found: DriverResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = results(found, study())
    few = replace(made, quality=replace(made.quality, n=8))
    folder = project(tmp_path, monkeypatch, few, stated=ASKED)
    for view in VIEWS:
        assert "The checklist blocks these results" in shown(folder, view).out
    assert shown(folder, "priorities").out.count("○ undecided") == len(NAMES)
    assert "repair area:" not in shown(folder, "strategy").out
    assert "检查不通过" in shown(folder, "gap", language="zh").out


def test_an_item_most_give_the_best_answer_is_starred(
    tmp_path: Path, found: DriverResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = results(found, study())
    full = tuple(
        replace(one, shares=(*(0.0 for _ in one.shares[1:-1]), 0.5, 0.5)) if one.item == "bill" else one
        for one in made.distributions
    )
    folder = project(tmp_path, monkeypatch, replace(made, distributions=full))
    out = shown(folder, "priorities").out
    assert row(out, "Correct bills").endswith("100%*")
    assert "importance may be understated for Correct bills" in out


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            Lines(),
            {"en": ("vs mean", "at the means over the drivers"), "zh": ("与平均", "分界线为各项的平均")},
        ),
        (
            Lines("midpoint"),
            {"en": ("vs mid", "middle of the scale"), "zh": ("与中点", "以量表中点 50.0 为界")},
        ),
        (
            Lines("target", 75.0),
            {"en": ("vs target", "divided at the target"), "zh": ("与目标", "以目标 75.0 为界")},
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rule_of_the_lines_is_said(
    tmp_path: Path,
    rule: Lines,
    words: dict[str, tuple[str, str]],
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = project(tmp_path, monkeypatch, drivers(rule))
    out = shown(folder, "priorities", language=language).out
    for word in words[language]:
        assert word.lower() in out.lower()
    printed = shown(folder, "priorities", "--json").document["priorities"][0]["lines"]
    assert printed["rule"] == rule.rule


def test_targets_of_their_own_stand_beside_their_drivers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path, monkeypatch, drivers(Lines("target", 75.0, {"speed": 55.0})))
    out = shown(folder, "priorities").out
    assert " 55.0 " in row(out, "Network speed")
    assert " 75.0 " in row(out, "Coverage")
    document = shown(folder, "priorities", "--json").document["priorities"][0]
    assert document["lines"]["performance"] is None
    assert {one["driver"]: one["line"] for one in document["drivers"]}["speed"] == 55.0
    # Above its own target, the poorest driver is nothing to improve.
    assert {one["driver"]: one["quadrant"] for one in document["drivers"]}["speed"] == "keep"


@pytest.mark.parametrize("language", LANGUAGES)
def test_gaps_come_in_order_with_rank_intervals(
    folder: Path, found: DriverResults, language: Language
) -> None:
    labels, out = Labels(study(), language), shown(folder, "gap", language=language).out
    for driver in found.drivers:
        assert driver.gap is not None
        line = row(out, labels.item(driver.item))
        assert line.split()[0] == str(driver.gap.rank)
        assert formatting.signed(driver.gap.gap.value) in line
        assert f"{driver.gap.rank_low}–{driver.gap.rank_high}" in line
    assert {"zh": "惯例，不是发现", "en": "a convention and not a finding"}[language] in out
    document = shown(folder, "gap", "--json").document["gaps"][0]
    assert [one["priority"]["rank"] for one in document["drivers"]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("language", LANGUAGES)
def test_stated_and_derived_importance_stand_side_by_side(
    folder: Path, found: DriverResults, language: Language
) -> None:
    labels, out = Labels(study(), language), shown(folder, "stated", language=language).out
    assert found.stated is not None
    kinds = {row.driver: row.kind for row in found.stated.drivers}
    assert kinds == {"speed": "key", "cover": "hidden", "bill": "expected", "care": "minor", "price": "minor"}
    words = {"zh": ("关键", "隐性", "口头重视"), "en": ("key", "hidden", "expected")}[language]
    for item, word in zip(("speed", "cover", "bill"), words, strict=True):
        assert f" {word} " in row(out, labels.item(item))
    crowd = {"zh": "挤在顶端（超过 40%", "en": "crowds at the top (over 40%"}[language]
    assert crowd in out
    assert NAMES["bill"][language] in next(line for line in out.splitlines() if crowd in line)
    printed = shown(folder, "stated", "--json").document["stated"][0]["stated"]
    assert printed["correlation"]["value"] == found.stated.correlation.value  # type: ignore[union-attr] # asked


def test_a_study_that_asks_no_importance_is_told_how_to(
    tmp_path: Path, found: DriverResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path, monkeypatch, replace(found, stated=None))
    for language, words in (("en", "How important is … to you?"), ("zh", "对您有多重要")):
        run = csat("drivers", "--project", folder, "--view", "stated", code=1, language=language)
        assert words in run.err
        assert "stated: {speed:" in run.err


def test_too_few_to_compare_is_said(
    tmp_path: Path, found: DriverResults, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path, monkeypatch, replace(found, stated=None), stated=ASKED)
    assert "Fewer than three drivers can be compared" in shown(folder, "stated").out


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_are_the_quadrants_in_the_words_of_the_standard(folder: Path, language: Language) -> None:
    quadrants = shown(folder, "priorities", "--json").document["priorities"][0]["drivers"]
    areas = shown(folder, "strategy", "--json").document["strategy"][0]["drivers"]
    for one, other in zip(quadrants, areas, strict=True):
        assert other["areas"] == {AREAS[name]: share for name, share in one["quadrants"].items()}
        assert other["area"] == AREAS.get(one["quadrant"], "undecided")
    out = shown(folder, "strategy", language=language).out
    names = {
        "zh": ("修补区", "优势区", "机会区", "维持区"),
        "en": ("repair", "advantage", "opportunity", "maintenance"),
    }
    assert all(f"{name}{'：' if language == 'zh' else ':'}" in out for name in names[language])
    assert "GB/T 19038-2009" in out
    assert row(out, NAMES["speed"][language]).split()[-2] == names[language][0]
