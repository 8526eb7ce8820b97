"""``csat checklist`` says what was checked, what was found, the limit, the source, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from checked_sample import blocked, checked
from cli import csat
from report_sample import key_accounts, results

from analysis.checks import checklist
from report_templates.context import check_words
from report_templates.context.words import Words
from survey.language import LANGUAGES, Language
from workbench.project import Project

STUDY = key_accounts()
MADE = checked(results(STUDY))


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "results", lambda *_: MADE)
    # Cells of the table stay on one line.
    monkeypatch.setenv("COLUMNS", "600")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_stands_there_with_its_words(folder: Path, language: Language) -> None:
    shown = csat("checklist", "--project", folder, "--lang", language).out
    words, found = Words(STUDY, language, MADE), checklist(MADE)
    for check in found.checks:
        parts = (check_words.name, check_words.found, check_words.limit, check_words.source)
        (line, *_) = (
            line
            for line in shown.splitlines()
            if all(part(words, check) in line for part in (check_words.state, *parts))
        )
        assert line.startswith({"pass": "●", "warn": "◐", "block": "○"}[check.state])
        if check.state != "pass":
            assert check_words.remedy(words, check) in shown
    counts = found.counts
    assert sum(counts.values()) == len(found.checks)
    told = {"en": f"{counts['pass']} pass, {counts['warn']} warn, {counts['block']} block."}
    assert told.get(language, f"{counts['pass']} 项通过") in shown


def test_what_is_blocked_is_named_and_is_no_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = blocked(results(STUDY))
    monkeypatch.setattr(Project, "results", lambda *_: made)
    shown = csat("checklist", "--project", folder, code=0).out
    label = STUDY.outcome_by_id[made.drivers[0].outcome].label.en.lower()
    assert f"No headline: what drives {label}." in shown
    found = csat("checklist", "--project", folder, "--json", code=0).document
    assert found["blocked"] == [made.drivers[0].outcome]
    (line,) = (one for one in found["checks"] if one["state"] == "block")
    assert (line["key"], line["values"]["condition"]) == ("collinearity", 50.0)
    assert line["remedy"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_drivers_that_are_blocked_are_recommended_nowhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    outcome = MADE.drivers[0].outcome
    asked = ("drivers", "--project", folder, "--outcome", outcome, "--lang", language)
    advice = {"zh": "优先改进", "en": "improve first"}[language]
    assert advice in csat(*asked).out
    made = blocked(results(STUDY))
    monkeypatch.setattr(Project, "results", lambda *_: made)
    shown = csat(*asked).out
    assert advice not in shown
    (check,) = checklist(made).blocks(outcome)
    assert check_words.told(Words(STUDY, language, made), check) in shown


def test_one_outcome_alone_has_its_lines_and_those_of_the_wave(folder: Path) -> None:
    outcome = MADE.drivers[1].outcome
    found = csat("checklist", "--project", folder, "--outcome", outcome, "--json").document
    assert {one["about"] for one in found["checks"]} == {None, outcome}
    assert found["counts"] == dict(checklist(MADE).only(outcome).counts)
    assert "tier" in csat("checklist", "--project", folder, "--outcome", "tier", code=2).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_tells_the_two_commands_apart(language: Language) -> None:
    assert "csat checklist" in csat("check", "--help", "--lang", language).out
    assert "csat check " in csat("checklist", "--help", "--lang", language).out.replace("\n", " ")
