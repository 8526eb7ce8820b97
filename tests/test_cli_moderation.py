"""``csat moderation``: verdicts, slopes, what an ordinal model says, and what to do where there is none."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cli import csat
from sample_answers import SAMPLE, answers, study
from yaml import safe_load

from analysis.moderation_pipeline import moderation_survey
from analysis.moderation_results import Moderations
from analysis.results import TooFew
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language
from workbench.chain_words import named, per_ten
from workbench.layout import cells
from workbench.moderation_tables import show_moderation
from workbench.project import Project
from workbench.terminal import Terminal

WAVE = "2026Q3"


@cache
def found(outcome: str = "renewal_intention", moderator: str | None = None) -> Moderations:
    return moderation_survey(
        study(), [answers(WAVE)], outcome=outcome, satisfaction="satisfaction", moderator=moderator
    )


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "history", lambda *_: [answers(WAVE)])


def test_the_product_that_is_true_of_the_sample_is_found_and_no_other() -> None:
    truth: dict[str, Any] = safe_load((SAMPLE / "truth.yaml").read_text(encoding="utf-8"))
    (product,) = truth["factors"]["renewal"]["products"]
    assert product["of"] == ["satisfaction", "relational"]
    assert product["coefficient"] < 0
    verdicts = {part.moderator: part.verdict for part in found().found}
    assert verdicts == {"procedural": "undetermined", "financial": "undetermined", "relational": "weaker"}
    (relational,) = (part for part in found().found if part.moderator == "relational")
    assert relational.ordered is not None
    assert relational.ordered.product.clear == -1


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_slopes_and_what_stands_beside_are_told_within_eighty_columns(
    folder: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = csat("moderation", "--project", folder, language=language).out
    lines, labels = out.splitlines(), Labels(study(), language)
    rules = [line for line in lines if set(line) == {"─"}]
    assert rules
    assert max(map(cells, rules)) <= 80
    for part in found().found:
        product, slopes, beside = (
            line for line in lines if line.startswith(named(labels, part.moderator) + "  ")
        )
        assert per_ten(part.product.estimate, 2, 100) in product
        assert all(per_ten(place.slope.estimate) in slopes for place in part.slopes)
        assert part.ordered is not None
        assert part.ordered.product.p is not None
        arrow = "↑" if part.ordered.product.estimate.value > 0 else "↓"
        assert f"{arrow} {formatting.p_value(part.ordered.product.p)}" in beside


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_ordinal_model_does_not_bear_out_is_no_finding(folder: Path, language: Language) -> None:
    doubted = [
        part.moderator
        for part in found("recommendation").found
        if any(key == "not_ordinal" for key, _ in part.warnings)
    ]
    assert doubted == ["relational"]
    out = csat("moderation", "--outcome", "recommendation", "--project", folder, language=language).out
    assert {"zh": "不要当作结论", "en": "do not take it for a finding"}[language] in out
    assert {"zh": "越高越弱（存疑）", "en": "weaker (doubtful)"}[language] in out


def test_one_facet_is_tested_with_its_family_and_any_item_alone() -> None:
    (part,) = found(moderator="procedural").found
    assert part == next(other for other in found().found if other.moderator == "procedural")
    (item,) = found(moderator="am_competence").found
    assert item.q == item.product.p


def test_json_holds_the_numbers_unrounded_and_help_names_every_key(folder: Path) -> None:
    printed = csat("moderation", "--moderator", "relational", "--project", folder, "--json").document
    (part,) = printed["found"]
    assert part["slopes"][0]["slope"]["estimate"]["value"] == found().found[-1].slopes[0].slope.estimate.value
    assert part["ordered"]["levels"] == 9
    for language in LANGUAGES:
        said = csat("moderation", "--help", language=language).out
        assert [key for key in printed if key not in said] == []


MISUSES = [
    (("--outcome", "renewel"), "renewal"),
    (("--moderator", "relationel"), "relational"),
    (("--moderator", "sat_overall"), "satisfaction"),
    (("--outcome", "satisfaction"), "satisfaction"),
]


@pytest.mark.parametrize(("words", "right"), MISUSES, ids=[" ".join(m[0]) for m in MISUSES])
def test_what_cannot_be_meant_is_told(folder: Path, words: tuple[str, ...], right: str) -> None:
    for language in LANGUAGES:
        said = csat("moderation", *words, "--project", folder, code=2, language=language).err
        assert words[1] in said
        assert right in said


def test_a_study_that_lacks_a_part_is_told_what_to_declare(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking: list[tuple[dict[str, object], str]] = [
        ({"switching_costs": ()}, "switching_costs"),
        ({"outcomes": study().outcomes[1:]}, "--satisfaction"),
        ({"outcomes": study().outcomes[:1]}, "kind: renewal_intention"),
    ]
    for changed, remedy in lacking:
        monkeypatch.setattr(Project, "study", study().model_copy(update=changed))
        for language in LANGUAGES:
            assert remedy in csat("moderation", "--project", folder, code=1, language=language).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_and_reason_is_said(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    labels, part = Labels(study(), language), found().found[-1]
    told = set()
    for verdict in ("stronger", "weaker", "undetermined"):
        changed = replace(part, verdict=verdict, ordered=None, curved_p=None, regions=(), q=None)
        show_moderation(Terminal(language), labels, replace(found(), found=(changed,)))
        told.add(capsys.readouterr().out)
    for reason in ("small_base", "no_spread"):
        missing = (("relational", TooFew(12, reason)),)  # type: ignore[arg-type] # one of the reasons
        show_moderation(Terminal(language), labels, replace(found(), found=(), missing=missing))
        said = capsys.readouterr().out
        assert "12" not in said
        told.add(said)
    assert len(told) == 5
