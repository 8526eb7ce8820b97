"""Driver shares with 1,000 replicates: how long, how much faster than refitting, and how honest.

Three parts, in one run on the same data:

1. LMG with 1,000 replicates for 10, 15 and 20 drivers, moments and replicates included: the budget is 0.1 s,
   1 s and 15 s on an idle machine of two cores. Beside it the processor time of all cores, which other
   programs disturb less, and the whole of ``driver_shares`` with all measures, dominance and the probe.
2. The same shares for 10 drivers from statsmodels: weighted least squares of every subset of drivers, as a
   bootstrap would refit it in every replicate. The full sample is timed and the replicates extrapolated,
   which the output says; the shares must agree. And relaimpo's own bootstrap, where R is there.
3. Coverage of 95 % intervals of shares on clustered answers, where the truth is known, and how often a column
   of pure noise beats the probe and a change that is not there is called clear.

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
from analysis.share_comparison import share_changes

ANSWERS, CUSTOMERS, REPLICATES = 2_000, 1_000, 1_000
BUDGET = {10: 0.1, 15: 1.0, 20: 15.0}
SURVEYS, SURVEY_REPLICATES = 200, 400
RELAIMPO = """
suppressMessages(library(relaimpo)); d <- read.csv(commandArgs(TRUE)[1]); set.seed(1)
t <- system.time(boot.relimp(sat ~ ., data = d, b = 100, type = "lmg"))[["elapsed"]]
cat(10 * t, calc.relimp(sat ~ ., data = d, type = "lmg")@lmg, sep = " ")
"""


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
    if not np.allclose(one, other, rtol=1e-8):
        raise SystemExit("The two do not give the same shares.")


def speed() -> tuple[float, Any]:
    """Print part 1; return the seconds for 10 drivers, and their LMG."""
    print(f"LMG with {REPLICATES:,} replicates, {ANSWERS:,} answers of {CUSTOMERS:,} customers, from rows")
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
    total = seconds * (1 + REPLICATES)
    print(
        f"statsmodels, {len(subsets):,} refits of the full sample in {seconds:.2f} s, extrapolated to "
        f"{REPLICATES:,} replicates {total:,.0f} s: {total / ours[0]:,.0f} times ours; shares equal to 1e-9"
    )


def relaimpo(ours: float) -> None:
    """Print relaimpo's time for the same job without weights and clusters, where R is there."""
    program = shutil.which("Rscript")
    if program is None:
        print("relaimpo: skipped, R is not installed here")
        return
    with tempfile.TemporaryDirectory() as folder:
        file, script = Path(folder, "d.csv"), Path(folder, "b.R")
        frame = answers(10).drop(columns=["customer", "weight"])
        frame.to_csv(file, index=False)
        script.write_text(RELAIMPO, encoding="utf-8")
        run = subprocess.run([program, str(script), str(file)], capture_output=True, text=True, check=False)
    if run.returncode:
        print("relaimpo: skipped, R has no relaimpo here")
        return
    seconds, *parts = (float(cell) for cell in run.stdout.split())
    alone = driver_shares(frame, "sat", [f"q{j}" for j in range(10)], replicates=2).to_frame()["lmg"]
    same(alone[[f"q{j}" for j in range(10)]], parts)
    print(
        f"relaimpo, 100 of 1,000 draws timed: {seconds:.1f} s, {seconds / ours:,.0f} times ours; shares equal"
    )


def survey(seed: int) -> pd.DataFrame:
    """300 customers in two waves alike in everything, answers tied within a customer; one column of noise."""
    rng = np.random.default_rng(seed)
    customer = np.tile(np.arange(300), 2)
    own = rng.normal(size=(300, 4))[customer]
    x = np.sqrt(0.6) * own + np.sqrt(0.4) * rng.normal(size=(600, 4))
    x[:, :3] += 0.7 * rng.normal(size=(300, 1))[customer]
    error = np.sqrt(0.6) * rng.normal(size=300)[customer] + np.sqrt(0.4) * rng.normal(size=600)
    frame = pd.DataFrame(x, columns=["a", "b", "c", "noise"])
    frame["sat"] = x[:, :3] @ [0.9, 0.6, 0.3] + 1.2 * error
    return frame.assign(customer=customer, wave=np.repeat(["w1", "w2"], 300))


def truth() -> dict[str, float]:
    """Shares in the population that ``survey`` draws from."""
    r = np.eye(5)
    covariance = np.diag([1.49, 1.49, 1.49, 1.0])
    covariance[:3, :3] += 0.49 * (1 - np.eye(3))
    slopes = np.array([0.9, 0.6, 0.3, 0.0])
    spread = np.sqrt(np.diag(covariance))
    total = np.sqrt(slopes @ covariance @ slopes + 1.44)
    r[:4, :4] = covariance / np.outer(spread, spread)
    r[:4, 4] = r[4, :4] = covariance @ slopes / spread / total
    parts = lmg(r[:, :, None], [[j] for j in range(4)])[:, 0]
    return dict(zip(("a", "b", "c", "noise"), (parts / parts.sum()).tolist(), strict=True))


def coverage() -> None:
    """Print part 3."""
    names, true = ["a", "b", "c", "noise"], truth()
    held, rank_held = dict.fromkeys(names, 0), 0
    by_rows, beaten, clear = dict.fromkeys(names, 0), 0, 0
    order = {name: rank for rank, name in enumerate(sorted(names, key=lambda n: -true[n]), 1)}
    start = time.perf_counter()
    for seed in range(SURVEYS):
        frame = survey(seed)
        for cluster, into in (("customer", held), (None, by_rows)):
            found = driver_shares(frame, "sat", names, cluster=cluster, replicates=SURVEY_REPLICATES)
            for driver in found.drivers:
                into[driver.driver] += driver.share.low <= true[driver.driver] <= driver.share.high
            if cluster:
                beaten += next(d.probe for d in found.drivers if d.driver == "noise")
                rank_held += all(d.rank_low <= order[d.driver] <= d.rank_high for d in found.drivers)
        changed = share_changes(frame, "sat", names, "wave", cluster="customer", replicates=SURVEY_REPLICATES)
        clear += any(change.clear for change in changed.changes)
    print(
        f"{SURVEYS} simulated surveys, 600 answers of 300 customers, {SURVEY_REPLICATES} replicates "
        f"({time.perf_counter() - start:.0f} s); nominal 95 %:"
    )
    for word, found in (("clusters", held), ("rows alone (wrong here)", by_rows)):
        told = ", ".join(f"{name} {found[name] / SURVEYS:.1%}" for name in names[:3])
        print(f"  share intervals by {word} hold the truth: {told}")
    print(f"  all rank intervals hold the true ranks: {rank_held / SURVEYS:.1%} (at least 95 %)")
    print("  (noise has a share of 0, which no interval of positive numbers holds: the probe judges it)")
    print(f"  pure noise beats the probe: {beaten / SURVEYS:.1%} (nominal 2.5 %)")
    print(f"  a change that is not there is called clear: {clear / SURVEYS:.1%} (nominal 5 %)")


def main() -> None:
    ours = speed()
    refits(ours)
    relaimpo(ours[0])
    coverage()


if __name__ == "__main__":
    main()
