"""``csat report``: the executive report of a wave, as PDF or as one HTML page."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench import options
from workbench.files import write_whole
from workbench.project import Project
from workbench.terminal import Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.results import StudyResults
    from report_templates.pdf import Printer
    from survey.language import Language
    from survey.study import Study

Format = Literal["pdf", "html"]


def report(
    ctx: typer.Context,
    wave: options.Wave = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE")] = None,
    file_format: Annotated[Format | None, typer.Option("--format", metavar="pdf|html")] = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Write the report and print where it is."""
    terminal: Terminal = ctx.obj
    chosen = _format(output, file_format, ctx.command_path)
    opened = Project(project)
    with _printer(chosen) as printer:
        results = opened.results(wave, terminal, ctx.command_path, weights)
        path = output or opened.report_file(results.wave, terminal.language, chosen)
        with terminal.progress(f"report.making_{chosen}"):
            write_whole(path, _rendered(results, opened.study, terminal.language, printer))
    terminal.line("message.written", path=path)


def _rendered(
    results: StudyResults, study: Study, language: Language, printer: Printer | None
) -> str | bytes:
    from report_templates.render import render_html, render_pdf

    if printer is None:
        return render_html(results, study, language)
    return render_pdf(results, study, language, printer)


def _printer(file_format: Format) -> AbstractContextManager[Printer | None]:
    """Return a printer that gets ready while the results are worked out; none for HTML."""
    from report_templates.pdf import Printer

    return Printer.ready() if file_format == "pdf" else nullcontext()


def _format(output: Path | None, asked: Format | None, command: str) -> Format:
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    implied: Format | None = "pdf" if suffix == "pdf" else "html" if suffix in ("html", "htm") else None
    if output and implied is None and asked is None:
        raise Misuse("usage.report_format", command, file=output)
    if implied and asked and implied != asked:
        raise Misuse("usage.report_formats_differ", command, file=output, format=asked)
    return asked or implied or "pdf"
