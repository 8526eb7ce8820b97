"""``csat index``, ``drivers`` and ``report``: results as tables, as JSON, as files.

The results here are made up (``report_sample``), so that every shape of them can be shown at once and
no table waits for an estimate. ``test_cli_demo`` runs the whole job.
"""

from __future__ import annotations

import dataclasses
import json
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from cli import csat
from report_sample import key_accounts, results

from analysis.results import CalibrationUsed, StudyResults, TooFew
from report_templates.context.first_step import first_step
from report_templates.context.story import Story
from report_templates.context.words import Words
from survey.language import LANGUAGES, Language, catalogue
from workbench import tables
from workbench.layout import cells
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Terminal

MADE = results(move={"after_sales": -2.5})
STUDY = key_accounts()


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "results", lambda *_: MADE)


def test_the_tree_shows_every_node_with_its_verdict_in_words(folder: Path) -> None:
    words = Words(STUDY, "en", MADE)
    lines = csat("index", "--project", folder).out.splitlines()
    for node in MADE.nodes:
        (line,) = (line for line in lines if line.strip().startswith(words.node(node.id) + "  "))
        assert f" {words.score(node.score)} " in line
        assert {"better": "rose", "worse": "fell", "same": "no clear change"}[node.change.verdict] in line


def test_a_child_stands_deeper_than_its_parent(folder: Path) -> None:
    lines = csat("index", "--project", folder).out.splitlines()
    words = Words(STUDY, "en", MADE)

    def indent(node: str) -> int:
        (line,) = (line for line in lines if line.strip().startswith(words.node(node) + "  "))
        return len(line) - len(line.lstrip())

    for node in MADE.nodes:
        assert indent(node.id) == (0 if node.parent is None else indent(node.parent) + 2)


def test_index_as_json_holds_the_numbers_unrounded(folder: Path) -> None:
    found = csat("index", "--project", folder, "--json").document
    assert found["trend"][-1]["index"]["value"] == MADE.current.index.value
    assert [node["id"] for node in found["nodes"]] == [node.id for node in MADE.nodes]
    assert found["segment"] is None
    segment = csat("index", "--by", "tier", "--project", folder, "--json").document["segment"]
    assert segment["id"] == "tier"


@pytest.mark.parametrize(
    ("command", "words"), [("index", ()), ("drivers", ()), ("checklist", ()), ("check", ()), ("imports", ())]
)
def test_help_names_every_key_of_the_json(folder: Path, command: str, words: tuple[str, ...]) -> None:
    printed = csat(command, *words, "--project", folder, "--json").document
    for language in LANGUAGES:
        sentence = catalogue("workbench")(f"help.{command}", language).splitlines()[-1]
        named = set(re.findall(r"[a-z_]+", re.split("--json (?:输出：|prints: )", sentence)[1]))
        assert printed.keys() <= named


def test_hidden_groups_show_neither_score_nor_base(folder: Path) -> None:
    province = next(segment for segment in MADE.segments if segment.id == "province")
    hidden = [group for group in province.groups if isinstance(group.score, TooFew)]
    assert hidden
    out = csat("index", "--by", "province", "--project", folder, "--lang", "zh").out
    for group in hidden:
        (line,) = (line for line in out.splitlines() if line.startswith(group.value))
        assert not re.search(r"\d", line)
        assert "样本不足" in line
    assert "不足 10 人的组不显示" in out


def test_small_groups_carry_a_mark_that_is_explained(folder: Path) -> None:
    province = next(segment for segment in MADE.segments if segment.id == "province")
    small = [group.value for group in province.groups if group.small and not isinstance(group.score, TooFew)]
    out = csat("index", "--by", "province", "--project", folder, "--lang", "zh").out
    marked = [line.split()[0] for line in out.splitlines() if " † " in line]
    assert marked == small
    assert "† 不足 30 人" in out


def test_json_never_gives_the_base_of_a_hidden_group() -> None:
    province = next(segment for segment in MADE.segments if segment.id == "province")
    for group, shown in zip(province.groups, published(province)["groups"], strict=True):
        if isinstance(group.score, TooFew):
            assert shown["score"] == {"reason": group.score.reason}
            assert group.score.n not in json.loads(json.dumps(shown)).values()
        else:
            assert shown["score"]["n"] == group.score.n


def test_an_unknown_segment_names_those_there_are(folder: Path) -> None:
    words = ("index", "--project", folder, "--by")
    assert "province, tier" in csat(*words, "colour", code=2).err
    near = csat(*words, "tiers", code=2, language="zh").err
    assert "您要的是“tier”吗？全部可选：province、tier" in near


def test_a_wave_that_is_unknown_is_told_which_there_are(folder: Path) -> None:
    for wave in ("2026Q9", "2030"):
        run = csat("simulate", "--wave", wave, "-o", "never.xlsx", "--project", folder, code=2)
        assert ", ".join(STUDY.wave_by_id) in run.err


def test_a_study_without_segments_says_so(tmp_path: Path) -> None:
    csat("init", tmp_path, "--preset", "ecsi")
    run = csat("index", "--by", "x", "--project", tmp_path, code=2, language="zh")
    assert "没有声明任何分组" in run.err


def test_drivers_show_rank_interval_and_reading(folder: Path) -> None:
    lines = csat("drivers", "--outcome", "satisfaction", "--project", folder).out.splitlines()
    words = Words(STUDY, "en", MADE)
    found = MADE.drivers[0]
    for driver in found.drivers:
        (line,) = (line for line in lines if f" {words.item(driver.item)}  " in line)
        assert line.split()[0] == str(driver.rank)
        assert f"{driver.rank_low}–{driver.rank_high}" in line
        meaning = "conflicting" if driver.direction == "conflicting" else driver.quadrant or "undecided"
        assert catalogue("workbench")(f"tables.reading.{meaning}", "en") in line


@pytest.mark.parametrize("language", LANGUAGES)
def test_drivers_of_the_main_outcome_end_with_what_to_improve_first(folder: Path, language: Language) -> None:
    answer = first_step(Story.of(MADE, STUDY, language))
    assert answer is not None
    said = re.sub(r"\s+", "", answer.sentence(language))
    main, other = STUDY.drivers.outcomes[:2]
    for outcome, wanted in ((main, True), (other, False)):
        out = csat("drivers", "--outcome", outcome, "--project", folder, language=language).out
        assert (said in re.sub(r"\s+", "", out)) == wanted


def test_drivers_of_one_outcome_or_of_all(folder: Path) -> None:
    every = csat("drivers", "--project", folder, "--json").document["drivers"]
    one = csat("drivers", "--outcome", every[-1]["outcome"], "--project", folder, "--json").document[
        "drivers"
    ]
    assert [found["outcome"] for found in every] == list(STUDY.drivers.outcomes)
    assert one == every[-1:]
    run = csat("drivers", "--outcome", "weather", "--project", folder, code=2)
    assert ", ".join(STUDY.outcome_by_id) in run.err


WARNINGS = {
    "rows_lost": {"share": 0.145, "rows": 171.0},
    "small_base": {"n": 90.0, "needed": 146.0},
    "few_clusters": {"clusters": 24.0},
    "failed_replicates": {"share": 0.02, "failed": 20.0},
    "weak_fit": {"adjusted": 0.08},
    "collinear": {"inflation": 4.25},
    "halo": {"correlation": 0.675},
    "first_unsure": {"probability": 0.61},
    "few_levels": {"levels": 5.0},
    "borrowed": {"drivers": 2.0},
    "conflicting": {"drivers": 1.0},
    "drawn_orders": {"error": 0.0024},
    "drawn_replicates": {"orders": 200.0},
    "em_blanks": {"share": 0.12, "rows": 141.0},
    "pairwise_blanks": {"share": 0.12, "rows": 141.0},
}


def warned(language: Language) -> list[str]:
    found = dataclasses.replace(
        MADE.drivers[0],
        dropped=(("fit", "no_spread"), ("billing", "aliased")),
        warnings=tuple((key, values) for key, values in WARNINGS.items()),
        drivers=(
            *MADE.drivers[0].drivers[:2],
            *(dataclasses.replace(one, direction="conflicting") for one in MADE.drivers[0].drivers[2:4]),
        ),
    )
    return tables.driver_notes(Words(STUDY, language, MADE), found)


def test_warnings_are_sentences_with_rounded_figures() -> None:
    english = warned("en")
    assert len(english) == len(WARNINGS) + 2
    assert "Fit to needs" in english[0]
    assert "171 respondents (15%)" in english[2]
    assert "up to 4.3" in english[7]
    assert "0.68" in english[8]
    assert "probability 61%" in english[9]
    assert len(warned("zh")) == len(english)
    for language, mark in (("zh", "、"), ("en", ", ")):
        named = [Words(STUDY, language, MADE).item(one.item) for one in MADE.drivers[0].drivers[2:4]]
        assert mark.join(named) in warned(language)[list(WARNINGS).index("conflicting") + 2]


def test_every_warning_of_the_analysis_has_a_sentence() -> None:
    import analysis.driver_warnings

    keys = re.findall(r"^``(\w+)``", analysis.driver_warnings.__doc__ or "", re.MULTILINE)
    assert set(keys) == WARNINGS.keys()
    reasons = re.search(r"dropped : .*?\n\s*\"\"\"", Path("analysis/driver_data.py").read_text(), re.DOTALL)
    assert reasons is not None
    for reason in re.findall(r"``(\w+)``", reasons[0]):
        assert f"tables.dropped.{reason}" in catalogue("workbench")


@pytest.mark.parametrize("width", [40, 80, 100, 140])
@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_break_no_figure_and_fit_the_terminal(
    width: int, language: Language, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    words = Words(STUDY, language, MADE)
    for table in (
        tables.index_tree(words),
        tables.groups(words, MADE.segments[0]),
        tables.driver_table(words, MADE.drivers[0]),
    ):
        Terminal(language).show(table)
        shown = capsys.readouterr().out
        if width >= 80:
            assert max(map(cells, shown.splitlines())) <= width
        for column in table.columns:
            if column.no_wrap:
                assert all(str(getattr(cell, "renderable", cell)).strip() in shown for cell in column.cells)


def _fake_render(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Language]]:
    made: list[tuple[str, Language]] = []

    def pdf(found: StudyResults, study: Any, language: Language, printer: Any) -> bytes:
        made.append(("pdf", language))
        return b"%PDF-1.7 made up"

    def html(found: StudyResults, study: Any, language: Language) -> str:
        made.append(("html", language))
        return "<!DOCTYPE html>"

    monkeypatch.setattr("report_templates.pdf.Printer.ready", lambda: nullcontext("a printer"))
    monkeypatch.setattr("report_templates.render.render_pdf", pdf)
    monkeypatch.setattr("report_templates.render.render_html", html)
    return made


@pytest.mark.parametrize(
    ("words", "name", "made"),
    [
        ((), "reports/key_accounts-2026Q3-en.pdf", ("pdf", "en")),
        (("--lang", "zh"), "reports/key_accounts-2026Q3-zh.pdf", ("pdf", "zh")),
        (("--format", "html"), "reports/key_accounts-2026Q3-en.html", ("html", "en")),
    ],
)
def test_a_report_stands_where_it_is_said_to(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    name: str,
    made: tuple[str, Language],
) -> None:
    rendered = _fake_render(monkeypatch)
    run = csat("report", "--project", folder, *words)
    assert rendered == [made]
    assert str(folder / name) in run.out
    assert (folder / name).is_file()


def test_the_name_of_the_file_decides_the_format(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = _fake_render(monkeypatch)
    csat("report", "-o", tmp_path / "deep" / "a.HTML", "--project", folder)
    csat("report", "-o", tmp_path / "b.pdf", "--project", folder)
    csat("report", "-o", tmp_path / "c", "--format", "html", "--project", folder)
    assert [kind for kind, _ in rendered] == ["html", "pdf", "html"]
    assert {file.name for file in tmp_path.iterdir()} == {"deep", "b.pdf", "c"}


@pytest.mark.parametrize("words", ["-o a.docx", "-o a.html --format pdf", "--format doc"])
def test_a_format_that_is_not_clear_is_refused(folder: Path, words: str) -> None:
    assert "pdf" in csat("report", *words.split(), "--project", folder, code=2).err


def test_a_study_without_drivers_says_so(tmp_path: Path) -> None:
    csat("init", tmp_path)
    file = tmp_path / "study.yaml"
    text = file.read_text(encoding="utf-8")
    start, end = text.index("\ndrivers:"), text.index("\nswitching_costs:")
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    assert "declares no drivers" in csat("drivers", "--project", tmp_path, code=1).err


def test_outcomes_without_drivers_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    none = dataclasses.replace(
        MADE, drivers=MADE.drivers[:1], drivers_missing=(("renewal_intention", TooFew(12, "no_answers")),)
    )
    monkeypatch.setattr(Project, "results", lambda *_: none)
    label = STUDY.outcome_by_id["renewal_intention"].label.en
    assert f"{label}: the answers" in csat("drivers", "--project", folder).out
    assert csat("drivers", "--project", folder, "--json").document["missing"] == ["renewal_intention"]


def test_the_first_wave_has_no_column_of_changes() -> None:
    first = Words(STUDY, "en", results(waves=1))
    assert [str(column.header) for column in tables.index_tree(first).columns][-2:] == ["95% int.", "n"]


def test_a_conflicting_driver_is_never_recommended() -> None:
    words = Words(STUDY, "en", MADE)
    conflicting = [driver for driver in MADE.drivers[0].drivers if driver.direction == "conflicting"]
    assert conflicting
    table = tables.driver_table(words, MADE.drivers[0])
    readings = [str(cell) for cell in table.columns[-1].cells]
    for driver in conflicting:
        assert readings[driver.rank - 1] == "conflicting"


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_say_that_respondents_were_weighted_to_the_population(language: Language) -> None:
    used = CalibrationUsed("raking", ("tier", "contract"), 12, 0, 1.8)
    calibrated = dataclasses.replace(MADE, quality=dataclasses.replace(MADE.quality, calibration=used))
    plain, said = (tables.weights_used(Words(STUDY, language, made)) for made in (MADE, calibrated))
    words = Words(STUDY, language, MADE)
    assert said[:-1] == plain
    assert words.joined([words.margin("tier"), words.margin("contract")]) in said[-1]
