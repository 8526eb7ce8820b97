"""Many rows at once: a large sheet is handed on as arrays, because a dictionary for every row takes long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey.cells import CellValue, Row

Indexes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that follow one another, each with a value; value n stands in row ``at[n]`` and ``columns[n]``.

    ``numbers`` and ``hidden`` are those of the rows, which ``at`` counts from 0; ``columns`` are numbers of
    columns, ascending within a row.
    """

    numbers: list[int]
    hidden: list[bool]
    at: Indexes
    columns: Indexes
    values: list[CellValue]

    def rows(self) -> Iterator[Row]:
        """Yield the rows one by one."""
        columns, first = self.columns.tolist(), 0
        ends = np.cumsum(np.bincount(self.at, minlength=len(self.numbers))).tolist()
        for number, hidden, end in zip(self.numbers, self.hidden, ends, strict=True):
            yield Row(number, hidden, dict(zip(columns[first:end], self.values[first:end], strict=True)))
            first = end


def one_by_one(runs: Iterable[Row | Run]) -> Iterator[Row]:
    """Yield every row by itself."""
    for run in runs:
        if isinstance(run, Run):
            yield from run.rows()
        else:
            yield run
