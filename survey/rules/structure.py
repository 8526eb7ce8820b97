"""Constructs, arrows, outcomes, drivers and breakdowns: what the model is made of exists and can work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from survey.rules.review import Review
from survey.study import Outcome


def check_constructs(review: Review) -> None:
    """Constructs are made of items; an item in two constructs is worth a warning."""
    owner: dict[str, str] = {}
    for index, construct in enumerate(review.study.constructs):
        review.known_once("items", construct.items, "constructs", index, "items")
        for number, item in enumerate(construct.items):
            other = owner.setdefault(item, construct.id)
            if other != construct.id:
                review.warn("study_item_shared", "constructs", index, "items", number, item=item, other=other)


def check_paths(review: Review) -> None:
    """Arrows run between constructs, each once, and never back to where they started."""
    arrows: dict[str, list[str]] = {}
    for index, path in enumerate(review.study.paths):
        starts = review.known("constructs", path.source, "paths", index, "from")
        if not review.known("constructs", path.target, "paths", index, "to") or not starts:
            continue
        if path.source == path.target:
            review.add("study_path_to_itself", "paths", index, name=path.source)
        elif path.target in arrows.get(path.source, []):
            review.add("study_path_twice", "paths", index, source=path.source, target=path.target)
        elif back := _route(arrows, path.target, path.source):
            review.add("study_path_circle", "paths", index, circle=" → ".join([path.source, *back]))
        else:
            arrows.setdefault(path.source, []).append(path.target)


def _route(arrows: Mapping[str, list[str]], start: str, goal: str) -> list[str]:
    """Return the constructs on a way from ``start`` to ``goal``; nothing where there is none."""
    routes, seen = [[start]], {start}
    while routes:
        route = routes.pop()
        if route[-1] == goal:
            return route
        onward = [name for name in arrows.get(route[-1], []) if name not in seen]
        seen.update(onward)
        routes.extend([*route, name] for name in onward)
    return []


def check_outcomes(review: Review) -> None:
    """An outcome is the mean of items or a flag column, never both."""
    for index, outcome in enumerate(review.study.outcomes):
        if bool(outcome.items) == (outcome.column is not None):
            code = "study_outcome_both" if outcome.items else "study_outcome_empty"
            review.add(code, "outcomes", index, name=outcome.id)
        review.known_once("items", outcome.items, "outcomes", index, "items")
        if outcome.column is not None:
            check_kind(review, outcome.column, "flag", "outcomes", index, "column")


def check_kind(review: Review, column: str, kind: str, *location: str | int, given: bool = False) -> bool:
    """Check that a column exists and is of ``kind``; with ``given``, that it is never blank."""
    if not review.known("columns", column, *location):
        return False
    found = review.study.column_by_id.get(column)
    if found is None:
        return False
    if found.kind != kind:
        review.add("study_column_kind", *location, name=column, kind=found.kind, needed=kind)
    elif given and found.optional:
        review.add("study_column_optional", *location, name=column)
    return found.kind == kind


def check_drivers(review: Review) -> None:
    """Drivers are items that are no part of the outcomes they explain."""
    drivers = review.study.drivers
    if drivers is None:
        return
    review.known_once("items", drivers.items, "drivers", "items")
    review.known_once("outcomes", drivers.outcomes, "drivers", "outcomes")
    candidates = driver_items(review)
    for number, outcome in _explained(review):
        shared = [item for item in candidates if item in outcome.items]
        for item in shared:
            if drivers.items:
                location: tuple[str | int, ...] = ("drivers", "items", drivers.items.index(item))
            else:
                location = ("drivers", "outcomes", number)
            review.add("study_driver_in_outcome", *location, item=item, outcome=outcome.id)
    _check_always(review, candidates)
    players = driver_names(review)
    if len(players) == 1:
        if len(candidates) == 1:
            review.add("study_driver_alone", "drivers", item=candidates[0])
        else:
            review.add("study_branch_alone", "drivers", "groups", name=players[0])


def _check_always(review: Review, candidates: Sequence[str]) -> None:
    """What is always in exists, and is neither a driver nor part of an outcome."""
    study, drivers = review.study, review.study.drivers
    assert drivers is not None  # noqa: S101 - tells the type checker what the caller knows
    for index, name in enumerate(drivers.always):
        if name in study.segment_by_id:
            continue
        if not review.known("items", name, "drivers", "always", index):
            continue
        if name in candidates:
            review.add("study_always_driver", "drivers", "always", index, item=name)
        for _, outcome in _explained(review):
            if name in outcome.items:
                review.add("study_always_outcome", "drivers", "always", index, item=name, outcome=outcome.id)


def driver_items(review: Review) -> list[str]:
    """Return the items that may drive an outcome: those that are listed, else the leaves of the index."""
    named = review.study.drivers.items if review.study.drivers else ()
    leaves = (leaf.item for leaf in review.study.index.leaves() if leaf.item)
    return list(dict.fromkeys(named or leaves))


def driver_names(review: Review) -> list[str]:
    """Return what counts as a driver: items, or the top branches that they stand under."""
    drivers, index, candidates = review.study.drivers, review.study.index, driver_items(review)
    if drivers is None or drivers.groups == "none":
        return candidates
    branch = {
        leaf.item: child.id or leaf.item
        for child in index.children
        if child.item is None
        for leaf in child.leaves()
        if leaf.item is not None
    }
    return list(dict.fromkeys(branch.get(item, item) for item in candidates))


def _explained(review: Review) -> Iterator[tuple[int, Outcome]]:
    assert review.study.drivers is not None  # noqa: S101 - tells the type checker what the caller knows
    for number, name in enumerate(dict.fromkeys(review.study.drivers.outcomes)):
        if name in review.study.outcome_by_id:
            yield number, review.study.outcome_by_id[name]


def check_switching_costs(review: Review) -> None:
    """Facets of switching cost are made of items."""
    for index, cost in enumerate(review.study.switching_costs):
        review.known_once("items", cost.items, "switching_costs", index, "items")


def check_segments(review: Review) -> None:
    """A breakdown is by a category column."""
    for index, segment in enumerate(review.study.segments):
        check_kind(review, segment.column, "category", "segments", index, "column")
