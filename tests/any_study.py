"""Small studies and answers of every kind, drawn with one seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from survey.questions import BlankKind, Item
from survey.responses import Codes, Responses
from survey.study import Study

KINDS = ("plain", "constant", "empty", "sparse", "routed", "copy")
OFTEN = (0.60, 0.08, 0.06, 0.10, 0.10, 0.06)


def _word(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _named(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "label": _word(name), **more}


def _index(rng: np.random.Generator, names: list[str]) -> dict[str, Any]:
    """A flat index or one of two branches; some leaves, and sometimes a branch, weigh nothing."""
    leaves = [{"item": name, "weight": float(rng.choice([0, 0.1, 1, 2]))} for name in names]
    leaves[0]["weight"] = 1.0
    children: list[dict[str, Any]] = leaves
    if len(leaves) > 3 and rng.random() < 0.6:
        leaves[2]["weight"] = 1.0
        children = [
            _named("left", children=leaves[:2]),
            _named("right", children=leaves[2:], weight=float(rng.choice([0, 1, 2]))),
        ]
    rollup = str(rng.choice(["aggregate", "respondent"]))
    return _named("index", version="1", rollup=rollup, children=children)


def any_study(rng: np.random.Generator) -> Study:
    """A study of one to six items in an index, with or without weights, strata and clusters."""
    names = [f"q{j}" for j in range(int(rng.integers(1, 7)))]
    items = [
        _named(
            name,
            text=_word(name),
            scale=str(rng.choice(["two", "five", "ten", "ten"])),
            reversed=bool(rng.random() < 0.2),
        )
        for name in names
    ]
    items += [_named(name, text=_word(name), scale="ten") for name in ("sat", "rec")]
    design = {"weight": "w", "stratum": ["region"], "cluster": "account", "respondent": "person"}
    kinds = {"person": "key", "account": "key", "region": "category", "w": "number", "lost": "flag"}
    told = {
        "csat": 1,
        "id": "any",
        "title": _word("any"),
        "organisation": _word("us"),
        "scales": {"two": {"ends": [1, 2]}, "five": {"ends": [1, 5]}, "ten": {"ends": [0, 10]}},
        "columns": [_named(name, kind=kind, optional=name == "lost") for name, kind in kinds.items()],
        "items": items,
        "index": _index(rng, names),
        "outcomes": [
            _named("sat", kind="satisfaction", items=["sat"]),
            _named("rec", kind="recommendation", items=["rec"]),
            _named("first", kind="loyalty", items=["q0"]),
            _named("lost", kind="churn", column="lost"),
        ],
        "drivers": {"outcomes": ["sat", "lost"]},
        "segments": [_named("region", column="region")],
        "design": {key: column for key, column in design.items() if rng.random() < 0.5},
        "waves": [_named(str(t)) for t in range(3)],
        "reporting": {"replicates": 200, "target": 80, "disclosure_limit": int(rng.choice([1, 2, 10, 60]))},
    }
    return Study.model_validate(told)


def any_answers(rng: np.random.Generator, study: Study, wave: str) -> Responses:
    """One wave: from one answer to 160, of few accounts or many, its questionnaire perhaps shortened."""
    n = int(rng.choice([1, 2, 9, 12, 40, 80, 160]))
    people = rng.choice(1000, n, replace=False)
    accounts = people % int(rng.choice([1, 2, 3, 50, 1000]))
    regions = accounts % int(rng.choice([1, 2, 4, n]))
    extreme = rng.random() < 0.3
    weights = 10.0 ** rng.uniform(-6, 6, n) if extreme else rng.uniform(0.5, 2, n)
    columns: dict[str, Any] = {
        "person": tuple(f"p{person}" for person in people),
        "account": tuple(f"a{account}" for account in accounts),
        "region": tuple(f"r{region}" for region in regions),
        "w": tuple(weights.tolist()),
        "lost": tuple(None if u < 0.1 else bool(u < 0.3) for u in rng.random(n)),
    }
    if rng.random() < 0.1:
        del columns["lost"]
    first = int(wave != "0" and rng.random() < 0.2)
    codes = _codes(rng, study, n)[:, first:]
    items = tuple(item.id for item in study.items)[first:]
    return Responses(wave, columns["person"], items, codes, columns, {})


def _codes(rng: np.random.Generator, study: Study, n: int) -> Codes:
    halo = rng.normal(size=n)
    codes = np.empty((n, len(study.items)), dtype=np.int16)
    for j, item in enumerate(study.items):
        kind = str(rng.choice(KINDS, p=OFTEN))
        same = j > 0 and study.scale_of(item.id) == study.scale_of(study.items[j - 1].id)
        codes[:, j] = codes[:, j - 1] if kind == "copy" and same else _answers(rng, study, item, kind, halo)
    return codes


def _answers(rng: np.random.Generator, study: Study, item: Item, kind: str, halo: Any) -> Codes:
    low, high = study.scale_of(item.id).ends
    answers = (low + high) / 2 + (high - low) / 5 * (halo + rng.normal(size=len(halo)))
    codes = np.clip(np.round(answers), low, high).astype(np.int16)
    if kind == "constant":
        codes[:] = high
    elif kind == "empty":
        codes[:] = BlankKind.BLANK
    elif kind == "sparse":
        codes[rng.random(len(codes)) < 0.9] = rng.choice(np.array([*BlankKind]))
    elif kind == "routed":
        codes[rng.random(len(codes)) < 0.7] = BlankKind.NOT_ASKED
    return codes
