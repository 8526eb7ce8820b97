"""What satisfaction is supposed to bring about, wave by wave: loyalty, renewal, recommendation, churn.

What a newcomer gets wrong: a share of customers lost, or of customers who complained, counts the other
way: a fall is "better". Outcomes in points were scored so that more is better, whatever they ask about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.design import design_of
from analysis.estimate import LinearEstimates, comparisons, domain_means, estimates, side_by_side
from analysis.index import IndexTree
from analysis.inputs import check_known
from analysis.outcome_kinds import OutcomeKind, Unit
from analysis.results import Comparison, Estimate, OutcomeResult, TooFew
from analysis.sample import Floats, Sample
from analysis.share_intervals import ShareInterval, net_scores, shares
from analysis.suppression import Hidden
from analysis.tracking import hidden_items


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
    interval: ShareInterval = "logit",
    disclosure_limit: int = 10,
    tree: IndexTree | None = None,
) -> tuple[OutcomeResult, ...]:
    """Every outcome in every wave, and its change from the last wave but one.

    Changes are one family. Shares and NPS, a mean of +100, 0 and −100, have intervals by the method
    ``interval``, which stay on their scales. A wave
    with fewer than ``disclosure_limit`` answers shows nothing, nor does one in which an item of the
    outcome may not be shown beside the index of ``tree``.
    """
    check_known([outcome.id for outcome in outcomes], sample.outcomes, "outcome")
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
    hidden = [
        _hidden_in(sample, wave, outcomes, columns, t, tree, disclosure_limit)
        for t, wave in enumerate(sample.waves)
    ]
    changes = _changes(outcomes, columns, hidden, level, fdr)
    return tuple(
        OutcomeResult(
            outcome.id,
            outcome.kind,
            outcome.unit,
            tuple(
                _shown(found, outcome.unit, level, interval, reasons.get(outcome.id))
                for found, reasons in zip(columns[outcome.id], hidden, strict=True)
            ),
            changes.get(outcome.id),
        )
        for outcome in outcomes
    )


def _hidden_in(
    sample: Sample,
    wave: str,
    outcomes: Sequence[OutcomeKind],
    columns: Mapping[str, Sequence[LinearEstimates]],
    number: int,
    tree: IndexTree | None,
    limit: int,
) -> dict[str, Hidden]:
    """Outcomes that show nothing in one wave: few answers, or made of an item that is hidden."""
    items = hidden_items(sample, tree, wave, limit) if tree else {}
    found: dict[str, Hidden] = {}
    for outcome in outcomes:
        if columns[outcome.id][number].n[0] < limit:
            found[outcome.id] = "disclosure"
        elif any(item in items for item in outcome.items):
            found[outcome.id] = "complementary"
    return found


def _shown(
    linear: LinearEstimates, unit: Unit, level: float, interval: ShareInterval, hidden: Hidden | None
) -> Estimate | TooFew:
    n = int(linear.n[0])
    if hidden:
        return TooFew(n, hidden if n else "no_answers")
    if unit == "points":
        return estimates(linear, level)[0]
    return (shares if unit == "share" else net_scores)(linear, level, interval)[0]


def _changes(
    outcomes: Sequence[OutcomeKind],
    columns: Mapping[str, Sequence[LinearEstimates]],
    hidden: Sequence[Mapping[str, Hidden]],
    level: float,
    fdr: float,
) -> dict[str, Comparison | None]:
    """Test changes as one family; only the verdict asks which way is better."""
    both = [outcome for outcome in outcomes if not any(outcome.id in wave for wave in hidden[-2:])]
    if len(hidden) < 2 or not both:
        return {}
    moved = side_by_side([columns[outcome.id][-1].minus(columns[outcome.id][-2]) for outcome in both])
    up = comparisons(moved, level, fdr)
    down = comparisons(moved, level, fdr, higher_is_better=False)
    return {outcome.id: (up if outcome.higher_is_better else down)[j] for j, outcome in enumerate(both)}
