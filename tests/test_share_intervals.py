"""Intervals of shares and net scores equal R survey, and stay on their scales for every input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from analysis import OutcomeKind, item_distributions, outcome_results, sample_from_frame
from analysis.design import Design
from analysis.estimate import LinearEstimates, domain_means
from analysis.results import Estimate, TooFew
from analysis.sample import Floats
from analysis.share_intervals import ShareInterval, likelihood, net_scores, shares, wilson
from survey import study

GOLDENS = Path(__file__).parent / "goldens" / "survey"
METHODS: tuple[ShareInterval, ...] = get_args(ShareInterval)


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def top() -> LinearEstimates:
    """The share of 9 and 10 on q1 in the last wave."""
    frame = pd.read_csv(GOLDENS / "survey.csv")
    design = Design(
        frame["weight"].to_numpy(dtype=np.float64),
        pd.factorize(frame["province"])[0].astype(np.int64),
        pd.factorize(frame["account"])[0].astype(np.int64),
    )
    share = np.where(frame["q1"].isna(), np.nan, frame["q1"] >= 9)[:, None]
    return domain_means(design, share, (frame["wave"] == "2026Q3").to_numpy())


def known(estimate: Estimate | TooFew) -> Estimate:
    assert isinstance(estimate, Estimate)
    return estimate


def limits(estimate: Estimate | TooFew) -> list[float]:
    found = known(estimate)
    assert found.low is not None
    assert found.high is not None
    return [found.low, found.high]


def means_of(values: Floats, n: int) -> LinearEstimates:
    """Unweighted means of columns of ``values`` over n people, everybody a cluster."""
    return domain_means(Design(np.ones(n), np.zeros(n, dtype=np.int64), np.arange(n)), values)


def test_the_error_of_a_share_equals_svymean(top: LinearEstimates, reference: dict[str, Any]) -> None:
    # Closed form on both sides.
    np.testing.assert_allclose(np.sqrt(top.variances[0]), reference["top2_q1_se"], rtol=1e-10)
    np.testing.assert_allclose(top.values[0], reference["top2_q1_beta"]["p"], rtol=1e-10)


def test_logit_and_korn_graubard_equal_svyciprop(top: LinearEstimates, reference: dict[str, Any]) -> None:
    logit, beta = shares(top)[0], shares(top, interval="korn_graubard")[0]
    # The reference fits the logit by iteration and stops near 1e-8.
    np.testing.assert_allclose(limits(logit), reference["top2_q1_logit"]["ci"], rtol=1e-8)
    np.testing.assert_allclose(limits(beta), reference["top2_q1_beta"]["ci"], rtol=1e-10)
    assert (known(logit).method, known(beta).method) == ("logit", "korn_graubard")


def test_the_likelihood_interval_equals_svyciprop_to_what_its_spline_gives(
    top: LinearEstimates, reference: dict[str, Any]
) -> None:
    found = shares(top, interval="likelihood")[0]
    golden = reference["top2_q1_likelihood"]
    np.testing.assert_allclose(known(found).value, golden["p"], rtol=1e-8)
    # The reference evaluates the likelihood at some twelve points and interpolates between them.
    np.testing.assert_allclose(limits(found), golden["ci"], rtol=8e-6)
    # At our own limits the scaled deviance is the square of the t quantile, by the formula itself.
    p, n, size = top.values[0], top.n[0], top.values[0] * (1 - top.values[0]) / top.variances[0]
    for q in limits(found):
        deviance = 2 * size * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))) * (n - 1) / n
        assert deviance == pytest.approx(stats.t.ppf(0.975, top.df[0]) ** 2, rel=1e-11)


def test_wilson_equals_newcombe() -> None:
    # Newcombe (1998), table I, printed with four digits.
    p, n = np.array([81 / 263, 15 / 148, 0.0, 1 / 29]), np.array([263.0, 148.0, 20.0, 29.0])
    low, high = wilson(p, n, 0.95)
    assert np.round(low, 4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert np.round(high, 4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_wilson_takes_the_size_of_the_design(top: LinearEstimates) -> None:
    found = known(shares(top, interval="wilson")[0])
    ratio = stats.t.ppf(0.975, top.n[0] - 1) / stats.t.ppf(0.975, top.df[0])
    size = top.values * (1 - top.values) / top.variances * ratio**2
    by_hand = wilson(top.values, size, 0.95)
    assert limits(found) == [float(by_hand[0][0]), float(by_hand[1][0])]
    assert found.method == "wilson"


def test_a_share_of_everybody_has_an_interval() -> None:
    everybody = means_of(np.ones((20, 1)), 20)
    found = {method: known(shares(everybody, interval=method)[0]) for method in METHODS}
    # Clopper–Pearson at 20 of 20: the lower limit is 0.025 ** (1 / 20).
    np.testing.assert_allclose(found["logit"].low, 0.025 ** (1 / 20), rtol=1e-12)
    assert found["logit"].method == "korn_graubard"
    t = stats.t.ppf(0.975, 19)
    # q ** 20 is the likelihood of 20 of 20; its deviance is −40 ln q.
    np.testing.assert_allclose(found["likelihood"].low, np.exp(-(t**2) * 20 / 19 / 40), rtol=1e-12)
    assert all((estimate.value, estimate.high) == (1.0, 1.0) for estimate in found.values())


def test_a_net_score_is_a_bounded_mean() -> None:
    values = np.repeat([100.0, 0.0, -100.0], [9, 8, 3])[:, None]
    linear = means_of(values, 20)
    found = known(net_scores(linear)[0])
    p, se = (30 + 100) / 200, np.sqrt(linear.variances[0]) / 200
    half = stats.t.ppf(0.975, 19) * se / (p * (1 - p))
    by_hand = 200 * special.expit(special.logit(p) + np.array([-half, half])) - 100
    np.testing.assert_allclose(limits(found), by_hand, rtol=1e-12)
    assert (found.value, found.method) == (30.0, "logit")
    assert found.se == pytest.approx(float(np.sqrt(linear.variances[0])))


def test_a_net_score_of_two_answers_is_a_share_of_promoters() -> None:
    promoters = np.repeat([1.0, 0.0], [13, 7])[:, None]
    for method in METHODS:
        share = limits(shares(means_of(promoters, 20), interval=method)[0])
        net = limits(net_scores(means_of(200 * promoters - 100, 20), interval=method)[0])
        np.testing.assert_allclose(net, 200 * np.array(share) - 100, atol=1e-10)


@pytest.mark.parametrize("method", ["logit", "korn_graubard"])
def test_the_ends_of_the_net_score_say_what_twenty_people_can_say(method: ShareInterval) -> None:
    linear = means_of(np.tile([100.0, 0.0, -100.0], (20, 1)), 20)
    best, middle, worst = (limits(found) for found in net_scores(linear, interval=method))
    u = 1 - 0.025 ** (1 / 20)
    np.testing.assert_allclose(best, [100 - 200 * u, 100], rtol=1e-12)
    np.testing.assert_allclose(middle, [-100 * u, 100 * u], rtol=1e-12)
    np.testing.assert_allclose(worst, [-100, -100 + 200 * u], rtol=1e-12)


def test_one_cluster_gives_no_interval() -> None:
    design = Design(np.ones(3), np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64))
    for method in METHODS:
        found = known(net_scores(domain_means(design, np.array([[100.0], [0.0], [0.0]])), interval=method)[0])
        assert (found.se, found.low, found.high) == (None, None, None)
        nobody = shares(domain_means(design, np.full((3, 1), np.nan)), interval=method)
        assert nobody == (TooFew(0, "no_answers"),)


def test_the_methods_of_a_study_are_those_of_the_estimators() -> None:
    assert get_args(study.ShareInterval) == METHODS


def test_the_declared_method_reaches_answers_and_outcomes() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"q": rng.integers(0, 11, 80).astype(float)})
    frame["recommend"], frame["left"] = 10 * frame["q"], 100.0 * (frame["q"] < 3)
    sample = sample_from_frame(frame, ["q"], scale=(0, 10), outcomes=["recommend", "left"])
    for method in METHODS:
        (answers,) = item_distributions(sample, {"q": range(11)}, interval=method)
        kinds = [OutcomeKind("recommend", "recommendation", "nps"), OutcomeKind("left", "churn", "share")]
        found = [answers.top, answers.bottom]
        found += [outcome.series[-1] for outcome in outcome_results(sample, kinds, interval=method)]
        assert [known(estimate).method for estimate in found] == [method] * 4


def test_fewer_unhappy_customers_are_better() -> None:
    rng = np.random.default_rng(5)
    wave = np.repeat(["w1", "w2"], 200)
    unhappy = rng.random(400) < np.where(wave == "w1", 0.6, 0.2)
    frame = pd.DataFrame({"q": np.where(unhappy, 1.0, 3.0), "wave": wave})
    (found,) = item_distributions(
        sample_from_frame(frame, ["q"], scale=(1, 5), wave="wave"), {"q": range(1, 6)}
    )
    assert found.bottom_change is not None
    assert found.bottom_change.estimate.value < 0
    assert found.bottom_change.verdict == "better"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from([100.0, 0.0, -100.0]), min_size=2, max_size=30),
    st.sampled_from(METHODS),
    st.floats(0.6, 0.999),
)
def test_a_net_score_never_leaves_its_scale(
    answers: list[float], method: ShareInterval, level: float
) -> None:
    found = known(net_scores(means_of(np.array(answers)[:, None], len(answers)), level, method)[0])
    low, high = limits(found)
    assert -100 <= low <= found.value + 1e-9
    assert found.value - 1e-9 <= high <= 100
    turned = limits(net_scores(means_of(-np.array(answers)[:, None], len(answers)), level, method)[0])
    # Promoters and detractors exchanged turn the interval round.
    np.testing.assert_allclose(turned, [-high, -low], atol=1e-7)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1), st.floats(0.001, 5))
def test_the_likelihood_falls_by_what_was_asked(p: float, reach: float) -> None:
    for q in likelihood(np.array([p]), np.array([reach])):
        q0 = float(q[0])
        # Nearer to the ends 1 − q has too few digits to be checked with.
        if not 1e-8 < q0 < 1 - 1e-8:
            continue
        own = special.xlogy(p, p) - special.xlogy(p, q0)
        rest = special.xlogy(1 - p, 1 - p) - special.xlog1py(1 - p, -q0)
        # Near the ends p·ln p loses the digits that p and q share.
        assert own + rest == pytest.approx(reach, rel=1e-7, abs=1e-9)
