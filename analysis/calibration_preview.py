"""What a calibration does to a wave: its margins, its price, and the index before and after.

For deciding on a calibration, and for seeing why one cannot hold its margins. What a newcomer gets wrong: an
index that moves is no proof that the calibration was needed, and one that stays put none that it was not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.calibrated_sample import with_calibrations
from analysis.calibration import Calibration, CellResult, Method, largest_in_medians
from analysis.design import effective_sample_size
from analysis.estimate import estimates
from analysis.index import IndexTree
from analysis.results import Estimate, TooFew
from analysis.sample import Sample
from analysis.tracking import index_data


@dataclass(frozen=True, slots=True)
class WeightsSeen:
    """Survey weights of a wave: their price, as ``analysis.calibration`` tells it, and the index."""

    deff: float
    n_effective: float
    efficiency: float
    spread: float
    index: Estimate | TooFew


@dataclass(frozen=True, slots=True)
class CalibrationPreview:
    """One wave before and after calibration.

    ``declared`` says whether the study itself asks for this calibration, so that results use it. ``cells``
    stand margin by margin; ``n`` are the respondents, of whom ``limited`` have a weight that is held at a
    limit; ``cap`` is the largest weight allowed. ``warnings`` are codes with the values of their sentences.
    """

    wave: str
    declared: bool
    method: Method
    margins: tuple[str, ...]
    cells: tuple[CellResult, ...]
    n: int
    sweeps: int
    converged: bool
    limited: int
    cap: float | None
    before: WeightsSeen
    after: WeightsSeen
    warnings: tuple[tuple[str, Mapping[str, float | str]], ...]


def preview(
    sample: Sample,
    tree: IndexTree,
    found: Mapping[str, Calibration],
    *,
    declared: bool,
    level: float = 0.95,
    disclosure_limit: int = 10,
) -> CalibrationPreview:
    """Compare the last wave of an uncalibrated ``sample`` with itself under the calibrations ``found``.

    The earlier waves are calibrated as well, where they could be: they tie clusters to the last one.
    """
    wave = sample.waves[-1]
    own = found[wave]
    settings = (tree, level, disclosure_limit)
    return CalibrationPreview(
        wave=wave,
        declared=declared,
        method=own.method,
        margins=tuple(margin.name for margin in own.margins),
        cells=own.cells,
        n=len(own.weights),
        sweeps=own.sweeps,
        converged=own.converged,
        limited=int(own.limited.sum()),
        cap=own.cap,
        before=_seen(sample, *settings),
        after=_seen(with_calibrations(sample, found), *settings),
        warnings=tuple((finding.code, dict(finding.values)) for finding in own.warnings),
    )


def _seen(sample: Sample, tree: IndexTree, level: float, limit: int) -> WeightsSeen:
    domain = sample.in_wave(sample.waves[-1])
    weights = sample.weights[domain]
    n_effective = effective_sample_size(weights)
    index = estimates(index_data(sample, tree).index(domain), level)[0]
    return WeightsSeen(
        deff=len(weights) / n_effective,
        n_effective=n_effective,
        efficiency=n_effective / len(weights),
        spread=largest_in_medians(weights),
        index=TooFew(index.n, "disclosure") if index.n < limit else index,
    )
