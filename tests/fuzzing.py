"""Valid files, damaged at random: whatever is done to them, an import ends in answers or in problems.

A case is known by its number alone, so that one that fails can be drawn again. ``tools/fuzz.py`` tries more
of them than the tests do, each in a limited child.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from drawing import BOOK, DEFAULTS, STRINGS, both, build, c, flip, row, sheet, small_study, text
from exports_cn import Rows, tencent, wenjuanxing, wenjuanxing_name, write_rows
from exports_intl import EXPORTS, write_export
from old_formats import Table, ods, xls, xlsb

from survey.any_export import any_export
from survey.decisions import Decisions
from survey.definition import dump_study, examine
from survey.draft_study import DraftedStudy, draft_study
from survey.errors import ImportProblems, StoreProblems
from survey.importing import Imported, ImportOptions, read_answers
from survey.language import LANGUAGES
from survey.store import ImportSource, Store
from survey.study import Study
from survey.workbook import read_workbook

SWAPS = ["", "0", "-1", "1e999", "999999999999", "XFD1048576", "A1:B2", "&lt;", "中", "s", "zzz", "true"]
TOKENS = [
    b'"',
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x81",
    b'""',
    b"=",
]
CELLS = [
    "",
    " ",
    "0",
    "-1",
    "6",
    "1e400",
    "nan",
    "┋",
    "→",
    "〖",
    "(跳过)",
    "-3",
    "=1+1",
    "\u202e",
    "长" * 40_000,
    10**17,
    0.5,
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5", "latin-1"]


# -- damage ----------------------------------------------------------------------------------------


def mutated(part: str, chance: random.Random) -> str:
    """Return a part with one attribute swapped, a stretch dropped or doubled, or a character changed."""
    start, end = sorted(chance.randrange(len(part)) for _ in range(2))
    match chance.randrange(5):
        case 0:
            start, end = chance.choice([m.span(1) for m in re.finditer(r'="([^"]*)"', part)])
            return part[:start] + chance.choice(SWAPS) + part[end:]
        case 1:
            return part[:start] + part[end:]
        case 2:
            return part[:end] + part[start:end] + part[end:]
        case 3:
            tags = [m.span() for m in re.finditer(r"<[^>]*>", part)]
            start, end = chance.choice(tags)
            return part[:start] + part[end:]
        case _:
            return part[:start] + chr(chance.randrange(1, 128)) + part[start + 1 :]


def mutated_bytes(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with some of them flipped, cut, pasted or put in, or a text in another encoding."""
    for _ in range(chance.randrange(1, 4)):
        start, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        match chance.randrange(5):
            case 0:
                content = (
                    content[:start]
                    + bytes([chance.randrange(chance.choice([128, 256]))])
                    + content[start + 1 :]
                )
            case 1:
                content = content[:start] + content[end:] or b"x"
            case 2:
                content = content[:end] + content[start:end] + content[end:]
            case 3:
                content = content[:start] + chance.choice(TOKENS) + content[start:]
            case _:
                with suppress(UnicodeError):
                    written = content.decode("utf-8-sig")
                    content = written.encode(chance.choice(ENCODINGS), "replace")
    return content


def mutated_rows(rows: Rows, chance: random.Random) -> Rows:
    """Return rows in which cells, rows or columns were swapped, doubled, dropped or put to an extreme."""
    rows = [list(line) for line in rows]
    for _ in range(chance.randrange(1, 5)):
        line = chance.choice(rows)
        at = chance.randrange(len(line)) if line else 0
        match chance.randrange(6):
            case 0 | 1 if line:
                line[at] = chance.choice(CELLS)
            case 2 if line:
                line[at] = chance.choice(chance.choice(rows) or [None])
            case 3:
                rows.insert(chance.randrange(len(rows)), list(line))
            case 4:
                rows = [other[:at] + other[at + 1 :] for other in rows]
            case _:
                rows = [other for other in rows if other is not line] or rows
    return rows


# -- files -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sound:
    """A study, and how a sound file is imported with it."""

    study: Study
    options: ImportOptions


BOOK_STUDY = small_study(
    "Q1",
    {"id": "Q2", "asked_if": {"item": "Q1", "answers": [1, 2]}},
    columns=[
        {"id": "id", "label": both("编号", "Number"), "kind": "key"},
        {"id": "amount", "label": both("金额", "Amount"), "kind": "number", "optional": True},
        {"id": "renewed", "label": both("续约", "Renewed"), "kind": "flag", "optional": True},
        {"id": "day", "label": both("日期", "Day"), "kind": "date", "optional": True},
    ],
    open_questions=[{"id": "why", "text": both("为什么？", "Why?"), "label": both("原因", "Reason")}],
    design={"respondent": "id"},
)
HEADERS = ("id", "Q1", "Q2", "amount", "renewed", "day", "why")
PARTS = {
    **DEFAULTS,
    "strings": STRINGS.replace("</sst>", "<si><r><t>very </t></r><r><t>good</t></r></si></sst>"),
    "book": BOOK.replace("<sheets>", '<workbookPr date1904="0"/><sheets>'),
    "sheet": sheet(
        row(1, *(text(f"{letter}1", head) for letter, head in zip("ABCDEFG", HEADERS, strict=True))),
        row(2, text("A2", "a"), c("B2", 1), c("C2", 5), c("D2", "1.5"), c("E2", 1, t="b"), c("F2", 99, s=1)),
        row(3, text("A3", "b"), text("B3", "５"), c("D3", 7), text("E3", "是"), c("G3", 0, t="s")),
        row(24, text("A24", "c"), c("B24", 2), c("C24", 97), c("D24", "1E3"), attrs='hidden="1" spans="1:7"'),
        row(25, c("A25", 31), c("B25", 4), c("D25", 0), c("E25", 0), c("G25", 1, t="s")),
        post='<mergeCells count="1"><mergeCell ref="A26:B27"/></mergeCells><autoFilter ref="A1:G25"/>',
    ),
}  # fmt: skip
CSV = (
    "id,Q1,Q2,amount,renewed,day,why\na,1,5,12.5,是,2026-09-03,\nb,非常满意,,7,否,,很好，没有问题\n"
    '"c\n1",3,,,,,"a""b"\n'
)
OLD = Table(
    "S1", [list(HEADERS), ["a", 1, 5, 12.5, "是", "2026-09-03", "好"], ["b", 4, None, 7, 0, None, None]]
)
CHINESE: dict[str, Callable[[], Rows]] = {
    **{
        wenjuanxing_name(mode): (lambda mode=mode, variant=variant: wenjuanxing(mode, variant))  # type: ignore[misc]
        for mode, variant in (("text", "B"), ("scores", "C"), ("options", "A"))
    },
    "tencent.xlsx": tencent,
}


def plain() -> Sound:
    return Sound(BOOK_STUDY, ImportOptions())


def draft_of(path: Path) -> DraftedStudy:
    """Return the study drafted from a file; raises ``ImportProblems`` where none can be."""
    book = read_workbook(path)
    found, known = any_export(book)
    rows = [line for line in found.rows() if line.number >= known.first_row]
    return draft_study(known, rows, book.file, "codes")


@cache
def drafted(name: str) -> Sound:
    """Return the study drafted from a sound export, with which that export imports."""
    with tempfile.TemporaryDirectory() as folder:
        found = draft_of(export(Path(folder), name))

    def decisions(layout: str, _: object) -> Decisions:
        return found.decisions if layout == found.decisions.layout else Decisions(layout)

    return Sound(
        found.study, ImportOptions(decisions=decisions, accept=True, leave_out=True, numbers="codes")
    )


def warm() -> None:
    """Draft every study, so that children find them drafted."""
    for name in (*CHINESE, *EXPORTS):
        drafted(name)


def export(folder: Path, name: str) -> Path:
    """Write the sound export called ``name``."""
    if name in CHINESE:
        return write_rows(folder / name, CHINESE[name]())
    return write_export(folder / "export.csv", name)


def damaged_book(folder: Path, chance: random.Random) -> tuple[Path, Sound]:
    name = chance.choice(sorted(PARTS))
    path = build(folder / "wave.xlsx", **{**PARTS, name: mutated(PARTS[name], chance)})
    if chance.random() < 0.3:
        flip(path, chance.randrange(path.stat().st_size))
    return path, plain()


def damaged_text(folder: Path, chance: random.Random) -> tuple[Path, Sound]:
    path = folder / "wave.csv"
    path.write_bytes(mutated_bytes(CSV.encode(), chance))
    return path, plain()


def damaged_export(folder: Path, chance: random.Random) -> tuple[Path, Sound]:
    name = chance.choice(sorted([*CHINESE, *EXPORTS]))
    sound = drafted(name)
    rows = CHINESE[name]() if name in CHINESE else EXPORTS[name][1]()
    if chance.random() < 0.7:
        suffix = chance.choice([".xlsx", ".csv"])
        file = Path(name).with_suffix(suffix).name if name in CHINESE else f"export{suffix}"
        return write_rows(folder / file, mutated_rows(rows, chance)), sound
    path = export(folder, name)
    path.write_bytes(mutated_bytes(path.read_bytes(), chance))
    return path, sound


def damaged_old(folder: Path, chance: random.Random) -> tuple[Path, Sound]:
    path, write = chance.choice(
        [(folder / "wave.xls", xls), (folder / "wave.xlsb", xlsb), (folder / "wave.ods", ods)]
    )
    write(path, OLD)
    content = bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, 4)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    return path, plain()


Kind = Callable[[Path, random.Random], tuple[Path, Sound]]
KINDS: Sequence[Kind] = (damaged_book, damaged_text, damaged_export)
# These are read in a child of their own, so they take their time.
SLOW: Sequence[Kind] = (damaged_old,)


def damaged(folder: Path, number: int, kinds: Sequence[Kind] = KINDS) -> tuple[Path, Sound]:
    """Draw case ``number`` in ``folder``."""
    return kinds[number % len(kinds)](folder, random.Random(number))


# -- outcomes --------------------------------------------------------------------------------------


def outcome(path: Path, sound: Sound) -> str:
    """Import a file; return ``read`` or the code of the first problem, which can be said in both languages.

    What is read reconciles, and is stored and found again as it was, or refused by the store.
    """
    wave = sound.study.waves[0].id
    try:
        found = read_answers(read_workbook(path), sound.study, wave, sound.options)
        assert found.report.reconciles
        assert all(warning.line(language) for warning in found.report.warnings for language in LANGUAGES)
        stored(path.with_suffix(".db"), found, sound.study)
    except (ImportProblems, StoreProblems) as refusal:
        for problem in refusal.problems:
            assert all(problem.line(language) for language in LANGUAGES)
        return refusal.problems[0].code
    return "read"


def stored(database: Path, found: Imported, study: Study) -> None:
    """Store what was read in a new project file; it must be there afterwards, whole."""
    source = ImportSource.of(found.report, study, datetime(2026, 9, 30, tzinfo=UTC), found.places)
    with Store.open(database) as store:
        store.add(found.responses, source)
        assert store.verify() == ()
        assert len(store.load(found.responses.wave)) == len(found.responses)


def draft(path: Path) -> str:
    """Draft a study from a file; return ``drafted`` or the code of the first problem."""
    try:
        study = dump_study(draft_of(path).study)
    except ImportProblems as refusal:
        return refusal.problems[0].code
    _, problems = examine(study, "study.yaml")
    assert [problem.line("en") for problem in problems if problem.severity == "error"] == []
    return "drafted"
