"""A study of three matrices and a filter, and answer sheets to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from drawing import both, small_study

from survey.responses import Codes, Responses
from survey.study import Study

FIRST = tuple(f"a{n}" for n in range(6))
SECOND = tuple(f"b{n}" for n in range(6))
THIRD = tuple(f"c{n}" for n in range(5))
ITEMS = (*FIRST, "filter", *SECOND, *THIRD)


def _scale(low: int, high: int) -> dict[str, Any]:
    return {"ends": [low, high], "labels": {low: both("差", "bad"), high: both("好", "good")}}


def matrix_study(**parts: Any) -> Study:
    """Six questions on 1–10, a filter, six more, then five on 0–10; the second one of each is reversed."""
    scales = {"ten": _scale(1, 10), "filter": _scale(1, 2), "zero": _scale(0, 10)}
    names = {"a": "ten", "b": "ten", "c": "zero", "f": "filter"}
    items = [{"id": item, "scale": names[item[0]], "reversed": item.endswith("1")} for item in ITEMS]
    constructs = [
        {"id": f"k{name[0]}", "label": both(name[0]), "items": list(name)} for name in (FIRST, SECOND, THIRD)
    ]
    return small_study(*items, **{"scales": scales, "constructs": constructs} | parts)


STUDY = matrix_study()
LOW = np.array([STUDY.scale_of(item).ends[0] for item in ITEMS])
HIGH = np.array([STUDY.scale_of(item).ends[1] for item in ITEMS])


def mirrored(codes: Codes) -> Codes:
    """Return answers mirrored at the middle of their scales; blanks stay."""
    return np.where(codes >= 0, LOW + HIGH - codes, codes).astype(np.int16)


def honest(people: int, seed: int = 1) -> Codes:
    """Return answers that vary, as those of people who read the questions do."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(LOW, HIGH + 1, (people, len(ITEMS)))
    return np.asarray(drawn, dtype=np.int16)


def answered(
    codes: Codes | Sequence[Sequence[int]], seconds: Sequence[Any] | None = None, wave: str = "w1"
) -> Responses:
    """Return responses of as many people as there are rows."""
    rows = np.array(codes, dtype=np.int16)
    names = tuple(f"p{n}" for n in range(len(rows)))
    paradata = {} if seconds is None else {"seconds": tuple(seconds)}
    return Responses(wave, names, ITEMS, rows, {}, {}, paradata=paradata)
