"""A weight set: numbers for the index tree, and who chose them, how, when and why.

A set never changes: other numbers make another set, which names its parent. Its digest covers all that
is in it, so that a report can name the set and anyone can check that it is the one that was approved.

What a newcomer gets wrong: a weight is relative to the siblings of its node. What an item weighs in the
index is the product down the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from survey.canonical import digest_of
from survey.questions import Day, Frozen, Identifier, Name, WaveIdentifier
from survey.study import Index, IndexNode, Study

WeightMethod = Literal[
    "study",
    "direct",
    "equal",
    "budget",
    "delphi",
    "ahp",
    "entropy",
    "critic",
    "pca",
    "regression",
    "lmg",
    "pls",
    "target",
]


class WeightSet(Frozen):
    """Weights of every node of an index.

    ``weights`` maps node ids (a leaf without an id of its own goes by its item's) to weights relative to
    the siblings, 0 or more. ``parent`` is the digest of the set that this one was made from. ``evidence``
    holds what the method found out and was told (experts, consistency, wave, digests of the answers) as
    plain JSON values.
    """

    name: WaveIdentifier
    method: WeightMethod
    author: Name
    date: Day
    reason: Name
    parent: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    index: Identifier
    weights: Mapping[Identifier, float] = Field(min_length=1)
    evidence: Mapping[str, Any] = Field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in the set."""
        return digest_of(self.model_dump(mode="json"))


def node_id(node: IndexNode) -> str:
    """Return the id that a node of the tree goes by."""
    if (name := node.id or node.item) is None:
        raise ValueError("A branch of an index needs an id.")
    return name


def node_ids(index: Index) -> tuple[str, ...]:
    """Return the ids of all nodes, parents before their children."""
    found: list[str] = []

    def visit(nodes: tuple[IndexNode, ...]) -> None:
        for node in nodes:
            found.append(node_id(node))
            visit(node.children)

    visit(index.children)
    return tuple(found)


def with_weights(study: Study, weights: WeightSet) -> Study:
    """Return the study with the weights of a set; its index carries the set's name as version.

    Raises
    ------
    ValueError
        If the set is for another index, or names other nodes than the study has.
    """
    known = node_ids(study.index)
    if weights.index != study.index.id or set(weights.weights) != set(known):
        raise ValueError(
            f"Weight set {weights.name!r} is for index {weights.index!r} with nodes "
            f"{sorted(weights.weights)}; the study has {study.index.id!r} with {sorted(known)}."
        )

    def weighted(node: IndexNode) -> IndexNode:
        children = tuple(weighted(child) for child in node.children)
        return node.model_copy(update={"weight": weights.weights[node_id(node)], "children": children})

    children = tuple(weighted(node) for node in study.index.children)
    return study.model_copy(
        update={"index": study.index.model_copy(update={"children": children, "version": weights.name})}
    )
