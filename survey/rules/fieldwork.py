"""Design, waves and reporting: who was asked, when, and what may be printed."""

from __future__ import annotations

from itertools import pairwise

from survey.rules.review import Review
from survey.rules.structure import check_kind

_USUAL_LIMIT = 10


def check_design(review: Review) -> None:
    """The columns of the design exist, are of the kind their part needs, and are never blank."""
    design = review.study.design
    for key, name, kind in (
        ("respondent", design.respondent, "key"),
        ("weight", design.weight, "number"),
        ("cluster", design.cluster, "key"),
    ):
        if name is not None:
            check_kind(review, name, kind, "design", key, given=True)
    for index, name in enumerate(design.stratum):
        if name in design.stratum[:index]:
            review.add("study_listed_twice", "design", "stratum", index, name=name)
        else:
            check_kind(review, name, "category", "design", "stratum", index, given=True)


def check_waves(review: Review) -> None:
    """Waves end after they start, stand in time order and do not overlap."""
    for index, wave in enumerate(review.study.waves):
        if wave.start is not None and wave.end is not None and wave.end < wave.start:
            review.add("study_wave_reversed", "waves", index, "end", start=wave.start, end=wave.end)
    dated = [(index, wave, wave.start or wave.end) for index, wave in enumerate(review.study.waves)]
    for (_, earlier, first), (index, later, second) in pairwise(
        entry for entry in dated if entry[2] is not None
    ):
        if first is None or second is None:
            continue
        key = "start" if later.start is not None else "end"
        values = {"earlier": earlier.id, "later": later.id}
        if second < first:
            review.add("study_waves_unordered", "waves", index, key, **values)
        elif earlier.end is not None and earlier.end >= first and second <= earlier.end:
            review.add("study_waves_overlap", "waves", index, key, **values, end=earlier.end)


def check_reporting(review: Review) -> None:
    """A marked group is a shown one, and an action is about an item."""
    reporting = review.study.reporting
    if reporting.disclosure_limit < _USUAL_LIMIT:
        values = {"limit": reporting.disclosure_limit, "usual": _USUAL_LIMIT}
        review.warn("study_disclosure_low", "reporting", "disclosure_limit", **values)
    if reporting.minimum_base < reporting.disclosure_limit:
        values = {"base": reporting.minimum_base, "limit": reporting.disclosure_limit}
        review.add("study_base_below_disclosure", "reporting", "minimum_base", **values)
    first: dict[str, int] = {}
    for index, action in enumerate(reporting.actions):
        review.known("items", action.item, "reporting", "actions", index, "item")
        if action.item in first:
            line = review.line("reporting", "actions", first[action.item], "item")
            review.add(
                "study_action_twice", "reporting", "actions", index, "item", item=action.item, line=line
            )
        else:
            first[action.item] = index
