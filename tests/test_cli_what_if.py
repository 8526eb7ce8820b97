"""``csat whatif``: moves, the table of all drivers, the way to a target, and what is wrong, all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sample_answers
from cli import csat
from pydantic import TypeAdapter
from sample_answers import answers, study

from analysis.pipeline import what_if_simulator
from analysis.plain import plain
from analysis.prepare import prepare
from analysis.results import StudyResults
from analysis.sample import Booleans, Floats
from analysis.whatif_pipeline import StudySimulator
from analysis.whatif_results import WhatIf
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import LANGUAGES, Language, catalogue
from survey.responses import Responses
from survey.study import Study
from workbench.moves import Typed
from workbench.project import Project

WAVES = ("2026Q2", "2026Q3")


def results() -> StudyResults:
    return sample_answers.results(*WAVES)


SIMULATORS: dict[Any, StudySimulator | None] = {}


def simulator(study: Study, waves: Sequence[Responses], outcomes: Sequence[str]) -> StudySimulator | None:
    """What the command makes anew each time, made once for each set of outcomes."""
    key = (study.what_if is None, *outcomes)
    if key not in SIMULATORS:
        SIMULATORS[key] = what_if_simulator(study, waves, outcomes)
    return SIMULATORS[key]


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "history", lambda *_: [answers(wave) for wave in WAVES])
    monkeypatch.setattr(Project, "results", lambda *_: results())
    monkeypatch.setattr("analysis.pipeline.what_if_simulator", simulator)
    # With fewer replicates than the preset has.
    monkeypatch.setattr(Project, "study", study())


def line_of(text: str, name: str) -> str:
    """The line of a table that begins with ``name``."""
    return next(line for line in text.splitlines() if line.startswith(f"{name}  "))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_move_stands_with_all_it_goes_with(folder: Path, language: Language) -> None:
    words = ("whatif", "fault_handling=+5", "provisioning=3", "--project", folder)
    found = csat(*words, "--json").document
    text = csat(*words, language=language).out
    labels, say = Labels(study(), language), catalogue("workbench")
    moves = {move["item"]: move for move in found["scenario"]["moves"]}
    assert moves["fault_handling"]["points"] == 5
    # A third of the customers had a fault.
    assert moves["fault_handling"]["raised"]["value"] < 0.5 * moves["fault_handling"]["raised_among"]
    for item, move in moves.items():
        line = line_of(text, labels.item(item))
        assert formatting.signed(move["raised"]["value"], 2) in line
    for gain in found["scenario"]["gains"]:
        line = line_of(text, labels.outcome(gain["outcome"]))
        change = gain["change"]["value"]
        share = study().outcome_by_id[gain["outcome"]].column is not None
        assert (formatting.signed_percent if share else formatting.signed)(change, 2) in line
    index = found["scenario"]["index"]["value"]
    assert formatting.signed(index, 2) in line_of(text, labels.index)
    # Index weights times what those who have the items gain.
    weights = {"fault_handling": 0.22 * 0.45, "provisioning": 0.18 * 0.60}
    assert index == pytest.approx(sum(w * moves[item]["raised_among"] for item, w in weights.items()))
    assert text.rstrip().endswith(labels.spaced(say("whatif.care", language)))
    assert found["wave"] == "2026Q3"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_goes_by_way_of_a_score_says_so_and_why(folder: Path, language: Language) -> None:
    text = csat("whatif", "--outcome", "churn", "--project", folder, language=language).out
    found = results().what_if
    model = found.model("churn") if found else None
    assert model is not None
    assert (model.model, model.score) == ("logit_through", "satisfaction")
    (values,) = (values for key, values in model.warnings if key == "through")
    labels, say = Labels(study(), language), catalogue("workbench")
    counts = {name: f"{values[name]:.0f}" for name in ("events", "needed")}
    names = {"outcome": labels.outcome("churn"), "score": labels.outcome("satisfaction")}
    sentence = say("whatif.note.through", language, **names, **counts)
    assert labels.spaced(sentence) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_every_driver_at_every_step(folder: Path, language: Language) -> None:
    text = csat("whatif", "--outcome", "satisfaction", "--project", folder, language=language).out
    found = results().what_if
    assert found is not None
    labels = Labels(study(), language)
    for row in found.drivers:
        room, change = (line for line in text.splitlines() if line.startswith(f"{labels.item(row.item)}  "))
        for scenario in row.scenarios:
            gain = scenario.gain("satisfaction")
            assert gain is not None
            assert formatting.signed(scenario.index.value, 2) in room
            assert formatting.signed(gain.change.value, 2) in change  # type: ignore[union-attr] # all are in the model
    combined = found.combined
    assert combined is not None
    assert {move.item for move in combined.moves} == {
        driver.item for driver in results().drivers[0].drivers if driver.quadrant == "improve"
    }
    document = csat("whatif", "--project", folder, "--json").document
    assert len(document["what_if"]["drivers"]) == len(found.drivers)
    assert document["what_if"]["steps"] == [1, 5]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cheapest_way_names_its_levers_and_its_cost(folder: Path, language: Language) -> None:
    words = ("whatif", "--target", "satisfaction=76", "--outcome", "satisfaction", "--project", folder)
    way = csat(*words, "--json").document["way"]
    assert way["reached"]
    assert way["expected"]["value"] == pytest.approx(76, abs=0.2)
    costs = study().what_if.costs  # type: ignore[union-attr] # the sample has them
    assert way["cost"] == pytest.approx(sum(costs[one["item"]] * one["points"] for one in way["levers"]))
    text = csat(*words, language=language).out
    labels = Labels(study(), language)
    for lever in way["levers"]:
        line = line_of(text, labels.item(lever["item"]))
        assert formatting.signed(lever["points"]) in line
        assert formatting.number(lever["cost"]) in line
    assert formatting.number(way["cost"]) in text


def test_without_costs_none_are_made_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = study().model_copy(update={"what_if": None})
    monkeypatch.setattr(Project, "study", bare)
    refused = csat("whatif", "--target", "index=79", "--project", folder, code=2)
    assert "--cost ITEM=COST" in refused.err
    assert "--least-points" in refused.err
    found = csat("whatif", "--target", "index=79", "--least-points", "--project", folder, "--json").document
    points = [lever["points"] for lever in found["way"]["levers"]]
    assert found["way"]["cost"] == pytest.approx(sum(points))


def test_an_item_goes_by_its_id_or_by_the_name_that_tables_print() -> None:
    typed = Typed(study(), ["fault_handling", "provisioning"], "csat whatif")
    assert typed.moves(["故障处理及时=+5", "Timely provisioning = -3"]) == {
        "fault_handling": 5,
        "provisioning": -3,
    }
    assert not typed.faults
    assert typed.moves(["Timely provisioning=+1", "provisioning=+2"]) == {"provisioning": 1}
    assert [fault.key for fault in typed.faults] == ["usage.item_twice"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_wrong_is_told_at_once(folder: Path, language: Language) -> None:
    words = [
        "fault_handlin=+3",
        "sat_overall=2",
        "foo",
        "provisioning=+500",
        "billing=1",
        "billing=2",
        "--outcome",
        "renewl",
    ]
    refused = csat("whatif", *words, "--project", folder, code=2, language=language)
    assert refused.out == ""
    for named in ("fault_handling", "sat_overall", "“foo”", "provisioning=+500", "“billing”", "“renewl”"):
        assert named in refused.err
    assert len(refused.err.splitlines()) == 7


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["--target", "index"], "usage.bad_target"),
        (["--target", "index=180"], "usage.target_off_scale"),
        (["billing=1", "--target", "index=80"], "usage.moves_and_target"),
        (["--cost", "billing=0", "--target", "index=80"], "usage.cost_not_positive"),
        (["--cost", "billing", "--target", "index=80"], "usage.bad_cost"),
        (["--cost", "billing=2"], "usage.cost_without_target"),
        (["--cost", "billing=2", "--least-points", "--target", "index=80"], "usage.cost_and_points"),
    ],
)
def test_a_command_that_cannot_be_meant_is_refused(folder: Path, words: list[str], key: str) -> None:
    refused = csat("whatif", *words, "--project", folder, code=2)
    start = re.split(r"[{.:]", catalogue("workbench")[key]["en"].removeprefix("“{word}”"))[0]
    assert start.strip() in refused.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_beyond_the_data_the_best_group_is_named(folder: Path, language: Language) -> None:
    words = ("whatif", "fault_handling=+30", "billing=-40", "--project", folder)
    refused = csat(*words, code=1, language=language)
    labels = Labels(study(), language)
    reach: dict[str, Any] = {part.item: part for part in results().what_if.reach}  # type: ignore[union-attr] # the study has drivers
    for item, group, mean in (
        ("fault_handling", reach["fault_handling"].best_group, reach["fault_handling"].best),
        ("billing", reach["billing"].worst_group, reach["billing"].worst),
    ):
        assert labels.item(item) in refused.err
        assert labels.group(*group) in refused.err
        assert formatting.number(mean) in refused.err
    assert csat(*words, "--json", code=1).document["problems"][0]["code"] == "whatif.outside"


def test_a_study_without_drivers_is_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Project, "study", study().model_copy(update={"drivers": None}))
    refused = csat("whatif", "--project", folder, code=1)
    assert "drivers.outcomes" in refused.err


def test_gains_of_the_sample_are_those_of_statsmodels() -> None:
    """Items that some never met with their marks, two waves for the renewals, weights throughout."""
    from scipy import special
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.regression.linear_model import WLS

    sample = prepare([answers(wave) for wave in WAVES], study())
    found = results().what_if
    assert found is not None
    items = [row.item for row in found.drivers]
    place = [sample.items.index(item) for item in items]
    x, structural, w = sample.scores[:, place], sample.structural[:, place], sample.weights
    here, j = sample.in_wave(WAVES[-1]), items.index("provisioning")
    (scenario,) = (row.scenarios[-1] for row in found.drivers if row.item == "provisioning")

    def columns(domain: Booleans) -> tuple[Floats, Booleans]:
        """Columns, and complete rows: a mark for those who lack an item, if these are many enough."""
        often = (structural[domain]).sum(axis=0) >= 30
        marks = np.unique(structural[:, often], axis=1)
        whole = (np.isfinite(x) | (structural & often)).all(axis=1)
        return np.column_stack([np.ones(len(x)), np.where(np.isfinite(x), x, 50.0), marks]), whole

    rise = np.where(np.isfinite(x[:, j]), np.minimum(x[:, j] + 5, 100) - x[:, j], 0.0)
    made, whole = columns(here)
    y = sample.outcomes["satisfaction"]
    rows = here & whole & np.isfinite(y)
    b = WLS(y[rows], made[rows], weights=w[rows]).fit().params[1 + j]
    answered, has = here & np.isfinite(x[:, j]), here & ~structural[:, j]
    raised = np.average(rise[answered], weights=w[answered]) * w[has].sum() / w[here].sum()
    gain = scenario.gain("satisfaction")
    assert gain is not None
    # Normal equations of 17 columns against a QR decomposition.
    assert gain.change.value == pytest.approx(b * raised, rel=1e-8)  # type: ignore[union-attr] # it is in the model

    # Renewals are too few for all items in two waves: satisfaction alone moves them.
    score, y = y, sample.outcomes["renewal"] / 100
    before = np.column_stack([np.ones(len(x)), score])
    after = before + np.outer(rise * b, [0.0, 1.0])
    rows = here & np.isfinite(y) & np.isfinite(score)
    people = here & whole & np.isfinite(score)
    fit = GLM(y[rows], before[rows], family=Binomial(), freq_weights=w[rows]).fit(tol=1e-13)
    change = special.expit(after @ fit.params) - special.expit(before @ fit.params)
    gain = scenario.gain("renewal")
    assert gain is not None
    expected = np.average(change[people], weights=w[people])
    # statsmodels stops when its deviance does.
    assert gain.change.value == pytest.approx(expected, rel=1e-6)  # type: ignore[union-attr] # it is in the model


def test_results_come_back_equal_from_json() -> None:
    found = results().what_if
    body = json.dumps(plain(found), allow_nan=False)
    assert TypeAdapter(WhatIf).validate_json(body) == found
