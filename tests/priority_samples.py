"""A small survey that asks importance as well: five drivers of which the truth is known, and a satisfaction.

``speed`` matters, is poor and said to matter; ``cover`` matters and nobody says so; ``bill`` is said to
matter by all, so that answers crowd at the top, and does not; ``care`` and ``price`` are neither.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import report_sample
from drawing import both

from analysis.drivers import driver_results
from analysis.priorities import Lines
from analysis.priority_parts import LineRule
from analysis.results import DriverResults, StudyResults
from analysis.tabular import sample_from_frame
from survey.study import Study

NAMES = {
    "speed": both("网络速度", "Network speed"),
    "care": both("服务态度", "Staff courtesy"),
    "price": both("资费水平", "Price level"),
    "bill": both("账单准确", "Correct bills"),
    "cover": both("网络覆盖", "Coverage"),
}
ASKED = {name: f"says_{name}" for name in NAMES}
LEVELS = {"speed": 60.0, "care": 78.0, "price": 62.0, "bill": 84.0, "cover": 80.0}
SLOPES = {"speed": 3.0, "care": 0.8, "price": 0.7, "bill": 0.2, "cover": 3.0}
SAID = {"speed": 88.0, "care": 60.0, "price": 62.0, "bill": 99.0, "cover": 58.0}


def document(**drivers: Any) -> dict[str, Any]:
    """The study as plain values; ``drivers`` add to its driver analysis."""
    asked = {
        item: both(f"{NAMES[name]['zh']}的重要性", f"Importance: {name}") for name, item in ASKED.items()
    }
    labels = NAMES | asked | {"overall": both("总体满意", "Overall")}
    return {
        "csat": 1,
        "id": "small",
        "title": both("移动通信调查", "Mobile survey"),
        "organisation": both("示例移动", "Example Mobile"),
        "scales": {"ten": {"ends": [1, 10]}},
        "items": [
            {"id": item, "text": both(f"{label['zh']}？", f"{label['en']}?"), "label": label, "scale": "ten"}
            for item, label in labels.items()
        ],
        "index": {
            "id": "index",
            "label": both("满意度指数", "Satisfaction index"),
            "version": "1",
            "children": list(NAMES),
        },
        "outcomes": [
            {
                "id": "sat",
                "label": both("总体满意", "Satisfaction"),
                "kind": "satisfaction",
                "items": ["overall"],
            }
        ],
        "drivers": {"outcomes": ["sat"], **drivers},
        "waves": [{"id": "2026", "label": both("2026 年", "2026")}],
    }


def study(**drivers: Any) -> Study:
    """The study; ``drivers`` add to its driver analysis."""
    return Study.model_validate(document(**drivers))


@cache
def frame() -> pd.DataFrame:
    """Answers on 0–100."""
    rng = np.random.default_rng(12)
    n = 500
    halo = rng.normal(size=n)
    drawn = {name: 0.5 * halo + rng.normal(size=n) for name in NAMES}
    table = pd.DataFrame({name: np.clip(LEVELS[name] + 8 * x, 0, 100) for name, x in drawn.items()})
    for name, item in ASKED.items():
        table[item] = np.clip(SAID[name] + 9 * rng.normal(size=n), 0, 100)
    table["sat"] = sum(SLOPES[name] * x for name, x in drawn.items()) + 2 * rng.normal(size=n)
    return table.assign(wave="2026")


def drivers(lines: Lines | None = None) -> DriverResults:
    """The drivers of satisfaction under a rule of the lines."""
    known = lines or Lines()
    return _drivers(known.rule, known.target, tuple(known.targets.items()))


@cache
def _drivers(rule: LineRule, target: float | None, own: tuple[tuple[str, float], ...]) -> DriverResults:
    names = list(NAMES)
    sample = sample_from_frame(frame(), [*names, *ASKED.values()], scale=None, wave="wave", outcomes=["sat"])
    found = driver_results(
        sample,
        "sat",
        names,
        replicates=200,
        seed=2,
        lines=Lines(rule, target, dict(own)),
        stated=ASKED,
    )
    assert isinstance(found, DriverResults)
    return found


def results(found: DriverResults, of: Study) -> StudyResults:
    """Results of the study with these drivers; the rest is made up."""
    return replace(report_sample.results(of), drivers=(found,), drivers_missing=())
