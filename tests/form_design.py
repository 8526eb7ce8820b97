"""The design of the study in which every part occurs: all that a sheet of the form can hold about it."""

from __future__ import annotations

from typing import Any

DESIGN: dict[str, Any] = {
    "respondent": "customer",
    "stratum": ["region"],
    "population": {
        "region": {"华东": 1200, "华南 大区": 800.5},
        "region × gender": {"华东 × 女": 600, "华东 * 不详": 600, "华南 大区 × 男": 800.5},
    },
    "calibration": {
        "method": "post_stratification",
        "margins": ["region*gender"],
        "trim": 4,
        "least_ratio": 0.25,
        "largest_weight": 3.5,
        "unknown": "不详",
    },
    "lonely_stratum": "average",
    "stratum_clusters": {"华东": 300, "华南 大区": 250},
}
