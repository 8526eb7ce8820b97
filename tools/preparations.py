"""What lies in a reader's folder before a session of the documents begins: one function for each comment.

``<!-- before: NAME -->`` above a block calls ``PREPARATIONS[NAME]`` with the folder of the document and its
language. A preparation does what a person would do between two commands: receive a file, edit the study.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from drawn_exports import faulty, hurried, put_right, service_export
from openpyxl import load_workbook

from workbench.cli import main

SAMPLE = Path(__file__).parent.parent / "sample_surveys" / "key_accounts"
_TURNED = "key_account_index/after_sales/account_manager"
_NEXT_WAVE = """\
- id: 2026Q3
  label: {zh: 2026 年第三季度, en: Q3 2026}
  short: {zh: 26Q3, en: 26Q3}
"""


def quarters(folder: Path, language: str) -> None:
    """Lay the sample's workbooks out as a quality team has them."""
    for wave in ("2026Q2", "2026Q3"):
        (folder / f"{wave}.xlsx").write_bytes((SAMPLE / f"{wave}.xlsx").read_bytes())


def slips(folder: Path, language: str) -> None:
    """Make three slips of the hand in the study: a sign, a letter, a language left out."""
    file = folder / "accounts" / "study.yaml"
    text = file.read_text(encoding="utf-8")
    for right, wrong in (
        ("      weight: 0.14\n", "      weight: -0.14\n"),
        ("{item: ordering,", "{item: odering,"),
        ("label: {zh: 售中服务, en: In-sales service}\n      weight", "label: {zh: 售中服务}\n      weight"),
    ):
        if right not in text:
            raise SystemExit(
                f"The sample study no longer holds {right!r}; change the slips of tools/preparations.py."
            )
        text = text.replace(right, wrong, 1)
    file.write_text(text, encoding="utf-8")


def typos(folder: Path, language: str) -> None:
    """Put the study right again, and two typing errors into the quarter's workbook."""
    (folder / "accounts" / "study.yaml").write_bytes((SAMPLE / "study.yaml").read_bytes())
    book = load_workbook(folder / "2026Q3.xlsx")
    sheet = max(book.worksheets, key=lambda each: each.max_row)
    scores = [
        cell
        for cell in sheet[40]
        if isinstance(cell.value, int)
        and 1 <= cell.value <= 10
        and sheet.cell(41, cell.column).value in range(1, 11)
    ]
    scores[3].value = 11
    sheet.cell(41, scores[5].column).value = "满易"
    book.save(folder / "october.xlsx")


def exported(folder: Path, language: str) -> None:
    """Draw the first quarter's export of a service survey, answers as texts."""
    service_export(folder, language, month=6, numbers=False)


def exported_as_numbers(folder: Path, language: str) -> None:
    """Declare the next wave, and draw its export: a question reworded, answers as numbers."""
    study = folder / "service" / "study.yaml"
    study.write_text(study.read_text(encoding="utf-8") + _NEXT_WAVE, encoding="utf-8")
    service_export(folder, language, month=9, numbers=True)


def faults(folder: Path, language: str) -> None:
    """Make a project of the sample's study, and a workbook with a fault of every kind."""
    (folder / "accounts").mkdir()
    (folder / "accounts" / "study.yaml").write_bytes((SAMPLE / "study.yaml").read_bytes())
    faulty(folder / "october.xlsx", SAMPLE / "2026Q3.xlsx")


def header_put_right(folder: Path, language: str) -> None:
    """Correct the header of the column that was not found."""
    put_right(folder / "october.xlsx", SAMPLE / "2026Q3.xlsx", only="AP3")


def refused_put_right(folder: Path, language: str) -> None:
    """Correct one of the rows that were left out, and delete the others, as somebody does who asks back."""
    file = folder / "accounts" / "refused" / "october-2026Q3.xlsx"
    book = load_workbook(file)
    sheet = book.worksheets[0]
    sheet["N2"].value = 7
    sheet.delete_rows(3, sheet.max_row)
    book.save(file)


def all_put_right(folder: Path, language: str) -> None:
    """Correct everything in the quarter's workbook, and two answers that had been typed wrongly."""
    file = folder / "october.xlsx"
    put_right(file, SAMPLE / "2026Q3.xlsx")
    book = load_workbook(file)
    sheet = max(book.worksheets, key=lambda each: each.max_row)
    sheet["Q30"].value = 3
    sheet["Q31"].value = 2
    book.save(file)


def hurried_answers(folder: Path, language: str) -> None:
    """Draw the answers of an earlier quarter with times, two of them given in a minute."""
    hurried(folder / "timed.xlsx", SAMPLE / "2026Q2.xlsx")


def corrections(folder: Path, language: str) -> None:
    """Change two answers of the quarter that is in already."""
    book = load_workbook(folder / "2026Q3.xlsx")
    sheet = max(book.worksheets, key=lambda each: each.max_row)
    sheet["Q40"].value = 3
    sheet["Q41"].value = 2
    book.save(folder / "2026Q3-corrected.xlsx")


def demo(folder: Path, language: str) -> None:
    """Make the project that ``csat demo`` makes, without its reports."""
    project = folder / "demo"
    project.mkdir()
    for name in ("study.yaml", "csat.key"):
        (project / name).write_bytes((SAMPLE / name).read_bytes())
    for book in sorted(SAMPLE.glob("20*.xlsx")):
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            code = main(["import", str(book), "--wave", book.stem, "--project", str(project)])
        if code:
            raise SystemExit(f"{book.name} could not be imported.")


def panel(folder: Path, language: str) -> None:
    """Make the project of the demo, and lay out what experts sent back."""
    demo(folder, language)
    for sent in (SAMPLE / "experts").glob(f"*.{language}.xlsx"):
        (folder / sent.name.replace(f".{language}", "")).write_bytes(sent.read_bytes())


def second_look(folder: Path, language: str) -> None:
    """Let the expert who was asked again turn a judgement round."""
    file = folder / "pairs.xlsx"
    book = load_workbook(file)
    sheet = book.worksheets[2]
    turned = next(row for row in sheet.iter_rows() if row[0].value == _TURNED)
    turned[4].value = turned[2].value  # the other of the two matters more
    book.save(file)


def register(folder: Path, language: str) -> None:
    """Add to the study what the customer register says about contracts."""
    study = folder / "demo" / "study.yaml"
    known = "    tier: {战略: 1260, 重点: 4380, 标准: 8360}\n"
    text = study.read_text(encoding="utf-8")
    if known not in text:
        raise SystemExit(f"The sample study no longer holds {known!r}; change tools/preparations.py.")
    contracts = "    contract: {框架协议: 2100, 多年合同: 4900, 年度合同: 5600, 项目合同: 1400}\n"
    study.write_text(text.replace(known, known + contracts), encoding="utf-8")


PREPARATIONS: dict[str, Callable[[Path, str], None]] = {
    "quarters": quarters,
    "slips": slips,
    "typos": typos,
    "exported": exported,
    "exported_as_numbers": exported_as_numbers,
    "faults": faults,
    "header_put_right": header_put_right,
    "refused_put_right": refused_put_right,
    "all_put_right": all_put_right,
    "hurried_answers": hurried_answers,
    "corrections": corrections,
    "demo": demo,
    "panel": panel,
    "second_look": second_look,
    "register": register,
}
