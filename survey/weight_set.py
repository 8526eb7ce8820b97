"""A weight set: numbers for the index tree, and who chose them, how, when and why.

A set never changes: other numbers make another set, which names its parent. Its digest covers all that
is in it, so that a report can name the set and anyone can check that it is the one that was approved.

What a newcomer gets wrong: a weight is relative to the siblings of its node. What an item weighs in the
index is the product down the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from survey.canonical import digest_of
from survey.questions import Day, Frozen, Identifier, Name
from survey.study import Index, IndexNode, Study

# Words of any language, because people call a set what they call it in the meeting.
SetName = Annotated[str, Field(pattern=r"^[^\W_][\w.-]*$", max_length=32)]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]

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
# study: declared by the study file; file: read from a file that the project does not hold.
SetState = Literal["study", "draft", "approved", "file"]


class WeightSet(Frozen):
    """Weights of every node of an index.

    ``weights`` maps node ids (a leaf without an id of its own goes by its item's) to weights relative to
    the siblings, 0 or more. ``parents`` maps every node below a branch to that branch. ``parent`` is the
    digest of the set that this one was made from. ``evidence`` holds what the method found out and was told
    (experts, consistency, wave, digests of the answers) as plain JSON values. Only the weights that a study
    file declares (method ``study``) have no author, date and reason.
    """

    name: SetName
    method: WeightMethod
    author: Name | None = None
    date: Day | None = None
    reason: Name | None = None
    parent: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    index: Identifier
    weights: Mapping[Identifier, Weight] = Field(min_length=1)
    parents: Mapping[Identifier, Identifier] = Field(default_factory=dict)
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


@dataclass(frozen=True, slots=True)
class ChosenWeights:
    """The weight set that results use, and where it stands."""

    weights: WeightSet
    state: SetState

    def document(self) -> dict[str, str]:
        """Return what names the set beside a number, as JSON values."""
        return {"name": self.weights.name, "digest": self.weights.digest, "state": self.state}


def node_id(node: IndexNode) -> str:
    """Return the id that a node of the tree goes by."""
    if (name := node.id or node.item) is None:
        raise ValueError("A branch of an index needs an id.")
    return name


def nodes_of(index: Index) -> Iterator[tuple[IndexNode, str | None]]:
    """Yield every node with the id of its branch (``None`` at the top), parents before their children."""

    def below(nodes: Sequence[IndexNode], parent: str | None) -> Iterator[tuple[IndexNode, str | None]]:
        for node in nodes:
            yield node, parent
            yield from below(node.children, node_id(node))

    yield from below(index.children, None)


def node_ids(index: Index) -> tuple[str, ...]:
    """Return the ids of all nodes, parents before their children."""
    return tuple(node_id(node) for node, _ in nodes_of(index))


def parents_of(index: Index) -> dict[str, str]:
    """Return the branch of every node that has one."""
    return {node_id(node): parent for node, parent in nodes_of(index) if parent is not None}


def study_weights(study: Study) -> WeightSet:
    """Return the weights that a study file declares, named after the version of its index."""
    return WeightSet(
        name=set_name(study.index.version),
        method="study",
        index=study.index.id,
        weights={node_id(node): node.weight for node, _ in nodes_of(study.index)},
        parents=parents_of(study.index),
    )


def set_name(version: str) -> str:
    """Return the version of an index as the name of a set: other characters become hyphens.

    >>> set_name("2026 v1/a"), set_name("基准权重"), set_name("–")
    ('2026-v1-a', '基准权重', 'study')
    """
    return re.sub(r"[^\w.-]+", "-", version).strip("-._")[:32] or "study"


def family_totals(weights: WeightSet) -> dict[str | None, float]:
    """Return what the children of every branch weigh together, under ``None`` those at the top."""
    totals: dict[str | None, float] = {}
    for node, weight in weights.weights.items():
        parent = weights.parents.get(node)
        totals[parent] = totals.get(parent, 0.0) + weight
    return totals


def relative_weights(weights: WeightSet) -> dict[str, float]:
    """Return the weights as shares among siblings, which sum to 1; 0 where all siblings weigh nothing."""
    totals = {parent: total or 1.0 for parent, total in family_totals(weights).items()}
    return {node: weight / totals[weights.parents.get(node)] for node, weight in weights.weights.items()}


def effective_weights(weights: WeightSet) -> dict[str, float]:
    """Return what every node weighs in the index: the product of the shares down the tree."""
    found = relative_weights(weights)

    def product(node: str) -> float:
        return found[node] * (product(weights.parents[node]) if node in weights.parents else 1.0)

    return {node: product(node) for node in found}


def with_weights(study: Study, weights: WeightSet) -> Study:
    """Return the study with the weights of a set; its index carries the set's name as version.

    Raises
    ------
    ValueError
        If the set is for another index, names other nodes than the study has, or has them elsewhere in the
        tree. ``weight_fit.misfits`` says so to people.
    """
    known = node_ids(study.index)
    mine = (weights.index, set(weights.weights), dict(weights.parents))
    if mine != (study.index.id, set(known), parents_of(study.index)):
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
