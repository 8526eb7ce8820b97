"""Driver results for the views: remembered where the study lists the outcome, else worked out on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.results import DriverResults, StudyResults, TooFew
from report_templates.context.words import Words
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.wording import missing_lines
from workbench.published import published


@dataclass(frozen=True, slots=True)
class Estimated:
    """Results of the wave, drivers of the outcomes that were asked for, and why others have none."""

    results: StudyResults
    found: tuple[DriverResults, ...]
    reasons: Mapping[str, TooFew]

    @property
    def missing(self) -> tuple[str, ...]:
        """Outcomes without drivers."""
        return tuple(self.reasons)

    def words(self, asked: Asked) -> Words:
        """Return the words for what was found."""
        return Words(asked.project.study, asked.terminal.language, self.results)

    def document(self, key: str, found: Any) -> dict[str, Any]:
        """Return what such a view prints as JSON: plain values ``found`` under ``key``, and their origin."""
        return {
            "wave": self.results.wave,
            key: found,
            "missing": list(self.missing),
            "provenance": published(self.results.provenance),
        }

    def last_lines(self, words: Words, said: Iterable[str] = ()) -> list[str]:
        """Return what stands below the last outcome: those without drivers, what is ``said``, the weights."""
        return [*missing_lines(words, self.reasons), *said, *tables.weights_used(words)]


def show_estimated(
    asked: Asked,
    document: Callable[[Estimated], dict[str, Any]],
    tell: Callable[[Asked, Words, DriverResults], None],
    said: Callable[[Asked, Estimated], Iterable[str]] = lambda *_: (),
) -> None:
    """Print one JSON object, or every outcome by ``tell`` and then what is ``said`` of all of them."""
    made = estimated(asked)
    if asked.json:
        asked.terminal.json(document(made))
        return
    words = made.words(asked)
    for part in made.found:
        tell(asked, words, part)
    asked.terminal.lines(made.last_lines(words, said(asked, made)))


def estimated(asked: Asked) -> Estimated:
    """Return the drivers of every outcome that was asked for, in that order."""
    results = asked.project.results(asked.wave, asked.terminal, asked.command, asked.weights)
    known: dict[str, DriverResults | TooFew] = {part.outcome: part for part in results.drivers}
    known |= dict(results.drivers_missing)
    known |= _on_demand(asked, [name for name in asked.outcomes if name not in known])
    found = [(name, known[name]) for name in asked.outcomes]
    return Estimated(
        results,
        tuple(part for _, part in found if not isinstance(part, TooFew)),
        {name: part for name, part in found if isinstance(part, TooFew)},
    )


def _on_demand(asked: Asked, outcomes: list[str]) -> dict[str, DriverResults | TooFew]:
    """Work out the drivers of outcomes that the study does not list, as it would those it lists."""
    if not outcomes:
        return {}
    from analysis.outcome_pipeline import driver_base, shares_of

    study = asked.project.weight_set(asked.weights, asked.command).study
    answers = asked.project.history(asked.wave, asked.terminal, asked.command)
    with asked.terminal.progress("progress.step.drivers"):
        base = driver_base(study, answers)
        return {name: shares_of(base, name) for name in outcomes}
