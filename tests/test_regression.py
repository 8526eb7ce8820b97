"""Regressions equal R survey; their tests agree with one another; what cannot be fitted is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from analysis import regress, sample_from_frame
from analysis.design import Design
from analysis.estimate import domain_means, side_by_side
from analysis.joint_tests import groups_differ, wald_test
from analysis.regression import INTERCEPT, Regression, weighted_regression
from analysis.sample import Booleans, Floats

GOLDENS = Path(__file__).parent / "goldens" / "survey"
ITEMS = [f"q{j}" for j in range(1, 7)]
# Both sides are closed form; the reference is printed with 15 digits.
EXACT = {"rtol": 1e-10, "atol": 0.0}


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = pd.read_csv(GOLDENS / "survey.csv")
    scores = (frame[ITEMS] - 1) / 9 * 100
    frame["score"] = scores.mean(axis=1).where(scores.notna().sum(axis=1) >= 4)
    frame["large"] = (frame["size"] == "large").astype(float)
    return frame


@pytest.fixture(scope="module")
def design(frame: pd.DataFrame) -> Design:
    return Design(
        frame["weight"].to_numpy(dtype=np.float64),
        pd.factorize(frame["province"])[0].astype(np.int64),
        pd.factorize(frame["account"])[0].astype(np.int64),
    )


@pytest.fixture(scope="module")
def late(frame: pd.DataFrame) -> Booleans:
    return np.asarray(frame["wave"] == "2026Q3")


def fit(frame: pd.DataFrame, design: Design, y: str, x: list[str], **options: Any) -> Regression:
    columns = frame[x].to_numpy(dtype=np.float64)
    return weighted_regression(design, frame[y].to_numpy(dtype=np.float64), columns, x, **options)


def test_linear_coefficients_equal_svyglm(
    frame: pd.DataFrame, design: Design, late: Booleans, reference: dict[str, Any]
) -> None:
    found = fit(frame, design, "score", ["q1", "q3", "q6"], domain=late)
    golden = reference["svyglm"]
    for name, estimate in found.coefficients.items():
        np.testing.assert_allclose(estimate.value, golden["coef"][name], **EXACT)
        np.testing.assert_allclose(estimate.se, golden["se"][name], **EXACT)
    complete = frame[late].dropna(subset=["score", "q1", "q3", "q6"])
    # Clusters less strata less slopes, of those who are in the model.
    assert (found.n, found.df) == (len(complete), complete["account"].nunique() - 4 - 3)


def test_logistic_coefficients_equal_svyglm(
    frame: pd.DataFrame, design: Design, late: Booleans, reference: dict[str, Any]
) -> None:
    found = fit(frame, design, "repurchase", ["score"], domain=late, family="logistic")
    golden = reference["svyglm_logit"]
    for name, estimate in found.coefficients.items():
        np.testing.assert_allclose(estimate.value, golden["coef"][name], rtol=1e-8)
        # The reference stops its iteration when the deviance moves by less than 1e-8 of itself.
        np.testing.assert_allclose(estimate.se, golden["se"][name], rtol=1e-6)
    low, high = (found.odds_ratios["score"][j] for j in (1, 2))
    slope = found.coefficients["score"]
    assert slope.low is not None
    assert slope.high is not None
    assert (low, high) == (np.exp(slope.low), np.exp(slope.high))


def test_two_groups_equal_svyttest(
    frame: pd.DataFrame, design: Design, late: Booleans, reference: dict[str, Any]
) -> None:
    found = fit(frame, design, "score", ["large"], domain=late)
    slope, golden = found.coefficients["large"], reference["ttest_large"]
    assert slope.se is not None
    np.testing.assert_allclose(slope.value / slope.se, golden["t"], **EXACT)
    assert slope.df == golden["df"]
    np.testing.assert_allclose(found.p["large"], golden["p"], rtol=1e-9)


def test_one_coefficient_has_the_square_of_its_t(frame: pd.DataFrame, design: Design, late: Booleans) -> None:
    found = fit(frame, design, "score", ["q1", "q3", "q6"], domain=late)
    table = found.to_frame()
    joint = found.test(["q3"])
    assert joint is not None
    assert joint.f == pytest.approx(table.loc["q3", "t"] ** 2, rel=1e-10)
    assert joint.p == pytest.approx(found.p["q3"], rel=1e-8)
    assert (joint.ndf, joint.ddf) == (1.0, found.df)


def test_several_coefficients_by_hand(frame: pd.DataFrame, design: Design, late: Booleans) -> None:
    found = fit(frame, design, "score", ["q1", "q3", "q6"], domain=late)
    joint = found.test(["q1", "q6"])
    assert joint is not None
    b = found.linear.values[[1, 3]]
    v = found.linear.covariance[np.ix_([1, 3], [1, 3])]
    assert joint.f == pytest.approx(b @ np.linalg.inv(v) @ b / 2, rel=1e-10)
    assert joint.p == pytest.approx(stats.f.sf(joint.f, 2, found.df), rel=1e-10)


def test_a_regression_on_groups_gives_differences_of_means(
    frame: pd.DataFrame, design: Design, late: Booleans
) -> None:
    dummies = pd.get_dummies(frame["size"], dtype=float)[["medium", "small"]]
    found = weighted_regression(
        design, frame["score"].to_numpy(), dummies.to_numpy(), ["medium", "small"], domain=late
    )
    scores = frame[["score"]].to_numpy(dtype=np.float64)
    large, medium = (
        domain_means(design, scores, late & (frame["size"] == size).to_numpy())
        for size in ("large", "medium")
    )
    difference = medium.minus(large)
    estimate = found.coefficients["medium"]
    assert estimate.value == pytest.approx(difference.values[0], rel=1e-11)
    assert estimate.se == pytest.approx(float(np.sqrt(difference.variances[0])), rel=1e-10)


def test_a_sample_is_regressed_by_names(frame: pd.DataFrame, reference: dict[str, Any]) -> None:
    frame = frame.assign(flag=100.0 * frame["repurchase"])
    sample = sample_from_frame(
        frame,
        ITEMS,
        scale=(1, 10),
        weights="weight",
        cluster="account",
        strata="province",
        wave="wave",
        outcomes=["score", "flag"],
    )
    found = regress(sample, "score", ["q1", "q3", "q6"])
    golden = reference["svyglm"]["coef"]
    # A step of one code is 100/9 points.
    for item in ("q1", "q3", "q6"):
        assert found.coefficients[item].value == pytest.approx(golden[item] * 9 / 100, rel=1e-10)
    logistic = regress(sample, "flag", ["score"], family="logistic", wave="2026Q3")
    assert logistic.coefficients["score"].value == pytest.approx(
        reference["svyglm_logit"]["coef"]["score"], rel=1e-8
    )
    assert found.summary().startswith(INTERCEPT)
    with pytest.raises(ValueError, match="no item or outcome 'q9'"):
        regress(sample, "score", ["q9"])


def test_what_cannot_be_fitted_is_refused(frame: pd.DataFrame, design: Design) -> None:
    twice = frame.assign(again=2 * frame["q1"] + 1, one=1.0)
    with pytest.raises(ValueError, match=r"Columns '(again|q1)' are constant or combinations"):
        fit(twice, design, "score", ["q1", "again"])
    with pytest.raises(ValueError, match="Columns 'one' are constant"):
        fit(twice, design, "score", ["q1", "one"])
    with pytest.raises(ValueError, match="needs an outcome of both 0 and 1"):
        fit(frame, design, "score", ["q1"], family="logistic")
    with pytest.raises(ValueError, match="tell 0 from 1 without error"):
        fit(frame.assign(y=(frame["q1"] > 5).astype(float)), design, "y", ["q1"], family="logistic")
    with pytest.raises(ValueError, match="more than 2 complete rows, found 1"):
        fit(frame, design, "score", ["q1"], domain=np.arange(len(frame)) < 1)


def test_a_column_that_tells_some_people_apart_without_error_is_refused() -> None:
    """Everybody of a group says yes: the likelihood rises for ever with the group's coefficient."""
    rng = np.random.default_rng(0)
    x, group = rng.normal(size=200), (np.arange(200) < 20).astype(float)
    y = np.where(group == 1, 1.0, (rng.random(200) < 0.5).astype(float))
    everybody = Design(np.ones(200), np.zeros(200, dtype=int), np.arange(200))
    columns = np.column_stack([x, group])
    with pytest.raises(ValueError, match="for everybody or for some"):
        weighted_regression(everybody, y, columns, ["x", "group"], family="logistic")
    y[0] = 0.0
    found = weighted_regression(everybody, y, columns, ["x", "group"], family="logistic")
    assert 0 < found.coefficients["group"].value < 10


def test_long_odds_alone_are_no_separation() -> None:
    """One person far out has log odds of more than 15, which a finite slope gives."""
    rng = np.random.default_rng(1)
    x = np.append(rng.normal(size=200), 40.0)
    y = (rng.random(201) < special.expit(x)).astype(float)
    y[-1] = 1.0
    everybody = Design(np.ones(201), np.zeros(201, dtype=int), np.arange(201))
    found = weighted_regression(everybody, y, x[:, None], ["x"], family="logistic")
    assert found.coefficients["x"].value * 40 > 15


@pytest.mark.parametrize("family", ["linear", "logistic"])
def test_units_of_columns_do_not_matter(family: Any) -> None:
    """A date written as a number is as good a column as years since the start."""
    rng = np.random.default_rng(2)
    years = rng.normal(size=150)
    y = (rng.random(150) < special.expit(years)).astype(float)
    everybody = Design(rng.uniform(1, 2, 150), np.zeros(150, dtype=int), np.arange(150) // 2)
    found = [
        weighted_regression(everybody, y, column[:, None], ["x"], family=family)
        for column in (years, 20_261_107.0 + 1000.0 * years)
    ]
    one, other = (part.coefficients["x"] for part in found)
    assert one.se is not None
    assert other.se is not None
    # Ten digits of the dates are the same in all, so six are left of a double's sixteen.
    assert 1000.0 * other.value == pytest.approx(one.value, rel=1e-8)
    assert 1000.0 * other.se == pytest.approx(one.se, rel=1e-8)
    assert found[1].p["x"] == pytest.approx(found[0].p["x"], rel=1e-7)


def test_groups_are_tested_together_as_pairs_are(frame: pd.DataFrame, design: Design, late: Booleans) -> None:
    scores = frame[["score"]].to_numpy(dtype=np.float64)
    large = (frame["size"] == "large").to_numpy()
    two = [domain_means(design, scores, late & here) for here in (large, ~large)]
    difference = two[0].minus(two[1])
    joint = groups_differ(side_by_side(two))
    assert joint is not None
    # Sizes are crossed with the strata, whose own factor is 30/29 or so: c/(c − 1) of few clusters is on top.
    size = np.bincount(design.stratum_of_unit)[design.stratum_of_unit]
    loose = [
        (part.clusters[0] / (part.clusters[0] - 1)) / np.mean((size / (size - 1))[part.present[:, 0]])
        for part in two
    ]
    scale = np.sqrt(np.maximum(loose, 1.0))
    totals = two[0].totals * scale[0] - two[1].totals * scale[1]
    expected = difference.values[0] ** 2 / design.variance_of_totals(totals)[0]
    assert joint.f == pytest.approx(expected, rel=1e-9)
    assert joint.f == pytest.approx(difference.values[0] ** 2 / difference.variances[0], rel=0.05)
    assert (joint.ndf, joint.ddf) == (pytest.approx(1.0), pytest.approx(93.0))


def test_groups_that_are_whole_strata_need_no_correction(
    frame: pd.DataFrame, design: Design, late: Booleans
) -> None:
    scores = frame[["score"]].to_numpy(dtype=np.float64)
    provinces = [np.asarray(frame["province"] == name) for name in sorted(set(frame["province"]))]
    everywhere = side_by_side([domain_means(design, scores, here) for here in provinces])
    joint = groups_differ(everywhere)
    assert joint is not None
    w, v = everywhere.weight, everywhere.covariance
    centred = np.diag(w) - np.outer(w, w) / w.sum()
    assert joint.f == pytest.approx(
        everywhere.values @ centred @ everywhere.values / np.trace(centred @ v), rel=1e-10
    )


def test_groups_of_one_cluster_take_no_part() -> None:
    design = Design(np.ones(9), np.zeros(9, dtype=np.int64), np.repeat(np.arange(3), 3))
    scores = np.arange(9.0)[:, None]
    alone = [domain_means(design, scores, design.clusters == c) for c in range(3)]
    assert groups_differ(side_by_side(alone)) is None
    assert wald_test(np.array([1.0]), np.array([[1.0]]), 0) is None
    assert wald_test(np.ones(2), np.zeros((2, 2)), 10) is None


@st.composite
def data(draw: st.DrawFn) -> tuple[Floats, Floats, Design]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = 60
    cluster = np.concatenate([np.arange(12), rng.integers(0, 12, n - 12)])
    x = rng.normal(size=(n, 2))
    y = x @ [1.0, -2.0] + rng.normal(size=n)
    y[rng.random(n) < 0.1] = np.nan
    return y, x, Design(rng.integers(1, 5, n).astype(float), cluster % 2, cluster)


@settings(max_examples=25, deadline=None)
@given(data(), st.sampled_from(["linear", "logistic"]), st.randoms(use_true_random=False))
def test_rows_and_repetition_do_not_matter(
    given_data: tuple[Floats, Floats, Design], family: Any, random: Any
) -> None:
    y, x, design = given_data
    if family == "logistic":
        noise = np.sin(1000 * x[:, 0]) * 4
        y = np.where(np.isnan(y), np.nan, (y + noise > 0).astype(float))
    one = weighted_regression(design, y, x, ["a", "b"], family=family)
    order = np.array(random.sample(range(len(y)), len(y)))
    again = np.repeat(order, design.weights[order].astype(int))
    repeated = Design(np.ones(len(again)), design.strata[again], design.clusters[again])
    two = weighted_regression(repeated, y[again], x[again], ["a", "b"], family=family)
    # Both stop where Newton's step is below 1e-12; the condition of the problem does the rest.
    np.testing.assert_allclose(two.linear.values, one.linear.values, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(two.linear.covariance, one.linear.covariance, rtol=1e-7, atol=1e-10)
    assert two.df == one.df
