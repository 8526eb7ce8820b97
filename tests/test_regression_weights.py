"""Weights from a model of an outcome equal relaimpo and least squares, and are never negative in silence."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS, block
from hypothesis import given, settings
from hypothesis import strategies as st
from swiss import swiss_correlations

from analysis.derived_weights import DerivedWeights
from analysis.drivers import driver_shares
from analysis.index import IndexTree, Node, flat_tree
from analysis.regression_weights import RegressionMethod, nonnegative_coefficients, regression_weights
from analysis.results import TooFew
from analysis.sample import Floats, Sample
from analysis.tabular import sample_from_frame

METHODS: tuple[RegressionMethod, ...] = ("regression", "nonnegative", "lmg")
FOUR = ("coverage", "speed", "value", "billing")
# Closed form on both sides; the references print 12 digits.
CLOSE = {"rtol": 1e-9, "atol": 0.0}


@pytest.fixture(scope="module")
def golden() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def derive(
    sample: Sample, method: RegressionMethod, tree: IndexTree, outcome: str = "sat", **options: Any
) -> DerivedWeights:
    found = regression_weights(sample, tree, outcome, method, **({"replicates": 40} | options))
    assert isinstance(found, DerivedWeights)
    return found


def survey(frame: pd.DataFrame, items: tuple[str, ...], **options: Any) -> Sample:
    return sample_from_frame(frame, items, scale=(1, 5), outcomes=["sat"], **options)


def effective(found: DerivedWeights) -> dict[str, float]:
    return {item["id"]: item["weight"] for item in found.evidence["items"]}


@pytest.mark.parametrize(("start", "weight"), [("[1]", None), ("[1w]", "weight")])
def test_lmg_weights_equal_relaimpo(golden: pd.DataFrame, start: str, weight: str | None) -> None:
    table = block("ref_drivers.txt", start, "lmg first last")
    parts = np.array([table[name][0] for name in FOUR])
    found = derive(survey(golden, FOUR, weights=weight), "lmg", flat_tree(dict.fromkeys(FOUR, 1.0)))
    np.testing.assert_allclose([found.weights[name] for name in FOUR], parts / parts.sum(), **CLOSE)
    assert found.evidence["r_squared"]["value"] == pytest.approx(parts.sum(), rel=1e-9)


def test_an_item_that_was_not_asked_is_one_player_of_two_columns(golden: pd.DataFrame) -> None:
    five = (*FOUR, "care")
    sample = survey(golden, five)
    sample.structural[:, 4] = golden["care"].isna()
    found = derive(sample, "lmg", flat_tree(dict.fromkeys(five, 1.0)))
    table = block("ref_drivers.txt", "[2n]", "lmg first last")
    parts = np.array([table[name][0] for name in five])
    np.testing.assert_allclose([found.weights[name] for name in five], parts / parts.sum(), **CLOSE)
    assert (found.evidence["n"], found.evidence["rows_lost"]) == (480, 0)


def test_lmg_weights_are_the_shares_of_the_driver_table(golden: pd.DataFrame) -> None:
    tree = flat_tree(dict.fromkeys(FOUR, 1.0))
    found = derive(survey(golden, FOUR, weights="weight", cluster="customer"), "lmg", tree, replicates=200)
    table = driver_shares(
        golden, "sat", FOUR, weights="weight", cluster="customer", replicates=200
    ).to_frame()
    for item in found.evidence["items"]:
        row = table.loc[item["id"]]
        assert [item["weight"], item["low"], item["high"]] == pytest.approx(
            list(row[["share", "low", "high"]])
        )


def exactly(correlations: Floats, names: tuple[str, ...], n: int = 400) -> Sample:
    """Points of 100 of n people with exactly these correlations, the outcome last."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, len(names)))
    x -= x.mean(axis=0)
    x = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x / n)).T @ np.linalg.cholesky(correlations).T
    frame = pd.DataFrame(50 + 10 * x, columns=list(names))
    return sample_from_frame(frame, names[:-1], scale=None, outcomes=[names[-1]])


def test_swiss_weights_equal_relaimpo() -> None:
    names, matrix = swiss_correlations()
    sample = exactly(matrix, (*names, "sat"))
    tree = flat_tree(dict.fromkeys(names, 1.0))
    table = block("ref_swiss_attitude.txt", "R2 0.7067", "lmg last first")
    parts = np.array([table[name][0] for name in names])
    found = derive(sample, "lmg", tree)
    np.testing.assert_allclose([found.weights[name] for name in names], parts / parts.sum(), **CLOSE)
    assert found.evidence["r_squared"]["value"] == pytest.approx(0.706735001593, rel=1e-9)
    # Printed in ref_swiss_attitude.txt under "std betas".
    betas = [-0.312921282500, -0.164778222539, -0.670400780106, 0.347600028144, 0.251135976299]
    by_items = derive(sample, "regression", tree)
    found_betas = [item["coefficient"] for item in by_items.evidence["items"]]
    np.testing.assert_allclose(found_betas, betas, rtol=1e-9)
    assert by_items.blocked[0].key == "no_positive_coefficient"
    best = best_under_sign(matrix, ())
    under_sign = derive(sample, "nonnegative", tree).weights
    np.testing.assert_allclose([under_sign[name] for name in names], best / best.sum(), rtol=1e-8, atol=1e-12)
    # Shares have no sign: items that go against the outcome get weights too, and are named.
    against = next(caveat.values["nodes"] for caveat in found.caveats if caveat.key == "against_outcome")
    assert against == ("Examination", "Education")


def test_a_negative_coefficient_is_no_weight_and_is_named() -> None:
    r = np.array([[1, 0.6, 0.3, 0.5], [0.6, 1, 0.3, 0.1], [0.3, 0.3, 1, 0.4], [0.5, 0.1, 0.4, 1]])
    found = derive(exactly(r, ("a", "b", "c", "sat")), "regression", flat_tree({"a": 1, "b": 1, "c": 1}))
    assert [(caveat.key, caveat.values) for caveat in found.blocked] == [
        ("negative_weight", {"nodes": ("b",)})
    ]
    beta = np.linalg.solve(r[:3, :3], r[:3, 3])
    # The numbers found stay as they are; in the tree there is no negative weight.
    assert list(effective(found).values()) == pytest.approx(list(beta / beta.sum()))
    assert min(found.weights.values()) == 0


def best_under_sign(matrix: Floats, free: tuple[int, ...]) -> Floats:
    """Try every set of items that may be in; the best with no negative coefficient."""
    k = len(matrix) - 1
    best, most = np.zeros(k), -1.0
    for chosen in product([False, True], repeat=k):
        inside = [j for j in range(k) if chosen[j] or j in free]
        if not inside:
            continue
        beta = np.linalg.solve(matrix[np.ix_(inside, inside)], matrix[inside, -1])
        fit = float(beta @ matrix[inside, -1])
        if all(b >= 0 or j in free for j, b in zip(inside, beta, strict=True)) and fit > most + 1e-14:
            best, most = np.zeros(k), fit
            best[inside] = beta
    best[list(free)] = 0.0
    return best


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), free=st.sampled_from([(), (0,), (1, 3)]))
def test_non_negative_coefficients_fit_best(seed: int, free: tuple[int, ...]) -> None:
    x = np.random.default_rng(seed).normal(size=(30, 6))
    x[:, 5] += 0.5 * x[:, 0] - 0.4 * x[:, 1]
    r = np.corrcoef(x.T)
    found = nonnegative_coefficients(r[:, :, None], free)[:, 0]
    np.testing.assert_allclose(found, best_under_sign(r, free), rtol=1e-8, atol=1e-10)


def test_marks_that_repeat_each_other_do_no_harm() -> None:
    frame = simulated()
    sample = survey(frame, ITEMS)
    nobody = np.arange(len(frame)) % 3 == 0
    for column in (1, 2):
        sample.scores[nobody, column] = np.nan
        sample.structural[nobody, column] = True
    for method in METHODS:
        found = derive(sample, method, TREE)
        assert found.evidence["n"] == len(frame)
        assert sum(effective(found).values()) == pytest.approx(1.0)


ITEMS = ("a", "b", "c", "d")
TREE = IndexTree(
    (
        Node("one", None, None, 1.0),
        Node("leaf_a", "one", "a", 1.0),
        Node("leaf_b", "one", "b", 1.0),
        Node("two", None, None, 1.0),
        Node("leaf_c", "two", "c", 1.0),
        Node("leaf_d", "two", "d", 1.0),
    )
)


def simulated(seed: int = 1, n: int = 240, weights: tuple[float, ...] = (3, 2, 1, 0.5)) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    halo = rng.normal(size=(n, 1))
    x = np.clip(np.round(3 + 0.6 * halo + 0.9 * rng.normal(size=(n, 4))), 1, 5)
    sat = np.clip(50 + 4 * ((x - 3) @ np.array(weights) + rng.normal(size=n)), 0, 100)
    frame = pd.DataFrame(x, columns=list(ITEMS)).assign(sat=sat, w=rng.integers(1, 4, n).astype(float))
    return frame.assign(customer=[f"C{i // 2:03d}" for i in range(n)])


@pytest.mark.parametrize("method", METHODS)
def test_items_keep_their_weight_in_the_tree(method: RegressionMethod) -> None:
    found = derive(survey(simulated(), ITEMS), method, TREE)
    for branch, leaves in (("one", ("leaf_a", "leaf_b")), ("two", ("leaf_c", "leaf_d"))):
        for leaf in leaves:
            product_down = found.weights[branch] * found.weights[leaf]
            assert product_down == pytest.approx(effective(found)[leaf])
    assert found.weights["one"] + found.weights["two"] == pytest.approx(1.0)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 100))
def test_how_the_answers_are_written_does_not_matter(
    method: RegressionMethod, seed: int, scale: float
) -> None:
    frame = simulated(seed)
    options: dict[str, Any] = {"weights": "w", "cluster": "customer"}
    found = derive(survey(frame, ITEMS, **options), method, TREE)
    repeated = frame.loc[frame.index.repeat(frame["w"].astype(int))].assign(w=1.0)
    for same in (
        frame.sample(frac=1, random_state=seed),
        frame.assign(w=scale * frame["w"]),
        repeated,
        frame.assign(sat=frame["sat"] / 2 + 10),
    ):
        other = derive(survey(same, ITEMS, **options), method, TREE)
        for mine, its in zip(found.evidence["items"], other.evidence["items"], strict=True):
            for what in ("weight", "low", "high"):
                # Only the order of addition differs; replicates belong to customers.
                assert its[what] == pytest.approx(mine[what], rel=1e-6, abs=1e-9)
    names = dict(zip(ITEMS, "rxyz", strict=True))
    renamed = IndexTree(
        tuple(
            Node(node.id.upper(), node.parent and node.parent.upper(), node.item and names[node.item], 1.0)
            for node in TREE.nodes
        )
    )
    moved = survey(frame.rename(columns=names), tuple("rxyz"), **options)
    other = derive(moved, method, renamed)
    assert other.weights == pytest.approx({name.upper(): w for name, w in found.weights.items()}, rel=1e-8)


def keys(found: DerivedWeights) -> set[str]:
    return {caveat.key for caveat in found.caveats}


def test_weights_that_answers_cannot_tell_from_equal_are_said_to_be_so() -> None:
    alike = derive(survey(simulated(weights=(2, 2, 2, 2)), ITEMS), "lmg", TREE, replicates=200)
    apart = derive(survey(simulated(weights=(8, 1, 1, 0)), ITEMS), "lmg", TREE, replicates=200)
    assert "like_equal" in keys(alike)
    assert "like_equal" not in keys(apart)


@pytest.mark.parametrize("method", METHODS)
def test_items_that_cannot_be_in_the_model_are_named(method: RegressionMethod) -> None:
    frame = simulated().assign(d=3.0, c=lambda f: f["a"])
    found = derive(survey(frame, ITEMS), method, TREE)
    assert found.evidence["left_out"] == {"leaf_d": "no_spread", "leaf_c": "duplicate"}
    told = {caveat.key: caveat.values for caveat in found.caveats}
    assert told["left_out_no_spread"] == {"nodes": ("leaf_d",)}
    assert told["zero_weight"] == {"nodes": ("leaf_c", "leaf_d")}
    # A branch without weight keeps children that are valid.
    assert found.weights["two"] == 0
    assert found.weights["leaf_c"] == found.weights["leaf_d"] == 0.5


@pytest.mark.parametrize("method", METHODS)
def test_the_method_and_its_warnings_are_always_said(method: RegressionMethod) -> None:
    frame = simulated()
    frame.loc[:60, "a"] = np.nan
    found = derive(survey(frame, ITEMS), method, TREE)
    assert found.caveats[0].key == method
    assert {"base_wave", "drivers.rows_lost"} <= keys(found)
    assert found.evidence["rows_lost"] == 61


def test_a_small_base_gives_no_weights() -> None:
    found = regression_weights(survey(simulated(n=44), ITEMS), TREE, "sat", "lmg", replicates=20)
    assert found == TooFew(44, "small_base")


def test_nobody_s_answers_are_given_away() -> None:
    sample = survey(simulated(), ITEMS)
    found = regression_weights(sample, TREE, "sat", "lmg", replicates=20, disclosure_limit=500)
    assert found == TooFew(240, "disclosure")


def test_unknown_names_are_told() -> None:
    sample = survey(simulated(), ITEMS)
    for options, what in (({"outcome": "sta"}, "outcome 'sta'"), ({"wave": "x"}, "wave 'x'")):
        given_: Mapping[str, Any] = {"outcome": "sat"} | options
        with pytest.raises(ValueError, match=what):
            regression_weights(sample, TREE, method="lmg", **given_)
