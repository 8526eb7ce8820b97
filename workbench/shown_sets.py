"""A weight set printed in full; every way to make one ends by showing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey.errors import Place
from workbench.weight_choice import parent_of

if TYPE_CHECKING:
    from survey.weight_store import HeldSet
    from workbench.project import Project
    from workbench.terminal import Terminal


def show_set(terminal: Terminal, opened: Project, held: HeldSet) -> None:
    """Print who made a set and why, then its tree beside the set that it was made from."""
    from workbench.weight_tables import facts, weight_tree

    before = parent_of(opened, held.weights)
    terminal.lines(facts(terminal, opened.study, held, before))
    terminal.lines([""])
    terminal.show(weight_tree(terminal, opened.study, held.weights, before))


def show_made(terminal: Terminal, opened: Project, held: HeldSet, *, json: bool) -> None:
    """Print a new draft, what deserves a second look, and how to go on; or one JSON object."""
    from survey.weight_fit import lopsided
    from survey.weight_set import effective_weights
    from workbench.weight_tables import set_document

    weights = held.weights
    if json:
        before = parent_of(opened, weights)
        earlier = None if before is None else {"name": before.name, "effective": effective_weights(before)}
        terminal.json(set_document(held, in_use=False) | {"before": earlier})
        return
    show_set(terminal, opened, held)
    terminal.warnings(lopsided(weights, Place(weights.name)))
    terminal.line("weights.next", name=weights.name, project=opened.option)
