"""What is said about weight sets: names of nodes, and the caveats of the method that found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from survey.language import Language, catalogue, listing

if TYPE_CHECKING:
    from analysis.derived_weights import Caveat
    from survey.study import Study

# Values of a caveat that are ids of nodes or items; the reader sees their labels.
_IDS = ("node", "nodes", "item", "items")


def node_labels(study: Study, language: Language) -> dict[str, str]:
    """Return what every node of the index is called, in the order of the tree."""
    from survey.weight_set import node_id, nodes_of

    found = {}
    for node, _ in nodes_of(study.index):
        label = node.label or (study.item_by_id[node.item].label if node.item else None)
        found[node_id(node)] = node_id(node) if label is None else label[language]
    return found


def method_name(method: str) -> Mapping[str, str]:
    """Return what a method is called, in both languages."""
    return catalogue("workbench")[f"weights.method.{method}"]


def caveat_lines(caveats: Iterable[Caveat], study: Study, language: Language) -> list[str]:
    """Return caveats as sentences: ``weights.caveat.<key>`` of this package's catalogue.

    The sentence formats the numbers it names (``{ratio:.2f}``); values called ``node``, ``nodes``, ``item``
    or ``items`` are ids, or lists of them, and appear as labels.
    """
    labels = {item.id: item.label[language] for item in study.items} | node_labels(study, language)

    def told(values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: shown(value) if name in _IDS else value for name, value in values.items()}

    def shown(ids: str | Iterable[str]) -> str:
        ids = [ids] if isinstance(ids, str) else ids
        return listing(labels.get(id_, id_) for id_ in ids)[language]

    text = catalogue("workbench")
    return [text(f"weights.caveat.{caveat.key}", language, **told(caveat.values)) for caveat in caveats]
