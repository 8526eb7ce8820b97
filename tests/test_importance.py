"""Effective importance: what can be worked out by hand, identities, and every way to write the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.importance import Importance, NodeImportance, index_importance
from analysis.index import IndexTree, Node, RollUp, flat_tree
from analysis.results import Estimate, TooFew
from analysis.sample import Sample
from analysis.tabular import sample_from_frame
from analysis.tracking import index_by_wave

ITEMS = ("a", "b", "c", "d")
FIGURES = ("squared_correlation", "first_order", "share", "covariance_share", "contribution")


def tree(rollup: RollUp = "aggregate") -> IndexTree:
    return IndexTree(
        (
            Node("one", None, None, 2.0),
            Node("leaf_a", "one", "a", 1.0),
            Node("leaf_b", "one", "b", 2.0),
            Node("two", None, None, 1.0),
            Node("leaf_c", "two", "c", 1.0),
            Node("leaf_d", "two", "d", 1.0),
        ),
        rollup,
    )


def answers(seed: int = 1, n: int = 200, gaps: float = 0.05) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 1)) + rng.normal(size=(n, 4)) * [1.0, 2.0, 0.7, 1.4]
    x = np.clip(np.round(6 + x), 1, 10)
    x[rng.random(x.shape) < gaps] = np.nan
    frame = pd.DataFrame(x, columns=list(ITEMS))
    return frame.assign(w=rng.integers(1, 4, n).astype(float), customer=[f"C{i // 2:03d}" for i in range(n)])


def sample(frame: pd.DataFrame, items: tuple[str, ...] = ITEMS) -> Sample:
    return sample_from_frame(frame, items, scale=(1, 10), weights="w", cluster="customer")


def importance(frame: pd.DataFrame, of: IndexTree, **options: Any) -> Importance:
    found = index_importance(sample(frame, of.items), of, **({"replicates": 60} | options))
    assert isinstance(found, Importance)
    return found


def value(node: NodeImportance, figure: str) -> float:
    estimate = getattr(node, figure)
    assert isinstance(estimate, Estimate), (node.id, figure)
    return estimate.value


def test_uncorrelated_items_have_formulas() -> None:
    # All pairs of answers once: a and b uncorrelated, b with twice the deviation of a, weights 2 : 1.
    grid = [(a, b) for a in (4.0, 5.0, 6.0) for b in (3.0, 5.0, 7.0)] * 8
    frame = pd.DataFrame(grid, columns=["a", "b"]).assign(w=1.0, customer=[f"C{i:03d}" for i in range(72)])
    one, two = importance(frame, flat_tree({"a": 1, "b": 1})).nodes
    # corr² = W²v / Σ W²v with v 1 : 4.
    assert value(one, "squared_correlation") == pytest.approx(0.2)
    assert value(two, "squared_correlation") == pytest.approx(0.8)
    assert value(one, "covariance_share") == pytest.approx(0.2)
    assert (one.reading, two.reading) == ("less", "more")
    # The relation is straight, so the raw ratio is corr²; ε² takes off (1 − η²)(K − 1)/(n − K).
    for node, raw in ((one, 0.2), (two, 0.8)):
        assert value(node, "first_order") == pytest.approx(1 - (1 - raw) * 71 / 69)


def test_a_bent_relation_shows_in_the_first_order_share_alone() -> None:
    # b rises where a is extreme: a and the index hang together, yet not along a line.
    a = np.repeat([1.0, 5.5, 10.0], 40)
    b = np.where(a == 5.5, 1.0, 10.0)
    frame = pd.DataFrame({"a": a, "b": b}).assign(w=1.0, customer=[f"C{i:03d}" for i in range(120)])
    first = importance(frame, flat_tree({"a": 1, "b": 9})).nodes[0]
    assert value(first, "first_order") == pytest.approx(1.0)
    assert value(first, "squared_correlation") < 0.1


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_parts_add_up(rollup: RollUp) -> None:
    found = importance(answers(), tree(rollup))
    assert isinstance(found.index, Estimate)
    for figure, total in (("covariance_share", 1.0), ("contribution", found.index.value)):
        by_id = {node.id: value(node, figure) for node in found.nodes}
        assert sum(by_id[n.id] for n in found.nodes if n.parent is None) == pytest.approx(total, rel=1e-10)
        for branch in ("one", "two"):
            children = sum(by_id[n.id] for n in found.nodes if n.parent == branch)
            assert children == pytest.approx(by_id[branch], rel=1e-10)
    leaves = [value(node, "share") for node in found.nodes if node.item]
    branches = [value(node, "share") for node in found.nodes if not node.item]
    assert sum(leaves) == pytest.approx(1.0, rel=1e-12)
    assert sum(branches) == pytest.approx(1.0, rel=1e-12)


def test_the_index_is_the_published_one() -> None:
    frame = answers()
    trend, nodes = index_by_wave(sample(frame), tree())
    found = importance(frame, tree())
    assert isinstance(found.index, Estimate)
    assert found.index.value == pytest.approx(trend[-1].index.value, rel=1e-12)
    assert found.index.se == pytest.approx(trend[-1].index.se, rel=1e-9)
    for mine, published in zip(found.nodes, nodes, strict=True):
        assert isinstance(published.score, Estimate)
        expected = published.effective_weight * published.score.value
        assert value(mine, "contribution") == pytest.approx(expected, rel=1e-12)
        assert isinstance(mine.contribution, Estimate)
        assert mine.contribution.se == pytest.approx(published.effective_weight * (published.score.se or 0))


def test_without_gaps_figures_follow_from_the_covariances() -> None:
    frame = answers(gaps=0.0)
    found = importance(frame, tree())
    x, w = sample(frame).scores, frame["w"].to_numpy()
    z = x - (w @ x) / w.sum()
    c = (w[:, None] * z).T @ z / w.sum()
    weights = np.array([node.effective_weight for node in found.nodes if node.item])
    with_index, variance = c @ weights, weights @ c @ weights
    leaves = [node for node in found.nodes if node.item]
    squared = with_index**2 / np.diag(c) / variance
    np.testing.assert_allclose([value(n, "squared_correlation") for n in leaves], squared, rtol=1e-10)
    np.testing.assert_allclose([value(n, "share") for n in leaves], squared / squared.sum(), rtol=1e-10)
    parts = weights * with_index / variance
    np.testing.assert_allclose([value(n, "covariance_share") for n in leaves], parts, rtol=1e-10)
    assert found.deviation == pytest.approx(np.sqrt(variance))


def test_an_index_of_one_item_is_that_item() -> None:
    found = importance(answers(), flat_tree({"a": 1}))
    for figure in ("squared_correlation", "first_order", "share", "covariance_share"):
        assert value(found.nodes[0], figure) == pytest.approx(1.0)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 100))
def test_how_the_answers_are_written_does_not_matter(seed: int, scale: float) -> None:
    frame = answers(seed)
    found = importance(frame, tree())
    names = dict(zip(ITEMS, "rxyz", strict=True))
    renamed = IndexTree(
        tuple(
            Node(f"n_{n.id}", n.parent and f"n_{n.parent}", n.item and names[n.item], n.weight)
            for n in tree().nodes
        )
    )
    others = [
        importance(frame.sample(frac=1, random_state=seed), tree()),
        importance(frame.assign(w=scale * frame["w"]), tree()),
        importance(frame.rename(columns=names), renamed),
    ]
    for other in others:
        for mine, its in zip(found.nodes, other.nodes, strict=True):
            for figure in FIGURES:
                one, two = getattr(mine, figure), getattr(its, figure)
                # Only the order of addition differs; replicates belong to customers.
                assert (two.value, two.low, two.high) == pytest.approx(
                    (one.value, one.low, one.high), rel=1e-6
                )


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 1000))
def test_integer_weights_are_repeated_rows(seed: int) -> None:
    frame = answers(seed)
    repeated = frame.loc[frame.index.repeat(frame["w"].astype(int))].assign(w=1.0)
    for mine, its in zip(importance(frame, tree()).nodes, importance(repeated, tree()).nodes, strict=True):
        # The first-order share takes off what chance gives, which depends on how many people there are.
        for figure in ("squared_correlation", "share", "covariance_share", "contribution"):
            assert value(its, figure) == pytest.approx(value(mine, figure), rel=1e-9)


def test_a_person_without_any_answer_changes_nothing() -> None:
    frame = answers()
    more = pd.concat([frame, pd.DataFrame([{"w": 2.0, "customer": "C001"}])])
    for mine, its in zip(importance(frame, tree()).nodes, importance(more, tree()).nodes, strict=True):
        for figure in FIGURES:
            assert value(its, figure) == pytest.approx(value(mine, figure), rel=1e-12)


def test_pure_chance_has_no_first_order_share_on_average() -> None:
    # An item of weight 0 that nothing hangs on: η² alone would be (K − 1)/(n − 1) = .05 on average.
    rng = np.random.default_rng(5)
    found = []
    for _ in range(40):
        x = rng.integers(1, 11, (180, 2)).astype(float)
        frame = pd.DataFrame(x, columns=["a", "b"]).assign(w=1.0, customer=[f"C{i:03d}" for i in range(180)])
        found.append(
            value(importance(frame, flat_tree({"a": 0, "b": 1}), replicates=2).nodes[0], "first_order")
        )
    # Negative values count as 0, which leaves a little of the chance.
    assert np.mean(found) < 0.02


def test_nodes_with_few_answers_are_not_shown() -> None:
    frame = answers()
    frame.loc[8:, "c"] = np.nan
    found = index_importance(sample(frame), tree(), replicates=20)
    assert isinstance(found, Importance)
    hidden = {node.id for node in found.nodes if isinstance(node.share, TooFew)}
    assert "leaf_c" in hidden
    assert len(hidden) >= 2
    shown = [node for node in found.nodes if node.item and node.id not in hidden]
    assert sum(value(node, "share") for node in shown) == pytest.approx(1.0)
    for node in found.nodes:
        assert all(isinstance(getattr(node, f), TooFew) == (node.id in hidden) for f in FIGURES)
        assert (node.reading is None) == (node.id in hidden)


def test_what_has_no_importance_says_why() -> None:
    frame = answers()
    assert index_importance(sample(frame.head(8)), tree(), replicates=20) == TooFew(8, "disclosure")
    same = frame.assign(**dict.fromkeys(ITEMS, 7.0))
    assert index_importance(sample(same), tree(), replicates=20) == TooFew(200, "no_spread")
