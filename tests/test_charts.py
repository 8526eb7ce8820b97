"""Charts keep to one SVG dialect, show what they were given, and add up."""

from __future__ import annotations

import dataclasses
import math
import re
from itertools import combinations
from xml.etree import ElementTree as ET

import chart_samples
import pytest
from chart_samples import every_chart
from chart_words import Words
from hypothesis import given, settings
from hypothesis import strategies as st

from report_templates import theme
from report_templates.charts import forest, likert, marks, small_multiples, trend, waterfall
from report_templates.charts.axis import Axis, Tick, axis_around, round_step
from report_templates.charts.drawing import Box, Circle, Drawing, Line, Polygon, Polyline, Rect, Text, svg
from report_templates.context.figures import drawn, markup
from survey.language import LANGUAGES

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "line", "rect", "polygon", "polyline", "circle", "text"}
ATTRIBUTES = {
    *(
        "role",
        "width",
        "height",
        "viewBox",
        "font-family",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "points",
    ),
    *(
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "stroke-opacity",
        "stroke-linejoin",
    ),
    *("font-size", "font-weight", "text-anchor"),
}
CASES = [(language, name) for language in LANGUAGES for name in every_chart("zh")]
ZH = Words("zh")


def parsed(written: str) -> ET.Element:
    return ET.fromstring(written)  # noqa: S314 - reads what this package wrote a line ago


@pytest.mark.parametrize(("language", "name"), CASES)
def test_dialect(language: str, name: str) -> None:
    chart = every_chart(language)[name]
    root = parsed(str(markup(chart)))
    assert root.tag == f"{SVG}svg"
    assert "Csat Sans SC" in root.attrib["font-family"]
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == chart.title
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert [float(part) for part in root.attrib["viewBox"].split()][2:] == [width, height]
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ALLOWED
        assert set(element.attrib) <= ATTRIBUTES
        if element.tag == f"{SVG}text":
            assert float(element.attrib["font-size"]) >= 10.66  # 8 pt, written with two decimals
        for name_of, value in element.attrib.items():
            if name_of in ("fill", "stroke"):
                assert re.fullmatch(r"#[0-9a-f]{6}|none", value)


@pytest.mark.parametrize(("language", "name"), CASES)
def test_everything_stands_on_the_sheet(language: str, name: str) -> None:
    drawing = drawn(every_chart(language)[name])
    # Labels may reach a unit over an edge: half of a tick's digit, a stroke.
    for text in drawing.texts():
        assert text.box.left >= -1 - drawing.bleed, text
        assert text.box.right <= drawing.width + 1 + drawing.bleed, text
        assert text.box.top >= -4, text
        assert text.box.bottom <= drawing.height + 4, text


def inked(text: Text) -> Box:
    """Return what a text inks: less than its em, by a tenth above and some below."""
    return dataclasses.replace(text.box, top=text.y - 0.78 * text.size, bottom=text.y + 0.08 * text.size)


@pytest.mark.parametrize(("language", "name"), CASES)
def test_no_two_texts_overlap(language: str, name: str) -> None:
    texts = [text for text in drawn(every_chart(language)[name]).texts() if text.text]
    for one, other in combinations(texts, 2):
        assert inked(one).overlap(inked(other)) == 0, (one, other)


def test_same_input_same_markup() -> None:
    for name in every_chart("zh"):
        assert markup(every_chart("zh")[name]) == markup(every_chart("zh")[name])


HOSTILE = "</title></text><script>alert(1)</script>\"'&\u202e\u0000\x1b"


def test_hostile_words_stay_words() -> None:
    rows = (forest.ForestRow(HOSTILE, 3.0, 2.0, 4.0, right=(HOSTILE,)),)
    axis = Axis(0, 5, (Tick(1, HOSTILE),))
    drawing = forest.draw(forest.Forest(HOSTILE, HOSTILE, rows, axis, (forest.Column((HOSTILE,)),)))
    written = str(svg(drawing))
    assert "<script" not in written
    assert not set(written) & {"\u202e", "\u0000", "\x1b"}
    root = parsed(written)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    assert root[0].text == "</title></text><script>alert(1)</script>\"'&"


def test_a_place_that_is_no_number_is_refused() -> None:
    for value in (math.nan, math.inf):
        with pytest.raises(ValueError, match="no place"):
            svg(Drawing(10, 10, "t", (Line(0, 0, value, 0),)))


# Waterfall


def bars(drawing: Drawing, role: str) -> list[Rect]:
    return [shape for shape in drawing.shapes if isinstance(shape, Rect) and shape.role == role]


def changes(values: list[float]) -> waterfall.Waterfall:
    sums = [math.fsum(values[: index + 1]) for index in range(len(values))]
    steps = tuple(waterfall.Step(f"s{n}", value, str(value), mark="better") for n, value in enumerate(values))
    total = waterfall.Total("end", math.fsum(values), "", level="77.70")
    axis = axis_around([0.0, *sums], lambda value, decimals: f"{value:.{decimals}f}")
    return waterfall.Waterfall("t", "", "", "", "start", waterfall.Level("start", "76"), steps, total, axis)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-5, 5, allow_subnormal=False), min_size=1, max_size=12))
def test_waterfall_bars_join_and_end_at_the_total(values: list[float]) -> None:
    chart = changes(values)
    drawing = waterfall.draw(chart)
    zero = next(shape.x1 for shape in drawing.shapes if isinstance(shape, Line) and shape.role == "zero")
    place = zero
    scale = None
    for value, bar in zip(values, bars(drawing, "bar"), strict=True):
        start, end = (bar.x, bar.x + bar.width) if value >= 0 else (bar.x + bar.width, bar.x)
        assert start == pytest.approx(place, abs=1e-6)
        place = end
        if abs(value) > 0.01:
            found = bar.width / abs(value)
            assert scale is None or found == pytest.approx(scale, rel=1e-6)
            scale = found
    (total,) = bars(drawing, "total")
    assert {round(total.x, 6), round(total.x + total.width, 6)} == {round(zero, 6), round(place, 6)}
    (level,) = drawing.texts("level")
    assert level.box.left > max(zero, place)
    assert all(level.box.overlap(text.box) == 0 for text in drawing.texts() if text is not level)


def test_waterfall_that_does_not_add_up_is_refused() -> None:
    chart = chart_samples.waterfall(ZH)
    broken = dataclasses.replace(chart, end=dataclasses.replace(chart.end, value=chart.end.value + 0.01))
    with pytest.raises(ValueError, match="sum to"):
        waterfall.draw(broken)


# Answers


def test_answers_share_one_scale_and_turn_about_the_axis() -> None:
    chart = chart_samples.likert(ZH)
    drawing = likert.draw(chart)
    axes = {shape.x1 for shape in drawing.shapes if isinstance(shape, Line) and shape.role == "axis"}
    (axis,) = axes
    shown = [item.shares for group in chart.groups for item in group.items if item.shares]
    bands = [bars(drawing, f"band{band}") for band in range(5)]
    unit = bands[3][0].width / shown[0][3]
    for number, shares in enumerate(shown):
        for band, share in enumerate(shares):
            assert bands[band][number].width == pytest.approx(share * unit)
        assert bands[1][number].x + bands[1][number].width == pytest.approx(axis)
        assert bands[3][number].x == pytest.approx(axis)


def test_answers_fill_a_given_height_within_limits() -> None:
    chart = chart_samples.likert(ZH)
    assert likert.draw(dataclasses.replace(chart, height=560.0)).height == pytest.approx(560)
    low, high = (likert.draw(dataclasses.replace(chart, height=height)).height for height in (10, 5000))
    assert 0 < low < high < 1000


def test_an_item_not_shown_says_why() -> None:
    (note,) = likert.draw(chart_samples.likert(ZH)).texts("note")
    assert "不公布" in note.text


# Forest


def test_forest_draws_what_it_was_given() -> None:
    chart = chart_samples.forest(ZH)
    drawing = forest.draw(chart)
    shown = [row for row in chart.rows if row.value is not None]
    whiskers = [s for s in drawing.shapes if isinstance(s, Line) and s.role == "whisker"]
    spots = [s for s in drawing.shapes if isinstance(s, Polygon | Circle) and s.role == "mark"]
    assert len(whiskers) == len(spots) == len(shown)
    assert sum(line.dash is not None for line in whiskers) == sum(row.dashed for row in shown)
    middles = [(line.x1 + line.x2) / 2 for line in whiskers]
    assert middles == sorted(middles, reverse=True)
    assert [text.text for text in drawing.texts("note")] == [
        row.note for row in chart.rows if row.value is None
    ]


def test_effects_start_at_zero_and_claim_nothing_in_grey() -> None:
    chart = chart_samples.effects(ZH)
    drawing = forest.draw(chart)
    (zero,) = (s for s in drawing.shapes if isinstance(s, Line) and s.role == "reference")
    spots = [s for s in drawing.shapes if isinstance(s, Polygon | Circle) and s.role == "mark"]
    assert [isinstance(spot, Circle) for spot in spots] == [row.quiet for row in chart.rows]
    for row, whisker in zip(
        chart.rows, (s for s in drawing.shapes if isinstance(s, Line) and s.role == "whisker"), strict=True
    ):
        assert row.low is not None
        assert row.high is not None
        assert (whisker.x1 > zero.x1, whisker.x2 < zero.x1) == (row.low > 0, row.high < 0)
    grey = {row.label for row in chart.rows if row.quiet}
    assert {text.text for text in drawing.texts("label") if text.fill == theme.SECONDARY} == grey
    (pale,) = (row for row in chart.rows if row.quiet)
    bold = [text.text for text in drawing.texts("cell") if text.bold]
    assert len(bold) == 2 * len(chart.rows) - 2
    assert all(text.fill == (theme.INK if text.bold else theme.SECONDARY) for text in drawing.texts("cell"))
    assert pale.faint


@pytest.mark.parametrize("count", [1, 3, 31, 50])
def test_forest_takes_any_number_of_rows(count: int) -> None:
    rows = tuple(forest.ForestRow(f"row {n}", 10.0 + n, right=("x",)) for n in range(count))
    axis = axis_around([row.value for row in rows], lambda value, decimals: f"{value:.{decimals}f}")
    drawing = forest.draw(forest.Forest("t", "h", rows, axis, (forest.Column(("n",)),), height=700.0))
    assert drawing.height <= 15 * 50 + 60
    assert len(drawing.texts("label")) == count


def test_forest_row_without_a_column_is_refused() -> None:
    row = forest.ForestRow("a", 1.0, right=())
    with pytest.raises(ValueError, match="one text a column"):
        forest.draw(forest.Forest("t", "h", (row,), Axis(0, 2, ()), (forest.Column(("n",)),)))


# Trend


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.floats(60, 90)), min_size=1, max_size=12).filter(
        lambda values: any(value is not None for value in values)
    ),
    st.one_of(st.none(), st.floats(60, 90)),
    st.sampled_from(["page", "cover"]),
)
def test_trend_takes_any_series(values: list[float | None], target: float | None, style: str) -> None:
    points = tuple(
        trend.TrendPoint(
            value, None if value is None else value - 1, None if value is None else value + 1, f"Q{n}"
        )
        for n, value in enumerate(values)
    )
    axis = axis_around([59, 91, target], lambda value, decimals: f"{value:.{decimals}f}")
    chart = trend.Trend("t", points, axis, "77.7", target=target, target_label="目标", style=style)  # type: ignore[arg-type]  # one of two words
    drawing = trend.draw(chart)
    lines = [s for s in drawing.shapes if isinstance(s, Polyline) and s.role == "series"]
    present = sum(value is not None for value in values)
    runs = re.findall("x+", "".join("." if value is None else "x" for value in values))
    assert [len(line.points) for line in lines] == [len(run) for run in runs if len(run) > 1]
    # The cover draws the last wave's dot once more, larger.
    dots = sum(isinstance(s, Circle) and s.role == "point" for s in drawing.shapes)
    assert dots == present + (style == "cover" and values[-1] is not None)


def test_a_trend_without_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one wave"):
        trend.draw(trend.Trend("t", (trend.TrendPoint(None, None, None, "Q1"),), Axis(0, 1, ()), ""))


# Panels


def test_panels_share_one_scale() -> None:
    chart = chart_samples.panels(ZH)
    drawing = small_multiples.draw(chart)
    lines = [s for s in drawing.shapes if isinstance(s, Polyline) and s.role == "series"]
    for panel, line in zip(chart.panels, lines, strict=True):
        ends = [point.value for point in panel.series]
        rise = line.points[0][1] - line.points[-1][1]
        assert ends[0] is not None
        assert ends[-1] is not None
        per_point = chart.plot_height / (chart.axis.high - chart.axis.low)
        assert rise == pytest.approx((ends[-1] - ends[0]) * per_point)


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 3), (4, 4), (5, 5), (6, 3), (7, 4), (8, 4), (32, 4), (31, 4)]
)
def test_panels_leave_few_gaps(count: int, columns: int) -> None:
    panels = tuple(small_multiples.Panel(f"p{n}", "1", (), note="样本不足") for n in range(count))
    drawing = small_multiples.draw(small_multiples.SmallMultiples("t", panels, Axis(0, 1, ())))
    tops = [text.y for text in drawing.texts("name")]
    assert tops.count(tops[0]) == min(columns, count)


# Marks and axes


def test_marks_differ_in_shape_or_side_as_well_as_in_colour() -> None:
    better, worse, same, decided = (marks.mark(name, 0, 0) for name in ("better", "worse", "same", "decided"))
    assert isinstance(better, Polygon)
    assert isinstance(worse, Polygon)
    assert better.points[2][1] < 0 < worse.points[2][1]
    assert isinstance(same, Circle)
    assert isinstance(decided, Circle)
    assert same.stroke is not None
    assert decided.stroke is None


def test_less_is_better_turns_the_arrow_and_keeps_the_colour() -> None:
    fell = marks.mark("better_down", 0, 0)
    assert isinstance(fell, Polygon)
    assert fell.points[2][1] > 0
    assert fell.fill == marks.COLOURS["better"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=20), st.integers(2, 9))
def test_axes_hold_their_values_with_round_ticks(values: list[float], count: int) -> None:
    axis = axis_around(values, lambda value, decimals: f"{value:.{decimals}f}", count=count)
    assert axis.low <= min(values)
    assert max(values) <= axis.high
    assert 1 <= len(axis.ticks) <= 2 * count + 2
    labels = [tick.label for tick in axis.ticks]
    assert len(set(labels)) == len(labels)
    assert all(float(tick.label) == pytest.approx(tick.value, abs=1e-9) for tick in axis.ticks)


def test_steps_are_round() -> None:
    assert [round_step(rough) for rough in (0.1, 0.14, 0.16, 3.0, 4.0, 90)] == [
        0.1,
        0.1,
        0.2,
        2.0,
        5.0,
        100.0,
    ]


def test_texts_can_be_found_by_role() -> None:
    drawing = Drawing(10, 10, "t", (Text(0, 5, "a", role="x"), Text(0, 5, "b")))
    assert [text.text for text in drawing.texts("x")] == ["a"]
    assert len(drawing.texts()) == 2
