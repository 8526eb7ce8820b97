"""The index tree: each node is a leaf or a branch, each item stands once, no branch weighs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from survey.rules.review import Review
from survey.study import IndexNode
from survey.yaml_lines import Location

# Weights so far apart are hardly meant; less far apart, if some are above 1 and some below.
_FAR_APART = 20
_APART = 5

Placed = tuple[IndexNode, Location]


def check_index(review: Review) -> None:
    """Check every node of the tree, and what must hold between them."""
    children = review.study.index.children
    nodes = list(_walk(children, ("index", "children")))
    _check_total(review, children, ("index", "children"))
    for node, location in nodes:
        _check_node(review, node, location)
    _check_items(review, [(node, place) for node, place in nodes if node.item is not None])
    _check_node_ids(review, nodes)


def _walk(children: Sequence[IndexNode], location: Location) -> Iterator[Placed]:
    for number, node in enumerate(children):
        yield node, (*location, number)
        yield from _walk(node.children, (*location, number, "children"))


def _check_node(review: Review, node: IndexNode, location: Location) -> None:
    if node.item is not None and node.children:
        review.add("study_node_both", *location)
    elif node.item is None and not node.children and not _given(review, location, "children", "item"):
        review.add("study_node_empty", *location)
    elif node.item is None:
        for key in ("id", "label"):
            if getattr(node, key) is None and not _given(review, location, key):
                review.add(f"study_branch_without_{key}", *location)
        _check_total(review, node.children, (*location, "children"))


def _given(review: Review, location: Location, *keys: str) -> bool:
    """Whether the file gives the node one of ``keys``, even if it could not be read."""
    node = review.document.node(review.draft.location(location))
    return node is not None and not node.children.keys().isdisjoint(keys)


def _check_total(review: Review, children: Sequence[IndexNode], location: Location) -> None:
    node = review.document.node(review.draft.location(location))
    whole = node is not None and len(node.children) == len(children)
    if whole and sum(child.weight for child in children) == 0:
        review.add("study_branch_weightless", *location)
        return
    if whole:
        _check_one_measure(review, children, location)
    for number, child in enumerate(children):
        if child.weight == 0:
            name = child.item or child.id or str(number)
            review.warn("study_weight_zero", *location, number, "weight", name=name)


def _check_one_measure(review: Review, children: Sequence[IndexNode], location: Location) -> None:
    """Warn of siblings that seem to mix percentages with fractions; those that sum to 1 or 100 do not."""
    weighing = sorted((child for child in children if child.weight > 0), key=lambda child: child.weight)
    total = sum(child.weight for child in weighing)
    if len(weighing) < 2 or any(abs(total - whole) <= whole / 1000 for whole in (1, 100)):
        return
    least, most = weighing[0], weighing[-1]
    ratio = most.weight / least.weight
    if ratio >= _FAR_APART or (ratio >= _APART and least.weight < 1 < most.weight):
        values = {"low": f"{least.weight:g}", "high": f"{most.weight:g}"}
        share = f"{100 * least.weight / total:.2g}"
        review.warn("study_weights_mixed", *location, **values, name=least.item or least.id, share=share)


def _check_items(review: Review, leaves: Sequence[Placed]) -> None:
    first: dict[str, Location] = {}
    for leaf, location in leaves:
        if leaf.item is None or not review.known("items", leaf.item, *location, "item"):
            continue
        if leaf.item in first:
            line = review.line(*first[leaf.item], "item")
            review.add("study_item_twice_in_index", *location, "item", item=leaf.item, line=line)
        else:
            first[leaf.item] = (*location,)


def _check_node_ids(review: Review, nodes: Sequence[Placed]) -> None:
    """Check that a node's id names it alone: no other node, no item, not the index itself."""
    first: dict[str, Location] = {review.study.index.id: ("index", "id")}
    for node, location in nodes:
        if node.id is None:
            continue
        if node.id in first:
            line = review.line(*first[node.id])
            review.add("study_id_twice", *location, "id", name=node.id, line=line)
        elif node.id in (review.draft.names["items"] or ()) and node.id != node.item:
            review.add("study_node_named_as_item", *location, "id", name=node.id)
        else:
            first[node.id] = (*location, "id")
