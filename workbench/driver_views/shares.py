"""What each driver's part of the explained variance is, with its doubt and its place among the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.link_panel import FEW_LEVELS
from analysis.results import DriverResults
from report_templates.context.words import Words
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.estimated import Estimated, estimated
from workbench.driver_views.wording import missing_lines, say
from workbench.published import published


def show(asked: Asked) -> None:
    """Write one table an outcome, or the document of ``drivers_document``."""
    made = estimated(asked)
    if asked.json:
        asked.terminal.json(drivers_document(made))
        return
    words = made.words(asked)
    for part in made.found:
        asked.terminal.show(tables.drivers_title(words, part), tables.driver_table(words, part))
        asked.terminal.lines([*tables.driver_notes(words, part), *_models_hint(words, part), ""])
    asked.terminal.lines([*missing_lines(words, made.missing), *tables.weights_used(words)])


def drivers_document(made: Estimated) -> dict[str, Any]:
    """Return what ``--json`` prints: ``analysis.results.DriverResults``, and outcomes without any."""
    return {
        "wave": made.results.wave,
        "drivers": published(made.found),
        "missing": list(made.missing),
        "provenance": published(made.results.provenance),
    }


def _models_hint(words: Words, found: DriverResults) -> Iterator[str]:
    """Where to look for the models that an outcome of few values calls for."""
    levels = found.facts.levels if found.facts is not None else FEW_LEVELS + 1
    if levels <= FEW_LEVELS:
        yield say(words, f"models.hint.{'flag' if levels == 2 else 'few'}", outcome=found.outcome)
