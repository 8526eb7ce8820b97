"""Two ways of writing the same thing compare equal, and nothing else does."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import canonical, mapping, ooxml, sheet_parser, wording
from survey.wording import matching, number_in, plain, tidy, without_question_number


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("５", 5),
        (" 5 ", 5),
        ("\u00a05", 5),
        ("5\u3000", 5),
        ("\u200b5", 5),
        ("\ufeff4.50", 4.5),
        ("-0", 0),
        ("-3", -3),
    ],
)
def test_numbers_as_people_type_them(typed: str, expected: float) -> None:
    assert number_in(plain(typed)) == expected


@pytest.mark.parametrize(
    "typed",
    [
        *("1_000", "1e3", "nan", "infinity", "5.", ".5", "1,000", "50%", "", "+1", "1 2", "9" * 19),
        *("٣.٥", "٣", "²", "5²", "③", "⑤", "Ⅳ", "½", "五", "𝟓", "\N{DEVANAGARI DIGIT FIVE}"),
    ],
)
def test_what_is_no_number(typed: str) -> None:
    assert number_in(plain(typed)) is None


@pytest.mark.parametrize(
    ("header", "rest"),
    [
        ("Q12 总体满意度", "总体满意度"),
        ("12、总体满意度", "总体满意度"),
        ("12．总体满意度", "总体满意度"),
        ("B3. Overall", "Overall"),
        ("第7题 服务态度", "服务态度"),
        ("3：性别 ", "性别"),
        ("Q1_2 价格", "价格"),
        ("7(服务)", "(服务)"),
        ("2024年度满意度", None),
        ("3.5公里内有营业厅", None),
        ("5G网络质量", None),
        ("Q12", None),
        ("总体满意度", None),
    ],
)
def test_question_numbers(header: str, rest: str | None) -> None:
    assert without_question_number(header) == rest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("您对 网络质量 满意吗？", "您对网络质量满意吗"),
        ("How satisfied are you?", "how  satisfied are you"),
        ("（跳过）", "(跳过)"),
        ("客户“经理”", '客户"经理"'),
        ("Don’t know", "don't know"),
    ],
)
def test_equal_wordings(one: str, other: str) -> None:
    assert matching(one) == matching(other)


@pytest.mark.parametrize(
    ("one", "other"), [("满意", "比较满意"), ("满意", "不满意"), ("Q1", "Q11"), ("?", "!")]
)
def test_different_wordings(one: str, other: str) -> None:
    assert matching(one) != matching(other)


@given(st.text())
def test_forms_are_stable(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert matching(tidy(text)) == matching(text)
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    "module", [canonical, mapping, ooxml, sheet_parser, wording], ids=lambda module: module.__name__
)
def test_examples_in_the_documentation_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
