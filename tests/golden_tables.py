"""Tables as R printed them, in ``goldens/drivers``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from analysis.sample import Floats

GOLDENS = Path(__file__).parent / "goldens" / "drivers"
# Closed form on both sides; the reference prints 10 to 13 digits.
EXACT = {"rtol": 1e-9, "atol": 0.0}


def block(file: str, start: str, header: str) -> dict[str, list[float]]:
    """Read a printed table: the lines after ``header`` that follow the line starting with ``start``."""
    lines = (GOLDENS / file).read_text(encoding="utf-8").splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(start))
    first = next(
        i for i in range(begin, len(lines)) if lines[i].split()[: len(header.split())] == header.split()
    )
    found: dict[str, list[float]] = {}
    for line in lines[first + 1 :]:
        cells = line.split()
        if not re.match(r"^[A-Za-z]", line) or len(cells) < 2 or not re.match(r"^[-0-9.eNA]+$", cells[1]):
            break
        found[cells[0]] = [float(cell) for cell in cells[1:]]
    return found


def coefficients(file: str, start: str, table: int = 0) -> dict[str, list[float]]:
    """Read estimate, error, t and p by name: one of the printed tables after ``start``."""
    lines = (GOLDENS / file).read_text(encoding="utf-8").splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(start))
    heads = [i for i in range(begin, len(lines)) if lines[i].split()[:2] == ["Estimate", "Std."]]
    found: dict[str, list[float]] = {}
    for line in lines[heads[table] + 1 :]:
        name, *cells = line.split()
        if len(cells) != 4:
            break
        found[name] = [float(cell) for cell in cells]
    return found


def number(file: str, start: str, label: str, count: int = 1) -> list[float]:
    """Read the numbers printed after ``label`` behind the line starting with ``start``."""
    text = (GOLDENS / file).read_text(encoding="utf-8")
    behind = text[text.index(f"\n{start}") :]
    place = re.search(rf"(?m)(?:^|\s){re.escape(label)}((?:\s+-?[\d.]+(?:e[-+]?\d+)?){{{count}}})", behind)
    assert place is not None, label
    return [float(cell) for cell in place[1].split()]


def printed(file: str, after: str, before: str = "") -> list[float]:
    """Read every number between two texts, in the order printed; names of rows and columns are none."""
    text = (GOLDENS / file).read_text(encoding="utf-8")
    begin = text.index(after) + len(after)
    found = text[begin : text.index(before, begin) if before else len(text)]
    return [float(cell) for cell in found.split() if re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d+)?", cell)]


def same(ours: Iterable[float], expected: Sequence[float], tolerance: dict[str, float] = EXACT) -> None:
    np.testing.assert_allclose(np.array(list(ours)), np.array(expected), **tolerance)


def apart(square: Floats) -> list[float]:
    """A square table without its diagonal."""
    return square[~np.eye(len(square), dtype=bool)].tolist()
