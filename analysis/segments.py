"""The index by segment: who differs, in which part of the index, since when, and from whom.

Each group is compared with everybody outside it, one test says whether the groups differ at all, and on
request every pair of groups is compared. Groups too small to be shown take no part in anything.

What a newcomer gets wrong: with thirty groups one or two stand out by chance. A difference is named only
after Benjamini–Hochberg over all that is printed with it; and where the joint test finds nothing, the
order of the groups is mostly noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.compare import expected_range
from analysis.estimate import LinearEstimates, comparisons, estimates
from analysis.group_disclosure import GroupAnswers
from analysis.grouped import GroupColumns, group_columns
from analysis.index import IndexTree
from analysis.inputs import check_known
from analysis.joint_tests import groups_differ
from analysis.results import (
    Comparison,
    Estimate,
    GroupResult,
    PairDifference,
    SegmentNode,
    SegmentResult,
    TooFew,
)
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.suppression import Hidden, hidden_groups, shown_groups
from analysis.tracking import IndexData, index_data


@dataclass(frozen=True, slots=True)
class SegmentRules:
    """How sure, and how discreet: level, false discovery rate, disclosure limit, least base unmarked."""

    level: float = 0.95
    fdr: float = 0.05
    disclosure_limit: int = 10
    minimum_base: int = 30


@dataclass(frozen=True, slots=True, eq=False)
class _Wave:
    """A segment in one wave: which groups may be shown, and the index of each and of its complement."""

    name: str
    domain: Booleans
    shown: tuple[str, ...]
    hidden: Mapping[str, Hidden]
    codes: Integers

    def place(self, values: Sequence[str]) -> list[int]:
        return [self.shown.index(value) for value in values]


def index_by_segment(
    sample: Sample,
    tree: IndexTree,
    segment_id: str,
    level: float = 0.95,
    fdr: float = 0.05,
    disclosure_limit: int = 10,
    minimum_base: int = 30,
    *,
    nodes: bool = False,
) -> SegmentResult:
    """Index of every group of a segment in the last wave, highest first, hidden groups last.

    A group is compared with everybody outside it, respondents without a group included. Differences
    are one family, changes another. A change is shown only where both waves show the group. ``test`` of the
    result asks whether the shown groups differ at all: see :func:`~analysis.joint_tests.groups_differ`.
    ``nodes`` adds the branches of the index by the same groups: see :func:`nodes_by_segment`.
    """
    check_known([segment_id], sample.segments, "segment")
    rules = SegmentRules(level, fdr, disclosure_limit, minimum_base)
    data = index_data(sample, tree)
    waves = [_wave(data, wave, segment_id, disclosure_limit) for wave in sample.waves]
    columns = [group_columns(data, wave.domain, wave.codes, len(wave.shown)) for wave in waves]
    found = _groups(data, waves, columns, rules)
    found.sort(key=lambda group: -group.score.value if isinstance(group.score, Estimate) else np.inf)
    order = [group.value for group in found]
    found += _blank_groups(data, waves[-1], segment_id)
    test = groups_differ(columns[-1].own) if waves[-1].shown else None
    parts = _nodes(data, waves, order, rules, leaves=False) if nodes else ()
    return SegmentResult(segment_id, tuple(found), test, parts)


def nodes_by_segment(
    sample: Sample,
    tree: IndexTree,
    segment_id: str,
    rules: SegmentRules | None = None,
    *,
    leaves: bool = False,
) -> tuple[SegmentNode, ...]:
    """Nodes of the index by the groups of a segment in the last wave: branches, or ``leaves`` as well.

    A tree without branches gives its leaves. Differences from everybody outside a group are one family over
    all nodes and groups, changes another. Besides the groups that are not shown at all, a node is hidden in
    a group where fewer than the limit answered it, or where that could be worked out from others.
    """
    check_known([segment_id], sample.segments, "segment")
    rules = rules or SegmentRules()
    data = index_data(sample, tree)
    waves = [_wave(data, wave, segment_id, rules.disclosure_limit) for wave in sample.waves[-2:]]
    return _nodes(data, waves, list(waves[-1].shown), rules, leaves=leaves)


def pairs_by_segment(
    sample: Sample, tree: IndexTree, segment_id: str, level: float = 0.95, fdr: float = 0.05, limit: int = 10
) -> tuple[PairDifference, ...]:
    """Differences of the index between every two shown groups of a segment in the last wave.

    First less second, tested with Satterthwaite's degrees of freedom; all pairs are one family. Pairs stand
    in the order of the segment's groups; one without an estimate is left out.
    """
    check_known([segment_id], sample.segments, "segment")
    data = index_data(sample, tree)
    wave = _wave(data, sample.waves[-1], segment_id, limit)
    pairs = list(combinations(range(len(wave.shown)), 2))
    if not pairs:
        return ()
    own = group_columns(data, wave.domain, wave.codes, len(wave.shown)).own
    first, second = (own.take([pair[side] for pair in pairs]) for side in (0, 1))
    tested = comparisons(first.against(second), level, fdr)
    return tuple(
        PairDifference(wave.shown[one], wave.shown[other], difference)
        for (one, other), difference in zip(pairs, tested, strict=True)
        if difference is not None
    )


def shown_in_wave(
    data: IndexData, wave: str, segment_id: str, limit: int
) -> tuple[dict[str, Booleans], Mapping[str, Hidden]]:
    """Groups of a segment that may be shown in a wave, with their rows (n,); and why others may not."""
    domain = data.sample.in_wave(wave) & data.answered
    hidden = hidden_groups(data.sample.segments, domain, limit)[segment_id]
    return dict(shown_groups(data.sample.segments[segment_id], hidden, domain)), hidden


@dataclass(frozen=True, slots=True)
class GroupMean:
    """Mean of an item in a group that may show it: ``value`` on 0–100, ``n`` people who answered."""

    item: str
    segment: str
    group: str
    value: float
    n: int


def leaf_means(data: IndexData, wave: str, segment_id: str, limit: int) -> tuple[GroupMean, ...]:
    """Means of the items of the tree in the groups of a segment, of all that may be shown."""
    own = _wave(data, wave, segment_id, limit)
    if not own.shown:
        return ()
    leaves = [j for j, node in enumerate(data.tree.nodes) if node.item is not None]
    part = _NodeWave.of(data, own, leaves, limit)
    means = part.columns.own
    return tuple(
        GroupMean(item, segment_id, value, float(means.values[at]), int(means.n[at]))
        for j, node in enumerate(leaves)
        for g, value in enumerate(own.shown)
        if (item := data.tree.nodes[node].item) is not None
        and (j, g) not in part.hidden
        and means.n[at := part.column((j, g))] > 0
    )


def given_away(data: Sequence[IndexData], wave: str, segment_id: str, limit: int) -> dict[str, Hidden]:
    """Groups whose indices under several sets of weights would together give away a node that is hidden.

    ``data`` is one sample under each set, the reference first, whose nodes may be shown by group elsewhere.
    """
    reference = data[0]
    own = _wave(reference, wave, segment_id, limit)
    wanted = range(len(reference.tree.nodes))
    if not own.shown:
        return {}
    columns = group_columns(reference, own.domain, own.codes, len(own.shown), wanted)
    answers = GroupAnswers.of(reference, own.domain, own.codes, len(own.shown))
    further = [part.tree.matrix[:, -1] for part in data[1:]]
    return {own.shown[g]: "complementary" for g in answers.given_away(columns, further, limit)}


def _wave(data: IndexData, wave: str, segment_id: str, limit: int) -> _Wave:
    shown, hidden = shown_in_wave(data, wave, segment_id, limit)
    groups = data.sample.segments[segment_id]
    # Who answered nothing is in the domain of the own group, not of the others: their clusters count there.
    place = [list(shown).index(value) if value in shown else -1 for value in groups.values]
    codes = np.array([*place, -1], dtype=np.int64)[groups.codes]
    return _Wave(wave, data.sample.in_wave(wave), tuple(shown), hidden, codes)


def _groups(
    data: IndexData, waves: Sequence[_Wave], columns: Sequence[GroupColumns], rules: SegmentRules
) -> list[GroupResult]:
    last, now = waves[-1], columns[-1]
    if not last.shown:
        return []
    difference = now.own.against(now.others)
    overall = data.index(last.domain)
    low, high = expected_range(
        float(overall.values[0]), difference, now.own.weight / overall.weight[0], rules.level
    )
    tested = comparisons(difference, rules.level, rules.fdr)
    changes = _changes(waves, [part.own for part in columns], rules)
    series = _series(waves, columns, rules)
    return [
        GroupResult(
            value,
            score := series[value][-1],
            tested[g],
            _number(low[g]),
            _number(high[g]),
            changes.get(value),
            small=score.n < rules.minimum_base,
            series=series[value],
        )
        for g, value in enumerate(last.shown)
    ]


def _series(
    waves: Sequence[_Wave], columns: Sequence[GroupColumns], rules: SegmentRules
) -> dict[str, tuple[Estimate | TooFew, ...]]:
    """The index of every group that the last wave shows, in every wave that shows it."""
    known = [
        dict(zip(wave.shown, estimates(part.own, rules.level), strict=True))
        for wave, part in zip(waves, columns, strict=True)
    ]
    return {
        value: tuple(
            found.get(value, TooFew(0, wave.hidden.get(value, "no_answers")))
            for wave, found in zip(waves, known, strict=True)
        )
        for value in waves[-1].shown
    }


def _blank_groups(data: IndexData, last: _Wave, segment_id: str) -> list[GroupResult]:
    groups = data.sample.segments[segment_id]
    people = last.domain & data.answered
    found = []
    for code, value in enumerate(groups.values):
        if value not in last.shown:
            n = int((people & (groups.codes == code)).sum())
            score = TooFew(n, last.hidden.get(value, "no_answers"))
            found.append(GroupResult(value, score, None, None, None, None, small=True))
    return found


def _changes(
    waves: Sequence[_Wave], own: Sequence[LinearEstimates], rules: SegmentRules
) -> dict[str, Comparison | None]:
    if len(waves) < 2:
        return {}
    both = [value for value in waves[-1].shown if value in waves[-2].shown]
    if not both:
        return {}
    earlier, later = (part.take(wave.place(both)) for wave, part in zip(waves[-2:], own[-2:], strict=True))
    return dict(zip(both, comparisons(later.minus(earlier), rules.level, rules.fdr), strict=True))


# Nodes


def _nodes(
    data: IndexData, waves: Sequence[_Wave], order: Sequence[str], rules: SegmentRules, *, leaves: bool
) -> tuple[SegmentNode, ...]:
    """Nodes by the groups of the last wave, in ``order``, compared and tested."""
    tree, last = data.tree, waves[-1]
    if not last.shown:
        return ()
    wanted = [j for j, node in enumerate(tree.nodes) if leaves or node.item is None]
    wanted = wanted or list(range(len(tree.nodes)))
    parts = [_NodeWave.of(data, wave, wanted, rules.disclosure_limit) for wave in waves[-2:]]
    now = parts[-1]
    cells = [(j, g) for g in range(len(last.shown)) for j in range(len(wanted))]
    open_ = [cell for cell in cells if cell not in now.hidden]
    at = [now.column(cell) for cell in open_]
    difference = now.columns.own.against(now.columns.others).take(at)
    overall = data.columns(last.domain)
    low, high = _ranges(overall, difference, now.columns.own.take(at), [wanted[j] for j, _ in open_], rules)
    tested = dict(zip(open_, comparisons(difference, rules.level, rules.fdr), strict=True))
    ranges = dict(zip(open_, zip(low, high, strict=True), strict=True))
    scores = dict(zip(open_, estimates(now.columns.own.take(at), rules.level), strict=True))
    changes = _node_changes(parts, waves, rules)
    found = []
    for j, position in enumerate(wanted):
        groups = []
        for value in order:
            cell = (j, last.shown.index(value))
            if cell in now.hidden:
                score: Estimate | TooFew = TooFew(int(now.columns.own.n[now.column(cell)]), now.hidden[cell])
                groups.append(GroupResult(value, score, None, None, None, None, small=True))
                continue
            score, ends = scores[cell], ranges[cell]
            small = score.n < rules.minimum_base
            change = changes.get((j, value))
            groups.append(
                GroupResult(value, score, tested[cell], _number(ends[0]), _number(ends[1]), change, small)
            )
        visible = [now.column((j, g)) for g in range(len(last.shown)) if (j, g) not in now.hidden]
        test = groups_differ(now.columns.own.take(visible))
        found.append(SegmentNode(tree.nodes[position].id, tuple(groups), test))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _NodeWave:
    """Nodes of the shown groups in one wave, and which of them may not be shown."""

    columns: GroupColumns
    hidden: Mapping[tuple[int, int], Hidden]

    @classmethod
    def of(cls, data: IndexData, wave: _Wave, wanted: Sequence[int], limit: int) -> _NodeWave:
        columns = group_columns(data, wave.domain, wave.codes, len(wave.shown), wanted)
        answers = GroupAnswers.of(data, wave.domain, wave.codes, len(wave.shown))
        return cls(columns, answers.hidden_nodes(columns, wanted, limit))

    def column(self, cell: tuple[int, int]) -> int:
        return self.columns.column(*cell)


def _ranges(
    overall: LinearEstimates,
    difference: LinearEstimates,
    own: LinearEstimates,
    positions: Sequence[int],
    rules: SegmentRules,
) -> tuple[Floats, Floats]:
    centre, weight = overall.values[positions], overall.weight[positions]
    low, high = expected_range(0.0, difference, own.weight / np.where(weight > 0, weight, 1.0), rules.level)
    return centre + low, centre + high


def _node_changes(
    parts: Sequence[_NodeWave], waves: Sequence[_Wave], rules: SegmentRules
) -> dict[tuple[int, str], Comparison | None]:
    """Changes of nodes that both of the last two waves show, by node and group: one family."""
    if len(parts) < 2:
        return {}
    (before, now), (earlier, later) = parts, waves[-2:]
    both: list[tuple[int, str]] = []
    columns: list[tuple[int, int]] = []
    for j, g in np.ndindex(now.columns.nodes, len(later.shown)):
        value = later.shown[g]
        if value not in earlier.shown or (j, g) in now.hidden:
            continue
        was = (j, earlier.shown.index(value))
        if was not in before.hidden:
            both.append((j, value))
            columns.append((before.column(was), now.column((j, g))))
    if not both:
        return {}
    old, new = (
        part.columns.own.take([pair[side] for pair in columns]) for side, part in enumerate((before, now))
    )
    return dict(zip(both, comparisons(new.minus(old), rules.level, rules.fdr), strict=True))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
