"""The whole analysis: the same inputs give the same results, and what must not matter does not."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pytest
from sample_answers import answers, results, study

from analysis.pipeline import index_tree, run
from analysis.plain import plain
from analysis.prepare import SampleProblems
from analysis.results import Estimate
from survey.definition import load_study
from survey.importing import read_responses
from survey.questions import BlankKind
from survey.responses import Responses
from survey.workbook import read_workbook

ROOT = Path(__file__).parent.parent
REAL = Path(os.environ.get("CSAT_REAL", ROOT.parent / "shared" / "real"))
STEPS = ["index", "answers", "outcomes", "drivers", "segments", "quality", "what_if"]


def rows(responses: Responses, order: np.ndarray) -> Responses:
    """The same answers in another order."""
    return dataclasses.replace(
        responses,
        respondents=tuple(responses.respondents[i] for i in order),
        codes=responses.codes[order],
        columns={name: tuple(values[i] for i in order) for name, values in responses.columns.items()},
        comments={name: tuple(values[i] for i in order) for name, values in responses.comments.items()},
    )


def test_same_inputs_same_results_and_every_step_is_announced() -> None:
    waves, said = [answers("2026Q2"), answers("2026Q3")], []
    again = run(study(), waves, wave="2026Q3", step=lambda *step: said.append(step))
    assert again == results("2026Q2", "2026Q3")
    assert said == [(name, done, len(STEPS)) for done, name in enumerate(STEPS)]


def test_order_of_rows_changes_nothing() -> None:
    shuffle = np.random.default_rng(1).permutation
    waves = [answers("2026Q2"), answers("2026Q3")]
    mixed = [rows(wave, shuffle(len(wave))) for wave in waves]
    left, right = results("2026Q2", "2026Q3"), run(study(), mixed, wave="2026Q3")
    numbers = [
        np.array([[e.value, e.se] for node in found.nodes for e in node.series if isinstance(e, Estimate)])
        for found in (left, right)
    ]
    # Only the order in which doubles are added differs.
    np.testing.assert_allclose(*numbers, rtol=1e-11)
    for one, other in zip(left.drivers, right.drivers, strict=True):
        assert [driver.item for driver in one.drivers] == [driver.item for driver in other.drivers]
        # Replicate moments add thousands of products; a percentile moves with their last digits.
        np.testing.assert_allclose(
            [driver.share.low for driver in one.drivers],
            [driver.share.low for driver in other.drivers],
            rtol=1e-9,
        )


def test_later_waves_do_not_touch_an_earlier_report() -> None:
    late = run(study(), [answers("2026Q2"), answers("2026Q3")], wave="2026Q2")
    assert late == results("2026Q2")


def test_contributions_of_the_branches_add_up_to_the_change() -> None:
    found = results("2026Q2", "2026Q3")
    assert found.current.change is not None
    parts = [n.contribution.estimate.value for n in found.nodes if n.parent is None and n.contribution]
    assert len(parts) == len(study().index.children)
    # Sums of some thousand doubles near 80.
    assert sum(parts) == pytest.approx(found.current.change.estimate.value, abs=1e-10)


def test_results_are_plain_json_without_nan() -> None:
    found = results("2026Q2")
    text = json.dumps(plain(found), allow_nan=False)
    assert json.loads(text)["trend"][-1]["index"]["n"] == found.current.n
    assert found.current.change is None


def test_tree_of_the_study_keeps_its_weights() -> None:
    tree = index_tree(study().index)
    leaves = [weight for node, weight in zip(tree.nodes, tree.effective, strict=True) if node.item]
    assert sum(leaves) == pytest.approx(1, abs=1e-15)
    # reliability: 0.60 within product quality, 0.30 of the index
    assert leaves[0] == pytest.approx(0.18, abs=1e-15)


def test_an_index_that_cannot_be_made_says_which_items_nobody_answered() -> None:
    wave = answers("2026Q3")
    codes = wave.codes.copy()
    codes[:, wave.items.index("billing")] = BlankKind.BLANK
    with pytest.raises(SampleProblems) as caught:
        run(study(), [dataclasses.replace(wave, codes=codes)], wave="2026Q3")
    assert [problem.code for problem in caught.value.problems] == ["sample_item_unanswered"]
    assert "账务查询便捷" in caught.value.problems[0].message("zh")


def test_a_wave_smaller_than_the_disclosure_limit_has_no_results() -> None:
    with pytest.raises(SampleProblems) as caught:
        run(study(), [rows(answers("2026Q3"), np.arange(9))], wave="2026Q3")
    assert "sample_too_small" in {problem.code for problem in caught.value.problems}


def test_no_more_people_answer_than_were_invited() -> None:
    waves = tuple(wave.model_copy(update={"invited": 100}) for wave in study().waves)
    with pytest.raises(SampleProblems) as caught:
        run(study().model_copy(update={"waves": waves}), [answers("2026Q3")], wave="2026Q3")
    assert [problem.code for problem in caught.value.problems] == ["sample_more_than_invited"]
    assert "100 people were invited" in caught.value.problems[0].message("en")


def test_people_who_answered_too_little_have_no_index() -> None:
    index = study().index.model_copy(update={"rollup": "respondent"})
    people = study().model_copy(update={"index": index})
    wave = answers("2026Q3")
    codes = np.full_like(wave.codes, BlankKind.BLANK)
    codes[:, wave.items.index("billing")] = 7  # a quarter of one branch
    with pytest.raises(SampleProblems) as caught:
        run(people, [dataclasses.replace(wave, codes=codes)], wave="2026Q3")
    assert [problem.code for problem in caught.value.problems] == ["sample_too_small"]


@pytest.mark.skipif(
    not (REAL / "mobile_ecsi.xlsx").exists(), reason="the real ECSI workbook is not part of the project"
)
def test_real_ecsi_answers_give_the_published_satisfaction() -> None:
    ecsi = load_study(ROOT / "survey" / "presets" / "ecsi.yaml")
    ecsi = ecsi.model_copy(
        update={"drivers": None, "reporting": ecsi.reporting.model_copy(update={"replicates": 200})}
    )
    responses = read_responses(read_workbook(REAL / "mobile_ecsi.xlsx"), ecsi, "2004")
    found = run(ecsi, [responses], wave="2004")
    assert found.current.n == 250
    # The mean of three item means on 0-100, worked out by hand from the workbook, to the printed digits.
    assert found.current.index.value == pytest.approx(71.97, abs=0.005)
