"""A small group is compared with everybody else as surely as the group itself is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.design import Design
from analysis.estimate import domain_means, estimates, side_by_side
from analysis.results import Estimate

SMALL, LARGE = 8, 900


def group_and_rest(seed: int) -> tuple[np.ndarray, np.ndarray, Design]:
    """Answers of one person a cluster: 8 in a group that varies more, 900 outside it, no difference."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(70, 25, SMALL), rng.normal(70, 15, LARGE)])
    group = np.arange(SMALL + LARGE) < SMALL
    people = np.arange(SMALL + LARGE)
    return x, group, Design(np.ones(len(x)), np.zeros(len(x), dtype=np.int64), people)


def test_two_independent_groups_have_the_degrees_of_freedom_of_welch() -> None:
    x, group, design = group_and_rest(1)
    own, others = (domain_means(design, x[:, None], rows) for rows in (group, ~group))
    parts = [part.var() / len(part) for part in (x[group], x[~group])]
    welch = sum(parts) ** 2 / (parts[0] ** 2 / (SMALL - 1) + parts[1] ** 2 / (LARGE - 1))
    # Both are the same quotient of sums of 908 doubles; the factor n/(n-1) of the design cancels.
    assert own.against(others).df[0] == pytest.approx(welch, rel=1e-12)
    assert SMALL - 1 < welch < SMALL


def test_degrees_of_freedom_stay_with_a_difference_in_a_table() -> None:
    x, group, design = group_and_rest(1)
    own, others = (domain_means(design, x[:, None], rows) for rows in (group, ~group))
    both = side_by_side([own.minus(others), own.against(others)])
    assert both.df.tolist() == [SMALL + LARGE - 1, own.against(others).df[0]]


def test_a_difference_never_has_more_degrees_of_freedom_than_clusters_allow() -> None:
    rng = np.random.default_rng(2)
    x, group = rng.normal(size=(60, 1)), np.arange(60) < 30
    design = Design(np.ones(60), np.repeat([0, 1], 30), np.arange(60) // 2)
    own, others = (domain_means(design, x, rows) for rows in (group, ~group))
    assert own.against(others).df[0] <= own.minus(others).df[0]


def test_intervals_of_a_small_group_hold_the_truth_nearly_as_often_as_they_promise() -> None:
    held = []
    for seed in range(2000):
        x, group, design = group_and_rest(seed)
        own, others = (domain_means(design, x[:, None], rows) for rows in (group, ~group))
        found = estimates(own.against(others))[0]
        assert isinstance(found, Estimate)
        held.append(found.low <= 0 <= found.high)
    # The error of 2,000 draws is 0.5 points. Linearisation divides by n, not n - 1, within the group, so
    # eight answers fall short by what the same t interval does with that variance.
    expected = 2 * stats.t.cdf(stats.t.ppf(0.975, SMALL - 1) * np.sqrt((SMALL - 1) / SMALL), SMALL - 1) - 1
    assert np.mean(held) == pytest.approx(expected, abs=0.015)
    assert expected > 0.93
