"""Imports that are killed at a random moment, or that run out of disk.

A runner loads ``csat`` once and forks for every command, so that a kill falls into the import itself and not
into the start of Python. By hand, for longer: ``python tests/interrupting.py TRIALS SEED``.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drawing import KEYED, small_study, workbook

from survey.definition import dump_study
from survey.store import Store

ITEMS = 6
ROWS = {"w1": 20, "w2": 150}
RUNNER = """
import json, os, resource, signal, sys, time
import survey.definition, survey.importing, survey.store, survey.workbook, workbench.incoming
from workbench.cli import main

for line in sys.stdin:
    words, seconds, limit, said = json.loads(line)
    pid = os.fork()
    if pid == 0:
        if limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(main(words))
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@dataclass
class Runner:
    """A process that runs ``csat`` commands, each in a fork of its own. What it says goes to ``said``."""

    process: subprocess.Popen[str]
    said: Path

    def run(self, *words: object, seconds: float | None = None, limit: int = 0) -> int:
        """Run one command and return its exit code, negative if it was killed.

        It is killed after ``seconds``; ``limit`` is the most bytes that a file may grow to, as on a disk
        that fills up.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = [[str(word) for word in words], seconds, limit, str(self.said)]
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def bring_in(self, project: Path, wave: str, *, seconds: float | None = None, limit: int = 0) -> int:
        """Import a wave into a project."""
        file = project.parent / f"{wave}.xlsx"
        return self.run("import", file, "--wave", wave, "--project", project, seconds=seconds, limit=limit)


@contextlib.contextmanager
def runner(folder: Path) -> Iterator[Runner]:
    """Start a runner and draw, in ``folder``, a wave that is held and one that is to come."""
    for wave, rows in ROWS.items():
        lines = [
            " ".join([f"{wave}-{n}", *(str((n + item) % 5 + 1) for item in range(ITEMS))])
            for n in range(rows)
        ]
        heads = " ".join(["id", *(f"Q{n}" for n in range(ITEMS))])
        workbook(folder, "\n".join([heads, *lines]), name=f"{wave}.xlsx")
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "CSAT_LANG": "en"}
    arguments, pipe = [sys.executable, "-c", RUNNER], subprocess.PIPE
    with subprocess.Popen(
        arguments, stdin=pipe, stdout=pipe, text=True, cwd=root, env=environment
    ) as process:
        yield Runner(process, folder / "said.txt")


def new_project(folder: Path) -> Path:
    """Make a project without answers."""
    folder.mkdir()
    study = small_study(*(f"Q{n}" for n in range(ITEMS)), **KEYED)
    (folder / "study.yaml").write_text(dump_study(study), encoding="utf-8")
    return folder


def held(project: Path) -> dict[str, int]:
    """Return how many answers each wave of a project holds; the file must be whole."""
    if not (project / "csat.db").exists():
        return {}
    with Store.open(project / "csat.db", read_only=True) as store:
        assert store.verify() == ()
        assert len(store.imports()) == len(store.waves())
        return {wave: len(store.load(wave)) for wave in store.waves()}


def killed_imports(folder: Path, trials: int, seed: int) -> Counter[str]:
    """Kill as many imports, half of them into an empty project; return how often each outcome was seen.

    Every project must be as before the import or as after it; every third is then given the same file again.
    """
    chance, outcomes = random.Random(seed), Counter[str]()
    with runner(folder) as run:
        full = new_project(folder / "full")
        assert run.bring_in(full, "w1") == 0
        start = time.perf_counter()
        assert run.bring_in(new_project(folder / "timed"), "w2") == 0
        usual = time.perf_counter() - start
        for trial in range(trials):
            project = folder / f"{trial}"
            shutil.copytree(full, project) if trial % 2 else new_project(project)
            before = held(project)
            code = run.bring_in(project, "w2", seconds=chance.uniform(0.2, 1.1) * usual)
            after = held(project)
            assert after in (before, before | {"w2": ROWS["w2"]})
            assert code != 0 or "w2" in after
            outcomes["after" if "w2" in after else "before"] += 1
            if trial % 3 == 0:
                assert run.bring_in(project, "w2") == 0, run.said.read_text(encoding="utf-8")
                assert held(project) == before | {"w2": ROWS["w2"]}
    return outcomes


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(dict(killed_imports(Path(place), int(sys.argv[1]), seed=int(sys.argv[2]))))  # noqa: T201 # by hand
