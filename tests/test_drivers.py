"""Driver shares equal relaimpo and domir; their uncertainty is what it claims."""

from __future__ import annotations

import doctest
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS, block

from analysis import drivers
from analysis import lmg as lmg_module
from analysis.design import Design
from analysis.driver_data import driver_data
from analysis.drivers import driver_results, driver_shares
from analysis.lmg import lmg
from analysis.ranks import rank_intervals, ranks
from analysis.results import DriverResults, Estimate, TooFew
from analysis.tabular import sample_from_frame

FOUR = ["coverage", "speed", "value", "billing"]
FIVE = [*FOUR, "care"]
# Closed form on both sides; the reference prints 12 digits.
CLOSE = {"rtol": 1e-10, "atol": 0.0}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "drivers.csv")


def shares(frame: pd.DataFrame, drivers: list[str], **options: Any) -> pd.DataFrame:
    return driver_shares(frame, "sat", drivers, replicates=20, **options).to_frame()


@pytest.mark.parametrize(("start", "weights"), [("[1]", None), ("[1w]", "weight")])
def test_shares_equal_relaimpo(frame: pd.DataFrame, start: str, weights: str | None) -> None:
    found = shares(frame, FOUR, weights=weights)
    for name, (part, first, last, beta_squared, *_) in block(
        "ref_drivers.txt", start, "lmg first last"
    ).items():
        row = found.loc[name]
        np.testing.assert_allclose(
            [row["lmg"], row["first"], row["unique"], row["coefficient"] ** 2],
            [part, first, last, beta_squared],
            **CLOSE,
        )


@pytest.mark.parametrize(("start", "weights"), [("[2]", None), ("[2w]", "weight")])
def test_a_blank_that_was_due_costs_its_row(frame: pd.DataFrame, start: str, weights: str | None) -> None:
    found = driver_shares(frame, "sat", FIVE, weights=weights, replicates=20)
    assert (found.n, found.rows_lost) == (247, 233)
    assert dict(found.warnings)["rows_lost"]["rows"] == 233
    table = found.to_frame()
    for name, (part, first, last, *_) in block("ref_drivers.txt", start, "lmg first last").items():
        row = table.loc[name]
        np.testing.assert_allclose([row["lmg"], row["first"], row["unique"]], [part, first, last], **CLOSE)


def test_a_driver_that_was_not_asked_costs_no_rows(frame: pd.DataFrame) -> None:
    found = driver_shares(frame, "sat", FIVE, not_asked=["care"], replicates=20)
    assert (found.n, found.rows_lost) == (480, 0)
    assert found.r_squared.value == pytest.approx(0.73257833515, rel=1e-10)
    table = found.to_frame()
    for name, (part, first, last) in block("ref_drivers.txt", "[2n]", "lmg first last").items():
        row = table.loc[name]
        np.testing.assert_allclose([row["lmg"], row["first"], row["unique"]], [part, first, last], **CLOSE)
    # The reference's coefficient is in raw units of the column filled with the mean.
    filled = frame["care"].fillna(frame["care"].mean())
    raw = table.loc["care", "coefficient"] * frame["sat"].std(ddof=0) / filled.std(ddof=0)
    assert raw == pytest.approx(0.435779965985, rel=1e-10)


def test_inflation_equals_the_inverse_of_the_correlations(frame: pd.DataFrame) -> None:
    found = shares(frame, FOUR)["inflation"]
    expected = [1.29844785827, 1.41358551408, 1.34847717501, 1.40463310872]
    np.testing.assert_allclose(found[FOUR], expected, **CLOSE)


@pytest.mark.parametrize("module", [drivers, lmg_module])
def test_what_is_shown_is_what_happens(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)


def simulated(n: int, seed: int, noise: int = 1) -> pd.DataFrame:
    """Three drivers with weights 3, 2, 1 and halo, and columns of noise; customers answer twice."""
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(n // 2), 2)
    halo = rng.normal(size=(n // 2, 1))[customer]
    x = 0.5 * halo + rng.normal(size=(n, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    for j in range(noise):
        frame[f"noise{j}"] = rng.normal(size=n)
    frame["sat"] = x @ [3, 2, 1] + 2 * rng.normal(size=n)
    frame["customer"] = customer
    return frame


def test_noise_does_not_beat_the_probe_and_true_drivers_do() -> None:
    beaten = 0
    for seed in range(20):
        frame = simulated(300, seed)
        found = driver_shares(frame, "sat", ["a", "b", "c", "noise0"], cluster="customer", replicates=200)
        by_name = {driver.driver: driver for driver in found.drivers}
        assert by_name["a"].probe
        beaten += by_name["noise0"].probe
    # Noise wins in at most 5 % of samples; two of twenty leaves room for chance.
    assert beaten <= 2


def test_rows_may_come_in_any_order() -> None:
    frame = simulated(200, 1)
    frame["customer"] = "K" + frame["customer"].astype(str)
    shuffled = frame.sample(frac=1, random_state=5)
    one, two = (
        driver_shares(f, "sat", ["a", "b", "c"], cluster="customer", replicates=50) for f in (frame, shuffled)
    )
    # Replicates belong to customers; only the order of addition differs.
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame(), rtol=1e-9)


def test_replicate_errors_of_shares_agree_with_the_jackknife(frame: pd.DataFrame) -> None:
    found = driver_shares(frame, "sat", FOUR, weights="weight", cluster="customer", replicates=4000, seed=3)
    model_se = {d.driver: d.share.se for d in found.drivers}
    jackknife = dict(zip(FOUR, (0.0235101, 0.0188393, 0.0226513, 0.0148434), strict=True))
    for name in FOUR:
        se = model_se[name]
        assert se is not None
        # The golden is the error of LMG, not of the share: divide by R². Curvature and 4,000 draws
        # leave a few per cent; R² moves as well.
        assert se == pytest.approx(jackknife[name] / found.r_squared.value, rel=0.12)


def test_constants_and_copies_are_dropped_by_name() -> None:
    frame = simulated(200, 2)
    frame["fixed"] = 7.0
    frame["twin"] = 2 * frame["a"] + 1
    frame["total"] = frame["a"] + frame["b"]
    frame["nobody"] = np.nan
    frame["few"] = np.where(np.arange(200) < 12, np.arange(200.0), np.nan)
    drivers = ["a", "b", "c", "fixed", "twin", "total", "nobody", "few"]
    found = driver_shares(frame, "sat", drivers, not_asked=["few"], replicates=20)
    assert set(found.dropped) == {
        ("nobody", "no_answers"),
        ("fixed", "no_spread"),
        ("few", "few_answers"),
        ("twin", "duplicate"),
        ("total", "aliased"),
    }
    assert {driver.driver for driver in found.drivers} == {"a", "b", "c"}
    assert found.failed == 0


def test_two_items_with_the_same_routing_share_their_mark() -> None:
    frame = simulated(400, 4)
    used = np.random.default_rng(9).random(400) < 0.5
    frame.loc[~used, ["b", "c"]] = np.nan
    found = driver_shares(frame, "sat", ["a", "b", "c"], not_asked=["b", "c"], replicates=50)
    assert found.failed == 0
    assert sum(driver.lmg for driver in found.drivers) == pytest.approx(found.r_squared.value, abs=1e-12)


def test_a_small_base_is_refused() -> None:
    with pytest.raises(ValueError, match=r"found n = 40 \(small_base\)"):
        driver_shares(simulated(40, 1), "sat", ["a", "b"])


def pairs(answering: int) -> pd.DataFrame:
    """Two customers a stratum; ``few`` is put to one customer of each of some strata and to no other."""
    frame = simulated(400, 3)
    frame["stratum"] = frame["customer"] // 2
    put = (frame["customer"] % 2 == 0) & (frame["stratum"] < answering)
    frame["few"] = np.where(put, np.arange(400) % 7, np.nan)
    return frame


def test_failed_replicates_are_counted() -> None:
    # Rows are repeated because thirty answers are needed. In 1/32 of the replicates none of the five
    # customers who were asked has any weight.
    frame = pd.concat([pairs(5)] * 3, ignore_index=True)
    found = driver_shares(
        frame,
        "sat",
        ["a", "b", "few"],
        cluster="customer",
        strata="stratum",
        not_asked=["few"],
        replicates=400,
    )
    # 400 / 32 = 12.5 are expected to fail.
    assert 2 <= found.failed <= 19
    assert dict(found.warnings)["failed_replicates"]["failed"] == found.failed


def test_too_many_failed_replicates_are_no_model() -> None:
    frame = pd.concat([pairs(1)] * 15, ignore_index=True)
    with pytest.raises(ValueError, match="small_base"):
        driver_shares(
            frame, "sat", ["a", "b", "few"], cluster="customer", strata="stratum", not_asked=["few"]
        )


def test_a_constant_outcome_is_refused() -> None:
    frame = simulated(100, 1)
    frame["sat"] = 3.0
    with pytest.raises(ValueError, match="no_spread"):
        driver_shares(frame, "sat", ["a", "b"])


def test_a_negative_coefficient_against_a_positive_correlation_is_conflicting() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=2000)
    b = 0.9 * a + 0.4 * rng.normal(size=2000)
    frame = pd.DataFrame({"a": a, "b": b, "sat": a - 0.5 * b + 0.3 * rng.normal(size=2000)})
    table = driver_shares(frame, "sat", ["a", "b"], replicates=50).to_frame()
    assert table["direction"].to_dict() == {"a": "positive", "b": "conflicting"}


def test_rank_intervals_by_hand() -> None:
    rng = np.random.default_rng(0)
    # Four values; the middle two differ by a tenth of their error, the others by ten errors.
    value = np.array([0.5, 0.301, 0.299, 0.1])
    low, high = rank_intervals(value, value[:, None] + rng.normal(0, 0.01, (4, 500)))
    assert low.tolist() == [1, 2, 2, 4]
    assert high.tolist() == [1, 3, 3, 4]


def test_ranks_count_from_the_largest() -> None:
    assert ranks(np.array([[0.2, 0.5], [0.7, 0.5]])).tolist() == [[2, 1], [1, 2]]


def survey_frame(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = simulated(n, seed)
    for name in ("a", "b", "c"):
        frame[name] = np.clip(70 + 10 * frame[name], 0, 100)
    frame["sat"] = np.clip(70 + 4 * frame["sat"], 0, 100)
    frame.loc[rng.random(n) < 0.05, "b"] = np.nan
    frame["wave"] = np.where(np.arange(n) % 2 == 0, "w1", "w2")
    return frame


def test_results_hold_performance_on_each_items_own_base() -> None:
    frame = survey_frame(600, 6)
    sample = sample_from_frame(
        frame, ["a", "b", "c"], scale=None, cluster="customer", wave="wave", outcomes=["sat"]
    )
    found = driver_results(sample, "sat", ["a", "b", "c"], replicates=200, seed=4)
    assert isinstance(found, DriverResults)
    last = frame[frame["wave"] == "w2"]
    assert (found.wave, found.n, found.n_rows_lost) == (
        "w2",
        int(last["b"].notna().sum()),
        int(last["b"].isna().sum()),
    )
    for driver in found.drivers:
        assert isinstance(driver.performance, Estimate)
        assert driver.performance.value == pytest.approx(last[driver.item].mean(), rel=1e-12)
        assert driver.performance.n == last[driver.item].notna().sum()
        assert driver.asked == pytest.approx(1.0)
        assert sum(driver.quadrants.values()) == pytest.approx(1.0)
    assert sum(driver.share.value for driver in found.drivers) == pytest.approx(1.0, abs=1e-12)
    assert found.performance_line == pytest.approx(last[["a", "b", "c"]].mean().mean(), rel=1e-12)
    assert [driver.item for driver in found.drivers] == ["a", "b", "c"]


def test_results_of_a_small_wave_are_too_few() -> None:
    frame = survey_frame(80, 6)
    sample = sample_from_frame(
        frame, ["a", "b", "c"], scale=None, cluster="customer", wave="wave", outcomes=["sat"]
    )
    found = driver_results(sample, "sat", ["a", "b", "c"], replicates=50)
    assert isinstance(found, TooFew)
    assert found.reason == "small_base"


def test_drivers_whose_means_may_not_be_shown_have_no_map() -> None:
    frame = survey_frame(400, 6)
    sample = sample_from_frame(
        frame, ["a", "b", "c"], scale=None, cluster="customer", wave="wave", outcomes=["sat"]
    )
    found = driver_results(sample, "sat", ["a", "b", "c"], replicates=50, disclosure_limit=201)
    assert isinstance(found, TooFew)
    assert found.reason == "disclosure"


def test_a_model_has_twenty_rows_more_than_columns() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(56, 19)), columns=[f"q{j}" for j in range(18)] + ["sat"])
    frame = frame.mask(rng.random(frame.shape).argsort(axis=0) < 8).assign(sat=frame["sat"])
    names = [f"q{j}" for j in range(18)]
    # Eighteen answers and eighteen marks need as many rows as thirty-six drivers would: 56.
    assert driver_shares(frame, "sat", names, not_asked=names, replicates=20).n == 56
    with pytest.raises(ValueError, match="small_base"):
        driver_shares(frame[:55], "sat", names, not_asked=names, replicates=20)


def test_one_customer_carries_no_model_however_many_the_rows() -> None:
    frame = simulated(200, 1).assign(customer=7)
    with pytest.raises(ValueError, match="small_base"):
        driver_shares(frame, "sat", ["a", "b"], cluster="customer")


def test_rows_without_a_customer_are_refused() -> None:
    frame = simulated(100, 1).astype({"customer": "float64"})
    frame.loc[3, "customer"] = np.nan
    with pytest.raises(ValueError, match="'customer' of the design is blank in 1 rows"):
        driver_shares(frame, "sat", ["a", "b"], cluster="customer")


def test_summary_and_table_say_the_same() -> None:
    found = driver_shares(simulated(300, 7), "sat", ["a", "b", "c"], cluster="customer", replicates=100)
    lines = found.summary().splitlines()
    assert lines[0].startswith("sat: R² = 0.")
    assert [line.split()[0] for line in lines[1:4]] == found.to_frame().index.tolist() == ["a", "b", "c"]
    assert found.to_frame().loc["a", "rank"] == 1


def test_columns_of_a_group_enter_together(frame: pd.DataFrame) -> None:
    found = driver_shares(frame, "sat", FOUR, groups={"network": ["coverage", "speed"]}, replicates=20)
    by_name = {driver.driver: driver for driver in found.drivers}
    assert set(by_name) == {"network", "value", "billing"}
    assert by_name["network"].coefficient is None
    assert sum(driver.share.value for driver in found.drivers) == pytest.approx(1)


@pytest.mark.parametrize(
    ("rows", "lacking", "lost"), [(800, 30, 0), (800, 29, 29), (200, 10, 0), (200, 9, 9)]
)
def test_an_item_that_rarely_does_not_apply_costs_rows_and_brings_no_mark(
    rows: int, lacking: int, lost: int
) -> None:
    frame = simulated(rows, 3)
    frame.loc[frame.sample(lacking, random_state=1).index, "b"] = np.nan
    found = driver_shares(frame, "sat", ["a", "b", "c"], not_asked=["b"], replicates=20)
    assert (found.n, found.rows_lost) == (rows - lost, lost)
    kept = frame.dropna() if lost else frame
    complete = driver_shares(kept, "sat", ["a", "b", "c"], not_asked=["b"], replicates=20)
    assert found.r_squared.value == pytest.approx(complete.r_squared.value, rel=1e-12)


def test_rare_blanks_that_did_not_apply_do_not_inflate_the_fit() -> None:
    truth, found = [], []
    for seed in range(10):
        frame = simulated(300, seed, noise=9)
        names = ["a", "b", "c", *(f"noise{j}" for j in range(9))]
        truth.append(driver_shares(frame, "sat", names, replicates=2).r_squared.value)
        hit = np.random.default_rng(seed).random((300, len(names))) < 0.004
        frame[names] = frame[names].mask(hit)
        found.append(driver_shares(frame, "sat", names, not_asked=names, replicates=2).r_squared.value)
    # Losing 5 % of the rows moves R² either way; a mark each would raise it by 12/300 of what is unexplained.
    assert abs(np.mean(np.array(found) - truth)) < 0.003


def test_a_mark_is_made_only_where_somebody_had_no_answer_to_give(frame: pd.DataFrame) -> None:
    columns = {name: frame[name].to_numpy(dtype=np.float64) for name in FIVE}
    outcome = frame["sat"].to_numpy(dtype=np.float64)
    marks = {name: np.isnan(columns[name]) for name in FIVE}
    everyone = np.ones(480, dtype=bool)
    data = driver_data(outcome, columns, marks, np.ones(480), everyone)
    assert data.marked == (False, False, False, False, True)
    assert data.players[-1] == (4, 5)
    assert len(Design(np.ones(480), np.zeros(480, dtype=int), np.arange(480))) == data.n


@pytest.mark.parametrize("count", [21, 28])
def test_many_drivers_say_what_was_drawn(count: int) -> None:
    rng = np.random.default_rng(3)
    names = [f"q{j}" for j in range(count)]
    frame = pd.DataFrame(rng.normal(size=(300, count)) + rng.normal(size=(300, 1)), columns=names)
    frame["sat"] = frame[names[:3]].sum(axis=1) + rng.normal(size=300)
    found = driver_shares(frame, "sat", names, replicates=20)
    warnings = dict(found.warnings)
    if count == 21:
        assert warnings["drawn_replicates"] == {"orders": 200}
        r = np.corrcoef(frame.T)[:, :, None]
        exact = dict(zip(names, lmg(r, [[j] for j in range(count)])[:, 0], strict=True))
        for driver in found.drivers:
            assert driver.lmg == pytest.approx(exact[driver.driver], rel=1e-9)
    else:
        assert warnings["drawn_orders"]["orders"] == 4000
        assert 0 < warnings["drawn_orders"]["error"] < 0.01
    assert {driver.driver for driver in found.drivers[:3]} == {"q0", "q1", "q2"}
    assert sum(driver.share.value for driver in found.drivers) == pytest.approx(1.0, abs=1e-12)
