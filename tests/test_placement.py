"""Labels never overlap: not on any data, and what has no clean place is said to have none."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from report_templates.charts import marks, priority_map
from report_templates.charts.axis import Axis, Tick
from report_templates.charts.drawing import Box, Point, Text
from report_templates.charts.placement import Label, Surroundings, place_labels, spread

BOUNDS = Box(0, 0, 400, 300)
coordinates = st.tuples(st.floats(5, 395), st.floats(5, 295))
labels = st.lists(st.builds(Label, coordinates, st.floats(10, 160), st.just(13.0)), max_size=24)


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(one, other) for one, other in combinations(boxes, 2) if one.overlap(other) > 0]


@settings(max_examples=30, deadline=None)
@given(labels)
def test_placed_labels_touch_neither_one_another_nor_any_mark_nor_the_edge(given_labels: list[Label]) -> None:
    fixed = Box(6, 4, 90, 22)
    placed = place_labels(given_labels, Surroundings(BOUNDS, (fixed,)), marks.ON_MAP)
    boxes = [one.box for one in placed if one]
    assert not overlapping([*boxes, fixed])
    half = marks.ON_MAP
    for label in given_labels:
        x, y = label.point
        mark = Box(x - half, y - half, x + half, y + half)
        assert all(box.overlap(mark) == 0 for box in boxes)
    assert all(box.inside(BOUNDS) for box in boxes)
    leaders = [one.leader for one in placed if one and one.leader]
    for (a, b), (c, d) in combinations(leaders, 2):
        assert _left(a, b, c) == _left(a, b, d) or _left(c, d, a) == _left(c, d, b)


def _left(start: Point, end: Point, point: Point) -> bool:
    across = (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
    return across > 0


def test_a_label_alone_stands_close_by_without_a_leader() -> None:
    (placed,) = place_labels([Label((200, 150), 60, 13)], Surroundings(BOUNDS, ()), marks.ON_MAP)
    assert placed is not None
    assert placed.leader is None


def test_labels_without_room_are_given_up() -> None:
    crowd = [Label((200 + number, 150), 390, 140) for number in range(4)]
    placed = place_labels(crowd, Surroundings(BOUNDS, ()), marks.ON_MAP)
    assert placed.count(None) >= 2


def test_placing_is_the_same_every_time() -> None:
    crowd = [Label((30.0 * (n % 6) + 100, 25.0 * (n // 6) + 100), 70, 13) for n in range(18)]
    around = Surroundings(BOUNDS, ())
    assert place_labels(crowd, around, 5.5) == place_labels(crowd, around, 5.5)


points = st.builds(
    priority_map.MapPoint,
    label=st.text(alphabet="客户经理服务及时性 convenience", min_size=2, max_size=26).map(str.strip),
    x=st.floats(60, 90),
    y=st.floats(0, 20),
    mark=st.sampled_from(["better", "worse", "same", "decided"]),
    bold=st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(points, min_size=1, max_size=24))
def test_every_point_of_the_map_has_a_label_or_a_number_with_a_key(
    given_points: list[priority_map.MapPoint],
) -> None:
    axis = Axis(58, 92, tuple(Tick(value, str(value)) for value in (60, 70, 80, 90)))
    height = Axis(0, 22, tuple(Tick(value, str(value)) for value in (0, 10, 20)))
    chart = priority_map.PriorityMap(
        "t",
        tuple(given_points),
        axis,
        height,
        "x",
        "y",
        75,
        10,
        "平均",
        "平均",
        "优先改进",
        "保持",
        "次要",
        "维持",
    )
    drawing = priority_map.draw(chart)
    named, numbered, key = (drawing.texts(role) for role in ("label", "number", "key"))
    assert len(named) + len(numbered) == len(given_points)
    assert len(numbered) == len(key)
    words = [*named, *drawing.texts("quadrant"), *key]
    assert not overlapping([text.box for text in words if text.text])
    assert all(text.box.right <= drawing.width + 0.01 for text in words if len(text.text) < 20)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 300), st.floats(8, 20)), max_size=12))
def test_end_labels_are_apart_and_inside(wanted: list[tuple[float, float]]) -> None:
    middles = spread(wanted, 0, 300)
    spans = sorted(
        (middle - height / 2, middle + height / 2)
        for middle, (_, height) in zip(middles, wanted, strict=True)
    )
    # Sums of a dozen heights around 300 carry errors of a few units in the last place.
    assert all(above[1] <= below[0] + 1e-9 for above, below in pairwise(spans))
    assert all(top >= -1e-9 and bottom <= 300 + 1e-9 for top, bottom in spans)


def test_an_end_label_alone_stays_where_its_line_ends() -> None:
    assert spread([(120.0, 12.0)], 0, 300) == [120.0]


def test_text_boxes_follow_the_anchor() -> None:
    assert Text(100, 50, "满意", 10, anchor="middle").box.left == 90
    assert Text(100, 50, "满意", 10, anchor="end").box.left == 80
