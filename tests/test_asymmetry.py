"""Penalties and rewards equal R; a class is named only where the test, adjusted, allows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS, block, coefficients, number
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Asymmetry, Coding, DriverAsymmetry, coding_of, penalty_reward, sample_from_frame
from analysis.design import design_of
from analysis.estimate import benjamini_hochberg
from analysis.plain import plain
from analysis.regression import weighted_regression
from analysis.results import Estimate, TooFew
from analysis.sample import Sample

FOUR = ["coverage", "speed", "value", "billing"]
# Closed form on both sides; the reference prints 12 digits.
CLOSE = {"rtol": 1e-9, "atol": 0.0}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def sample_of(frame: pd.DataFrame, items: list[str], outcome: str = "sat", **design: Any) -> Sample:
    return sample_from_frame(frame, items, scale=(1, 5), outcomes=[outcome], **design)


def by_name(found: Asymmetry | TooFew) -> dict[str, DriverAsymmetry]:
    assert isinstance(found, Asymmetry)
    return {part.driver: part for part in found.drivers}


def of(estimate: Estimate | None) -> Estimate:
    assert estimate is not None
    return estimate


def contrast(part: DriverAsymmetry, name: str) -> Estimate:
    found = getattr(part, name)
    assert found is not None
    estimate: Estimate = found.estimate
    return estimate


def test_penalties_and_rewards_equal_r(frame: pd.DataFrame) -> None:
    found = penalty_reward(sample_of(frame, FOUR), "sat", FOUR, coding_of(5), errors="classical")
    assert isinstance(found, Asymmetry)
    golden = coefficients("ref_drivers.txt", "[8]")
    counts = block("ref_drivers.txt", "cell counts", "coverage speed value billing")
    table = block("ref_drivers.txt", "[8]", "coverage_lo speed_lo value_lo billing_lo")
    assert found.r_squared == pytest.approx(number("ref_drivers.txt", "[8]", "R2")[0], rel=1e-9)
    for j, (name, part) in enumerate(by_name(found).items()):
        assert [part.low, part.high] == [counts["lo"][j], counts["hi"][j]]
        for side, label in (("penalty", f"{name}_lo"), ("reward", f"{name}_hi")):
            ours, (value, se, _, p) = getattr(part, side), golden[label]
            np.testing.assert_allclose([ours.estimate.value, ours.estimate.se], [value, se], **CLOSE)
            np.testing.assert_allclose(ours.p, p, rtol=1e-6)
        np.testing.assert_allclose(
            [of(part.range).value, of(part.impact).value], [table["RIOCS"][j], table["IA"][j]], **CLOSE
        )
        total = contrast(part, "asymmetry")
        line = f"{name} asymmetry"
        value, se, t = (number("ref_drivers.txt", line, label)[0] for label in ("hi+lo", "se", "t"))
        assert total.se is not None
        np.testing.assert_allclose([total.value, total.se, total.value / total.se], [value, se, t], **CLOSE)
    # Only coverage deviates by itself, and not as one of four: cut-offs alone would name three of them.
    assert [part.q is not None and part.q < 0.05 for part in found.drivers] == [False] * 4
    assert {part.kind for part in found.drivers} == {"undetermined"}
    assert dict(found.warnings)["straight_is_better"]["straight"] == pytest.approx(found.r_squared_straight)


def test_errors_are_those_of_the_design(frame: pd.DataFrame) -> None:
    sample = sample_of(frame, FOUR, weights="weight", cluster="customer")
    found = penalty_reward(sample, "sat", FOUR, coding_of(5))
    marks = np.column_stack([mark for name in FOUR for mark in (frame[name] <= 2, frame[name] >= 5)])
    names = [f"{name}_{side}" for name in FOUR for side in ("lo", "hi")]
    fit = weighted_regression(design_of(sample), sample.outcomes["sat"], marks.astype(float), names)
    for name, part in by_name(found).items():
        for side, label in (("penalty", f"{name}_lo"), ("reward", f"{name}_hi")):
            expected = fit.coefficients[label]
            ours = contrast(part, side)
            assert (ours.value, ours.se, ours.df) == pytest.approx((expected.value, expected.se, expected.df))
        both = fit.test([f"{name}_lo", f"{name}_hi"])
        assert both is not None
        pair = [names.index(f"{name}_{side}") + 1 for side in ("lo", "hi")]
        variance = fit.linear.covariance[np.ix_(pair, pair)].sum()
        assert contrast(part, "asymmetry").se == pytest.approx(np.sqrt(variance))
    p = [part.asymmetry.p for part in by_name(found).values() if part.asymmetry is not None]
    assert [part.q for part in by_name(found).values()] == pytest.approx(benjamini_hochberg(p).tolist())


@pytest.mark.parametrize(
    ("points", "low", "high"),
    [(3, 1, 3), (5, 2, 5), (7, 3, 7), (10, 4, 9), (11, 4, 10)],
)
def test_low_and_high_follow_the_scale(points: int, low: int, high: int) -> None:
    step = 100 / (points - 1)
    found = coding_of(points)
    assert (found.low, found.high) == pytest.approx((step * (low - 1), step * (high - 1)))


def test_a_coding_is_checked() -> None:
    with pytest.raises(ValueError, match="at least 3 answers, found 2"):
        coding_of(2)
    with pytest.raises(ValueError, match=r"found 60 and 50"):
        Coding(60, 50)


def simulated(
    n: int = 600, seed: int = 1, effects: tuple[tuple[float, float], ...] = ((-6, 2), (-4, 4), (-1, 5))
) -> pd.DataFrame:
    """Answers 1 to 5 on three drivers with penalties and rewards, of accounts, with whole weights."""
    rng = np.random.default_rng(seed)
    account = rng.integers(0, n // 2, n)
    x = rng.choice([1, 2, 3, 4, 5], size=(n, len(effects)), p=[0.1, 0.15, 0.25, 0.25, 0.25])
    y = 50 + rng.normal(0, 2, n // 2)[account] + rng.normal(0, 4, n)
    for j, (penalty, reward) in enumerate(effects):
        y += penalty * (x[:, j] <= 2) + reward * (x[:, j] == 5)
    frame = pd.DataFrame(x.astype(float), columns=["a", "b", "c"][: len(effects)])
    return frame.assign(sat=y, w=rng.integers(1, 4, n), account=account)


def contrasts(
    frame: pd.DataFrame, items: list[str] | None = None, **options: Any
) -> dict[str, DriverAsymmetry]:
    names = items or ["a", "b", "c"]
    sample = sample_of(frame, names, weights="w", cluster="account")
    return by_name(penalty_reward(sample, "sat", names, options.pop("coding", coding_of(5)), **options))


def test_classes_are_named_where_the_test_says_so() -> None:
    found = contrasts(simulated())
    assert {name: part.kind for name, part in found.items()} == {
        "a": "basic",
        "b": "undetermined",
        "c": "excitement",
    }
    # As much as it takes, on a base that can show it.
    wide = contrasts(simulated(), margin=0.4)
    assert wide["b"].kind == "performance"
    assert [wide["a"].kind, wide["c"].kind] == ["basic", "excitement"]
    large = contrasts(simulated(20_000, effects=((-4, 4), (-4.4, 4), (-6, 2))))
    # A difference of a tenth is clear on this base, and no class of its own.
    assert large["b"].q is not None
    assert large["b"].q < 0.05
    assert [part.kind for part in large.values()] == ["performance", "performance", "basic"]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_a_mirrored_scale_swaps_penalty_and_reward(seed: int) -> None:
    frame = simulated(300, seed)
    even = Coding(25, 75)
    turned = frame.assign(**{name: 6 - frame[name] for name in "abc"})
    one, other = contrasts(frame, coding=even), contrasts(turned, coding=even)
    both = contrasts(turned.assign(sat=-frame["sat"]), coding=even)
    for name, part in one.items():
        swapped, mirror = other[name], both[name]
        assert (swapped.low, swapped.middle, swapped.high) == (part.high, part.middle, part.low)
        assert contrast(swapped, "penalty").value == pytest.approx(contrast(part, "reward").value, abs=1e-9)
        # With the outcome turned as well, what punished rewards: IA changes its sign, and the test stays.
        assert contrast(mirror, "penalty").value == pytest.approx(-contrast(part, "reward").value, abs=1e-9)
        assert mirror.q == pytest.approx(part.q, rel=1e-6)
        if part.impact is not None:
            ours, theirs = part.impact, of(mirror.impact)
            assert (theirs.value, theirs.se) == pytest.approx((-ours.value, ours.se), abs=1e-9)
            assert theirs.low == pytest.approx(None if ours.high is None else -ours.high, abs=1e-9)
        flipped = {"basic": "excitement", "excitement": "basic"}
        assert mirror.kind == flipped.get(part.kind, part.kind)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_integer_weights_are_repeated_rows_in_any_order(seed: int) -> None:
    frame = simulated(250, seed)
    repeated = frame.loc[frame.index.repeat(frame["w"])].sample(frac=1, random_state=seed % 997)
    one = contrasts(frame)
    other = contrasts(repeated.assign(w=1).reset_index(drop=True))
    for name, part in one.items():
        for side in ("penalty", "reward"):
            ours, theirs = contrast(part, side), contrast(other[name], side)
            # The clusters are the same, so the errors are too.
            assert (theirs.value, theirs.se) == pytest.approx((ours.value, ours.se), rel=1e-8, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_interval_of_the_impact_leaves_out_zero_where_the_test_does(seed: int) -> None:
    for part in contrasts(simulated(250, seed, ((-3, 2), (-2, 2), (-1, 2)))).values():
        if part.impact is not None and part.impact.low is not None and part.impact.high is not None:
            assert part.asymmetry is not None
            assert part.asymmetry.p is not None
            assert (part.impact.low < 0 < part.impact.high) == (part.asymmetry.p > 0.05)
            assert -1 <= part.impact.low <= part.impact.value <= part.impact.high <= 1


def test_a_driver_that_did_not_apply_has_a_mark(frame: pd.DataFrame) -> None:
    sample = sample_of(frame, [*FOUR, "care"])
    routed = replace(sample, structural=np.isnan(sample.scores))
    found = penalty_reward(routed, "sat", [*FOUR, "care"], coding_of(5))
    assert isinstance(found, Asymmetry)
    care = by_name(found)["care"]
    assert (found.n, found.lost, care.not_applicable) == (480, 0, 233)
    assert care.low + care.middle + care.high == 247
    marks = [frame[name] <= 2 for name in [*FOUR, "care"]] + [frame[name] >= 5 for name in [*FOUR, "care"]]
    x = np.column_stack([*marks, frame["care"].isna()]).astype(float)
    fit = weighted_regression(design_of(routed), routed.outcomes["sat"], x, list(map(str, range(11))))
    assert contrast(care, "penalty").value == pytest.approx(fit.coefficients["4"].value)
    lost = penalty_reward(sample, "sat", [*FOUR, "care"], coding_of(5))
    assert isinstance(lost, Asymmetry)
    assert (lost.n, lost.lost) == (247, 233)
    assert "rows_lost" in dict(lost.warnings)


def test_thin_cells_and_wrong_signs_have_no_class() -> None:
    frame = simulated(effects=((-4, 4), (3, 4), (-4, 4)))
    few = frame.assign(a=frame["a"].mask((frame["a"] <= 2) & (frame.index > 60), 3.0))
    sample = sample_of(few, ["a", "b", "c"], cluster="account")
    found = penalty_reward(sample, "sat", ["a", "b", "c"], coding_of(5))
    assert isinstance(found, Asymmetry)
    thin, wrong, fine = found.drivers
    assert 10 <= thin.low < 30
    assert (thin.kind, thin.q, thin.asymmetry, thin.impact) == ("not_classified", None, None, None)
    assert thin.penalty is not None
    assert (wrong.kind, wrong.range, wrong.impact) == ("unclassifiable", None, None)
    assert (fine.kind, fine.middle + fine.low + fine.high) == ("undetermined", 600)
    noted = dict(found.warnings)
    assert (noted["thin_cells"]["drivers"], noted["wrong_sign"]["drivers"]) == (1, 1)
    hidden = by_name(penalty_reward(sample, "sat", ["a", "b", "c"], coding_of(5), disclosure_limit=50))
    assert hidden["a"].penalty is None
    assert hidden["a"].reward is not None
    assert "not_classified" in found.summary()
    assert list(found.to_frame()["kind"]) == ["not_classified", "unclassifiable", "undetermined"]
    assert plain(found)["drivers"][1]["kind"] == "unclassifiable"


def test_a_loss_has_the_classes_of_its_opposite() -> None:
    frame = simulated()
    gain = contrasts(frame)
    loss = contrasts(frame.assign(sat=100 - frame["sat"]), less_is_better=True)
    for name, part in loss.items():
        assert part.kind == gain[name].kind
        assert contrast(part, "penalty").value == pytest.approx(-contrast(gain[name], "penalty").value)
        for what in ("range", "impact"):
            ours, known = of(getattr(part, what)), of(getattr(gain[name], what))
            assert (ours.value, ours.low, ours.high) == pytest.approx((known.value, known.low, known.high))
    # Read as if more of it were better, it has nothing but wrong signs.
    assert {part.kind for part in contrasts(frame.assign(sat=100 - frame["sat"])).values()} == {
        "unclassifiable"
    }


def test_without_a_middle_low_is_no_penalty() -> None:
    frame = simulated()
    found = contrasts(frame.assign(a=np.where(frame["a"] <= 2, 1.0, 5.0)))
    assert (found["a"].middle, found["a"].penalty, found["a"].reward) == (0, None, None)
    assert found["a"].kind == "not_classified"
    assert found["b"].penalty is not None


def test_contrasts_that_cannot_be_made_say_why() -> None:
    frame = simulated()
    sample = sample_of(frame.head(40), ["a", "b", "c"])
    assert penalty_reward(sample, "sat", ["a"], coding_of(5)) == TooFew(40, "small_base")
    flat = sample_of(frame.assign(sat=1.0), ["a"])
    assert penalty_reward(flat, "sat", ["a"], coding_of(5)) == TooFew(600, "no_spread")
    sample = sample_of(frame, ["a", "b"])
    with pytest.raises(ValueError, match="no coding 'b'"):
        penalty_reward(sample, "sat", ["a", "b"], {"a": coding_of(5)})
    with pytest.raises(ValueError, match="stands among its own drivers"):
        penalty_reward(sample, "a", ["a", "b"], coding_of(5))
