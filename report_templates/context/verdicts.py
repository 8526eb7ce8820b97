"""Which claim a test allows: the only place where rose, fell, higher and lower come from.

A difference is a rise or a fall only if its verdict says so; a difference without a test is called
untested, never flat. The word follows the sign of the difference, the mark follows whether it is good.
"""

from __future__ import annotations

from typing import Literal

from analysis.results import Comparison, Estimate, TooFew
from report_templates.charts.marks import Mark

Direction = Literal["rise", "fall", "flat", "untested"]


def direction(comparison: Comparison) -> Direction:
    """Return what may be said of a difference."""
    if comparison.p is None:
        return "untested"
    if comparison.verdict == "same":
        return "flat"
    return "rise" if comparison.estimate.value > 0 else "fall"


def mark(comparison: Comparison | None) -> Mark | None:
    """Return the mark of a difference: the arrow shows its sign, the colour whether it is good.

    No test, no mark.
    """
    if comparison is None or comparison.p is None:
        return None
    if comparison.verdict == "same":
        return "same"
    rising = comparison.estimate.value > 0
    if comparison.verdict == "better":
        return "better" if rising else "better_down"
    return "worse_up" if rising else "worse"


def shown(estimate: Estimate | TooFew) -> Estimate | None:
    """Return the estimate if it may be printed."""
    return estimate if isinstance(estimate, Estimate) else None
