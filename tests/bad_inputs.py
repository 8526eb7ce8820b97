"""Every kind of bad input and what must become of it: one table for tests, measurements and documents.

A bad input is drawn in one or more cases, which all end alike: the file is refused with certain codes, one
cell is no answer, or the file is read. ``test_bad_inputs.py`` runs every case through the whole import,
``bench/bench_import.py`` measures the refusals, and ``tools/bad_inputs.py`` writes the table down for people.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bad_answers import CELLS, HEADERS
from bad_formats import FORMATS
from bad_kinds import BadInput, Section
from bad_packages import PACKAGES
from bad_surroundings import ANSWERS, SURROUNDINGS
from bad_texts import TEXTS

from survey.errors import ImportProblems
from survey.importing import Imported, read_answers
from survey.workbook import read_workbook

TABLE: tuple[Section, ...] = (PACKAGES, FORMATS, HEADERS, CELLS, TEXTS, ANSWERS, SURROUNDINGS)


def drawn(bad: BadInput, case: str, folder: Path) -> Path:
    """Draw one case of a bad input in ``folder``."""
    return bad.cases[case](folder / bad.file)


def bring_in(bad: BadInput, path: Path, **options: Any) -> Imported:
    """Import a drawn file; raises ``ImportProblems`` with everything that is wrong with it."""
    workbook = read_workbook(path, limits=bad.limits)
    return read_answers(workbook, bad.study, "w1", replace(bad.options, **options))


def outcome(bad: BadInput, path: Path) -> Imported | ImportProblems:
    """Return what an import brings, or the error with which it refuses the file."""
    try:
        return bring_in(bad, path)
    except ImportProblems as error:
        return error
