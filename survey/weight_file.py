"""A weight set as a YAML file that people read and edit, and back again without losing a digit.

The weights stand nested like the index tree, with the labels of the study as comments. A leaf is
``id: weight``; a branch has ``weight`` and ``children``. The file holds the digest of the set it was
written from: whoever edits a weight has another set, and is told so until the line is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from survey.definition import read_study_text
from survey.errors import Place, Problem, StudyProblems, WeightProblems
from survey.language import listing
from survey.study import Study
from survey.weight_fit import differences, misfits
from survey.weight_set import WeightMethod, WeightSet, node_id, nodes_of
from survey.yaml_lines import Document, Location, Node, read_yaml, resolve

_HEAD = """\
# 权重集。每个权重相对于同级节点。改动后请删去 digest 一行，存为新的一套：
# csat weights set 新名称 --from 本文件
# A weight set. Weights are relative to siblings; after a change delete the line digest, then save it as a
# new set: csat weights set NAME --from FILE.
"""
_REQUIRED = ("name", "method", "index", "weights")
_SIGNED = ("author", "date", "reason")
_KEYS = (*_REQUIRED, *_SIGNED, "parent", "digest", "evidence")
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class WeightFile:
    """What a file holds. ``digest`` is the one it states; ``intact`` tells whether it is that of the set."""

    weights: WeightSet
    digest: str | None
    place: Place

    @property
    def intact(self) -> bool:
        """Whether the file is a set as it was written."""
        return self.digest == self.weights.digest

    @property
    def edited(self) -> Problem | None:
        """What is to be said where the file states the digest of another set."""
        if self.digest is None or self.intact:
            return None
        return Problem("weights_file_edited", self.place, {"name": self.weights.name})


def dump_weights(weights: WeightSet, study: Study | None = None) -> str:
    """Return the file of a set, in the order and with the labels of ``study`` where it fits.

    Reading it back gives an equal set. Evidence must hold JSON values, whole numbers of at most 18 digits.
    """
    named = ("name", "method", "author", "date", "reason", "parent", "index")
    document = weights.model_dump(mode="json")
    head = {key: document[key] for key in named if document[key] is not None} | {"digest": weights.digest}
    parts = [_HEAD, _yaml(head), "weights:\n", *_tree(weights, _labels(study))]
    if document["evidence"]:
        parts.append(_yaml({"evidence": document["evidence"]}))
    return "".join(parts)


def _labels(study: Study | None) -> dict[str, str]:
    """Return what stands behind the nodes of a study, in the order of its tree."""
    found: dict[str, str] = {}
    for node, _ in nodes_of(study.index) if study is not None else ():
        label = node.label or (study.item_by_id[node.item].label if study and node.item else None)
        found[node_id(node)] = "" if label is None else " ".join(f"{label.zh} · {label.en}".split())
    return found


def _tree(weights: WeightSet, labels: Mapping[str, str]) -> Iterator[str]:
    ordered = sorted(weights.weights, key=lambda node: list(labels).index(node) if node in labels else 10**6)
    branches = set(weights.parents.values())

    def below(parent: str | None, indent: str) -> Iterator[str]:
        for node in ordered:
            if weights.parents.get(node) != parent:
                continue
            weight, said = (
                repr(float(weights.weights[node])),
                f"  # {labels[node]}" if labels.get(node) else "",
            )
            if node not in branches:
                yield f"{indent}{_scalar(node)}: {weight}{said}\n"
                continue
            yield f"{indent}{_scalar(node)}:{said}\n{indent}  weight: {weight}\n{indent}  children:\n"
            yield from below(node, indent + "    ")

    yield from below(None, "  ")


class _Dumper(yaml.SafeDumper):
    """Quotes every text that could be read as something else."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    plain = resolve(value) == value and value.isprintable() and value == value.strip()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def _yaml(value: Mapping[str, Any]) -> str:
    return str(yaml.dump(dict(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9))


def _scalar(text: str) -> str:
    return _yaml({text: 0}).rpartition(":")[0]


def read_weight_file(path: Path, study: Study) -> WeightFile:
    """Read a file and hold it against the index of ``study``.

    Raises ``WeightProblems`` with everything wrong in it, each with its line: keys, numbers, nodes that the
    index lacks, has elsewhere or weighs that the file does not. A digest that is another set's is no error
    here; see ``WeightFile.edited``.
    """
    try:
        text = read_study_text(path)
    except StudyProblems as error:
        raise WeightProblems(error.problems) from error
    return parse_weights(text, str(path), study)


def parse_weights(text: str, file: str, study: Study) -> WeightFile:
    """Read a set from ``text``; ``file`` is the name that problems give. See ``read_weight_file``."""
    try:
        document, problems = read_yaml(text, file)
    except StudyProblems as error:
        empty = [problem for problem in error.problems if problem.code == "study_empty_file"]
        nothing = [Problem("weights_file_keys", problem.place, _known()) for problem in empty]
        raise WeightProblems(nothing or error.problems) from error
    if not isinstance(document.root.value, dict):
        raise WeightProblems([*problems, Problem("weights_file_keys", document.place(()), _known())])
    reading = _Reading(document, list(problems))
    reading.keys()
    reading.nodes(("weights",), None)
    if reading.text("index") == study.index.id:
        reading.problems += differences(reading.places, reading.parents, study, reading.place)
    weights = reading.weights()
    if weights is not None:
        reading.problems += misfits(weights, study, reading.place)
    if weights is None or reading.problems:
        raise WeightProblems(sorted(reading.problems, key=lambda problem: problem.place.line or 0))
    return WeightFile(weights, reading.text("digest"), document.place(("digest",)))


def _known() -> dict[str, Any]:
    return {"known": listing(_KEYS)}


@dataclass(slots=True)
class _Reading:
    """One file being read: what was found so far, and where."""

    document: Document
    problems: list[Problem]
    found: dict[str, float] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)

    def place(self, node: str | None) -> Place:
        """Return where a node stands; the weights as a whole for ``None``."""
        return self.document.place(self.places.get(node or "", ("weights",)))

    def add(self, code: str, location: Location, **values: Any) -> None:
        self.problems.append(Problem(code, self.document.place(location), values))

    def keys(self) -> None:
        """Note keys that no set has, and those that one must have."""
        given = self.document.root.children
        for key in given:
            if key not in _KEYS:
                self.add("weights_file_key", (key,), key=key, **_known())
        own = self.text("method") == "study"
        for key in _REQUIRED if own else (*_REQUIRED, *_SIGNED):
            if key not in given or given[key].value is None:
                self.add("weights_file_missing", (key,), key=key)

    def nodes(self, location: Location, parent: str | None) -> None:
        """Read the children of one branch."""
        branch = self.document.node(location)
        if branch is None or branch.value is None:
            return
        if not isinstance(branch.value, dict) or not branch.children:
            self.add("weights_file_nodes", location)
            return
        for key, node in branch.children.items():
            self._node(str(key), node, (*location, key), parent)

    def _node(self, name: str, node: Node, location: Location, parent: str | None) -> None:
        if name in self.places:
            line = self.place(name).line
            self.add("weights_file_node_twice", location, node=name, line=line)
            return
        self.places[name] = location
        if parent is not None:
            self.parents[name] = parent
        if not isinstance(node.value, dict):
            self._weight(name, node, location)
            return
        for key in node.children:
            if key not in ("weight", "children"):
                self.add("weights_file_branch_key", (*location, key), key=key)
        own = node.child("weight")
        if own is None:
            self.add("weights_file_missing", (*location, "weight"), key="weight")
        else:
            self._weight(name, own, (*location, "weight"))
        self.nodes((*location, "children"), name)

    def _weight(self, name: str, node: Node, location: Location) -> None:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.add("weights_not_a_number", location, node=name, value=node.spelling or str(value))
        elif not isfinite(value):
            self.add("weights_not_finite", location, node=name, value=node.spelling or value)
        elif not 0 <= value <= _LARGEST:
            code = "weights_negative" if value < 0 else "weights_too_large"
            self.add(code, location, node=name, value=node.spelling or value)
        else:
            self.found[name] = float(value)

    def weights(self) -> WeightSet | None:
        """Return the set, or note what is wrong with its other parts."""
        if self.problems:
            return None
        evidence = self.document.node(("evidence",))
        parts: dict[str, Any] = {
            key: self.text(key) for key in (*_REQUIRED, *_SIGNED, "parent") if key != "weights"
        }
        parts |= {"weights": self.found, "parents": self.parents}
        parts["evidence"] = {} if evidence is None or evidence.value is None else evidence.plain()
        try:
            return WeightSet.model_validate(parts)
        except ValidationError as error:
            for wrong in error.errors():
                key = wrong["loc"][0] if wrong["loc"] else "name"
                values = {"key": key, "value": wrong["input"], "methods": listing(get_args(WeightMethod)[1:])}
                self.add("weights_file_value", (key,), **values)
            return None

    def text(self, key: str) -> str | None:
        """Return a part as text, as it is spelled: the name ``1.10`` is no number."""
        node = self.document.node((key,))
        if node is None or node.value is None:
            return None
        return str(node.value if node.spelling is None else node.spelling)


__all__ = ["WeightFile", "dump_weights", "parse_weights", "read_weight_file"]
