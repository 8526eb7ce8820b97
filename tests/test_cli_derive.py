"""``csat weights derive`` from answers and ``csat weights importance``: tables, JSON, sets, and refusals."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cli import Run, csat
from sample_answers import answers, study

from analysis.derived_weights import Caveat
from analysis.importance import Importance
from analysis.objective_weights import objective_weights
from analysis.pipeline import index_tree
from analysis.prepare import prepare
from analysis.results import Estimate
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language, catalogue
from workbench.by_answers import importance_of
from workbench.layout import cells
from workbench.project import Project
from workbench.weight_words import caveat_lines

WAVE = "2026Q3"
LEAVES = [leaf.item for leaf in study().index.leaves()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with answers of one small wave, so that there is a project file to keep sets in."""
    made = tmp_path_factory.mktemp("derived")
    csat("init", made, "--preset", "key_accounts")
    file = made / "study.yaml"
    text, changed = re.subn(r"replicates: \d+", "replicates: 200", file.read_text(encoding="utf-8"))
    assert changed == 1
    file.write_text(text, encoding="utf-8")
    csat("simulate", "--wave", WAVE, "-n", 40, "--seed", 3, "-o", made / "a.xlsx", "--project", made)
    csat("import", made / "a.xlsx", "--wave", WAVE, "--project", made)
    return made


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The sample study's answers, which are already in memory."""
    monkeypatch.setattr(Project, "history", lambda *_: [answers(WAVE)])


def derive(folder: Path, *words: object, code: int = 0, language: Language = "en") -> Run:
    return csat("weights", "derive", *words, "--project", folder, code=code, language=language)


@cache
def document(folder: Path, *words: object) -> Any:
    """What ``--json`` prints for a command that changes nothing, worked out once."""
    return derive(folder, *words, "--json").document


METHODS = ("equal", "entropy", "critic", "pca", "lmg", "target")


@pytest.mark.parametrize("method", METHODS)
def test_weights_stand_beside_those_in_use_with_what_both_do(folder: Path, method: str) -> None:
    found = document(folder, "--method", method)
    assert found["method"] == method
    assert found["wave"] == WAVE
    assert found["compared_with"] == study().index.version
    assert not found["blocked"]
    assert {caveat["key"] for caveat in found["caveats"]} >= {method}
    out = derive(folder, "--method", method).out
    labels = Labels(study(), "en")
    now, then = found["importance"]["now"], found["importance"]["found"]
    for node, before, after in zip(now["nodes"], now["nodes"], then["nodes"], strict=True):
        (line,) = (row for row in out.splitlines() if row.strip().startswith(labels.node(node["id"]) + "  "))
        for share in (
            before["effective_weight"],
            after["effective_weight"],
            before["share"]["value"],
            after["share"]["value"],
        ):
            assert f" {formatting.percent(share, 1)}%" in line
        assert found["weights"][node["id"]] == pytest.approx(after["weight"])
    for index in (now["index"], then["index"]):
        assert formatting.number(index["value"]) in out
    assert max(cells(line) for line in out.splitlines() if "─" in line) <= 100


def test_the_numbers_are_those_of_the_analysis(folder: Path) -> None:
    found = document(folder, "--method", "critic")
    project = Project(folder)
    sample = prepare([answers(WAVE)], study())
    rules = project.study.reporting
    settings = {"replicates": rules.replicates, "seed": rules.seed, "level": rules.level}
    expected = objective_weights(sample, index_tree(study().index), "critic", **settings)
    assert found["weights"] == dict(expected.weights)
    assert found["evidence"]["families"] == expected.evidence["families"]
    with project.store() as store:
        assert found["evidence"]["answers"] == store.basis(WAVE)


def test_lmg_weights_are_the_shares_of_the_drivers(folder: Path) -> None:
    found = document(folder, "--method", "lmg")
    items = found["evidence"]["items"]
    assert sum(item["weight"] for item in items) == pytest.approx(1.0)
    assert found["evidence"]["outcome"] == "satisfaction"
    other = document(folder, "--method", "lmg", "--outcome", "recommendation")
    assert other["evidence"]["outcome"] == "recommendation"
    assert other["weights"] != found["weights"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caveat_is_said_in_the_reader_s_language(folder: Path, language: Language) -> None:
    found = document(folder, "--method", "lmg")
    out = " ".join(derive(folder, "--method", "lmg", language=language).out.split())
    for caveat in found["caveats"]:
        assert " ".join(caveat["message"][language].split()) in out
    keys = {caveat["key"] for caveat in found["caveats"]}
    assert {"lmg", "base_wave", "drivers.rows_lost"} <= keys


def test_all_caveats_have_words() -> None:
    names: dict[str, Any] = {
        "nodes": ("product", "billing"),
        "parent": None,
        "outcome": "satisfaction",
        "wave": WAVE,
        "level": 0.95,
        "n": 50,
        "fewest": 30,
        "misfit": 0.07,
        "lower": 0.02,
    }
    kept = [key for key in catalogue("workbench") if key.startswith("weights.caveat.")]
    mine = (Path(__file__).parent.parent / "workbench" / "texts" / "weight_caveats.yaml").read_text("utf-8")
    own = [key.removeprefix("weights.caveat.") for key in kept if f"\n{key}:" in mine]
    assert len(own) > 25
    for language in LANGUAGES:
        for line in caveat_lines([Caveat(key, names) for key in own], study(), language):
            assert "{" not in line
            assert "product" not in line


def test_a_saved_set_keeps_its_evidence_and_its_caveats(folder: Path) -> None:
    words = ("--method", "lmg", "--name", "drivers-1", "--reason", "review", "--author", "Ann")
    out = derive(folder, *words).out
    assert "drivers-1" in out
    shown = csat("weights", "show", "drivers-1", "--project", folder, "--json").document
    assert (shown["method"], shown["author"], shown["reason"]) == ("lmg", "Ann", "review")
    assert shown["evidence"]["wave"] == WAVE
    assert shown["evidence"]["caveats"][0]["key"] == "lmg"
    fresh = document(folder, "--method", "lmg")
    assert shown["weights"] == fresh["weights"]
    effect = csat("weights", "importance", "drivers-1", "--project", folder, "--json").document
    assert effect["weights"] == "drivers-1"
    assert {node["id"]: node["weight"] for node in effect["nodes"]} == pytest.approx(shown["weights"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_negative_weights_are_shown_and_refused(folder: Path, language: Language) -> None:
    words = ("--method", "regression")
    found = derive(folder, *words, "--json", code=1).document
    negative = [item["id"] for item in found["evidence"]["items"] if item["weight"] < 0]
    assert negative
    assert found["blocked"][0]["values"]["nodes"] == negative
    assert found["importance"]["found"] is None
    run = derive(folder, *words, code=1, language=language)
    labels = Labels(study(), language)
    for item in negative:
        assert labels.node(item) in run.err
    assert "nonnegative" in run.err
    again = derive(folder, *words, "--name", "never", "--reason", "x", code=1, language=language)
    assert labels.node(negative[0]) in again.err
    names = [
        known["name"] for known in csat("weights", "list", "--project", folder, "--json").document["sets"]
    ]
    assert "never" not in names


def test_non_negative_regression_holds_them_at_zero(folder: Path) -> None:
    found = document(folder, "--method", "regression", "--rule", "nonnegative")
    assert found["evidence"]["variant"] == "nonnegative"
    assert min(item["weight"] for item in found["evidence"]["items"]) == 0
    zero = next(caveat for caveat in found["caveats"] if caveat["key"] == "zero_weight")
    assert zero["values"]["nodes"]


def test_squares_are_another_rule_of_the_component(folder: Path) -> None:
    plain, squared = (document(folder, "--method", "pca", "--rule", rule) for rule in ("vector", "squares"))
    assert plain["weights"] != squared["weights"]
    assert squared["caveats"][0]["key"] == "pca_squares"


def test_pls_says_what_it_waits_for_and_what_to_use(folder: Path) -> None:
    for language in LANGUAGES:
        err = derive(folder, "--method", "pls", code=1, language=language).err
        assert "lmg" in err
        assert "pca" in err
    assert derive(folder, "--method", "pls", "--json", code=1).document["problems"]


@pytest.mark.parametrize("form", ["file", "words"])
def test_a_target_may_stand_in_a_file_or_on_the_command_line(folder: Path, tmp_path: Path, form: str) -> None:
    wanted = {item: 1.2 if item == "billing" else 1 for item in LEAVES}
    if form == "file":
        file = tmp_path / "target.yaml"
        file.write_text("".join(f"{item}: {number}\n" for item, number in wanted.items()), encoding="utf-8")
        target = str(file)
    else:
        target = ",".join(f"{item}={number}" for item, number in wanted.items())
    found = document(folder, "--method", "target", "--target", target)
    assert found["evidence"]["target"]["billing"] == pytest.approx(1.2 / 12.2)
    assert found["evidence"]["importance"]["billing"] == pytest.approx(1.2 / 12.2, abs=1e-6)


def test_the_weights_in_use_may_be_the_target(folder: Path) -> None:
    found = document(folder, "--method", "target", "--target", "nominal", "--lower", "0.001")
    tree = index_tree(study().index)
    nominal = {n.id: w for n, w in zip(tree.nodes, tree.effective.tolist(), strict=True) if n.item}
    assert found["evidence"]["target"] == pytest.approx(nominal)
    assert found["evidence"]["lower"] == 0.001


def test_everything_wrong_with_a_target_is_said_at_once(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text("billing: -1\nbiling: 2\nadvice: much\n", encoding="utf-8")
    err = derive(folder, "--method", "target", "--target", file, code=1).err
    for said in (
        "target.yaml:1, billing",
        "target.yaml:2",
        "Did you mean “billing”",
        "advice",
        "reliability",
    ):
        assert said in err
    assert "each item once" in derive(folder, "--method", "target", "--target", "billing", code=1).err
    zero = ",".join(f"{item}=0" for item in LEAVES)
    assert "0 for all items" in derive(folder, "--method", "target", "--target", zero, code=1).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "enropy"), "entropy"),
        (("--method", "critic", "--outcome", "satisfaction"), "--outcome does not go with --method critic"),
        (("--method", "lmg", "--lower", "0.1"), "--lower does not go with --method lmg"),
        (("--method", "ahp", "--wave", WAVE), "--wave does not go with --method ahp"),
        (("--method", "lmg", "--outcome", "satisfation"), "satisfaction"),
        (("--method", "pca", "--rule", "cube"), "vector, squares"),
        (("--method", "target", "--lower", "0.5"), "from 0 to 0.0833 with 12 items"),
        (("--method", "lmg", "--name", "x"), "--reason"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(folder: Path, words: tuple[str, ...], said: str) -> None:
    assert said in derive(folder, *words, code=2).err


def test_an_outcome_made_of_the_index_s_own_items_explains_nothing(tmp_path: Path) -> None:
    csat("init", tmp_path, "--preset", "key_accounts")
    file = tmp_path / "study.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("items: [recommend]", "items: [recommend, billing]"), encoding="utf-8")
    (tmp_path / "csat.db").touch()
    err = derive(tmp_path, "--method", "lmg", "--outcome", "recommendation", "--parent", "study", code=2).err
    assert "billing" in err
    assert "satisfaction" in err


def test_equal_weights_need_no_answers(tmp_path: Path) -> None:
    csat("init", tmp_path, "--preset", "key_accounts")
    found = derive(tmp_path, "--method", "equal", "--json").document
    assert found["weights"]["product"] == pytest.approx(0.2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_importance_stands_beside_the_nominal_weight(folder: Path, language: Language) -> None:
    words = ("weights", "importance", "study", "--project", folder)
    found = csat(*words, "--json").document
    expected = importance_of(study(), prepare([answers(WAVE)], study()), index_tree(study().index))
    assert isinstance(expected, Importance)
    out = csat(*words, language=language).out
    labels = Labels(study(), language)
    for node, mine in zip(found["nodes"], expected.nodes, strict=True):
        assert isinstance(mine.share, Estimate)
        assert node["share"]["value"] == pytest.approx(mine.share.value)
        (line,) = (row for row in out.splitlines() if row.strip().startswith(labels.node(mine.id) + "  "))
        for figure in (mine.nominal, mine.share.value):
            assert f" {formatting.percent(figure, 1)}%" in line
        assert labels.score(mine.contribution) in line
        assert re.findall(r"% ([+−])", line) == {"more": ["+"], "less": ["−"]}.get(mine.reading or "", [])
    assert max(cells(line) for line in out.splitlines() if "─" in line) <= 80


def test_too_few_answers_have_no_importance(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = study().reporting.model_copy(update={"disclosure_limit": 100_000})
    strict = study().model_copy(update={"reporting": few})
    monkeypatch.setattr(Project, "study", strict)
    assert "too few" in csat("weights", "importance", "study", "--project", folder, code=1).err
    assert "too few" in derive(folder, "--method", "lmg", "--parent", "study", code=1).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_importance_fits_a_terminal_of_80_columns(
    folder: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = csat("weights", "importance", "--project", folder, language=language).out
    # Two lines of heading before, one of explanation behind, which the terminal breaks.
    assert max(cells(line) for line in out.splitlines()[2:-1]) <= 80


def test_a_target_says_how_far_the_shown_effect_lies_from_it(folder: Path) -> None:
    found = document(folder, "--method", "target")
    shares = {node["id"]: node["share"]["value"] for node in found["importance"]["found"]["nodes"]}
    target = found["evidence"]["target"]
    seen = max(abs(shares[item] - target[item]) for item in target)
    line = derive(folder, "--method", "target").out.splitlines()[1]
    assert f"{seen:.1%} in people's own indices" in line
    assert f"{found['evidence']['misfit']:.1%}, as solved" in line


@pytest.mark.parametrize(("command", "words"), [("approve", ("--by", "Wang")), ("drop", ())])
def test_the_weights_of_the_study_are_neither_approved_nor_dropped(
    folder: Path, command: str, words: tuple[str, ...]
) -> None:
    told = csat("weights", command, "study", *words, "--project", folder, code=2).err
    assert "study is the weights of the study file" in told
    assert "Did you mean" not in told
