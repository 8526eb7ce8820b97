"""Views of the drivers: each looks at the same outcomes in another way, one module a view.

A view is a function that takes what was ``Asked`` and writes tables or one JSON document. It is imported
when it is chosen, so that a command starts fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from workbench.project import Project
from workbench.terminal import Terminal

VIEWS = (
    "shares",
    "measures",
    "dominance",
    "models",
    "asymmetry",
    "waves",
    "segments",
    "priorities",
    "gap",
    "stated",
    "strategy",
)
"""Every view, the usual one first; each is the module of that name in this package."""

COMPARES = {"since": "waves", "by": "segments"}
"""Options of the command that are for one view alone, and which."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for.

    ``outcomes`` are ids of outcomes of the study, by default those it names under drivers; ``wave`` is
    ``None`` for the latest with answers; ``command`` is the command's name, for messages. ``since`` and
    ``by`` are the wave and the segment that a view compares with, for those views alone.
    """

    project: Project
    terminal: Terminal
    command: str
    outcomes: tuple[str, ...]
    wave: str | None
    weights: str | None
    json: bool
    since: str | None = None
    by: str | None = None


def driver_view(name: str) -> Callable[[Asked], None]:
    """Return the view of that name, one of ``VIEWS``."""
    show: Callable[[Asked], None] = import_module(f"workbench.driver_views.{name}").show
    return show
