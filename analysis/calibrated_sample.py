"""A sample whose weights are calibrated, each wave to its own margins.

What a newcomer gets wrong: the weights alone are not the result. An estimate from calibrated weights has
another error than one from given weights, so the sample carries the margins along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.adjustment import Adjustment, within_waves
from analysis.calibration import Calibration, Limits, Method, post_stratify, rake
from analysis.margins import CROSSING, Margin, crossed, margin
from analysis.sample import Sample

Totals = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one wave is calibrated to, and how.

    ``targets`` maps the columns of each margin (several are crossed) to the total or share of every cell;
    cells of a crossing are spelled ``a × b``. ``unknown`` is the level of blanks. Post-stratification has a
    single margin.
    """

    method: Method
    targets: Mapping[tuple[str, ...], Totals]
    limits: Limits
    unknown: str | None = None


def calibrate(sample: Sample, wave: str, columns: Mapping[str, Sequence[object]], plan: Plan) -> Calibration:
    """Calibrate one wave of a sample.

    Parameters
    ----------
    columns : column -> value of every respondent of the wave, ``None`` for a blank.

    Raises
    ------
    CalibrationFaults
        For margins that cannot be met: see :func:`~analysis.calibration.rake`.
    """
    base = sample.weights[sample.in_wave(wave)]
    margins = [_margin(names, columns, totals, plan.unknown) for names, totals in plan.targets.items()]
    if plan.method == "post_stratification":
        return post_stratify(base, margins[0], plan.limits)
    return rake(base, margins, plan.limits)


def with_calibrations(sample: Sample, found: Mapping[str, Calibration]) -> Sample:
    """Return the sample with the weights of ``found`` by wave; other waves keep theirs.

    Every wave is regressed on its own cells, so that estimates of different waves stay as independent as
    their clusters are.
    """
    if not found:
        return sample
    weights = sample.weights.copy()
    most = max(len(part.margins) for part in found.values())
    cells = np.full((len(sample), most), -1, dtype=np.int64)
    for wave, part in found.items():
        rows = np.flatnonzero(sample.in_wave(wave))
        weights[rows] = part.weights
        for column, of_wave in enumerate(part.margins):
            cells[rows, column] = of_wave.cells
    margins = tuple(within_waves(cells[:, column], sample.wave) for column in range(most))
    return replace(
        sample,
        weights=weights,
        adjustment=Adjustment(sample.weights, margins),
        calibrations=dict(found),
    )


def _margin(
    names: tuple[str, ...], columns: Mapping[str, Sequence[object]], totals: Totals, unknown: str | None
) -> Margin:
    values = [columns[name] for name in names]
    if len(values) == 1:
        return margin(names[0], values[0], totals, unknown=unknown)
    return margin(CROSSING.join(names), crossed(values, unknown=unknown), totals)
