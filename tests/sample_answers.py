"""The sample study, its answers as they stand in its workbooks, without a project, and their results."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from analysis.pipeline import run
from analysis.results import StudyResults
from survey.definition import load_study
from survey.importing import read_responses
from survey.responses import Responses
from survey.study import Study
from survey.workbook import read_workbook

SAMPLE = Path(__file__).parent.parent / "sample_surveys" / "key_accounts"


@cache
def study() -> Study:
    """The shipped study with fewer replicates, so that tests stay quick."""
    full = load_study(SAMPLE / "study.yaml")
    return full.model_copy(update={"reporting": full.reporting.model_copy(update={"replicates": 200})})


@cache
def answers(wave: str) -> Responses:
    """The answers of one wave."""
    return read_responses(read_workbook(SAMPLE / f"{wave}.xlsx"), study(), wave)


@cache
def results(*waves: str) -> StudyResults:
    """The results of the last of ``waves``: worked out once for all tests of a process."""
    return run(study(), [answers(wave) for wave in waves], wave=waves[-1])
