"""What is said of any derived weights: which are nearly nothing, which decide alone, how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analysis.derived_weights import Caveat
from analysis.index import IndexTree
from analysis.sample import Floats

# Weights of an item in the whole index below and above which it is said so (conventions).
SMALL, LARGE = 0.02, 0.5
# Differences of weights below this are rounding.
ROUNDING = 1e-12


def reweighted(tree: IndexTree, weights: Mapping[str, float]) -> IndexTree:
    """Return the tree with other weights among siblings, by node id."""
    nodes = tuple(replace(node, weight=weights[node.id]) for node in tree.nodes)
    return IndexTree(nodes, tree.rollup, tree.min_answered)


def leaf_weights(tree: IndexTree) -> Floats:
    """Weights of the leaves in the index, (k,), in the order of ``tree.items``; they sum to 1."""
    leaves = [j for j, node in enumerate(tree.nodes) if node.item is not None]
    return np.asarray(tree.effective[leaves])


def size_caveats(tree: IndexTree, weights: Mapping[str, float]) -> tuple[Caveat, ...]:
    """Name the leaves that weigh nothing, under 0.02 or over 0.5 in the index under new weights."""
    leaves = [node.id for node in tree.nodes if node.item is not None]
    effective = leaf_weights(reweighted(tree, weights))
    kinds = {
        "zero_weight": effective <= ROUNDING,
        "small_weight": (effective > ROUNDING) & (effective < SMALL - ROUNDING),
        "large_weight": effective > LARGE + ROUNDING,
    }
    named = {
        key: tuple(name for name, is_so in zip(leaves, chosen, strict=True) if is_so)
        for key, chosen in kinds.items()
    }
    return tuple(Caveat(key, {"nodes": names}) for key, names in named.items() if names)


def weight_interval(weights: Floats, level: float) -> tuple[Floats, Floats]:
    """Percentile limits (k,), (k,) of weights (k, 1 + B), the full sample first.

    Replicates in which no weight exists (nan) are left out; without any other there are no limits (nan).
    """
    drawn = weights[:, 1:]
    usable = drawn[:, np.isfinite(drawn).all(axis=0)]
    if not usable.size:
        return np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    low, high = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return np.asarray(low), np.asarray(high)


def equal_leaves(tree: IndexTree) -> Floats:
    """Weights of the leaves (k,) in an index in which all siblings weigh the same."""
    return leaf_weights(reweighted(tree, {node.id: 1.0 for node in tree.nodes}))


def equality_caveats(tree: IndexTree, effective: Floats, level: float) -> tuple[Caveat, ...]:
    """Say that the answers cannot tell weights of the leaves (k, 1 + B) from equal ones, if it is so.

    Equal means equal among siblings. It is so if simultaneous intervals, the largest of |w* − w| / se over
    the leaves having its quantile in the replicates, cover the equal weights of all leaves.
    """
    distance = np.abs(effective[:, 0] - equal_leaves(tree))
    drawn = effective[:, 1:] - effective[:, :1]
    drawn = drawn[:, np.isfinite(drawn).all(axis=0)]
    error = drawn.std(axis=1, ddof=1)
    scale = np.where(error > ROUNDING, error, np.inf)
    reach = float(np.quantile((np.abs(drawn) / scale[:, None]).max(axis=0), level))
    covered = (distance <= reach * error + ROUNDING).all()
    return (Caveat("like_equal", {"level": level}),) if covered else ()
