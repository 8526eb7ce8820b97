"""Whether answers that came in under an earlier study.yaml still mean the same under the present one.

The project file keeps codes, and codes mean something only on a scale: a 5 that was the best answer is
the middle after 1–5 has become 1–10. Wordings, labels and weights may change at any time; what a code,
a category or a column stands for may not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from survey.errors import Place, Problem
from survey.language import listing
from survey.questions import ChoiceQuestion, Scale
from survey.responses import Responses
from survey.study import Study
from survey.wording import matching

_SHOWN = 5


def misfits(held: Responses, then: Mapping[str, Any], now: Study, file: str) -> tuple[Problem, ...]:
    """Return why ``held`` cannot be used under ``now``; nothing when it can.

    Parameters
    ----------
    held : answers of one wave.
    then : document of the study under which they were read (``Study.document``).
    now : the study under which they are to be used; what it no longer asks is left aside.
    file : name of the project file, for the places of problems.
    """
    place = Place(file, key=held.wave)
    parts = (_scales, _choices, _columns, _design)
    found = [finding for part in parts for finding in part(held, then, now)]
    return tuple(Problem(code, place, values | {"wave": held.wave}) for code, values in found)


_Finding = tuple[str, dict[str, Any]]


def _scales(held: Responses, then: Mapping[str, Any], now: Study) -> Iterator[_Finding]:
    scale_then = {item["id"]: item["scale"] for item in then["items"]}
    for name in held.items:
        if name not in now.item_by_id or name not in scale_then:
            continue
        before = Scale.model_validate(then["scales"][scale_then[name]])
        after = now.scale_of(name)
        about: dict[str, Any] = {"item": name, "label": now.item_by_id[name].label}
        if before.ends != after.ends:
            ends = {"before": "–".join(map(str, before.ends)), "after": "–".join(map(str, after.ends))}
            yield "store_scale_changed", about | ends
        elif moved := _moved(before, after):
            yield "store_answer_changed", about | {"answers": listing(moved[:_SHOWN])}


def _moved(before: Scale, after: Scale) -> list[str]:
    """Return the codes and wordings that stand for something else than before."""
    old, new = _meanings(before), _meanings(after)
    return [name for form, (name, meaning) in old.items() if form in new and new[form][1] != meaning]


def _meanings(scale: Scale) -> dict[str, tuple[str, int | str]]:
    """Return what each code of a blank and each wording means, under the form in which it is read."""
    meanings: dict[str, tuple[str, int | str]] = {}
    for code, label in scale.labels.items():
        meanings |= {matching(word): (f"“{word}”", code) for word in (label.zh, label.en)}
    for code, blank in scale.blanks.items():
        meanings[str(code)] = (str(code), blank.kind)
        if blank.label is not None:
            words = (blank.label.zh, blank.label.en)
            meanings |= {matching(word): (f"“{word}”", blank.kind) for word in words}
    return meanings


def _choices(held: Responses, then: Mapping[str, Any], now: Study) -> Iterator[_Finding]:
    asked_then = {question["id"]: question for question in then.get("choice_questions", ())}
    for question in now.choice_questions:
        before = asked_then.get(question.id)
        if question.id not in held.choices or before is None:
            continue
        about: dict[str, Any] = {"item": question.id, "label": question.label}
        chosen = {
            code for choice in held.choices[question.id] if isinstance(choice, tuple) for code in choice
        }
        if before["kind"] != question.kind:
            yield "store_choice_changed", about | {"before": before["kind"], "after": question.kind}
        elif gone := sorted(chosen - {option.code for option in question.options}):
            yield "store_option_gone", about | {"names": listing(gone[:_SHOWN])}
        elif moved := _renumbered(before, question):
            yield "store_answer_changed", about | {"answers": listing(moved[:_SHOWN])}


def _renumbered(before: Mapping[str, Any], after: ChoiceQuestion) -> list[str]:
    """Return the options that stand under another code than before."""
    code_now = {
        matching(word): option.code for option in after.options for word in (option.label.zh, option.label.en)
    }
    labels = [(option["code"], word) for option in before["options"] for word in option["label"].values()]
    return [f"“{word}”" for code, word in labels if code_now.get(matching(word), code) != code]


def _columns(held: Responses, then: Mapping[str, Any], now: Study) -> Iterator[_Finding]:
    kind_then = {column["id"]: column["kind"] for column in then["columns"]}
    for column in now.columns:
        values = held.columns.get(column.id)
        if values is None:
            continue
        about: dict[str, Any] = {"column": column.id, "label": column.label}
        if column.kind != kind_then.get(column.id, column.kind):
            kinds = {"before": kind_then[column.id], "after": column.kind}
            yield "store_column_changed", about | kinds
        elif column.categories:
            declared = {category.value for category in column.categories}
            if gone := sorted({str(value) for value in values if value is not None} - declared):
                yield "store_category_gone", about | {"names": listing(gone[:_SHOWN])}


def _design(held: Responses, then: Mapping[str, Any], now: Study) -> Iterator[_Finding]:
    design, before = now.design, then["design"]["respondent"]
    if before != design.respondent:
        yield "store_respondent_changed", {"before": before or "—", "after": design.respondent or "—"}
    for name in sorted(design.columns - {design.respondent}):
        if name not in held.columns:
            yield "store_design_absent", {"column": name, "label": now.column_by_id[name].label}
