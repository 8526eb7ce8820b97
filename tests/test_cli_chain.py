"""``csat chain``: tables, the picture of one dimension, JSON, and what to do where there is no chain."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import get_args

import pytest
from cli import csat
from sample_answers import answers, study

from analysis import chain_pipeline
from analysis.chain_notes import CAUTIONS, NOTES
from analysis.chain_pipeline import ChainSurvey, chain_groups, chain_plan, chain_survey
from analysis.mediation_results import Mediation
from analysis.moment_guards import MomentsRefused
from analysis.results import TooFew
from report_templates.context.labels import Labels
from survey.definition import load_study
from survey.language import LANGUAGES, Language
from survey.study import Chain
from workbench.chain_diagram import diagram
from workbench.chain_tables import show_chains
from workbench.chain_words import cautions, named, note, notes, per_ten
from workbench.layout import cells
from workbench.project import Project
from workbench.terminal import Terminal

WAVE = "2026Q3"
PRESETS = Path(chain_pipeline.__file__).parent.parent / "survey" / "presets"
few = partial(chain_survey, replicates=60)


@cache
def found() -> ChainSurvey:
    return few(study(), [answers(WAVE)], chain_plan(study()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("chain")
    csat("init", made, "--preset", "key_accounts")
    return made


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "history", lambda *_: [answers(WAVE)])
    monkeypatch.setattr(chain_pipeline, "chain_survey", few)
    monkeypatch.setattr(chain_pipeline, "chain_groups", partial(chain_groups, replicates=60))


def test_the_chain_has_five_thousand_replicates_unless_told_otherwise() -> None:
    assert chain_survey.__kwdefaults__ == {"replicates": 5000}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dimension_stands_in_each_table_within_eighty_columns(
    folder: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = csat("chain", "--project", folder, language=language).out
    lines, labels = out.splitlines(), Labels(study(), language)
    rules = [line for line in lines if set(line) == {"─"}]
    assert rules
    assert max(map(cells, rules)) <= 80
    assert [chain.steps[0] for chain in found().chains] == [node.id for node in study().index.children]
    for chain in found().chains:
        name = named(labels, chain.steps[0])
        total, paths, base = (line for line in lines if line.startswith(f"{name}  "))
        assert all(per_ten(part) in total for part in (chain.total, chain.direct, chain.indirect))
        assert all(per_ten(effect.estimate) in paths for effect in (*chain.specific, chain.reversed))
        assert f" {labels.count(chain.n)} " in base
        for line in notes(labels, [(name, chain.warnings), ("", ())]):
            assert line in out
    for caution in cautions(labels, found().chains[0].cautions):
        assert caution in out


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_dimension_is_drawn_with_every_coefficient(
    folder: Path, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = csat("chain", "--from", "product", "--project", folder, language=language).out
    (chain,) = (chain for chain in found().chains if chain.steps[0] == "product")
    labels = Labels(study(), language)
    picture = diagram(
        [named(labels, step) for step in chain.steps], [per_ten(path.estimate) for path in chain.paths]
    )
    assert "\n".join(picture) in out
    assert max(map(cells, picture)) <= 80
    assert all(sum(per_ten(path.estimate) in line for line in picture) for path in chain.paths)
    assert per_ten(chain.indirect) in out
    assert labels.count(chain.clusters) in out


def test_the_picture_keeps_its_rails_straight_whatever_the_names() -> None:
    for names in (["a", "b", "c", "d"], ["产品质量", "总体满意度", "a long name of loyalty", "续约"]):
        lines = diagram(names, ["1", "22", "333", "4", "55", "6"])
        (first,) = {cells(line[: line.index("┬")]) for line in lines if "┬" in line}
        (turn,) = {cells(line[: line.index("┘")]) for line in lines[:-1] if "┘" in line}
        assert first == turn
        assert cells(lines[0]) == cells(lines[-1])
        assert [line.split(" ")[0] for line in (lines[0], lines[3])] == [n.split(" ")[0] for n in names[:2]]


def test_json_holds_every_chain_unrounded_and_help_names_every_key(folder: Path) -> None:
    printed = csat("chain", "--project", folder, "--json").document
    assert [chain["steps"][0] for chain in printed["chains"]] == [c.steps[0] for c in found().chains]
    assert printed["chains"][0]["indirect"]["value"] == found().chains[0].indirect.value
    assert printed["chains"][0]["identity"] < 1e-9
    for language in LANGUAGES:
        said = csat("chain", "--help", language=language).out
        assert [key for key in printed if key not in said] == []


MISUSES = [
    (("--from", "produkt"), "produkt", "product"),
    (("--from", "sat_overall"), "sat_overall", "satisfaction"),
    (("--via", "satisfaction"), "--via", "satisfaction,affective_loyalty"),
    (("--via", "satisfaction,satisfaction"), "satisfaction", ""),
    (("--to", "affective_loyalty"), "affective_loyalty", ""),
    (("--covariates", "tier,tier"), "tier", ""),
    (("--covariates", "teir"), "teir", "tier"),
    (("--covariates", "affective_1"), "affective_1", "affective_loyalty"),
]


@pytest.mark.parametrize(("words", "wrong", "right"), MISUSES, ids=[" ".join(m[0]) for m in MISUSES])
def test_what_cannot_be_meant_is_told_in_both_languages(
    folder: Path, words: tuple[str, ...], wrong: str, right: str
) -> None:
    for language in LANGUAGES:
        said = csat("chain", *words, "--project", folder, code=2, language=language).err
        assert wrong in said
        assert right in said


def test_options_choose_steps_and_what_is_held(folder: Path) -> None:
    words = ("--from", "after_sales", "--via", "satisfaction,cognitive_loyalty", "--to", "renewal")
    held = ("--covariates", "tier,relational,after_sales")
    printed = csat("chain", *words, *held, "--project", folder, "--json").document
    (chain,) = printed["chains"]
    assert chain["steps"] == ["after_sales", "satisfaction", "cognitive_loyalty", "renewal"]
    # A dimension is no covariate of its own chain.
    assert chain["covariates"] == ["tier", "relational"]
    for language, word in (("zh", "线性概率"), ("en", "linear in its probability")):
        out = csat("chain", *words, *held, "--project", folder, language=language).out
        assert word in out
        assert Labels(study(), "zh" if language == "zh" else "en").segment("tier") in out


def test_a_chain_is_compared_between_groups(folder: Path) -> None:
    words = ("chain", "--from", "product", "--by", "tier", "--project", folder)
    groups = csat(*words, "--json").document["groups"]["groups"]
    assert sum(part["chain"]["n"] for part in groups) == found().chains[0].n
    for language in LANGUAGES:
        lines = csat(*words, language=language).out.splitlines()
        labels = Labels(study(), language)
        for part in groups:
            (row,) = (line for line in lines if line.startswith(labels.group("tier", part["value"]) + "  "))
            assert f" {labels.count(part['chain']['n'])}" in row
        assert "groups" in csat("chain", "--help", language=language).out
        assert "--from" in csat("chain", "--by", "tier", "--project", folder, code=2, language=language).err
    assert "tier" in csat("chain", "--from", "product", "--by", "teir", "--project", folder, code=2).err
    provinces = csat("chain", "--from", "product", "--by", "province", "--project", folder, language="zh").out
    assert "人太少，不给出链条：" in provinces


def test_a_study_that_lacks_a_step_is_told_what_to_declare(tmp_path: Path) -> None:
    csat("init", tmp_path / "plain", "--preset", "servqual")
    for language in LANGUAGES:
        said = csat("chain", "--project", tmp_path / "plain", code=1, language=language).err
        assert "kind: affective_loyalty" in said
        assert "--via" in said


def test_an_index_made_of_the_outcomes_has_no_dimension(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = study().index.children[0].model_copy(update={"children": ()})
    leaf = branch.model_copy(update={"id": None, "item": "sat_overall"})
    index = study().index.model_copy(update={"children": (leaf,)})
    monkeypatch.setattr(Project, "study", study().model_copy(update={"index": index}))
    assert "--from" in csat("chain", "--project", folder, code=1).err


def test_blanks_by_em_keep_people_and_say_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = study().model_copy(update={"chain": Chain(blanks="em", covariates=("tier",))})
    monkeypatch.setattr(Project, "study", declared)
    monkeypatch.setattr(chain_pipeline, "chain_survey", partial(chain_survey, replicates=10))
    out = csat("chain", "--from", "product", "--project", folder).out
    assert "(EM)" in out
    assert "Account tier" in out
    for reason in ("many_blanks", "not_converged"):

        def refuse(*_: object, reason: str = reason) -> None:
            raise MomentsRefused(reason, share=0.5, limit=0.3, steps=9, n=1)  # type: ignore[arg-type] # a key

        monkeypatch.setattr(chain_pipeline, "chain_survey", refuse)
        assert "blanks: em" in csat("chain", "--project", folder, code=1).err


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_every_reason_is_said(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    labels, (first, *_) = Labels(study(), language), found().chains
    told = set()
    for kind in (*get_args(Mediation), None):
        one = replace(found(), chains=(replace(first, kind=kind, identity=0.0),))
        show_chains(Terminal(language), labels, one)
        told.add(capsys.readouterr().out)
    assert len(told) == 6
    for reason in ("small_base", "no_spread"):
        missing = (("product", TooFew(12, reason)),)  # type: ignore[arg-type] # one of the reasons
        show_chains(Terminal(language), labels, replace(found(), chains=(), missing=missing))
        said = capsys.readouterr().out
        assert said.startswith(named(labels, "product"))
        assert "12" not in said
        told.add(said)
    assert len(told) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_and_caution_has_a_sentence_with_its_figures(language: Language) -> None:
    labels = Labels(study(), language)
    values = dict.fromkeys(
        ("share", "rows", "clusters", "failed", "levels", "inflation", "paths", "f_squared", "low", "high"),
        5.0,
    ) | {"p": 0.2, "drivers": 4.0, "straight": 0.5, "broken": 0.4}
    told = [note(labels, key, values) for key in NOTES]
    told += [note(labels, "few_levels", {"levels": 2.0}), *cautions(labels, CAUTIONS)]
    assert len(set(told)) == len(NOTES) + 1 + len(CAUTIONS)
    assert not [line for line in told if "{" in line or line[-1] not in "。."]


def test_the_chain_of_a_study_follows_its_kinds() -> None:
    plan = chain_plan(study())
    assert plan.steps == {
        "satisfaction": "satisfaction",
        "loyalty": "affective_loyalty",
        "outcome": "renewal_intention",
    }
    declared = study().model_copy(update={"chain": Chain(loyalty="cognitive_loyalty", outcome="renewal")})
    assert chain_plan(declared).steps == plan.steps | {"loyalty": "cognitive_loyalty", "outcome": "renewal"}
    lacking = chain_plan(load_study(PRESETS / "servqual.yaml"))
    assert lacking.loyalty is None
    with pytest.raises(ValueError, match="needs satisfaction"):
        chain_survey(study(), [answers(WAVE)], lacking)
