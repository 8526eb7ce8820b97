"""Run the commands that the documents show and write down, or compare, what they really print.

Every fenced block marked ``console`` is one session in one folder: lines that begin with ``$ `` are
commands, what stands under them is their output. A comment ``<!-- before: NAME -->`` above a block
names a function of ``preparations``. Days, times and digests are not compared: files and weight sets
note when they were made.

    python tools/readme.py                     # compare all; exit 1 and show what is out of date
    python tools/readme.py --write README.md   # write the real output into one document
"""

from __future__ import annotations

import argparse
import difflib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from preparations import PREPARATIONS, SAMPLE

from workbench.cli import main

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    ROOT / f"{name}{language}.md"
    for name in ("README", "docs/import", "docs/weights", "docs/drivers")
    for language in ("", ".zh")
]
BLOCK = re.compile(
    r"(?:<!-- before: (?P<before>\w+) -->\n)?(?P<indent> *)```console\n(?P<body>.*?)\n *```", re.S
)
PASSING = re.compile(
    r"\d{4}-\d\d-\d\d(?= \d\d:\d\d| {2}|[,，']|$)|\b\d\d:\d\d\b|\b[0-9a-f]{8}\b|\b[0-9a-f]{64}\b", re.M
)
WIDTH = "100"
SHELL = re.compile(r"[|>*]")
END = re.compile(r"(?P<end>head|tail) -n (?P<lines>\d+)")  # a pipe that needs no shell


def replayed(text: str, folder: Path, language: str) -> str:
    """Return a document with the output of every block as the commands print it now."""

    def run_block(match: re.Match[str]) -> str:
        if match["before"]:
            PREPARATIONS[match["before"]](folder, language)
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
    settings = {
        "CSAT_LANG": language,
        "COLUMNS": WIDTH,
        "NO_COLOR": "1",
        "TERM": "dumb",
        "LOGNAME": "quality",  # who imports and decides is shown
        "CSAT_KEY": str(SAMPLE / "csat.key"),  # intervals from replicates depend on the pseudonyms
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    shown, *ends = command.split(" | ")
    program, *words = shlex.split(shown)
    cuts = [END.fullmatch(end) for end in ends]
    if program == "csat" and all(cuts) and not SHELL.search(shown):
        said = _within(words, folder, settings)
        for cut in filter(None, cuts):
            kept = int(cut["lines"])
            said = said[:kept] if cut["end"] == "head" else said[-kept:]
        return said
    done = subprocess.run(  # noqa: S602 - the document's own lines, with their pipes, as a reader's shell runs them
        command,
        shell=True,
        cwd=folder,
        env=os.environ | settings,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return _lines(done.stdout)


def _within(words: Sequence[str], folder: Path, settings: Mapping[str, str]) -> list[str]:
    """Run ``csat`` in this process, which spares starting it for every line, and return what it prints."""
    said = io.StringIO()
    with patch.dict(os.environ, settings), chdir(folder), redirect_stdout(said), redirect_stderr(said):
        main(words)
    return _lines(said.getvalue())


def _lines(said: str) -> list[str]:
    return said.rstrip("\n").split("\n") if said.strip() else []


def replay() -> int:
    """Compare or write; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("files", nargs="*", type=Path, default=DOCUMENTS)
    chosen = parser.parse_args()
    return max([settle(file, write=chosen.write) for file in chosen.files])


def settle(file: Path, *, write: bool) -> int:
    """Write one document anew, or return 1 where it differs from what its commands print."""
    text = file.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        now = replayed(text, Path(folder), "zh" if ".zh." in file.name else "en")
    if write:
        file.write_text(now, encoding="utf-8")
        return 0
    old, new = (PASSING.sub("~", part).splitlines() for part in (text, now))
    difference = list(difflib.unified_diff(old, new, f"{file} as written", f"{file} as run", lineterm=""))
    print("\n".join(difference))
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(replay())
