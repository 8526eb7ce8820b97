"""What a what-if found: by how much items would really rise, and what that goes with.

Every figure compares people who rate an item a little higher with people who do not: what *goes with* the
move in this survey, never what it would cause. Items move, everything else stays put.

What a newcomer gets wrong: five points asked for are not five points gained. Nobody rises above the top of
the scale, and an item that a third of the customers never met can move a third of them at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.figures import Estimate, JointTest, TooFew

if TYPE_CHECKING:
    import pandas as pd

# A key with the values that its sentence needs: ids of items, outcomes, waves and groups, or numbers.
Note = tuple[str, Mapping[str, float | str]]
Unit = Literal["points", "share"]
Added = Literal["one", "sum", "joint", "untested"]
ModelKind = Literal["linear", "logit", "logit_through"]
INDEX = "index"
"""Stands for the index among the outcomes of a cheapest way."""


def _brief(change: Estimate) -> str:
    if change.low is None or change.high is None:
        return f"{change.value:.4g}, no interval"
    return f"{change.value:.4g} [{change.low:.4g}, {change.high:.4g}]"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an item can move without leaving what some group shows today.

    Attributes
    ----------
    item : its id.
    now : its mean over those who answered it, on 0–100.
    best, worst : the mean of the best and the worst group of the declared segments with enough answers;
        ``None`` where no group has.
    best_group, worst_group : segment and value of these groups.
    most, least : points by which everybody's answer could be moved up (≥ 0) and down (≤ 0) until the mean
        reaches that of the best or worst group; the room of the scale where there are no groups, 0 where the
        mean may not be shown.
    asked : weighted share of people who have the item, 0 to 1.
    """

    item: str
    now: Estimate | TooFew
    best: float | None
    best_group: tuple[str, str] | None
    worst: float | None
    worst_group: tuple[str, str] | None
    most: float
    least: float
    asked: float


@dataclass(frozen=True, slots=True)
class Move:
    """One item moved.

    ``asked`` are the points asked for, ``points`` those that were applied: fewer where ``capped``, because
    no group shows more today. ``raised`` is by how much the mean over *everyone* really moves (those without
    the item count 0), ``raised_among`` by how much it does among those who have the item.
    """

    item: str
    asked: float
    points: float
    capped: bool
    raised: Estimate
    raised_among: float


@dataclass(frozen=True, slots=True)
class Gain:
    """What a scenario goes with for one outcome.

    Attributes
    ----------
    outcome : its id.
    change : in points of 100, or as a share (−1 to 1) where the outcome is a share; ``TooFew`` where no item
        of the scenario is in the model. The method is ``replicates`` or ``taylor``.
    then : level of the outcome after the move, in its unit; ``None`` where the level of now is not shown.
    added : how the effects of several items were put together. ``one`` item needs no putting together; they
        are the ``sum`` where a joint test of squares and products found nothing, from the ``joint`` model
        with these terms where it did; ``untested`` is a sum whose test the base does not carry.
    test : that joint test.
    q : p of the change after Benjamini–Hochberg over what stands beside it: the outcomes of a scenario; in
        the table of drivers moved alone, the drivers of the same outcome and step. ``None`` without an error.
    """

    outcome: str
    change: Estimate | TooFew
    then: float | None
    added: Added = "one"
    test: JointTest | None = None
    q: float | None = None

    @property
    def clear(self) -> int:
        """1 or −1, the way of a change whose ``q`` lies below 1 − level; else 0: it may be nothing."""
        change = self.change
        if isinstance(change, TooFew) or self.q is None or self.q >= 1.0 - change.level:
            return 0
        return 1 if change.value > 0 else -1


@dataclass(frozen=True, slots=True)
class RevenueAtRisk:
    """Revenue of the accounts that answered, and the part of it that is at risk of being lost.

    Every account counts once: its contacts share its revenue equally, and its risk is the mean of theirs.

    Attributes
    ----------
    outcome : the loss (or, turned round, the renewal) whose probability is used.
    total : revenue of the accounts with a prediction, in the unit of the study, nothing extrapolated.
    at_risk, at_risk_then : revenue times probability of loss, summed over these accounts, before and after.
    share, share_then : the same as a share of revenue, weighted by the sampling weights.
    change : of the share; ``amount_change`` of the amount, of these accounts alone.
    accounts : with revenue and prediction; ``without_revenue`` and ``without_prediction`` are left out, and
        so are those ``already_lost`` in the wave.
    """

    outcome: str
    total: float
    at_risk: Estimate
    at_risk_then: Estimate
    amount_change: Estimate
    share: Estimate
    share_then: Estimate
    change: Estimate
    accounts: int
    without_revenue: int
    without_prediction: int
    already_lost: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """Some items moved together, everything else staying put.

    ``index`` is the change of the index in points: exact, no model, sampling error alone. ``gains`` stand in
    the order of ``WhatIf.outcomes``. ``warnings`` are keys with values: see ``analysis.whatif_warnings``.
    """

    moves: tuple[Move, ...]
    index: Estimate
    index_then: float
    gains: tuple[Gain, ...]
    revenue: RevenueAtRisk | None = None
    warnings: tuple[Note, ...] = ()

    def summary(self) -> str:
        """One line a figure: what is moved, the index, and every outcome.

        ``speed +5`` / ``index  2.345 [2.214, 2.476]`` / ``loyal  1.871 [1.204, 2.533], sum``.
        """
        moved = ", ".join(f"{move.item} {move.points:+g}" for move in self.moves)
        width = max((len(gain.outcome) for gain in self.gains), default=0)
        lines = [moved, f"{'index':<{max(width, 5)}}  {_brief(self.index)}"]
        for gain in self.gains:
            said = "no effect known" if isinstance(gain.change, TooFew) else _brief(gain.change)
            how = "" if gain.added == "one" else f", {gain.added}"
            lines.append(f"{gain.outcome:<{max(width, 5)}}  {said}{how}")
        return "\n".join(lines)

    def gain(self, outcome: str) -> Gain | None:
        """The gain of one outcome; ``None`` where it has no model."""
        return next((gain for gain in self.gains if gain.outcome == outcome), None)


@dataclass(frozen=True, slots=True)
class OutcomeModel:
    """What the gains of one outcome rest on.

    Attributes
    ----------
    outcome, kind : its id, and its kind as the study names it.
    unit : of its level and its gains: points of 100, or a share 0 to 1 for a flag.
    model : a ``linear`` regression with replicates; a ``logit`` with people moved one by one; or, with events
        too few for a logit on all items, ``logit_through`` the ``score``: items move it by its linear
        regression, and a logit on it alone moves the people.
    now : level in the wave.
    waves : whose answers the coefficients rest on, the reported wave first where it is among them.
    n, clusters : people and clusters in the model; ``events`` people at the rarer value of a flag.
    coefficients : of the items: points per point, or log odds per point for a logit. They are total
        effects: nothing between the items and the outcome is held; by way of a score, they are those that run
        through it. Items not in the model are absent.
    warnings : that hold whatever is moved.
    """

    outcome: str
    kind: str
    unit: Unit
    model: ModelKind
    now: Estimate | TooFew
    waves: tuple[str, ...]
    n: int
    clusters: int
    events: int | None
    coefficients: Mapping[str, Estimate]
    warnings: tuple[Note, ...] = ()
    score: str | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the scenarios of one wave rest on: the index now, models of outcomes, and how far items can go.

    ``missing`` and ``reach`` are those of :class:`WhatIf`.
    """

    wave: str
    index: Estimate
    outcomes: tuple[OutcomeModel, ...]
    missing: tuple[Note, ...]
    reach: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class DriverMoves:
    """One driver moved alone by each of the steps of the table, in the order of ``WhatIf.steps``."""

    item: str
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every driver moved alone, and those to improve first moved together.

    Attributes
    ----------
    wave : whose people are moved.
    steps : points, rising; ``(1, 5)`` by default.
    index : the index now.
    outcomes : models, in the order of the gains of every scenario.
    missing : outcomes without a model and why: ``few_events`` with ``events`` and ``needed``, or the reason
        of a ``TooFew``.
    reach : how far each item can move inside the data, in the order of ``drivers``.
    drivers : one a driver, in the order of the index.
    combined : the drivers whose quadrant is "improve" for the main outcome, all moved by the largest step;
        ``None`` where there is none.
    value_column : the column with the revenue of the accounts, if the study names one.
    cheapest : where the study declares costs, the cheapest way of the index to its target if it is below
        that, else of the main outcome to the level that ``combined`` goes with, if that differs clearly.
    """

    wave: str
    level: float
    steps: tuple[float, ...]
    index: Estimate
    outcomes: tuple[OutcomeModel, ...]
    missing: tuple[Note, ...]
    reach: tuple[Reach, ...]
    drivers: tuple[DriverMoves, ...]
    combined: Scenario | None
    value_column: str | None = None
    cheapest: CheapestWay | None = None

    def model(self, outcome: str) -> OutcomeModel | None:
        """The model of one outcome; ``None`` where it has none."""
        return next((model for model in self.outcomes if model.outcome == outcome), None)

    def to_frame(self) -> pd.DataFrame:
        """One row a driver, step and outcome, the index among the outcomes as ``index``."""
        import pandas as pd  # late: half a second of start-up

        rows = []
        for driver in self.drivers:
            for step, scenario in zip(self.steps, driver.scenarios, strict=True):
                (move,) = scenario.moves
                same = {"item": driver.item, "step": step, "points": move.points, "raised": move.raised.value}
                found = [("index", scenario.index), *((g.outcome, g.change) for g in scenario.gains)]
                rows += [
                    same | {"outcome": name, "change": e.value, "low": e.low, "high": e.high}
                    for name, e in found
                    if isinstance(e, Estimate)
                ]
        return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class Lever:
    """One item in the cheapest way: points, their cost, and the share of the replicates that use it."""

    item: str
    points: float
    cost: float
    chosen: float


@dataclass(frozen=True, slots=True)
class CheapestWay:
    """The cheapest moves that bring an outcome to a target, at given costs per point.

    Attributes
    ----------
    outcome : its id, or ``index``.
    unit : of target, level and gain.
    target, now, needed : level wanted, level now, and the difference.
    reachable : the gain if every lever went to the best group's level; ``reached`` says whether it is enough.
    levers : the moves of the plan, dearest part first; all of them at their limit where not ``reached``.
    cost : of the plan; ``expected`` the level after it, with its interval.
    probability : share of the replicates in which the plan brings the gain that is needed.
    scenario : the plan in full, with every other outcome.
    left_out : items that are no levers and why: ``unclear`` (the interval of its coefficient covers 0),
        ``against`` (it goes the wrong way), ``hidden`` (its mean may not be shown), ``no_cost``,
        ``no_room`` (at the best group's level already), ``not_in_model``, ``no_weight`` (in the index).
    """

    outcome: str
    unit: Unit
    target: float
    now: float
    needed: float
    reachable: Estimate
    reached: bool
    levers: tuple[Lever, ...]
    cost: float
    expected: Estimate
    probability: float
    scenario: Scenario
    left_out: tuple[tuple[str, str], ...]

    def summary(self) -> str:
        """One line: ``loyal to 80 at 34.5: speed +6.2, price +1.1; expected 80 [78.9, 81.1]``."""
        moved = ", ".join(f"{lever.item} {lever.points:+.3g}" for lever in self.levers) or "nothing"
        short = "" if self.reached else " (out of reach)"
        expected = _brief(self.expected)
        return f"{self.outcome} to {self.target:g}{short} at {self.cost:.4g}: {moved}; expected {expected}"
