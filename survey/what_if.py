"""What a what-if may be asked: by how many points, for which outcomes, at what cost, for what revenue.

What a newcomer gets wrong: nothing here says what would happen. Costs and revenue are the operator's own
figures; what a move goes with is worked out from the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from survey.questions import Frozen, Identifier, Text

Step = Annotated[float, Field(gt=0, le=100)]
Cost = Annotated[float, Field(gt=0, le=1e12)]


class Value(Frozen):
    """Revenue of the account that a respondent belongs to: a number column, and its unit."""

    column: Identifier
    unit: Text


class WhatIf(Frozen):
    """Settings of the what-if.

    Without ``outcomes`` these are the outcomes of the driver analysis, every facet of loyalty, intentions,
    recommendation, renewal and loss. ``costs`` are per point, for the drivers that something is known of.
    """

    steps: tuple[Step, ...] = Field((1.0, 5.0), min_length=1, description="Points by which drivers move.")
    outcomes: tuple[Identifier, ...] = ()
    costs: Mapping[Identifier, Cost] = Field(default_factory=dict, description="Item -> cost per point.")
    cost_unit: Text | None = None
    value: Value | None = None
