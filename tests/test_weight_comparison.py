"""Weight sets beside one another: the same numbers as each alone, with the paired error of the difference."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_index import golden_sample, reference  # noqa: F401  fixtures
from weight_samples import ITEMS, answers, in_order, sample_of, tree

from analysis.design import design_of
from analysis.estimate import domain_means, estimates
from analysis.index import flat_tree
from analysis.results import Estimate, TooFew
from analysis.sample import Sample
from analysis.segments import index_by_segment
from analysis.tracking import index_by_wave
from analysis.weight_comparison import WeightComparison, compare_weights

SAMPLE = sample_of(answers())
SETS = {"study": tree(), "equal": tree((1, 1), (1,) * 6), "last": tree((1, 9), (1, 1, 1, 1, 1, 8))}


def found(**settings: object) -> WeightComparison:
    return compare_weights(SAMPLE, SETS, "province", **settings)  # type: ignore[arg-type]


def test_every_set_prints_what_it_prints_alone() -> None:
    comparison = found()
    for s, own in enumerate(SETS.values()):
        trend, _ = index_by_wave(SAMPLE, own)
        assert [wave.indices[s] for wave in comparison.waves] == [wave.index for wave in trend]
        assert [wave.changes[s] for wave in comparison.waves] == [wave.change for wave in trend]
        groups = {group.value: group for group in index_by_segment(SAMPLE, own, "province").groups}
        assert comparison.segment is not None
        for group in comparison.segment.groups:
            assert group.scores[s] == groups[group.value].score
            assert group.against_rest[s] == groups[group.value].difference


def test_the_error_of_a_difference_is_that_of_the_persons_difference() -> None:
    whole = sample_of(answers(blanks=0.0))
    comparison = compare_weights(whole, SETS)
    design, domain = design_of(whole), whole.in_wave("w2")
    for s, name in enumerate(("equal", "last"), start=1):
        gap = SETS[name].matrix[:, -1] - SETS["study"].matrix[:, -1]
        # Without blanks the index is the mean of person scores, so the difference is the mean of this one.
        person = in_order(whole, SETS[name].items) @ gap
        exact = estimates(domain_means(design, person[:, None], domain))[0]
        difference = comparison.waves[-1].differences[s]
        assert difference is not None
        assert isinstance(exact, Estimate)
        for field in ("value", "se", "low", "high", "df", "n", "n_effective"):
            # Sums of the same doubles in another order.
            assert getattr(difference.estimate, field) == pytest.approx(getattr(exact, field), rel=1e-9), (
                field
            )


def test_the_difference_equals_r_survey(golden_sample: Sample, reference: dict[str, object]) -> None:  # noqa: F811
    printed = flat_tree(dict(zip(ITEMS, (0.30, 0.20, 0.15, 0.15, 0.10, 0.10), strict=True)))
    first = flat_tree({item: float(item == "q1") for item in ITEMS})
    comparison = compare_weights(golden_sample, {"printed": printed, "q1 alone": first})
    index, alone = comparison.waves[-1].indices
    assert isinstance(index, Estimate)
    assert isinstance(alone, Estimate)
    stated = reference["index_2026Q3"]
    assert isinstance(stated, dict)
    # The reference is printed with 15 digits.
    assert (index.value, index.se) == pytest.approx((stated["value"], stated["se"]), rel=1e-10)
    difference = comparison.waves[-1].differences[1]
    assert difference is not None
    assert difference.estimate.value == pytest.approx(alone.value - index.value, rel=1e-10)


def test_the_same_weights_differ_by_nothing_and_flip_nothing() -> None:
    comparison = compare_weights(SAMPLE, {"one": tree(), "two": tree((6, 4), (6, 4, 2, 6, 6, 3))}, "province")
    for wave in comparison.waves:
        assert wave.differences[1] is not None
        assert (wave.differences[1].estimate.value, wave.differences[1].verdict) == (0.0, "same")
        assert wave.bounds[1] == pytest.approx(0, abs=1e-12)
        assert not wave.flipped
    assert comparison.segment is not None
    assert comparison.segment.swapped == ()
    assert not any(group.flipped for group in comparison.segment.groups)


@settings(max_examples=12)
@given(
    st.tuples(*[st.floats(0.1, 5)] * 2), st.tuples(*[st.floats(0, 5)] * 5, st.floats(0.5, 5)), st.booleans()
)
def test_no_difference_exceeds_its_bound(
    branches: tuple[float, float], leaves: tuple[float, ...], spread: bool
) -> None:
    if not any(leaves[:3]):
        leaves = (1.0, *leaves[1:])
    own = tree(branches, leaves) if spread else tree((1, 1), leaves)
    comparison = compare_weights(SAMPLE, {"study": tree(), "own": own})
    for wave in comparison.waves:
        assert wave.differences[1] is not None
        assert wave.bounds[1] is not None
        assert abs(wave.differences[1].estimate.value) <= wave.bounds[1] + 1e-9


def crossing() -> Sample:
    """North is better at q1 and worse at q2 than south; the others are alike."""
    table = answers(blanks=0.0)
    north, south = (table["province"] == name for name in ("north", "south"))
    table.loc[north | south, ITEMS] = 5.0
    table.loc[north, "q1"], table.loc[south, "q2"] = 9.0, 9.0
    return sample_of(table)


def test_a_ranking_that_turns_around_is_told() -> None:
    sets = {"first": flat_tree({"q1": 9, "q2": 1}), "second": flat_tree({"q1": 1, "q2": 9})}
    segment = compare_weights(crossing(), sets, "province").segment
    assert segment is not None
    pairs = {(pair.upper, pair.lower): pair for pair in segment.swapped}
    pair = pairs["north", "south"]
    # 9 is 88.9 and 5 is 44.4 points: .9·88.9 + .1·44.4 less .1·88.9 + .9·44.4 is .8·44.4.
    assert (pair.reference_gap, pair.gap) == pytest.approx((0.8 * 400 / 9, -0.8 * 400 / 9))
    ranks = {group.value: group.ranks for group in segment.groups}
    for upper, lower in pairs:
        assert ranks[upper][0] < ranks[lower][0]
        assert ranks[upper][1] > ranks[lower][1]
    order = [group.value for group in segment.groups]
    assert (segment.first[0], segment.last[0]) == (order[0], order[-1])
    assert segment.first[1] == min(order, key=lambda value: ranks[value][1])


def test_a_verdict_that_flips_is_told() -> None:
    table = answers(blanks=0.0)
    table["q1"], table["q2"] = 5.0, 5.0
    late = table["wave"] == "w2"
    table.loc[late, "q1"] = np.where(np.arange(late.sum()) % 5, 7.0, 6.0)
    table.loc[late, "q2"] = np.where(np.arange(late.sum()) % 5, 3.0, 4.0)
    sets = {"first": flat_tree({"q1": 9, "q2": 1}), "second": flat_tree({"q1": 1, "q2": 9})}
    wave = compare_weights(sample_of(table), sets).waves[-1]
    assert [change.verdict for change in wave.changes if change] == ["better", "worse"]
    assert wave.flipped
    assert wave.change_differences[1] is not None
    assert wave.change_differences[1].verdict == "worse"


def test_weights_stand_side_by_side() -> None:
    nodes = {node.id: node for node in found().nodes}
    assert nodes["a"].weights == pytest.approx((0.6, 0.5, 0.1))
    assert nodes["q6"].effective == pytest.approx((0.4 / 5, 0.5 / 3, 0.9 * 0.8))


def test_two_roll_ups_of_one_tree_can_be_compared() -> None:
    comparison = compare_weights(SAMPLE, {"items": tree(), "people": tree(rollup="respondent")})
    assert comparison.rollups == ("aggregate", "respondent")
    assert comparison.waves[-1].bounds == (None, None)
    assert comparison.waves[-1].differences[1] is not None


def test_a_small_group_is_hidden_under_all_sets() -> None:
    segment = compare_weights(sample_of(answers(extra=6)), SETS, "province").segment
    assert segment is not None
    hidden = [group for group in segment.groups if group.ranks == (None,) * 3]
    assert "isle" in {group.value for group in hidden}
    for group in hidden:
        assert all(isinstance(score, TooFew) for score in group.scores)
        assert group.differences == group.against_rest == (None,) * 3


def test_a_second_index_that_would_give_a_hidden_item_away_is_not_shown() -> None:
    table = answers(blanks=0.0)
    keep = table.index[table["wave"] == "w2"][:5]
    table.loc[(table["wave"] == "w2") & ~table.index.isin(keep), "q1"] = np.nan
    small = sample_of(table)
    # q1 has five answers and is hidden with a sibling; another weight of q1 would solve for both.
    sets = {"study": tree(), "own": tree((3, 2), (1, 2, 3, 2, 2, 1))}
    wave = compare_weights(small, sets).waves[-1]
    assert isinstance(wave.indices[0], Estimate)
    assert isinstance(wave.indices[1], TooFew)
    assert (wave.differences[1], wave.changes[1], wave.bounds[1]) == (None, None, None)
    # The other branch alone tells nothing about q1, and the index of the first wave hides nothing.
    apart = {"study": tree(), "own": tree((3, 2), (3, 2, 1, 1, 2, 2))}
    assert isinstance(compare_weights(small, apart).waves[-1].indices[1], Estimate)
    assert isinstance(compare_weights(small, sets).waves[0].indices[1], Estimate)


def routed(few: int) -> Sample:
    """In the north ``few`` people of the second wave were asked q1; everybody answered the rest."""
    table = answers(blanks=0.0)
    north = table.index[(table["wave"] == "w2") & (table["province"] == "north")]
    table.loc[north[few:], "q1"] = np.nan
    return sample_of(table)


def test_groups_whose_indices_would_give_a_few_answers_away_are_not_shown() -> None:
    # Two indices of the north are two equations in q1, which three people answered, and q2.
    sets = {"one": flat_tree({"q1": 1, "q2": 1}), "two": flat_tree({"q1": 1, "q2": 4})}
    shown = {}
    for few in (3, 12):
        segment = compare_weights(routed(few), sets, "province").segment
        assert segment is not None
        shown[few] = {group.value for group in segment.groups if isinstance(group.scores[0], Estimate)}
        for group in segment.groups:
            assert (group.value in shown[few]) == all(isinstance(score, Estimate) for score in group.scores)
    assert shown[12] == {"north", "east", "south", "west"}
    assert "north" not in shown[3]
    # The index of all less those of three provinces would be that of the north.
    assert len(shown[3]) == 2


def test_order_of_rows_changes_nothing() -> None:
    table = answers()
    shuffled = sample_of(table.sample(frac=1, random_state=3).sort_values("wave", kind="stable"))
    one, two = (compare_weights(part, SETS, "province").segment for part in (SAMPLE, shuffled))
    assert one is not None
    assert two is not None
    for group, other in zip(one.groups, two.groups, strict=True):
        assert (group.value, group.ranks) == (other.value, other.ranks)
        for a, b in zip(group.scores, other.scores, strict=True):
            assert isinstance(a, Estimate)
            assert isinstance(b, Estimate)
            # The same doubles are added in another order.
            assert astuple(a)[:4] == pytest.approx(astuple(b)[:4], rel=1e-9)


def test_sets_of_different_indices_are_refused() -> None:
    with pytest.raises(ValueError, match="'study' and 'flat' are for different indices"):
        compare_weights(SAMPLE, {"study": tree(), "flat": flat_tree(dict.fromkeys(ITEMS, 1.0))})
    with pytest.raises(ValueError, match="At least 2 weight sets"):
        compare_weights(SAMPLE, {"study": tree()})
