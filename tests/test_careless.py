"""Indices of careless answering: against slow reference code, and the same on either side of the scale."""

from __future__ import annotations

import doctest
import itertools
import math
import statistics
from types import ModuleType

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from survey import careless, unusual
from survey.careless import even_odd, irv, irv_by_part, longstring, one_answer, seconds_per_item
from survey.unusual import PEOPLE_PER_ITEM, chi_square_quantile, distances

GROUPS = [(0, 1, 2), (3, 4), (5,), (6, 7, 8, 9), (2, 5)]
SHEETS = hnp.arrays(
    np.int16, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=10), elements=st.integers(-2, 5)
)
TEN_COLUMNS = hnp.arrays(np.int16, st.tuples(st.integers(1, 8), st.just(10)), elements=st.integers(-1, 4))
LOW, HIGH = 0, 5


def mirror(answers: np.ndarray) -> np.ndarray:
    return np.where(answers >= 0, LOW + HIGH - answers, answers)


@pytest.mark.parametrize("module", [careless, unusual], ids=lambda module: module.__name__)
def test_examples_in_the_documentation_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


# -- against code that is slow and plain --------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(SHEETS)
def test_longstring_is_the_longest_group_of_equal_neighbours(answers: np.ndarray) -> None:
    for row, found in zip(answers.tolist(), longstring(answers), strict=True):
        runs = [len(list(run)) for code, run in itertools.groupby(row, key=lambda c: max(c, -1)) if code >= 0]
        assert found == max(runs, default=0)


@settings(max_examples=25, deadline=None)
@given(SHEETS)
def test_irv_is_the_sample_deviation_of_what_was_answered(answers: np.ndarray) -> None:
    for row, found in zip(answers.tolist(), irv(answers), strict=True):
        given_ = [code for code in row if code >= 0]
        expected = statistics.stdev(given_) if len(given_) > 1 else math.nan
        # Deviations of a few small integers: only the order of addition can differ.
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)


def test_irv_by_part_is_irv_of_each_third() -> None:
    answers = np.random.default_rng(1).integers(-1, 6, (20, 10))
    expected = np.column_stack([irv(answers[:, :4]), irv(answers[:, 4:7]), irv(answers[:, 7:])])
    # Where a third lies in memory decides the order of addition.
    np.testing.assert_allclose(irv_by_part(answers), expected, rtol=1e-14)


def reference_even_odd(row: list[int]) -> float:
    """Even–odd consistency of one sheet, step by step."""
    odd, even = [], []
    for items in GROUPS:
        halves = [[row[j] for j in items[start::2] if row[j] >= 0] for start in (0, 1)]
        if all(halves):
            odd.append(statistics.fmean(halves[0]))
            even.append(statistics.fmean(halves[1]))
    if len(odd) < 3 or max(odd) - min(odd) < 1e-9 or max(even) - min(even) < 1e-9:
        return math.nan
    r = statistics.correlation(odd, even)
    corrected = 2 * r / (1 + r) if r > -1 else -math.inf
    return -max(corrected, -1.0)


@settings(max_examples=25, deadline=None)
@given(TEN_COLUMNS)
def test_even_odd_is_the_corrected_correlation_turned_round(answers: np.ndarray) -> None:
    for row, found in zip(answers.tolist(), even_odd(answers, GROUPS), strict=True):
        # Near r = −1 the correction divides by nearly nothing, and is floored there.
        assert found == pytest.approx(reference_even_odd(row), abs=1e-9, nan_ok=True)


def test_even_odd_needs_three_constructs_of_two_items() -> None:
    answers = np.random.default_rng(1).integers(1, 6, (5, 10))
    assert np.isnan(even_odd(answers, [(0, 1), (2, 3), (4,)])).all()
    assert np.isnan(even_odd(np.full((3, 10), 4), GROUPS)).all()


def test_one_answer_counts_answers_not_questions() -> None:
    sheets = np.array([[3, 3, 3, 3], [3, -1, 3, -6], [3, 3, 3, 4], [-1, -1, -1, -1]])
    assert one_answer(sheets, fewest=3).tolist() == [True, False, False, False]
    assert one_answer(sheets, fewest=2).tolist() == [True, True, False, False]
    assert not one_answer(sheets, fewest=0)[3]


def test_seconds_are_shared_by_the_questions_answered() -> None:
    sheets = np.array([[3, 3, 3, 3], [3, -1, 3, -6], [-1, -1, -1, -1], [3, 3, 3, 3], [3, 3, 3, 3]])
    pace = seconds_per_item(np.array([8.0, 8.0, 8.0, np.nan, 0.0]), sheets)
    np.testing.assert_array_equal(pace, [2.0, 4.0, np.nan, np.nan, np.nan])


def test_nan_is_a_blank_like_a_negative_code() -> None:
    sheets = np.random.default_rng(2).integers(-2, 5, (50, 10))
    blank = careless.blanked(sheets)
    for index in (longstring, irv, irv_by_part, lambda x: one_answer(x, 2), lambda x: even_odd(x, GROUPS)):
        np.testing.assert_array_equal(index(sheets), index(blank))


def test_there_may_be_nobody_and_nothing() -> None:
    for shape in ((0, 5), (3, 0)):
        empty = np.zeros(shape, dtype=np.int16)
        assert longstring(empty).tolist() == [0] * shape[0]
        assert not one_answer(empty, 2).any()
        assert np.isnan(irv_by_part(empty)).all()
        assert distances(empty.astype(float)).rank == 0


# -- neither side of the scale counts more ------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(TEN_COLUMNS)
def test_every_index_is_the_same_for_the_mirror_image(answers: np.ndarray) -> None:
    other = mirror(answers)
    np.testing.assert_array_equal(longstring(answers), longstring(other))
    np.testing.assert_array_equal(one_answer(answers, 3), one_answer(other, 3))
    # Means of mirrored answers round differently in the last digit.
    np.testing.assert_allclose(irv(answers), irv(other), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(irv_by_part(answers), irv_by_part(other), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(even_odd(answers, GROUPS), even_odd(other, GROUPS), atol=1e-9)
    seconds = np.linspace(0.0, 30.0, len(answers))
    np.testing.assert_array_equal(seconds_per_item(seconds, answers), seconds_per_item(seconds, other))


# -- distances ----------------------------------------------------------------------------------------------


def skewed(people: int, items: int, seed: int) -> np.ndarray:
    """Positions of mostly content people."""
    rng = np.random.default_rng(seed)
    halo = rng.normal(8, 1.5, (people, 1))
    return np.clip(np.round(halo + rng.normal(0, 1, (people, items))), 1, 10) / 9 - 1 / 9


def test_distance_is_the_quadratic_form_of_the_inverse_covariance() -> None:
    positions = skewed(200, 5, seed=3)
    positions[7, 2] = np.nan
    found = distances(positions)
    people = np.delete(positions, 7, axis=0)
    away = people - people.mean(axis=0)
    expected = (away @ np.linalg.inv(np.cov(people, rowvar=False)) * away).sum(axis=1)
    assert (found.base, found.items, found.rank) == (199, 5, 5)
    assert np.isnan([found.squared[7], found.mirrored[7]]).all()
    # Two ways of inverting a well-conditioned matrix of five items.
    np.testing.assert_allclose(np.delete(found.squared, 7), expected, rtol=1e-9)


def test_items_that_follow_from_others_add_nothing() -> None:
    positions = skewed(300, 4, seed=4)
    constant = np.full((300, 1), 0.5)
    widened = np.column_stack([positions, positions[:, :2], positions.mean(axis=1), constant])
    found, plain = distances(widened), distances(positions)
    assert (found.items, found.rank) == (8, 4)
    # Dividing by eigenvalues loses a few digits where items are collinear.
    np.testing.assert_allclose(found.squared, plain.squared, rtol=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0.6, 0.99))
def test_patterns_are_judged_alike_on_either_side(seed: int, items: int, level: float) -> None:
    positions = skewed(60, items, seed)
    found, other = distances(positions), distances(1.0 - positions)
    limit = chi_square_quantile(level, max(found.rank, 1))
    assume(np.abs(found.squared - limit).min() > 1e-6)
    assume(np.abs(found.mirrored - limit).min() > 1e-6)
    np.testing.assert_array_equal(found.beyond(level), other.beyond(level))
    # Within one sample: a sheet and its mirror image are both unusual or neither is.
    together = np.vstack([positions, 1.0 - positions[:1]])
    marks = distances(together).beyond(level)
    assert marks[0] == marks[-1]


def test_a_low_rater_among_content_people_is_not_unusual_but_a_random_one_is() -> None:
    positions = skewed(400, 8, seed=5)
    positions[0] = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    positions[1] = 0.0
    found = distances(positions)
    assert found.squared[1] > chi_square_quantile(0.99, found.rank)
    assert found.beyond(0.99)[:2].tolist() == [True, False]


def test_too_few_people_have_no_distances() -> None:
    few = distances(skewed(PEOPLE_PER_ITEM * 4 - 1, 4, seed=6))
    assert (few.base, few.rank) == (19, 0)
    assert np.isnan(few.squared).all()
    assert not few.beyond(0.5).any()
    assert distances(skewed(PEOPLE_PER_ITEM * 4, 4, seed=6)).rank == 4
    assert distances(np.full((30, 2), 0.5)).rank == 0


@pytest.mark.parametrize("df", [1, 2, 3, 8, 31, 120, 901])
@pytest.mark.parametrize("level", [0.01, 0.5, 0.99, 0.999])
def test_chi_square_quantiles_are_those_of_scipy(df: int, level: float) -> None:
    # Sums of up to 450 positive terms, each good to a few units of the last digit.
    assert chi_square_quantile(level, df) == pytest.approx(stats.chi2.ppf(level, df), rel=1e-12)


@pytest.mark.parametrize(("level", "df"), [(0.0, 3), (1.0, 3), (0.9, 0), (math.nan, 3)])
def test_impossible_quantiles_are_refused(level: float, df: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        chi_square_quantile(level, df)
