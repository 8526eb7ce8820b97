"""What is said about weight sets: names of methods, and the caveats of the one that found the weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from survey.language import Language, catalogue, listing

if TYPE_CHECKING:
    from analysis.derived_weights import Caveat
    from report_templates.context.labels import Labels
    from survey.study import Study

# Values of a caveat that are ids of nodes or items; the reader sees their labels.
_IDS = ("node", "nodes", "item", "items", "parent")


def method_name(method: str) -> Mapping[str, str]:
    """Return what a method is called, in both languages."""
    return catalogue("workbench")[f"weights.method.{method}"]


def name_of(evidence: str, language: Language) -> str:
    """Return what a piece of evidence is called; one of a hand-made file keeps its own name."""
    words = catalogue("workbench")
    known = f"weights.evidence.{evidence}" in words
    return words(f"weights.evidence.{evidence}", language) if known else evidence


def value_of(evidence: str, language: Language) -> str:
    """Return a value of the evidence in words, where it is the name of a rule; others as they are."""
    words = catalogue("workbench")
    known = f"weights.told.{evidence}" in words
    return words(f"weights.told.{evidence}", language) if known else evidence


def weights_note(language: Language, used: Mapping[str, str]) -> list[str]:
    """Return the line below figures that says which weights they were made with.

    ``used`` is ``ChosenWeights.document``.
    """
    about = {"name": used["name"], "digest": used["digest"][:8]}
    return [catalogue("workbench")(f"weights.note.{used['state']}", language, **about)]


def caveat_lines(caveats: Iterable[Caveat], study: Study, language: Language) -> list[str]:
    """Return caveats as sentences: ``weights.caveat.<key>`` of this package's catalogue.

    The sentence formats the numbers it names (``{ratio:.2f}``). Values called ``node``, ``nodes``, ``item``,
    ``items`` or ``parent`` are ids, or lists of them, and appear as labels (``None``: the index itself), and
    so do ``wave`` and ``outcome``; other lists appear as words in a row. ``drivers.<key>`` is the warning
    <key> of a driver model.
    """
    from report_templates.context.labels import Labels

    labels = Labels(study, language)
    return [_line(caveat, labels) for caveat in caveats]


def _line(caveat: Caveat, labels: Labels) -> str:
    values = {name: _told(name, value, labels) for name, value in caveat.values.items()}
    family, _, warning = caveat.key.partition(".")
    if family == "drivers":
        from workbench.tables import warning_line

        return warning_line(labels, warning, caveat.values, str(values["nodes"]))
    text = catalogue("workbench")
    return labels.spaced(text(f"weights.caveat.{caveat.key}", labels.language, **values))


def _told(name: str, value: Any, labels: Labels) -> Any:
    several = isinstance(value, (list, tuple))
    if name == "wave":
        return labels.wave(value)
    if name == "outcome":
        return labels.outcome(value)
    if name not in _IDS:
        return listing(value)[labels.language] if several else value
    index = labels.study.index.id
    ids = [index if id_ is None else str(id_) for id_ in (value if several else [value])]
    return listing(map(labels.node, ids))[labels.language]
