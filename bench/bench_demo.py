"""How long the main job takes: `csat demo` from nothing to the PDF, then one more report.

Whole processes are timed, start-up included, as a user waits for them: an empty folder each time, the
median of the runs. Targets: the demo under 15 s, each further report under 3 s, help under 0.4 s.

    python bench/bench_demo.py [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

TARGETS = {"csat --help": 0.4, "csat demo": 15.0, "csat report (PDF, zh)": 3.0, "csat report (HTML, en)": 3.0}


def seconds(*words: str) -> float:
    """Run one ``csat`` command and return how long it took."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "workbench", *words], check=True, capture_output=True)
    return time.perf_counter() - start


def measure(folder: Path) -> dict[str, float]:
    """Time every job once in a new folder."""
    project = ("--project", str(folder / "demo"))
    return {
        "csat --help": seconds("--help"),
        "csat demo": seconds("demo", str(folder / "demo")),
        "csat report (PDF, zh)": seconds("report", "--lang", "zh", *project),
        "csat report (HTML, en)": seconds("report", "--lang", "en", "--format", "html", *project),
    }


def main(arguments: Sequence[str]) -> None:
    """Print each job's median beside its target."""
    runs = int(arguments[0]) if arguments else 3
    found: dict[str, list[float]] = {job: [] for job in TARGETS}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            for job, took in measure(Path(folder)).items():
                found[job].append(took)
    print(f"{'job':<26}{'median':>8}{'min':>8}{'max':>8}{'target':>8}   ({runs} runs)")
    for job, target in TARGETS.items():
        middle = statistics.median(found[job])
        verdict = "reached" if middle < target else "MISSED"
        figures = "".join(f"{took:>7.2f}s" for took in (middle, min(found[job]), max(found[job])))
        print(f"{job:<26}{figures}{target:>7.1f}s   {verdict}")


if __name__ == "__main__":
    main(sys.argv[1:])
