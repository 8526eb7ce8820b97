"""What several weight sets make of one sample: frozen, JSON-able. ``analysis.weight_comparison`` finds it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.results import Comparison, Estimate, TooFew


@dataclass(frozen=True, slots=True)
class NodeWeights:
    """One node under every set: ``weights`` relative to its siblings, ``effective`` in the index."""

    id: str
    parent: str | None
    item: str | None
    weights: tuple[float, ...]
    effective: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WaveUnderSets:
    """One wave under every set; tuples have one entry a set, in the order of the names.

    ``indices`` and ``changes`` (from the wave before) are what each set would print. ``differences`` are
    the index less that of the reference, ``change_differences`` the same of the changes, both paired;
    ``None`` for the reference itself and where there is none. ``bounds`` are the most that the two
    could differ on item means like these (points; ``None`` unless both sets weigh item means).
    ``flipped`` says that some set calls the change otherwise than the reference.
    """

    wave: str
    indices: tuple[Estimate | TooFew, ...]
    differences: tuple[Comparison | None, ...]
    changes: tuple[Comparison | None, ...]
    change_differences: tuple[Comparison | None, ...]
    bounds: tuple[float | None, ...]
    flipped: bool


@dataclass(frozen=True, slots=True)
class GroupUnderSets:
    """One group under every set; ``ranks`` are 1 for the highest, ``None`` where the group is hidden.

    ``against_rest`` compares with everybody outside the group, as ``csat index --by`` does;
    ``differences`` with the same group under the reference, paired and tested as one family a set.
    """

    value: str
    scores: tuple[Estimate | TooFew, ...]
    ranks: tuple[int | None, ...]
    differences: tuple[Comparison | None, ...]
    against_rest: tuple[Comparison | None, ...]
    flipped: bool
    small: bool


@dataclass(frozen=True, slots=True)
class SwappedPair:
    """Two groups that stand the other way round under ``set``: gaps are ``upper`` less ``lower``, points."""

    set: str
    upper: str
    lower: str
    reference_gap: float
    gap: float


@dataclass(frozen=True, slots=True)
class SegmentUnderSets:
    """The groups of one segment in the last wave, in the order of the reference, hidden ones last.

    ``first`` and ``last`` name the groups at the ends under every set. ``swapped`` holds every pair whose
    order differs from the reference, widest gap first.
    """

    id: str
    groups: tuple[GroupUnderSets, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    swapped: tuple[SwappedPair, ...]


@dataclass(frozen=True, slots=True)
class WeightComparison:
    """What several weight sets make of one sample. ``names[0]`` is the reference."""

    names: tuple[str, ...]
    rollups: tuple[str, ...]
    wave: str
    nodes: tuple[NodeWeights, ...]
    waves: tuple[WaveUnderSets, ...]
    segment: SegmentUnderSets | None
