"""The paths of one chain drawn with characters: steps below one another, every arrow with its coefficient.

A Han character takes two cells, so widths are counted in cells.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.layout import cells, pad

_GAP = 2
_INDENT = "  "


def diagram(names: Sequence[str], figures: Sequence[str]) -> list[str]:
    """Return the lines of the picture.

    Parameters
    ----------
    names : source, satisfaction, loyalty, outcome, from top to bottom.
    figures : of the arrows a₁, a₂, d₂₁, b₁, b₂ and c′, as they are printed.
    """
    to_s, to_l, s_l, s_y, l_y, direct = figures
    source, satisfaction, loyalty, outcome = names
    # Three rails right of the names carry the arrows that pass a step by.
    first = max(*map(cells, names), *(cells(part) + 2 + len(_INDENT) for part in (to_s, s_l, l_y))) + _GAP
    second = first + cells(to_l) + 2 + _GAP
    third = second + cells(s_y) + 2 + _GAP
    rails = (first, second, third)
    rows: list[dict[int, str]] = [
        {0: _rule(source, first) + "┬" + "─" * (third - first - 1) + "┐"},
        {0: f"{_INDENT}│ {to_s}", first: f"│ {to_l}", third: f"│ {direct}"},
        {0: f"{_INDENT}▼", first: "│", third: "│"},
        {0: _rule(satisfaction, first) + "│" + "─" * (second - first - 1) + "┐", third: "│"},
        {0: f"{_INDENT}│ {s_l}", first: "│", second: f"│ {s_y}", third: "│"},
        {0: f"{_INDENT}▼", first: "│", second: "│", third: "│"},
        {0: _arrow(loyalty, first) + "┘", second: "│", third: "│"},
        {0: f"{_INDENT}│ {l_y}", second: "│", third: "│"},
        {0: f"{_INDENT}▼", second: "│", third: "│"},
        {0: _arrow(outcome, second) + "┴" + "─" * (rails[2] - second - 1) + "┘"},
    ]
    return [_line(row) for row in rows]


def _rule(name: str, width: int) -> str:
    return f"{name} " + "─" * (width - cells(name) - 1)


def _arrow(name: str, width: int) -> str:
    return f"{name} ◄" + "─" * (width - cells(name) - 2)


def _line(parts: dict[int, str]) -> str:
    line = ""
    for start, part in sorted(parts.items()):
        line = pad(line, start) + part
    return line
