"""What a panel of experts says by sharing out points about the whole index, in one round or several.

Weights come from the last round; earlier rounds stay in the evidence, because how experts moved is part of
what a Delphi panel found out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.agreement import DelphiVerdict, Spread, delphi_verdict, spread
from analysis.ahp_panel import concordance_document
from analysis.budget import TRIM, Pooling, centre
from analysis.derived_weights import Caveat, DerivedWeights, families
from analysis.index import IndexTree
from analysis.inputs import check_known
from analysis.sample import Floats

# Per expert, per parent (``None`` is the total): points of its children in the order of the tree.
Allocations = Mapping[str, Mapping[str | None, Floats]]


@dataclass(frozen=True, slots=True)
class BudgetFamily:
    """One family in the last round. ``points`` are (experts, n), ``weights`` (n,) sum to 1.

    ``weights`` is ``None`` where no item has a median above 0.
    """

    parent: str | None
    items: tuple[str, ...]
    experts: tuple[str, ...]
    left_out: tuple[str, ...]
    points: Floats
    weights: Floats | None
    spread: Spread
    verdict: DelphiVerdict


@dataclass(frozen=True, slots=True)
class BudgetPanel:
    """All families, and by which rule experts were pooled. ``single`` are nodes without siblings."""

    families: tuple[BudgetFamily, ...]
    single: tuple[str, ...]
    rounds: tuple[Allocations, ...]
    delphi: bool
    how: Pooling
    trim: float
    expert_weights: Mapping[str, float]
    without: tuple[str, ...]

    @property
    def finished(self) -> bool:
        """Whether no family needs another round."""
        return all(family.verdict.state != "open" for family in self.families)

    def derived(self) -> DerivedWeights:
        """Return the weights of every node, the evidence, and what has to be said or forbids them."""
        found = dict.fromkeys(self.single, 1.0)
        for family in self.families:
            equal = np.full(len(family.items), 1 / len(family.items))
            weights = equal if family.weights is None else family.weights
            found |= zip(family.items, weights.tolist(), strict=True)
        blocked = tuple(
            Caveat("budget_nothing_common", {"parent": family.parent})
            for family in self.families
            if family.weights is None
        )
        method = "delphi" if self.delphi else "budget"
        return DerivedWeights(method, found, self._evidence(), self._caveats(), blocked)

    def _caveats(self) -> tuple[Caveat, ...]:
        found = [Caveat("delphi" if self.delphi else "budget", {"how": self.how})]
        if self.how != "mean":
            found.append(Caveat("budget_renormalised", {"how": self.how}))
        for family in self.families:
            where = {"parent": family.parent}
            if len(family.experts) == 1:
                found.append(Caveat("one_expert", {**where, "expert": family.experts[0]}))
            if family.left_out:
                found.append(Caveat("experts_left_out", {**where, "experts": family.left_out}))
        unsettled = tuple(
            family.items[j]
            for family in self.families
            for j in family.verdict.unsettled
            if len(family.experts) > 1 and (not self.delphi or family.verdict.state == "open")
        )
        if unsettled:
            found.append(Caveat("delphi_open" if self.delphi else "experts_differ", {"nodes": unsettled}))
        if self.without:
            found.append(Caveat("experts_dropped", {"experts": self.without}))
        return tuple(found)

    def _evidence(self) -> dict[str, Any]:
        return {
            "rule": self.how,
            **({"trim": self.trim} if self.how == "trimmed" else {}),
            "expert_weights": dict(self.expert_weights),
            "without": list(self.without),
            "rounds": len(self.rounds),
            "families": [self._family_document(family) for family in self.families],
        }

    def _family_document(self, family: BudgetFamily) -> dict[str, Any]:
        verdict, seen = family.verdict, family.spread
        parts = ("mean", "median", "low", "q1", "q3", "high", "iqr", "cv")
        return {
            "parent": family.parent,
            "items": list(family.items),
            "state": verdict.state,
            "unsettled": [family.items[j] for j in verdict.unsettled],
            "moved": verdict.moved,
            "concordance": concordance_document(verdict.concordance),
            "concordance_before": concordance_document(verdict.before),
            **{part: getattr(seen, part).tolist() for part in parts},
            "left_out": list(family.left_out),
            "rounds": [
                {
                    name: given[family.parent].tolist()
                    for name, given in of_round.items()
                    if family.parent in given
                }
                for of_round in self.rounds
            ],
        }


def budget_panel(
    tree: IndexTree,
    rounds: Sequence[Allocations],
    *,
    delphi: bool = False,
    how: Pooling = "mean",
    trim: float = TRIM,
    expert_weights: Mapping[str, float] | None = None,
    without: tuple[str, ...] = (),
) -> BudgetPanel:
    """Return what a panel says about every family of the index.

    Parameters
    ----------
    rounds : per round the points of each expert (see :data:`Allocations`), the last round last; a family
        to which an expert gave no points is absent.
    delphi : whether the rounds are a Delphi panel, which is told whether to go on.
    how, trim : how experts are pooled (see :func:`analysis.budget.centre`).
    expert_weights : how much an expert counts, above 0; 1 for those not named.
    without : experts to leave out, of every round.

    Raises
    ------
    ValueError
        If an expert is unknown, an allocation is none of 100 points, or nobody shared out points among a
        family in some round.
    """
    everybody = {name: None for of_round in rounds for name in of_round}
    check_known([*without, *(expert_weights or {})], everybody, "expert")
    heard = tuple(
        {name: given for name, given in of_round.items() if name not in without} for of_round in rounds
    )
    counts = {name: (expert_weights or {}).get(name, 1.0) for name in everybody if name not in without}
    parents = families(tree)
    found = tuple(
        _family(parent, items, heard, counts, how, trim)
        for parent, items in parents.items()
        if len(items) > 1
    )
    single = tuple(items[0] for items in parents.values() if len(items) == 1)
    return BudgetPanel(found, single, heard, delphi, how, trim, counts, without)


def _family(
    parent: str | None,
    items: tuple[str, ...],
    rounds: Sequence[Allocations],
    counts: Mapping[str, float],
    how: Pooling,
    trim: float,
) -> BudgetFamily:
    given = [
        {name: points[parent] for name, points in of_round.items() if parent in points} for of_round in rounds
    ]
    if not all(given):
        raise ValueError(f"In some round nobody gave points to the children of {parent or 'the index'!r}.")
    answers = [np.array(list(of_round.values())) for of_round in given]
    experts, last = tuple(given[-1]), answers[-1]
    middle = centre(last, how=how, weights=np.array([counts[name] for name in experts]), trim=trim)
    return BudgetFamily(
        parent=parent,
        items=items,
        experts=experts,
        left_out=tuple(name for name in rounds[-1] if name not in experts),
        points=last,
        weights=middle / middle.sum() if middle.any() else None,
        spread=spread(last),
        verdict=delphi_verdict(answers),
    )
