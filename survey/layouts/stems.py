"""Questions of several columns whose texts hold stem and part in one: ``How was it? - Staff``.

Qualtrics writes them so. The stem ends where the texts of the question begin to differ, not at the last
mark: a part may hold the mark itself. Beside an option with a line to write on, the platform sets one
more piece between the stem and every option (``How? - Selected Choice - Price``), in any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey.layouts.export import ExportColumn
from survey.layouts.headers import part_wordings, wordings


@dataclass(frozen=True, slots=True)
class Spoken:
    """One column of a question: its text, the name of the column, and what its id tells.

    ``part_code`` is ``None`` for a column that is the whole question; ``option`` says that the part is
    known to be an option, so that it can never be a question of its own.
    """

    column: int
    header: str
    name: str
    text: str
    key: str
    part_code: str | None = None
    typed: bool = False
    option: bool = False


def question_columns(question: str, columns: Sequence[Spoken], mark: str) -> list[ExportColumn]:
    """Return the columns of one question; ``mark`` stands between stem and part."""
    given = [column.text for column in columns if not column.typed]
    typed = [column.text for column in columns if column.typed]
    stem = _stem([*given, *typed] if given else [text.rpartition(mark)[0] for text in typed], mark)
    inner = _stem(given, mark) if given and typed else stem
    stems = wordings(stem.strip(), question, _base([column.name for column in columns]))
    return [
        _column(column, question, stem, stem if column.typed else inner, stems, mark) for column in columns
    ]


def _column(
    column: Spoken, question: str, stem: str, before: str, stems: tuple[str, ...], mark: str
) -> ExportColumn:
    if column.part_code is None:
        names = wordings(stem.strip(), column.text, column.name)
        return ExportColumn(column.column, column.header, names, column.key)
    part = column.text.removeprefix(before + mark) if before else column.text
    if column.typed:
        part = part.rpartition(mark)[0] or part
    names = (column.text, column.name)
    if not (column.option or column.typed):
        names = part_wordings(stem.strip(), part.strip(), *names)
    return ExportColumn(
        column.column,
        column.header,
        tuple(name for name in names if name),
        column.key,
        question=question,
        stems=stems,
        part=part.strip(),
        part_code=column.part_code,
        typed=column.typed,
    )


def _stem(texts: Sequence[str], mark: str) -> str:
    """Return what all texts begin with, up to a mark; of a single text, what stands before its last one."""
    return _shared(texts).rpartition(mark)[0]


def _base(names: Sequence[str]) -> str:
    shared = _shared(names)
    return shared if shared in names else shared.rpartition("_")[0]


def _shared(texts: Sequence[str]) -> str:
    """Return what all texts begin with, letter by letter."""
    first, last = min(texts), max(texts)
    return first[
        : next((n for n, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), None)
    ]
