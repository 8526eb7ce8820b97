r"""The cheapest moves that bring an outcome to a target, at given costs per point.

.. math:: \min \sum_j c_j \delta_j \quad \text{so that} \quad \sum_j g_j(\delta_j) \ge G,
          \; 0 \le \delta_j \le m_j

Each g is concave and made of straight pieces, because fewer and fewer people are below the top of the scale.
So the pieces that bring most for their cost, taken in that order until the gain is enough, are the optimum.

What a newcomer gets wrong: a plan that just reaches the target on average reaches it in half of the surveys
that might have been. The probability stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.lifts import corners
from analysis.results import TooFew
from analysis.sample import Floats, Integers
from analysis.simulator import SAME, Simulator
from analysis.whatif_draws import index_weights
from analysis.whatif_models import FlagModel, LinearModel, leads, surely_leads
from analysis.whatif_results import INDEX, CheapestWay, Lever, Unit

# Pieces kept of an item: all for an answer on a scale, a chord through some for a number of any size.
MOST_PIECES = 24
# How often a plan is worked out anew from what it really brings, and how near is near enough.
_ROUNDS, _NEAR = 30, 1e-9
# Part of what is needed below which the rest is rounding.
_SPENT = 1e-12
# By how much gains added up in two ways may differ.
_CLOSE = 1e-6


class NoTarget(ValueError):
    """A target of an outcome that has no model, or whose level may not be shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Straight pieces of the gains of several levers.

    ``owner`` (p,) is the position of the lever, ``length`` (p,) points, ``rate`` (p,) gain per point, not
    rising within a lever, and ``cost`` (p,) per point, positive.
    """

    owner: Integers
    length: Floats
    rate: Floats
    cost: Floats

    @property
    def order(self) -> Integers:
        """Pieces that gain anything, those that gain most for their cost first."""
        worth = self.rate / self.cost
        # Equal ones differ by rounding, which must not mix up pieces of one lever.
        ranked = np.lexsort((np.arange(len(worth)), -np.round(worth, 14)))
        return np.asarray(ranked[self.rate[ranked] > 0])


def cheapest(pieces: Pieces, needed: float) -> Floats:
    """Points of every piece (p,) in the cheapest plan that gains ``needed``; all pieces if none does.

    >>> two = Pieces(np.array([0, 1]), np.array([10.0, 10.0]), np.array([0.5, 0.2]), np.array([2.0, 1.0]))
    >>> cheapest(two, 6.0)
    array([10.,  5.])
    """
    used = np.zeros(len(pieces.length))
    left = needed
    for piece in pieces.order.tolist():
        # What rounding leaves over is no reason for another lever.
        if left <= _SPENT * needed:
            break
        used[piece] = min(float(pieces.length[piece]), left / float(pieces.rate[piece]))
        left -= used[piece] * float(pieces.rate[piece])
    return used


def concave(length: Floats, rate: Floats) -> Floats:
    """Rates (p,) that do not rise, by putting rising neighbours together: the least concave line above.

    >>> concave(np.array([1.0, 1.0, 2.0]), np.array([1.0, 3.0, 1.0]))
    array([2., 2., 1.])
    """
    blocks: list[tuple[float, float, int]] = []
    for own_length, own_rate in zip(length.tolist(), rate.tolist(), strict=True):
        blocks.append((own_length, own_rate, 1))
        while len(blocks) > 1 and blocks[-2][1] < blocks[-1][1]:
            (l1, r1, n1), (l2, r2, n2) = blocks[-2:]
            blocks[-2:] = [(l1 + l2, (l1 * r1 + l2 * r2) / (l1 + l2), n1 + n2)]
    return np.repeat([r for _, r, _ in blocks], [n for _, _, n in blocks])


def cheapest_way(
    simulator: Simulator, outcome: str, target: float, costs: Mapping[str, float]
) -> CheapestWay:
    """Find the cheapest moves that bring ``outcome`` (or ``index``) to ``target``, in its unit.

    Levers are items with a cost whose coefficient lies clearly on the good side of 0, adjusted over the items
    (:func:`~analysis.whatif_models.surely_leads`); for the index, those with weight. None goes beyond its
    best group's level. Of a loss less is wanted. For a share, and where squares and products of the moved
    items matter, the whole is not the sum of its parts: a plan is worked out from the parts, and anew from
    what it really brings.

    ``chosen`` of a lever counts the replicates whose own cheapest plan, of these levers, uses it;
    ``probability`` those in which this plan reaches the target. Levers and plan are chosen on the answers
    that the gain is worked out from, which flatters it: neither figure, nor the interval, knows of that.

    Raises
    ------
    NoTarget
        For an outcome without a model or whose level may not be shown.
    """
    wanted = _Wanted.of(simulator, outcome, target)
    levers, left_out = _levers(simulator, wanted, costs)
    pieces = _pieces(simulator, wanted, levers, costs)
    used = _plan(simulator, wanted, levers, pieces)
    points = np.bincount(pieces.owner, used, minlength=len(levers))
    moves = {item: float(p) for item, p in zip(levers, points, strict=True) if p > SAME}
    limits = {item: simulator.reach[item].most for item in levers}
    each = [{item: most} for item, most in limits.items()]
    full, change, *alone = simulator.change_draws(outcome, [limits, moves, *each])
    if (joint := simulator.joint_draws(outcome, moves)) is not None:
        change = joint
    after = simulator.level_draws(outcome) + change
    base = simulator.base_of(outcome)
    needed = wanted.sign * (target - wanted.now)
    chosen = _chosen(pieces, np.array(alone).reshape(len(levers), len(full)), needed)
    found = sorted(
        (Lever(i, p, p * costs[i], float(chosen[levers.index(i)])) for i, p in moves.items()),
        key=lambda lever: -lever.cost,
    )
    return CheapestWay(
        outcome=outcome,
        unit=wanted.unit,
        target=target,
        now=wanted.now,
        needed=target - wanted.now,
        reachable=base.percentile(full[np.isfinite(full)]),
        reached=bool(needed <= 0 or wanted.sign * change[0] >= needed - _CLOSE),
        levers=tuple(found),
        cost=sum(lever.cost for lever in found),
        expected=base.percentile(after[np.isfinite(after)]),
        probability=float(np.mean(wanted.sign * (after[1:][np.isfinite(after[1:])] - target) >= 0)),
        scenario=simulator.scenario(moves),
        left_out=left_out,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """The outcome of a target: its model (none for the index), its level, and whether more is better."""

    outcome: str
    model: LinearModel | FlagModel | None
    unit: Unit
    now: float
    target: float
    sign: float

    @classmethod
    def of(cls, simulator: Simulator, outcome: str, target: float) -> _Wanted:
        if outcome == INDEX:
            return cls(outcome, None, "points", simulator.index.value, target, 1.0)
        model = simulator.model(outcome)
        now = simulator.levels.get(outcome)
        if model is None or now is None or isinstance(now, TooFew):
            raise NoTarget(outcome)
        unit: Unit = "share" if isinstance(model, FlagModel) else "points"
        return cls(outcome, model, unit, now.value, target, -1.0 if outcome in simulator.losses else 1.0)


def _levers(
    simulator: Simulator, wanted: _Wanted, costs: Mapping[str, float]
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Items that may be part of a plan, and the others with the reason."""
    weights = index_weights(simulator.tree)
    sure = {} if wanted.model is None else surely_leads(wanted.model)
    levers: list[str] = []
    left_out: list[tuple[str, str]] = []
    for item in simulator.ground.items:
        if wanted.model is None and not weights.get(item):
            left_out.append((item, "no_weight"))
        elif wanted.model is not None and item not in wanted.model.items:
            left_out.append((item, "not_in_model"))
        elif wanted.model is not None and sure.get(item, 0) != wanted.sign:
            against = leads(wanted.model, item) == -wanted.sign
            left_out.append((item, "against" if against else "unclear"))
        elif isinstance(simulator.reach[item].now, TooFew):
            left_out.append((item, "hidden"))
        elif item not in costs:
            left_out.append((item, "no_cost"))
        elif simulator.reach[item].most <= 0:
            left_out.append((item, "no_room"))
        else:
            levers.append(item)
    return levers, tuple(left_out)


def _pieces(simulator: Simulator, wanted: _Wanted, levers: list[str], costs: Mapping[str, float]) -> Pieces:
    """Cut the way of every lever to its limit into straight pieces, with what each gains."""
    owner, length, rate = [], [], []
    for number, item in enumerate(levers):
        points = _corners(simulator, item)
        own = np.diff(points)
        gains = wanted.sign * _gains(simulator, wanted, item, points)
        owner += [number] * len(own)
        length += own.tolist()
        rate += concave(own, np.diff(gains) / own).tolist()
    cost = np.array([costs[levers[number]] for number in owner])
    return Pieces(np.array(owner, dtype=np.int64), np.array(length), np.array(rate), cost)


def _corners(simulator: Simulator, item: str) -> Floats:
    """Points at which the gain of an item bends, from 0 to its limit."""
    ground = simulator.ground
    points, _ = corners(ground.column(item), ground.weights, simulator.reach[item].most)
    if len(points) > MOST_PIECES + 1:
        points = points[np.unique(np.linspace(0, len(points) - 1, MOST_PIECES + 1).round().astype(int))]
    return points


def _gains(simulator: Simulator, wanted: _Wanted, item: str, points: Floats) -> Floats:
    """What an item alone brings at several points in the full sample, (p,)."""
    if isinstance(wanted.model, FlagModel):
        moved = [simulator.flag_change(wanted.model, [(item, float(p))]).values[0] for p in points]
        return np.array(moved)
    if wanted.model is None and simulator.tree.rollup == "respondent":
        alone = simulator.draws([[(item, float(p))] for p in points])
        return np.array([moves.index[0] for moves in alone])
    ground = simulator.ground
    gain = np.array([ground.gain(item, float(p)) for p in points])
    answered = np.isfinite(ground.column(item))
    among = gain @ ground.weights / ground.weights[answered].sum()
    if wanted.model is None:
        return np.asarray(among * index_weights(simulator.tree)[item])
    slope = wanted.model.slopes[wanted.model.items.index(item), 0]
    return np.asarray(among * simulator.reach[item].asked * slope)


def _plan(simulator: Simulator, wanted: _Wanted, levers: list[str], pieces: Pieces) -> Floats:
    """Points of every piece: of the cheapest plan that really brings what is needed, else of the last one."""
    needed = wanted.sign * (wanted.target - wanted.now)
    aim, enough = needed, None
    used = cheapest(pieces, aim)
    if wanted.model is None or needed <= 0 or not levers:
        return used
    for _ in range(_ROUNDS):
        brought = _brought(simulator, wanted, levers, pieces, used)
        if brought >= needed - _NEAR and (enough is None or used @ pieces.cost < enough @ pieces.cost):
            enough = used
        stuck = brought < needed and (used[pieces.rate > 0] == pieces.length[pieces.rate > 0]).all()
        if brought <= 0 or abs(brought - needed) < _NEAR or stuck:
            break
        aim *= needed / brought
        used = cheapest(pieces, aim)
    return used if enough is None else enough


def _brought(simulator: Simulator, wanted: _Wanted, levers: list[str], pieces: Pieces, used: Floats) -> float:
    """What a plan brings in the full sample, by the model with squares and products where these matter."""
    points = np.bincount(pieces.owner, used, minlength=len(levers))
    moves = {item: float(p) for item, p in zip(levers, points, strict=True) if p > SAME}
    change = simulator.joint_change(wanted.outcome, moves)
    if change is None and isinstance(wanted.model, FlagModel):
        change = simulator.flag_change(wanted.model, list(moves.items()))
    return float(used @ pieces.rate) if change is None else wanted.sign * float(change.values[0])


def _chosen(pieces: Pieces, alone: Floats, needed: float) -> Floats:
    """Share of the replicates whose own cheapest plan uses each lever, (levers,).

    ``alone`` (levers, 1 + B) is what each brings at its limit: in a replicate all pieces of a lever are
    scaled by it.
    """
    count = np.zeros(len(alone))
    usable = np.flatnonzero(np.isfinite(alone).all(axis=0))[1:]
    if needed <= 0 or not len(alone):
        return count
    for draw in (alone[:, usable] / alone[:, :1]).T:
        own = Pieces(pieces.owner, pieces.length, pieces.rate * draw[pieces.owner], pieces.cost)
        count += np.bincount(pieces.owner, cheapest(own, needed), minlength=len(alone)) > 0
    return np.asarray(count / max(len(usable), 1))
