"""Columns of a model by name: an item, an outcome, a dimension of the index, or several items together.

What a newcomer gets wrong: a person without a score of a dimension may have skipped questions, or may never
have had anything to judge. The first is a missing answer, the second is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.index import IndexTree, flat_tree, person_scores
from analysis.inputs import check_known, name_list
from analysis.sample import Booleans, Floats, Sample


@dataclass(frozen=True, slots=True, eq=False)
class ModelColumn:
    """``values`` (n,) in points of 100, nan where there is none; ``structural`` (n,) where none was due."""

    name: str
    values: Floats
    structural: Booleans


def model_columns(
    sample: Sample,
    names: Sequence[str],
    tree: IndexTree | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
) -> tuple[ModelColumn, ...]:
    """Find columns by name, among ``blocks`` (name -> items), outcomes, items and branches of ``tree``.

    A block is the mean of its items, of those answered if these are at least half; a branch has the score
    that a person has in the tree. Either lacks a value for a structural reason where it would lack it had
    every question that was put been answered.

    Raises
    ------
    ValueError
        For unknown names.
    """
    own = {name: name_list(items, f"Block {name!r}") for name, items in (blocks or {}).items()}
    branches = [node.id for node in tree.nodes if node.item is None] if tree else []
    check_known(names, [*own, *sample.outcomes, *sample.items, *branches], "item, outcome or dimension")
    check_known([item for items in own.values() for item in items], sample.items, "item")
    return tuple(_column(sample, name, tree, own) for name in names)


def _column(
    sample: Sample, name: str, tree: IndexTree | None, blocks: Mapping[str, Sequence[str]]
) -> ModelColumn:
    if name in blocks:
        block = flat_tree(dict.fromkeys(blocks[name], 1.0), "respondent")
        return _scored(sample, name, block, -1)
    if name in sample.outcomes:
        return ModelColumn(name, sample.outcomes[name], np.zeros(len(sample), dtype=bool))
    if name in sample.items:
        return ModelColumn(name, sample.column(name), sample.structural[:, sample.items.index(name)])
    if tree is None:
        raise ValueError(f"There is no index to find {name!r} in.")
    return _scored(sample, name, tree, [node.id for node in tree.nodes].index(name))


def _scored(sample: Sample, name: str, tree: IndexTree, position: int) -> ModelColumn:
    places = [sample.items.index(item) for item in tree.items]
    could = np.where(sample.structural[:, places], np.nan, 0.0)
    return ModelColumn(
        name,
        np.ascontiguousarray(person_scores(tree, sample.scores[:, places])[:, position]),
        np.isnan(person_scores(tree, could)[:, position]),
    )
