"""The cheapest way to a target, and revenue at risk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from what_if_answers import KINDS, TREE, frame, known, sample

from analysis import Simulator, cheapest_way, simulator_of
from analysis.cheapest import NoTarget, Pieces, cheapest, concave
from analysis.results import Estimate
from analysis.revenue_at_risk import money_of
from analysis.whatif_models import FlagModel, LinearModel, surely_leads

COSTS = {"a": 3.0, "b": 1.0, "c": 2.0}


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    made = sample()
    revenue = np.where(np.arange(len(made)) % 10 == 0, np.nan, 50.0 + np.arange(len(made)) % 7)
    return simulator_of(made, TREE, KINDS, replicates=200, seed=5, revenue=revenue)


@st.composite
def ways(draw: st.DrawFn) -> tuple[Pieces, float]:
    """Up to four levers of up to three pieces each, and a gain that is needed."""
    owner, length, rate, cost = [], [], [], []
    for lever in range(draw(st.integers(1, 4))):
        price = draw(st.integers(1, 9))
        falling = sorted(draw(st.lists(st.integers(0, 8), min_size=1, max_size=3)), reverse=True)
        for own in falling:
            owner.append(lever)
            length.append(float(draw(st.integers(1, 9))))
            rate.append(own / 4)
            cost.append(float(price))
    pieces = Pieces(np.array(owner), np.array(length), np.array(rate), np.array(cost))
    return pieces, draw(st.integers(0, 40)) / 2


@given(ways())
def test_no_plan_is_cheaper(way: tuple[Pieces, float]) -> None:
    pieces, needed = way
    used = cheapest(pieces, needed)
    assert ((used >= 0) & (used <= pieces.length + 1e-12)).all()
    best = optimize.linprog(
        pieces.cost, A_ub=-pieces.rate[None], b_ub=[-needed], bounds=[(0, m) for m in pieces.length]
    )
    if best.status == 2:
        assert used @ pieces.rate == pytest.approx(pieces.length @ pieces.rate)
        return
    # HiGHS holds its constraints to 1e-7.
    assert used @ pieces.rate >= needed - 1e-9
    assert used @ pieces.cost == pytest.approx(best.fun, abs=1e-5)


@given(ways())
def test_a_lever_is_used_from_its_start(way: tuple[Pieces, float]) -> None:
    pieces, needed = way
    used = cheapest(pieces, needed)
    for lever in np.unique(pieces.owner):
        own = pieces.owner == lever
        full = used[own] >= pieces.length[own] - 1e-12
        begun = used[own] > 0
        assert all(full[:last].all() for last in np.flatnonzero(begun))


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(-4, 4)), min_size=1, max_size=8))
def test_a_concave_line_lies_above_and_ends_where_the_other_does(steps: list[tuple[int, int]]) -> None:
    length, rate = np.array(steps, dtype=float).T
    found = concave(length, rate)
    assert (np.diff(found) <= 1e-12).all()
    assert np.cumsum(found * length)[-1] == pytest.approx(np.cumsum(rate * length)[-1])
    assert (np.cumsum(found * length) >= np.cumsum(rate * length) - 1e-9).all()


@pytest.mark.parametrize(("outcome", "gain"), [("index", 2.0), ("loyal", 1.5), ("lost", -0.02)])
def test_the_plan_reaches_its_target_and_no_cheaper_one_does(
    simulator: Simulator, outcome: str, gain: float
) -> None:
    now = simulator.index.value if outcome == "index" else simulator.levels[outcome]
    level = now.value if isinstance(now, Estimate) else float(now)  # type: ignore[arg-type] # one or the other
    way = cheapest_way(simulator, outcome, level + gain, COSTS)
    assert way.reached
    change = way.scenario.index if outcome == "index" else known(way.scenario, outcome)
    assert change.value == pytest.approx(gain, rel=1e-6)
    assert way.cost == pytest.approx(sum(COSTS[m.item] * m.points for m in way.scenario.moves))
    assert way.expected.value == pytest.approx(level + gain, rel=1e-6)
    assert 0.3 < way.probability < 0.7
    levers = {lever.item for lever in way.levers}
    assert levers.isdisjoint(item for item, _ in way.left_out)
    assert all(0 < lever.points <= simulator.reach[lever.item].most + 1e-9 for lever in way.levers)
    # Any mix of the levers that costs 3 % less falls short.
    usable = [item for item in COSTS if item not in dict(way.left_out)]
    rng = np.random.default_rng(3)
    tries = []
    for share in rng.dirichlet(np.ones(len(usable)), 40):
        points = [0.97 * way.cost * s / COSTS[item] for item, s in zip(usable, share, strict=True)]
        tries.append(dict(zip(usable, points, strict=True)))
    sign = np.sign(gain)
    brought = sign * simulator.change_draws(outcome, tries)[:, 0]
    # A plan for a share is optimal to first order alone.
    assert brought.max() < abs(gain) * (1.01 if outcome == "lost" else 1.0)


def test_out_of_reach_and_there_already(simulator: Simulator) -> None:
    far = cheapest_way(simulator, "loyal", 99.0, COSTS)
    assert not far.reached
    assert far.probability == 0
    for lever in far.levers:
        assert lever.points == pytest.approx(simulator.reach[lever.item].most)
    there = cheapest_way(simulator, "loyal", 1.0, COSTS)
    assert there.reached
    assert (there.levers, there.cost, there.probability) == ((), 0, 1.0)


def test_items_that_are_no_levers_are_named_with_the_reason(simulator: Simulator) -> None:
    way = cheapest_way(simulator, "loyal", 60.0, {"a": 1.0})
    reasons = dict(way.left_out)
    # The outcome was made without the third item.
    assert reasons["c"] in ("unclear", "against")
    assert reasons["b"] == "no_cost"
    with pytest.raises(NoTarget):
        cheapest_way(simulator, "unknown", 60.0, COSTS)


def test_an_item_that_is_clear_by_itself_alone_is_no_lever(simulator: Simulator) -> None:
    model = simulator.model("loyal")
    assert isinstance(model, LinearModel)
    one = replace(model.coefficients["a"], value=1.0, df=1000.0)
    # t of 2.1, 3.5 and −5: p of .036, .0005 and less.
    se = {"weak": 1 / 2.1, "strong": 1 / 3.5, "against": 1 / 5}
    found = {item: replace(one, se=s, low=1 - 1.96 * s, high=1 + 1.96 * s) for item, s in se.items()}
    found["against"] = replace(found["against"], value=-1.0, low=-1.4, high=-0.6)
    nothing = {f"n{j}": replace(one, value=0.0, se=1.0, low=-1.96, high=1.96) for j in range(9)}
    assert surely_leads(replace(model, coefficients=found))["weak"] == 1
    among_many = surely_leads(replace(model, coefficients={**found, **nothing}))
    assert among_many == {"weak": 0, "strong": 1, "against": -1, **dict.fromkeys(nothing, 0)}


def test_an_index_of_people_reaches_its_target_where_an_item_is_rare() -> None:
    made = sample()
    structural = made.structural.copy()
    structural[::2, 0] = True
    some = replace(made, structural=structural, scores=np.where(structural, np.nan, made.scores))
    simulated = simulator_of(some, TREE.with_rollup("respondent"), KINDS[:1], replicates=20, minimum_base=20)
    wanted = (
        0.8 * simulated.scenario({item: reach.most for item, reach in simulated.reach.items()}).index.value
    )
    way = cheapest_way(simulated, "index", simulated.index.value + wanted, COSTS)
    assert way.reached
    assert len(way.levers) > 1
    # The plan is solved exactly on straight pieces; only sums of doubles differ.
    assert way.scenario.index.value == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("outcome", ["index", "loyal", "lost"])
def test_without_a_lever_nothing_moves(simulator: Simulator, outcome: str) -> None:
    now = simulator.index if outcome == "index" else simulator.levels[outcome]
    assert isinstance(now, Estimate)
    target = now.value + (-0.01 if outcome == "lost" else 1.0)
    way = cheapest_way(simulator, outcome, target, {})
    assert not way.reached
    assert (way.levers, way.cost, way.scenario.moves) == ((), 0, ())
    assert way.expected.value == pytest.approx(now.value, rel=1e-9)
    assert way.reachable.value == 0


# Revenue at risk


def test_an_account_counts_once_and_what_is_unknown_is_counted() -> None:
    revenue = np.array([90.0, 90.0, np.nan, 40.0, np.nan, 10.0, 30.0])
    account = np.array([0, 0, 0, 1, 2, 3, 4])
    wave = np.array([True, True, True, True, True, True, False])
    found = money_of("lost", revenue, account, wave, np.array([0, 2, 3, 4]), turned=False)
    assert found is not None
    assert found.amounts.tolist() == [45.0, 45.0, 40.0, 0.0]
    assert (found.accounts, found.without_revenue, found.without_prediction) == (2, 1, 1)
    lost = np.array([False, True, False, False, False, False, True])
    rest = money_of("lost", revenue, account, wave, np.array([0, 2, 3, 4]), turned=False, lost=lost)
    assert rest is not None
    assert rest.amounts.tolist() == [0.0, 0.0, 40.0, 0.0]
    assert (rest.accounts, rest.without_revenue, rest.without_prediction, rest.already_lost) == (1, 1, 1, 1)
    assert money_of("lost", np.full(7, np.nan), account, wave, np.array([0]), turned=False) is None


def test_the_revenue_of_few_accounts_is_not_told() -> None:
    made = sample()
    revenue = np.where(np.arange(len(made)) >= len(made) - 9, 50.0, np.nan)
    for limit, told in ((10, False), (5, True)):
        made_of = simulator_of(made, TREE, KINDS[1:2], replicates=20, revenue=revenue, disclosure_limit=limit)
        assert (made_of.money is not None) == told


def test_revenue_at_risk_is_revenue_times_probability(simulator: Simulator) -> None:
    model = simulator.model("lost")
    assert isinstance(model, FlagModel)
    assert simulator.money is not None
    scenario = simulator.scenario({"a": 4.0})
    found = scenario.revenue
    assert found is not None
    p = 1 / (1 + np.exp(-model.fitted.x @ model.fitted.coefficients.values))
    amounts, w = simulator.money.amounts, simulator.asked.design.weights[model.fitted.rows]
    # The same sums in another order.
    assert found.at_risk.value == pytest.approx(amounts @ p, rel=1e-12)
    assert found.share.value == pytest.approx((w * amounts) @ p / (w * amounts).sum(), rel=1e-12)
    assert found.at_risk_then.value - found.at_risk.value == pytest.approx(found.amount_change.value)
    assert found.change.value < 0
    assert found.total == pytest.approx(amounts.sum())
    accounts = frame().query("wave == '2'").account.nunique()
    told = found.accounts + found.without_revenue + found.without_prediction + found.already_lost
    assert told == accounts
    assert found.already_lost == frame().query("wave == '2' and lost > 0").account.nunique()


def test_renewal_turned_round_is_loss() -> None:
    made = sample()
    kept = replace(made, outcomes={**made.outcomes, "kept": 100.0 - made.outcomes["lost"]})
    revenue = np.full(len(made), 10.0)
    kinds = {
        name: [replace(KINDS[1], id=name, kind=kind)]
        for name, kind in (("lost", "churn"), ("kept", "renewal"))
    }
    lost, renewed = (
        simulator_of(kept, TREE, kinds[name], replicates=200, revenue=revenue).scenario({"a": 3.0}).revenue
        for name in ("lost", "kept")
    )
    assert lost is not None
    assert renewed is not None
    assert renewed.share.value == pytest.approx(lost.share.value, rel=1e-9)
    assert renewed.change.value == pytest.approx(lost.change.value, rel=1e-9)
    assert renewed.change.se == pytest.approx(lost.change.se, rel=1e-7)
