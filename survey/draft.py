"""A draft: the parts of a study file that have the right shape, each under the place it has there.

One wrong word in one item must not hide the other mistakes of a file, so what does not fit the model is
taken out, from the inside outwards, until the rest fits; the rules between parts then run over that. A
reference to something that was taken out is no mistake: ``Draft.knows`` still knows its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from survey.study import Study
from survey.yaml_lines import Document, Location

Errors = list[Mapping[str, Any]]
Origin = dict[Location, tuple[int, ...]]

# Each round takes out at least one part, and what remains is at most this deep.
_ROUNDS = 100
_GONE = object()
_NAMED = (
    *("items", "columns", "open_questions", "choice_questions"),
    *("constructs", "outcomes", "segments", "waves"),
)
_TEXT = {"zh": "-", "en": "-"}
_STAND_IN: Mapping[str, Any] = {
    "csat": 1,
    "id": "_",
    "title": _TEXT,
    "organisation": _TEXT,
    "scales": {},
    "items": [{"id": "_", "text": _TEXT, "label": _TEXT, "scale": "_"}],
    "index": {"id": "_", "label": _TEXT, "version": "_", "children": [{"item": "_"}]},
    "waves": [{"id": "0", "label": _TEXT}],
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What of a study could be used.

    ``missing`` names the parts of the top level that could not. ``origin`` maps the location of a list
    to the indices its elements have in the file. ``names`` holds every id that the file gives, by
    part; ``None`` where not all of them can be known.
    """

    study: Study
    missing: frozenset[str]
    origin: Mapping[Location, tuple[int, ...]]
    names: Mapping[str, frozenset[str] | None]

    def location(self, location: Location) -> Location:
        """Return where a part of the draft stands in the file."""
        return _in_file(location, self.origin)

    def knows(self, part: str, name: str) -> bool:
        """Whether ``name`` is an id of ``part``, or might be one that could not be read."""
        names = self.names[part]
        return names is None or name in names

    def nearest(self, part: str, name: str) -> str | None:
        """Return the id of ``part`` that ``name`` was probably meant to be."""
        return next(iter(get_close_matches(name, sorted(self.names[part] or ()), 1, 0.6)), None)


def draft(document: Document) -> tuple[Draft, Errors]:
    """Return what of a document fits the model of a study, and pydantic's errors about the rest."""
    data = document.root.plain()
    if not isinstance(data, dict):
        raise TypeError("a draft is made of a mapping")
    _spell(data, document)
    first = errors = _errors(data)
    names = {part: _names(data, part) for part in (*_NAMED, "scales")}
    kept, origin, missing = data, Origin(), frozenset[str]()
    for number in range(_ROUNDS):
        if not errors:
            break
        for error in errors:
            location = _in_file(error["loc"], origin)
            # What resists is taken out whole; it cannot happen while pydantic names real places.
            late = number > _ROUNDS // 2
            _take_out(data, location[:1] if late else location, "" if late else str(error["type"]))
        origin = {}
        kept = _compact(data, (), origin)
        missing = frozenset(_STAND_IN) - frozenset(kept)
        kept |= {part: _STAND_IN[part] for part in missing}
        errors = _errors(kept)
    study = Study.model_validate(kept)
    return Draft(_emptied(study, missing), missing, origin, names), first


def _errors(data: object) -> Errors:
    try:
        Study.model_validate(data)
    except ValidationError as error:
        return [dict(entry) for entry in error.errors(include_url=False)]
    return []


def _spell(data: dict[Any, Any], document: Document) -> None:
    """Give texts that YAML took for something else their spelling back: ``version: 1.10``."""
    for error in _errors(data):
        *above, last = error["loc"]
        if error["type"] != "string_type":
            continue
        if last == "[key]":
            mapping = _at(data, tuple(above[:-1]))
            renamed = {str(key) if key == above[-1] else key: value for key, value in mapping.items()}
            mapping.clear()
            mapping.update(renamed)
            continue
        node = document.node(error["loc"])
        if node is not None and node.value is not None and node.spelling is not None:
            _at(data, tuple(above))[last] = node.spelling


def _at(data: Any, location: Location) -> Any:
    for key in location:
        data = data[key]
    return data


def _names(data: Mapping[Any, Any], part: str) -> frozenset[str] | None:
    """Return the ids that stand in the file, or ``None`` where one of them cannot be read."""
    value = data.get(part)
    if value is None and part in data:
        return None
    if value is None:
        misspelled = any(get_close_matches(str(key), [part], 1, 0.7) for key in data if key != part)
        return None if misspelled or part in _STAND_IN else frozenset()
    if part == "scales":
        return frozenset(map(str, value)) if isinstance(value, dict) else None
    ids = [entry.get("id") if isinstance(entry, dict) else None for entry in _listed(value)]
    known = [name for name in ids if isinstance(name, str)]
    return frozenset(known) if isinstance(value, list) and len(known) == len(ids) else None


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _in_file(location: Location, origin: Mapping[Location, tuple[int, ...]]) -> Location:
    found: Location = ()
    for key in location:
        kept = origin.get(found)
        found += (kept[key] if kept is not None and isinstance(key, int) and key < len(kept) else key,)
    return found


def _take_out(data: dict[Any, Any], location: Location, kind: str) -> None:
    """Remove what an error is about; what lacks a required part goes as a whole."""
    if kind == "missing" or location[-1:] == ("[key]",):
        location = location[:-1]
    container: Any = data
    for key in location[:-1]:
        if not _holds(container, key):
            return
        container = container[key]
    if not location or not _holds(container, location[-1]):
        return
    if isinstance(container, dict):
        del container[location[-1]]
    else:
        container[location[-1]] = _GONE


def _holds(container: object, key: object) -> bool:
    if isinstance(container, list):
        return isinstance(key, int) and key < len(container)
    return isinstance(container, dict) and key in container


def _compact(data: Any, location: Location, origin: Origin) -> Any:
    """Copy ``data`` without the elements that were taken out, noting which remained."""
    if isinstance(data, dict):
        return {key: _compact(value, (*location, key), origin) for key, value in data.items()}
    if isinstance(data, list):
        origin[location] = tuple(index for index, value in enumerate(data) if value is not _GONE)
        return [_compact(data[index], (*location, index), origin) for index in origin[location]]
    return data


def _emptied(study: Study, missing: frozenset[str]) -> Study:
    """Replace stand-ins of lists by nothing, so that no rule speaks about them."""
    empty: dict[str, Any] = dict.fromkeys(missing & {"items", "waves"}, ())
    if "index" in missing:
        empty["index"] = study.index.model_copy(update={"children": ()})
    return study.model_copy(update=empty)
