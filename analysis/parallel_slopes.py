"""Is one slope enough, wherever "higher" begins?

A proportional-odds logit has one slope for every cut of the scale. Here each cut is fitted by itself, as a
yes/no question, and the slopes are compared: Brant's test, with the covariance that the design gives to
slopes of several models on the same people.

What a newcomer gets wrong: on a large survey the test finds differences too small to matter. Look at the
slopes by cut before discarding a model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.cumulative_logit import LevelData, maximum
from analysis.design import Design
from analysis.estimate import LinearEstimates, side_by_side
from analysis.joint_tests import f_test, wald_test
from analysis.ordered_logit import fitted_levels
from analysis.results import JointTest
from analysis.sample import Floats, Integers
from analysis.separation import separating

# A cut with fewer people than this for every column on its smaller side is not fitted (convention).
EVENTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class ParallelSlopes:
    """Slopes by cut, and whether they differ.

    ``cuts`` are the values that the fitted cuts lie above; ``slopes`` (cuts, c) in log odds per unit;
    ``test`` of all columns together, ``columns`` by name. ``None`` where the design has too few degrees of
    freedom for a test.
    """

    cuts: tuple[float, ...]
    slopes: Floats
    test: JointTest | None
    columns: Mapping[str, JointTest | None]


def brant_test(
    design: Design, rows: Integers, y: Floats, x: Floats, names: Sequence[str]
) -> ParallelSlopes | None:
    r"""Test that slopes are the same at every cut of y (r,) on x (r, k), both of ``rows`` of the design.

    .. math:: F = \frac{d - m + 1}{d\,m}\, b'D'(D V D')^{-1} D b

    with b the slopes of all cuts, D their differences from the first cut, m how many, and d the degrees of
    freedom of the design. Cuts with fewer than 10 people a column on one side, or whose columns tell the
    sides apart without error, take no part; ``None`` where fewer than two cuts are left.

    References
    ----------
    Brant, R. (1990). Biometrics 46. Korn, E. & Graubard, B. (1990). Am. Statistician 44: the F.
    """
    fits: list[LinearEstimates] = []
    cuts: list[float] = []
    for cut in np.unique(y)[:-1]:
        codes = (y > cut).astype(np.int64)
        if np.bincount(codes).min() < EVENTS * x.shape[1]:
            continue
        data = LevelData.of(x, codes, design.weights[rows])
        fit = maximum(data)
        if separating(data, fit, names):
            continue
        found = fitted_levels(design, rows, data, fit.values[0], names, np.array([0.0, 1.0]), 0.95)
        fits.append(found.linear.take(range(len(names))))
        cuts.append(float(cut))
    if len(fits) < 2:
        return None
    together, count = side_by_side(fits), len(names)
    df = float(design.degrees_of_freedom(together.present)[0])
    first = np.hstack([-np.ones((len(fits) - 1, 1)), np.eye(len(fits) - 1)])
    contrasts = np.kron(first, np.eye(count))
    values, covariance = contrasts @ together.values, contrasts @ together.covariance @ contrasts.T
    by_column = {}
    for j, name in enumerate(names):
        of = np.arange(j, len(values), count)
        by_column[name] = _adjusted(values[of], covariance[np.ix_(of, of)], df)
    return ParallelSlopes(
        tuple(cuts), together.values.reshape(len(fits), count), _adjusted(values, covariance, df), by_column
    )


def _adjusted(values: Floats, covariance: Floats, df: float) -> JointTest | None:
    """Wald's F with what an estimated covariance of m values costs."""
    m = len(values)
    found = wald_test(values, covariance, df)
    if found is None or df - m + 1 <= 0:
        return None
    return f_test(found.f * (df - m + 1) / df, float(m), df - m + 1)
