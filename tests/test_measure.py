"""Text is measured and broken without losing or inventing a character."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from report_templates.measure import balanced, shortened, title_lines, width, wrap

TEXTS = st.text(alphabet="满意度、，。（）「」客户 abcdefg hijk-12.5%\u00a0", max_size=80)


def test_a_han_character_is_one_em_and_figures_are_not() -> None:
    assert width("满意", 10) == 20
    assert width("00", 1000) == 2 * 555
    assert width("00", 1000, bold=True) == 2 * 590


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.floats(20, 300))
def test_wrapping_keeps_every_character_but_spaces_at_line_ends(text: str, limit: float) -> None:
    lines = wrap(text, limit, 10)
    assert "".join("".join(lines).split()) == "".join(text.split())


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="满意度客户经理", min_size=1, max_size=60), st.floats(10, 300))
def test_lines_of_han_are_never_wider_than_the_limit(text: str, limit: float) -> None:
    assert all(width(line, 10) <= limit for line in wrap(text, limit, 10))
    assert all(width(line, 10) <= limit for line in balanced(text, limit, 10))


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.floats(40, 300))
@example("%、、\xa0）", 40.0)
def test_no_line_starts_with_a_closing_mark(text: str, limit: float) -> None:
    for line in wrap(text, limit, 10)[1:]:
        assert not line or line[0] not in "，。、）」%" or text.lstrip().startswith(line[0])


def test_balanced_lines_are_even() -> None:
    text = "Convenience of fault reporting"
    assert wrap(text, 120, 11) == ("Convenience of fault", "reporting")
    assert balanced(text, 120, 11) == ("Convenience of", "fault reporting")


def test_shortened_text_fits_and_says_so() -> None:
    assert shortened("客户经理服务", 60, 10) == "客户经理服务"
    assert shortened("客户经理服务", 40, 10) == "客户经…"


def test_a_title_breaks_only_between_phrases() -> None:
    assert title_lines(["三十一省中七省与全国不同，", "其余差异在误差之内"], 658, 22.67) == (
        "三十一省中七省与全国不同，其余差异在误差之内",
    )
    assert title_lines(["三十一省中七省与全国不同，", "其余差异在误差之内"], 300, 22.67) == (
        "三十一省中七省与全国不同，",
        "其余差异在误差之内",
    )


def test_a_phrase_wider_than_its_line_is_refused() -> None:
    with pytest.raises(ValueError, match="wider than its line"):
        title_lines(["很长很长的一个短语"], 100, 22.67)
    with pytest.raises(ValueError, match="does not fit 2 lines"):
        title_lines(["一二三四五六"] * 5, 300, 22.67)
