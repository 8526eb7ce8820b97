"""The sheets beside the questionnaire: facts, lists, scales, the index, population and aliases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from survey.cells import CellValue
from survey.language import LANGUAGES, Language, listing
from survey.wording import number_in, tidy
from survey.xlsform import tables
from survey.xlsform.sheets import FormRow
from survey.xlsform.tables import Field, Table
from survey.xlsform.tree import Tree
from survey.yaml_lines import Location

OWN: tuple[Table, ...] = (
    tables.STUDY,
    tables.SCALES,
    tables.CODES,
    tables.CATEGORIES,
    tables.INDEX,
    tables.POPULATION,
    tables.DRIVERS,
    tables.STRATA,
    tables.COSTS,
    tables.ALIASES,
)
_LABEL = Field("label", "text")
_PARTS: Mapping[str, str] = {
    "item": "items",
    "choice_question": "choice_questions",
    "open_question": "open_questions",
    "column": "columns",
    "option": "choice_questions",
    "category": "columns",
}


class Choices:
    """The rows of ``choices`` by list, and which lists were asked for."""

    def __init__(self, rows: Iterable[FormRow]) -> None:
        self.lists: dict[str, list[FormRow]] = {}
        self.used: set[str] = set()
        for row in rows:
            self.lists.setdefault(row.word("list_name"), []).append(row)

    def take(self, name: str) -> list[FormRow]:
        """Return the rows of a list, none where there is no such list."""
        self.used.add(name)
        return self.lists.get(name, [])

    def note_unused(self, tree: Tree) -> None:
        """Note every list that nothing names: its rows would be lost."""
        for name, rows in self.lists.items():
            if name not in self.used:
                tree.note("form_list_unused", rows[0].place("list_name"), name=name)


def code_in(row: FormRow, header: str, tree: Tree) -> int | None:
    """Return the whole number under ``header``; note what is none."""
    value: CellValue | None = row.get(header)
    found = number_in(tidy(value)) if isinstance(value, str) else value
    if isinstance(found, (int, float)) and not isinstance(found, bool) and found == int(found):
        return int(found)
    tree.note("form_code", row.place(header), header=header, value=row.word(header))
    return None


def read_study(rows: Sequence[FormRow], tree: Tree) -> None:
    """Read what stands once in a study."""
    seen: set[str] = set()
    for row in rows:
        key = row.word("key")
        if key not in tables.FACTS:
            guess = next(iter(get_close_matches(key, list(tables.FACTS), 1, 0.6)), None)
            code = "form_key_near" if guess else "form_key"
            tree.note(code, row.place("key"), key=key, known=listing(tables.FACTS), guess=guess)
        elif key in seen:
            tree.note("form_key_twice", row.place("key"), key=key)
        else:
            seen.add(key)
            _read_fact(row, key, tree)


def _read_fact(row: FormRow, key: str, tree: Tree) -> None:
    *above, last = key.split(".")
    location: Location = tuple(above)
    values = {tag: row.get(tables.TAGS[tag]) for tag in LANGUAGES}
    if tables.FACTS[key] == "text":
        tree.cells[(*location, last)] = row.place(tables.TAGS["zh"])
        if any(value is not None for value in values.values()):
            tree.mapping(location, row.place())
            tree.mapping((*location, last), row.place(tables.TAGS["zh"]))
            for tag in LANGUAGES:
                tree.scalar((*location, last, tag), values[tag], row.place(tables.TAGS[tag]))
    else:
        tree.cells[(*location, last)] = row.place("value")
        if row.get("value") is not None:
            tree.mapping(location, row.place())
            tree.field(location, row, Field("value", tables.FACTS[key]), last)


def read_plain(rows: Mapping[str, Sequence[FormRow]], tree: Tree) -> None:
    """Read the sheets whose rows are entries of a list."""
    for table in tables.PLAIN:
        *above, _ = table.path
        for row in rows[table.sheet]:
            if above:
                tree.mapping(tuple(above), row.place())
            location = tree.entry(table.path, row.place())
            for field in table.fields:
                tree.field(location, row, field)


def read_categories(
    rows: Sequence[FormRow], columns: Sequence[FormRow], choices: Choices, tree: Tree
) -> None:
    """Read the categories of columns: those that are asked name a list, all others have ``rows``."""
    known = {row.word("id"): number for number, row in enumerate(columns)}
    for row in rows:
        if (name := row.word("column")) not in known:
            tree.note("form_column_undeclared", row.place("column"), name=name)
            continue
        location = tree.entry(("columns", known[name], "categories"), row.place())
        tree.field(location, row, Field("value"))
        tree.field(location, row, _LABEL)
    for number, row in enumerate(columns):
        name = row.word("list")
        if not name:
            continue
        if name not in choices.lists:
            tree.note("form_list_absent", row.place("list"), name=name)
        for choice in choices.take(name):
            location = tree.entry(("columns", number, "categories"), choice.place())
            tree.scalar((*location, "value"), choice.get("name"), choice.place("name"))
            tree.field(location, choice, _LABEL)


def read_scales(rows: Sequence[FormRow], codes: Sequence[FormRow], choices: Choices, tree: Tree) -> None:
    """Read the scales with their codes, those of the form and those of data alone."""
    for row in rows:
        name = row.word("id")
        if not name or tree.has("scales", name):
            tree.note("form_scale_twice" if name else "form_scale_unnamed", row.place("id"), name=name)
            continue
        tree.mapping(("scales",), row.place())
        tree.mapping(("scales", name), row.place("id"))
        tree.cells[("scales", name, "ends")] = row.place("low")
        for header in ("low", "high"):
            if (end := row.get(header)) is not None:
                tree.add(("scales", name, "ends"), end, row.place(header))
        tree.field(("scales", name), row, Field("unit", "text"))
        _read_codes(name, choices.take(name), tree)
    for row in codes:
        name = row.word("scale")
        if tree.has("scales", name):
            _read_code(name, row, "", tree, "code")
        else:
            tree.note("form_scale_unknown", row.place("scale"), name=name)


def _read_codes(name: str, rows: Sequence[FormRow], tree: Tree) -> None:
    """Read the choices of a scale; where only some have a wording, the code stands before it."""
    partial = any(_numeral(row) for row in rows if not row.word("missing"))
    for row in rows:
        if not _numeral(row) or row.word("missing"):
            _read_code(name, row, f"{row.word('name')} " if partial else "", tree, "name")


def _numeral(row: FormRow) -> bool:
    """Whether a choice has no wording: its label is its code, typed as a number."""
    return all(isinstance(row.text("label", language), (int, float)) for language in LANGUAGES)


def _read_code(name: str, row: FormRow, before: str, tree: Tree, header: str) -> None:
    code = code_in(row, header, tree)
    if code is None:
        return
    missing = row.word("missing")
    part = "blanks" if missing else "labels"
    location: Location = ("scales", name, part, code)
    if tree.has(*location):
        tree.note("form_code_twice", row.place(header), code=code, scale=name)
        return
    tree.mapping(location[:-1], row.place(header))
    if missing:
        tree.mapping(location, row.place(header))
        tree.scalar((*location, "kind"), missing, row.place("missing"))
        tree.field(location, row, _LABEL)
        return
    values: dict[Language, CellValue | None] = {
        language: _without(before, row, language) for language in LANGUAGES
    }
    tree.text(location, values, row, "label")


def _without(before: str, row: FormRow, language: Language) -> CellValue | None:
    value = row.text("label", language)
    return value.removeprefix(before) if isinstance(value, str) else value


def read_index(rows: Sequence[FormRow], tree: Tree) -> None:
    """Read the tree of weights; a branch stands above what belongs to it."""
    branches: dict[str, Location] = {"": ("index",)}
    for row in rows:
        parent = row.word("parent")
        if parent not in branches:
            tree.note("form_parent", row.place("parent"), parent=parent)
            continue
        above = branches[parent]
        tree.mapping(above, row.place())
        location = tree.entry((*above, "children"), row.place())
        for key in ("id", "item", "weight"):
            tree.field(location, row, Field(key))
        tree.field(location, row, _LABEL)
        if (name := row.word("id")) and not row.word("item"):
            branches.setdefault(name, location)


def read_population(rows: Sequence[FormRow], waves: Sequence[FormRow], tree: Tree) -> None:
    """Read the totals of categories, those of the design and those that hold in one wave."""
    numbers = {row.word("id"): number for number, row in enumerate(waves)}
    for row in rows:
        column, value, wave = row.word("column"), row.word("value"), row.word("wave")
        if wave and wave not in numbers:
            tree.note("form_wave_unknown", row.place("wave"), name=wave, known=listing(numbers))
            continue
        above: Location = ("waves", numbers[wave]) if wave else ("design",)
        location: Location = (*above, "population", column, value)
        if tree.has(*location):
            tree.note("form_total_twice", row.place("value"), column=column, value=value)
            continue
        for depth in range(1, len(location)):
            tree.mapping(location[:depth], row.place("column"))
        tree.scalar(location, row.get("total"), row.place("total"))


def read_drivers(rows: Sequence[FormRow], tree: Tree) -> None:
    """Read the targets of drivers, and the items that ask for their importance."""
    seen: set[str] = set()
    for row in rows:
        name = row.word("driver")
        if name in seen:
            tree.note("form_driver_twice", row.place("driver"), name=name)
            continue
        seen.add(name)
        for header, key in (("target", "targets"), ("stated", "stated")):
            if (value := row.get(header)) is not None:
                for depth in (1, 2):
                    tree.mapping(("drivers", key)[:depth], row.place("driver"))
                tree.scalar(("drivers", key, name), value, row.place(header))


def read_strata(rows: Sequence[FormRow], tree: Tree) -> None:
    """Read how many clusters the strata of the population have."""
    _read_amounts(rows, tree, ("design", "stratum_clusters"), ("stratum", "clusters"), "form_stratum_twice")


def read_costs(rows: Sequence[FormRow], tree: Tree) -> None:
    """Read what a point of an item costs."""
    _read_amounts(rows, tree, ("what_if", "costs"), ("item", "cost"), "form_cost_twice")


def _read_amounts(
    rows: Sequence[FormRow], tree: Tree, path: Location, headers: tuple[str, str], twice: str
) -> None:
    """Read a mapping of names to numbers, a row each."""
    name_header, number_header = headers
    for row in rows:
        name = row.word(name_header)
        location: Location = (*path, name)
        if tree.has(*location):
            tree.note(twice, row.place(name_header), name=name)
            continue
        for depth in range(1, len(location)):
            tree.mapping(location[:depth], row.place(name_header))
        tree.scalar(location, row.get(number_header), row.place(number_header))


def read_aliases(rows: Sequence[FormRow], tree: Tree) -> None:
    """Give every alias to whom it belongs."""
    for row in rows:
        of, name = row.word("of"), row.word("name")
        location = _owner(of, name, row, tree)
        if location is None:
            tree.note("form_alias_of", row.place("of"), of=of, name=name, code=row.word("code"))
        elif (alias := row.get("alias")) is None:
            tree.note("form_alias_blank", row.place("alias"), name=name)
        else:
            if of == "scale":
                tree.mapping(location[:-1], row.place("code"))
            tree.add(location if of == "scale" else (*location, "aliases"), alias, row.place("alias"))


def _owner(of: str, name: str, row: FormRow, tree: Tree) -> Location | None:
    if of == "scale" and tree.has("scales", name):
        code = code_in(row, "code", tree)
        return None if code is None else ("scales", name, "aliases", code)
    part = _PARTS.get(of)
    if part is None:
        return None
    found = _entry(tree, (part,), "id", name)
    if found is None or of not in ("option", "category"):
        return found
    inner = ("options", "code") if of == "option" else ("categories", "value")
    return _entry(tree, (*found, inner[0]), inner[1], row.word("code"))


def _entry(tree: Tree, location: Location, key: str, value: str) -> Location | None:
    """Return where the entry of a list stands whose ``key`` is spelled ``value``."""
    node = tree.document().node(location)
    for number, entry in (node.children if node is not None else {}).items():
        named = entry.children.get(key)
        if named is not None and tidy(str(named.value)) == value:
            return (*location, number)
    return None
