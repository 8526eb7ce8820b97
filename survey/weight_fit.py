"""Whether a weight set is for the index that a study has now: every difference, never a set half applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from survey.errors import Place, Problem
from survey.language import listing
from survey.study import Study
from survey.weight_set import WeightSet, effective_weights, family_totals, node_ids, parents_of

# Below and above these shares of the index a single item deserves a second look (a convention).
LEAST, MOST = 0.02, 0.5


def misfits(weights: WeightSet, study: Study, place: Callable[[str | None], Place]) -> tuple[Problem, ...]:
    """Return every difference between a set and the tree of ``study``.

    ``place`` tells where a node stands in what the set came from, and with ``None`` the set itself.
    """
    if weights.index != study.index.id:
        values = {"name": weights.name, "index": weights.index, "study": study.index.id}
        return (Problem("weights_other_index", place(None), values),)
    return (*_differences(weights, study, place), *_weightless(weights, place))


def _differences(weights: WeightSet, study: Study, place: Callable[[str | None], Place]) -> Iterator[Problem]:
    known, tree = node_ids(study.index), parents_of(study.index)
    for node in weights.weights:
        if node not in known:
            yield Problem("weights_unknown_node", place(node), {"node": node, "known": listing(known)})
    if missing := [node for node in known if node not in weights.weights]:
        yield Problem("weights_missing_node", place(None), {"nodes": listing(missing)})
    for node in known:
        was, now = weights.parents.get(node), tree.get(node)
        if node in weights.weights and was != now:
            top = study.index.id
            yield Problem(
                "weights_moved_node", place(node), {"node": node, "was": was or top, "now": now or top}
            )


def _weightless(weights: WeightSet, place: Callable[[str | None], Place]) -> Iterator[Problem]:
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
