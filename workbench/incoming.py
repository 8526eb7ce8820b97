"""A file of answers on its way into a project: read, compared, added, and what was decided remembered.

The order is what makes an import safe: everything is read and checked before the project file is touched,
the answers go in as one transaction, and only then are decisions about the layout written down.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from survey.language import Language, catalogue
from workbench.files import write_whole
from workbench.project import DATABASE, Project
from workbench.user import user

if TYPE_CHECKING:
    from survey.decisions import Decisions
    from survey.errors import Problem
    from survey.import_report import ImportReport
    from survey.importing import Imported, ImportOptions
    from survey.mapping import HeaderIndex
    from survey.store import AddOutcome, ImportRecord


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that was read, and what changed since the wave before."""

    imported: Imported
    changes: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """What one file brought: how it was read, and what the project file made of it."""

    arrival: Arrival
    outcome: AddOutcome
    warnings: tuple[Problem, ...] = ()

    @property
    def report(self) -> ImportReport:
        """The account of how the file was read."""
        return self.arrival.imported.report


@dataclass(frozen=True, slots=True)
class Request:
    """A file, the wave its answers belong to, and how it is to be read.

    What was decided before is added to ``options`` here. ``update`` takes a file that corrects most people.
    """

    file: Path
    wave: str
    encoding: str | None = None
    options: ImportOptions | None = None
    update: bool = False


def read_file(opened: Project, request: Request) -> Arrival:
    """Read and check a file; raises ``ImportProblems`` with every problem."""
    from survey.importing import ImportOptions, read_answers
    from survey.workbook import read_workbook

    records = _records(opened)
    options = replace(
        request.options or ImportOptions(),
        decisions=lambda layout, index: known_decisions(opened, layout, index),
        earlier=lambda layout: _earlier(records, layout),
    )
    with collector_paused():
        workbook = read_workbook(request.file, encoding=request.encoding)
        imported = read_answers(workbook, opened.study, request.wave, options)
    return Arrival(imported, _changes(opened, records, imported, request.wave))


def import_file(
    opened: Project, request: Request, *, database: Path | None = None, arrival: Arrival | None = None
) -> Import:
    """Read a file and add its answers, respondents and accounts under pseudonyms, to the project file.

    ``database`` is a copy of the project file to try it on; no key to the pseudonyms is left behind then.
    Raises ``ImportProblems`` or ``StoreProblems`` with every problem; nothing was added then.
    """
    from survey.pseudonyms import project_key, pseudonymised
    from survey.store import ImportSource, Store

    arrival = arrival or read_file(opened, request)
    imported, study = arrival.imported, opened.study
    answers, now = imported.responses, datetime.now().astimezone()
    with collector_paused(), Store.open(database or opened.database) as store:
        key = project_key(store.identifiers, opened.key_file, keep=database is None)
        source = ImportSource.of(
            imported.report,
            study,
            now,
            imported.places,
            shown=answers.respondents,
            key=key.fingerprint if key else None,
            by=user(),
            mapping=_reading(imported),
        )
        if key:
            answers = pseudonymised(answers, study, key, platform=source.platform)
        outcome = store.add(answers, source, replace=request.update)
        warnings = () if key else (store.plain_identifiers(),)
    return Import(arrival, outcome, warnings)


@contextmanager
def tried(opened: Project, request: Request, arrival: Arrival) -> Iterator[tuple[Import, Path]]:
    """Do all that ``import_file`` does to a copy of the project file, which is thrown away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / DATABASE
        if opened.database.is_file():
            with opened.store() as store:
                store.copy(copy)
        yield import_file(opened, request, database=copy, arrival=arrival), copy


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python from looking for cycles among millions of cells, of which there are none."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


# -- what was decided ------------------------------------------------------------------------------


def known_decisions(opened: Project, layout: str, index: HeaderIndex) -> Decisions:
    """Return what was decided about a layout; raises ``ImportProblems`` where its file is wrong."""
    from survey.decisions import Decisions, decisions_file, read_decisions
    from survey.definition import read_study_text

    file = decisions_file(opened.folder, layout)
    if not file.is_file():
        return Decisions(layout)
    return read_decisions(read_study_text(file), str(file), layout, index)


def remember_decisions(opened: Project, imported: Imported, language: Language) -> Path | None:
    """Write down how a layout was read; return the file where it is new or changed.

    Of a plain table only what a person decided is kept: the rest follows from the study.
    """
    from survey.decisions import decisions_file, write_decisions

    layout = imported.report.layout
    known = known_decisions(opened, layout, imported.table.index)
    decisions = _decisions(imported)
    if decisions == known:
        return None
    text = catalogue("survey")
    name = text(f"layout.{layout}", language)
    file = decisions_file(opened.folder, layout)
    write_whole(file, write_decisions(decisions, text("mapping.heading", language, layout=name)))
    return file


def _decisions(imported: Imported) -> Decisions:
    """Return everything that is decided about a layout once this file was read."""
    from survey.layouts.plain import PLAIN

    if imported.report.layout == PLAIN:
        return imported.decisions
    return imported.decisions.settled(imported.table.export.columns, _targets(imported))


def _reading(imported: Imported) -> str:
    """Return the digest of how a file was read: the same file read in another way is another import."""
    from survey.canonical import digest_of

    report = imported.report
    columns = [(read.column, read.target) for read in report.columns]
    rows = (report.sheet, report.header_row, report.encoding, report.refused, dict(report.aside))
    return digest_of([_decisions(imported).digest, columns, rows])


def _targets(imported: Imported) -> dict[int, str]:
    """Return what every question column was read as, by its number."""
    from survey.cells import column_letters

    read = {column.column: column.target for column in imported.report.columns}
    questions = (c.column for c in imported.table.export.columns if c.role == "question")
    return {number: read[letters] for number in questions if (letters := column_letters(number)) in read}


# -- what came before ------------------------------------------------------------------------------


def _records(opened: Project) -> tuple[ImportRecord, ...]:
    if not opened.database.is_file():
        return ()
    with opened.store() as store:
        return tuple(record for record in store.imports() if record.state == "current")


def _earlier(records: tuple[ImportRecord, ...], layout: str) -> dict[str, str]:
    """Return what keys and headers of a layout were read as, the latest import last."""
    from survey.wording import matching

    known: dict[str, str] = {}
    for record in records:
        if record.report.get("layout", "plain") == layout:
            for column in record.report.get("columns", ()):
                known[matching(column["header"])] = column["target"]
                if column.get("key"):
                    known[column["key"]] = column["target"]
    return known


def _changes(
    opened: Project, records: tuple[ImportRecord, ...], imported: Imported, wave: str
) -> tuple[Problem, ...]:
    """Return what changed since the last wave before ``wave`` that has answers."""
    from survey.column_changes import asked_now, asked_then, column_changes

    waves = list(opened.study.wave_by_id)
    before = [record for record in records if record.wave in waves[: waves.index(wave)]]
    if not before:
        return ()
    last = max(before, key=lambda record: (waves.index(record.wave), record.number))
    now, then = asked_now(imported.report.columns), asked_then(last.report)
    return column_changes(then, now, opened.study, imported.report.file, last.wave)
