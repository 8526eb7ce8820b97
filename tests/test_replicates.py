"""Replicates reproduce the errors of linearisation, whatever the order of rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.design import Design
from analysis.estimate import domain_means, side_by_side
from analysis.moments import (
    jackknife_covariance,
    jackknife_moments,
    replicate_moments,
    replicate_sums,
    unit_moments,
)
from analysis.replicates import _gamma, cluster_keys, replicate_weights, replication, uniforms
from analysis.sample import Floats, Integers

GOLDENS = Path(__file__).parent / "goldens" / "survey"


def test_splitmix_equals_its_reference() -> None:
    # SplitMix64 started at 0 gives 0xE220A8397B1DCDAF first, 0x6E789E6AA1B965F4 second.
    found = uniforms(np.zeros(1, dtype=np.uint64), 2)[:, 0]
    expected = [((z >> 11) + 0.5) * 2.0**-53 for z in (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4)]
    assert found.tolist() == expected


def test_keys_do_not_change_between_versions_or_machines() -> None:
    # Published replicates stand on these numbers.
    assert cluster_keys(["A001", "甘肃-7"], 20260101).tolist() == [2248441470586396200, 13588450724098283668]
    assert cluster_keys(["A001"], 1) != cluster_keys(["A001"], 2)


@pytest.mark.parametrize("size", [3, 5, 40])
def test_gamma_variates_follow_the_gamma_distribution(size: int) -> None:
    u = uniforms(cluster_keys([f"c{j}" for j in range(50)], 1), 400)
    drawn = _gamma(u, size).ravel()
    exact = stats.gamma((size - 2) / size).isf(u.ravel())
    # Linear interpolation in a table: see _gamma.
    np.testing.assert_allclose(drawn, exact, rtol=5e-5)


def test_multipliers_are_positive_and_sum_to_the_clusters_of_each_stratum() -> None:
    strata = np.repeat([4, 7, 9, 2], [5, 3, 2, 1])
    found = replicate_weights(cluster_keys([f"c{j}" for j in range(11)], 3), strata, 2000)
    for stratum, size in ((4, 5), (7, 3), (9, 2)):
        np.testing.assert_allclose(found[:, strata == stratum].sum(axis=1), size, rtol=1e-12)
    assert (found[:, strata != 9] > 0).all()
    assert set(found[:, strata == 9].ravel()) == {0.0, 2.0}
    # Mean 1 and variance 1 each; 2,000 draws leave 2.2 % and (heavier tails) some 7 %.
    np.testing.assert_allclose(found.mean(axis=0), 1.0, atol=0.09)
    np.testing.assert_allclose(found[:, strata == 4].var(axis=0), 1.0, atol=0.25)


def test_a_replicate_does_not_depend_on_the_others_nor_on_the_order_of_clusters() -> None:
    ids = [f"K{j}" for j in range(30)]
    strata = np.arange(30) % 3
    whole = replicate_weights(cluster_keys(ids, 5), strata, 20)
    part = replicate_weights(cluster_keys(ids, 5), strata, 4, first=7)
    np.testing.assert_array_equal(part, whole[7:11])
    order = np.random.default_rng(0).permutation(30)
    other = replicate_weights(cluster_keys([ids[j] for j in order], 5), strata[order], 20)
    np.testing.assert_array_equal(other, whole[:, order])


def survey() -> tuple[Floats, Design, Floats, tuple[str, ...]]:
    frame = pd.read_csv(GOLDENS / "survey.csv")
    clusters, names = pd.factorize(frame["account"])
    scores = ((frame[[f"q{j}" for j in range(1, 7)]] - 1) / 9 * 100).to_numpy(dtype=np.float64)
    person = np.where(np.isfinite(scores).sum(axis=1) >= 4, np.nanmean(scores, axis=1), np.nan)
    design = Design(frame["weight"].to_numpy(dtype=np.float64), pd.factorize(frame["province"])[0], clusters)
    return person[:, None], design, (frame["wave"] == "2026Q3").to_numpy(), tuple(names)


def test_replicate_errors_agree_with_linearisation_and_its_covariance() -> None:
    score, design, late, names = survey()
    linear = side_by_side([domain_means(design, score, ~late), domain_means(design, score, late)])
    answered = np.isfinite(score[:, 0])
    sums = np.column_stack(
        [
            np.where(answered & wave, design.weights * part, 0.0)
            for wave in (~late, late)
            for part in (np.nan_to_num(score[:, 0]), 1.0)
        ]
    )
    found = replicate_sums(design.totals(sums), replication(design, names, 20_000, seed=1))
    means = np.column_stack([found[:, 0] / found[:, 1], found[:, 2] / found[:, 3]])
    covariance = np.cov(means.T)
    # Monte-Carlo error of 20,000 replicates is 0.5 % of an SE; curvature of the ratio is the rest.
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), np.sqrt(linear.variances), rtol=0.03)
    assert covariance[0, 1] == pytest.approx(1.1937827756554, rel=0.05)


def test_a_lonely_cluster_gives_what_linearisation_gives() -> None:
    # Contributions that sum to zero over all clusters, as those of every estimate do.
    totals = np.array([1.0, -2.0, 0.5, 3.0, -2.5])
    strata = np.array([0, 0, 0, 1, 2])
    design = Design(np.ones(5), strata, np.arange(5))
    weights = replicate_weights(cluster_keys([f"c{j}" for j in range(5)], 2), strata, 40_000)
    # Exponential multipliers have kurtosis 9, so 40,000 draws leave about 1.4 %.
    assert (weights @ totals).var() == pytest.approx(design.covariance(totals[:, None])[0, 0], rel=0.05)


def test_moments_equal_their_definition() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.integers(1, 11, (200, 5)).astype(np.float64), rng.uniform(0.5, 2, 200)
    unit = rng.integers(0, 30, 200)
    found = unit_moments(tuple("abcde"), x, w, unit, 30, np.full(5, 5.0))
    total = type(found)(found.names, found.shift, found.packed.sum(axis=0, keepdims=True))
    mean = w @ x / w.sum()
    np.testing.assert_allclose(total.mean[:, 0], mean, rtol=1e-13)
    np.testing.assert_allclose(total.covariance[:, :, 0], np.cov(x.T, aweights=w, ddof=0), rtol=1e-11)
    np.testing.assert_allclose((found + found).packed, 2 * found.packed)


def test_each_replicate_equals_the_moments_of_reweighted_rows() -> None:
    rng = np.random.default_rng(1)
    x, w = rng.normal(7, 2, (90, 3)), rng.uniform(0.5, 2, 90)
    clusters = rng.integers(0, 25, 90)
    design = Design(w, np.zeros(90, dtype=np.int64), clusters)
    plan = replication(design, [f"c{j}" for j in range(25)], 12, seed=9)
    per_unit = unit_moments(("a", "b", "c"), x, w, design.unit, design.units, np.full(3, 7.0))
    found = replicate_moments(per_unit, plan)
    weights = plan.weights()
    for b in range(12):
        again = w * weights[b, design.unit]
        np.testing.assert_allclose(found.mean[:, b + 1], again @ x / again.sum(), rtol=1e-12)
        np.testing.assert_allclose(
            found.covariance[:, :, b + 1], np.cov(x.T, aweights=again, ddof=0), rtol=1e-9
        )


def test_blanks_have_no_place_in_moments() -> None:
    with pytest.raises(ValueError, match="complete rows"):
        unit_moments(("a",), np.array([[np.nan]]), np.ones(1), np.zeros(1, dtype=np.int64), 1, np.zeros(1))


def test_moments_with_other_shifts_do_not_add() -> None:
    x, unit = np.ones((3, 1)), np.zeros(3, dtype=np.int64)
    one, two = (unit_moments(("a",), x, np.ones(3), unit, 1, np.array([s])) for s in (0.0, 1.0))
    with pytest.raises(ValueError, match="shifts are the same"):
        one + two


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_jackknife_of_a_mean_is_near_linearisation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strata: Integers = np.repeat([0, 1], [30, 40])
    x = rng.normal(50, 10, (70, 1)) + 5 * strata[:, None]
    design = Design(np.ones(70), strata, np.arange(70))
    per_unit = unit_moments(("x",), x, design.weights, design.unit, 70, np.array([50.0]))
    values = jackknife_moments(per_unit, design.stratum_of_unit).mean.T
    # With equal weights the mean is linear: leaving out and making up are exact.
    np.testing.assert_allclose(
        jackknife_covariance(values, design.stratum_of_unit),
        domain_means(design, x).covariance,
        rtol=1e-8,
    )
