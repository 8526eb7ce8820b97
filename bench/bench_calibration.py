"""Raking beside samplics and svy: the same answers, margins and tolerance, in one run.

The job: 50,000 answers with unequal design weights, raked to four margins (31 provinces, 3 tiers, 6 ages, 4
contracts) until no cell misses its target by more than 1e-10; then the same with weights of at most three
times the median. Every side is given its data in the form it wants, before the clock starts; the best of the
runs counts. Targets: under 0.3 s, and ahead of both others.

samplics and svy are no part of the project: what is not installed is left out, and said. They come with
``uv pip install --group bench``.

    python bench/bench_calibration.py [RUNS]
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from analysis.calibration import NO_LIMITS, Limits, rake
from analysis.margins import Margin

ANSWERS, LEVELS, TOTAL, TARGET, TOLERANCE, TRIM = 50_000, (31, 3, 6, 4), 1e7, 0.3, 1e-10, 3.0

Weights = Any
Job = Callable[[], Weights]


def survey() -> tuple[Any, list[Margin]]:
    """Draw design weights and margins whose targets are up to 60 % off what was answered."""
    rng = np.random.default_rng(0)
    margins = []
    for j, size in enumerate(LEVELS):
        cells = rng.choice(size, ANSWERS, p=rng.dirichlet(np.full(size, 5.0)))
        share = np.bincount(cells, minlength=size) * rng.uniform(0.6, 1.6, size)
        names = tuple(f"{j}-{level}" for level in range(size))
        margins.append(Margin(f"m{j}", names, TOTAL * share / share.sum(), cells))
    return rng.uniform(0.5, 4, ANSWERS), margins


def samplics_job(base: Any, margins: Sequence[Margin]) -> Job | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that svy follows it
            from samplics.weighting import SampleWeight
    except ImportError:
        return None
    columns = {part.name: np.array(part.levels)[part.cells] for part in margins}
    controls = {part.name: dict(zip(part.levels, part.targets.tolist(), strict=True)) for part in margins}
    return lambda: SampleWeight().rake(
        base, margins=columns, control=controls, tol=TOLERANCE, ctrl_tol=TOLERANCE, max_iter=100
    )


def svy_job(base: Any, margins: Sequence[Margin], trim: float | None) -> Job | None:
    try:
        import polars as pl
        import svy
    except ImportError:
        return None
    columns = {part.name: np.array(part.levels)[part.cells] for part in margins}
    controls = {part.name: dict(zip(part.levels, part.targets.tolist(), strict=True)) for part in margins}
    sample = svy.Sample(pl.DataFrame({"base": base} | columns), svy.Design(wgt="base"))
    cut = None
    if trim is not None:
        upper = trim * float(np.median(rake(base, margins).weights))
        cut = svy.TrimConfig(upper=upper, redistribute=True, min_cell_size=1, max_iter=1000)

    def job() -> Any:
        raked = sample.weighting.rake(controls=controls, tol=TOLERANCE, max_iter=100, trimming=cut)
        return raked.data["rk_wgt"].to_numpy()

    return job


def miss(weights: Any, margins: Sequence[Margin]) -> float:
    """Return the largest distance of a cell from its target, as a part of it."""
    return max(
        float(np.abs(np.bincount(part.cells, weights, len(part.targets)) / part.targets - 1).max())
        for part in margins
    )


def measure(job: Job, runs: int) -> tuple[float, Weights]:
    """Return the seconds of the fastest run, and the weights; a job that fails returns its words."""
    best, found = np.inf, None
    for _ in range(runs):
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = job()
        best = min(best, time.perf_counter() - start)
    return best, found


def compare(title: str, jobs: dict[str, Job | None], margins: Sequence[Margin], runs: int) -> None:
    """Print one table: our line with its target, then the others with how far we are ahead."""
    print(f"{title}\n{'':<12}{'seconds':>10}{'worst cell':>12}{'max/median':>12}   target")
    ours = np.inf
    for name, job in jobs.items():
        if job is None:
            print(f"{name:<12}{'not installed, left out':>34}")
            continue
        try:
            took, weights = measure(job, runs)
        except Exception as error:  # a peer that fails is part of the comparison; ours must not
            if name == "csat":
                raise
            print(f"{name:<12}{'no weights':>10}   {type(error).__name__}: {str(error).splitlines()[0][:70]}")
            continue
        figures = f"{took:>9.3f}s{miss(weights, margins):>12.0e}{weights.max() / np.median(weights):>12.2f}"
        if name == "csat":
            ours = took
            verdict = f"{TARGET} s {'reached' if took < TARGET else 'MISSED'}"
        else:
            verdict = f"csat ahead by {took / ours:.0f} x: {'reached' if took > ours else 'MISSED'}"
        print(f"{name:<12}{figures}   {verdict}")
    print()


def main(arguments: Sequence[str]) -> None:
    runs = int(arguments[0]) if arguments else 5
    base, margins = survey()
    print(f"{ANSWERS:,} answers, {len(margins)} margins, best of {runs}\n")
    free = {
        "csat": lambda: rake(base, margins, NO_LIMITS).weights,
        "samplics": samplics_job(base, margins),
        "svy": svy_job(base, margins, None),
    }
    compare("Raking without limits", free, margins, runs)
    trimmed = {
        "csat": lambda: rake(base, margins, Limits(trim=TRIM)).weights,
        "svy": svy_job(base, margins, TRIM),
    }
    compare(f"Raking with weights of at most {TRIM:g} times the median", trimmed, margins, runs)


if __name__ == "__main__":
    main(sys.argv[1:])
