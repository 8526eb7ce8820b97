"""What is said about weight sets: names of methods, and the caveats of the one that found the weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from survey.language import Language, catalogue, listing

if TYPE_CHECKING:
    from analysis.derived_weights import Caveat
    from survey.study import Study

# Values of a caveat that are ids of nodes or items; the reader sees their labels.
_IDS = ("node", "nodes", "item", "items", "parent")


def method_name(method: str) -> Mapping[str, str]:
    """Return what a method is called, in both languages."""
    return catalogue("workbench")[f"weights.method.{method}"]


def weights_note(language: Language, name: str, digest: str, state: str) -> list[str]:
    """Return the line that stands below figures made with a weight set; none for the study's own weights."""
    if state == "study":
        return []
    return [catalogue("workbench")(f"weights.note.{state}", language, name=name, digest=digest[:8])]


def caveat_lines(caveats: Iterable[Caveat], study: Study, language: Language) -> list[str]:
    """Return caveats as sentences: ``weights.caveat.<key>`` of this package's catalogue.

    The sentence formats the numbers it names (``{ratio:.2f}``). Values called ``node``, ``nodes``, ``item``,
    ``items`` or ``parent`` are ids, or lists of them, and appear as labels (``None``: the index itself);
    other lists appear as words in a row.
    """
    from report_templates.context.labels import Labels

    labels = Labels(study, language)

    def told(name: str, value: Any) -> Any:
        several = isinstance(value, (list, tuple))
        if name not in _IDS:
            return listing(value)[language] if several else value
        ids = [study.index.id if id_ is None else str(id_) for id_ in (value if several else [value])]
        return listing(map(labels.node, ids))[language]

    text = catalogue("workbench")
    return [
        text(
            f"weights.caveat.{caveat.key}",
            language,
            **{name: told(name, value) for name, value in caveat.values.items()},
        )
        for caveat in caveats
    ]
