"""Moments with blanks: EM on pattern statistics against textbook EM that goes through the rows, in one run.

Both maximise one likelihood, from the same start and to the same tolerance; the largest difference of what
they find is printed. The textbook form inverts a matrix for each pattern and sums over that pattern's rows
in every step. It is timed for a few steps on large tables and the rest extrapolated, which the output says.
Both run on one thread.

Run: ``python bench/bench_missing.py``
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from analysis.em import normal_moments, pattern_sums
from analysis.sample import Floats

TOLERANCE = 1e-11
MOST_SECONDS = 20.0


def answers(n: int, k: int, seed: int) -> Floats:
    """Answers with a factor in common, a tenth of them blank at random, no row empty."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 1)) + rng.normal(size=(n, k))
    x[rng.random((n, k)) < 0.1] = np.nan
    return x[np.isfinite(x).any(axis=1)]


def textbook(x: Floats) -> tuple[Floats, Floats, int, float, bool]:
    """Plain EM by pattern and row: means, covariances, steps, seconds a step, whether it settled in time."""
    seen = np.isfinite(x)
    patterns, position = np.unique(seen, axis=0, return_inverse=True)
    rows = [np.flatnonzero(position.ravel() == p) for p in range(len(patterns))]
    k = x.shape[1]
    means, covariance = np.nanmean(x, axis=0), np.diag(np.nanvar(x, axis=0))
    start, steps = time.perf_counter(), 0
    while True:
        total, squares = np.zeros(k), np.zeros((k, k))
        for pattern, own in zip(patterns, rows, strict=True):
            there, lost = np.flatnonzero(pattern), np.flatnonzero(~pattern)
            filled = x[own]
            slopes = covariance[np.ix_(lost, there)] @ np.linalg.inv(covariance[np.ix_(there, there)])
            filled[:, lost] = means[lost] + (filled[:, there] - means[there]) @ slopes.T
            total += filled.sum(axis=0)
            squares += filled.T @ filled
            left = covariance[np.ix_(lost, lost)] - slopes @ covariance[np.ix_(there, lost)]
            squares[np.ix_(lost, lost)] += len(own) * left
        new = total / len(x)
        spread = squares / len(x) - np.outer(new, new)
        change = max(np.abs(new - means).max(), np.abs(spread - covariance).max())
        means, covariance, steps = new, spread, steps + 1
        seconds = time.perf_counter() - start
        if change < TOLERANCE or seconds > MOST_SECONDS:
            return means, covariance, steps, seconds / steps, bool(change < TOLERANCE)


def main() -> None:
    heads = ("answers", "items", "patterns", "ours, s", "steps", "textbook", "difference")
    widths = (9, 5, 8, 8, 5, 22, 10)
    print(" ".join(head.rjust(width) for head, width in zip(heads, widths, strict=True)))
    for n, k in ((250, 24), (5_000, 12), (50_000, 24), (1_000_000, 8)):
        x = answers(n, k, seed=1)
        start = time.perf_counter()
        sums = pattern_sums(x, np.ones(len(x)))
        fit = normal_moments(sums, tolerance=TOLERANCE)
        ours = time.perf_counter() - start
        means, covariance, steps, each, settled = textbook(x)
        difference = max(np.abs(fit.means[0] - means).max(), np.abs(fit.covariances[0] - covariance).max())
        told = f"{steps * each:.2f} s, {steps} steps" if settled else f"{each:.2f} s a step, stopped"
        shown = f"{difference:10.1e}" if settled else f"{'—':>10}"
        print(f"{n:9,} {k:5} {len(sums.seen):8,} {ours:8.2f} {fit.steps:5} {told:>22} {shown}")


if __name__ == "__main__":
    main()
