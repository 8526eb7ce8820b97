r"""How much a model of ordered levels explains, and what each driver adds to that.

A likelihood has no variance to share out. Each pseudo-R² puts it on a scale from 0 to 1 in its own way, and
its value for every subset of drivers is shared out like R²: by the Shapley sum, general dominance.

What a newcomer gets wrong: a McFadden of 0.2 is no R² of 0.2. Sizes compare within one measure; across
measures only shares and ranks do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from analysis.cumulative_logit import LevelData, maximise_subsets
from analysis.lmg import complete_dominance, conditional_dominance, shapley
from analysis.lmg_sampled import random_orders
from analysis.sample import Floats, Integers

if TYPE_CHECKING:
    import pandas as pd

Measure = Literal["mcfadden", "cox_snell", "nagelkerke", "estrella", "tjur"]
MEASURES: tuple[Measure, ...] = ("mcfadden", "cox_snell", "nagelkerke", "estrella", "tjur")
# Every subset is fitted for up to this many players; beyond, pairs of orders of entry are drawn.
MOST_EXACT, PAIRS = 12, 150


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """One pseudo-R² shared out among P players.

    ``value`` of the model with all; ``general`` (P,) dominance, which sums to it; ``conditional`` (P, P) mean
    increments by the number of players already in; ``complete`` (P, P) how often the row's player adds more
    than the column's. These two are ``None`` where orders were drawn. Increments of Tjur's measure may be
    negative.
    """

    value: float
    general: Floats
    conditional: Floats | None
    complete: Floats | None

    @property
    def shares(self) -> Floats:
        """Parts of the whole, (P,): sum 1."""
        return np.asarray(self.general / self.general.sum())


@dataclass(frozen=True, slots=True, eq=False)
class LinkDominance:
    """Dominance of players in a model of ordered levels, by measure.

    ``log_likelihood`` and ``null_log_likelihood`` are means per respondent (times n they are R's, weights
    scaled to sum n); ``drawing_error`` is the largest error of McFadden's parts from drawing orders, 0 where
    all subsets were fitted; ``settled`` says whether every fit reached its maximum.
    """

    names: tuple[str, ...]
    levels: int
    n: int
    log_likelihood: float
    null_log_likelihood: float
    measures: Mapping[Measure, Decomposition]
    drawing_error: float
    settled: bool

    def summary(self) -> str:
        """One line a measure: its value and the share of every player."""
        return "\n".join(
            f"{measure} {found.value:.4f}: "
            + ", ".join(f"{name} {share:.1%}" for name, share in zip(self.names, found.shares, strict=True))
            for measure, found in self.measures.items()
        )

    def to_frame(self) -> pd.DataFrame:
        """General dominance, a row a player and a column a measure."""
        import pandas as pd  # late: half a second of start-up

        columns = {measure: found.general for measure, found in self.measures.items()}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="driver"))


def pseudo_r2(log_likelihood: Floats, null: float) -> dict[Measure, Floats]:
    r"""Four measures from mean log likelihoods per respondent, (S,) each: of models, and of the null model.

    .. math::
        \text{McFadden } 1 - l/l_0, \quad \text{Cox–Snell } C = 1 - e^{2(l_0 - l)}, \quad
        \text{Nagelkerke } C / (1 - e^{2 l_0}), \quad \text{Estrella } 1 - (l/l_0)^{-2 l_0}

    Half of all people say yes (l₀ = −log 2) and a model is as sure as 3 to 1 and always right:

    >>> found = pseudo_r2(np.log([0.75]), np.log(0.5))
    >>> {name: round(float(value[0]), 4) for name, value in found.items()}
    {'mcfadden': 0.585, 'cox_snell': 0.5556, 'nagelkerke': 0.7407, 'estrella': 0.7045}

    References
    ----------
    McFadden, D. (1974). Nagelkerke, N. (1991). Biometrika 78. Estrella, A. (1998). J. Bus. Econ. Stat. 16.
    """
    # A likelihood of 1 would be a model without any doubt.
    fitted = np.minimum(log_likelihood, 0.0)
    cox_snell = -np.expm1(2.0 * (null - fitted))
    return {
        "mcfadden": 1.0 - fitted / null,
        "cox_snell": cox_snell,
        "nagelkerke": cox_snell / -np.expm1(2.0 * null),
        "estrella": 1.0 - (fitted / null) ** (-2.0 * null),
    }


def tjur(data: LevelData, values: Floats) -> Floats:
    """Mean probability of yes among those who said yes less that among the others, (S,).

    ``data`` has two levels; ``values`` (S, m) as in :class:`~analysis.cumulative_logit.LevelFits`.

    References
    ----------
    Tjur, T. (2009). Am. Statistician 63.
    """
    found = np.empty(len(values))
    share, split = data.shares, int(data.bounds[1])
    block = max(1, (1 << 20) // len(data.x))
    for start in range(0, len(values), block):
        part = values[start : start + block]
        likely = data.weights[:, None] * special.expit(data.x @ part[:, 1:].T - part[:, 0])
        found[start : start + block] = (
            likely[split:].sum(axis=0) / share[1] - likely[:split].sum(axis=0) / share[0]
        )
    return found


def link_dominance(
    data: LevelData,
    players: Sequence[Sequence[int]],
    names: Sequence[str],
    measures: Sequence[Measure] = ("mcfadden", "nagelkerke"),
    seed: int = 1,
) -> LinkDominance:
    """Share out pseudo-R² among players: logit for two levels, proportional odds for more.

    Every subset is fitted for up to 12 players. Beyond, 150 orders of entry and their reverses are drawn,
    and the error that this leaves is reported. Tjur's measure is for two levels.

    References
    ----------
    Azen, R. & Traxel, N. (2009). J. Educ. Behav. Stat. 34. R: ``domir::domir``.
    """
    count = len(players)
    orders = random_orders(count, PAIRS, seed) if count > MOST_EXACT else None
    subsets = list(range(1 << count)) if orders is None else _on_the_way(orders)
    fits = maximise_subsets(data, players, subsets)
    null, values = data.null_log_likelihood, pseudo_r2(fits.log_likelihood, data.null_log_likelihood)
    if "tjur" in measures:
        values["tjur"] = tjur(data, fits.values)
    found, error = {}, 0.0
    for measure in measures:
        found[measure], drawn = _decomposed(values[measure], subsets, orders)
        error = drawn if measure == "mcfadden" else error
    whole = subsets.index((1 << count) - 1)
    return LinkDominance(
        tuple(names),
        data.cuts + 1,
        len(data.x),
        float(fits.log_likelihood[whole]),
        null,
        found,
        error,
        bool(fits.settled.all()),
    )


def _on_the_way(orders: Integers) -> list[int]:
    """Collect the subsets met in some orders of entry, the empty one first, the full one last."""
    met = np.bitwise_or.accumulate(np.int64(1) << orders, axis=1)
    return [0, *sorted({int(subset) for subset in met.ravel()}, key=lambda s: (s.bit_count(), s))]


def _decomposed(
    values: Floats, subsets: Sequence[int], orders: Integers | None
) -> tuple[Decomposition, float]:
    if orders is None:
        residuals = (values[-1] - values)[:, None]
        return Decomposition(
            float(values[-1]),
            shapley(residuals)[:, 0],
            conditional_dominance(residuals)[:, :, 0],
            complete_dominance(residuals)[:, :, 0],
        ), 0.0
    known = dict(zip(subsets, values.tolist(), strict=True))
    parts = np.zeros(orders.shape)
    for row, order in enumerate(orders):
        met = [0, *np.bitwise_or.accumulate(np.int64(1) << order).tolist()]
        parts[row, order] = np.diff([known[subset] for subset in met])
    pairs = parts.reshape(-1, 2, orders.shape[1]).mean(axis=1)
    error = pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs))
    return Decomposition(known[subsets[-1]], pairs.mean(axis=0), None, None), float(error.max())
