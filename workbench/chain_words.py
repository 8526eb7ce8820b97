"""What chains, moderation and asymmetry ask to keep in mind, and the names of what stands in them, in words.

Sentences are those of ``chain_notes`` in the catalogue: one for every key of ``analysis.chain_notes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from report_templates import formatting
from survey.language import catalogue

if TYPE_CHECKING:
    from analysis.chain_notes import Warnings
    from analysis.results import Estimate
    from report_templates.context.labels import Labels

Figure = Callable[[float], str]
# Slopes are told per ten points: a figure of one decimal, for a difference that a survey may see.
STEP = 10.0
# How the values of a note are printed; the others are counts.
_FIGURES: Mapping[str, Figure] = {
    "share": lambda value: formatting.percent(value) + "%",
    "straight": lambda value: formatting.percent(value) + "%",
    "broken": lambda value: formatting.percent(value) + "%",
    "inflation": formatting.number,
    "f_squared": lambda value: formatting.number(value, 4),
    "p": formatting.p_is,
}


def say(labels: Labels, key: str, **values: object) -> str:
    """Return a sentence of the workbench."""
    return labels.spaced(catalogue("workbench")(key, labels.language, **values))


def named(labels: Labels, id_: str) -> str:
    """Return the label of a switching cost, an outcome, an item, a node of the index or a segment."""
    study = labels.study
    cost = next((cost for cost in study.switching_costs if cost.id == id_), None)
    if cost is not None:
        return labels.label(cost.label)
    if id_ in study.outcome_by_id:
        return labels.outcome(id_)
    return labels.segment(id_) if id_ in study.segment_by_id else labels.node(id_)


def note(labels: Labels, key: str, values: Mapping[str, float]) -> str:
    """Return one warning as a sentence; that of few levels is another one where there are two."""
    if key == "few_levels" and values["levels"] == 2:
        key = "binary"
    figures = {name: _FIGURES.get(name, _count)(value) for name, value in values.items()}
    return labels.spaced(catalogue("workbench")(f"chain_notes.note.{key}", labels.language, **figures))


def notes(labels: Labels, found: Sequence[tuple[str, Warnings]]) -> list[str]:
    """Return the warnings of several models as sentences, a sentence that several share once.

    ``found`` holds the name of each model and its warnings; a sentence that not all share names whose it is.
    """
    told: dict[str, list[str]] = {}
    for name, warnings in found:
        for key, values in warnings:
            told.setdefault(note(labels, key, values), []).append(name)
    return [
        line
        if len(names) == len(found)
        else say(labels, "chain_notes.of", names=labels.joined(names, len(names)), note=line)
        for line, names in told.items()
    ]


def cautions(labels: Labels, keys: Iterable[str]) -> list[str]:
    """Return what holds whatever the numbers are, as sentences."""
    words = catalogue("workbench")
    return [labels.spaced(words(f"chain_notes.caution.{key}", labels.language)) for key in keys]


def per_ten(estimate: Estimate, decimals: int = 1, times: float = STEP) -> str:
    """Return a slope per ten points, and its interval, in one cell: ``6.0 (5.2–6.7)``."""
    figure = formatting.number(estimate.value * times, decimals)
    if estimate.low is None or estimate.high is None:
        return figure
    low = formatting.number(estimate.low * times, decimals)
    return f"{figure} ({formatting.interval(low, formatting.number(estimate.high * times, decimals))})"


def _count(value: float) -> str:
    return formatting.number(value, 0)
