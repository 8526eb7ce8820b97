"""What is said of an index in doubt equals re-scoring the sample draw by draw, and sums up as it must."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from weight_samples import ITEMS, answers, in_order, sample_of, tree

from analysis.design import Design, design_of
from analysis.index import IndexTree, RollUp, flat_tree, index_columns
from analysis.plain import plain
from analysis.rank_stability import rank_stability
from analysis.replicates import replication
from analysis.sample import Floats, Sample
from analysis.sensitivity import weight_sensitivity
from analysis.sensitivity_draws import Choices, Draws, IndexModel, draw
from analysis.sensitivity_figures import Judge, variance_parts
from analysis.sensitivity_results import Sensitivity
from analysis.tracking import index_by_wave
from analysis.weight_draws import Perturbation

SAMPLE = sample_of(answers())
SETS = {"study": tree(), "equal": tree((1, 1), (1,) * 6)}
ROLLUPS = pytest.mark.parametrize("rollup", get_args(RollUp))


def sensitivity(sample: Sample = SAMPLE, **settings: Any) -> Sensitivity:
    trees = settings.pop("trees", {"study": tree()})
    return weight_sensitivity(sample, trees, **{"draws": 400, "sobol_runs": 64, "seed": 3} | settings)


def model_of(
    trees: Sequence[IndexTree],
    rollups: tuple[RollUp, ...],
    perturbation: Perturbation,
    sample: Sample = SAMPLE,
) -> IndexModel:
    choices = Choices(trees[0], np.array([one.relative for one in trees]), rollups, perturbation)
    groups = sample.segments["province"]
    last = sample.in_wave("w2")
    domains = [sample.in_wave("w1"), last, *(last & (groups.codes == g) for g in range(len(groups.values)))]
    return IndexModel.of(design_of(sample), choices, in_order(sample, trees[0].items), domains)


def drawn(model: IndexModel, draws: int, seed: int = 3, sample: Sample = SAMPLE) -> Draws:
    return draw(model, replication(design_of(sample), sample.cluster_ids, draws, seed), seed)


def rescored(model: IndexModel, draws: int, seed: int = 3) -> Floats:
    """Every draw scored from the answers, with weights of respondents and nodes as it has them."""
    design, choices = design_of(SAMPLE), model.choices
    plan = replication(design, SAMPLE.cluster_ids, draws, seed)
    uniforms = np.random.default_rng([seed, 0]).random((draws, choices.columns))
    relative, way = choices.weights(uniforms), choices.picked(uniforms)[1]
    groups, last = SAMPLE.segments["province"], SAMPLE.in_wave("w2")
    domains = [SAMPLE.in_wave("w1"), last, *(last & (groups.codes == g) for g in range(4))]
    found = np.empty((draws, len(domains)))
    for b, multipliers in enumerate(plan.weights()):
        again = Design(SAMPLE.weights * multipliers[design.unit], SAMPLE.strata, SAMPLE.clusters)
        nodes = [replace(node, weight=w) for node, w in zip(choices.tree.nodes, relative[b], strict=True)]
        own = IndexTree(tuple(nodes), choices.rollups[way[b]])
        for t, domain in enumerate(domains):
            found[b, t] = index_columns(again, own, in_order(SAMPLE, own.items), domain).values[-1]
    return found


@pytest.mark.parametrize("rollups", [("aggregate",), ("respondent",), ("respondent", "aggregate")])
@pytest.mark.parametrize("perturbation", [Perturbation(), Perturbation(concentration=20.0)])
def test_a_draw_is_the_sample_scored_again(rollups: tuple[RollUp, ...], perturbation: Perturbation) -> None:
    trees = [replace(one, rollup=rollups[0]) for one in SETS.values()]
    model = model_of(trees, rollups, perturbation)
    # Sums of the same doubles in another order.
    np.testing.assert_allclose(drawn(model, 25).both, rescored(model, 25), rtol=1e-11)


@ROLLUPS
def test_without_perturbation_both_sources_are_the_replicates_alone(rollup: RollUp) -> None:
    model = model_of([tree(rollup=rollup)], (rollup,), Perturbation(0.0))
    draws = drawn(model, 300)
    # Weights are normalised once more, which may change their last digit.
    np.testing.assert_allclose(draws.both, draws.sampling, rtol=1e-13)
    np.testing.assert_allclose(draws.weights, np.broadcast_to(draws.value, draws.weights.shape), rtol=1e-13)
    for figure, both in zip(Judge(model.choices, draws, 0.95).figures(), draws.both.T, strict=True):
        limits = np.quantile(both, [0.025, 0.975])
        assert (figure.both.low, figure.both.high) == pytest.approx(tuple(limits), rel=1e-12)
        assert (figure.both.low, figure.both.high) == pytest.approx(
            (figure.sampling.low, figure.sampling.high), rel=1e-12
        )
        assert figure.variance.weighting == pytest.approx(0, abs=1e-20)


def test_without_perturbation_the_spread_is_the_standard_error() -> None:
    found = sensitivity(perturbation=Perturbation(0.0), draws=4_000)
    trend, _ = index_by_wave(SAMPLE, tree())
    for wave, index in zip(found.waves, trend, strict=True):
        assert wave.index.value == pytest.approx(index.index.value, rel=1e-12)
        # 4,000 replicates give a standard error to 1/√8000 = 1.1 %; curvature of the ratios adds about 2 %.
        assert np.sqrt(wave.index.variance.sampling) == pytest.approx(index.index.se, rel=0.06)


@pytest.mark.parametrize("trees", [[tree()], list(SETS.values())])
def test_the_parts_of_the_variance_are_those_of_the_identity(trees: list[IndexTree]) -> None:
    draws = drawn(model_of(trees, ("aggregate",), Perturbation(0.5)), 20_000)
    for t, parts in enumerate(variance_parts(draws)):
        assert parts.exact
        assert parts.total == pytest.approx(
            parts.sampling + parts.spread + parts.choice + parts.interaction, rel=1e-12
        )
        # A variance from 20,000 draws has a relative error of √(2/N) = 1 %; four of these.
        assert parts.total == pytest.approx(draws.both[:, t].var(), rel=0.04)
        assert parts.weighting == pytest.approx(draws.weights[:, t].var(), rel=0.04)
        if (
            len(trees) == 1
        ):  # with several sets the run of sampling alone is at the reference, not at their mean
            assert parts.sampling == pytest.approx(draws.sampling[:, t].var(), rel=0.04)


def test_two_sets_without_spread_differ_by_choice_alone() -> None:
    draws = drawn(model_of(list(SETS.values()), ("aggregate",), Perturbation(0.0)), 4_000)
    alone = drawn(model_of([SETS["equal"]], ("aggregate",), Perturbation(0.0)), 2)
    share = (draws.picked == 1).mean()
    for t, parts in enumerate(variance_parts(draws)):
        assert parts.spread == pytest.approx(0, abs=1e-18)
        # The identity is about the mean of the replicates, which is the full sample but for their scatter.
        exact = share * (1 - share) * (draws.value[t] - alone.value[t]) ** 2
        assert parts.choice == pytest.approx(exact, rel=0.2, abs=1e-4)


def test_people_scored_first_have_the_parts_of_three_runs() -> None:
    draws = drawn(model_of([tree(rollup="respondent")], ("respondent",), Perturbation()), 3_000)
    for t, parts in enumerate(variance_parts(draws)):
        assert not parts.exact
        assert parts.total == pytest.approx(draws.both[:, t].var(), rel=1e-12)
        assert parts.sampling == pytest.approx(draws.sampling[:, t].var(), rel=1e-12)
        assert parts.spread == pytest.approx(draws.weights[:, t].var(), rel=1e-12)


def test_sobol_shares_agree_with_the_parts_of_the_variance() -> None:
    found = sensitivity(perturbation=Perturbation(0.6), draws=8_000, sobol_runs=8_000, trees=SETS)
    index = next(result for result in found.sobol if result.target == "index")
    shares = {share.kind: share for share in index.shares if share.kind != "node"}
    parts = found.current.index.variance
    for kind, part in (("sampling", parts.sampling), ("weights", None), ("set", None)):
        share = shares[kind]
        if part is not None:
            # Two independent Monte-Carlos, each within about 2 % of the variance.
            assert share.first == pytest.approx(part / parts.total, abs=4 * share.first_se + 0.02)
        assert share.first <= share.total + 4 * share.first_se
    weighting = 1 - shares["sampling"].total
    assert weighting == pytest.approx(
        parts.weighting / parts.total, abs=4 * shares["sampling"].total_se + 0.02
    )


def test_nodes_share_what_all_weights_have_together() -> None:
    found = sensitivity(draws=500, sobol_runs=4_000)
    shares = found.sobol[0].shares
    nodes = {share.input: share for share in shares if share.kind == "node"}
    assert set(nodes) == {"a", "b", *ITEMS}
    (together,) = (share for share in shares if share.kind == "weights")
    # ± 20 % is so little that weights hardly interact: first-order shares add up.
    scatter = np.sqrt(sum(share.first_se**2 for share in nodes.values()) + together.first_se**2)
    assert sum(share.first for share in nodes.values()) == pytest.approx(together.first, abs=4 * scatter)


def plainly(found: Sensitivity) -> str:
    return json.dumps(plain(found), allow_nan=False)


@pytest.mark.parametrize("rollups", [(), ("aggregate", "respondent")])
def test_one_seed_gives_the_same_bytes(rollups: tuple[RollUp, ...]) -> None:
    settings = {"segment": "province", "rollups": rollups, "trees": SETS, "threshold": 60.0}
    assert plainly(sensitivity(**settings)) == plainly(sensitivity(**settings))
    assert plainly(sensitivity(**settings)) != plainly(sensitivity(**settings | {"seed": 4}))


def close(one: Any, two: Any) -> bool:
    """Compare plain values; numbers to the rounding that another order of addition brings."""
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(close(one[key], two[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(two) and all(map(close, one, two))
    return one == two or (isinstance(one, float) and one == pytest.approx(two, rel=1e-7, abs=1e-10))


@ROLLUPS
def test_neither_order_of_rows_nor_scale_of_weights_matters(rollup: RollUp) -> None:
    table = answers()
    other = table.sample(frac=1, random_state=3).sort_values("wave", kind="stable")
    other["weight"] *= 17.0
    settings: dict[str, Any] = {
        "segment": "province",
        "trees": {"study": tree(rollup=rollup)},
        "threshold": 60.0,
    }
    one, two = (plain(sensitivity(sample_of(part), **settings)) for part in (table, other))
    assert close(json.loads(json.dumps(one)), json.loads(json.dumps(two)))


def ladder() -> pd.DataFrame:
    """North is best at everything, west worst; east and south differ in q1 and q4 alone."""
    table = answers(blanks=0.0)
    for name, level in (("north", 9.0), ("east", 6.0), ("south", 6.0), ("west", 2.0)):
        table.loc[table["province"] == name, ITEMS] = level
    table.loc[table["province"] == "east", ["q1", "q4"]] = [8.0, 4.0]
    return table


def test_what_no_weights_can_change_is_certain() -> None:
    found = sensitivity(sample_of(ladder()), segment="province", threshold=70.0)
    ranking = found.ranking
    assert ranking is not None
    order = [group.value for group in ranking.groups]
    assert (order[0], order[-1]) == ("north", "west")
    for certain in (ranking.first, ranking.last):
        assert (certain.both, certain.sampling, certain.weights) == (1, 1, 1)
    north, *_, west = ranking.groups
    assert north.reached is not None
    assert north.reached.both == 1
    assert (north.rank_low, north.rank_high, north.same, north.first) == (1, 1, 1, 1)
    assert (west.rank_low, west.rank_high, west.last) == (4, 4, 1)
    assert (north.index.reach.low, north.index.reach.high) == pytest.approx((800 / 9, 800 / 9))  # type: ignore[union-attr]


def test_what_hangs_on_the_weights_alone_is_a_tie_or_not() -> None:
    # East less south is 2·W(q1) − 2·W(q4) answers: nothing if the two weigh alike.
    even = sensitivity(
        sample_of(ladder()), segment="province", trees={"even": tree((1, 1), (1,) * 6)}
    ).ranking
    uneven = sensitivity(
        sample_of(ladder()), segment="province", trees={"uneven": tree((3, 1), (1,) * 6)}
    ).ranking
    assert even is not None
    assert uneven is not None
    middle = even.pairs[1]
    assert {middle.upper, middle.lower} == {"east", "south"}
    # In 400 fair draws the share lies within 4·√(.25/400) = .1 of a half.
    assert middle.above.weights == pytest.approx(0.5, abs=0.1)
    assert middle.above.sampling == 0.5  # everybody in a province answers alike, so the two are always equal
    assert middle.tie
    assert (uneven.pairs[1].upper, uneven.pairs[1].above.both, uneven.pairs[1].tie) == ("east", 1, False)
    assert [pair.tie for pair in (uneven.pairs[0], uneven.pairs[2])] == [False, False]


def test_a_threshold_and_a_change_survive_as_often_as_the_draws_say() -> None:
    found = sensitivity(threshold=65.0)
    draws = drawn(model_of([tree()], ("aggregate",), Perturbation()), 400)
    current = found.current
    assert current.reached is not None
    assert current.rose is not None
    assert current.reached.both == np.mean((draws.both[:, 1] >= 65) == (draws.value[1] >= 65))
    change = draws.both[:, 1] - draws.both[:, 0]
    assert current.change == pytest.approx(draws.value[1] - draws.value[0])
    assert current.rose.both == np.mean(np.sign(change) == np.sign(draws.value[1] - draws.value[0]))
    assert (found.waves[0].change, found.waves[0].rose) == (None, None)


def test_leaving_an_item_out_is_scoring_without_it() -> None:
    found = sensitivity(segment="province")
    assert [row.item for row in found.without] == ITEMS
    for row in found.without:
        nodes = tuple(
            replace(node, weight=0.0 if node.item == row.item else node.weight) for node in tree().nodes
        )
        trend, _ = index_by_wave(SAMPLE, IndexTree(nodes))
        assert row.change == pytest.approx(trend[-1].index.value - found.current.index.value, abs=1e-10)


def test_a_branch_of_one_item_leaves_as_a_whole() -> None:
    lone = IndexTree(tuple(node for node in tree().nodes if node.id not in ("q5", "q6")))
    found = sensitivity(trees={"lone": lone})
    without = {row.item: row for row in found.without}
    alone = flat_tree({"q1": 3, "q2": 2, "q3": 1})
    trend, _ = index_by_wave(SAMPLE, alone)
    assert without["q4"].change == pytest.approx(trend[-1].index.value - found.current.index.value, abs=1e-10)
    # A weight without siblings cannot change anything.
    assert "q4" not in {share.input for share in found.sobol[0].shares}


def test_small_groups_and_groups_without_an_error_are_not_ranked() -> None:
    table = answers()
    one = table[(table["wave"] == "w2") & (table["province"] == "north")].head(12).copy()
    one["province"], one["account"], one["size"] = "depot", "D000", "small"
    lone = sensitivity(sample_of(pd.concat([table, one], ignore_index=True)), segment="province").ranking
    small = sensitivity(sample_of(answers(extra=6)), segment="province").ranking
    assert lone is not None
    assert small is not None
    assert lone.unranked == ("depot",)
    assert ("isle", "disclosure") in small.hidden
    assert "depot" not in {group.value for group in lone.groups}
    assert "isle" not in {group.value for group in small.groups}


def test_an_item_that_may_not_be_shown_is_not_left_out_either() -> None:
    table = answers(blanks=0.0)
    keep = table.index[table["wave"] == "w2"][:5]
    table.loc[(table["wave"] == "w2") & ~table.index.isin(keep), "q1"] = np.nan
    found = sensitivity(sample_of(table))
    items = {row.item for row in found.without}
    assert "q1" not in items
    assert {"q4", "q5", "q6"} <= items


def test_draws_that_leave_an_item_without_answers_are_counted() -> None:
    table = answers(blanks=0.0)
    late = table["wave"] == "w2"
    # Of two accounts in a stratum one alone answers q1, and half of the replicates lose it.
    two = table[late].head(24).copy()
    two["province"], two["size"] = "pair", "middle"
    two["account"] = np.repeat(["P1", "P2"], 12)
    two.loc[two["account"] == "P2", "q1"] = np.nan
    found = sensitivity(sample_of(pd.concat([table, two], ignore_index=True)), segment="province")
    assert found.ranking is not None
    assert "pair" in found.ranking.unranked
    assert found.failed == 0
    assert len(found.ranking.groups) == 4


def test_warnings_name_what_deserves_care() -> None:
    even = sensitivity(sample_of(ladder()), segment="province", trees={"even": tree((1, 1), (1,) * 6)})
    assert "ties" in {key for key, _ in even.warnings}
    table = answers()
    table[ITEMS] = [9, 7, 5, 5, 3, 1]
    still = sensitivity(sample_of(table))
    assert [key for key, _ in still.warnings] == ["weights_over_sampling"]
    near = sensitivity(segment="province", perturbation=Perturbation(0.0))
    assert near.ranking is not None
    changes = {key for key, _ in near.warnings if key.endswith("_changes")}
    expected = {
        key
        for key, kept in (("first_changes", near.ranking.first), ("last_changes", near.ranking.last))
        if 1 - kept.both > 0.1
    }
    assert changes == expected


def test_rank_stability_of_three_draws_by_hand() -> None:
    # Reference order 1, 2, 3; then 1 and 2 swapped; then all turned around.
    found = rank_stability(np.array([[3.0, 2, 1], [2, 3, 1], [1, 2, 3]]), top=1)
    np.testing.assert_allclose(found.same, [1 / 3, 2 / 3, 2 / 3])
    np.testing.assert_allclose(found.above, [1 / 3, 2 / 3])
    np.testing.assert_allclose(found.change, [1, 1 / 3, 2 / 3])
    np.testing.assert_allclose(found.moved, [0, 2 / 3, 4 / 3])
    assert found.top_kept == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"threshold": 101}, "threshold is in points"),
        ({"draws": 1}, "at least 2 replicates"),
        ({"sobol_runs": 1}, "at least 2 runs"),
        ({"top": 0}, "top holds 1 group"),
        ({"segment": "province", "focus": "nowhere"}, "no group 'nowhere'"),
    ],
)
def test_a_number_out_of_range_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sensitivity(**settings)


def test_a_range_that_would_tell_the_mean_of_a_few_answers_is_not_given() -> None:
    table = answers(blanks=0.0)
    north = table.index[(table["wave"] == "w2") & (table["province"] == "north")]
    table.loc[north[3:], "q1"] = np.nan
    found = weight_sensitivity(sample_of(table), {"study": tree()}, "province", draws=50, sobol_runs=2)
    assert found.ranking is not None
    reaches = {group.value: group.index.reach for group in found.ranking.groups}
    assert reaches.pop("north") is None
    assert None not in reaches.values()
    assert found.waves[-1].index.reach is not None
