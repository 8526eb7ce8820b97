"""The JSON schema of study.yaml, for editors that complete and check while people type.

The model gives the structure and the catalogue the words (``schema.Item.scale``), in either language. The
schema is a help, not the law: what it lets pass, ``definition`` still checks.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from survey.language import Language, catalogue
from survey.shape import models_of
from survey.study import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def study_schema(language: Language = "en") -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a study file, described in ``language``."""
    schema = Study.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs")
    words = catalogue("survey")
    for model in models_of(Study):
        _describe(model, schema if model is Study else definitions[model.__name__], language)
    leaf = {"type": "string", "description": words("schema.IndexNode.leaf", language)}
    for holder in (definitions["Index"], definitions["IndexNode"]):
        children = holder["properties"]["children"]
        children["items"] = {"anyOf": [children["items"], leaf]}
    _read_spellings(schema)
    for definition in definitions.values():
        _read_spellings(definition)
    return {"$schema": DIALECT, **schema, "$defs": definitions}


def _describe(model: type[BaseModel], part: dict[str, Any], language: Language) -> None:
    """Put the catalogue's words on a model and its keys, and drop what pydantic made up."""
    words = catalogue("survey")
    part["title"] = model.__name__
    part["description"] = words(f"schema.{model.__name__}", language)
    for name, field in model.model_fields.items():
        entry = part["properties"][field.alias or name]
        entry.pop("title", None)
        entry["description"] = words(f"schema.{model.__name__}.{name}", language)
        if entry.get("default", 0) is None:
            del entry["default"]


def _read_spellings(part: dict[str, Any]) -> None:
    """Allow numbers where a text is read as it is spelled: ``id: 2004``, ``version: 1.0``."""
    for entry in part["properties"].values():
        if entry.get("type") == "string" and "format" not in entry and "enum" not in entry:
            entry["type"] = ["string", "number"]
