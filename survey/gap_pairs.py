"""Expectation and performance asked in pairs: what is compared, in which dimensions, and to explain what.

What a newcomer gets wrong: a gap is a diagnosis beside the index and never a part of it; the index takes
performance alone.
"""

from __future__ import annotations

from pydantic import Field

from survey.questions import Frozen, Identifier, Text


class GapDimension(Frozen):
    """A dimension of gaps. ``weight`` is relative to the others, as points that respondents share out."""

    id: Identifier
    label: Text
    weight: float = Field(1.0, ge=0, le=1_000_000)


class GapPair(Frozen):
    """One thing asked twice: what is expected of it, and how it is. Both on scales of equal ends."""

    expectation: Identifier
    performance: Identifier
    dimension: Identifier | None = Field(None, description="Of the dimensions declared, if any are.")
    disconfirmation: Identifier | None = Field(None, description="Item that compares the two directly.")


class Gaps(Frozen):
    """Expectation against performance.

    Without ``dimensions`` all pairs make up one. ``satisfaction`` is the outcome to explain by both,
    ``disconfirmation`` an item that asks how the whole compares with what was expected.
    """

    pairs: tuple[GapPair, ...] = Field(min_length=1)
    dimensions: tuple[GapDimension, ...] = ()
    satisfaction: Identifier | None = None
    disconfirmation: Identifier | None = None
