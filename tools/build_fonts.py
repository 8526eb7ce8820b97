"""Builds the two font files of the reports from Noto Sans CJK SC. Run by hand; the output is committed.

A report must look the same on every machine and print every name of a customer, so it carries its own
fonts: GB 2312, the 8,105 characters of 通用规范汉字表, and the signs that tables and charts use. Face
2 of the collections is the Simplified Chinese one; the others draw 门 直 骨 关 in foreign shapes.

    python tools/build_fonts.py [--source DIR] [--unihan FILE] [--output DIR]

Needs Debian's ``fonts-noto-cjk`` and ``unicode-data`` (or the same files from elsewhere).
"""

from __future__ import annotations

import argparse
import bz2
import json
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font
from fontTools.ttLib import TTFont

FAMILY = "Csat Sans SC"
SC_FACE = 2
WEIGHTS = ("Regular", "Bold")
SOURCE_FAMILY = "Noto Sans CJK SC"

# Where the face has them: Latin with its accents, Greek, punctuation, arrows, mathematics, circled
# numbers, box and geometric signs, CJK punctuation and units, fullwidth forms.
SYMBOL_RANGES = (
    (0x0020, 0x007E),
    (0x00A0, 0x017F),
    (0x01CD, 0x01DC),
    (0x0218, 0x021B),
    (0x02C6, 0x02DD),
    (0x0391, 0x03C9),
    (0x2002, 0x2052),
    (0x2070, 0x209C),
    (0x20A0, 0x20BF),
    (0x2100, 0x218B),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2460, 0x24FF),
    (0x2500, 0x257F),
    (0x2580, 0x25FF),
    (0x2600, 0x26FF),
    (0x2700, 0x27BF),
    (0x2E3A, 0x2E3B),
    (0x3000, 0x303F),
    (0x3220, 0x3243),
    (0x3380, 0x33DF),
    (0xFE30, 0xFE4F),
    (0xFF01, 0xFF65),
    (0xFFE0, 0xFFEE),
)

NOTE = """# Fonts of the reports

`CsatSansSC-Regular.otf` and `CsatSansSC-Bold.otf` are subsets of Noto Sans CJK SC {version}
(face {face} of `NotoSansCJK-Regular.ttc` and `NotoSansCJK-Bold.ttc`, Debian package `fonts-noto-cjk`
20220127), under the SIL Open Font License 1.1 in `OFL.txt`. The family is renamed "Csat Sans SC", so
that an installed Noto is never picked in its place; outlines and advances are those of the source.

Characters ({count:,}): GB 2312 ∪ 通用规范汉字表 (field `kTGH` of Unihan {unihan}) ∪ Latin, Greek,
punctuation and signs. OpenType features kept: kern, halt, palt. `advances.json` holds the advance of
every character that is not exactly 1 em wide, in thousandths of an em; charts measure text with it.
`characters.txt` lists every character, so that a text can be checked without opening a font.

Made by `tools/build_fonts.py` with fontTools {fonttools}; run it by hand and commit what it writes.
The web edition embeds a WOFF2 of just the characters on its page, cut from these files when it is
written, so no third copy is shipped.
"""


def gb2312() -> Iterator[int]:
    """Yield the characters of GB 2312 by decoding every byte pair."""
    for lead in range(0xA1, 0xFF):
        for trail in range(0xA1, 0xFF):
            try:
                yield ord(bytes((lead, trail)).decode("gb2312"))
            except UnicodeDecodeError:
                continue


def standard_characters(unihan: Path) -> Iterator[int]:
    """Yield 通用规范汉字表 from Unihan's field ``kTGH``."""
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        for line in lines:
            if "\tkTGH\t" in line:
                yield int(line.split("\t", 1)[0][2:], 16)


def wanted(unihan: Path) -> set[int]:
    """Return every code point the fonts should have, if the source has it."""
    symbols = {code for first, last in SYMBOL_RANGES for code in range(first, last + 1)}
    return symbols | set(gb2312()) | set(standard_characters(unihan))


def subset(source: Path, codes: set[int]) -> TTFont:
    """Return the Simplified Chinese face of ``source`` with the characters ``codes`` alone."""
    options = Options()
    options.font_number = SC_FACE
    options.layout_features = ["kern", "halt", "palt"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.recalc_timestamp = False
    font = load_font(str(source), options)
    family = font["name"].getDebugName(16) or font["name"].getDebugName(1)
    if family != SOURCE_FAMILY:
        raise SystemExit(f"{source}: face {SC_FACE} is {family!r}, wanted {SOURCE_FAMILY!r}")
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    return font


def rename(font: TTFont, weight: str) -> None:
    """Give the font its own family name; copyright and licence records stay."""
    postscript = f"{FAMILY.replace(' ', '')}-{weight}"
    full = f"{FAMILY} {weight}"
    names = {1: FAMILY, 2: weight, 3: f"1.0;{postscript}", 4: full, 6: postscript}
    table = font["name"]
    table.names = [
        record
        for record in table.names
        if record.nameID not in {16, 17, *names} and record.platformID == 3 and record.langID == 0x409
    ]
    for identifier, value in names.items():
        table.setName(value, identifier, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FamilyName, top.FullName = FAMILY, full
    font["OS/2"].usWeightClass = 700 if weight == "Bold" else 400


def advances(font: TTFont) -> dict[str, int]:
    """Return the advance, in thousandths of an em, of each character that is not 1 em wide."""
    em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
    widths = {chr(code): round(1000 * metrics[glyph][0] / em) for code, glyph in font.getBestCmap().items()}
    return {character: width for character, width in sorted(widths.items()) if width != 1000}


def main() -> None:
    """Write both fonts, their advances and the note of where they come from."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--source", type=Path, default=Path("/usr/share/fonts/opentype/noto"))
    parser.add_argument(
        "--unihan", type=Path, default=Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
    )
    output = Path(__file__).parent.parent / "report_templates" / "fonts"
    parser.add_argument("--output", type=Path, default=output)
    arguments = parser.parse_args()

    codes = wanted(arguments.unihan)
    widths, characters, version = {}, set(), ""
    for weight in WEIGHTS:
        font = subset(arguments.source / f"NotoSansCJK-{weight}.ttc", codes)
        version = font["name"].getDebugName(5)
        rename(font, weight)
        path = arguments.output / f"CsatSansSC-{weight}.otf"
        font.save(path)
        widths[weight.lower()] = advances(font)
        characters = set(font.getBestCmap())
        print(f"{path.name}: {len(characters):,} characters, {path.stat().st_size:,} bytes")
    text = json.dumps(widths, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    (arguments.output / "advances.json").write_text(text + "\n", encoding="utf-8")
    listed = "".join(map(chr, sorted(characters)))
    (arguments.output / "characters.txt").write_text(listed + "\n", encoding="utf-8")
    write_note(arguments, len(characters), version)


def write_note(arguments: argparse.Namespace, count: int, version: str) -> None:
    """Write README.md beside the fonts: source, versions, script."""
    import fontTools

    with bz2.open(arguments.unihan, "rt", encoding="utf-8") as lines:
        unihan = next(line for line in lines if "Unicode version:" in line).split(":")[1]
    note = NOTE.format(
        version=version.split(";")[0].removeprefix("Version "),
        face=SC_FACE,
        count=count,
        unihan=unihan.strip(),
        fonttools=fontTools.version,
    )
    (arguments.output / "README.md").write_text(note, encoding="utf-8")


if __name__ == "__main__":
    main()
