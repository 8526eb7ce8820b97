"""Limits of the checklist: what blocks has warned before."""

from __future__ import annotations

from survey.rules.review import Review

RISING = ("lost", "careless", "inflation", "failed")
"""Limits that a figure must not exceed."""
FALLING = ("base",)
"""Limits that a figure must reach."""


def check_limits(review: Review) -> None:
    """A limit that warns is met before the one that blocks."""
    given = review.study.reporting.checks
    if given is None:
        return
    declared = given.declared()
    pairs = [(f"{name}_warn", f"{name}_block") for name in RISING]
    pairs += [(f"{name}_block", f"{name}_warn") for name in FALLING]
    for first, second in pairs:
        if first in declared and second in declared and declared[first] > declared[second]:
            values = {"first": first, "low": declared[first], "second": second, "high": declared[second]}
            review.add("study_check_order", "reporting", "checks", first, **values)
