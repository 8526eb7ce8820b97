"""What an outcome is: points, a share or a net score, and whether more of it is better.

What a newcomer gets wrong: of a share of customers lost less is better; an outcome in points was scored so
that more is better, whatever it asks about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["points", "share", "nps"]
BAD_EVENTS = frozenset({"churn", "complaint"})


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """An outcome of the sample: its id, its kind as the study names it, its unit, the items it averages."""

    id: str
    kind: str
    unit: Unit = "points"
    items: tuple[str, ...] = ()

    @property
    def higher_is_better(self) -> bool:
        """False for the share of a bad event."""
        return not (self.unit == "share" and self.kind in BAD_EVENTS)
