"""What bad and good answers do apart from each other: penalties, rewards, and which class the test allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.chain_notes import told
from analysis.coefficients import Coefficient
from analysis.distribution import band_codes
from analysis.driver_warnings import REASONS
from analysis.linear_fit import Errors
from analysis.results import Estimate

if TYPE_CHECKING:
    import pandas as pd

AsymmetryKind = Literal[
    "basic", "performance", "excitement", "undetermined", "not_classified", "unclassifiable"
]


@dataclass(frozen=True, slots=True)
class Coding:
    """What counts as bad and as good: scores up to ``low`` and from ``high`` on, in points of 100.

    Raises
    ------
    ValueError
        Unless 0 ≤ low < high ≤ 100.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 100:
            raise ValueError(
                f"Low ends below where high begins, both from 0 to 100; found {self.low!r} and {self.high!r}."
            )


def coding_of(points: int) -> Coding:
    """Code a scale of so many answers: the two worst of five equal bands are low, the best is high.

    Of five answers 1 and 2 are low and 5 is high, of ten 1 to 4 and 9 and 10, of 0–10 0 to 3 and 9 and 10.
    A convention. Two answers have no middle and cannot be coded.

    >>> coding_of(5)
    Coding(low=25.0, high=100.0)

    References
    ----------
    Mikulić, J. & Prebežac, D. (2008). Managing Service Quality 18.
    """
    if points < 3:
        raise ValueError(f"Bad, middling and good need a scale of at least 3 answers, found {points!r}.")
    bands = band_codes(range(points))
    step = 100.0 / (points - 1)
    return Coding(step * max(bands[0] + bands[1]), step * min(bands[-1]))


@dataclass(frozen=True, slots=True)
class DriverAsymmetry:
    r"""One driver, against the middle of its scale.

    Attributes
    ----------
    low, middle, high, not_applicable : people in the model with such an answer, or none to give.
    penalty, reward : points of the outcome when the answer is low and high, p and r. ``None`` in cells too
        small to be shown, or that the other columns determine.
    asymmetry : p + r with its test; 0 where bad answers take what good ones give. ``q`` after
        Benjamini–Hochberg over the drivers that have it: no cell is thin.
    range : r − p (p − r where less of the outcome is better), what the driver can move. ``impact`` :
        IA = (r + p)/(r − p), −1 to 1, with Fieller's interval. ``None`` where a sign is wrong.
    kind : ``basic`` or ``excitement`` where q says so; ``performance`` where the whole interval of IA lies
        within the margin of 0; else ``undetermined``. ``not_classified`` on thin cells, ``unclassifiable``
        where p > 0 or r < 0, or the other way round where less of the outcome is better.
    """

    driver: str
    coding: Coding
    low: int
    middle: int
    high: int
    not_applicable: int
    penalty: Coefficient | None
    reward: Coefficient | None
    asymmetry: Coefficient | None
    q: float | None
    range: Estimate | None
    impact: Estimate | None
    kind: AsymmetryKind


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Penalties and rewards of all drivers of one outcome, from one regression.

    ``r_squared_straight`` is that of the drivers as they are, on the same people. ``margin`` is how far from
    0 IA may lie for ``performance``. ``dropped`` names drivers left out and why.
    """

    outcome: str
    wave: str
    errors: Errors
    margin: float
    drivers: tuple[DriverAsymmetry, ...]
    r_squared: float
    r_squared_straight: float
    n: int
    lost: int
    clusters: int
    dropped: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, Mapping[str, float]], ...]
    cautions: tuple[str, ...]

    def summary(self) -> str:
        """Lines for a terminal: one a driver, then who was left out and what to mind."""
        width = max((len(part.driver) for part in self.drivers), default=0)
        lines = [f"{self.outcome}: R² = {self.r_squared:.3f}, n = {self.n}, {self.clusters} clusters"]
        lines += [f"{part.driver:<{width}}  {_line(part)}" for part in self.drivers]
        lines += [f"left out: {name}, {REASONS[reason]} ({reason})" for name, reason in self.dropped]
        return "\n".join(lines + told(self.warnings, self.cautions))

    def to_frame(self) -> pd.DataFrame:
        """One row a driver: cells, penalty, reward, their sum and its test, range, IA, kind."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {
                "low_n": part.low,
                "middle_n": part.middle,
                "high_n": part.high,
                "penalty": None if part.penalty is None else part.penalty.estimate.value,
                "reward": None if part.reward is None else part.reward.estimate.value,
                "asymmetry": None if part.asymmetry is None else part.asymmetry.estimate.value,
                "p": None if part.asymmetry is None else part.asymmetry.p,
                "q": part.q,
                "range": None if part.range is None else part.range.value,
                "impact": None if part.impact is None else part.impact.value,
                "impact_low": None if part.impact is None else part.impact.low,
                "impact_high": None if part.impact is None else part.impact.high,
                "kind": part.kind,
            }
            for part in self.drivers
        ]
        return pd.DataFrame(rows, index=pd.Index([part.driver for part in self.drivers], name="driver"))


def _line(part: DriverAsymmetry) -> str:
    cells = f"{part.low}/{part.middle}/{part.high}"
    if part.penalty is None or part.reward is None:
        return f"{part.kind}, cells {cells}"
    found = f"{part.penalty.estimate.value:+.2f} / {part.reward.estimate.value:+.2f}, {part.kind}"
    if part.impact is not None and part.impact.low is not None and part.impact.high is not None:
        found += f", IA {part.impact.value:+.2f} [{part.impact.low:+.2f}, {part.impact.high:+.2f}]"
    return f"{found}, cells {cells}"
