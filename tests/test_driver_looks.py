"""``csat drivers --view models``, ``asymmetry``, ``waves``, ``segments``: what is worked out on demand.

Drivers enter by branches here, so that models of every subset are few.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from cli import Run, csat
from sample_answers import answers

from analysis.asymmetry_results import Asymmetry, AsymmetryKind
from analysis.chain_notes import CAUTIONS
from analysis.link_panel import NOTES, OutcomePanel, PanelNote
from analysis.outcome_pipeline import (
    DriverBase,
    asymmetry_of,
    driver_base,
    models_of,
    share_changes_since,
    share_differences_by,
    shares_of,
)
from analysis.results import DriverResults, TooFew
from analysis.share_change_results import ShareChanges
from report_templates.context.labels import Labels
from survey.definition import load_study
from survey.language import LANGUAGES, Language, catalogue
from survey.responses import Responses
from survey.study import Study
from workbench.driver_views.compared import alone_lines, changes_table, joint_line
from workbench.driver_views.models import panel_note
from workbench.layout import cells
from workbench.project import Project

WAVES = ("2026Q2", "2026Q3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("looks")
    csat("init", made, "--preset", "key_accounts")
    file = made / "study.yaml"
    text = re.sub(r"replicates: \d+", "replicates: 200", file.read_text(encoding="utf-8"))
    file.write_text(text.replace("\ndrivers:\n", "\ndrivers:\n  groups: branches\n"), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    found = load_study(folder / "study.yaml")
    assert found.drivers is not None
    assert found.drivers.groups == "branches"
    return found


@pytest.fixture(scope="module")
def base(study: Study) -> DriverBase:
    return driver_base(study, [answers(wave) for wave in WAVES])


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def history(project: Project, wave: str | None, *_: object) -> list[Responses]:
        return [answers(known) for known in WAVES[: WAVES.index(wave or WAVES[-1]) + 1]]

    monkeypatch.setattr(Project, "history", history)


@pytest.fixture
def quick(panel: OutcomePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The panel that was worked out before."""
    monkeypatch.setattr("workbench.driver_views.models.models_of", lambda *_: panel)


@pytest.fixture(scope="module")
def panel(base: DriverBase) -> OutcomePanel:
    found = models_of(base, "renewal_intention")
    assert isinstance(found, OutcomePanel)
    return found


@pytest.fixture(scope="module")
def contrasts(base: DriverBase) -> Asymmetry:
    found = asymmetry_of(base, "satisfaction")
    assert isinstance(found, Asymmetry)
    return found


@pytest.fixture(scope="module")
def changes(base: DriverBase) -> ShareChanges:
    found = share_changes_since(base, "satisfaction", WAVES[0])
    assert isinstance(found, ShareChanges)
    return found


@pytest.fixture(scope="module")
def differences(base: DriverBase) -> ShareChanges:
    found = share_differences_by(base, "satisfaction", "tier")
    assert isinstance(found, ShareChanges)
    return found


def shown(folder: Path, view: str, *words: str, code: int = 0, language: Language = "en") -> Run:
    return csat("drivers", "--project", folder, "--view", view, *words, code=code, language=language)


LOOKS = (
    ("models", "renewal_intention", ()),
    ("asymmetry", "satisfaction", ()),
    ("waves", "satisfaction", ()),
    ("segments", "satisfaction", ("--by", "tier")),
)
WORK = {"models": "models_of", "asymmetry": "asymmetry_of"}
WORK |= {"waves": "share_changes_since", "segments": "share_differences_by"}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("view", "outcome", "words"), LOOKS)
def test_tables_stand_within_eighty_columns_and_weights_at_the_end(
    folder: Path,
    view: str,
    outcome: str,
    words: tuple[str, ...],
    language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = shown(folder, view, "--outcome", outcome, *words, language=language).out.splitlines()
    rules = [i for i, line in enumerate(lines) if line.startswith("──")]
    assert rules
    for rule in rules:
        table = [lines[rule - 1], lines[rule], *lines[rule + 1 : rule + 4]]
        assert max(map(cells, table)) <= 80
    weights = "权重：" if language == "zh" else "Weights: "
    assert [line.startswith(weights) for line in lines].index(True) == len(lines) - 1


def test_the_headline_of_the_panel_is_the_driver_table(base: DriverBase, panel: OutcomePanel) -> None:
    found = shares_of(base, "renewal_intention")
    assert isinstance(found, DriverResults)
    for row in found.drivers:
        own = next(driver for driver in panel.drivers if driver.driver == row.item)
        # Both are made from the same correlations; only the order of additions can differ.
        assert own.shares["linear_lmg"] == pytest.approx(row.share.value, rel=1e-12)
        assert (own.rank_low, own.rank_high) == (row.rank_low, row.rank_high)


@pytest.mark.usefixtures("quick")
def test_models_stand_side_by_side_with_effects_per_point(
    folder: Path, study: Study, panel: OutcomePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    out = shown(folder, "models", "--outcome", "renewal_intention").out
    labels = Labels(study, "en")
    first = panel.drivers[0]
    row = next(line for line in out.splitlines() if line.startswith(f"1  {labels.item(first.driver)} "))
    assert [int(rank) for rank in re.findall(r"\((\d+)\)", row)] == [first.ranks[m.key] for m in panel.models]
    assert panel.effects.keys() == {"logit", "ordered"}
    for effects in panel.effects.values():
        assert [effect.driver for effect in effects.drivers] == base_items(study)
        effect = effects.drivers[0]
        assert f"{labels.item(effect.driver)}" in out
        assert f"+{effect.effect.value:.2f} " in out
    assert "percentage points of intention to renew above 77.8 per point" in out
    monkeypatch.setenv("COLUMNS", "60")
    narrow = shown(folder, "models", "--outcome", "renewal_intention").out.splitlines()
    rows = [line for line in narrow if line.startswith(f"1  {labels.item(first.driver)} ")]
    assert max(map(cells, rows)) <= 60
    ranks = [re.findall(r"\((\d+)\)", row) for row in rows]
    assert all(own[0] == "1" for own in ranks)
    assert sum(len(own) - 1 for own in ranks) == len(panel.models) - 1


def base_items(study: Study) -> list[str]:
    return [leaf.item for leaf in study.index.leaves() if leaf.item is not None]


def test_a_rank_beyond_sampling_error_carries_a_mark(
    folder: Path, panel: OutcomePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = panel.drivers
    sure = replace(first, rank_low=2, rank_high=2)
    marked = replace(panel, drivers=(sure, *others))
    monkeypatch.setattr("workbench.driver_views.models.models_of", lambda *_: marked)
    out = shown(folder, "models", "--outcome", "renewal_intention").out
    beyond = sum(rank != 2 for rank in first.ranks.values())
    assert len(re.findall(r"\) \*", out)) == beyond
    assert "Under no model" not in out


def test_yes_and_no_is_shared_out_by_tjur_or_blocked_in_words(folder: Path, base: DriverBase) -> None:
    assert base.is_flag("renewal")
    assert base.is_flag("complaint")
    assert not base.is_flag("satisfaction")
    out = shown(folder, "models", "--outcome", "renewal").out
    assert "linear probability model" in out
    assert "Not shown, the logit: 75 people on the rarer side; 16 columns need 160." in out
    assert "a penalty is a rise" in shown(folder, "asymmetry", "--outcome", "churn").out


VALUES: dict[str, dict[str, Any]] = {
    "few_events": {"model": "logit", "events": 75, "needed": 160, "columns": 16},
    "few_effective": {"model": "ordered", "events": 44.6, "needed": 160, "columns": 16},
    "separated": {"model": "logit", "names": ("fault_handling (answered)", "billing")},
    "too_many_levels": {"model": "ordered", "levels": 29},
    "not_settled": {"model": "logit"},
    "slopes_differ": {"p": 0.0004, "names": ("billing",)},
    "first_differs": {"names": ("billing", "fit")},
    "rank_differs": {"names": ("after_sales",)},
    "places_change": {"names": ("billing", "fit", "advice")},
    "drawn_orders": {"model": "ordered", "orders": 300, "error": 0.0012},
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_of_a_panel_has_a_sentence(study: Study, language: Language) -> None:
    assert VALUES.keys() == NOTES.keys()
    labels = Labels(study, language)
    told = {key: panel_note(labels, PanelNote(key, "warn", values)) for key, values in VALUES.items()}
    assert len(set(told.values())) == len(NOTES)
    assert "45" in told["few_effective"]
    assert "p < 0.001" in told["slopes_differ"]
    assert "0.12%" in told["drawn_orders"].replace(" ", "")
    assert labels.item("fault_handling") in told["separated"]
    assert "(answered)" not in told["separated"]
    assert labels.item("after_sales") in told["rank_differs"]
    if language == "en":
        assert "fault handling (whether answered) and Ease of billing enquiry" in told["separated"]


KINDS: tuple[AsymmetryKind, ...] = get_args(AsymmetryKind)


def test_a_class_is_a_word_and_small_cells_show_no_count(
    folder: Path, contrasts: Asymmetry, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    drivers = [replace(part, kind=kind) for part, kind in zip(contrasts.drivers, KINDS, strict=False)]
    made = replace(contrasts, drivers=(replace(drivers[0], low=4), *drivers[1:]))
    monkeypatch.setattr("workbench.driver_views.asymmetry.asymmetry_of", lambda *_: made)
    lines = shown(folder, "asymmetry", "--outcome", "satisfaction").out.splitlines()
    words = ("basic", "performance", "excitement", "undetermined", "too few", "wrong sign")
    for part, word in zip(drivers, words, strict=True):
        row = next(line for line in lines if line.startswith(Labels(study, "en").item(part.driver) + " "))
        assert row.endswith(f"  {word}")
    assert " <10 " in next(line for line in lines if line.endswith("basic"))
    assert not any("No driver can be called" in line or "less is better" in line for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_asymmetry_says_what_to_keep_in_mind(
    folder: Path, contrasts: Asymmetry, study: Study, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: dict[str, dict[str, float]] = {
        "rows_lost": {"share": 0.12, "rows": 167},
        "few_clusters": {"clusters": 20},
        "few_levels": {"levels": 2},
        "ceiling": {"share": 0.45},
        "wrong_sign": {"drivers": 3},
        "thin_cells": {"drivers": 10},
        "straight_is_better": {"straight": 0.73, "broken": 0.66},
    }
    made = replace(contrasts, warnings=tuple(keys.items()), dropped=(("fit", "aliased"),))
    monkeypatch.setattr("workbench.driver_views.asymmetry.asymmetry_of", lambda *_: made)
    out = shown(folder, "asymmetry", "--outcome", "satisfaction", language=language).out.splitlines()
    for figure in ("12%", "20", "45%", "10", "73%"):
        assert any(figure in line.replace("\u00a0", " ") for line in out)
    words, labels = catalogue("workbench"), Labels(study, language)
    for caution in CAUTIONS.keys() & set(contrasts.cautions):
        assert labels.spaced(words(f"chain_notes.caution.{caution}", language)) in out
    assert words("tables.dropped.aliased", language, driver=labels.item("fit")) in out


def test_changes_are_read_after_the_joint_test(folder: Path, changes: ShareChanges, study: Study) -> None:
    lines = shown(folder, "waves", "--outcome", "satisfaction").out.splitlines()
    (pair,) = changes.pairs
    assert pair.test is not None
    assert lines[1].startswith("Taken together, ")
    assert f"F({pair.test.ndf:.0f}, " in lines[1]
    row = next(line for line in lines if line.startswith(Labels(study, "en").item(changes.drivers[0]) + " "))
    first = changes.changes[0]
    assert f" {100 * first.before:.1f}  {100 * first.after:.1f} " in row
    assert row.endswith("no clear change" if not first.clear else "important")


def test_a_clear_change_without_a_joint_one_is_a_hint(changes: ShareChanges, study: Study) -> None:
    labels = Labels(study, "en")
    (pair,) = changes.pairs
    assert pair.test is not None
    one = replace(changes.changes[0], clear=True, q=0.01)
    alike = replace(pair, test=replace(pair.test, p=0.4))
    found = replace(changes, changes=(one, *changes.changes[1:]), pairs=(alike,))
    assert labels.item(one.driver) in " ".join(alone_lines(labels, found))
    assert "do not point at single drivers" in joint_line(labels, found, alike)
    differ = replace(found, pairs=(replace(pair, test=replace(pair.test, p=0.001)),))
    assert not list(alone_lines(labels, differ))
    untested = replace(pair, test=None)
    assert "could not be tested" in joint_line(labels, replace(found, pairs=(untested,)), untested)
    words = [str(cell) for cell in changes_table(labels, found.of_pair(pair), ("a", "b")).columns[-1].cells]
    assert words[0] in ("more important", "less important")


def test_the_joint_test_of_many_pairs_is_corrected(changes: ShareChanges) -> None:
    (pair,) = changes.pairs
    assert pair.test is not None
    pairs = (*(replace(pair, second=name) for name in ("a", "b", "c")), replace(pair, test=None))
    many = replace(changes, pairs=pairs)
    assert many.pair_p(pairs[0]) == pytest.approx(min(1.0, 3 * pair.test.p))
    assert many.pair_p(pairs[-1]) is None


def test_groups_stand_side_by_side_and_those_too_small_are_named(
    folder: Path, differences: ShareChanges, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    *shown_pairs, _, _ = differences.pairs
    small = replace(differences, pairs=tuple(shown_pairs), missing=(("标准", TooFew(12, "small_base")),))
    monkeypatch.setattr("workbench.driver_views.segments.share_differences_by", lambda *_: small)
    words = ("segments", "--by", "tier", "--outcome", "satisfaction")
    out = shown(folder, *words).out
    labels = Labels(study, "en")
    row = next(line for line in out.splitlines() if line.startswith(labels.item(small.drivers[0]) + " "))
    first = small.changes[0]
    assert row.split()[-2:] == [f"{100 * first.before:.1f}", f"{100 * first.after:.1f}"]
    assert f"too few answered for a model of their own: {labels.group('tier', '标准')}." in out
    (printed,) = shown(folder, *words, "--json").document["differences"]
    assert printed["missing"] == [["标准", {"reason": "small_base"}]]


def test_a_group_below_the_limit_of_disclosure_has_no_model(
    base: DriverBase, differences: ShareChanges
) -> None:
    reporting = base.study.reporting.model_copy(update={"disclosure_limit": 400})
    strict = replace(base, study=base.study.model_copy(update={"reporting": reporting}))
    found = share_differences_by(strict, "satisfaction", "tier")
    assert not differences.missing
    assert isinstance(found, ShareChanges)
    assert [few.reason for _, few in found.missing] == ["disclosure"] * len(found.missing)
    assert found.missing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("view", "outcome", "words"), LOOKS)
def test_outcomes_without_a_model_are_told_why(
    folder: Path,
    view: str,
    outcome: str,
    words: tuple[str, ...],
    language: Language,
    study: Study,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"workbench.driver_views.{view}.{WORK[view]}", lambda *_: TooFew(12, "small_base"))
    out = shown(folder, view, "--outcome", outcome, *words, language=language).out
    assert Labels(study, language).outcome(outcome) in out.splitlines()[0]
    printed = shown(folder, view, "--outcome", outcome, *words, "--json").document
    assert printed["missing"] == {outcome: "small_base"}
    assert "12" not in str(printed["missing"])


@pytest.mark.parametrize(
    ("view", "outcome", "words", "name"),
    [
        (*look, name)
        for look, name in zip(LOOKS, ("models", "asymmetry", "changes", "differences"), strict=True)
    ],
)
def test_json_holds_the_numbers_unrounded_and_help_names_its_keys(
    folder: Path, view: str, outcome: str, words: tuple[str, ...], name: str, panel: OutcomePanel
) -> None:
    printed = shown(folder, view, "--outcome", outcome, *words, "--json").document
    assert printed.keys() == {"wave", name, "missing", "weights"}
    assert printed["wave"] == WAVES[-1]
    text = csat("drivers", "--help").out
    assert name in text
    if view == "models":
        (found,) = printed["models"]
        assert found["drivers"][0]["shares"]["linear_lmg"] == panel.drivers[0].shares["linear_lmg"]
        assert (found["due"], found["stable"]) == (panel.due, panel.stable)
        assert len(found["parallel"]["slopes"]) == len(found["parallel"]["cuts"])


def test_options_of_another_view_are_refused_by_name(folder: Path) -> None:
    assert "--since is for --view waves" in shown(folder, "shares", "--since", "2026Q2", code=2).err
    assert "--by is for --view segments" in shown(folder, "waves", "--by", "tier", code=2).err
    needs = shown(folder, "segments", code=2, language="zh").err
    assert all(segment in needs for segment in ("province", "tier", "contract"))
    assert "tier" in shown(folder, "segments", "--by", "tire", code=2).err
    assert "2026Q2" in shown(folder, "waves", "--since", "2026Q3", code=2).err
    assert "first wave" in shown(folder, "waves", "--wave", "2026Q2", code=1).err


def test_a_study_without_segments_has_none_to_compare(tmp_path: Path) -> None:
    csat("init", tmp_path, "--preset", "ecsi")
    assert "declares no segments" in shown(tmp_path, "segments", code=1).err
