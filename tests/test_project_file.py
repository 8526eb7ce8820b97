"""Alteration, damage, other versions, locks, kills and full disks: found, or harmless."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import answers, refused, same, source

from survey import project_file
from survey.errors import Problem, StoreProblems
from survey.store import Store

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
        "UPDATE import SET items = '[\"Q1\"]'",
        "UPDATE import SET items = 'nonsense'",
        "DELETE FROM assertion",
        "UPDATE wave SET digest = 'x'",
    ],
)
def test_whatever_is_altered_verify_names_the_wave(path: Path, statement: str) -> None:
    with Store.open(path) as opened:
        opened.add(answers("a", "b", "c"), source())
        opened.add(answers("a", wave="w2"), source("b" * 64))
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
    "import": "wave = 'w1'",
    "assertion": "import = 1 AND position = 1",
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
    "change", ["DROP TABLE assertion", "PRAGMA user_version = 0", "PRAGMA user_version = -3"]
)
def test_a_project_without_its_tables_or_version_is_damaged(path: Path, change: str) -> None:
    with Store.open(path) as store:
        store.add(answers("a"), source())
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    with refused("store_damaged"), Store.open(path) as store:
        store.load("w1")


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
    step = tmp_path / "999_more.sql"
    step.write_text("-- one more; with a semicolon\nCREATE TABLE more (x INTEGER) STRICT;\n")
    steps = [*project_file.migration_files(), step]
    monkeypatch.setattr(project_file, "migration_files", lambda: steps)
    with Store.open(path) as opened:
        assert same(opened.load("w1"), given_answers)
    monkeypatch.undo()
    path.with_name(f"csat.db.v{len(steps) - 1}.bak").rename(path)
    with Store.open(path) as opened:
        assert opened.verify() == ()
        assert same(opened.load("w1"), given_answers)


def test_a_step_that_fails_leaves_the_file_as_it_was(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(path).close()
    step = tmp_path / "999_wrong.sql"
    step.write_text("CREATE TABLE more (x INTEGER) STRICT;\nCREATE TABLE more (x INTEGER) STRICT;\n")
    steps = [*project_file.migration_files(), step]
    monkeypatch.setattr(project_file, "migration_files", lambda: steps)
    with refused("store_damaged"):
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


# Imports, corrects and takes back in a loop, in a process of its own for every line it is sent; each step is
# acknowledged in a file once it is done. The size limit stands for a disk that fills up.
CHILD = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from stores import AT, answers, source
from survey.errors import StoreProblems
from survey.store import Store

def step(store, n):
    people = answers(*(f"r{i}" for i in range((n // 3 + 1) * 20)))
    if n % 3 == 2:
        store.undo(store.imports()[-1].number, at=AT)
        return
    if n % 3 == 1:
        people.codes[0, 0] = 1
    store.add(people, source(f"{n:064}"))

def work(path, limit):
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    told = os.open(f"{path}.told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Store.open(Path(path)) as store:
        for n in range(10_000):
            try:
                step(store, n)
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


def working(
    child: subprocess.Popen[str], path: Path, kill: tuple[int, float] | None = None, limit: int = 0
) -> list[str]:
    """Work on ``path`` until killed some seconds after so many steps; return what was acknowledged."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f"{path} {limit}\n")
    child.stdin.flush()
    pid = int(child.stdout.readline())
    told = path.with_name(f"{path.name}.told")
    if kill is not None:
        steps, seconds = kill
        while len(told.read_text().split() if told.exists() else ()) < steps:
            time.sleep(0.001)
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    assert child.stdout.readline() == "ended\n"
    return told.read_text().split() if told.exists() else []


def whole_steps(path: Path) -> int:
    """Return how many steps of the child are in the file, which must be whole ones."""
    if not path.exists():
        return 0
    with Store.open(path, read_only=True) as opened:
        assert opened.verify() == ()
        records = opened.imports()
        corrected = [record for record in records if record.corrected]
        if records:
            held = opened.load("w1")
            assert len(held) == 20 * (len(records) - len(corrected))
            assert held.codes[0, 0] == (1 if corrected and corrected[-1].state == "current" else 5)
        return len(records) + sum(record.state == "undone" for record in records)


def test_a_kill_at_any_moment_leaves_whole_steps(path: Path, child: subprocess.Popen[str]) -> None:
    chance = random.Random(7)
    totals = []
    for trial in range(25):
        target = path.with_name(f"{trial}.db")
        told = working(child, target, (chance.randrange(7), chance.uniform(0, 0.03)))
        totals.append(whole_steps(target))
        # What was acknowledged is there; at most one more step was finished and not yet told.
        assert totals[-1] - len(told) in (0, 1)
    assert max(totals) > 3


def test_a_full_disk_leaves_whole_steps(path: Path, child: subprocess.Popen[str]) -> None:
    *told, code = working(child, path, limit=200_000)
    assert code in ("store_full", "store_io")
    assert whole_steps(path) == len(told) > 0
