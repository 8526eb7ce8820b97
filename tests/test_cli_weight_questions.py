"""``csat weights compare`` and ``sensitivity``: sentences first, tables within the terminal, JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli import csat
from sample_answers import answers, study

from analysis.results import Estimate
from analysis.weight_pipeline import index_sensitivity, weight_comparison
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language, catalogue
from workbench.layout import cells
from workbench.project import Project
from workbench.sensitivity_tables import show_sensitivity
from workbench.terminal import Terminal

WAVES = ("2026Q1", "2026Q2", "2026Q3")
FEW = ("--draws", "300")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("weighed")
    csat("init", made, "--preset", "key_accounts")
    csat("weights", "set", "panel", "product=0.1", "after_sales=0.6", "--reason", "panel", "--project", made)
    return made


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "history", lambda *_: [answers(wave) for wave in WAVES])


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def asked(folder: Path, *words: object, language: Language = "en", code: int = 0) -> Any:
    return csat("weights", *words, "--project", folder, language=language, code=code)


COMMANDS = {"compare": ("compare", "study", "panel"), "sensitivity": ("sensitivity", *FEW)}
EVERY_COMMAND = pytest.mark.parametrize("words", COMMANDS.values(), ids=list(COMMANDS))


@EVERY_COMMAND
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("segment", ["province", None])
@pytest.mark.usefixtures("narrow")
def test_tables_keep_to_the_terminal(
    folder: Path, words: tuple[str, ...], language: Language, segment: str | None
) -> None:
    out = asked(folder, *words, *(("--by", segment) if segment else ()), language=language).out
    assert not re.search(r"\bnan\b", out)
    ruled = False
    for line in out.splitlines():
        ruled = bool(line.strip()) and (ruled or line.startswith("───"))
        assert not ruled or cells(line) <= 80, line


@EVERY_COMMAND
def test_help_names_every_key_of_the_json(folder: Path, words: tuple[str, ...]) -> None:
    printed = asked(folder, *words, "--by", "province", "--json").document
    for language in LANGUAGES:
        sentence = catalogue("workbench")(f"help.weights.{words[0]}", language).splitlines()[-1]
        assert printed.keys() == set(
            re.findall(r"[a-z_]+", re.split("--json (?:输出：|prints: )", sentence)[1])
        )


@EVERY_COMMAND
def test_json_never_gives_the_base_of_a_hidden_group(folder: Path, words: tuple[str, ...]) -> None:
    text = asked(folder, *words, "--by", "province", "--json").out
    assert '"reason": "' in text or '"hidden": [' in text
    assert not re.search(r'"n": \d,', text)


def test_a_comparison_says_first_what_would_be_otherwise(folder: Path) -> None:
    found = asked(folder, "compare", "study", "panel", "--by", "province", "--json").document
    out = asked(folder, "compare", "study", "panel", "--by", "province").out
    now = found["waves"][-1]
    own, other = (formatting.number(index["value"]) for index in now["indices"])
    gap = formatting.signed(now["differences"][1]["estimate"]["value"], 2)
    assert f"Under B the index of 26Q3 is {other} instead of {own}: {gap}" in out
    labels, segment = Labels(study(), "en"), found["segment"]
    last = [labels.group("province", value) for value in segment["last"]]
    assert (f"{last[0]} stays last" if last[0] == last[1] else f"{last[1]} is last under B") in out
    ranked = sum(group["ranks"][0] is not None for group in segment["groups"])
    assert f"{len(segment['swapped'])} of {ranked * (ranked - 1) // 2} pairs" in out


def test_one_name_is_compared_with_what_results_use(folder: Path) -> None:
    one = asked(folder, "compare", "panel", "--json").document
    assert one == asked(folder, "compare", "study", "panel", "--json").document
    assert one["names"][1] == "panel"


def test_a_set_cannot_be_compared_with_itself(folder: Path) -> None:
    assert "“panel” is named twice" in asked(folder, "compare", "panel", "panel", code=2).err
    assert "出现了两次" in asked(folder, "compare", "panel", "panel", code=2, language="zh").err


def test_the_answer_is_that_of_the_analysis(folder: Path) -> None:
    history = [answers(wave) for wave in WAVES]
    found = index_sensitivity({"study": study()}, history, draws=300)
    printed = asked(folder, "sensitivity", *FEW, "--json").document
    assert printed["waves"][-1]["index"]["value"] == found.current.index.value
    assert printed["waves"][-1]["index"]["both"]["low"] == found.current.index.both.low
    assert (printed["seed"], printed["threshold"]) == (study().reporting.seed, study().reporting.target)
    comparison = weight_comparison({"a": study(), "b": study()}, history)
    index = comparison.waves[-1].indices[0]
    assert isinstance(index, Estimate)
    assert index.value == pytest.approx(found.current.index.value, rel=1e-12)


def test_sensitivity_answers_in_sentences_before_any_table(folder: Path) -> None:
    words = ("sensitivity", *FEW, "--by", "tier", "--threshold", "60")
    found = asked(folder, *words, "--json").document
    head = asked(folder, *words).out.partition("───")[0]
    reach = found["waves"][-1]["index"]["reach"]
    limits = formatting.interval(formatting.number(reach["low"]), formatting.number(reach["high"]))
    assert f"the index of 26Q3 stays within {limits}" in head
    first = formatting.probability(found["ranking"]["first"]["both"])
    best = Labels(study(), "en").group("tier", found["ranking"]["groups"][0]["value"])
    assert f"{best} stays first in {first} of draws" in head
    assert "at 60.0 or above in >99% of draws" in head


def test_sets_and_roll_ups_are_drawn_as_well(folder: Path) -> None:
    found = asked(
        folder, "sensitivity", *FEW, "--sets", "panel, study", "--rollups", "--spread", "0", "--json"
    ).document
    assert found["sets"][1:] == ["panel"]
    assert found["rollups"] == ["aggregate", "respondent"]
    kinds = {share["kind"] for share in found["sobol"][0]["shares"]}
    assert kinds == {"sampling", "set", "rollup"}
    assert found["waves"][-1]["index"]["reach"] is None


def test_a_group_may_be_named_by_its_label(folder: Path) -> None:
    words = ("sensitivity", *FEW, "--by", "tier", "--json", "--group")
    one, two = (asked(folder, *words, name).document for name in ("战略", "Strategic"))
    assert one == two
    assert [result["group"] for result in one["sobol"]] == [None, "战略", None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_has_words(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    found = index_sensitivity(
        {"study": study()}, [answers(wave) for wave in WAVES], segment="tier", draws=100
    )
    warnings = (
        ("weights_over_sampling", {"share": 0.75}),
        ("ties", {"ties": 3, "pairs": 7, "share": 0.25}),
        ("first_changes", {"share": 0.4, "weights": 0.05}),
        ("last_changes", {"share": 0.3, "weights": 0.0}),
        ("failed", {"failed": 200, "draws": 10_000}),
    )
    show_sensitivity(Terminal(language), Labels(study(), language), replace(found, warnings=warnings))
    out = capsys.readouterr().out
    for figure in ("75%", "25%", "40%", "30%", "10,000"):
        assert figure in out


WRONG = {
    ("--spread", "1"): ("share from 0 to below 1", "0 到 1 以下"),
    ("--spread", "0.1", "--concentration", "30"): ("not both", "只能给一个"),
    ("--concentration", "0"): ("number above 0", "大于 0"),
    ("--draws", "5"): ("from 100 to 1000000", "100 到 1000000"),
    ("--seed", "-1"): ("whole number from 0 up", "0 或更大"),
    ("--threshold", "120"): ("points from 0 to 100", "0 到 100"),
    ("--group", "Strategic"): ("needs --by", "--by"),
    ("--by", "tier", "--group", "Strategc"): ("Did you mean “Strategic”", "您要的是“Strategic”吗"),
    ("--by", "colour"): ("no segment “colour”", "没有分组“colour”"),
    ("--sets", "nowhere"): ("nowhere", "nowhere"),
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_usage_is_told_in_both_languages(folder: Path, words: tuple[str, ...]) -> None:
    english, chinese = WRONG[words]
    assert english in asked(folder, "sensitivity", *words, code=2).err
    assert chinese in asked(folder, "sensitivity", *words, code=2, language="zh").err
