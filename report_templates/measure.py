"""How wide a text will be, and where it may be broken.

Charts place labels before anything is drawn, so they measure with the advances of the report's own
fonts. Kerning is left out: it makes Latin text up to two per cent narrower, never wider. Sizes and
widths are in chart units; nothing here knows a language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

_NOT_AT_START = set("，。、；：？！）》」』】〉”’…·%‰,.;:?!)]}℃")
# Stands for a no-break space, which Python counts as a space to break at.
_GLUE = "\ue000"
_NOT_AT_END = set("（《「『【〈“‘([{")
_PIECES = re.compile(r"\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+|.", re.DOTALL)
SHORTEST_LAST_LINE = 4


@cache
def _advances() -> Mapping[str, Mapping[str, int]]:
    text = (resources.files("report_templates") / "fonts" / "advances.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, int]] = json.loads(text)
    return loaded


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of ``text`` at ``size`` units.

    >>> width("满意度", 10)
    30.0
    """
    advances = _advances()["bold" if bold else "regular"]
    return size * sum(advances.get(character, 1000) for character in text) / 1000


def pieces(text: str) -> list[str]:
    """Split ``text`` where a line may end: after each Han character and at spaces between words.

    Closing marks stay with what stands before them, opening marks with what follows. A space stays at
    the end of its piece. No-break spaces do not break.
    """
    result: list[str] = []
    for piece in _PIECES.findall(text.replace("\u00a0", _GLUE)):
        joins = result and (
            piece.isspace()
            or piece[0] in _NOT_AT_START | {_GLUE}
            or result[-1].rstrip()[-1:] in _NOT_AT_END | {_GLUE}
        )
        if joins:
            result[-1] += piece
        else:
            result.append(piece)
    return [piece.replace(_GLUE, "\u00a0") for piece in result]


def wrap(text: str, limit: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break ``text`` into lines no wider than ``limit``; a single longer word stays whole.

    An empty text is one empty line.
    """
    lines: list[str] = []
    line = ""
    for piece in pieces(text):
        if line and width((line + piece).rstrip(), size, bold=bold) > limit:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    lines.append(line.rstrip())
    return tuple(lines)


def balanced(text: str, limit: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break ``text`` like ``wrap``, then even the lines out without needing more of them."""
    lines = wrap(text, limit, size, bold=bold)
    narrow = max(width(line, size, bold=bold) for line in lines) / 2 if len(lines) > 1 else limit
    while narrow < limit:
        candidate = wrap(text, narrow, size, bold=bold)
        widest = max(width(line, size, bold=bold) for line in candidate)
        if len(candidate) <= len(lines) and widest <= limit:
            return candidate
        narrow += size / 8
    return lines


def shortened(text: str, limit: float, size: float, *, bold: bool = False) -> str:
    """Return ``text``, or its beginning and an ellipsis where it is wider than ``limit``."""
    if width(text, size, bold=bold) <= limit:
        return text
    kept = text
    while kept and width(kept.rstrip() + "…", size, bold=bold) > limit:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def title_lines(
    phrases: Sequence[str], limit: float, size: float, *, most: int = 2, bold: bool = True
) -> tuple[str, ...]:
    """Set a title, given as phrases, on at most ``most`` lines broken only between phrases.

    The fewest lines win; among breaks into that many lines, the one whose longest line is shortest,
    provided that the first line is not shorter than the last.

    Raises
    ------
    ValueError
        When a phrase is wider than the line, the title needs more lines, or its last line would be
        shorter than four characters: the words have to change, not the type.
    """
    for phrase in phrases:
        if width(phrase.strip(), size, bold=bold) > limit:
            raise ValueError(f"the phrase {phrase!r} is wider than its line; write it shorter or split it")
    for count in range(1, most + 1):
        fitting = [
            lines
            for lines in _splits(tuple(phrases), count)
            if all(width(line, size, bold=bold) <= limit for line in lines)
        ]
        fitting = [lines for lines in fitting if count == 1 or len(lines[-1]) >= SHORTEST_LAST_LINE]
        if fitting:
            return min(fitting, key=lambda lines: _raggedness(lines, size, bold=bold))
    raise ValueError(f"the title {''.join(phrases)!r} does not fit {most} lines; write it shorter")


def _splits(phrases: tuple[str, ...], count: int) -> list[tuple[str, ...]]:
    if count == 1:
        return [("".join(phrases).strip(),)]
    return [
        ("".join(phrases[:cut]).strip(), *rest)
        for cut in range(1, len(phrases))
        for rest in _splits(phrases[cut:], count - 1)
    ]


def _raggedness(lines: tuple[str, ...], size: float, *, bold: bool) -> tuple[bool, float]:
    widths = [width(line, size, bold=bold) for line in lines]
    return widths[0] < widths[-1], max(widths)
