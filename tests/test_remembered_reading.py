"""Where a file can be read in two ways, whoever imports is asked once, and the answer is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from drawing import small_study, two_sheets
from hypothesis import given
from hypothesis import strategies as st

from survey import table as tables
from survey.decisions import Decisions, read_decisions, write_decisions
from survey.errors import ImportProblems
from survey.importing import Imported, ImportOptions, read_answers
from survey.layouts.export import Export
from survey.layouts.plain import read_plain
from survey.mapping import HeaderIndex
from survey.workbook import read_workbook

STUDY = small_study("Q1", "Q2")
INDEX = HeaderIndex(STUDY)


def read(path: Path, known: Decisions | None = None, **options: str) -> Imported:
    def decisions(layout: str, _: HeaderIndex) -> Decisions:
        return known if known is not None and known.layout == layout else Decisions(layout)

    return read_answers(read_workbook(path), STUDY, "w1", ImportOptions(decisions=decisions, **options))


def refused(path: Path) -> str:
    with pytest.raises(ImportProblems) as caught:
        read(path)
    [problem] = caught.value.problems
    return problem.code


def test_a_sheet_is_asked_for_once(tmp_path: Path) -> None:
    path = two_sheets(tmp_path, "Q1 Q2\n5 4", "Q1 Q2\n1 2")
    assert refused(path) == "import_two_sheets"
    first = read(path, sheet="S2")
    assert first.responses.codes.tolist() == [[1, 2]]
    assert read(path, first.decisions).responses.codes.tolist() == [[1, 2]]


def test_a_layout_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = two_sheets(tmp_path, "Q1 Q2\n5 4", "nothing here")

    def twice(file: str, sheet: tables.Sheet, head: list) -> list[Export]:
        plain = read_plain(sheet, head, INDEX, None)
        return [replace(plain, layout=name) for name in ("kobo", "odk")] if plain else []

    monkeypatch.setattr(tables, "recognised", twice)
    assert refused(path) == "import_two_layouts"
    first = read(path, layout="odk")
    assert first.report.layout == "odk"
    assert read(path, first.decisions).report.layout == "odk"


def test_what_was_asked_for_is_not_remembered_beyond_its_question(tmp_path: Path) -> None:
    path = two_sheets(tmp_path, "Q1 Q2\n5 4", "nothing here")
    assert read(path, Decisions("plain", sheet="S2")).responses.codes.tolist() == [[5, 4]]


@given(st.text("表 S1:{}#-é'\"", min_size=1, max_size=20), st.booleans())
def test_it_reads_back_from_its_file(sheet: str, chosen: bool) -> None:
    decisions = Decisions("odk", sheet=sheet, chosen=chosen)
    found = read_decisions(write_decisions(decisions, "heading"), "odk.yaml", "odk", INDEX)
    assert write_decisions(found, "") == write_decisions(decisions, "")
    assert found.chosen == chosen
