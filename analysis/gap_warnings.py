"""What to keep in mind about gaps: keys with values, put into words where they are shown.

================ =============================================== ===================================
key              holds where                                     values
================ =============================================== ===================================
``unreliable``   the difference of a dimension is too unreliable ``dimension``, ``value``, ``limit``
``ceiling``      many expectations lie at the top                ``item``, ``value``, ``limit``
``not_equal``    b₁ = −b₂ is rejected                            ``sum``, ``p``
``same_sign``    expectation does not work against performance   ``value``
``curved``       the relation is curved                          ``p``
``disagreement`` stated and worked-out gap hardly go together    ``item``, ``value``, ``limit``
``left_pair``    a pair was put to nobody in this wave           ``expectation``, ``performance``
================ =============================================== ===================================

At the top of the scale an expectation cannot be surpassed, so its gap cannot be positive. All thresholds are
conventions and stand in ``GapRules``.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.gap_results import Direct, GapModel, GapReport, GapRules, Warned
from analysis.results import Estimate


def gap_warnings(found: GapReport, rules: GapRules, fdr: float) -> tuple[Warned, ...]:
    """Return the keys that hold for a report, with their values; tests are read at ``fdr``."""
    return tuple(_warned(found, rules, fdr))


def _warned(found: GapReport, rules: GapRules, fdr: float) -> Iterator[Warned]:
    for dimension in found.dimensions:
        known = dimension.reliability
        if known is not None and known.value < rules.reliable:
            yield "unreliable", {"dimension": dimension.id, "value": known.value, "limit": rules.reliable}
        for part in dimension.pairs:
            if isinstance(part.ceiling, Estimate) and part.ceiling.value > rules.ceiling:
                item = part.pair.expectation
                yield "ceiling", {"item": item, "value": part.ceiling.value, "limit": rules.ceiling}
            if part.direct is not None:
                yield from _disagreement(part.direct, rules)
    if found.direct is not None:
        yield from _disagreement(found.direct, rules)
    if found.model is not None:
        yield from _doubts(found.model, fdr)
    for pair in found.left_pairs:
        yield "left_pair", {"expectation": pair.expectation, "performance": pair.performance}


def _disagreement(direct: Direct, rules: GapRules) -> Iterator[Warned]:
    if direct.agreement is not None and direct.agreement < rules.agreement:
        yield "disagreement", {"item": direct.item, "value": direct.agreement, "limit": rules.agreement}


def _doubts(model: GapModel, fdr: float) -> Iterator[Warned]:
    if model.equal is not None and model.equal.p < fdr:
        yield "not_equal", {"sum": model.sum.value, "p": model.equal.p}
    slope = next(part.estimate.value for part in model.linear if part.name == "expectation")
    if slope >= 0:
        yield "same_sign", {"value": slope}
    if model.curvature is not None and model.curvature.p < fdr:
        yield "curved", {"p": model.curvature.p}
