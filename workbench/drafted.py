"""A project drafted from an export: the study with its evidence beside each question, and what to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from survey.language import Language, catalogue
from workbench.project import STUDY_FILE
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from survey.decisions import NumbersMean
    from survey.draft_notes import Note
    from survey.draft_study import DraftedStudy

CONFIRM_FILE = "TO-CONFIRM.md"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, where the file itself leaves it open; see ``survey.importing``."""

    sheet: str | None = None
    layout: str | None = None
    encoding: str | None = None
    numbers: NumbersMean | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a project by their path in it; ``drafted`` where they were guessed from an export."""

    files: Mapping[str, str]
    drafted: DraftedStudy | None = None


def files_from(file: Path, reading: Reading, language: Language, header: str) -> Made:
    """Return a project made from a form workbook, as it is, or drafted from an export.

    Raises ``ImportProblems`` where the file holds no export, or more than one, and ``StudyProblems`` with
    every problem of a form workbook.
    """
    from survey.any_export import any_export
    from survey.definition import dump_study
    from survey.draft_study import draft_study
    from survey.workbook import read_workbook
    from survey.xlsform.read import is_xlsform, read_xlsform

    workbook = read_workbook(file, encoding=reading.encoding)
    if is_xlsform(workbook):
        study = read_xlsform(workbook, workbook.file)
        return Made({STUDY_FILE: f"{header}\n{dump_study(study)}"})
    found, export = any_export(workbook, sheet=reading.sheet, layout=reading.layout)
    rows = [row for row in found.rows() if row.number >= export.first_row]
    drafted = draft_study(export, rows, workbook.file, reading.numbers)
    return Made(drafted_files(drafted, language, header), drafted)


def drafted_lines(drafted: DraftedStudy, terminal: Terminal) -> list[str]:
    """Return what was drafted, in counts, and what about the whole has to be confirmed."""
    study = drafted.study
    asked = len(study.items) - len(drafted.decisions.absent)
    items = terminal.text("init.stand_in") if drafted.decisions.absent else asked
    counts = {"items": items, "choices": len(study.choice_questions)}
    counts |= {"open": len(study.open_questions), "columns": len(study.columns)}
    layout = catalogue("survey")(f"layout.{drafted.decisions.layout}", terminal.language)
    lines = [terminal.text("init.drafted", layout=layout, **counts)]
    return lines + [f"  - {line}" for line in _sentences(drafted.confirm.get("", ()), terminal.language)]


def drafted_files(drafted: DraftedStudy, language: Language, header: str) -> Mapping[str, str]:
    """Return the files of a drafted project by their path in it."""
    from survey.decisions import decisions_file, write_decisions
    from survey.definition import dump_study

    survey = catalogue("survey")
    layout = drafted.decisions.layout
    heading = survey("mapping.heading", language, layout=survey(f"layout.{layout}", language))
    study = _annotated(dump_study(drafted.study), drafted, language)
    return {
        STUDY_FILE: f"{header}\n{study}",
        str(decisions_file(Path(), layout)): write_decisions(drafted.decisions, heading),
        CONFIRM_FILE: _to_confirm(drafted, language),
    }


def _annotated(body: str, drafted: DraftedStudy, language: Language) -> str:
    """Return the study file with what was seen, and what is doubtful, above each question."""
    lines = []
    unsaid = set(drafted.study.part_by_id)  # a segment has the id of its column, of which all was said
    for line in body.splitlines():
        found = re.fullmatch(r"( *)- id: (\w+)", line)
        name = found[2] if found else ""
        if found and name in unsaid:
            unsaid.remove(name)
            notes = (*drafted.evidence.get(name, ()), *drafted.confirm.get(name, ()))
            lines += [f"{found[1]}# {sentence}" for sentence in _sentences(notes, language)]
        lines.append(line)
    return "\n".join(lines) + "\n"


def _sentences(notes: Iterable[Note], language: Language) -> list[str]:
    # A wording may hold line breaks; a comment ends with its line.
    return list(dict.fromkeys(" ".join(note.text(language).split()) for note in notes))


def _to_confirm(drafted: DraftedStudy, language: Language) -> str:
    """Return the list of what to confirm: of the whole, then of the questions of which the same is to be."""
    text = catalogue("workbench")
    parts = [text("init.confirm_heading", language), ""]
    parts += [f"- [ ] {sentence}" for sentence in _sentences(drafted.confirm.get("", ()), language)]
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, part in drafted.study.part_by_id.items():
        if notes := drafted.confirm.get(name, ()):
            named = f"**{name}** {' '.join(part.label[language].split())}"
            alike.setdefault(tuple(_sentences(notes, language)), []).append(named)
    for sentences, questions in alike.items():
        parts += ["", "  \n".join(questions), "", *(f"- [ ] {sentence}" for sentence in sentences)]
    return "\n".join(parts) + "\n"
