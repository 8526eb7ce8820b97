"""One coefficient of a regression, as a table prints it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.results import Estimate


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient, in points of the outcome per unit of its column, and its two-sided p.

    ``p`` is ``None`` where there are no degrees of freedom, or nothing that varies.
    """

    name: str
    estimate: Estimate
    p: float | None

    @property
    def clear(self) -> int:
        """1 or −1 where the interval lies on one side of 0, else 0."""
        return clear_sign(self.estimate)


def clear_sign(estimate: Estimate) -> int:
    """1 where an interval lies above 0, −1 where it lies below, 0 where it covers 0 or does not exist."""
    if estimate.low is None or estimate.high is None:
        return 0
    return int(estimate.low > 0) - int(estimate.high < 0)
