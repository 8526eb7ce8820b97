"""What the results allow one to tell, worked out once for all pages.

Every list of names and every count that stands on more than one page is made here, so that two pages
never disagree. The report has as many pages as it has something to say: the plan numbers pages and
figures after it is known which exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis.checks import Check, Checklist, checklist
from analysis.priority_parts import named_quadrant
from analysis.results import (
    Comparison,
    Distribution,
    Driver,
    DriverResults,
    Estimate,
    GroupResult,
    NodeResult,
    OutcomeResult,
    SegmentResult,
    StudyResults,
    TooFew,
)
from analysis.whatif_results import WhatIf
from report_templates import formatting
from report_templates.context import verdicts
from report_templates.context.model import PageName
from report_templates.context.words import Words
from survey.language import Language
from survey.study import Action, Study

LOW_TOP = 0.7
MOST_DECISIONS = 3
_FIGURES: dict[PageName, tuple[str, ...]] = {
    "trend": ("trend", "panels"),
    "scores": ("scores",),
    "causes": ("causes",),
    "answers": ("answers",),
    "priorities": ("priorities",),
    "what_if": ("what_if",),
    "groups": ("groups",),
}
_SATISFACTION = ("satisfaction", "loyalty", "affective_loyalty", "cognitive_loyalty", "behavioural_loyalty")
_INTENTION = ("renewal_intention", "recommendation", "purchase_intention", "loyalty", "renewal")


@dataclass(frozen=True)
class Story:
    """Results seen as a report sees them. ``words`` says them."""

    results: StudyResults
    study: Study
    words: Words

    @classmethod
    def of(cls, results: StudyResults, study: Study, language: Language) -> Story:
        """Return the story of ``results`` in ``language``."""
        return cls(results, study, Words(study, language, results))

    # The index and its branches

    @property
    def change(self) -> Comparison | None:
        """The change of the index from the wave before."""
        return self.results.current.change

    @cached_property
    def branches(self) -> tuple[NodeResult, ...]:
        """The first level of the index tree."""
        root = self.study.index.id
        parents = (root,) if any(node.id == root for node in self.results.nodes) else (None, root)
        return tuple(node for node in self.results.nodes if node.parent in parents and node.id != root)

    def children(self, parent: NodeResult) -> tuple[NodeResult, ...]:
        """The nodes directly below ``parent``."""
        return tuple(node for node in self.results.nodes if node.parent == parent.id)

    @cached_property
    def kind(self) -> str:
        """What the branches are: ``dimension``, or ``item`` where the index has no level between."""
        return "item" if all(node.item for node in self.branches) else "dimension"

    @cached_property
    def pushing_up(self) -> tuple[NodeResult, ...]:
        """Branches with a verified positive contribution, largest first."""
        return self._contributing(1)

    @cached_property
    def pulling_down(self) -> tuple[NodeResult, ...]:
        """Branches with a verified negative contribution, largest first."""
        return self._contributing(-1)

    def _contributing(self, sign: int) -> tuple[NodeResult, ...]:
        wanted = "rise" if sign > 0 else "fall"
        found = [
            (node.contribution.estimate.value, node)
            for node in self.branches
            if node.contribution and verdicts.direction(node.contribution) == wanted
        ]
        return tuple(node for _, node in sorted(found, key=lambda pair: -sign * pair[0]))

    def moving(self, nodes: Sequence[NodeResult], way: verdicts.Direction) -> tuple[NodeResult, ...]:
        """Nodes whose own score moved ``way``."""
        return tuple(node for node in nodes if node.change and verdicts.direction(node.change) == way)

    # Answers

    @cached_property
    def answers(self) -> tuple[tuple[NodeResult | None, tuple[Distribution, ...]], ...]:
        """Distributions by branch of the index, then those outside it, each best first."""
        by_item = {distribution.item: distribution for distribution in self.results.distributions}
        grouped: list[tuple[NodeResult | None, tuple[Distribution, ...]]] = []
        if self.kind == "item":
            inside = tuple(by_item.pop(leaf.item) for leaf in self._leaves() if leaf.item in by_item)
            grouped = [(None, inside)] if inside else []
        else:
            for branch in self.branches:
                items = [leaf.item for leaf in self._leaves(branch) if leaf.item in by_item]
                found = tuple(by_item.pop(item) for item in items if item)
                grouped += [(branch, found)] if found else []
        if by_item:
            grouped.append((None, tuple(by_item.values())))
        return tuple((branch, tuple(sorted(found, key=_by_top))) for branch, found in grouped)

    def _leaves(self, below: NodeResult | None = None) -> tuple[NodeResult, ...]:
        if below is None:
            return tuple(node for node in self.results.nodes if node.item)
        if below.item:
            return (below,)
        return tuple(leaf for child in self.children(below) for leaf in self._leaves(child))

    @cached_property
    def all_answers(self) -> tuple[Distribution, ...]:
        """Every distribution, in the order of the chart."""
        return tuple(distribution for _, found in self.answers for distribution in found)

    def branch_of(self, item: str) -> NodeResult | None:
        """The branch under which an item stands."""
        for branch in self.branches:
            if branch.item != item and any(leaf.item == item for leaf in self._leaves(branch)):
                return branch
        return None

    def answers_moving(self, way: verdicts.Direction) -> tuple[Distribution, ...]:
        """Items whose top share moved ``way``."""
        return tuple(d for d in self.all_answers if d.top_change and verdicts.direction(d.top_change) == way)

    @cached_property
    def low_answers(self) -> tuple[Distribution, ...]:
        """Items whose top share lies below seven in ten with its whole interval, lowest first."""
        low = [d for d in self.all_answers if isinstance(d.top, Estimate) and (d.top.high or 1) < LOW_TOP]
        return tuple(sorted(low, key=_by_top, reverse=True))

    # Drivers

    @cached_property
    def drivers(self) -> DriverResults | None:
        """Drivers of the main outcome."""
        wanted = self.study.drivers.outcomes if self.study.drivers else ()
        found = {result.outcome: result for result in self.results.drivers if result.drivers}
        return next((found[outcome] for outcome in wanted if outcome in found), None) or next(
            iter(found.values()), None
        )

    @cached_property
    def other_drivers(self) -> DriverResults | None:
        """Drivers of the second outcome, shown as one column."""
        rest = [result for result in self.results.drivers if result is not self.drivers and result.drivers]
        return rest[0] if rest else None

    @cached_property
    def checks(self) -> Checklist:
        """Every line of the checklist."""
        return checklist(self.results)

    @cached_property
    def blocks(self) -> tuple[Check, ...]:
        """Lines that keep the drivers of the main outcome from being a headline.

        Whatever names a driver to improve, or says what it would bring, asks here first: where there is a
        line, no title, finding, tile or decision does, and the reader is told why and what to do. Where no
        outcome has a model, the first that the study names is the main one.
        """
        wanted = self.study.drivers.outcomes[:1] if self.study.drivers else ()
        main = (self.drivers.outcome,) if self.drivers else wanted
        return tuple(check for outcome in main for check in self.checks.blocks(outcome))

    @property
    def blocked(self) -> bool:
        """Whether nothing about the drivers of the main outcome may be a headline: see ``blocks``."""
        return bool(self.blocks)

    @cached_property
    def what_if(self) -> WhatIf | None:
        """What better scores go with; ``None`` where nothing may be said of it or the checklist blocks it."""
        found = self.results.what_if
        return found if found and found.outcomes and self.drivers and not self.blocked else None

    def named(self, driver: Driver) -> str:
        """The quadrant a driver may be said to be in, or ``undecided``.

        None is named where a line of the checklist blocks the outcome.
        """
        least = self.study.drivers.probability if self.study.drivers else 0.8
        return (None if self.blocked else named_quadrant(driver, least)) or "undecided"

    def in_quadrant(self, quadrant: str) -> tuple[Driver, ...]:
        """Drivers of the main outcome that may be named in ``quadrant``, most important first."""
        return tuple(d for d in self.drivers.drivers if self.named(d) == quadrant) if self.drivers else ()

    @cached_property
    def decisions(self) -> tuple[tuple[Action, Driver | None, NodeResult | None], ...]:
        """Declared actions for what the survey found: to repair first, or verifiably fallen."""
        drivers = {d.item: d for d in self.drivers.drivers} if self.drivers and not self.blocked else {}
        repair = {d.item for d in self.in_quadrant("improve")}
        leaves = {node.item: node for node in self._leaves() if node.item}
        fallen = {
            item for item, node in leaves.items() if node.change and verdicts.direction(node.change) == "fall"
        }
        asked = [a for a in self.study.reporting.actions if a.item in repair | fallen]

        def importance(action: Action) -> float:
            return drivers[action.item].share.value if action.item in drivers else 0.0

        asked.sort(key=lambda action: (action.item not in repair, -importance(action)))
        return tuple((a, drivers.get(a.item), leaves.get(a.item)) for a in asked[:MOST_DECISIONS])

    # Groups

    @cached_property
    def segments(self) -> tuple[SegmentResult, ...]:
        """Segments with at least two groups that may be shown, the one with most groups first."""
        open_ = [s for s in self.results.segments if sum(isinstance(g.score, Estimate) for g in s.groups) > 1]
        return tuple(sorted(open_, key=lambda segment: -len(segment.groups)))

    def differing(self, segment: SegmentResult, way: verdicts.Direction) -> tuple[GroupResult, ...]:
        """Groups that differ from all others in the direction ``way``; ``flat`` and ``untested`` too."""
        return tuple(
            group
            for group in segment.groups
            if group.difference and verdicts.direction(group.difference) == way
        )

    @staticmethod
    def hidden(segment: SegmentResult) -> tuple[GroupResult, ...]:
        """Groups that may not be shown."""
        return tuple(group for group in segment.groups if isinstance(group.score, TooFew))

    # Outcomes

    @cached_property
    def tile_outcomes(self) -> tuple[OutcomeResult, ...]:
        """Up to two outcomes for the summary: satisfaction or loyalty, and an intention."""
        chosen: list[OutcomeResult] = []
        for kinds in (_SATISFACTION, _INTENTION):
            ranked = sorted(
                (o for o in self.results.outcomes if o.kind in kinds and o not in chosen and self._tile(o)),
                key=lambda outcome: kinds.index(outcome.kind),
            )
            chosen += ranked[:1]
        return tuple(chosen)

    def _tile(self, outcome: OutcomeResult) -> bool:
        return _current(outcome) is not None and not self.is_index(outcome)

    def is_index(self, outcome: OutcomeResult) -> bool:
        """Whether an outcome is made of the very items of the index, so that it would say the same twice."""
        declared = self.study.outcome_by_id.get(outcome.id)
        return declared is not None and set(declared.items) == {
            leaf.item for leaf in self.study.index.leaves()
        }

    # Pages

    @cached_property
    def page_names(self) -> tuple[PageName, ...]:
        """Which pages exist, in reading order, after the cover."""
        names: list[PageName] = ["summary", "trend" if len(self.results.waves) > 1 else "scores"]
        if self.change and any(node.contribution for node in self.branches):
            names.append("causes")
        if self.all_answers:
            names.append("answers")
        if self.drivers:
            names.append("priorities")
        if self.what_if:
            names.append("what_if")
        if self.segments:
            names.append("groups")
        return (*names, "checklist", "method")

    def page_number(self, name: PageName) -> str:
        """The number of a page; the cover is 1."""
        return str(self.page_names.index(name) + 2)

    def page_name(self, name: PageName) -> str:
        """The name of a page; the page of groups is called after its main segment."""
        if name == "groups" and self.segments:
            return formatting.capital(self.words.groups_of(self.segments[0].id))
        return self.words(f"page.{name}")

    @cached_property
    def has_panels(self) -> bool:
        """Whether the dimensions are drawn as small trends."""
        return 2 <= len(self.branches) <= 10

    @cached_property
    def _figures(self) -> dict[str, int]:
        names = [figure for page in self.page_names for figure in _FIGURES.get(page, ())]
        present = [name for name in names if name != "panels" or self.has_panels]
        return {name: number for number, name in enumerate(present, start=1)}

    def figure(self, name: str) -> str:
        """The label of a figure: ``图 3``; empty where the report has none of that name."""
        return self.words("figure", number=self._figures[name]) if name in self._figures else ""


def _current(outcome: OutcomeResult) -> Estimate | None:
    return verdicts.shown(outcome.series[-1]) if outcome.series else None


def _by_top(distribution: Distribution) -> float:
    return -distribution.top.value if isinstance(distribution.top, Estimate) else 1.0
