"""The section ``gaps`` of a study: what can be wrong with it is said at its line, and it goes round."""

from __future__ import annotations

import pytest
from small_study import MINIMAL, found, line_of

from survey.definition import dump_study, parse_study
from survey.language import LANGUAGES
from survey.schema import study_schema

GAPS = """gaps:
  satisfaction: overall
  disconfirmation: overall
  dimensions:
    - {id: service, label: {zh: 服务, en: Service}, weight: 60}
  pairs:
    - {expectation: price, performance: speed, dimension: service, disconfirmation: care}
"""
STUDY = MINIMAL + GAPS


def test_gaps_go_round() -> None:
    study = parse_study(STUDY, "study.yaml")
    assert study.gaps is not None
    assert study.gaps.dimensions[0].weight == 60
    assert parse_study(dump_study(study), "study.yaml") == study
    assert parse_study(MINIMAL, "study.yaml").gaps is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_schema_describes_gaps(language: str) -> None:
    schema = study_schema(language)  # type: ignore[arg-type] # one of the two
    assert schema["properties"]["gaps"]
    assert set(schema["$defs"]["GapPair"]["properties"]) == {
        "expectation",
        "performance",
        "dimension",
        "disconfirmation",
    }


FIVE = "  ten:\n    ends: [1, 10]"
RULES = [
    ("expectation: price", "expectation: prise", "study_unknown_items_near", "gaps.pairs[0].expectation"),
    ("performance: speed", "performance: nothing", "study_unknown_items", "gaps.pairs[0].performance"),
    (
        "disconfirmation: care",
        "disconfirmation: cares",
        "study_unknown_items_near",
        "gaps.pairs[0].disconfirmation",
    ),
    ("disconfirmation: overall", "disconfirmation: none", "study_unknown_items", "gaps.disconfirmation"),
    ("satisfaction: overall", "satisfaction: overal", "study_unknown_outcomes_near", "gaps.satisfaction"),
    ("performance: speed", "performance: price", "study_gap_twice", "gaps.pairs[0].performance"),
    (", dimension: service", "", "study_gap_no_dimension", "gaps.pairs[0]"),
    ("weight: 60}", "weight: 0}", "study_gap_weights", "gaps.dimensions"),
    ("weight: 60}", "weight: -1}", "study_negative_weight", "gaps.dimensions[0].weight"),
    ("performance: speed", "performance: overall", "study_gap_in_outcome", "gaps.satisfaction"),
    ("expectation: price, ", "", "study_missing_key", "gaps.pairs[0].expectation"),
]


@pytest.mark.parametrize(("before", "after", "code", "key"), RULES, ids=[f"{r[2]}-{r[3]}" for r in RULES])
def test_a_broken_rule_is_told_at_its_line(before: str, after: str, code: str, key: str) -> None:
    assert GAPS.count(before) == 1
    where = "gaps.satisfaction" if code == "study_gap_in_outcome" else key
    text = MINIMAL + GAPS.replace(before, after)
    problems = found(text)
    if code == "study_gap_no_dimension":
        # The dimension that nothing names any more is a second mistake.
        assert problems.pop(0)[0] == "study_gap_dimension_empty"
    ((told, line, place),) = problems
    assert (told, place) == (code, where)
    line_text = text.splitlines()[(line or 0) - 1]
    assert key.split(".")[1].split("[")[0] in line_text or after.split(",")[0] in line_text or "pairs" in key


def test_an_unknown_dimension_and_one_without_pairs_are_told() -> None:
    text = STUDY.replace("dimension: service,", "dimension: services,")
    assert found(text) == [
        (
            "study_gap_dimension_empty",
            line_of(text, "- {id: service, label: {zh: 服务, en: Service}, weight"),
            "gaps.dimensions[0]",
        ),
        ("study_gap_dimension", line_of(text, "dimension: services"), "gaps.pairs[0].dimension"),
    ]
    twice = STUDY.replace("  pairs:", "    - {id: service, label: {zh: 二, en: Two}}\n  pairs:")
    assert [code for code, _, _ in found(twice)] == ["study_gap_dimension_twice"]


def test_a_dimension_of_wrong_shape_is_no_unknown_dimension() -> None:
    text = STUDY.replace("label: {zh: 服务, en: Service}, weight: 60", "weight: heavy")
    assert {code for code, _, _ in found(text)} == {"study_missing_key", "study_wrong_type"}


def test_scales_of_other_lengths_make_no_gap() -> None:
    text = STUDY.replace("scales:\n", "scales:\n  five: {ends: [1, 5]}\n").replace(
        "en: Price}\n    scale: ten", "en: Price}\n    scale: five"
    )
    assert found(text) == [("study_gap_scales", line_of(text, "- {expectation: price"), "gaps.pairs[0]")]
