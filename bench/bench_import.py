"""What an import costs: `csat import` of a large wave beside `pandas.read_excel` only reading the same file.

Each side runs in a process of its own, start-up included; CPU seconds and peak memory are those that the
system counted for it. Targets: 50,000 answers to 40 columns in at most 4 s of CPU and 300 MB, three times
faster than pandas with openpyxl; a usual wave of 1,200 × 60 in under 1 s beyond start-up.

    python bench/bench_import.py [ROWS]
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from drawing import BOOK, BOOK_RELS, HEAD, RELS, STRINGS, STYLES, TAIL, TYPES, both, small_study

from survey.cells import column_letters
from survey.definition import dump_study
from survey.study import Study

PROVINCES = ("北京", "上海", "广东", "浙江", "江苏", "四川", "湖北", "陕西", "辽宁", "福建")
PHRASES = (
    "响应很快",
    "网络稳定",
    "客户经理专业",
    "价格偏高",
    "开通太慢",
    "报障处理及时",
    "希望多回访",
    "账单看不懂",
)
FACTS = ("id", "province", "amount", "why")
# openpyxl finds sheets, styles and texts by the types that are declared for them.
DECLARED = "".join(
    f'<Override PartName="/xl/{part}.xml" '
    f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
    for part, kind in (
        ("worksheets/sheet1", "worksheet"),
        ("styles", "styles"),
        ("sharedStrings", "sharedStrings"),
    )
)


@dataclass(frozen=True)
class Cost:
    """What one process cost: CPU seconds and peak megabytes."""

    cpu: float
    peak: float


def cost(*command: str, codes: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end and return what it cost; an exit code not in ``codes`` ends the benchmark."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CSAT_LANG": "en"}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            said.seek(0)
            raise SystemExit(f"{command} failed:\n{said.read().decode()}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def study(items: int) -> Study:
    """Return a study of ``items`` questions on 1–10, with an id, a province, an amount and a comment."""
    province = {
        "id": "province",
        "label": both("省份", "Province"),
        "kind": "category",
        "categories": [{"value": name, "label": both(name)} for name in PROVINCES],
    }
    columns = [
        {"id": "id", "label": both("编号", "Number"), "kind": "key"},
        province,
        {"id": "amount", "label": both("金额", "Amount"), "kind": "number"},
    ]
    return small_study(
        *(f"Q{n}" for n in range(1, items + 1)),
        scales={"five": {"ends": [1, 10], "labels": {1: both("很不满意"), 10: both("很满意")}}},
        columns=columns,
        open_questions=[{"id": "why", "text": both("为什么？", "Why?"), "label": both("原因", "Reason")}],
        design={"respondent": "id"},
    )


def wave(path: Path, rows: int, items: int) -> Path:
    """Write a wave as a spreadsheet program does: numbers in cells, texts shared, a date style unused."""
    chance = random.Random(1)
    texts: dict[str, int] = {}

    def shared(ref: str, text: str) -> str:
        return f'<c r="{ref}" t="s"><v>{texts.setdefault(text, len(texts))}</v></c>'

    letters = [column_letters(n) for n in range(1, items + len(FACTS) + 1)]
    names = [*FACTS[:3], *(f"Q{n}" for n in range(1, items + 1)), FACTS[3]]

    def lines() -> Iterator[bytes]:
        heads = "".join(shared(f"{at}1", name) for at, name in zip(letters, names, strict=True))
        yield HEAD + f'<row r="1" spans="1:{len(letters)}">{heads}</row>'.encode()
        for n in range(2, rows + 2):
            cells = [shared(f"A{n}", f"K{n:06}"), shared(f"B{n}", chance.choice(PROVINCES))]
            cells.append(f'<c r="C{n}"><v>{chance.randrange(100, 100_000) / 4}</v></c>')
            cells += [
                f'<c r="{at}{n}"><v>{chance.randrange(1, 11)}</v></c>'
                for at in letters[3:-1]
                if chance.random() < 0.97
            ]
            if chance.random() < 0.3:
                said = "，".join(chance.sample(PHRASES, 3)) + f"（第{chance.randrange(40)}次）"
                cells.append(shared(f"{letters[-1]}{n}", said))
            yield f'<row r="{n}" spans="1:{len(letters)}">{"".join(cells)}</row>'.encode()
        yield TAIL

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for line in lines():
                part.write(line)
        strings = STRINGS.replace(
            "<si><t>hello</t></si>", "".join(f"<si><t>{escape(t)}</t></si>" for t in texts)
        )
        for name, content in (
            ("[Content_Types].xml", TYPES.replace("</Types>", f"{DECLARED}</Types>")),
            ("_rels/.rels", RELS),
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS),
            ("xl/styles.xml", STYLES),
            ("xl/sharedStrings.xml", strings),
        ):
            archive.writestr(name, content)
    return path


def project(folder: Path, items: int) -> Path:
    """Make a project folder that holds the study alone."""
    folder.mkdir()
    (folder / "study.yaml").write_text(dump_study(study(items)), encoding="utf-8")
    return folder


def imported(folder: Path, file: Path) -> Cost:
    """Import a file into a project that has no answers yet."""
    (folder / "csat.db").unlink(missing_ok=True)
    return cost("-m", "workbench", "import", str(file), "--wave", "w1", "--project", str(folder))


def line(what: str, found: float, target: float, unit: str, *, least: bool = False) -> None:
    """Print one figure beside its target, which is the most it may be, or the least."""
    verdict = "reached" if (found >= target if least else found <= target) else "MISSED"
    aim = f"{'≥' if least else '≤'} {target:g} {unit}"
    print(f"  {what:<44}{found:>8.2f} {unit:<3}  target {aim:<9} {verdict}")


def large(folder: Path, rows: int) -> None:
    """Import a large wave, and let pandas read the same file."""
    file = wave(folder / "large.xlsx", rows, 36)
    print(f"{rows:,} rows × 40 columns, {file.stat().st_size / 1e6:.1f} MB on disk")
    ours = imported(project(folder / "large", 36), file)
    reading = "import sys, pandas; pandas.read_excel(sys.argv[1], engine='openpyxl')"
    theirs = cost("-c", reading, str(file))
    line("csat import, checked and stored: CPU", ours.cpu, 4, "s")
    line("csat import: peak memory", ours.peak, 300, "MB")
    print(f"  {'pandas.read_excel with openpyxl: CPU, peak':<44}{theirs.cpu:>8.2f} s   {theirs.peak:.0f} MB")
    line("faster than pandas only reading", theirs.cpu / ours.cpu, 3, "×", least=True)


def usual(folder: Path) -> None:
    """Import a wave of usual size; what start-up costs is what a single row costs."""
    home = project(folder / "usual", 56)
    print("1,200 rows × 60 columns")
    single, whole = wave(folder / "one.xlsx", 1, 56), wave(folder / "usual.xlsx", 1_200, 56)
    one, all_ = (statistics.median(imported(home, file).cpu for _ in range(3)) for file in (single, whole))
    print(f"  {'start-up (the same import of one row): CPU':<44}{one:>8.2f} s")
    line("beyond start-up: CPU", all_ - one, 1, "s")


def main(arguments: Sequence[str]) -> None:
    rows = int(arguments[0]) if arguments else 50_000
    with tempfile.TemporaryDirectory() as folder:
        large(Path(folder), rows)
        usual(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
