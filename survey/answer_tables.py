"""The tables that hold answers: one wide row per version of somebody's answers, one column per item.

Columns are added when an item or a fact first arrives and never dropped, and rows are never changed. What
a wave holds is what its current imports assert, later ones before earlier ones: see ``migrations``.
Nothing here decides what may be written: see ``store``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any, TypeVar

import numpy as np

from survey.answer_view import quoted, write_view
from survey.canonical import canonical
from survey.errors import StoreProblems
from survey.project_file import ProjectFile
from survey.questions import MAX_COLUMNS, BlankKind
from survey.responses import PARADATA, Choice, Responses, Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Versions:
    """Whose answers are wanted: respondents with the keys of the versions, and what they were asked."""

    wave: str
    keys: Mapping[str, int]
    items: Sequence[str]
    facts: Sequence[str]
    questions: Sequence[str]
    choices: Sequence[str]


class AnswerTables:
    """Waves, respondents and their answers in a project file."""

    def __init__(self, file: ProjectFile) -> None:
        self._file = file

    # -- reading ----------------------------------------------------------------------------------

    def held(self, wave: str) -> dict[str, int]:
        """Return everybody whose answers ``wave`` holds, in order, with the key of the version that holds."""
        rows = self._file.run(
            "SELECT id, key FROM import JOIN assertion ON assertion.import = number"
            " JOIN respondent ON key = respondent_key"
            " WHERE import.wave = ? AND state = 'current' ORDER BY number, position",
            (wave,),
        )
        return dict(rows)  # the first assertion gives the place, the last one the version

    def came_with(self, keys: Sequence[int]) -> tuple[int, ...]:
        """Return the imports with which some versions came, in order."""
        rows = self._file.run(
            "SELECT DISTINCT import FROM respondent WHERE key IN (SELECT value FROM json_each(?)) ORDER BY 1",
            (json.dumps(keys),),
        )
        return tuple(row[0] for row in rows)

    def asked(self, wave: str) -> tuple[str, ...]:
        """Return the items of ``wave``; none without answers."""
        lists = self._lists(wave)
        with self._altered("store_wave_altered", wave=wave):
            return tuple(json.loads(lists[0])) if lists else ()

    def _lists(self, wave: str) -> tuple[str, ...]:
        """Return the lists of what was asked in ``wave``, as the first import that holds wrote them."""
        rows = self._file.run(
            "SELECT items, facts, questions, choices FROM import"
            " WHERE wave = ? AND state = 'current' ORDER BY number LIMIT 1",
            (wave,),
        )
        return rows[0] if rows else ()

    def load(self, wave: str, without: Iterable[str] = ()) -> Responses:
        """Return the answers of ``wave``; raises ``StoreProblems`` when there are none, or no such."""
        if not (lists := self._lists(wave)):
            raise StoreProblems([self._file.problem("store_no_wave", wave=wave)])
        with self._altered("store_wave_altered", wave=wave):
            keys = self.held(wave)
            for respondent in without:
                keys.pop(respondent, None)
            return self._read(Versions(wave, keys, *map(json.loads, lists)))

    def brought(self, number: int) -> Responses:
        """Return the answers that were new or corrected with import ``number``, undone or not."""
        [lists] = self._file.run(
            "SELECT wave, items, facts, questions, choices FROM import WHERE number = ?", (number,)
        )
        with self._altered("store_import_altered", number=number):
            keys = self._file.run("SELECT id, key FROM respondent WHERE import = ? ORDER BY key", (number,))
            return self._read(Versions(lists[0], dict(keys), *map(json.loads, lists[1:])))

    @contextmanager
    def _altered(self, code: str, **values: Any) -> Iterator[None]:
        """Somebody wrote to the file by other means: what is there is no answer of a wave."""
        try:
            yield
        except (TypeError, ValueError, OverflowError, KeyError) as error:
            raise StoreProblems([self._file.problem(code, **values)]) from error

    def _read(self, wanted: Versions) -> Responses:
        keys = list(wanted.keys.values())
        position = {key: n for n, key in enumerate(keys)}
        answers = self._wide("item", "answers", wanted.items, keys)
        facts = list(zip(*self._wide("fact", "facts", wanted.facts, keys), strict=True))
        return Responses(
            wanted.wave,
            tuple(map(str, wanted.keys)),
            tuple(wanted.items),
            np.array(answers, dtype=np.int16).reshape(len(keys), len(wanted.items)),
            {name: _facts(facts[n]) if keys else () for n, name in enumerate(wanted.facts)},
            self._long("verbatim", "text", wanted.questions, position, "", str),
            self._long("choice", "answer", wanted.choices, position, BlankKind.BLANK, _choice),
            self._paradata(keys),
        )

    def _wide(self, kind: str, table: str, ids: Sequence[str], keys: Sequence[int]) -> list[tuple[Any, ...]]:
        names = self._names(kind)
        if not ids:
            return []
        # An unknown name without its table would be taken for a text.
        return self._rows(table, [f"{table}.{quoted(names[id_])}" for id_ in ids], keys)

    def _rows(self, table: str, cells: Sequence[str], keys: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return one row per key, in their order; of blanks where the table has none."""
        return self._file.run(
            f"SELECT {', '.join(cells)} FROM json_each(?) AS wanted"  # noqa: S608 - tables are ours, columns quoted by quoted()
            f" LEFT JOIN {table} ON {table}.respondent_key = wanted.value ORDER BY wanted.key",
            (json.dumps(keys),),
        )

    def _long(
        self,
        table: str,
        cell: str,
        questions: Sequence[str],
        position: Mapping[int, int],
        empty: T,
        read: Callable[[str], T],
    ) -> dict[str, tuple[T, ...]]:
        if not questions:
            return {}
        found = {question: [empty] * len(position) for question in questions}
        rows = self._file.run(
            f"SELECT respondent_key, question, {cell} FROM {table}"  # noqa: S608 - table and cell are literals of this module
            " WHERE respondent_key BETWEEN ? AND ?",
            (min(position, default=0), max(position, default=0)),
        )
        for key, question, told in rows:
            if key in position:
                found[question][position[key]] = read(told)
        return {question: tuple(values) for question, values in found.items()}

    def _paradata(self, keys: Sequence[int]) -> dict[str, tuple[Value, ...]]:
        if not self._file.run("SELECT 1 FROM paradata LIMIT 1"):
            return {}
        noted = zip(PARADATA, zip(*self._rows("paradata", PARADATA, keys), strict=True), strict=False)
        return {name: values for name, values in noted if any(value is not None for value in values)}

    def _names(self, kind: str) -> dict[str, str]:
        return dict(self._file.run(f"SELECT id, name FROM {kind}"))  # noqa: S608 - the table is item or fact

    # -- writing ----------------------------------------------------------------------------------

    def write_wave(self, wave: str, digest: str) -> None:
        """Write the digest of what ``wave`` holds now, empty when that is nothing."""
        self._file.run(
            "INSERT INTO wave (id, digest) VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET digest = excluded.digest",
            (wave, digest),
        )

    def make_room(self, answers: Responses) -> None:
        """Add columns for items and facts that arrive for the first time."""
        new_items = self._add_names("item", "answers", "INTEGER", answers.items)
        self._add_names("fact", "facts", "ANY", list(answers.columns))
        if new_items:
            write_view(self._file.run)

    def _add_names(self, kind: str, table: str, type_: str, ids: Iterable[str]) -> bool:
        names = self._names(kind)
        taken = {name.casefold() for name in names.values()} | {"respondent_key"}
        added = [id_ for id_ in ids if id_ not in names]
        if len(names) + len(added) > MAX_COLUMNS:
            values = {"n": len(names) + len(added), "limit": MAX_COLUMNS}
            raise StoreProblems([self._file.problem("store_too_wide", **values)])
        columns = {id_: _free(id_, taken) for id_ in added}
        declared = [f"{quoted(name)} {type_}" for name in columns.values()]
        if names:
            for column in declared:
                self._file.run(f"ALTER TABLE {table} ADD COLUMN {column}")
        elif declared:
            # Nothing is in it yet, and to add columns one by one takes long.
            self._file.run(f"DROP TABLE {table}")
            key = "respondent_key INTEGER PRIMARY KEY REFERENCES respondent (key)"
            self._file.run(f"CREATE TABLE {table} ({', '.join([key, *declared])}) STRICT")
        rows = ((position, *column) for position, column in enumerate(columns.items(), len(names)))
        self._file.run_many(f"INSERT INTO {kind} VALUES (?, ?, ?)", rows)  # noqa: S608 - the table is item or fact
        return bool(added)

    def write_versions(self, answers: Responses, number: int) -> range:
        """Write new versions of somebody's answers, which came with import ``number``; return their keys."""
        start = int(self._file.run("SELECT coalesce(max(key), 0) + 1 FROM respondent")[0][0])
        keys = range(start, start + len(answers))
        self._file.run_many(
            "INSERT INTO respondent (key, wave, id, import) VALUES (?, ?, ?, ?)",
            zip(keys, repeat(answers.wave), answers.respondents, repeat(number)),
        )
        self._insert_wide("item", "answers", answers.items, keys, answers.codes.T.tolist())
        if answers.columns:
            self._insert_wide("fact", "facts", answers.columns, keys, answers.columns.values())
        self._insert_long("verbatim", answers.comments, keys, lambda text: text)
        self._insert_long("choice", answers.choices, keys, _written)
        if answers.paradata:
            noted = [answers.paradata.get(name, (None,) * len(answers)) for name in PARADATA]
            self._file.run_many(
                "INSERT INTO paradata (respondent_key, submitted, seconds, source) VALUES (?, ?, ?, ?)",
                zip(keys, *noted, strict=True),
            )
        return keys

    def write_assertions(self, number: int, keys: Iterable[int]) -> None:
        """Write which version import ``number`` asserts of everybody in its file, in their order."""
        self._file.run(
            "INSERT INTO assertion (import, position, respondent_key) SELECT ?, key, value FROM json_each(?)",
            (number, json.dumps(list(keys))),
        )

    def _insert_long(
        self,
        table: str,
        parts: Mapping[str, Sequence[T]],
        keys: range,
        written: Callable[[T], str],
    ) -> None:
        rows = (
            (key, question, text)
            for question, values in parts.items()
            for key, value in zip(keys, values, strict=True)
            if (text := written(value))
        )
        self._file.run_many(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608 (one of our own)

    def _insert_wide(
        self, kind: str, table: str, ids: Collection[str], keys: range, columns: Iterable[Sequence[Any]]
    ) -> None:
        names = self._names(kind)
        named = ", ".join(["respondent_key", *(quoted(names[id_]) for id_ in ids)])
        marks = ", ".join("?" * (len(ids) + 1))
        self._file.run_many(
            f"INSERT INTO {table} ({named}) VALUES ({marks})",  # noqa: S608 - tables are ours, columns quoted by quoted()
            zip(keys, *columns, strict=True),
        )


def _free(id_: str, taken: set[str]) -> str:
    """Return the name of a new column: the id, unless another differs from it only by case."""
    name, copy = id_, 2
    while name.casefold() in taken:
        name, copy = f"{id_}_{copy}", copy + 1
    taken.add(name.casefold())
    return name


def _facts(values: Sequence[Any]) -> tuple[Value, ...]:
    """Return a column as it was given: SQLite knows 1 and 0 for yes and no."""
    if not (kinds := set(map(type, values))) <= {int, str, float, type(None)}:
        raise TypeError(kinds)
    return (
        tuple([bool(value) if type(value) is int else value for value in values])
        if int in kinds
        else tuple(values)
    )


def _choice(told: str) -> Choice:
    """Return a choice as it was given: ``[3,1]`` or ``-6``."""
    value = json.loads(told)
    return BlankKind(value) if isinstance(value, int) else tuple(map(int, value))


def _written(choice: Choice) -> str:
    return canonical(int(choice) if isinstance(choice, BlankKind) else choice)
