"""``csat weights show``: one weight set in full, and as a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench import options
from workbench.files import write_whole
from workbench.project import Project
from workbench.shown_sets import show_set
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse
from workbench.weight_choice import find, held_set, is_file


def show(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", show_default=False)] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.yaml")] = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show a set: its tree, who made it and why, where it stands; write it to a file."""
    from survey.weight_file import dump_weights
    from workbench.weight_tables import set_document

    terminal: Terminal = ctx.obj
    if output is not None and not is_file(output.name):
        raise Misuse("usage.weight_file", ctx.command_path, file=output)
    opened = Project(project)
    held = held_set(opened, find(opened, name, ctx.command_path))
    if output is not None:
        _write(output, dump_weights(held.weights, opened.study))
    if json:
        used = find(opened, None, ctx.command_path).weights.digest == held.weights.digest
        terminal.json(set_document(held, in_use=used))
    elif output is not None:
        terminal.line("message.written", path=output)
    else:
        show_set(terminal, opened, held)


def _write(path: Path, text: str) -> None:
    """Write the file; one that somebody may have edited is never replaced."""
    try:
        same = path.read_bytes() == text.encode()
    except OSError:
        same = not path.exists()
    if not same:
        raise Stop("weights.file_exists", path=path)
    write_whole(path, text)
