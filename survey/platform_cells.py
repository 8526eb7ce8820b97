"""What a platform itself writes into cells: marks for no answer, guards, and text typed beside an option."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from survey.cells import CellValue
from survey.layouts.export import Dialect
from survey.questions import BlankKind
from survey.wording import Wordings, matching, plain

T = TypeVar("T")


class Typed(NamedTuple):
    """An option as it stands in a cell, and what was typed beside it; empty when nothing was."""

    option: str
    text: str


class PlatformCells:
    """Reads what is the platform's own, before anything is read as an answer."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._blanks = {matching(text): BlankKind[kind.upper()] for text, kind in dialect.blanks.items()}
        self._blank_codes = {code: BlankKind[kind.upper()] for code, kind in dialect.blank_codes.items()}
        self._chosen = frozenset(map(matching, dialect.chosen))
        self._unchosen = frozenset(map(matching, dialect.unchosen))

    def blank(self, cell: CellValue) -> BlankKind | None:
        """Return why there is no answer, where the platform says so."""
        if not self._blanks and not self._blank_codes:
            return None
        if isinstance(cell, str):
            form = matching(cell)
            code = self._blank_codes.get(int(form)) if _is_code(form) else None
            return self._blanks.get(form, code)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return self._blank_codes.get(int(cell)) if cell == int(cell) else None
        return None

    def text(self, cell: str) -> str:
        """Return ``cell`` without the guard that the platform put before it."""
        guard = self.dialect.guard
        return cell.removeprefix(guard) if guard and cell[1:2] in "=+-@" else cell

    def find(self, wordings: Wordings[T], text: str) -> T | None:
        """Return what ``text`` means, as it stands or without what the platform adds to options."""
        found = wordings.find(text)
        if found is None and self.dialect.marks:
            found = wordings.find(self.dialect.unmarked(text))
        return found

    def typed(self, text: str) -> Typed:
        """Return an option without, and with, what was typed beside it: ``其他〖宠物〗``."""
        if self.dialect.typed is None:
            return Typed(text, "")
        opening, closing = self.dialect.typed
        at = text.find(opening)
        if at < 0 or not text.rstrip().endswith(closing):
            return Typed(text, "")
        return Typed(text[:at], text.rstrip()[at + len(opening) : -len(closing)])

    def chosen(self, cell: CellValue) -> bool | None:
        """Return whether the column of an option says that it was chosen; ``None`` when it says neither."""
        if isinstance(cell, bool):
            return cell
        form = matching(plain(str(cell))) if isinstance(cell, (str, int, float)) else ""
        if form in self._chosen:
            return True
        return False if form in self._unchosen else None


def _is_code(form: str) -> bool:
    digits = form.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 6
