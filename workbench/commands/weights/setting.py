"""``csat weights set``: a set made by hand, or read from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from survey.language import listing
from workbench import options
from workbench.new_sets import free_name, keep, new_set
from workbench.project import Project
from workbench.shown_sets import show_made
from workbench.terminal import Terminal
from workbench.usage import Misuse
from workbench.weight_choice import find

if TYPE_CHECKING:
    from survey.weight_file import WeightFile
    from survey.weight_set import WeightSet

_LARGEST = 1_000_000


def set_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    pairs: Annotated[list[str] | None, typer.Argument(metavar="[NODE=WEIGHT]…", show_default=False)] = None,
    source: Annotated[Path | None, typer.Option("--from", metavar="FILE.yaml")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT")] = None,
    author: options.Author = None,
    parent: options.Parent = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Save a weight set as a draft, and show what it changes."""
    from survey.weight_file import read_weight_file

    terminal: Terminal = ctx.obj
    command = ctx.command_path
    opened = Project(project)
    if (source is None) == (not pairs):
        raise Misuse("usage.set_from_or_pairs", command)
    free_name(opened, name, command)
    if source is not None:
        if not source.exists():
            raise Misuse("usage.no_file", command, file=source)
        found = read_weight_file(source, opened.study)
        made = _from_file(opened, found, Signature(name, reason, author, parent), command)
        terminal.warnings([replace(found.edited, severity="warning")] if found.edited else ())
    else:
        base = find(opened, parent, command).weights
        given = _read_pairs(pairs or (), opened, command)
        made = _made(opened, {**base.weights, **given}, Signature(name, reason, author, parent), command)
    show_made(terminal, opened, keep(opened, made), json=json)


class Signature(NamedTuple):
    """What the command line says about a set beside its weights."""

    name: str
    reason: str | None
    author: str | None
    parent: str | None


def _from_file(opened: Project, found: WeightFile, said: Signature, command: str) -> WeightSet:
    """Return the very set of a file where nothing else is said, else a new one with its weights.

    What a method found out belongs to the weights that it found, so an edited file is one made by hand.
    """
    held = found.weights
    kept = found.edited is None and held.method != "study"
    if kept and said == (held.name, None, None, None):
        return held
    made = _made(opened, held.weights, said, command)
    changes: dict[str, Any] = {}
    if kept:
        changes = {"method": held.method, "evidence": held.evidence}
    if said.parent is None and found.digest is not None:
        changes["parent"] = found.digest
    return made.model_copy(update=changes)


def _made(opened: Project, weights: Mapping[str, float], said: Signature, command: str) -> WeightSet:
    if not said.reason:
        raise Misuse("usage.missing", command, name="--reason")
    from survey.weight_set import node_ids

    known = node_ids(opened.study.index)
    return new_set(
        *(opened, {node: weight for node, weight in weights.items() if node in known}, said.name),
        method="direct",
        reason=said.reason,
        command=command,
        author=said.author,
        parent=said.parent,
    )


def _read_pairs(pairs: Sequence[str], opened: Project, command: str) -> dict[str, float]:
    """Return the weights of ``node=weight`` words; raises ``Misuse`` with all that are wrong."""
    from survey.weight_set import node_ids

    known = node_ids(opened.study.index)
    given: dict[str, float] = {}
    wrong: list[str] = []
    for pair in pairs:
        node, _, text = pair.partition("=")
        if "=" in pair and node not in known:
            raise Misuse.unknown("node", node, known, command)
        try:
            weight = float(text)
        except ValueError:
            weight = nan
        if node in given or not 0 <= weight <= _LARGEST:
            wrong.append(pair)
        given[node] = weight
    if wrong:
        raise Misuse("usage.set_pairs", command, pairs=listing(wrong))
    return given
