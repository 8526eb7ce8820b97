"""``csat check``: the study file, every problem with its line, and whether answers held still fit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal, problem_document

if TYPE_CHECKING:
    from survey.study import Study


def check(
    ctx: typer.Context,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Read the study and say what it declares, or everything that is wrong with it."""
    from survey.definition import examine, read_study_text

    terminal: Terminal = ctx.obj
    opened = Project(project)
    file = opened.found_study_file()
    study, problems = examine(read_study_text(file), str(file))
    if study is not None:
        problems += opened.held_problems(study)
    if any(problem.severity == "error" for problem in problems):
        study = None
    if json:
        found = [problem_document(problem) for problem in problems]
        terminal.json({"file": str(file), "problems": found, "study": study and _counts(study)})
    elif study is None:
        terminal.problems(problems, heading="check.problems")
    else:
        terminal.line("check.ok", file=file, title=study.title[terminal.language], **_counts(study))
        terminal.warnings(problems)
    return 1 if study is None else 0


def _counts(study: Study) -> dict[str, Any]:
    return {
        "id": study.id,
        "items": len(study.items),
        "index_items": len(list(study.index.leaves())),
        "index_version": study.index.version,
        "outcomes": len(study.outcomes),
        "segments": len(study.segments),
        "waves": len(study.waves),
    }
