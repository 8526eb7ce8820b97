"""The SQLite file of a project: opening it safely, and saying clearly when that fails.

A rollback journal with ``synchronous=EXTRA`` survives kill -9 and power loss, and the file may be
copied by people who know nothing of databases: with a write-ahead log a copy of the file alone loses
answers. This is the only module that knows sqlite3.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from survey.answer_view import write_view
from survey.errors import Place, Problem, StoreProblems

APPLICATION = 0x63736174  # "csat"
_SECONDS_TO_WAIT = 5
_CAUSES: tuple[tuple[str, str], ...] = (
    ("SQLITE_BUSY", "store_busy"),
    ("SQLITE_LOCKED", "store_busy"),
    ("SQLITE_READONLY", "store_read_only"),
    ("SQLITE_CANTOPEN", "store_cannot_open"),
    ("SQLITE_FULL", "store_full"),
    ("SQLITE_IOERR", "store_io"),
    ("SQLITE_CORRUPT", "store_damaged"),
    ("SQLITE_NOTADB", "store_not_a_project"),
    # A table or column that should be there is not.
    ("SQLITE_ERROR", "store_damaged"),
)
_AT_OPEN = (
    f"PRAGMA busy_timeout = {_SECONDS_TO_WAIT * 1000}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA synchronous = EXTRA",
)


def migration_files() -> list[Traversable]:
    """Return the numbered steps of the schema, in order."""
    folder = resources.files("survey") / "migrations"
    return sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda file: file.name)


class ProjectFile:
    """An open project file. Every failure is a ``StoreProblems`` that says what to do."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        # SQLite follows a link and keeps its journal beside what the link points to.
        unclean = Path(f"{os.path.realpath(path)}-journal").exists()
        if read_only and path.is_file() and (unclean or not path.stat().st_size):
            # Only a writer can put back what a killed import left half done.
            ProjectFile(path).close()
        with self._explained():
            uri = path.absolute().as_uri() + ("?mode=ro" if read_only else "?mode=rwc")
            self._connection = sqlite3.connect(
                uri, uri=True, timeout=_SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False
            )
        try:
            for statement in _AT_OPEN:
                self.run(statement)
            self._check_owner()
            if read_only and self._number("user_version") < len(migration_files()):
                # Only a writer can bring an older file up to date.
                ProjectFile(path).close()
            elif not read_only:
                self._migrate()
            if unclean and (found := self.damage()):
                raise StoreProblems([self.problem("store_damaged", reason=found[0])])
        except BaseException:
            self.close()
            raise

    def problem(self, code: str, **values: Any) -> Problem:
        """Return a problem of this file."""
        return Problem(code, Place(self.path.name), {"path": str(self.path), **values})

    def copy(self, path: Path) -> None:
        """Write the file as it stands now to ``path``, whole even while another process writes."""
        with self._explained(), closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)

    def close(self) -> None:
        """Close the file; an unfinished transaction is rolled back."""
        self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", None) or ""
            for prefix, code in _CAUSES:
                if name.startswith(prefix):
                    raise StoreProblems([self.problem(code, reason=str(error))]) from error
            raise StoreProblems([self.problem("store_failed", reason=str(error))]) from error

    # -- statements -------------------------------------------------------------------------------

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return all its rows."""
        with self._explained():
            return self._connection.execute(statement, values).fetchall()

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for every row."""
        with self._explained():
            self._connection.executemany(statement, rows)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All or nothing: whatever is raised inside leaves the file as it was."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads of one state of the file."""
        self.run("BEGIN")
        try:
            yield
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            with self._explained():
                self._connection.execute("ROLLBACK")

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with the structure of the file; empty when nothing."""
        try:
            with self._explained():
                found = [str(row[0]) for row in self._connection.execute("PRAGMA quick_check")]
                strays = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        except StoreProblems as error:
            return [str(problem.values["reason"]) for problem in error.problems]
        return [text for text in found if text != "ok"] + [f"{row[0]} → {row[2]}" for row in strays]

    # -- versions ---------------------------------------------------------------------------------

    def _number(self, pragma: str) -> int:
        return int(self.run(f"PRAGMA {pragma}")[0][0])

    def _check_owner(self) -> None:
        newest = len(migration_files())
        empty = not self.run("SELECT 1 FROM sqlite_schema LIMIT 1")
        if self._number("application_id") != APPLICATION and not empty:
            raise StoreProblems([self.problem("store_not_a_project", reason="application_id")])
        if (version := self._number("user_version")) > newest:
            raise StoreProblems([self.problem("store_newer", version=version, newest=newest)])

    def _migrate(self) -> None:
        steps = migration_files()
        version = self._number("user_version")
        if version == len(steps):
            return
        if version:
            self._back_up(self.path.with_name(f"{self.path.name}.v{version}.bak"))
        # Tables that others refer to are made anew; the references are checked once that is done.
        self.run("PRAGMA foreign_keys = OFF")
        with self.writing():
            # Another program may have been faster.
            for number, step in enumerate(
                steps[self._number("user_version") :], self._number("user_version") + 1
            ):
                for statement in _statements(step.read_text(encoding="utf-8")):
                    self.run(statement)
                self.run(f"PRAGMA user_version = {number}")
            self.run(f"PRAGMA application_id = {APPLICATION}")
            write_view(self.run)
            if strays := self.run("PRAGMA foreign_key_check"):
                raise StoreProblems(
                    [self.problem("store_damaged", reason=f"{strays[0][0]} → {strays[0][2]}")]
                )
        self.run("PRAGMA foreign_keys = ON")

    def _back_up(self, path: Path) -> None:
        part = path.with_name(path.name + ".part")
        part.unlink(missing_ok=True)
        with self._explained():
            copy = sqlite3.connect(part)
            try:
                self._connection.backup(copy)
            finally:
                copy.close()
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(path)


def _statements(script: str) -> Iterator[str]:
    # executescript would commit the transaction it is called in.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
