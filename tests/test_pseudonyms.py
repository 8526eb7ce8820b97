"""Pseudonyms: the project file holds no identifier, waves link all the same, and the key is one and stays."""

from __future__ import annotations

import doctest
import hashlib
import hmac
import json
import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cli import Run, csat
from drawing import both, small_study, workbook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import STUDY, answers, refused, source

from survey import pseudonyms
from survey.pseudonyms import NEW, PLAIN, PseudonymKey, make_key, project_key, pseudonymised, read_key
from survey.responses import Responses
from survey.store import Store

KEY = PseudonymKey(bytes(range(32)))
OTHER = PseudonymKey(bytes(32))
COLUMNS = [
    {"id": name, "label": both(name), "kind": kind}
    for name, kind in (("key", "key"), ("account", "key"), ("city", "text"))
]
PANEL = small_study("Q1", "q1", "wave", columns=COLUMNS, design={"respondent": "key", "cluster": "account"})


def test_the_documentation_computes() -> None:
    assert doctest.testmod(pseudonyms).failed == 0


def test_a_pseudonym_is_half_an_hmac_of_column_and_value() -> None:
    whole = hmac.new(KEY.secret, "account|甲".encode(), hashlib.sha256).digest()
    assert KEY.pseudonym("account", "甲") == whole[:16].hex()
    assert KEY.secret.hex() not in repr(KEY)


def panel(*ids: str) -> Responses:
    columns = {"key": ids, "account": ("A", "B", "A")[: len(ids)], "city": ("京",) * len(ids)}
    return pseudonymised(answers(*ids, columns=columns), PANEL, KEY)


def test_a_channel_stays_readable_and_what_stood_in_a_link_of_ones_own_does_not() -> None:
    ids = tuple(map(str, range(12)))
    came = ("微信",) * 10 + ("tel=13800000000", None)
    plain = replace(answers(*ids, columns={}), paradata={"source": came})
    found = pseudonymised(plain, PANEL, KEY).paradata["source"]
    assert found == ("微信",) * 10 + (KEY.pseudonym("#source", "tel=13800000000"), None)


def test_respondents_and_key_columns_get_pseudonyms_that_link() -> None:
    found = panel("a", "b", "c")
    assert found.respondents == found.columns["key"] == tuple(KEY.pseudonym("key", name) for name in "abc")
    first, second, third = found.columns["account"]
    assert first == third != second
    assert found.columns["city"] == ("京",) * 3
    assert panel("a").respondents == found.respondents[:1]  # the next wave


def test_equal_values_of_two_columns_do_not_link() -> None:
    assert KEY.pseudonym("account", "7") != KEY.pseudonym("key", "7")


def test_blank_keys_stay_blank() -> None:
    blank = answers("a", columns={"key": ("a",), "account": (None,)})
    assert pseudonymised(blank, PANEL, KEY).columns["account"] == (None,)


def test_rows_keep_their_numbers_and_a_platforms_numbers_do_not() -> None:
    nameless = small_study("Q1")
    assert pseudonymised(answers("2", "3"), nameless, KEY).respondents == ("2", "3")
    renamed = pseudonymised(answers("2", "3"), nameless, KEY, platform="wjx").respondents
    assert renamed == tuple(KEY.pseudonym("#wjx", n) for n in "23")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.text(max_size=5), unique=True, min_size=1, max_size=8), st.binary(min_size=32, max_size=32)
)
def test_different_people_stay_different(names: list[str], secret: bytes) -> None:
    key = PseudonymKey(secret)
    assert len({key.pseudonym("key", name) for name in names}) == len(names)


# -- the key ---------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "kept elsewhere" / "csat.key"
    key = make_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert make_key(file) == read_key(file) == key
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["csat.key"]
    assert make_key(tmp_path / "csat.key") != key


def test_where_files_cannot_be_linked_a_key_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    file = tmp_path / "csat.key"
    key = make_key(file)
    assert make_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


MAKER = """
import sys
from dataclasses import replace
from pathlib import Path
from survey.pseudonyms import make_key
for n in range(20):
    print(make_key(Path(sys.argv[1]) / f"{n}.key").secret.hex())
"""


def test_two_that_make_a_key_at_once_have_the_same(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    together = [
        subprocess.Popen(
            [sys.executable, "-c", MAKER, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    one, other = (process.communicate(timeout=60)[0].split() for process in together)
    assert len(one) == 20
    assert one == other
    assert len(list(tmp_path.iterdir())) == 20


@pytest.mark.parametrize(
    "content", ["", "# nothing but a comment\n", "12ab\n", "g" * 64, "00" * 32 + "\n" + "11" * 32]
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "csat.key"
    file.write_text(content, encoding="utf-8")
    with refused("key_malformed"):
        read_key(file)


def test_a_key_that_cannot_be_read_or_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder.key").mkdir()
    (tmp_path / "file").write_text("x")
    with refused("key_unreadable"):
        read_key(tmp_path / "folder.key")
    with refused("key_unwritable") as caught:
        make_key(tmp_path / "file" / "csat.key")
    [problem] = caught.value.problems
    assert problem.message("zh") != problem.message("en")


def test_a_project_asks_for_its_own_key(tmp_path: Path) -> None:
    file = tmp_path / "csat.key"
    assert project_key(PLAIN, file) is None
    assert project_key(NEW, file, keep=False) is not None
    assert not file.exists()
    with refused("key_missing"):
        project_key(KEY.fingerprint, file)
    assert not file.exists()
    made = project_key(NEW, file)
    assert made is not None
    assert project_key(NEW, file, keep=False) == project_key(made.fingerprint, file) == made
    with refused("key_other"):
        project_key(KEY.fingerprint, file)


# -- the project file ------------------------------------------------------------------------------


def test_a_project_file_knows_its_key_and_takes_no_other(store: Store) -> None:
    assert store.identifiers == NEW
    store.add(pseudonymised(answers("a"), STUDY, KEY), source(key=KEY.fingerprint))
    assert store.identifiers == KEY.fingerprint
    for fingerprint in (OTHER.fingerprint, None):
        with refused("store_identifiers_differ"):
            store.add(answers("b"), source("b" * 64, key=fingerprint))
    assert len(store.imports()) == 1


def test_a_project_file_with_identifiers_as_they_are_goes_on_so(store: Store) -> None:
    store.add(answers("a"), source())
    assert store.identifiers == PLAIN
    with refused("store_identifiers_differ"):
        store.add(answers("b"), source("b" * 64, key=KEY.fingerprint))
    assert store.add(answers("b"), source("b" * 64)).added == 1


# -- on the command line ---------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without answers whose key lies in its own folder, and a file of answers beside it."""
    monkeypatch.delenv("CSAT_KEY")
    study = small_study("Q1", columns=COLUMNS, design={"respondent": "key", "cluster": "account"})
    (tmp_path / "study.yaml").write_text(json.dumps(study.document()), encoding="utf-8")
    draw(tmp_path, "w1.xlsx", 5)
    return tmp_path


def draw(folder: Path, name: str, *codes: int) -> None:
    """Draw a file of people who answer Q1 by ``codes``, all of one account."""
    rows = [f"person-{n} hospital-7 京 {code}" for n, code in enumerate(codes)]
    workbook(folder, "\n".join(["key account city Q1", *rows]), name=name)


def import_it(project: Path, *words: str, name: str = "w1.xlsx", code: int = 0) -> Run:
    return csat("import", project / name, "--wave", "w1", "--project", project, *words, code=code)


def test_the_first_import_makes_the_key_and_the_file_holds_no_identifier(project: Path) -> None:
    import_it(project, "--dry-run")
    assert not (project / "csat.key").exists()
    import_it(project)
    key = read_key(project / "csat.key")
    body = (project / "csat.db").read_bytes()
    assert b"person" not in body
    assert b"hospital" not in body
    assert key.secret not in body
    assert key.secret.hex().encode() not in body
    with Store.open(project / "csat.db", read_only=True) as store:
        assert store.load("w1").respondents == (key.pseudonym("key", "person-0"),)
    before = (project / "csat.key").read_bytes()
    draw(project, "more.xlsx", 5, 4)
    assert import_it(project, "--json", name="more.xlsx").document["unchanged"] == 1
    assert (project / "csat.key").read_bytes() == before


def test_without_its_key_a_project_takes_nothing_more_and_says_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_it(project)
    key = (project / "csat.key").rename(project / "kept.key")
    for words in ((), ("--dry-run",)):
        run = import_it(project, *words, code=1)
        assert "without their key new answers cannot be linked" in run.err
        assert str(project / "csat.key") in run.err
    make_key(project / "csat.key")
    assert "is not the key of this project" in import_it(project, code=1).err
    monkeypatch.setenv("CSAT_KEY", str(key))
    assert "Nothing was changed" in import_it(project).out


def test_a_project_made_with_identifiers_as_they_are_warns_of_them(project: Path) -> None:
    import_it(project)
    with sqlite3.connect(project / "csat.db") as database:
        database.execute("DELETE FROM setting")
    database.close()
    draw(project, "more.xlsx", 5, 4)
    run = import_it(project, name="more.xlsx")
    assert "holds the identifiers of respondents and accounts as they are" in run.err
    assert b"person" in (project / "csat.db").read_bytes()


def test_a_new_project_keeps_its_key_out_of_version_control(tmp_path: Path) -> None:
    csat("init", tmp_path, "--preset", "key_accounts")
    assert "csat.key" in (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not (tmp_path / "csat.key").exists()
