"""``csat init``: a new project folder from a study that ships, a form workbook or a platform's export."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from workbench import options
from workbench.drafted import CONFIRM_FILE, Reading, drafted_lines, files_from
from workbench.files import write_whole
from workbench.presets import preset_text, preset_truth, presets
from workbench.project import STUDY_FILE, TRUTH_FILE
from workbench.runnable import runnable
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

SCHEMA_FILE = "study.schema.json"
_IGNORED = "csat.db\ncsat.db-journal\ncsat.db.*.bak\ncsat.key\nrefused/\nreports/\n.results/\n"


def init(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="DIR")] = None,
    preset: Annotated[str, typer.Option("--preset", metavar="PRESET")] = "key_accounts",
    source: Annotated[Path | None, typer.Option("--from", metavar="EXPORT")] = None,
    sheet: options.Sheet = None,
    layout: options.Layout = None,
    encoding: options.Encoding = None,
    numbers: options.Numbers = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Write a study file, the schema that helps to edit it, and a page that says what comes next."""
    terminal: Terminal = ctx.obj
    if preset not in presets():
        raise Misuse.unknown("preset", preset, sorted(presets()), ctx.command_path)
    target = folder or project
    if (target / STUDY_FILE).exists():
        raise Stop("init.exists", path=target / STUDY_FILE)
    values = {"path": target / STUDY_FILE, "folder": shlex.quote(str(target)), "csat": runnable()}
    if source is None:
        make_project(target, preset, terminal)
        terminal.line("init.done", **values)
        return
    with terminal.progress("init.drafting"):
        reading = Reading(sheet, layout, encoding, numbers)
        made = files_from(source, reading, terminal.language, _header(terminal))
    _write(target, {**_common(terminal), **made.files})
    terminal.line("init.done_form" if made.drafted is None else "init.done_draft", **values)
    if made.drafted is not None:
        file, wave = shlex.quote(str(source)), made.drafted.study.waves[0].id
        values["numbers"] = "" if made.drafted.reads_numbers else " --numbers …"
        terminal.lines(drafted_lines(made.drafted, terminal))
        terminal.line("init.next_draft", file=file, wave=wave, confirm=target / CONFIRM_FILE, **values)


def make_project(folder: Path, preset: str, terminal: Terminal) -> None:
    """Write the files of a new project; keep any that already stand there."""
    files = _common(terminal) | {STUDY_FILE: f"{_header(terminal)}\n{preset_text(preset)}"}
    if truth := preset_truth(preset):
        files[TRUTH_FILE] = truth
    _write(folder, files)


def _header(terminal: Terminal) -> str:
    return f"# yaml-language-server: $schema={SCHEMA_FILE}\n{terminal.text('init.header')}"


def _common(terminal: Terminal) -> dict[str, str]:
    """Return the files that every project has, whatever its study comes from."""
    from survey.definition import study_schema

    schema = json.dumps(study_schema(terminal.language), ensure_ascii=False, indent=2) + "\n"
    return {".gitignore": _IGNORED, "README.md": terminal.text("init.readme"), SCHEMA_FILE: schema}


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        if not (folder / name).exists():
            write_whole(folder / name, content)
