"""Whether the waves in a project file still fit the study: answers nobody will look for, items nobody asked.

Answers stand under the id that their item had when they came in. Renaming an item in study.yaml hides
them, and so does deleting their wave; neither may pass in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from survey.errors import Place, Problem, Severity
from survey.language import listing
from survey.study import IndexNode, Study

_SHOWN = 5


def undeclared(waves: Sequence[str], study: Study, file: str) -> tuple[Problem, ...]:
    """Return a warning for each of the ``waves`` with answers that ``study`` does not declare."""
    return tuple(
        Problem("store_wave_undeclared", Place(file, key=wave), {"wave": wave}, "warning")
        for wave in waves
        if wave not in study.wave_by_id
    )


def renamed(
    wave: str, asked: Collection[str], study: Study, file: str, severity: Severity
) -> tuple[Problem, ...]:
    """Return a problem for each item of the index that ``wave`` did not ask while it asked unknown ones.

    ``asked`` are the items of the wave by the ids under which their answers stand.
    """
    unknown = [name for name in asked if name not in study.item_by_id]
    return tuple(
        _absent("store_item_renamed", wave, item, unknown, study, file, severity)
        for item in _needed(study.index.children)
        if unknown and item not in asked
    )


def added(wave: str, asked: Collection[str], study: Study, file: str) -> tuple[Problem, ...]:
    """Return a problem for each item of the index that ``wave`` did not ask, where all it asked is known."""
    if any(name not in study.item_by_id for name in asked):
        return ()
    items = [item for item in _needed(study.index.children) if item not in asked]
    return tuple(_absent("store_item_added", wave, item, (), study, file, "error") for item in items)


def _absent(
    code: str, wave: str, item: str, unknown: Sequence[str], study: Study, file: str, severity: Severity
) -> Problem:
    values: dict[str, Any] = {"wave": wave, "item": item, "label": study.item_by_id[item].label}
    more = ["…"] if len(unknown) > _SHOWN else []
    values["names"] = listing([*unknown[:_SHOWN], *more])
    return Problem(code, Place(file, key=wave), values, severity)


def _needed(nodes: Sequence[IndexNode]) -> Iterator[str]:
    """Yield the items that move the index."""
    for node in nodes:
        if node.weight > 0:
            if node.item is not None:
                yield node.item
            yield from _needed(node.children)
