"""Correlations of R's swiss data as R printed them."""

from __future__ import annotations

import re

import numpy as np
from golden_tables import GOLDENS

from analysis.sample import Floats


def swiss_correlations() -> tuple[list[str], Floats]:
    """Names of the five predictors, and the correlations with the outcome (Fertility) moved to the end."""
    text = (GOLDENS / "ref_swiss_attitude.txt").read_text(encoding="utf-8")
    lines = text[text.index("\ncor\n") :].splitlines()[2:]
    rows: dict[str, list[float]] = {}
    for line in lines:
        cells = line.split()
        if len(cells) > 1 and re.match(r"^-?[0-9.]+$", cells[1]):
            rows.setdefault(cells[0], []).extend(float(cell) for cell in cells[1:])
        elif "betas" in line:
            break
    names = list(rows)
    order = [*range(1, len(names)), 0]
    return names[1:], np.array([rows[name] for name in names])[np.ix_(order, order)]
