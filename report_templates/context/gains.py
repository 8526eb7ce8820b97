"""What a better score goes with, in words and figures: the way, the size and the interval of a gain.

The way is claimed only where the change is clear after correction over what stands beside it; the mark says
whether it is good, which for losses and complaints is the other way round. Everything is association: these
words never say that anything leads to anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.outcome_kinds import OutcomeKind
from analysis.results import Estimate
from analysis.whatif_results import Gain, OutcomeModel, Scenario, Unit, WhatIf
from report_templates import formatting
from report_templates.charts.marks import Mark
from report_templates.context.story import Story

Way = Literal["higher", "lower", "unclear"]
_WAYS: dict[int, Way] = {1: "higher", -1: "lower", 0: "unclear"}
Drawn = tuple[float, float | None, float | None]
"""Value, low and high of a difference in the unit in which it is printed."""
MOST_OUTCOMES = 2
"""Outcomes in a sentence and in the figure; the table has all of them."""


@dataclass(frozen=True, slots=True)
class GainWords:
    """One gain as text. ``value`` and ``interval`` are signed and without a unit, as in a column.

    ``size`` has the unit and no sign, ``size_interval`` no sign where the way is clear: both follow "higher
    by" or "lower by". ``good`` says whether the way is a good one. ``drawn`` is value, low and high as they
    are printed: points, or percentage points for a share.
    """

    outcome: str
    unit: Unit
    drawn: Drawn
    way: Way
    good: bool
    value: str
    interval: str
    size: str
    size_interval: str

    @property
    def mark(self) -> Mark:
        """The mark of the gain: hollow where it is not clear."""
        return way_mark(self.way, less_is_better=self.good != (self.way == "higher"))


def step_of(what_if: WhatIf) -> str:
    """Return the largest step as printed: ``5``."""
    return points(max(what_if.steps))


def points(value: float) -> str:
    """Return points asked for, whole where they are whole.

    >>> points(5.0), points(2.5)
    ('5', '2.5')
    """
    return formatting.number(value, 0 if float(value).is_integer() else 1)


def together(story: Story, key: str, scenario: Scenario, **values: str) -> str:
    """Return a sentence about several items: of two, both are said."""
    count = len(scenario.moves)
    which = "both" if count == 2 else "all"
    return story.words(f"{key}.{which}", count=story.words.counted(count), **values)


def outcomes(story: Story, what_if: WhatIf, most: int = MOST_OUTCOMES) -> tuple[OutcomeModel, ...]:
    """Return the outcomes with a model, that of the priorities first, the rest as the study names them."""
    main = story.drivers.outcome if story.drivers else ""
    return tuple(sorted(what_if.outcomes, key=lambda model: model.outcome != main)[:most])


def higher_is_better(model: OutcomeModel) -> bool:
    """Whether more of an outcome is good; not so for the share of losses or of complaints."""
    return OutcomeKind(model.outcome, model.kind, model.unit).higher_is_better


def gain_words(story: Story, model: OutcomeModel, gain: Gain | None, decimals: int = 1) -> GainWords | None:
    """Return a gain as text; ``None`` where the scenario has none for this outcome."""
    if gain is None or not isinstance(gain.change, Estimate):
        return None
    words, drawn = story.words, scaled(gain.change, 100.0 if model.unit == "share" else 1.0)
    way = _WAYS[gain.clear]
    interval, size_interval = signed_interval(story, drawn, decimals), formatting.NONE
    if drawn[1] is not None and drawn[2] is not None:
        nearer, farther = sorted((abs(drawn[1]), abs(drawn[2])))
        size_interval = formatting.interval(
            formatting.number(nearer, decimals), formatting.number(farther, decimals)
        )
    size = formatting.number(abs(drawn[0]), decimals)
    return GainWords(
        model.outcome,
        model.unit,
        drawn,
        way,
        (drawn[0] > 0) == higher_is_better(model),
        formatting.signed(drawn[0], decimals),
        interval,
        words("percentage_points" if model.unit == "share" else "points", value=size),
        interval if way == "unclear" else size_interval,
    )


def scaled(change: Estimate, scale: float) -> Drawn:
    """Return value, low and high of a difference times ``scale``."""
    low, high = (None if end is None else end * scale for end in (change.low, change.high))
    return change.value * scale, low, high


def way_of(drawn: Drawn) -> Way:
    """Return which way a difference goes: claimed only where its whole interval lies on one side of 0."""
    _, low, high = drawn
    if low is None or high is None or low <= 0 <= high:
        return "unclear"
    return "higher" if low > 0 else "lower"


def way_mark(way: Way, *, less_is_better: bool = False) -> Mark:
    """Return the mark of a difference: hollow where it is not clear."""
    if way == "unclear":
        return "same"
    if way == "higher":
        return "worse_up" if less_is_better else "better"
    return "better_down" if less_is_better else "worse"


def signed_interval(story: Story, drawn: Drawn, decimals: int = 1) -> str:
    """Return the interval of a difference; a dash where there is none."""
    _, low, high = drawn
    if low is None or high is None:
        return formatting.NONE
    return formatting.signed_interval(
        formatting.signed(low, decimals), formatting.signed(high, decimals), story.words.language
    )


def gains_of(story: Story, what_if: WhatIf, scenario: Scenario) -> tuple[GainWords, ...]:
    """Return the gains of a scenario for the outcomes of the figure, main one first; () without that one."""
    said = [gain_words(story, model, scenario.gain(model.outcome)) for model in outcomes(story, what_if)]
    return tuple(words for words in said if words) if said and said[0] else ()


def improve_items(story: Story) -> list[str]:
    """Return the items to improve first, most important first; of a branch all its items."""
    return [item for driver in story.in_quadrant("improve") for item in driver.items or (driver.item,)]


def moves_index(what_if: WhatIf) -> bool:
    """Whether any item is in the index, so that moving it moves the index."""
    return any(scenario.index.value for moves in what_if.drivers for scenario in moves.scenarios)


def has_groups(what_if: WhatIf) -> bool:
    """Whether any group is large enough to say how high an item can get."""
    return any(reach.best_group for reach in what_if.reach)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one item goes with alone, or with ``item`` ``None`` those to improve first together."""

    item: str | None
    scenario: Scenario
    main: GainWords
    second: GainWords | None


def effects(story: Story, what_if: WhatIf) -> tuple[Effect, ...]:
    """Return what each item goes with alone: those to improve first, then the others by gain.

    Items without a gain in the main outcome are left out.
    """
    improve = improve_items(story)
    alone = [
        effect
        for moves in what_if.drivers
        if (effect := _effect(story, what_if, moves.item, scenario_of(what_if, moves.item)))
    ]
    first = sorted((e for e in alone if e.item in improve), key=lambda e: improve.index(str(e.item)))
    sign = -1.0 if higher_is_better(outcomes(story, what_if)[0]) else 1.0
    rest = sorted((e for e in alone if e not in first), key=lambda e: sign * e.main.drawn[0])
    return (*first, *rest)


def all_together(story: Story, what_if: WhatIf) -> Effect | None:
    """Return what the items to improve first go with together; ``None`` where there are not several."""
    scenario = headline(story, what_if)
    return _effect(story, what_if, None, scenario) if scenario and len(scenario.moves) > 1 else None


def _effect(story: Story, what_if: WhatIf, item: str | None, scenario: Scenario | None) -> Effect | None:
    gains = gains_of(story, what_if, scenario) if scenario else ()
    if scenario is None or not gains:
        return None
    return Effect(item, scenario, gains[0], gains[1] if len(gains) > 1 else None)


def scenario_of(what_if: WhatIf, item: str) -> Scenario | None:
    """Return one driver moved alone by the largest step."""
    largest = what_if.steps.index(max(what_if.steps))
    return next((moves.scenarios[largest] for moves in what_if.drivers if moves.item == item), None)


def headline(story: Story, what_if: WhatIf) -> Scenario | None:
    """Return the scenario of the items to improve first; ``None`` where there is none or it has no gain."""
    items = improve_items(story)
    if len(items) == 1:
        found = scenario_of(what_if, items[0])
    else:
        moved = {move.item for move in what_if.combined.moves} if what_if.combined else set()
        found = what_if.combined if items and moved == set(items) else None
    return found if found and gains_of(story, what_if, found) else None
