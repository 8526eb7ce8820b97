"""How far experts agree, and when a Delphi panel has been asked often enough.

What a newcomer gets wrong: agreement is not correctness. Experts who share a background agree readily, and
a Delphi round moves them towards the median whether it is right or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.stats

from analysis.sample import Floats

# Conventions of the Delphi literature, not theorems.
MOST_CV = 0.25
MOST_IQR = 10.0
STABLE_W = 0.05

DelphiState = Literal["agreed", "stable", "open"]


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W of several judges: 0 no agreement on the order of the items, 1 one and the same order.

    ``chi2`` is Friedman's statistic with ``df`` degrees of freedom and ``p`` its probability without any
    agreement; it is an approximation, rough below about 7 judges.
    """

    w: float
    chi2: float
    df: int
    p: float
    judges: int
    items: int

    def summary(self) -> str:
        """One line: ``W = 0.44, χ²(2) = 2.67, p = 0.264, 3 judges, 3 items``."""
        return (
            f"W = {self.w:.2f}, χ²({self.df}) = {self.chi2:.2f}, p = {self.p:.3f}, "
            f"{self.judges} judges, {self.items} items"
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """How the answers of several experts lie, per item, (n,): ``iqr`` is ``q3 - q1``, ``cv`` sd by mean.

    The sd has the divisor m − 1; quartiles interpolate linearly (R's type 7). ``cv`` is 0 for an item that
    everybody gave nothing, and for a single expert.
    """

    mean: Floats
    median: Floats
    low: Floats
    q1: Floats
    q3: Floats
    high: Floats
    cv: Floats

    @property
    def iqr(self) -> Floats:
        """Interquartile range, (n,)."""
        return self.q3 - self.q1


@dataclass(frozen=True, slots=True)
class DelphiVerdict:
    """Whether a panel has been asked often enough, for the children of one parent.

    ``agreed``: every item has a CV and an IQR within the limits. ``stable``: W moved no more than the limit
    since the round before, so that another round would bring little. ``open``: ask again; ``unsettled`` are
    the positions of items beyond a limit. ``moved`` is the largest change of an item's median since the
    round before, ``None`` in the first.
    """

    state: DelphiState
    round: int
    unsettled: tuple[int, ...]
    concordance: Concordance | None
    before: Concordance | None
    moved: float | None


def kendall_w(scores: Floats) -> Concordance | None:
    r"""Return Kendall's W, corrected for ties, of ``scores`` (judges, items); higher means more important.

    .. math:: W = \frac{12 \sum_j (R_j - \bar R)^2}{m^2 (n^3 - n) - m \sum_i T_i}

    with :math:`R_j` the sums of ranks and :math:`T_i = \sum (t^3 - t)` over the ties of judge i. ``None``
    where it says nothing: fewer than two judges or items, or no judge who tells any two items apart.
    Equals R's ``irr::kendall(correct = TRUE)``.

    >>> kendall_w(np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3]])).summary()
    'W = 0.44, χ²(2) = 2.67, p = 0.264, 3 judges, 3 items'

    References
    ----------
    Kendall & Babington Smith (1939) Annals of Mathematical Statistics 10; Siegel & Castellan (1988) §9.6.
    """
    m, n = scores.shape
    if m < 2 or n < 2:
        return None
    ranks = scipy.stats.rankdata(scores, axis=1)
    sums = ranks.sum(axis=0)
    counts = [np.unique(row, return_counts=True)[1].astype(np.float64) for row in ranks]
    ties = sum(float((count**3 - count).sum()) for count in counts)
    most = m**2 * (n**3 - n) - m * ties
    if most <= 0:
        return None
    w = float(12 * ((sums - sums.mean()) ** 2).sum() / most)
    chi2 = m * (n - 1) * w
    return Concordance(w, chi2, n - 1, float(scipy.stats.chi2.sf(chi2, n - 1)), m, n)


def spread(answers: Floats) -> Spread:
    """Return how the answers (experts, n) of at least one expert lie, item by item."""
    low, q1, median, q3, high = np.quantile(answers, [0, 0.25, 0.5, 0.75, 1], axis=0)
    mean = answers.mean(axis=0)
    sd = answers.std(axis=0, ddof=1) if len(answers) > 1 else np.zeros(answers.shape[1])
    cv = np.divide(sd, mean, out=np.zeros_like(mean), where=mean > 0)
    return Spread(mean, median, low, q1, q3, high, cv)


def delphi_verdict(
    rounds: Sequence[Floats],
    *,
    most_cv: float = MOST_CV,
    most_iqr: float = MOST_IQR,
    stable: float = STABLE_W,
) -> DelphiVerdict:
    """Return whether the last of ``rounds`` may be the last.

    Parameters
    ----------
    rounds : per round the answers (experts, n), points of 100; the experts of a round may differ.
    most_cv, most_iqr : largest coefficient of variation and interquartile range (points) that count as
        agreement; both have to hold for every item. Conventions.
    stable : largest change of W between rounds that counts as none.

    References
    ----------
    Dalkey & Helmer (1963) Management Science 9; English & Kernan (1976) Transportation Research 10 (CV);
    Schmidt (1997) Decision Sciences 28 (W).
    """
    if not rounds:
        raise ValueError("A Delphi panel has at least one round.")
    now = spread(rounds[-1])
    unsettled = tuple(int(j) for j in np.flatnonzero((now.cv > most_cv) | (now.iqr > most_iqr)))
    concordance = kendall_w(rounds[-1])
    before = kendall_w(rounds[-2]) if len(rounds) > 1 else None
    moved = float(np.abs(now.median - spread(rounds[-2]).median).max()) if len(rounds) > 1 else None
    state: DelphiState = "open"
    if not unsettled:
        state = "agreed"
    elif concordance and before and abs(concordance.w - before.w) <= stable:
        state = "stable"
    return DelphiVerdict(state, len(rounds), unsettled, concordance, before, moved)
