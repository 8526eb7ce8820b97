"""The project file: what is added is there, once, and anybody can read it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing import small_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import AT, STUDY, answers, refused, same, source

from survey import project_file
from survey.definition import study_digest
from survey.questions import MAX_COLUMNS, BlankKind
from survey.responses import Choice, Responses
from survey.store import Store
from survey.wave_contents import wave_digest

# -- adding and loading ---------------------------------------------------------------------------


def test_what_is_added_is_loaded(store: Store) -> None:
    given_answers = answers("a", "b", "c")
    outcome = store.add(given_answers, source())
    assert (outcome.added, outcome.unchanged, outcome.number, outcome.again) == (3, 0, 1, None)
    loaded = store.load("w1")
    assert same(loaded, given_answers)
    assert loaded.codes.dtype == np.int16
    assert store.digest("w1") == outcome.digest == wave_digest(given_answers)
    assert store.waves() == ("w1",)
    assert store.verify() == ()


def test_a_wave_may_hold_nothing_but_items(store: Store) -> None:
    bare = answers("a", columns={}, comments={})
    store.add(bare, source())
    assert same(store.load("w1"), bare)


def test_the_audit_says_where_answers_came_from(store: Store) -> None:
    store.add(answers("a", "b"), source())
    [record] = store.imports()
    assert (record.file, record.sha256, record.at, record.rows) == ("w1.xlsx", "a" * 64, AT, 3)
    assert (record.added, record.unchanged, record.state, record.report) == (2, 0, "current", {"rows": 3})
    assert (record.by, record.layout, record.mapping) == (None, None, None)
    assert record.study == study_digest(STUDY)


def test_the_audit_says_who_imported_what_and_how(store: Store) -> None:
    store.add(answers("a"), source(by="li", layout="wjx", mapping="m" * 64))
    [record] = store.imports()
    assert (record.by, record.layout, record.mapping) == ("li", "wjx", "m" * 64)
    # The same file read in another way is another import.
    assert store.add(answers("a"), source(mapping="n" * 64)).number == 2
    assert store.add(answers("a"), source(mapping="n" * 64)).again is not None


def test_choices_and_what_the_platform_noted_come_back(store: Store) -> None:
    chosen: dict[str, tuple[Choice, ...]] = {
        "why": ((3, 1), BlankKind.NOT_ASKED, BlankKind.BLANK),
        "how": ((), (7,), (32_000, 0)),
    }
    noted = {"submitted": ("2026-09-03T12:00:38", None, None), "seconds": (71.5, None, 3.0)}
    whole = answers("a", "b", "c", choices=chosen, paradata=noted)
    outcome = store.add(whole, source())
    loaded = store.load("w1")
    assert same(loaded, whole)
    assert loaded.choices == chosen
    assert loaded.paradata == noted
    assert outcome.digest == wave_digest(whole) != wave_digest(answers("a", "b", "c"))
    assert store.verify() == ()


def test_answers_without_choices_keep_the_digest_they_had() -> None:
    # Reports and project files of the first format carry digests made this way.
    assert (
        wave_digest(answers("a", "b")) == "552222d5b2f9ae6776df6fb1c7be067292d4352c484bb86ad56563d2098ff3f0"
    )
    noted = answers("a", "b", paradata={"seconds": (1.0, 2.0)})
    assert wave_digest(noted) == wave_digest(answers("a", "b"))


def test_the_same_file_again_does_nothing_and_says_so(store: Store) -> None:
    first = store.add(answers("a", "b"), source())
    again = store.add(answers("a", "b"), source())
    assert (again.added, again.unchanged, again.digest) == (0, 2, first.digest)
    assert again.again is not None
    assert again.again.number == first.number
    assert len(store.imports()) == 1


def test_another_file_adds_new_respondents_and_counts_equal_ones(store: Store) -> None:
    store.add(answers("a", "b"), source())
    outcome = store.add(answers("a", "b", "c"), source("b" * 64))
    assert (outcome.added, outcome.unchanged) == (1, 2)
    assert same(store.load("w1"), answers("a", "b", "c"))
    assert outcome.digest == store.digest("w1")
    assert store.verify() == ()


def test_one_file_holds_one_wave(store: Store) -> None:
    store.add(answers("a", "b"), source())
    with refused("store_file_elsewhere") as caught:
        store.add(answers("a", "b", wave="w2"), source())
    [problem] = caught.value.problems
    assert (problem.values["held"], problem.values["number"]) == ("w1", 1)
    for language in ("zh", "en"):
        assert "2026-09-30 08:15" in problem.message(language)
    assert store.waves() == ("w1",)
    assert len(store.imports()) == 1


def test_without_identifiers_a_second_file_is_refused_once(store: Store) -> None:
    nameless = small_study("Q1", "q1", "wave")
    store.add(answers("2", "3"), source(study=nameless))
    for replace_it in (False, True):
        with refused("store_rows_differ") as caught:
            changed = answers("2", "3", "4", code=1)
            store.add(changed, source("b" * 64, study=nameless), replace=replace_it)
        [problem] = caught.value.problems
        assert problem.values["n"] == 2
        assert "csat undo" in problem.message("en")
    assert store.add(answers("2", "3", "4"), source("c" * 64, study=nameless)).added == 1


def test_ids_may_be_words_that_databases_use(store: Store) -> None:
    names = ("select", "order", "rowid", "oid", "_rowid_", "respondent_key", "respondent_key_2")
    codes = np.arange(2 * len(names), dtype=np.int16).reshape(2, -1)
    whole = Responses("w1", ("a'; --", 'b"'), names, codes, {"table": ("x", 2.0), "rowid": (None, True)}, {})
    store.add(whole, source())
    assert same(store.load("w1"), whole)
    assert store.verify() == ()


def test_a_project_file_behind_a_link_is_the_file(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "elsewhere" / "real.db"
    target.parent.mkdir()
    path.symlink_to(target)
    with Store.open(path) as store:
        store.add(answers("a"), source())
    with Store.open(path, read_only=True) as store:
        assert same(store.load("w1"), answers("a"))
    # What an import left half done lies beside the file, not beside the link.
    target.with_name("real.db-journal").write_bytes(b"")
    monkeypatch.setattr(project_file.ProjectFile, "damage", lambda self: ["half done"])
    with refused("store_damaged"):
        Store.open(path)


IMPORTER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import numpy as np
from drawing import KEYED, small_study
from survey.responses import Responses
from survey.store import ImportSource, Store
study = small_study("Q1", **KEYED)
for n in range(10):
    ids = ("shared", f"{sys.argv[2]}{n}")
    codes = np.array([[5], [n % 5 + 1]], dtype=np.int16)
    source = ImportSource("f", f"{sys.argv[2]}{n}", study, datetime(2026, 1, 1, tzinfo=UTC), 2)
    with Store.open(Path(sys.argv[1])) as store:
        store.add(Responses("w1", ids, ("Q1",), codes, {"id": ids}, {}), source)
"""


def test_two_imports_at_once_lose_nothing(path: Path) -> None:
    tests = str(Path(__file__).parent)
    environment = {**os.environ, "PYTHONPATH": str(Path(tests).parent)}
    both_at_once = [
        subprocess.Popen([sys.executable, "-c", IMPORTER, str(path), who, tests], env=environment)
        for who in ("a", "b")
    ]
    assert [process.wait(60) for process in both_at_once] == [0, 0]
    with Store.open(path) as store:
        expected = {"shared", *(f"{who}{n}" for who in "ab" for n in range(10))}
        assert set(store.load("w1").respondents) == expected
        assert [record.number for record in store.imports()] == list(range(1, 21))
        assert sum(record.added for record in store.imports()) == len(expected)
        assert store.verify() == ()


def test_as_many_items_as_a_project_file_holds(store: Store) -> None:
    names = tuple(f"q{n}" for n in range(MAX_COLUMNS))
    whole = Responses("w1", ("a",), names, np.full((1, MAX_COLUMNS), 4, dtype=np.int16), {}, {})
    store.add(whole, source())
    assert same(store.load("w1"), whole)
    one_more = Responses("w2", ("a",), ("more",), np.array([[1]], dtype=np.int16), {}, {})
    with refused("store_too_wide"):
        store.add(one_more, source("b" * 64))
    assert store.waves() == ("w1",)


def test_items_in_another_order_are_the_same_items(store: Store) -> None:
    first = answers("a")
    store.add(first, source())
    swapped = replace(answers("a", "b"), items=("wave", "q1", "Q1"), codes=answers("a", "b").codes[:, ::-1])
    assert store.add(swapped, source("b" * 64)).added == 1
    assert same(store.load("w1"), answers("a", "b"))


def test_a_wave_has_one_set_of_questions(store: Store) -> None:
    store.add(answers("a"), source())
    fewer = replace(answers("b"), items=("Q1", "q1"), codes=answers("b").codes[:, :2])
    with refused("store_wave_differs"):
        store.add(fewer, source("b" * 64))


def test_another_wave_may_ask_other_questions(store: Store) -> None:
    first = answers("a")
    store.add(first, source())
    other = Responses("w2", ("a",), ("new", "Q1"), np.array([[3, 4]], dtype=np.int16), {"new": ("x",)}, {})
    store.add(other, source("b" * 64))
    assert same(store.load("w1"), first)
    assert same(store.load("w2"), other)
    assert store.waves() == ("w1", "w2")


def test_a_project_belongs_to_one_study(store: Store) -> None:
    store.add(answers("a"), source())
    with refused("store_other_study"):
        store.add(answers("a", wave="w2"), source(study=small_study("Q1", id="another")))


def test_a_wave_without_answers_is_a_problem(store: Store) -> None:
    for ask in (store.load, store.digest):
        with refused("store_no_wave"):
            ask("w9")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_never_stored(store: Store, value: float) -> None:
    with refused("store_not_finite"):
        store.add(answers("a", columns={"amount": (value,)}), source())
    assert store.waves() == ()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.none() | texts | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, st.integers(-6, 10), values, texts), min_size=1, unique_by=lambda r: r[0]))
def test_whatever_is_answered_comes_back(tmp_path: Path, rows: list[tuple[str, int, Any, str]]) -> None:
    path = tmp_path / "any.db"
    path.unlink(missing_ok=True)
    ids, codes, facts, comments = zip(*rows, strict=True)
    given_answers = Responses(
        "w1", ids, ("Q1",), np.array([codes], dtype=np.int16).T, {"f": facts}, {"why": comments}
    )
    with Store.open(path) as opened:
        opened.add(given_answers, source())
        assert same(opened.load("w1"), given_answers)
        assert opened.verify() == ()


# -- what anybody can read ------------------------------------------------------------------------


def test_the_file_is_plain_tables_that_any_tool_reads(path: Path) -> None:
    with Store.open(path) as opened:
        opened.add(answers("a", "b"), source())
    plain = sqlite3.connect(path)
    assert plain.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert plain.execute("PRAGMA application_id").fetchone() == (project_file.APPLICATION,)
    tables = plain.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert all("STRICT" in sql for name, sql in tables if not name.startswith("sqlite_"))
    long = plain.execute("SELECT * FROM answers_long WHERE respondent = 'a' ORDER BY item").fetchall()
    assert long == [("w1", "a", "Q1", 5), ("w1", "a", "q1", -6), ("w1", "a", "wave", 1)]
    plain.close()
