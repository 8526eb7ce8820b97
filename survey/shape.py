"""Pydantic's errors about a study file as sentences that say what to write instead.

The one thing to know: a problem is reported once, at the nearest cause. A misspelled key is an unknown
key and, for pydantic, a missing one as well; the reader sees the first alone.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from survey.errors import Problem
from survey.language import catalogue, listing
from survey.questions import ID_PATTERN, Text
from survey.study import Study
from survey.yaml_lines import Document, Location

_BOUNDS = {
    "greater_than_equal": ("study_below", "ge"),
    "greater_than": ("study_not_above", "gt"),
    "less_than_equal": ("study_above", "le"),
    "less_than": ("study_not_below", "lt"),
}
_MOST = 1_000
_SHOWN = 20
# Keys whose values are ids that another part gives.
_REFERENCES = {
    "scale": "scales",
    **dict.fromkeys(("item", "items"), "items"),
    **dict.fromkeys(("column", "respondent", "weight", "cluster", "stratum"), "columns"),
    **dict.fromkeys(("from", "to"), "constructs"),
    "outcomes": "outcomes",
}
_EXPECTED = {
    "string": "text",
    "int": "whole_number",
    "float": "number",
    "bool": "truth",
    "tuple": "list",
    "mapping": "mapping",
    "dict": "mapping",
    "model": "mapping",
}


def shape_problems(errors: Iterable[Mapping[str, Any]], document: Document) -> tuple[Problem, ...]:
    """Translate pydantic's errors.

    Those that follow from an unknown key next to them are left out, and so are those about a block that
    ``*name`` repeats: it is wrong once, where it is written.
    """
    errors = [error for error in errors if not _follows(error)]
    strays = [error["loc"] for error in errors[:_MOST] if _extra(error)]
    guesses = {(*location[:-1], _nearest_key(location, document)) for location in strays}
    written: dict[object, Problem] = {}
    if len(errors) > _MOST:
        counts = {"n": len(errors), "limit": _MOST}
        written[None] = Problem("study_too_many_problems", document.place(()), counts)
    for error in errors[:_MOST]:
        if error["type"] != "missing" or error["loc"] not in guesses:
            block = document.node(error["loc"][:-1])
            written.setdefault((id(block), error["loc"][-1:], error["type"]), _problem(error, document))
    return tuple(written.values())


def _follows(error: Mapping[str, Any]) -> bool:
    """Whether a list is called too short only because an entry, reported itself, was wrong."""
    return bool(error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"])


def _extra(error: Mapping[str, Any]) -> bool:
    return bool(error["type"] == "extra_forbidden")


def _problem(error: Mapping[str, Any], document: Document) -> Problem:
    code, values = _sentence(error, document)
    location = tuple(key for key in error["loc"] if key != "[key]")
    if code == "study_ends_shape":
        location = location[: location.index("ends") + 1]
    return Problem(code, document.place(location), values)


def _sentence(error: Mapping[str, Any], document: Document) -> tuple[str, dict[str, Any]]:
    kind, location, value = str(error["type"]), error["loc"], error["input"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind == "missing":
        return _missing(location)
    if _extra(error):
        return _unknown(location, document)
    if "ends" in location:
        return "study_ends_shape", {}
    if value is None or (kind == "string_too_short" and not value.strip()):
        return "study_no_value", {"key": location[-1]}
    if kind in _BOUNDS:
        code, bound = _BOUNDS[kind]
        code = "study_negative_weight" if code == "study_below" and location[-1] == "weight" else code
        return code, {"value": _short(value), "limit": _short(context[bound])}
    if kind == "finite_number":
        return "study_not_finite", {"value": _short(value)}
    if kind == "literal_error":
        return _not_allowed(location, value)
    if kind == "string_pattern_mismatch" and ("population" in location or "margins" in location):
        return "study_bad_margin", {"value": _short(value)}
    if kind == "string_pattern_mismatch":
        part, known = _referred(location, document)
        if known:
            return "study_bad_reference", {"value": _short(value), "part": part, "known": listing(known)}
        return "study_bad_wave_id" if location[0] == "waves" else "study_bad_id", {"value": _short(value)}
    if kind == "string_too_long":
        return "study_too_long", {"value": _short(value), "limit": context["max_length"]}
    if kind == "too_short":
        return "study_list_too_short", {"key": location[-1], "limit": context["min_length"]}
    if kind.startswith("date") or kind == "value_error":
        return "study_bad_date", {"value": _short(value)}
    return _wrong_type(kind, location, value)


def _referred(location: Location, document: Document) -> tuple[str, list[str]]:
    """Return the part whose ids belong at ``location``, and some of those; none where it gives an id."""
    words = [key for key in location if isinstance(key, str)]
    part = _REFERENCES.get(words[-1], "") if len(location) > 1 else ""
    node = document.node((part,)) if part else None
    entries = node.plain() if node is not None else None
    ids = list(entries) if isinstance(entries, dict) else []
    if isinstance(entries, list):
        ids = [entry.get("id") for entry in entries if isinstance(entry, dict)]
    known = [name for name in ids if isinstance(name, str) and re.fullmatch(ID_PATTERN, name)]
    return part, known[:_SHOWN] + (["…"] if len(known) > _SHOWN else [])


def _missing(location: Location) -> tuple[str, dict[str, Any]]:
    *above, key = location
    model = _model_at(tuple(above))
    if model is Text:
        return "study_missing_language", {"key": key, "language": _words(f"study.language.{key}")}
    if "ends" in above:
        return "study_ends_shape", {}
    field = model.__name__ if model is not None else ""
    return "study_missing_key", {"key": key, "what": _words(f"schema.{field}.{_field_name(model, key)}")}


def _unknown(location: Location, document: Document) -> tuple[str, dict[str, Any]]:
    guess = _nearest_key(location, document)
    if guess is not None:
        return "study_unknown_key_near", {"key": location[-1], "guess": guess}
    allowed = listing(_keys(_model_at(location[:-1])))
    return "study_unknown_key", {"key": location[-1], "allowed": allowed}


def _nearest_key(location: Location, document: Document) -> str | None:
    """Return the key that was probably meant: known here, and not already given."""
    parent = document.node(location[:-1])
    given = set(parent.children) if parent is not None else set()
    free = [key for key in _keys(_model_at(location[:-1])) if key not in given]
    return next(iter(get_close_matches(str(location[-1]).lower(), free, 1, 0.6)), None)


def _not_allowed(location: Location, value: object) -> tuple[str, dict[str, Any]]:
    allowed = [str(choice) for choice in get_args(_type_at(location))]
    guess = next(iter(get_close_matches(str(value).lower(), allowed, 1, 0.6)), None)
    values = {"value": _short(value), "allowed": listing(allowed), "guess": guess}
    return "study_not_allowed_near" if guess else "study_not_allowed", values


def _wrong_type(kind: str, location: Location, value: object) -> tuple[str, dict[str, Any]]:
    if location[-1] == "[key]":
        return "study_code_not_whole", {"value": _short(value)}
    if kind == "model_type" and _model_at(location) is Text:
        return "study_text_without_languages", {"value": _short(value)}
    expected = _EXPECTED.get(kind.split("_")[0], "other")
    return "study_wrong_type", {
        "key": location[-1],
        "value": _short(value),
        "found": _words(f"study.kind.{_kind_of(value)}"),
        "expected": _words(f"study.kind.{expected}"),
    }


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "text"
    return "mapping" if isinstance(value, dict) else "list"


def _short(value: object) -> str:
    """Return a value in one line, cut where it is long."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _words(key: str) -> Mapping[str, str]:
    return catalogue("survey")[key]


def _keys(model: type[BaseModel] | None) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _field_name(model: type[BaseModel] | None, key: object) -> str:
    fields = model.model_fields if model else {}
    return next((name for name, field in fields.items() if field.alias == key), str(key))


def _model_at(location: Location) -> type[BaseModel] | None:
    found = _type_at(location)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _type_at(location: Location) -> Any:
    """Return the type that the model of a study declares at ``location``, without ``None``."""
    found: Any = Study
    for key in location:
        if isinstance(found, type) and issubclass(found, BaseModel):
            field = found.model_fields.get(_field_name(found, key))
            found = field.annotation if field is not None else None
        elif get_origin(found) is tuple:
            found = get_args(found)[0]
        else:
            found = get_args(found)[1] if len(get_args(found)) == 2 else None
        found = _without_none(found)
    return found


def _without_none(found: Any) -> Any:
    if get_origin(found) in (Union, types.UnionType):
        return next(choice for choice in get_args(found) if choice is not type(None))
    return found


def models_of(found: Any) -> dict[type[BaseModel], None]:
    """Return every model that a type is made of, in the order in which they are met."""
    models: dict[type[BaseModel], None] = {}
    waiting = [found]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, type) and issubclass(found, BaseModel) and found not in models:
            models[found] = None
            waiting += [field.annotation for field in found.model_fields.values()]
        else:
            waiting += [choice for choice in get_args(found) if choice is not found]
    return models
