"""Gaps have the error of paired answers, add up as they should, and are read only where the model allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.estimate import domain_means, estimates
from analysis.gap_results import GapDimension, GapModel, GapPair, GapPlan, GapReport, GapRules
from analysis.gaps import gap_report
from analysis.regression import weighted_regression
from analysis.results import Comparison, Estimate, TooFew
from analysis.sample import Floats, Sample
from analysis.tabular import sample_from_frame

PAIRS = [GapPair(f"e{j}", f"p{j}") for j in range(4)]
PLAN = GapPlan(
    (GapDimension("first", 3.0, (PAIRS[0], PAIRS[1])), GapDimension("second", 1.0, (PAIRS[2], PAIRS[3]))),
    satisfaction="sat",
    disconfirmation="d",
)
ITEMS = [*(pair.expectation for pair in PAIRS), *(pair.performance for pair in PAIRS), "d"]


def table(
    n: int = 240,
    seed: int = 1,
    blank: float = 0.0,
    slopes: tuple[float, float] = (-0.5, 0.5),
    noise: float = 4.0,
) -> pd.DataFrame:
    """Answers in points of 100, of accounts in two strata; satisfaction follows both with ``slopes``."""
    rng = np.random.default_rng(seed)
    account = rng.integers(0, n // 3, n)
    common = rng.normal(size=(2, n // 3))[:, account]
    expected = 75 + 8 * common[0][:, None] + 9 * rng.normal(size=(n, 1)) + 5 * rng.normal(size=(n, 4))
    performed = 60 + 8 * common[1][:, None] + 9 * rng.normal(size=(n, 1)) + 5 * rng.normal(size=(n, 4))
    x = np.clip(np.hstack([expected, performed]), 0, 100)
    gap = x[:, 4:].mean(axis=1) - x[:, :4].mean(axis=1)
    stated = np.clip(50 + gap + 5 * rng.normal(size=n), 0, 100)
    satisfaction = 60 + slopes[0] * x[:, :4].mean(axis=1) + slopes[1] * x[:, 4:].mean(axis=1)
    x[rng.random(x.shape) < blank] = np.nan
    frame = pd.DataFrame(np.column_stack([x, stated]), columns=ITEMS)
    sat = np.clip(satisfaction + noise * rng.normal(size=n), 0, 100)
    return frame.assign(sat=sat, w=rng.uniform(0.5, 2, n), account=account, stratum=account % 2)


def sample(frame: pd.DataFrame, **design: Any) -> Sample:
    return sample_from_frame(frame, ITEMS, scale=None, outcomes=["sat"], **design)


def report(frame: pd.DataFrame, plan: GapPlan = PLAN, **settings: Any) -> GapReport:
    found = gap_report(sample(frame, weights="w", cluster="account", strata="stratum"), plan, **settings)
    assert found is not None
    return found


def value(found: Estimate | TooFew | Comparison | None) -> float:
    found = found.estimate if isinstance(found, Comparison) else found
    assert isinstance(found, Estimate)
    return found.value


def test_a_gap_has_the_error_of_paired_answers() -> None:
    frame = table(blank=0.1)
    found = report(frame)
    design = Design(frame["w"].to_numpy(), frame["stratum"].to_numpy(), frame["account"].to_numpy())
    for dimension in found.dimensions:
        for part in dimension.pairs:
            paired = (frame[part.pair.performance] - frame[part.pair.expectation]).to_numpy()
            (expected,) = estimates(domain_means(design, paired[:, None]))
            assert isinstance(expected, Estimate)
            assert part.figures.gap is not None
            estimate = part.figures.gap.estimate
            assert (estimate.value, estimate.se) == pytest.approx((expected.value, expected.se), rel=1e-10)
            assert estimate.n == expected.n == int(np.isfinite(paired).sum())
            own = np.average(
                frame[part.pair.performance].dropna(),
                weights=frame["w"][frame[part.pair.performance].notna()],
            )
            assert value(part.figures.performance) == pytest.approx(own)


def test_servqual_weighs_dimensions_and_servperf_stands_beside_it() -> None:
    found = report(table(blank=0.1))
    assert [dimension.weight for dimension in found.dimensions] == [0.75, 0.25]
    for name in ("expectation", "performance", "gap"):
        parts = [
            [value(getattr(part.figures, name)) for part in dimension.pairs] for dimension in found.dimensions
        ]
        means = [value(getattr(dimension.figures, name)) for dimension in found.dimensions]
        assert means == pytest.approx([float(np.mean(part)) for part in parts])
        assert value(getattr(found.servqual, name)) == pytest.approx(0.75 * means[0] + 0.25 * means[1])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_without_blanks_servqual_is_weighted_performance_less_weighted_expectation(seed: int) -> None:
    found = report(table(seed=seed))
    for figures in (found.servqual, *(dimension.figures for dimension in found.dimensions)):
        difference = value(figures.performance) - value(figures.expectation)
        # Sums of a few hundred doubles of size 100.
        assert value(figures.gap) == pytest.approx(difference, abs=1e-10)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_integer_weights_are_repeated_rows_and_order_does_not_matter(seed: int) -> None:
    frame = table(n=120, seed=seed, blank=0.05)
    frame["w"] = np.random.default_rng(seed).integers(1, 4, len(frame))
    repeated = frame.loc[frame.index.repeat(frame["w"])].sample(frac=1, random_state=seed % 997)
    one = gap_report(sample(frame, weights="w"), PLAN)
    other = gap_report(sample(repeated.reset_index(drop=True)), PLAN)
    assert one is not None
    assert other is not None
    assert value(one.servqual.gap) == pytest.approx(value(other.servqual.gap), rel=1e-9)
    for a, b in zip(one.dimensions, other.dimensions, strict=True):
        assert a.reliability is not None
        assert b.reliability is not None
        assert a.reliability.value == pytest.approx(b.reliability.value, rel=1e-7)
    assert one.model is not None
    assert other.model is not None
    for mine, theirs in zip(one.model.linear, other.model.linear, strict=True):
        assert mine.estimate.value == pytest.approx(theirs.estimate.value, rel=1e-8)
    assert one.direct is not None
    assert other.direct is not None
    assert one.direct.agreement == pytest.approx(other.direct.agreement, rel=1e-9)


def test_the_reliability_of_a_difference_is_that_of_its_parts() -> None:
    frame = table()
    (first, _) = report(frame).dimensions
    known = first.reliability
    assert known is not None
    w = frame["w"].to_numpy()

    def cov(names: list[str]) -> Floats:
        return np.asarray(np.cov(frame[names].to_numpy().T, aweights=w, ddof=0))

    def alpha(names: list[str]) -> float:
        c = cov(names)
        return float(2 * (1 - np.trace(c) / c.sum()))

    assert known.expectation == pytest.approx(alpha(["e0", "e1"]), rel=1e-9)
    assert known.performance == pytest.approx(alpha(["p0", "p1"]), rel=1e-9)
    sums = np.cov(np.vstack([frame["e0"] + frame["e1"], frame["p0"] + frame["p1"]]), aweights=w, ddof=0)
    left = sums[0, 0] + sums[1, 1] - 2 * sums[0, 1]
    true = sums[0, 0] * known.expectation + sums[1, 1] * known.performance - 2 * sums[0, 1]
    assert known.value == pytest.approx(true / left, rel=1e-9)


def model(found: GapReport) -> GapModel:
    assert found.model is not None
    return found.model


def test_the_model_is_the_survey_regression_and_its_test_the_wald_test_of_the_sum() -> None:
    frame = table(slopes=(-0.3, 0.6))
    plan = replace(PLAN, dimensions=tuple(replace(one, weight=1.0) for one in PLAN.dimensions))
    found = model(report(frame, plan))
    design = Design(frame["w"].to_numpy(), frame["stratum"].to_numpy(), frame["account"].to_numpy())
    e = frame[[f"e{j}" for j in range(4)]].mean(axis=1).to_numpy()
    p = frame[[f"p{j}" for j in range(4)]].mean(axis=1).to_numpy()
    y = frame["sat"].to_numpy()
    # b₁E + b₂P = (b₁ + b₂)E + b₂(P − E): the test is that of one coefficient in other columns.
    other = weighted_regression(design, y, np.column_stack([e, p - e]), ["e", "gap"])
    assert found.sum.value == pytest.approx(other.coefficients["e"].value, rel=1e-9)
    assert found.sum.se == pytest.approx(other.coefficients["e"].se, rel=1e-9)
    assert found.sum.low == pytest.approx(other.coefficients["e"].low, rel=1e-8)
    assert found.equal is not None
    assert found.equal.p == pytest.approx(other.p["e"], rel=1e-6)
    assert (found.n, found.equal.ndf, found.equal.ddf) == (len(frame), 1.0, other.df)


def test_a_gap_is_usable_only_where_the_answers_allow_it() -> None:
    fair = report(table(n=900, slopes=(-0.5, 0.5)))
    assert model(fair).usable
    assert {key for key, _ in fair.warnings} == set()
    unfair = report(table(n=900, slopes=(-0.05, 0.6)))
    assert not model(unfair).usable
    assert "not_equal" in dict(unfair.warnings)
    together = report(table(n=900, slopes=(0.3, 0.5)))
    assert not model(together).usable
    assert dict(together.warnings)["same_sign"]["value"] == model(together).linear[1].estimate.value


def test_curvature_is_found_where_it_is() -> None:
    frame = table(n=900)
    assert "curved" not in dict(report(frame).warnings)
    gap = frame[[f"p{j}" for j in range(4)]].mean(axis=1) - frame[[f"e{j}" for j in range(4)]].mean(axis=1)
    frame["sat"] = np.clip(85 + 0.5 * gap - 0.02 * gap**2, 0, 100)
    bent = report(frame)
    assert model(bent).r_squared_curved > model(bent).r_squared
    assert float(dict(bent.warnings)["curved"]["p"]) < 0.001


def test_direct_disconfirmation_is_measured_from_as_expected() -> None:
    frame = table()
    found = report(frame).direct
    assert found is not None
    mean = float(np.average(frame["d"], weights=frame["w"]))
    assert value(found.score) == pytest.approx(mean)
    assert value(found.against) == pytest.approx(mean - 50)
    assert found.agreement is not None
    assert found.agreement > 0.8
    frame["d"] = np.random.default_rng(1).uniform(0, 100, len(frame))
    assert ("disagreement", "d") in [(key, values.get("item")) for key, values in report(frame).warnings]


def test_expectations_at_the_top_and_unreliable_differences_are_warned_of() -> None:
    frame = table()
    frame.loc[: len(frame) // 2, "e0"] = 100.0
    found = report(frame, rules=GapRules(reliable=0.999))
    warned = [(key, values.get("item", values.get("dimension"))) for key, values in found.warnings]
    assert ("ceiling", "e0") in warned
    assert ("unreliable", "first") in warned
    assert ("unreliable", "second") in warned


def test_a_pair_put_to_nobody_is_left_out_by_name() -> None:
    frame = table()
    frame["p1"] = np.nan
    found = report(frame)
    assert found.left_pairs == (PAIRS[1],)
    assert [part.pair for part in found.dimensions[0].pairs] == [PAIRS[0]]
    assert found.dimensions[0].reliability is None
    assert ("left_pair", {"expectation": "e1", "performance": "p1"}) in found.warnings
    silent = sample(frame.assign(**dict.fromkeys(ITEMS, np.nan)))
    assert gap_report(silent, PLAN) is None


def test_small_bases_show_neither_gap_nor_what_gives_it_away() -> None:
    frame = table(n=120)
    frame.loc[6:, "p2"] = np.nan
    found = report(frame)
    second = found.dimensions[1]
    hidden = {part.pair: part.figures for part in second.pairs}
    assert hidden[PAIRS[2]].gap is None
    assert hidden[PAIRS[2]].performance == TooFew(6, "disclosure")
    # The other pair of the dimension would give it away through their mean.
    assert hidden[PAIRS[3]].gap is None
    assert found.dimensions[0].pairs[0].figures.gap is not None
    assert report(table(n=30)).no_model == "small_base"
    assert report(frame, replace(PLAN, satisfaction=None)).no_model == "no_satisfaction"
    constant = report(table(n=120).assign(e0=70.0, e1=70.0, e2=70.0, e3=70.0))
    assert (constant.model, constant.no_model) == (None, "no_spread")
    with pytest.raises(ValueError, match="There is no item 'q'"):
        report(frame, GapPlan((GapDimension("one", 1.0, (GapPair("q", "p0"),)),)))
