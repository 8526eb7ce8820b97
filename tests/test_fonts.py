"""The report's fonts: every character a report may need, in both weights, under their licence."""

from __future__ import annotations

import json
from importlib import resources
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from report_templates import glyphs
from report_templates.measure import width
from report_templates.webfont import font_faces, woff2

FONTS = resources.files("report_templates") / "fonts"


def font(file: str) -> TTFont:
    return TTFont(BytesIO((FONTS / file).read_bytes()))


def gb2312() -> set[str]:
    found = set()
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            found.add(bytes((lead, trail)).decode("gb2312", errors="ignore"))
    return {one for one in found if one}


def test_every_character_of_gb2312_prints() -> None:
    assert len(gb2312()) == 7445
    # Bopomofo, kana and Cyrillic stand in GB 2312 too, and the source has them all.
    assert gb2312() <= glyphs.characters()


def test_names_beyond_gb2312_print() -> None:
    # From 通用规范汉字表: outside GB 2312, outside GBK, outside the basic plane.
    assert not glyphs.missing("堃喆玥昉㛃䶮𬭎𫄷𬍛")
    assert glyphs.missing("龘") == ("龘",)


def test_signs_of_the_pages_print() -> None:
    assert not glyphs.missing("▲▼○●◐◆✓†‡×÷±−–—·•…‰≤≥→←↑↓「」“”％①αβχ\u00a0\u2011")


def test_both_weights_have_the_same_characters_and_our_name() -> None:
    regular, bold = (font(file) for file in glyphs.FILES)
    assert set(regular.getBestCmap()) == set(bold.getBestCmap())
    assert set(map(chr, regular.getBestCmap())) == glyphs.characters()
    for one, weight in ((regular, "Regular"), (bold, "Bold")):
        names = one["name"]
        assert names.getDebugName(1) == "Csat Sans SC"
        assert names.getDebugName(6) == f"CsatSansSC-{weight}"
        assert "Adobe" in names.getDebugName(0)
        assert "SIL Open Font License" in names.getDebugName(13)
        # The trademark record (7) and the vendor's names keep their words; the names of the face do not.
        assert all("Noto" not in (names.getDebugName(number) or "") for number in (1, 3, 4, 6, 16))


def test_licence_travels_with_the_fonts() -> None:
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert text.startswith("Copyright 2014-2021 Adobe")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text


@pytest.mark.parametrize("file", glyphs.FILES)
def test_advances_are_those_of_the_fonts(file: str) -> None:
    face = font(file)
    bold = file == glyphs.BOLD
    em, metrics = face["head"].unitsPerEm, face["hmtx"].metrics
    for code, glyph in face.getBestCmap().items():
        assert width(chr(code), 1000, bold=bold) == pytest.approx(1000 * metrics[glyph][0] / em, abs=0.5)


def test_figures_and_signs_are_equally_wide() -> None:
    for bold in (False, True):
        assert len({width(one, 10, bold=bold) for one in "0123456789−+"}) == 1


def test_advances_file_leaves_out_what_is_one_em_wide() -> None:
    stored = json.loads((FONTS / "advances.json").read_text(encoding="utf-8"))
    assert "满" not in stored["regular"]
    assert 1000 not in stored["regular"].values()


@settings(max_examples=5, deadline=None)
@given(st.text(alphabet="满意度指数abcXYZ0123456789.−–%", min_size=1, max_size=30))
def test_web_font_holds_the_characters_of_the_page_and_few_others(text: str) -> None:
    data = woff2(glyphs.REGULAR, "".join(sorted(set(text))))
    cut = TTFont(BytesIO(data))
    assert set(map(ord, text)) == set(cut.getBestCmap())
    assert data[:4] == b"wOF2"


def test_web_fonts_are_small_and_the_same_every_time() -> None:
    html = "<p>2026 年三季度满意度指数 77.7，区间 76.8–78.6</p>"
    faces = font_faces(html)
    assert faces.count("@font-face") == 2
    assert len(faces) < 40_000
    woff2.cache_clear()
    assert font_faces(html) == faces
