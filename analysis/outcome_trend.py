"""What satisfaction is supposed to bring about, wave by wave: loyalty, renewal, recommendation, churn.

What a newcomer gets wrong: a share of customers lost, or of customers who complained, counts the other
way: a fall is "better". Outcomes in points were scored so that more is better, whatever they ask about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.design import design_of
from analysis.estimate import LinearEstimates, comparisons, domain_means, estimates, shares, side_by_side
from analysis.results import Comparison, Estimate, OutcomeResult, TooFew
from analysis.sample import Floats, Sample

Unit = Literal["points", "share", "nps"]
BAD_EVENTS = frozenset({"churn", "complaint"})


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """An outcome of the sample: its id, its kind as the study names it, and its unit."""

    id: str
    kind: str
    unit: Unit = "points"

    @property
    def higher_is_better(self) -> bool:
        """False for the share of a bad event."""
        return not (self.unit == "share" and self.kind in BAD_EVENTS)


def outcome_values(points: Floats, unit: Unit) -> Floats:
    """Turn points of 100 into the outcome's unit, (n,); a blank stays blank.

    A share is 0 or 1. For NPS an answer on 0–10 stands at ten times its code: 9 and 10 count +100,
    7 and 8 nothing, 0 to 6 −100; means of several items fall to the nearer side.

    >>> outcome_values(np.array([100.0, 90.0, 80.0, 60.0]), "nps")
    array([ 100.,  100.,    0., -100.])
    """
    if unit == "points":
        return points
    if unit == "share":
        return points / 100.0
    values = np.where(points >= 85, 100.0, np.where(points < 65, -100.0, 0.0))
    return np.where(np.isfinite(points), values, np.nan)


def outcome_results(
    sample: Sample,
    outcomes: Sequence[OutcomeKind],
    level: float = 0.95,
    fdr: float = 0.05,
    *,
    disclosure_limit: int = 10,
) -> tuple[OutcomeResult, ...]:
    """Every outcome in every wave, and its change from the last wave but one.

    Changes are one family. Shares have logit intervals; an NPS is a mean of +100, 0 and −100. A wave
    with fewer than ``disclosure_limit`` answers shows nothing.
    """
    design = design_of(sample)
    columns = {
        outcome.id: [
            domain_means(
                design,
                outcome_values(sample.outcomes[outcome.id], outcome.unit)[:, None],
                sample.in_wave(wave),
            )
            for wave in sample.waves
        ]
        for outcome in outcomes
    }
    changes = _changes(outcomes, columns, level, fdr, disclosure_limit)
    return tuple(
        OutcomeResult(
            outcome.id,
            outcome.kind,
            outcome.unit,
            tuple(_shown(wave, outcome.unit, level, disclosure_limit) for wave in columns[outcome.id]),
            changes.get(outcome.id),
        )
        for outcome in outcomes
    )


def _shown(linear: LinearEstimates, unit: Unit, level: float, limit: int) -> Estimate | TooFew:
    n = int(linear.n[0])
    if n < limit:
        return TooFew(n, "disclosure" if n else "no_answers")
    return (shares if unit == "share" else estimates)(linear, level)[0]


def _changes(
    outcomes: Sequence[OutcomeKind],
    columns: dict[str, list[LinearEstimates]],
    level: float,
    fdr: float,
    limit: int,
) -> dict[str, Comparison | None]:
    """Test changes as one family; only the verdict asks which way is better."""
    both = [
        outcome
        for outcome in outcomes
        if len(columns[outcome.id]) > 1 and min(wave.n[0] for wave in columns[outcome.id][-2:]) >= limit
    ]
    if not both:
        return {}
    moved = side_by_side([columns[outcome.id][-1].minus(columns[outcome.id][-2]) for outcome in both])
    up = comparisons(moved, level, fdr)
    down = comparisons(moved, level, fdr, higher_is_better=False)
    return {outcome.id: (up if outcome.higher_is_better else down)[j] for j, outcome in enumerate(both)}
