"""What-if settings: outcomes exist, costs are of drivers, revenue is a number beside a loss."""

from __future__ import annotations

from survey.rules.review import Review
from survey.rules.structure import check_kind

# Kinds of outcome, as a flag, that say whether a customer stays.
STAYING = ("churn", "renewal")


def check_what_if(review: Review) -> None:
    """Check steps, outcomes, costs and the revenue column."""
    settings = review.study.what_if
    if settings is None:
        return
    for index, step in enumerate(settings.steps):
        if step in settings.steps[:index]:
            review.add("study_whatif_step_twice", "what_if", "steps", index, step=f"{step:g}")
    review.known_once("outcomes", settings.outcomes, "what_if", "outcomes")
    _check_costs(review)
    if settings.value is not None:
        check_kind(review, settings.value.column, "number", "what_if", "value", "column")
        staying = [o for o in review.study.outcomes if o.kind in STAYING and o.column is not None]
        if not staying and not {"outcomes", "columns"} & review.draft.missing:
            review.add("study_whatif_no_loss", "what_if", "value")


def _check_costs(review: Review) -> None:
    """A cost is of an item that is a driver; a list of costs needs a unit to be read."""
    study, settings = review.study, review.study.what_if
    if settings is None:
        return
    named = study.drivers.items if study.drivers else ()
    drivers = named or tuple(leaf.item for leaf in study.index.leaves() if leaf.item)
    # A driver that is misspelled is reported where it stands; its cost is then right.
    whole = all(review.draft.knows("items", name) for name in drivers)
    for item in settings.costs:
        if review.known("items", item, "what_if", "costs", item) and whole and item not in drivers:
            review.add("study_whatif_cost_no_driver", "what_if", "costs", item, item=item)
    if settings.costs and settings.cost_unit is None:
        review.warn("study_whatif_no_unit", "what_if", "costs")
