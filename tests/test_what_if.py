"""What moving drivers goes with: ceilings, gains, adding up, the reach of the data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from what_if_answers import KINDS, TREE, frame, known, sample

from analysis import Sample, Simulator, simulator_of, what_if
from analysis.estimate import benjamini_hochberg
from analysis.gain_tests import p_value
from analysis.index import IndexTree
from analysis.lifts import Ground, corners, lift
from analysis.predicted_change import CHANGE, predicted_change
from analysis.reach import points_to
from analysis.results import Estimate, TooFew
from analysis.sample import Floats
from analysis.whatif_models import FlagModel
from analysis.whatif_pipeline import StudySimulator
from survey.what_if import WhatIf as Declared

ANSWERS = st.integers(1, 60).flatmap(
    lambda n: arrays(np.float64, n, elements=st.integers(0, 20).map(lambda x: 5.0 * x))
)


def simulate(made: Sample | None = None, tree: IndexTree = TREE, **options: object) -> Simulator:
    return simulator_of(made or sample(), tree, KINDS, replicates=200, seed=5, **options)  # type: ignore[arg-type] # options of one function


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return simulate()


# What really moves


@given(ANSWERS, st.floats(-100, 100))
def test_nobody_leaves_the_scale_and_no_blank_moves(answers: Floats, points: float) -> None:
    moved = lift(np.append(answers, np.nan), points)
    assert moved[-1] == 0
    assert ((answers + moved[:-1] >= 0) & (answers + moved[:-1] <= 100)).all()
    assert (np.abs(moved) <= abs(points) + 1e-12).all()


@given(ANSWERS, st.integers(0, 60))
def test_the_mean_move_is_straight_between_its_corners(answers: Floats, most: int) -> None:
    weights = np.linspace(1, 2, len(answers))
    points, means = corners(answers, weights, float(most))
    for at in (0.0, most / 3, float(most)):
        direct = np.average(lift(answers, at), weights=weights)
        # Sums of some sixty products of numbers up to 100.
        assert np.interp(at, points, means) == pytest.approx(direct, abs=1e-11)
    slopes = np.diff(means) / np.diff(points)
    assert (np.diff(slopes) <= 1e-12).all()


@given(ANSWERS, st.floats(0, 100))
def test_the_points_to_a_level_lead_there_or_to_the_top(answers: Floats, level: float) -> None:
    weights = np.ones(len(answers))
    points = points_to(answers, weights, level)
    mean = (answers + lift(answers, points)).mean()
    assert mean == pytest.approx(max(level, answers.mean()), abs=1e-8)
    assert 0 <= points <= 100


def test_reach_of_an_item_is_in_the_mean_over_everyone() -> None:
    made = sample()
    structural = made.structural.copy()
    structural[::2, 0] = True
    scores = np.where(structural, np.nan, made.scores)
    some = replace(made, structural=structural, scores=scores)
    move = simulate(some, minimum_base=20).scenario({"a": 2.0}).moves[0]
    assert move.raised_among == pytest.approx(2.0)
    rows = some.in_wave("2")
    has = some.weights[rows & ~structural[:, 0]].sum() / some.weights[rows].sum()
    # One division of two sums.
    assert move.raised.value == pytest.approx(2.0 * has, rel=1e-12)


# The index


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_a_point_on_every_item_without_a_ceiling_is_a_point_of_the_index(rollup: str) -> None:
    tree = TREE.with_rollup(rollup)  # type: ignore[arg-type] # one of the two
    scenario = simulate(tree=tree).scenario({"a": 1.0, "b": 1.0, "c": 1.0})
    # Exact but for rounding, and the same in every replicate.
    assert scenario.index.value == pytest.approx(1.0, abs=1e-12)
    assert scenario.index.se == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_the_index_moves_by_what_it_is_when_worked_out_anew(rollup: str) -> None:
    made = sample(frame(top=100.0))
    simulated = simulate(made, TREE.with_rollup(rollup))  # type: ignore[arg-type] # one of the two
    moved = simulated.ground.moved([("a", 4.0), ("c", 3.0)])
    scores = made.scores.copy()
    scores[simulated.ground.rows] = moved
    after = simulate(replace(made, scores=scores), simulated.tree)
    scenario = simulated.scenario({"a": 4.0, "c": 3.0})
    # Means of 300 numbers up to 100.
    assert scenario.index_then == pytest.approx(after.index.value, abs=1e-10)


# Outcomes


def test_a_numeric_outcome_moves_by_coefficient_times_move(simulator: Simulator) -> None:
    from statsmodels.regression.linear_model import WLS

    rows = frame().query("wave == '2'")
    x = np.column_stack([np.ones(len(rows)), rows[["a", "b", "c"]]])
    b = WLS(rows.loyal.to_numpy(), x, weights=rows.w.to_numpy()).fit().params
    for place, item in enumerate("abc"):
        move = np.average(np.minimum(rows[item] + 5, 100) - rows[item], weights=rows.w)
        change = known(simulator.scenario({item: 5.0}), "loyal")
        # Two ways to the same normal equations.
        assert change.value == pytest.approx(b[place + 1] * move, rel=1e-9)


def test_a_share_moves_person_by_person(simulator: Simulator) -> None:
    from scipy import special
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    rows = frame().query("wave == '2'")
    x = np.column_stack([np.ones(len(rows)), rows[["a", "b", "c"]]])
    y = rows.lost.to_numpy() / 100
    fit = GLM(y, x, family=Binomial(), freq_weights=rows.w.to_numpy()).fit(tol=1e-13)
    moved = x.copy()
    moved[:, 1] = np.minimum(moved[:, 1] + 5, 100)
    change = np.average(special.expit(moved @ fit.params) - special.expit(x @ fit.params), weights=rows.w)
    # statsmodels stops when its deviance does, we where the gradient is 0.
    assert known(simulator.scenario({"a": 5.0}), "lost").value == pytest.approx(change, rel=1e-7)


def test_the_error_of_a_share_is_that_of_refitting_every_replicate(simulator: Simulator) -> None:
    from scipy import special

    model = simulator.model("lost")
    assert isinstance(model, FlagModel)
    after = model.fitted.x.copy()
    after[:, 1] += 5.0
    change = predicted_change(model.fitted, after).take([CHANGE])
    design, rows = simulator.asked.design, model.data.rows
    y = simulator.asked.sample.outcomes["lost"][rows] / 100
    drawn = []
    for multipliers in simulator.asked.plan.weights(0, 200):
        w, beta = design.weights[rows] * multipliers[design.unit[rows]], model.fitted.coefficients.values
        for _ in range(4):
            mu = special.expit(model.fitted.x @ beta)
            slope = (model.fitted.x * (w * mu * (1 - mu))[:, None]).T @ model.fitted.x
            beta = beta + np.linalg.solve(slope, model.fitted.x.T @ (w * (y - mu)))
        moved = special.expit(after @ beta) - special.expit(model.fitted.x @ beta)
        drawn.append(np.average(moved, weights=w))
    # 200 replicates know a deviation to 5 %; three of these, and what a tangent leaves out.
    assert float(np.sqrt(change.variances[0])) == pytest.approx(np.std(drawn, ddof=1), rel=0.18)


def test_by_way_of_a_score_the_errors_of_both_regressions_count() -> None:
    from scipy import special

    made = frame().assign(late=0.0)
    chance = special.expit(-3.2 - (made.loyal - made.loyal.mean()) / 12)
    draws = np.random.default_rng(7).random(len(made))
    simulated = simulate(sample(made.assign(lost=np.where(draws < chance, 100.0, 0.0))))
    model = simulated.model("lost")
    assert isinstance(model, FlagModel)
    assert model.score == "loyal"
    change = simulated.flag_change(model, [("a", 5.0)])
    asked, design = simulated.asked, simulated.asked.design
    y, score = asked.sample.outcomes["lost"] / 100, asked.sample.outcomes["loyal"]
    x = np.column_stack([np.ones(len(y)), score, asked.sample.in_wave("1")])[:, : model.fitted.x.shape[1]]
    items = np.column_stack([np.ones(len(y)), asked.sample.scores])
    beta, drawn = model.fitted.coefficients.values[: x.shape[1]], []
    here, own = model.fitted.rows, model.data.rows
    raised = lift(asked.sample.scores[here, 0], 5.0)
    every = np.ones(int(design.unit.max()) + 1)
    for multipliers in [every, *asked.plan.weights(0, 200)]:
        w = design.weights * multipliers[design.unit]
        fit = beta
        for _ in range(6):
            at, mu = x[model.rows], special.expit(x[model.rows] @ fit)
            slope = (at * (w[model.rows] * mu * (1 - mu))[:, None]).T @ at
            fit = fit + np.linalg.solve(slope, at.T @ (w[model.rows] * (y[model.rows] - mu)))
        z = items[own] * np.sqrt(w[own])[:, None]
        b = np.linalg.lstsq(z, score[own] * np.sqrt(w[own]), rcond=None)[0]
        eta = x[here] @ fit
        drawn.append(
            np.average(special.expit(eta + fit[1] * b[1] * raised) - special.expit(eta), weights=w[here])
        )
    # Newton's steps end within rounding.
    assert change.values[0] == pytest.approx(drawn[0], rel=1e-7)
    # 200 replicates know a deviation to 5 %; three of these, and what a tangent leaves out.
    assert float(np.sqrt(change.variances[0])) == pytest.approx(np.std(drawn[1:], ddof=1), rel=0.18)


def test_no_move_is_no_change(simulator: Simulator) -> None:
    scenario = simulator.scenario({"a": 0.0, "b": 0.0})
    assert scenario.index.value == 0
    assert all(known(scenario, model.outcome).value == 0 for model in simulator.models)


def test_more_of_a_good_item_is_never_less(simulator: Simulator) -> None:
    steps = simulator.scenarios([{"a": step} for step in (-3.0, 0.0, 1.0, 3.0)])
    for outcome, sign in (("loyal", 1), ("lost", -1)):
        assert (np.diff([sign * known(s, outcome).value for s in steps]) > 0).all()
    assert (np.diff([s.index.value for s in steps]) > 0).all()


def test_effects_add_up_where_the_test_finds_nothing(simulator: Simulator) -> None:
    both, first, second = simulator.scenarios([{"a": 3.0, "b": 2.0}, {"a": 3.0}, {"b": 2.0}])
    gain = both.gain("loyal")
    assert gain is not None
    assert gain.added == "sum"
    assert gain.test is not None
    assert gain.test.p > 0.05
    alone = known(first, "loyal").value + known(second, "loyal").value
    assert known(both, "loyal").value == pytest.approx(alone, rel=1e-12)


def test_where_items_help_each_other_the_joint_model_speaks() -> None:
    made = frame(together=0.1)
    simulated = simulate(sample(made))
    gain = simulated.scenario({"a": 4.0, "b": 4.0}).gain("loyal")
    assert gain is not None
    assert gain.added == "joint"
    assert isinstance(gain.change, Estimate)
    rows = made.query("wave == '2'")
    a, b = rows.a - made.a.mean(), rows.b - made.b.mean()
    up_a, up_b = simulated.ground.gain("a", 4.0), simulated.ground.gain("b", 4.0)
    true = 0.4 * up_a + 0.2 * up_b + 0.01 * ((a + up_a) * (b + up_b) - a * b)
    assert gain.change.low is not None
    assert gain.change.high is not None
    assert gain.change.low < np.average(true, weights=rows.w) < gain.change.high
    notes = [key for key, _ in simulated.scenario({"a": 4.0, "b": 4.0}).warnings]
    assert "not_additive" in notes


def test_a_flag_that_is_not_known_yet_uses_the_wave_before(simulator: Simulator) -> None:
    model = simulator.model("late")
    assert isinstance(model, FlagModel)
    assert model.waves == ("1",)
    table = what_if(simulator, [1], blocked={"loyal": 2})
    notes = {m.outcome: dict(m.warnings) for m in table.outcomes}
    assert notes["late"]["earlier_waves"]["waves"] == "1"
    assert notes["loyal"]["blocked"]["lines"] == 2


def test_rare_losses_are_gathered_from_earlier_waves_or_missing() -> None:
    made = frame()
    rare = made.assign(lost=np.where(np.arange(len(made)) % 25 == 0, 100.0, 0.0))
    simulated = simulate(sample(rare.assign(late=0.0)))
    through = simulated.model("lost")
    assert isinstance(through, FlagModel)
    assert (through.score, through.wanting) == ("loyal", (24, 40))
    assert dict(simulated.missing)["late"].key in ("few_events", "no_spread")
    often = made.assign(lost=np.where(np.arange(len(made)) % 15 == 0, 100.0, 0.0))
    model = simulate(sample(often)).model("lost")
    assert isinstance(model, FlagModel)
    assert model.waves == ("2", "1")
    assert model.events == 40


# The reach of the data


def test_a_move_beyond_the_best_group_is_cut_back_and_marked(simulator: Simulator) -> None:
    reach = simulator.reach["a"]
    rows = frame().query("wave == '2'")
    means = {g: np.average(part.a, weights=part.w) for g, part in rows.groupby("region")}
    assert reach.best == pytest.approx(max(means.values()), rel=1e-12)
    assert reach.best_group == ("region", max(means, key=lambda g: means[g]))
    assert reach.worst == pytest.approx(min(means.values()), rel=1e-12)
    scenario = simulator.scenario({"a": 60.0})
    (move,) = scenario.moves
    assert move.capped
    now = np.average(rows.a, weights=rows.w)
    assert now + move.raised_among == pytest.approx(reach.best, abs=1e-9)
    assert "outside" in [key for key, _ in scenario.warnings]


def test_small_groups_do_not_say_what_is_within_reach() -> None:
    reach = simulate(minimum_base=200).reach["a"]
    assert reach.best is None
    assert reach.most == pytest.approx(100 - frame().query("wave == '2'").a.min(), abs=1e-9)


def test_an_item_of_too_few_answers_stays_put() -> None:
    made = sample()
    structural = made.structural.copy()
    structural[:-8, 2] = True
    few = replace(made, structural=structural, scores=np.where(structural, np.nan, made.scores))
    simulated = simulate(few)
    assert isinstance(simulated.reach["c"].now, TooFew)
    scenario = simulated.scenario({"c": 100.0})
    # By what it would rise its mean could be told.
    assert (scenario.moves[0].points, scenario.moves[0].raised_among, scenario.index.value) == (0, 0, 0)
    assert "hidden" in [key for key, _ in scenario.warnings]


def test_items_that_move_together_are_told() -> None:
    made = frame()
    made["b"] = (made.a + np.random.default_rng(1).normal(0, 3, len(made))).clip(0, 100)
    notes = simulate(sample(made)).scenario({"a": 2.0}).warnings
    (tied,) = (values for key, values in notes if key == "tied")
    assert tied["other"] == "b"
    assert float(tied["r"]) > 0.7
    assert not [k for k, _ in simulate(sample(made)).scenario({"a": 1.0, "b": 1.0}).warnings if k == "tied"]


# Invariances


@settings(max_examples=3)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(shuffle: object) -> None:
    made = frame()
    order = np.random.default_rng(shuffle.randrange(10**6)).permutation(len(made))  # type: ignore[attr-defined] # of random.Random
    # Waves stay sorted, rows within them do not.
    first, second = (simulate(sample(m)) for m in (made, made.iloc[order]))
    a, b = (s.scenario({"a": 3.0, "b": 2.0}) for s in (first, second))
    for outcome in ("loyal", "lost"):
        one, other = known(a, outcome), known(b, outcome)
        # Sums in another order, through a fit or two.
        assert one.value == pytest.approx(other.value, rel=1e-9)
        assert one.low == pytest.approx(other.low, rel=1e-7)
    assert a.index.value == pytest.approx(b.index.value, rel=1e-12)


def test_ground_knows_the_people_of_its_wave() -> None:
    made = sample()
    ground = Ground.of(made, simulate(made).asked.design, "1", ["a"])
    assert len(ground.rows) == 300
    assert ground.moved([("a", 5.0)]).shape == (300, 1)


@pytest.mark.parametrize(("outcome", "good"), [("loyal", 1), ("lost", -1)])
def test_no_plan_aims_at_what_is_clearly_worse(simulator: Simulator, outcome: str, good: int) -> None:
    costs = dict.fromkeys("abc", 1.0)
    study, table = StudySimulator(simulator, Declared(costs=costs)), what_if(simulator, (5.0,))
    better, worse = (simulator.scenario({"a": points}) for points in (5.0, -5.0))
    gains = [scenario.gain(outcome) for scenario in (better, worse)]
    assert [gain.clear for gain in gains if gain] == [good, -good]
    assert gains[0] is not None
    assert study._aim(replace(table, combined=better), outcome) == (outcome, gains[0].then)
    assert study._aim(replace(table, combined=worse), outcome) is None
    assert study._aim(replace(table, combined=None), outcome) is None


def test_what_is_called_clear_counts_what_stands_beside_it(simulator: Simulator) -> None:
    found = what_if(simulator, [1.0, 3.0])
    for step in (0, 1):
        family = [row.scenarios[step].gain("loyal") for row in found.drivers]
        p = [p_value(known(row.scenarios[step], "loyal")) for row in found.drivers]
        q = [gain.q for gain in family if gain is not None]
        # The same sums in the same order.
        assert q == pytest.approx(benjamini_hochberg(p).tolist(), rel=1e-12)
    nothing = simulator.scenario({"a": 0.0})
    assert not any(gain.clear for gain in nothing.gains)
