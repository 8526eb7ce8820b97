"""Imports correct and can be taken back: a wave holds what its current imports say, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing import both, small_study
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import AT, KEY, STUDY, answers, refused, same, source

from survey.comparison import Change
from survey.errors import Place, StoreProblems
from survey.questions import BlankKind
from survey.responses import Choice, Responses
from survey.store import ImportSource, Store
from survey.wave_contents import rows_of, wave_digest

WEIGHT = {"id": "amount", "label": both("权重", "Weight"), "kind": "number"}
WEIGHTED = small_study(
    "Q1", "q1", "wave", columns=[KEY, WEIGHT], design={"respondent": "key", "weight": "amount"}
)


def coded(answered: Responses, **codes: int) -> Responses:
    """Return ``answered`` with other codes of Q1 for the respondents named."""
    changed = answered.codes.copy()
    for respondent, code in codes.items():
        changed[answered.respondents.index(respondent), 0] = code
    return replace(answered, codes=changed)


# -- corrections -----------------------------------------------------------------------------------

CHOICES: dict[str, tuple[Choice, ...]] = {"which": ((1, 2), BlankKind.NOT_ASKED)}
ASKED = answers("a", "b", choices=CHOICES)


@pytest.mark.parametrize(
    ("corrected", "change"),
    [
        ({"codes": np.array([[4, -6, 1], [5, -6, 2]], dtype=np.int16)}, ("Q1", 5, 4)),
        ({"comments": {"why": ("other", "")}}, ("why", "满意 ✓", "other")),
        (
            {"columns": {"key": ("K0", "K1"), "amount": (2.0, 1.5), "renewed": (None, False)}},
            ("renewed", True, None),
        ),
        ({"choices": {"which": ((2, 1), BlankKind.NOT_ASKED)}}, ("which", (1, 2), (2, 1))),
    ],
)
def test_a_corrected_answer_holds_and_is_said(
    store: Store, corrected: dict[str, Any], change: tuple[str, Any, Any]
) -> None:
    store.add(ASKED, source())
    new = replace(ASKED, **corrected)
    outcome = store.add(new, source("b" * 64, shown=("Anna", "Ben")))
    assert (outcome.added, outcome.corrected, outcome.unchanged, outcome.reweighted) == (0, 1, 1, 0)
    assert outcome.changes == (Change("Anna", *change),)
    assert outcome.changed == {change[0]: 1}
    assert same(store.load("w1"), new)
    assert outcome.digest == store.digest("w1") == wave_digest(new)
    assert [record.corrected for record in store.imports()] == [0, 1]
    assert store.verify() == ()


def test_a_flag_is_corrected_to_a_number() -> None:
    # Python takes True for 1.
    from survey.comparison import compare

    flag, number = (answers("a", columns={"f": (value,)}) for value in (True, 1.0))
    assert compare(flag, number).counts() == {"f": 1}


def test_what_the_platform_noted_corrects_nothing(store: Store) -> None:
    store.add(answers("a"), source())
    outcome = store.add(answers("a", paradata={"seconds": (9.0,)}), source("b" * 64))
    assert (outcome.corrected, outcome.unchanged) == (0, 1)


def test_whom_a_file_does_not_contain_it_leaves_alone_and_counts(store: Store) -> None:
    store.add(answers("a", "b", "c"), source())
    outcome = store.add(coded(answers("a"), a=1), source("b" * 64))
    assert (outcome.corrected, outcome.vanished) == (1, 2)
    assert store.load("w1").respondents == ("a", "b", "c")


@pytest.mark.parametrize(("both_have", "differ", "taken"), [(9, 9, True), (20, 10, True), (20, 11, False)])
def test_when_most_people_answer_differently_a_file_is_not_taken_unasked(
    store: Store, both_have: int, differ: int, taken: bool
) -> None:
    ids = [f"r{n}" for n in range(both_have)]
    store.add(answers(*ids), source())
    changed = coded(answers(*ids, "new"), **dict.fromkeys(ids[:differ], 1))
    if not taken:
        with pytest.raises(StoreProblems) as caught:
            store.add(changed, source("b" * 64))
        assert caught.value.problems[0].code == "store_answers_differ"
        assert "--update" in caught.value.problems[0].message("en")
        assert same(store.load("w1"), answers(*ids))
    outcome = store.add(changed, source("b" * 64), replace=not taken)
    assert (outcome.added, outcome.corrected) == (1, differ)
    assert same(store.load("w1"), changed)


def test_people_who_differ_are_counted_and_the_first_listed_where_they_stand(store: Store) -> None:
    ids = [f"r{n}" for n in range(25)]
    store.add(answers(*ids), source())
    places = tuple(Place("w1.xlsx", sheet="S", cell=f"A{n + 2}") for n in range(26))
    shown = tuple(f"person {n}" for n in range(26))
    with pytest.raises(StoreProblems) as caught:
        store.add(answers(*ids, "new", code=1), source("b" * 64, places=places, shown=shown))
    summary, *listed = caught.value.problems
    assert summary.code == "store_answers_differ_more"
    found = {name: summary.values[name] for name in ("n", "total", "equal", "fresh", "shown")}
    assert found == {"n": 25, "total": 26, "equal": 0, "fresh": 1, "shown": 20}
    assert [problem.values["respondent"] for problem in listed] == list(shown[:20])
    assert [problem.place for problem in listed] == list(places[:20])
    assert all(problem.message("zh") != problem.message("en") for problem in caught.value.problems)


def test_weights_may_all_change_without_anybody_being_asked(store: Store) -> None:
    ids = [f"r{n}" for n in range(30)]
    before = answers(*ids)
    store.add(before, source(study=WEIGHTED))
    weights = tuple(n + 9.0 for n in range(30))
    other = coded(replace(before, columns=before.columns | {"amount": weights}), r1=1)
    outcome = store.add(other, source("b" * 64, study=WEIGHTED))
    assert (outcome.corrected, outcome.reweighted) == (30, 29)
    assert outcome.changed == {"amount": 30, "Q1": 1}
    assert same(store.load("w1"), other)


def test_a_second_file_asks_what_the_first_asked_or_says_what_to_undo(store: Store) -> None:
    store.add(answers("a"), source())
    for other in (
        answers("b", items=("Q1", "q1"), codes=answers("b").codes[:, :2]),
        answers("b", choices={"which": ((1,),)}),
    ):
        with refused("store_wave_differs") as caught:
            store.add(other, source("b" * 64))
        assert "import 1" in caught.value.problems[0].message("en")


def test_people_known_by_different_things_do_not_mix(store: Store) -> None:
    nameless = small_study("Q1", "q1", "wave")

    def of(layout: str | None, sha256: str, **parts: Any) -> ImportSource:
        return source(sha256 * 64, nameless, layout=layout, **parts)

    store.add(answers("1"), of("wjx", "a", key="k"))
    with refused("store_identity_differs"):
        store.add(answers("2"), of("plain", "b", key="k"))
    with refused("store_identity_differs"):
        store.add(answers("2"), source("b" * 64, key="k"))
    # Pseudonyms keep equal numbers of two platforms apart.
    assert store.add(answers("2"), of("qualtrics", "b", key="k")).added == 1


def test_without_pseudonyms_numbers_of_two_platforms_do_not_mix(store: Store) -> None:
    nameless = small_study("Q1", "q1", "wave")
    store.add(answers("1"), source(study=nameless, layout="wjx"))
    with refused("store_identity_differs"):
        store.add(answers("2"), source("b" * 64, nameless, layout="qualtrics"))


# -- taking back -----------------------------------------------------------------------------------


def test_a_correction_is_taken_back(store: Store) -> None:
    first = answers("a", "b")
    digest = store.add(first, source()).digest
    store.add(coded(answers("a", "b", "c"), a=1), source("b" * 64))
    outcome = store.undo(2, at=AT, by="li")
    assert (outcome.gone, outcome.restored, outcome.respondents, outcome.digest) == (1, 1, 2, digest)
    assert same(store.load("w1"), first)
    assert (outcome.undone.state, outcome.undone.undone_at, outcome.undone.undone_by) == ("undone", AT, "li")
    assert store.imports()[1] == outcome.undone
    assert store.verify() == ()


def test_an_earlier_import_is_taken_back_and_corrections_of_it_stay(store: Store) -> None:
    store.add(answers("a", "b"), source())
    corrected = coded(answers("c", "a"), a=1)
    store.add(corrected, source("b" * 64))
    outcome = store.undo(1, at=AT)
    assert (outcome.gone, outcome.restored) == (1, 0)
    assert same(store.load("w1"), corrected)  # in the order of the file that is left


def test_what_was_taken_back_may_be_imported_again(store: Store) -> None:
    first = store.add(answers("a"), source())
    store.undo(1, at=AT)
    again = store.add(answers("a"), source())
    assert (again.number, again.added, again.again, again.digest) == (2, 1, None, first.digest)


def test_nothing_is_taken_back_twice(store: Store) -> None:
    store.add(answers("a"), source())
    store.undo(1, at=AT)
    for number, code in ((1, "store_undone_before"), (2, "store_no_import")):
        with refused(code) as caught:
            store.undo(number, at=AT)
        [problem] = caught.value.problems
        assert problem.message("zh") != problem.message("en")


def test_a_wave_whose_imports_are_all_taken_back_is_empty_and_open_to_other_questions(store: Store) -> None:
    store.add(answers("a"), source())
    store.add(answers("b"), source("b" * 64))
    assert store.undo(1, at=AT).digest is not None
    assert store.undo(2, at=AT).digest is None
    assert (store.waves(), store.asked("w1"), store.verify()) == ((), (), ())
    for ask in (store.load, store.digest, store.basis):
        with refused("store_no_wave"):
            ask("w1")
    other = Responses("w1", ("a",), ("new",), np.array([[3]], dtype=np.int16), {}, {})
    store.add(other, source("c" * 64, small_study("new")))
    assert same(store.load("w1"), other)
    assert store.asked("w1") == ("new",)


def test_a_file_in_the_wrong_wave_is_taken_back_and_imported_into_the_right_one(store: Store) -> None:
    store.add(answers("a"), source())
    with refused("store_file_elsewhere") as caught:
        store.add(answers("a", wave="w2"), source())
    assert "csat undo 1" in caught.value.problems[0].message("zh")
    store.undo(1, at=AT)
    store.add(answers("a", wave="w2"), source())
    assert store.waves() == ("w2",)


def test_answers_that_were_altered_are_not_brought_back(path: Path) -> None:
    with Store.open(path) as store:
        store.add(answers("a", "b"), source())
        store.add(coded(answers("a", "b"), a=1), source("b" * 64))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE answers SET Q1 = 2 WHERE respondent_key = 1")
    database.close()
    with Store.open(path) as store:
        assert same(store.load("w1"), coded(answers("a", "b"), a=1))
        [problem] = store.verify()
        assert (problem.code, problem.values["number"]) == ("store_import_altered", 1)
        with refused("store_import_altered"):
            store.undo(2, at=AT)
        assert store.imports()[1].state == "current"


def test_any_tool_sees_what_holds_and_nothing_else(path: Path) -> None:
    with Store.open(path) as store:
        store.add(answers("a", "b"), source())
        store.add(coded(answers("a"), a=1), source("b" * 64))
        store.undo(store.add(answers("c"), source("c" * 64)).number or 0, at=AT)
    plain = sqlite3.connect(path)
    q1 = plain.execute("SELECT respondent, code FROM answers_long WHERE item = 'Q1' ORDER BY 1").fetchall()
    assert q1 == [("a", 1), ("b", 5)]
    assert plain.execute("SELECT id, import FROM held ORDER BY 1").fetchall() == [("a", 2), ("b", 1)]
    assert plain.execute("SELECT count(*) FROM answers").fetchone() == (4,)  # nothing is deleted
    plain.close()


# -- for all series of imports ---------------------------------------------------------------------

PEOPLE = "abcdef"
files = st.lists(
    st.tuples(st.permutations(PEOPLE), st.integers(1, 6), st.integers(1, 2), st.booleans()),
    min_size=1,
    max_size=5,
)


def drawn(order: tuple[str, ...], n: int, code: int, swapped: bool) -> Responses:
    """Return a file of the first ``n`` people, its items in one order or the other."""
    asked = answers(*order[:n], code=code, columns={"key": tuple(order[:n])}, comments={})
    asked.codes[:, 2] = 1
    if not swapped:
        return asked
    return replace(asked, items=("wave", "q1", "Q1"), codes=asked.codes[:, ::-1])


def told(current: Mapping[int, Responses]) -> Responses:
    """Return what the files say together: people as first mentioned, answers as last given."""
    first = current[min(current)]
    answered = {}
    for _, file in sorted(current.items()):
        order = [file.items.index(item) for item in first.items]
        answered |= dict(zip(file.respondents, file.codes[:, order], strict=True))
    people = tuple(answered)
    return replace(
        first, respondents=people, codes=np.array(list(answered.values())), columns={"key": people}
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files, st.randoms(use_true_random=False))
def test_what_is_left_is_what_the_other_imports_say(tmp_path: Path, drawings: list[Any], chance: Any) -> None:
    (tmp_path / "any.db").unlink(missing_ok=True)
    current: dict[int, Responses] = {}
    with Store.open(tmp_path / "any.db") as store:
        for number, drawing in enumerate(drawings, 1):
            current[number] = drawn(*drawing)
            assert store.add(current[number], source(f"{number:064}")).number == number
            assert store.digest("w1") == wave_digest(told(current))
        while len(current) > 1:
            gone = chance.choice(sorted(current))
            del current[gone]
            store.undo(gone, at=AT)
            assert store.digest("w1") == wave_digest(told(current))
        assert same(store.load("w1"), told(current))
        assert store.verify() == ()


# -- whose answers count ---------------------------------------------------------------------------


def test_answers_may_be_left_out_by_decision_and_stay_where_they_are(store: Store) -> None:
    whole = answers("a", "b", "c")
    digest = store.add(whole, source()).digest
    before = store.fingerprint("w1")
    assert store.basis("w1") == digest
    store.exclude("w1", ["b"], "all answers alike", at=AT, by="li")
    assert same(store.load("w1"), rows_of(whole, [0, 2]))
    assert same(store.load("w1", STUDY, excluded=True), whole)
    [person] = store.exclusions("w1")
    assert (person.respondent, person.reason, person.at, person.by) == ("b", "all answers alike", AT, "li")
    assert store.digest("w1") == digest
    assert len({digest, store.basis("w1")}) == len({before, store.fingerprint("w1")}) == 2
    assert store.verify() == ()
    store.include("w1", ["b"], "spoke with her", at=AT)
    assert (store.exclusions("w1"), store.basis("w1"), store.fingerprint("w1")) == ((), digest, before)
    assert same(store.load("w1"), whole)


def test_a_decision_holds_for_the_person_whichever_import_holds(store: Store) -> None:
    store.add(answers("a", "b"), source())
    store.exclude("w1", ["a"], "a test", at=AT)
    store.add(coded(answers("a", "b"), a=1), source("b" * 64))
    assert store.load("w1").respondents == ("b",)
    for number in (1, 2):
        store.undo(number, at=AT)
    store.add(answers("b"), source("c" * 64))
    assert store.exclusions("w1") == ()
    assert store.basis("w1") == store.digest("w1")
    store.add(answers("a", "b", columns=answers("b", "a").columns), source("d" * 64))
    assert store.load("w1").respondents == ("b",)


def test_only_people_of_the_wave_can_be_left_out(store: Store) -> None:
    store.add(answers("a"), source())
    with refused("store_no_respondent") as caught:
        store.exclude("w1", ["a", "z"], "who", at=AT)
    assert caught.value.problems[0].values["n"] == 1
    assert store.exclusions("w1") == ()


def test_a_fingerprint_tells_of_anything_that_load_returns(store: Store) -> None:
    store.add(answers("a", paradata={"seconds": (4.0,)}), source())
    before = store.fingerprint("w1")
    store.undo(1, at=AT)
    store.add(answers("a", paradata={"seconds": (400.0,)}), source("b" * 64))
    assert store.fingerprint("w1") != before
