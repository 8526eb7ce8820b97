"""YAML that remembers where every key and value stood.

PyYAML loses the lines, keeps the last of two equal keys without a word and reads ``no`` as false. A
study is edited by people, so none of that may happen. Read as in YAML 1.2: only ``true`` and
``false`` are truth values, ``2026-01-01`` and ``007`` stay text. Every scalar keeps its spelling, so
that ``version: 1.10`` can still become the text "1.10" where a text belongs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

import yaml

from survey.errors import Place, Problem, StudyProblems
from survey.yaml_syntax import UNPRINTABLE, character_problems, syntax_problem

Key = str | int
Location = tuple[Key, ...]

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
MAX_NODES = 200_000

# libyaml parses ten times faster; the wheel has it wherever there is one.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")
_SPECIAL = {".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}


@dataclass(slots=True)
class Node:
    """A value with the line it starts on. ``spelling`` is the text of a plain scalar.

    ``children`` holds the nodes of a mapping or list by key or index, ``key_lines`` the lines of a
    mapping's keys. An alias is the same node once more.
    """

    value: Any
    line: int
    spelling: str | None = None
    children: dict[Key, Node] = field(default_factory=dict)
    key_lines: dict[Key, int] = field(default_factory=dict)
    size: int = 1

    def child(self, key: Key) -> Node | None:
        """Return what stands under ``key``; a code counts as the same key quoted or not."""
        return self.children.get(key, self.children.get(_other(key)))

    def key_line(self, key: Key) -> int | None:
        """Return the line of a mapping's key."""
        return self.key_lines.get(key, self.key_lines.get(_other(key)))

    def plain(self) -> Any:
        """Return plain Python values."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.children.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.children.values()]
        return self.value


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: its tree, and the lines of everything in it."""

    file: str
    root: Node

    def node(self, location: Location) -> Node | None:
        """Return the node at ``location``, or ``None`` where there is none."""
        node: Node | None = self.root
        for key in location:
            node = node.child(key) if node is not None else None
        return node

    def place(self, location: Location) -> Place:
        """Return file, line and key path of ``location``, or of the nearest thing above it that exists."""
        line, node = self.root.line, self.root
        for key in location:
            child = node.child(key)
            if child is None:
                break
            line = child.line if isinstance(child.value, Scalar) else node.key_line(key) or child.line
            node = child
        return Place(self.file, line, path_text(location) or None)


Scalar = (str, int, float, bool, type(None))


def _other(key: Key) -> Key:
    if isinstance(key, int):
        return str(key)
    return int(key) if _WHOLE.fullmatch(key) else key


def path_text(location: Location) -> str:
    """Return a location as people write it: ``items[3].scale``, ``scales.satisfaction.labels[10]``."""
    text = ""
    for key in location:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def read_yaml(text: str, file: str) -> tuple[Document, tuple[Problem, ...]]:
    """Read one YAML document.

    Returns the tree and the problems that leave the rest readable: keys given twice (the first one
    counts), tags, merge keys, unprintable characters.

    Raises ``StudyProblems`` where nothing can be read: bad syntax, tabs, nothing in the file, more than
    ``MAX_BYTES``, deeper than ``MAX_DEPTH``, more than ``MAX_NODES`` values once aliases are written out.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise StudyProblems([Problem("study_too_large", Place(file), {"limit": MAX_BYTES // 1024**2})])
    if problems := character_problems(text, file):
        raise StudyProblems(problems)
    builder = _Builder(file)
    try:
        root = builder.document(iter(yaml.parse(text, Loader=_Loader)))
    except yaml.YAMLError as error:
        raise StudyProblems([syntax_problem(error, text, file)]) from error
    if root is None or root.value is None:
        raise StudyProblems([Problem("study_empty_file", Place(file, 1))])
    return Document(file, root), tuple(builder.problems)


def resolve(spelling: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar.

    >>> [resolve(text) for text in ("no", "007", "3", "0.5", "2026-01-01", "true", "~")]
    ['no', '007', 3, 0.5, '2026-01-01', True, None]
    """
    if _NULL.fullmatch(spelling):
        return None
    if spelling in _TRUTH:
        return _TRUTH[spelling]
    if _WHOLE.fullmatch(spelling):
        return int(spelling)
    if _NUMBER.fullmatch(spelling):
        return float(spelling)
    return _SPECIAL.get(spelling.lower(), spelling)


class _Builder:
    """Makes nodes of parser events, and counts so that a small file cannot become a huge tree."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node | None] = {}

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._stop("study_second_document", event)
                root = self._value(next(events), events, 0)
        return root

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._stop("study_too_deep", event, limit=MAX_DEPTH)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if tag is not None:
            self._note("study_tag", event, tag=tag)
        if anchor is not None:
            self.anchors[anchor] = None
        node = self._filled(event, events, depth)
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def _filled(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, events, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, events, depth)
        return self._scalar(cast("yaml.ScalarEvent", event))

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        text: str = event.value
        if UNPRINTABLE.search(text):
            self._note("study_unprintable", event)
        if event.implicit[0]:
            return Node(resolve(text), _line(event), text)
        return Node(text, _line(event))

    def _sequence(self, start: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        node = Node([], _line(start))
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            child = self._value(event, events, depth + 1)
            node.children[len(node.children)] = child
            self._grow(node, child, event)
        return node

    def _mapping(self, start: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        node = Node({}, _line(start))
        spelled: dict[str, int] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(event, events, depth)
            child = self._value(next(events), events, depth + 1)
            self._grow(node, child, event)
            if key == "<<":
                self._note("study_merge_key", event)
            elif key is not None and str(key) in spelled:
                self._note("study_key_twice", event, key=key, first=spelled[str(key)])
            elif key is not None:
                spelled[str(key)] = node.key_lines[key] = _line(event)
                node.children[key] = child
        return node

    def _key(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Key | None:
        node = self._value(event, events, depth + 1)
        if not isinstance(node.value, Scalar):
            self._note("study_key_not_text", event)
            return None
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return node.value
        return str(node.value) if node.spelling is None else node.spelling

    def _alias(self, event: yaml.AliasEvent) -> Node:
        name = str(event.anchor)
        node = self.anchors.get(name)
        if node is None:
            code = "study_alias_circle" if name in self.anchors else "study_alias_unknown"
            self._stop(code, event, name=name)
        return node

    def _grow(self, node: Node, child: Node, event: yaml.Event) -> None:
        node.size += child.size
        if node.size > MAX_NODES:
            self._stop("study_too_many_values", event, limit=MAX_NODES)

    def _problem(self, code: str, event: yaml.Event, values: Mapping[str, Any]) -> Problem:
        return Problem(code, Place(self.file, _line(event)), values)

    def _note(self, code: str, event: yaml.Event, **values: object) -> None:
        self.problems.append(self._problem(code, event, values))

    def _stop(self, code: str, event: yaml.Event, **values: object) -> NoReturn:
        raise StudyProblems([*self.problems, self._problem(code, event, values)])


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 1
