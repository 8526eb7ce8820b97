"""Moderation equals R, with and without a design; regions lie where the slope is clear, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS, coefficients, number
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Moderation, Moderations, moderation_by_facet, sample_from_frame
from analysis.clear_regions import clear_regions, ratio_interval, roots
from analysis.design import Design
from analysis.estimate import benjamini_hochberg, t_quantile
from analysis.linear_fit import Errors, LinearFit, linear_fit
from analysis.moderation import MODERATOR, NAMES, PRODUCT, SATISFACTION, with_product
from analysis.ordered_logit import weighted_ordered_logit
from analysis.plain import plain
from analysis.regression import INTERCEPT
from analysis.results import TooFew
from analysis.sample import Floats

# Closed form on both sides; the reference prints 12 digits.
CLOSE = {"rtol": 1e-9, "atol": 0.0}
IN_R = {"(Intercept)": INTERCEPT, "s": SATISFACTION, "z": MODERATOR, "s:z": PRODUCT}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def product_fit(
    design: Design, y: Floats, s: Floats, z: Floats, centres: tuple[float, float], errors: Errors = "design"
) -> LinearFit:
    """The model of a facet, centred anywhere."""
    return linear_fit(design, y, with_product(s - centres[0], z - centres[1]), NAMES, errors=errors)


def golden_fit(frame: pd.DataFrame, design: Design, errors: Errors) -> LinearFit:
    """The model of the reference, which centres at plain means."""
    y, s, z = (frame[name].to_numpy(dtype=np.float64) for name in ("loyalty", "sat", "switchcost"))
    return product_fit(design, y, s, z, centres=(s.mean(), z.mean()), errors=errors)


def plain_design(n: int) -> Design:
    return Design(np.ones(n), np.zeros(n, dtype=np.int64), np.arange(n))


@pytest.mark.parametrize(("errors", "table"), [("classical", 0), ("design", 1)])
def test_coefficients_and_errors_equal_r(frame: pd.DataFrame, errors: Errors, table: int) -> None:
    design = (
        plain_design(len(frame))
        if errors == "classical"
        else Design(
            frame["weight"].to_numpy(), np.zeros(len(frame), dtype=np.int64), frame["customer"].to_numpy()
        )
    )
    fit = golden_fit(frame, design, errors)
    golden = coefficients("ref_drivers.txt", "[6]", table)
    assert set(golden) == set(IN_R)
    for name, (value, se, _, p) in golden.items():
        ours = next(part for part in fit.coefficients if part.name == IN_R[name])
        np.testing.assert_allclose([ours.estimate.value, ours.estimate.se], [value, se], **CLOSE)
        # A p of 1e-309 is given to no more than a digit.
        if p > 1e-200:
            np.testing.assert_allclose(ours.p, p, rtol=1e-6)


def test_simple_slopes_and_the_region_equal_r(frame: pd.DataFrame) -> None:
    fit = golden_fit(frame, plain_design(len(frame)), "classical")
    for at in ("-1.2151831739", "0", "1.2151831739"):
        slope, se = (number("ref_drivers.txt", f"z {at} slope", what)[0] for what in ("slope", "se"))
        ours = fit.contrast("slope", {SATISFACTION: 1.0, PRODUCT: float(at)}).estimate
        # The place is printed to 11 digits.
        np.testing.assert_allclose([ours.value, ours.se], [slope, se], rtol=1e-9)
    t = float(t_quantile(np.array(fit.df), 0.95))
    cells = fit.cells(SATISFACTION, PRODUCT)
    np.testing.assert_allclose(
        roots(cells, t), sorted(number("ref_drivers.txt", "[6]", "roots", 2)), rtol=1e-7
    )
    low, high = number("ref_drivers.txt", "[6]", "z range", 2)
    # Neither root is in the range: the slope is clear over all of it.
    assert clear_regions(cells, t, low, high) == ((low, high, 1),)


def test_a_sample_is_moderated_in_points(frame: pd.DataFrame) -> None:
    sample = sample_from_frame(
        frame.assign(sat=(frame["sat"] - 1) / 9 * 100, loyalty=(frame["loyalty"] - 1) * 25),
        ["switchcost"],
        scale=(1, 5),
        weights="weight",
        cluster="customer",
        outcomes=["sat", "loyalty"],
    )
    found = moderation_by_facet(sample, {"cost": ["switchcost"]}, outcome="loyalty", satisfaction="sat")
    (part,) = found.found
    golden = coefficients("ref_drivers.txt", "[6]", 1)["s:z"]
    # Loyalty in steps of 25 points, satisfaction of 100/9, the moderator of 25.
    assert part.product.estimate.value == pytest.approx(golden[0] * 25 / (100 / 9 * 25), rel=1e-9)
    assert part.product.p == part.q == pytest.approx(golden[3], rel=1e-6)
    assert part.verdict == "weaker"
    assert [place.deviations for place in part.slopes] == [-1, 0, 1]
    assert part.slopes[1].slope.estimate == part.coefficients[1].estimate
    assert [(region.low, region.high, region.share) for region in part.regions] == [
        (pytest.approx(0), pytest.approx(100), pytest.approx(1))
    ]
    assert "weaker" in found.summary()
    assert len(found.to_frame()) == 3
    assert plain(found)["found"][0]["observed"] == [0, 100]


def simulated(n: int = 400, seed: int = 1, product: float = 0.02, square: float = 0.0) -> pd.DataFrame:
    """Loyalty on satisfaction, which binds more where leaving costs more; accounts in two strata."""
    rng = np.random.default_rng(seed)
    account = rng.integers(0, n // 3, n)
    sat = rng.normal(0, 15, n)
    cost = np.clip(0.6 * sat + rng.normal(0, 12, n), -50, 50)
    loyalty = 0.5 * sat + product * sat * cost + square * sat**2 + rng.normal(0, 8, n // 3)[account]
    found = {
        "sat": 50 + sat,
        "loyalty": loyalty + rng.normal(0, 8, n),
        "cost": 50 + cost,
        "other": rng.uniform(0, 100, n),
        "w": rng.integers(1, 4, n),
        "account": account,
        "stratum": account % 2,
    }
    return pd.DataFrame(found)


DESIGN = {"weights": "w", "cluster": "account", "strata": "stratum"}


def moderate(
    frame: pd.DataFrame, facets: tuple[str, ...] = ("cost",), design: dict[str, str] = DESIGN, **options: Any
) -> Moderations:
    sample = sample_from_frame(frame, facets, scale=None, outcomes=["sat", "loyalty"], **design)
    blocks = {f"the {name}": [name] for name in facets}
    return moderation_by_facet(sample, blocks, outcome="loyalty", satisfaction="sat", **options)


def design_of_frame(frame: pd.DataFrame) -> Design:
    return Design(
        frame["w"].to_numpy(dtype=np.float64), frame["stratum"].to_numpy(), frame["account"].to_numpy()
    )


def only(found: Moderations) -> Moderation:
    (part,) = found.found
    return part


def test_a_slope_that_falls_is_stronger_where_it_falls_further() -> None:
    frame = simulated()
    loss = only(moderate(frame.assign(loyalty=-frame["loyalty"])))
    assert loss.slopes[0].slope.estimate.value > loss.slopes[2].slope.estimate.value
    assert loss.slopes[1].slope.clear == -1
    assert loss.verdict == only(moderate(frame)).verdict == "stronger"


def test_a_region_ends_where_the_slope_stops_being_clear() -> None:
    part = only(moderate(simulated()))
    (region, *_) = (region for region in part.regions if region.sign == "positive")
    assert part.verdict == "stronger"
    assert part.observed[0] < region.low < region.high == part.observed[1]
    assert region.low == pytest.approx(max(root for root in part.roots if root < region.high))
    frame = simulated()
    design = design_of_frame(frame)
    x = [frame[name].to_numpy() for name in ("loyalty", "sat", "cost")]
    # Centred at the edge, the coefficient of satisfaction is the slope there.
    fit = product_fit(design, *x, centres=(50.0, region.low))
    slope = fit.contrast("slope", {SATISFACTION: 1.0}).estimate
    assert slope.low == pytest.approx(0.0, abs=1e-9)
    weight = frame["w"].where(frame["cost"] >= region.low, 0).sum() / frame["w"].sum()
    assert region.share == pytest.approx(weight)


def test_simple_slopes_are_coefficients_of_a_model_centred_there() -> None:
    frame = simulated(seed=2)
    part = only(moderate(frame))
    mean = np.average(frame["cost"], weights=frame["w"])
    deviation = np.sqrt(np.average((frame["cost"] - mean) ** 2, weights=frame["w"]))
    assert (part.means[1], part.deviation) == pytest.approx((mean, deviation))
    design = design_of_frame(frame)
    x = [frame[name].to_numpy() for name in ("loyalty", "sat", "cost")]
    for place in part.slopes:
        assert place.at == pytest.approx(mean + place.deviations * deviation)
        expected = product_fit(design, *x, centres=(0.0, place.at)).coefficients[1].estimate
        ours = place.slope.estimate
        assert (ours.value, ours.se, ours.low) == pytest.approx(
            (expected.value, expected.se, expected.low), rel=1e-8
        )


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_turning_the_moderator_round_turns_the_product_round(seed: int) -> None:
    frame = simulated(150, seed)
    one, other = only(moderate(frame)), only(moderate(frame.assign(cost=100 - frame["cost"])))
    assert other.product.estimate.value == pytest.approx(-one.product.estimate.value)
    assert other.product.p == pytest.approx(one.product.p, rel=1e-6)
    assert [place.slope.estimate.value for place in other.slopes] == pytest.approx(
        [place.slope.estimate.value for place in reversed(one.slopes)]
    )
    assert [(100 - region.high, 100 - region.low) for region in reversed(other.regions)] == [
        pytest.approx((region.low, region.high), rel=1e-6) for region in one.regions
    ]
    assert other.beyond == one.beyond[::-1]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_integer_weights_are_repeated_rows_in_any_order(seed: int) -> None:
    frame = simulated(150, seed)
    repeated = frame.loc[frame.index.repeat(frame["w"])].sample(frac=1, random_state=seed % 997)
    one = only(moderate(frame, design={"weights": "w", "cluster": "account"}))
    other = only(moderate(repeated.reset_index(drop=True), design={"cluster": "account"}))
    for first, second in zip(one.coefficients, other.coefficients, strict=True):
        # The clusters are the same, so the errors are too.
        assert (second.estimate.value, second.estimate.se) == pytest.approx(
            (first.estimate.value, first.estimate.se), rel=1e-8, abs=1e-10
        )
    assert (other.deviation, other.f_squared) == pytest.approx((one.deviation, one.f_squared))


def test_products_are_one_family() -> None:
    found = moderate(simulated(), ("cost", "other"))
    p = [part.product.p for part in found.found]
    assert [part.q for part in found.found] == pytest.approx(benjamini_hochberg(p).tolist())
    assert [part.verdict for part in found.found] == ["stronger", "undetermined"]
    assert "tiny_product" in dict(found.found[1].warnings)


def test_curvature_is_not_taken_for_moderation() -> None:
    # Satisfaction and cost go together, so a bend in one looks like a product of both.
    bent = only(moderate(simulated(product=0.0, square=0.02)))
    assert bent.verdict == "stronger"
    assert bent.curved_p is not None
    assert dict(bent.warnings)["curved"]["p"] == bent.curved_p >= 0.05
    assert "curved" not in dict(only(moderate(simulated())).warnings)


def test_what_a_facet_rests_on_is_said() -> None:
    frame = simulated()
    frame.loc[:59, "cost"] = np.nan
    part = only(moderate(frame, errors="hc3"))
    assert (part.n, part.lost, part.not_asked) == (340, 60, 0)
    noted = dict(part.warnings)
    assert noted["rows_lost"]["rows"] == 60
    assert "clusters_ignored" in noted
    assert "few_beyond" not in noted
    skewed = frame.assign(cost=np.where(np.arange(400) < 20, frame["other"], 80.0))
    assert dict(only(moderate(skewed)).warnings)["few_beyond"]["high"] < 30
    top = frame.assign(loyalty=np.minimum(100 + frame["loyalty"], 100.0))
    assert dict(only(moderate(top)).warnings)["ceiling"]["share"] > 0.4


def test_facets_without_a_model_say_why() -> None:
    frame = simulated().assign(fixed=40.0, few=lambda d: d["cost"].where(d.index < 30), cost=50.0)
    found = moderate(frame, ("fixed", "few", "other"))
    assert found.missing == (("the fixed", TooFew(400, "no_spread")), ("the few", TooFew(30, "small_base")))
    assert [part.moderator for part in found.found] == ["the other"]
    assert "the few: too few answers" in found.summary()
    with pytest.raises(ValueError, match="no item 'no'"):
        moderation_by_facet(
            sample_from_frame(frame, ["other"], scale=None, outcomes=["sat", "loyalty"]),
            {"x": ["no"]},
            outcome="loyalty",
            satisfaction="sat",
        )


def test_hc3_by_hand() -> None:
    rng = np.random.default_rng(4)
    x, w = rng.normal(size=(40, 2)), rng.uniform(1, 3, 40)
    y = x @ [1.0, -1.0] + rng.normal(size=40) * (1 + np.abs(x[:, 0]))
    fit = linear_fit(Design(w, np.zeros(40, dtype=np.int64), np.arange(40)), y, x, ["a", "b"], errors="hc3")
    g = np.column_stack([np.ones(40), x])
    bread = np.linalg.inv((g * w[:, None]).T @ g)
    left = w * np.einsum("ij,jk,ik->i", g, bread, g)
    z = (g * (w * (y - g @ fit.values) / (1 - left))[:, None]) @ bread
    np.testing.assert_allclose(fit.covariance, z.T @ z, rtol=1e-9)
    assert fit.df == 37


@settings(max_examples=25, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.01, 2), st.floats(0.01, 2), st.floats(-0.99, 0.99))
def test_regions_and_ratios_hold_point_by_point(
    b0: float, b1: float, se0: float, se1: float, r: float
) -> None:
    cells = (b0, b1, se0**2, r * se0 * se1, se1**2)
    found = clear_regions(cells, 2.0, -5.0, 5.0)
    for z in np.linspace(-5, 5, 41):
        line = b0 + b1 * z
        distance = abs(line) - 2 * np.sqrt(max(cells[2] + 2 * z * cells[3] + z**2 * cells[4], 0.0))
        inside = [sign for low, high, sign in found if low <= z <= high]
        # Points on an edge belong to neither side.
        if abs(distance) > 1e-6:
            assert inside == ([np.sign(line)] if distance > 0 else [])
    interval = ratio_interval(b0, b1, (cells[2], cells[3], cells[4]), 2.0)
    assert (interval is None) == (not b1**2 > 4 * cells[4])
    if interval is not None:
        assert interval[0] - 1e-9 <= b0 / b1 <= interval[1] + 1e-9
        if abs(b0**2 - 4 * cells[2]) > 1e-6:
            assert (interval[0] < 0 < interval[1]) == (b0**2 < 4 * cells[2])


def test_a_product_that_the_end_of_the_scale_makes_is_told_by_an_ordinal_model() -> None:
    rng = np.random.default_rng(5)
    frame = simulated(1200, product=0.0)
    latent = 60 + 0.8 * (frame["sat"] - 50) + 0.8 * (frame["cost"] - 50) + 10 * rng.logistic(size=1200)
    frame["loyalty"] = np.clip(np.round(latent / 20), 0, 4) * 25
    (part,) = moderate(frame).found
    assert part.verdict == "weaker"
    assert part.ordered is not None
    assert part.ordered.levels == 5
    assert part.ordered.product.clear == 0
    assert part.warnings[-1] == ("not_ordinal", {"p": part.ordered.product.p})
    turned = moderate(frame.assign(loyalty=frame["loyalty"] + rng.normal(0, 1, 1200))).found[0]
    assert turned.ordered is None
    assert "not_ordinal" not in {key for key, _ in turned.warnings}


def test_the_product_of_an_order_is_that_of_the_ordered_regression() -> None:
    frame = simulated()
    frame["loyalty"] = np.clip(np.round((50 + frame["loyalty"]) / 20), 0, 4) * 25
    (part,) = moderate(frame).found
    s, z = (frame[name] - np.average(frame[name], weights=frame["w"]) for name in ("sat", "cost"))
    fit = weighted_ordered_logit(
        design_of_frame(frame), frame["loyalty"].to_numpy(), with_product(s.to_numpy(), z.to_numpy()), NAMES
    )
    assert part.ordered is not None
    assert part.ordered.product.estimate == fit.coefficients[PRODUCT]
    assert part.ordered.product.p == fit.p[PRODUCT]
