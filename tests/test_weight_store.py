"""Weight sets in the project file: what was approved stays, whoever opens it; verify sees the rest."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from stores import answers, refused, same, source
from weight_sets import AT, STUDY, weight_set

from survey import project_file
from survey.store import Store
from survey.weight_set import study_weights

OWN = study_weights(STUDY)


def test_a_draft_is_approved_and_used(store: Store) -> None:
    panel = weight_set(parent=OWN.digest)
    assert store.weights.sets() == ()
    assert store.weights.used() is None
    draft = store.weights.add(panel, at=AT, study=OWN)
    assert (draft.weights, draft.state, draft.at) == (panel, "draft", AT)
    with refused("weights_not_approved"):
        store.weights.use("panel", at=AT)
    approved = store.weights.approve("panel", by="王芳", at=AT, note="纪要")
    assert (approved.state, approved.approved_by, approved.approved_at, approved.note) == (
        *("approved", "王芳", AT),
        "纪要",
    )
    store.weights.use("panel", at=AT, by="li")
    assert store.weights.used() == approved
    later = AT + timedelta(days=1)
    use = store.weights.use(None, at=later, by="li", study="1.10")
    assert use == store.weights.in_use()
    assert (use.digest, use.name, use.at, use.by) == (None, "1.10", later, "li")
    assert store.weights.used() is None
    # The weights of the study that the set was made from are known for good, but are no set of their own.
    assert store.weights.names() == ("panel",)
    held = store.weights.with_digest(OWN.digest)
    assert held is not None
    assert (held.weights, held.state) == (OWN, "study")
    assert store.verify() == ()


def test_names_and_sets_are_there_once(store: Store) -> None:
    store.weights.add(weight_set(), at=AT)
    with refused("weights_same"):
        store.weights.add(weight_set(), at=AT)
    with refused("weights_exist"):
        store.weights.add(weight_set(reason="another"), at=AT)
    store.weights.add(weight_set("other", parent=OWN.digest), at=AT, study=OWN)
    store.weights.add(weight_set("third", parent=OWN.digest), at=AT, study=OWN)
    # A set may be called what the study once called its weights.
    store.weights.add(weight_set(OWN.name), at=AT)
    assert store.weights.names() == ("panel", "other", "third", "1.10")
    for unknown in (store.weights.named, lambda name: store.weights.drop(name, at=AT)):
        with refused("weights_not_there"):
            unknown("absent")


def test_only_drafts_can_be_dropped_and_only_once_approved(store: Store) -> None:
    store.weights.add(weight_set(), at=AT)
    store.weights.drop("panel", at=AT, by="li")
    assert store.weights.names() == ()
    store.weights.add(weight_set(), at=AT)
    store.weights.approve("panel", by="王芳", at=AT)
    with refused("weights_only_drafts"):
        store.weights.drop("panel", at=AT)
    with refused("weights_approved_before"):
        store.weights.approve("panel", by="李明", at=AT)
    assert store.weights.named("panel").approved_by == "王芳"


# -- other programs ----------------------------------------------------------------------------------


@pytest.fixture
def signed(path: Path) -> Path:
    """A file with an approved set in use, the weights it was made from, and a draft."""
    with Store.open(path) as store:
        store.weights.add(weight_set(parent=OWN.digest), at=AT, study=OWN)
        store.weights.approve("panel", by="王芳", at=AT)
        store.weights.use("panel", at=AT)
        store.weights.add(weight_set("trial"), at=AT)
    return path


REFUSED = [
    "UPDATE weight_set SET document = replace(document, '0.6', '0.7') WHERE name = 'panel'",
    "UPDATE weight_set SET document = replace(document, '0.6', '0.7') WHERE name = 'trial'",
    "UPDATE weight_set SET name = 'better' WHERE name = 'trial'",
    "UPDATE weight_set SET digest = '0' WHERE name = 'trial'",
    "UPDATE weight_set SET number = 9 WHERE name = 'trial'",
    "UPDATE OR REPLACE weight_set SET name = 'panel' WHERE name = 'trial'",
    "UPDATE weight_set SET approved_by = 'nobody' WHERE name = 'panel'",
    "UPDATE weight_set SET note = 'more' WHERE name = 'panel'",
    "UPDATE weight_set SET state = 'draft', approved_at = NULL, approved_by = NULL WHERE name = 'panel'",
    "UPDATE weight_set SET state = 'approved' WHERE name = 'trial'",
    "UPDATE weight_set SET state = 'study' WHERE name = 'trial'",
    "DELETE FROM weight_set",
    "DELETE FROM weight_set WHERE name = 'panel'",
    "DELETE FROM weight_set WHERE state = 'study'",
    "INSERT OR REPLACE INTO weight_set (digest, name, document, at, state)"
    " VALUES ('0', 'panel', '', '', 'draft')",
    "INSERT OR REPLACE INTO weight_set (number, digest, name, document, at, state)"
    " VALUES (2, '0', 'x', '', '', 'draft')",
    "INSERT INTO weight_set (digest, name, document, at, state, approved_at, approved_by)"
    " VALUES ('0', 'x', '', '', 'approved', '', '')",
    "REPLACE INTO weight_set SELECT number, digest, name, '', at, 'draft', NULL, NULL, NULL FROM weight_set",
    "UPDATE weight_decision SET name = 'x'",
    "DELETE FROM weight_decision",
    "INSERT OR REPLACE INTO weight_decision (number, at, kind, name) VALUES (1, '', 'use', 'study')",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_no_program_changes_a_set_or_deletes_an_approved_one(signed: Path, statement: str) -> None:
    other = sqlite3.connect(signed)
    before = list(other.iterdump())
    with pytest.raises(sqlite3.IntegrityError):
        other.execute(statement)
    other.rollback()
    assert list(other.iterdump()) == before
    other.close()
    with Store.open(signed) as store:
        assert store.verify() == ()


def tampered(path: Path, *statements: str) -> None:
    """Change the file as somebody does who takes the triggers away and puts them back."""
    other = sqlite3.connect(path)
    triggers = other.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        other.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert other.execute(statement).rowcount == 1
    for _, sql in triggers:
        other.execute(sql)
    other.commit()
    other.close()


@pytest.mark.parametrize(
    "change",
    [
        "document = replace(document, '0.6', '0.7')",
        "document = 'nonsense'",
        "document = '{}'",
        "digest = '0'",
        "name = 'other'",
    ],
)
@pytest.mark.parametrize("which", ["name = 'panel'", "name = 'trial'", "state = 'study'"])
def test_a_set_that_was_altered_is_found_and_not_used(signed: Path, change: str, which: str) -> None:
    tampered(signed, f"UPDATE weight_set SET {change} WHERE {which}")  # noqa: S608 (ours)
    with Store.open(signed) as store:
        codes = {problem.code for problem in store.verify()}
        gone = change == "digest = '0'" and "panel" in which
        assert codes == {"weights_altered", *(["weights_in_use_gone"] if gone else [])}
        if "panel" in which:
            with refused("weights_in_use_gone" if gone else "weights_altered"):
                store.weights.used()
        if "trial" in which:
            with refused("weights_altered"):
                store.weights.sets()
            # What is no use to anybody can go.
            store.weights.drop("other" if "name" in change else "trial", at=AT)
            assert store.verify() == ()


def test_a_set_in_use_that_is_gone_is_missed(signed: Path) -> None:
    tampered(signed, "DELETE FROM weight_set WHERE name = 'panel'")
    with Store.open(signed) as store:
        assert [problem.code for problem in store.verify()] == ["weights_in_use_gone"]
        with refused("weights_in_use_gone"):
            store.weights.used()
        store.weights.use(None, at=AT)
        assert store.verify() == ()


def test_triggers_that_were_removed_are_missed(signed: Path) -> None:
    other = sqlite3.connect(signed)
    other.execute("DROP TRIGGER weight_set_stays")
    other.commit()
    other.close()
    with Store.open(signed) as store:
        [problem] = store.verify()
        assert problem.code == "weights_unguarded"
        assert "weight_set_stays" in problem.message("en")


# -- older files and sudden ends ---------------------------------------------------------------------


def test_a_file_of_the_second_format_takes_sets(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = project_file.migration_files()
    monkeypatch.setattr(project_file, "migration_files", lambda: steps[:2])
    with Store.open(path) as opened:
        opened.add(answers("a", "b"), source())
    monkeypatch.undo()
    with Store.open(path, read_only=True) as opened:
        assert same(opened.load("w1"), answers("a", "b"))
        assert opened.weights.sets() == ()
        assert opened.verify() == ()
    with sqlite3.connect(path.with_name("csat.db.v2.bak")) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (2,)
        assert kept.execute("SELECT count(*) FROM respondent").fetchone() == (2,)
    kept.close()
    with Store.open(path) as opened:
        opened.weights.add(weight_set(), at=AT)
        assert opened.verify() == ()


# Adds, approves, uses and drops in a loop; each step is acknowledged in a file once it is done.
CHILD = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from weight_sets import AT, weight_set
from survey.store import Store

told = os.open(sys.argv[2] + ".told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
with Store.open(Path(sys.argv[2])) as store:
    for n in range(10_000):
        name = f"s{n // 4}"
        [
            lambda: store.weights.add(weight_set(name), at=AT),
            lambda: store.weights.approve(name, by="li", at=AT),
            lambda: store.weights.use(name, at=AT),
            lambda: (store.weights.add(weight_set("trial"), at=AT), store.weights.drop("trial", at=AT)),
        ][n % 4]()
        os.write(told, f"{n}\\n".encode())
"""


@pytest.mark.parametrize("seed", range(2))
def test_a_kill_at_any_moment_leaves_whole_sets(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    tests = Path(__file__).parent
    told = path.with_name("csat.db.told")
    with subprocess.Popen([sys.executable, "-c", CHILD, str(tests), str(path)], cwd=tests.parent) as child:
        steps = chance.randrange(1, 30)
        while child.poll() is None and len(told.read_text().split() if told.exists() else ()) < steps:
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.03))
        os.kill(child.pid, signal.SIGKILL)
    done = len(told.read_text().split())
    with Store.open(path, read_only=True) as store:
        assert store.verify() == ()
        signed = [held.weights.name for held in store.weights.sets() if held.state == "approved"]
        # What was acknowledged is there; at most one more step was finished and not yet told.
        assert len(signed) in {(done + 2) // 4, (done + 3) // 4}
        use = store.weights.in_use()
        assert use is None or use.name in signed
