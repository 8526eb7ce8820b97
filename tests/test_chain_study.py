"""The section ``chain`` of a study: what can be wrong with it is said at its line, and it goes round."""

from __future__ import annotations

import pytest
from small_study import MINIMAL, found, line_of

from survey.definition import dump_study, examine, parse_study
from survey.language import LANGUAGES
from survey.schema import study_schema

CHAIN = """chain:
  satisfaction: overall
  loyalty: liking
  outcome: churn
  covariates: [tier, effort, quality]
  blanks: em
"""
LIKING = "  - {id: liking, label: {zh: 喜欢, en: Liking}, kind: loyalty, items: [price]}\n"
BRANCH = "    - {id: quality, label: {zh: 质量, en: Quality}, children: [care]}\n"
BASE = (
    MINIMAL.replace("outcomes:\n", "outcomes:\n" + LIKING, 1)
    .replace("facet: procedural, items: [overall]", "facet: procedural, items: [care]")
    .replace("    - care\n", BRANCH)
)
STUDY = BASE + CHAIN


def test_a_chain_goes_round_and_may_be_left_out_or_partial() -> None:
    study = parse_study(STUDY, "study.yaml")
    assert study.chain is not None
    assert study.chain.covariates == ("tier", "effort", "quality")
    assert parse_study(dump_study(study), "study.yaml") == study
    assert parse_study(BASE, "study.yaml").chain is None
    partial = parse_study(BASE + "chain: {covariates: [tier]}\n", "study.yaml").chain
    assert partial is not None
    assert partial.satisfaction is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_schema_describes_every_key_in_both_languages(language: str) -> None:
    described = study_schema(language)["$defs"]["Chain"]["properties"]  # type: ignore[arg-type] # one of the two
    assert set(described) == {"satisfaction", "loyalty", "outcome", "covariates", "blanks"}
    assert all(entry["description"] for entry in described.values())


RULES = [
    ("satisfaction: overall", "satisfaction: overal", "study_unknown_outcomes_near", "chain.satisfaction"),
    ("loyalty: liking", "loyalty: overall", "study_chain_twice", "chain.loyalty"),
    ("tier, effort", "tier, tier", "study_listed_twice", "chain.covariates[1]"),
    ("tier, effort", "tier, nothing", "study_chain_covariate", "chain.covariates[1]"),
    ("tier, effort", "tier, churn", "study_chain_twice", "chain.covariates[1]"),
    ("tier, effort", "tier, price", "study_chain_shared", "chain.covariates[1]"),
]


@pytest.mark.parametrize(("before", "after", "code", "key"), RULES, ids=[f"{r[2]}-{r[3]}" for r in RULES])
def test_a_broken_rule_is_told_at_its_line(before: str, after: str, code: str, key: str) -> None:
    assert CHAIN.count(before) == 1
    text = BASE + CHAIN.replace(before, after)
    assert found(text) == [(code, line_of(text, after), key)]
    for language in LANGUAGES:
        (problem,) = [entry for entry in examine(text, "study.yaml")[1] if entry.severity == "error"]
        assert after.split(" ")[-1] in problem.message(language)


def test_steps_of_one_item_are_told() -> None:
    text = STUDY.replace("kind: loyalty, items: [price]", "kind: loyalty, items: [overall]")
    assert found(text) == [("study_chain_shared", line_of(text, "loyalty: liking"), "chain.loyalty")]


def test_a_covariate_of_wrong_shape_is_no_unknown_covariate() -> None:
    text = STUDY.replace("{id: effort, label: {zh: 精力, en: Effort}, ", "{id: effort, ")
    assert {code for code, _, _ in found(text)} == {"study_missing_key"}
