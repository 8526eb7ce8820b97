"""Limits of the checklist that a study sets for itself; the others stay as they usually are.

What a newcomer gets wrong: a limit that is not named here is no limit of 0. ``analysis.check_limits`` holds
the usual ones, under the same names.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from survey.questions import Frozen

Share = Annotated[float, Field(gt=0, lt=1)]
People = Annotated[int, Field(ge=1, le=1_000_000)]
Multiple = Annotated[float, Field(ge=1, le=1_000)]


class Checks(Frozen):
    """From where on a line of the checklist warns or blocks; ``None`` keeps the usual limit."""

    base_warn: People | None = None
    base_block: People | None = None
    model_warn: People | None = None
    model_warn_each: People | None = None
    model_block: People | None = None
    model_block_over: People | None = None
    deff_weights: Multiple | None = None
    largest_weight: Multiple | None = None
    clusters: People | None = None
    df: People | None = None
    lost_warn: Share | None = None
    lost_block: Share | None = None
    blank_block: Share | None = None
    careless_warn: Share | None = None
    careless_block: Share | None = None
    ceiling: Share | None = None
    spread: Share | None = None
    halo: Share | None = None
    first_eigenvalue: Share | None = None
    inflation_warn: Multiple | None = None
    inflation_block: Multiple | None = None
    condition: Multiple | None = None
    reliable: Share | None = None
    extracted: Share | None = None
    loading: Share | None = None
    adjusted: Share | None = None
    failed_warn: Share | None = None
    failed_block: Share | None = None
    first: Share | None = None
    share: Share | None = None
    unique: Share | None = None
    levels: People | None = None
    skew: Annotated[float, Field(gt=0, le=100)] | None = None
    events: People | None = None
    asymmetry: Share | None = None
    heterogeneity: Share | None = None
    response_rate: Share | None = None

    def declared(self) -> dict[str, Any]:
        """Return the limits that the study sets, by name."""
        return {name: value for name, value in self if value is not None}
