"""From where on a line of the checklist warns or blocks.

What a newcomer gets wrong: most of these are conventions, not theorems, so a study may set its own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """From where on a line warns or blocks; shares of 1, counts, or the unit of the figure.

    ``base_*`` people of a wave; ``model_*`` rows of a driver model: warned of below ``model_warn`` plus
    ``model_warn_each`` per driver, blocked below ``model_block`` or ``model_block_over`` more than columns.
    ``events`` people at the rarer value of a yes/no outcome per driver. ``spread`` least standard deviation
    of an item, of the range of its scale. ``asymmetry`` and ``heterogeneity`` are levels of tests.
    """

    base_warn: int = 30
    base_block: int = 10
    model_warn: int = 50
    model_warn_each: int = 8
    model_block: int = 50
    model_block_over: int = 20
    deff_weights: float = 1.5
    largest_weight: float = 5.0
    clusters: int = 30
    df: int = 10
    lost_warn: float = 0.10
    lost_block: float = 0.50
    blank_block: float = 0.30
    careless_warn: float = 0.05
    careless_block: float = 0.15
    ceiling: float = 0.40
    spread: float = 0.175
    halo: float = 0.60
    first_eigenvalue: float = 0.50
    inflation_warn: float = 4.0
    inflation_block: float = 10.0
    condition: float = 30.0
    reliable: float = 0.70
    extracted: float = 0.50
    loading: float = 0.40
    adjusted: float = 0.10
    failed_warn: float = 0.01
    failed_block: float = 0.05
    first: float = 0.80
    share: float = 0.05
    unique: float = 0.005
    levels: int = 7
    skew: float = 1.0
    events: int = 10
    asymmetry: float = 0.05
    heterogeneity: float = 0.01
    response_rate: float = 0.20


USUAL = CheckLimits()
