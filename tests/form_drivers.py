"""Drivers of the study in which every part occurs: all that the form can hold about them."""

from __future__ import annotations

from typing import Any

DRIVERS: dict[str, Any] = {
    "items": ["greeting", "advice", "repair_speed"],
    "outcomes": ["overall", "churn"],
    "probability": 0.9,
    "lines": "target",
    "targets": {"greeting": 82.5},
    "map": "gaps",
    "stated": {"greeting": "share", "advice": "share", "repair_speed": "share"},
}
