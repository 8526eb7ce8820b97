r"""Why the index moved: scores, the mix of respondents, and weights, adding up exactly.

Between an earlier wave 0 under weights a and a later wave 1 under weights b,

.. math:: I^{b1} - I^{a0} = \sum_j \text{score}_j + \text{mix}_j + \text{weight}_j

over the leaves j of the tree. With one set of weights, the default, nothing is due to weights. Each part
is symmetric in time: reading the change backwards turns every sign and nothing else.

What a newcomer gets wrong: an index can rise although it fell in every province, when customers of the
better provinces answer more. That is the mix, and nobody's achievement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.change_columns import ChangeColumns, Parts, Rules
from analysis.estimate import estimates
from analysis.index import IndexTree
from analysis.inputs import check_known
from analysis.results import Comparison, Estimate, TooFew
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.suppression import hidden_groups, shown_groups
from analysis.tracking import IndexData, hidden_nodes, index_data


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node of the tree, its effective weights in both waves, and its part of the change.

    ``parts`` is ``None`` where a figure of the node may not be shown.
    """

    id: str
    parent: str | None
    item: str | None
    weight_before: float
    weight_after: float
    parts: Parts | None


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What a group did to the index: by its own scores, and by answering more or less often.

    ``value`` is ``None`` for everybody else together: groups too small to be shown, and people without a
    group. Shares are of the weight of those who have a part in the index, 0 to 1. The mix counts a group
    with its distance from the whole: a growing group below the average pulls the index down.
    """

    value: str | None
    share_before: float
    share_after: float
    score: Comparison
    mix: Comparison


@dataclass(frozen=True, slots=True)
class ChangeExplained:
    """A change of the index and its parts, which sum to it exactly.

    ``link`` is the later wave under its own weights less the same wave under the earlier ones, ``None``
    where they are the same: what re-basing alone does to the level of the series.
    """

    before_wave: str
    after_wave: str
    before: Estimate
    after: Estimate
    parts: Parts
    link: Comparison | None
    nodes: tuple[NodeChange, ...]
    segment: str | None
    groups: tuple[GroupChange, ...]


def explain_change(
    sample: Sample,
    before: str,
    after: str,
    trees: tuple[IndexTree, IndexTree],
    segment: str | None = None,
    rules: Rules | None = None,
) -> ChangeExplained | TooFew:
    r"""Take the change of the index between two waves apart.

    Parameters
    ----------
    trees : weights of the earlier and of the later wave; the same nodes and roll-up. Give one tree twice
        for the change under frozen weights.
    segment : id of the segment whose mix is told apart; without it mix is part of score.

    Returns
    -------
    The parts with design-based errors, which know that accounts answered twice; or ``TooFew`` where one
    of the waves has no index that may be shown.

    Notes
    -----
    Aggregate roll-up, with item means :math:`m_j = \sum_g \pi_{gj} m_{gj}` over groups g, each share on the
    item's own base, and bars for the mean of both waves or of both sets of weights:

    .. math::
        \text{score}_j &= \bar W_j \sum_g \bar\pi_{gj}\, (m^1_{gj} - m^0_{gj}) \\
        \text{mix}_j &= \bar W_j \sum_g (\bar m_{gj} - \bar m_j)(\pi^1_{gj} - \pi^0_{gj}) \\
        \text{weight}_j &= (\bar m_j - c)(W^b_j - W^a_j)

    with c the middle of the two indices, so that a heavier item counts for what it lies above or below.
    Under the respondent roll-up the same holds for the means of what each leaf adds to a person's index
    (:func:`~analysis.index.person_parts`). Parts of a branch are the sums of its leaves'. Tests are
    Benjamini–Hochberg over each kind of part within what is printed together: leaves, branches, groups.

    Raises
    ------
    ValueError
        For waves or a segment that the sample does not have, for an ``after`` that is not later than
        ``before``, and for trees of different nodes or roll-ups.

    References
    ----------
    Bennet, T. L. (1920). J. Royal Stat. Soc. 83 (the symmetric split). Kitagawa, E. M. (1955). JASA 50
    (rates and composition).
    """
    rules = rules or Rules()
    check_known([before, after], sample.waves, "wave")
    check_known([] if segment is None else [segment], sample.segments, "segment")
    _check(sample, before, after, trees)
    data = (index_data(sample, trees[0]), index_data(sample, trees[1]))
    waves = (sample.in_wave(before), sample.in_wave(after))
    ends = (data[0].index(waves[0]), data[1].index(waves[1]))
    people = min(int(end.n[0]) for end in ends)
    found = [estimates(end, rules.level)[0] for end in ends]
    if not isinstance(found[0], Estimate) or not isinstance(found[1], Estimate):
        return TooFew(people, "no_answers")
    if people < rules.disclosure_limit:
        return TooFew(people, "disclosure")
    codes, names = _groups(data, waves, segment, rules)
    work = ChangeColumns(data, waves, ends, codes, len(names), rules)
    return ChangeExplained(
        before,
        after,
        found[0],
        found[1],
        work.parts(np.ones((len(trees[0].items), 1)), mixed=segment is not None)[0],
        work.link(),
        _nodes(work, mixed=segment is not None),
        segment,
        _group_changes(work, names) if segment is not None else (),
    )


def _check(sample: Sample, before: str, after: str, trees: tuple[IndexTree, IndexTree]) -> None:
    if sample.waves.index(before) >= sample.waves.index(after):
        raise ValueError(f"A change leads from an earlier wave to a later; found {before!r} to {after!r}.")
    shapes = [[(node.id, node.parent, node.item) for node in tree.nodes] for tree in trees]
    if shapes[0] != shapes[1]:
        raise ValueError("The weights of both waves belong to one tree; these have different nodes.")
    if (trees[0].rollup, trees[0].min_answered) != (trees[1].rollup, trees[1].min_answered):
        raise ValueError("Both waves go up the tree in one way; these have different roll-ups.")


def _groups(
    data: tuple[IndexData, IndexData], waves: tuple[Booleans, Booleans], segment: str | None, rules: Rules
) -> tuple[Integers, list[str | None]]:
    """Groups shown in both waves, and everybody else as one more: codes (n,) and names."""
    sample = data[0].sample
    if segment is None:
        return np.zeros(len(sample), dtype=np.int64), [None]
    groups, shown = sample.segments[segment], []
    for one, wave in zip(data, waves, strict=True):
        domain = wave & one.answered
        hidden = hidden_groups(sample.segments, domain, rules.disclosure_limit)[segment]
        shown.append({value for value, _ in shown_groups(groups, hidden, domain)})
    names = [value for value in groups.values if value in shown[0] & shown[1]]
    place = {value: g for g, value in enumerate(names)}
    lookup = np.array([place.get(value, len(names)) for value in groups.values] + [len(names)])
    codes = lookup[groups.codes]
    rest = (codes == len(names)) & (waves[0] & data[0].answered | waves[1] & data[1].answered)
    return codes, [*names, None] if rest.any() or not names else list(names)


def _nodes(work: ChangeColumns, *, mixed: bool) -> tuple[NodeChange, ...]:
    tree, later = work.tree, work.data[1].tree
    below = _below(tree)
    shown = sorted(set(range(len(tree.nodes))) - _hidden_nodes(work))
    parts: dict[int, Parts] = {}
    for leaf in (True, False):
        family = [j for j in shown if (tree.nodes[j].item is not None) == leaf]
        if family:
            parts |= zip(family, work.parts(below[:, family], mixed=mixed), strict=True)
    return tuple(
        NodeChange(node.id, node.parent, node.item, float(before), float(after), parts.get(j))
        for j, (node, before, after) in enumerate(
            zip(tree.nodes, tree.effective, later.effective, strict=True)
        )
    )


def _below(tree: IndexTree) -> Floats:
    """Which leaves lie at or below each node, (k, nodes)."""
    above = {node.id: node.parent for node in tree.nodes}
    position = {node.id: j for j, node in enumerate(tree.nodes)}
    found = np.zeros((len(tree.items), len(tree.nodes)))
    leaves = [node for node in tree.nodes if node.item is not None]
    for row, leaf in enumerate(leaves):
        name: str | None = leaf.id
        while name is not None:
            found[row, position[name]] = 1.0
            name = above[name]
    return found


def _hidden_nodes(work: ChangeColumns) -> set[int]:
    """Nodes that may not be shown in one of the waves, or have no answers there."""
    found: set[int] = set()
    for wave in work.waves:
        for one in work.data:
            columns, limit = one.columns(wave), work.rules.disclosure_limit
            found |= set(hidden_nodes(one.tree, columns, limit))
            found |= set(np.flatnonzero(np.isnan(columns.values[:-1])).tolist())
    return found


def _group_changes(work: ChangeColumns, names: Sequence[str | None]) -> tuple[GroupChange, ...]:
    score, mix = (work.group_parts(columns) for columns in work.by_group())
    return tuple(
        GroupChange(name, float(before), float(after), own, between)
        for name, before, after, own, between in zip(names, *work.shares(), score, mix, strict=True)
    )
