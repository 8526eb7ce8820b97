"""What a panel of experts says by pairwise comparison about the whole index: family by family.

A family is the children of one parent. Each is judged by itself; weights of items multiply down the tree.

What a newcomer gets wrong: one incoherent family of one expert spoils the group's weights. It blocks them
until whoever is responsible asks that expert again or leaves the expert out, which the evidence then says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from analysis.agreement import Concordance, Spread, kendall_w, spread
from analysis.ahp import (
    BLOCK_ABOVE,
    AhpMethod,
    Priorities,
    RandomIndex,
    Reconsider,
    cr_limit,
    gci_limit,
    group_judgements,
    group_priorities,
    priorities,
    reconsider,
)
from analysis.cores import one_thread_of_algebra
from analysis.derived_weights import Caveat, DerivedWeights, families
from analysis.index import IndexTree
from analysis.inputs import check_known
from analysis.sample import Floats

Aggregation = Literal["judgements", "priorities"]
# Per expert, per parent (``None`` is the total): the matrix of its children in the order of the tree.
Judgements = Mapping[str, Mapping[str | None, Floats]]


@dataclass(frozen=True, slots=True)
class AhpExpert:
    """One expert's view of one family. ``matrix`` is what was judged, nan where nothing was."""

    name: str
    weight: float
    matrix: Floats
    found: Priorities
    reconsider: Reconsider | None


@dataclass(frozen=True, slots=True)
class AhpFamily:
    """One family: every expert's view, and the group's.

    ``group`` comes from the experts' judgements put together; ``together`` are the experts' own weights put
    together, by method. ``left_out`` are experts who judged nothing here. ``spread`` and ``concordance`` are
    over the experts' weights, which sum to 1.
    """

    parent: str | None
    items: tuple[str, ...]
    experts: tuple[AhpExpert, ...]
    left_out: tuple[str, ...]
    group: Priorities
    together: Mapping[AhpMethod, Floats]
    spread: Spread
    concordance: Concordance | None


@dataclass(frozen=True, slots=True)
class AhpPanel:
    """All families, and by which rule the weights are taken from them.

    ``single`` are nodes without siblings, which need no judgement.
    """

    families: tuple[AhpFamily, ...]
    single: tuple[str, ...]
    method: AhpMethod
    aggregation: Aggregation
    table: RandomIndex
    without: tuple[str, ...]

    def weights(self, family: AhpFamily) -> Floats:
        """Return the group's weights of a family, (n,), summing to 1, by the panel's rule."""
        if self.aggregation == "judgements":
            return family.group.by(self.method)
        return family.together[self.method]

    def derived(self) -> DerivedWeights:
        """Return the weights of every node, the evidence, and what has to be said or forbids them."""
        found = dict.fromkeys(self.single, 1.0)
        for family in self.families:
            found |= zip(family.items, self.weights(family).tolist(), strict=True)
        return DerivedWeights("ahp", found, self._evidence(), self._caveats(), self._blocked())

    def _evidence(self) -> dict[str, Any]:
        return {
            "rule": self.method,
            "aggregation": self.aggregation,
            "random_index": self.table,
            "without": list(self.without),
            "families": [_family_document(family) for family in self.families],
        }

    def _caveats(self) -> tuple[Caveat, ...]:
        found = [Caveat("ahp", {"table": self.table})]
        for family in self.families:
            where = {"parent": family.parent}
            if len(family.experts) == 1:
                found.append(Caveat("one_expert", {**where, "expert": family.experts[0].name}))
            if family.left_out:
                found.append(Caveat("experts_left_out", {**where, "experts": family.left_out}))
            absent = {expert.name: expert.found.missing for expert in family.experts if expert.found.missing}
            if absent:
                values = {**where, "experts": tuple(absent), "n": sum(absent.values())}
                found.append(Caveat("ahp_incomplete", values))
            if doubtful := tuple(e.name for e in family.experts if e.found.coherence == "doubtful"):
                limit = cr_limit(len(family.items))
                found.append(Caveat("ahp_doubtful", {**where, "experts": doubtful, "limit": limit}))
        if self.without:
            found.append(Caveat("experts_dropped", {"experts": self.without}))
        return tuple(found)

    def _blocked(self) -> tuple[Caveat, ...]:
        found = []
        for family in self.families:
            where = {"parent": family.parent, "limit": BLOCK_ABOVE}
            incoherent = [expert for expert in family.experts if expert.found.coherence == "blocked"]
            found += [
                Caveat("ahp_blocked", {**where, "expert": expert.name, "cr": expert.found.cr})
                for expert in incoherent
            ]
            if family.group.coherence == "blocked" and not incoherent:
                found.append(Caveat("ahp_group_blocked", {**where, "cr": family.group.cr}))
        return tuple(found)


def ahp_panel(
    tree: IndexTree,
    judgements: Judgements,
    *,
    method: AhpMethod = "eigenvector",
    aggregation: Aggregation = "judgements",
    table: RandomIndex = "saaty_newer",
    expert_weights: Mapping[str, float] | None = None,
    without: tuple[str, ...] = (),
) -> AhpPanel:
    """Return what a panel says about every family of the index.

    Parameters
    ----------
    judgements : of each expert (see :data:`Judgements`); a family an expert did not judge is absent.
    aggregation : ``judgements`` puts judgements together as of a group that acts as one; ``priorities`` puts
        together the weights of experts who keep their own view. By the geometric rule both are equal where
        nothing is missing.
    expert_weights : how much an expert counts, above 0; 1 for those not named.
    without : experts to leave out.

    Raises
    ------
    ValueError
        If an expert is unknown, a family has more than 9 items or was judged by nobody, or somebody's
        comparisons do not link all items of a family.
    """
    check_known([*without, *(expert_weights or {})], judgements, "expert")
    heard = {name: judged for name, judged in judgements.items() if name not in without}
    counts = {name: (expert_weights or {}).get(name, 1.0) for name in heard}
    parents = families(tree)
    with one_thread_of_algebra():
        found = tuple(
            _family(parent, items, heard, counts, table)
            for parent, items in parents.items()
            if len(items) > 1
        )
    single = tuple(items[0] for items in parents.values() if len(items) == 1)
    return AhpPanel(found, single, method, aggregation, table, without)


def _family(
    parent: str | None,
    items: tuple[str, ...],
    heard: Judgements,
    counts: Mapping[str, float],
    table: RandomIndex,
) -> AhpFamily:
    experts = tuple(
        AhpExpert(
            name=name,
            weight=counts[name],
            matrix=judged[parent],
            found=priorities(items, judged[parent], table=table),
            reconsider=reconsider(items, judged[parent], table=table),
        )
        for name, judged in heard.items()
        if parent in judged
    )
    if not experts:
        raise ValueError(f"Nobody compared the children of {parent or 'the index'!r}.")
    shares = np.array([expert.weight for expert in experts])
    matrix = group_judgements(np.array([expert.matrix for expert in experts]), shares)
    by_method: dict[AhpMethod, Floats] = {
        "eigenvector": np.array([expert.found.weights for expert in experts]),
        "geometric": np.array([expert.found.geometric for expert in experts]),
    }
    return AhpFamily(
        parent=parent,
        items=items,
        experts=experts,
        left_out=tuple(name for name, judged in heard.items() if parent not in judged),
        group=priorities(items, matrix, table=table),
        together={name: group_priorities(vectors, shares) for name, vectors in by_method.items()},
        spread=spread(by_method["eigenvector"]),
        concordance=kendall_w(by_method["eigenvector"].round(9)),
    )


def _family_document(family: AhpFamily) -> dict[str, Any]:
    """Return a family as JSON values, with every judgement that was made."""
    return {
        "parent": family.parent,
        "items": list(family.items),
        "group": _priorities_document(family.group),
        "together": {method: found.tolist() for method, found in family.together.items()},
        "cr_limit": cr_limit(len(family.items)),
        "gci_limit": gci_limit(len(family.items)),
        "low": family.spread.low.tolist(),
        "high": family.spread.high.tolist(),
        "concordance": concordance_document(family.concordance),
        "left_out": list(family.left_out),
        "experts": [_expert_document(family, expert) for expert in family.experts],
    }


def _expert_document(family: AhpFamily, expert: AhpExpert) -> dict[str, Any]:
    again = expert.reconsider
    names = family.items
    return {
        "expert": expert.name,
        "weight": expert.weight,
        **_priorities_document(expert.found),
        "judgements": [
            [names[i], names[j], float(expert.matrix[i, j])]
            for i in range(len(names))
            for j in range(i + 1, len(names))
            if not np.isnan(expert.matrix[i, j])
        ],
        "reconsider": again and asdict(again),
    }


def _priorities_document(found: Priorities) -> dict[str, Any]:
    return {
        "eigenvector": found.weights.tolist(),
        "geometric": found.geometric.tolist(),
        "lambda": found.eigenvalue,
        "ci": found.ci,
        "cr": found.cr,
        "gci": found.gci,
        "missing": found.missing,
        "coherence": found.coherence,
    }


def concordance_document(found: Concordance | None) -> dict[str, Any] | None:
    """Return a concordance as JSON values."""
    if found is None:
        return None
    return {"w": found.w, "chi2": found.chi2, "df": found.df, "p": found.p, "judges": found.judges}
