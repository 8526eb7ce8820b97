"""Flags on answer sheets: what is flagged and proposed, on which side, and what was not looked at."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from careless_sheets import FIRST, ITEMS, SECOND, STUDY, THIRD, answered, honest, matrix_study, mirrored
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.careless_flags import FLAGS, SIDES, CarelessFlags, Flag, careless_flags
from survey.careless_words import flag_lines, short_names, side_name
from survey.language import LANGUAGES
from survey.rating_form import RatingForm

USUAL = 200.0
HASTY = 30.0
A_ROWS, B_ROWS, C_ROWS = slice(0, 6), slice(7, 13), slice(13, 18)


def flags_of_first(
    codes: np.ndarray, seconds: float | None = None, others: int = 120, **parts: Any
) -> CarelessFlags:
    """Flag a sheet (k,), which comes first, among sheets of people who read the questions."""
    crowd = honest(others)
    times = None if seconds is None else [seconds, *np.linspace(USUAL, 2 * USUAL, others)]
    return careless_flags(answered(np.vstack([codes, crowd]), times), matrix_study(**parts))


def sheet(**rows: int) -> np.ndarray:
    """Return an honest sheet in which matrices are answered with one code throughout."""
    codes = honest(1, seed=9)[0]
    for name, code in rows.items():
        codes[{"a": A_ROWS, "b": B_ROWS, "c": C_ROWS}[name]] = code
    return codes


def test_a_matrix_is_five_questions_in_a_row_on_one_scale() -> None:
    assert careless_flags(answered(honest(3)), STUDY).matrices == (FIRST, SECOND, THIRD)
    four = [item for item in ITEMS if item not in {"c4", "a0", "a1"}]
    responses = answered(honest(3)[:, [ITEMS.index(item) for item in four]])
    responses = dataclasses.replace(responses, items=tuple(four))
    assert careless_flags(responses, STUDY).matrices == (SECOND,)


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        (sheet(), ()),
        (sheet(a=10), ("long_run",)),
        (sheet(a=10, b=10), ("long_run", "straight", "one_answer")),
        (sheet(a=10, b=1), ("long_run", "straight")),
        (sheet(a=3, c=3), ("long_run", "straight")),
        (sheet(a=7, b=7, c=7), ("long_run", "straight", "one_answer")),
    ],
)
def test_flags_of_straight_liners(codes: np.ndarray, found: tuple[Flag, ...]) -> None:
    flags = flags_of_first(codes)
    assert tuple(flag for flag in flags.flags_of(0) if "unusual" not in flag) == found
    mirror = flags_of_first(mirrored(codes[None])[0])
    assert tuple(flag for flag in mirror.flags_of(0) if "unusual" not in flag) == found


def test_a_blank_ends_a_run_and_leaves_a_matrix_its_one_answer() -> None:
    codes = sheet(a=5, b=5)
    codes[[2, 9]] = -1
    flags = flags_of_first(codes)
    assert flags.indices["longest_run"][0] == 3
    assert flags.indices["matrices_straight"][0] == 2
    assert "long_run" not in flags.flags_of(0)
    assert "straight" in flags.flags_of(0)


@pytest.mark.parametrize(
    ("codes", "seconds", "proposed"),
    [
        (sheet(a=10, b=10), HASTY, True),
        (sheet(a=1, b=1), HASTY, True),
        (sheet(a=1, b=10), HASTY, True),
        (sheet(a=10, b=10), USUAL, False),
        (sheet(a=10, b=10), None, False),
        (sheet(a=10), HASTY, False),
        (sheet(), HASTY, False),
    ],
)
def test_exclusion_is_proposed_where_speed_and_straight_lining_agree(
    codes: np.ndarray, seconds: float | None, proposed: bool
) -> None:
    flags = flags_of_first(codes, seconds)
    assert flags.proposed[0] == proposed
    assert flags.proposed.sum() == proposed


def test_speed_is_compared_with_the_median_and_with_one_second() -> None:
    crowd = honest(19)
    k = len(ITEMS)
    times = [4.0 * k] * 15 + [1.99 * k, 2.0 * k, 0.99 * k, 1.0 * k]
    flags = careless_flags(answered(crowd, times), STUDY)
    assert np.flatnonzero(flags.marks["fast"]).tolist() == [15, 17, 18]
    assert np.flatnonzero(flags.marks["very_fast"]).tolist() == [17]
    assert flags.under_two_seconds == 3


@pytest.mark.parametrize("value", [None, "38", True, -3.0, 0.0])
def test_what_is_no_duration_gives_no_speed(value: Any) -> None:
    flags = careless_flags(answered(honest(12), [value] * 12), STUDY)
    assert [rule.reason for rule in flags.not_applied if "very_fast" in rule.flags] == ["durations"]
    assert not flags.proposed.any()


def test_answers_given_at_random_are_unusual_and_low_ones_are_not() -> None:
    rng = np.random.default_rng(4)
    halo = rng.normal(8, 1, (300, 1))
    crowd = np.clip(np.round(halo + rng.normal(0, 1, (300, len(ITEMS)))), 1, 10).astype(np.int16)
    crowd[:, 6] = 1
    random = np.where(np.arange(len(ITEMS)) % 2, 1, 10)
    random[6] = 1
    low = np.where(np.arange(len(ITEMS)) == 6, 1, 2)
    flags = careless_flags(answered(np.vstack([random, low, crowd])), STUDY)
    assert flags.marks["very_unusual"][:2].tolist() == [True, False]
    assert (flags.base_unusual, flags.items_unusual) == (302, len(ITEMS) - 1)


def test_questions_that_few_answer_are_left_out_of_patterns() -> None:
    codes = honest(120)
    codes[:30, 0] = -5
    codes[0, 3] = -1
    form = RatingForm(answered(codes), STUDY)
    assert [form.items[j] for j in form.patterned()] == [i for i in ITEMS if i not in {"a0", "filter"}]
    flags = careless_flags(answered(codes), STUDY)
    assert (flags.base_unusual, flags.items_unusual) == (119, len(ITEMS) - 2)


def test_flagged_people_are_counted_on_either_side() -> None:
    middle = honest(1)[0]
    middle[A_ROWS] = [1, 10, 5, 6, 4, 7]
    middle[B_ROWS] = [2, 9, 2, 9, 2, 9]
    middle[C_ROWS] = 5
    codes = np.vstack([sheet(a=10, b=10, c=10), sheet(a=1, b=1, c=0), sheet(a=2, b=2, c=1), middle])
    flags = careless_flags(answered(codes), STUDY)
    assert [flags.side_of(n) for n in range(4)] == ["above", "below", "below", "middle"]
    assert flags.count(flags.marks["straight"]).values() == {"n": 3, "below": 2, "middle": 0, "above": 1}
    blank = careless_flags(answered(np.full((2, len(ITEMS)), -1), [5.0, 5.0]), STUDY)
    assert blank.side_of(0) is None
    assert blank.count(np.ones(2, dtype=bool)).values() == {"n": 2, "below": 0, "middle": 0, "above": 0}


def crowds() -> st.SearchStrategy[np.ndarray]:
    """Sheets of straight-liners, of repeaters and of people who read, with blanks."""

    def drawn(seed: int, people: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        codes = honest(people, seed)
        for row in codes:
            for rows in (A_ROWS, B_ROWS, C_ROWS):
                if rng.random() < 0.4:
                    row[rows] = rng.integers(1, 11)
                if rng.random() < 0.3:
                    row[rows.start : rows.start + 4] = rng.integers(1, 11)
        codes[rng.random(codes.shape) < 0.02] = -1
        return codes

    return st.builds(drawn, st.integers(0, 2**32 - 1), st.integers(1, 120))


@settings(max_examples=15, deadline=None)
@given(crowds())
def test_no_rule_looks_at_the_side_of_the_scale(codes: np.ndarray) -> None:
    seconds = np.random.default_rng(len(codes)).lognormal(3.2, 0.8, len(codes)).tolist()
    one = careless_flags(answered(codes, seconds), STUDY)
    other = careless_flags(answered(mirrored(codes), seconds), STUDY)
    for flag in FLAGS:
        np.testing.assert_array_equal(one.marks[flag], other.marks[flag], err_msg=flag)
    np.testing.assert_array_equal(one.proposed, other.proposed)
    np.testing.assert_allclose(one.indices["even_odd"], other.indices["even_odd"], atol=1e-9)
    np.testing.assert_allclose(one.indices["irv"], other.indices["irv"], atol=1e-9)
    for who in (one.flagged, one.proposed):
        mine, theirs = one.count(who).values(), other.count(who).values()
        assert mine == theirs | {"below": theirs["above"], "above": theirs["below"]}


@settings(max_examples=15, deadline=None)
@given(crowds())
def test_half_of_a_wave_in_the_mirror_is_flagged_as_the_other_half_is(codes: np.ndarray) -> None:
    both = answered(np.vstack([codes, mirrored(codes)]), [20.0 + n % 40 for n in range(len(codes))] * 2)
    flags = careless_flags(both, STUDY)
    for flag in FLAGS:
        here, there = np.split(flags.marks[flag], 2)
        np.testing.assert_array_equal(here, there, err_msg=flag)


def test_order_of_people_changes_nothing() -> None:
    codes = np.vstack([sheet(a=10, b=10), honest(120), sheet(a=1)])
    seconds = np.linspace(20, 400, len(codes))
    order = np.random.default_rng(1).permutation(len(codes))
    one = careless_flags(answered(codes, seconds.tolist()), STUDY)
    other = careless_flags(answered(codes[order], seconds[order].tolist()), STUDY)
    for flag in FLAGS:
        np.testing.assert_array_equal(one.marks[flag][order], other.marks[flag])


def test_what_was_not_looked_at_is_said() -> None:
    one = careless_flags(answered(honest(4), [60.0] * 4), matrix_study())
    assert {rule.reason for rule in one.not_applied} == {"complete_answers", "few_durations"}
    few = dataclasses.replace(answered(honest(4)[:, :5]), items=FIRST[:5])
    reasons = {rule.reason: rule.flags for rule in careless_flags(few, STUDY).not_applied}
    assert reasons["second_matrix"] == ("straight",)
    assert reasons["common_scale"] == ("one_answer",)
    none = dataclasses.replace(answered(honest(4)[:, 6:7]), items=("filter",))
    assert [rule.reason for rule in careless_flags(none, STUDY).not_applied] == [
        *("matrices", "common_scale", "no_items", "durations")
    ]


def test_items_that_the_study_no_longer_has_are_left_aside() -> None:
    responses = dataclasses.replace(answered(honest(6)), items=("gone", *ITEMS[1:]))
    assert careless_flags(responses, STUDY).matrices == (FIRST[1:], SECOND, THIRD)


@pytest.mark.parametrize("language", LANGUAGES)
def test_flags_are_told_in_words(language: Any) -> None:
    codes = np.vstack([sheet(a=10, b=10, c=10), sheet(a=1, b=1, c=0), honest(120)])
    seconds = [HASTY / 3, HASTY, *np.linspace(USUAL, 2 * USUAL, 120)]
    lines = flag_lines(careless_flags(answered(codes, seconds), STUDY), language)
    told = "\n".join(lines)
    assert (
        "建议剔除 2 份（中点以下 1，居中 0，以上 1）" if language == "zh" else "Exclusion is proposed for 2"
    ) in told
    assert (
        "每题不到 1 秒：1 份" if language == "zh" else "less than 1 second per question: 1 (below"
    ) in told
    assert "122" in lines[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(language: Any) -> None:
    for responses in (
        answered(honest(4)),
        answered(honest(4), [60.0] * 4),
        answered(honest(40), [60.0] * 38 + [5.0] * 2),
        dataclasses.replace(answered(honest(4)[:, :5]), items=FIRST[:5]),
        dataclasses.replace(answered(honest(4)[:, 6:7]), items=("filter",)),
    ):
        flags = careless_flags(responses, STUDY)
        assert len(flag_lines(flags, language)) > len(flags.not_applied)


def test_the_document_is_plain_and_complete() -> None:
    codes = np.vstack([sheet(a=10, b=10, c=10), np.full(len(ITEMS), -1), honest(120)])
    seconds = [HASTY, None, *np.linspace(USUAL, 2 * USUAL, 120)]
    flags = careless_flags(answered(codes, seconds), STUDY)
    document = json.loads(json.dumps(flags.document(), allow_nan=False))
    first = document["people"][0]
    assert (first["place"], first["respondent"], first["side"]) == (1, "p0", "above")
    assert first["proposed"] is True
    assert set(document["flags"]) == set(FLAGS)
    assert set(document["proposed"]) == {"n", *SIDES}
    assert len(document["people"]) == document["flagged"]["n"] == flags.flagged.sum()


def test_flags_and_sides_have_short_names() -> None:
    assert short_names(("long_run", "fast"), "zh") == "长串同答、过快"
    assert short_names(("long_run", "fast"), "en") == "long run, fast"
    assert short_names(("unusual", "very_unusual"), "en") == "very unusual"
    assert [side_name(side, "en") for side in SIDES] == [
        *("below the middle", "at the middle", "above the middle")
    ]
    assert side_name(None, "zh") == "—"
