"""A project folder: ``study.yaml`` that people edit, ``csat.db`` with the answers, ``reports/``.

Opening one reads nothing; each part is read when it is asked for. The numbers all come from one call,
``analysis.pipeline.run``: nothing is computed here.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.results import StudyResults
    from survey.responses import Responses
    from survey.store import Store
    from survey.study import Study

STUDY_FILE = "study.yaml"
DATABASE = "csat.db"
REPORTS = "reports"


class Project:
    """One folder with a study and its answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.study_file = folder / STUDY_FILE
        self.database = folder / DATABASE

    def found_study_file(self) -> Path:
        """Return the study file; raises ``Stop`` where the folder has none."""
        if not self.study_file.is_file():
            raise Stop("message.no_study", folder=self.folder.resolve())
        return self.study_file

    @cached_property
    def study(self) -> Study:
        """The study; raises ``StudyProblems`` with every problem of its file."""
        from survey.definition import load_study

        return load_study(self.found_study_file())

    def declared_wave(self, wave: str, command: str) -> str:
        """Return ``wave``; raises ``Misuse`` where the study declares no such wave."""
        if wave not in self.study.wave_by_id:
            raise Misuse.unknown("wave", wave, list(self.study.wave_by_id), command)
        return wave

    def store(self) -> Store:
        """Open the project file for reading; raises ``Stop`` where nothing was imported yet."""
        from survey.store import Store

        if not self.database.is_file():
            raise Stop("message.no_answers", folder=self.folder)
        return Store.open(self.database, read_only=True)

    def results(self, wave: str | None, terminal: Terminal, command: str) -> StudyResults:
        """Return the results of ``wave``, by default the latest with answers.

        All waves up to it are analysed together; later ones are left aside.
        """
        if wave is not None:
            self.declared_wave(wave, command)
        answers, digests = self._answers(wave, terminal)
        from analysis.pipeline import run

        with terminal.progress("progress.estimating"):
            return run(self.study, answers, wave=answers[-1].wave, digests=digests)

    def _answers(self, wave: str | None, terminal: Terminal) -> tuple[list[Responses], dict[str, str]]:
        """Return the answers of all waves up to ``wave`` in time order, and the digest of each."""
        with self.store() as store:
            held = [known for known in self.study.wave_by_id if known in store.waves()]
            if not held:
                raise Stop("message.no_answers", folder=self.folder)
            if wave is not None and wave not in held:
                raise Stop("message.wave_without_answers", wave=wave, held=", ".join(held))
            upto = held[: held.index(wave) + 1] if wave else held
            answers = []
            with terminal.progress("progress.reading", total=len(upto)) as advance:
                for known in upto:
                    answers.append(store.load(known))
                    advance()
            return answers, {known: store.digest(known) for known in upto}

    def report_file(self, wave: str, language: str, suffix: str) -> Path:
        """Return where the report of a wave stands unless the user says otherwise."""
        return self.folder / REPORTS / f"{self.study.id}-{wave}-{language}.{suffix}"
