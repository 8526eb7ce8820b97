"""Errors of a calibrated design equal R's two conventions, and hold for every input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.adjustment import Adjustment, Residuals, within_waves
from analysis.design import Design, LonelyRule
from analysis.estimate import domain_means
from analysis.replicates import replication
from analysis.sample import Floats, Integers

GOLDENS = Path(__file__).parent / "goldens" / "survey"
REFERENCE: dict[str, Any] = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))
ITEMS = [f"q{j}" for j in range(1, 7)]
PROVINCES = {"Gansu": 100, "Guangdong": 420, "Jiangsu": 300, "Sichuan": 180}
SIZES = {"small": 520, "medium": 330, "large": 150}


def survey() -> tuple[pd.DataFrame, Floats]:
    """The later wave of the reference survey, and its person scores (n, 1)."""
    frame = pd.read_csv(GOLDENS / "survey.csv").query("wave == '2026Q3'").reset_index(drop=True)
    scores = (frame[ITEMS] - 1) / 9 * 100
    score = scores.mean(axis=1).where(scores.notna().sum(axis=1) >= 4)
    return frame, score.to_numpy(dtype=np.float64)[:, None]


def raked(base: Floats, margins: list[tuple[Integers, Floats]]) -> Floats:
    """Weights on which all margins hold, the slow and plain way."""
    weights = base.copy()
    for _ in range(300):
        for cells, targets in margins:
            weights = weights * (targets / np.bincount(cells, weights))[cells]
    return weights


def calibrated(residuals: Residuals = "base_weights") -> tuple[Design, Floats]:
    frame, score = survey()
    base = frame["weight"].to_numpy(dtype=np.float64)
    margins = []
    for column, targets in (("province", PROVINCES), ("size", SIZES)):
        cells, levels = pd.factorize(frame[column])
        margins.append((cells, np.array([targets[level] for level in levels], dtype=np.float64)))
    strata, accounts = pd.factorize(frame["province"])[0], pd.factorize(frame["account"])[0]
    adjustment = Adjustment(base, tuple(cells for cells, _ in margins), residuals)
    return Design(raked(base, margins), strata, accounts, adjustment=adjustment), score


@pytest.mark.parametrize(
    ("residuals", "golden"),
    [
        ("base_weights", REFERENCE["calibrated_score"]["se_calibrated"]),
        ("cell_means", REFERENCE["rake"]["score"]["se"]),
    ],
)
def test_errors_equal_calibrate_and_rake(residuals: Residuals, golden: float) -> None:
    design, score = calibrated(residuals)
    linear = domain_means(design, score)
    np.testing.assert_allclose(linear.values[0], REFERENCE["rake"]["score"]["mean"], rtol=1e-12)
    # Both stop raking at 1e-12; the rest is closed form.
    np.testing.assert_allclose(np.sqrt(linear.variances[0]), golden, rtol=1e-11)


def test_what_the_margins_say_has_no_error() -> None:
    design, _ = calibrated()
    assert design.adjustment is not None
    shares = np.column_stack([cells == 0 for cells in design.adjustment.margins]).astype(np.float64)
    linear = domain_means(design, shares)
    assert (linear.values > 0.05).all()
    # Exactly zero: what is left of a column that the margins explain is rounding.
    assert linear.variances.tolist() == [0.0, 0.0]


def test_a_group_that_is_a_cell_is_known_as_if_it_were_sampled_alone() -> None:
    """With one margin, a cell's mean has the residuals of its own rows and nobody else's."""
    frame, score = survey()
    score = np.nan_to_num(score, nan=50.0)
    cells, _ = pd.factorize(frame["size"])
    base = np.ones(len(frame))
    design = Design(
        raked(base, [(cells, np.array([3.0, 2.0, 1.0]))]),
        np.zeros(len(frame), dtype=np.int64),
        np.arange(len(frame)),
        adjustment=Adjustment(base, (cells,)),
    )
    inside = domain_means(design, score, cells == 0)
    plain = domain_means(Design(design.weights, design.strata, design.clusters), score, cells == 0)
    np.testing.assert_allclose(inside.variances, plain.variances, rtol=1e-10)


def test_bases_and_presence_are_those_of_the_answers() -> None:
    design, score = calibrated()
    plain = Design(design.weights, design.strata, design.clusters)
    domain = np.arange(len(score)) % 3 == 0
    one, two = domain_means(design, score, domain), domain_means(plain, score, domain)
    assert one.df.tolist() == two.df.tolist()
    assert one.clusters.tolist() == two.clusters.tolist()
    assert one.n_effective.tolist() == two.n_effective.tolist()
    assert one.variances[0] != two.variances[0]


def test_rows_outside_the_domain_carry_a_part_of_the_error() -> None:
    design, score = calibrated()
    domain = np.arange(len(score)) % 2 == 0
    spread = np.where(domain[:, None], score, np.nan)
    # The same estimate written over all rows of the design.
    np.testing.assert_allclose(
        domain_means(design, score, domain).variances, domain_means(design, spread).variances, rtol=1e-12
    )


def test_each_wave_keeps_to_its_own_margins() -> None:
    """Two waves of the same answers in one design have each the error they have alone."""
    design, score = calibrated()
    assert design.adjustment is not None
    wave = np.repeat([0, 1], len(score))
    cells = tuple(within_waves(np.tile(part, 2), wave) for part in design.adjustment.margins)
    both = Design(
        np.tile(design.weights, 2),
        np.tile(design.strata, 2),
        np.concatenate([design.clusters, design.clusters]),
        adjustment=Adjustment(np.tile(design.adjustment.base, 2), cells),
    )
    scores = np.vstack([score, score])
    before, after = (domain_means(both, scores, wave == t) for t in (0, 1))
    for linear in (before, after):
        np.testing.assert_allclose(linear.variances, domain_means(design, score).variances, rtol=1e-10)
    assert after.minus(before).variances.tolist() == [0.0]


def test_a_margin_that_everybody_shares_changes_nothing() -> None:
    frame, score = survey()
    weights = frame["weight"].to_numpy(dtype=np.float64)
    accounts = pd.factorize(frame["account"])[0]
    strata = pd.factorize(frame["province"])[0]
    full = np.nan_to_num(score, nan=40.0)
    one = Design(weights, strata, accounts, adjustment=Adjustment(weights, (np.zeros(len(frame), int),)))
    # Contributions sum to zero already, which is all that the total could take away.
    np.testing.assert_allclose(
        domain_means(one, full).variances,
        domain_means(Design(weights, strata, accounts), full).variances,
        rtol=1e-10,
    )


def test_an_error_does_not_depend_on_what_is_estimated_beside_it() -> None:
    """Margins share their total, so the regression is singular; rounding must not come back as error."""
    rng = np.random.default_rng(5)
    n = 2_000
    cells = tuple(rng.integers(0, size, n) for size in (31, 4, 3))
    base = rng.uniform(1, 40, n)
    design = Design(base, cells[2], np.arange(n), adjustment=Adjustment(base, cells))
    scores = rng.normal(70, 15, (n, 6))
    together = domain_means(design, scores).variances
    alone = [domain_means(design, scores[:, [column]]).variances[0] for column in range(6)]
    np.testing.assert_allclose(alone, together, rtol=1e-11)


def test_a_margin_without_a_cell_for_every_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one cell per respondent \(3\); found \[2\]"):
        Adjustment(np.ones(3), (np.zeros(2, dtype=np.int64),))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.sampled_from(["base_weights", "cell_means"]))
def test_rows_names_and_the_scale_of_weights_do_not_matter(
    seed: int, scale: float, residuals: Residuals
) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    # Every pair of cells occurs, so that the margins can be met.
    cells = (np.arange(n) % 3, np.arange(n) % 4)
    base, clusters = rng.uniform(0.5, 2, n), rng.integers(0, 12, n)
    weights = raked(base, [(cells[0], np.array([3.0, 4.0, 5.0])), (cells[1], np.full(4, 3.0))])
    scores = rng.integers(0, 101, (n, 2)).astype(np.float64)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    order, names = rng.permutation(n), rng.permutation(100)
    domain = rng.random(n) < 0.6
    domain[:12] = True
    one = Design(weights, clusters % 2, clusters, adjustment=Adjustment(base, cells, residuals))
    renamed = tuple(names[part[order]] for part in cells)
    two = Design(
        scale * weights[order],
        clusters[order] % 2,
        names[clusters[order]],
        adjustment=Adjustment(scale * base[order], renamed, residuals),
    )
    first, second = domain_means(one, scores, domain), domain_means(two, scores[order], domain[order])
    # Only the order of addition differs, and the pseudo-inverse.
    np.testing.assert_allclose(second.covariance, first.covariance, rtol=1e-7, atol=1e-7)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_an_integer_base_weight_is_a_repeated_row(seed: int, times: int) -> None:
    rng = np.random.default_rng(seed)
    n = 40
    cells = (np.arange(n) % 2, np.arange(n) % 5)
    counts = np.where(np.arange(n) % 3 == 0, times, 1)
    clusters, scores = rng.integers(0, 10, n), rng.uniform(0, 100, (n, 1))
    targets = [(cells[0], np.array([3.0, 7.0])), (cells[1], np.full(5, 2.0))]
    base = counts.astype(np.float64)
    again = np.repeat(np.arange(n), counts)
    weighted = Design(raked(base, targets), clusters % 2, clusters, adjustment=Adjustment(base, cells))
    repeated = tuple(part[again] for part in cells)
    plain = np.ones(len(again))
    rows = Design(
        raked(plain, [(part[again], totals) for part, totals in targets]),
        clusters[again] % 2,
        clusters[again],
        adjustment=Adjustment(plain, repeated),
    )
    one, two = domain_means(weighted, scores), domain_means(rows, scores[again])
    np.testing.assert_allclose(two.values, one.values, rtol=1e-10)
    np.testing.assert_allclose(two.variances, one.variances, rtol=1e-7, atol=1e-8)


LONELY = np.array([[0.0], [2.0], [1.0], [5.0], [4.0]])


@pytest.mark.parametrize(
    ("rule", "variance"),
    [
        # Strata {0, 2} and {1, 5} alone: 2·(1 + 1) and 2·(4 + 4); the last cluster is by itself.
        ("certainty", 4 + 16),
        # Its distance from the mean 2.4 of all clusters.
        ("grand_mean", 4 + 16 + 1.6**2),
        # As much as the two others on average.
        ("average", (4 + 16) * 3 / 2),
    ],
)
def test_a_lonely_stratum_adds_what_its_rule_says(rule: LonelyRule, variance: float) -> None:
    design = Design(np.ones(5), np.array([0, 0, 1, 1, 2]), np.arange(5), lonely=rule)
    assert design.covariance(LONELY)[0, 0] == pytest.approx(variance)


def test_a_lonely_stratum_elsewhere_does_not_add_to_a_domain() -> None:
    design = Design(np.ones(5), np.array([0, 0, 1, 1, 2]), np.arange(5), lonely="average")
    inside = np.where(np.arange(5)[:, None] < 4, LONELY, 0.0)
    assert design.covariance(inside)[0, 0] == pytest.approx(4 + 16)


def test_a_lonely_stratum_can_be_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"Strata \[7\] have a single cluster each"):
        Design(np.ones(3), np.array([0, 0, 7]), np.arange(3), lonely="refuse")


def test_a_stratum_in_which_everybody_was_asked_has_no_error() -> None:
    design = Design(np.ones(4), np.array([0, 0, 1, 1]), np.arange(4), {0: 1.0, 1: 0.75})
    assert design.covariance(LONELY[:4])[0, 0] == pytest.approx(0.25 * 16)


def test_a_fraction_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"share from 0 to 1; found \{0: 1.5\}"):
        Design(np.ones(2), np.zeros(2, dtype=np.int64), np.arange(2), {0: 1.5})


def test_replicates_know_sampling_fractions_and_certainties() -> None:
    strata = np.array([0] * 20 + [1] * 20 + [2])
    design = Design(np.ones(41), strata, np.arange(41), {0: 0.75}, "certainty")
    plan = replication(design, [f"K{j}" for j in range(41)], 4000, seed=2)
    weights = plan.weights()
    totals = np.random.default_rng(1).normal(size=41)
    # Monte-Carlo error of a variance from 4,000 replicates is 2.2 %.
    assert (weights @ totals).var() == pytest.approx(design.covariance(totals[:, None])[0, 0], rel=0.08)
    assert (weights > 0).all()
    assert weights[:, 40].tolist() == [1.0] * 4000
