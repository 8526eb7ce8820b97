"""Identifiers that look like two spellings of one: ``A01`` and ``a01``, ``7`` and ``007``.

They are kept apart, because nobody can know; but whoever typed them should hear of it, since an account
under two names counts as two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from survey.responses import Value
from survey.wording import plain

_NUMBER = re.compile(r"0*([0-9]+)(?:\.0+)?")


def alike(keys: Sequence[Value]) -> list[tuple[int, int]]:
    """Return pairs of positions whose keys differ only in case, width, spaces, leading zeros or ``.0``.

    Each spelling is paired once, with the first one of its kind.

    >>> alike(["A01", "b", "a 01", "A01", "7", "007", "7.0"])
    [(0, 2), (4, 5), (4, 6)]
    """
    first: dict[str, int] = {}
    known: set[str] = set()
    pairs = []
    for n, key in enumerate(keys):
        if not isinstance(key, str) or key in known:
            continue
        known.add(key)
        at = first.setdefault(_folded(key), n)
        if at != n:
            pairs.append((at, n))
    return pairs


def _folded(key: str) -> str:
    plainly = key.isascii() and key.isalnum()
    form = key.casefold() if plainly else plain(key).casefold().replace(" ", "")
    if not form[:1].isdigit():
        return form
    number = _NUMBER.fullmatch(form)
    return number[1] if number else form
