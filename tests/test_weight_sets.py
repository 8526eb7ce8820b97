"""Weight sets as values and as files: equal sets have equal digests, and no digit is lost in YAML."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from weight_sets import NESTED, STUDY, WEIGHTS, sets, wave, weight_set

from analysis.pipeline import index_tree, wave_index
from survey.definition import parse_study, weight_digest
from survey.errors import Place, WeightProblems
from survey.weight_file import dump_weights, parse_weights
from survey.weight_fit import lopsided, misfits
from survey.weight_set import (
    ChosenWeights,
    WeightSet,
    effective_weights,
    node_ids,
    relative_weights,
    study_weights,
    with_weights,
)

# -- values ------------------------------------------------------------------------------------------


def test_shares_are_products_down_the_tree() -> None:
    shares = effective_weights(weight_set())
    assert shares == pytest.approx({"service": 0.6, "speed": 0.4, "care": 0.2, "price": 0.4}, rel=1e-15)
    assert relative_weights(weight_set())["speed"] == pytest.approx(2 / 3, rel=1e-15)


@settings(max_examples=20)
@given(sets())
def test_shares_are_those_of_the_estimators(weights: WeightSet) -> None:
    tree = index_tree(with_weights(STUDY, weights).index)
    # The same divisions and products, in the same order.
    np.testing.assert_allclose(list(effective_weights(weights).values()), tree.effective, rtol=1e-15)


@settings(max_examples=20)
@given(sets(), st.sampled_from([1e-3, 2.0, 64.0]))
def test_only_ratios_among_siblings_matter(weights: WeightSet, factor: float) -> None:
    scaled = {
        node: weight * (factor if node in ("speed", "care") else 1)
        for node, weight in weights.weights.items()
    }
    scaled = {node: min(weight, 1e6) for node, weight in scaled.items()}
    if max(weights.weights["speed"], weights.weights["care"]) * factor <= 1e6:
        other = weights.model_copy(update={"weights": scaled})
        assert effective_weights(other) == pytest.approx(effective_weights(weights), rel=1e-12, abs=1e-300)


CHANGES = {
    "name": "other",
    "method": "ahp",
    "author": "李明",
    "date": date(2026, 7, 2),
    "reason": "another",
    "parent": "0" * 64,
    "index": "other",
    "weights": {**WEIGHTS, "price": 0.4000000000000001},
    "parents": {},
    "evidence": {"experts": 5},
}


def test_every_part_of_a_set_has_a_say_in_its_digest() -> None:
    assert set(CHANGES) == set(WeightSet.model_fields)
    digests = {weight_set(**{part: value}).digest for part, value in CHANGES.items() if part != "name"}
    digests |= {weight_set("other").digest, weight_set().digest}
    assert len(digests) == len(CHANGES) + 1


@settings(max_examples=20)
@given(sets())
def test_the_order_of_weights_has_none(weights: WeightSet) -> None:
    turned = weights.model_copy(update={"weights": dict(reversed(list(weights.weights.items())))})
    assert turned.digest == weights.digest


@pytest.mark.parametrize(
    "wrong",
    [
        {"author": None},
        {"reason": ""},
        {"weights": {**WEIGHTS, "price": -0.1}},
        {"weights": {**WEIGHTS, "price": float("nan")}},
        {"weights": {}},
        {"parent": "abc"},
    ],
    ids=str,
)
def test_no_set_without_a_signature_or_with_numbers_that_are_no_weights(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        weight_set(**wrong)


# -- what a set does to the index --------------------------------------------------------------------


def test_a_set_scores_as_a_study_that_declares_its_weights() -> None:
    weights = weight_set(weights={"service": 7, "speed": 1, "care": 3, "price": 2})
    declared = NESTED.replace("weight: 0.6", "weight: 7").replace("speed, weight: 2", "speed, weight: 1")
    declared = declared.replace("        - care", "        - {item: care, weight: 3}").replace("0.4}", "2}")
    told = parse_study(declared, "study.yaml")
    one = wave_index(with_weights(STUDY, weights), [wave()], wave="2025")
    assert one == wave_index(told, [wave()], wave="2025")
    assert one != wave_index(STUDY, [wave()], wave="2025")


@settings(max_examples=20)
@given(st.from_regex(r"[a-z]{3,8}", fullmatch=True).filter(lambda name: name not in NESTED))
def test_names_of_sets_and_nodes_change_no_number(name: str) -> None:
    text = NESTED.replace("id: service\n      label", f"id: {name}\n      label")
    renamed = parse_study(text, "study.yaml")
    weights = {name if node == "service" else node: weight for node, weight in WEIGHTS.items()}
    parents = {node: name if parent == "service" else parent for node, parent in weight_set().parents.items()}
    other = with_weights(renamed, weight_set(name, weights=weights, parents=parents))
    expected = wave_index(with_weights(STUDY, weight_set()), [wave()], wave="2025")
    assert wave_index(other, [wave()], wave="2025") == expected


def test_the_numbers_of_equal_weights_have_one_digest_whatever_the_set() -> None:
    own = study_weights(STUDY)
    assert (own.name, own.method, dict(own.weights)) == ("1.10", "study", WEIGHTS)
    assert weight_digest(with_weights(STUDY, weight_set("other"))) == weight_digest(STUDY)
    assert weight_set("other").digest != own.digest
    assert ChosenWeights(own, "study").document() == {"name": "1.10", "digest": own.digest, "state": "study"}


# -- whether a set is for the study ------------------------------------------------------------------


def wrong(weights: WeightSet) -> list[tuple[str, str]]:
    found = misfits(weights, STUDY, Place("set"))
    return [(problem.code, str(problem.values.get("node", ""))) for problem in found]


def test_every_difference_from_the_tree_is_told() -> None:
    parents = weight_set().parents
    assert wrong(weight_set()) == []
    assert wrong(weight_set(index="other")) == [("weights_other_index", "")]
    named = {"service": 1.0, "speed": 1.0, "price": 1.0, "prise": 1.0}
    assert wrong(weight_set(weights=named)) == [
        ("weights_unknown_node", "prise"),
        ("weights_missing_node", ""),
    ]
    assert wrong(weight_set(parents={**parents, "price": "service"})) == [("weights_moved_node", "price")]
    nothing = {**WEIGHTS, "speed": 0.0, "care": 0.0}
    assert wrong(weight_set(weights=nothing)) == [("weights_weightless", "service")]
    for other in (weight_set(index="other"), weight_set(weights=named), weight_set(parents={})):
        with pytest.raises(ValueError, match="is for index"):
            with_weights(STUDY, other)


def test_items_that_decide_alone_or_hardly_count_are_told() -> None:
    found = lopsided(
        weight_set(weights={"service": 0.03, "speed": 0.6, "care": 0.4, "price": 0.97}), Place("set")
    )
    assert [(problem.code, problem.values["node"], problem.severity) for problem in found] == [
        ("weights_light", "speed", "warning"),
        ("weights_light", "care", "warning"),
        ("weights_heavy", "price", "warning"),
    ]
    # A share of exactly 0.5 or 0.02 is none of them, a branch never.
    edge = weight_set(weights={"service": 0.52, "speed": 0.5, "care": 0.02, "price": 0.48})
    assert lopsided(edge, Place("set")) == ()


# -- files -------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(sets(), st.booleans())
def test_a_file_reads_back_as_the_set_it_was_written_from(weights: WeightSet, labelled: bool) -> None:
    found = parse_weights(dump_weights(weights, STUDY if labelled else None), "set.yaml", STUDY)
    assert found.weights == weights
    assert found.weights.digest == weights.digest == found.digest
    assert found.intact
    assert found.edited is None


def test_a_file_shows_the_tree_and_its_labels() -> None:
    text = dump_weights(weight_set(), STUDY)
    assert text.partition("weights:\n")[2] == (
        "  service:  # 服务 · Service\n"
        "    weight: 0.6\n"
        "    children:\n"
        "      speed: 2.0  # 速度 · Speed\n"
        "      care: 1.0  # 态度 · Care\n"
        "  price: 0.4  # 价格 · Price\n"
    )
    # Other programs read the same.
    assert yaml.safe_load(text)["weights"]["service"]["children"] == {"speed": 2.0, "care": 1.0}


def problems(text: str) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(WeightProblems) as error:
        parse_weights(text, "set.yaml", STUDY)
    for problem in error.value.problems:
        assert problem.message("zh") != problem.message("en")
    return [(p.code, p.place.line, p.place.key) for p in error.value.problems]


FILE = """\
name: panel
method: direct
author: Wang
date: 2026-07-01
reason: panel
index: satisfaction
weights:
  service:
    weight: 0.6
    children:
      speed: 2
      care: 1
  price: 0.4
"""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("price: 0.4", "price: -0.4", ("weights_negative", 13, "weights.price")),
        ("price: 0.4", "price: .nan", ("weights_not_finite", 13, "weights.price")),
        ("price: 0.4", "price: 1e999", ("weights_not_finite", 13, "weights.price")),
        ("price: 0.4", "price: 2e6", ("weights_too_large", 13, "weights.price")),
        ("price: 0.4", "price: much", ("weights_not_a_number", 13, "weights.price")),
        ("price: 0.4", "price: true", ("weights_not_a_number", 13, "weights.price")),
        ("price: 0.4", "price: [1]", ("weights_not_a_number", 13, "weights.price")),
        ("price: 0.4", "price:", ("weights_not_a_number", 13, "weights.price")),
        ("  price: 0.4\n", "", ("weights_missing_node", 7, "weights")),
        ("price: 0.4", "price: 0.4\n  cost: 1", ("weights_unknown_node", 14, "weights.cost")),
        ("price: 0.4", "speed: 0.4\n  price: 1", ("weights_file_node_twice", 13, "weights.speed")),
        ("      care: 1\n  price", "  care: 1\n  price", ("weights_moved_node", 12, "weights.care")),
        ("speed: 2\n      care: 1", "speed: 0\n      care: 0", ("weights_weightless", 8, "weights.service")),
        ("    weight: 0.6\n", "", ("weights_file_missing", 8, "weights.service.weight")),
        (
            "    weight: 0.6\n",
            "    weigth: 0.6\n    weight: 1\n",
            ("weights_file_branch_key", 9, "weights.service.weigth"),
        ),
        ("index: satisfaction", "index: loyalty", ("weights_other_index", 7, "weights")),
        ("method: direct", "method: guess", ("weights_file_value", 2, "method")),
        ("date: 2026-07-01", "date: July", ("weights_file_value", 4, "date")),
        ("name: panel", "name: a b", ("weights_file_value", 1, "name")),
        ("author: Wang\n", "", ("weights_file_missing", 1, "author")),
        ("name: panel", "name: panel\nnote: x", ("weights_file_key", 2, "note")),
        ("name: panel", "name: panel\nname: other", ("study_key_twice", 2, None)),
        ("reason: panel", "reason: panel\nevidence: 3", ("weights_file_value", 6, "evidence")),
        ("reason: panel", "reason: panel\nparent: abc", ("weights_file_value", 6, "parent")),
    ],
)
def test_what_is_wrong_in_a_file_is_told_by_line(
    before: str, after: str, expected: tuple[str, int, str | None]
) -> None:
    assert FILE.count(before) == 1
    assert problems(FILE.replace(before, after)) == [expected]


def test_everything_wrong_is_told_at_once() -> None:
    text = FILE.replace("speed: 2", "speeed: -2").replace("author: Wang\n", "").replace("0.4", "lots")
    assert [code for code, _, _ in problems(text)] == [
        "weights_file_missing",
        "weights_missing_node",
        "weights_negative",
        "weights_unknown_node",
        "weights_not_a_number",
    ]
    assert [code for code, _, _ in problems("- a\n- b\n")] == ["weights_file_keys"]
    assert [code for code, _, _ in problems("a: [")] == ["study_syntax"]
    assert [code for code, _, _ in problems("# nothing")] == ["weights_file_keys"]


def test_an_edited_file_is_not_the_set_it_says_to_be() -> None:
    text = dump_weights(weight_set(), STUDY)
    edited = parse_weights(text.replace("price: 0.4", "price: 0.5"), "set.yaml", STUDY)
    assert not edited.intact
    assert edited.edited is not None
    assert (edited.edited.code, edited.edited.place.key) == ("weights_file_edited", "digest")
    plain = parse_weights(FILE, "set.yaml", STUDY)
    assert (plain.digest, plain.edited, plain.intact) == (None, None, False)
    assert node_ids(STUDY.index) == tuple(plain.weights.weights)
