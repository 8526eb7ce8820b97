"""Drawn weights are weights of the tree; their reach is exact."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.index import IndexTree, Node, flat_tree
from analysis.sample import Floats
from analysis.weight_draws import Perturbation, leaf_weights, normalised, reach

TREE = IndexTree(
    (
        Node("a", None, None, 3),
        Node("a1", "a", "q1", 1),
        Node("a2", "a", "q2", 3),
        Node("b", None, None, 1),
        Node("b1", "b", None, 2),
        Node("b11", "b1", "q3", 5),
        Node("b12", "b1", "q4", 5),
        Node("b2", "b", "q5", 2),
    )
)


def test_weights_without_perturbation_are_those_of_the_tree() -> None:
    raw = Perturbation(0.0).raw(np.full((1, 8), 0.3), TREE.relative)
    relative = normalised(TREE, raw)
    np.testing.assert_allclose(relative[0], TREE.relative, rtol=1e-15)
    np.testing.assert_allclose(leaf_weights(TREE, relative)[0], TREE.matrix[:, -1], rtol=1e-15)


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=8, max_size=8), min_size=1, max_size=4), st.floats(0, 0.99)
)
def test_drawn_weights_of_a_family_sum_to_one_and_stay_within_the_spread(
    uniforms: list[list[float]], spread: float
) -> None:
    raw = Perturbation(spread).raw(np.array(uniforms), TREE.relative)
    assert (raw >= TREE.relative * (1 - spread) - 1e-15).all()
    assert (raw <= TREE.relative * (1 + spread) + 1e-15).all()
    relative = normalised(TREE, raw)
    for children in ([0, 3], [1, 2], [4, 7], [5, 6]):
        np.testing.assert_allclose(relative[:, children].sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(leaf_weights(TREE, relative).sum(axis=1), 1, rtol=1e-14)


def test_dirichlet_weights_have_the_moments_of_their_distribution() -> None:
    tree, kappa = flat_tree({"q1": 0.5, "q2": 0.3, "q3": 0.2, "q4": 0.0}), 40.0
    uniforms = np.random.default_rng(2).random((40_000, 4))
    found = normalised(tree, Perturbation(concentration=kappa).raw(uniforms, tree.relative))
    exact = tree.relative * (1 - tree.relative) / (kappa + 1)
    # Four Monte-Carlo errors: of a mean σ/√N, of a variance about V·√(2/N).
    assert (np.abs(found.mean(axis=0) - tree.relative) <= 4 * np.sqrt(exact / 40_000)).all()
    np.testing.assert_allclose(found.var(axis=0), exact, rtol=4 * np.sqrt(2 / 40_000))
    assert (found[:, 3] == 0).all()


def test_a_branch_without_weighty_children_weighs_nothing() -> None:
    raw = TREE.relative[None].copy()
    raw[0, [5, 6]] = 0.0
    relative = normalised(TREE, raw)
    np.testing.assert_allclose(relative[0, [4, 7]], [0, 1])
    assert leaf_weights(TREE, relative)[0].sum() == pytest.approx(1)


def corners(means: Floats, spread: float) -> tuple[float, float]:
    """Lowest and highest index over all corners of the box of raw weights."""
    signs = np.array(list(product([-1, 1], repeat=len(TREE.nodes))))
    weights = leaf_weights(TREE, normalised(TREE, TREE.relative * (1 + spread * signs)))
    found = weights @ means
    return found.min(), found.max()


@given(st.lists(st.floats(0, 100), min_size=5, max_size=5), st.floats(0, 0.9))
def test_the_reach_is_that_of_the_worst_and_the_best_corner(means: list[float], spread: float) -> None:
    scores = np.array(means)
    low, high = reach(TREE, TREE.relative, scores[None], spread)
    # A ratio of linear functions over a box is extreme in a corner; sums of five doubles of up to 100.
    assert (low[0], high[0]) == pytest.approx(corners(scores, spread), abs=1e-11)


@pytest.mark.parametrize("spread", [-0.1, 1.0, float("nan")])
def test_a_spread_that_is_no_share_is_refused(spread: float) -> None:
    with pytest.raises(ValueError, match="from 0 to below 1"):
        Perturbation(spread)


@pytest.mark.parametrize("concentration", [0.0, -1.0, float("inf")])
def test_a_concentration_of_nothing_is_refused(concentration: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Perturbation(concentration=concentration)
