"""What a comparison of driver shares found: every driver, every pair of waves or groups.

What a newcomer gets wrong: a mark is set by ``q``, which knows how many differences stand in the table, not
by the interval of one difference; and never for a driver that explains no more than noise in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.results import Estimate, JointTest, TooFew

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class ShareChange:
    """How the share of a driver in ``second`` differs from that in ``first``, −1 to 1.

    ``difference`` has a t interval; ``p`` is two-sided, ``q`` after Benjamini–Hochberg over all drivers and
    pairs of the table; both are ``None`` where there is no degree of freedom. ``clear`` says whether q lies
    below the false discovery rate and the driver explains more than a random column in one of the two: where
    nothing is explained, shares leap about.
    """

    driver: str
    first: str
    second: str
    before: float
    after: float
    difference: Estimate
    p: float | None
    q: float | None
    clear: bool


@dataclass(frozen=True, slots=True)
class PairChange:
    """Two waves or groups as a whole: whether their shares differ at all, and the difference of R².

    Read ``test`` first: where it finds nothing, no single driver should be pointed at. ``None`` where nothing
    can be tested.
    """

    first: str
    second: str
    r_squared: Estimate
    test: JointTest | None


@dataclass(frozen=True, slots=True)
class ShareChanges:
    """Differences of driver shares between waves or groups, largest drivers of the first model first.

    ``left_out`` names drivers that could not be in every model and so are in none, ``missing`` the waves or
    groups without a model, and why.
    """

    outcome: str
    drivers: tuple[str, ...]
    changes: tuple[ShareChange, ...]
    pairs: tuple[PairChange, ...]
    left_out: tuple[str, ...]
    missing: tuple[tuple[str, TooFew], ...]
    replicates: int
    seed: int
    fdr: float

    def pair_p(self, pair: PairChange) -> float | None:
        """P of the test of a pair after Bonferroni over all pairs with a test; ``None`` without one."""
        tested = sum(one.test is not None for one in self.pairs)
        return None if pair.test is None else min(1.0, pair.test.p * tested)

    def of_pair(self, pair: PairChange) -> tuple[ShareChange, ...]:
        """Return the differences of one pair, in the order of ``drivers``."""
        return tuple(one for one in self.changes if (one.first, one.second) == (pair.first, pair.second))

    def summary(self) -> str:
        """A few lines for a terminal: each pair, its test, and the drivers that changed clearly."""
        lines = []
        for pair in self.pairs:
            p = "not tested" if pair.test is None else f"p = {pair.test.p:.3f}"
            lines.append(f"{self.outcome}, {pair.first} → {pair.second}: shares differ at all, {p}")
            for c in self.of_pair(pair):
                mark = " *" if c.clear else ""
                limits = (
                    ""
                    if c.difference.low is None
                    else f" [{c.difference.low:+.1%}, {c.difference.high:+.1%}]"
                )
                lines.append(
                    f"  {c.driver}  {c.before:.1%} → {c.after:.1%}  {c.difference.value:+.1%}{limits}{mark}"
                )
        lines += [f"left out: {name}, not usable everywhere" for name in self.left_out]
        lines += [f"no model: {name}, n = {few.n} ({few.reason})" for name, few in self.missing]
        return "\n".join(lines)

    def to_frame(self) -> pd.DataFrame:
        """One row a driver and pair."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {
                "driver": c.driver,
                "first": c.first,
                "second": c.second,
                "before": c.before,
                "after": c.after,
                "difference": c.difference.value,
                "se": c.difference.se,
                "low": c.difference.low,
                "high": c.difference.high,
                "p": c.p,
                "q": c.q,
                "clear": c.clear,
            }
            for c in self.changes
        ]
        return pd.DataFrame(rows)
