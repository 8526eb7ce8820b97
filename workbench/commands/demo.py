"""``csat demo``: the whole job on the sample study, from four workbooks to the reports."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from survey.language import LANGUAGES, Language
from workbench import options
from workbench.commands.init import make_project
from workbench.files import write_whole
from workbench.incoming import Request, import_file
from workbench.project import KEY_FILE, Project
from workbench.runnable import runnable
from workbench.terminal import Stop, Terminal

if TYPE_CHECKING:
    from analysis.results import StudyResults
    from report_templates.pdf import Printer

SAMPLE = "key_accounts"
WORKBOOKS = "workbooks"


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)] = Path("demo"),
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Make a project, import four waves, write the reports, and say where they are."""
    from report_templates.pdf import Printer

    terminal: Terminal = ctx.obj
    opened = Project(project / folder)
    make_project(opened.folder, SAMPLE, terminal)
    if opened.study.id != SAMPLE:
        raise Stop("demo.other_project", folder=opened.folder, study=opened.study.id)
    _place_key(opened)
    _import_waves(opened, terminal)
    with ExitStack() as stack:
        # One printer a language: they get ready while the results are worked out.
        printers = {language: stack.enter_context(Printer()) for language in LANGUAGES}
        results = opened.results(None, terminal, ctx.command_path)
        written = _write_reports(opened, results, printers, terminal)
    terminal.line("demo.reports")
    terminal.lines((str(path) for path in written), indent="  ")
    values = {"csat": runnable(), "folder": shlex.quote(str(opened.folder)), "before": results.waves[-2]}
    terminal.line("demo.next", **values)


def _place_key(opened: Project) -> None:
    """Give the demo the published key, so that everybody gets the same report; a key that is there stays."""
    file = opened.folder / KEY_FILE
    if not file.exists() and not opened.database.exists():
        write_whole(file, (resources.files("sample_surveys") / SAMPLE / KEY_FILE).read_bytes())


def _import_waves(opened: Project, terminal: Terminal) -> None:
    """Import the workbook of every wave of the sample; what is there already is left alone."""
    workbooks = list(_workbooks(opened))
    lines = []
    with terminal.progress("demo.importing") as at:
        for position, (wave, file) in enumerate(workbooks):
            at(terminal.text("demo.importing_wave", wave=wave), position, len(workbooks))
            done = import_file(opened, Request(file, wave))
            key = "demo.imported" if done.outcome.added else "demo.again"
            lines.append(terminal.text(key, wave=wave, file=file.name, added=done.outcome.added))
    terminal.lines(lines)


def _workbooks(opened: Project) -> Iterator[tuple[str, Path]]:
    """Yield wave and workbook, put beside the study so that people can open what was imported."""
    samples: Traversable = resources.files("sample_surveys") / SAMPLE
    for wave in opened.study.wave_by_id:
        sample = samples / f"{wave}.xlsx"
        if sample.is_file():
            file = opened.folder / WORKBOOKS / sample.name
            if not file.exists():
                write_whole(file, sample.read_bytes())
            yield wave, file


def _write_reports(
    opened: Project, results: StudyResults, printers: Mapping[Language, Printer], terminal: Terminal
) -> list[Path]:
    """Write the report in both languages as HTML and, at the same time, as PDF."""
    from report_templates.render import render_html, render_pdf

    def print_one(language: Language) -> Path:
        path = opened.report_file(results.wave, language, "pdf")
        write_whole(path, render_pdf(results, opened.study, language, printers[language]))
        return path

    with terminal.progress("report.making_pdf"), ThreadPoolExecutor(len(LANGUAGES)) as pool:
        printed = pool.map(print_one, LANGUAGES)
        pages = [opened.report_file(results.wave, language, "html") for language in LANGUAGES]
        for language, path in zip(LANGUAGES, pages, strict=True):
            write_whole(path, render_html(results, opened.study, language))
        return [*printed, *pages]
