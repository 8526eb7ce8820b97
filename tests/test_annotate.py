"""The user's workbook comes back with its problems marked; corrected there, it is imported like any other."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.cell._writer as cell_writer
import pytest
from drawing import KEYED, TYPES, build, c, row, sheet, small_study, text, two_sheets, workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from survey import annotate as annotating
from survey import marking, rebuilt
from survey.annotate import annotate, marked_copy
from survey.annotate_worker import work
from survey.cells import Kind, Row, kind_of
from survey.errors import ImportProblems, Place, Problem, Severity
from survey.importing import Imported, read_answers
from survey.limited import ChildFailed
from survey.marking import AUTHOR, marks_of
from survey.problem_list import PROBLEM_SHEET, ProblemList, answer_sheets, is_problem_sheet, problem_list
from survey.sheet_style import ERROR_COLOUR, WARNING_COLOUR
from survey.workbook import read_workbook

# The drawn workbooks have no style called Normal, which openpyxl remarks on.
pytestmark = pytest.mark.filterwarnings("ignore:Workbook contains no default style")

STUDY = small_study("Q1", "Q2", **KEYED)
FAULTY = "id Q1 Q2 note\na1 5 4 ~\na2 9 ok ~\na3 11 98 hello\na3 7 2 ~"


def imported(path: Path) -> Imported:
    return read_answers(read_workbook(path), STUDY, "w1")


def problems_of(path: Path) -> Sequence[Problem]:
    with pytest.raises(ImportProblems) as caught:
        imported(path)
    return caught.value.problems


def wrong(cell: str, severity: Severity = "error", value: str = "9", sheet_name: str = "S1") -> Problem:
    values = {"item": "Q1", "label": {"zh": "速度", "en": "Speed"}, "low": 1, "high": 5, "value": value}
    return Problem("import_out_of_range", Place("a.xlsx", sheet=sheet_name, cell=cell), values, severity)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), rich_text=True)


def colour(cell: Any) -> str | None:
    return str(cell.fill.fgColor.rgb)[2:] if cell.fill.fill_type else None


def corrected(path: Path, sheet_name: str, cells: dict[str, object]) -> Path:
    """Type other values into cells, as a person would."""
    book = openpyxl.load_workbook(path)
    for at, value in cells.items():
        book[sheet_name][at].value = value
    book.save(path)
    return path


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Copies a workbook as the child does, without starting one."""
    monkeypatch.setattr(cell_writer, "safe_string", cell_writer.safe_string)  # put back when the test ends

    def made(source: Path, problems: Sequence[Problem]) -> openpyxl.Workbook:
        names = [s.name for s in answer_sheets(read_workbook(source).sheets, source.name)]
        content = problem_list(source.name, problems, "en", "copy", {name: name for name in names})
        marks = marks_of(problems, "en")
        asked = {"path": str(source), "sheets": names, "marks": marks, "list": content.document()}
        written = io.BytesIO()
        work(json.dumps(asked).encode(), written)
        source.with_name("copy.xlsx").write_bytes(written.getvalue())
        return opened(written.getvalue())

    return made


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Openpyxl fails on every workbook."""

    def fail(*_: object) -> bytes:
        raise ChildFailed("broken")

    monkeypatch.setattr(annotating, "run_limited", fail)


# -- the whole way ---------------------------------------------------------------------------------


def test_a_corrected_copy_is_imported_like_the_corrected_original(tmp_path: Path) -> None:
    source = workbook(tmp_path, FAULTY)
    found = problems_of(source)
    before = source.read_bytes()
    copy = tmp_path / "copy.xlsx"
    made = annotate(source, found, copy, "zh")
    assert (made.kind, made.marked) == ("copy", 6)
    assert source.read_bytes() == before
    assert "6" in made.summary("zh")
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames == [PROBLEM_SHEET, "S1"]
    marked = {cell.coordinate for cells in book["S1"] for cell in cells if colour(cell)}
    assert marked == {problem.place.cell for problem in found} == {"B3", "C3", "B4", "A5", "B5", "D1"}
    assert "“ok”不是 Q2（Q2满意度）的答案" in book["S1"]["C3"].comment.text

    repair: dict[str, object] = {"B3": 3, "C3": "非常满意", "B4": 1, "A5": "a4", "B5": None}
    again = imported(corrected(copy, "S1", repair)).responses
    plain = imported(corrected(source, "S1", repair)).responses
    assert again.codes.tolist() == plain.codes.tolist() == [[5, 4], [3, 5], [1, -3], [-1, 2]]
    assert (again.respondents, again.columns) == (plain.respondents, plain.columns)


def test_a_text_file_becomes_a_workbook_with_its_cells_at_their_places(tmp_path: Path) -> None:
    source = tmp_path / "三季度[1].csv"
    source.write_text("id,Q1,Q2,note\n007,5,4,\na2,9,ok,=1+1\n\na3,３,-1,\n", encoding="utf-8")
    made = marked_copy(source, problems_of(source), "en", header_row=1)
    assert (made.kind, made.marked) == ("rebuilt", 4)
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(made.content)
    book = opened(made.content)
    assert book.sheetnames == [PROBLEM_SHEET, "三季度 1"]
    cells = book["三季度 1"]
    assert [(cells[at].value, cells[at].data_type) for at in ("A2", "B2", "D3", "B5")] == [
        ("007", "s"),
        (5, "n"),
        ("=1+1", "s"),
        ("３", "s"),
    ]
    assert {at for at in ("B3", "C3", "C5", "B5") if colour(cells[at])} == {"B3", "C3", "C5"}
    repair: dict[str, object] = {"B3": 3, "C3": 5, "C5": 1}
    again = imported(corrected(copy, "三季度 1", repair)).responses
    assert again.codes.tolist() == [[5, 4], [3, 5], [3, 1]]
    assert again.respondents == ("007", "a2", "a3")


# -- the copy --------------------------------------------------------------------------------------


def test_what_is_the_users_own_goes_into_the_copy(tmp_path: Path, copy: Any) -> None:
    cells = row(2, text("A2", "=1+1"), text("B2", "#N/A"), c("C2", f="A1&B1", v=3), c("D2", 44197, s=1))
    digits = row(3, c("A3", "0.30000000000000004"), c("B3", "123456789012345678"), c("C3", "#DIV/0!", t="e"))
    source = build(tmp_path / "a.xlsx", sheet=sheet(cells, digits, row(4, c("A4", 1), attrs='hidden="1"')))
    made = copy(source, [wrong("A3")])["S1"]
    assert (made["A2"].value, made["A2"].data_type) == ("=1+1", "s")
    assert (made["C2"].value, made["C2"].data_type) == ("=A1&B1", "f")
    assert made["D2"].is_date
    assert made.row_dimensions[4].hidden
    assert colour(made["A3"]) == ERROR_COLOUR
    before = [r.cells for r in read_workbook(source).sheet("S1").rows()]
    after = [r.cells for r in read_workbook(tmp_path / "copy.xlsx").sheet("S1").rows()]
    # A formula keeps no result until a spreadsheet program has worked it out again.
    assert before[0].pop(3) == 3
    assert kind_of(after[0].pop(3)) == Kind.FORMULA
    assert before == after


def test_bold_words_and_comments_of_others_stay(tmp_path: Path, copy: Any) -> None:
    book = openpyxl.Workbook()
    cells = book.worksheets[0]
    cells.title = "S1"
    cells["A1"] = CellRichText("so ", TextBlock(InlineFont(b=True), "bold "), "it is")
    cells["A2"] = 9
    cells["A2"].comment = Comment("Ask Zhang", "Li")
    book.save(tmp_path / "a.xlsx")
    made = copy(tmp_path / "a.xlsx", [wrong("A2"), wrong("A1")])["S1"]
    assert str(made["A1"].value) == "so bold it is"
    assert isinstance(made["A1"].value, CellRichText)
    assert made["A2"].comment.text.startswith("Error: 9 is not an answer")
    assert made["A2"].comment.text.endswith("Ask Zhang")


def test_marks_and_list_of_an_earlier_copy_are_replaced(tmp_path: Path, copy: Any) -> None:
    source = tmp_path / "a.xlsx"
    book = openpyxl.load_workbook(workbook(tmp_path, "Q1\n9\n8"))
    book["S1"]["A2"].comment = Comment("Ask Zhang", "Li")
    book.save(source)
    copy(source, [wrong("A2"), wrong("A3")]).save(source)
    book = copy(source, [wrong("A3", "warning")])
    assert book.sheetnames == [PROBLEM_SHEET, "S1"]
    assert (colour(book["S1"]["A2"]), book["S1"]["A2"].comment.text) == (None, "Ask Zhang")
    assert colour(book["S1"]["A3"]) == WARNING_COLOUR
    assert book["S1"]["A3"].comment.text.count("9 is not an answer") == 1
    assert book[PROBLEM_SHEET].max_row == 5


def test_several_problems_of_a_cell_are_one_comment_and_the_worst_gives_the_colour(
    tmp_path: Path, copy: Any
) -> None:
    source = workbook(tmp_path, "Q1\n9")
    made = copy(source, [wrong("A2", "warning", "8"), wrong("A2"), wrong("A2")])["S1"]["A2"]
    assert colour(made) == ERROR_COLOUR
    assert made.comment.author == AUTHOR
    assert [line[:8] for line in made.comment.text.split("\n\n")] == ["Error: 9", "Warning:"]


def test_of_merged_cells_the_one_with_the_value_is_marked(tmp_path: Path, copy: Any) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>'
    source = build(tmp_path / "a.xlsx", sheet=sheet(row(2, c("A2", 5)), post=merged))
    made = copy(source, [wrong("B3")])["S1"]
    assert colour(made["A2"]) == ERROR_COLOUR
    assert made["A2"].comment is not None


def test_macros_are_left_behind(tmp_path: Path, copy: Any) -> None:
    with_macros = TYPES.replace("sheet.main+xml", "sheet.macroEnabled.main+xml").replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.macro",
        "application/vnd.ms-excel.sheet.macro",
    )
    extra: dict[str, Any] = {"xl/vbaProject.bin": b"macro"}
    cells = sheet(row(1, text("A1", "Q1")))
    source = build(tmp_path / "a.xlsm", types=with_macros, extra=extra, sheet=cells)
    copy(source, [wrong("A1")])
    with zipfile.ZipFile(tmp_path / "copy.xlsx") as archive:
        assert not any("vba" in name for name in archive.namelist())
        assert b"macroEnabled" not in archive.read("[Content_Types].xml")


def test_only_the_list_is_selected_so_that_typing_goes_into_one_sheet(tmp_path: Path, copy: Any) -> None:
    book = copy(two_sheets(tmp_path, "Q1\n9", "x\n1"), [wrong("A2")])
    assert [s.sheet_view.tabSelected for s in book.worksheets] == [True, False, False]
    assert book.active.title == PROBLEM_SHEET


def test_a_workbook_in_which_openpyxl_finds_no_sheets_is_no_copy(tmp_path: Path) -> None:
    asked = {"path": str(workbook(tmp_path, "Q1\n9")), "sheets": ["S1", "S2"], "marks": {}, "list": {}}
    with pytest.raises(ValueError, match="S2"):
        work(json.dumps(asked).encode(), io.BytesIO())


# -- instead of a copy -----------------------------------------------------------------------------


@pytest.mark.usefixtures("no_child")
def test_where_openpyxl_fails_the_cells_are_written_anew(tmp_path: Path) -> None:
    source = two_sheets(tmp_path, FAULTY, "just\na_note", state="hidden")
    made = marked_copy(source, problems_of(source), "en")
    book = opened(made.content)
    assert (made.kind, made.marked) == ("rebuilt", 6)
    assert book.sheetnames == [PROBLEM_SHEET, "S1", "S2"]
    assert book["S2"].sheet_state == "hidden"
    assert book["S1"]["B3"].value == 9
    assert colour(book["S1"]["B3"]) == ERROR_COLOUR


@pytest.mark.usefixtures("no_child")
def test_of_a_large_file_the_rows_with_problems_are_shown_and_never_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilt, "MOST_CELLS", 30)
    source = workbook(tmp_path, "id Q1\n" + "\n".join(f"a{n} {9 if n == 40 else 5}" for n in range(2, 60)))
    made = marked_copy(source, problems_of(source), "en", header_row=1)
    assert (made.kind, made.marked) == ("part", 1)
    cells = opened(made.content)["S1"]
    assert [(at.coordinate, at.value) for at in cells["A"] if at.value is not None] == [
        ("A1", "id"),
        ("A40", "a40"),
    ]
    assert cells.sheet_format.zeroHeight
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(made.content)
    with pytest.raises(ImportProblems) as caught:
        answer_sheets(read_workbook(copy).sheets, copy.name)
    assert caught.value.problems[0].code == "annotate_for_reading"
    assert marked_copy(copy, caught.value.problems, "en").kind == "list"


def test_of_a_file_that_is_no_workbook_there_is_the_list(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"%PDF-1.7")
    made = marked_copy(source, problems_of(source), "zh")
    assert (made.kind, made.marked) == ("list", 0)
    [only] = opened(made.content).worksheets
    assert "PDF" in str(only["H5"].value)
    assert only["D5"].hyperlink is None


# -- the list --------------------------------------------------------------------------------------


def listed(problems: Sequence[Problem], **options: Any) -> ProblemList:
    return problem_list("a.xlsx", problems, "zh", "copy", {"S1": "S1"}, **options)


def test_the_list_has_both_languages_and_says_how_it_is_used() -> None:
    found = listed([*(wrong(f"B{n}", value=str(n)) for n in range(10, 30)), wrong("C5", "warning")])
    assert "错误 20 个" in found.notes[0]
    assert "保存，再导入这个文件" in found.notes[0]
    assert "import this file" in found.notes[1]
    first, second = found.groups
    assert (first.level, first.link, first.count, first.cells) == ("错误 Error", "B10", 20, "B10:B29")
    assert first.values == "10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, … +8"
    assert first.texts[0].startswith("这些不是 Q1（速度）的答案")
    assert first.texts[1].startswith("请改正；")
    assert first.texts[2].startswith("These are not answers to Q1 “Speed”")
    assert first.texts[3].startswith("Correct them")
    assert (second.severity, second.cells, second.values) == ("warning", "", "9")


def test_the_list_travels_as_json() -> None:
    missing = {"id": "Q2", "label": "Care", "text": "Care?"}
    found = listed([wrong("B2"), Problem("import_column_missing", Place("a.xlsx", sheet="S1"), missing)])
    assert ProblemList.from_document(json.loads(json.dumps(found.document()))) == found


def test_the_sheet_is_drawn_with_links_and_nothing_in_it_runs(tmp_path: Path, copy: Any) -> None:
    source = workbook(tmp_path, "Q1\n9")
    evil = [wrong("A2", value="=1+1"), wrong("A3", value="@SUM(A1)"), wrong("B7", value="x\x07y")]
    drawn = copy(source, evil)[PROBLEM_SHEET]
    assert drawn["D5"].hyperlink.location == "'S1'!A2"
    assert drawn["D5"].value == "A2"
    assert drawn["G5"].value == "=1+1, @SUM(A1)"
    assert drawn["G6"].value == "xy"
    types = {cell.data_type for cells in drawn.iter_rows(min_row=5) for cell in cells if cell.value}
    assert types == {"s", "n"}
    assert drawn.freeze_panes == "A5"
    assert drawn.print_title_rows == "$4:$4"
    assert drawn.page_setup.orientation == "landscape"


def test_a_list_without_end_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.problem_list.MOST_GROUPS", 3)
    found = listed([wrong(f"{letter}2") for letter in "ABCDE"])
    assert len(found.groups) == 3
    assert "另有 2 组" in found.notes[0]


def test_very_many_comments_are_cut_and_the_list_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MOST_COMMENTS", 2)
    monkeypatch.setattr(annotating, "MOST_COMMENTS", 2)
    source = tmp_path / "a.csv"
    source.write_text("id,Q1,Q2\na,9,9\nb,9,9\n")
    book = opened(marked_copy(source, problems_of(source), "en").content)
    cells = [book["a"][at] for at in ("B2", "C2", "B3", "C3")]
    assert [cell.comment is not None for cell in cells].count(True) == 2
    assert all(colour(cell) == ERROR_COLOUR for cell in cells)
    assert "Only the first 2" in str(book[PROBLEM_SHEET]["A2"].value)


def test_our_sheet_is_known_by_its_name_or_by_its_first_cell() -> None:
    head = [Row(1, False, {1: listed([]).title})]
    assert is_problem_sheet(PROBLEM_SHEET, [])
    assert is_problem_sheet("renamed", head)
    assert not is_problem_sheet("S1", [Row(1, False, {1: "id", 2: "Q1"})])
    assert not is_problem_sheet("S1", [])


def test_a_copy_has_a_name_of_its_own(tmp_path: Path) -> None:
    source = workbook(tmp_path, FAULTY)
    for out, code in ((source, "annotate_same_file"), (tmp_path / "a.xlsm", "annotate_suffix")):
        with pytest.raises(ImportProblems) as caught:
            annotate(source, [], out, "en")
        assert caught.value.problems[0].code == code
