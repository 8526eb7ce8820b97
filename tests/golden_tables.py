"""Tables as R printed them, in ``goldens/drivers``."""

from __future__ import annotations

import re
from pathlib import Path

GOLDENS = Path(__file__).parent / "goldens" / "drivers"


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
