"""Import damaged files, and draft studies from them, each in a child with limits of memory and time.

The children are forks, so a case costs milliseconds; one that dies, hangs, or ends in anything but answers
or problems is listed with its number, and its file is kept. Cases are the same for the same numbers.

    python tools/fuzz.py --seconds 600           # from a random number on
    python tools/fuzz.py --case 1234             # one case again, in this process
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # a fork copies one thread only
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from fuzzing import KINDS, SLOW, damaged, draft, outcome, warm  # noqa: E402 # found only now

MEMORY, SECONDS = 512 << 20, 10
OUTCOME = "outcome"
ALL = (*KINDS, *SLOW)


def mapped() -> int:
    """Return the bytes that this process has mapped before it begins to work."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def case(folder: Path, number: int) -> str:
    """Import a damaged file, draft a study from it as well, and return how the import ended."""
    path, sound = damaged(folder, number, ALL)
    ended = outcome(path, sound)
    draft(path)
    return ended


def work(folder: Path, number: int) -> None:
    """Do one case in a child and write its outcome into ``folder``; never returns."""
    most = mapped() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    signal.alarm(3 * SECONDS)
    try:
        ended = case(folder, number)
    except BaseException:
        ended = f"FAILED {traceback.format_exc()}"
    (folder / OUTCOME).write_text(ended, encoding="utf-8")
    os._exit(0)


def one(number: int, kept: Path) -> str:
    """Return the outcome of one case; the files of a case that failed stay in ``kept``."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    pid = os.fork()
    if pid == 0:
        work(folder, number)
    _, status = os.waitpid(pid, 0)
    ended = folder / OUTCOME
    said = ended.read_text(encoding="utf-8") if ended.exists() else f"FAILED with status {status}"
    if said.startswith("FAILED"):
        shutil.copytree(folder, kept / str(number), dirs_exist_ok=True)
    shutil.rmtree(folder)
    return said


def main() -> int:
    """Try cases until the time is up; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--first", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--case", type=int)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-failures")
    chosen = parser.parse_args()
    if chosen.case is not None:
        with tempfile.TemporaryDirectory() as folder:
            print(case(Path(folder), chosen.case))
        return 0
    warm()
    outcomes: Counter[str] = Counter()
    number, until = chosen.first, time.monotonic() + chosen.seconds
    while time.monotonic() < until:
        said = one(number, chosen.keep)
        if said.startswith("FAILED"):
            print(f"case {number}: {said}", flush=True)
            said = f"FAILED: {said.strip().splitlines()[-1]}"
        outcomes[said] += 1
        number += 1
    print(f"{outcomes.total()} cases from {chosen.first} on:")
    for said, n in outcomes.most_common():
        print(f"{n:>8} {said}")
    return int(any(said.startswith("FAILED") for said in outcomes))


if __name__ == "__main__":
    sys.exit(main())
