"""``csat weights``: the sets of a project, as people see, make and sign them."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from cli import csat
from weight_sets import AT, NESTED, STUDY, WEIGHTS, wave

from analysis.derived_weights import Caveat, DerivedWeights
from survey.language import LANGUAGES
from survey.store import ImportSource, Store
from survey.weight_set import study_weights
from workbench.layout import cells
from workbench.new_sets import save_derived
from workbench.project import Project
from workbench.terminal import Stop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without answers."""
    (tmp_path / "study.yaml").write_text(NESTED, encoding="utf-8")
    return tmp_path


@pytest.fixture
def answered(folder: Path) -> Path:
    """A project with two waves of answers."""
    with Store.open(folder / "csat.db") as store:
        for name in ("2025", "2026"):
            source = ImportSource("a.xlsx", name * 16, STUDY, AT, 60)
            store.add(wave(name), source)
    return folder


def weights(folder: Path, *words: object, **how: Any) -> Any:
    return csat("weights", *words, "--project", folder, **how)


def panel(folder: Path, name: str = "panel", *, use: bool = False) -> None:
    """Make a set in which price weighs more; approve and use it if asked."""
    weights(folder, "set", name, "price=0.9", "--reason", "yearly panel", "--author", "王芳")
    if use:
        weights(folder, "approve", name, "--by", "李明", "--note", "minutes 7")
        weights(folder, "use", name)


# -- list and show -----------------------------------------------------------------------------------


def test_the_study_s_own_weights_are_a_set(folder: Path) -> None:
    own = study_weights(STUDY)
    document = weights(folder, "list", "--json").document
    assert (document["index"], document["in_use"], document["problems"]) == ("satisfaction", None, [])
    [known] = document["sets"]
    assert (known["name"], known["method"], known["digest"]) == ("1.10", "study", own.digest)
    assert (known["state"], known["in_use"], known["weights"]) == ("study", True, WEIGHTS)


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_the_language_may_stand_anywhere(folder: Path, place: str) -> None:
    words = {"before": 0, "between": 1, "after": 2}[place]
    line = ["weights", "list", "--project", str(folder)]
    run = csat(*line[:words], "--lang", "zh", *line[words:])
    assert "研究声明" in run.out
    assert not re.search("declared", run.out)


def test_a_set_is_shown_with_all_that_is_known_of_it(folder: Path) -> None:
    panel(folder, use=True)
    shown = weights(folder, "show", language="zh").out
    for part in (
        "panel",
        "直接赋权",
        "王芳：yearly panel",
        "改自：1.10",
        "由 李明 批准（minutes 7）",
        "服务",
    ):
        assert part in shown
    document = weights(folder, "show", "panel", "--json").document
    assert document["effective"] == pytest.approx(
        {"service": 0.4, "speed": 0.8 / 3, "care": 0.4 / 3, "price": 0.6}
    )
    assert document["parent"] == study_weights(STUDY).digest
    assert (document["state"], document["in_use"], document["approved_by"]) == ("approved", True, "李明")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 120])
def test_tables_keep_to_the_width_of_a_terminal(
    folder: Path, language: Any, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel(folder, use=True)
    monkeypatch.setenv("COLUMNS", str(width))
    shown = weights(folder, "list", language=language).out + weights(folder, "show", language=language).out
    assert max(cells(line) for line in shown.splitlines() if "SHA-256 " not in line) <= width


# -- set ---------------------------------------------------------------------------------------------


def test_weights_that_are_not_given_are_those_of_the_parent(folder: Path) -> None:
    run = weights(folder, "set", "panel", "care=3", "--reason", "r", "--json").document
    assert run["weights"] == {**WEIGHTS, "care": 3.0}
    assert run["before"]["name"] == "1.10"
    assert run["before"]["effective"]["care"] == pytest.approx(0.2)
    weights(folder, "approve", "panel", "--by", "x")
    weights(folder, "use", "panel")
    next_one = weights(folder, "set", "next", "price=1", "--reason", "r", "--json").document
    assert (next_one["parent"], next_one["weights"]["care"]) == (run["digest"], 3.0)
    own = weights(folder, "set", "third", "price=1", "--reason", "r", "--parent", "study", "--json").document
    assert own["weights"]["care"] == 1.0


def test_what_changed_is_printed_beside_the_parent(folder: Path) -> None:
    out = weights(folder, "set", "panel", "price=0.9", "--reason", "r").out
    assert re.search(r"Price +price +60\.0% +60\.0% +40\.0% +\+20\.0", out)
    assert re.search(r"Speed +speed +66\.7% +26\.7% +40\.0% +−13\.3", out)
    assert "csat weights approve panel --by WHO" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["panel", "prize=1", "--reason", "r"], "no node “prize”"),
        (["panel", "price=x", "care=-1", "--reason", "r"], "price=x, care=-1: write NODE=WEIGHT"),
        (["panel", "price=1", "price=2", "--reason", "r"], "price=2: write NODE=WEIGHT"),
        (["panel", "price=inf", "--reason", "r"], "price=inf: write"),
        (["panel", "price", "--reason", "r"], "price: write NODE=WEIGHT"),
        (["panel", "price=1"], "--reason is missing"),
        (["panel", "--reason", "r"], "Give NODE=WEIGHT pairs"),
        (["panel", "price=1", "--from", "x.yaml", "--reason", "r"], "one of the two"),
        (["panel", "--from", "x.yaml", "--reason", "r"], "no file x.yaml"),
        (["a b", "price=1", "--reason", "r"], "cannot be the name"),
        (["panel.yaml", "price=1", "--reason", "r"], "cannot be the name"),
        (["study", "price=1", "--reason", "r"], "names the weights of the study file"),
        (["1.10", "price=1", "--reason", "r"], "names the weights of the study file"),
        (["panel", "price=1", "--reason", "r", "--parent", "absent"], "no weight set “absent”"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_makes_no_set(folder: Path, words: list[str], said: str) -> None:
    assert said in weights(folder, "set", *words, code=2).err
    assert weights(folder, "set", *words, code=2, language="zh").err
    assert not (folder / "csat.db").exists()


def test_a_branch_of_which_nothing_weighs_is_no_set(folder: Path) -> None:
    run = weights(folder, "set", "panel", "speed=0", "care=0", "--reason", "r", code=1)
    assert "All nodes under service weigh 0" in run.err
    assert not (folder / "csat.db").exists()


def test_a_set_travels_as_a_file(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    panel(folder)
    file = folder / "panel.yaml"
    weights(folder, "show", "panel", "-o", file)
    there = tmp_path_factory.mktemp("there")
    (there / "study.yaml").write_text(NESTED, encoding="utf-8")
    told = weights(there, "set", "panel", "--from", file, "--json").document
    assert told["digest"] == weights(folder, "show", "panel", "--json").document["digest"]
    # Written again it is the same; what somebody may have edited is never replaced.
    weights(folder, "show", "panel", "-o", file)
    file.write_text(file.read_text(encoding="utf-8").replace("0.9", "0.8"), encoding="utf-8")
    assert "left alone" in weights(folder, "show", "panel", "-o", file, code=1).err
    assert "ends in .yaml" in weights(folder, "show", "panel", "-o", "panel.txt", code=2).err


def test_an_edited_file_is_another_set(folder: Path) -> None:
    panel(folder)
    file = folder / "panel.yaml"
    weights(folder, "show", "panel", "-o", file)
    file.write_text(file.read_text(encoding="utf-8").replace("0.9", "0.8"), encoding="utf-8")
    assert "--reason is missing" in weights(folder, "set", "panel2", "--from", file, code=2).err
    assert "was changed after it was written" in weights(folder, "show", file, code=1).err
    run = weights(folder, "set", "panel2", "--from", file, "--reason", "less")
    assert "was changed after it was written" in run.err
    made = weights(folder, "show", "panel2", "--json").document
    assert (made["method"], made["weights"]["price"], made["reason"]) == ("direct", 0.8, "less")
    assert made["parent"] == weights(folder, "show", "panel", "--json").document["digest"]


def test_a_file_with_mistakes_is_told_line_by_line(folder: Path) -> None:
    file = folder / "new.yaml"
    weights(folder, "show", "study", "-o", file)
    text = file.read_text(encoding="utf-8").replace("price: 0.4", "price: -1").replace("care:", "car:")
    file.write_text(text, encoding="utf-8")
    for language in LANGUAGES:
        run = weights(folder, "set", "new", "--from", file, "--reason", "r", code=1, language=language)
        assert re.search(r"new\.yaml:\d+, weights\.price: ", run.err)
        assert re.search(r"new\.yaml:\d+, weights\.service\.children\.car: ", run.err)
    assert not (folder / "csat.db").exists()


# -- approve, use, drop ------------------------------------------------------------------------------


def test_a_set_is_used_once_it_is_approved(folder: Path) -> None:
    panel(folder)
    assert "is a draft" in weights(folder, "use", "panel", code=1).err
    run = weights(folder, "approve", "panel", "--by", "李明")
    assert "price weighs 60.0% of the index, more than 50%" in run.err
    used = weights(folder, "use", "panel").out
    assert "figures made with 1.10 do not compare with them" in used
    listed = weights(folder, "list", "--json").document
    assert listed["in_use"]["name"] == "panel"
    assert [known["in_use"] for known in listed["sets"]] == [False, True]
    assert "cannot be dropped" in weights(folder, "drop", "panel", code=1).err
    weights(folder, "use", "study")
    assert [known["in_use"] for known in weights(folder, "list", "--json").document["sets"]] == [True, False]


def test_a_draft_can_go(folder: Path) -> None:
    panel(folder)
    assert "panel" in weights(folder, "drop", "panel").out
    assert "no weight set “panel”" in weights(folder, "drop", "panel", code=2).err
    panel(folder)
    assert weights(folder, "drop", "panel", "--json").document == {"dropped": "panel"}


@pytest.mark.parametrize("command", ["approve", "use", "drop", "show"])
def test_a_set_that_is_not_there_is_told_with_those_there_are(folder: Path, command: str) -> None:
    panel(folder)
    by = ["--by", "x"] if command == "approve" else []
    assert "Did you mean “panel”?" in weights(folder, command, "panle", *by, code=2).err
    assert "您要的是“panel”吗" in weights(folder, command, "panle", *by, code=2, language="zh").err


MOVED = NESTED.replace("    - {item: price, weight: 0.4}\n", "        - {item: price, weight: 0.4}\n")
GONE = NESTED.replace("        - care\n", "")


@pytest.mark.parametrize(("study", "said"), [(MOVED, "price stands under"), (GONE, "no node care")])
def test_a_set_for_another_tree_is_told_and_never_half_applied(answered: Path, study: str, said: str) -> None:
    panel(answered, use=True)
    panel(answered, "draft")
    (answered / "study.yaml").write_text(study, encoding="utf-8")
    assert csat("index", "--project", answered, code=1).err.count(said) == 1
    assert said in csat("report", "--project", answered, "--format", "html", code=1).err
    assert said in weights(answered, "approve", "draft", "--by", "x", code=1).err
    assert said in weights(answered, "use", "panel", code=1).err
    assert said in weights(answered, "list").err
    # A set of the old tree can still be looked at, and be the start of one for the new tree.
    assert "panel" in weights(answered, "show", "panel").out
    assert csat("index", "--weights", "study", "--project", answered).out
    weights(answered, "use", "study")
    assert csat("index", "--project", answered).out


# -- results -----------------------------------------------------------------------------------------


def index(folder: Path, *words: object, **how: Any) -> Any:
    return csat("index", *words, "--project", folder, **how)


def test_results_say_which_weights_they_used(answered: Path) -> None:
    own = index(answered, "--json").document
    assert own["provenance"]["weight_state"] == "study"
    panel(answered)
    draft = index(answered, "--weights", "panel", "--json").document
    assert (draft["provenance"]["weight_set"], draft["provenance"]["weight_state"]) == ("panel", "draft")
    shown = weights(answered, "show", "panel", "--json").document
    assert draft["provenance"]["weight_set_digest"] == shown["digest"]
    assert draft["provenance"]["study_digest"] == own["provenance"]["study_digest"]
    scores = {node["id"]: node["series"][-1]["value"] for node in draft["nodes"]}
    value = draft["trend"][-1]["index"]["value"]
    # 0.6 of price and 0.4 of the branch.
    assert value == pytest.approx(0.6 * scores["price"] + 0.4 * scores["service"], rel=1e-13)
    assert value != own["trend"][-1]["index"]["value"]
    assert "a DRAFT, not approved" in index(answered, "--weights", "panel").out
    assert "草稿，未经批准" in csat("drivers", "--weights", "panel", "--project", answered, language="zh").out
    # Nothing was chosen, so results go on with the weights of the study.
    assert index(answered, "--json").document == own


def test_a_set_in_use_is_the_default_for_every_wave(answered: Path) -> None:
    own = index(answered, "--json").document
    panel(answered, use=True)
    used = index(answered, "--json").document
    assert (used["provenance"]["weight_set"], used["provenance"]["weight_state"]) == ("panel", "approved")
    assert used["trend"] == index(answered, "--weights", "panel", "--json").document["trend"]
    # The earlier wave is scored with the same weights, so the change is one of scores alone.
    first, last = (point["index"]["value"] for point in used["trend"])
    assert used["trend"][1]["change"]["estimate"]["value"] == pytest.approx(last - first, rel=1e-9)
    assert first != own["trend"][0]["index"]["value"]
    assert index(answered, "--weights", "study", "--json").document == own
    assert index(answered, "--weights", "1.10", "--json").document == own


def test_weights_may_come_from_a_file(answered: Path) -> None:
    panel(answered)
    file = answered / "panel.yaml"
    weights(answered, "show", "panel", "-o", file)
    held = index(answered, "--weights", file, "--json").document
    assert held == index(answered, "--weights", "panel", "--json").document
    weights(answered, "drop", "panel")
    loose = index(answered, "--weights", file, "--json").document
    assert loose["provenance"]["weight_state"] == "file"
    assert loose["trend"] == held["trend"]
    assert "NOT APPROVED" in index(answered, "--weights", file).out
    file.write_text(file.read_text(encoding="utf-8").replace("0.9", "0.8"), encoding="utf-8")
    assert "was changed after it was written" in index(answered, "--weights", file, code=1).err
    assert "no file" in index(answered, "--weights", "absent.yaml", code=2).err


@pytest.mark.parametrize(
    ("language", "draft", "signed"), [("zh", "草稿", "已批准"), ("en", "DRAFT", "approved")]
)
def test_the_report_names_the_set_and_its_state(
    answered: Path, language: Any, draft: str, signed: str
) -> None:
    panel(answered)

    def report() -> str:
        file = answered / "report.html"
        words = ("--weights", "panel", "--wave", "2026", "-o", file, "--lang", language)
        csat("report", *words, "--project", answered)
        return file.read_text(encoding="utf-8")

    digest = weights(answered, "show", "panel", "--json").document["digest"][:8]
    assert f"<td>{draft} {digest}</td>" in (unsigned := report())
    assert unsigned.count(draft) >= 2  # on the cover too
    assert "csat report --wave 2026 --weights panel" in unsigned
    weights(answered, "approve", "panel", "--by", "x")
    assert f"<td>{signed} {digest}</td>" in (approved := report())
    assert draft not in approved


def test_a_preview_uses_the_weights_that_results_will_use(answered: Path) -> None:
    panel(answered, use=True)
    found = csat("careless", "--project", answered, "--json").document
    expected = index(answered, "--json").document["trend"][-1]["index"]
    assert found["index"]["index"] == expected
    assert found["weights"]["name"] == "panel"
    own = csat("careless", "--weights", "study", "--project", answered, "--json").document
    assert own["index"]["index"]["value"] != expected["value"]
    book = answered / "more.csv"
    book.write_text("x\n1\n", encoding="utf-8")
    words = ("import", book, "--wave", "2026", "--weights", "panel", "--project", answered)
    assert "--weights is for the preview" in csat(*words, code=2).err


def test_verify_finds_a_set_that_was_altered(answered: Path) -> None:
    panel(answered, use=True)
    assert csat("verify", "--project", answered, "--json").document["weight_sets"] == ["panel"]
    assert "panel" in csat("verify", "--project", answered).out
    file = sqlite3.connect(answered / "csat.db")
    file.executescript(
        "DROP TRIGGER weight_set_kept; UPDATE weight_set SET document = replace(document, '0.9', '0.8');"
    )
    file.close()
    for language, said in (("zh", "与其校验值不符"), ("en", "does not match its digest")):
        run = csat("verify", "--project", answered, code=1, language=language)
        assert said in run.err
        assert "weight_set_kept" in run.err
    assert "does not match its digest" in index(answered, code=1).err
    assert "does not match its digest" in weights(answered, "list", code=1).err


# -- what methods hand over --------------------------------------------------------------------------


def test_derived_weights_become_a_draft_with_their_caveats(folder: Path) -> None:
    opened = Project(folder)
    found = DerivedWeights("equal", dict.fromkeys(WEIGHTS, 0.5), {"wave": "2025"}, (Caveat("equal"),))
    held = save_derived(opened, found, name="等权", reason="to compare", command="csat", author="王芳")
    assert (held.state, held.weights.method, held.weights.author) == ("draft", "equal", "王芳")
    assert held.weights.evidence == {"wave": "2025", "caveats": [{"key": "equal", "values": {}}]}
    shown = weights(folder, "show", "等权", language="zh").out
    assert "期次：2025" in shown
    assert "题目多的维度" in shown


def test_weights_that_must_not_be_used_are_no_set(folder: Path) -> None:
    found = DerivedWeights("equal", WEIGHTS, blocked=(Caveat("equal"),))
    with pytest.raises(Stop) as stopped:
        save_derived(Project(folder), found, name="bad", reason="r", command="csat")
    assert "题目多的维度" in stopped.value.document()["message"]["zh"]
    assert not (folder / "csat.db").exists()
