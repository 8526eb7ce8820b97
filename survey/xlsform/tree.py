"""A study document that grows from cells, and remembers the cell of every value.

It serves the rules of ``definition`` as a study file does; only its places are sheets and cells instead of
lines and keys. A blank cell has a place too: what is missing is reported there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from survey.cells import CellValue, raw_text
from survey.errors import Place, Problem
from survey.language import LANGUAGES, Language
from survey.wording import tidy
from survey.xlsform.sheets import FormRow
from survey.xlsform.tables import Field
from survey.yaml_lines import Document, Key, Location, Node

_BETWEEN = re.compile(r"[\s,，、;；|]+")
_LISTED = re.compile(r"[;；]+")
_YES = frozenset({"yes", "y", "true", "1", "是"})
_NO = frozenset({"no", "n", "false", "0", "否"})


@dataclass(frozen=True, slots=True)
class SheetDocument(Document):
    """A document whose parts stand in cells."""

    cells: Mapping[Location, Place]

    def place(self, location: Location) -> Place:
        """Return the cell of ``location``, or of the nearest thing above it that has one."""
        for depth in range(len(location), -1, -1):
            if (found := self.cells.get(location[:depth])) is not None:
                return found
        return Place(self.file)


class Tree:
    """Builds the document; containers come before what they hold."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root = Node({}, 1)
        self.cells: dict[Location, Place] = {}
        self.problems: list[Problem] = []

    def document(self) -> SheetDocument:
        """Return what was built."""
        return SheetDocument(self.file, self.root, self.cells)

    def note(self, code: str, place: Place, /, **values: object) -> None:
        """Note a problem at a cell."""
        self.problems.append(Problem(code, place, values))

    def mapping(self, location: Location, place: Place) -> Node:
        """Return the mapping at ``location``, made there if it is new."""
        return self._container(location, place, {})

    def entry(self, location: Location, place: Place) -> Location:
        """Add an empty mapping to the list at ``location`` and return where it stands."""
        number = len(self._container(location, place, []).children)
        self.mapping((*location, number), place)
        return (*location, number)

    def add(self, location: Location, value: CellValue, place: Place) -> None:
        """Add a value to the list at ``location``."""
        number = len(self._container(location, place, []).children)
        self.scalar((*location, number), value, place)

    def scalar(self, location: Location, value: CellValue | None, place: Place) -> None:
        """Put the value of one cell at ``location``; a blank leaves only its place."""
        self.cells[location] = place
        if value is None:
            return
        if isinstance(value, datetime):
            node = Node(raw_text(value), place.line or 1)
        elif isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            node = Node(int(value), place.line or 1, str(int(value)))
        elif isinstance(value, (bool, int, float)):
            node = Node(value, place.line or 1, raw_text(value))
        else:
            node = Node(str(value), place.line or 1)
        self._holder(location).children[location[-1]] = node

    def field(self, location: Location, row: FormRow, field: Field, key: str | None = None) -> None:
        """Put one field of a row under ``location``, as ``key`` where that differs from its header."""
        target: Location = (*location, key or field.key)
        match field.form:
            case "text":
                self._text(target, row, field)
            case "names":
                self._names(target, row.get(field.key), row.place(field.key), _BETWEEN)
            case "list":
                self._names(target, row.get(field.key), row.place(field.key), _LISTED)
            case "flag":
                self._flag(target, row, field.key)
            case _:
                self.scalar(target, row.get(field.key), row.place(field.key))

    def text(
        self, location: Location, values: Mapping[Language, CellValue | None], row: FormRow, key: str
    ) -> None:
        """Put a text at ``location``; nothing where both languages are blank."""
        self.cells[location] = row.text_place(key, "zh")
        if any(value is not None for value in values.values()):
            self.mapping(location, row.text_place(key, "zh"))
        for language in LANGUAGES:
            self.scalar((*location, language), values[language], row.text_place(key, language))

    def _text(self, location: Location, row: FormRow, field: Field) -> None:
        self.text(location, {tag: row.text(field.key, tag) for tag in LANGUAGES}, row, field.key)

    def _names(
        self, location: Location, value: CellValue | None, place: Place, between: re.Pattern[str]
    ) -> None:
        self.cells[location] = place
        for name in between.split(tidy(raw_text(value))):
            if name.strip():
                self.add(location, name.strip(), place)

    def _flag(self, location: Location, row: FormRow, header: str) -> None:
        word = row.word(header).casefold()
        self.cells[location] = row.place(header)
        if word in _YES:
            self.scalar(location, True, row.place(header))
        elif word and word not in _NO:
            self.note("form_flag", row.place(header), header=header, value=word)

    def _container(self, location: Location, place: Place, empty: dict[str, object] | list[object]) -> Node:
        if not location:
            return self.root
        self.cells.setdefault(location, place)
        children = self._holder(location).children
        return children.setdefault(location[-1], Node(empty, place.line or 1))

    def _holder(self, location: Location) -> Node:
        node = self.root
        for key in location[:-1]:
            node = node.children[key]
        return node

    def has(self, *location: Key) -> bool:
        """Whether something stands at ``location``."""
        node: Node | None = self.root
        for key in location:
            node = node.children.get(key) if node is not None else None
        return node is not None
