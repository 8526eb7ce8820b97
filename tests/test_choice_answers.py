"""Choice questions: several options in one cell, a column for each, rankings, what is typed beside them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drawing import both
from hypothesis import assume, given
from hypothesis import strategies as st

from survey.cells import CellValue, Fault, Kind
from survey.choice_answers import ChoiceReader, ChoiceReading
from survey.choice_columns import OptionColumns, together
from survey.layouts.export import Dialect
from survey.mapping import OptionPart, Target
from survey.platform_cells import PlatformCells
from survey.questions import BlankKind, ChoiceQuestion, Text

WENJUANXING = Dialect(joins=("┋",), ranks=("→",), typed=("〖", "〗"), blanks={"(跳过)": "not_asked"})
GOOGLE = Dialect(joins=(", ",), types_freely=True)
TENCENT = Dialect(option_text=True, marks=r"^[A-Z]\.")
MARKS = Dialect(blank_codes={-3: "not_asked", -2: "blank"})


def question(*labels: str, kind: str = "multiple", **parts: Any) -> ChoiceQuestion:
    """Return a question with options 10, 20, …; ``*`` opens an option, ``!`` lets it exclude all others."""
    options = [
        {
            "code": 10 * n,
            "label": both(label.strip("*!")),
            "open": label.endswith("*"),
            "exclusive": label.endswith("!"),
        }
        for n, label in enumerate(labels, 1)
    ]
    text = both("为什么", "Why")
    return ChoiceQuestion(id="why", text=text, label=text, kind=kind, options=options, **parts)


PRICES = question("价格", "网络", "其他*")
RANKED = question("价格", "网络", "其他*", kind="ranking")


def cell(
    value: CellValue, asked: ChoiceQuestion = PRICES, dialect: Dialect = WENJUANXING, **more: Any
) -> Any:
    """Return what one cell says: options and what was typed, or the code of its problem."""
    reading = ChoiceReader(asked, PlatformCells(dialect), **more).joined([value])
    return _problem(reading) or (reading.values[0], reading.typed[0])


def _problem(reading: ChoiceReading) -> str | None:
    for errors in reading.bad.values():
        return errors[0][1].code
    return None


# -- in one cell ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("价格", ((10,), "")),
        ("价格┋网络", ((10, 20), "")),
        ("网络┋价格", ((10, 20), "")),  # a choice has no order
        (" 价格 ┋┋ 网络┋", ((10, 20), "")),
        ("其他〖排队┋太久〗", ((30,), "排队┋太久")),
        ("价格┋其他〖排队〗", ((10, 30), "排队")),
        ("其他", ((30,), "")),
        ("(跳过)", (BlankKind.NOT_ASKED, "")),
        ("（跳过）", (BlankKind.NOT_ASKED, "")),
        (" \u3000", (BlankKind.BLANK, "")),
        ("10┋20", ((10, 20), "")),
        (10, ((10,), "")),
        ("价格┋价格", "import_option_twice"),
        ("价格〖贵〗", "import_option_typed"),
        ("服务", "import_not_an_option"),
        ("价格┋服务", "import_not_an_option"),
        ("价", "import_not_an_option"),
        (1, "import_not_an_option"),
        (True, "import_not_an_option"),
        (Fault(Kind.ERROR, "#N/A"), "import_cell_error"),
    ],
)
def test_a_cell_that_holds_several_options(value: CellValue, found: object) -> None:
    assert cell(value) == found


def test_an_option_may_hold_the_mark_between_options() -> None:
    asked = question("价格、资费", "价格", "网络、信号、速度", "服务")
    plain = Dialect()
    assert cell("价格、资费、网络、信号、速度", asked, plain) == ((10, 30), "")
    assert cell("服务、价格", asked, plain) == ((20, 40), "")
    assert cell("网络、信号", asked, plain) == "import_not_an_option"
    english = question("Price", "Speed, stability", "Service; support")
    assert cell("Service; support, Speed, stability", english, plain) == ((20, 30), "")


def test_rankings_keep_their_order() -> None:
    assert cell("网络→价格→其他", RANKED) == ((20, 10, 30), "")
    assert cell("网络→其他〖排队〗", RANKED) == ((20, 30), "排队")
    assert cell("网络→网络", RANKED) == "import_option_twice"


def test_positions_stand_for_options_only_as_somebody_said() -> None:
    numbers = Dialect(ranks=("→", ","))
    meant = {1: 30, 2: 10, 3: 20}
    assert cell("2,1,3", RANKED, numbers, positions=meant) == ((10, 30, 20), "")
    assert cell(2, RANKED, numbers, positions=meant) == ((10,), "")
    assert cell("2,4", RANKED, numbers, positions=meant) == "import_position_unlisted"
    assert cell("10", RANKED, numbers, positions=meant) == "import_position_unlisted"
    assert cell("2,1,3", RANKED, numbers) == "import_not_an_option"


def test_options_that_exclude_others_and_the_most_that_may_be_chosen() -> None:
    asked = question("价格", "网络", "都没有!", most=2)
    assert cell("都没有", asked) == ((30,), "")
    assert cell("价格┋都没有", asked) == "import_exclusive_option"
    assert cell("价格┋网络", asked) == ((10, 20), "")
    assert cell("价格┋网络", question("价格", "网络", "服务", most=1)) == "import_too_many_options"


def test_what_is_typed_freely_is_the_open_option_and_stays_whole() -> None:
    assert cell("价格, 排队, 人太多, 网络", PRICES, GOOGLE) == ((10, 20, 30), "排队, 人太多")
    assert cell("排队", PRICES, GOOGLE) == ((30,), "排队")
    assert cell("排队, 价格, 人多", PRICES, GOOGLE) == "import_option_twice"
    # Where typed text has a mark or a column of its own, an unknown option is a problem.
    assert cell("价格, 排队", PRICES, Dialect(joins=(", ",))) == "import_not_an_option"
    assert cell("价格, 排队", question("价格", "网络"), GOOGLE) == "import_not_an_option"


def test_letters_of_the_platform_are_no_part_of_an_option() -> None:
    asked = question("价格", "A.网络", "其他*")
    assert cell("B.价格", asked, TENCENT) == ((10,), "")
    assert cell("A.网络", asked, TENCENT) == ((20,), "")


LABELS = (
    st.text(st.sampled_from("甲乙丙、,; AB1"), max_size=5).map(lambda text: text.strip("、,; ")).filter(bool)
)
FORMS = re.compile(r"[^甲乙丙AB1]")


@given(
    st.lists(LABELS, min_size=2, max_size=5, unique_by=lambda label: FORMS.sub("", label.casefold()) or "-"),
    st.sampled_from(["┋", "→", "; ", "、", ", "]),
    st.booleans(),
    st.data(),
)
def test_joined_options_read_back_as_they_were(
    labels: list[str], mark: str, ranking: bool, data: st.DataObject
) -> None:
    """Any options, joined by any mark, whether or not they hold it themselves."""
    bare = {FORMS.sub("", label) for label in labels}
    pieces = {FORMS.sub("", piece) for label in labels for piece in re.split(r"[、,; ]", label)}
    # Where a piece of one option is another option, or a code, a cell may have two meanings.
    assume("" not in bare)
    assume(not any(piece in bare for label in labels for piece in _inner(label)))
    assume(not any(piece.isdigit() for piece in pieces))
    asked = question(*labels, kind="ranking" if ranking else "multiple")
    chosen = data.draw(st.permutations(range(len(labels))))[: data.draw(st.integers(1, len(labels)))]
    dialect = Dialect(joins=(mark.strip() if mark != ", " else mark,))
    found = cell(mark.join(labels[n] for n in chosen), asked, dialect)
    codes = [10 * (n + 1) for n in chosen]
    assert found == (tuple(codes if ranking else sorted(codes)), "")


def _inner(label: str) -> set[str]:
    cuts = [match.span() for match in re.finditer(r"[、,;]", label)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(label)]
    spans = ((a, b) for a in starts for b in ends if a < b and b - a < len(label))
    return {FORMS.sub("", label[a:b]) for a, b in spans} - {FORMS.sub("", label)}


@given(st.text(st.sampled_from("价格网络其他┋→〖〗, 1"), max_size=40))
def test_any_cell_is_an_answer_or_a_problem(text: str) -> None:
    for dialect in (WENJUANXING, GOOGLE, Dialect()):
        found = cell(text, PRICES, dialect)
        assert isinstance(found, str) or isinstance(found[0], (tuple, BlankKind))


def test_a_long_text_full_of_marks_is_soon_refused() -> None:
    assert cell(", ".join(["啊"] * 20_000), PRICES, Dialect(joins=(", ",))) == "import_not_an_option"


# -- in a column for each option ------------------------------------------------------------------


def columns(
    rows: list[list[CellValue | None]],
    asked: ChoiceQuestion = PRICES,
    dialect: Dialect = MARKS,
    parts: tuple[tuple[int, bool], ...] = ((10, False), (20, False), (30, False)),
) -> ChoiceReading:
    target = Target("choice", "why", Text(zh="因", en="why"), Text(zh="因", en="why"), required=False)
    reader = ChoiceReader(asked, PlatformCells(dialect))
    known = {n: OptionPart(target, code, typed) for n, (code, typed) in enumerate(parts)}
    raw = {n: [row[n] for row in rows] for n in known}
    return OptionColumns(reader, known).read(raw)


TYPED = ((10, False), (20, False), (30, False), (30, True))


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ([1, 0, 1], (10, 30)),
        (["1", "0", None], (10,)),
        ([True, False, False], (10,)),
        ([0, 0, 0], ()),
        ([None, None, None], BlankKind.BLANK),
        ([-3, -3, -3], BlankKind.NOT_ASKED),
        (["-3", None, None], BlankKind.NOT_ASKED),
        ([-3, 1, 0], "import_choice_half_asked"),
        ([-2, 1, -2], (20,)),  # some platforms mark what was seen and not chosen
        (["价格", None, None], (10,)),
        ([" ", None, 1], (30,)),
        ([2, 0, 0], "import_not_a_mark"),
        (["网络", 0, 0], "import_not_a_mark"),
        ([Fault(Kind.ERROR, "#REF!"), 0, 0], "import_cell_error"),
    ],
)
def test_marks_in_columns(cells: list[CellValue | None], value: object) -> None:
    reading = columns([cells])
    assert (_problem(reading) or reading.values[0]) == value


def test_problems_name_their_column_and_changes_are_counted_by_column() -> None:
    reading = columns([[1, 5, "x"], ["价格", -3, 1]])
    assert [(column, error.code) for column, error in reading.bad[0]] == [
        (1, "import_not_a_mark"),
        (2, "import_not_a_mark"),
    ]
    assert reading.changes == {(0, "options"): 1, (1, "platform"): 1}


def test_an_option_marked_by_its_own_text_even_if_that_is_0() -> None:
    asked = question("0", "1", "2及以上")
    assert columns([["0", None, None]], asked, TENCENT).values == [(10,)]
    assert columns([["A.0", "B.1", None]], asked, TENCENT).values == [(10, 20)]


@pytest.mark.parametrize(
    ("cells", "value", "typed"),
    [
        ([1, 0, 1, "排队"], (10, 30), "排队"),
        ([1, 0, None, "排队"], (10, 30), "排队"),  # what is typed there says that it was chosen
        ([None, None, None, "排队"], (30,), "排队"),
        ([1, 0, 0, "排队"], "import_typed_unchosen", ""),
        ([1, 0, 1, " "], (10, 30), ""),
    ],
)
def test_what_is_typed_in_a_column_of_its_own(
    cells: list[CellValue | None], value: object, typed: str
) -> None:
    reading = columns([cells], parts=TYPED)
    assert (_problem(reading) or (reading.values[0], reading.typed[0])) == (
        value if isinstance(value, str) else (value, typed)
    )


def test_what_is_typed_where_the_study_takes_no_text_is_a_problem() -> None:
    closed = question("价格", "网络", "其他")
    assert _problem(columns([[1, 0, 1, "排队"]], closed, parts=TYPED)) == "import_option_typed"


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ([2, 1, 3], (20, 10, 30)),
        (["2", "1", None], (20, 10)),
        ([0, 1, 0], (20,)),
        ([1, 3, None], (10, 20)),
        ([1, 1, 2], "import_rank_twice"),
        ([4, 1, 2], "import_not_a_rank"),
        (["第一", 1, 2], "import_not_a_rank"),
        ([1.5, 1, 2], "import_not_a_rank"),
        ([-3, -3, -3], BlankKind.NOT_ASKED),
    ],
)
def test_ranks_in_columns(cells: list[CellValue | None], value: object) -> None:
    reading = columns([cells], RANKED)
    assert (_problem(reading) or reading.values[0]) == value


def test_what_is_typed_beside_a_ranked_option_is_no_rank() -> None:
    reading = columns([[2, 1, 3, "排队"]], RANKED, parts=TYPED)
    assert (reading.values, reading.typed) == ([(20, 10, 30)], ["排队"])


@given(st.lists(st.lists(st.sampled_from([0, 1]), min_size=3, max_size=3), max_size=6))
def test_marks_and_joined_options_say_the_same(rows: list[list[int]]) -> None:
    words = ["┋".join(("价格", "网络", "其他")[n] for n in range(3) if row[n]) for row in rows]
    joined = ChoiceReader(PRICES, PlatformCells(WENJUANXING)).joined([word or None for word in words])
    spread = columns([list(row) for row in rows])
    assert [value or BlankKind.BLANK for value in spread.values] == joined.values


# -- in both --------------------------------------------------------------------------------------


def both_ways(
    value: CellValue | None, cells: list[CellValue | None], parts: tuple[tuple[int, bool], ...]
) -> Any:
    reader = ChoiceReader(PRICES, PlatformCells(WENJUANXING))
    target = Target("choice", "why", Text(zh="因", en="why"), Text(zh="因", en="why"), required=False)
    known = OptionColumns(reader, {n: OptionPart(target, *part) for n, part in enumerate(parts)})
    reading = together(reader.joined([value]), known.read({n: [c] for n, c in enumerate(cells)}), known)
    return _problem(reading) or (reading.values[0], reading.typed[0])


@pytest.mark.parametrize(
    ("value", "cells", "parts", "found"),
    [
        ("价格┋其他", [1, 0, 1], TYPED[:3], ((10, 30), "")),
        ("价格┋其他", [1, 0, 0], TYPED[:3], "import_choice_columns_differ"),
        ("价格", [1, None, 1], TYPED[:3], "import_choice_columns_differ"),
        (None, [0, 0, 0], TYPED[:3], (BlankKind.BLANK, "")),
        (None, [1, 0, 0], TYPED[:3], "import_choice_columns_differ"),
        ("价格┋其他", [1], TYPED[:1], ((10, 30), "")),  # columns of some options alone
        ("价格┋其他", ["排队"], TYPED[3:], ((10, 30), "排队")),
        ("价格", ["排队"], TYPED[3:], "import_choice_columns_differ"),
        ("价格┋其他〖排队〗", ["排队"], TYPED[3:], ((10, 30), "排队")),
        ("价格", [None], TYPED[3:], ((10,), "")),
        ("服务", [1, 0, 0], TYPED[:3], "import_not_an_option"),
    ],
)
def test_a_cell_with_the_whole_answer_and_columns_of_options_have_to_agree(
    value: CellValue | None,
    cells: list[CellValue | None],
    parts: tuple[tuple[int, bool], ...],
    found: object,
) -> None:
    assert both_ways(value, cells, parts) == found
