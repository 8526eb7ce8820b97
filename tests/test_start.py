"""A printer is started ahead and ends unused where nobody wants it; an import loads what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from drawing import small_study, workbook

from report_templates.pdf import Printer
from survey.definition import dump_study
from workbench.start import wants_printer


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["report"], True),
        (["--lang", "zh", "report", "-o", "q3.pdf"], True),
        (["report", "-o", "q3.HTML"], False),
        (["report", "--format", "html"], False),
        (["report", "--help"], False),
        (["index"], False),
        ([], False),
    ],
)
def test_a_printer_is_wanted_for_a_report_as_pdf(arguments: list[str], wanted: bool) -> None:
    assert wants_printer(arguments) is wanted


def test_a_printer_started_ahead_is_handed_over_once() -> None:
    Printer.start_ahead()
    with Printer.ready() as first, Printer.ready() as second:
        assert first is not second
        page = "<html lang='en'><head><title>t</title></head><body>ready</body></html>"
        assert first.write(page) == second.write(page)


def test_a_printer_nobody_takes_ends_with_the_process() -> None:
    code = "from report_templates.pdf import Printer; Printer.start_ahead()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_report_without_a_project_is_a_sentence_all_the_same(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "report", "--project", str(tmp_path), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "there is no study.yaml" in done.stderr


IMPORT = """
import sys
from workbench.cli import main
code = main(["import", sys.argv[1], "--wave", "w1", "--project", sys.argv[2]])
print(code, sorted({"openpyxl", "pandas", "scipy", "weasyprint"} & set(sys.modules)), file=sys.stderr)
"""


def test_an_import_loads_no_library_that_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(dump_study(small_study("Q1")), encoding="utf-8")
    command = [sys.executable, "-c", IMPORT, workbook(tmp_path, "Q1\n5"), tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "0 []"
