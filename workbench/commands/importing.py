"""``csat import``: a workbook of answers into the project file, all of it or none."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from survey.errors import ProblemsError
from survey.language import listing
from workbench import options
from workbench.incoming import Arrival, Import, Request, import_file, read_file, remember_decisions, tried
from workbench.marked_copy import hand_back_refused, mark_copy
from workbench.project import Project
from workbench.terminal import Stop, Terminal, problem_document
from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.errors import Problem
    from survey.import_report import ImportReport
    from survey.store import AddOutcome
    from workbench.weight_choice import Weighted

Duplicates = Literal["first", "last", "both"]
_CORRECTED_SHOWN = 12


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    wave: Annotated[str, typer.Option("--wave", metavar="WAVE")],
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    annotate: Annotated[Path | None, typer.Option("--annotate", metavar="OUT.xlsx")] = None,
    accept_valid: Annotated[bool, typer.Option("--accept-valid")] = False,
    accept_proposals: Annotated[bool, typer.Option("--accept-proposals")] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out")] = False,
    numbers: options.Numbers = None,
    duplicates: Annotated[Duplicates | None, typer.Option("--duplicates", metavar="first|last|both")] = None,
    sheet: options.Sheet = None,
    header_row: Annotated[int | None, typer.Option("--header-row", metavar="ROW")] = None,
    layout: options.Layout = None,
    encoding: options.Encoding = None,
    not_asked: Annotated[list[str] | None, typer.Option("--not-asked", metavar="ID")] = None,
    skip_hidden: Annotated[bool, typer.Option("--skip-hidden")] = False,
    update: Annotated[bool, typer.Option("--update")] = False,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Import a file and account for every row of it."""
    from survey.importing import ImportOptions

    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.declared_wave(wave, ctx.command_path)
    if weights is not None and not dry_run:
        raise Misuse("usage.weights_dry_run", ctx.command_path)
    weighted = opened.weight_set(weights, ctx.command_path) if dry_run else None
    asked = ImportOptions(
        sheet=sheet,
        header_row=header_row,
        layout=layout,
        numbers=numbers,
        duplicates=duplicates,
        accept_valid=accept_valid,
        skip_hidden=skip_hidden,
        accept=accept_proposals,
        leave_out=leave_out,
        not_asked=tuple(opened.known_parts(not_asked or (), ctx.command_path)),
    )
    request = Request(file, wave, encoding, asked, update)
    arrival = mark_copy(request, annotate, terminal, lambda: _read(opened, request, terminal))
    if weighted is not None:
        _try(opened, weighted, request, arrival, terminal, json=json)
        return
    if not json:
        terminal.warnings(arrival.changes)  # before anything is written
    with terminal.progress("import.reading"):
        add = partial(import_file, opened, request, arrival=arrival)
        done, refused = hand_back_refused(opened, request, arrival, terminal, add)
    decided = _remember(opened, arrival, terminal)
    if json:
        files = {"refused_file": refused and str(refused), "decisions_file": decided and str(decided)}
        terminal.json(import_document(done, dry_run=False) | files)
        return
    show_import(terminal, done)
    if done.outcome.corrected:
        terminal.line("import.undoable", number=done.outcome.number, project=opened.option)
    if refused is not None:
        terminal.line("import.refused_file", path=refused)
    if decided is not None:
        terminal.line("import.decisions_file", path=decided)


def _remember(opened: Project, arrival: Arrival, terminal: Terminal) -> Path | None:
    """Write decisions down; where that fails, say so and go on, because the answers are in."""
    try:
        return remember_decisions(opened, arrival.imported, terminal.language)
    except Stop as error:
        reason = error.document()["message"][terminal.language]
    except ProblemsError as error:  # somebody edited the file meanwhile
        reason = " ".join(problem.line(terminal.language) for problem in error.problems)
    terminal.remark("import.decisions_lost", wave=arrival.imported.responses.wave, reason=reason)
    return None


def _read(opened: Project, request: Request, terminal: Terminal) -> Arrival:
    with terminal.progress("import.reading"):
        return read_file(opened, request)


def _try(
    opened: Project,
    weighted: Weighted,
    request: Request,
    arrival: Arrival,
    terminal: Terminal,
    *,
    json: bool,
) -> None:
    """Show what an import would do to the wave and its index, and who may have answered carelessly."""
    from survey.careless_words import flag_lines
    from workbench.preview import index_preview

    preview = None
    with terminal.progress("import.reading"), tried(opened, request, arrival) as (done, copy):
        if done.outcome.again is None:
            preview = index_preview(opened, weighted, request.wave, copy)
    if json:
        found = {} if preview is None else {"preview": preview.document(), "flags": preview.flags.document()}
        terminal.json(import_document(done, dry_run=True) | found)
        return
    terminal.line("import.dry_run")
    terminal.warnings(arrival.changes)
    show_import(terminal, done)
    if preview is not None:
        heading, *figures = preview.lines(terminal)
        terminal.lines([heading])
        terminal.lines([*figures, *flag_lines(preview.flags, terminal.language)], indent="  ")


def show_import(terminal: Terminal, done: Import) -> None:
    """Say what came in, how the rows add up, and what deserves a look."""
    outcome, report = done.outcome, done.report
    if outcome.again is not None:
        values = {"number": outcome.again.number, "at": f"{outcome.again.at:%Y-%m-%d %H:%M}"}
        terminal.line("import.again", file=report.file, wave=outcome.wave, **values)
        return
    key = "import.beside" if outcome.unchanged else "import.added"
    counts = {"added": outcome.added, "unchanged": outcome.unchanged}
    terminal.line(key, file=report.file, wave=outcome.wave, **counts)
    show_corrections(terminal, outcome)
    terminal.lines(summary(report, terminal), indent="  ")
    if refused := refused_problems(done):
        terminal.problems(refused, heading="import.refused_because")
    terminal.warnings((*report.warnings, *done.warnings))


def refused_problems(done: Import) -> tuple[Problem, ...]:
    """Return what is wrong with the rows that were left out."""
    return tuple(problem for found in done.arrival.imported.refused.values() for problem in found)


def show_corrections(terminal: Terminal, outcome: AddOutcome) -> None:
    """Say whose answers are others now, in what, and who is not in the file; nothing where nobody is."""
    lines = []
    if beyond := outcome.corrected - outcome.reweighted:
        lines.append(terminal.text("import.corrected", n=beyond))
    if outcome.reweighted:
        lines.append(terminal.text("import.reweighted", n=outcome.reweighted))
    if outcome.changed:
        more = ["…"] if len(outcome.changed) > _CORRECTED_SHOWN else []
        counts = [f"{name} {n}" for name, n in outcome.changed.items()][:_CORRECTED_SHOWN]
        lines.append(terminal.text("import.corrected_in", names=listing([*counts, *more])))
    if outcome.vanished:
        lines.append(terminal.text("import.vanished", n=outcome.vanished))
    terminal.lines(lines, indent="  ")


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
    warnings = (*done.report.warnings, *done.warnings)
    return {
        "wave": outcome.wave,
        "added": outcome.added,
        "corrected": outcome.corrected,
        "reweighted": outcome.reweighted,
        "unchanged": outcome.unchanged,
        "vanished": outcome.vanished,
        "corrected_in": dict(outcome.changed),
        "corrections": [dataclasses.asdict(change) for change in outcome.changes],
        "digest": outcome.digest,
        "number": outcome.number,
        "again": outcome.again.number if outcome.again else None,
        "dry_run": dry_run,
        "refused_file": None,
        "decisions_file": None,
        "changes": [problem_document(problem) for problem in done.arrival.changes],
        "refused": [problem_document(problem) for problem in refused_problems(done)],
        "report": done.report.document() | {"warnings": [problem_document(problem) for problem in warnings]},
    }
