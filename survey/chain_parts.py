"""What may stand in the chain from a dimension to renewal, and which outcomes do where nobody says.

What a newcomer gets wrong: two names may hold one answer, as an item and the outcome made of it do. Such a
pair explains itself, so it is items that must differ, not names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from survey.study import IndexNode, OutcomeKind, Study

# Which kinds of outcome stand at a step, those that are meant most first.
KINDS: Mapping[str, tuple[OutcomeKind, ...]] = {
    "satisfaction": ("satisfaction",),
    "loyalty": ("affective_loyalty", "loyalty", "cognitive_loyalty", "behavioural_loyalty"),
    "outcome": (
        "renewal_intention",
        "renewal",
        "purchase_intention",
        "recommendation",
        "price_tolerance",
        "churn",
    ),
}


def items_of(study: Study) -> dict[str, tuple[str, ...]]:
    """Every name that can be a column, with the items it is made of; a flag is made of none.

    Where a name means several things, a switching cost comes before an outcome, an item and a branch.
    """
    found = {branch.id or "": _leaves(branch) for branch in _branches(study.index.children)}
    found |= {item.id: (item.id,) for item in study.items}
    found |= {outcome.id: outcome.items for outcome in study.outcomes}
    return found | {cost.id: cost.items for cost in study.switching_costs}


def chain_steps(study: Study) -> dict[str, str | None]:
    """Return the outcome at each step: what the study names, else the first of its kind.

    An outcome that shares an item with a step before it is passed over. ``None`` where there is none.
    """
    found: dict[str, str | None] = {}
    taken: set[str] = set()
    for step, kinds in KINDS.items():
        declared: str | None = getattr(study.chain, step, None)
        found[step] = name = declared or _first(study, kinds, {*found.values()}, taken)
        taken.update(study.outcome_by_id[name].items if name else ())
    return found


def dimensions(study: Study, steps: Iterable[str]) -> tuple[str, ...]:
    """Return the nodes right below the index that share no item with any of the ``steps``."""
    items = items_of(study)
    taken = {item for name in steps for item in items[name]}
    top = (child.id or child.item or "" for child in study.index.children)
    return tuple(name for name in top if not taken & {*items[name]})


def _first(
    study: Study, kinds: tuple[OutcomeKind, ...], names: Collection[str | None], taken: Collection[str]
) -> str | None:
    for kind in kinds:
        for outcome in study.outcomes:
            free = outcome.id not in names and not any(item in taken for item in outcome.items)
            if outcome.kind == kind and free:
                return outcome.id
    return None


def _branches(nodes: tuple[IndexNode, ...]) -> Iterator[IndexNode]:
    for node in nodes:
        if node.item is None:
            yield node
            yield from _branches(node.children)


def _leaves(branch: IndexNode) -> tuple[str, ...]:
    return tuple(leaf.item for leaf in branch.leaves() if leaf.item is not None)
