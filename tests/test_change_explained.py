"""The change of the index taken apart: exact sums, known cases, errors of numerical derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.change_explained import ChangeExplained, Parts, explain_change
from analysis.design import design_of
from analysis.index import IndexTree, Node, flat_tree
from analysis.results import Comparison, TooFew
from analysis.sample import Floats, Groups, Sample
from analysis.tracking import index_by_wave


def drawn(seed: int, *, n: int = 300, blank: float = 0.1, groups: int = 4) -> Sample:
    """Two waves with recurring accounts, groups of different levels, and a mix that shifts."""
    rng = np.random.default_rng(seed)
    accounts = rng.integers(0, n // 3, n)
    wave = np.repeat([0, 1], n // 2)
    group = rng.integers(-1, groups, n)
    group[(wave == 1) & (rng.random(n) < 0.3)] = 0
    level = 60 + 6 * group[:, None] + rng.normal(0, 12, (n, 4)) + rng.normal(0, 8, (n // 3, 1))[accounts]
    scores = np.clip(level, 0, 100)
    scores[rng.random(scores.shape) < blank] = np.nan
    return Sample(
        items=("q1", "q2", "q3", "q4"),
        scores=scores,
        codes=np.where(np.isfinite(scores), 1, -1).astype(np.int16),
        structural=np.zeros(scores.shape, dtype=bool),
        waves=("w1", "w2"),
        wave=wave,
        weights=rng.uniform(0.5, 2, n),
        strata=accounts % 3,
        clusters=accounts,
        cluster_ids=tuple(f"A{a:03d}" for a in range(n // 3)),
        outcomes={},
        segments={"place": Groups(tuple("abcd"[:groups]), group.astype(np.int64))},
    )


def tree(rollup: Any = "aggregate", weights: tuple[float, ...] = (3, 1, 1, 2)) -> IndexTree:
    first, second, third, fourth = weights
    return IndexTree(
        (
            Node("x", None, None, 2),
            Node("y", None, None, 1),
            Node("q1", "x", "q1", first),
            Node("q2", "x", "q2", second),
            Node("q3", "y", "q3", third),
            Node("q4", "y", "q4", fourth),
        ),
        rollup,
    )


def explained(*arguments: Any) -> ChangeExplained:
    found = explain_change(*arguments)
    assert isinstance(found, ChangeExplained)
    return found


def value(part: Comparison | None) -> float:
    assert part is not None
    return part.estimate.value


def parts_of(parts: Parts | None) -> tuple[float, ...]:
    assert parts is not None
    return tuple(value(part) for part in (parts.score, parts.mix, parts.weight) if part is not None)


# Sums of a few hundred doubles of size 100.
CLOSE = 1e-10


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
@pytest.mark.parametrize("rebased", [False, True])
@pytest.mark.parametrize("segment", [None, "place"])
def test_the_parts_sum_to_the_change(rollup: str, rebased: bool, segment: str | None) -> None:
    sample = drawn(1)
    before = tree(rollup)
    after = tree(rollup, (1, 2, 2, 1)) if rebased else before
    found = explained(sample, "w1", "w2", (before, after), segment)
    moved = found.after.value - found.before.value
    assert value(found.parts.total) == pytest.approx(moved, abs=CLOSE)
    assert sum(parts_of(found.parts)) == pytest.approx(moved, abs=CLOSE)
    assert (found.parts.mix is None) == (segment is None)
    assert (found.parts.weight is None) == (found.link is None) == (not rebased)
    for parent in (None, "x", "y"):
        whole = found.parts if parent is None else next(n.parts for n in found.nodes if n.id == parent)
        below = [parts_of(node.parts) for node in found.nodes if node.parent == parent]
        np.testing.assert_allclose(np.sum(below, axis=0), parts_of(whole), atol=CLOSE)
    if segment is not None and found.parts.mix is not None:
        assert sum(value(g.score) for g in found.groups) == pytest.approx(value(found.parts.score), abs=CLOSE)
        assert sum(value(g.mix) for g in found.groups) == pytest.approx(value(found.parts.mix), abs=CLOSE)
        assert sum(g.share_before for g in found.groups) == pytest.approx(1)


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_under_frozen_weights_the_change_is_that_of_the_trend(rollup: str) -> None:
    sample = drawn(2)
    trend, _ = index_by_wave(sample, tree(rollup))
    found = explained(sample, "w1", "w2", (tree(rollup), tree(rollup)), "place")
    change = trend[-1].change
    assert change is not None
    assert change.estimate.se is not None
    assert value(found.parts.total) == pytest.approx(change.estimate.value, abs=CLOSE)
    assert found.parts.total.estimate.se == pytest.approx(change.estimate.se, rel=1e-9)
    assert found.parts.total.estimate.df == change.estimate.df
    assert found.parts.total.estimate.n == change.estimate.n


def test_the_worked_example_of_weights() -> None:
    """Weights .5/.5 → .4/.6 with means 70, 80 → 74, 79: 2.00 = 1.25 + 0.75."""
    scores = np.repeat([[70.0, 80.0], [74.0, 79.0]], 20, axis=0)
    scores += np.tile([[-1.0], [1.0]], (20, 1))
    sample = plain(scores, np.repeat([0, 1], 20))
    found = explained(sample, "w1", "w2", (flat_tree({"q1": 1, "q2": 1}), flat_tree({"q1": 2, "q2": 3})))
    assert found.parts.weight is not None
    assert (value(found.parts.total), value(found.parts.score), value(found.parts.weight)) == pytest.approx(
        (2.0, 1.25, 0.75), abs=CLOSE
    )
    # The later wave: .4·74 + .6·79 = 77, under the earlier weights 76.5.
    assert value(found.link) == pytest.approx(0.5, abs=CLOSE)


def test_a_change_of_mix_alone_is_nobodys_score() -> None:
    group = np.concatenate([np.repeat([0, 1], [30, 10]), np.repeat([0, 1], [10, 30])])
    wobble = np.tile([-3.0, 3.0], 40)
    scores = (np.where(group == 0, 40.0, 80.0) + wobble)[:, None]
    sample = plain(scores, np.repeat([0, 1], 40), group)
    found = explained(sample, "w1", "w2", (flat_tree({"q1": 1}), flat_tree({"q1": 1})), "place")
    assert value(found.parts.score) == pytest.approx(0.0, abs=CLOSE)
    assert value(found.parts.mix) == pytest.approx(20.0, abs=CLOSE)
    # Each group is 20 from the middle, and moves by half of all respondents.
    assert [value(g.mix) for g in found.groups] == pytest.approx([10.0, 10.0], abs=CLOSE)
    assert [(g.share_before, g.share_after) for g in found.groups] == [(0.75, 0.25), (0.25, 0.75)]


def test_a_group_of_one_wave_is_mix() -> None:
    group = np.concatenate([np.zeros(40, int), np.repeat([0, 1], [20, 20])])
    scores = (np.where(group == 0, 50.0, 90.0) + np.tile([-3.0, 3.0], 40))[:, None]
    sample = plain(scores, np.repeat([0, 1], 40), group)
    found = explained(sample, "w1", "w2", (flat_tree({"q1": 1}), flat_tree({"q1": 1})), "place")
    assert value(found.parts.score) == pytest.approx(0.0, abs=CLOSE)
    assert value(found.parts.mix) == pytest.approx(20.0, abs=CLOSE)


def all_parts(found: ChangeExplained) -> list[Comparison]:
    kinds = [found.parts, *(node.parts for node in found.nodes)]
    parts = [part for one in kinds if one for part in (one.total, one.score, one.mix, one.weight)]
    return [part for part in (*parts, *(p for g in found.groups for p in (g.score, g.mix))) if part]


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_errors_equal_those_of_numerical_derivatives(rollup: str) -> None:
    """Each part is a function of the weights of clusters, whose slopes give its error, centre and all."""
    sample, trees = drawn(5, n=90), (tree(rollup), tree(rollup, (1, 2, 2, 1)))
    found = all_parts(explained(sample, "w1", "w2", trees, "place"))
    design, step = design_of(sample), 1e-4

    def values(unit: int, factor: float) -> Floats:
        weights = np.where(design.unit == unit, sample.weights * factor, sample.weights)
        return np.array(
            [
                value(part)
                for part in all_parts(explained(with_weights(sample, weights), "w1", "w2", trees, "place"))
            ]
        )

    slopes = [(values(unit, 1 + step) - values(unit, 1 - step)) / (2 * step) for unit in range(design.units)]
    expected = np.sqrt(design.variance_of_totals(np.array(slopes)))
    # Central differences err by the square of the step.
    np.testing.assert_allclose([part.estimate.se for part in found], expected, rtol=1e-6, atol=1e-8)


def test_small_groups_are_told_together_or_not_at_all() -> None:
    sample = drawn(4)
    codes = sample.segments["place"].codes.copy()
    codes[codes == 3] = 2
    codes[:4] = 3
    codes[-4:] = 3
    hidden = replaced(sample, segments={"place": Groups(tuple("abcd"), codes)})
    found = explained(hidden, "w1", "w2", (tree(), tree()), "place")
    names = [group.value for group in found.groups]
    assert "d" not in names
    assert names[-1] is None
    few = replaced(sample, wave=np.where(np.arange(len(sample)) < 5, 0, 1))
    assert explain_change(few, "w1", "w2", (tree(), tree())) == TooFew(5, "disclosure")


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), rollup=st.sampled_from(["aggregate", "respondent"]))
def test_order_of_rows_scale_of_weights_and_names_change_nothing(seed: int, rollup: str) -> None:
    sample = drawn(seed, n=150)
    trees = (tree(rollup), tree(rollup, (1, 2, 2, 1)))
    order = np.random.default_rng(seed).permutation(len(sample))
    groups = sample.segments["place"]
    shuffled = replaced(
        sample,
        scores=sample.scores[order],
        codes=sample.codes[order],
        structural=sample.structural[order],
        wave=sample.wave[order],
        weights=7.5 * sample.weights[order],
        strata=sample.strata[order],
        clusters=sample.clusters[order],
        segments={"place": Groups(tuple("wxyz"), groups.codes[order])},
    )
    one, two = (explained(s, "w1", "w2", trees, "place") for s in (sample, shuffled))
    nodes = [(a.parts, b.parts) for a, b in zip(one.nodes, two.nodes, strict=True)]
    for first, second in ((one.parts, two.parts), *nodes):
        np.testing.assert_allclose(parts_of(first), parts_of(second), atol=1e-9)
        assert first is not None
        assert second is not None
        assert first.score.estimate.se == pytest.approx(second.score.estimate.se, rel=1e-9)


def test_what_cannot_be_compared_is_refused() -> None:
    sample = drawn(5)
    with pytest.raises(ValueError, match="earlier wave to a later"):
        explain_change(sample, "w2", "w1", (tree(), tree()))
    with pytest.raises(ValueError, match="different nodes"):
        explain_change(sample, "w1", "w2", (tree(), flat_tree({"q1": 1})))
    with pytest.raises(ValueError, match="different roll-ups"):
        explain_change(sample, "w1", "w2", (tree(), tree("respondent")))
    with pytest.raises(ValueError, match="plaec"):
        explain_change(sample, "w1", "w2", (tree(), tree()), "plaec")


def plain(scores: Any, wave: Any, group: Any = None) -> Sample:
    n, k = scores.shape
    codes = np.full(n, -1, dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)
    return Sample(
        items=tuple(f"q{j + 1}" for j in range(k)),
        scores=scores,
        codes=np.ones(scores.shape, dtype=np.int16),
        structural=np.zeros(scores.shape, dtype=bool),
        waves=("w1", "w2"),
        wave=np.asarray(wave, dtype=np.int64),
        weights=np.ones(n),
        strata=np.zeros(n, dtype=np.int64),
        clusters=np.arange(n),
        cluster_ids=tuple(f"{row:03d}" for row in range(n)),
        outcomes={},
        segments={"place": Groups(("a", "b"), codes)},
    )


def with_weights(sample: Sample, weights: Any) -> Sample:
    return replaced(sample, weights=weights)


def replaced(sample: Sample, **changed: Any) -> Sample:
    from dataclasses import replace

    return replace(sample, **changed)
