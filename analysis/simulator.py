"""What moving drivers goes with: the index, every outcome and revenue, from one set of models.

    simulator = Simulator.of(asked, tree, drivers, outcomes)
    simulator.scenario({"fault_handling": 5})

The index needs no model. An outcome moves by its coefficients times what answers really move by; a yes/no
outcome person by person. Everything is worked out from the same replicates, so that a figure and what it is
compared with share their sampling error.

What a newcomer gets wrong: these are differences between people of one survey, read as if they were changes.
The words for them are "goes with".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.additivity import Together, moved_answers, together
from analysis.estimate import LinearEstimates, domain_means, estimates, side_by_side
from analysis.gain_tests import with_q
from analysis.index import IndexTree
from analysis.lifts import Ground, Points
from analysis.moments import replicate_blocks
from analysis.outcome_kinds import OutcomeKind
from analysis.outcome_trend import outcome_values
from analysis.predicted_change import CHANGE, Side, predicted_change
from analysis.reach import item_reach
from analysis.replicate_estimates import ReplicateBase, replicate_base
from analysis.results import Estimate, TooFew
from analysis.revenue_at_risk import Money, money_of, revenue_at_risk
from analysis.sample import Floats
from analysis.tracking import hidden_items, index_data
from analysis.whatif_draws import Moved, scenario_draws
from analysis.whatif_flags import Score, flag_model
from analysis.whatif_models import Asked, FlagModel, LinearModel, NoModel, linear_models, rows_of
from analysis.whatif_results import Added, Gain, Move, Reach, RevenueAtRisk, Scenario
from analysis.whatif_warnings import scenario_notes, tied_items

Moves = Mapping[str, float]
# Points closer than this are the same: moves are typed with few digits.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Simulator:
    """Everything that scenarios of one wave share.

    Attributes
    ----------
    kinds : of the outcomes asked for; a flag is a share, all others are in points.
    models : of the outcomes that have one, in that order; ``missing`` the others and why.
    reach : how far each item can move.
    money : revenue by person, where it is known and a loss has a model.
    """

    asked: Asked
    tree: IndexTree
    ground: Ground
    kinds: Mapping[str, OutcomeKind]
    models: tuple[LinearModel | FlagModel, ...]
    missing: tuple[tuple[str, NoModel], ...]
    reach: Mapping[str, Reach]
    money: Money | None

    @classmethod
    def of(
        cls,
        asked: Asked,
        tree: IndexTree,
        drivers: Sequence[str],
        outcomes: Sequence[OutcomeKind],
        *,
        revenue: Floats | None = None,
        minimum_base: int = 30,
        score: Score | None = None,
    ) -> Simulator:
        """Fit every outcome on ``drivers`` (less its own items) and find how far these can move.

        ``score`` is what a yes/no outcome of few events may go by way of, by default the first of the
        ``outcomes`` in points. ``revenue`` (N,) are amounts by row, nan where unknown; the first loss among
        the outcomes that has a model, else the first renewal, says what is at risk.
        """
        ground = Ground.of(asked.sample, asked.design, asked.wave, drivers)
        wanted = {kind.id: [item for item in drivers if item not in kind.items] for kind in outcomes}
        flags = [kind.id for kind in outcomes if kind.unit == "share"]
        fits: dict[str, LinearModel | FlagModel | NoModel] = {}
        fits |= linear_models(asked, {name: items for name, items in wanted.items() if name not in flags})
        numeric = next((kind.id for kind in outcomes if kind.unit != "share"), None)
        if score is None and numeric is not None:
            score = Score(numeric, tuple(wanted[numeric]))
        fits |= {name: flag_model(asked, name, wanted[name], score) for name in flags}
        pairs = [(kind.id, fits[kind.id]) for kind in outcomes]
        kinds = {kind.id: kind for kind in outcomes}
        models = tuple(fit for _, fit in pairs if not isinstance(fit, NoModel))
        reach = item_reach(
            asked.sample,
            tree,
            asked.wave,
            ground,
            level=asked.level,
            disclosure_limit=asked.limit,
            minimum_base=minimum_base,
        )
        return cls(
            asked=asked,
            tree=tree,
            ground=ground,
            kinds=kinds,
            models=models,
            missing=tuple((name, fit) for name, fit in pairs if isinstance(fit, NoModel)),
            reach={part.item: part for part in reach},
            money=None if revenue is None else _money(asked, kinds, models, revenue),
        )

    @cached_property
    def base(self) -> ReplicateBase:
        """People of the wave."""
        return replicate_base(self.asked.design, self.ground.rows, self.asked.level)

    @cached_property
    def index(self) -> Estimate:
        """The index now."""
        data = index_data(self.asked.sample, self.tree)
        found = estimates(data.index(self.asked.sample.in_wave(self.asked.wave)), self.asked.level)[0]
        if isinstance(found, TooFew):
            raise ValueError(f"Wave {self.asked.wave!r} has no index.")
        return found

    @cached_property
    def levels(self) -> dict[str, Estimate | TooFew]:
        """Levels of all outcomes in the wave, in their units; none where one of their items is hidden."""
        asked, kinds = self.asked, list(self.kinds.values())
        hidden = hidden_items(asked.sample, self.tree, asked.wave, asked.limit)
        columns = [outcome_values(asked.sample.outcomes[kind.id], kind.unit) for kind in kinds]
        linear = domain_means(asked.design, np.column_stack(columns), asked.sample.in_wave(asked.wave))
        found: dict[str, Estimate | TooFew] = {}
        for kind, level in zip(kinds, estimates(linear, asked.level), strict=True):
            found[kind.id] = level
            if level.n < asked.limit:
                found[kind.id] = TooFew(level.n, "disclosure")
            elif any(item in hidden for item in kind.items):
                found[kind.id] = TooFew(level.n, "complementary")
        return found

    @cached_property
    def tied(self) -> dict[str, dict[str, float]]:
        """Items that hardly move apart."""
        return tied_items(self.ground)

    @cached_property
    def losses(self) -> frozenset[str]:
        """Outcomes of which less is better."""
        return frozenset(kind.id for kind in self.kinds.values() if not kind.higher_is_better)

    def model(self, outcome: str) -> LinearModel | FlagModel | None:
        """The model of one outcome; ``None`` where it has none."""
        return next((model for model in self.models if model.outcome == outcome), None)

    def scenario(self, moves: Moves, *, joint: bool = True) -> Scenario:
        """Move some items at once: see :meth:`scenarios`."""
        return self.scenarios([moves], joint=joint)[0]

    def scenarios(self, wanted: Sequence[Moves], *, joint: bool = True) -> list[Scenario]:
        """Work out several scenarios, drawing replicates once for all of them.

        A move beyond what any group shows is cut back to the best group's level, and marked. Without
        ``joint`` effects are added up untested.
        """
        cut = [self._inside(moves) for moves in wanted]
        return [
            self._scenario(moves, inside, moved, joint=joint)
            for moves, inside, moved in zip(wanted, cut, self.draws(cut), strict=True)
        ]

    def draws(self, scenarios: Sequence[Sequence[Points]]) -> list[Moved]:
        """How much answers and the index move in the full sample and every replicate."""
        return scenario_draws(self.asked.sample, self.asked.plan, self.tree, self.ground, scenarios)

    def _inside(self, moves: Moves) -> list[Points]:
        """Moves cut back to what some group shows."""
        limits = [(item, points, self.reach[item]) for item, points in moves.items()]
        return [(item, float(min(max(points, r.least), r.most))) for item, points, r in limits]

    def _scenario(self, wanted: Moves, inside: Sequence[Points], moved: Moved, *, joint: bool) -> Scenario:
        moves = tuple(
            Move(
                item=item,
                asked=float(wanted[item]),
                points=points,
                capped=abs(points - wanted[item]) > SAME and not isinstance(self.reach[item].now, TooFew),
                raised=self.base.symmetric(_finite(moved.everyone[j]), 0),
                raised_among=float(moved.among[j, 0]),
            )
            for j, (item, points) in enumerate(inside)
        )
        gains = tuple(with_q([self._gain(model, inside, moved, joint=joint) for model in self.models]))
        index = self.base.symmetric(_finite(moved.index), 0)
        notes = scenario_notes(moves, gains, self.reach, self.models, self.losses, self.tied)
        return Scenario(
            moves=moves,
            index=index,
            index_then=self.index.value + index.value,
            gains=gains,
            revenue=self._revenue(inside),
            warnings=tuple(notes),
        )

    def _gain(
        self, model: LinearModel | FlagModel, moves: Sequence[Points], moved: Moved, *, joint: bool
    ) -> Gain:
        own = [move for move in moves if move[0] in model.items]
        if not own:
            return Gain(model.outcome, TooFew(0, "no_answers"), None)
        tried = together(self.asked, model, self.ground, own) if joint else Together(None, None)
        change = self._change(model, moves, moved, tried)
        now = self.levels[model.outcome]
        then = now.value + change.value if isinstance(now, Estimate) else None
        return Gain(model.outcome, change, then, _added(own, tried), tried.test)

    def _change(
        self, model: LinearModel | FlagModel, moves: Sequence[Points], moved: Moved, tried: Together
    ) -> Estimate:
        if tried.change is not None:
            return self._estimate(tried.change)
        if isinstance(model, FlagModel):
            return self._estimate(self.flag_change(model, moves))
        # Nearly linear in the coefficients: a t interval holds the truth more often than percentiles.
        return model.base.symmetric(_finite(linear_draws(model, moves, moved)), model.data.x.shape[1] - 1)

    def change_draws(self, outcome: str, wanted: Sequence[Moves]) -> Floats:
        """Change of an outcome, or of ``index``, under s scenarios in all replicates, (s, 1 + B).

        Full sample first; nan where a replicate failed. Effects are added up.
        """
        inside, model = [self._inside(moves) for moves in wanted], self.model(outcome)
        if isinstance(model, FlagModel):
            return self.replicated(side_by_side([self.flag_change(model, moves) for moves in inside]))
        drawn = self.draws(inside)
        if model is None:
            return np.array([moved.index for moved in drawn])
        pairs = zip(inside, drawn, strict=True)
        return np.array([linear_draws(model, moves, moved) for moves, moved in pairs])

    def joint_draws(self, outcome: str, moves: Moves) -> Floats | None:
        """Change from the model with squares and products, (1 + B,); ``None`` where these do not matter."""
        change = self.joint_change(outcome, moves)
        return None if change is None else np.asarray(self.replicated(change)[0])

    def joint_change(self, outcome: str, moves: Moves) -> LinearEstimates | None:
        """Change of which ``joint_draws`` has the replicates: one column."""
        model = self.model(outcome)
        return None if model is None else together(self.asked, model, self.ground, self._inside(moves)).change

    def level_draws(self, outcome: str) -> Floats:
        """Level of an outcome, or of ``index``, in the wave in all replicates, (1 + B,), in its unit."""
        asked = self.asked
        domain = asked.sample.in_wave(asked.wave)
        kind = self.kinds.get(outcome)
        if kind is None:
            return np.asarray(self.replicated(index_data(asked.sample, self.tree).index(domain))[0])
        values = outcome_values(asked.sample.outcomes[outcome], kind.unit)
        return np.asarray(self.replicated(domain_means(asked.design, values[:, None], domain))[0])

    def replicated(self, linear: LinearEstimates) -> Floats:
        """Estimates in the full sample and in every replicate, to first order, (m, 1 + B)."""
        (draws,) = replicate_blocks([linear.totals], self.asked.plan)
        return np.asarray(linear.values[:, None] + (draws - draws[0]).T)

    def base_of(self, outcome: str) -> ReplicateBase:
        """People behind an outcome's figures, or the index's."""
        model = self.model(outcome)
        rows = self.ground.rows if model is None else rows_of(model)
        return replicate_base(self.asked.design, rows, self.asked.level)

    def _estimate(self, change: LinearEstimates) -> Estimate:
        found = estimates(change, self.asked.level)[0]
        if isinstance(found, TooFew):
            raise ValueError("A change needs people with a prediction, found none.")
        return found

    def flag_change(self, model: FlagModel, moves: Sequence[Points]) -> LinearEstimates:
        """Change of the share of a yes/no outcome, moving people one by one: one column."""
        return predicted_change(model.fitted, self._after(model, moves)).take([CHANGE])

    def _after(self, model: FlagModel, moves: Sequence[Points]) -> Side:
        """What is predicted after the moves."""
        return model.after(moved_answers(model.frame, self.ground, moves), self.ground.rows)

    def _revenue(self, moves: Sequence[Points]) -> RevenueAtRisk | None:
        model = self.model(self.money.outcome) if self.money else None
        if self.money is None or not isinstance(model, FlagModel):
            return None
        return revenue_at_risk(self.money, model.fitted, self._after(model, moves), self.asked.level)


def linear_draws(model: LinearModel, moves: Sequence[Points], moved: Moved) -> Floats:
    """Change of a numeric outcome in the full sample and every replicate, (1 + B,); nan where it failed."""
    place = [(j, model.items.index(item)) for j, (item, _) in enumerate(moves) if item in model.items]
    found = np.where(np.isfinite(model.slopes[:1]).all(axis=0), 0.0, np.nan)
    for j, column in place:
        found = found + model.slopes[column] * moved.everyone[j]
    return found


def _finite(draws: Floats) -> Floats:
    """Draws without replicates that failed or have nobody; the full sample stays first."""
    return np.asarray(draws[np.isfinite(draws)])


def _added(own: Sequence[Points], tried: Together) -> Added:
    if len(own) < 2:
        return "one"
    if tried.change is not None:
        return "joint"
    return "untested" if tried.test is None else "sum"


def _money(
    asked: Asked,
    kinds: Mapping[str, OutcomeKind],
    models: Sequence[LinearModel | FlagModel],
    revenue: Floats,
) -> Money | None:
    """Revenue by person for the first loss that has a model, else the first renewal.

    ``None`` for fewer accounts than the disclosure limit: their total would tell of each.
    """
    flags = [model for model in models if isinstance(model, FlagModel)]
    for wanted in ("churn", "renewal"):
        for model in flags:
            if kinds[model.outcome].kind == wanted:
                turned = wanted == "renewal"
                known = asked.sample.outcomes[model.outcome]
                found = money_of(
                    model.outcome,
                    revenue,
                    asked.sample.clusters,
                    asked.sample.in_wave(asked.wave),
                    model.fitted.rows,
                    turned=turned,
                    lost=(known <= 0) if turned else (known > 0),
                )
                return None if found is None or found.accounts < asked.limit else found
    return None
