"""Scales, routing and columns: every answer an item may get is one answer and no other."""

from __future__ import annotations

from collections.abc import Iterator

from survey.language import LANGUAGES, listing
from survey.questions import AskedIf, Column, Item, Scale
from survey.rules.review import Review
from survey.wording import tidy
from survey.yaml_lines import Key, Location

MAX_WIDTH = 1000
_MAX_CODE = 32_000  # answers are kept as 16-bit numbers


def check_scales(review: Review) -> None:
    """Scales have two different ends in order, and codes that mean one thing each."""
    used = {item.scale for item in review.study.items}
    for name, scale in review.study.scales.items():
        _check_ends(review, name, scale)
        _check_codes(review, name, scale)
        _check_wordings(review, name, scale)
        if name not in used and "items" not in review.draft.missing and review.draft.names["items"]:
            review.warn("study_scale_unused", "scales", name, name=name)


def _check_ends(review: Review, name: str, scale: Scale) -> None:
    low, high = scale.ends
    if low == high:
        review.add("study_ends_equal", "scales", name, "ends", value=low)
    elif low > high:
        review.add("study_ends_reversed", "scales", name, "ends", low=low, high=high)
    elif high - low > MAX_WIDTH:
        review.add("study_ends_wide", "scales", name, "ends", low=low, high=high, limit=MAX_WIDTH)
    if low < 0 or high < 0:
        review.add("study_ends_negative", "scales", name, "ends", value=min(low, high))
    if max(low, high) > _MAX_CODE:
        review.add("study_code_large", "scales", name, "ends", value=max(low, high), limit=_MAX_CODE)


def _check_codes(review: Review, name: str, scale: Scale) -> None:
    low, high = min(scale.ends), max(scale.ends)
    for part, named in (("labels", scale.labels), ("aliases", scale.aliases)):
        for code in named:
            if not low <= code <= high and code not in scale.blanks:
                review.add("study_label_outside", "scales", name, part, code, code=code, low=low, high=high)
    for code in scale.blanks:
        if low <= code <= high:
            review.add("study_blank_inside", "scales", name, "blanks", code, code=code, low=low, high=high)
        if abs(code) > _MAX_CODE:
            review.add("study_code_large", "scales", name, "blanks", code, value=code, limit=_MAX_CODE)


def _check_wordings(review: Review, name: str, scale: Scale) -> None:
    """Check that a wording in a workbook leads to one code."""
    owners: dict[str, int] = {}
    for code, wording, location in _wordings(scale):
        owner = owners.setdefault(folded(wording), code)
        if owner != code:
            values = {"wording": wording, "first": owner, "second": code}
            review.add("study_wording_twice", "scales", name, *location, **values)


def folded(wording: str) -> str:
    """Return the form that tells wordings apart: they differ by more than width, spaces and case."""
    return tidy(wording).casefold()


def _wordings(scale: Scale) -> Iterator[tuple[int, str, tuple[Key, ...]]]:
    for code, text in scale.labels.items():
        for language in LANGUAGES:
            yield code, text[language], ("labels", code, language)
    for code, blank in scale.blanks.items():
        if blank.label is not None:
            for language in LANGUAGES:
                yield code, blank.label[language], ("blanks", code, "label", language)
    for code, aliases in scale.aliases.items():
        for number, alias in enumerate(aliases):
            yield code, alias, ("aliases", code, number)


def check_scales_of_items(review: Review) -> None:
    """Every item is answered on a scale of the study."""
    for index, item in enumerate(review.study.items):
        review.known("scales", item.scale, "items", index, "scale")


def check_routing(review: Review) -> None:
    """Who is asked depends on an earlier item, and on answers that item can have."""
    order = {item.id: index for index, item in reversed(list(enumerate(review.study.items)))}
    for part in ("items", "open_questions", "choice_questions"):
        for index, question in enumerate(getattr(review.study, part)):
            asked_if, location = question.asked_if, (part, index, "asked_if")
            if asked_if is None or not review.known("items", asked_if.item, *location, "item"):
                continue
            if asked_if.item in order:
                if part == "items":
                    _check_order(review, index, order)
                _check_answers(review, asked_if, review.study.items[order[asked_if.item]], location)


def _check_order(review: Review, index: int, order: dict[str, int]) -> None:
    item = review.study.items[index]
    chain, gate = [item.id], item.asked_if
    while gate is not None and gate.item in order and gate.item not in chain:
        chain.append(gate.item)
        gate = review.study.items[order[gate.item]].asked_if
    location = ("items", index, "asked_if", "item")
    if gate is not None and gate.item == item.id:
        if index == min(order[name] for name in chain):
            review.add("study_routing_circle", *location, circle=" → ".join([*chain, item.id]))
    elif item.asked_if is not None and order[item.asked_if.item] > index:
        review.add("study_routing_later", *location, item=item.id, gate=item.asked_if.item)


def _check_answers(review: Review, asked_if: AskedIf, gate: Item, location: Location) -> None:
    scale = review.study.scales.get(gate.scale)
    if scale is None:
        return
    low, high = min(scale.ends), max(scale.ends)
    for number, answer in enumerate(asked_if.answers):
        if not low <= answer <= high:
            values = {"answer": answer, "gate": gate.id, "low": low, "high": high}
            review.add("study_routing_answer", *location, "answers", number, **values)


def check_columns(review: Review) -> None:
    """Categories belong to category columns and are told apart; limits belong to numbers."""
    for index, column in enumerate(review.study.columns):
        if column.categories and column.kind != "category":
            review.add("study_categories_elsewhere", "columns", index, "categories", kind=column.kind)
        _check_limits(review, index, column)
        _check_categories(review, index, column)


def _check_limits(review: Review, index: int, column: Column) -> None:
    for key in ("minimum", "maximum"):
        if getattr(column, key) is not None and column.kind != "number":
            review.add("study_limit_elsewhere", "columns", index, key, key=key, kind=column.kind)
    if column.minimum is not None and column.maximum is not None and column.minimum > column.maximum:
        values = {"low": f"{column.minimum:g}", "high": f"{column.maximum:g}"}
        review.add("study_limits_reversed", "columns", index, "minimum", **values)


def _check_categories(review: Review, index: int, column: Column) -> None:
    owners: dict[str, str] = {}
    for number, category in enumerate(column.categories):
        location = ("columns", index, "categories", number)
        if owners.get(folded(category.value)) == category.value:
            review.add("study_category_twice", *location, "value", value=category.value)
            continue
        names = (category.value, category.label.zh, category.label.en, *category.aliases)
        shared = [name for name in names if folded(name) in owners]
        if shared:
            others = dict.fromkeys(owners[folded(name)] for name in shared)
            values = {"names": listing(dict.fromkeys(shared)), "others": listing(others)}
            review.add("study_category_ambiguous", *location, value=category.value, **values)
        owners |= {folded(name): category.value for name in names if name not in shared}
