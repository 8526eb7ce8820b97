"""How wide text is in a terminal, and where its lines may break.

A Han character takes two cells and needs no space to break after it, so ``len`` and ``textwrap`` are
both wrong for half of what is printed here.
"""

from __future__ import annotations

import re
import unicodedata

_CLOSING = "，。、；：？！）》」』”’…)]},.;:?!%"
_OPENING = "（《「『“‘([{"
_HAN = "\\u2e80-\\u9fff\\uf900-\\ufaff\\uff00-\\uff60"
_PIECE = re.compile(rf"\s+|[{_HAN}]|[^\s{_HAN}]+")


def cells(text: str) -> int:
    """Return how many cells ``text`` takes on a terminal.

    >>> cells("满意度 index")
    12
    """
    return sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    """Return ``text`` filled with spaces to ``width`` cells."""
    return text + " " * (width - cells(text))


def wrap(text: str, width: int) -> list[str]:
    """Break one paragraph into lines of at most ``width`` cells.

    Lines break at spaces and between Han characters, never before a closing mark or after an opening
    one. A word longer than the line stays whole: it is a path or a command, meant to be copied.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and cells(line) + cells(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if pieces and (piece[0] in _CLOSING or pieces[-1][-1] in _OPENING):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
