"""Reliability equals psych and lavaan, obeys closed forms, and says where it means nothing."""

from __future__ import annotations

import doctest
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import scale_coefficients
from analysis.missing import item_moments
from analysis.one_factor import one_factor
from analysis.reliability import scale_quality
from analysis.results import Estimate, TooFew
from analysis.sample import Floats, Sample
from analysis.scale_results import Block, ScaleQuality, ScaleRules
from analysis.tabular import sample_from_frame

GOLDENS = Path(__file__).parent / "goldens" / "survey"
ITEMS = [f"q{j}" for j in range(1, 7)]
NO_ITEM: list[str | None] = [None]
QUICK: dict[str, Any] = {"replicates": 30, "seed": 1}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "survey.csv")


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))[
        "reliability"
    ]
    return found


def one(sample: Sample, items: list[str], *, formative: bool = False, **settings: Any) -> ScaleQuality:
    return scale_quality(sample, [Block("b", tuple(items), formative)], **QUICK | settings).scales[0]


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


def test_complete_answers_of_a_simple_sample_equal_psych_and_lavaan(
    frame: pd.DataFrame, golden: dict[str, Any]
) -> None:
    complete = frame[frame["wave"] == "2026Q3"].dropna(subset=ITEMS)
    found = one(sample_from_frame(complete, ITEMS, scale=(1, 10)), ITEMS)
    assert found.alpha is not None
    assert found.alpha.n == golden["n"] == 161
    # Sums of products in another order: 1e-8 is far above what that can do.
    assert found.alpha.value == pytest.approx(golden["alpha"], abs=1e-8)
    assert found.standardised == pytest.approx(golden["std_alpha"], abs=1e-8)
    for item in found.items:
        assert item.rest == pytest.approx(golden["item_rest"][item.item], abs=1e-8)
        assert item.without == pytest.approx(golden["alpha_drop"][item.item], abs=1e-8)
        # The reference stops its iteration when the slope is about 1e-6; ours is flat to 1e-9.
        assert item.loading == pytest.approx(golden["loadings"][item.item], abs=1e-6)
    assert value(found.omega) == pytest.approx(golden["omega_total_cfa"], abs=1e-8)
    assert found.extracted == pytest.approx(golden["ave"], abs=1e-8)
    # Feldt's limits as published with the data, to the digits given.
    assert found.alpha.method == "feldt"
    assert found.alpha.low == pytest.approx(0.8692, abs=5e-5)
    assert found.alpha.high == pytest.approx(0.9192, abs=5e-5)
    assert (found.factor, found.missing, found.warnings) == ("fitted", None, ())


def design_sample(frame: pd.DataFrame) -> Sample:
    return sample_from_frame(
        frame, ITEMS, scale=(1, 10), weights="weight", cluster="account", strata="province", wave="wave"
    )


def test_blanks_and_weights_enter_by_em(frame: pd.DataFrame) -> None:
    found = one(design_sample(frame), ITEMS)
    now = frame[frame["wave"] == "2026Q3"]
    moments = item_moments(ITEMS, now[ITEMS].to_numpy(dtype=np.float64), now["weight"].to_numpy())
    assert value(found.alpha) == pytest.approx(float(scale_coefficients.alpha(moments.covariance)), rel=1e-10)
    assert found.base is not None
    assert (found.base.method, found.base.patterns) == ("em", 17)
    assert found.base.n == int((now[ITEMS].notna().sum(axis=1) >= 2).sum())
    assert [key for key, _ in found.warnings] == ["rows_lost"]


def test_replicates_agree_with_the_jackknife_of_clusters(frame: pd.DataFrame) -> None:
    sample = design_sample(frame)
    found = one(sample, ITEMS[:4], replicates=1000)
    now = frame[frame["wave"] == "2026Q3"].reset_index(drop=True)
    x, w = now[ITEMS[:4]].to_numpy(dtype=np.float64), now["weight"].to_numpy()
    # Clusters that did not answer in this wave are clusters of the design all the same.
    everybody = frame.groupby("province")["account"].nunique()
    variance = 0.0
    full = np.log1p(-float(scale_coefficients.alpha(item_moments(ITEMS[:4], x, w).covariance)))
    for province, size in everybody.items():
        accounts = now.loc[now["province"] == province, "account"].unique()
        for account in accounts:
            own = (now["account"] == account).to_numpy()
            factor = np.where((now["province"] == province).to_numpy(), size / (size - 1), 1.0) * ~own
            left = item_moments(ITEMS[:4], x[factor > 0], (w * factor)[factor > 0])
            variance += (
                (size - 1) / size * (np.log1p(-float(scale_coefficients.alpha(left.covariance))) - full) ** 2
            )
    assert found.alpha is not None
    low, high = found.alpha.low, found.alpha.high
    assert low is not None
    assert high is not None
    se = (np.log1p(-low) - np.log1p(-high)) / 2 / 1.985802
    # 1,000 replicates know a standard error to 2.2 %; the rest is what a jackknife differs by.
    assert se == pytest.approx(np.sqrt(variance), rel=0.08)
    assert found.alpha.df == 93


def factor_sample(loadings: list[float], own: list[float], n: int = 60) -> tuple[Sample, Floats]:
    """A sample whose covariances are exactly those of one factor."""
    rng = np.random.default_rng(3)
    target = np.outer(loadings, loadings) + np.diag(own)
    raw = rng.normal(size=(n, len(own)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T, ddof=0))).T
    x = 50 + 5 * white @ np.linalg.cholesky(target).T
    names = [f"i{j}" for j in range(len(own))]
    return sample_from_frame(pd.DataFrame(x, columns=names), names, scale=None), 25 * target


def test_four_parallel_items_obey_spearman_brown() -> None:
    root = float(np.sqrt(0.4))
    sample, _ = factor_sample([root] * 4, [0.6] * 4)
    found = one(sample, list(sample.items))
    assert value(found.alpha) == pytest.approx(1.6 / 2.2, abs=1e-12)
    assert round(value(found.alpha), 4) == 0.7273
    assert found.mean_correlation == pytest.approx(0.4, abs=1e-12)
    # Equal loadings: alpha is the reliability, and one factor says the same.
    assert value(found.omega) == pytest.approx(value(found.alpha), abs=1e-9)
    assert found.composite == pytest.approx(value(found.alpha), abs=1e-9)
    assert found.extracted == pytest.approx(0.4, abs=1e-9)


def test_unequal_loadings_make_alpha_a_lower_bound() -> None:
    loadings, own = [0.9, 0.7, 0.5, 0.3], [0.2, 0.5, 0.6, 0.9]
    sample, _ = factor_sample(loadings, own)
    found = one(sample, list(sample.items))
    assert value(found.omega) == pytest.approx(2.4**2 / (2.4**2 + 2.2), abs=1e-8)
    assert value(found.alpha) < value(found.omega)
    expected = [a / np.sqrt(a * a + b) for a, b in zip(loadings, own, strict=True)]
    assert [item.loading for item in found.items] == pytest.approx(expected, abs=1e-8)


def test_two_items_have_spearman_brown_and_no_factor() -> None:
    sample, _ = factor_sample([0.8, 0.8], [0.36, 0.36])
    found = one(sample, list(sample.items))
    assert value(found.spearman_brown) == pytest.approx(2 * 0.64 / 1.64)
    assert found.standardised == pytest.approx(2 * 0.64 / 1.64)
    assert (found.omega, found.composite, found.extracted, found.factor) == (
        None,
        None,
        None,
        "too_few_items",
    )
    assert [item.without for item in found.items] == [None, None]
    assert [item.rest for item in found.items] == pytest.approx([0.64, 0.64])


def test_one_item_is_not_estimable_and_never_one() -> None:
    sample, _ = factor_sample([0.8, 0.8], [0.36, 0.36])
    found = one(sample, ["i0"])
    assert (found.missing, found.alpha, found.standardised) == ("single_item", None, None)
    assert found.summary() == "b: not estimable (single_item)"


def test_a_formative_construct_has_inflation_and_nothing_else() -> None:
    sample, covariance = factor_sample([0.9, 0.8, 0.7], [0.3, 0.4, 0.5])
    found = one(sample, list(sample.items), formative=True)
    spread = np.sqrt(np.diag(covariance))
    expected = np.diag(np.linalg.inv(covariance / np.outer(spread, spread)))
    assert [item.inflation for item in found.items] == pytest.approx(expected.tolist())
    assert (found.alpha, found.omega, found.extracted, found.mean_correlation) == (None, None, None, None)
    assert [item.rest for item in found.items] == [None] * 3
    copied = one(sample, list(sample.items), formative=True, rules=ScaleRules(inflation=1.1))
    assert {key for key, _ in copied.warnings} == {"inflated"}


def test_a_heywood_case_is_inadmissible_not_trimmed() -> None:
    correlation = np.array([[1.0, 0.8, 0.75], [0.8, 1.0, 0.45], [0.75, 0.45, 1.0]])
    rng = np.random.default_rng(1)
    raw = rng.normal(size=(80, 3))
    raw -= raw.mean(axis=0)
    x = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw.T, ddof=0))).T @ np.linalg.cholesky(correlation).T
    sample = sample_from_frame(pd.DataFrame(50 + 5 * x, columns=list("abc")), list("abc"), scale=None)
    found = one(sample, list("abc"))
    # With three items the fit is exact: λ² = r12 r13 / r23 = 1.33.
    assert (found.factor, found.omega, found.composite, found.extracted) == ("heywood", None, None, None)
    assert "heywood" in dict(found.warnings)
    assert [item.loading for item in found.items] == [None] * 3
    assert value(found.alpha) > 0.8


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000))
def test_integer_weights_are_repeated_rows_and_order_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = np.clip(np.round(6 + 1.3 * rng.normal(size=(50, 1)) + rng.normal(size=(50, 4))), 1, 10)
    raw[rng.random(raw.shape) < 0.1] = np.nan
    raw[:, 0] = np.nan_to_num(raw[:, 0], nan=5.0)
    names = list("abcd")
    table = pd.DataFrame(raw, columns=names).assign(w=rng.integers(1, 4, 50))
    weighted = one(sample_from_frame(table, names, scale=(1, 10), weights="w"), names)
    repeated = table.loc[table.index.repeat(table["w"])].reset_index(drop=True)
    shuffled = repeated.sample(frac=1, random_state=seed % 1000).reset_index(drop=True)
    for other in (
        one(sample_from_frame(repeated, names, scale=(1, 10)), names),
        one(sample_from_frame(shuffled, names, scale=(1, 10)), names),
    ):
        assert value(other.alpha) == pytest.approx(value(weighted.alpha), rel=1e-9)
        assert other.factor == weighted.factor
        if weighted.omega:
            assert value(other.omega) == pytest.approx(weighted.omega.value, rel=1e-7)
        for a, b in zip(other.items, weighted.items, strict=True):
            assert a.rest == pytest.approx(b.rest, rel=1e-8)


def test_people_to_whom_an_item_does_not_apply_are_no_part_of_it(frame: pd.DataFrame) -> None:
    sample = design_sample(frame)
    routed = np.zeros_like(sample.structural)
    routed[::3, 5] = True
    scores, codes = sample.scores.copy(), sample.codes.copy()
    scores[routed], codes[routed] = np.nan, -6
    gapped = replace(sample, scores=scores, codes=codes, structural=routed)
    found = one(gapped, ITEMS)
    kept = frame[~pd.Series(routed[:, 5], index=frame.index)]
    assert value(found.alpha) == pytest.approx(value(one(design_sample(kept), ITEMS).alpha), rel=1e-10)
    warned = dict(found.warnings)["left_people"]
    now = frame["wave"].to_numpy() == "2026Q3"
    assert found.base is not None
    assert warned == {"people": int((routed[:, 5] & now).sum()), "n": found.base.n}
    last = found.items[-1].blanks
    assert last is not None
    assert last.structural == {"not_asked": warned["people"]}
    assert last.due == now.sum() - warned["people"]
    assert last.due == last.answered + sum(last.missing.values())


def test_an_item_that_a_wave_did_not_ask_is_left_out_by_name(frame: pd.DataFrame) -> None:
    sample = design_sample(frame)
    scores, codes, structural = sample.scores.copy(), sample.codes.copy(), sample.structural.copy()
    now = sample.in_wave("2026Q3")
    scores[now, 2], codes[now, 2], structural[now, 2] = np.nan, -6, True
    found = one(replace(sample, scores=scores, codes=codes, structural=structural), ITEMS)
    others = [item for item in ITEMS if item != "q3"]
    assert value(found.alpha) == pytest.approx(value(one(sample, others).alpha), rel=1e-10)
    assert ("left_item", {"item": "q3"}) in found.warnings
    assert found.items[2].floor == TooFew(0, "no_answers")


def test_small_groups_show_nothing(frame: pd.DataFrame) -> None:
    few = frame[frame["wave"] == "2026Q3"].dropna(subset=ITEMS).head(8)
    found = one(sample_from_frame(few, ITEMS, scale=(1, 10)), ITEMS)
    assert (found.missing, found.alpha) == ("disclosure", None)
    assert {item.floor for item in found.items} == {TooFew(8, "disclosure")}
    kept = one(design_sample(frame), ITEMS, hidden={"q1": TooFew(120, "complementary")})
    assert kept.items[0].ceiling == TooFew(120, "complementary")


@pytest.mark.parametrize(
    ("rules", "key", "items"),
    [
        (ScaleRules(reliable=0.95), "unreliable", []),
        (ScaleRules(redundant=0.90), "redundant", []),
        (ScaleRules(item_rest=0.67), "low_rest", ["q2"]),
        (ScaleRules(loading=0.70), "low_loading", ["q2"]),
        (ScaleRules(better_without=-0.007), "better_without", ["q2"]),
        (ScaleRules(extracted=0.7), "low_extracted", []),
        (ScaleRules(one_end=0.12), "ceiling", ["q2"]),
    ],
)
def test_each_limit_warns_of_what_passes_it(
    frame: pd.DataFrame, rules: ScaleRules, key: str, items: list[str]
) -> None:
    found = one(design_sample(frame), ITEMS, rules=rules)
    assert [values.get("item") for name, values in found.warnings if name == key] == (items or NO_ITEM)
    assert key not in dict(one(design_sample(frame), ITEMS).warnings)


def test_floor_and_ceiling_are_the_weighted_shares_at_the_ends(frame: pd.DataFrame) -> None:
    found = one(design_sample(frame), ITEMS)
    now = frame[frame["wave"] == "2026Q3"]
    for item in found.items:
        answered = now.dropna(subset=[item.item])
        expected = np.average(answered[item.item] == 10, weights=answered["weight"])
        assert isinstance(item.ceiling, Estimate)
        assert item.ceiling.value == pytest.approx(expected)
        assert item.ceiling.low is not None
        assert item.ceiling.low < expected


def test_one_factor_needs_three_items_and_recovers_what_was_put_in() -> None:
    with pytest.raises(ValueError, match="at least 3 items, found 2"):
        one_factor(np.eye(2)[None])
    loadings, own = np.array([0.9, -0.4, 0.6, 0.2, 0.7]), np.array([0.5, 1.2, 0.3, 2.0, 0.8])
    scale = np.array([1.0, 30.0, 0.02, 5.0, 100.0])
    target = (np.outer(loadings, loadings) + np.diag(own)) * np.outer(scale, scale)
    fit = one_factor(np.stack([target, target[::-1, ::-1]]))
    np.testing.assert_allclose(fit.loadings[0], loadings * scale, rtol=1e-7)
    np.testing.assert_allclose(fit.own[1], (own * scale**2)[::-1], rtol=1e-7)
    assert fit.admissible.tolist() == [True, True]


def test_the_examples_of_the_coefficients_hold() -> None:
    assert doctest.testmod(scale_coefficients).failed == 0
    with pytest.raises(ValueError, match="at least 2 items, found 1"):
        scale_coefficients.alpha(np.eye(1))
    assert np.isnan(scale_coefficients.difference_reliability(0.8, 0.8, 1.0))
