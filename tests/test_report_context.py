"""What a report says: every figure from the results, every claim from a test, both languages alike."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
import report_sample
from hypothesis import given, settings
from hypothesis import strategies as st
from report_reading import KEY_ACCOUNTS, NUMBER, VARIANTS, made, page_of, texts, title

from analysis.check_lines import SOURCES
from analysis.checks import checklist
from analysis.plain import plain
from analysis.results import Comparison, DriverResults, Estimate, MixEffect, StudyResults, TooFew
from report_templates import formatting, theme
from report_templates.charts.forest import Forest
from report_templates.charts.likert import Likert
from report_templates.charts.waterfall import Waterfall
from report_templates.context import layout, report_context
from report_templates.context.model import ReportContext
from report_templates.context.priorities import MOST_FILLED
from report_templates.context.priority_lines import from_line
from report_templates.context.story import Story
from survey.language import LANGUAGES, Language, catalogue
from survey.study import Study

CLAIMS: dict[Language, re.Pattern[str]] = {
    "zh": re.compile("上升|下降|拉高|拉低|高于|低于|较高|较低"),
    "en": re.compile(r"\b(rose|fell|lifted|lowered|above|below|higher|lower)\b", re.IGNORECASE),
}


def claiming(context: ReportContext) -> list[tuple[str, str]]:
    """The texts that make claims: titles, findings, tiles and the comparisons of the cover."""
    parts = (
        context.summary.tiles,
        context.summary.findings,
        context.cover.facings,
        [page.head.title for page in (context.summary, *context.pages, context.method)],
    )
    return [pair for part in parts for pair in texts(part)]


# Figures


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def derived(results: StudyResults, study: Study) -> Iterator[float]:
    """The few figures that a report works out: sums, gaps to a mean, half widths, the rate before."""
    story = Story.of(results, study, "zh")
    index, quality = results.current.index, results.quality
    yield from (study.reporting.target or 0.0, study.reporting.level, study.reporting.false_discovery_rate)
    for nodes in (story.pushing_up, story.pulling_down):
        yield sum(node.contribution.estimate.value for node in nodes if node.contribution)
    if index.low is not None and index.high is not None:
        yield (index.high - index.low) / 2
    for other in (quality.index_respondent, quality.index_without_flagged):
        yield (other or 0.0) - index.value
    for found in results.drivers:
        for driver in found.drivers:
            if isinstance(driver.performance, Estimate):
                yield from_line(found, driver)
    for check in checklist(results).checks:
        yield from (*check.values.values(), *check.limits.values())
    before = study.wave_by_id[results.waves[-2]].invited if len(results.waves) > 1 else None
    if before and quality.response_rate:
        yield quality.response_rate - results.trend[-2].n / before


def allowed(results: StudyResults, study: Study, language: Language) -> set[str]:
    """Every way a figure of the results may be printed, and the figures in labels and sentences."""
    numbers = [v for v in leaves(plain(results)) if isinstance(v, int | float) and not isinstance(v, bool)]
    numbers += [*derived(results, study), study.drivers.probability if study.drivers else 0.8]
    printed = {
        f(abs(v), d) for v in numbers for d in (0, 1, 2) for f in (formatting.number, formatting.percent)
    }
    printed |= {formatting.p_value(abs(v)) for v in numbers}
    printed |= {str(small) for small in range(100)}
    sentences = [
        text[language] for key, text in catalogue("report_templates").items() if key.startswith("report.")
    ]
    labels = [str(leaf) for leaf in leaves(study.document())]
    codes = [str(leaf) for leaf in leaves(plain(results)) if isinstance(leaf, str)] + [
        str(study.reporting.seed)
    ]
    words = "\n".join([*sentences, *labels, *codes, *SOURCES.values(), results.provenance.csat])
    digests = [digest[:8] for digest in codes]
    words += "\n".join(digests)
    return printed | set(NUMBER.findall(words)) | {"60", "30", "100"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VARIANTS)
def test_every_figure_comes_from_the_results(name: str, language: Language) -> None:
    results, study = made(name)
    known = allowed(results, study, language)
    # Ticks of axes and the declared limits of the quality statement are no results.
    others = re.compile(r"\.axis\.|\.claims_note$")
    strange = [
        (path, text, number)
        for path, text in texts(report_context(results, study, language))
        if not others.search(path)
        for number in NUMBER.findall(text)
        if number not in known
    ]
    assert not strange


def test_the_test_of_figures_can_fail() -> None:
    results, study = made("mixed")
    known = allowed(results, study, "zh")
    assert formatting.number(results.current.index.value) in known
    # A figure made up at random would mostly be found out.
    assert sum(formatting.number(n / 100, 2) in known for n in range(10_000)) < 2_000
    assert sum(formatting.number(n / 10) in known for n in range(1_000)) < 700


def test_a_figure_that_stands_twice_is_the_same() -> None:
    results, study = made("mixed")
    context = report_context(results, study, "en")
    index = formatting.number(results.current.index.value)
    assert context.cover.index == context.summary.tiles[0].value == index
    trend = page_of(context, "trend")
    assert trend.table is not None
    assert trend.table.rows[0].cells[1].text == index


# Claims


def without_verdicts(value: Any) -> Any:
    """The same results, had no test found anything."""
    if isinstance(value, Comparison):
        return dataclasses.replace(value, p=0.6, q=0.9, verdict="same")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {f.name: without_verdicts(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **changes)
    return tuple(without_verdicts(each) for each in value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["mixed", "rise", "24 items"])
def test_without_a_verdict_nothing_is_claimed(name: str, language: Language) -> None:
    results, study = made(name)
    context = report_context(without_verdicts(results), study, language)
    claims = [pair for pair in claiming(context) if CLAIMS[language].search(pair[1])]
    assert not claims
    marks = re.findall(r"mark='(\w+)'", repr([context.summary.tiles, *context.pages[:3]]))
    assert set(marks) <= {"same"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_errors_changes_are_called_untested(language: Language) -> None:
    results, study = made("bare")
    context = report_context(results, study, language)
    word = {"zh": "无法检验", "en": "cannot be tested"}[language]
    assert word in title(page_of(context, "trend"))
    assert context.summary.tiles[0].change.mark is None
    assert formatting.NONE in context.cover.interval


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3), st.integers(2, 4))
def test_words_and_marks_follow_the_verdicts(seed: int, move: float, waves: int) -> None:
    results = report_sample.results(KEY_ACCOUNTS, seed=seed, move=move, waves=waves)
    context = report_context(results, KEY_ACCOUNTS, "zh")
    story = Story.of(results, KEY_ACCOUNTS, "zh")
    change, gap = results.current.change, results.target_gap
    assert change is not None
    assert gap is not None
    said = title(page_of(context, "trend"))
    rising = change.verdict != "same" and change.estimate.value > 0
    falling = change.verdict != "same" and change.estimate.value < 0
    assert ("上升" in said, "下降" in said, "基本持平" in said) == (rising, falling, change.verdict == "same")
    assert ("高于目标" in said) == (gap.verdict == "better")
    assert ("低于目标" in said) == (gap.verdict == "worse")
    causes = title(page_of(context, "causes"))
    assert ("拉高" in causes, "拉低" in causes) == (bool(story.pushing_up), bool(story.pulling_down))
    _marks_are_counted(context, results)


def _marks_are_counted(context: ReportContext, results: StudyResults) -> None:
    answers = page_of(context, "answers")
    assert answers.figure is not None
    chart = answers.figure.chart
    assert isinstance(chart, Likert)
    marks = [item.mark for group in chart.groups for item in group.items]
    heads = [callout.head for callout in answers.callouts]
    assert heads[1].endswith(f"{marks.count('worse')} 项")
    assert heads[2].endswith(f"{marks.count('better')} 项")
    groups = page_of(context, "groups")
    assert groups.figure is not None
    forest = groups.figure.chart
    assert isinstance(forest, Forest)
    drawn = [row.mark for row in forest.rows if row.value is not None]
    for mark, word in (("better", "高于"), ("worse", "低于")):
        count = drawn.count(mark)  # type: ignore[arg-type] # both are marks
        assert (word in title(groups)) == bool(count)
        assert not count or formatting.counted(count, "zh") in title(groups)
    hidden = sum(isinstance(group.score, TooFew) for group in results.segments[0].groups)
    assert sum(row.value is None for row in forest.rows) == hidden


def test_items_left_out_are_those_of_which_nothing_is_claimed() -> None:
    study = report_sample.small_study(32, dimensions=4, waves=2)
    results = report_sample.results(study)
    page = page_of(report_context(results, study, "zh"), "answers")
    assert page.figure is not None
    chart = page.figure.chart
    assert isinstance(chart, Likert)
    drawn = {item.label for group in chart.groups for item in group.items}
    story = Story.of(results, study, "zh")
    claimed = [*story.low_answers, *story.answers_moving("rise"), *story.answers_moving("fall")]
    assert len(drawn) < len(results.distributions)
    assert {story.words.item(distribution.item) for distribution in claimed} <= drawn


@pytest.mark.parametrize("name", ["mixed", "rise", "24 items", "one dimension"])
def test_waterfall_reconciles(name: str) -> None:
    results, study = made(name)
    figure = page_of(report_context(results, study, "zh"), "causes").figure
    assert figure is not None
    chart = figure.chart
    assert isinstance(chart, Waterfall)
    # Sums of at most 24 doubles near 1.
    assert sum(step.value for step in chart.steps) == pytest.approx(chart.end.value, abs=1e-9)
    before, now = (wave.index.value for wave in results.trend[-2:])
    assert chart.end.value == pytest.approx(now - before, abs=1e-9)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_causes_says_what_the_mix_of_respondents_did(language: Language) -> None:
    results, study = made("mixed")
    change = results.current.change
    assert change is not None
    sure, unsure = (
        dataclasses.replace(
            change, estimate=dataclasses.replace(change.estimate, value=value), verdict=verdict
        )
        for value, verdict in ((-0.31, "worse"), (0.12, "same"))
    )
    tier, province = list(study.segment_by_id)[:2]
    mixes = (MixEffect(tier, change, unsure), MixEffect(province, change, sure))
    told = report_context(dataclasses.replace(results, mixes=mixes), study, language)
    note = page_of(told, "causes").table.note
    words = Story.of(results, study, language).words
    assert note.index(words.one_of(province)) < note.index("−0.31") < note.index(words("causes.mix_sure"))
    assert note.index(words.one_of(tier)) < note.index("+0.12") < note.index(words("causes.mix_unsure"))
    assert note.index("−0.31") < note.index("+0.12")


def crowded(study: Study) -> StudyResults:
    """22 drivers so close together that the map cannot hold their labels and needs a key below it."""
    results = report_sample.results(study, undecided=True, waves=1)
    leaves = [str(leaf.item) for leaf in study.index.leaves()]

    def alike(found: DriverResults) -> DriverResults:
        drivers = []
        for place, item in enumerate(leaves):
            one = found.drivers[place % len(found.drivers)]
            assert isinstance(one.performance, Estimate)
            share = dataclasses.replace(one.share, value=1 / len(leaves))
            score = dataclasses.replace(one.performance, value=74 + 0.02 * place, low=73.0, high=75.5)
            drivers.append(
                dataclasses.replace(one, item=item, rank=place + 1, share=share, performance=score)
            )
        return dataclasses.replace(found, drivers=tuple(drivers))

    return dataclasses.replace(results, drivers=tuple(alike(found) for found in results.drivers))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crowded_map_leaves_the_table_its_room(language: Language) -> None:
    study = report_sample.small_study(22, dimensions=5, waves=1)
    page = page_of(report_context(crowded(study), study, language), "priorities")
    assert page.figure is not None
    height = (
        layout.head(page.head.title, language, page.head.subtitle)
        + layout.height(page.figure.chart)
        + layout.caption(page.figure.caption, theme.TWO_THIRDS)
        + layout.GAP
        + layout.table(page.table)
    )
    assert height <= MOST_FILLED


def test_only_sure_drivers_are_named() -> None:
    results, study = made("undecided")
    page = page_of(report_context(results, study, "zh"), "priorities")
    assert "没有明确的优先次序" in title(page)
    assert page.side is not None
    assert [group.name for group in page.side.groups] == ["未定"]
    assert page.table is not None
    assert {row.cells[-1].mark for row in page.table.rows} == {"same"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_importance_for_the_second_outcome_stands_beside_the_first(language: Language) -> None:
    results, study = made("mixed")
    table = page_of(report_context(results, study, language), "priorities").table
    assert table is not None
    at = next(n for n, column in enumerate(table.columns) if column.spans == 2 and n > 2)
    second = results.drivers[1]
    label = study.outcome_by_id[second.outcome].label[language]
    assert label.lower() in table.columns[at].span.lower()
    shares = {driver.item: driver.share for driver in second.drivers}
    for driver, row in zip(results.drivers[0].drivers, table.rows, strict=False):
        share = shares[driver.item]
        assert share.low is not None
        assert share.high is not None
        low, high = formatting.percent(share.low), formatting.percent(share.high)
        printed = [row.cells[at].text, row.cells[at + 1].text]
        assert printed == [formatting.percent(share.value), formatting.interval(low, high)]
    assert formatting.number(second.n, 0) in table.note


def test_a_driver_of_conflicting_direction_is_never_named() -> None:
    results, study = made("mixed")
    first = results.drivers[0]
    turned = tuple(dataclasses.replace(driver, direction="conflicting") for driver in first.drivers)
    results = dataclasses.replace(
        results, drivers=(dataclasses.replace(first, drivers=turned), *results.drivers[1:])
    )
    context = report_context(results, study, "zh")
    assert "没有明确的优先次序" in title(page_of(context, "priorities"))
    assert "尚无明确的优先改进项" in title(context.summary)


def test_hidden_groups_leave_no_figure() -> None:
    results, study = made("mixed")
    for language in LANGUAGES:
        page = page_of(report_context(results, study, language), "groups")
        assert page.figure is not None
        assert isinstance(page.figure.chart, Forest)
        hidden = [row for row in page.figure.chart.rows if row.value is None]
        assert len(hidden) == 2
        for row in hidden:
            assert row.note
            assert row.low is row.high is row.expected_low is row.expected_high is None
            assert set(row.right) <= {"", "<10"}


def test_importance_is_never_called_a_cause() -> None:
    for language, word in (
        ("zh", re.compile("导致|造成|带来")),
        ("en", re.compile(r"\b(causes?d?|leads? to)\b")),
    ):
        results, study = made("mixed")
        for _, text in texts(page_of(report_context(results, study, language), "priorities")):
            assert not word.search(re.sub("不是因果|not cause|no cause", "", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wave_before_without_an_index_is_compared_with_nothing(language: Language) -> None:
    results, study = made("rise")
    alone = dataclasses.replace(
        results,
        trend=(dataclasses.replace(results.current, change=None),),
        nodes=tuple(dataclasses.replace(node, contribution=None, change=None) for node in results.nodes),
    )
    context = report_context(alone, study, language)
    assert "causes" not in [page.head.anchor for page in context.pages]
    index, rate = context.summary.tiles[0], context.summary.tiles[-1]
    assert index.change.text == catalogue("report_templates")("report.no_previous", language)
    assert rate.change.text == ""
