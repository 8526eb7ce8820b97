"""Decompositions of the reference data, straight from the kernels: no rule about bases stands between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pandas as pd
from golden_tables import GOLDENS

from analysis.cumulative_logit import LevelData
from analysis.driver_data import correlation_matrices
from analysis.driver_measures import measures
from analysis.driver_moments import take_off
from analysis.elimination import sweep
from analysis.lmg import lmg
from analysis.moments import unit_moments
from analysis.sample import Floats, Integers

# Columns of relaimpo, in the order of most of its tables; genizi is Johnson's.
MEASURES = ("lmg", "first", "last", "betasq", "pratt", "johnson", "car")


def correlations_of(frame: pd.DataFrame, columns: Sequence[str], weights: Floats | None = None) -> Floats:
    """Weighted correlations, (c, c, 1)."""
    x = frame[list(columns)].to_numpy(dtype=np.float64)
    w = np.ones(len(x)) if weights is None else weights
    found = unit_moments(tuple(columns), x, w, np.zeros(len(x), dtype=np.int64), 1, np.round(x.mean(axis=0)))
    return correlation_matrices(found.covariance, found.mean)


def decomposed(
    frame: pd.DataFrame,
    outcome: str,
    drivers: Sequence[str],
    weights: Floats | None = None,
    players: Sequence[Sequence[int]] | None = None,
    always: Sequence[str] = (),
) -> dict[str, Floats]:
    """All measures from weighted moments, (P,) each."""
    return measured(correlations_of(frame, [*always, *drivers, outcome], weights), players, len(always))


def measured(
    correlations: Floats, players: Sequence[Sequence[int]] | None = None, always: int = 0
) -> dict[str, Floats]:
    """All measures from correlations (c + 1, c + 1, 1), the outcome last, (P,) each."""
    off = take_off(correlations, always)
    beta = sweep(off.correlations)[0]
    owned = players or [[j] for j in range(len(beta))]
    others = measures(off.correlations, owned, beta)
    return {
        "lmg": lmg(off.correlations, owned)[:, 0],
        "betasq": beta[:, 0] ** 2,
        **{field.name: getattr(others, field.name)[:, 0] for field in fields(others)},
    }


def explained(correlations: Floats) -> float:
    """R² of all columns."""
    return float(1 - sweep(correlations)[2][0])


def level_table(file: str, outcome: str, names: Sequence[str]) -> tuple[LevelData, Floats, Integers]:
    """Columns and levels of a reference file."""
    frame = pd.read_csv(GOLDENS / file)
    x, codes = (
        frame[list(names)].to_numpy(dtype=np.float64),
        np.unique(frame[outcome], return_inverse=True)[1],
    )
    return LevelData.of(x, codes, np.ones(len(x))), x, codes


def housing() -> tuple[Floats, Integers, Floats]:
    """Madsen's tenants: marks of the factors (72, 6), levels of satisfaction and frequencies."""
    frame = pd.read_csv(GOLDENS / "housing.csv")
    x = np.column_stack(
        [frame["Infl"] == level for level in ("Medium", "High")]
        + [frame["Type"] == level for level in ("Apartment", "Atrium", "Terrace")]
        + [frame["Cont"] == "High"]
    ).astype(np.float64)
    codes = frame["Sat"].map({"Low": 0, "Medium": 1, "High": 2}).to_numpy()
    return x, codes, frame["Freq"].to_numpy(float)
