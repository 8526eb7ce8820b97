"""What can be wrong with the ``what_if`` of a study, and what it is when it is left out."""

from __future__ import annotations

import pytest
from sample_answers import study
from small_study import MINIMAL, changed, found, line_of

from analysis.pipeline import index_tree
from analysis.whatif_pipeline import movable, wanted_outcomes
from survey.definition import dump_study, examine, parse_study

UNIT = "unit: {zh: 元, en: CNY}"
RULES = [
    ("steps: [1, 5, 1]", "study_whatif_step_twice", "steps[2]"),
    ("steps: [0]", "study_not_above", "steps[0]"),
    ("steps: [120]", "study_above", "steps[0]"),
    ("steps: []", "study_list_too_short", "steps"),
    ("outcomes: [overal]", "study_unknown_outcomes_near", "outcomes[0]"),
    ("outcomes: [churn, churn]", "study_listed_twice", "outcomes[1]"),
    ("cost_unit: {zh: 元, en: CNY}, costs: {price: 3}", "study_whatif_cost_no_driver", "costs.price"),
    ("cost_unit: {zh: 元, en: CNY}, costs: {sped: 3}", "study_unknown_items_near", "costs.sped"),
    ("cost_unit: {zh: 元, en: CNY}, costs: {speed: 0}", "study_not_above", "costs.speed"),
    (f"value: {{column: tier, {UNIT}}}", "study_column_kind", "value.column"),
    (f"value: {{column: revenue, {UNIT}}}", "study_unknown_columns", "value.column"),
]


def with_what_if(settings: str) -> str:
    return changed("segments:\n", f"what_if: {{{settings}}}\nsegments:\n")


@pytest.mark.parametrize(("settings", "code", "key"), RULES)
def test_a_broken_rule_is_said_once_at_its_place(settings: str, code: str, key: str) -> None:
    text = with_what_if(settings)
    assert found(text) == [(code, line_of(text, "what_if:"), f"what_if.{key}")]


def test_revenue_needs_an_outcome_that_says_who_stays() -> None:
    text = with_what_if(f"value: {{column: weight, {UNIT}}}")
    assert found(text) == []
    assert [code for code, *_ in found(text.replace("kind: churn", "kind: complaint"))] == [
        "study_whatif_no_loss"
    ]


def test_costs_without_a_unit_are_warned_of() -> None:
    problems = examine(with_what_if("costs: {speed: 3}"), "study.yaml")[1]
    (one,) = (problem for problem in problems if problem.code == "study_whatif_no_unit")
    assert one.severity == "warning"


def test_a_misspelled_driver_is_one_mistake() -> None:
    text = with_what_if("cost_unit: {zh: 元, en: CNY}, costs: {care: 3}")
    text = text.replace("drivers: {items: [speed, care]", "drivers: {items: [speed, caer]")
    assert [code for code, *_ in found(text)] == ["study_unknown_items_near"]


def test_settings_come_back_from_the_file_that_is_written() -> None:
    costs = "cost_unit: {zh: 元, en: CNY}, costs: {speed: 0.5}"
    settings = f"steps: [2.5], {costs}, value: {{column: weight, {UNIT}}}"
    parsed = parse_study(with_what_if(settings), "study.yaml")
    assert parse_study(dump_study(parsed), "study.yaml") == parsed
    assert parsed.what_if is not None
    assert parsed.what_if.steps == (2.5,)
    assert parse_study(MINIMAL, "study.yaml").what_if is None


def test_the_usual_outcomes_are_those_of_the_drivers_then_loyalty_intentions_and_flags() -> None:
    full = study()
    told = wanted_outcomes(full)
    assert told[:2] == full.drivers.outcomes  # type: ignore[union-attr] # the sample names them
    assert set(told) == {o.id for o in full.outcomes} - {"price_tolerance", "complaint"}
    assert movable(full, index_tree(full.index)) == index_tree(full.index).items
    own = full.model_copy(update={"what_if": full.what_if.model_copy(update={"outcomes": ("churn",)})})  # type: ignore[union-attr] # the sample has it
    assert wanted_outcomes(own) == ("churn",)
