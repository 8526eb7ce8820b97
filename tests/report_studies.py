"""Studies to make reports of: the one that ships, and small ones made from scratch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from survey.study import Study

ROOT = Path(__file__).parent.parent


def key_accounts(**changes: Any) -> Study:
    """Return the key-account study, with top-level keys replaced by ``changes``."""
    text = (ROOT / "sample_surveys" / "key_accounts" / "study.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    return Study.model_validate(document | changes)


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def small_study(items: int = 3, *, dimensions: int = 0, waves: int = 1, drivers: bool = True) -> Study:
    """Return a study made from scratch: few columns, no design, no target; like an imported panel."""
    names = [f"q{number}" for number in range(1, items + 1)]
    leaves = [{"item": name} for name in names]
    children: list[dict[str, Any]] = leaves
    if dimensions:
        children = [
            {
                "id": f"d{d}",
                "label": text(f"维度{d + 1}", f"Dimension {d + 1}"),
                "children": leaves[d::dimensions],
            }
            for d in range(dimensions)
        ]
    extra = [f"x{number}" for number in range(1, 8)]
    return Study.model_validate(
        {
            "csat": 1,
            "id": "small",
            "title": text("移动通信客户满意度", "Mobile customer satisfaction"),
            "organisation": text("示例移动", "Example Mobile"),
            "scales": {"ten": {"ends": [1, 10]}},
            "items": [
                {
                    "id": name,
                    "text": text(f"问题{name}", f"Question {name}"),
                    "label": text(f"指标{name}", f"Indicator {name}"),
                    "scale": "ten",
                }
                for name in names + extra
            ],
            "index": {
                "id": "index",
                "label": text("满意度指数", "Satisfaction index"),
                "version": "1",
                "children": children,
            },
            "outcomes": [
                {"id": "loyalty", "label": text("忠诚度", "Loyalty"), "kind": "loyalty", "items": extra[:2]}
            ],
            "drivers": {"items": extra[2:], "outcomes": ["loyalty"]} if drivers else None,
            "waves": [
                {"id": str(2001 + wave), "label": text(f"{2001 + wave}年", f"{2001 + wave}")}
                for wave in range(waves)
            ],
        }
    )
