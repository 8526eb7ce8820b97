"""The index of four waves and 31 provinces with every interval, beside the same by statsmodels in a loop.

The job: 50,000 answers of 8,000 accounts to 12 indicators in five dimensions, four waves, three strata,
survey weights, 5 % blanks. Wanted are the index and all its nodes in every wave with intervals, changes and
contributions; the index of 31 provinces in every wave, each in the last wave against everybody else, their
changes, and one joint test; and the dimensions by province with differences and changes. Every error knows
strata, weights and the accounts that answer in several waves.

Beside it stands what a careful analyst would write: for every wave and province, and for every indicator,
statsmodels' weighted least squares on a constant with errors clustered by account. That gives means and
errors of single figures only (no strata, no covariances, so no index, no changes and no differences), which
is less than a fifth of the job.

Run: ``python bench/bench_index.py``
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import statsmodels.api as sm

from analysis.index import IndexTree, Node
from analysis.results import Estimate
from analysis.sample import Groups, Sample
from analysis.segments import index_by_segment, nodes_by_segment
from analysis.tracking import index_by_wave

ANSWERS, ACCOUNTS, ITEMS, PROVINCES, WAVES = 50_000, 8_000, 12, 31, 4
LIMIT = 0.5


def survey() -> tuple[Sample, IndexTree]:
    """Draw answers on 1–10 with a level per account, and a tree of five dimensions."""
    rng = np.random.default_rng(1)
    account = np.concatenate([np.arange(ACCOUNTS), rng.integers(0, ACCOUNTS, ANSWERS - ACCOUNTS)])
    level = rng.normal(size=ACCOUNTS)[account][:, None]
    codes = np.clip(np.round(7.4 + level + rng.normal(0, 1.4, (ANSWERS, ITEMS))), 1, 10)
    scores = np.where(rng.random(codes.shape) < 0.05, np.nan, (codes - 1) / 9 * 100)
    names = tuple(f"q{j}" for j in range(ITEMS))
    wave = rng.integers(0, WAVES, ANSWERS)
    order = np.argsort(wave, kind="stable")
    province = rng.choice(PROVINCES, ACCOUNTS, p=rng.dirichlet(np.full(PROVINCES, 5.0)))[account]
    sample = Sample(
        items=names,
        scores=scores[order],
        codes=np.where(np.isfinite(scores), codes, -1).astype(np.int16)[order],
        structural=np.zeros(scores.shape, dtype=bool),
        waves=tuple(f"w{t}" for t in range(WAVES)),
        wave=wave[order],
        weights=rng.uniform(0.5, 2, ANSWERS)[order],
        strata=(account % 3)[order],
        clusters=account[order],
        cluster_ids=tuple(f"C{c:05d}" for c in range(ACCOUNTS)),
        outcomes={},
        segments={"province": Groups(tuple(f"P{p:02d}" for p in range(PROVINCES)), province[order])},
    )
    branches = tuple(Node(f"d{d}", None, None, d + 1.0) for d in range(5))
    leaves = tuple(Node(name, f"d{j % 5}", name, 1.0) for j, name in enumerate(names))
    return sample, IndexTree(branches + leaves)


def ours(sample: Sample, tree: IndexTree) -> int:
    """Do the whole job; return how many estimates it found."""
    trend, nodes = index_by_wave(sample, tree)
    segment = index_by_segment(sample, tree, "province", nodes=True)
    found = [point.index for point in trend] + [e for node in nodes for e in node.series]
    found += [e for group in segment.groups for e in group.series]
    found += [group.score for part in segment.nodes for group in part.groups]
    return sum(isinstance(estimate, Estimate) for estimate in found)


def theirs(sample: Sample) -> dict[tuple[str, str], float]:
    """Means and clustered errors of every indicator in every wave and province; the last wave's means."""
    province = sample.segments["province"]
    found: dict[tuple[str, str], float] = {}
    for wave in range(WAVES):
        for group, name in enumerate(province.values):
            rows = np.flatnonzero((sample.wave == wave) & (province.codes == group))
            for item in range(ITEMS):
                here = rows[np.isfinite(sample.scores[rows, item])]
                fit = sm.WLS(sample.scores[here, item], np.ones(len(here)), weights=sample.weights[here])
                result = fit.fit(cov_type="cluster", cov_kwds={"groups": sample.clusters[here]})
                result.conf_int()
                found[sample.items[item], name] = float(result.params[0])
    return found


def largest_gap(sample: Sample, tree: IndexTree, means: dict[tuple[str, str], float]) -> float:
    """Return by how much the two sides differ at most, in points."""
    parts = nodes_by_segment(sample, tree, "province", leaves=True)
    return max(
        abs(group.score.value - means[part.node, group.value])
        for part in parts
        if part.node in sample.items
        for group in part.groups
        if isinstance(group.score, Estimate)
    )


def timed(job: Callable[[], object], times: int) -> float:
    """Return the median seconds of a job."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        found.append(time.perf_counter() - start)
    return sorted(found)[len(found) // 2]


def main() -> None:
    sample, tree = survey()
    count = ours(sample, tree)
    mine = timed(lambda: ours(sample, tree), 7)
    start = time.perf_counter()
    means = theirs(sample)
    other = time.perf_counter() - start
    print(
        f"{ANSWERS:,} answers of {ACCOUNTS:,} accounts, {WAVES} waves, {PROVINCES} provinces, {ITEMS} items"
    )
    print(f"  csat, {count:,} estimates and their tests:    {mine:6.2f} s")
    print(f"  statsmodels, {len(means) * WAVES:,} means of items:        {other:6.2f} s")
    print(f"  the means both give differ by at most {largest_gap(sample, tree, means):.1e} points")
    if mine >= LIMIT:
        sys.exit(f"The index took {mine:.2f} s; it should take less than {LIMIT} s.")


if __name__ == "__main__":
    main()
