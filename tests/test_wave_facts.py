"""Distributions, outcomes, the quality statement and tables from a notebook."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis
from analysis import (
    OutcomeKind,
    band_codes,
    flat_tree,
    index_by_wave,
    item_distributions,
    outcome_results,
    quality,
    sample_from_frame,
    target_gap,
)
from analysis.distribution import BLANK_KINDS
from analysis.results import Distribution, Estimate, OutcomeResult, TooFew
from analysis.sample import Sample
from survey.questions import BlankKind

GOLDENS = Path(__file__).parent / "goldens" / "survey"
ITEMS = [f"q{j}" for j in range(1, 7)]
SCALES = {item: range(1, 11) for item in ITEMS}


@pytest.fixture(scope="module")
def sample() -> Sample:
    frame = pd.read_csv(GOLDENS / "survey.csv")
    frame["flag"] = 100.0 * frame["repurchase"]
    frame["churn"] = 100.0 - frame["flag"]
    frame["recommend"] = (frame["q1"] - 1) * 10
    return sample_from_frame(
        frame,
        ITEMS,
        scale=(1, 10),
        weights="weight",
        cluster="account",
        strata="province",
        wave="wave",
        segments=["province"],
        outcomes=["flag", "churn", "recommend"],
    )


def shown(estimate: Estimate | TooFew) -> Estimate:
    assert isinstance(estimate, Estimate)
    return estimate


def test_shares_of_codes_and_bands_are_of_those_who_answered(sample: Sample) -> None:
    (found,) = item_distributions(sample, {"q5": range(1, 11)})
    frame = pd.read_csv(GOLDENS / "survey.csv").query("wave == '2026Q3'")
    answered = frame.dropna(subset=["q5"])
    by_code = answered.groupby("q5")["weight"].sum() / answered["weight"].sum()
    np.testing.assert_allclose(found.shares, [by_code.get(code, 0.0) for code in range(1, 11)], rtol=1e-12)
    assert sum(found.bands) == pytest.approx(1.0)
    assert found.n == len(answered)
    assert found.blanks == {"blank": len(frame) - len(answered)}
    assert shown(found.top).value == pytest.approx(found.bands[3] + found.bands[4])
    assert shown(found.bottom).value == pytest.approx(found.bands[0] + found.bands[1])


def test_the_top_share_has_a_logit_interval_equal_to_svyciprop() -> None:
    # Codes 9 and 10 of a scale made to end there: 5 codes, the best two are "9" and "10".
    frame = pd.read_csv(GOLDENS / "survey.csv")
    frame["v"] = frame["q1"].map(lambda code: np.nan if np.isnan(code) else 5 if code >= 9 else 3)
    sample = sample_from_frame(
        frame, ["v"], scale=(1, 5), weights="weight", cluster="account", strata="province", wave="wave"
    )
    (found,) = item_distributions(sample, {"v": range(1, 6)})
    reference = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))["top2_q1_logit"]
    top = shown(found.top)
    assert top.value == pytest.approx(reference["p"], rel=1e-10)
    # The reference fits the logit by iteration and stops near 1e-8.
    np.testing.assert_allclose(np.array([top.low, top.high], dtype=float), reference["ci"], rtol=1e-8)


def test_a_reversed_item_is_read_from_its_worst_code_to_its_best(sample: Sample) -> None:
    (plain,) = item_distributions(sample, {"q1": range(1, 11)})
    (turned,) = item_distributions(sample, {"q1": range(10, 0, -1)})
    assert turned.bands == pytest.approx(plain.bands[::-1], rel=1e-12)
    assert shown(turned.top).value == pytest.approx(shown(plain.bottom).value)


def test_changes_of_top_shares_are_one_family(sample: Sample) -> None:
    one = item_distributions(sample, {"q6": range(1, 11)})[0].top_change
    several = {d.item: d.top_change for d in item_distributions(sample, SCALES)}
    other = several["q6"]
    assert one is not None
    assert other is not None
    assert one.p == other.p == one.q
    assert other.q is not None
    assert other.p is not None
    assert other.q >= other.p


def test_an_item_with_few_answers_shows_nothing() -> None:
    frame = pd.DataFrame({"q": [3.0] * 6 + [np.nan] * 40, "w": ["a"] * 46})
    (found,) = item_distributions(sample_from_frame(frame, ["q"], scale=(1, 5)), {"q": range(1, 6)})
    assert isinstance(found, Distribution)
    assert (found.shares, found.bands, found.top) == ((), (), TooFew(6, "disclosure"))


def test_an_answer_off_the_scale_is_refused(sample: Sample) -> None:
    with pytest.raises(ValueError, match="are no codes of its scale"):
        item_distributions(sample, {"q1": range(1, 6)})


@given(st.integers(2, 30))
def test_bands_keep_the_order_and_are_symmetric(count: int) -> None:
    bands = band_codes(range(count))
    assert [code for band in bands for code in band] == list(range(count))
    sizes = [len(band) for band in bands]
    assert sizes == sizes[::-1]
    assert max(sizes) - min(sizes) <= 1 or count < 5


@pytest.mark.parametrize(
    ("count", "sizes"), [(2, [1, 0, 0, 0, 1]), (5, [1] * 5), (7, [1, 2, 1, 2, 1]), (11, [2, 2, 3, 2, 2])]
)
def test_bands_by_hand(count: int, sizes: list[int]) -> None:
    assert [len(band) for band in band_codes(range(count))] == sizes


def test_blank_kinds_are_those_of_the_project_file() -> None:
    assert {int(kind): kind.name.lower() for kind in BlankKind} == BLANK_KINDS


def results(sample: Sample, *kinds: OutcomeKind) -> dict[str, OutcomeResult]:
    return {found.id: found for found in outcome_results(sample, kinds)}


def test_outcomes_come_in_their_units(sample: Sample) -> None:
    found = results(
        sample,
        OutcomeKind("flag", "renewal", "share"),
        OutcomeKind("churn", "churn", "share"),
        OutcomeKind("recommend", "recommendation", "nps"),
    )
    frame = pd.read_csv(GOLDENS / "survey.csv").query("wave == '2026Q3'")
    share = np.average(frame["repurchase"], weights=frame["weight"])
    last = shown(found["flag"].series[-1])
    assert last.value == pytest.approx(share)
    assert last.method == "logit"
    asked = frame.dropna(subset=["q1"])
    points = np.select([asked["q1"] >= 10, asked["q1"] >= 8], [100, 0], -100)
    nps = np.average(points, weights=asked["weight"])
    assert shown(found["recommend"].series[-1]).value == pytest.approx(nps)


def test_less_churn_is_better_and_as_sure_as_more_renewal() -> None:
    rng = np.random.default_rng(0)
    wave = np.repeat(["w1", "w2"], 300)
    renewed = 100.0 * (rng.random(600) < np.where(wave == "w1", 0.5, 0.8))
    frame = pd.DataFrame({"q": 50.0, "wave": wave, "renewed": renewed, "lost": 100 - renewed})
    sample = sample_from_frame(frame, ["q"], scale=None, wave="wave", outcomes=["renewed", "lost"])
    found = results(
        sample,
        OutcomeKind("renewed", "renewal", "share"),
        OutcomeKind("lost", "churn", "share"),
    )
    up, down = found["renewed"].change, found["lost"].change
    assert up is not None
    assert down is not None
    assert (up.verdict, down.verdict) == ("better", "better")
    assert up.estimate.value == pytest.approx(-down.estimate.value)
    assert up.p == pytest.approx(down.p)


def test_points_about_complaints_are_scored_so_that_more_is_better() -> None:
    assert OutcomeKind("handled", "complaint", "points").higher_is_better
    assert not OutcomeKind("complained", "complaint", "share").higher_is_better


def test_the_quality_statement_counts(sample: Sample) -> None:
    found = quality(sample, flat_tree(dict.fromkeys(ITEMS, 1.0)), invited=1000)
    frame = pd.read_csv(GOLDENS / "survey.csv")
    late, early = frame[frame["wave"] == "2026Q3"], frame[frame["wave"] == "2026Q2"]
    assert (found.n, found.clusters, found.strata, found.lonely_strata) == (
        len(late),
        late["account"].nunique(),
        4,
        0,
    )
    assert found.recurring == len(set(late["account"]) & set(early["account"]))
    assert found.response_rate == pytest.approx(len(late) / 1000)
    blanks = int(late[ITEMS].isna().sum().sum())
    assert found.blanks == {"blank": blanks}
    assert found.item_nonresponse == pytest.approx(blanks / (6 * len(late)))
    weights = late["weight"]
    assert found.deff_weights == pytest.approx(len(late) * (weights**2).sum() / weights.sum() ** 2)


def test_straight_lines_are_counted_where_they_lie_and_kept_out_of_one_number() -> None:
    rng = np.random.default_rng(0)
    answers = rng.integers(3, 9, (40, 6)).astype(float)
    answers[0], answers[1], answers[2:5] = 1, 10, 6
    answers[5], answers[5, 4:] = 10, np.nan  # four answers say too little
    answers[6], answers[6, 5] = 10, np.nan
    frame = pd.DataFrame(answers, columns=ITEMS)
    sample = sample_from_frame(frame, ITEMS, scale=(1, 10))
    tree = flat_tree(dict.fromkeys(ITEMS, 1.0))
    found = quality(sample, tree)
    assert found.straightliners == (1, 3, 2)
    rest = sample_from_frame(frame.drop(index=[0, 1, 2, 3, 4, 6]), ITEMS, scale=(1, 10))
    assert found.index_without_flagged == pytest.approx(index_by_wave(rest, tree)[0][0].index.value)
    other = index_by_wave(sample, tree.with_rollup("respondent"))[0][0].index.value
    assert found.index_respondent == pytest.approx(other)


def test_the_gap_to_a_target_has_the_error_of_the_index(sample: Sample) -> None:
    tree = flat_tree(dict.fromkeys(ITEMS, 1.0))
    index = index_by_wave(sample, tree)[0][-1].index
    gap = target_gap(sample, tree, 75.0)
    assert gap is not None
    assert gap.estimate.value == pytest.approx(index.value - 75)
    assert gap.estimate.se == index.se
    assert gap.verdict == "worse"


def test_an_answer_off_the_scale_of_a_table_is_refused_with_its_place() -> None:
    frame = pd.DataFrame({"q1": [5.0, 11.0]}, index=["r1", "r2"])
    with pytest.raises(ValueError, match=r"1 answers lie outside the scale, first 11 in 'q1', row 'r2'"):
        sample_from_frame(frame, ["q1"], scale=(1, 10))


def test_blanks_in_the_design_of_a_table_are_refused() -> None:
    frame = pd.DataFrame({"q1": [5.0, 6.0], "account": ["a", None]})
    with pytest.raises(ValueError, match="'account' of the design is blank in 1 rows"):
        sample_from_frame(frame, ["q1"], scale=(1, 10), cluster="account")
    with pytest.raises(ValueError, match="below 0"):
        sample_from_frame(frame, ["q1"], scale=(-3, 10))


def test_a_scale_may_run_downwards() -> None:
    sample = sample_from_frame(pd.DataFrame({"q1": [1.0, 5.0]}), ["q1"], scale=(5, 1))
    assert sample.scores[:, 0].tolist() == [100.0, 0.0]


def test_every_public_name_can_be_imported() -> None:
    assert sorted(analysis.__all__) == sorted(analysis._WHERE) == dir(analysis)
    for name in analysis.__all__:
        assert getattr(analysis, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        analysis.nothing  # noqa: B018 # the access is the test


@pytest.mark.parametrize(
    "name", ["analysis", *(f"analysis.{module.name}" for module in pkgutil.iter_modules(analysis.__path__))]
)
def test_examples_in_the_documentation_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_rows_of_a_table_may_come_in_any_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.integers(1, 11, (60, 2)), columns=["a", "b"]).astype(float)
    frame["c"], frame["w"] = rng.integers(0, 20, 60), rng.choice(["x", "y"], 60)
    found: list[Any] = []
    for table in (frame, frame.sample(frac=1, random_state=1)):
        sample = sample_from_frame(table, ["a", "b"], scale=(1, 10), cluster="c", wave="w")
        found.append([d.top for d in item_distributions(sample, dict.fromkeys(["a", "b"], range(1, 11)))])
    for one, two in zip(*found, strict=True):
        assert shown(one).value == pytest.approx(shown(two).value, rel=1e-12)
        assert shown(one).se == pytest.approx(shown(two).se, rel=1e-9)
