"""Targets of drivers, and the questions that ask how important they are."""

from __future__ import annotations

from survey.language import listing
from survey.rules.review import Review
from survey.rules.structure import driver_names
from survey.study import Drivers

FEWEST_STATED = 3
"""With two drivers every order is a correlation of ±1: nothing to compare."""


def check_priorities(review: Review) -> None:
    """Lines at targets have a target for every driver; what is stated is asked by items of its own."""
    drivers = review.study.drivers
    if drivers is None:
        return
    names = driver_names(review)
    _check_targets(review, drivers, names)
    _check_stated(review, drivers, names)


def _check_targets(review: Review, drivers: Drivers, names: list[str]) -> None:
    for name in drivers.targets:
        if name not in names:
            review.add("study_target_driver", "drivers", "targets", name, name=name, known=listing(names))
    if drivers.lines == "target":
        missing = [name for name in names if not _written(review, "drivers", "targets", name)]
        if missing and not _written(review, "reporting", "target"):
            review.add("study_target_missing", "drivers", "lines", names=listing(missing))
    elif drivers.targets:
        review.add("study_targets_unused", "drivers", "targets", lines=drivers.lines)


def _check_stated(review: Review, drivers: Drivers, names: list[str]) -> None:
    study = review.study
    index = {leaf.item for leaf in study.index.leaves()}
    explained = {item for outcome in study.outcomes for item in outcome.items}
    for name, item in drivers.stated.items():
        here = ("drivers", "stated", name)
        if name not in names:
            review.add("study_stated_driver", *here, name=name, known=listing(names))
        elif review.known("items", item, *here) and item in index | explained | {*drivers.items}:
            review.add("study_stated_item", *here, name=name, item=item)
    asked = [name for name in names if _written(review, "drivers", "stated", name)]
    if drivers.stated and len(asked) < FEWEST_STATED:
        review.add("study_stated_few", "drivers", "stated", count=len(asked), needed=FEWEST_STATED)


def _written(review: Review, *location: str) -> bool:
    """Whether the file gives something here; what has a wrong shape has its own problem already."""
    node = review.document.node(location)
    return node is not None and node.value is not None
