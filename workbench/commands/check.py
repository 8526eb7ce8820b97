"""``csat check``: the study file, every problem with its line."""

from __future__ import annotations

from typing import Any

import typer

from survey.errors import StudyProblems
from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal, problem_document


def check(
    ctx: typer.Context,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Read the study and say what it declares, or everything that is wrong with it."""
    terminal: Terminal = ctx.obj
    opened = Project(project)
    try:
        study = opened.study
    except StudyProblems as error:
        if not json:
            raise
        problems = [problem_document(problem) for problem in error.problems]
        terminal.json({"file": str(opened.study_file), "problems": problems, "study": None})
        return 1
    counts: dict[str, Any] = {
        "id": study.id,
        "items": len(study.items),
        "index_items": len(list(study.index.leaves())),
        "index_version": study.index.version,
        "outcomes": len(study.outcomes),
        "segments": len(study.segments),
        "waves": len(study.waves),
    }
    if json:
        terminal.json({"file": str(opened.study_file), "problems": [], "study": counts})
    else:
        terminal.line("check.ok", file=opened.study_file, title=study.title[terminal.language], **counts)
    return 0
