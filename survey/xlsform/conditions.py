"""Conditions in XLSForm's language: written for the form tool, and read back into routing.

Only what a study can say is read: one earlier question that has one of some answers, as
``${fault} = '1'`` or ``selected(${fault}, '1')``, joined by ``or``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from survey.questions import AskedIf

_NAME = r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}"
_CODE = r"(?:'\s*(-?\d{1,6})\s*'|\"\s*(-?\d{1,6})\s*\"|(-?\d{1,6}))"
_EQUAL = re.compile(rf"{_NAME}\s*=\s*{_CODE}")
_SELECTED = re.compile(rf"selected\(\s*{_NAME}\s*,\s*{_CODE}\s*\)")
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)
# Spreadsheets and word processors turn straight quotes into these.
_QUOTES = str.maketrans("‘’“”＄｛｝＝（），", "''\"\"${}=(),")


def relevant(asked_if: AskedIf, *, typed: bool) -> str:
    """Return the condition under which a question is put; ``typed`` where the gate is a typed number."""
    quote = "" if typed else "'"
    return " or ".join(f"${{{asked_if.item}}} = {quote}{code}{quote}" for code in asked_if.answers)


def routing(condition: str) -> tuple[str, tuple[int, ...]] | None:
    """Return the gate and its answers, or ``None`` where a study cannot say ``condition``.

    >>> routing("${fault} = '1' or selected(${fault}, '3')")
    ('fault', (1, 3))
    """
    gates, codes = set(), []
    for part in _OR.split(_unwrapped(condition.translate(_QUOTES).strip())):
        part = _unwrapped(part.strip())
        found = _EQUAL.fullmatch(part) or _SELECTED.fullmatch(part)
        if found is None:
            return None
        gate, *code = found.groups()
        gates.add(gate)
        codes.append(int(next(digits for digits in code if digits is not None)))
    return (gates.pop(), tuple(codes)) if len(gates) == 1 else None


def _unwrapped(text: str) -> str:
    """Return ``text`` without brackets around the whole of it."""
    while text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]):
        text = text[1:-1].strip()
    return text


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def chosen(question: str, codes: Sequence[int]) -> str:
    """Return the condition that one of ``codes`` was chosen in a multiple choice."""
    return " or ".join(f"selected(${{{question}}}, '{code}')" for code in codes)


def limits(low: float | None, high: float | None, also: Sequence[int] = ()) -> str:
    """Return the constraint that a number lies within limits, or is one of ``also``."""
    ends = [f"{end[0]} {end[1]:.15g}" for end in ((". >=", low), (". <=", high)) if end[1] is not None]
    within = " and ".join(ends)
    return " or ".join([f"({within})" if also else within, *(f". = {code}" for code in also)])


def exclusive(most: int | None, alone: Sequence[int]) -> str | None:
    """Return the constraint on how many options may be chosen, and on those that exclude all others."""
    parts = [] if most is None else [f"count-selected(.) <= {most}"]
    parts += [f"(not(selected(., '{code}')) or count-selected(.) = 1)" for code in alone]
    return " and ".join(parts) or None
