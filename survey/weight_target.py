"""How important every item of the index is meant to be: a YAML file or words on a command line.

    fault_handling: 3
    billing: 1

Only ratios matter. Every item of the index stands there once, because an item left out could as well be
meant to matter nothing as to matter like the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from survey.definition import read_study_text
from survey.errors import Place, Problem, StudyProblems, WeightProblems
from survey.language import listing
from survey.study import Study
from survey.weight_set import node_id
from survey.yaml_lines import read_yaml


def read_target(path: Path, study: Study) -> dict[str, float]:
    """Read a target of importance from a file: leaf id -> number, 0 or more.

    Raises ``WeightProblems`` with everything wrong in it, each with its line.
    """
    try:
        document, problems = read_yaml(read_study_text(path), str(path))
    except StudyProblems as error:
        raise WeightProblems(error.problems) from error
    if not isinstance(document.root.value, dict):
        raise WeightProblems([*problems, Problem("target_form", document.place(()))])
    given = {str(key): (node.value, document.place((key,))) for key, node in document.root.children.items()}
    return _checked(given, study, document.place(()), list(problems))


def parse_target(text: str, study: Study, place: Place) -> dict[str, float]:
    """Read a target written as ``item=3,other=1``; ``place`` says where it was written.

    Raises ``WeightProblems`` with everything wrong in it.
    """
    given: dict[str, tuple[object, Place]] = {}
    problems = []
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or name in given:
            problems.append(Problem("target_form", place))
            continue
        try:
            given[name] = (float(number), place)
        except ValueError:
            given[name] = (number, place)
    return _checked(given, study, place, problems)


def _checked(
    given: Mapping[str, tuple[object, Place]], study: Study, place: Place, problems: list[Problem]
) -> dict[str, float]:
    leaves = [node_id(leaf) for leaf in study.index.leaves()]
    found: dict[str, float] = {}
    for name, (value, where) in given.items():
        problems += _wrong(name, value, where, leaves)
        if isinstance(value, (int, float)):
            found[name] = float(value)
    if missing := [leaf for leaf in leaves if leaf not in given]:
        problems.append(Problem("target_missing", place, {"items": listing(missing)}))
    if not problems and not sum(found.values()) > 0:
        problems.append(Problem("target_nothing", place))
    if problems:
        raise WeightProblems(sorted(problems, key=lambda problem: problem.place.line or 0))
    return found


def _wrong(name: str, value: object, place: Place, leaves: list[str]) -> Iterator[Problem]:
    if name not in leaves:
        near = get_close_matches(name, leaves, n=1)
        code = "target_unknown_near" if near else "target_unknown"
        yield Problem(code, place, {"name": name, "known": listing(leaves), "guess": "".join(near)})
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not isfinite(float(str(value))) or float(str(value)) < 0:
        yield Problem("target_number", place, {"name": name, "value": value})
