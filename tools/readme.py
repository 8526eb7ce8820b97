"""Run the commands that the README shows and write down, or compare, what they really print.

Every fenced block marked ``console`` is one session in one folder: lines that begin with ``$ `` are
commands, what stands under them is their output. A comment ``<!-- before: NAME -->`` above a block
names a preparation below. Times of day are not compared.

    python tools/readme.py           # compare; exit 1 and show the difference where the README is out of date
    python tools/readme.py --write   # write the real output into the README
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_surveys" / "key_accounts"
BLOCK = re.compile(
    r"(?:<!-- before: (?P<before>\w+) -->\n)?(?P<indent> *)```console\n(?P<body>.*?)\n *```", re.S
)
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
WIDTH = "100"


def quarters(folder: Path) -> None:
    """Lay the sample's workbooks out as a quality team has them."""
    for wave in ("2026Q2", "2026Q3"):
        (folder / f"{wave}.xlsx").write_bytes((SAMPLE / f"{wave}.xlsx").read_bytes())


def slips(folder: Path) -> None:
    """Make three slips of the hand in the study: a sign, a letter, a language left out."""
    file = folder / "accounts" / "study.yaml"
    text = file.read_text(encoding="utf-8")
    for right, wrong in (
        ("      weight: 0.14\n", "      weight: -0.14\n"),
        ("{item: ordering,", "{item: odering,"),
        ("label: {zh: 售中服务, en: In-sales service}\n      weight", "label: {zh: 售中服务}\n      weight"),
    ):
        if right not in text:
            raise SystemExit(
                f"The sample study no longer holds {right!r}; change the slips of tools/readme.py."
            )
        text = text.replace(right, wrong, 1)
    file.write_text(text, encoding="utf-8")


def typos(folder: Path) -> None:
    """Put the study right again, and two typing errors into the quarter's workbook."""
    (folder / "accounts" / "study.yaml").write_bytes((SAMPLE / "study.yaml").read_bytes())
    book = load_workbook(folder / "2026Q3.xlsx")
    sheet = max(book.worksheets, key=lambda each: each.max_row)
    scores = [
        cell
        for cell in sheet[40]
        if isinstance(cell.value, int)
        and 1 <= cell.value <= 10
        and sheet.cell(41, cell.column).value in range(1, 11)
    ]
    scores[3].value = 11
    sheet.cell(41, scores[5].column).value = "满易"
    book.save(folder / "october.xlsx")


PREPARATIONS: dict[str, Callable[[Path], None]] = {"quarters": quarters, "slips": slips, "typos": typos}


def replayed(text: str, folder: Path, language: str) -> str:
    """Return the README with the output of every block as the commands print it now."""

    def run_block(match: re.Match[str]) -> str:
        if match["before"]:
            PREPARATIONS[match["before"]](folder)
        indent, body = match["indent"], match["body"]
        commands = [
            line.removeprefix(indent)[2:] for line in body.split("\n") if line.lstrip().startswith("$ ")
        ]
        lines = [
            line for command in commands for line in (f"$ {command}", *output(command, folder, language))
        ]
        new = "\n".join((indent + line).rstrip() for line in lines)
        return match[0].replace(body, new)

    return BLOCK.sub(run_block, text)


def output(command: str, folder: Path, language: str) -> list[str]:
    """Run one command line as a reader would type it; return what it prints, message lines included."""
    environment = os.environ | {
        "CSAT_LANG": language,
        "COLUMNS": WIDTH,
        "NO_COLOR": "1",
        "TERM": "dumb",
        "CSAT_KEY": str(SAMPLE / "csat.key"),  # intervals from replicates depend on the pseudonyms
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(  # noqa: S602 - the README's own lines, with their pipes, as a reader's shell runs them
        command,
        shell=True,
        cwd=folder,
        env=environment,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.rstrip("\n").split("\n") if done.stdout.strip() else []


def main() -> int:
    """Compare or write; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "README.md")
    chosen = parser.parse_args()
    text = chosen.file.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        now = replayed(text, Path(folder), "zh" if ".zh." in chosen.file.name else "en")
    if chosen.write:
        chosen.file.write_text(now, encoding="utf-8")
        return 0
    old, new = (TIME.sub("TIME", part).splitlines() for part in (text, now))
    difference = list(difflib.unified_diff(old, new, "README as written", "README as run", lineterm=""))
    print("\n".join(difference))
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
