"""What each driver's part of the explained variance is, with its doubt and its place among the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.driver_views import Asked
from workbench.published import published

if TYPE_CHECKING:
    from analysis.results import DriverResults, StudyResults
    from report_templates.context.words import Words
    from workbench.terminal import Terminal


def show(asked: Asked) -> None:
    """Write one table an outcome, or the document of ``drivers_document``."""
    from report_templates.context.words import Words

    results = asked.project.results(asked.wave, asked.terminal, asked.command, asked.weights)
    found = [part for part in results.drivers if part.outcome in asked.outcomes]
    missing = [name for name, _ in results.drivers_missing if name in asked.outcomes]
    if asked.json:
        asked.terminal.json(drivers_document(results, found, missing))
    else:
        words = Words(asked.project.study, asked.terminal.language, results)
        _show(asked.terminal, words, found, missing)


def drivers_document(
    results: StudyResults, found: Sequence[DriverResults], missing: Sequence[str]
) -> dict[str, Any]:
    """Return what ``--json`` prints: ``analysis.results.DriverResults``, and outcomes without any."""
    return {
        "wave": results.wave,
        "drivers": published(found),
        "missing": list(missing),
        "provenance": published(results.provenance),
    }


def _show(terminal: Terminal, words: Words, found: Sequence[DriverResults], missing: Sequence[str]) -> None:
    from workbench import tables

    for part in found:
        terminal.show(tables.drivers_title(words, part), tables.driver_table(words, part))
        terminal.lines([*tables.driver_notes(words, part), *tables.weights_used(words), ""])
    for name in missing:
        terminal.line("drivers.missing", outcome=words.outcome(name), wave=words.wave(words.results.wave))
