"""A project folder: ``study.yaml`` that people edit, ``csat.db`` with the answers, ``reports/``.

Opening one reads nothing; each part is read when it is asked for. The numbers all come from one call,
``analysis.pipeline.run``: nothing is computed here.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.terminal import Stop

if TYPE_CHECKING:
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
        self.reports = folder / REPORTS

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
