"""The checklist passes, warns and blocks where it says, and what is blocked is no headline."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import report_sample
from checked_sample import GOOD, blocked, checked
from report_reading import KEY_ACCOUNTS, texts, title

from analysis.check_drivers import driver_lines
from analysis.check_facts import CheckFacts, DriverChecks, SegmentDrivers
from analysis.check_lines import CONVENTIONS, LINES, SOURCES
from analysis.check_pipeline import check_limits
from analysis.checks import USUAL, Check, CheckLimits, checklist
from analysis.plain import plain
from analysis.results import JointTest, OutcomeResult, StudyResults, TooFew
from report_templates.context import check_words, report_context
from report_templates.context.story import Story
from report_templates.context.words import Words
from survey.check_limits import Checks as Declared
from survey.definition import dump_study, parse_study
from survey.errors import StudyProblems
from survey.language import LANGUAGES, Language


@pytest.fixture(scope="module")
def results() -> StudyResults:
    return report_sample.results(KEY_ACCOUNTS)


def line(results: StudyResults, key: str, limits: CheckLimits | None = None, **facts: Any) -> Check:
    """The line ``key`` on the drivers of the main outcome, whose model has these facts."""
    part = dataclasses.replace(results.drivers[0], facts=dataclasses.replace(GOOD, **facts))
    (found,) = [c for c in driver_lines(part, results, limits or USUAL) if c.key == key]
    return found


@pytest.mark.parametrize(
    ("key", "facts", "state"),
    [
        ("model_base", {}, "pass"),
        ("model_base", {"n": 113}, "warn"),
        ("model_base", {"n": 114}, "pass"),
        ("model_base", {"n": 49}, "block"),
        ("model_base", {"n": 79, "columns": 60}, "block"),
        ("clusters", {"clusters": 29}, "warn"),
        ("clusters", {"df": 9}, "warn"),
        ("blanks", {"n": 730, "due": 820}, "warn"),
        ("blanks", {"n": 400, "due": 820}, "block"),
        ("estimated", {"blanks": "em", "blank": 0.31}, "block"),
        ("estimated", {"blanks": "em", "blank": 0.29}, "pass"),
        ("halo", {"correlation": 0.61}, "warn"),
        ("halo", {"first_eigenvalue": 0.51}, "warn"),
        ("collinearity", {"inflation": 4.0}, "warn"),
        ("collinearity", {"inflation": 10.0}, "block"),
        ("collinearity", {"condition": 31.0}, "block"),
        ("fit", {"adjusted": 0.09}, "warn"),
        ("fit", {"failed": 0.02}, "warn"),
        ("fit", {"failed": 0.06}, "block"),
        ("outcome_type", {}, "pass"),
        ("outcome_type", {"levels": 7}, "warn"),
        ("outcome_type", {"skew": -1.2}, "warn"),
        ("events", {"levels": 2, "events": 80}, "pass"),
        ("events", {"levels": 2, "events": 79}, "block"),
    ],
)
def test_lines_turn_at_their_limits(
    results: StudyResults, key: str, facts: dict[str, Any], state: str
) -> None:
    assert line(results, key, **facts).state == state


def test_limits_are_settings(results: StudyResults) -> None:
    assert line(results, "fit", adjusted=0.15).state == "pass"
    assert line(results, "fit", CheckLimits(adjusted=0.2), adjusted=0.15).state == "warn"


def test_a_study_sets_limits_of_its_own() -> None:
    assert {field.name for field in dataclasses.fields(CheckLimits)} == set(Declared.model_fields)
    study = KEY_ACCOUNTS.model_copy(
        update={"reporting": KEY_ACCOUNTS.reporting.model_copy(update={"checks": Declared(ceiling=0.3)})}
    )
    assert check_limits(KEY_ACCOUNTS) == USUAL
    assert check_limits(study) == dataclasses.replace(USUAL, ceiling=0.3)


def test_results_are_judged_by_the_limits_that_they_carry(results: StudyResults) -> None:
    (usual,) = (one for one in checklist(checked(results)).of(None) if one.key == "base")
    strict = CheckFacts(limits=dataclasses.replace(USUAL, base_warn=5000, base_block=4000))
    made = dataclasses.replace(results, checks=strict)
    (line,) = (one for one in checklist(made).of(None) if one.key == "base")
    assert (usual.state, line.state) == ("pass", "block")
    assert line.limits == {"n": 5000, "n_block": 4000}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{ceiling: 40}", ("ceiling", "40")),
        ("{cieling: 0.4}", ("cieling",)),
        ("{lost_warn: 0.6, lost_block: 0.5}", ("lost_warn", "0.6", "lost_block", "0.5")),
        ("{base_warn: 20, base_block: 30}", ("base_block", "30", "base_warn", "20")),
    ],
)
def test_a_wrong_limit_is_named_where_it_stands(
    written: str, said: tuple[str, ...], language: Language
) -> None:
    text = dump_study(KEY_ACCOUNTS).replace("reporting:\n", f"reporting:\n  checks: {written}\n")
    with pytest.raises(StudyProblems) as failure:
        parse_study(text, "study.yaml")
    (problem,) = failure.value.problems
    assert problem.place.line == text[: text.index("  checks: ")].count("\n") + 1
    sentence = problem.line(language)
    assert all(part in sentence for part in said), sentence


def test_a_copy_of_a_driver_blocks_and_is_named(results: StudyResults) -> None:
    part = dataclasses.replace(results.drivers[0], facts=GOOD, dropped=(("twin", "duplicate"),))
    found = {check.key: check for check in driver_lines(part, results, USUAL)}
    assert (found["collinearity"].state, found["collinearity"].names) == ("block", ("twin",))


def test_readings_are_warned_of_by_name(results: StudyResults) -> None:
    found = {check.key: check for check in driver_lines(results.drivers[0], results, USUAL)}
    conflicting = [d.item for d in results.drivers[0].drivers if d.direction == "conflicting"]
    assert found["signs"].names == tuple(conflicting)
    assert found["rank_stability"].values["first"] == 0.6
    assert found["rank_stability"].state == "warn"
    weak = [d.item for d in results.drivers[0].drivers if not d.probe]
    assert found["noise"].names == tuple(weak)


def test_a_model_that_does_not_exist_blocks(results: StudyResults) -> None:
    gone = dataclasses.replace(
        results,
        drivers=(),
        drivers_missing=(
            ("a", TooFew(41, "small_base")),
            ("b", TooFew(300, "no_spread")),
            ("c", TooFew(300, "indefinite")),
        ),
    )
    found = checklist(gone)
    assert found.blocked("a")
    blocked = [check.key for check in found.checks if check.state == "block"]
    assert blocked == ["no_model", "no_variance", "no_population"]


def test_the_whole_wave_bears_on_every_outcome(results: StudyResults) -> None:
    quality = dataclasses.replace(results.quality, straightliners=(0, results.quality.n // 5, 0))
    found = checklist(dataclasses.replace(results, quality=quality))
    careless = next(check for check in found.checks if check.key == "carelessness")
    assert careless.state == "block"
    assert found.blocked(results.drivers[0].outcome)
    assert found.of(None)[0] == careless


@pytest.mark.parametrize("language", LANGUAGES)
def test_blocked_drivers_are_no_headline(results: StudyResults, language: Language) -> None:
    story = Story.of(results, KEY_ACCOUNTS, language)
    to_improve = [story.words.item(driver.item) for driver in story.in_quadrant("improve")]
    assert to_improve
    assert any(name.lower() in said.lower() for name in to_improve for said in headlines(results, language))
    made = blocked(results)
    told = Story.of(made, KEY_ACCOUNTS, language)
    assert told.blocked
    assert not told.in_quadrant("improve")
    assert not any(driver for _, driver, _ in told.decisions)
    names = [told.words.item(driver.item).lower() for driver in results.drivers[0].drivers]
    assert not [said for said in headlines(made, language) if any(name in said.lower() for name in names)]
    why = check_words.reason(told.words, told.blocks[0])
    assert any(why in said for said in headlines(made, language))
    # Within a sentence the remedy begins with a small letter.
    remedy = check_words.remedy(told.words, told.blocks[0])[1:]
    assert any(remedy in said for said in headlines(made, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_outcome_without_a_model_says_why_nothing_is_put_first(
    results: StudyResults, language: Language
) -> None:
    few = ((results.drivers[0].outcome, TooFew(41, "small_base")),)
    made = dataclasses.replace(results, drivers=(), drivers_missing=few)
    story = Story.of(made, KEY_ACCOUNTS, language)
    assert [check.key for check in story.blocks] == ["no_model"]
    said = headlines(made, language)
    assert any(check_words.reason(story.words, story.blocks[0]) in one for one in said)
    # The base of what is not shown is for the analyst alone.
    assert not [one for one in said if "41" in one]


def headlines(results: StudyResults, language: Language) -> list[str]:
    """What tells somebody to act: the cover, the summary, and the titles of all pages."""
    told = report_context(results, KEY_ACCOUNTS, language)
    heads = [title(told.summary), title(told.method), *(title(page) for page in told.pages)]
    # How an item was answered is no advice.
    answers = Story.of(results, KEY_ACCOUNTS, language).figure("answers")
    told_of = [finding for finding in told.summary.findings if finding.reference != answers]
    findings = [one for finding in told_of for one in (finding.head, finding.text)]
    return [
        *heads,
        *findings,
        *(text for _, text in texts((told.cover, told.summary.answer, told.summary.tiles))),
    ]


def test_every_line_can_be_said_and_has_a_source(results: StudyResults) -> None:
    found = checklist(checked(results, blanks="em", events=90, levels=2))
    keys = {check.key for check in found.checks}
    elsewhere = {"response_unknown", "no_model", "no_variance", "no_population", "segments_untested"}
    assert keys == set(LINES) - elsewhere
    assert CONVENTIONS <= set(SOURCES) <= set(LINES)
    assert len(found.summary().splitlines()) == len(found.checks)
    assert len(found.to_frame()) == len(found.checks)
    assert plain(found)["checks"]


def judged_by(results: StudyResults, **facts: Any) -> dict[str, Check]:
    """Lines on the main outcome by key, with these further figures."""
    outcome = results.drivers[0].outcome
    made = dataclasses.replace(results, checks=CheckFacts(drivers=(DriverChecks(outcome, **facts),)))
    return {check.key: check for check in checklist(made).of(outcome)}


def test_further_figures_have_lines_of_their_own(results: StudyResults) -> None:
    first, second, *_ = (driver.item for driver in results.drivers[0].drivers)
    found = judged_by(
        results, unweighted={first: 2, second: 1}, bends={first: 0.04, second: 0.06}, segments=()
    )
    assert (found["unweighted"].state, found["unweighted"].names) == ("warn", (first, second))
    assert (found["shape"].state, found["shape"].names) == ("warn", (first,))
    assert "heterogeneity" not in found
    assert "shape" not in {check.key for check in checklist(results).checks}
    same = {driver.item: driver.rank for driver in results.drivers[0].drivers}
    assert judged_by(results, unweighted=same)["unweighted"].state == "pass"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "on record (renewal and churn)"), ("zh", "已有的记录（实际续约、客户流失）")],
)
def test_an_intention_is_to_be_held_against_the_records_that_there_are(
    results: StudyResults, language: Language, said: str
) -> None:
    words = Words(KEY_ACCOUNTS, language, results)
    known = {one.kind: one for one in results.outcomes}
    unknown = [
        dataclasses.replace(known[kind], series=(TooFew(3, "no_answers"),)) for kind in ("renewal", "churn")
    ]
    kinds = ("renewal_intention", "purchase_intention", "renewal")

    def lines(*outcomes: OutcomeResult) -> dict[str, Check]:
        drivers = tuple(dataclasses.replace(results.drivers[0], outcome=known[kind].id) for kind in kinds)
        asked = tuple(known[kind] for kind in kinds[:2])
        made = dataclasses.replace(results, outcomes=(*asked, *outcomes), drivers=drivers)
        return {c.about or "": c for c in checklist(made).checks if c.key == "intention"}

    linked = lines(known["renewal"], known["churn"])
    stays, buys = linked["renewal_intention"], linked["purchase_intention"]
    assert (stays.state, stays.records) == ("warn", ("renewal", "churn"))
    assert said in check_words.remedy(words, stays)
    # Nothing on record says who bought more, and nobody's renewal is known in the other case.
    for line in (buys, *lines(*unknown).values()):
        assert (line.state, line.records) == ("warn", ())
        assert "{" not in check_words.remedy(words, line)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Not tested by province and account tier: too few people, clusters or degrees of freedom."),
        ("zh", "未检验：省份、客户等级各组人数、整群数或自由度不够。"),
    ],
)
def test_segments_that_could_not_be_tested_warn(results: StudyResults, language: Language, said: str) -> None:
    found = judged_by(results, untested=("province", "tier"))
    line = found["segments_untested"]
    assert "heterogeneity" not in found
    assert "segments_untested" not in judged_by(results)
    assert (line.state, line.segments, line.limits["df"]) == ("warn", ("province", "tier"), 10)
    assert check_words.told(Words(KEY_ACCOUNTS, language, results), line).startswith(said)


@pytest.mark.parametrize(
    ("p", "opposite", "state"),
    [(0.004, (), "warn"), (0.006, (), "pass"), (0.004, ("a",), "block"), (0.006, ("a",), "pass")],
)
def test_segments_driven_apart_warn_and_in_opposite_directions_block(
    results: StudyResults, p: float, opposite: tuple[str, ...], state: str
) -> None:
    # Two segments are tested, so each p counts twice.
    tests = JointTest(3.0, 12, 600, p), JointTest(1.0, 12, 600, 0.6)
    tested = SegmentDrivers("tier", 2, tests[0], opposite), SegmentDrivers("other", 2, tests[1])
    line = judged_by(results, segments=tested)["heterogeneity"]
    assert line.state == state
    assert line.segments == (("tier",) if state != "pass" else ())
