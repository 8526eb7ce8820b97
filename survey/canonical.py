"""One JSON text per value, so that equal values have equal digests whatever order they were written in."""

from __future__ import annotations

import hashlib
import json


def canonical(value: object) -> str:
    """Return the one JSON form of a value; raises ``ValueError`` for nan and infinity.

    >>> canonical({"b": 1, "a": ["满意"]})
    '{"a":["满意"],"b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(value: object) -> str:
    """Return the SHA-256 of a value made of plain values."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
