"""Weights that meet the margins equal R's, keep their limits, and say what they cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from analysis.adjustment import Residuals
from analysis.calibration import (
    NO_LIMITS,
    Calibration,
    CalibrationFaults,
    Limits,
    post_stratify,
    rake,
)
from analysis.design import Design
from analysis.estimate import domain_means
from analysis.margins import Margin, crossed, margin
from analysis.sample import Floats

GOLDENS = Path(__file__).parent / "goldens" / "survey"
REFERENCE: dict[str, Any] = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))
PROVINCES = {"Gansu": 100, "Guangdong": 420, "Jiangsu": 300, "Sichuan": 180}
SIZES = {"small": 520, "medium": 330, "large": 150}


def survey() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "survey.csv").query("wave == '2026Q3'").reset_index(drop=True)


def margins_of(frame: pd.DataFrame) -> list[Margin]:
    return [
        margin("province", frame["province"].tolist(), PROVINCES),
        margin("size", frame["size"].tolist(), SIZES),
    ]


def base_of(frame: pd.DataFrame) -> Floats:
    return frame["weight"].to_numpy(dtype=np.float64)


def golden_calibration(limits: Limits = NO_LIMITS) -> Calibration:
    frame = survey()
    return rake(base_of(frame), margins_of(frame), limits)


def test_weights_equal_rake_and_calibrate() -> None:
    found, golden = golden_calibration(), REFERENCE["rake"]
    # Raking stops at 1e-10 of the targets, the reference at 1e-12.
    exact = {"rtol": 1e-10, "atol": 0.0}
    np.testing.assert_allclose(found.weights[:5], list(golden["first5"].values()), **exact)
    np.testing.assert_allclose(found.weights.sum(), golden["sum"], **exact)
    np.testing.assert_allclose(found.n_effective, golden["kish_neff"], **exact)
    extremes = [found.weights.min(), found.weights.max()]
    np.testing.assert_allclose(extremes, [golden["min"], golden["max"]], **exact)
    assert found.converged
    assert found.sweeps <= 10
    assert not found.unmet


def test_the_error_of_a_calibrated_score_is_that_of_calibrate() -> None:
    frame, found = survey(), golden_calibration()
    scores = (frame[[f"q{j}" for j in range(1, 7)]] - 1) / 9 * 100
    score = scores.mean(axis=1).where(scores.notna().sum(axis=1) >= 4).to_numpy(dtype=np.float64)
    design = Design(
        found.weights,
        pd.factorize(frame["province"])[0],
        pd.factorize(frame["account"])[0],
        adjustment=found.adjustment(),
    )
    linear, golden = domain_means(design, score[:, None]), REFERENCE["calibrated_score"]
    np.testing.assert_allclose(linear.values[0], golden["mean"], rtol=1e-10)
    np.testing.assert_allclose(np.sqrt(linear.variances[0]), golden["se_calibrated"], rtol=1e-9)


@pytest.mark.parametrize("residuals", ["base_weights", "cell_means"])
def test_published_errors_of_a_cluster_sample_of_schools_are_found(residuals: Residuals) -> None:
    """R survey's documented example, with its finite population of 757 districts."""
    frame = pd.read_csv(GOLDENS / "apiclus1.csv")
    n, districts = len(frame), pd.factorize(frame["dnum"])[0]
    place, fractions = (np.zeros(n, dtype=np.int64), districts), {0: 15 / 757}
    score = frame["api00"].to_numpy(dtype=np.float64)[:, None]
    plain = domain_means(Design(np.ones(n), *place, fractions), score)
    assert f"{plain.values[0]:.3f} {np.sqrt(plain.variances[0]):.4f}" == "644.169 23.5422"
    found = rake(
        np.ones(n),
        [
            margin("stype", frame["stype"].tolist(), {"E": 4421, "H": 755, "M": 1018}),
            margin("sch.wide", frame["sch.wide"].tolist(), {"No": 1072, "Yes": 5122}),
        ],
    )
    design = Design(found.weights, *place, fractions, adjustment=found.adjustment(residuals))
    raked = domain_means(design, score)
    assert f"{raked.values[0]:.3f} {np.sqrt(raked.variances[0]):.4f}" == "641.230 23.7036"


def test_raking_is_calibration_with_the_multiplicative_distance() -> None:
    """The weights are base weights times a product of one factor per cell; R finds the same by both ways."""
    assert REFERENCE["calibrate_raking_maxdiff"] < 1e-12
    found, frame = golden_calibration(), survey()
    dummies = pd.get_dummies(frame[["province", "size"]]).to_numpy(dtype=np.float64)
    logs = np.log(found.weights / found.base)
    explained = dummies @ np.linalg.lstsq(dummies, logs, rcond=None)[0]
    np.testing.assert_allclose(explained, logs, atol=1e-12)


@pytest.mark.parametrize(
    ("provinces", "sizes"),
    [(1.0, 1.0), (0.001, 0.001), (0.1, 0.1), (1.0, 0.1), (0.001, 1.0)],
    ids=["totals", "shares", "percent", "totals and percent", "shares and totals"],
)
def test_targets_may_be_totals_or_shares(provinces: float, sizes: float) -> None:
    frame = survey()
    parts = [
        margin("province", frame["province"].tolist(), {k: v * provinces for k, v in PROVINCES.items()}),
        margin("size", frame["size"].tolist(), {k: v * sizes for k, v in SIZES.items()}),
    ]
    found = rake(base_of(frame), parts)
    expected = golden_calibration().weights
    np.testing.assert_allclose(found.weights / found.weights.mean(), expected / expected.mean(), rtol=1e-9)
    # Shares alone leave the sum of the base weights.
    total = 1000 if max(provinces, sizes) == 1 else base_of(frame).sum()
    np.testing.assert_allclose(found.weights.sum(), total, rtol=1e-9)


def test_rounded_shares_are_shares() -> None:
    thirds = margin("third", ["a", "b", "c", "a"], {"a": 33.3, "b": 33.3, "c": 33.3})
    assert post_stratify(np.ones(4), thirds).weights.tolist() == pytest.approx([2 / 3, 4 / 3, 4 / 3, 2 / 3])


def test_post_stratification_gives_every_cell_its_total_in_one_step() -> None:
    columns = [["a", "a", "b", "b", "b"], ["x", "y", "x", "y", "y"]]
    cells = margin("both", crossed(columns), {"a × x": 10, "a × y": 20, "b × x": 30, "b × y": 60})
    found = post_stratify(np.array([1.0, 1.0, 2.0, 1.0, 3.0]), cells)
    np.testing.assert_allclose(found.weights, [10, 20, 30, 15, 45], rtol=1e-14)
    assert (found.method, found.sweeps) == ("post_stratification", 1)


def test_the_price_of_weights_by_hand() -> None:
    cells = margin("cell", ["a", "a", "a", "b"], {"a": 3, "b": 3})
    found = post_stratify(np.ones(4), cells)
    assert found.weights.tolist() == [1.0, 1.0, 1.0, 3.0]
    assert (found.n_effective, found.deff, found.efficiency, found.spread) == (3.0, 4 / 3, 0.75, 3.0)
    assert found.summary() == (
        "post_stratification on cell: n = 4, n_eff = 3, deff = 1.33, largest / median = 3"
    )


def test_every_cell_stands_with_before_and_after() -> None:
    table = golden_calibration().to_frame().set_index("level")
    assert table["target"].to_dict() == PROVINCES | SIZES
    np.testing.assert_allclose(table["achieved"], table["target"], rtol=1e-10)
    np.testing.assert_allclose(table.groupby("margin")["before"].sum(), 1000.0, rtol=1e-12)
    assert table["n"].to_dict() == {
        "Gansu": 65,
        "Guangdong": 63,
        "Jiangsu": 65,
        "Sichuan": 60,
        "small": 93,
        "medium": 79,
        "large": 81,
    }


def test_limits_that_do_not_bind_change_nothing() -> None:
    free, wide = golden_calibration(), golden_calibration(Limits(trim=3.5, ratio=(0.1, 3)))
    np.testing.assert_array_equal(wide.weights, free.weights)
    assert not wide.limited.any()


def test_trimmed_weights_keep_the_margins_and_the_cap() -> None:
    found = golden_calibration(Limits(trim=3))
    assert found.cap is not None
    # The median rises when large weights are cut, so the cap is at most three times the new median.
    assert 2.9 < found.spread <= 3
    np.testing.assert_allclose(found.weights[found.limited], found.cap, rtol=1e-12)
    assert 0 < found.limited.sum() < 20
    assert max(abs(cell.deviation) for cell in found.cells) < 1e-10


def test_limits_of_the_ratio_and_of_the_weight_hold_at_once() -> None:
    found = golden_calibration(Limits(trim=4, ratio=(0.3, 2.2), weight=(0.3, 3)))
    ratio = found.weights / found.weights.mean() / (found.base / found.base.mean())
    share = found.weights / found.weights.mean()
    slack = 1e-9
    assert 0.3 - slack < ratio.min() < ratio.max() < 2.2 + slack
    assert 0.3 - slack < share.min() < share.max() < 3 + slack
    assert max(abs(cell.deviation) for cell in found.cells) < 1e-10


def test_what_is_not_met_goes_by_the_tolerance_asked_for() -> None:
    parts = [margin("a", [0, 0, 1, 1], {"0": 1, "1": 3}), margin("b", [0, 1, 0, 1], {"0": 3, "1": 1})]
    base = np.array([1.0, 2.0, 5.0, 1.0])
    loose = rake(base, parts, tolerance=0.2)
    assert max(abs(cell.deviation) for cell in loose.cells) > 1e-10
    assert loose.unmet == ()
    with pytest.raises(CalibrationFaults, match="keeps moving after 3 sweeps") as caught:
        rake(base, parts, tolerance=0.0, most_sweeps=3)
    assert caught.value.findings


def test_limited_weights_are_the_nearest_that_hold() -> None:
    """No other weights within the limits meet the margins at a smaller multiplicative distance."""
    rng = np.random.default_rng(4)
    n = 24
    columns = [np.arange(n) % 3, np.arange(n) % 4]
    base = rng.uniform(0.5, 2, n)
    base *= 24 / base.sum()
    targets = ([5.0, 8.0, 11.0], [4.0, 5.0, 6.0, 9.0])
    parts = [
        margin(str(j), column.tolist(), {str(k): t for k, t in enumerate(target)})
        for j, (column, target) in enumerate(zip(columns, targets, strict=True))
    ]
    found = rake(base, parts, Limits(trim=None, weight=(0.4, 1.8)))
    assert found.limited.sum() >= 3
    constraints = [
        {"type": "eq", "fun": lambda w, column=column, k=k, t=t: w[column == k].sum() - t}
        for column, target in zip(columns, targets, strict=True)
        for k, t in enumerate(target)
    ][:-1]
    best = optimize.minimize(
        lambda w: (w * np.log(w / base) - w + base).sum(),
        np.ones(n),
        jac=lambda w: np.log(w / base),
        bounds=[(0.4, 1.8)] * n,
        constraints=constraints,
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert best.success
    # The general optimiser stops at about 1e-7.
    np.testing.assert_allclose(found.weights, best.x, atol=1e-5)


def test_margins_that_limits_do_not_allow_are_named_with_their_distance() -> None:
    with pytest.raises(CalibrationFaults, match="'province' misses its target by") as caught:
        golden_calibration(Limits(trim=2))
    finding = caught.value.findings[0]
    nearest = caught.value.calibration
    assert nearest is not None
    assert finding.values["level"] == "Guangdong"
    assert nearest.spread <= 2 * (1 + 1e-9)
    assert nearest.unmet[0].deviation == finding.values["deviation"] < -0.01


def test_limits_without_room_are_refused() -> None:
    with pytest.raises(CalibrationFaults, match="leave no room"):
        rake(
            np.array([1.0, 1.0, 30.0]),
            [margin("m", ["a", "b", "b"], {"a": 1, "b": 1})],
            Limits(trim=None, ratio=(0.5, 2), weight=(0.1, 1.2)),
        )
    for wrong in ({"ratio": (1.5, 2.0)}, {"weight": (0.5, 1.0)}, {"trim": 1.0}):
        with pytest.raises(ValueError, match=r"both sides of 1|above 1"):
            Limits(**wrong)


@pytest.mark.parametrize(
    ("values", "targets", "base", "code", "told"),
    [
        (["a", "a"], {"a": 1, "b": 1}, [1, 1], "empty_cell", "1 people in 'b' and no respondent"),
        (["a", "b"], {"a": 1}, [1, 1], "no_target", "1 respondents have 'b' of 'm'"),
        (["a", "b"], {"a": 1, "b": 0}, [1, 1], "target_zero", "nobody in 'b', but 1"),
        (["a", "b"], {"a": 1, "b": -2}, [1, 1], "target", "target -2.0 of 'b'"),
        (["a", None], {"a": 1}, [1, 1], "blank", "1 respondents have no value of 'm'"),
        (["a", "a"], {"a": 1}, [1, 0], "base_weight", "1 of 2 base weights"),
        (["a", "a"], {"a": 1}, [1, np.nan], "base_weight", "1 of 2 base weights"),
    ],
)
def test_what_cannot_be_calibrated_is_told(
    values: list[str | None], targets: dict[str, float], base: list[float], code: str, told: str
) -> None:
    with pytest.raises(CalibrationFaults, match=told) as caught:
        rake(np.array(base, dtype=np.float64), [margin("m", values, targets)])
    assert [finding.code for finding in caught.value.findings] == [code]
    assert caught.value.calibration is None


def test_everything_wrong_is_told_at_once() -> None:
    parts = [
        margin("tier", ["a", "b", None], {"a": 10, "c": 20}),
        margin("region", ["x", "y", "y"], {"x": 10, "y": 21}),
    ]
    with pytest.raises(CalibrationFaults) as caught:
        rake(np.array([1.0, -1.0, 1.0]), parts)
    codes = [finding.code for finding in caught.value.findings]
    assert codes == ["base_weight", "blank", "empty_cell", "no_target", "totals_differ"]


def test_a_blank_has_a_cell_where_its_target_is_known() -> None:
    part = margin("m", ["a", None, float("nan")], {"a": 1, "unknown": 2}, unknown="unknown")
    assert rake(np.ones(3), [part]).weights.tolist() == [1.0, 1.0, 1.0]


def test_margins_that_contradict_each_other_are_named() -> None:
    # Whoever is in a is in x, but a is to have 30 people and x 20.
    parts = [
        margin("first", ["a", "b", "b"], {"a": 30, "b": 70}),
        margin("second", ["x", "y", "y"], {"x": 20, "y": 80}),
    ]
    with pytest.raises(CalibrationFaults, match="'first' keeps moving after 100 sweeps") as caught:
        rake(np.ones(3), parts)
    assert caught.value.calibration is not None
    assert not caught.value.calibration.converged


def test_margins_of_other_respondents_are_refused() -> None:
    part = margin("m", ["a"], {"a": 1})
    with pytest.raises(ValueError, match=r"one cell per respondent \(2\)"):
        rake(np.ones(2), [part])
    with pytest.raises(ValueError, match="named once"):
        rake(np.ones(1), [part, part])
    with pytest.raises(ValueError, match="at least one margin"):
        rake(np.ones(1), [])


def test_what_weights_cost_is_warned_of() -> None:
    values = ["a"] * 95 + ["b"] * 5
    found = post_stratify(np.ones(100), margin("m", values, {"a": 50, "b": 50}))
    codes = [finding.code for finding in found.warnings]
    assert codes == ["small_cell", "deff", "spread"]
    assert found.warnings[0].values == {"margin": "m", "level": "b", "n": 5}
    values = ["a"] * 80 + ["b"] * 20
    both = [margin("m", values, {"a": 76, "b": 24}), margin("n", ["x", "y"] * 50, {"x": 60, "y": 40})]
    cut = rake(np.ones(100), both, Limits(trim=None, weight=(0.5, 1.25)))
    assert [finding.code for finding in cut.warnings] == ["small_cell", "limited"]
