"""Answers of a small survey whose drivers, outcome and losses are made, for what-ifs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import OutcomeKind, Sample, flat_tree, sample_from_frame
from analysis.results import Estimate
from analysis.whatif_results import Gain, Scenario

TREE = flat_tree({"a": 2, "b": 1, "c": 1})
KINDS = [
    OutcomeKind("loyal", "loyalty"),
    OutcomeKind("lost", "churn", "share"),
    OutcomeKind("late", "churn", "share"),
]


def frame(n: int = 600, *, together: float = 0.0, top: float = 80.0) -> pd.DataFrame:
    """Two waves of answers to three items, an outcome in points, a loss; ``together`` is an interaction."""
    rng = np.random.default_rng(7)
    halo = rng.normal(size=n)
    made = pd.DataFrame(
        {name: np.clip(55 + 12 * halo + 14 * rng.normal(size=n), 0, top).round() for name in "abc"}
    )
    a, b = made.a - made.a.mean(), made.b - made.b.mean()
    made["loyal"] = 50 + 0.4 * a + 0.2 * b + together * a * b / 10 + 6 * rng.normal(size=n)
    lost = 1 / (1 + np.exp(0.9 + 0.05 * a + 0.02 * b))
    made["lost"] = 100.0 * (rng.random(n) < lost)
    made["w"], made["wave"] = rng.choice([1.0, 2.0], n), np.repeat(["1", "2"], n // 2)
    made["account"] = np.where(np.arange(n) % 3 == 0, np.arange(n) // 6, 10_000 + np.arange(n))
    # Regions lie far apart, so that moves of a few points stay inside.
    place = np.digitize(halo + 0.5 * rng.normal(size=n), [-0.5, 0.5])
    made["region"] = np.array(["north", "south", "east"])[place]
    # Known for the first wave alone.
    made["late"] = made.lost.where(made.wave == "1")
    return made


def sample(made: pd.DataFrame | None = None) -> Sample:
    return sample_from_frame(
        frame() if made is None else made,
        ["a", "b", "c"],
        scale=None,
        weights="w",
        cluster="account",
        wave="wave",
        segments=["region"],
        outcomes=["loyal", "lost", "late"],
    )


def known(scenario: Scenario, outcome: str) -> Estimate:
    gain = scenario.gain(outcome)
    assert isinstance(gain, Gain)
    assert isinstance(gain.change, Estimate)
    return gain.change
