"""A project file of the first format opens, keeps its answers and its digest, and can go on."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from stores import AT, STUDY, answers, refused, same, source

from survey import project_file
from survey.canonical import canonical
from survey.definition import study_digest
from survey.pseudonyms import PLAIN
from survey.responses import Responses
from survey.store import Store
from survey.wave_contents import wave_digest

# Two imports of one wave and one of another, as csat 0.1 wrote them.
W1, W2 = answers("a", "b", "c"), answers("a", wave="w2")
NAMES = {"Q1": "Q1", "q1": "q1_2", "wave": "wave", "key": "key", "amount": "amount", "renewed": "renewed"}


@pytest.fixture
def old(path: Path) -> Path:
    """A file of the first format, made by its own SQL."""
    [first] = [step for step in project_file.migration_files() if step.name.startswith("001_")]
    file = sqlite3.connect(path)
    file.executescript(first.read_text(encoding="utf-8"))
    file.execute(f"PRAGMA application_id = {project_file.APPLICATION}")
    file.execute("PRAGMA user_version = 1")
    definition = canonical(STUDY.document())
    file.execute(
        "INSERT INTO study VALUES (?, 'small', ?, ?)", (study_digest(STUDY), definition, AT.isoformat())
    )
    for table, names in (("item", W1.items), ("fact", W1.columns)):
        wide = {"item": "answers", "fact": "facts"}[table]
        for n, name in enumerate(names):
            file.execute(
                f"ALTER TABLE {wide} ADD COLUMN {NAMES[name]} {'INTEGER' if table == 'item' else 'ANY'}"
            )
            file.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (n, name, NAMES[name]))  # noqa: S608 (ours)
    file.execute("CREATE VIEW answers_long AS SELECT id AS respondent FROM respondent")
    for wave in (W1, W2):
        lists = (json.dumps(list(part)) for part in (wave.items, wave.columns, wave.comments))
        file.execute("INSERT INTO wave VALUES (?, ?, ?, ?, ?)", (wave.wave, *lists, wave_digest(wave)))
    for number, (wave, ids) in enumerate(((W1, "ab"), (W2, "a"), (W1, "c")), 1):
        write(file, number, wave, ids)
    file.commit()
    file.close()
    return path


def write(file: sqlite3.Connection, number: int, wave: Responses, ids: str) -> None:
    values = (
        number,
        wave.wave,
        study_digest(STUDY),
        f"{number}.xlsx",
        f"{number}" * 64,
        "0.1.0",
        AT.isoformat(),
    )
    file.execute(
        "INSERT INTO import VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '{}', 'current')",
        (*values, len(ids), len(ids)),
    )
    for respondent in ids:
        n = wave.respondents.index(respondent)
        key = number * 10 + n
        file.execute("INSERT INTO respondent VALUES (?, ?, ?, ?)", (key, wave.wave, respondent, number))
        file.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (key, *wave.codes[n].tolist()))
        file.execute("INSERT INTO facts VALUES (?, ?, ?, ?)", (key, *(v[n] for v in wave.columns.values())))
        for question, texts in wave.comments.items():
            if texts[n]:
                file.execute("INSERT INTO verbatim VALUES (?, ?, ?)", (key, question, texts[n]))


@pytest.mark.parametrize("read_only", [True, False])
def test_answers_and_digests_are_those_that_were(old: Path, read_only: bool) -> None:
    with Store.open(old, read_only=read_only) as store:
        assert store.waves() == ("w1", "w2")
        for wave in (W1, W2):
            assert same(store.load(wave.wave, STUDY), wave)
            assert store.digest(wave.wave) == store.basis(wave.wave) == wave_digest(wave)
        assert store.verify() == ()
        assert store.identifiers == PLAIN
        records = store.imports()
        assert [(record.file, record.added, record.state) for record in records] == [
            ("1.xlsx", 2, "current"),
            ("2.xlsx", 1, "current"),
            ("3.xlsx", 1, "current"),
        ]
    backup = old.with_name("csat.db.v1.bak")
    with sqlite3.connect(backup) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (1,)
        assert kept.execute("SELECT count(*) FROM respondent").fetchone() == (4,)
    kept.close()


def test_it_goes_on_with_corrections_and_undo(old: Path) -> None:
    with Store.open(old) as store:
        assert store.add(answers("a", "b"), source("1" * 64)).again is not None
        corrected = answers(
            "a", "b", "c", "d", codes=np.array([[4, -6, 1], *W1.codes[1:], [5, -6, 4]], np.int16)
        )
        outcome = store.add(corrected, source("4" * 64))
        assert (outcome.added, outcome.corrected, outcome.unchanged) == (1, 1, 2)
        assert store.undo(4, at=AT).digest == wave_digest(W1)
        assert store.undo(1, at=AT).respondents == 1
        assert store.load("w1").respondents == ("c",)
        assert store.verify() == ()


def test_any_tool_still_reads_one_row_per_answer(old: Path) -> None:
    Store.open(old).close()
    plain = sqlite3.connect(old)
    rows = plain.execute(
        "SELECT respondent, code FROM answers_long WHERE wave = 'w1' AND item = 'Q1'"
    ).fetchall()
    assert sorted(rows) == [("a", 5), ("b", 5), ("c", 5)]
    assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    plain.close()


def test_references_that_were_broken_stop_the_change_of_format(old: Path) -> None:
    broken = sqlite3.connect(old)
    broken.execute("UPDATE respondent SET import = 9 WHERE id = 'c'")
    broken.commit()
    broken.close()
    with refused("store_damaged"):
        Store.open(old)
    kept = sqlite3.connect(old)
    assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    kept.close()
