"""Further figures that the checklist judges, worked out once with the results of a wave.

What a newcomer gets wrong: nothing here says good or bad; limits stand beside the figures, and
``analysis.checks`` holds one against the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.check_limits import USUAL, CheckLimits
from analysis.figures import JointTest

DF_PER_TEST = 10
"""Degrees of freedom of the design for each coefficient of a joint test, so that it keeps its level."""


@dataclass(frozen=True, slots=True)
class SegmentDrivers:
    """Whether groups of a segment are driven differently: a joint test of all interactions.

    ``groups`` took part, being large enough for a model of their own. ``opposite`` are drivers with clear
    coefficients of both signs among the groups.
    """

    segment: str
    groups: int
    test: JointTest
    opposite: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriverChecks:
    """What speaks for or against the drivers of one outcome beyond their model.

    ``unweighted`` are ranks without weights by driver, ``None`` where all weights are equal or no model can
    be made. ``bends`` are the smallest adjusted p by driver that its line is not straight, over penalty and
    reward and a square; ``segments`` those with groups large enough for a test. ``untested`` are segments of
    two groups or more that were to be tested and could not be: fewer than two groups that carry a model, or
    too few degrees of freedom for the coefficients.
    """

    outcome: str
    unweighted: Mapping[str, int] | None = None
    bends: Mapping[str, float] | None = None
    segments: tuple[SegmentDrivers, ...] = ()
    untested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScaleFacts:
    """Reliability of a reflective scale; ``extracted`` and ``loadings`` where one factor could be fitted."""

    scale: str
    alpha: float
    extracted: float | None
    loadings: Mapping[str, float]
    inadmissible: bool


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """Figures of a wave for the checklist, and the limits of its study.

    ``largest_weight`` is in medians; ``recognised`` whether a column tells who answers again.
    """

    limits: CheckLimits = USUAL
    largest_weight: float = 1.0
    recognised: bool = True
    drivers: tuple[DriverChecks, ...] = ()
    scales: tuple[ScaleFacts, ...] = ()
