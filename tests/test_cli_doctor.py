"""``csat doctor`` and what a terminal is shown: what is missing is named, what scrolls away is counted."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
from cli import csat

from report_templates import pdf
from survey.errors import Place, Problem
from survey.language import Language
from workbench.commands import doctor
from workbench.layout import cells
from workbench.terminal import Terminal, problems_document


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the page out; ``test_all_is_well_here`` sets a real one."""
    monkeypatch.setattr(doctor, "_page", lambda terminal: doctor.Finding("page", ok=True, found=""))


def test_all_is_well_here(tmp_path: Path) -> None:
    run = csat("doctor", "--project", tmp_path)
    assert "All is well" in run.out
    assert "Csat-Sans-SC" in run.out
    assert run.err == ""


@pytest.mark.usefixtures("quick")
def test_json_lists_every_finding(tmp_path: Path) -> None:
    found = csat("doctor", "--project", tmp_path, "--json").document
    assert found["ok"] is True
    assert {"Python", "SQLite", "Pango", "numpy", "weasyprint"} <= {one["name"] for one in found["findings"]}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("pango-1.0", "libpango-1.0-0"),
        ("pangoft2-1.0", "libpangoft2-1.0-0"),
        ("harfbuzz-subset", "libharfbuzz-subset0"),
    ],
)
def test_a_missing_system_library_is_named_by_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, package: str
) -> None:
    loads = doctor._loads
    monkeypatch.setattr(doctor, "_loads", lambda name: None if name == library else loads(name))
    for language in ("zh", "en"):
        run = csat("doctor", "--project", tmp_path, language=language, code=1)
        assert f"apt-get install -y {package}" in run.err
        assert run.err.count("\n") == 1


@pytest.mark.usefixtures("quick")
def test_a_missing_python_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("numpy", "a-library-nobody-has"))
    assert "pip install a-library-nobody-has" in csat("doctor", "--project", tmp_path, code=1).err


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("limit", ["PYTHON", "SQLITE", "PANGO"])
def test_what_is_too_old_is_said_with_the_least_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(doctor, limit, (99, 1, 0))
    assert "99.1.0 or newer is needed" in csat("doctor", "--project", tmp_path, code=1).err


@pytest.mark.usefixtures("quick")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    assert "you may not write" in csat("doctor", "--project", tmp_path / "nowhere", code=1).err


def test_a_page_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(html: str) -> bytes:
        raise pdf.PdfProblems([pdf.PdfProblem("pdf_subsetter_missing", pdf.PLACE)])

    monkeypatch.setattr(pdf, "write_pdf", broken)
    run = csat("doctor", "--project", tmp_path, code=1)
    assert "libharfbuzz-subset0" in run.err


def test_a_page_without_our_font_is_not_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = b"%PDF-1.7\n<< /FontName /ABCDEF+SimSun /FontFile2 7 0 R >>"
    monkeypatch.setattr(pdf, "write_pdf", lambda html: other)
    run = csat("doctor", "--project", tmp_path, code=1)
    assert "SimSun" in run.out
    assert "does not embed the report font" in run.err


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")


def watched(
    act: Callable[[Terminal], None], language: Language = "zh", stream: io.StringIO | None = None
) -> str:
    """Return what ``act`` shows on stderr to somebody who watches."""
    shown = stream or Screen()
    with redirect_stderr(shown):
        act(Terminal(language))
    return shown.getvalue()


def problems(n: int, **values: Any) -> list[Problem]:
    told = {"path": "三季度.xlsx", **values}
    places = (Place("a.xlsx", sheet="S", cell=f"B{row}") for row in range(1, n + 1))
    return [Problem("workbook_not_found", place, told) for place in places]


@pytest.mark.usefixtures("narrow")
def test_a_long_list_is_counted_again_where_it_ends() -> None:
    assert watched(lambda terminal: terminal.problems(problems(3))).count("共有 3 个问题") == 1
    # Equal problems of one column stand in one paragraph, however many they are.
    assert watched(lambda terminal: terminal.problems(problems(40))).count("共有 40 个问题") == 1
    different = [problem for n in range(40) for problem in problems(1, path=f"{n}.xlsx")]
    assert watched(lambda terminal: terminal.problems(different)).count("共有 40 个问题") == 2


@pytest.mark.usefixtures("narrow")
def test_a_list_without_end_is_cut_and_says_so() -> None:
    different = [problem for n in range(90) for problem in problems(2, path=f"{n}.xlsx")]
    shown = watched(lambda terminal: terminal.problems(different, hint="message.annotate"), "en")
    assert shown.count("There is no file") == 40
    assert "and 100 more problems" in shown
    assert shown.rstrip().endswith("marked.")


@pytest.mark.usefixtures("narrow")
def test_problems_are_broken_to_the_width_of_a_terminal() -> None:
    lines = watched(lambda terminal: terminal.problems(problems(1, path="很长的名字" * 30))).splitlines()
    assert len(lines) > 4
    assert all(cells(line) <= 60 for line in lines)


def test_what_moves_the_cursor_never_reaches_a_terminal() -> None:
    evil = problems(1, path="\x1b[2J\x07evil\nError: all is lost")
    shown = watched(lambda terminal: terminal.problems(evil), "en")
    assert "\x1b" not in shown
    assert "\nError: all" not in shown


def _working(terminal: Terminal) -> None:
    with terminal.progress("progress.reading") as at:
        at("导入 2026Q3", 1, 4)


@pytest.mark.usefixtures("narrow")
def test_progress_is_shown_to_who_watches_and_to_nobody_else() -> None:
    assert "导入 2026Q3" in watched(_working)
    assert watched(_working, stream=io.StringIO()) == ""


def test_problems_as_json_stand_one_by_one_and_in_groups() -> None:
    found = json.loads(json.dumps(problems_document(problems(3))))
    assert [problem["place"]["cell"] for problem in found["problems"]] == ["B1", "B2", "B3"]
    assert [(group["count"], group["cells"]) for group in found["groups"]] == [(3, ["B1:B3"])]


def test_many_warnings_of_one_kind_are_cut_short() -> None:
    assert watched(lambda terminal: terminal.warnings(problems(12)), "en").count("a.xlsx, S!") == 1
    different = [problem for n in range(12) for problem in problems(1, path=f"{n}.xlsx")]
    shown = watched(lambda terminal: terminal.warnings(different), "en")
    assert shown.count("a.xlsx, S!") == 5
    assert "and 7 more of this kind" in shown
