"""What to keep in mind when reading a what-if: keys with values, put into words by commands and reports.

================= ========================================================== ===========================
key               holds where                                                values
================= ========================================================== ===========================
``outside``       a move was cut back to the best (or worst) group's level   ``item``, ``asked``, ``points``
``hidden``        the mean of the item may not be shown, so it does not move ``item``
``no_groups``     no group is large enough to say what is within reach       ``item``
``unclear``       the interval of the item's coefficient covers 0            ``item``, ``outcome``
``against``       more of the item goes with less of the outcome, clearly    ``item``, ``outcome``
``tied``          r > .7 with an item that is taken to stay put              ``item``, ``other``, ``r``
``not_in_model``  the item has no coefficient for the outcome                ``item``, ``outcome``
``not_additive``  squares and products matter: the joint model is used       ``outcome``, ``p``
``untested``      the base does not carry the test of additivity             ``outcome``
``one_wave``      the coefficients rest on one wave                          ``outcome``, ``wave``
``earlier_waves`` they rest on earlier waves as well, or alone               ``outcome``, ``waves``, ``wave``
``through``       too few events for all items: by way of a score alone      ``outcome``, ``score``,
                                                                             ``events``, ``needed``
``separated``     some item tells yes from no: by way of a score alone       ``outcome``, ``score``
``blocked``       the checklist blocks the drivers of the outcome            ``outcome``, ``lines``
================= ========================================================== ===========================

``against`` counts a loss the other way: more of an item should go with fewer losses. The last five hold
whatever is moved and stand with the model of the outcome, the others with a scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.lifts import Ground
from analysis.results import TooFew
from analysis.sample import Floats
from analysis.whatif_models import FlagModel, LinearModel, leads
from analysis.whatif_results import Gain, Move, Note, Reach

# Correlation above which two items do not move apart (convention).
TIED = 0.7


def model_notes(model: LinearModel | FlagModel, wave: str) -> Iterator[Note]:
    """Yield what holds for an outcome whatever is moved."""
    if isinstance(model, LinearModel) or model.waves == (wave,):
        yield "one_wave", {"outcome": model.outcome, "wave": wave}
    else:
        waves = " ".join(model.waves)
        yield "earlier_waves", {"outcome": model.outcome, "waves": waves, "wave": wave}
    if isinstance(model, FlagModel) and model.score is not None:
        told: dict[str, float | str] = {"outcome": model.outcome, "score": model.score}
        if model.wanting is None:
            yield "separated", told
        else:
            events, needed = model.wanting
            yield "through", told | {"events": events, "needed": needed}


def scenario_notes(
    moves: Sequence[Move],
    gains: Sequence[Gain],
    reach: Mapping[str, Reach],
    models: Sequence[LinearModel | FlagModel],
    losses: frozenset[str],
    correlations: Mapping[str, Mapping[str, float]],
) -> Iterator[Note]:
    """Yield what holds for some moves; ``losses`` are outcomes of which less is better."""
    moved = [move.item for move in moves if move.points]
    for move in moves:
        if isinstance(reach[move.item].now, TooFew):
            yield "hidden", {"item": move.item}
            continue
        if move.capped:
            yield "outside", {"item": move.item, "asked": move.asked, "points": move.points}
        if reach[move.item].best is None:
            yield "no_groups", {"item": move.item}
        for other, r in correlations.get(move.item, {}).items():
            if other not in moved:
                yield "tied", {"item": move.item, "other": other, "r": r}
    for model, gain in zip(models, gains, strict=True):
        good = -1 if model.outcome in losses else 1
        for item in moved:
            values = {"item": item, "outcome": model.outcome}
            if item not in model.items:
                yield "not_in_model", values
            elif (found := leads(model, item)) != good:
                yield "against" if found else "unclear", values
        if gain.added == "joint" and gain.test is not None:
            yield "not_additive", {"outcome": model.outcome, "p": gain.test.p}
        elif gain.added == "untested":
            yield "untested", {"outcome": model.outcome}


def tied_items(ground: Ground) -> dict[str, dict[str, float]]:
    """Item -> the items it correlates with above ``TIED`` among those who answered both, and by how much."""
    r = _correlations(ground.x, ground.weights)
    found: dict[str, dict[str, float]] = {}
    for i, j in zip(*np.nonzero(np.abs(np.triu(r, 1)) > TIED), strict=True):
        one, other, value = ground.items[i], ground.items[j], float(r[i, j])
        found.setdefault(one, {})[other] = value
        found.setdefault(other, {})[one] = value
    return found


def _correlations(x: Floats, weights: Floats) -> Floats:
    """Weighted correlations (k, k) by pairs; 0 where a pair has nothing in common or does not vary."""
    known = np.isfinite(x).astype(np.float64)
    centre = (weights @ np.nan_to_num(x)) / np.maximum(weights @ known, 1e-300)
    z = np.where(known > 0, x - centre, 0.0)
    w = weights[:, None]
    count = known.T @ (w * known)
    safe = np.where(count > 0, count, 1.0)
    mean = (z * w).T @ known / safe
    square = ((z**2) * w).T @ known / safe - mean**2
    product = z.T @ (w * z) / safe - mean * mean.T
    spread = np.sqrt(np.clip(square * square.T, 0.0, None))
    return np.divide(product, spread, where=spread > 1e-12, out=np.zeros_like(product))
