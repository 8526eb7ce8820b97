"""What becomes of every bad input: refused with a place and a remedy, no answer, or read and said so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bad_inputs import TABLE, bring_in, drawn, outcome
from bad_kinds import BadInput, NoAnswer, Read, Refused, Shown
from cli import csat

from survey.archive import Limits
from survey.definition import dump_study
from survey.errors import ImportProblems, Problem
from survey.importing import Imported, ImportOptions
from survey.language import LANGUAGES
from survey.questions import BlankKind

ROOT = Path(__file__).resolve().parents[1]


def cases(kind: type, *, by_command: bool = False) -> list[object]:
    """Return every case of the inputs that end in one way; ``by_command``: those for a command."""
    inputs = [bad for section in TABLE for bad in section.inputs if isinstance(bad.ends, kind)]
    if by_command:
        inputs = [bad for bad in inputs if bad.options == ImportOptions() and bad.lowered is None]
    return [pytest.param(bad, case, id=f"{bad.number} {case}") for bad in inputs for case in bad.cases]


def errors(problems: ImportProblems) -> list[Problem]:
    return [problem for problem in problems.problems if problem.severity == "error"]


def says_what_to_do(problem: Problem, file: str) -> bool:
    """Tell whether a problem has a place, a sentence in each language, and one that says what to do."""
    zh, en = (problem.message(language) for language in LANGUAGES)
    placed = all(problem.line(language).startswith(file) for language in LANGUAGES)
    return placed and zh != en and "请" in zh and len(re.findall(r"[.?!](?= |$)", en)) > 1


@pytest.mark.parametrize(("bad", "case"), cases(Refused))
def test_a_file_is_refused_with_place_and_remedy(tmp_path: Path, bad: BadInput, case: str) -> None:
    assert isinstance(bad.ends, Refused)
    found = outcome(bad, drawn(bad, case, tmp_path))
    assert isinstance(found, ImportProblems)
    assert [problem.code for problem in errors(found)] == bad.ends.codes
    for problem in errors(found):
        assert says_what_to_do(problem, bad.file), problem.line("en")
    assert not bad.ends.secret or bad.ends.secret not in f"{found}"


@pytest.mark.parametrize(("bad", "case"), cases(Refused, by_command=True))
def test_a_refused_file_leaves_no_trace_in_a_project(tmp_path: Path, bad: BadInput, case: str) -> None:
    assert isinstance(bad.ends, Refused)
    file = drawn(bad, case, tmp_path)
    (tmp_path / "study.yaml").write_text(dump_study(bad.study), encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    language = LANGUAGES[bad.number % len(LANGUAGES)]
    words = ("import", file, "--wave", "w1", "--project", tmp_path, "--json")
    run = csat(*words, code=1, language=language)
    assert sorted(tmp_path.iterdir()) == before
    told = [problem for problem in run.document["problems"] if problem["severity"] == "error"]
    assert [problem["code"] for problem in told] == bad.ends.codes
    assert bad.file in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize(("bad", "case"), cases(NoAnswer))
def test_what_is_no_answer_is_named_by_cell_and_never_changed(
    tmp_path: Path, bad: BadInput, case: str
) -> None:
    assert isinstance(bad.ends, NoAnswer)
    file = drawn(bad, case, tmp_path)
    found = outcome(bad, file)
    assert isinstance(found, ImportProblems)
    assert [(problem.code, problem.place.cell) for problem in errors(found)] == [(bad.ends.code, "A2")]
    assert says_what_to_do(errors(found)[0], bad.file)
    kept = bring_in(bad, file, invalid="blank")
    assert kept.responses.codes.tolist() == [[BlankKind.INVALID]]
    assert (bad.ends.code, "A2") in [(w.code, w.place.cell) for w in kept.report.warnings]


@pytest.mark.parametrize(("bad", "case"), cases(Read))
def test_what_can_be_read_is_read_and_remarked_upon(tmp_path: Path, bad: BadInput, case: str) -> None:
    ends = bad.ends
    assert isinstance(ends, Read)
    found = outcome(bad, drawn(bad, case, tmp_path))
    assert isinstance(found, Imported), found
    assert tuple(warning.code for warning in found.report.warnings) == ends.warned
    answers = found.responses
    assert ends.codes is None or answers.codes.tolist() == ends.codes
    assert ends.changes is None or found.report.changes == ends.changes
    assert ends.comments is None or answers.comments["why"] == ends.comments
    assert ends.fact is None or answers.columns["fact"][0] == ends.fact
    assert found.report.reconciles


@pytest.mark.parametrize(("bad", "case"), cases(Shown))
def test_answers_that_are_fine_are_read_without_a_word(tmp_path: Path, bad: BadInput, case: str) -> None:
    found = outcome(bad, drawn(bad, case, tmp_path))
    assert isinstance(found, Imported), found
    assert found.report.warnings == ()


def test_what_happens_later_is_shown_by_a_test() -> None:
    for section in TABLE:
        for bad in section.inputs:
            if isinstance(bad.ends, Shown):
                file, test = bad.ends.by.split("::")
                assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), bad.ends.by


def test_every_input_is_in_the_table() -> None:
    numbers = {bad.number for section in TABLE for bad in section.inputs}
    # What lies beyond 93 comes through a browser.
    assert numbers == set(range(1, 94))


def test_limits_that_are_lowered_are_those_of_the_refusal() -> None:
    for section in TABLE:
        for bad in section.inputs:
            if bad.lowered is not None:
                assert isinstance(bad.ends, Refused)
                assert bad.ends.code == f"workbook_limit_{bad.lowered[0].removesuffix('_from')}"
                assert bad.lowered[1] < getattr(Limits(), bad.lowered[0])


def test_the_pages_say_what_is_said() -> None:
    tool = ROOT / "tools" / "bad_inputs.py"
    done = subprocess.run([sys.executable, tool], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
