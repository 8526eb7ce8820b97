"""The tables that hold answers: one wide row per respondent, one column per item.

Columns are added when an item or a fact first arrives and never dropped. Nothing here decides what
may be written: see ``store``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from survey.canonical import canonical
from survey.errors import StoreProblems
from survey.project_file import ProjectFile
from survey.questions import MAX_COLUMNS
from survey.responses import Responses, Value
from survey.wave_contents import wave_digest

_VIEW = """
CREATE VIEW answers_long AS
SELECT
    respondent.wave AS wave,
    respondent.id AS respondent,
    item.id AS item,
    CASE item.position CASES END AS code
FROM respondent
JOIN answers ON answers.respondent_key = respondent.key
CROSS JOIN item
"""


class AnswerTables:
    """Waves, respondents and their answers in a project file."""

    def __init__(self, file: ProjectFile) -> None:
        self._file = file

    def load(self, wave: str) -> Responses:
        """Return the answers of ``wave``; raises ``StoreProblems`` when there are none, or no such."""
        lists = self._file.run("SELECT items, facts, questions FROM wave WHERE id = ?", (wave,))
        if not lists:
            raise StoreProblems([self._file.problem("store_no_wave", wave=wave)])
        try:
            items, facts, questions = (tuple(json.loads(ids)) for ids in lists[0])
            keys = self._file.run("SELECT key, id FROM respondent WHERE wave = ? ORDER BY key", (wave,))
            answers = self._wide("item", "answers", items, wave)
            codes = np.array(answers, dtype=np.int16).reshape(len(keys), len(items))
            values = [
                tuple(_fact(value) for value in row) for row in self._wide("fact", "facts", facts, wave)
            ]
            columns = {name: tuple(row[n] for row in values) for n, name in enumerate(facts)}
            comments = self._comments(wave, questions, {key: n for n, (key, _) in enumerate(keys)})
        except (TypeError, ValueError, OverflowError, KeyError) as error:
            # Somebody wrote to the file by other means: what is there is no answer of a wave.
            raise StoreProblems([self._file.problem("store_wave_altered", wave=wave)]) from error
        return Responses(wave, tuple(str(row[1]) for row in keys), items, codes, columns, comments)

    def _wide(self, kind: str, table: str, ids: Sequence[str], wave: str) -> list[tuple[Any, ...]]:
        names = self._names(kind)
        if not ids:
            return []
        # An unknown name without its table would be taken for a text.
        cells = ", ".join(f"{table}.{_quoted(names[id_])}" for id_ in ids)
        return self._file.run(
            f"SELECT {cells} FROM respondent LEFT JOIN {table}"  # noqa: S608 (quoted names)
            f" ON {table}.respondent_key = respondent.key WHERE respondent.wave = ? ORDER BY respondent.key",
            (wave,),
        )

    def _comments(
        self, wave: str, questions: Sequence[str], position: Mapping[int, int]
    ) -> dict[str, tuple[str, ...]]:
        texts = {question: [""] * len(position) for question in questions}
        rows = self._file.run(
            "SELECT respondent_key, question, text FROM verbatim JOIN respondent ON key = respondent_key"
            " WHERE wave = ?",
            (wave,),
        )
        for key, question, text in rows:
            texts[question][position[key]] = text
        return {question: tuple(values) for question, values in texts.items()}

    def _names(self, kind: str) -> dict[str, str]:
        return dict(self._file.run(f"SELECT id, name FROM {kind}"))  # noqa: S608 (item or fact)

    def write_wave(self, whole: Responses) -> None:
        """Write what the wave holds and its digest, and make room for new items and facts."""
        lists = (canonical(whole.items), canonical(list(whole.columns)), canonical(list(whole.comments)))
        self._file.run(
            "INSERT INTO wave (id, items, facts, questions, digest) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET digest = excluded.digest",
            (whole.wave, *lists, wave_digest(whole)),
        )
        new_items = self._add_names("item", "answers", "INTEGER", whole.items)
        self._add_names("fact", "facts", "ANY", list(whole.columns))
        if new_items:
            self._write_view()

    def _add_names(self, kind: str, table: str, type_: str, ids: Iterable[str]) -> bool:
        names = self._names(kind)
        taken = {name.casefold() for name in names.values()} | {"respondent_key"}
        added = [id_ for id_ in ids if id_ not in names]
        if len(names) + len(added) > MAX_COLUMNS:
            values = {"n": len(names) + len(added), "limit": MAX_COLUMNS}
            raise StoreProblems([self._file.problem("store_too_wide", **values)])
        for position, id_ in enumerate(added, len(names)):
            name, copy = id_, 2
            while name.casefold() in taken:
                name, copy = f"{id_}_{copy}", copy + 1
            taken.add(name.casefold())
            self._file.run(f"ALTER TABLE {table} ADD COLUMN {_quoted(name)} {type_}")
            self._file.run(f"INSERT INTO {kind} VALUES (?, ?, ?)", (position, id_, name))  # noqa: S608 (item or fact)
        return bool(added)

    def _write_view(self) -> None:
        """Give analysts one row per respondent and item."""
        rows = self._file.run("SELECT position, name FROM item ORDER BY position")
        cases = " ".join(f"WHEN {position} THEN answers.{_quoted(name)}" for position, name in rows)
        self._file.run("DROP VIEW IF EXISTS answers_long")
        self._file.run(_VIEW.replace("CASES", cases))

    def write_respondents(self, fresh: Responses, number: int) -> None:
        """Write new respondents with their answers, as those of import ``number``."""
        start = int(self._file.run("SELECT coalesce(max(key), 0) + 1 FROM respondent")[0][0])
        keys = range(start, start + len(fresh))
        self._file.run_many(
            "INSERT INTO respondent (key, wave, id, import) VALUES (?, ?, ?, ?)",
            ((key, fresh.wave, id_, number) for key, id_ in zip(keys, fresh.respondents, strict=True)),
        )
        self._insert_wide("item", "answers", fresh.items, zip(keys, fresh.codes.tolist(), strict=True))
        if fresh.columns:
            values = zip(*fresh.columns.values(), strict=True)
            self._insert_wide("fact", "facts", list(fresh.columns), zip(keys, values, strict=True))
        self._file.run_many(
            "INSERT INTO verbatim (respondent_key, question, text) VALUES (?, ?, ?)",
            (
                (key, question, text)
                for question, texts in fresh.comments.items()
                for key, text in zip(keys, texts, strict=True)
                if text
            ),
        )

    def _insert_wide(
        self, kind: str, table: str, ids: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]
    ) -> None:
        names = self._names(kind)
        columns = ", ".join(["respondent_key", *(_quoted(names[id_]) for id_ in ids)])
        marks = ", ".join("?" * (len(ids) + 1))
        self._file.run_many(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 (quoted names)
            ((key, *values) for key, values in rows),
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _fact(value: Any) -> Value:
    if isinstance(value, int):
        return bool(value)
    if value is None or isinstance(value, (str, float)):
        return value
    raise TypeError(type(value).__name__)
