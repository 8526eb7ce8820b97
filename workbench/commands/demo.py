"""``csat demo``: the whole job on the sample study, from four workbooks to the reports."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from survey.language import LANGUAGES
from workbench import options
from workbench.commands.importing import import_file
from workbench.commands.init import make_project
from workbench.files import write_whole
from workbench.presets import preset_text
from workbench.project import Project
from workbench.terminal import Stop, Terminal

if TYPE_CHECKING:
    from analysis.results import StudyResults

SAMPLE = "key_accounts"
WORKBOOKS = "workbooks"


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)] = Path("demo"),
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Make a project, import four waves, write the reports, and say where they are."""
    terminal: Terminal = ctx.obj
    opened = Project(project / folder)
    make_project(opened.folder, preset_text(SAMPLE), terminal)
    if opened.study.id != SAMPLE:
        raise Stop("demo.other_project", folder=opened.folder, study=opened.study.id)
    _import_waves(opened, terminal)
    results = opened.results(None, terminal, ctx.command_path)
    written = _write_reports(opened, results, terminal)
    terminal.line("demo.reports")
    terminal.lines((str(path) for path in written), indent="  ")
    terminal.line("demo.next", folder=opened.folder, before=results.waves[-2])


def _import_waves(opened: Project, terminal: Terminal) -> None:
    """Import the workbook of every wave of the sample; what is there already is left alone."""
    workbooks = list(_workbooks(opened))
    lines = []
    with terminal.progress("demo.importing", total=len(workbooks)) as advance:
        for wave, file in workbooks:
            done = import_file(opened, file, wave)
            key = "demo.again" if done.outcome.again else "demo.imported"
            lines.append(terminal.text(key, wave=wave, file=file.name, added=done.outcome.added))
            advance()
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


def _write_reports(opened: Project, results: StudyResults, terminal: Terminal) -> list[Path]:
    """Write the report in both languages; the pages are set at the same time, each in its own process."""
    from report_templates.render import render_html, render_pdf

    html = {language: opened.report_file(results.wave, language, "html") for language in LANGUAGES}
    pdf = {language: opened.report_file(results.wave, language, "pdf") for language in LANGUAGES}
    with terminal.progress("report.making_pdf"), ThreadPoolExecutor(len(LANGUAGES)) as pool:
        pages = {language: pool.submit(render_pdf, results, opened.study, language) for language in LANGUAGES}
        for language, path in html.items():
            write_whole(path, render_html(results, opened.study, language))
        for language, path in pdf.items():
            write_whole(path, pages[language].result())
    return [*pdf.values(), *html.values()]
