"""``csat whatif``: what a better score of some items goes with, and the cheapest way to a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.whatif_results import INDEX
from workbench import options
from workbench.moves import Typed
from workbench.project import Project
from workbench.published import published
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.results import StudyResults
    from analysis.whatif_pipeline import StudySimulator
    from survey.study import Study


def whatif(
    ctx: typer.Context,
    moves: Annotated[list[str] | None, typer.Argument(metavar="ITEM=+POINTS", show_default=False)] = None,
    outcome: options.Outcome = None,
    target: Annotated[str | None, typer.Option("--target", metavar="OUTCOME=LEVEL")] = None,
    cost: Annotated[list[str] | None, typer.Option("--cost", metavar="ITEM=COST", show_default=False)] = None,
    least_points: Annotated[bool, typer.Option("--least-points")] = False,
    wave: options.Wave = None,
    weights: options.Weights = None,
    project: options.Project = options.HERE,
    lang: options.Lang = None,
    json: options.Json = False,
) -> None:
    """Show what moving drivers goes with: all of them one by one, some together, or a way to a target."""
    terminal: Terminal = ctx.obj
    command, opened = ctx.command_path, Project(project)
    if opened.study.drivers is None:
        raise Stop("whatif.no_drivers", file=opened.study_file)
    asked = _read(opened, command, moves or [], outcome, target, cost or [], least_points=least_points)
    if target is not None and not asked.costs:
        raise Misuse("usage.no_costs", command, file=opened.study_file)
    results = opened.results(wave, terminal, command, weights)
    if results.what_if is None:
        raise Stop("whatif.no_drivers", file=opened.study_file)
    run = _Run(opened, terminal, results, asked, json)
    if not asked.moves and asked.target is None:
        run.table(command, weights)
        return
    simulator = run.simulator(command, weights)
    if asked.target is not None:
        run.way(simulator, *asked.target)
    else:
        run.scenario(simulator)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the user asked for.

    ``outcomes`` are those to work out, ``shown`` those to print; ``least`` says that a point of any item
    costs 1.
    """

    moves: Mapping[str, float]
    target: tuple[str, float] | None
    costs: Mapping[str, float]
    outcomes: tuple[str, ...]
    shown: tuple[str, ...]
    least: bool


def _read(
    opened: Project,
    command: str,
    moves: list[str],
    outcome: str | None,
    target: str | None,
    cost: list[str],
    *,
    least_points: bool,
) -> _Asked:
    """Read the arguments; everything wrong with them is told at once."""
    from analysis.pipeline import index_tree
    from analysis.whatif_pipeline import movable, wanted_outcomes

    study = opened.study
    typed = Typed(study, movable(study, index_tree(study.index)), command)
    usual, known = wanted_outcomes(study), tuple(study.outcome_by_id)
    found, aim, costs = typed.moves(moves), typed.target(target, known), typed.costs(cost)
    if outcome is not None and outcome not in known:
        typed.faults.append(Misuse.unknown("outcome", outcome, known, command))
    if found and target is not None:
        typed.faults.append(Misuse("usage.moves_and_target", command))
    if cost and least_points:
        typed.faults.append(Misuse("usage.cost_and_points", command))
    if target is None and (cost or least_points):
        typed.faults.append(Misuse("usage.cost_without_target", command))
    typed.settle()
    named = [name for name in (outcome, aim[0] if aim else None) if name and name != INDEX]
    outcomes = tuple(dict.fromkeys([*usual, *named]))
    shown = outcomes if outcome is None else (outcome,)
    return _Asked(
        found, aim, costs or _costs(study, typed, least_points=least_points), outcomes, shown, least_points
    )


def _costs(study: Study, typed: Typed, *, least_points: bool) -> Mapping[str, float]:
    """Costs of the study; or 1 for every item, where the least number of points is asked for."""
    if least_points:
        return dict.fromkeys(typed.movable, 1.0)
    return study.what_if.costs if study.what_if else {}


@dataclass(frozen=True, slots=True)
class _Run:
    """One answer to one question."""

    opened: Project
    terminal: Terminal
    results: StudyResults
    asked: _Asked
    json: bool

    def simulator(self, command: str, weights: str | None) -> StudySimulator:
        """Fit the models anew: the results keep figures, not people."""
        from analysis.pipeline import what_if_simulator

        weighted = self.opened.weight_set(weights, command)
        answers = self.opened.history(self.results.wave, self.terminal, command)
        with self.terminal.progress("progress.estimating"):
            found = what_if_simulator(weighted.study, answers, self.asked.outcomes)
        if found is None:
            raise Stop("whatif.no_drivers", file=self.opened.study_file)
        return found

    def table(self, command: str, weights: str | None) -> None:
        """All drivers one by one, and those to improve together."""
        from workbench.whatif_tables import show_table

        found = self.results.what_if
        usual = {model.outcome for model in found.outcomes} if found else set()
        if found is None or not usual >= set(self.asked.shown) - set(self._missing()):
            found = self.simulator(command, weights).table(self.results)
        if self.json:
            self._document({"what_if": published(found)})
        else:
            show_table(self.terminal, self._labels(), found, self.asked.shown)

    def _missing(self) -> list[str]:
        found = self.results.what_if
        return [str(values["outcome"]) for _, values in found.missing] if found else []

    def scenario(self, simulator: StudySimulator) -> None:
        """Some items moved together; moves beyond the data are refused."""
        from workbench.whatif_tables import show_scenario
        from workbench.whatif_words import outside

        if beyond := simulator.outside(self.asked.moves):
            raise Stop("whatif.outside", moves=outside(self.opened.study, beyond, self.asked.moves))
        scenario, grounds = simulator.scenario(self.asked.moves), simulator.grounds(self.results)
        if self.json:
            self._document({"scenario": published(scenario), "grounds": published(grounds)})
        else:
            show_scenario(self.terminal, self._labels(), scenario, grounds, self.asked.shown)

    def way(self, simulator: StudySimulator, outcome: str, level: float) -> None:
        """The cheapest way to a level of an outcome."""
        from analysis.cheapest import NoTarget
        from workbench.whatif_tables import show_way

        try:
            way = simulator.cheapest(outcome, level, self.asked.costs)
        except NoTarget as error:
            raise Stop("whatif.no_target", outcome=self._labels().outcome(outcome)) from error
        grounds = simulator.grounds(self.results)
        if self.json:
            self._document({"way": published(way), "grounds": published(grounds)})
        else:
            show_way(
                self.terminal, self._labels(), way, grounds, self.asked.shown, least_points=self.asked.least
            )

    def _labels(self) -> Any:
        from report_templates.context.labels import Labels

        return Labels(self.opened.study, self.terminal.language)

    def _document(self, body: Mapping[str, Any]) -> None:
        self.terminal.json(
            {"wave": self.results.wave, **body, "provenance": published(self.results.provenance)}
        )
