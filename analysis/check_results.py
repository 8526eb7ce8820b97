"""Lines of the checklist, and the list that they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.check_lines import CONVENTIONS, LINES, SOURCES

if TYPE_CHECKING:
    import pandas as pd

State = Literal["pass", "warn", "block"]
Scope = Literal["wave", "outcome", "scale"]
STATES: tuple[State, ...] = ("pass", "warn", "block")


@dataclass(frozen=True, slots=True)
class Check:
    """One line. ``about`` is the outcome or scale it is about, ``None`` for the whole wave.

    ``values`` are the figures that were judged, by name, ``limits`` what they were judged by: under the same
    names from where on a line warns, with ``_block`` behind them from where on it blocks. ``names`` are
    items or branches that the line names, ``segments`` segments, ``records`` outcomes that are on record and
    that the line is to be held against.
    """

    key: str
    state: State
    about: str | None
    values: Mapping[str, float]
    limits: Mapping[str, float]
    names: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    scope: Scope = "outcome"
    records: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Who the rule comes from; empty where it is a convention alone."""
        return SOURCES.get(self.key, "")

    @property
    def by_convention(self) -> bool:
        """Whether no theorem sets the limits."""
        return self.key in CONVENTIONS or not self.source

    def summary(self) -> str:
        """One line: ``warn  collinearity (satisfaction): variance inflation 5.2, condition 12.0``."""
        about = f" ({self.about})" if self.about else ""
        named = (*self.names, *self.segments, *self.records)
        names = f": {', '.join(named)}" if named else ""
        return f"{self.state:<5} {self.key}{about}: {LINES[self.key].format(**self.values)}{names}"


@dataclass(frozen=True, slots=True)
class Checklist:
    """All lines of one wave, worst first within what they are about."""

    wave: str
    checks: tuple[Check, ...]

    def of(self, outcome: str | None) -> tuple[Check, ...]:
        """Lines of an outcome alone, or, with ``None``, of the wave as a whole."""
        scope = "wave" if outcome is None else "outcome"
        return tuple(check for check in self.checks if (check.about, check.scope) == (outcome, scope))

    def about(self, outcome: str) -> tuple[Check, ...]:
        """Lines that bear on an outcome: those of the whole wave and its own."""
        return (*self.of(None), *self.of(outcome))

    def blocks(self, outcome: str) -> tuple[Check, ...]:
        """Lines for which nothing about the drivers of an outcome may be a headline."""
        return tuple(check for check in self.about(outcome) if check.state == "block")

    def blocked(self, outcome: str) -> bool:
        """Whether nothing about the drivers of an outcome may be a headline."""
        return bool(self.blocks(outcome))

    @property
    def blocked_outcomes(self) -> tuple[str, ...]:
        """Outcomes whose drivers may not be a headline, in the order of the list."""
        outcomes = dict.fromkeys(check.about for check in self.checks if check.scope == "outcome")
        return tuple(outcome for outcome in outcomes if outcome is not None and self.blocked(outcome))

    def only(self, outcome: str) -> Checklist:
        """The list without lines on other outcomes and on scales."""
        return Checklist(self.wave, self.about(outcome))

    @property
    def counts(self) -> Mapping[State, int]:
        """How many lines pass, warn and block."""
        return {state: sum(check.state == state for check in self.checks) for state in STATES}

    def summary(self) -> str:
        """One line a check."""
        return "\n".join(check.summary() for check in self.checks)

    def to_frame(self) -> pd.DataFrame:
        """One row a check."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {
                "check": check.key,
                "state": check.state,
                "about": check.about,
                "values": dict(check.values),
                "limits": dict(check.limits),
                "names": check.names,
                "segments": check.segments,
                "records": check.records,
                "source": check.source or "convention",
            }
            for check in self.checks
        ]
        return pd.DataFrame(rows)


def judged(warn: bool, block: bool = False) -> State:
    """Return the worst that holds."""
    if block:
        return "block"
    return "warn" if warn else "pass"
