"""Views whose numbers no report keeps: one outcome after the other, each shown as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from analysis.outcome_pipeline import DriverBase, driver_base
from analysis.quality_statement import calibration_used
from analysis.results import TooFew
from report_templates.context.labels import Labels
from survey.responses import Responses
from workbench.driver_views import Asked
from workbench.driver_views.wording import missing_line, say
from workbench.published import published
from workbench.tables import weights_of
from workbench.terminal import Terminal

Found = TypeVar("Found")


def _without(labels: Labels, base: DriverBase, outcome: str, why: TooFew) -> str:
    return missing_line(labels, base.wave, outcome, why)


def _published(_: DriverBase, found: Any) -> Any:
    return published(found)


@dataclass(frozen=True, slots=True)
class Look(Generic[Found]):
    """One way to look at an outcome.

    ``name`` is that of the list in the document of ``--json``; ``work`` makes the numbers, ``tell`` writes
    them, ``too_few`` says why there are none, and ``document`` turns them into plain values.
    """

    name: str
    work: Callable[[DriverBase, str], Found | TooFew]
    tell: Callable[[Terminal, Labels, DriverBase, Found], None]
    too_few: Callable[[Labels, DriverBase, str, TooFew], str] = _without
    document: Callable[[DriverBase, Found], Any] = _published


def show_look(asked: Asked, look: Look[Found], answers: list[Responses] | None = None) -> None:
    """Look at every outcome that was asked for; ``answers`` where they were read before."""
    project, terminal = asked.project, asked.terminal
    weighted = project.weight_set(asked.weights, asked.command)
    base = driver_base(weighted.study, answers or project.history(asked.wave, terminal, asked.command))
    labels = Labels(project.study, terminal.language)
    found: list[Any] = []
    missing: dict[str, str] = {}
    for done, outcome in enumerate(asked.outcomes):
        with terminal.progress("progress.estimating") as at:
            at(say(labels, "progress", outcome=labels.outcome(outcome)), done, len(asked.outcomes))
            one = look.work(base, outcome)
        if isinstance(one, TooFew):
            missing[outcome] = one.reason
            if not asked.json:
                terminal.lines([look.too_few(labels, base, outcome, one), ""])
        elif asked.json:
            found.append(look.document(base, one))
        else:
            look.tell(terminal, labels, base, one)
    used = weighted.chosen.document()
    if asked.json:
        terminal.json({"wave": base.wave, look.name: found, "missing": missing, "weights": used})
    else:
        terminal.lines(weights_of(labels, used, calibration_used(base.sample, base.wave)))
