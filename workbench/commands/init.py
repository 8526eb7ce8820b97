"""``csat init``: a new project folder from one of the studies that ship."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from workbench import options
from workbench.files import write_whole
from workbench.presets import preset_text, preset_truth, presets
from workbench.project import STUDY_FILE, TRUTH_FILE
from workbench.runnable import runnable
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

SCHEMA_FILE = "study.schema.json"
_IGNORED = "csat.db\ncsat.db-journal\ncsat.db.*.bak\ncsat.key\nreports/\n.results/\n"


def init(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="DIR")] = None,
    preset: Annotated[str, typer.Option("--preset", metavar="PRESET")] = "key_accounts",
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
    make_project(target, preset, terminal)
    terminal.line("init.done", path=target / STUDY_FILE, folder=shlex.quote(str(target)), csat=runnable())


def make_project(folder: Path, preset: str, terminal: Terminal) -> None:
    """Write the files of a new project; keep any that already stand there."""
    from survey.definition import study_schema

    files = {
        ".gitignore": _IGNORED,
        "README.md": terminal.text("init.readme"),
        SCHEMA_FILE: json.dumps(study_schema(terminal.language), ensure_ascii=False, indent=2) + "\n",
        STUDY_FILE: f"# yaml-language-server: $schema={SCHEMA_FILE}\n{terminal.text('init.header')}\n"
        + preset_text(preset),
    }
    if truth := preset_truth(preset):
        files[TRUTH_FILE] = truth
    for name, content in files.items():
        if not (folder / name).exists():
            write_whole(folder / name, content)
