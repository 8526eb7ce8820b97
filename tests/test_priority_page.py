"""The page of priorities at every rule of the lines: the map, what it says, and lines of equal gap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from priority_samples import NAMES, drivers, results, study

from analysis.priorities import QUADRANTS, Lines
from analysis.results import DriverResults, Estimate
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Drawing, Line
from report_templates.charts.isolines import Isoline, clipped
from report_templates.charts.priority_map import PriorityMap, draw
from report_templates.context import report_context
from report_templates.context.model import FigurePage
from report_templates.context.priority_lines import LEAST_SIDE, score_axis, share_axis
from survey.language import LANGUAGES, Language

RULES: dict[str, tuple[Lines, dict[str, Any]]] = {
    "means": (Lines(), {}),
    "midpoint": (Lines("midpoint"), {"lines": "midpoint"}),
    "target": (Lines("target", 75.0), {"lines": "target"}),
    "own": (Lines("target", 75.0, {"speed": 55.0}), {"lines": "target"}),
}
SAYS = {
    ("means", "zh"): ("平均 72", "两条线为各项的平均", "与平均", ""),
    ("means", "en"): ("Mean 72", "both lines are means", "vs mean", ""),
    ("midpoint", "zh"): ("中点 50.0", "竖线为量表中点", "与中点", "以量表中点 50.0 分为界"),
    ("midpoint", "en"): (
        "Midpoint 50.0",
        "middle of the scale",
        "vs middle",
        "against the scale midpoint of 50.0",
    ),
    ("target", "zh"): ("目标 75.0", "竖线为目标", "与目标", "以目标 75.0 分为界"),
    ("target", "en"): (
        "Target 75.0",
        "the vertical line is the target",
        "vs target",
        "against the target of 75.0",
    ),
    ("own", "zh"): ("各自的目标", "减去各自的目标", "与目标", "以各自的目标为界"),
    ("own", "en"): (
        "Own target",
        "less each item's own target",
        "vs target",
        "against each item's own target",
    ),
}


def page(found: DriverResults, language: Language, **declared: Any) -> FigurePage:
    of = study(**declared)
    pages = report_context(results(found, of), of, language).pages
    (one,) = (one for one in pages if one.head.anchor == "priorities")
    assert isinstance(one, FigurePage)
    return one


def map_of(one: FigurePage) -> PriorityMap:
    assert one.figure is not None
    assert isinstance(one.figure.chart, PriorityMap)
    return one.figure.chart


def lines(drawing: Drawing, role: str) -> list[Line]:
    return [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.role == role]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_the_page_says_by_which_rule_it_divides(rule: str, language: Language) -> None:
    rule_of, declared = RULES[rule]
    one = page(drivers(rule_of), language, **declared)
    label, caption, column, subtitle = SAYS[rule, language]
    assert map_of(one).x_line_label.startswith(label)
    assert one.figure is not None
    assert caption in one.figure.caption
    assert one.table is not None
    assert column in [head.head for head in one.table.columns]
    assert subtitle in one.head.subtitle


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("unsure", "starts"), [(0, False), (1, False), (2, True), (5, True)])
def test_more_than_a_third_undecided_make_no_clear_priorities(
    unsure: int, starts: bool, language: Language
) -> None:
    found = drivers()
    least = sorted(found.drivers, key=lambda driver: driver.item == "speed")[:unsure]
    even = dict.fromkeys(QUADRANTS, 0.25)
    made = tuple(
        replace(driver, quadrant=None, quadrants=even) if driver in least else driver
        for driver in found.drivers
    )
    title = "".join(page(replace(found, drivers=made), language).head.title)
    said = {
        "zh": ("没有明确的优先次序", "此外次序不明"),
        "en": ("No clear priorities", "no clear priorities beyond"),
    }
    assert any(words in title for words in said[language]) == starts
    assert (NAMES["speed"][language].lower() in title.lower()) == (unsure < 5)


def test_points_stand_as_far_from_the_line_as_they_are_from_their_target() -> None:
    rule_of, declared = RULES["own"]
    found = drivers(rule_of)
    chart = map_of(page(found, "en", **declared))
    assert chart.x_line == 0
    at = {point.label: point.x for point in chart.points}
    for driver in found.drivers:
        target = 55.0 if driver.item == "speed" else 75.0
        assert driver.line == target
        assert isinstance(driver.performance, Estimate)
        assert at[NAMES[driver.item]["en"]] == pytest.approx(driver.performance.value - target)


@pytest.mark.parametrize("rule", RULES)
def test_lines_stand_within_the_map(rule: str) -> None:
    rule_of, declared = RULES[rule]
    drawing = draw(map_of(page(drivers(rule_of), "zh", **declared)))
    for line in lines(drawing, "mean"):
        assert min(line.x1, line.x2) >= 0
        assert max(line.x1, line.x2) <= drawing.width
        assert min(line.y1, line.y2) >= 0
        assert max(line.y1, line.y2) <= drawing.height


@given(st.lists(st.floats(0, 100), min_size=2, max_size=30), st.floats(0, 100))
def test_both_sides_of_a_target_can_hold_a_name(scores: list[float], target: float) -> None:
    found = replace(drivers(), performance_line=target)
    axis = score_axis(found, scores, 0.2)
    assert axis.low <= min([*scores, target])
    assert axis.high >= max([*scores, target])
    left = (target - axis.low) / (axis.high - axis.low)
    # Padding at the far end takes its part of the room.
    assert 0.85 * LEAST_SIDE <= left <= 1 - 0.85 * LEAST_SIDE
    assert all(0 <= tick.value <= 100 for tick in axis.ticks)
    upwards = share_axis(found, [30.0, 2.0])
    assert upwards.low <= 0 < upwards.high


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_map_of_gaps_has_lines_of_equal_gap_and_calls_them_a_convention(language: Language) -> None:
    found = drivers()
    one = page(found, language, map="gaps")
    chart = map_of(one)
    largest = max(driver.share.value for driver in found.drivers)
    drawing = draw(chart)
    assert len(lines(drawing, "isoline")) >= 4
    for line in chart.isolines:
        assert line.slope == pytest.approx(largest)
    assert one.figure is not None
    assert {"zh": "斜率 1 是惯例", "en": "slope of 1 is a convention"}[language] in one.figure.caption
    assert one.table is not None
    heads = [column.head for column in one.table.columns]
    assert {"zh": "差距", "en": "Gap"}[language] in heads
    words = [text.box for text in drawing.texts("isoline")]
    others = [text.box for role in ("quadrant", "label") for text in drawing.texts(role)]
    assert not any(word.overlap(other) for word in words for other in others)


def test_a_point_on_a_line_of_equal_gap_has_that_gap() -> None:
    found = drivers()
    chart = map_of(page(found, "en", map="gaps"))
    zero = next(line for line in chart.isolines if line.label == "gap 0")
    largest = max(driver.share.value for driver in found.drivers)
    for score in (50.0, 80.0):
        share = (zero.intercept + zero.slope * score) / 100
        assert 100 * share / largest - score == pytest.approx(0)


def test_targets_of_their_own_leave_no_lines_of_equal_gap() -> None:
    rule_of, declared = RULES["own"]
    one = page(drivers(rule_of), "en", map="gaps", **declared)
    assert map_of(one).isolines == ()
    assert one.figure is not None
    assert "slope" not in one.figure.caption
    assert one.table is not None
    assert "Gap: importance" in one.table.note


@given(st.floats(-200, 200), st.floats(0.05, 2))
def test_a_line_is_cut_at_the_edges(intercept: float, slope: float) -> None:
    axis = Axis(10.0, 90.0, ())
    ends = clipped(Isoline(intercept, slope, ""), axis, axis)
    at = [intercept + slope * (10 + 80 * share / 50) for share in range(51)]
    if ends is None:
        assert all(not 10 < y < 90 for y in at)
    else:
        for x, y in ends:
            assert 10 - 1e-9 <= x <= 90 + 1e-9
            # A sum and a difference of the same numbers.
            assert 10 - 1e-6 <= y <= 90 + 1e-6
