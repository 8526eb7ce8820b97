"""The one sentence on what to improve first: how sure, what it goes with, and when it may not be said."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest
import report_sample
import report_studies
from report_reading import made, page_of, texts

from analysis.gain_tests import with_q
from analysis.results import Driver, Estimate, StudyResults
from analysis.whatif_results import Gain
from report_templates import formatting
from report_templates.charts.forest import Forest
from report_templates.context import check_words, report_context
from report_templates.context.first_step import first_step
from report_templates.context.model import Answer
from report_templates.context.story import Story
from survey.language import LANGUAGES, Language
from survey.study import Study

CAUSES: dict[Language, re.Pattern[str]] = {
    "zh": re.compile("导致|造成|带来|使得"),
    "en": re.compile(r"\b(causes?d?|leads? to|brings?|results? in)\b"),
}


def told(results: StudyResults, study: Study, language: Language) -> Answer:
    answer = first_step(Story.of(results, study, language))
    assert answer is not None
    return answer


def with_drivers(results: StudyResults, change: Callable[[int, Driver], Driver]) -> StudyResults:
    """The results with the drivers of the main outcome changed, each by its place."""
    main = results.drivers[0]
    drivers = tuple(change(place, driver) for place, driver in enumerate(main.drivers))
    return dataclasses.replace(
        results, drivers=(dataclasses.replace(main, drivers=drivers), *results.drivers[1:])
    )


def sure(driver: Driver, quadrant: str, probability: float) -> Driver:
    """The driver in ``quadrant`` with ``probability``, named if that is enough."""
    rest = dict.fromkeys(("improve", "keep", "minor", "maintain"), (1 - probability) / 3)
    named = quadrant if probability >= 0.8 else None
    return dataclasses.replace(
        driver,
        quadrant=named,
        quadrants=rest | {quadrant: probability},  # type: ignore[arg-type] # one of the four names
        direction="positive",
    )


def only_second(results: StudyResults, probability: float = 0.98) -> StudyResults:
    """Results in which the second driver alone is to be improved first."""
    return with_drivers(
        results, lambda place, driver: sure(driver, "improve" if place == 1 else "keep", probability)
    )


def with_gains(results: StudyResults, item: str, *limits: tuple[float, float, float]) -> StudyResults:
    """The results with the gains of one item alone set to (value, low, high), one an outcome."""
    what_if = results.what_if
    assert what_if is not None

    def gain(number: int, known: Gain) -> Gain:
        if number >= len(limits) or not isinstance(known.change, Estimate):
            return known
        value, low, high = limits[number]
        ends = {"se": (high - low) / 4, "low": low, "high": high}
        change = dataclasses.replace(known.change, value=value, **ends)
        return with_q([dataclasses.replace(known, change=change)])[0]

    drivers = tuple(
        dataclasses.replace(
            moves,
            scenarios=tuple(
                dataclasses.replace(s, gains=tuple(gain(n, g) for n, g in enumerate(s.gains)))
                for s in moves.scenarios
            ),
        )
        if moves.item == item
        else moves
        for moves in what_if.drivers
    )
    return dataclasses.replace(results, what_if=dataclasses.replace(what_if, drivers=drivers))


def one_clear(*limits: tuple[float, float, float]) -> tuple[StudyResults, Study]:
    results, study = made("mixed")
    results = only_second(results)
    return with_gains(results, results.drivers[0].drivers[1].item, *limits), study


def test_a_clear_first_step_says_what_how_sure_and_what_it_goes_with() -> None:
    results, study = one_clear((0.94, 0.61, 1.24), (0.7, 0.2, 1.1))
    item = results.drivers[0].drivers[1].item
    zh, en = told(results, study, "zh"), told(results, study, "en")
    label = study.item_by_id[item].label
    assert label is not None
    assert zh.head == f"先改进{label.zh}："
    assert zh.text.replace("\u00a0", " ") == (
        "落在优先改进区的把握为 98%；其得分若高 5 分，总体满意度相应高 0.9 分（95% 区间 0.6–1.2），"
        "续约意愿高 0.7 分。这是关联，不是因果。"
    )
    assert en.text == (
        "it is a priority with a probability of 98%; 5 points more on it go with 0.9 points more "
        "satisfaction (95% interval 0.6–1.2) and 0.7 points more intention to renew. Association, not cause."
    )
    assert label.en.lower() in en.head.lower()
    assert en.reference == Story.of(results, study, "en").figure("what_if") != ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_first_steps_are_one_sentence_with_the_least_sure_and_their_joint_gain(
    language: Language,
) -> None:
    results, study = made("mixed")
    first = {"a": 0, "b": 2}
    results = with_drivers(
        results,
        lambda place, driver: sure(
            driver, "improve" if place in first.values() else "keep", 0.97 if place else 0.91
        ),
    )
    items = [results.drivers[0].drivers[place].item for place in first.values()]
    what_if = results.what_if
    assert what_if is not None
    assert what_if.combined is not None
    alone = {moves.item: moves.scenarios[-1] for moves in what_if.drivers}
    moved = dataclasses.replace(
        what_if.combined, moves=tuple(move for item in items for move in alone[item].moves)
    )
    results = dataclasses.replace(results, what_if=dataclasses.replace(what_if, combined=moved))
    answer = told(results, study, language)
    change = moved.gains[0].change
    assert isinstance(change, Estimate)
    assert all(
        Story.of(results, study, language).words.within(label_of(study, i, language)) in answer.head
        for i in items
    )
    assert "91%" in answer.text
    assert "97%" not in answer.text
    assert formatting.number(abs(change.value)) in answer.text


def label_of(study: Study, item: str, language: Language) -> str:
    label = study.item_by_id[item].label
    assert label is not None
    return label[language]


def test_certainty_is_never_claimed() -> None:
    results, study = made("mixed")
    results = only_second(results, 1.0)
    assert "超过 99%" in told(results, study, "zh").text.replace("\u00a0", " ")
    assert "above 99%" in told(results, study, "en").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gain_that_is_not_clear_is_called_so(language: Language) -> None:
    results, study = one_clear((0.3, -0.2, 0.8), (0.5, -0.1, 1.1))
    text = told(results, study, language).text
    assert {"zh": "总体满意度的差别分不清", "en": "no clear difference in satisfaction"}[language] in text
    assert {"zh": "续约意愿的差别分不清", "en": "no clear difference in intention to renew"}[language] in text
    assert not re.search({"zh": "相应高", "en": r"\bmore satisfaction"}[language], text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gain_that_goes_the_wrong_way_is_not_recommended(language: Language) -> None:
    results, study = one_clear((-0.4, -0.7, -0.1))
    text = told(results, study, language).text.replace("\u00a0", " ")
    assert {
        "zh": "却相应低 0.4 分（95% 区间 0.1–0.7）",
        "en": "0.4 points less satisfaction (95% interval 0.1–0.7)",
    }[language] in text
    assert {"zh": "不宜单凭此行动", "en": "do not act on this alone"}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_what_if_the_sentence_promises_nothing(language: Language) -> None:
    results, study = made("mixed")
    answer = told(dataclasses.replace(only_second(results), what_if=None), study, language)
    assert "98%" in answer.text
    assert {"zh": "若", "en": "points more"}[language] not in answer.text
    assert answer.reference == Story.of(results, study, language).figure("priorities")


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_clear_the_likeliest_is_named_with_its_probability(language: Language) -> None:
    results, study = made("undecided")
    results = with_drivers(
        results, lambda place, driver: sure(driver, "improve", 0.71 if place == 3 else 0.2)
    )
    answer = told(results, study, language)
    likeliest = label_of(study, results.drivers[0].drivers[3].item, language)
    assert Story.of(results, study, language).words.within(likeliest) in answer.text
    assert "71%" in answer.text
    assert "80%" in answer.text
    assert answer.head == {"zh": "尚不能说先改进哪一项：", "en": "No item is clearly first:"}[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_all_is_well_nothing_has_to_come_first(language: Language) -> None:
    results, study = made("mixed")
    results = with_drivers(results, lambda place, driver: sure(driver, "keep", 0.95))
    answer = told(results, study, language)
    assert answer.head == {"zh": "没有一项需要先改进：", "en": "No item has to come first:"}[language]
    watched = label_of(study, results.drivers[0].drivers[0].item, language)
    assert Story.of(results, study, language).words.within(watched) in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blocked_result_is_no_headline_and_the_sentence_says_why_and_what_to_do(language: Language) -> None:
    results, study = made("mixed")
    few = dataclasses.replace(results, quality=dataclasses.replace(results.quality, n=7))
    story = Story.of(few, study, language)
    answer = told(few, study, language)
    assert story.blocked
    assert check_words.reason(story.words, story.blocks[0]) in answer.text
    assert check_words.remedy(story.words, story.blocks[0])[1:] in answer.text
    names = [story.words.within(story.words.item(driver.item)) for driver in results.drivers[0].drivers]
    assert not [name for name in names if name in answer.head + answer.text]
    assert "what_if" not in story.page_names


def test_a_study_without_drivers_has_no_sentence() -> None:
    results, study = made("one dimension")
    assert first_step(Story.of(results, study, "zh")) is None
    context = report_context(results, study, "zh")
    assert context.summary.answer is context.cover.answer is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_cover_and_summary_say_the_same_and_never_speak_of_causes(language: Language) -> None:
    for name in ("mixed", "undecided", "24 items", "one item list"):
        results, study = made(name)
        context = report_context(results, study, language)
        assert context.summary.answer is not None
        assert context.cover.answer in (context.summary.answer, None)
        for part in (context.summary.answer, context.summary.decisions, page_of(context, "what_if")):
            for _, text in texts(part):
                plain = re.sub("不是因果|not cause", "", text)
                assert not CAUSES[language].search(plain), text


def test_a_branch_that_counts_as_one_driver_is_named_and_all_its_items_are_moved() -> None:
    results, study = made("mixed")
    items = ("billing", "fault_reporting", "fault_handling")
    results = with_drivers(
        results,
        lambda place, driver: (
            dataclasses.replace(sure(driver, "improve", 0.93), item="after_sales", items=items)
            if place == 0
            else sure(driver, "keep", 0.93)
        ),
    )
    what_if = results.what_if
    assert what_if is not None
    assert what_if.combined is not None
    alone = {moves.item: moves.scenarios[-1] for moves in what_if.drivers}
    moves = tuple(move for item in items for move in alone[item].moves)
    combined = dataclasses.replace(what_if.combined, moves=moves)
    results = dataclasses.replace(results, what_if=dataclasses.replace(what_if, combined=combined))
    answer = told(results, study, "zh")
    assert answer.head == "先改进售后服务："
    assert "其得分若高 5 分，总体满意度相应高" in answer.text.replace("\u00a0", " ")
    rows = page_of(report_context(results, study, "zh"), "what_if").figure
    assert rows is not None
    assert isinstance(rows.chart, Forest)
    assert [row.label for row in rows.chart.rows[:3]] == [label_of(study, item, "zh") for item in items]
    assert rows.chart.rows[-1].label == "三项优先改进合并"


@pytest.mark.parametrize("language", LANGUAGES)
def test_gains_of_a_share_are_percentage_points(language: Language) -> None:
    study = report_studies.key_accounts(drivers={"outcomes": ["renewal", "satisfaction"]})
    results = only_second(report_sample.results(study))
    item = results.drivers[0].drivers[1].item
    results = with_gains(results, item, (0.012, 0.004, 0.021))
    text = told(results, study, language).text.replace("\u00a0", " ")
    said = {
        "zh": "实际续约相应高 1.2 个百分点（95% 区间 0.4–2.1）",
        "en": "1.2 pct points more renewal (95% interval 0.4–2.1)",
    }
    assert said[language] in text
    chart = page_of(report_context(results, study, language), "what_if").figure
    assert chart is not None
    assert isinstance(chart.chart, Forest)
    assert (chart.chart.rows[0].value, chart.chart.rows[0].low) == (pytest.approx(1.2), pytest.approx(0.4))
