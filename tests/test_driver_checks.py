"""What only the checklist asks about drivers: ranks without weights, bends, segments driven apart."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import report_sample
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.check_facts import DriverChecks
from analysis.check_limits import CheckLimits
from analysis.check_results import Check
from analysis.checks import checklist
from analysis.design import Design
from analysis.driver_checks import driver_checks
from analysis.driver_settings import ModelSettings
from analysis.drivers import driver_results, driver_shares
from analysis.regression import weighted_regression
from analysis.results import TooFew
from analysis.sample import Sample
from analysis.scale_facts import scale_facts
from analysis.scale_results import Block
from analysis.tabular import sample_from_frame
from analysis.working_wald import working_fit, working_logit

ITEMS = ["a", "b", "c"]


def answers(n: int = 600, seed: int = 1) -> pd.DataFrame:
    """Answers of 1 to 10 to three items, everybody of one of three tiers."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(np.clip(np.round(5.5 + 2 * rng.normal(size=(n, 3))), 1, 10), columns=ITEMS)
    frame = (frame - 1) * 100 / 9
    return frame.assign(tier=np.arange(n) % 3, error=10 * rng.normal(size=n), weight=1.0)


def checked(
    frame: pd.DataFrame, outcome: pd.Series, cluster: np.ndarray | None = None, **options: object
) -> DriverChecks:
    made = frame.assign(sat=outcome.clip(0, 100), cluster=range(len(frame)) if cluster is None else cluster)
    sample = sample_from_frame(
        made,
        ITEMS,
        scale=None,
        segments=["tier"],
        outcomes=["sat"],
        weights="weight",
        cluster=None if cluster is None else "cluster",
    )
    return driver_checks(sample, "sat", ITEMS, ["tier"], **options)  # type: ignore[arg-type] # as named there


def test_straight_lines_that_hold_for_everybody_raise_nothing() -> None:
    frame = answers()
    found = checked(frame, 0.3 * frame.a + 0.2 * frame.b + 0.1 * frame.c + 20 + frame.error)
    assert found.unweighted is None
    assert found.bends is not None
    assert min(found.bends.values()) > 0.05
    (tier,) = found.segments
    assert (tier.groups, tier.opposite) == (3, ())
    assert tier.test.p > 0.01


def test_a_driver_whose_bad_answers_alone_matter_bends() -> None:
    frame = answers()
    found = checked(frame, 0.3 * frame.a + 0.9 * frame.b.clip(upper=50) + frame.error)
    assert found.bends is not None
    assert {item for item, q in found.bends.items() if q < 0.05} == {"b"}


def test_segments_driven_apart_are_found_and_opposite_directions_named() -> None:
    frame = answers()
    other = frame.tier == 2
    apart = checked(frame, 30 + 0.5 * frame.a.where(~other, 0) + 0.5 * frame.c.where(other, 0) + frame.error)
    assert apart.segments[0].test.p < 1e-6
    assert apart.segments[0].opposite == ()
    turned = checked(frame, 50 + 0.4 * frame.a.where(~other, -frame.a) + 0.2 * frame.c + frame.error)
    assert turned.segments[0].opposite == ("a",)


def test_groups_too_small_for_a_model_take_no_part() -> None:
    frame = answers()
    outcome = 0.3 * frame.a + 0.2 * frame.b + frame.error + 20
    frame["tier"] = np.where(np.arange(600) < 40, 2, np.arange(600) % 2)
    assert checked(frame, outcome).segments[0].groups == 2
    assert checked(frame, outcome, limits=CheckLimits(model_block=40)).segments[0].groups == 3
    frame["tier"] = np.where(np.arange(600) < 560, 0, 1)
    alone = checked(frame, outcome)
    assert (alone.segments, alone.untested) == ((), ("tier",))


def test_a_segment_without_degrees_of_freedom_is_named_as_not_tested() -> None:
    frame = answers()
    outcome = 0.3 * frame.a + 0.2 * frame.b + frame.error + 20
    assert checked(frame, outcome).untested == ()
    # Twenty clusters of thirty people: six crossings would take sixty degrees of freedom.
    few = checked(frame, outcome, cluster=np.arange(600) // 30)
    assert (few.segments, few.untested) == ((), ("tier",))
    assert few.bends is not None
    assert checked(frame.assign(tier=0), outcome).untested == ()


def test_ranks_without_weights_are_those_of_the_unweighted_shares() -> None:
    frame = answers()
    heavy = frame.tier == 0
    frame["weight"] = np.where(heavy, 6.0, 1.0)
    outcome = 30 + 0.5 * frame.a.where(heavy, 0) + 0.5 * frame.c.where(~heavy, 0) + frame.error
    found = checked(frame, outcome).unweighted
    plain = driver_shares(frame.assign(sat=outcome.clip(0, 100)), "sat", ITEMS, replicates=20)
    assert found == {driver.driver: driver.rank for driver in plain.drivers}
    weighted = driver_shares(
        frame.assign(sat=outcome.clip(0, 100)), "sat", ITEMS, weights="weight", replicates=20
    )
    assert found != {driver.driver: driver.rank for driver in weighted.drivers}


def test_blanks_and_covariates_do_not_stand_in_the_way() -> None:
    frame = answers()
    outcome = 0.3 * frame.a + 0.9 * frame.b.clip(upper=50) + frame.error
    frame.loc[frame.index % 5 == 0, "a"] = np.nan
    frame["weight"] = 1.0 + frame.index % 2
    for settings_ in (ModelSettings(), ModelSettings(blanks="em")):
        found = checked(frame, outcome, settings=settings_)
        assert found.bends is not None
        assert found.bends["b"] < 0.05
        assert found.unweighted is not None
        assert set(found.unweighted) == set(ITEMS)


def judged(frame: pd.DataFrame, items: list[str]) -> tuple[Check, ...]:
    """What blocks the drivers of ``sat`` where these answers are all there is."""
    sample = sample_from_frame(frame, items, scale=None, outcomes=["sat"])
    found = driver_results(sample, "sat", items, replicates=100)
    made = dataclasses.replace(report_sample.results(), drivers=(), drivers_missing=())
    if isinstance(found, TooFew):
        made = dataclasses.replace(made, drivers_missing=(("sat", found),))
    else:
        made = dataclasses.replace(made, drivers=(found,))
    return checklist(made).blocks("sat")


def test_copies_tiny_bases_and_lost_rows_block_real_answers() -> None:
    frame = answers(300)
    frame["sat"] = (0.3 * frame.a + 0.2 * frame.b + 20 + frame.error).clip(0, 100)
    assert judged(frame, ITEMS) == ()
    (copy,) = judged(frame.assign(twin=frame.a), [*ITEMS, "twin"])
    assert (copy.key, copy.names) == ("collinearity", ("twin",))
    holes = frame.assign(c=frame.c.where(frame.index % 5 < 2))
    (lost,) = judged(holes, ITEMS)
    assert lost.key == "blanks"
    assert lost.values["lost"] == pytest.approx(0.6)
    (few,) = judged(frame[:45], ITEMS)
    assert few.key == "no_model"
    (flat,) = judged(frame.assign(sat=70.0), ITEMS)
    assert flat.key == "no_variance"


def test_a_base_that_carries_nothing_has_no_figures() -> None:
    frame = answers(12)
    assert checked(frame, frame.a + frame.error) == DriverChecks("sat")


def simple(n: int) -> Design:
    return Design(np.ones(n), np.zeros(n, dtype=np.int64), np.arange(n))


def test_one_coefficient_is_tested_with_the_errors_of_hc2() -> None:
    frame = answers(200)
    x, y = frame[ITEMS].to_numpy(), (0.2 * frame.a + frame.error).to_numpy()
    fit = working_fit(simple(200), y, x, ITEMS, np.arange(200))
    known = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC2")
    # Both solve one system of four equations.
    np.testing.assert_allclose(fit.values, known.params[1:], rtol=1e-10)
    # The design counts n/(n − 1) clusters and centres what they bring: residuals that were divided sum to
    # nearly nothing, not to nothing.
    np.testing.assert_allclose(fit.covariance, known.cov_params()[1:, 1:] * 200 / 199, rtol=1e-5)
    test = fit.test(["b"])
    assert test is not None
    assert test.f == pytest.approx(known.tvalues[2] ** 2 * 199 / 200, rel=1e-5)
    assert (test.ndf, test.ddf) == (1.0, 199.0)
    assert test.p == pytest.approx(fit.slope({"b": 1.0})[1], rel=1e-9)


def test_a_logit_is_tested_with_the_errors_of_its_design_but_for_leverage() -> None:
    frame = answers(600)
    x = frame[ITEMS].to_numpy()
    yes = (0.2 * frame.a + frame.error > 0).to_numpy(dtype=np.float64)
    design = dataclasses.replace(simple(600), clusters=np.arange(600) // 2)
    known = weighted_regression(design, yes, x, ITEMS, family="logistic")
    fit = working_logit(design, yes, x, ITEMS, np.arange(600), known.linear.values)
    hessian = sm.Logit(yes, sm.add_constant(x)).hessian(known.linear.values)
    # Two ways to the inverse of four columns.
    np.testing.assert_allclose(fit.working, np.linalg.inv(-hessian)[1:, 1:], rtol=1e-8)
    # Leverage is four coefficients on 600 people: no error grows by more than a few per cent.
    growth = np.sqrt(np.diag(fit.covariance) / np.diag(known.linear.covariance)[1:])
    assert ((growth > 1) & (growth < 1.05)).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.sampled_from(ITEMS))
def test_neither_units_nor_the_order_of_rows_matter(seed: int, factor: float, item: str) -> None:
    frame = answers(80, seed)
    order = np.random.default_rng(seed).permutation(80)
    y = (0.2 * frame.a + frame.error).to_numpy()
    design = dataclasses.replace(simple(80), clusters=np.arange(80) // 2)
    turned = dataclasses.replace(simple(80), clusters=(np.arange(80) // 2)[order])
    one = working_fit(design, y, frame[ITEMS].to_numpy(), ITEMS, np.arange(80)).test(ITEMS)
    scaled = frame.assign(**{item: factor * frame[item]})[ITEMS].to_numpy()[order]
    other = working_fit(turned, y[order], scaled, ITEMS, np.arange(80)).test(ITEMS)
    assert one is not None
    assert other is not None
    # Four equations, whose columns differ in size by up to 10⁴.
    assert other.f == pytest.approx(one.f, rel=1e-8)
    assert other.ndf == pytest.approx(one.ndf, rel=1e-8)


def test_parallel_items_obey_spearman_and_brown() -> None:
    rng = np.random.default_rng(3)
    true = rng.normal(size=4000)
    frame = pd.DataFrame({item: 50 + 5 * true + 5 * rng.normal(size=4000) for item in ITEMS})
    sample: Sample = sample_from_frame(frame, ITEMS, scale=None)
    (found,) = scale_facts(sample, [Block("s", tuple(ITEMS)), Block("made", ("a", "b"), formative=True)])
    # Items that correlate by 1/2: alpha = 3 r / (1 + 2 r), AVE = r, loadings √r; n = 4,000.
    assert found.alpha == pytest.approx(0.75, abs=0.02)
    assert found.extracted == pytest.approx(0.5, abs=0.03)
    assert list(found.loadings.values()) == pytest.approx([0.5**0.5] * 3, abs=0.03)
    assert not found.inadmissible
