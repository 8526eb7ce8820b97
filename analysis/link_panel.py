"""Does the ranking of drivers hinge on the model? The same drivers under several, side by side.

The headline treats the outcome as a number, because only that model is quick enough for replicates. Where
the outcome is yes or no, or a few levels, this panel shows what a model made for such an outcome says.

What a newcomer gets wrong: models never agree to the last place. A rank counts as depending on the model only
where it leaves the interval that sampling error gives it anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.average_effects import MarginalEffects
from analysis.parallel_slopes import ParallelSlopes
from analysis.pseudo_r2 import LinkDominance
from analysis.ranks import ranks
from analysis.sample import Floats, Integers

if TYPE_CHECKING:
    import pandas as pd

# An outcome with this many values or fewer is no scale: the panel is due without being asked for.
FEW_LEVELS = 7
Link = Literal["logit", "ordered"]
Severity = Literal["warn", "block"]
HEADLINE = "linear_lmg"

NOTES = {
    "few_events": "{model}: {events} on the rarer side, {needed} would be needed for {columns} columns",
    "few_effective": "{model}: levels count as {events:.0f} answers, {needed} would be needed for "
    "{columns} columns",
    "separated": "{model}: {names} tell levels apart without error; slopes have no finite value",
    "too_many_levels": "{model}: {levels} levels are a scale; the linear model is the one to read",
    "not_settled": "{model}: no maximum of the likelihood was found",
    "slopes_differ": "one slope for all levels does not hold (p = {p:.2g}); clearest for {names}",
    "first_differs": "{names} come first under one model or another",
    "rank_differs": "the rank of {names} depends on the model, beyond sampling error",
    "places_change": "{names} change places between models, within what sampling error allows",
    "drawn_orders": "{model}: orders of entry were drawn; this leaves an error of {error:.2g} in the parts",
}


@dataclass(frozen=True, slots=True)
class PanelNote:
    """Something to keep in mind, or a reason why a model is not shown: a key of ``NOTES`` with values."""

    key: str
    severity: Severity
    values: Mapping[str, Any]

    def summary(self) -> str:
        """One line."""
        told = {k: ", ".join(v) if isinstance(v, tuple) else v for k, v in self.values.items()}
        return f"{self.severity}: {NOTES[self.key].format(**told)} ({self.key})"


@dataclass(frozen=True, slots=True)
class PanelModel:
    """One way to share out what is explained.

    ``key`` names it: ``linear_lmg``, ``linear_relative`` (Johnson), ``logit_relative``, or a link and a
    measure, such as ``ordered_mcfadden``. ``value`` is its R² or pseudo-R², ``shares`` and ``ranks`` (P,)
    stand in the order of the panel's drivers; ``rank_correlation`` is Spearman's with the headline, ``None``
    for one driver.
    """

    key: str
    value: float
    shares: tuple[float, ...]
    ranks: tuple[int, ...]
    rank_correlation: float | None


@dataclass(frozen=True, slots=True)
class PanelDriver:
    """One driver under all models.

    ``rank_low`` and ``rank_high`` bound its rank under the headline by sampling error; ``lowest`` and
    ``highest`` are its ranks over the models. ``differs`` says that these two are not the same,
    ``beyond_noise`` that a model's rank lies outside the bounds.
    """

    driver: str
    shares: Mapping[str, float]
    ranks: Mapping[str, int]
    rank_low: int
    rank_high: int
    lowest: int
    highest: int

    @property
    def differs(self) -> bool:
        """Whether models give it different ranks."""
        return self.lowest != self.highest

    @property
    def beyond_noise(self) -> bool:
        """Whether a model ranks it where sampling error alone would not."""
        return self.lowest < self.rank_low or self.highest > self.rank_high


@dataclass(frozen=True, slots=True, eq=False)
class OutcomePanel:
    """Drivers of one outcome under a linear, a logit and an ordered model.

    Attributes
    ----------
    levels : the values of the outcome, low to high; ``due`` says that they are 7 or fewer.
    cut : the logit tells values above it from the others. Of several levels it is the cut that leaves the
        smaller side as large as can be.
    models : the headline (linear LMG) first; ``drivers`` in the order of its ranks.
    dominance : by link, with conditional and complete dominance.
    effects : average marginal effects by link: of ``ordered`` on the mean of the outcome, of ``logit`` on the
        share above the cut, in percentage points, both per point of the driver.
    parallel : slopes by cut, and whether one slope will do.
    notes : what to keep in mind, and which models are blocked and why.
    dropped : drivers left out and why, as in ``DriverShares``.
    """

    outcome: str
    wave: str
    levels: tuple[float, ...]
    cut: float
    n: int
    rows_lost: int
    clusters: int
    models: tuple[PanelModel, ...]
    drivers: tuple[PanelDriver, ...]
    dominance: Mapping[Link, LinkDominance]
    effects: Mapping[Link, MarginalEffects]
    parallel: ParallelSlopes | None
    notes: tuple[PanelNote, ...]
    dropped: tuple[tuple[str, str], ...]

    @property
    def due(self) -> bool:
        """Whether the outcome has so few values that this panel belongs beside the headline."""
        return len(self.levels) <= FEW_LEVELS

    @property
    def stable(self) -> bool:
        """Whether no rank leaves its interval under another model."""
        return not any(driver.beyond_noise for driver in self.drivers)

    def summary(self) -> str:
        """A table of shares and ranks for a terminal, and what to keep in mind."""
        keys = [model.key for model in self.models]
        width = max(len(driver.driver) for driver in self.drivers)
        lines = [f"{self.outcome}: {len(self.levels)} levels, n = {self.n}, {self.clusters} clusters"]
        lines.append(" " * width + "".join(f"  {key:>18}" for key in keys))
        for d in self.drivers:
            cells = "".join(f"  {d.shares[key]:>13.1%} ({d.ranks[key]:>2})" for key in keys)
            lines.append(f"{d.driver:<{width}}{cells}{'  depends on the model' if d.beyond_noise else ''}")
        return "\n".join(lines + [note.summary() for note in self.notes])

    def to_frame(self) -> pd.DataFrame:
        """Shares, a row a driver and a column a model."""
        import pandas as pd  # late: half a second of start-up

        rows = [dict(driver.shares) for driver in self.drivers]
        return pd.DataFrame(rows, index=pd.Index([d.driver for d in self.drivers], name="driver"))


def side_by_side_models(
    names: Sequence[str],
    values: Mapping[str, tuple[float, Floats]],
    rank_low: Integers,
    rank_high: Integers,
) -> tuple[tuple[PanelModel, ...], tuple[PanelDriver, ...]]:
    """Compare models, ``values`` key -> R² and parts (P,), the headline first; drivers by its ranks."""
    placed = {key: ranks(parts[:, None])[:, 0] for key, (_, parts) in values.items()}
    shares = {key: parts / parts.sum() for key, (_, parts) in values.items()}
    order = np.argsort(placed[HEADLINE], kind="stable")
    models = tuple(
        PanelModel(
            key,
            value,
            tuple(shares[key][order].tolist()),
            tuple(placed[key][order].tolist()),
            _spearman(placed[HEADLINE], placed[key]),
        )
        for key, (value, _) in values.items()
    )
    drivers = tuple(
        PanelDriver(
            names[j],
            {key: float(shares[key][j]) for key in values},
            {key: int(placed[key][j]) for key in values},
            int(rank_low[j]),
            int(rank_high[j]),
            min(int(placed[key][j]) for key in values),
            max(int(placed[key][j]) for key in values),
        )
        for j in order
    )
    return models, drivers


def _spearman(one: Integers, other: Integers) -> float | None:
    """Rank correlation of ranks without ties."""
    n = len(one)
    return 1.0 - 6.0 * float(((one - other) ** 2).sum()) / (n * (n**2 - 1)) if n > 1 else None


def ranking_notes(drivers: Sequence[PanelDriver]) -> Iterator[PanelNote]:
    """Say where the ranking depends on the model."""
    first = tuple(d.driver for d in drivers if d.lowest == 1)
    if len(first) > 1:
        yield PanelNote("first_differs", "warn", {"names": first})
    if moved := tuple(d.driver for d in drivers if d.beyond_noise):
        yield PanelNote("rank_differs", "warn", {"names": moved})
    if swapped := tuple(d.driver for d in drivers if d.differs and not d.beyond_noise):
        yield PanelNote("places_change", "warn", {"names": swapped})
