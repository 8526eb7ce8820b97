"""Weights that meet a target of effective importance, and say where they cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.derived_weights import DerivedWeights
from analysis.importance import Importance, index_importance
from analysis.index import IndexTree, Node, flat_tree
from analysis.results import Estimate
from analysis.sample import Floats
from analysis.tabular import sample_from_frame
from analysis.target_weights import importance_shares, meet_target, target_weights
from analysis.weight_caveats import reweighted

ITEMS = ("a", "b", "c", "d")
TREE = IndexTree(
    (
        Node("one", None, None, 2.0),
        Node("a", "one", "a", 1.0),
        Node("b", "one", "b", 2.0),
        Node("two", None, None, 1.0),
        Node("c", "two", "c", 1.0),
        Node("d", "two", "d", 1.0),
    )
)


def covariance(seed: int, k: int, common: float = 0.5) -> Floats:
    rng = np.random.default_rng(seed)
    x = common * rng.normal(size=(200, 1)) + rng.normal(size=(200, k)) * rng.uniform(0.5, 3, k)
    return np.asarray(np.cov(x.T))


@pytest.mark.parametrize("r", [-0.9, -0.3, 0.0, 0.4, 0.95])
@pytest.mark.parametrize("ratio", [0.2, 1.0, 5.0])
def test_two_items_of_equal_importance_weigh_one_over_their_deviation(r: float, ratio: float) -> None:
    c = np.array([[1.0, r * ratio], [r * ratio, ratio**2]])
    found = meet_target(c, np.ones(2), 0.0)
    inverse = np.array([1.0, 1 / ratio])
    # The search ends where the squares of the shares' distances sum to 1e-16.
    np.testing.assert_allclose(found.weights, inverse / inverse.sum(), rtol=1e-8)
    assert found.misfit < 1e-9


def test_uncorrelated_items_have_a_formula() -> None:
    # S_j = W_j² v_j / Σ: shares in proportion to τ need W_j in proportion to √(τ_j / v_j).
    v, target = np.array([1.0, 4.0, 0.25]), np.array([0.5, 0.3, 0.2])
    expected = np.sqrt(target / v)
    found = meet_target(np.diag(v), target, 0.0)
    np.testing.assert_allclose(found.weights, expected / expected.sum(), rtol=1e-7)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), k=st.integers(2, 8))
def test_weights_are_on_the_simplex_above_the_least_and_the_misfit_is_told(seed: int, k: int) -> None:
    c = covariance(seed, k)
    target = np.random.default_rng(seed).dirichlet(np.ones(k))
    found = meet_target(c, target, 0.03)
    assert found.weights.sum() == pytest.approx(1.0, rel=1e-12)
    assert found.weights.min() >= 0.03 - 1e-9
    shares = importance_shares(c, found.weights)
    np.testing.assert_allclose(found.shares, shares, rtol=1e-9)
    assert found.misfit == pytest.approx(np.abs(shares - target).max(), rel=1e-9, abs=1e-12)
    # No small step from here inside the simplex is better.
    distance = float(((shares - target) ** 2).sum())
    for step in np.random.default_rng(seed).dirichlet(np.ones(k), 20):
        near = 0.999 * found.weights + 0.001 * (0.03 + (1 - 0.03 * k) * step)
        assert ((importance_shares(c, near) - target) ** 2).sum() >= distance - 1e-12


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.001, 1000))
def test_units_and_names_do_not_matter(seed: int, scale: float) -> None:
    c, order = covariance(seed, 4), np.random.default_rng(seed).permutation(4)
    found = meet_target(c, np.ones(4), 0.02).weights
    np.testing.assert_allclose(meet_target(scale * c, np.ones(4), 0.02).weights, found, rtol=1e-6)
    np.testing.assert_allclose(
        meet_target(c[np.ix_(order, order)], np.ones(4), 0.02).weights, found[order], rtol=1e-6
    )


@pytest.mark.parametrize("lower", [-0.1, 0.26])
def test_least_weights_that_leave_no_room_are_refused(lower: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 0\.25"):
        meet_target(np.eye(4), np.ones(4), lower)


def survey(seed: int = 1, n: int = 400, common: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = common * rng.normal(size=(n, 1)) + rng.normal(size=(n, 4)) * [1.0, 2.0, 0.7, 1.4]
    frame = pd.DataFrame(np.clip(np.round(6 + x), 1, 10), columns=list(ITEMS))
    return frame.assign(w=rng.integers(1, 4, n).astype(float))


def derive(frame: pd.DataFrame, target: Any = None, tree: IndexTree = TREE, **options: Any) -> DerivedWeights:
    return target_weights(
        sample_from_frame(frame, ITEMS, scale=(1, 10), weights="w"), tree, target, **options
    )


def importances(frame: pd.DataFrame, tree: IndexTree) -> dict[str, float]:
    found = index_importance(sample_from_frame(frame, ITEMS, scale=(1, 10), weights="w"), tree, replicates=10)
    assert isinstance(found, Importance)
    shares = {node.id: node.share for node in found.nodes if node.item}
    return {name: share.value for name, share in shares.items() if isinstance(share, Estimate)}


def test_derived_weights_have_the_importance_that_was_asked_for() -> None:
    frame = survey()
    target = {"a": 1.0, "b": 2.0, "c": 1.0, "d": 1.0}
    found = derive(frame, target)
    # Measured again on people's own indices: without blanks the same thing.
    measured = importances(frame, reweighted(TREE, found.weights))
    assert measured == pytest.approx({"a": 0.2, "b": 0.4, "c": 0.2, "d": 0.2}, abs=1e-8)
    assert found.evidence["importance_before"] == pytest.approx(importances(frame, TREE))
    assert found.evidence["misfit"] < 1e-8
    assert found.caveats[0].key == "target"


def test_equal_importance_is_the_default() -> None:
    frame = survey()
    assert derive(frame).weights == derive(frame, dict.fromkeys(ITEMS, 7.0)).weights


def test_integer_weights_are_repeated_rows() -> None:
    frame = survey()
    repeated = frame.loc[frame.index.repeat(frame["w"].astype(int))].assign(w=1.0)
    assert derive(repeated).weights == pytest.approx(dict(derive(frame).weights), rel=1e-7)


def told(found: DerivedWeights) -> dict[str, Any]:
    return {caveat.key: caveat.values for caveat in (*found.caveats, *found.blocked)}


def test_a_target_that_cannot_be_met_is_said() -> None:
    frame = survey(common=3.0)
    found = derive(frame, {"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0})
    assert found.evidence["misfit"] > 0.05
    assert told(found)["target_missed"]["nodes"] == ("a", "b", "c", "d")
    assert told(found)["at_lower"]["nodes"] == ("b", "c", "d")
    assert not found.blocked


def test_items_that_go_against_the_index_are_named() -> None:
    frame = survey(common=2.0).assign(c=lambda f: 11 - f["c"])
    found = derive(frame, {"a": 1.0, "b": 1.0, "c": 0.1, "d": 1.0})
    assert told(found)["against_index"]["nodes"] == ("c",)


def test_what_cannot_be_weighed_is_blocked() -> None:
    few = survey()
    few.loc[20:, "a"] = np.nan
    assert told(derive(few))["few_answers"] == {"nodes": ("a",), "fewest": 30}
    assert told(derive(survey().assign(d=5.0)))["target_no_spread"] == {"nodes": ("d",)}
    assert derive(few).weights == pytest.approx(
        dict(zip([n.id for n in TREE.nodes], TREE.relative, strict=True))
    )


def test_the_least_weight_gets_smaller_with_many_items() -> None:
    rng = np.random.default_rng(3)
    names = tuple(f"q{j:02d}" for j in range(30))
    frame = pd.DataFrame(rng.integers(1, 11, (200, 30)).astype(float), columns=list(names))
    found = target_weights(
        sample_from_frame(frame, names, scale=(1, 10)), flat_tree(dict.fromkeys(names, 1.0))
    )
    assert found.evidence["lower"] == pytest.approx(0.5 / 30)


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ({"a": 1}, "lacks 'b', 'c', 'd'"),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}, "no item 'e'"),
        ({"a": -1, "b": 1, "c": 1, "d": 1}, "0 or more"),
        (dict.fromkeys(ITEMS, 0), "0 or more"),
    ],
)
def test_targets_that_are_none_are_refused(target: dict[str, float], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        derive(survey(), target)
