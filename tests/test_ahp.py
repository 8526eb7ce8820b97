"""Pairwise judgements: published and analytic weights, consistency, missing comparisons, groups."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.ahp import (
    RANDOM_INDEX,
    cr_limit,
    gci_limit,
    group_judgements,
    group_priorities,
    priorities,
    random_index,
    reconsider,
)
from analysis.pairwise import filled, links_needed, missing, principal, reciprocal_matrix, row_means
from analysis.sample import Floats

DRINKS = ("coffee", "wine", "tea", "beer", "soda", "milk", "water")
STATED = (9, 5, 2, 1, 1, 1 / 2), (1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9), (1 / 3, 1 / 4, 1 / 3, 1 / 9), \
    (1 / 2, 1, 1 / 3), (2, 1 / 2), (1 / 3,)  # fmt: skip


def drinks() -> Floats:
    values = [value for row in STATED for value in row]
    return reciprocal_matrix(DRINKS, dict(zip(combinations(DRINKS, 2), values, strict=True)))


def ratios(weights: Floats) -> Floats:
    return np.asarray(weights[:, None] / weights)


def names(n: int) -> list[str]:
    return [f"q{j}" for j in range(n)]


def without(matrix: Floats, *cells: tuple[int, int]) -> Floats:
    left = matrix.copy()
    for i, j in cells:
        left[i, j] = left[j, i] = np.nan
    return left


few = settings(max_examples=25)
scale = st.sampled_from([1 / k for k in range(9, 1, -1)] + list(range(1, 10)))


@st.composite
def matrices(draw: Any, least: int = 2, most: int = 7) -> Floats:
    n = draw(st.integers(least, most))
    pairs = list(combinations(names(n), 2))
    return reciprocal_matrix(names(n), {pair: draw(scale) for pair in pairs})


weight_vectors = st.lists(st.floats(0.05, 20), min_size=2, max_size=9).map(
    lambda values: np.array(values) / sum(values)
)


# -- known values -----------------------------------------------------------------------------------


def test_drinks_have_the_published_weights() -> None:
    """Saaty (2008) Int. J. Services Sciences 1, table 3: three digits; six from the reference notes."""
    found = priorities(DRINKS, drinks())
    published = [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    np.testing.assert_allclose(found.weights, published, atol=5e-4)
    six = [0.177457, 0.019149, 0.041831, 0.116417, 0.189572, 0.128781, 0.326793]
    np.testing.assert_allclose(found.weights, six, atol=5e-7)
    means = [0.178723, 0.018461, 0.042234, 0.116498, 0.191136, 0.128625, 0.324323]
    np.testing.assert_allclose(found.geometric, means, atol=5e-7)
    assert found.eigenvalue == pytest.approx(7.176629, abs=5e-7)
    assert found.gci == pytest.approx(0.080363, abs=5e-7)
    assert found.cr == pytest.approx(0.0218, abs=5e-5)
    assert found.cr == pytest.approx(0.022, abs=5e-4)
    assert found.coherence == "coherent"
    assert found.summary() == "λ = 7.177, CR = 0.02 (saaty_newer), 7 items"


def test_each_table_gives_its_own_ratio() -> None:
    ratios = {table: priorities(DRINKS, drinks(), table=table).cr for table in RANDOM_INDEX}
    index = (7.176629 - 7) / 6
    assert ratios == {
        "saaty_newer": pytest.approx(index / 1.35, abs=1e-6),
        "saaty_older": pytest.approx(index / 1.32, abs=1e-6),
        "simulated_500000": pytest.approx(index / 1.342, abs=1e-6),
    }


def test_three_items_have_the_weights_of_a_calculation_by_hand() -> None:
    """Three items: w is the cube root of row products, λ = 1 + d + 1/d with d = (a13 / (a12 a23))^(1/3)."""
    matrix = reciprocal_matrix(list("abc"), {("a", "b"): 3, ("a", "c"): 5, ("b", "c"): 3})
    found = priorities(list("abc"), matrix)
    roots = np.cbrt([15.0, 1.0, 1 / 15])
    off = np.cbrt(5 / 9)
    # A dozen operations on doubles.
    np.testing.assert_allclose(found.weights, roots / roots.sum(), rtol=1e-12)
    np.testing.assert_allclose(found.geometric, roots / roots.sum(), rtol=1e-12)
    assert found.eigenvalue == pytest.approx(1 + off + 1 / off, rel=1e-12)
    assert found.gci == pytest.approx(np.log(9 / 5) ** 2 / 3, rel=1e-12)
    np.testing.assert_allclose(found.weights, [0.636986, 0.258285, 0.104729], atol=5e-7)
    assert found.eigenvalue == pytest.approx(3.038511, abs=5e-7)


def test_limits_and_tables_are_those_of_the_literature() -> None:
    assert [cr_limit(n) for n in (2, 3, 4, 5, 9)] == [0.10, 0.05, 0.08, 0.10, 0.10]
    assert [gci_limit(n) for n in (3, 4, 5)] == [0.3147, 0.3526, 0.370]
    assert [random_index(n, table="saaty_older") for n in range(1, 10)] == [
        0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="split them"):
        random_index(10)
    # Ágoston & Csató (2022), table 2, simulated: 0.583 and 0.306; the rule is linear.
    assert random_index(4, 1, "simulated_500000") == pytest.approx(0.583, abs=0.01)
    assert random_index(4, 2, "simulated_500000") == pytest.approx(0.306, abs=0.015)


def test_a_circle_of_preferences_is_blocked() -> None:
    matrix = reciprocal_matrix(list("abc"), {("a", "b"): 9, ("b", "c"): 9, ("c", "a"): 9})
    found = priorities(list("abc"), matrix)
    assert found.eigenvalue == pytest.approx(1 + 9 + 1 / 9, rel=1e-12)
    assert found.coherence == "blocked"
    np.testing.assert_allclose(found.weights, 1 / 3, rtol=1e-12)


# -- for every matrix -------------------------------------------------------------------------------


@given(weight_vectors)
def test_a_consistent_matrix_gives_its_weights_back(weights: Floats) -> None:
    found = priorities(names(len(weights)), ratios(weights))
    # Eigenvectors of doubles, with ratios of up to 400 between them.
    np.testing.assert_allclose(found.weights, weights, rtol=1e-10)
    np.testing.assert_allclose(found.geometric, weights, rtol=1e-12)
    assert (found.cr or 0) == pytest.approx(0, abs=1e-12)
    assert (found.gci or 0) == pytest.approx(0, abs=1e-12)
    assert reconsider(names(len(weights)), ratios(weights)) is None


@given(matrices(), st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing(matrix: Floats, random: Any) -> None:
    n = len(matrix)
    order = random.sample(range(n), n)
    here, there = priorities(names(n), matrix), priorities(names(n), matrix[np.ix_(order, order)])
    np.testing.assert_allclose(there.weights, here.weights[order], rtol=1e-9)
    np.testing.assert_allclose(there.geometric, here.geometric[order], rtol=1e-12)
    assert there.ci == pytest.approx(here.ci, abs=1e-12)


@given(matrices(most=3))
def test_both_methods_agree_for_three_items_and_fewer(matrix: Floats) -> None:
    found = priorities(names(len(matrix)), matrix)
    np.testing.assert_allclose(found.weights, found.geometric, rtol=1e-12)


@few
@given(matrices(), st.integers(1, 9))
def test_power_iteration_finds_the_same_eigenvector(matrix: Floats, seed: int) -> None:
    vector = np.random.default_rng(seed).random(len(matrix)) + 0.1
    for _ in range(1_000):
        vector = matrix @ vector
        vector /= vector.sum()
    found = principal(matrix)
    np.testing.assert_allclose(found.right, vector, rtol=1e-9)
    assert found.value == pytest.approx(float((matrix @ vector)[0] / vector[0]), rel=1e-9)


@given(matrices(least=3, most=6))
def test_turning_every_judgement_round_turns_the_means_round(matrix: Floats) -> None:
    means = row_means(matrix.T)
    inverse = 1 / row_means(matrix)
    np.testing.assert_allclose(means, inverse / inverse.sum(), rtol=1e-12)


# -- missing comparisons ----------------------------------------------------------------------------


@given(weight_vectors.filter(lambda w: len(w) > 2), st.data())
def test_a_missing_cell_of_a_consistent_matrix_is_recovered(weights: Floats, data: Any) -> None:
    matrix = ratios(weights)
    pairs = list(combinations(range(len(weights)), 2))
    cells = data.draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=len(weights) - 2, unique=True))
    left = without(matrix, *cells)
    if links_needed(left):
        with pytest.raises(ValueError, match="do not link"):
            filled(left)
        return
    # The start is the answer; what the eigenvalue's slope cannot tell from 0 remains.
    np.testing.assert_allclose(filled(left), matrix, rtol=1e-7)
    np.testing.assert_allclose(priorities(names(len(weights)), left).weights, weights, rtol=1e-7)


@few
@given(matrices(least=4, most=6), st.data())
def test_nothing_else_makes_the_eigenvalue_smaller(matrix: Floats, data: Any) -> None:
    pairs = list(combinations(range(len(matrix)), 2))
    cells = data.draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=2, unique=True))
    left = without(matrix, *cells)
    best = filled(left)
    least = principal(best).value
    for i, j in cells:
        for step in (0.9, 0.999, 1.001, 1.1):
            other = best.copy()
            other[i, j] *= step
            other[j, i] = 1 / other[i, j]
            assert principal(other).value >= least - 1e-12


def test_what_is_not_linked_is_asked_for_again() -> None:
    known = {("a", "b"): 2.0, ("d", "e"): 3.0}
    matrix = reciprocal_matrix(list("abcde"), known)
    assert links_needed(matrix) == [(0, 2), (0, 3)]
    assert len(missing(matrix)) == 8
    with pytest.raises(ValueError, match="do not link"):
        priorities(list("abcde"), matrix)


def test_comparisons_that_only_link_cannot_contradict() -> None:
    matrix = reciprocal_matrix(list("abc"), {("a", "b"): 2.0, ("b", "c"): 3.0})
    found = priorities(list("abc"), matrix)
    np.testing.assert_allclose(found.weights, [0.6, 0.3, 0.1], rtol=1e-9)
    assert (found.cr, found.gci, found.missing, found.coherence) == (None, None, 1, "coherent")
    assert reconsider(list("abc"), matrix) is None
    assert "nothing to contradict" in found.summary()


# -- what to reconsider -----------------------------------------------------------------------------


def test_the_judgement_that_was_turned_round_is_found() -> None:
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    matrix = ratios(weights)
    matrix[0, 3], matrix[3, 0] = 0.25, 4.0
    found = reconsider(list("abcd"), matrix)
    assert found is not None
    assert (found.first, found.second, found.stated) == ("a", "d", 0.25)
    assert found.consistent == pytest.approx(4, rel=1e-7)
    assert found.cr_then == pytest.approx(0, abs=1e-7)
    assert 0.3 < found.share <= 1
    assert matrix[0, 3] == 0.25


@few
@given(matrices(least=3, most=6))
def test_the_suggested_value_never_makes_it_worse(matrix: Floats) -> None:
    items = names(len(matrix))
    found = reconsider(items, matrix)
    cr = priorities(items, matrix).cr
    if found is not None:
        assert cr is not None
        assert found.cr_then <= cr + 1e-12


# -- groups -----------------------------------------------------------------------------------------


@given(st.integers(2, 5), st.integers(1, 4), st.data())
def test_judgements_put_together_stay_reciprocal(n: int, experts: int, data: Any) -> None:
    each = np.array([data.draw(matrices(least=n, most=n)) for _ in range(experts)])
    shares = np.array(data.draw(st.lists(st.integers(1, 5), min_size=experts, max_size=experts)), float)
    group = group_judgements(each, shares)
    np.testing.assert_allclose(group * group.T, 1, rtol=1e-12)
    # By the geometric rule both ways of putting a group together are one.
    own = group_priorities(np.array([row_means(matrix) for matrix in each]), shares)
    np.testing.assert_allclose(row_means(group), own, rtol=1e-10)
    repeated = np.repeat(each, shares.astype(int), axis=0)
    np.testing.assert_allclose(group_judgements(repeated), group, rtol=1e-12)


def test_a_cell_is_the_mean_of_those_who_judged_it() -> None:
    whole = reciprocal_matrix(list("abc"), {("a", "b"): 4.0, ("b", "c"): 3.0})
    part = reciprocal_matrix(list("abc"), {("a", "b"): 1.0})
    group = group_judgements(np.array([whole, part]))
    assert group[0, 1] == pytest.approx(2)
    assert group[1, 2] == pytest.approx(3)
    assert np.isnan(group[0, 2])


def test_a_matrix_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="ratio above 0"):
        reciprocal_matrix(list("ab"), {("a", "b"): 0.0})
    with pytest.raises(ValueError, match="Give each pair once"):
        reciprocal_matrix(list("ab"), {("a", "b"): 2.0, ("b", "a"): 2.0})
    with pytest.raises(ValueError, match="did you mean"):
        reciprocal_matrix(["price", "speed"], {("prise", "speed"): 2.0})
    with pytest.raises(ValueError, match="compared with itself"):
        reciprocal_matrix(list("ab"), {("a", "a"): 2.0})
    for wrong, why in (
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "reciprocal"),
        (np.array([[1.0, -2.0], [-0.5, 1.0]]), "above 0"),
        (np.array([[1.0, 2.0]]), "square"),
        (np.array([[np.nan, 2.0], [0.5, 1.0]]), "diagonal"),
    ):
        with pytest.raises(ValueError, match=why):
            priorities(list("ab"), wrong)
    with pytest.raises(ValueError, match="above 0"):
        group_judgements(np.ones((2, 3, 3)), np.array([1.0, 0.0]))
