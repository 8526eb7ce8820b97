"""What somebody decided about exports of one layout: which column is what, and what its numbers mean.

The decisions stand in ``mappings/<layout>.yaml`` of a project, one file per layout, which an import keeps
and a person may edit. They come before whatever headers say by themselves, and contradict them only on
purpose: a decision that no longer fits the study is a problem, never ignored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from survey.canonical import digest_of
from survey.errors import ImportProblems, Problem, StudyProblems
from survey.language import listing
from survey.layouts.export import ExportColumn
from survey.mapping import HeaderIndex
from survey.wording import matching
from survey.yaml_lines import Document, read_yaml

NumbersMean = Literal["codes", "low-first", "high-first"]
NUMBERS: tuple[str, ...] = get_args(NumbersMean)
LEFT_OUT = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one column is.

    Attributes
    ----------
    header : the header as it stood; compared in the form ``wording.matching``.
    key : the platform's id of the column, which counts before the header.
    target : id of a part of the study, or ``LEFT_OUT``.
    options : position in the platform's list of options -> code, where numbers are positions.
    """

    header: str
    target: str
    key: str | None = None
    options: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions about one layout. ``absent`` are items and columns that exports of it do not have."""

    layout: str
    numbers: NumbersMean | None = None
    columns: tuple[Decision, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The SHA-256 of everything decided."""
        return digest_of(_document(self))

    def about(self, columns: Iterable[ExportColumn]) -> dict[int, Decision]:
        """Return what was decided about each column, by its number: by its key, else by its header.

        Where a header repeats, the first decision about it is that of its first column, and so on.
        """
        by_key = {decision.key: decision for decision in self.columns if decision.key is not None}
        by_form: dict[str, list[Decision]] = {}
        for decision in self.columns:
            by_form.setdefault(matching(decision.header), []).append(decision)
        seen: Counter[str] = Counter()
        found: dict[int, Decision] = {}
        for column in columns:
            form = matching(column.header)
            named = by_form.get(form, [])[seen[form] :]
            seen[form] += 1
            if column.key in by_key:
                found[column.column] = by_key[column.key]
            elif named and (named[0].key is None or column.key is None):
                found[column.column] = named[0]
        return found

    def settled(self, columns: Iterable[ExportColumn], targets: Mapping[int, str]) -> Decisions:
        """Return decisions about all ``columns`` that have a target; what was decided before stays.

        Decisions about columns that are not among these stay too, behind the others.
        """
        columns = list(columns)
        known = self.about(columns)
        placed = [
            known.get(column.column) or Decision(column.header, targets[column.column], column.key)
            for column in columns
            if column.column in known or column.column in targets
        ]
        return replace(self, columns=(*placed, *(d for d in self.columns if d not in placed)))


def decisions_file(folder: Path, layout: str) -> Path:
    """Return where the decisions about ``layout`` stand in a project folder."""
    return folder / "mappings" / f"{layout}.yaml"


def read_decisions(text: str, file: str, layout: str, index: HeaderIndex) -> Decisions:
    """Read decisions that a person may have edited.

    Raises ``ImportProblems`` with every problem of the file, each with its line.
    """
    try:
        document, problems = read_yaml(text, file)
    except StudyProblems as error:
        raise ImportProblems(error.problems) from error
    reader = _Reader(document, index, [*problems])
    found = reader.read(layout)
    if any(problem.severity == "error" for problem in reader.problems):
        raise ImportProblems(reader.problems)
    return found


def write_decisions(decisions: Decisions, heading: str) -> str:
    """Return the text of a file that reads back as equal decisions; ``heading`` explains it to people."""
    comment = "".join(f"# {line}\n" for line in heading.strip().splitlines())
    document = _document(decisions)
    columns = document.pop("columns")
    body = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    rows = "".join(f"  - {_flow(column)}\n" for column in columns)
    return f"{comment}{body}columns:{' []' if not rows else ''}\n{rows}"


def _flow(column: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(column, allow_unicode=True, sort_keys=False, default_flow_style=True, width=1 << 20)
    return str(text).strip()


def _document(decisions: Decisions) -> dict[str, Any]:
    document: dict[str, Any] = {"layout": decisions.layout}
    if decisions.numbers is not None:
        document["numbers"] = decisions.numbers
    if decisions.absent:
        document["absent"] = list(decisions.absent)
    document["columns"] = [
        {"header": decision.header}
        | ({"key": decision.key} if decision.key is not None else {})
        | {"is": decision.target}
        | ({"options": dict(decision.options)} if decision.options else {})
        for decision in decisions.columns
    ]
    return document


class _Reader:
    """Takes a document apart, noting what does not fit."""

    def __init__(self, document: Document, index: HeaderIndex, problems: list[Problem]) -> None:
        self.document, self.index, self.problems = document, index, problems

    def read(self, layout: str) -> Decisions:
        plain = self.document.root.plain()
        if not isinstance(plain, dict):
            self._problem("mapping_not_mapping", ())
            return Decisions(layout)
        for key in plain.keys() - {"layout", "numbers", "absent", "columns"}:
            allowed = listing(("layout", "numbers", "absent", "columns"))
            self._problem("mapping_key", (key,), key=key, allowed=allowed)
        if plain.get("layout", layout) != layout:
            self._problem("mapping_layout", ("layout",), value=plain["layout"], layout=layout)
        numbers = plain.get("numbers")
        if numbers is not None and numbers not in NUMBERS:
            self._problem("mapping_numbers", ("numbers",), value=numbers, allowed=listing(NUMBERS))
            numbers = None
        absent = tuple(self._absent(plain.get("absent")))
        columns = [self._column(n, entry) for n, entry in enumerate(self._list(plain.get("columns")))]
        return Decisions(layout, numbers, tuple(d for d in columns if d is not None), absent)

    def _problem(self, code: str, location: tuple[str | int, ...], **values: Any) -> None:
        self.problems.append(Problem(code, self.document.place(location), values))

    def _list(self, value: object) -> list[Any]:
        if isinstance(value, list):
            return value
        if value is not None:
            self._problem("mapping_list", ("columns",))
        return []

    def _absent(self, value: object) -> Iterable[str]:
        for n, name in enumerate(value if isinstance(value, list) else []):
            if self._known(name, ("absent", n)):
                yield name
        if value is not None and not isinstance(value, list):
            self._problem("mapping_list", ("absent",))

    def _known(self, name: object, location: tuple[str | int, ...]) -> bool:
        if isinstance(name, str) and name in self.index.by_id:
            return True
        self._problem("mapping_target", location, value=name, none=LEFT_OUT)
        return False

    def _column(self, n: int, entry: object) -> Decision | None:
        location = ("columns", n)
        if not isinstance(entry, dict) or not isinstance(entry.get("header"), str):
            self._problem("mapping_column", location)
            return None
        for key in entry.keys() - {"header", "key", "is", "options"}:
            allowed = listing(("header", "key", "is", "options"))
            self._problem("mapping_key", (*location, key), key=key, allowed=allowed)
        target = entry.get("is")
        if target is None:
            self._problem("mapping_undecided", location, header=entry["header"], none=LEFT_OUT)
            return None
        if target != LEFT_OUT and not self._known(target, (*location, "is")):
            return None
        key = entry.get("key")
        return Decision(entry["header"], target, None if key is None else str(key), self._options(n, entry))

    def _options(self, n: int, entry: Mapping[Any, Any]) -> Mapping[int, int] | None:
        options = entry.get("options")
        if options is None:
            return None
        if isinstance(options, dict) and all(
            type(number) is int for pair in options.items() for number in pair
        ):
            return dict(options)
        self._problem("mapping_options", ("columns", n, "options"))
        return None
