"""Headers are taken apart without losing a character, and only as far as their neighbours allow."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.layouts import question_headers, wenjuanxing
from survey.layouts.question_headers import neat, read_headers, split_bracket, split_dash, split_number

HEADERS = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="12第题、：:.．(（)）— ？甲乙", max_size=12),
)


@pytest.mark.parametrize(
    ("header", "number", "text"),
    [
        ("1、手机部数", 1, "手机部数"),
        ("3、性别 ", 3, "性别"),
        ("3：性别", 3, "性别"),
        ("3:性别", 3, "性别"),
        ("第6题(运动)", 6, "(运动)"),
        ("第 12 题、总体", 12, "总体"),
        ("5、(乘车不安全)", 5, "(乘车不安全)"),
        ("11. 题干？（）(选项一)", 11, "题干？（）(选项一)"),
        ("11(选项二)", 11, "(选项二)"),
        ("11（选项二）", 11, "（选项二）"),
        ("4 (平板电脑)", 4, "(平板电脑)"),
        ("１２、网速", 12, "网速"),
        ("1.夫妻分居", 1, "夫妻分居"),
        ("2、", 2, ""),
        ("2024年度满意度", None, "2024年度满意度"),
        ("3.5公里内有营业厅", None, "3.5公里内有营业厅"),
        ("2024(上半年)", None, "2024(上半年)"),
        ("2024、2025年", None, "2024、2025年"),
        ("5G网络质量", None, "5G网络质量"),
        ("您的姓名", None, "您的姓名"),
        ("uid", None, "uid"),
        ("", None, ""),
    ],
)
def test_numbers(header: str, number: int | None, text: str) -> None:
    split = split_number(header)
    assert (split.number, split.text) == (number, text)


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        # A label in brackets stands for itself where no stem is left.
        (["第8题(ACG文化(动漫、游戏等))"], ["ACG文化(动漫、游戏等)"]),
        (["25、(其他（请补充）:)"], ["其他（请补充）:"]),
        (["第6题(运动)", "第6题(其他【请注明】)"], ["运动", "其他【请注明】"]),
        (["5、(其他:))", "5、(网络)"], ["其他:)", "网络"]),
        # It belongs to the question where the question stands alone.
        (["1、您的姓名（可选）"], [None]),
        (["1、您的姓名（可选）", "2、电话（可选）"], [None, None]),
        # The stem stands once, or with every label.
        (["11. 题干？（）(选项一)", "11(选项二)"], ["选项一", "选项二"]),
        (["11. 题干(选项一)", "11. 题干(选项二)"], ["选项一", "选项二"]),
        (["8、请评价以下各项—外观", "8、功能", "8、价格（含税）"], ["外观", "功能", "价格（含税）"]),
        (["8、请评价—外观", "8、请评价—功能"], ["外观", "功能"]),
        (["2、收货地址：—收货人姓名：", "2、所在地区："], ["收货人姓名：", "所在地区："]),
        (["8、请评价——逐项—外观", "8、功能"], ["外观", "功能"]),
        (["8、两年（2020—2024）(快)", "8(慢)"], ["快", "慢"]),
        # A dash is punctuation where the number is not repeated.
        (["1.夫妻分居—该事件的发生时间为"], [None]),
        (["1.夫妻分居—该事件的发生时间为", "2.子女"], [None, None]),
        (["您的单位—全称", "您的单位"], [None, None]),
        # Two questions with one number, side by side, do not agree on a stem.
        (["1、性别(必填)", "1、年龄(必填)"], [None, None]),
        (["1、性别", "1、(男)"], [None, "男"]),
        (["1、", "1、()"], [None, None]),
    ],
)
def test_labels_are_taken_as_far_as_the_neighbours_allow(headers: list[str], parts: list[str | None]) -> None:
    assert [header.part for header in read_headers(headers)] == parts


def test_stems_stand_once_and_hold_for_the_run() -> None:
    read = read_headers(["7、题—甲", "7、乙", "uid", "8、题（）(一)", "8(二)", "第9题(三)"])
    assert [header.stem for header in read] == ["题", "题", "", "题（）", "题（）", ""]
    assert [header.run for header in read] == [0, 0, 1, 2, 2, 3]


@given(HEADERS)
def test_number_and_rest_are_the_header(header: str) -> None:
    split = split_number(header)
    assert split.mark + split.text == neat(header)
    assert (split.number is None) == (split.mark == "")
    assert split.number is None or 0 <= split.number <= 999


@given(HEADERS)
def test_stem_and_label_are_the_text(text: str) -> None:
    bracket = split_bracket(text)
    if bracket:
        stem, label = bracket
        assert text.startswith(stem)
        assert label
        inside = text[len(stem) :].strip()
        assert inside[1:-1].strip() == label
    dash = split_dash(neat(text))
    if dash:
        assert neat(text).replace(" ", "") == "—".join(dash).replace(" ", "")


@given(st.lists(HEADERS, max_size=8))
def test_every_header_is_read_once_and_in_order(headers: list[str]) -> None:
    read = read_headers(headers)
    assert [header.header for header in read] == [neat(header) for header in headers]
    assert all(header.part is None or (header.part and header.part in header.header) for header in read)
    assert [header.run for header in read] == sorted(header.run for header in read)
    for header in read:
        assert header.part is not None or not header.stem


@pytest.mark.parametrize("module", [question_headers, wenjuanxing], ids=lambda module: module.__name__)
def test_examples_in_the_documentation_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
