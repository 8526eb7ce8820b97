"""Figures as they are printed: rounding, signs, intervals, lists, counts, spaces."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report_templates import formatting as f

finite = st.floats(-1e6, 1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (0.25, 1, "0.3"),  # the binary value of 0.25 is exact: half goes up
        (2.675, 2, "2.68"),  # its binary value lies below; the reader sees 2.675
        (-0.25, 1, "−0.3"),
        (-0.04, 1, "0.0"),
        (1586.0, 0, "1,586"),
        (99.95, 1, "100.0"),
        (1e-9, 1, "0.0"),
    ],
)
def test_half_goes_up_on_what_the_reader_sees(value: float, decimals: int, printed: str) -> None:
    assert f.number(value, decimals) == printed


@settings(max_examples=60, deadline=None)
@given(finite, st.integers(0, 3))
def test_rounding_is_within_half_a_step_and_symmetric(value: float, decimals: int) -> None:
    rounded = f.rounded(value, decimals)
    assert abs(Fraction(rounded) - Fraction(repr(value))) <= Fraction(1, 2 * 10**decimals)
    assert f.rounded(-value, decimals) == -rounded


@settings(max_examples=60, deadline=None)
@given(finite, st.integers(0, 3))
def test_a_sign_stands_exactly_where_the_printed_figure_is_not_zero(value: float, decimals: int) -> None:
    printed = f.signed(value, decimals)
    zero = f.rounded(value, decimals) == 0
    assert printed.startswith(("+", "−")) is not zero
    assert "-" not in printed


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.integers(0, 2))
def test_a_share_is_its_hundredfold(share: float, decimals: int) -> None:
    exact = Decimal(repr(share)) * 100
    assert abs(Decimal(f.percent(share, decimals).replace(",", "")) - exact) <= Decimal(1) / (
        2 * 10**decimals
    )


def test_shares_are_scaled_in_decimal() -> None:
    # 0.145 * 100 is 14.499999999999998 in binary.
    assert f.percent(0.145) == "15"
    assert f.signed_percent(-0.005) == "−1"
    assert f.signed_percent(0.004) == "0"


def test_intervals() -> None:
    assert f.interval("76.8", "78.6") == "76.8–78.6"
    assert f.interval("−3.1", "5.0") == "−3.1 – 5.0"
    assert f.signed_interval("+0.2", "+1.9", "zh") == "+0.2 至 +1.9"
    assert f.signed_interval("−1.1", "+0.8", "en") == "−1.1 to +0.8"


def test_probabilities_never_claim_certainty() -> None:
    assert [f.probability(p) for p in (1.0, 0.996, 0.84, 0.004, 0.0)] == [">99%", ">99%", "84%", "<1%", "<1%"]
    assert [f.p_value(p) for p in (0.0, 0.0004, 0.0005, 0.05, 1.0)] == [
        "<0.001",
        "<0.001",
        "0.001",
        "0.050",
        "1.000",
    ]


def test_lists() -> None:
    assert f.joined(["甲", "乙", "丙"], "zh") == "甲、乙、丙"
    assert [f.joined(list("abc"[:n]), "en") for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert f.phrases_of(["甲", "乙"], "zh") == ("甲、", "乙")
    assert f.phrases_of(["a", "b", "c"], "en") == ("a,", "b", "and c")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("n", range(5))
def test_phrases_of_a_list_read_as_the_list(language: f.Language, n: int) -> None:
    words = ["w", "x", "y", "z"][:n]
    gap = "" if language == "zh" else " "
    assert gap.join(f.phrases_of(words, language)) == f.joined(words, language)


def test_counts_in_words() -> None:
    assert [f.counted(n, "zh") for n in (0, 1, 2, 10, 12, 20, 31, 99, 100)] == [
        *("零", "一", "两", "十", "十二", "二十", "三十一", "九十九", "100")
    ]
    assert [f.counted(n, "en") for n in (0, 1, 2, 10, 11)] == ["no", "one", "two", "ten", "11"]


def test_spaces_between_han_and_latin() -> None:
    assert f.spaced("较26Q2上升1.1分") == "较 26Q2 上升 1.1\u00a0分"
    assert f.spaced("得分81.7（80.7–82.6）") == "得分 81.7（80.7–82.6）"
    assert f.spaced("占59%，低") == "占 59%，低"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="满意度26Q.1% ，†+−", max_size=20))
def test_spacing_twice_is_spacing_once(text: str) -> None:
    assert f.spaced(f.spaced(text)) == f.spaced(text)
    assert f.spaced(text).replace(" ", "").replace("\u00a0", "") == text.replace(" ", "").replace(
        "\u00a0", ""
    )


def test_directions_and_controls_are_not_printed() -> None:
    assert f.printable("a\u202eb\x00c\u200bd") == "abcd"
    assert f.printable("e\u0301") == "é"


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("Timely provisioning", "timely provisioning"),
        ("In-sales service", "in-sales service"),
        ("Manager's initiative", "manager's initiative"),
        ("A fair price", "a fair price"),
        ("Value of SMS", "value of SMS"),
        ("SMS alerts", "SMS alerts"),
        ("5G coverage", "5G coverage"),
        ("Wi-Fi", "Wi-Fi"),
        ("I trust them", "I trust them"),
        ("Network Quality", "Network Quality"),
        ("Alipay works", "Alipay works"),
        ("", ""),
    ],
)
def test_labels_begin_small_within_sentences_unless_they_are_names(label: str, printed: str) -> None:
    assert f.within(label, frozenset({"Alipay"})) == printed
