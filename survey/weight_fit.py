"""Whether a weight set is for the index that a study has now: every difference, never a set half applied."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from survey.errors import Place, Problem
from survey.language import listing
from survey.study import Study
from survey.weight_set import WeightSet, effective_weights, family_totals, node_ids, parents_of

# Below and above these shares of the index a single item deserves a second look (a convention).
LEAST, MOST = 0.02, 0.5


Where = Callable[[str | None], Place]


def misfits(weights: WeightSet, study: Study, where: Place | Where) -> tuple[Problem, ...]:
    """Return every difference between a set and the tree of ``study``.

    ``where`` is the place of the set, or tells the place of a node in it, and of the set itself for ``None``.
    """
    place = where if callable(where) else lambda node: where
    if weights.index != study.index.id:
        values = {"name": weights.name, "index": weights.index, "study": study.index.id}
        return (Problem("weights_other_index", place(None), values),)
    found = differences(weights.weights, weights.parents, study, place)
    return (*found, *_weightless(weights, place))


def differences(
    nodes: Collection[str], parents: Mapping[str, str], study: Study, place: Where
) -> tuple[Problem, ...]:
    """Return what is other in a tree of ``nodes`` and their ``parents`` than in the index of ``study``."""
    known, tree, top = node_ids(study.index), parents_of(study.index), study.index.id
    found = [
        Problem("weights_unknown_node", place(node), {"node": node, "known": listing(known)})
        for node in nodes
        if node not in known
    ]
    if missing := [node for node in known if node not in nodes]:
        found.append(Problem("weights_missing_node", place(None), {"nodes": listing(missing)}))
    for node in known:
        was, now = parents.get(node), tree.get(node)
        if node in nodes and was != now:
            values = {"node": node, "was": was or top, "now": now or top}
            found.append(Problem("weights_moved_node", place(node), values))
    return tuple(found)


def _weightless(weights: WeightSet, place: Where) -> Iterator[Problem]:
    """Siblings of which none weighs anything leave their branch without a score."""
    for parent, total in family_totals(weights).items():
        if not total:
            yield Problem("weights_weightless", place(parent), {"node": parent or weights.index})


def lopsided(weights: WeightSet, place: Place) -> tuple[Problem, ...]:
    """Return warnings about items that weigh more than half of the index, or next to nothing in it."""
    found = []
    branches = set(weights.parents.values())
    for node, share in effective_weights(weights).items():
        if node not in branches and not LEAST <= share <= MOST:
            code = "weights_heavy" if share > MOST else "weights_light"
            limit = MOST if share > MOST else LEAST
            values = {"node": node, "share": f"{share:.1%}", "limit": f"{limit:.0%}"}
            found.append(Problem(code, place, values, severity="warning"))
    return tuple(found)
