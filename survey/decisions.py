"""What somebody decided about exports of one layout: which column is what, and what its numbers mean.

The decisions stand in ``mappings/<layout>.yaml`` of a project, one file per layout, which an import keeps
and a person may edit. They come before whatever headers say by themselves, and contradict them only on
purpose: a decision that no longer fits the study is a problem, never ignored.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from survey.canonical import digest_of
from survey.errors import ImportProblems, Problem, StudyProblems
from survey.language import listing
from survey.layouts.export import ExportColumn
from survey.mapping import HeaderIndex
from survey.questions import ChoiceQuestion, Column, Item
from survey.study import Study
from survey.wording import matching
from survey.yaml_lines import Document, Location, Scalar, read_yaml
from survey.yaml_syntax import UNPRINTABLE

NumbersMean = Literal["codes", "low-first", "high-first"]
Meaning = int | str | bool
NUMBERS: tuple[str, ...] = get_args(NumbersMean)
LEFT_OUT = "none"
_BREAKS = re.compile("[\n\r\t\x85\u2028\u2029\ufeff]")
_KEYS = ("layout", "numbers", "sheet", "chosen", "absent", "columns")


@dataclass(frozen=True, slots=True)
class Decision:
    """What one column is.

    Attributes
    ----------
    header : the header as it stood; compared in the form ``wording.matching``.
    key : the platform's id of the column, which counts before the header.
    target : id of a part of the study, or ``LEFT_OUT``.
    options : position in the platform's list of options -> what it means, where numbers are positions: a code
        of an item or a choice question, the value of a category, whether a flag is set.
    """

    header: str
    target: str
    key: str | None = None
    options: Mapping[int, Meaning] | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions about one layout.

    ``absent`` are items and columns that exports of it do not have. ``sheet`` is the sheet to read where
    several fit equally well. ``chosen`` says that sheets which are exports of other platforms too are of
    this one.
    """

    layout: str
    numbers: NumbersMean | None = None
    columns: tuple[Decision, ...] = ()
    absent: tuple[str, ...] = ()
    sheet: str | None = None
    chosen: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256 of everything decided."""
        return digest_of(_document(self))

    def without(self, not_asked: Iterable[str]) -> Decisions:
        """Return the decisions with ``not_asked`` among the parts that exports do not have."""
        return replace(self, absent=tuple(dict.fromkeys((*self.absent, *not_asked))))

    def about(self, columns: Iterable[ExportColumn]) -> dict[int, Decision]:
        """Return what was decided about each column, by its number: by its key, else by its header.

        Where a header repeats, the first decision about it is that of its first column, and so on.
        """
        by_key = {_written(d.key): d for d in self.columns if d.key is not None}
        by_form: dict[str, list[Decision]] = {}
        for decision in self.columns:
            by_form.setdefault(matching(_written(decision.header)), []).append(decision)
        seen: Counter[str] = Counter()
        found: dict[int, Decision] = {}
        for column in columns:
            form = matching(_written(column.header))
            named = by_form.get(form, [])[seen[form] :]
            seen[form] += 1
            if column.key is not None and _written(column.key) in by_key:
                found[column.column] = by_key[_written(column.key)]
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


def decision_line(decision: Decision) -> str:
    """Return a decision as it stands below ``columns``: ``- {header: …, is: …}``."""
    return f"- {_flow(_column(decision))}"


def _flow(column: Mapping[str, Any]) -> str:
    text = yaml.dump(
        column, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=True, width=1 << 20
    )
    return str(text).strip()


class _Dumper(yaml.SafeDumper):
    """Writes line breaks of every kind as escapes: YAML folds them between quotation marks."""


def _one_line(dumper: _Dumper, text: str) -> yaml.Node:
    style = '"' if _BREAKS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _one_line)


def _document(decisions: Decisions) -> dict[str, Any]:
    document: dict[str, Any] = {"layout": decisions.layout}
    if decisions.numbers is not None:
        document["numbers"] = decisions.numbers
    if decisions.sheet is not None:
        document["sheet"] = _written(decisions.sheet)
    if decisions.chosen:
        document["chosen"] = True
    if decisions.absent:
        document["absent"] = list(decisions.absent)
    document["columns"] = [_column(decision) for decision in decisions.columns]
    return document


def _column(decision: Decision) -> dict[str, Any]:
    return (
        {"header": _written(decision.header)}
        | ({"key": _written(decision.key)} if decision.key is not None else {})
        | {"is": decision.target}
        | ({"options": dict(decision.options)} if decision.options is not None else {})
    )


def _written(text: str) -> str:
    """Return a header without the characters that no file of decisions may hold."""
    return UNPRINTABLE.sub("", text)


class _Reader:
    """Takes a document apart, noting what does not fit."""

    def __init__(self, document: Document, index: HeaderIndex, problems: list[Problem]) -> None:
        self.document, self.index, self.problems = document, index, problems

    def read(self, layout: str) -> Decisions:
        plain = self.document.root.plain()
        if not isinstance(plain, dict):
            self._problem("mapping_not_mapping", ())
            return Decisions(layout)
        for key in plain.keys() - set(_KEYS):
            self._problem("mapping_key", (key,), key=key, allowed=listing(_KEYS))
        if plain.get("layout", layout) != layout:
            self._problem("mapping_layout", ("layout",), value=plain["layout"], layout=layout)
        numbers = plain.get("numbers")
        if numbers is not None and numbers not in NUMBERS:
            self._problem("mapping_numbers", ("numbers",), value=numbers, allowed=listing(NUMBERS))
            numbers = None
        absent = tuple(self._absent(plain.get("absent")))
        columns = [self._column(n, entry) for n, entry in enumerate(self._list(plain.get("columns")))]
        self._once(columns)
        decided = tuple(d for d in columns if d is not None)
        return Decisions(layout, numbers, decided, absent, self._sheet(), plain.get("chosen") is True)

    def _sheet(self) -> str | None:
        """Return the name of the sheet, as it is spelled: one may be called 1."""
        node = self.document.node(("sheet",))
        if node is None or node.value is None:
            return None
        return node.value if isinstance(node.value, str) else node.spelling

    def _problem(self, code: str, location: Location, **values: Any) -> None:
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

    def _known(self, name: object, location: Location) -> bool:
        if isinstance(name, str) and name in self.index.by_id:
            return True
        self._problem("mapping_target", location, value=name, none=LEFT_OUT)
        return False

    def _column(self, n: int, entry: object) -> Decision | None:
        location: Location = ("columns", n)
        header = self._text((*location, "header"))
        if not isinstance(entry, dict) or header is None:
            self._problem("mapping_column", location)
            return None
        for key in entry.keys() - {"header", "key", "is", "options"}:
            allowed = listing(("header", "key", "is", "options"))
            self._problem("mapping_key", (*location, key), key=key, allowed=allowed)
        target = self._text((*location, "is"))
        if target is None:
            self._problem("mapping_undecided", location, header=header, none=LEFT_OUT)
            return None
        if target != LEFT_OUT and not self._known(target, (*location, "is")):
            return None
        options = self._options((*location, "options"), target, entry.get("options"))
        return Decision(header, target, self._text((*location, "key")), options)

    def _text(self, location: Location) -> str | None:
        """Return a text as it is spelled: a header may look like a number."""
        node = self.document.node(location)
        if node is None or node.value is None or not isinstance(node.value, Scalar):
            return None
        return str(node.value) if node.spelling is None else node.spelling

    def _options(self, location: Location, target: str, options: object) -> Mapping[int, Meaning] | None:
        if options is None:
            return None
        if not isinstance(options, dict) or not all(type(position) is int for position in options):
            self._problem("mapping_options", location)
            return None
        admitted = _meanings(self.index.study.part_by_id.get(target), self.index.study)
        if admitted is None:
            self._problem("mapping_options_unused", location, target=target)
            return None
        found: dict[int, Meaning] = {}
        for position, value in options.items():
            known = admitted.get(str(self._text((*location, position))))
            if known is None:
                about = {"value": value, "target": target, "admitted": listing(admitted)}
                self._problem("mapping_option", (*location, position), **about)
            else:
                found[position] = known
        return found

    def _once(self, columns: Sequence[Decision | None]) -> None:
        """Note every key about which another decision stands already."""
        known: dict[str, int] = {}
        for n, decision in enumerate(columns):
            if decision is None or decision.key is None:
                continue
            if known.setdefault(decision.key, n) != n:
                place = self.document.place(("columns", known[decision.key]))
                about = {"header": decision.header, "key": decision.key, "line": place.line}
                self._problem("mapping_twice", ("columns", n), **about)


def _meanings(part: object, study: Study) -> dict[str, Meaning] | None:
    """Return what a position may mean, by how it is written; ``None`` where a part has no list of options."""
    values: Iterable[Meaning]
    if isinstance(part, Item):
        scale = study.scale_of(part.id)
        values = [*scale.codes, *scale.blanks]
    elif isinstance(part, ChoiceQuestion):
        values = [option.code for option in part.options]
    elif isinstance(part, Column) and part.kind == "flag":
        return {"true": True, "false": False}
    elif isinstance(part, Column) and part.categories:
        values = [category.value for category in part.categories]
    else:
        return None
    return {str(value): value for value in values}
