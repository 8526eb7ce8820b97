"""The chain of a group is that of its people alone, and groups differ only where their difference says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_mediation import STEP, sample_of, simulated, values

from analysis import mediation_chain
from analysis.chain_groups import ChainGroup, ChainGroups, chain_by_group
from analysis.mediation_results import MediationChain
from analysis.plain import plain

DESIGN = {"weights": "w", "cluster": "account", "strata": "stratum"}


def halves(n: int = 500, more: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """A chain in two groups of accounts and a few people of a third; ``more`` is added in ``big``."""
    frame = simulated(n, seed)
    big = (frame["account"] % 4 < 2).to_numpy()
    frame["size"] = np.where(big, "big", "small")
    frame.loc[:9, "size"] = "tiny"
    frame.loc[10, "size"] = None
    grown = more * (frame["loyalty"] - 50) + more * (frame["sat"] - 50)
    frame["recommend"] += np.where(frame["size"] == "big", grown, 0.0)
    return frame


def by_size(frame: pd.DataFrame, replicates: int = 100, **options: object) -> ChainGroups:
    sample = sample_of(frame, ["item"], segments=["size"], **DESIGN)
    return chain_by_group(sample, "Q", "size", **STEP, replicates=replicates, **options)  # type: ignore[arg-type] # any


def group(found: ChainGroups, value: str) -> ChainGroup:
    (part,) = (part for part in found.groups if part.value == value)
    return part


def test_the_chain_of_a_group_is_that_of_its_people() -> None:
    frame = halves()
    found = by_size(frame)
    for value in ("big", "small"):
        alone = mediation_chain(
            sample_of(frame[frame["size"] == value], ["item"], **DESIGN), "Q", **STEP, replicates=20
        )
        assert isinstance(alone, MediationChain)
        # The same equations; only the order of sums differs.
        np.testing.assert_allclose(values(group(found, value).chain), values(alone), rtol=1e-9)
        assert group(found, value).chain.n == alone.n
    assert found.missing[0][0] == "tiny"
    assert found.missing[0][1].reason == "small_base"


def test_the_difference_is_from_everybody_else_and_knows_those_in_no_group() -> None:
    frame = halves()
    part = group(by_size(frame), "big")
    others = mediation_chain(
        sample_of(frame[frame["size"] != "big"], ["item"], **DESIGN), "Q", **STEP, replicates=20
    )
    assert isinstance(others, MediationChain)
    assert part.difference is not None
    expected = part.chain.indirect.value - others.indirect.value
    assert part.difference.value == pytest.approx(expected, rel=1e-9)


def test_groups_of_one_chain_are_seldom_told_apart() -> None:
    found = [group(by_size(halves(seed=seed)), "big").p for seed in range(12)]
    # One in twenty is what the level allows.
    assert sum(p is not None and p < 0.05 for p in found) <= 2
    assert len({p for p in found if p is not None}) > 8


def test_groups_of_two_chains_are_told_apart() -> None:
    apart = by_size(halves(more=1.0), replicates=200)
    assert group(apart, "big").verdict == "higher"
    assert group(apart, "small").verdict == "lower"
    # Twice one of 201 draws, over a family of two of which both are the least there is.
    assert group(apart, "big").q == pytest.approx(2 / 201)
    assert plain(apart)["groups"][0]["verdict"] in ("higher", "lower")


def test_the_segment_itself_is_no_covariate_of_its_groups() -> None:
    assert values(by_size(halves(), covariates=["size"]).groups[0].chain) == values(
        by_size(halves()).groups[0].chain
    )
