"""Times and durations as platforms write them are read, and whatever has two readings is not."""

from __future__ import annotations

import doctest
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.cells import CellValue, Fault, Kind
from survey.layouts import moments
from survey.layouts.moments import moment_of, seconds_of

ANY_DAY = st.datetimes(datetime(1905, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0))


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026/09/03 12:00:00", "2026-09-03T12:00:00"),
        ("2021/7/3 9:05:01", "2021-07-03T09:05:01"),
        ("02-Feb-2021 20:26:58", "2021-02-02T20:26:58"),
        ("2026-09-03T11:58:00.000+08:00", "2026-09-03T11:58:00"),
        ("2026-09-03T04:00:38.000Z", "2026-09-03T04:00:38"),
        ("2026-09-03T04:00:40", "2026-09-03T04:00:40"),
        ("2026-09-03 12:00:38", "2026-09-03T12:00:38"),
        ("2026-09-03 12:00:38 +0800", "2026-09-03T12:00:38"),
        ("2026/09/27 3:00:00 PM GMT+3", "2026-09-27T15:00:00"),
        ("2026/09/27 3:00:00\u202fAM GMT+5:30", "2026-09-27T03:00:00"),
        ("2025-12-5 下午12:10:19", "2025-12-05T12:10:19"),
        ("2025-12-5 上午10:22:10", "2025-12-05T10:22:10"),
        ("2025-12-5 下午01:14:13", "2025-12-05T13:14:13"),
        ("2025-12-5 上午12:00:00", "2025-12-05T00:00:00"),
        ("2025/12/5 下午 1:14", "2025-12-05T13:14:00"),
        ("２０２６／９／３　１２：００：００", "2026-09-03T12:00:00"),
        (datetime(2026, 9, 3, 12, 0, 38), "2026-09-03T12:00:38"),
        (datetime(2026, 9, 3), "2026-09-03T00:00:00"),
    ],
)
def test_moments(cell: CellValue, moment: str) -> None:
    assert moment_of(cell) == moment
    assert moment_of(cell, month_first=True) == moment


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("7/27/26 19:06:23", None, "2026-07-27T19:06:23"),
        ("27/7/26 19:06:23", "2026-07-27T19:06:23", None),
        ("10/9/2024 11:02", "2024-09-10T11:02:00", "2024-10-09T11:02:00"),
        ("11/02/2026 09:15:00", "2026-02-11T09:15:00", "2026-11-02T09:15:00"),
        ("8/4/2025 23:25:41", "2025-04-08T23:25:41", "2025-08-04T23:25:41"),
    ],
)
def test_the_order_of_day_and_month_is_told_never_guessed(
    text: str, day_first: str | None, month_first: str | None
) -> None:
    assert moment_of(text) == day_first
    assert moment_of(text, month_first=True) == month_first


@pytest.mark.parametrize(
    "cell",
    [
        *(
            None,
            True,
            0,
            46_268,
            46_268.5,
            "",
            "  ",
            "46268",
            "昨天",
            "2026-09-03",
            "12:00:00",
            "下午01:14:13",
        ),
        *("2026-02-30 12:00:00", "2026-13-01 12:00:00", "2026-09-03 24:00:00", "2026-09-03 12:60:00"),
        *("2026-09/03 12:00:00", "2026-09-03 12:00:00 已提交", "2026-9-3 下午13:00:00", "2026-9-3 12"),
        *("30-Foo-2021 20:26:58", "1926/1926/1926 10:00", "2026-09-03 上午3:00:00 PM x", "9" * 500),
        *(datetime(1899, 12, 30, 12, 0, 0), Fault(Kind.ERROR, "#N/A")),
    ],
)
def test_no_moments(cell: CellValue | None) -> None:
    assert moment_of(cell) is None


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        *(
            ("38秒", 38),
            ("1分20秒", 80),
            ("1小时2分3秒", 3_723),
            ("2分钟", 120),
            ("1小时", 3_600),
            ("90分", 5_400),
        ),
        *(
            ("1天2小时", 93_600),
            ("1 分 20 秒", 80),
            ("３８秒", 38),
            ("100秒", 100),
            ("2.5秒", 2.5),
            ("0秒", 0),
        ),
        *(
            ("0:01:20", 80),
            ("01:02:03", 3_723),
            ("100:00:00", 360_000),
            ("11", 11),
            (" 11 ", 11),
            ("11.5", 11.5),
        ),
        *((11, 11), (11.5, 11.5), (0, 0)),
        (datetime(1899, 12, 30, 0, 1, 20), 80),
        (datetime(1904, 1, 1, 1, 0, 0), 3_600),
    ],
)
def test_durations(cell: CellValue, seconds: float) -> None:
    assert seconds_of(cell) == seconds


@pytest.mark.parametrize(
    "cell",
    [
        *(
            None,
            True,
            False,
            -1,
            float("inf"),
            float("nan"),
            "",
            " ",
            "-1",
            "-3秒",
            "1:20",
            "0:61:00",
            "0:00:60",
        ),
        *("1分80秒", "1小时60分", "1e3", "1_000", "很快", "秒", "20秒1分", "9" * 500),
        *(datetime(2026, 9, 3, 0, 1, 20), Fault(Kind.ERROR, "#VALUE!")),
    ],
)
def test_no_durations(cell: CellValue | None) -> None:
    assert seconds_of(cell) is None


@given(ANY_DAY)
def test_every_second_is_read_in_every_form(at: datetime) -> None:
    short = f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02}:{at.second:02}"
    half = "下午" if at.hour >= 12 else "上午"
    chinese = f"{at.year}-{at.month}-{at.day} {half}{at.hour % 12 or 12}:{at.minute:02}:{at.second:02}"
    american = (
        f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {'PM' if at.hour > 11 else 'AM'}"
    )
    for form in (short, chinese, f"{at.isoformat()}Z", at):
        assert moment_of(form) == at.isoformat()
    assert moment_of(american, month_first=True) == at.isoformat()


@given(st.integers(0, 999 * 3_600))
def test_every_duration_is_read_in_every_form(n: int) -> None:
    hours, minutes, seconds = n // 3_600, n // 60 % 60, n % 60
    forms = (n, str(n), f"{n}秒", f"{hours}小时{minutes}分{seconds}秒", f"{hours}:{minutes:02}:{seconds:02}")
    assert {seconds_of(form) for form in forms} == {float(n)}
    if n < 86_400:
        assert seconds_of(datetime(1899, 12, 30) + timedelta(seconds=n)) == n


@given(st.text(), st.booleans())
def test_any_text_may_stand_in_a_cell(text: str, month_first: bool) -> None:
    moment = moment_of(text, month_first=month_first)
    assert moment is None or datetime.fromisoformat(moment)
    seconds = seconds_of(text)
    assert seconds is None or seconds >= 0


def test_examples_in_the_documentation_hold() -> None:
    result = doctest.testmod(moments)
    assert result.attempted > 0
    assert result.failed == 0
