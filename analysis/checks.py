"""The checklist: what has to hold before a number is a headline, line by line, pass, warn or block.

    from analysis import checklist
    print(checklist(results).summary())

A line that blocks takes the headline away from what it is about: the number stays in its table, with the
reason, and nobody is told to act on it.

What a newcomer gets wrong: these are not tests of truth. Most limits are conventions, kept in
``CheckLimits`` so that a study can set its own; a page of passes says that nothing known speaks against a
reading, no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.check_drivers import driver_lines, missing_lines
from analysis.check_limits import USUAL, CheckLimits
from analysis.check_results import STATES, Check, Checklist, Scope
from analysis.check_wave import scale_lines, wave_lines

if TYPE_CHECKING:
    from analysis.results import DriverResults, StudyResults


def checklist(results: StudyResults, limits: CheckLimits | None = None) -> Checklist:
    """Judge the results of a wave, by the limits of its study unless others are given.

    Lines on blocked and missing driver models are there for every outcome that the study names. What a study
    or an import already refuses (codes outside the scale, answers to questions that were not put, margins
    that cannot be met, weights that are not positive) never gets as far as this list. Results without
    ``checks`` have no lines on what these hold.
    """
    facts = results.checks
    used = limits or (facts.limits if facts else USUAL)
    found = [
        *wave_lines(results, used),
        *(line for part in results.drivers for line in driver_lines(part, results, used)),
        *missing_lines(results, used),
        *scale_lines(facts.scales if facts else (), used),
    ]
    order: dict[tuple[Scope, str | None], int] = {}
    for check in found:
        order.setdefault((check.scope, check.about), len(order))
    found.sort(key=lambda check: (order[check.scope, check.about], -STATES.index(check.state)))
    return Checklist(results.wave, tuple(found))


def blocks(found: DriverResults, results: StudyResults) -> tuple[Check, ...]:
    """Return the lines for which drivers may not be a headline, those of their wave first.

    For drivers of any outcome of the wave of ``results``, whether or not these hold them.
    """
    used = results.checks.limits if results.checks else USUAL
    lines = (*wave_lines(results, used), *driver_lines(found, results, used))
    return tuple(check for check in lines if check.state == "block")


__all__ = ["USUAL", "Check", "CheckLimits", "Checklist", "blocks", "checklist"]
