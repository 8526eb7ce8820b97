"""``csat import``: a workbook of answers into the project file, all of it or none."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench import options
from workbench.project import DATABASE, Project
from workbench.terminal import Terminal, problem_document

if TYPE_CHECKING:
    from survey.errors import Problem
    from survey.import_report import ImportReport
    from survey.store import AddOutcome


@dataclass(frozen=True, slots=True)
class Import:
    """What one file brought: how it was read, and what the project file made of it."""

    report: ImportReport
    outcome: AddOutcome
    warnings: tuple[Problem, ...] = ()


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    wave: Annotated[str, typer.Option("--wave", metavar="WAVE")],
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Import a file and account for every row of it."""
    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.declared_wave(wave, ctx.command_path)
    with terminal.progress("import.reading"):
        done = try_file(opened, file, wave) if dry_run else import_file(opened, file, wave)
    if json:
        terminal.json(import_document(done, dry_run=dry_run))
    else:
        show_import(terminal, done, dry_run=dry_run)


def import_file(opened: Project, file: Path, wave: str, *, database: Path | None = None) -> Import:
    """Read ``file`` and add its answers, respondents and accounts under pseudonyms, to the project file.

    ``database`` is a copy of the project file to try it on; no key to the pseudonyms is left behind then.
    Raises ``ImportProblems`` or ``StoreProblems`` with every problem; nothing was added then.
    """
    from survey.importing import read_answers
    from survey.pseudonyms import project_key, pseudonymised
    from survey.store import ImportSource, Store
    from survey.workbook import read_workbook

    study = opened.study
    imported = read_answers(read_workbook(file), study, wave)
    answers, now = imported.responses, datetime.now().astimezone()
    with Store.open(database or opened.database) as store:
        key = project_key(store.identifiers, opened.key_file, keep=database is None)
        source = ImportSource.of(
            imported.report,
            study,
            now,
            imported.places,
            shown=answers.respondents,
            key=key.fingerprint if key else None,
        )
        outcome = store.add(pseudonymised(answers, study, key) if key else answers, source)
        return Import(imported.report, outcome, () if key else (store.plain_identifiers(),))


def try_file(opened: Project, file: Path, wave: str) -> Import:
    """Do all that ``import_file`` does to a copy of the project file, which is then thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / DATABASE
        if opened.database.is_file():
            with opened.store() as store:
                store.copy(copy)
        return import_file(opened, file, wave, database=copy)


def show_import(terminal: Terminal, done: Import, *, dry_run: bool = False) -> None:
    """Say what came in, how the rows add up, and what deserves a look."""
    outcome, report = done.outcome, done.report
    if outcome.again is not None:
        values = {"number": outcome.again.number, "at": f"{outcome.again.at:%Y-%m-%d %H:%M}"}
        terminal.line("import.again", file=report.file, wave=outcome.wave, **values)
        return
    if dry_run:
        terminal.line("import.dry_run")
    key = "import.beside" if outcome.unchanged else "import.added"
    counts = {"added": outcome.added, "unchanged": outcome.unchanged}
    terminal.line(key, file=report.file, wave=outcome.wave, **counts)
    terminal.lines(summary(report, terminal), indent="  ")
    terminal.warnings((*report.warnings, *done.warnings))


def summary(report: ImportReport, terminal: Terminal) -> list[str]:
    """Return the account of an import with its changes counted by kind; ``--json`` has them by column."""
    columns = tuple(dataclasses.replace(column, changes={}) for column in report.columns)
    lines = dataclasses.replace(report, columns=columns).lines(terminal.language)
    for change, n in sorted(report.changes.items()):
        touched = sum(change in column.changes for column in report.columns)
        lines.append(terminal.text(f"import.changed.{change}", n=n, columns=touched))
    return lines


def import_document(done: Import, *, dry_run: bool) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    outcome = done.outcome
    return {
        "wave": outcome.wave,
        "added": outcome.added,
        "unchanged": outcome.unchanged,
        "digest": outcome.digest,
        "number": outcome.number,
        "again": outcome.again.number if outcome.again else None,
        "dry_run": dry_run,
        "report": done.report.document()
        | {"warnings": [problem_document(problem) for problem in (*done.report.warnings, *done.warnings)]},
    }
