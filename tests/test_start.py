"""A report's printer is started ahead, handed over once, and ends unused where nobody wants it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from report_templates.pdf import Printer
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
    assert "holds no answers yet" in done.stderr
