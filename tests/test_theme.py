"""Colours can be told apart on white, on panel, in grey, and by readers who see fewer of them."""

from __future__ import annotations

import math
import re
from importlib import resources
from itertools import combinations

import pytest

from report_templates import theme

TEXT = {
    "ink": theme.INK,
    "secondary": theme.SECONDARY,
    "muted": theme.MUTED,
    "better": theme.BETTER,
    "worse": theme.WORSE,
}
# Viénot, Brettel and Mollon (1999): what is left for readers without one kind of cone, on linear RGB.
DEFICIENT = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deutan": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}
Triple = tuple[float, float, float]


def linear(colour: str) -> list[float]:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(one: str, other: str) -> float:
    """Contrast as WCAG 2 defines it, 1 to 21."""
    lights = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in map(linear, (one, other))
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(colour: str, vision: str = "normal") -> Triple:
    seen = [
        sum(weight * c for weight, c in zip(row, linear(colour), strict=True)) for row in DEFICIENT[vision]
    ]
    seen = [min(max(c, 0.0), 1.0) for c in seen]
    matrix = (
        (0.4124564, 0.3575761, 0.1804375),
        (0.2126729, 0.7151522, 0.072175),
        (0.0193339, 0.119192, 0.9503041),
    )
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (
        sum(weight * c for weight, c in zip(row, seen, strict=True)) / reference
        for row, reference in zip(matrix, white, strict=True)
    )
    fx, fy, fz = (c ** (1 / 3) if c > (6 / 29) ** 3 else c * (29 / 6) ** 2 / 3 + 4 / 29 for c in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Triple, other: Triple) -> float:
    """CIEDE2000 as Sharma, Wu and Dalal (2005) write it, with all weights 1."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, a1)) % 360, math.degrees(math.atan2(b2, a2)) % 360
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dl, dc, dbig = l2 - l1, c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh / 2))
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    mh = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(mh - 30))
        + 0.24 * math.cos(math.radians(2 * mh))
        + 0.32 * math.cos(math.radians(3 * mh + 6))
        - 0.20 * math.cos(math.radians(4 * mh - 63))
    )
    sl = 1 + 0.015 * (ml - 50) ** 2 / math.sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    turn = 30 * math.exp(-(((mh - 275) / 25) ** 2))
    rt = -2 * math.sqrt(mc**7 / (mc**7 + 25**7)) * math.sin(math.radians(2 * turn))
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dbig / sh) ** 2 + rt * (dc / sc) * (dbig / sh))


def least(one: str, other: str) -> float:
    return min(difference(lab(one, vision), lab(other, vision)) for vision in DEFICIENT)


def test_contrast_of_black_and_white() -> None:
    assert contrast("#000000", theme.WHITE) == pytest.approx(21)


def test_difference_equals_published_pairs() -> None:
    # Sharma, Wu and Dalal (2005), table 1, pairs 1, 7 and 17; printed with four decimals.
    for one, other, expected in (
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ):
        assert difference(one, other) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("name", TEXT)
def test_text_is_legible_on_white_and_on_panel(name: str) -> None:
    assert contrast(TEXT[name], theme.WHITE) >= 4.5
    assert contrast(TEXT[name], theme.PANEL) >= 4.5


def test_text_is_legible_on_the_cover_and_on_segments() -> None:
    for colour in (theme.WHITE, theme.ON_NAVY_SECONDARY):
        assert contrast(colour, theme.NAVY) >= 4.5
    for ground, text in zip(theme.LIKERT, theme.LIKERT_TEXT, strict=True):
        assert contrast(ground, text) >= 4.5


def test_verdicts_differ_for_every_reader_and_in_grey() -> None:
    verdicts = (theme.BETTER, theme.WORSE, theme.SAME)
    for one, other in combinations(verdicts, 2):
        assert least(one, other) >= 20
        assert abs(lab(one)[0] - lab(other)[0]) >= 10


def test_neighbouring_segments_differ_for_every_reader() -> None:
    for one, other in zip(theme.LIKERT, theme.LIKERT[1:], strict=False):
        assert least(one, other) >= 15


def test_pages_and_charts_use_the_same_colours() -> None:
    sheet = (resources.files("report_templates") / "executive" / "report.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet))
    chart = {
        name.replace("_", "-").lower(): value for name, value in vars(theme).items() if isinstance(value, str)
    }
    renamed = {"on-navy": "on-navy-secondary"}
    assert named
    assert {name: chart[renamed.get(name, name)] for name in named} == named
    known = {value for value in chart.values() if re.fullmatch("#[0-9a-f]{6}", value)}
    assert set(re.findall("#[0-9a-f]{6}", sheet)) <= known


def test_units() -> None:
    assert theme.pt(8.5) == pytest.approx(11.333, abs=1e-3)
    assert theme.mm(174) == pytest.approx(theme.FULL_WIDTH, abs=0.5)
