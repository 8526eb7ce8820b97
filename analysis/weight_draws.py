"""Other weights that one might as well have chosen: drawn at random around a set, or bounded exactly.

Weights are relative to siblings, so what is drawn are *raw* weights, independent of one another; they are
normalised inside each parent afterwards. Weights that sum to 1 cannot be independent, and shares of
variance (see ``analysis.sobol``) can only be told of inputs that are.

What a newcomer gets wrong: a weight of 0 stays 0 in every draw. To ask what an item would do that the set
leaves out, compare with a set that has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.index import IndexTree
from analysis.sample import Floats, Integers


@dataclass(frozen=True, slots=True)
class Perturbation:
    r"""How far drawn weights lie from those of a set.

    ``spread`` s: every raw weight is :math:`W_j (1 + U(-s, s))`. With ``concentration`` κ the weights of
    a family are Dirichlet(κW) instead, and ``spread`` says nothing: the standard deviation of a weight is
    then :math:`\sqrt{W_j (1 - W_j) / (\kappa + 1)}`.

    Raises
    ------
    ValueError
        If the spread is not from 0 to below 1, or the concentration not positive.
    """

    spread: float = 0.2
    concentration: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.spread < 1:
            raise ValueError(f"The spread of weights is a share from 0 to below 1, found {self.spread!r}.")
        if self.concentration is not None and not (
            np.isfinite(self.concentration) and self.concentration > 0
        ):
            raise ValueError(f"The concentration is a number above 0, found {self.concentration!r}.")

    @property
    def varies(self) -> bool:
        """Whether drawn weights differ from those of their set at all."""
        return self.spread > 0 or self.concentration is not None

    def raw(self, uniforms: Floats, relative: Floats) -> Floats:
        """Return raw weights (b, nodes) from uniform numbers (b, nodes) around ``relative`` ((b,) nodes).

        A Dirichlet variable is one of independent gamma variables, normalised, so both kinds have one
        independent input for every node.
        """
        if self.concentration is None:
            return np.asarray(relative * (1.0 + self.spread * (2.0 * uniforms - 1.0)))
        shape = self.concentration * relative
        drawn = special.gammaincinv(np.where(shape > 0, shape, 1.0), uniforms)
        return np.where(shape > 0, drawn, 0.0)


def normalised(tree: IndexTree, raw: Floats) -> Floats:
    """Return weights that sum to 1 under every parent, (b, nodes), from raw ones of 0 or more (b, nodes).

    A branch whose children all weigh 0 has nothing to say and weighs 0 itself, whatever its raw weight.
    """
    found = raw.copy()
    for parent, children in reversed(_families(tree)):
        total = found[:, children].sum(axis=1, keepdims=True)
        found[:, children] /= np.where(total > 0, total, 1.0)
        if parent is not None:
            found[:, parent] = np.where(total[:, 0] > 0, found[:, parent], 0.0)
    return found


def leaf_weights(tree: IndexTree, relative: Floats) -> Floats:
    """Return the weights of the items in the index, (b, k) in the order of ``tree.items``."""
    effective = np.empty_like(relative)
    for parent, children in _families(tree):
        above = 1.0 if parent is None else effective[:, [parent]]
        effective[:, children] = relative[:, children] * above
    return np.ascontiguousarray(effective[:, _leaves(tree)])


def reach(tree: IndexTree, relative: Floats, means: Floats, spread: float) -> tuple[Floats, Floats]:
    r"""Lowest and highest index that any weights within ± ``spread`` can give, (T,) and (T,).

    Exact for the aggregate roll-up. The index rises with the score of every branch, so each family can
    be taken by itself, from the leaves up; within a family :math:`\sum w_j x_j / \sum w_j` over a box is
    largest where the best children have their largest weights and the others their smallest.

    Parameters
    ----------
    relative : (nodes,) weights among siblings; a node of weight 0 stays out.
    means : (T, k) item means of T waves or groups; may be nan where the item has no weight.
    """
    ends = []
    for sign in (-1.0, 1.0):
        found = np.zeros((len(means), len(tree.nodes) + 1))
        found[:, _leaves(tree)] = sign * np.nan_to_num(means)
        for parent, children in reversed(_families(tree)):
            top = _largest(found[:, children], relative[children], spread)
            found[:, len(tree.nodes) if parent is None else parent] = top
        ends.append(sign * found[:, -1])
    return ends[0], ends[1]


def _largest(values: Floats, weights: Floats, spread: float) -> Floats:
    """Largest weighted mean of each row of values (T, c) with weights (c,) free within ± spread."""
    order = np.argsort(-values, axis=1, kind="stable")
    best, weight = np.take_along_axis(values, order, axis=1), weights[order]
    favoured = np.tri(len(weights) + 1, len(weights), -1)
    tried = weight[:, None, :] * np.where(favoured > 0, 1.0 + spread, 1.0 - spread)
    total = tried.sum(axis=2)
    found = (tried * best[:, None, :]).sum(axis=2) / np.where(total > 0, total, 1.0)
    return np.asarray(found.max(axis=1))


def _families(tree: IndexTree) -> Sequence[tuple[int | None, Integers]]:
    """Position of every branch, ``None`` for the total, and of its children; parents first."""
    parents: list[tuple[int | None, str | None]] = [(None, None)]
    parents += [(j, node.id) for j, node in enumerate(tree.nodes) if node.item is None]
    return [(position, np.array(tree.children(name), dtype=np.int64)) for position, name in parents]


def _leaves(tree: IndexTree) -> Integers:
    return np.array([j for j, node in enumerate(tree.nodes) if node.item is not None], dtype=np.int64)
