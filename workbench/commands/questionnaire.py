"""``csat questionnaire``: a form to fill in, a workbook for answers, or a form for ODK and KoboToolbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench import options
from workbench.files import write_made, write_whole
from workbench.project import Project
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.study import Study

Kind = Literal["answers", "xlsform", "pdf", "html"]
_KINDS: dict[str, Kind] = {".xlsx": "answers", ".pdf": "pdf", ".html": "html", ".htm": "html"}


def questionnaire(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")],
    xlsform: Annotated[bool, typer.Option("--xlsform")] = False,
    wave: options.Wave = None,
    force: Annotated[bool, typer.Option("--force")] = False,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Write the questionnaire of a wave in the form that the file's suffix names."""
    terminal: Terminal = ctx.obj
    kind = _kind(output, ctx.command_path, xlsform=xlsform)
    opened = Project(project)
    study = opened.study
    chosen = opened.declared_wave(wave or study.waves[-1].id, ctx.command_path)
    # A workbook of that name may hold answers that somebody typed.
    if output.suffix.lower() == ".xlsx" and output.is_file() and not force:
        raise Stop("questionnaire.exists", path=output)
    _write(kind, study, chosen, output, terminal)
    terminal.line(f"questionnaire.done_{kind}", path=output, wave=chosen, project=opened.option)


def _kind(output: Path, command: str, *, xlsform: bool) -> Kind:
    kind = _KINDS.get(output.suffix.lower())
    if kind is None:
        raise Misuse("usage.questionnaire_suffix", command, file=output)
    if xlsform and kind != "answers":
        raise Misuse("usage.xlsform_suffix", command, file=output)
    return "xlsform" if xlsform else kind


def _write(kind: Kind, study: Study, wave: str, output: Path, terminal: Terminal) -> None:
    language = terminal.language
    if kind == "answers":
        from survey.answer_workbook import write_answer_workbook

        write_made(output, lambda path: write_answer_workbook(study, wave, language, path))
    elif kind == "xlsform":
        from survey.xlsform import write_xlsform

        write_made(output, lambda path: write_xlsform(study, path, language))
    elif kind == "html":
        from report_templates.questionnaire.render import form_html

        write_whole(output, form_html(study, wave, language))
    else:
        from report_templates.pdf import Printer
        from report_templates.questionnaire.render import form_pdf

        with terminal.progress("questionnaire.making_pdf"), Printer.ready() as printer:
            write_whole(output, form_pdf(study, wave, language, printer))
