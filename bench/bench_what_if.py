"""How often 95 % intervals of a what-if hold the truth, and how often additive effects are called otherwise.

Surveys are drawn from a population whose numbers are known: customers who answer four times and agree with
themselves in answers and outcomes, unequal weights, four items on a scale of twenty steps with many answers
at its top, an outcome in points and a loss. Effects are additive on the scale of the model.

1. Coverage of what a move of one item, and of two, goes with: the index, the outcome, the share of losses.
2. How often the joint test of squares and products rejects, for two items and for four.

Each rate stands with its Monte-Carlo error, twice the standard error at the nominal rate.

Run: ``python bench/bench_what_if.py [SURVEYS]``
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from scipy import special

from analysis import OutcomeKind, Scenario, flat_tree, sample_from_frame, simulator_of
from analysis.results import Estimate
from analysis.sample import Floats

SURVEYS, REPLICATES, CUSTOMERS, ANSWERS = 600, 300, 120, 4
ITEMS = ["a", "b", "c", "d"]
SLOPES, LOGITS = np.array([0.4, 0.2, 0.1, 0.0]), np.array([-0.03, -0.02, -0.01, 0.0])
OWN, CUT = 0.4, -1.0
KINDS = [OutcomeKind("points", "loyalty"), OutcomeKind("lost", "churn", "share")]
ONE, TWO, ALL = {"a": 5.0}, {"a": 5.0, "b": 5.0}, dict.fromkeys(ITEMS, 3.0)


def tied(rng: np.random.Generator, customers: int, columns: int) -> Floats:
    """Standard normal numbers that agree within a customer, (customers · ANSWERS, columns)."""
    own = np.repeat(rng.normal(size=(customers, columns)), ANSWERS, axis=0)
    return np.asarray(np.sqrt(OWN) * own + np.sqrt(1 - OWN) * rng.normal(size=own.shape))


def answers(rng: np.random.Generator, customers: int) -> Floats:
    """Answers to the items in steps of five points."""
    free = 78 + 12 * tied(rng, customers, 1) + 13 * tied(rng, customers, len(ITEMS))
    return np.clip(np.round(free / 5) * 5, 0, 100)


def log_odds(x: Floats) -> Floats:
    return np.asarray(CUT + (x - 75) @ LOGITS)


def survey(seed: int) -> pd.DataFrame:
    """Draw one survey."""
    rng = np.random.default_rng(seed)
    x = answers(rng, CUSTOMERS)
    lost = special.ndtr(tied(rng, CUSTOMERS, 1)[:, 0]) < special.expit(log_odds(x))
    return pd.DataFrame(x, columns=ITEMS).assign(
        points=50 + (x - 75) @ SLOPES + 7 * tied(rng, CUSTOMERS, 1)[:, 0],
        lost=np.where(lost, 100.0, 0.0),
        customer=np.repeat(np.arange(CUSTOMERS), ANSWERS),
        weight=rng.choice([1.0, 2.0], len(x)),
    )


def truth(moves: dict[str, float]) -> dict[str, float]:
    """Return what the moves do in the population, from a million answers."""
    x = answers(np.random.default_rng(0), 250_000)
    moved = x.copy()
    for item, points in moves.items():
        column = ITEMS.index(item)
        moved[:, column] = np.minimum(moved[:, column] + points, 100)
    rise = (moved - x).mean(axis=0)
    change = special.expit(log_odds(moved)).mean() - special.expit(log_odds(x)).mean()
    return {"index": rise.mean(), "points": rise @ SLOPES, "lost": change}


def estimates(scenario: Scenario) -> dict[str, Estimate]:
    """Return the index and every outcome of a scenario."""
    gains = {g.outcome: g.change for g in scenario.gains if isinstance(g.change, Estimate)}
    return {"index": scenario.index, **gains}


def holds(estimate: Estimate, value: float) -> bool:
    if estimate.low is None or estimate.high is None:
        raise ValueError("The survey is too small for an interval.")
    return estimate.low <= value <= estimate.high


def main(surveys: int) -> None:
    """Draw the surveys and print the rates."""
    wanted = {"one item": ONE, "two items": TWO}
    known = {name: truth(moves) for name, moves in wanted.items()}
    held: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    tested: Counter[str] = Counter()
    start = time.perf_counter()
    for seed in range(1, surveys + 1):
        sample = sample_from_frame(
            survey(seed), ITEMS, scale=None, weights="weight", cluster="customer", outcomes=["points", "lost"]
        )
        tree = flat_tree(dict.fromkeys(ITEMS, 1.0))
        simulated = simulator_of(sample, tree, KINDS, replicates=REPLICATES, seed=seed)
        *two, many = simulated.scenarios([*wanted.values(), ALL])
        for name, scenario in zip(wanted, two, strict=True):
            for what, estimate in estimates(scenario).items():
                held[f"{what}, {name}"] += holds(estimate, known[name][what])
        for items, scenario in ((2, two[-1]), (4, many)):
            for gain in scenario.gains:
                tested[f"{gain.outcome}, {items} items"] += gain.test is not None
                rejected[f"{gain.outcome}, {items} items"] += gain.added == "joint"
    error = 2 * np.sqrt(0.95 * 0.05 / surveys)
    took = time.perf_counter() - start
    print(f"{surveys} surveys of {CUSTOMERS} customers, {ANSWERS} answers each, {took:.0f} s")
    print(f"Intervals of 95 % that hold the truth (± {error:.1%}):")
    for what, count in held.items():
        print(f"  {what:<20} {count / surveys:.1%}")
    print("Additive effects called otherwise, nominal 5 %:")
    for what, count in tested.items():
        rate = f"{rejected[what] / count:.1%}" if count else "not tested, too few losses"
        print(f"  {what:<20} {rate}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SURVEYS)
