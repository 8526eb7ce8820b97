"""Answers to six items by accounts in two waves, with blanks and provinces, for tests of weights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.index import IndexTree, Node, RollUp
from analysis.sample import Floats, Sample
from analysis.tabular import sample_from_frame

ITEMS = ["q1", "q2", "q3", "q4", "q5", "q6"]
GROUPS = {"north": 0.6, "east": 0.3, "south": 0.0, "west": -0.8}


def tree(
    branches: tuple[float, float] = (3, 2),
    leaves: tuple[float, ...] = (3, 2, 1, 2, 2, 1),
    rollup: RollUp = "aggregate",
) -> IndexTree:
    """Two branches of three items each."""
    nodes = [Node("a", None, None, branches[0])]
    nodes += [Node(item, "a", item, weight) for item, weight in zip(ITEMS[:3], leaves[:3], strict=True)]
    nodes += [Node("b", None, None, branches[1])]
    nodes += [Node(item, "b", item, weight) for item, weight in zip(ITEMS[3:], leaves[3:], strict=True)]
    return IndexTree(tuple(nodes), rollup)


def answers(*, accounts: int = 60, blanks: float = 0.15, extra: int = 0, seed: int = 5) -> pd.DataFrame:
    """A table of answers; ``extra`` people of the second wave live in a province of their own."""
    rng = np.random.default_rng(seed)
    account = np.concatenate([np.arange(accounts), rng.integers(0, accounts, accounts // 2)])
    rows = np.concatenate([account, account])
    names = np.array(list(GROUPS))[account % 4]
    level = np.array([GROUPS[name] for name in names])
    halo = rng.normal(size=accounts)[rows] + np.tile(level, 2)
    wave = np.repeat(["w1", "w2"], len(account))
    shift = np.where(wave == "w2", 0.2, 0.0)[:, None] * np.array([2, 1, 0, 0, -1, 1])
    x = np.clip(np.round(7 + halo[:, None] + shift + rng.normal(0, 1.3, (len(rows), 6))), 1, 10)
    x[rng.random(x.shape) < blanks] = np.nan
    table = pd.DataFrame(x, columns=ITEMS)
    table["wave"], table["account"] = wave, [f"A{number:03d}" for number in rows]
    table["province"] = np.tile(names, 2)
    table["size"] = np.where(rows % 3 == 0, "large", "small")
    table["weight"] = np.where(rows % 3 == 0, 0.5, 1.25)
    return _with_extra(table, extra)


def _with_extra(table: pd.DataFrame, extra: int) -> pd.DataFrame:
    if not extra:
        return table
    more = table[table["wave"] == "w2"].head(extra).copy()
    more["province"], more["size"] = "isle", "small"
    more["account"] = [f"X{number:03d}" for number in range(extra)]
    return pd.concat([table, more], ignore_index=True)


def sample_of(table: pd.DataFrame) -> Sample:
    """Stack the table into a sample with its design."""
    return sample_from_frame(
        table,
        ITEMS,
        scale=(1, 10),
        weights="weight",
        wave="wave",
        cluster="account",
        strata="size",
        segments=["province"],
    )


def in_order(sample: Sample, items: tuple[str, ...]) -> Floats:
    """Scores with columns in the order of the items of a tree."""
    return sample.scores[:, [sample.items.index(item) for item in items]]
