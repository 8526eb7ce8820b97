"""Weight sets of a small study, by hand and at random."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from hypothesis import strategies as st
from small_study import MINIMAL
from stores import answers

from survey.definition import parse_study
from survey.responses import Responses
from survey.weight_set import WeightSet, node_ids, parents_of

AT = datetime(2026, 9, 30, 8, 15, tzinfo=UTC)
# The index of the small study with a branch, so that weights are relative to something.
NESTED = MINIMAL.replace(
    """    - {item: speed, weight: 2}
    - care
""",
    """    - id: service
      label: {zh: 服务, en: Service}
      weight: 0.6
      children:
        - {item: speed, weight: 2}
        - care
    - {item: price, weight: 0.4}
""",
)
STUDY = parse_study(NESTED, "study.yaml")
WEIGHTS = {"service": 0.6, "speed": 2.0, "care": 1.0, "price": 0.4}


def weight_set(name: str = "panel", **parts: Any) -> WeightSet:
    """Return a set for the nested study."""
    given = {
        "method": "direct",
        "author": "王芳",
        "date": date(2026, 7, 1),
        "reason": "年度专家会 / yearly panel",
        "index": "satisfaction",
        "weights": WEIGHTS,
        "parents": parents_of(STUDY.index),
    }
    return WeightSet(name=name, **(given | parts))


# What YAML may confuse: numbers, dates, truth values, signs, line breaks, other scripts.
TRICKY = st.sampled_from(
    [
        "no",
        "1e5",
        "0x1F",
        "2026-01-01",
        "a: b # c",
        "- x",
        "\u2028",
        "满意\n度",
        "'",
        '"',
        "~",
        "1_000",
        "%",
        "a\x85b",
    ]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20) | TRICKY
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**17), 10**17)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def sets(draw: st.DrawFn) -> WeightSet:
    """Draw any set for the nested study that weighs something under every branch."""
    some = st.floats(0, 1e6, allow_subnormal=True)
    weights = {node: draw(some) for node in node_ids(STUDY.index)}
    weights |= {"service": weights["service"] + 0.1, "care": weights["care"] + 1e-7}
    weights = {node: min(weight, 1e6) for node, weight in weights.items()}
    stripped = TEXTS.filter(lambda text: text.strip() == text and text)
    return weight_set(
        draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True) | st.just("专家2026")),
        method=draw(st.sampled_from(["direct", "ahp", "lmg"])),
        author=draw(stripped),
        reason=draw(stripped),
        date=draw(st.dates(date(1900, 1, 1))),
        parent=draw(st.none() | st.from_regex("[0-9a-f]{64}", fullmatch=True)),
        weights=weights,
        evidence=draw(st.dictionaries(TEXTS, JSON, max_size=3)),
    )


def wave(name: str = "2025", people: int = 60) -> Responses:
    """Return answers to the small study; accounts answer twice."""
    rng = np.random.default_rng(int(name))
    facts = {
        "account": tuple(f"K{n // 2}" for n in range(people)),
        "tier": tuple("甲乙"[n // 2 % 2] for n in range(people)),
        "lost": (False,) * people,
        "weight": (1.0,) * people,
    }
    return answers(
        *(f"r{n}" for n in range(people)),
        wave=name,
        items=("speed", "care", "overall", "price"),
        codes=rng.integers(1, 11, (people, 4)).astype(np.int16),
        columns=facts,
    )
