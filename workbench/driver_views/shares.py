"""What each driver's part of the explained variance is, with its doubt and its place among the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from report_templates.context.first_step import first_step
from report_templates.context.story import Story
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.estimated import Estimated, estimated
from workbench.driver_views.wording import missing_lines, result_hint
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
        asked.terminal.lines([*tables.driver_notes(words, part), *result_hint(words, part), ""])
    asked.terminal.lines(
        [*missing_lines(words, made.reasons), *_first(asked, made), *tables.weights_used(words)]
    )


def drivers_document(made: Estimated) -> dict[str, Any]:
    """Return what ``--json`` prints: ``analysis.results.DriverResults``, and outcomes without any."""
    return {
        "wave": made.results.wave,
        "drivers": published(made.found),
        "missing": list(made.missing),
        "provenance": published(made.results.provenance),
    }


def _first(asked: Asked, made: Estimated) -> Iterator[str]:
    """Say what to improve first, as the report does, where the outcome that it goes by was asked for."""
    study = asked.project.study
    if study.drivers is None or study.drivers.outcomes[0] not in asked.outcomes:
        return
    answer = first_step(Story.of(made.results, study, asked.terminal.language))
    if answer is not None:
        yield answer.sentence(asked.terminal.language)
