"""Sobol shares equal what is known in closed form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.sample import Floats
from analysis.sobol import SobolShares, mixtures, sobol_shares


def shares(
    model: Callable[[Floats], Floats],
    factors: Sequence[Sequence[int]],
    columns: int,
    runs: int,
    seed: int = 1,
) -> SobolShares:
    """Draw both input matrices, run the model on every mixture, estimate."""
    a, b = np.random.default_rng(seed).random((2, runs, columns))
    values = [model(np.where(second, b, a)) for second in mixtures(factors, columns)]
    return sobol_shares(np.array(values)[:, :, None], bootstrap=100, seed=seed)


def ishigami(u: Floats) -> Floats:
    x = np.pi * (2 * u - 1)
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_the_function_of_ishigami() -> None:
    found = shares(ishigami, [[0], [1], [2]], 3, 2**16)
    # Closed form for a = 7, b = 0.1 (Ishigami & Homma 1990). The tolerance is four Monte-Carlo standard
    # errors, √(moment/N), of which the bootstrap gives 0.007 at most on 65,536 runs.
    np.testing.assert_allclose(found.first[:, 0], [0.313905, 0.442411, 0.0], atol=0.02)
    np.testing.assert_allclose(found.total[:, 0], [0.557589, 0.442411, 0.243684], atol=0.02)
    assert found.variance[0] == pytest.approx(13.844588, rel=0.02)
    assert (np.abs(found.first[:, 0] - [0.313905, 0.442411, 0.0]) < 4 * found.first_se[:, 0]).all()
    assert (np.abs(found.total[:, 0] - [0.557589, 0.442411, 0.243684]) < 4 * found.total_se[:, 0]).all()
    assert found.first_se.max() < 0.008


def test_a_linear_function_has_shares_in_proportion_to_its_variances() -> None:
    slopes = np.array([1.0, 2.0, 3.0, 0.0])
    found = shares(lambda u: u @ slopes, [[0], [1], [2], [3]], 4, 20_000)
    exact = slopes**2 / (slopes**2).sum()
    # Nothing interacts: both shares are c²σ²/V. Four standard errors, which the bootstrap estimates.
    assert (np.abs(found.first[:, 0] - exact) <= 4 * found.first_se[:, 0]).all()
    assert (np.abs(found.total[:, 0] - exact) <= 4 * found.total_se[:, 0]).all()
    assert found.first_se.max() < 0.02
    assert (found.first[3, 0], found.total[3, 0]) == (0, 0)  # an input without effect, to the bit


def test_the_bootstrap_error_is_that_of_repeating_the_experiment() -> None:
    repeated = [shares(ishigami, [[0], [1], [2]], 3, 1_024, seed) for seed in range(60)]
    scatter = np.std([found.first[:, 0] for found in repeated], axis=0, ddof=1)
    claimed = np.mean([found.first_se[:, 0] for found in repeated], axis=0)
    # A standard deviation from 60 repetitions has a relative error of 1/√(2·59) = 9 %; three of these.
    np.testing.assert_allclose(claimed, scatter, rtol=0.28)


def test_inputs_judged_as_one_bring_their_interaction_along() -> None:
    found = shares(lambda u: (u[:, 0] - 0.5) * (u[:, 1] - 0.5), [[0], [1], [0, 1]], 2, 20_000)
    np.testing.assert_allclose(found.first[:2, 0], 0.0, atol=4 * found.first_se[:2, 0].max())
    np.testing.assert_allclose(found.total[:2, 0], 1.0, atol=4 * found.total_se[:2, 0].max())
    assert abs(found.first[2, 0] - 1) < 4 * found.first_se[2, 0]


@settings(max_examples=20)
@given(shift=st.floats(-1e6, 1e6), scale=st.floats(0.01, 100))
def test_neither_unit_nor_origin_of_a_result_matters(shift: float, scale: float) -> None:
    base = shares(ishigami, [[0], [1], [2]], 3, 200)
    moved = shares(lambda u: shift + scale * ishigami(u), [[0], [1], [2]], 3, 200)
    # Doubles near 1e6 resolve 1e-10, a part of 1e-8 of the smallest deviation of 0.01.
    np.testing.assert_allclose(moved.first, base.first, atol=1e-6)
    np.testing.assert_allclose(moved.total, base.total, atol=1e-6)


def test_a_result_that_does_not_vary_has_no_shares() -> None:
    found = shares(lambda u: np.full(len(u), 76.4), [[0]], 1, 100)
    assert np.isnan([found.first, found.total]).all()
