"""What every way to derive weights returns, and the step between weights of items and weights of a tree.

A method finds weights either among the children of each parent (experts, AHP, equal, entropy, CRITIC,
PCA) or among all items at once (regression, LMG, a target for effective importance).
:func:`tree_weights` turns the latter into the former, so that every method ends in the same numbers: one
weight for every node, relative to its siblings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.index import IndexTree


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something that must be said beside the weights: a key of the catalogue, and the values it needs."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DerivedWeights:
    """Weights that a method found.

    ``weights`` maps every node id of the tree to its weight relative to its siblings (each family sums to
    1). ``evidence`` holds plain JSON values: what went in and what came out beside the weights.
    ``caveats`` are printed with the weights, always. ``blocked`` are reasons for which the weights must not
    be used as they are (a negative weight, a consistency ratio above 0.20); the caller refuses to make a
    set of them, and shows why.
    """

    method: str
    weights: Mapping[str, float]
    evidence: Mapping[str, Any] = field(default_factory=dict)
    caveats: tuple[Caveat, ...] = ()
    blocked: tuple[Caveat, ...] = ()


def families(tree: IndexTree) -> dict[str | None, tuple[str, ...]]:
    """Return the ids of the children of every parent, in the order of the tree; ``None`` is the total."""
    found: dict[str | None, tuple[str, ...]] = {}
    for node in tree.nodes:
        found[node.parent] = (*found.get(node.parent, ()), node.id)
    return found


def tree_weights(tree: IndexTree, effective: Mapping[str, float]) -> dict[str, float]:
    """Return weights relative to siblings under which the items have the ``effective`` weights.

    Parameters
    ----------
    effective : item -> weight in the index, 0 or more, every item of the tree; they need not sum to 1.

    A branch weighs what its items weigh together. A branch whose items all weigh 0 gets 0, and its
    children equal weights among themselves, so that the tree stays valid.

    >>> from analysis.index import flat_tree
    >>> tree_weights(flat_tree({"q1": 1, "q2": 1}), {"q1": 3.0, "q2": 1.0})
    {'q1': 0.75, 'q2': 0.25}
    """
    total: dict[str | None, float] = {}
    for node in reversed(tree.nodes):
        own = float(effective[node.item]) if node.item is not None else total.get(node.id, 0.0)
        total[node.id] = own
        total[node.parent] = total.get(node.parent, 0.0) + own
    found: dict[str, float] = {}
    for node in tree.nodes:
        family = sum(1 for other in tree.nodes if other.parent == node.parent)
        above = total[node.parent]
        found[node.id] = total[node.id] / above if above > 0 else 1.0 / family
    return found
