"""Fonts for the web edition: a WOFF2 of just the characters on the page, cut when the page is written.

A whole weight is 1.4 MB as WOFF2; the few hundred characters of one report take about a tenth, so a
self-contained page stays small and no third copy of the fonts is shipped. Pure Python: fontTools and
brotli come with WeasyPrint but need none of its system libraries.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from importlib import resources

from report_templates import glyphs, theme


def font_faces(html: str) -> str:
    """Return the ``@font-face`` rules, fonts included, for what ``html`` shows."""
    shown = frozenset("".join(glyphs.shown_texts(html))) | frozenset(" 0123456789.-–−+%")
    present = "".join(sorted(shown & glyphs.characters()))
    rules = []
    for file, weight in ((glyphs.REGULAR, "normal"), (glyphs.BOLD, "bold")):
        data = base64.b64encode(woff2(file, present)).decode("ascii")
        rules.append(
            f'@font-face {{ font-family: "{theme.FAMILY}"; font-weight: {weight}; font-display: block;'
            f' src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
        )
    return "\n".join(rules)


@lru_cache(maxsize=8)
def woff2(file: str, characters: str) -> bytes:
    """Return the font ``file`` with ``characters`` alone, as WOFF2. Same characters, same bytes."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options()
    options.layout_features = ["kern", "halt", "palt"]
    options.name_IDs = ["*"]
    options.recalc_timestamp = False
    whole, written = resources.files("report_templates") / "fonts" / file, io.BytesIO()
    with resources.as_file(whole) as path, TTFont(path, lazy=True, recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        font.flavor = "woff2"
        font.save(written)
    return written.getvalue()
