"""Calibration: weights under which the sample has the margins of the population, and what that cost.

Design weights repair what the sampling plan did on purpose; calibration repairs who happened to answer, as
far as the margins tell. It lowers the error of what goes along with the margins and raises that of
everything else, so the price stands beside the weights.

What a newcomer gets wrong: meeting the margins proves nothing. Whether those who answered are like those who
did not *within* the cells cannot be seen from the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.adjustment import Adjustment, Residuals
from analysis.design import effective_sample_size
from analysis.margins import Finding, Margin, common_targets, faults, repeated, sentence
from analysis.raking import Raked, rake_cells, rake_within
from analysis.sample import Booleans, Floats

if TYPE_CHECKING:
    import pandas as pd

Method = Literal["raking", "post_stratification"]

TOLERANCE = 1e-10
MOST_SWEEPS = 100
# Conventions of survey practice, not theorems: from here on a value is warned of.
SMALL_CELL = 30
HIGH_DEFF = 1.5
WIDE_SPREAD = 5.0
MANY_LIMITED = 0.05
# The median moves when weights are cut, and the cap with it; it settles at once or within a few rounds.
_ROUNDS = 20
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Limits:
    """How far calibration may go with a single respondent; ``None`` for no limit.

    Attributes
    ----------
    trim : largest weight, as a multiple of the median weight.
    ratio : least and largest ratio of a weight to its base weight, both brought to mean 1 first.
    weight : least and largest weight, as a multiple of the mean weight.
    """

    trim: float | None = 5.0
    ratio: tuple[float, float] | None = None
    weight: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name, pair in (("ratio", self.ratio), ("weight", self.weight)):
            if pair is not None and not 0 <= pair[0] < 1 < pair[1]:
                raise ValueError(f"Limits of the {name} lie on both sides of 1, from 0 up; found {pair}.")
        if self.trim is not None and not self.trim > 1:
            raise ValueError(f"The largest weight is a multiple of the median above 1; found {self.trim!r}.")


NO_LIMITS = Limits(trim=None)


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell of a margin: people in the population, before and after, and respondents.

    ``target``, ``before`` (base weights) and ``achieved`` are on one total. ``deviation`` is
    achieved/target − 1; ``limited`` of the ``n`` respondents have a weight that is held at a limit; ``total``
    is that of the margin.
    """

    margin: str
    level: str
    target: float
    before: float
    achieved: float
    deviation: float
    n: int
    limited: int
    total: float

    @property
    def shares(self) -> tuple[float, float, float]:
        """Target, before and achieved as shares of the population, 0 to 1."""
        return self.target / self.total, self.before / self.total, self.achieved / self.total


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Weights that meet the margins, and their price.

    Attributes
    ----------
    weights : (n,) calibrated weights; they sum to the total of the margins.
    base : (n,) weights before.
    margins : what was calibrated to.
    cells : every cell of every margin, in order.
    sweeps : passes over all margins. ``converged`` says whether all of them hold.
    limited : (n,) respondents whose weight is held at a limit; ``cap`` is the largest weight allowed.
    tolerance : largest part by which a cell may miss its target and hold.
    """

    method: Method
    weights: Floats
    base: Floats
    margins: tuple[Margin, ...]
    cells: tuple[CellResult, ...]
    sweeps: int
    converged: bool
    limited: Booleans
    cap: float | None
    tolerance: float = TOLERANCE

    @property
    def deff(self) -> float:
        r"""Kish's design effect of weighting, :math:`n \sum w^2 / (\sum w)^2`; clusters are not in it."""
        return len(self.weights) / self.n_effective

    @property
    def n_effective(self) -> float:
        """Equally weighted respondents that would carry the same precision."""
        return effective_sample_size(self.weights)

    @property
    def efficiency(self) -> float:
        """Part of the respondents that weighting leaves, 0 to 1: ``1 / deff``."""
        return self.n_effective / len(self.weights)

    @property
    def spread(self) -> float:
        """Largest weight as a multiple of the median."""
        return largest_in_medians(self.weights)

    @property
    def unmet(self) -> tuple[CellResult, ...]:
        """The cell of each margin that misses its target furthest, for margins that do not hold."""
        found = []
        for margin in dict.fromkeys(cell.margin for cell in self.cells):
            worst = max((c for c in self.cells if c.margin == margin), key=lambda c: abs(c.deviation))
            if abs(worst.deviation) >= self.tolerance:
                found.append(worst)
        return tuple(found)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What deserves care although the margins hold: small cells, and what the weights cost."""
        found = [
            Finding("small_cell", {"margin": cell.margin, "level": cell.level, "n": cell.n})
            for cell in self.cells
            if cell.n < SMALL_CELL and cell.target > 0
        ]
        if self.deff > HIGH_DEFF:
            found.append(Finding("deff", {"deff": self.deff, "n_effective": self.n_effective}))
        if self.spread > WIDE_SPREAD * (1 + _ROUNDING):
            found.append(Finding("spread", {"spread": self.spread}))
        if self.limited.mean() > MANY_LIMITED:
            values = {"n": int(self.limited.sum()), "share": float(self.limited.mean())}
            found.append(Finding("limited", values))
        return tuple(found)

    def adjustment(self, residuals: Residuals = "base_weights") -> Adjustment:
        """Return what a :class:`~analysis.design.Design` needs to know that its weights are calibrated."""
        return Adjustment(self.base, tuple(margin.cells for margin in self.margins), residuals)

    def summary(self) -> str:
        """One line for a terminal: ``raking on tier, region: n = 412, n_eff = 371, deff = 1.11``."""
        names = ", ".join(margin.name for margin in self.margins)
        return (
            f"{self.method} on {names}: n = {len(self.weights)}, n_eff = {self.n_effective:.4g}, "
            f"deff = {self.deff:.3g}, largest / median = {self.spread:.3g}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the cells as a table."""
        import pandas as pd  # late: half a second of start-up

        names = CellResult.__slots__
        return pd.DataFrame([{name: getattr(cell, name) for name in names} for cell in self.cells])


def largest_in_medians(weights: Floats) -> float:
    """Return the largest weight as a multiple of the median."""
    return float(weights.max() / np.median(weights))


class CalibrationFaults(ValueError):
    """Margins that cannot be met. ``calibration`` holds how far it got, if it could begin at all."""

    def __init__(self, findings: Sequence[Finding], calibration: Calibration | None = None) -> None:
        super().__init__("; ".join(sentence(finding) for finding in findings) + ".")
        self.findings = tuple(findings)
        self.calibration = calibration


def rake(
    base: Floats,
    margins: Sequence[Margin],
    limits: Limits = NO_LIMITS,
    *,
    tolerance: float = TOLERANCE,
    most_sweeps: int = MOST_SWEEPS,
) -> Calibration:
    r"""Return weights nearest to ``base`` under which all margins hold.

    Margin after margin, :math:`w_i \leftarrow w_i T_g / \sum_{i \in g} w_i`, until
    :math:`\max |\mathrm{achieved}/T - 1|` is below ``tolerance``. This is calibration with the multiplicative
    distance. A respondent of a cell with much too little weight stands for many; ``limits`` say how many
    at most, and the others of the same cells take up the rest.

    Parameters
    ----------
    base : (n,) design weights, positive; only their ratios matter.
    margins : targets as totals or shares (of 1 or of 100): see :func:`~analysis.margins.common_targets`.

    Raises
    ------
    CalibrationFaults
        For margins that cannot be met, all at once; with the weights that come nearest where sweeps or
        limits are what stands in the way.
    ValueError
        If there is no margin, one is named twice, or the lengths differ.

    References
    ----------
    Deming, W. E. & Stephan, F. F. (1940). Ann. Math. Stat. 11. Deville, J.-C. & Särndal, C.-E. (1992). JASA
    87. Kish, L. (1992). J. Official Stat. 8. R: ``survey::rake``, ``survey::calibrate(calfun = "raking")``.
    """
    return _calibrated("raking", base, margins, limits, tolerance, most_sweeps)


def post_stratify(base: Floats, cells: Margin, limits: Limits = NO_LIMITS) -> Calibration:
    """Return weights with the totals of one classification, usually several columns crossed.

    Every weight of a cell is multiplied by the same number, in one step. Takes limits and raises what
    :func:`rake` does. R: ``survey::postStratify``.

    >>> from analysis.margins import margin
    >>> found = post_stratify(np.ones(3), margin("tier", ["a", "b", "b"], {"a": 1, "b": 1}))
    >>> found.weights.tolist()
    [1.0, 0.5, 0.5]
    """
    return _calibrated("post_stratification", base, [cells], limits, TOLERANCE, MOST_SWEEPS)


def _calibrated(
    method: Method,
    base: Floats,
    margins: Sequence[Margin],
    limits: Limits,
    tolerance: float,
    most: int,
) -> Calibration:
    _check(base, margins)
    if found := faults(base, margins):
        raise CalibrationFaults(found)
    targets = common_targets(base, margins)
    # On one scale with the targets, so that limits of the ratio are about the sample and not the scale.
    scaled = base * (targets[0].sum() / base.sum())
    cells = [part.cells for part in margins]
    raked = rake_cells(scaled, cells, targets, tolerance, most)
    weights, cap, limited = scaled * raked.factors, None, np.zeros(len(base), dtype=bool)
    if limits != NO_LIMITS:
        raked, cap, limited = _within(scaled, margins, targets, limits, raked, tolerance, most)
        weights = scaled * raked.factors
    calibration = Calibration(
        method,
        weights,
        base,
        tuple(margins),
        _cells(margins, targets, scaled, weights, limited),
        raked.sweeps,
        raked.converged,
        limited,
        cap,
        tolerance,
    )
    if not raked.converged:
        raise CalibrationFaults(_missed(calibration), calibration)
    return calibration


def _within(
    scaled: Floats,
    margins: Sequence[Margin],
    targets: Sequence[Floats],
    limits: Limits,
    free: Raked,
    tolerance: float,
    most: int,
) -> tuple[Raked, float | None, Booleans]:
    """Rake again inside the limits where the free weights pass them; the cap follows the median."""
    cells = [part.cells for part in margins]
    raked, weights = free, scaled * free.factors
    cap, limited = _cap(weights, limits), np.zeros(len(scaled), dtype=bool)
    for _ in range(_ROUNDS):
        low, high = _range(scaled, limits, _cap(weights, limits))
        if ((raked.factors >= low * (1 - _ROUNDING)) & (raked.factors <= high * (1 + _ROUNDING))).all():
            break
        cap = _cap(weights, limits)
        found = rake_within(scaled, free.factors, cells, targets, low, high, tolerance, most)
        raked = Raked(found.factors, free.sweeps + found.sweeps, found.converged)
        weights = scaled * raked.factors
        limited = (raked.factors <= low) | (raked.factors >= high)
    return raked, cap, limited


def _cap(weights: Floats, limits: Limits) -> float | None:
    return None if limits.trim is None else float(limits.trim * np.median(weights))


def _range(scaled: Floats, limits: Limits, cap: float | None) -> tuple[Floats, Floats]:
    """Least and largest factor of every respondent, (n,) each."""
    low, high = np.zeros(len(scaled)), np.full(len(scaled), np.inf)
    if limits.ratio is not None:
        low, high = low + limits.ratio[0], np.minimum(high, limits.ratio[1])
    if limits.weight is not None:
        mean = scaled.mean()
        low = np.maximum(low, limits.weight[0] * mean / scaled)
        high = np.minimum(high, limits.weight[1] * mean / scaled)
    if cap is not None:
        high = np.minimum(high, cap / scaled)
    narrow = np.flatnonzero(low > high)
    if narrow.size:
        row = narrow[0]
        values = {"low": float(low[row] * scaled[row]), "high": float(high[row] * scaled[row])}
        raise CalibrationFaults([Finding("limits", values | {"n": len(narrow)})])
    return low, high


def _cells(
    margins: Sequence[Margin], targets: Sequence[Floats], scaled: Floats, weights: Floats, limited: Booleans
) -> tuple[CellResult, ...]:
    found: list[CellResult] = []
    for part, target in zip(margins, targets, strict=True):
        size = len(part.levels)
        before, achieved = (np.bincount(part.cells, w, size) for w in (scaled, weights))
        deviation = np.divide(achieved, target, out=np.ones(size), where=target > 0) - 1
        held = np.bincount(part.cells[limited], minlength=size)
        total = np.full(size, target.sum())
        columns = (target, before, achieved, deviation, part.counts, held, total)
        rows = zip(part.levels, *(column.tolist() for column in columns), strict=True)
        found += [CellResult(part.name, *row) for row in rows]
    return tuple(found)


def _missed(calibration: Calibration) -> list[Finding]:
    code: Literal["not_met", "not_converged"] = "not_met" if calibration.limited.any() else "not_converged"
    return [
        Finding(
            code,
            {
                "margin": cell.margin,
                "level": cell.level,
                "deviation": cell.deviation,
                "sweeps": calibration.sweeps,
            },
        )
        for cell in calibration.unmet
    ]


def _check(base: Floats, margins: Sequence[Margin]) -> None:
    if not margins:
        raise ValueError("Calibration needs at least one margin.")
    if twice := repeated([part.name for part in margins]):
        raise ValueError(f"Each margin is named once; found {twice} more than once.")
    lengths = {part.name: len(part.cells) for part in margins if len(part.cells) != len(base)}
    if lengths or not len(base):
        raise ValueError(f"Each margin has one cell per respondent ({len(base)}); found {lengths}.")
