"""What a driver model stands on and looks like, in plain figures: what warnings and the checklist judge.

What a newcomer gets wrong: nothing here says good or bad. Thresholds stand in ``analysis.driver_warnings``
and ``analysis.checks``, so that a figure is worked out once and judged in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.design import effective_sample_size
from analysis.driver_parts import DriverFacts
from analysis.sample import Floats

if TYPE_CHECKING:
    from analysis.driver_data import DriverData
    from analysis.driver_model import DriverModel, Regression


def driver_facts(found: DriverModel | Regression, data: DriverData) -> DriverFacts:
    """Return the figures of a fitted model in the full sample."""
    design, width = found.plan.design, data.x.shape[1] - 1
    weights = design.weights[data.rows]
    answers = [column - data.always for column in data.answers]
    between = found.correlations[:, :, 0][np.ix_(answers, answers)]
    p = len(answers)
    eigenvalues = np.linalg.eigvalsh(between)
    single = [
        columns[0] - data.always
        for columns, marked in zip(data.players, data.marked, strict=True)
        if len(columns) == 1 or marked
    ]
    alone = np.linalg.eigvalsh(found.correlations[:, :, 0][np.ix_(single, single)]) if single else np.ones(1)
    # A mean of several items may miss its level by rounding.
    outcome = np.round(data.x[:, -1], 9)
    levels, counts = np.unique(outcome, return_counts=True)
    return DriverFacts(
        n=data.n,
        due=data.due,
        blanks=data.blanks,
        blank=data.blank,
        drivers=len(data.names),
        columns=width,
        clusters=len(np.unique(design.unit[data.rows])),
        df=data.degrees_of_freedom(design),
        deff_weights=data.n / effective_sample_size(weights),
        failed=1.0 - float(found.kept.mean()),
        adjusted=1 - (1 - float(found.r_squared[0])) * (data.n - 1) / (data.n - width - 1),
        inflation=float(found.inflation[single].max(initial=1.0)),
        condition=float(np.sqrt(alone[-1] / max(alone[0], 1e-30))),
        correlation=float((between.sum() - p) / (p * (p - 1))) if p > 1 else 0.0,
        first_eigenvalue=float(eigenvalues[-1] / p),
        levels=len(levels),
        skew=_skewness(outcome, weights),
        events=int(counts.min()) if len(levels) == 2 else None,
    )


def _skewness(values: Floats, weights: Floats) -> float:
    """Third standardised moment, weighted."""
    centred = values - np.average(values, weights=weights)
    spread = float(np.average(centred**2, weights=weights))
    return float(np.average(centred**3, weights=weights)) / spread**1.5 if spread > 0 else 0.0
