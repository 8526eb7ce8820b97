"""Equal, entropy, CRITIC and PCA weights equal their formulas, and hold for every way to write the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.derived_weights import DerivedWeights
from analysis.design import Design
from analysis.index import IndexTree, Node, flat_tree
from analysis.missing import item_moments
from analysis.objective_weights import (
    FamilyMethod,
    critic,
    entropy,
    equal_weights,
    first_component,
    objective_weights,
)
from analysis.sample import Floats, Sample
from analysis.sibling_moments import SiblingMoments, sibling_moments
from analysis.tabular import sample_from_frame

METHODS: tuple[FamilyMethod, ...] = ("entropy", "critic", "pca")
TREE = IndexTree(
    (
        Node("service", None, None, 2.0),
        Node("q1", "service", "q1", 1.0),
        Node("q2", "service", "q2", 3.0),
        Node("q3", "service", "q3", 1.0),
        Node("product", None, None, 1.0),
        Node("q4", "product", "q4", 1.0),
        Node("q5", "product", "q5", 1.0),
        Node("q6", "product", "q6", 2.0),
    )
)


def moments(rows: Any, weights: Any = None) -> SiblingMoments:
    x = np.array(rows, dtype=np.float64)
    n = len(x)
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    return sibling_moments(x, Design(w, np.zeros(n, dtype=np.int64), np.arange(n)))


def shares(raw: Floats) -> Floats:
    return raw[:, 0] / raw[:, 0].sum()


def answers(seed: int = 1, n: int = 120) -> pd.DataFrame:
    """Six items with a common part and gaps, a weight and customers of two answers each."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    x = np.clip(np.round(6 + (0.8 * common + rng.normal(size=(n, 6))) * [1, 1.5, 0.7, 2, 1, 1.2]), 1, 10)
    x[rng.random(x.shape) < 0.08] = np.nan
    frame = pd.DataFrame(x, columns=list(TREE.items))
    return frame.assign(w=rng.integers(1, 4, n).astype(float), customer=[f"C{i // 2:03d}" for i in range(n)])


def sample(frame: pd.DataFrame, items: tuple[str, ...] = TREE.items) -> Sample:
    return sample_from_frame(frame, items, scale=(1, 10), weights="w", cluster="customer")


def derived(
    frame: pd.DataFrame, method: FamilyMethod, tree: IndexTree = TREE, **options: Any
) -> DerivedWeights:
    return objective_weights(sample(frame, tree.items), tree, method, replicates=60, **options)


def test_entropy_has_a_formula() -> None:
    found = entropy(moments([[1, 1], [1, 2], [2, 3], [4, 10]]))
    # 1.75 bits of 2; the other values are printed with six digits.
    assert 1 - found[0, 0] == pytest.approx(0.875, rel=1e-14)
    assert 1 - found[1, 0] == pytest.approx(0.750807, abs=5e-7)
    np.testing.assert_allclose(shares(found), [0.334052, 0.665948], atol=5e-7)


def test_entropy_depends_on_where_zero_lies() -> None:
    shifted = entropy(moments([[11, 11], [11, 12], [12, 13], [14, 20]]))
    np.testing.assert_allclose(shares(shifted), [0.145749, 0.854251], atol=5e-7)


def test_entropy_is_what_the_textbook_sums() -> None:
    x = np.array([[0.0, 3], [50, 7], [100, 0], [25, 90], [75, 1]])
    p = x / x.sum(axis=0)
    e = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=0) / np.log(5)
    np.testing.assert_allclose(1 - entropy(moments(x))[:, 0], e, rtol=1e-13)


def test_critic_has_a_formula() -> None:
    found = critic(moments([[0, 0, 1], [0.5, 1, 0.5], [1, 0.5, 0]]))
    np.testing.assert_allclose(shares(found), [0.3125, 0.25, 0.4375], rtol=1e-13)


def test_critic_does_not_depend_on_units() -> None:
    x = np.random.default_rng(2).random((40, 4))
    found = critic(moments(x * [1, 10, 100, 3] + [5, 0, 2, 0]))
    np.testing.assert_allclose(shares(found), shares(critic(moments(x))), rtol=1e-10)


def test_a_column_without_spread_gets_nothing_and_is_no_disagreement() -> None:
    x = np.random.default_rng(3).random((40, 3))
    still = moments(np.column_stack([x, np.full(40, 0.7)]))
    for method in (entropy, critic):
        np.testing.assert_allclose(shares(method(still)), [*shares(method(moments(x))), 0.0], rtol=1e-10)


def test_equally_correlated_items_have_equal_loadings() -> None:
    r = np.full((4, 4), 0.4)
    np.fill_diagonal(r, 1.0)
    vectors, values = first_component(r[:, :, None])
    np.testing.assert_allclose(vectors[:, 0], 0.5, rtol=1e-13)
    # Eigenvalues of equal correlations: 1 + (k − 1) r once, 1 − r otherwise.
    np.testing.assert_allclose(values[:, 0], [2.2, 0.6, 0.6, 0.6], rtol=1e-13)


def test_squares_of_the_first_component_sum_to_one() -> None:
    x = np.random.default_rng(4).normal(size=(60, 1)) + np.random.default_rng(5).normal(size=(60, 4))
    vectors, _ = first_component(np.corrcoef(x.T)[:, :, None])
    assert (vectors[:, 0] ** 2).sum() == pytest.approx(1.0, rel=1e-13)


def test_pairs_are_the_pairwise_moments_of_the_scales() -> None:
    frame = answers()
    x = frame[list(TREE.items)].to_numpy(dtype=np.float64)
    expected = item_moments(TREE.items, x, frame["w"].to_numpy(), method="pairwise")
    found = moments(x, frame["w"])
    # Two ways to sum the same products.
    np.testing.assert_allclose(found.correlation[:, :, 0], expected.correlation, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.mean[:, 0], expected.means, rtol=1e-12)
    np.testing.assert_array_equal(found.together, expected.n_pairs)


def test_equal_weights_are_equal_among_siblings() -> None:
    found = equal_weights(TREE)
    assert found.weights["service"] == found.weights["product"] == 0.5
    assert found.weights["q1"] == pytest.approx(1 / 3)
    assert not found.blocked
    assert found.caveats[0].key == "equal"


@pytest.mark.parametrize("method", METHODS)
def test_branches_are_scored_with_the_weights_found_below_them(method: FamilyMethod) -> None:
    frame = answers().dropna()
    found = derived(frame, method).weights
    x = sample(frame).scores
    kernels = {
        "entropy": entropy,
        "critic": critic,
        "pca": lambda m: np.maximum(first_component(m.correlation)[0], 0),
    }
    below = shares(kernels[method](moments(x[:, :3], frame["w"])))
    np.testing.assert_allclose([found["q1"], found["q2"], found["q3"]], below, rtol=1e-9)
    other = shares(kernels[method](moments(x[:, 3:], frame["w"])))
    branches = np.column_stack([x[:, :3] @ below, x[:, 3:] @ other])
    above = shares(kernels[method](moments(branches, frame["w"])))
    np.testing.assert_allclose([found["service"], found["product"]], above, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_weights_in_use_before_do_not_matter(method: FamilyMethod) -> None:
    before = flat_tree({"q1": 1, "q2": 5, "q3": 2})
    after = flat_tree({"q1": 3, "q2": 0, "q3": 1})
    frame = answers()
    assert derived(frame, method, before).weights == derived(frame, method, after).weights


def close(one: Mapping[str, float], two: Mapping[str, float]) -> None:
    # Only the order of addition differs.
    assert one == pytest.approx(dict(two), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 100))
def test_how_the_answers_are_written_does_not_matter(method: FamilyMethod, seed: int, scale: float) -> None:
    frame = answers(seed)
    found = derived(frame, method)
    shuffled = frame.sample(frac=1, random_state=seed)
    close(found.weights, derived(shuffled, method).weights)
    close(found.weights, derived(frame.assign(w=scale * frame["w"]), method).weights)
    repeated = frame.loc[frame.index.repeat(frame["w"].astype(int))].assign(w=1.0)
    close(found.weights, derived(repeated, method).weights)
    names = {item: f"item_{j}" for j, item in enumerate(TREE.items)}
    renamed = IndexTree(
        tuple(
            Node(f"n{node.id}", f"n{node.parent}" if node.parent else None, names.get(node.item or ""), 1.0)
            for node in TREE.nodes
        )
    )
    other = derived(frame.rename(columns=names), method, renamed)
    close({f"n{name}": weight for name, weight in found.weights.items()}, other.weights)
    for name, of in (("shuffled", shuffled), ("repeated", repeated)):
        same = derived(of, method).evidence["families"][0]["children"][0]
        assert same["low"] == pytest.approx(found.evidence["families"][0]["children"][0]["low"], rel=1e-7), (
            name
        )


@pytest.mark.parametrize("method", METHODS)
def test_a_person_without_any_answer_changes_nothing(method: FamilyMethod) -> None:
    frame = answers()
    empty = pd.DataFrame([{"w": 2.0, "customer": "C001"}])
    close(derived(frame, method).weights, derived(pd.concat([frame, empty]), method).weights)


@pytest.mark.parametrize("method", METHODS)
def test_evidence_says_what_the_weights_rest_on(method: FamilyMethod) -> None:
    found = derived(answers(), method, seed=7)
    families = {family["parent"]: family for family in found.evidence["families"]}
    assert set(families) == {None, "service", "product"}
    assert (found.evidence["seed"], found.evidence["n"]) == (7, 120)
    for family in families.values():
        for child in family["children"]:
            assert child["weight"] == pytest.approx(found.weights[child["id"]])
            assert child["low"] <= child["weight"] <= child["high"]
    assert found.caveats[0].key == method
    assert "base_wave" in {caveat.key for caveat in found.caveats}


def keys(found: DerivedWeights) -> set[str]:
    return {caveat.key for caveat in found.caveats}


def blocked(found: DerivedWeights) -> dict[str, Mapping[str, Any]]:
    return {caveat.key: caveat.values for caveat in found.blocked}


@pytest.mark.parametrize("squares", [False, True])
def test_mixed_signs_are_no_weights(squares: bool) -> None:
    frame = answers().assign(q2=lambda f: 11 - f["q1"])
    found = derived(frame, "pca", squares=squares)
    assert blocked(found)["mixed_signs"] == {"nodes": ("q2",), "parent": "service"}
    assert found.weights["q2"] == pytest.approx(1 / 3)
    assert {family["parent"] for family in found.evidence["families"]} == {None, "product"}


def test_squares_pull_weights_apart() -> None:
    frame = answers()
    plain, squared = (derived(frame, "pca", squares=s).weights for s in (False, True))
    family = ("q4", "q5", "q6")
    ratio = np.array([plain[q] for q in family]) ** 2
    np.testing.assert_allclose([squared[q] for q in family], ratio / ratio.sum(), rtol=1e-9)


def test_two_siblings_have_equal_loadings_and_it_is_said() -> None:
    found = derived(answers(), "pca", flat_tree({"q1": 1, "q4": 1}))
    assert found.weights["q1"] == pytest.approx(0.5)
    assert {"two_in_family", "like_equal"} <= keys(found)


def test_uncorrelated_items_have_no_first_component() -> None:
    grid = pd.DataFrame(
        [(a, b) for a in range(1, 11) for b in range(1, 11)], columns=["q1", "q2"], dtype=float
    )
    grid = grid.assign(w=1.0, customer=[f"C{i:03d}" for i in range(100)])
    assert "no_first_component" in blocked(derived(grid, "pca", flat_tree({"q1": 1, "q2": 1})))


def test_pairwise_correlations_that_nobody_has_are_refused() -> None:
    rng = np.random.default_rng(6)
    a, noise = rng.integers(1, 11, (300,)).astype(float), rng.integers(1, 11, (300,)).astype(float)
    block = np.repeat(np.arange(3), 100)
    # q1 and q2 agree, q2 and q3 agree, q1 and q3 are opposites, each pair among people of its own.
    frame = pd.DataFrame(
        {
            "q1": np.where(block == 0, a, np.where(block == 1, np.nan, a)),
            "q2": np.where(block == 2, np.nan, a),
            "q3": np.where(block == 0, np.nan, np.where(block == 1, a, 11 - a)),
            "w": 1.0,
            "customer": [f"C{i:03d}" for i in range(300)],
        }
    )
    found = derived(frame.assign(q4=noise), "pca", flat_tree({"q1": 1, "q2": 1, "q3": 1}))
    assert "pairwise_indefinite" in blocked(found)


@pytest.mark.parametrize("method", METHODS)
def test_items_that_hardly_anybody_answered_are_named(method: FamilyMethod) -> None:
    frame = answers()
    frame.loc[20:, "q5"] = np.nan
    found = derived(frame, method)
    assert blocked(found) == {"few_answers": {"nodes": ("q5",), "fewest": 30}}


@pytest.mark.parametrize("method", METHODS)
def test_a_family_in_which_nothing_varies_is_blocked(method: FamilyMethod) -> None:
    found = derived(answers().assign(q4=7.0, q5=7.0, q6=3.0), method)
    assert blocked(found)["nothing_varies"] == {"parent": "product"}


@pytest.mark.parametrize("method", METHODS)
def test_an_item_without_spread_is_named_and_weighs_nothing(method: FamilyMethod) -> None:
    found = derived(answers().assign(q4=7.0), method)
    assert not found.blocked
    assert found.weights["q4"] == 0
    assert {"no_spread", "zero_weight"} <= keys(found)


def test_unequal_spread_is_not_like_equal_weights() -> None:
    assert "like_equal" not in keys(derived(answers(n=400), "critic"))


def test_a_branch_of_one_weighs_all_of_it() -> None:
    tree = IndexTree((Node("b", None, None, 1.0), Node("q1", "b", "q1", 5.0), Node("q2", None, "q2", 1.0)))
    found = derived(answers(), "entropy", tree)
    assert found.weights["q1"] == 1.0
    assert found.weights["b"] + found.weights["q2"] == pytest.approx(1.0)


def test_weights_of_one_wave_come_from_its_answers_alone() -> None:
    first, second = answers(1), answers(2)
    both = pd.concat([first.assign(wave="a"), second.assign(wave="b")])
    waves = sample_from_frame(both, TREE.items, scale=(1, 10), weights="w", cluster="customer", wave="wave")
    found = objective_weights(waves, TREE, "critic", wave="a", replicates=20)
    close(found.weights, derived(first, "critic").weights)
