"""Parts of driver results that hold plain figures: what a model stands on, and who dominates whom.

What a newcomer gets wrong: nothing here says good or bad. Thresholds stand in ``analysis.driver_warnings``
and ``analysis.checks``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Blanks = Literal["listwise", "em", "pairwise"]
Level = Literal["complete", "conditional", "general"]
LEVELS: tuple[Level, ...] = ("complete", "conditional", "general")


@dataclass(frozen=True, slots=True)
class DriverFacts:
    """Figures of a driver model.

    Attributes
    ----------
    n, due : rows used, and rows that had the outcome or should have had it.
    blanks, blank : how missing answers were settled, and their share of the answers in the rows used.
    drivers, columns : players, and columns of the regression with marks and covariates.
    clusters, df : clusters of these rows, and clusters less strata.
    deff_weights : Kish's design effect of the weights of these rows.
    failed : share of the replicates in which the model broke down.
    adjusted : adjusted R².
    inflation, condition : of drivers of a single item, the largest variance inflation, and the condition
        number of their correlations: the root of the ratio of the largest and the smallest eigenvalue.
    correlation : mean correlation between answers; ``first_eigenvalue`` the share of their first component.
    levels, skew : values and weighted skewness of the outcome; ``events`` the people at the rarer of its two
        values, ``None`` where it has more.
    """

    n: int
    due: int
    blanks: Blanks
    blank: float
    drivers: int
    columns: int
    clusters: int
    df: int
    deff_weights: float
    failed: float
    adjusted: float
    inflation: float
    condition: float
    correlation: float
    first_eigenvalue: float
    levels: int
    skew: float
    events: int | None

    @property
    def lost(self) -> float:
        """Share of the rows that are left out as incomplete."""
        return 1.0 - self.n / max(self.due, 1)


@dataclass(frozen=True, slots=True)
class DominancePair:
    """``first`` has the larger LMG of the two and dominates ``second`` at ``level`` in the full sample.

    ``adds_more`` is the share of the subsets without both to which ``first`` adds more (equal counts half).
    ``reproduced`` says, for each level, in which share of the replicates ``first`` dominates at that level;
    ``None`` where there are too many subsets to look at replicates.
    """

    first: str
    second: str
    level: Level
    adds_more: float
    reproduced: Mapping[Level, float] | None


@dataclass(frozen=True, slots=True)
class Dominance:
    """Dominance among the drivers of one outcome, most important first.

    ``conditional`` has a row a driver: its mean gain in R² when 0, 1, 2 … others are in; the mean of a row is
    the driver's LMG. ``replicates`` is how many the pairs were looked at in, 0 for the full sample alone.
    """

    drivers: tuple[str, ...]
    conditional: tuple[tuple[float, ...], ...]
    pairs: tuple[DominancePair, ...]
    replicates: int

    def to_frame(self) -> pd.DataFrame:
        """One row a pair."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {"first": pair.first, "second": pair.second, "level": pair.level, "adds_more": pair.adds_more}
            | {f"reproduced_{level}": (pair.reproduced or {}).get(level) for level in LEVELS}
            for pair in self.pairs
        ]
        return pd.DataFrame(rows)
