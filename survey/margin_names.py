"""How margins of the population are named: one column, or several crossed.

``tier`` is a margin of one column. ``tier × region`` crosses two, and its cells are spelled ``key × north``.
Who has no × on the keyboard writes a star.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from survey.questions import ID_PATTERN

_NAME = re.compile(r"\s*[×*]\s*")
# Categories may hold a sign themselves, such as 5×8: only one between blanks separates.
_CELL = re.compile(r"\s+[×*]\s+")

MarginName = Annotated[str, Field(pattern=rf"^{ID_PATTERN}(\s*[×*]\s*{ID_PATTERN})*$", max_length=400)]


def columns_of(margin: str) -> tuple[str, ...]:
    """Return the columns that a margin crosses.

    >>> columns_of("tier*region")
    ('tier', 'region')
    """
    return tuple(_NAME.split(margin.strip()))


def parts_of(cell: str) -> tuple[str, ...]:
    """Return the categories that make up a cell.

    >>> parts_of("key × north")
    ('key', 'north')
    """
    return tuple(_CELL.split(cell.strip()))


def cell_of(parts: Sequence[str]) -> str:
    """Return the name of the cell of several categories, as results print it."""
    return " × ".join(parts)


def population_of(
    wave: Mapping[str, Mapping[str, float]], design: Mapping[str, Mapping[str, float]]
) -> dict[tuple[str, ...], dict[str, float]]:
    """Return the totals that hold in a wave by the columns of each margin, cells spelled as results print.

    A margin that the wave gives takes the place of the design's.
    """
    return {
        columns_of(name): {cell_of(parts_of(cell)): total for cell, total in totals.items()}
        for name, totals in (*design.items(), *wave.items())
    }
