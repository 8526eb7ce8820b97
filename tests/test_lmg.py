"""The decomposition of explained variance follows its definition, for every matrix."""

from __future__ import annotations

from math import factorial
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.elimination import subset_residuals, sweep
from analysis.lmg import lmg, shapley
from analysis.lmg_sampled import lmg_everywhere, random_orders, sampled_lmg
from analysis.sample import Floats


def test_two_drivers_have_a_formula() -> None:
    r = np.array([[1, 0.4, 0.5], [0.4, 1, 0.3], [0.5, 0.3, 1]])[:, :, None]
    np.testing.assert_allclose(lmg(r, [[0], [1]])[:, 0], [0.210952381, 0.050952381], atol=1e-9)


def test_three_alike_drivers_share_alike() -> None:
    r = np.full((4, 4), 0.4)
    r[-1], r[:, -1] = 0.5, 0.5
    np.fill_diagonal(r, 1)
    np.testing.assert_allclose(lmg(r[:, :, None], [[0], [1], [2]])[:, 0], 0.25 / 1.8, rtol=1e-12)


def test_more_than_twenty_drivers_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 20 drivers, found 21"):
        lmg(np.repeat(np.eye(22)[:, :, None], 2, axis=2), [[j] for j in range(21)])
    with pytest.raises(ValueError, match="1 to 27 drivers, found 28"):
        lmg(np.eye(29)[:, :, None], [[j] for j in range(28)])


def alike(p: int) -> Floats:
    """Correlations of p drivers, three of them larger, with a halo, and the outcome."""
    r = np.full((p + 1, p + 1), 0.4)
    r[-1, :], r[:, -1] = 0.35, 0.35
    r[-1, :3], r[:3, -1] = 0.5, 0.5
    np.fill_diagonal(r, 1)
    return r[:, :, None]


def test_drawn_orders_come_close_to_all_orders() -> None:
    r, players = alike(12), [[0], [1, 2], *([j] for j in range(3, 12))]
    orders = random_orders(len(players), 500, seed=1)
    found, error = sampled_lmg(r, players, orders)
    exact = lmg(r, players)
    # The error of the mean of 500 pairs; eleven comparisons stay within four of them.
    assert (np.abs(found - exact) < 4 * error + 1e-12).all()
    assert found.sum() == pytest.approx(exact.sum(), rel=1e-12)


def test_more_drivers_than_can_be_visited_exactly_keep_their_sum_and_symmetry() -> None:
    r = np.repeat(alike(24), 3, axis=2)
    parts, error = lmg_everywhere(r, [[j] for j in range(24)], seed=1, most_alone=20)
    assert 0 < error < 0.01
    np.testing.assert_allclose(parts.sum(axis=0), 1 - sweep(r)[2], rtol=1e-10)
    # Drivers that are alike differ by what drawing leaves.
    assert np.ptp(parts[3:, 0]) < 8 * error
    np.testing.assert_allclose(parts[:, 1], parts[:, 0], rtol=1e-10)


def test_replicates_of_many_drivers_are_centred_on_the_exact_value() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 13)) + rng.normal(size=(400, 1))
    samples = [np.corrcoef(x[rng.integers(0, 400, 400)].T) for _ in range(6)]
    r = np.stack([np.corrcoef(x.T), *samples], axis=2)
    players = [[j] for j in range(12)]
    with patch("analysis.lmg_sampled.MOST_PLAYERS", 11):  # so that orders are drawn where all are known
        found, error = lmg_everywhere(r, players, seed=2, most_alone=11)
    exact = lmg(r, players)
    # The largest error of the mean of 2,000 pairs; twelve comparisons stay within four of it.
    assert 0 < np.abs(found[:, 0] - exact[:, 0]).max() < 4 * error
    # Orders drawn once for all replicates err alike in each, so what is left is small against the
    # spread of replicates.
    assert np.abs(found - exact).max() < 0.2 * exact[:, 1:].std(axis=1).max()


@st.composite
def correlations(draw: st.DrawFn) -> Floats:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    p = draw(st.integers(2, 7))
    x = rng.normal(size=(60, p + 1)) + rng.uniform(0, 1.5) * rng.normal(size=(60, 1))
    return np.corrcoef(x.T)[:, :, None]


@settings(max_examples=20, deadline=None)
@given(correlations())
def test_shares_are_positive_and_sum_to_r_squared(r: Floats) -> None:
    p = len(r) - 1
    parts = lmg(r, [[j] for j in range(p)])[:, 0]
    explained = r[:p, p, 0] @ np.linalg.solve(r[:p, :p, 0], r[:p, p, 0])
    assert parts.min() > -1e-12
    assert parts.sum() == pytest.approx(explained, abs=1e-12)
    assert 1 - sweep(r)[2][0] == pytest.approx(explained, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(correlations())
def test_every_subset_equals_least_squares(r: Floats) -> None:
    p = len(r) - 1
    residuals = subset_residuals(r, [[j] for j in range(p)])[:, 0]
    for subset in range(1 << p):
        inside = [j for j in range(p) if subset >> j & 1]
        a, b = r[np.ix_(inside, inside)][:, :, 0], r[inside, p, 0]
        explained = b @ np.linalg.solve(a, b) if inside else 0.0
        assert residuals[subset] == pytest.approx(1 - explained, abs=1e-12)


@st.composite
def structures(draw: st.DrawFn) -> tuple[Floats, list[list[int]]]:
    """Players of one to three columns in any order; some columns are copies, sums, constants or nobody's."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    columns = sum(widths) + draw(st.integers(0, 1))
    x = rng.normal(size=(60, columns + 1)) + rng.uniform(0, 1.5) * rng.normal(size=(60, 1))
    kinds = draw(st.lists(st.sampled_from("...csk"), min_size=columns, max_size=columns))
    constant = np.zeros(columns + 1, dtype=bool)
    for k, kind in enumerate(kinds):
        if kind == "c" and k:
            x[:, k] = -2 * x[:, rng.integers(0, k)]
        if kind == "s" and k > 1:
            x[:, k] = x[:, 0] + x[:, 1]
        constant[k] = kind == "k" and k > 1
    r = np.corrcoef(x.T)
    r[constant], r[:, constant] = 0, 0
    place = iter(draw(st.permutations(range(columns))))
    return np.repeat(r[:, :, None], draw(st.sampled_from([1, 3])), axis=2), [
        [next(place) for _ in range(width)] for width in widths
    ]


def by_definition(r: Floats, players: list[list[int]]) -> Floats:
    """The mean increment over all orders, each R² by the pseudo-inverse of its own columns."""
    count = len(players)

    def explained(subset: int) -> float:
        inside = [c for j, own in enumerate(players) if subset >> j & 1 for c in own]
        if not inside:
            return 0.0
        # A copy has an eigenvalue of rounding; the smallest of a real column of 60 answers is far larger.
        inverse = np.linalg.pinv(r[np.ix_(inside, inside)], rcond=1e-9, hermitian=True)
        return float(r[inside, -1] @ inverse @ r[inside, -1])

    found = np.zeros(count)
    for subset in range(1 << count):
        size = subset.bit_count()
        for j in range(count):
            if not subset >> j & 1:
                chance = factorial(size) * factorial(count - 1 - size) / factorial(count)
                found[j] += chance * (explained(subset | 1 << j) - explained(subset))
    return found


@settings(max_examples=30, deadline=None)
@given(structures(), st.sampled_from([2, 16, 1 << 17]), st.sampled_from([1, 3, 12]))
def test_any_players_get_what_the_definition_gives(
    structure: tuple[Floats, list[list[int]]], cached: int, together: int
) -> None:
    r, players = structure
    # With little room a leaf holds one player or two, and the rest of the way goes down the tree; with few
    # players together the others are decided first, side by side, in blocks of sixteen columns.
    with patch.multiple("analysis.lmg", _CACHED=cached, _TOGETHER=together, _COLUMNS=16):
        found = lmg(r, players)
    # The pseudo-inverse cuts eigenvalues of rounding off; a dozen columns lose some digits by it.
    np.testing.assert_allclose(
        found, np.repeat(by_definition(r[:, :, 0], players)[:, None], r.shape[2], axis=1), atol=1e-9
    )


@pytest.mark.parametrize("replicates", [1, 3, 40])
def test_the_tree_equals_the_table_of_subsets(replicates: int) -> None:
    x = np.random.default_rng(replicates).normal(size=(replicates, 14, 40))
    r = np.moveaxis(np.array([np.corrcoef(one + one[:1]) for one in x]), 0, 2)
    players = [[j] for j in range(13)]
    # 8,192 subsets, each with the rounding of thirteen eliminations.
    np.testing.assert_allclose(lmg(r, players), shapley(subset_residuals(r, players)), atol=1e-12)


def test_one_driver_and_twenty_share_what_is_explained() -> None:
    for p in (1, 20):
        rng = np.random.default_rng(p)
        x = rng.normal(size=(300, p + 1)) + rng.normal(size=(300, 1))
        r = np.repeat(np.corrcoef(x.T)[:, :, None], 2, axis=2)
        parts = lmg(r, [[j] for j in range(p)])
        # A million subsets; each increment has the rounding of twenty eliminations.
        np.testing.assert_allclose(parts.sum(axis=0), 1 - sweep(r)[2], atol=1e-12)
        np.testing.assert_array_equal(parts[:, 0], parts[:, 1])


@settings(max_examples=15, deadline=None)
@given(correlations(), st.randoms(use_true_random=False))
def test_the_order_of_drivers_does_not_matter(r: Floats, random: Any) -> None:
    p = len(r) - 1
    order = random.sample(range(p), p)
    one = lmg(r, [[j] for j in range(p)])[:, 0]
    two = lmg(r, [[j] for j in order])[:, 0]
    np.testing.assert_allclose(two, one[order], atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(correlations())
def test_a_twin_takes_half_and_a_constant_nothing(r: Floats) -> None:
    p = len(r) - 1
    index = [*range(p), 0, p]
    more = r[np.ix_(index, index)]
    constant = np.zeros((p + 3, p + 3, 1))
    keep = [*range(p + 1), p + 2]
    constant[np.ix_(keep, keep)] = more
    parts = lmg(constant, [[j] for j in range(p + 2)])[:, 0]
    assert parts[0] == pytest.approx(parts[p], abs=1e-9)
    assert abs(parts[p + 1]) < 1e-12
    assert parts.sum() == pytest.approx(lmg(r, [[j] for j in range(p)]).sum(), abs=1e-9)
