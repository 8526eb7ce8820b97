"""Sensitivity of the index to its weights against scoring the survey again in a loop, in one run.

The job: the four waves of the sample study, 10,000 draws of weights within ± 20 % together with replicate
weights, the index of every wave and province in every draw, ranks, shares of variance. On one side
``weight_sensitivity``. On the other the loop that one would write: for each draw, weights and replicate go
into the tree and the design, and the index of every wave and province is scored from the answers, with the
*same* random numbers. Some draws of the loop are timed and the rest extrapolated, which the output says; the
loop gives the indices alone.

Run: ``python bench/bench_sensitivity.py``
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from analysis.design import Design, design_of
from analysis.index import IndexTree, index_columns
from analysis.pipeline import index_tree
from analysis.prepare import prepare
from analysis.replicates import replication
from analysis.sample import Sample
from analysis.sensitivity import weight_sensitivity
from analysis.sensitivity_draws import Choices, IndexModel, draw
from analysis.weight_draws import Perturbation
from workbench.cli import main as csat
from workbench.project import Project

DRAWS, TIMED, SEED, ROUNDS = 10_000, 20, 1, 3


def sample_study() -> tuple[Sample, IndexTree]:
    """Import the sample study into a new project, and prepare its answers."""
    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(sys.stderr):
            code = csat(["demo", f"{folder}/demo"])
        if code:
            raise SystemExit(code)
        opened = Project(Path(folder, "demo"))
        with opened.store() as store:
            answers = [store.load(wave, opened.study) for wave in opened.study.wave_by_id]
        return prepare(answers, opened.study), index_tree(opened.study.index)


def loop(sample: Sample, tree: IndexTree) -> tuple[float, np.ndarray]:
    """Return the seconds for all draws, extrapolated from those made, and the indices found (b, T)."""
    design = design_of(sample)
    plan = replication(design, sample.cluster_ids, DRAWS, SEED)
    choices = Choices(tree, tree.relative[None], (tree.rollup,), Perturbation())
    uniforms = np.random.default_rng([SEED, 0]).random((DRAWS, choices.columns))[:TIMED]
    scores = sample.scores[:, [sample.items.index(item) for item in tree.items]]
    provinces, last = sample.segments["province"], sample.in_wave(sample.waves[-1])
    domains = [sample.in_wave(wave) for wave in sample.waves]
    domains += [last & (provinces.codes == g) for g in range(len(provinces.values))]
    start = time.perf_counter()
    found = []
    for multipliers, weights in zip(plan.weights(0, TIMED), choices.weights(uniforms), strict=True):
        again = Design(sample.weights * multipliers[design.unit], sample.strata, sample.clusters)
        nodes = (replace(node, weight=float(w)) for node, w in zip(tree.nodes, weights, strict=True))
        own = IndexTree(tuple(nodes), tree.rollup, tree.min_answered)
        row = [index_columns(again, own, scores, domain, total_only=True).values[0] for domain in domains]
        found.append(row)
    return (time.perf_counter() - start) / TIMED * DRAWS, np.array(found)


def ours(sample: Sample, tree: IndexTree) -> list[float]:
    """Return the seconds that everything takes, round by round."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        weight_sensitivity(sample, {"study": tree}, "province", threshold=78.0, draws=DRAWS, seed=SEED)
        seconds.append(time.perf_counter() - start)
    return seconds


def gap(sample: Sample, tree: IndexTree, scored: np.ndarray) -> float:
    """Return the largest difference between the loop's indices of the waves and those of our draws."""
    choices = Choices(tree, tree.relative[None], (tree.rollup,), Perturbation())
    scores = sample.scores[:, [sample.items.index(item) for item in tree.items]]
    domains = [sample.in_wave(wave) for wave in sample.waves]
    model = IndexModel.of(design_of(sample), choices, scores, domains)
    plan = replication(design_of(sample), sample.cluster_ids, DRAWS, SEED)
    return float(np.abs(draw(model, plan, SEED).both[:TIMED] - scored[:, : len(domains)]).max())


def main() -> None:
    sample, tree = sample_study()
    provinces = len(sample.segments["province"].values)
    size = f"{len(sample):,} answers, {len(sample.waves)} waves, {provinces} provinces"
    print(f"{DRAWS:,} draws, {size}, {os.cpu_count()} cores, {TIMED} draws of each loop timed\n")
    print("roll-up       ours, best of 3   all rounds              loop, extrapolated   ratio   largest gap")
    for rollup in ("aggregate", "respondent"):
        own = tree.with_rollup(rollup)
        rounds = ours(sample, own)
        best = min(rounds)
        looped, scored = loop(sample, own)
        shown = " ".join(f"{seconds:.2f}" for seconds in rounds)
        print(
            f"  {rollup:<12}{best:12.2f} s   {shown:<20}{looped:16.0f} s {looped / best:10.0f} x"
            f"{gap(sample, own, scored):13.0e}"
        )


if __name__ == "__main__":
    main()
