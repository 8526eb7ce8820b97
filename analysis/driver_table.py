"""Driver shares as a table: one line a driver, with all that keeps a share from being over-read.

What a newcomer gets wrong: a share is positive by construction, so "its interval excludes zero" says
nothing. Ask instead whether a driver beats a column of pure noise (``probe``), what is lost without it
(``unique``), and whether its coefficient is clear.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.dominance import dominance
from analysis.driver_facts import driver_facts
from analysis.driver_model import DriverModel
from analysis.driver_parts import Dominance, DriverFacts
from analysis.driver_warnings import NOTES, REASONS, driver_warnings
from analysis.ranks import clear_differences, ranks, tie_groups
from analysis.replicate_estimates import ReplicateBase, replicate_base
from analysis.results import Estimate, ImportanceParts

if TYPE_CHECKING:
    import pandas as pd

Direction = Literal["positive", "negative", "conflicting"]


@dataclass(frozen=True, slots=True)
class DriverShare:
    """One driver, or several that enter together.

    ``share`` is its LMG part of the explained variance, 0 to 1, and ``lmg`` the same part of all
    variance; ``first`` is R² with this driver alone, ``unique`` what R² loses without it. ``rank_low``
    and ``rank_high`` bound its rank by simultaneous intervals of differences; ``first_probability`` and
    ``top3_probability`` are shares of replicates. ``probe`` says whether it explains clearly more than a
    random column. ``correlation`` is among those who answered, ``coefficient`` standardised,
    ``inflation`` the VIF; these four are ``None`` for several columns together. ``parts`` are the other
    measures beside LMG, each with its interval. Drivers without a common letter in ``tie`` differ clearly;
    ``places`` are the shares of replicates in which the driver ranks 1st, 2nd, and so on.
    """

    driver: str
    share: Estimate
    lmg: float
    first: float
    unique: float
    rank: int
    rank_low: int
    rank_high: int
    first_probability: float
    top3_probability: float
    probe: bool
    correlation: float | None
    coefficient: Estimate | None
    inflation: float | None
    direction: Direction | None
    parts: ImportanceParts
    tie: str
    places: tuple[float, ...]

    def top_probability(self, k: int) -> float:
        """Share of the replicates in which the driver is among the ``k`` most important."""
        return float(sum(self.places[:k]))


@dataclass(frozen=True, slots=True)
class DriverShares:
    """Drivers of one outcome, most important first; shares sum to 1.

    ``rows_lost`` counts rows without the outcome or with a missing answer, ``failed`` replicates in
    which the model broke down; ``dropped`` names drivers left out and why; ``warnings`` are keys with
    values, see ``analysis.driver_warnings``. ``r_squared`` is with covariates that are always in; what the
    drivers share is ``shared_r_squared``. ``dominance`` compares drivers pair by pair, and is ``None`` for a
    single driver and for more than 20.
    """

    outcome: str
    drivers: tuple[DriverShare, ...]
    r_squared: Estimate
    n: int
    rows_lost: int
    clusters: int
    replicates: int
    seed: int
    failed: int
    dropped: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, Mapping[str, float]], ...]
    shared_r_squared: Estimate
    facts: DriverFacts
    dominance: Dominance | None

    def summary(self) -> str:
        """A few lines for a terminal: R², base, share, interval and rank of every driver, what to mind."""
        fit = self.r_squared
        lines = [
            f"{self.outcome}: R² = {fit.value:.3f} [{fit.low:.3f}, {fit.high:.3f}], "
            f"n = {self.n}, {self.clusters} clusters, "
            f"B = {self.replicates}, seed {self.seed}"
        ]
        width = max(len(driver.driver) for driver in self.drivers)
        for d in self.drivers:
            places = f"{d.rank_low}–{d.rank_high}" if d.rank_low < d.rank_high else f"{d.rank}"
            lines.append(
                f"{d.driver:<{width}}  {d.share.value:6.1%} [{d.share.low:.1%}, {d.share.high:.1%}]"
                f"  rank {places}  {d.tie}{'' if d.probe else '  (not above noise)'}"
            )
        lines += [f"left out: {name}, {REASONS[reason]} ({reason})" for name, reason in self.dropped]
        lines += [f"note: {NOTES[key].format(**values)} ({key})" for key, values in self.warnings]
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """One row a driver, indexed by its name."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {
                "share": d.share.value,
                "low": d.share.low,
                "high": d.share.high,
                "se": d.share.se,
                "lmg": d.lmg,
                "first": d.first,
                "unique": d.unique,
                "rank": d.rank,
                "rank_low": d.rank_low,
                "rank_high": d.rank_high,
                "first_probability": d.first_probability,
                "top3_probability": d.top3_probability,
                "probe": d.probe,
                "correlation": d.correlation,
                "coefficient": None if d.coefficient is None else d.coefficient.value,
                "coefficient_se": None if d.coefficient is None else d.coefficient.se,
                "inflation": d.inflation,
                "direction": d.direction,
                "johnson": d.parts.johnson.value,
                "car": d.parts.car.value,
                "pratt": d.parts.pratt.value,
                "tie": d.tie,
            }
            for d in self.drivers
        ]
        return pd.DataFrame(rows, index=pd.Index([d.driver for d in self.drivers], name="driver"))

    def measures(self) -> pd.DataFrame:
        """All measures with errors and intervals, one row a driver and measure: parts of all variance."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {"driver": d.driver, "measure": field.name}
            | {what: getattr(getattr(d.parts, field.name), what) for what in ("value", "se", "low", "high")}
            for d in self.drivers
            for field in dataclasses.fields(d.parts)
        ]
        return pd.DataFrame(rows).set_index(["driver", "measure"])


def describe(model: DriverModel, outcome: str, level: float = 0.95) -> DriverShares:
    """Turn a fitted model into results, most important driver first."""
    data, design = model.data, model.plan.design
    clusters = len(np.unique(design.unit[data.rows]))
    base = replicate_base(design, data.rows, level)
    slopes = len(model.beta)
    clear = clear_differences(model.shares[:, 0], model.shares[:, 1:], level)
    ties = tie_groups(model.shares[:, 0], clear)
    low, high = 1 + clear.sum(axis=0), len(clear) - clear.sum(axis=1)
    rank, places = ranks(model.shares[:, :1])[:, 0], ranks(model.shares[:, 1:])
    above_noise = model.above_noise(level)
    found: list[DriverShare] = []
    for j in np.argsort(rank, kind="stable"):
        columns = data.players[j]
        single = len(columns) == 1 or data.marked[j]
        beta = base.symmetric(model.beta[columns[0] - data.always], slopes) if single else None
        correlation = _correlation(model, j) if single else None
        found.append(
            DriverShare(
                driver=data.names[j],
                share=base.percentile(model.shares[j]),
                lmg=float(model.lmg[j, 0]),
                first=float(model.others.first[j, 0]),
                unique=float(model.others.last[j, 0]),
                rank=int(rank[j]),
                rank_low=int(low[j]),
                rank_high=int(high[j]),
                first_probability=float((places[j] == 1).mean()),
                top3_probability=float((places[j] <= 3).mean()),
                probe=bool(above_noise[j]),
                correlation=correlation,
                coefficient=beta,
                inflation=float(model.inflation[columns[0] - data.always]) if single else None,
                direction=_direction(correlation, beta),
                parts=_parts(model, j, base),
                tie=ties[j],
                places=tuple(np.bincount(places[j], minlength=len(rank) + 1)[1:] / places.shape[1]),
            )
        )
    r_squared = base.percentile(model.r_squared)
    warnings = driver_warnings(model, found)
    return DriverShares(
        outcome,
        tuple(found),
        r_squared,
        data.n,
        data.lost,
        clusters,
        model.plan.replicates,
        model.plan.seed,
        model.failed,
        data.dropped,
        warnings,
        base.percentile(model.r_squared - model.taken),
        driver_facts(model, data),
        dominance(model),
    )


def _parts(model: DriverModel, player: int, base: ReplicateBase) -> ImportanceParts:
    others = {
        field.name: base.percentile(getattr(model.others, field.name)[player])
        for field in dataclasses.fields(model.others)
    }
    return ImportanceParts(lmg=base.percentile(model.lmg[player]), **others)


def _correlation(model: DriverModel, player: int) -> float:
    """Weighted correlation with the outcome among those who answered."""
    data = model.data
    answer = data.x[:, data.players[player][0]]
    inside = np.isfinite(answer)
    if data.marked[player]:
        inside &= data.x[:, data.players[player][1]] > 0
    w = model.plan.design.weights[data.rows][inside]
    pair = np.column_stack([answer, data.x[:, -1]])[inside]
    pair = pair - (w @ pair) / w.sum()
    c = (w[:, None] * pair).T @ pair
    spread = float(np.sqrt(c[0, 0] * c[1, 1]))
    return float(c[0, 1]) / spread if spread > 0 else 0.0


def _direction(correlation: float | None, beta: Estimate | None) -> Direction | None:
    """Conflicting where correlation and a coefficient of more than one standard error differ in sign."""
    if correlation is None or beta is None:
        return None
    clear = beta.se is not None and abs(beta.value) > beta.se
    if clear and correlation * beta.value < 0:
        return "conflicting"
    return "positive" if correlation >= 0 else "negative"
