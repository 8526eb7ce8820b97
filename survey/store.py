"""The project file: the answers of every wave, and the account of how they came in.

An import is all or nothing. Answers that are already there are never changed by another file: equal
ones are counted, different ones refuse the import, new respondents are added. Every wave has a digest
of everything answered in it, so that a report can say which answers it was made from and ``verify``
can tell whether they are still the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from survey import __version__
from survey.answer_tables import AnswerTables
from survey.canonical import canonical
from survey.definition import study_digest
from survey.disagreement import disagreements
from survey.errors import Place, Problem, StoreProblems
from survey.held_answers import misfits
from survey.import_report import ImportReport
from survey.language import listing
from survey.project_file import ProjectFile
from survey.pseudonyms import NEW, PLAIN
from survey.responses import Responses
from survey.study import Study
from survey.wave_contents import differences, joined, rows_of, wave_digest


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Where answers come from. ``at`` is when, with its time zone; the store reads no clock.

    ``shown`` names the respondents as the file does, for messages; ``key`` is the fingerprint of the key
    under which they were given pseudonyms, ``None`` where they keep the names of the file.
    """

    file: str
    sha256: str
    study: Study
    at: datetime
    rows: int
    tool: str = __version__
    report: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
    shown: tuple[str, ...] = ()
    key: str | None = None

    @classmethod
    def of(
        cls, report: ImportReport, study: Study, at: datetime, places: tuple[Place, ...] = (), **more: Any
    ) -> Self:
        """Return the source that an import report describes; ``places`` are those of the respondents.

        Sentences of warnings may quote identifiers and are not kept; their codes and places are.
        """
        document = report.document()
        document["warnings"] = [
            {name: warning[name] for name in ("code", "place")} for warning in document["warnings"]
        ]
        return cls(report.file, report.sha256, study, at, report.rows, report=document, places=places, **more)


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One line of the audit trail."""

    number: int
    wave: str
    file: str
    sha256: str
    study: str
    tool: str
    at: datetime
    rows: int
    added: int
    unchanged: int
    state: Literal["current", "undone"]
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AddOutcome:
    """What adding did. ``again`` names the earlier import of the same file: nothing was done then."""

    wave: str
    added: int
    unchanged: int
    digest: str
    number: int | None
    again: ImportRecord | None = None


class Store:
    """An open project file. Use it in a ``with`` statement, or close it."""

    def __init__(self, file: ProjectFile) -> None:
        self._file = file
        self._tables = AnswerTables(file)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Open the project file at ``path``; it is made when absent, unless ``read_only``.

        Raises ``StoreProblems`` when it is no project file, comes from a newer version, is damaged,
        locked by another program for more than 5 s, or may not be written.
        """
        return cls(ProjectFile(path, read_only=read_only))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # -- reading ----------------------------------------------------------------------------------

    def copy(self, path: Path) -> None:
        """Write the project file as it stands now to ``path``, to try something on."""
        self._file.copy(path)

    def waves(self) -> tuple[str, ...]:
        """Return the waves that hold answers, in the order in which they first came in."""
        return tuple(row[0] for row in self._file.run("SELECT id FROM wave ORDER BY rowid"))

    def asked(self, wave: str) -> tuple[str, ...]:
        """Return the items of ``wave`` by the ids under which their answers stand; none without answers."""
        rows = self._file.run("SELECT items FROM wave WHERE id = ?", (wave,))
        try:
            return tuple(json.loads(rows[0][0])) if rows else ()
        except (TypeError, ValueError) as error:
            raise StoreProblems([self._file.problem("store_wave_altered", wave=wave)]) from error

    def digest(self, wave: str) -> str:
        """Return the digest of ``wave``; raises ``StoreProblems`` when there are no answers."""
        rows = self._file.run("SELECT digest FROM wave WHERE id = ?", (wave,))
        if not rows:
            raise StoreProblems([self._file.problem("store_no_wave", wave=wave)])
        return str(rows[0][0])

    @property
    def identifiers(self) -> str:
        """Return ``new`` before the first import, ``plain`` where identifiers stand as given, else the
        fingerprint of the key to their pseudonyms.
        """
        rows = self._file.run("SELECT value FROM setting WHERE name = 'identifiers'")
        if rows:
            return str(rows[0][0])
        # Files of the first format know no pseudonyms.
        return PLAIN if self._file.run("SELECT 1 FROM import LIMIT 1") else NEW

    def plain_identifiers(self) -> Problem:
        """Return the warning that whoever gets the file gets the identifiers in it."""
        plain = self._file.problem("identifiers_plain")
        return replace(plain, severity="warning")

    def load(self, wave: str, study: Study | None = None) -> Responses:
        """Return the answers of ``wave``, which must still mean under ``study`` what they meant when read.

        Raises ``StoreProblems`` when there are none, or when ``study`` has another scale, category or
        column where these answers stand; see ``held_answers``.
        """
        with self._file.reading():
            held = self._tables.load(wave)
            if study is not None and (found := self._misfits(held, study)):
                raise StoreProblems(found)
            return held

    def _misfits(self, held: Responses, study: Study) -> tuple[Problem, ...]:
        last = (
            "SELECT definition FROM study JOIN import ON import.study = study.digest"
            " WHERE wave = ? AND state = 'current' ORDER BY number DESC LIMIT 1"
        )
        [[definition]] = self._file.run(last, (held.wave,))
        return misfits(held, json.loads(definition), study, self._file.path.name)

    def imports(self) -> tuple[ImportRecord, ...]:
        """Return the audit trail, oldest first."""
        rows = self._file.run(f"{_RECORD} ORDER BY number")
        return tuple(_record(row) for row in rows)

    def verify(self) -> tuple[Problem, ...]:
        """Return what is wrong with the file: its structure, and waves whose answers were altered."""
        problems = [self._file.problem("store_damaged", reason=reason) for reason in self._file.damage()]
        for wave in self.waves():
            try:
                if wave_digest(self.load(wave)) == self.digest(wave):
                    continue
                problems.append(self._file.problem("store_wave_altered", wave=wave))
            except StoreProblems as error:
                problems += error.problems
        return tuple(problems)

    # -- writing ----------------------------------------------------------------------------------

    def add(self, responses: Responses, source: ImportSource) -> AddOutcome:
        """Add the answers of one file to their wave, all or none.

        The same file again, under the same study, does nothing and says so. Respondents whose answers
        are already there are left alone when the answers are equal.

        Raises
        ------
        StoreProblems
            When the project belongs to another study, the same file went into another wave, the wave
            holds other questions, or respondents of the wave have other answers in this file; these
            are counted, and the first of them listed.
        """
        _refuse_nonfinite(responses, self._file)
        with self._file.writing():
            self._refuse_other_identifiers(source.key or PLAIN)
            digest = self._remember_study(source)
            if again := self._same_file(responses.wave, source.sha256, digest):
                stored = self.digest(responses.wave)
                return AddOutcome(responses.wave, 0, len(responses), stored, None, again)
            self._refuse_file_of_other_wave(responses.wave, source)
            held = self._held(responses.wave)
            fresh, whole = self._compare(held, responses, source)
            self._tables.write_wave(whole)
            added, unchanged = len(fresh), len(responses) - len(fresh)
            number = self._write_import(responses.wave, source, digest, added, unchanged)
            self._tables.write_respondents(fresh, number)
            return AddOutcome(responses.wave, added, unchanged, wave_digest(whole), number)

    def _held(self, wave: str) -> Responses | None:
        if wave not in self.waves():
            return None
        held = self._tables.load(wave)
        if wave_digest(held) != self.digest(wave):
            raise StoreProblems([self._file.problem("store_wave_altered", wave=wave)])
        return held

    def _refuse_other_identifiers(self, mine: str) -> None:
        """Nobody could be recognised from one import to the next."""
        held = self.identifiers
        if held == NEW:
            self._file.run("INSERT INTO setting (name, value) VALUES ('identifiers', ?)", (mine,))
        elif held != mine:
            raise StoreProblems([self._file.problem("store_identifiers_differ")])

    def _remember_study(self, source: ImportSource) -> str:
        others = self._file.run("SELECT id FROM study WHERE id <> ? LIMIT 1", (source.study.id,))
        if others:
            values = {"held": others[0][0], "study": source.study.id}
            raise StoreProblems([self._file.problem("store_other_study", **values)])
        digest = study_digest(source.study)
        self._file.run(
            "INSERT INTO study (digest, id, definition, first_seen) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (digest, source.study.id, canonical(source.study.document()), _moment(source.at)),
        )
        return digest

    def _same_file(self, wave: str, sha256: str, study: str) -> ImportRecord | None:
        where = "WHERE wave = ? AND sha256 = ? AND study = ? AND state = 'current' ORDER BY number"
        rows = self._file.run(f"{_RECORD} {where}", (wave, sha256, study))
        return _record(rows[0]) if rows else None

    def _refuse_file_of_other_wave(self, wave: str, source: ImportSource) -> None:
        """One file holds one wave; in another one it would double every answer."""
        where = "WHERE wave <> ? AND sha256 = ? AND state = 'current' ORDER BY number LIMIT 1"
        for row in self._file.run(f"{_RECORD} {where}", (wave, source.sha256)):
            before = _record(row)
            about: Mapping[str, Any] = {"wave": wave, "held": before.wave, "number": before.number}
            at = f"{before.at:%Y-%m-%d %H:%M}"
            raise StoreProblems([Problem("store_file_elsewhere", Place(source.file), {**about, "at": at})])

    def _compare(
        self, held: Responses | None, new: Responses, source: ImportSource
    ) -> tuple[Responses, Responses]:
        """Return the respondents of ``new`` that are not yet held, and the wave with them added."""
        if held is None:
            return new, new
        new = self._in_order_of(held, new)
        # A file that holds the whole wave was read anew, so what a code stands for may have changed.
        if not set(held.respondents) <= set(new.respondents) and (found := self._misfits(held, source.study)):
            raise StoreProblems(found)
        known = {respondent: n for n, respondent in enumerate(held.respondents)}
        differing: dict[int, list[str]] = {}
        fresh = []
        for n, respondent in enumerate(new.respondents):
            if respondent not in known:
                fresh.append(n)
            elif names := differences(held, known[respondent], new, n):
                differing[n] = names
        if differing:
            raise StoreProblems(disagreements(new, differing, len(fresh), source))
        added = rows_of(new, fresh)
        return added, joined(held, added)

    def _in_order_of(self, held: Responses, new: Responses) -> Responses:
        for here, there in (
            (held.items, new.items),
            (tuple(held.columns), tuple(new.columns)),
            (tuple(held.comments), tuple(new.comments)),
        ):
            if set(here) != set(there):
                values = {"wave": new.wave, "names": listing(sorted(set(here) ^ set(there)))}
                raise StoreProblems([self._file.problem("store_wave_differs", **values)])
        order = [new.items.index(item) for item in held.items]
        columns = {name: new.columns[name] for name in held.columns}
        comments = {name: new.comments[name] for name in held.comments}
        return Responses(new.wave, new.respondents, held.items, new.codes[:, order], columns, comments)

    def _write_import(self, wave: str, source: ImportSource, study: str, added: int, unchanged: int) -> int:
        self._file.run(
            "INSERT INTO import (wave, study, file, sha256, tool, at, rows, added, unchanged, report, state)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'current')",
            (
                *(wave, study, source.file, source.sha256, source.tool, _moment(source.at)),
                *(source.rows, added, unchanged, canonical(source.report)),
            ),
        )
        return int(self._file.run("SELECT max(number) FROM import")[0][0])


_RECORD = (
    "SELECT number, wave, file, sha256, study, tool, at, rows, added, unchanged, state, report FROM import"
)


def _record(row: tuple[Any, ...]) -> ImportRecord:
    number, wave, file, sha256, study, tool, at, rows, added, unchanged, state, report = row
    return ImportRecord(
        *(number, wave, file, sha256, study, tool, datetime.fromisoformat(at)),
        *(rows, added, unchanged, state, json.loads(report)),
    )


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _refuse_nonfinite(responses: Responses, file: ProjectFile) -> None:
    """SQLite would store nan as a blank without a word."""
    wrong = [
        name
        for name, values in responses.columns.items()
        if any(isinstance(value, float) and not isfinite(value) for value in values)
    ]
    if wrong:
        raise StoreProblems([file.problem("store_not_finite", names=listing(wrong))])
