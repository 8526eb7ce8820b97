"""What to keep in mind about a scale: keys with values, put into words where they are shown.

====================== ======================================================== ==============================
key                    holds where                                              values
====================== ======================================================== ==============================
``unreliable``         alpha, omega or composite reliability below ``reliable`` ``value``, ``limit``
``redundant``          alpha above ``redundant``                                ``value``, ``limit``
``low_rest``           an item hardly goes with the others                      ``item``, ``value``, ``limit``
``low_loading``        an item loads little on the factor                       ``item``, ``value``, ``limit``
``better_without``     alpha rises without an item                              ``item``, ``value``, ``alpha``
``low_extracted``      AVE below ``extracted``                                  ``value``, ``limit``
``heywood``            the factor needs a negative variance: inadmissible       none
``not_settled``        no factor could be fitted                                none
``floor``, ``ceiling`` too many answers at one end                              ``item``, ``value``, ``limit``
``inflated``           a formative item repeats the others                      ``item``, ``value``, ``limit``
``left_people``        people to whom an item did not apply are left out        ``people``, ``n``
``left_item``          an item that was put to nobody, or got one answer only   ``item``
``rows_lost``          many have a blank; they stay in by EM                    ``share``
``item_blank``         an item is blank too often                               ``item``, ``share``
``pair_seen``          few people answered both of a pair                       ``first``, ``second``, ``n``
``failed_replicates``  replicates broke down                                    ``share``
``failed_factor``      no admissible factor in too many replicates              ``share``
====================== ======================================================== ==============================

All thresholds are conventions and stand in ``ScaleRules`` and ``MissingRules``.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.results import Estimate
from analysis.scale_results import ItemQuality, ScaleQuality, ScaleRules, Warned


def scale_warnings(found: ScaleQuality, moments: tuple[Warned, ...], rules: ScaleRules) -> tuple[Warned, ...]:
    """Return the keys that hold for a scale, with their values; ``moments`` are those of its moments."""
    warned = [*_coefficients(found, rules)]
    for item in found.items:
        warned += _item(item, found.alpha, rules)
    return (*warned, *_base(found, rules), *moments)


def _coefficients(found: ScaleQuality, rules: ScaleRules) -> Iterator[Warned]:
    estimates = (found.alpha, found.omega)
    values = [estimate.value for estimate in estimates if estimate] + [found.composite or 1.0]
    if found.alpha and min(values) < rules.reliable:
        yield "unreliable", {"value": min(values), "limit": rules.reliable}
    if found.alpha and found.alpha.value > rules.redundant:
        yield "redundant", {"value": found.alpha.value, "limit": rules.redundant}
    if found.extracted is not None and found.extracted < rules.extracted:
        yield "low_extracted", {"value": found.extracted, "limit": rules.extracted}
    if found.factor in ("heywood", "not_settled"):
        yield found.factor, {}


def _item(item: ItemQuality, alpha: Estimate | None, rules: ScaleRules) -> Iterator[Warned]:
    if item.rest is not None and item.rest < rules.item_rest:
        yield "low_rest", {"item": item.item, "value": item.rest, "limit": rules.item_rest}
    if item.loading is not None and item.loading < rules.loading:
        yield "low_loading", {"item": item.item, "value": item.loading, "limit": rules.loading}
    if alpha and item.without is not None and item.without - alpha.value > rules.better_without:
        yield "better_without", {"item": item.item, "value": item.without, "alpha": alpha.value}
    if item.inflation is not None and item.inflation > rules.inflation:
        yield "inflated", {"item": item.item, "value": item.inflation, "limit": rules.inflation}
    for key, end in (("floor", item.floor), ("ceiling", item.ceiling)):
        if isinstance(end, Estimate) and end.value > rules.one_end:
            yield key, {"item": item.item, "value": end.value, "limit": rules.one_end}


def _base(found: ScaleQuality, rules: ScaleRules) -> Iterator[Warned]:
    if found.base is None:
        return
    left = found.base.left_people
    if left > rules.left_people * (left + found.base.n):
        yield "left_people", {"people": left, "n": found.base.n}
    for item in found.base.left_items:
        yield "left_item", {"item": item}
