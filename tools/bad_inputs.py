"""Write down, or compare, what becomes of every kind of bad input: docs/bad-inputs.md and its Chinese twin.

The first case of every line of the tests' table is drawn and imported, and what is shown is what was said.

    python tools/bad_inputs.py           # compare; exit 1 and show the difference where a page is out of date
    python tools/bad_inputs.py --write   # write the pages
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from bad_inputs import TABLE, drawn, outcome  # noqa: E402 # found only now
from bad_kinds import BadInput, NoAnswer, Refused, Section, Shown  # noqa: E402 # as above

from survey.archive import Limits  # noqa: E402 # as above
from survey.errors import ImportProblems, Problem  # noqa: E402 # as above
from survey.language import LANGUAGES, Language  # noqa: E402 # as above

PAGES: dict[Language, Path] = {
    "zh": ROOT / "docs" / "bad-inputs.zh.md",
    "en": ROOT / "docs" / "bad-inputs.md",
}
HEADS: dict[Language, str] = {
    "zh": """\
# 有问题的文件会怎样

English: [bad-inputs.md](bad-inputs.md)

一份文件要么整份导入，要么一份也不导入：只要有一处不靠猜测就读不懂，项目保持原样，所有问题连同位置和修改办法
一次列出。内容从不被悄悄改动，越界的分数不会被截断或取整，文件中的程序、链接和外部地址都不会被执行或访问。

下表列出各种有问题的文件、处理方式，以及程序的原话。它由 `tools/bad_inputs.py` 生成：每一行都真正画出这样一个
文件并导入一次。示例研究只有题目 Q1（有时还有 Q2、Q3），量表 1–5。

- **不导入**：什么都没有存入，命令以退出码 1 结束。
- **不导入，指出单元格**：答案不成立；改正后再导入，或用 `--accept-valid` 只导入没有问题的行。
- **导入并提醒**：答卷已导入，需要知道的事写在导入报告里。
- **照常导入**：与没有问题的文件一样。
""",
    "en": """\
# What becomes of bad input

中文版：[bad-inputs.zh.md](bad-inputs.zh.md)

A file is imported whole or not at all: where anything in it cannot be read without guessing, the project
stays as it was, and every problem is listed at once with its place and its repair. Nothing is changed in
silence, no score is clipped or rounded, and no program, link or address in a file is run or visited.

The tables show what can be wrong, what happens, and what is said. They are written by `tools/bad_inputs.py`:
for every line such a file is really drawn and imported. The study of the examples has the item Q1 (sometimes
Q2 and Q3 as well) on a scale of 1–5.

- **Not imported**: nothing was stored, and the command ends with exit code 1.
- **Not imported, cell named**: something is no answer. Correct it and import again, or import only the rows
  without problems with `--accept-valid`.
- **Imported, with a remark**: the answers are in, and the import report says what to know about them.
- **Imported as usual**: like any file.
""",
}
COLUMNS: dict[Language, str] = {
    "zh": "| 文件的问题 | 处理方式 | 程序的原话 |\n|---|---|---|",
    "en": "| what is wrong | what happens | what is said |\n|---|---|---|",
}
ENDS: dict[str, dict[Language, str]] = {
    "refused": {"zh": "不导入", "en": "Not imported"},
    "no answer": {"zh": "不导入，指出单元格", "en": "Not imported, cell named"},
    "remark": {"zh": "导入并提醒", "en": "Imported, with a remark"},
    "read": {"zh": "照常导入", "en": "Imported as usual"},
}


def told(bad: BadInput) -> list[Problem]:
    """Return what an import of the first case says, with limits as they are and not as tests lower them."""
    with tempfile.TemporaryDirectory() as folder:
        found = outcome(bad, drawn(bad, next(iter(bad.cases)), Path(folder)))
    if not isinstance(found, ImportProblems):
        return list(found.report.warnings)
    errors = [problem for problem in found.problems if problem.severity == "error"]
    if bad.lowered is None or bad.lowered[0].endswith("_from"):
        return errors
    limit = {"limit": getattr(Limits(), bad.lowered[0])}
    return [replace(problem, values={**problem.values, **limit}) for problem in errors]


def end_of(bad: BadInput, said: Sequence[Problem], language: Language) -> str:
    """Return what happens to an input, in words."""
    if isinstance(bad.ends, Shown):
        return bad.ends.zh if language == "zh" else bad.ends.en
    kind = "remark" if said else "read"
    if isinstance(bad.ends, Refused | NoAnswer):
        kind = "refused" if isinstance(bad.ends, Refused) else "no answer"
    return ENDS[kind][language]


def line(bad: BadInput, said: Sequence[Problem], language: Language) -> str:
    """Return one line of a table."""
    words = "<br>".join(problem.line(language) for problem in said) or "–"
    cells = (bad.zh if language == "zh" else bad.en, end_of(bad, said, language), words)
    return f"| {' | '.join(cell.replace('|', '&#124;').replace('*', '&#42;') for cell in cells)} |"


def pages(table: Sequence[Section]) -> dict[Language, str]:
    """Return both pages as they should be."""
    said = {
        id(bad): told(bad) if bad.cases and not isinstance(bad.ends, Shown) else []
        for section in table
        for bad in section.inputs
    }

    def lines(language: Language) -> Iterator[str]:
        yield HEADS[language]
        for section in table:
            yield f"## {section.zh if language == 'zh' else section.en}\n"
            yield COLUMNS[language]
            yield from (line(bad, said[id(bad)], language) for bad in section.inputs)
            yield ""

    return {language: "\n".join(lines(language)) for language in LANGUAGES}


def main() -> int:
    """Compare or write; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    different = False
    for language, text in pages(TABLE).items():
        page = PAGES[language]
        if write:
            page.write_text(text, encoding="utf-8")
            continue
        old = page.read_text(encoding="utf-8").splitlines() if page.exists() else []
        difference = list(difflib.unified_diff(old, text.splitlines(), "as written", "as run", lineterm=""))
        print("\n".join(difference), end="\n" if difference else "")
        different = different or bool(difference)
    return int(different)


if __name__ == "__main__":
    sys.exit(main())
