"""``csat simulate``: a workbook of answers whose truth is known, and that truth beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench import options
from workbench.files import write_made, write_whole
from workbench.project import TRUTH_FILE, Project
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.simulate import Simulated
    from survey.study import Study
    from survey.truth import Truth


def simulate(
    ctx: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")],
    wave: Annotated[str, typer.Option("--wave", metavar="WAVE")],
    respondents: Annotated[int, typer.Option("-n", metavar="N", min=1)] = 1200,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0)] = 1,
    truth: Annotated[Path | None, typer.Option("--truth", metavar="FILE")] = None,
    force: Annotated[bool, typer.Option("--force")] = False,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
) -> None:
    """Draw the answers of a wave; write them and what is true of them."""
    from survey.default_truth import load_truth
    from survey.simulate import simulate as draw

    terminal: Terminal = ctx.obj
    opened = Project(project)
    study = opened.study
    opened.declared_wave(wave, ctx.command_path)
    if not force:
        _refuse_to_replace(output, _beside(output))
    believed = load_truth(_truth_file(truth, opened, ctx.command_path), study)
    with terminal.progress("simulate.drawing"):
        drawn = draw(study, believed, wave, respondents, seed, language=terminal.language)
        _write_answers(drawn, study, output, terminal)
    with terminal.progress("simulate.truth"):
        path = _write_truth(drawn, study, believed, wave, output)
    terminal.line("simulate.done", n=len(drawn.responses), path=output, truth=path)


def _refuse_to_replace(*paths: Path) -> None:
    if present := [path for path in paths if path.is_file()]:
        raise Stop("simulate.exists", path=present[0])


def _beside(output: Path) -> Path:
    return output.with_suffix(".truth.json")


def _truth_file(given: Path | None, opened: Project, command: str) -> Path | None:
    if given is not None and not given.is_file():
        raise Misuse("usage.no_file", command, file=given)
    beside = opened.folder / TRUTH_FILE
    return given or (beside if beside.is_file() else None)


def _write_answers(drawn: Simulated, study: Study, output: Path, terminal: Terminal) -> None:
    from survey.sample_workbook import WorkbookStyle, write_workbook

    style = WorkbookStyle(language=terminal.language, notes="none", title=False)
    write_made(output, lambda path: write_workbook(drawn.responses, study, path, style, seed=drawn.seed))


def _write_truth(drawn: Simulated, study: Study, truth: Truth, wave: str, output: Path) -> Path:
    """Write what was declared and the true values that follow from it for the whole register."""
    from survey.default_truth import document
    from survey.population import population

    values = population(study, truth, [wave], drawn.seed, register=drawn.register)
    body = {
        "wave": wave,
        "seed": drawn.seed,
        "invited": drawn.invited,
        "declared": document(truth),
        "true_values": values.document(),
    }
    path = _beside(output)
    write_whole(path, json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    return path
