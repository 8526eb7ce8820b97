"""``csat table`` and ``csat index --by``: groups compared, as tables and as JSON, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
import sample_answers
from cli import csat
from sample_answers import answers, study

from analysis.results import StudyResults
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language, catalogue
from workbench.layout import cells
from workbench.project import Project

WAVES = ("2026Q2", "2026Q3")


@pytest.fixture(scope="module")
def results() -> StudyResults:
    return sample_answers.results(*WAVES)


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch, results: StudyResults) -> None:
    monkeypatch.setattr(Project, "history", lambda *_: [answers(wave) for wave in WAVES])
    monkeypatch.setattr(Project, "results", lambda *_: results)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_item_stands_in_bands_with_its_bases_and_its_test(folder: Path, language: Language) -> None:
    words = ("table", "reliability", "--by", "tier", "--project", folder)
    found = csat(*words, "--json").document
    out = csat(*words, language=language).out
    lines, table, labels = out.splitlines(), found["table"], Labels(study(), language)
    assert all(cells(line) <= 80 for line in lines if set(line) == {"─"})
    assert [column["value"] for column in table["columns"]] == ["1–2", "3–4", "5–6", "7–8", "9–10"]
    for row, line in zip(table["cells"], table["rows"], strict=True):
        shown = next(text for text in lines if text.startswith(labels.group("tier", line["value"])))
        figures = [formatting.percent(cell["row_share"]["value"]) for cell in row]
        said = [word.rstrip("+−") for word in shown.split()]
        assert said[-7:] == [
            formatting.number(line["n"], 0),
            formatting.number(line["n_effective"], 0),
            *figures,
        ]
    assert f"= {formatting.number(table['test']['f'], 2)}" in out
    assert {group["value"] for group in found["means"]["groups"]} == {row["value"] for row in table["rows"]}
    key = "groups.differ" if found["means"]["test"]["p"] < 0.05 else "groups.same"
    assert catalogue("workbench")[key][language].split("{test}")[0].split("{groups}")[1] in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_with_few_people_are_not_shown_and_counted(folder: Path, language: Language) -> None:
    words = ("table", "contract", "--by", "province", "--project", folder)
    found = csat(*words, "--json").document
    out = csat(*words, language=language).out
    hidden = [cell for row in found["table"]["cells"] for cell in row if cell.keys() == {"reason"}]
    assert hidden
    assert f"{len(hidden)}" in out
    assert found["means"] is None
    shown = [cell for row in found["table"]["cells"] for cell in row if "n" in cell]
    assert all(cell["n"] == 0 or cell["n"] >= 10 for cell in shown)


def test_a_flag_is_crossed_by_yes_and_no(folder: Path) -> None:
    found = csat("table", "renewed", "--by", "tier", "--project", folder, "--json").document
    assert [column["value"] for column in found["table"]["columns"]] == ["yes", "no"]
    assert "是" in csat("table", "renewed", "--by", "tier", "--project", folder, language="zh").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("account", "--by", "tier"), "neither an item nor a category"),
        (("tier", "--by", "tier"), "cannot be crossed with itself"),
        (("reliabilty", "--by", "tier"), "Did you mean “reliability”?"),
        (("reliability", "--by", "colour"), "no segment “colour”"),
    ],
)
def test_what_cannot_be_crossed_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    assert said in csat("table", *words, "--project", folder, code=2).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_dimensions_and_pairs_stand_below_the_groups(
    folder: Path, results: StudyResults, language: Language
) -> None:
    segment = next(found for found in results.segments if found.id == "province")
    out = csat("index", "--by", "province", "--nodes", "--pairs", "--project", folder, language=language).out
    labels, lines = Labels(study(), language), out.splitlines()
    assert segment.test is not None
    assert f"= {formatting.number(segment.test.f, 2)}" in out
    best = segment.groups[0].value
    rows = [line for line in lines if line.startswith(labels.group("province", best))]
    for position, part in enumerate(segment.nodes):
        group = next(group for group in part.groups if group.value == best)
        verdict = group.difference.verdict if group.difference else "same"
        mark = {"better": "+", "worse": "−", "same": ""}[verdict]
        assert rows[1].split()[2 + position] == labels.score(group.score) + mark
    document = csat("index", "--by", "province", "--pairs", "--project", folder, "--json").document
    clear = [pair for pair in document["pairs"] if pair["difference"]["verdict"] != "same"]
    title = catalogue("workbench")(
        "groups.pairs.title", language, count=len(document["pairs"]), clear=len(clear)
    )
    assert len(lines) == lines.index(labels.spaced(title).replace("\xa0", " ")) + 4 + len(clear)
    assert [node["node"] for node in document["segment"]["nodes"]] == [node.node for node in segment.nodes]


def test_nodes_need_a_segment(folder: Path) -> None:
    assert "goes with --by" in csat("index", "--nodes", "--project", folder, code=2).err
    assert "要与 --by 一起用" in csat("index", "--pairs", "--project", folder, code=2, language="zh").err


def test_help_names_every_key_of_the_json(folder: Path) -> None:
    printed = csat("table", "reliability", "--by", "tier", "--project", folder, "--json").document
    for language in LANGUAGES:
        sentence = catalogue("workbench")("help.table", language).splitlines()[-1]
        assert all(key in sentence for key in [*printed, *printed["table"]])
