"""Pairs of expectation and performance: both exist, can be compared, and stand in a dimension."""

from __future__ import annotations

from survey.gap_pairs import GapPair, Gaps
from survey.rules.review import Review


def check_gaps(review: Review) -> None:
    """Every pair compares two items of equal scales; dimensions have pairs and weight."""
    gaps = review.study.gaps
    if gaps is None:
        return
    used: dict[str, int] = {}
    for index, pair in enumerate(gaps.pairs):
        _check_items(review, index, pair, used)
        _check_dimension(review, index, pair, gaps)
    _check_dimensions(review, gaps)
    _check_outcome(review, gaps)
    if gaps.disconfirmation is not None:
        review.known("items", gaps.disconfirmation, "gaps", "disconfirmation")


def _check_items(review: Review, index: int, pair: GapPair, used: dict[str, int]) -> None:
    location = ("gaps", "pairs", index)
    both = [
        review.known("items", getattr(pair, key), *location, key) for key in ("expectation", "performance")
    ]
    if pair.disconfirmation is not None:
        review.known("items", pair.disconfirmation, *location, "disconfirmation")
    for key in ("expectation", "performance"):
        item = getattr(pair, key)
        if item in used:
            first = review.line("gaps", "pairs", used[item])
            review.add("study_gap_twice", *location, key, item=item, line=first)
        used.setdefault(item, index)
    if all(both):
        _check_scales(review, pair, *location)


def _check_scales(review: Review, pair: GapPair, *location: str | int) -> None:
    """Check that equal answers mean equal points: scales of other lengths shift gaps by themselves."""
    scales, items = review.study.scales, review.study.item_by_id
    known = [items[item] for item in (pair.expectation, pair.performance) if item in items]
    ends = [scales[item.scale].ends for item in known if item.scale in scales]
    if len(ends) == 2 and ends[0] != ends[1]:
        shown = ["–".join(map(str, end)) for end in ends]
        values = {"expectation": pair.expectation, "performance": pair.performance}
        review.add("study_gap_scales", *location, first=shown[0], second=shown[1], **values)


def _check_dimension(review: Review, index: int, pair: GapPair, gaps: Gaps) -> None:
    location = ("gaps", "pairs", index)
    known = [dimension.id for dimension in gaps.dimensions]
    if pair.dimension is None and known:
        review.add("study_gap_no_dimension", *location, item=pair.performance)
    elif pair.dimension is not None and pair.dimension not in known and _whole(review):
        review.add("study_gap_dimension", *location, "dimension", name=pair.dimension)


def _check_dimensions(review: Review, gaps: Gaps) -> None:
    seen: dict[str, int] = {}
    filled = {pair.dimension for pair in gaps.pairs}
    for index, dimension in enumerate(gaps.dimensions):
        location = ("gaps", "dimensions", index)
        if dimension.id in seen:
            first = review.line("gaps", "dimensions", seen[dimension.id])
            review.add("study_gap_dimension_twice", *location, "id", name=dimension.id, line=first)
        elif dimension.id not in filled and _whole(review):
            review.add("study_gap_dimension_empty", *location, name=dimension.id)
        seen.setdefault(dimension.id, index)
    if gaps.dimensions and not any(dimension.weight for dimension in gaps.dimensions):
        review.add("study_gap_weights", "gaps", "dimensions")


def _whole(review: Review) -> bool:
    """Whether every pair and dimension of the file had a shape: else one may be what another refers to."""
    for part in ("pairs", "dimensions"):
        node = review.document.node(("gaps", part))
        if node is not None and len(node.children) != len(getattr(review.study.gaps, part)):
            return False
    return True


def _check_outcome(review: Review, gaps: Gaps) -> None:
    """Check that what is to be explained is none of what explains it."""
    if gaps.satisfaction is None or not review.known("outcomes", gaps.satisfaction, "gaps", "satisfaction"):
        return
    outcome = review.study.outcome_by_id.get(gaps.satisfaction)
    explaining = {item for pair in gaps.pairs for item in (pair.expectation, pair.performance)}
    for item in outcome.items if outcome else ():
        if item in explaining:
            values = {"item": item, "outcome": gaps.satisfaction}
            review.add("study_gap_in_outcome", "gaps", "satisfaction", **values)
