"""The page of what better scores go with: rows, marks and claims follow the gains; blocks give way."""

from __future__ import annotations

import dataclasses

import pytest
import report_sample
from report_reading import KEY_ACCOUNTS, made, title
from report_what_if import cheapest
from report_what_if import what_if as made_up

from analysis.gain_tests import with_q
from analysis.results import Estimate, StudyResults
from analysis.whatif_results import Scenario, WhatIf
from report_templates import formatting
from report_templates.charts.forest import Forest, plot_width
from report_templates.charts.marks import Mark
from report_templates.context import layout
from report_templates.context.decision_table import decision_table
from report_templates.context.gains import effects, gain_words, outcomes
from report_templates.context.model import FigurePage
from report_templates.context.story import Story
from report_templates.context.what_if import what_if_page
from report_templates.context.what_if_chart import NARROWEST_PLOT
from report_templates.context.what_if_table import each_point
from survey.language import LANGUAGES, Language
from survey.study import Study


def page(results: StudyResults, language: Language = "zh", study: Study = KEY_ACCOUNTS) -> FigurePage:
    return what_if_page(Story.of(results, study, language))


def chart(shown: FigurePage) -> Forest:
    assert shown.figure is not None
    assert isinstance(shown.figure.chart, Forest)
    return shown.figure.chart


def gains_found(results: StudyResults) -> WhatIf:
    assert results.what_if is not None
    return results.what_if


def anew(what_if: WhatIf, scale: float, error: float) -> WhatIf:
    """The same gains of the main outcome, ``scale`` times as large, with a standard error of their own."""

    def again(scenario: Scenario) -> Scenario:
        first, *others = scenario.gains
        assert isinstance(first.change, Estimate)
        value = first.change.value * scale
        ends = {"se": error, "low": value - 2 * error, "high": value + 2 * error}
        moved = dataclasses.replace(first, change=dataclasses.replace(first.change, value=value, **ends))
        return dataclasses.replace(scenario, gains=(*with_q([moved]), *others))

    return dataclasses.replace(
        what_if,
        drivers=tuple(
            dataclasses.replace(moves, scenarios=tuple(again(each) for each in moves.scenarios))
            for moves in what_if.drivers
        ),
        combined=again(what_if.combined) if what_if.combined else None,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_items_to_improve_come_first_then_the_others_by_gain(language: Language) -> None:
    results, study = made("mixed")
    story = Story.of(results, study, language)
    rows = chart(page(results, language)).rows
    improve = [story.words.item(driver.item) for driver in story.in_quadrant("improve")]
    assert len(improve) == 2
    assert [row.label for row in rows[:2]] == improve
    rest = [row.value for row in rows[2:-1]]
    assert rest == sorted(rest, reverse=True)  # type: ignore[type-var] # none is without a value
    assert rows[-1].bold
    assert rows[-1].rule_above
    assert [row.bold for row in rows[:-1]] == [False] * (len(rows) - 1)
    what_if = gains_found(results)
    assert what_if.combined is not None
    assert isinstance(what_if.combined.gains[0].change, Estimate)
    assert rows[-1].value == what_if.combined.gains[0].change.value


@pytest.mark.parametrize("scale", [1.0, -1.0, 0.0])
@pytest.mark.parametrize("error", [0.01, 0.2, 5.0])
def test_marks_and_titles_follow_the_intervals(scale: float, error: float) -> None:
    results, _ = made("mixed")
    results = dataclasses.replace(results, what_if=anew(gains_found(results), scale, error))
    shown = page(results)
    for row in chart(shown).rows:
        assert row.low is not None
        assert row.high is not None
        wanted: Mark = "better" if row.low > 0 else "worse" if row.high < 0 else "same"
        assert row.mark == wanted
        assert row.quiet == (wanted == "same") == (0 in row.faint)
    total = chart(shown).rows[-1]
    said = title(shown)
    assert ("相应高" in said, "却相应低" in said) == (total.mark == "better", total.mark == "worse")
    assert ("总体满意度的差别分不清" in said) == (total.mark == "same")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_priority_the_title_claims_the_best_clear_gain_or_none(language: Language) -> None:
    results, study = made("undecided")
    first = effects(Story.of(results, study, language), gains_found(results))[0]
    most = max(
        effect.main.drawn[0]
        for effect in effects(Story.of(results, study, language), gains_found(results))
        if effect.main.way == "higher"
    )
    assert first.main.drawn[0] >= most
    shown = page(results, language)
    assert formatting.number(most) in title(shown)
    # The largest of noisy estimates is no bound on what could be gained.
    claim, bound = {
        "zh": ("所列估计中最大的是", "最多"),
        "en": ("the largest gain estimated here", "at most"),
    }[language]
    assert claim in title(shown)
    assert bound not in title(shown)
    assert shown.table is None
    unclear = dataclasses.replace(results, what_if=anew(gains_found(results), 1.0, 9.0))
    word = {"zh": "分不清", "en": "no clear difference"}[language]
    assert word in title(page(unclear, language))
    assert word not in title(shown)


def test_a_loss_is_good_when_it_falls() -> None:
    results, study = made("mixed")
    story = Story.of(results, study, "zh")
    what_if = gains_found(results)
    churn = what_if.model("churn")
    assert churn is not None
    assert what_if.combined is not None
    said = gain_words(story, churn, what_if.combined.gain("churn"))
    assert said is not None
    assert (said.way, said.good, said.mark) == ("lower", True, "better_down")
    assert outcomes(story, what_if)[0].outcome == results.drivers[0].outcome


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_really_raised_and_where_the_best_group_binds_is_printed(language: Language) -> None:
    results, study = made("mixed")
    words = Story.of(results, study, language).words
    raised = {
        words.item(moves.item): formatting.number(move.raised_among) + ("*" if move.capped else "")
        for moves in gains_found(results).drivers
        for move in moves.scenarios[-1].moves
    }
    shown = page(results, language)
    assert any("*" in value for value in raised.values())
    for row in chart(shown).rows[:-1]:
        assert row.left[0] == raised[row.label]
    assert shown.figure is not None
    assert "*" in shown.figure.caption
    assert words("what_if.limit.groups") in shown.figure.caption


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["mixed", "undecided", "first wave", "24 items", "one item list"])
def test_the_page_holds_its_blocks_and_its_plot_is_readable(name: str, language: Language) -> None:
    results, study = made(name)
    shown = page(results, language, study)
    assert shown.figure is not None
    height = layout.stacked(
        layout.head(shown.head.title, language, shown.head.subtitle)
        - layout.GAP
        + layout.height(shown.figure.chart)
        + layout.caption(shown.figure.caption),
        layout.table(shown.table),
        layout.table(shown.second_table),
        layout.callouts(shown.callouts),
    )
    assert height <= layout.FULL
    assert plot_width(chart(shown)) >= NARROWEST_PLOT
    assert len(shown.callouts) == 3


def test_few_items_leave_room_for_what_one_point_goes_with() -> None:
    study = report_sample.small_study(12, waves=1)
    results = report_sample.results(study)
    table = page(results, "en", study).second_table
    assert table is not None
    what_if = gains_found(results)
    assert len(table.rows) == len(what_if.drivers)
    small = {moves.item: moves.scenarios[0].gains[0].change for moves in what_if.drivers}
    words = Story.of(results, study, "en").words
    printed = {words.item(item): change for item, change in small.items()}
    for row in table.rows:
        assert len(row.cells) == 4  # no group to compare with, so no column of the best
        change = printed[row.cells[0].text]
        assert isinstance(change, Estimate)
        assert row.cells[2].text == formatting.signed(change.value, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_and_revenue_stand_now_and_then(language: Language) -> None:
    results, study = made("mixed")
    found = made_up(
        study, results.nodes, results.outcomes, results.drivers, report_sample.estimate, revenue=True
    )
    assert found is not None
    assert found.combined is not None
    results = dataclasses.replace(results, what_if=dataclasses.replace(found, value_column="weight"))
    table = page(results, language).table
    assert table is not None
    cells = {row.cells[0].text: [cell.text for cell in row.cells[1:3]] for row in table.rows}
    words = Story.of(results, study, language).words
    assert cells[words("what_if.measure.points", outcome=words.index)] == [
        formatting.number(found.index.value),
        formatting.number(found.combined.index_then),
    ]
    main, gain = found.outcomes[0], found.combined.gains[0]
    assert isinstance(main.now, Estimate)
    assert gain.then is not None
    assert cells[words("what_if.measure.points", outcome=words.outcome(main.outcome))] == [
        formatting.number(main.now.value),
        formatting.number(gain.then),
    ]
    revenue = found.combined.revenue
    assert revenue is not None
    row = next(row for row in table.rows if row.cells[0].text == words("what_if.revenue"))
    assert [cell.text for cell in row.cells[1:3]] == [
        formatting.percent(revenue.share.value, 1),
        formatting.percent(revenue.share_then.value, 1),
    ]
    assert row.cells[3].mark == "better_down"
    assert formatting.number(revenue.at_risk.value, 0) in table.note


@pytest.mark.parametrize("name", ["bare", "one dimension"])
def test_without_drivers_there_is_no_page(name: str) -> None:
    results, study = made(name)
    assert "what_if" not in Story.of(results, study, "zh").page_names


def test_without_gains_decisions_show_importance_and_with_them_what_they_go_with() -> None:
    results, study = made("mixed")
    with_gains = decision_table(Story.of(results, study, "zh"))
    without = decision_table(Story.of(dataclasses.replace(results, what_if=None), study, "zh"))
    assert with_gains is not None
    assert without is not None
    story = Story.of(results, study, "zh")
    known = {story.words.item(str(e.item)): e.main for e in effects(story, gains_found(results))}
    for row in with_gains.rows:
        gain = known[row.cells[0].text]
        assert [cell.text for cell in row.cells[3:]] == [gain.value, gain.interval]
        assert row.cells[3].mark == gain.mark
    shares = {story.words.item(d.item): formatting.percent(d.share.value) for d in results.drivers[0].drivers}
    assert [row.cells[3].text for row in without.rows] == [shares[row.cells[0].text] for row in without.rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reached", [True, False])
def test_where_costs_are_declared_the_cheapest_way_stands_beside_the_levels(
    language: Language, *, reached: bool
) -> None:
    settings = {
        "costs": {"reliability": 120, "fit": 60},
        "cost_unit": {"zh": "万元", "en": "10,000 yuan"},
    }
    study = report_sample.key_accounts(what_if=settings)
    results = report_sample.results(study, move={"in_sales": 3.0, "after_sales": -2.5})
    found = gains_found(results)
    way = cheapest(found, found.index.value + 1.3, report_sample.estimate, reached=reached)
    results = dataclasses.replace(results, what_if=dataclasses.replace(found, cheapest=way))
    shown = page(results, language, study)
    levels_, plan = shown.halves
    words = Story.of(results, study, language).words
    assert [row.cells[0].text for row in plan.rows[:-1]] == [words.item(lever.item) for lever in way.levers]
    assert [row.cells[2].text for row in plan.rows] == ["540.0", "120.0", "660.0"]
    assert "10,000" in plan.columns[2].head or "万元" in plan.columns[2].head
    assert formatting.number(way.target) in plan.head
    assert formatting.number(way.expected.value) in shown.halves_note
    assert formatting.probability(way.probability) in shown.halves_note
    short = {"zh": "达不到：", "en": "Out of reach"}[language]
    assert (short in shown.halves_note) == (not reached)
    assert len(levels_.columns) == 5
    assert shown.table is shown.second_table is None
    assert len(chart(shown).rows) >= 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_room_is_told_by_the_best_group(language: Language) -> None:
    results, study = made("mixed")
    story, what_if = Story.of(results, study, language), gains_found(results)
    table = each_point(story, what_if)
    group = what_if.reach[0].best_group
    assert group is not None
    assert {row.cells[-1].text for row in table.rows} == {story.words.group(*group)}
    assert {row.cells[-2].text for row in table.rows} == {"80.0"}
    assert [column.spans for column in table.columns if column.span] == [2, 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_gains_were_put_together_is_said_with_its_test(language: Language) -> None:
    results, _ = made("mixed")
    what_if = gains_found(results)
    assert what_if.combined is not None
    first, second, *rest = what_if.combined.gains
    assert first.added == second.added == "sum"
    alike = page(results, language).callouts[0].text
    assert alike.count("0.340") == 2
    assert alike.count({"zh": "相加", "en": "add up"}[language]) == 1
    assert second.test is not None
    other = dataclasses.replace(second, added="joint", test=dataclasses.replace(second.test, p=0.012))
    combined = dataclasses.replace(what_if.combined, gains=(first, other, *rest))
    results = dataclasses.replace(results, what_if=dataclasses.replace(what_if, combined=combined))
    apart = page(results, language).callouts[0].text
    assert apart.index("0.340") < apart.index("0.012")
    assert {"zh": "平方项", "en": "squares"}[language] in apart
    assert {"zh": "平方项", "en": "squares"}[language] not in alike
