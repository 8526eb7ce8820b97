"""What a way to derive weights is asked, and what it hands back; ``csat weights derive`` knows the ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.derived_weights import DerivedWeights
    from workbench.project import Project
    from workbench.terminal import Terminal

EXPERTS = ("ahp", "budget", "delphi")
ANSWERS = ("equal", "entropy", "critic", "pca", "regression", "lmg", "target", "pls")
# Which methods an option belongs to, and how it is spelled.
_OPTIONS = {
    "wave": ("--wave", ANSWERS),
    "outcome": ("--outcome", ("regression", "lmg")),
    "target": ("--target", ("target",)),
    "lower": ("--lower", ("target",)),
    "files": ("--from", EXPERTS),
    "without": ("--without", EXPERTS),
    "counts": ("--expert-weight", EXPERTS),
    "rule": ("--rule", (*EXPERTS, "pca", "regression")),
    "group": ("--group", ("ahp",)),
    "table": ("--random-index", ("ahp",)),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked of a method; ``command`` is its path, for usage errors.

    ``parent`` is the set that the weights are held against, as ``--weights`` takes it. ``wave``, ``outcome``,
    ``target`` and ``lower`` are for weights from answers, the rest for experts.
    ``files`` are workbooks of experts, ``without`` experts to leave out, ``counts`` how much one counts,
    ``rule`` how the method pools or solves, ``group`` and ``table`` how comparisons are put together and
    which random index they are held against. ``None`` asks for the default.
    """

    project: Project
    method: str
    command: str
    terminal: Terminal
    parent: str | None = None
    wave: str | None = None
    outcome: str | None = None
    target: str | None = None
    lower: float | None = None
    files: tuple[Path, ...] = ()
    without: tuple[str, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    rule: str | None = None
    group: str | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """Weights that a method found, what prints how it found them, and what ``--json`` says beside them."""

    derived: DerivedWeights
    show: Callable[[Terminal], None]
    document: Mapping[str, Any] = field(default_factory=dict)


Way = Callable[[Asked], Derivation]


def check_options(asked: Asked) -> None:
    """Raise ``Misuse`` for an option that does not go with the method."""
    for name, (option, methods) in _OPTIONS.items():
        if getattr(asked, name) not in (None, (), {}) and asked.method not in methods:
            raise Misuse("usage.derive_not_for", asked.command, option=option, method=asked.method)
