"""What a limited child has read, as sheets.

The result stays in a file that has no name and goes when its sheets do; they are streamed from it, so a
large one is never held. Nothing in it is believed without a look: a process wrote it that a stranger's
file may have confused.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from survey.archive import Limits, refusal
from survey.cells import CellValue, Range, Row
from survey.errors import Place
from survey.limited import MB, READING, ChildFailed, ChildLimits, run_limited_into
from survey.packed import Malformed, unpack, unpack_row
from survey.shared_text import TextCounter

_BATCH = 1 << 16
# What a child may say of a file: the codes of problems.
REFUSALS = frozenset({"workbook_password", "workbook_old_damaged", "sav_damaged", "sav_encoding"})


class Spool:
    """The lines a child writes, from any point on and more than once.

    Raises ``ImportProblems`` when the child meets a limit or dies.
    """

    def __init__(
        self, file: str, function: str, request: bytes, limits: Limits, child: ChildLimits = READING
    ) -> None:
        self.file, self.limits = file, limits
        self._stream: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 (closed with this object)
        weakref.finalize(self, self._stream.close)
        try:
            run_limited_into(self._stream, function, request, child)
        except ChildFailed as failed:
            raise _failure(file, failed, child) from failed

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """Yield the lines from byte ``start`` on."""
        while True:
            self._stream.seek(start)  # others may be reading in turn
            lines = self._stream.readlines(_BATCH)
            if not lines:
                return
            start += sum(map(len, lines))
            yield from lines

    def sheets(self) -> list[SpooledSheet]:
        """Return the sheets; raises ``ImportProblems`` when the child refused the file."""
        sheets: list[SpooledSheet] = []
        at, last = 0, b""
        for line in self.lines():
            at += len(line)
            if line.startswith(b'["'):
                last = line
                if line.startswith(b'["sheet"'):
                    sheets.append(self._sheet(line, at))
        match self._unpacked(last):
            case ["end"]:
                return sheets
            case ["refused", str(code)] if code in REFUSALS:
                raise refusal(self.file, code)
        raise refusal(self.file, "child_broken")

    def _sheet(self, line: bytes, start: int) -> SpooledSheet:
        match self._unpacked(line):
            case ["sheet", str(name), str(visibility), dict(facts)]:
                return SpooledSheet(name, visibility, self, start, facts)
        raise refusal(self.file, "child_broken")

    def _unpacked(self, line: bytes) -> Any:
        try:
            return unpack(line)
        except Malformed as error:
            raise refusal(self.file, "child_broken") from error


def _clean(cells: dict[int, CellValue], counter: TextCounter) -> None:
    for column, text in [(n, value) for n, value in cells.items() if isinstance(value, str)]:
        cells[column] = counter.printable(text)
        if not cells[column]:
            del cells[column]


def _failure(file: str, failed: ChildFailed, limits: ChildLimits) -> Exception:
    if failed.reason == "time":
        return refusal(file, "child_time", limit=f"{limits.wall_seconds:g}")
    if failed.reason == "broken":
        return refusal(file, "child_broken")
    memory = failed.reason == "memory"
    return refusal(file, "child_memory", limit=(limits.memory if memory else limits.output) // MB)


@dataclass
class SpooledSheet:
    """One sheet that a child has read. ``facts`` is what it told about it, ``controls`` what was dropped."""

    name: str
    visibility: str
    spool: Spool
    start: int
    facts: dict[str, Any] = field(default_factory=dict)
    controls: int = 0

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold a value, in order."""
        spool, cells = self.spool, 0
        counter = TextCounter(spool.file, spool.limits)
        for line in spool.lines(self.start):
            if line.startswith(b'["'):
                return
            try:
                row = unpack_row(line)
            except Malformed as error:
                raise refusal(spool.file, "child_broken") from error
            cells += len(row.cells)
            if cells > spool.limits.cells:
                raise refusal(spool.file, "workbook_limit_cells", limit=spool.limits.cells)
            if str in set(map(type, row.cells.values())):
                _clean(row.cells, counter)
            self.controls = counter.controls_dropped
            if row.cells:
                yield row

    def runs(self) -> Iterator[Row]:
        """Yield the same rows."""
        return self.rows()

    def merged(self) -> tuple[Range, ...]:
        """Return the merged ranges, as far as the format tells."""
        return tuple(Range(*map(int, span)) for span in self.facts.get("merged", ()))

    def place(self, row: int, cell: str | None) -> Place:
        """Return where ``cell`` stands, for a message."""
        return Place(self.spool.file, sheet=self.name, cell=cell)
