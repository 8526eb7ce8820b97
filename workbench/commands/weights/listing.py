"""``csat weights list``: the weight sets there are, and which one results use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from workbench import options
from workbench.project import Project
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from survey.weight_set import WeightSet

_COLUMNS = ("name", "method", "state", "author", "date", "digest")
_DIGEST_SHOWN = 8


def list_(
    ctx: typer.Context,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show every weight set, the study's own first."""
    from survey.weight_set import study_weights

    terminal: Terminal = ctx.obj
    study = Project(project).study
    sets = [study_weights(study)]
    if json:
        terminal.json({"index": study.index.id, "sets": [_document(known) for known in sets]})
    else:
        _show(terminal, sets)


def _document(weights: WeightSet) -> dict[str, Any]:
    return {**weights.model_dump(mode="json"), "digest": weights.digest, "state": "study"}


def _show(terminal: Terminal, sets: Sequence[WeightSet]) -> None:
    from workbench.tables import plain_table

    rows = [
        (
            known.name,
            terminal.text(f"weights.method.{known.method}"),
            terminal.text("weights.state.study"),
            known.author or "–",
            known.date.isoformat() if known.date else "–",
            known.digest[:_DIGEST_SHOWN],
        )
        for known in sets
    ]
    heads = [terminal.text(f"weights.head.{column}") for column in _COLUMNS]
    terminal.show(plain_table(rows, heads))
