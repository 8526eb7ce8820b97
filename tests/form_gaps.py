"""Expectation and performance in pairs, and what-ifs, in all the ways that a form can hold."""

from __future__ import annotations

from typing import Any

from drawing import both

GAPS: dict[str, Any] = {
    "pairs": [
        {
            "expectation": "advice",
            "performance": "greeting",
            "dimension": "staff",
            "disconfirmation": "waiting",
        },
        {"expectation": "repair_speed", "performance": "repair_result", "dimension": "shop"},
    ],
    "dimensions": [
        {"id": "staff", "label": both("店员", "Staff"), "weight": 62.5},
        {"id": "shop", "label": both("店铺", "Shop")},
    ],
    "satisfaction": "overall",
    "disconfirmation": "waiting",
}

WHAT_IF: dict[str, Any] = {
    "steps": [1, 2.5],
    "outcomes": ["churn"],
    "costs": {"greeting": 12, "advice": 0.5},
    "cost_unit": both("万元", "CNY 10,000"),
    "value": {"column": "spend", "unit": both("元", "CNY")},
}
