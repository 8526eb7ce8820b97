"""Which driver dominates which: in every model, at every size of model, or only on average.

A driver dominates another completely if it adds more to every subset of the others, conditionally if it adds
more on average at every number of drivers already in, and generally if its LMG is larger. The first is the
strongest: no choice of model can turn the pair round.

What a newcomer gets wrong: dominance in the sample is not dominance in the population. So each pair also says
in how many replicates it came out the same.
"""

from __future__ import annotations

import numpy as np

from analysis.cores import on_all_cores
from analysis.driver_model import DriverModel
from analysis.driver_parts import LEVELS, Dominance, DominancePair, Level
from analysis.elimination import ALIASED, subset_residuals
from analysis.lmg import MOST_PLAYERS, complete_dominance, conditional_dominance
from analysis.sample import Booleans, Floats

# Subsets times replicates that are compared, and replicates below which no share of them is printed.
_SUBSETS, _FEWEST, _BLOCK = 1 << 18, 50, 64


def dominance(model: DriverModel) -> Dominance | None:
    """Compare all pairs of players; ``None`` for one player, or for more than 20.

    References
    ----------
    Azen, R. & Budescu, D. (2003). Psych. Methods 8. R: ``domir::domir``.
    """
    names, players = model.data.names, model.players
    if not 2 <= len(players) <= MOST_PLAYERS:
        return None
    draws = min(model.lmg.shape[1] - 1, _SUBSETS >> len(players))
    draws = draws if draws >= _FEWEST else 0
    holds = np.zeros((3, len(players), len(players), 1 + draws), dtype=bool)
    complete, conditional = _compared(model, slice(0, 1), holds)

    def fill(start: int) -> None:
        _compared(model, slice(start, min(start + _BLOCK, 1 + draws)), holds)

    on_all_cores(fill, range(1, 1 + draws, _BLOCK))
    order = np.argsort(-model.lmg[:, 0], kind="stable")
    pairs = tuple(
        DominancePair(
            first=names[i],
            second=names[j],
            level=LEVELS[int(np.argmax([*holds[:2, i, j, 0], True]))],
            adds_more=float(complete[i, j]),
            reproduced=_shares(holds[:, i, j, 1:]) if draws else None,
        )
        for place, i in enumerate(order)
        for j in order[place + 1 :]
    )
    profile = tuple(tuple(row) for row in conditional[order].tolist())
    return Dominance(tuple(names[i] for i in order), profile, pairs, draws)


def _shares(held: Booleans) -> dict[Level, float]:
    return dict(zip(LEVELS, held.mean(axis=1).tolist(), strict=True))


def _compared(model: DriverModel, cells: slice, holds: Booleans) -> tuple[Floats, Floats]:
    """Write whether row dominates column at each level in some cells; return the tables of the first cell."""
    residuals = subset_residuals(np.ascontiguousarray(model.correlations[:, :, cells]), model.players)
    complete, conditional = complete_dominance(residuals), conditional_dominance(residuals)
    holds[0, :, :, cells] = complete == 1.0
    holds[1, :, :, cells] = (conditional[:, None] - conditional[None] > ALIASED).all(axis=2)
    holds[2, :, :, cells] = model.lmg[:, None, cells] > model.lmg[None, :, cells]
    return complete[:, :, 0], conditional[:, :, 0]
