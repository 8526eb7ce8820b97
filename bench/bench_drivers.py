"""Driver shares with 1,000 replicates: how long, and how much faster than refitting.

Three parts, in one run on the same data:

1. LMG with 1,000 replicates for 10, 15 and 20 drivers, moments and replicates included: the budget is 0.1 s,
   1 s and 15 s on an idle machine of two cores. Beside it the processor time of all cores, which other
   programs disturb less (two idle cores take half of it), and the whole of ``driver_shares`` with all
   measures, dominance and the probe.
2. The same shares for 10 drivers from statsmodels: weighted least squares of every subset of drivers, as a
   bootstrap would refit it in every replicate. The full sample is timed and the replicates extrapolated,
   which the output says; the shares must agree.
3. The same from relaimpo's own bootstrap (``relaimpo.R``), where R and relaimpo are there.

How honest the intervals are is in ``bench_driver_coverage.py``.

Run: ``python bench/bench_drivers.py``
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.design import Design
from analysis.driver_data import correlation_matrices
from analysis.drivers import driver_shares
from analysis.lmg import lmg
from analysis.moments import replicate_moments, unit_moments
from analysis.replicates import replication

ANSWERS, CUSTOMERS, REPLICATES = 2_000, 1_000, 1_000
BUDGET = {10: 0.1, 15: 1.0, 20: 15.0}
REFIT_TIMES, RELAIMPO_TIMES = 100, 500
DRAWS = 100
# What relaimpo.R returns where there is R without it.
NO_RELAIMPO = 3


def answers(p: int, seed: int = 1) -> pd.DataFrame:
    """Two answers a customer, drivers that a halo ties together, the first of them the strongest."""
    rng = np.random.default_rng(seed)
    customer = np.arange(ANSWERS) % CUSTOMERS
    halo = rng.normal(size=(CUSTOMERS, 1))[customer]
    x = 0.7 * halo + rng.normal(size=(ANSWERS, p))
    frame = pd.DataFrame(x, columns=[f"q{j}" for j in range(p)])
    weights = np.linspace(1.0, 0.1, p)
    frame["sat"] = x @ weights + 2 * rng.normal(size=ANSWERS)
    return frame.assign(customer=customer, weight=rng.uniform(0.5, 2, ANSWERS))


def design_of(frame: pd.DataFrame) -> Design:
    return Design(
        frame["weight"].to_numpy(), np.zeros(len(frame), dtype=np.int64), frame["customer"].to_numpy()
    )


def shares(frame: pd.DataFrame, p: int) -> Any:
    """LMG of p drivers in the full sample and 1,000 replicates, (p, 1001), from rows."""
    columns = [*(f"q{j}" for j in range(p)), "sat"]
    design = design_of(frame)
    plan = replication(design, [f"C{c:05d}" for c in range(CUSTOMERS)], REPLICATES, seed=1)
    x = frame[columns].to_numpy()
    per_unit = unit_moments(tuple(columns), x, design.weights, design.unit, design.units, np.zeros(p + 1))
    found = replicate_moments(per_unit, plan)
    return lmg(correlation_matrices(found.covariance, found.mean), [[j] for j in range(p)])


def timed(work: Any, times: int = 3) -> tuple[float, Any]:
    """Shortest of some runs, and what the last returned."""
    best, found = np.inf, None
    for _ in range(times):
        start = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - start)
    return float(best), found


def same(one: Any, other: Any) -> None:
    if not np.allclose(one, other, rtol=1e-9):
        raise SystemExit("The two do not give the same shares.")


def told(what: str, seconds: float, ours: float, times: float) -> None:
    """Print what takes how long, extrapolated to all replicates, and whether we are so many times faster."""
    word = "at least" if seconds >= times * ours else "NOT"
    print(f"{what}, extrapolated to {REPLICATES:,} replicates {seconds:,.0f} s:")
    print(f"  {seconds / ours:,.0f} times ours, {word} {times}; shares equal to 1e-9")


def speed() -> tuple[float, Any]:
    """Print part 1; return the seconds for 10 drivers, and their LMG."""
    print(
        f"LMG with {REPLICATES:,} replicates, {ANSWERS:,} answers of {CUSTOMERS:,} customers, from rows, "
        f"{os.cpu_count()} cores"
    )
    kept = 0.0, None
    for p, budget in BUDGET.items():
        frame = answers(p)
        before, runs = time.process_time(), 3 if p < 20 else 1
        seconds, found = timed(lambda p=p, frame=frame: shares(frame, p), runs)
        used = (time.process_time() - before) / runs
        names = [f"q{j}" for j in range(p)]
        whole, _ = timed(
            lambda names=names, frame=frame: driver_shares(
                frame, "sat", names, weights="weight", cluster="customer", replicates=REPLICATES
            ),
            1,
        )
        word = "within" if seconds < budget else "OVER"
        print(
            f"  p = {p}: {seconds:7.3f} s, {word} {budget:g} s (processor {used:.2f} s); "
            f"driver_shares with everything {whole:.2f} s"
        )
        if p == 10:
            kept = seconds, found[:, 0]
    return kept


def refits(ours: tuple[float, Any]) -> None:
    """Print part 2: every subset of 10 drivers refitted in every replicate."""
    p, frame = 10, answers(10)
    x, y, w = (
        frame[[f"q{j}" for j in range(p)]].to_numpy(),
        frame["sat"].to_numpy(),
        frame["weight"].to_numpy(),
    )

    def explained(inside: tuple[int, ...]) -> float:
        return float(sm.WLS(y, sm.add_constant(x[:, inside]), weights=w).fit().rsquared) if inside else 0.0

    subsets = [inside for size in range(p + 1) for inside in combinations(range(p), size)]
    seconds, value = timed(lambda: {inside: explained(inside) for inside in subsets}, 1)
    found = np.zeros(p)
    for inside in subsets:
        for j in set(range(p)) - set(inside):
            more = tuple(sorted((*inside, j)))
            found[j] += (value[more] - value[inside]) / (p * comb(p - 1, len(inside)))
    same(found, ours[1])
    what = f"statsmodels, {len(subsets):,} refits of the full sample in {seconds:.2f} s"
    told(what, seconds * (1 + REPLICATES), ours[0], REFIT_TIMES)


def relaimpo(ours: tuple[float, Any]) -> None:
    """Print relaimpo's time for the same rows and weights, where R is there; it knows no clusters."""
    program = shutil.which("Rscript")
    if program is None:
        print("relaimpo: skipped, there is no Rscript on this machine")
        return
    names = [f"q{j}" for j in range(10)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "answers.csv")
        answers(10)[["sat", *names, "weight"]].to_csv(file, index=False)
        script = Path(__file__).with_name("relaimpo.R")
        run = subprocess.run(
            [program, str(script), str(file), str(DRAWS)], capture_output=True, text=True, check=False
        )
    if run.returncode == NO_RELAIMPO:
        print("relaimpo: skipped, R is here and relaimpo is not")
        return
    if run.returncode:
        raise SystemExit(f"relaimpo.R failed:\n{run.stderr}")
    seconds, *lines = run.stdout.split("\n")
    found = {name: float(part) for name, part in (line.split() for line in lines if line)}
    same([found[name] for name in names], ours[1])
    told(f"relaimpo, {DRAWS} draws", float(seconds) * REPLICATES / DRAWS, ours[0], RELAIMPO_TIMES)


def main() -> None:
    ours = speed()
    refits(ours)
    relaimpo(ours)


if __name__ == "__main__":
    main()
