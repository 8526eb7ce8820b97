"""A weight set: numbers for the index tree, and who chose them, how, when and why.

A set never changes: other numbers make another set, which names its parent. Its digest covers all that
is in it, so that a report can name the set and anyone can check that it is the one that was approved.

What a newcomer gets wrong: a weight is relative to the siblings of its node. What an item weighs in the
index is the product down the tree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from survey.canonical import digest_of
from survey.questions import Day, Frozen, Identifier, Name
from survey.study import Index, IndexNode, Study

# Words of any language, because people call a set what they call it in the meeting.
SetName = Annotated[str, Field(pattern=r"^[^\W_][\w.-]*$", max_length=32)]

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
    plain JSON values. Only the weights that a study file declares (method ``study``) have no author, date
    and reason.
    """

    name: SetName
    method: WeightMethod
    author: Name | None = None
    date: Day | None = None
    reason: Name | None = None
    parent: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    index: Identifier
    weights: Mapping[Identifier, float] = Field(min_length=1)
    evidence: Mapping[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if self.method != "study" and None in (self.author, self.date, self.reason):
            raise ValueError("A weight set needs an author, a date and a reason.")
        return self

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


def study_weights(study: Study) -> WeightSet:
    """Return the weights that a study file declares, named after the version of its index.

    >>> set_name("2026 v1/a"), set_name("基准权重"), set_name("–")
    ('2026-v1-a', '基准权重', 'study')
    """
    weights: dict[str, float] = {}

    def visit(nodes: tuple[IndexNode, ...]) -> None:
        for node in nodes:
            weights[node_id(node)] = node.weight
            visit(node.children)

    visit(study.index.children)
    return WeightSet(
        name=set_name(study.index.version), method="study", index=study.index.id, weights=weights
    )


def set_name(version: str) -> str:
    """Return the version of an index as the name of a set: other characters become hyphens."""
    name = re.sub(r"[^\w.-]+", "-", version).strip("-._")[:32]
    return name or "study"


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
