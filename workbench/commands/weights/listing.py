"""``csat weights list``: the weight sets there are, and which one results use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from survey.errors import Place, StoreProblems
from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal, problem_document
from workbench.weight_words import method_name

if TYPE_CHECKING:
    from survey.errors import Problem
    from survey.weight_store import HeldSet, WeightUse

_COLUMNS = ("name", "method", "state", "used", "author", "date", "digest")


def list_(
    ctx: typer.Context,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> int:
    """Show every weight set, the study's own first."""
    terminal: Terminal = ctx.obj
    opened = Project(project)
    sets, use, problems = _read(opened)
    used = sets[0].weights.digest if use is None or use.digest is None else use.digest
    if json:
        from workbench.weight_tables import set_document

        documents = [set_document(held, in_use=held.weights.digest == used) for held in sets]
        found = {"index": opened.study.index.id, "in_use": _use_document(use), "sets": documents}
        terminal.json(found | {"problems": [problem_document(problem) for problem in problems]})
    else:
        _show(terminal, sets, used)
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            terminal.problems(errors, heading="verify.problems")
        terminal.warnings(problem for problem in problems if problem.severity == "warning")
    return int(any(problem.severity == "error" for problem in problems))


def _read(opened: Project) -> tuple[list[HeldSet], WeightUse | None, list[Problem]]:
    """Return the sound sets, what results use, and what is wrong: sets altered, or of another tree."""
    from survey.weight_fit import misfits
    from survey.weight_set import study_weights
    from survey.weight_store import HeldSet

    sets, use = [HeldSet(study_weights(opened.study), "study")], None
    problems: list[Problem] = []
    if opened.database.is_file():
        with opened.store() as store:
            use = store.weights.in_use()
            for name in store.weights.names():
                try:
                    sets.append(store.weights.named(name))
                except StoreProblems as error:
                    problems += error.problems
    for held in sets[1:]:
        place = Place(opened.database.name, key=held.weights.name)
        found = misfits(held.weights, opened.study, place)
        problems += [replace(problem, severity="warning") for problem in found]
    return sets, use, problems


def _use_document(use: WeightUse | None) -> dict[str, Any] | None:
    if use is None:
        return None
    return {"name": use.name, "digest": use.digest, "at": use.at.isoformat(), "by": use.by}


def _show(terminal: Terminal, sets: list[HeldSet], used: str) -> None:
    from workbench.tables import plain_table
    from workbench.weight_tables import DIGEST_SHOWN

    rows = [
        (
            held.weights.name,
            method_name(held.weights.method)[terminal.language],
            terminal.text(f"weights.state.{held.state}"),
            terminal.text("weights.used") if held.weights.digest == used else "",
            held.weights.author or "–",
            held.weights.date.isoformat() if held.weights.date else "–",
            held.weights.digest[:DIGEST_SHOWN],
        )
        for held in sets
    ]
    heads = [terminal.text(f"weights.head.{column}") for column in _COLUMNS]
    terminal.show(plain_table(rows, heads, right=(6,)))
