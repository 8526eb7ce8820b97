"""``csat verify``: whether answers and weight sets in the project file are still those that came in."""

from __future__ import annotations

import typer

from survey.language import listing
from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal, problem_document


def verify(
    ctx: typer.Context,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Recompute the digest of every wave and every weight set, and compare."""
    terminal: Terminal = ctx.obj
    opened = Project(project)
    opened.found_study_file()
    with opened.store() as store, terminal.progress("verify.reading"):
        problems = store.verify()
        waves = {wave: store.basis(wave) for wave in store.waves()}
        sets = store.weights.names()
    if json:
        found = [problem_document(problem) for problem in problems]
        terminal.json({"ok": not problems, "waves": waves, "weight_sets": sets, "problems": found})
    elif problems:
        terminal.problems(problems, heading="verify.problems")
    else:
        if waves or not sets:
            terminal.line("verify.ok", file=opened.database, waves=listing(waves))
        if sets:
            terminal.line("verify.ok_sets", names=listing(sets))
    return 1 if problems else 0
