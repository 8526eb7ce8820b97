"""Design-based errors equal R survey, and hold for every input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design, effective_sample_size
from analysis.estimate import (
    benjamini_hochberg,
    comparisons,
    domain_means,
    estimates,
    linear_estimates,
    side_by_side,
)
from analysis.results import Estimate, TooFew
from analysis.sample import Floats

GOLDENS = Path(__file__).parent / "goldens" / "survey"
ITEMS = [f"q{j}" for j in range(1, 7)]
WAVES = ("2026Q2", "2026Q3")


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = pd.read_csv(GOLDENS / "survey.csv")
    scores = (frame[ITEMS] - 1) / 9 * 100
    frame["score"] = scores.mean(axis=1).where(scores.notna().sum(axis=1) >= 4)
    return frame.join(scores.add_prefix("s"))


@pytest.fixture(scope="module")
def design(frame: pd.DataFrame) -> Design:
    return Design(
        frame["weight"].to_numpy(dtype=np.float64),
        pd.factorize(frame["province"])[0].astype(np.int64),
        pd.factorize(frame["account"])[0].astype(np.int64),
    )


def in_wave(frame: pd.DataFrame, wave: str) -> Any:
    return (frame["wave"] == wave).to_numpy()


def scores_of(frame: pd.DataFrame, *columns: str) -> Floats:
    return frame[list(columns)].to_numpy(dtype=np.float64)


def known(estimate: Estimate | TooFew | None) -> Estimate:
    assert isinstance(estimate, Estimate)
    return estimate


# Both sides are closed form; the reference is printed with 15 digits.
EXACT = {"rtol": 1e-10, "atol": 0.0}


def test_item_means_equal_svymean(frame: pd.DataFrame, design: Design, reference: dict[str, Any]) -> None:
    assert len(design) == reference["n"]
    linear = domain_means(design, scores_of(frame, *[f"s{q}" for q in ITEMS]), in_wave(frame, "2026Q3"))
    for item, estimate in zip(ITEMS, map(known, estimates(linear)), strict=True):
        golden = reference["means_q3"][item]
        np.testing.assert_allclose(estimate.value, golden["mean"], **EXACT)
        assert estimate.se is not None
        assert estimate.deff is not None
        np.testing.assert_allclose(estimate.se, golden["se"], **EXACT)
        np.testing.assert_allclose([estimate.low, estimate.high], golden["ci"], **EXACT)
        assert estimate.df == golden["df"]
        # R compares with sampling without replacement from Σw people of the domain.
        without = golden["deff"] * (1 - estimate.n / linear.weight[ITEMS.index(item)])
        np.testing.assert_allclose(estimate.deff, without, **EXACT)


@pytest.mark.parametrize("wave", WAVES)
def test_person_scores_equal_svymean(
    frame: pd.DataFrame, design: Design, reference: dict[str, Any], wave: str
) -> None:
    estimate = known(estimates(domain_means(design, scores_of(frame, "score"), in_wave(frame, wave)))[0])
    golden = reference[f"score_{wave}"]
    np.testing.assert_allclose([estimate.value, estimate.se], [golden["mean"], golden["se"]], **EXACT)
    assert estimate.n == golden["n"]


def test_change_between_waves_has_the_covariance_of_recurring_accounts(
    frame: pd.DataFrame, design: Design, reference: dict[str, Any]
) -> None:
    before, after = (domain_means(design, scores_of(frame, "score"), in_wave(frame, wave)) for wave in WAVES)
    golden = reference["score_change"]
    change = comparisons(after.minus(before))[0]
    assert change is not None
    estimate = change.estimate
    np.testing.assert_allclose([estimate.value, estimate.se], [golden["difference"], golden["se"]], **EXACT)
    np.testing.assert_allclose(side_by_side([before, after]).covariance[0, 1], golden["cov"], **EXACT)
    assert estimate.df == golden["df"]
    assert estimate.n == before.n[0] + after.n[0]


def test_domains_equal_svyby(frame: pd.DataFrame, design: Design, reference: dict[str, Any]) -> None:
    for golden in reference["by_province_wave"]:
        domain = in_wave(frame, golden["wave"]) & (frame["province"] == golden["province"]).to_numpy()
        estimate = known(estimates(domain_means(design, scores_of(frame, "score"), domain))[0])
        np.testing.assert_allclose([estimate.value, estimate.se], [golden["mean"], golden["se"]], **EXACT)


def test_group_against_the_others_equals_svyttest(
    frame: pd.DataFrame, design: Design, reference: dict[str, Any]
) -> None:
    wave, large = in_wave(frame, "2026Q3"), (frame["size"] == "large").to_numpy()
    scores = scores_of(frame, "score")
    difference = domain_means(design, scores, wave & large).minus(domain_means(design, scores, wave & ~large))
    estimate = known(estimates(difference)[0])
    assert estimate.se is not None
    golden = reference["ttest_large"]
    np.testing.assert_allclose(estimate.value / estimate.se, golden["t"], **EXACT)
    # R takes one more degree of freedom for the slope of its regression.
    assert estimate.df == golden["df"] + 1


def test_two_strata_by_hand() -> None:
    # Stratum 0 has totals 0 and 2 around 1: 2/1 * (1 + 1) = 4; stratum 1 totals 1, 3, 5: 3/2 * 8 = 12.
    design = Design(np.ones(5), np.array([0, 0, 1, 1, 1]), np.arange(5))
    z = np.array([[0.0], [2.0], [1.0], [3.0], [5.0]])
    assert design.covariance(z)[0, 0] == pytest.approx(16.0)
    half = Design(np.ones(5), np.array([0, 0, 1, 1, 1]), np.arange(5), {1: 0.5})
    assert half.covariance(z)[0, 0] == pytest.approx(10.0)


def test_a_lonely_cluster_deviates_from_the_grand_mean() -> None:
    design = Design(np.ones(3), np.array([0, 0, 1]), np.arange(3))
    # Grand mean 2; stratum 0 around its mean 1 gives 4, the lonely cluster 2 ** 2 = 4.
    assert design.covariance(np.array([[0.0], [2.0], [4.0]]))[0, 0] == pytest.approx(8.0)
    assert design.lonely_strata(np.ones(3, dtype=bool)) == 1
    # A stratum in which nobody of the domain lies is no concern of the domain.
    assert design.lonely_strata(np.array([True, True, False])) == 0


def test_one_cluster_has_no_error_and_says_so() -> None:
    design = Design(np.ones(3), np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64))
    estimate = known(estimates(domain_means(design, np.array([[1.0], [2.0], [6.0]])))[0])
    assert (estimate.value, estimate.se, estimate.low, estimate.df) == (3.0, None, None, 0.0)


def test_nobody_answered_is_too_few() -> None:
    design = Design(np.ones(3), np.zeros(3, dtype=np.int64), np.arange(3))
    assert estimates(domain_means(design, np.full((3, 1), np.nan))) == (TooFew(0, "no_answers"),)


def test_a_cluster_in_two_strata_is_refused() -> None:
    with pytest.raises(ValueError, match=r"clusters \[7\] lie in several"):
        Design(np.ones(2), np.array([0, 1]), np.array([7, 7]))


def test_a_weight_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 are not"):
        Design(np.array([1.0, 0.0]), np.zeros(2, dtype=np.int64), np.arange(2))


def test_benjamini_hochberg_by_hand() -> None:
    # Sorted .005 .01 .03 .04 times 4/1 4/2 4/3 4/4, then the running minimum from the right.
    np.testing.assert_allclose(
        benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.005])), [0.02, 0.04, 0.04, 0.02], rtol=1e-15
    )


def test_a_fall_of_a_bad_thing_is_better() -> None:
    rng = np.random.default_rng(1)
    design = Design(np.ones(400), np.zeros(400, dtype=np.int64), np.arange(400))
    late = np.arange(400) >= 200
    churn = (rng.random(400) < np.where(late, 0.1, 0.6)).astype(np.float64)[:, None]
    fall = domain_means(design, churn, late).minus(domain_means(design, churn, ~late))
    verdicts = [comparisons(fall, higher_is_better=good)[0] for good in (True, False)]
    assert [found.verdict for found in verdicts if found] == ["worse", "better"]


@st.composite
def surveys(draw: st.DrawFn) -> tuple[Floats, Design]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, clusters = draw(st.integers(8, 40)), draw(st.integers(4, 8))
    cluster = np.concatenate([np.arange(clusters), rng.integers(0, clusters, n)])
    scores = rng.integers(0, 101, (len(cluster), 3)).astype(np.float64)
    scores[rng.random(scores.shape) < 0.2] = np.nan
    return scores, Design(rng.uniform(0.2, 5, len(cluster)), cluster % 2, cluster)


@settings(max_examples=20, deadline=None)
@given(surveys(), st.floats(0.01, 100), st.randoms(use_true_random=False))
def test_rows_and_weight_scale_do_not_matter(
    survey: tuple[Floats, Design], scale: float, random: Any
) -> None:
    scores, design = survey
    order = np.array(random.sample(range(len(design)), len(design)))
    other = Design(scale * design.weights[order], design.strata[order], design.clusters[order])
    one, two = domain_means(design, scores), domain_means(other, scores[order])
    # Only the order of addition differs.
    np.testing.assert_allclose(two.values, one.values, rtol=1e-10)
    np.testing.assert_allclose(two.covariance, one.covariance, rtol=1e-8, atol=1e-8)
    np.testing.assert_array_equal(two.df, one.df)


@settings(max_examples=20, deadline=None)
@given(surveys(), st.integers(1, 4))
def test_an_integer_weight_is_a_repeated_row(survey: tuple[Floats, Design], times: int) -> None:
    scores, design = survey
    counts = np.where(np.arange(len(design)) % 3 == 0, times, 1)
    weighted = Design(counts.astype(np.float64), design.strata, design.clusters)
    again = np.repeat(np.arange(len(design)), counts)
    repeated = Design(np.ones(len(again)), design.strata[again], design.clusters[again])
    one, two = domain_means(weighted, scores), domain_means(repeated, scores[again])
    np.testing.assert_allclose(two.values, one.values, rtol=1e-12)
    # Repetitions lie in the same cluster, so the clustered error agrees as well.
    np.testing.assert_allclose(two.variances, one.variances, rtol=1e-8, atol=1e-10)


@settings(max_examples=20, deadline=None)
@given(surveys())
def test_a_respondent_without_answers_changes_no_estimate(survey: tuple[Floats, Design]) -> None:
    scores, design = survey
    more = Design(np.append(design.weights, 3.0), np.append(design.strata, 0), np.append(design.clusters, 0))
    added = domain_means(more, np.vstack([scores, np.full(3, np.nan)]))
    plain = domain_means(design, scores)
    np.testing.assert_allclose(added.values, plain.values, rtol=1e-12)
    np.testing.assert_allclose(added.variances, plain.variances, rtol=1e-9, atol=1e-10)
    assert added.n.tolist() == plain.n.tolist()


def test_equal_weights_give_n_and_three_copies_count_once() -> None:
    assert effective_sample_size(np.ones(7)) == 7
    assert effective_sample_size(np.array([1.0, 1.0, 1.0, 3.0])) == 3


def test_many_columns_are_one_matrix_product() -> None:
    rng = np.random.default_rng(0)
    design = Design(np.ones(500), np.arange(500) % 3, np.arange(500) // 2 * 3 + np.arange(500) % 3)
    z = rng.normal(size=(500, 20))
    linear = linear_estimates(design, np.zeros(20), z, np.ones((500, 20), dtype=bool))
    np.testing.assert_allclose(np.diag(linear.covariance), linear.variances, rtol=1e-12)
