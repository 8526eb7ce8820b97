"""study.yaml and back: the only way a study comes in from a file.

``load_study`` either returns a study in which every id is resolved, or raises with every problem of the
file at once, each with its line and key. The one thing a newcomer would get wrong: a study may carry
warnings and still be usable; ``examine`` returns both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from survey.canonical import digest_of
from survey.draft import draft
from survey.errors import Place, Problem, StudyProblems
from survey.os_reasons import os_reason
from survey.rules import broken_rules
from survey.schema import study_schema
from survey.shape import shape_problems
from survey.study import IndexNode, Study
from survey.yaml_lines import MAX_BYTES, read_yaml

__all__ = [
    "dump_study",
    "examine",
    "load_study",
    "parse_study",
    "read_study_text",
    "study_digest",
    "study_schema",
    "weight_digest",
]


def load_study(path: Path) -> Study:
    """Read a study file.

    Raises ``StudyProblems`` with every problem of the file; a file that is absent or not UTF-8 is a
    problem too.
    """
    return parse_study(read_study_text(path), str(path))


def parse_study(text: str, file: str) -> Study:
    """Read a study from ``text``; ``file`` is the name that problems give.

    Raises ``StudyProblems`` with every problem at once, in the order of the file.
    """
    study, problems = examine(text, file)
    errors = [problem for problem in problems if problem.severity == "error"]
    if study is None or errors:
        raise StudyProblems(errors)
    return study


def examine(text: str, file: str) -> tuple[Study | None, tuple[Problem, ...]]:
    """Return the study, or ``None`` where it has errors, and all errors and warnings by line."""
    try:
        document, problems = read_yaml(text, file)
    except StudyProblems as unreadable:
        return None, unreadable.problems
    if not isinstance(document.root.value, dict):
        return None, (*problems, Problem("study_not_mapping", document.place(())))
    found, errors = draft(document)
    problems += shape_problems(errors, document)
    problems += broken_rules(found, document)
    ordered = tuple(sorted(problems, key=lambda problem: problem.place.line or 0))
    failed = any(problem.severity == "error" for problem in ordered)
    return None if failed else found.study, ordered


def read_study_text(path: Path) -> str:
    """Return the text of a study file.

    Raises ``StudyProblems`` where there is no such file, it cannot be read, is too large or is not UTF-8.
    """
    file = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise StudyProblems([Problem("study_no_file", Place(file))]) from error
    except OSError as error:
        problem = Problem("study_unreadable", Place(file), {"reason": os_reason(error)})
        raise StudyProblems([problem]) from error
    if len(data) > MAX_BYTES:
        raise StudyProblems([Problem("study_too_large", Place(file), {"limit": MAX_BYTES // 1024**2})])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StudyProblems([Problem("study_not_utf8", Place(file, line))]) from error


def dump_study(study: Study) -> str:
    """Return a study file that reads back as an equal study. Defaults are left out."""
    document = study.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for scale in document["scales"].values():
        for part in {"labels", "blanks"} & set(scale):
            scale[part] = {int(code): entry for code, entry in scale[part].items()}
    text = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return str(text)


class _Dumper(yaml.SafeDumper):
    """Writes texts in both languages, and lists of plain values, on one line; no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _mapping(dumper: _Dumper, value: dict[Any, Any]) -> yaml.Node:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items())
    node.flow_style = set(value) == {"zh", "en"} and sum(map(len, value.values())) < 80
    return node


def _sequence(dumper: _Dumper, value: list[Any]) -> yaml.Node:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", value)
    node.flow_style = not any(isinstance(entry, (dict, list)) for entry in value)
    return node


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)


def study_digest(study: Study) -> str:
    """Return the SHA-256 of everything a study says, whatever its file looks like."""
    return digest_of(study.document())


def weight_digest(study: Study) -> str:
    """Return the SHA-256 of what turns answers into the index: tree, weights and roll-up.

    Names, wordings and the version of the index are left out: the same weights have the same digest.
    """
    index = study.index
    tree = [_weights(node) for node in index.children]
    return digest_of({"rollup": index.rollup, "min_answered": index.min_answered, "children": tree})


def _weights(node: IndexNode) -> Mapping[str, Any]:
    children = [_weights(child) for child in node.children]
    return {"id": node.id, "item": node.item, "weight": node.weight, "children": children}
