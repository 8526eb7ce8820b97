"""``csat questionnaire``: what each suffix brings, and what is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli import csat

from survey.definition import load_study
from survey.workbook import read_workbook
from survey.xlsform import is_xlsform, read_xlsform


@pytest.fixture
def project(tmp_path: Path) -> Path:
    csat("init", tmp_path, "--preset", "ecsi")
    return tmp_path


def test_the_form_of_a_study_reads_back_as_that_study(project: Path) -> None:
    file = project / "form.xlsx"
    run = csat("questionnaire", "-o", file, "--xlsform", "--project", project)
    assert "KoboToolbox" in run.out
    assert read_xlsform(read_workbook(file), file.name) == load_study(project / "study.yaml")


def test_a_workbook_for_answers_says_how_to_import_it_and_is_not_replaced(project: Path) -> None:
    file = project / "answers.xlsx"
    run = csat("questionnaire", "-o", file, "--project", project)
    assert f"csat import {file} --wave 2004" in run.out
    assert not is_xlsform(read_workbook(file))
    before = file.stat().st_mtime_ns
    refused = csat("questionnaire", "-o", file, "--project", project, code=1)
    assert "may hold answers" in refused.err
    assert file.stat().st_mtime_ns == before
    csat("questionnaire", "-o", file, "--project", project, "--force")


def test_a_page_is_written_in_the_language_asked_for(project: Path) -> None:
    csat("questionnaire", "-o", project / "form.html", "--project", project, "--lang", "en")
    assert "One answer in each row" in (project / "form.html").read_text(encoding="utf-8")


def test_other_suffixes_and_waves_are_refused_in_words(project: Path) -> None:
    run = csat("questionnaire", "-o", "form.docx", "--project", project, code=2)
    assert ".pdf (a form), .html (a page) or .xlsx (a workbook)" in run.err
    run = csat("questionnaire", "-o", "form.docx", "--project", project, code=2, language="zh")
    assert "请用 .pdf（表单）" in run.err
    run = csat("questionnaire", "-o", "form.pdf", "--xlsform", "--project", project, code=2)
    assert "an XLSForm is a workbook" in run.err
    run = csat("questionnaire", "-o", "form.html", "--wave", "2005", "--project", project, code=2)
    assert "2004" in run.err
