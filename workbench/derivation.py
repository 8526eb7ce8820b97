"""What a way to derive weights is asked, and what it hands back; ``csat weights derive`` knows the ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.derived_weights import DerivedWeights
    from workbench.project import Project
    from workbench.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked of a method; ``command`` is its path, for usage errors.

    ``files`` are workbooks of experts, ``without`` experts to leave out, ``counts`` how much one counts,
    ``rule`` how the method pools or solves, ``group`` and ``table`` how comparisons are put together and
    which random index they are held against. ``None`` asks for the default.
    """

    project: Project
    method: str
    command: str
    files: tuple[Path, ...] = ()
    without: tuple[str, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    rule: str | None = None
    group: str | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """Weights that a method found, and what prints how it found them."""

    derived: DerivedWeights
    show: Callable[[Terminal], None]


Way = Callable[[Asked], Derivation]
