"""The project file: all or nothing, nothing overwritten, and every alteration found."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing import both, small_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey import project_file
from survey.definition import study_digest
from survey.errors import Problem, StoreProblems
from survey.responses import Responses
from survey.store import ImportSource, Store
from survey.study import MAX_COLUMNS, Study
from survey.wave_contents import wave_digest

KEY = {"id": "key", "label": both("编号", "Number"), "kind": "key"}
STUDY = small_study("Q1", "q1", "wave", columns=[KEY], design={"respondent": "key"})
AT = datetime(2026, 9, 30, 8, 15, tzinfo=UTC)


def answers(*ids: str, code: int = 5, wave: str = "w1", **parts: Any) -> Responses:
    """Return answers of some respondents to three items, whose names only differ by case or clash."""
    n = len(ids)
    base = Responses(
        wave=wave,
        respondents=ids,
        items=("Q1", "q1", "wave"),
        codes=np.array([[code, -6, i % 5 + 1] for i in range(n)], dtype=np.int16),
        columns={
            "key": tuple(f"K{i}" for i in range(n)),
            "amount": tuple(i + 0.5 if i else 2.0 for i in range(n)),
            "renewed": tuple([True, False, None][i % 3] for i in range(n)),
        },
        comments={"why": tuple("满意 ✓" if i == 0 else "" for i in range(n))},
    )
    return replace(base, **parts)


def source(sha256: str = "a" * 64, study: Study = STUDY, **parts: Any) -> ImportSource:
    return ImportSource("w1.xlsx", sha256, study, AT, rows=3, report={"rows": 3}, **parts)


def same(one: Responses, other: Responses) -> bool:
    np.testing.assert_array_equal(one.codes, other.codes)
    typed = [[[(type(v), v) for v in values] for values in r.columns.values()] for r in (one, other)]
    return typed[0] == typed[1] and wave_digest(one) == wave_digest(other)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "csat.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


def refused(code: str) -> Any:
    return pytest.raises(StoreProblems, check=lambda error: {p.code for p in error.problems} == {code})


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
    assert record.study == study_digest(STUDY)


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


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"codes": np.array([[4, -6, 1], [5, -6, 2]], dtype=np.int16)}, "Q1"),
        ({"comments": {"why": ("other", "")}}, "why"),
        ({"columns": {"key": ("K0", "K1"), "amount": (2.0, 1.5), "renewed": (False, False)}}, "renewed"),
    ],
)
def test_answers_that_are_there_are_never_overwritten(
    store: Store, changed: dict[str, Any], named: str
) -> None:
    before = store.add(answers("a", "b"), source()).digest
    with refused("store_respondent_differs") as caught:
        store.add(replace(answers("a", "b"), **changed), source("b" * 64))
    [problem] = caught.value.problems
    assert (problem.values["respondent"], problem.values["names"]) == ("a", {"zh": named, "en": named})
    assert problem.message("zh") != problem.message("en")
    assert store.digest("w1") == before
    assert len(store.imports()) == 1


def test_every_respondent_that_differs_is_listed(store: Store) -> None:
    store.add(answers("a", "b"), source())
    with pytest.raises(StoreProblems) as caught:
        store.add(answers("a", "b", "c", code=1), source("b" * 64))
    assert [problem.values["respondent"] for problem in caught.value.problems] == ["a", "b"]
    assert store.load("w1").respondents == ("a", "b")


def test_without_identifiers_a_second_file_is_refused_once(store: Store) -> None:
    nameless = small_study("Q1", "q1", "wave")
    store.add(answers("2", "3"), source(study=nameless))
    with refused("store_rows_differ") as caught:
        store.add(answers("2", "3", "4", code=1), source("b" * 64, study=nameless))
    [problem] = caught.value.problems
    assert problem.values["n"] == 2
    assert store.add(answers("2", "3", "4"), source("c" * 64, study=nameless)).added == 1


# -- answers under a study.yaml that has changed since ----------------------------------------------

TEN = {"ends": [1, 10]}
WORDS = {1: both("非常不满意", "Very dissatisfied"), 5: both("非常满意", "Very satisfied")}
SWAPPED = {1: WORDS[5], 5: WORDS[1]}
FIVE = {"ends": [1, 5], "labels": WORDS, "blanks": {98: {"kind": "dont_know"}}}
TIERS = [{"value": value, "label": both(value)} for value in ("gold", "blue")]
TIER = {"id": "tier", "label": both("等级", "Tier"), "kind": "category", "categories": TIERS}


def asked(**parts: Any) -> Study:
    return small_study("Q1", **{"scales": {"five": FIVE}, "columns": [KEY, TIER], "design": {}} | parts)


def told(*ids: str) -> Responses:
    """Return answers of some respondents to ``asked``."""
    codes = np.array([[5], [-3]][: len(ids)], dtype=np.int16)
    return Responses("w1", ids, ("Q1",), codes, {"key": ids, "tier": ("gold", None)[: len(ids)]}, {})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"scales": {"five": FIVE | TEN}}, "store_scale_changed"),
        ({"scales": {"five": FIVE | {"labels": SWAPPED}}}, "store_answer_changed"),
        ({"scales": {"five": FIVE | {"blanks": {98: {"kind": "refused"}}}}}, "store_answer_changed"),
        ({"columns": [KEY, TIER | {"kind": "text", "categories": []}]}, "store_column_changed"),
        ({"columns": [KEY, TIER | {"categories": TIERS[1:]}]}, "store_category_gone"),
        ({"design": {"respondent": "key"}}, "store_respondent_changed"),
        (
            {"columns": [KEY, TIER, KEY | {"id": "site"}], "design": {"cluster": "site"}},
            "store_design_absent",
        ),
    ],
)
def test_answers_whose_meaning_the_study_has_changed_are_not_used(
    store: Store, changed: dict[str, Any], code: str
) -> None:
    store.add(told("a", "b"), source(study=asked()))
    with refused(code) as caught:
        store.load("w1", asked(**changed))
    [problem] = caught.value.problems
    assert problem.message("zh") != problem.message("en")
    assert same(store.load("w1", asked()), told("a", "b"))


@pytest.mark.parametrize(
    "changed",
    [
        {"title": both("另一名称", "Another name")},
        {"scales": {"five": FIVE | {"labels": {1: both("很差", "Poor")}}}},
        {"scales": {"five": FIVE | {"labels": WORDS | {3: both("一般", "Fair")}}}},
        {"columns": [KEY, TIER | {"categories": [*TIERS, {"value": "red", "label": both("红", "Red")}]}]},
        {"columns": [KEY]},
    ],
)
def test_a_study_may_be_reworded_and_extended(store: Store, changed: dict[str, Any]) -> None:
    store.add(told("a", "b"), source(study=asked()))
    assert same(store.load("w1", asked(**changed)), told("a", "b"))


def test_items_may_come_and_go_between_waves(store: Store) -> None:
    store.add(told("a", "b"), source(study=asked()))
    other = small_study("Q2", scales={"five": FIVE | TEN}, columns=[KEY, TIER])
    assert store.load("w1", other).items == ("Q1",)


def test_a_scale_is_corrected_by_importing_the_whole_wave_again(store: Store) -> None:
    store.add(told("a", "b"), source(study=asked()))
    corrected = asked(scales={"five": FIVE | TEN})
    with refused("store_scale_changed"):
        store.add(told("c"), source("b" * 64, study=corrected))
    again = store.add(told("a", "b"), source(study=corrected))
    assert (again.added, again.unchanged) == (0, 2)
    assert same(store.load("w1", corrected), told("a", "b"))
    with refused("store_scale_changed"):
        store.load("w1", asked())


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


# -- alteration and damage ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE answers SET q1_2 = 3",
        "UPDATE answers SET q1_2 = 99999 WHERE respondent_key = 1",
        "UPDATE answers SET q1_2 = NULL WHERE respondent_key = 1",
        "UPDATE facts SET amount = 1.0",
        "UPDATE facts SET amount = x'00'",
        "UPDATE verbatim SET text = 'fine'",
        "UPDATE verbatim SET question = 'what'",
        "UPDATE respondent SET id = 'z' WHERE key = 1",
        "DELETE FROM answers WHERE respondent_key = 2",
        "DELETE FROM facts",
        "UPDATE wave SET items = '[\"Q1\"]'",
        "UPDATE wave SET items = 'nonsense'",
        "UPDATE wave SET digest = 'x'",
    ],
)
def test_whatever_is_altered_verify_names_the_wave(path: Path, statement: str) -> None:
    with Store.open(path) as opened:
        opened.add(answers("a", "b", "c"), source())
        opened.add(answers("a", wave="w2"), source())
    other = sqlite3.connect(path)
    table = statement.removeprefix("DELETE FROM ").removeprefix("UPDATE ").split()[0]
    changed = other.execute(statement + (" AND " if "WHERE" in statement else " WHERE ") + ONLY_W1[table])
    assert changed.rowcount >= 1
    other.commit()
    other.close()
    with Store.open(path) as opened:
        assert [(p.code, p.values["wave"]) for p in opened.verify()] == [("store_wave_altered", "w1")]
        with pytest.raises(StoreProblems):
            opened.add(answers("a", "b", "c", "d"), source("b" * 64))


ONLY_W1 = {
    **dict.fromkeys(("answers", "facts", "verbatim"), "respondent_key < 4"),
    "respondent": "wave = 'w1'",
    "wave": "id = 'w1'",
}


def wrong_with(path: Path) -> tuple[Problem, ...]:
    """Return what is found wrong with a file, whether it can be opened or not."""
    try:
        with Store.open(path) as opened:
            return opened.verify()
    except StoreProblems as error:
        return error.problems


def test_a_store_cut_short_or_overwritten_is_found(path: Path) -> None:
    with Store.open(path) as opened:
        opened.add(answers(*(f"r{n}" for n in range(500))), source())
    whole = path.read_bytes()
    for broken in (whole[: int(len(whole) * 0.9)], whole[:8192] + b"\xff" * 4096 + whole[12288:]):
        path.write_bytes(broken)
        found = wrong_with(path)
        assert found
        assert {problem.code for problem in found} <= {"store_damaged", "store_wave_altered"}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"not a database, but long enough to be read as one" * 30, "store_not_a_project")],
)
def test_a_file_that_is_no_project_is_left_alone(path: Path, content: bytes, code: str) -> None:
    path.write_bytes(content)
    with refused(code):
        Store.open(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    with refused("store_not_a_project"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    Store.open(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with refused("store_newer"):
        Store.open(path)


# -- versions of the format -----------------------------------------------------------------------


def test_a_later_format_keeps_the_answers_and_a_backup(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_answers = answers("a", "b")
    with Store.open(path) as opened:
        opened.add(given_answers, source())
    step = tmp_path / "002_more.sql"
    step.write_text("-- one more; with a semicolon\nCREATE TABLE more (x INTEGER) STRICT;\n")
    steps = [*project_file.migration_files(), step]
    monkeypatch.setattr(project_file, "migration_files", lambda: steps)
    with Store.open(path) as opened:
        assert same(opened.load("w1"), given_answers)
    monkeypatch.undo()
    path.with_name("csat.db.v1.bak").rename(path)
    with Store.open(path) as opened:
        assert opened.verify() == ()
        assert same(opened.load("w1"), given_answers)


def test_a_step_that_fails_leaves_the_file_as_it_was(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(path).close()
    step = tmp_path / "002_wrong.sql"
    step.write_text("CREATE TABLE more (x INTEGER) STRICT;\nCREATE TABLE more (x INTEGER) STRICT;\n")
    steps = [*project_file.migration_files(), step]
    monkeypatch.setattr(project_file, "migration_files", lambda: steps)
    with refused("store_failed"):
        Store.open(path)
    monkeypatch.undo()
    Store.open(path).close()


# -- other programs, folders and disks ------------------------------------------------------------


def test_a_locked_file_is_said_to_be_open_elsewhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(path).close()
    monkeypatch.setattr(project_file, "_AT_OPEN", ("PRAGMA busy_timeout = 50", *project_file._AT_OPEN[1:]))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with refused("store_busy"):
        Store.open(path)
    other.execute("ROLLBACK")
    with Store.open(path) as opened:
        other.execute("BEGIN IMMEDIATE")
        with refused("store_busy"):
            opened.add(answers("a"), source())
        other.execute("ROLLBACK")
        assert opened.add(answers("a"), source()).added == 1
    other.close()


def test_readers_see_one_state_while_somebody_writes(path: Path) -> None:
    with Store.open(path) as writer, Store.open(path, read_only=True) as reader:
        writer.add(answers("a"), source())
        assert reader.load("w1").respondents == ("a",)
        writer.add(answers("a", "b"), source("b" * 64))
        assert reader.load("w1").respondents == ("a", "b")
        with refused("store_read_only"):
            reader.add(answers("a", "b", "c"), source("c" * 64))


def test_a_place_where_nothing_can_be_written_is_a_clear_problem(tmp_path: Path, path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for wrong in (tmp_path / "file" / "csat.db", tmp_path / "absent" / "csat.db", tmp_path):
        with refused("store_cannot_open"):
            Store.open(wrong)
    with refused("store_cannot_open"):
        Store.open(path, read_only=True)


# Imports in a loop, in a process of its own for every line it is sent; each import is acknowledged in a
# file once it is done. The size limit stands for a disk that fills up.
CHILD = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_store import answers, source
from survey.errors import Problem, StoreProblems
from survey.store import Store

def work(path, limit):
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    told = os.open(f"{path}.told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Store.open(Path(path)) as store:
        for n in range(1, 10_000):
            try:
                store.add(answers(*(f"r{i}" for i in range(n * 20))), source(f"{n:064}"))
            except StoreProblems as problems:
                os.write(told, f"{problems.problems[0].code}\\n".encode())
                return
            os.write(told, f"{n}\\n".encode())

for line in sys.stdin:
    path, limit = line.rstrip("\\n").rsplit(" ", 1)
    pid = os.fork()
    if pid == 0:
        work(path, int(limit))
        os._exit(0)
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("ended", flush=True)
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    tests = Path(__file__).parent
    pipe = subprocess.PIPE
    arguments = [sys.executable, "-c", CHILD, str(tests)]
    started = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True, cwd=tests.parent)
    with started:
        yield started


def importing(child: subprocess.Popen[str], path: Path, seconds: float | None, limit: int = 0) -> list[str]:
    """Import into ``path`` until killed after ``seconds``; return what was acknowledged."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f"{path} {limit}\n")
    child.stdin.flush()
    pid = int(child.stdout.readline())
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    assert child.stdout.readline() == "ended\n"
    told = path.with_name(f"{path.name}.told")
    return told.read_text().split() if told.exists() else []


def whole_imports(path: Path) -> int:
    """Return how many imports of the child are in the file, which must be whole ones."""
    if not path.exists():
        return 0
    with Store.open(path, read_only=True) as opened:
        assert opened.verify() == ()
        done = len(opened.imports())
        if done:
            assert len(opened.load("w1")) == 20 * done
        return done


def test_a_kill_at_any_moment_leaves_whole_imports(path: Path, child: subprocess.Popen[str]) -> None:
    chance = random.Random(7)
    totals = []
    for trial in range(25):
        target = path.with_name(f"{trial}.db")
        told = importing(child, target, chance.uniform(0, 0.2))
        totals.append(whole_imports(target))
        # What was acknowledged is there; at most one more import was finished and not yet told.
        assert totals[-1] - len(told) in (0, 1)
    assert max(totals) > 1


def test_a_full_disk_leaves_whole_imports(path: Path, child: subprocess.Popen[str]) -> None:
    *told, code = importing(child, path, None, limit=100_000)
    assert code in ("store_full", "store_io")
    assert whole_imports(path) == len(told) > 0
