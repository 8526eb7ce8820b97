"""How well drivers do: scores of items, or of branches whose items count as one, with their replicates.

What a newcomer gets wrong: importance and performance are estimated on different people. Importance needs
complete rows; performance is a mean over everybody who answered, and a branch has the score that the index
gives it, whichever of its items are in the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.driver_model import DriverModel
from analysis.estimate import domain_means, estimates
from analysis.index import IndexTree, person_scores
from analysis.moments import replicate_sums
from analysis.results import Estimate, TooFew
from analysis.sample import Booleans, Floats, Sample
from analysis.suppression import Hidden
from analysis.tracking import hidden_nodes, index_data


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """Scores of P drivers: ``means`` to print, ``draws`` (P, 1 + B), and ``asked`` (P,), their reach.

    Draws of a driver whose mean may not be shown are nan.
    """

    means: tuple[Estimate | TooFew, ...]
    draws: Floats
    asked: Floats

    @property
    def shown(self) -> bool:
        """Whether any mean may be shown."""
        return any(isinstance(mean, Estimate) for mean in self.means)


def branches_of(tree: IndexTree, items: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Top branch -> those of ``items`` under it. An item that hangs from the index itself is in no branch."""
    parents = {node.id: node.parent for node in tree.nodes}
    found: dict[str, tuple[str, ...]] = {}
    for node in tree.nodes:
        if node.item is None or node.item not in items or node.parent is None:
            continue
        top = node.parent
        while (above := parents[top]) is not None:
            top = above
        found[top] = (*found.get(top, ()), node.item)
    return found


def performance(
    model: DriverModel,
    sample: Sample,
    members: Mapping[str, Sequence[str]],
    domain: Booleans,
    tree: IndexTree | None,
    *,
    level: float,
    limit: int,
) -> Performance:
    """Score the drivers of a model in a wave; ``members`` says which of them are branches, and of what."""
    names = model.data.names
    made = _Scores(sample, domain, tree, members, limit)
    means = tuple(made.mean(model, name, level) for name in names)
    draws = score_draws(model, [made.parts(name) for name in names], domain)
    draws[[not isinstance(mean, Estimate) for mean in means]] = np.nan
    asked = np.column_stack([made.asked(name) for name in names])
    return Performance(means, draws, (sample.weights @ asked) / sample.weights[domain].sum())


class _Scores:
    """The answers of one wave, as items and as branches of the index."""

    def __init__(
        self,
        sample: Sample,
        domain: Booleans,
        tree: IndexTree | None,
        members: Mapping[str, Sequence[str]],
        limit: int,
    ) -> None:
        self.sample, self.domain, self.tree, self.members, self.limit = sample, domain, tree, members, limit
        self.hidden: dict[int, Hidden] = {}
        if tree is not None:
            self.columns = index_data(sample, tree).columns(domain)
            self.hidden = hidden_nodes(tree, self.columns, limit)

    def asked(self, name: str) -> Booleans:
        """Who could answer the item, or any of the branch, (N,)."""
        items = [self.sample.items.index(item) for item in self.members.get(name, (name,))]
        return np.asarray(self.domain & ~self.sample.structural[:, items].all(axis=1))

    def mean(self, model: DriverModel, name: str, level: float) -> Estimate | TooFew:
        """Mean with its interval, if it may be shown."""
        node = self._node(name)
        if name in self.members:
            linear = self.columns.take([node])
        else:
            scores, asked = self.sample.column(name)[:, None], self.asked(name)[:, None]
            linear = domain_means(model.plan.design, scores, asked)
        estimate = estimates(linear, level)[0]
        if node not in self.hidden and estimate.n >= self.limit:
            return estimate
        return TooFew(estimate.n, self.hidden.get(node, "disclosure"))

    def parts(self, name: str) -> list[tuple[Floats, float]]:
        """Columns of answers (N,) whose weighted means add up to the score."""
        if name not in self.members or self.tree is None:
            return [(self.sample.column(name), 1.0)]
        node, places = self._node(name), [self.sample.items.index(item) for item in self.tree.items]
        scores = self.sample.scores[:, places]
        if self.tree.rollup == "respondent":
            return [(person_scores(self.tree, scores)[:, node], 1.0)]
        weights = self.tree.matrix[:, node]
        return [(scores[:, j], float(weights[j])) for j in np.flatnonzero(weights)]

    def _node(self, name: str) -> int:
        """Position of a branch, or of the leaf of an item; −1 where it is not in the index."""
        nodes = self.tree.nodes if self.tree else ()
        wanted = [node.id if name in self.members else node.item for node in nodes]
        return wanted.index(name) if name in wanted else -1


def score_draws(
    model: DriverModel, parts: Sequence[Sequence[tuple[Floats, float]]], domain: Booleans
) -> Floats:
    """Scores on their own bases in the full sample and every replicate that the model kept, (P, 1 + B).

    ``parts`` holds for each of P scores the columns of answers (N,) that make it up, each with its factor. A
    replicate in which nobody who answered has any weight is nan.
    """
    design, rows = model.plan.design, np.flatnonzero(domain)
    inside = np.column_stack([column[rows] for own in parts for column, _ in own])
    answered = np.isfinite(inside)
    weighted = design.weights[rows, None] * np.hstack([np.where(answered, inside, 0.0), answered])
    per_unit = design.sums(weighted, rows)
    sums = np.vstack([per_unit.sum(axis=0), replicate_sums(per_unit, model.plan)[model.kept]]).T
    m = inside.shape[1]
    means = sums[:m] / np.where(sums[m:] > 0, sums[m:], np.nan)
    owner = np.repeat(np.arange(len(parts)), [len(own) for own in parts])
    weights = np.array([weight for own in parts for _, weight in own])
    found = np.zeros((len(parts), means.shape[1]))
    np.add.at(found, owner, weights[:, None] * means)
    return found
