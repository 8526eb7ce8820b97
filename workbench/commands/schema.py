"""``csat schema``: what may stand in a study file, for editors and programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from workbench import options
from workbench.files import write_whole
from workbench.terminal import Terminal


def schema(
    ctx: typer.Context,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE")] = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Print the JSON schema of study files, or write it where an editor finds it."""
    from survey.definition import study_schema

    terminal: Terminal = ctx.obj
    if output is None:
        terminal.json(study_schema(terminal.language))
        return
    write_whole(output, json.dumps(study_schema(terminal.language), ensure_ascii=False, indent=2) + "\n")
    terminal.line("message.written", path=output)
