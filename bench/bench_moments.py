"""Replicated moments against refitting in a loop, side by side in one run.

The job: 5,000 replicates of 1,500 answers to 40 items (39 predictors and an outcome), customers answering
once or twice, and the regression of the outcome in every replicate. On one side the moments of this
project, and a sweep of all replicates at once. On the other statsmodels' weighted least squares, refitted
in a loop with the *same* replicate weights in three styles: from bare arrays prepared beforehand, from a
data frame, and by formula. Some refits of each style are timed and the rest extrapolated, which the
output says. The refits run on one core, as such loops do; the moments use all there are.

Run: ``python bench/bench_moments.py``
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

from analysis.design import Design
from analysis.driver_data import correlation_matrices
from analysis.elimination import sweep
from analysis.moments import replicate_moments, unit_moments
from analysis.replicates import replication

ANSWERS, ITEMS, CUSTOMERS, REPLICATES = 1_500, 40, 1_000, 5_000
NAMES = tuple(f"q{j}" for j in range(ITEMS))


def survey() -> tuple[Any, Design]:
    """Draw answers on 1–10 with a halo per customer, and a design of customers with weights."""
    rng = np.random.default_rng(1)
    customer = np.concatenate([np.arange(CUSTOMERS), rng.integers(0, CUSTOMERS, ANSWERS - CUSTOMERS)])
    halo = rng.normal(size=CUSTOMERS)[customer][:, None]
    x = np.clip(np.round(7 + halo + rng.normal(0, 1.2, (ANSWERS, ITEMS))), 1, 10)
    return x, Design(rng.uniform(0.5, 2, ANSWERS), np.zeros(ANSWERS, dtype=np.int64), customer)


def refit(fit: Callable[[Any], Any], weights: Any) -> tuple[float, Any]:
    """Return the seconds for 5,000 refits, extrapolated from those made, and the coefficients found."""
    fit(weights[0])
    start = time.perf_counter()
    found = [np.asarray(fit(row))[1:] for row in weights]
    return (time.perf_counter() - start) / len(weights) * REPLICATES, np.array(found).T


def main() -> None:
    x, design = survey()
    plan = replication(design, [f"C{c:05d}" for c in range(CUSTOMERS)], REPLICATES, seed=1)

    start = time.perf_counter()
    per_unit = unit_moments(NAMES, x, design.weights, design.unit, design.units, np.full(ITEMS, 5.0))
    moments = replicate_moments(per_unit, plan)
    ours = time.perf_counter() - start
    beta = np.concatenate(
        [
            sweep(correlation_matrices(part.covariance, part.mean))[0]
            for part in (
                type(moments)(NAMES, moments.shift, moments.packed[first : first + 128])
                for first in range(0, len(moments.packed), 128)
            )
        ],
        axis=1,
    )
    regressed = time.perf_counter() - start

    frame = pd.DataFrame(x, columns=list(NAMES))
    formula = f"{NAMES[-1]} ~ {' + '.join(NAMES[:-1])}"
    constant = sm.add_constant(x[:, :-1])
    styles: dict[str, tuple[int, Callable[[Any], Any]]] = {
        "bare arrays": (200, lambda w: sm.WLS(x[:, -1], constant, weights=w).fit().params),
        "data frame": (
            60,
            lambda w: (
                sm.WLS(frame[NAMES[-1]], sm.add_constant(frame[list(NAMES[:-1])]), weights=w).fit().params
            ),
        ),
        "formula": (20, lambda w: smf.wls(formula, frame, weights=w).fit().params),
    }
    size = f"{ANSWERS:,} answers by {CUSTOMERS:,} customers, {ITEMS} items"
    print(f"{REPLICATES:,} replicates of {size}, {os.cpu_count()} cores")
    print(f"moments of all replicates   {ours:7.2f} s")
    print(f"and all regressions         {regressed:7.2f} s\n")
    print("statsmodels in a loop   refits made   all, extrapolated   ratio   with regressions   largest gap")
    for style, (count, fit) in styles.items():
        rows = design.weights * plan.weights(0, count)[:, design.unit]
        seconds, found = refit(fit, rows)
        scale = np.sqrt(np.einsum("iib->ib", moments.covariance[:, :, 1 : count + 1]))
        gap = np.abs(beta[:, 1 : count + 1] * scale[-1] / scale[:-1] - found).max()
        ratios = f"{seconds / ours:7.0f} x {seconds / regressed:16.0f} x"
        print(f"  {style:<20} {count:12d} {seconds:16.0f} s {ratios} {gap:13.0e}")


if __name__ == "__main__":
    main()
