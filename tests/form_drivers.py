"""Drivers, chain and limits of the checklist of the study in which every part occurs."""

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

CHAIN: dict[str, Any] = {
    "satisfaction": "overall",
    "outcome": "churn",
    "covariates": ["region", "effort"],
    "blanks": "em",
}

CHECKS: dict[str, Any] = {"base_warn": 250, "deff_weights": 2.5, "lost_block": 0.4, "skew": 1.5}
