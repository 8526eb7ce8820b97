"""An .sav file of SPSS, read by pyreadstat in a limited child.

Rows are cases: case 1 is row 1, as SPSS counts, and the names of the variables are row 0. A cell holds its
code, a code that the file declares missing as well: what it means is for the study to say, and
``codebook`` tells what the file says. Days and moments are dates, durations are seconds.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from survey.archive import Limits, refusal
from survey.cells import column_number
from survey.codebook import Code, Variable
from survey.errors import Place, Problem
from survey.spool import Spool, SpooledSheet

_READ = "survey.spss_child:read"


@dataclass
class SavSheet(SpooledSheet):
    """The one sheet of an .sav. ``dictionary`` holds its variables by column number."""

    @cached_property
    def dictionary(self) -> dict[int, Variable]:
        """The variables by column number; see ``codebook``."""
        try:
            listed = self.facts["variables"]
            return {column: _variable(*told) for column, told in enumerate(listed, 1)}
        except (KeyError, TypeError, ValueError) as error:
            raise refusal(self.spool.file, "child_broken") from error

    def place(self, row: int, cell: str | None) -> Place:
        """Return the case and the variable of a cell."""
        letters = cell.rstrip("0123456789") if cell else ""
        variable = self.dictionary.get(column_number(letters)) if letters else None
        return Place(self.spool.file, line=row or None, key=variable.name if variable else None)


def _variable(name: str, label: str, labels: list[list[Any]], missing: list[list[Any]]) -> Variable:
    wordings: dict[Code, str] = {code: str(wording).strip() for code, wording in labels}
    spans = tuple(
        (-math.inf if low is None else low, math.inf if high is None else high) for low, high in missing
    )
    return Variable(str(name), str(label).strip(), wordings, spans)


@dataclass
class SavBook:
    """The sheet of an .sav and the encoding its texts were read in."""

    sheet: SavSheet
    encoding: str | None

    @property
    def sheets(self) -> tuple[SavSheet, ...]:
        """The one sheet there is."""
        return (self.sheet,)

    def warnings(self) -> list[Problem]:
        """Return what should be known about the file as far as it has been read."""
        place, controls = Place(self.sheet.spool.file), self.sheet.controls
        return [Problem("workbook_controls", place, {"n": controls}, "warning")] if controls else []


def read_sav(file: str, data: bytes, limits: Limits, encoding: str | None = None) -> SavBook:
    """Read an .sav or .zsav; ``encoding`` overrides what the file says of its texts.

    Raises ``ImportProblems`` when pyreadstat is not installed, or the file is damaged, in an encoding it
    does not name, or asks for too much.
    """
    if find_spec("pyreadstat") is None:
        raise refusal(file, "sav_extra")
    request = json.dumps({"encoding": encoding}).encode() + b"\n" + data
    sheets = Spool(file, _READ, request, limits).sheets()
    if len(sheets) != 1:
        raise refusal(file, "child_broken")
    sheet = SavSheet(**vars(sheets[0]))
    used = sheet.facts.get("encoding")
    return SavBook(sheet, encoding or (used if isinstance(used, str) else None))
