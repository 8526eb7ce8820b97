"""What each driver's part of the explained variance is, with its doubt and its place among the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.results import DriverResults
from report_templates.context.first_step import first_step
from report_templates.context.story import Story
from report_templates.context.words import Words
from workbench import tables
from workbench.driver_views import Asked
from workbench.driver_views.estimated import Estimated, show_estimated
from workbench.driver_views.wording import result_hint
from workbench.published import published


def show(asked: Asked) -> None:
    """Write one table an outcome, or the document of ``drivers_document``."""
    show_estimated(asked, drivers_document, _show, _first)


def drivers_document(made: Estimated) -> dict[str, Any]:
    """Return what ``--json`` prints: ``analysis.results.DriverResults``, and outcomes without any."""
    return made.document("drivers", published(made.found))


def _show(asked: Asked, words: Words, found: DriverResults) -> None:
    asked.terminal.show(tables.drivers_title(words, found), tables.driver_table(words, found))
    asked.terminal.lines([*tables.driver_notes(words, found), *result_hint(words, found), ""])


def _first(asked: Asked, made: Estimated) -> Iterator[str]:
    """Say what to improve first, as the report does, where the outcome that it goes by was asked for."""
    study = asked.project.study
    if study.drivers is None or study.drivers.outcomes[0] not in asked.outcomes:
        return
    answer = first_step(Story.of(made.results, study, asked.terminal.language))
    if answer is not None:
        yield answer.sentence(asked.terminal.language)
