"""How a report is put together: pages, numbers, both languages alike, nothing left over."""

from __future__ import annotations

import itertools

import pytest
import report_sample
import yaml
from report_reading import NUMBER, VARIANTS, made, texts

from report_templates.context import report_context
from report_templates.context.story import Story
from survey.language import LANGUAGES, Language
from survey.study import Study


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_pages_and_figures_are_numbered_without_gaps(name: str, language: Language) -> None:
    results, study = made(name)
    context = report_context(results, study, language)
    pages = [context.summary, *context.pages, context.checklist, context.method]
    assert [page.head.number for page in pages] == [str(n) for n in range(2, len(pages) + 2)]
    assert [(entry.number, entry.name, entry.anchor) for entry in context.cover.contents] == [
        (page.head.number, page.head.name, page.head.anchor) for page in pages
    ]
    labels = [figure.label for page in context.pages for figure in (page.figure, page.second) if figure]
    word = {"zh": "图 {}", "en": "Figure {}"}[language]
    # A no-break space keeps number and unit together, but not the word and its number.
    assert [label.replace("\u00a0", " ") for label in labels] == [
        word.format(n) for n in range(1, len(labels) + 1)
    ]
    references = {finding.reference for finding in context.summary.findings}
    assert references <= {*labels, ""}


@pytest.mark.parametrize("name", VARIANTS)
def test_both_languages_have_the_same_structure(name: str) -> None:
    results, study = made(name)
    zh, en = (report_context(results, study, language) for language in LANGUAGES)
    assert [page.head.anchor for page in zh.pages] == [page.head.anchor for page in en.pages]
    assert [digits(f.reference) for f in zh.summary.findings] == [
        digits(f.reference) for f in en.summary.findings
    ]
    assert [claim.sign for claim in zh.method.claims] == [claim.sign for claim in en.method.claims]
    for ours, theirs in itertools.chain(
        zip(zh.summary.tiles, en.summary.tiles, strict=True),
        zip(zh.cover.facings, en.cover.facings, strict=True),
    ):
        assert digits(ours.value) == digits(theirs.value)
    for ours, theirs in zip(zh.pages, en.pages, strict=True):
        assert ours.figure is not None
        assert theirs.figure is not None
        assert type(ours.figure.chart) is type(theirs.figure.chart)


def digits(text: str) -> str:
    return "".join(NUMBER.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_no_text_is_empty_or_shows_a_template(name: str, language: Language) -> None:
    results, study = made(name)
    context = report_context(results, study, language)
    for path, text in texts(context):
        assert "{" not in text, path
        assert not text.startswith(("，", "。", ", ", "; ")), path
        assert "None" not in text, path
        assert "nan" not in text.lower().split(), path
    for page in (context.summary, *context.pages, context.checklist, context.method):
        assert page.head.title
        assert all(page.head.title)


def test_decisions_are_left_out_where_the_study_declares_none() -> None:
    document = yaml.safe_load(
        (report_sample.ROOT / "sample_surveys/key_accounts/study.yaml").read_text("utf-8")
    )
    document["reporting"].pop("actions")
    document["reporting"].pop("target")
    study = Study.model_validate(document)
    context = report_context(report_sample.results(study), study, "zh")
    assert context.summary.decisions is None
    assert not [text for _, text in texts(context) if "目标" in text]


def test_decisions_name_only_what_the_survey_asks_for() -> None:
    results, study = made("mixed")
    table = report_context(results, study, "zh").summary.decisions
    assert table is not None
    story = Story.of(results, study, "zh")
    repair = {story.words.item(driver.item) for driver in story.in_quadrant("improve")}
    leaves_ = [node for node in results.nodes if node.item and node.change]
    fallen = {story.words.node(n.id) for n in leaves_ if n.change and n.change.verdict == "worse"}
    assert {row.cells[0].text for row in table.rows} <= repair | fallen


def test_same_results_same_words() -> None:
    results, study = made("mixed")
    assert report_context(results, study, "zh") == report_context(results, study, "zh")
