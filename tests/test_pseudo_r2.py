"""Dominance under links: every subset is a fit of its own, and what holds for every table holds here."""

from __future__ import annotations

import numpy as np
import pytest
from decomposition import level_table
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import pseudo_r2
from analysis.cumulative_logit import LevelData, maximise_subsets, maximum
from analysis.pseudo_r2 import link_dominance
from analysis.sample import Floats, Integers

DRIVERS = ["coverage", "speed", "value", "billing", "switchcost"]


def simulated(n: int, p: int, levels: int, seed: int) -> tuple[Floats, Integers]:
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, p)) + 0.7 * random.normal(size=(n, 1))
    level = x @ np.linspace(0.5, 0.0, p) + random.logistic(size=n)
    return x, np.digitize(level, np.quantile(level, np.arange(1, levels) / levels))


def test_each_subset_is_the_fit_of_its_own_columns() -> None:
    x, codes = simulated(300, 4, 4, seed=2)
    players = [[0], [1, 2], [3]]
    found = maximise_subsets(LevelData.of(x, codes, np.ones(300)), players, range(8))
    for subset in range(1, 8):
        inside = [c for j, player in enumerate(players) if subset >> j & 1 for c in player]
        alone = maximum(LevelData.of(x[:, inside], codes, np.ones(300)))
        # What remains after a step that promised less than 1e-9 is of the order of its 3/2th power.
        assert found.log_likelihood[subset] == pytest.approx(alone.log_likelihood[0], abs=1e-12)
        outside = [3 + c for c in range(4) if c not in inside]
        assert (found.values[subset, outside] == 0).all()


def test_drawn_orders_come_close_to_all_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    x, codes = simulated(300, 7, 2, seed=3)
    data, players = LevelData.of(x, codes, np.ones(300)), [[j] for j in range(7)]
    exact = link_dominance(data, players, list("abcdefg"))
    monkeypatch.setattr(pseudo_r2, "MOST_EXACT", 6)
    drawn = link_dominance(data, players, list("abcdefg"), seed=5)
    one, other = exact.measures["mcfadden"], drawn.measures["mcfadden"]
    assert exact.drawing_error == 0 < drawn.drawing_error
    # Seven comparisons stay within four of the largest error.
    assert np.abs(one.general - other.general).max() < 4 * drawn.drawing_error
    assert other.general.sum() == pytest.approx(one.value, rel=1e-9)
    assert other.conditional is None
    again = link_dominance(data, players, list("abcdefg"), seed=5)
    np.testing.assert_array_equal(other.general, again.measures["mcfadden"].general)


rows = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2), st.integers(1, 3)),
    min_size=30,
    max_size=45,
)


@settings(max_examples=12, deadline=None)
@given(rows)
def test_weights_repeat_rows_and_order_does_not_matter(drawn: list[tuple[int, int, int, int]]) -> None:
    x, codes = simulated(40, 2, 3, seed=len(drawn))
    more = np.array(drawn)
    x, codes = np.vstack([x, more[:, :2]]), np.append(codes, more[:, 2])
    w = np.append(np.ones(40, dtype=int), more[:, 3])
    again = np.random.default_rng(len(drawn)).permutation(np.repeat(np.arange(len(w)), w))
    players = [[0], [1]]
    one = link_dominance(LevelData.of(x, codes, w.astype(float)), players, ["a", "b"])
    other = link_dominance(LevelData.of(x[again], codes[again], np.ones(len(again))), players, ["a", "b"])
    for measure, found in one.measures.items():
        # The same sums in another order; a last step that promised less than 1e-9.
        np.testing.assert_allclose(found.general, other.measures[measure].general, atol=1e-11)


def test_dominance_prints_itself() -> None:
    data = level_table("drivers.csv", "churn", DRIVERS)[0]
    found = link_dominance(data, [[j] for j in range(5)], DRIVERS, ("mcfadden", "tjur"))
    assert found.summary().startswith("mcfadden 0.1563: coverage 33.9%, speed 19.9%")
    assert list(found.to_frame().columns) == ["mcfadden", "tjur"]
    assert found.log_likelihood * 480 == pytest.approx(-213.80418836, rel=1e-10)
