"""A study's calibration reaches every estimate, wave by wave, and what stands in its way is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design, design_of
from analysis.index import flat_tree
from analysis.prepare import SampleProblems, prepare, uncalibrated
from analysis.sample import Sample
from analysis.tracking import index_by_wave
from survey.responses import Responses
from survey.study import Study


def word(text: str) -> dict[str, str]:
    return {"zh": f"{text}中", "en": text}


def column(name: str, kind: str = "category", values: str = "", **more: Any) -> dict[str, Any]:
    categories = [{"value": value, "label": word(value)} for value in values.split()]
    return {"id": name, "label": word(name), "kind": kind, "categories": categories, **more}


def study(population: dict[str, Any] | None = None, **design: Any) -> Study:
    """A study of two items, people in accounts, two tiers and three regions."""
    totals = {"tier": {"big": 30, "small": 70}, "region": {"n": 20, "s": 30, "w": 50}}
    return Study.model_validate(
        {
            "csat": 1,
            "id": "small",
            "title": word("small"),
            "organisation": word("us"),
            "scales": {"ten": {"ends": [1, 10]}},
            "columns": [
                column("person", "key"),
                column("account", "key"),
                column("tier", values="big small"),
                column("region", values="n s w", optional=True),
                column("w", "number"),
            ],
            "items": [{"id": q, "text": word(q), "label": word(q), "scale": "ten"} for q in ("q1", "q2")],
            "index": {"id": "i", "label": word("i"), "version": "1", "children": ["q1", "q2"]},
            "design": {
                "respondent": "person",
                "weight": "w",
                "cluster": "account",
                "population": totals if population is None else population,
                **design,
            },
            "waves": [{"id": "1", "label": word("1")}, {"id": "2", "label": word("2")}],
        }
    )


def answers(wave: str, n: int = 60, seed: int = 0, **columns: Any) -> Responses:
    """Answers in which every tier and region occurs, accounts that lie in one tier, and blanks."""
    rng = np.random.default_rng([seed, int(wave)])
    account = np.arange(n) % 20
    codes = rng.integers(1, 11, (n, 2)).astype(np.int16)
    codes[rng.random(codes.shape) < 0.1] = -1
    facts: dict[str, tuple[Any, ...]] = {
        "person": tuple(f"P{i}" for i in range(n)),
        "account": tuple(f"A{a:02d}" for a in account),
        "tier": tuple("big" if a < 8 else "small" for a in account),
        "region": tuple("nsw"[i % 3] for i in range(n)),
        "w": tuple(rng.uniform(0.5, 2, n).round(3).tolist()),
    }
    return Responses(
        wave=wave,
        respondents=facts["person"],
        items=("q1", "q2"),
        codes=codes,
        columns=facts | columns,
        comments={},
    )


WAVES = [answers("1"), answers("2", 90)]
TREE = flat_tree({"q1": 1, "q2": 1})


def shares(sample: Sample, wave: str, rows: Any) -> float:
    inside = sample.in_wave(wave)
    return float(sample.weights[inside & rows].sum() / sample.weights[inside].sum())


def test_every_wave_meets_the_margins_of_the_population() -> None:
    sample = prepare(WAVES, study(calibration={"trim": 0}))
    regions = np.array([value for part in WAVES for value in part.columns["region"]])
    tiers = np.array([value for part in WAVES for value in part.columns["tier"]])
    for wave in ("1", "2"):
        assert shares(sample, wave, regions == "w") == pytest.approx(0.5, rel=1e-9)
        assert shares(sample, wave, tiers == "big") == pytest.approx(0.3, rel=1e-9)
        assert sample.calibrations[wave].converged
    assert uncalibrated(WAVES, study(calibration={})).adjustment is None


def test_every_estimate_takes_the_error_of_a_calibrated_design() -> None:
    declared = study(calibration={})
    sample, plain = prepare(WAVES, declared), uncalibrated(WAVES, declared)
    design = design_of(sample)
    assert design.adjustment is not None
    fixed = Design(sample.weights, sample.strata, sample.clusters)
    found = index_by_wave(sample, TREE)[0]
    before = index_by_wave(plain, TREE)[0]
    assert [wave.index.n for wave in found] == [wave.index.n for wave in before]
    assert found[1].index.value != before[1].index.value
    assert found[1].change is not None
    # A margin is known, so that the share of a tier has no error in either wave.
    tiers = np.array([value == "big" for part in WAVES for value in part.columns["tier"]])
    z = np.where(sample.in_wave("2"), sample.weights * (tiers - 0.3), 0.0)[:, None]
    assert design.covariance(z)[0, 0] < 1e-18 * fixed.covariance(z)[0, 0]


def test_a_wave_may_have_a_population_of_its_own() -> None:
    told = study(calibration={"margins": ["tier"]}).model_dump(mode="json", by_alias=True)
    told["waves"][0]["population"] = {"tier": {"big": 60, "small": 40}}
    sample = prepare(WAVES, Study.model_validate(told))
    tiers = np.array([value == "big" for part in WAVES for value in part.columns["tier"]])
    assert shares(sample, "1", tiers) == pytest.approx(0.6)
    assert shares(sample, "2", tiers) == pytest.approx(0.3)


def test_columns_are_crossed_for_post_stratification() -> None:
    cells = {f"{tier} * {region}": 10 * (1 + k) for k, (tier, region) in enumerate(PAIRS)}
    declared = study(
        {"tier*region": cells}, calibration={"method": "post_stratification", "trim": 0, "margins": []}
    )
    sample = prepare(WAVES, declared)
    (part,) = sample.calibrations["2"].margins
    assert part.name == "tier × region"
    for k, (tier, region) in enumerate(PAIRS):
        rows = np.array(
            [
                pair == (tier, region)
                for wave in WAVES
                for pair in zip(wave.columns["tier"], wave.columns["region"], strict=True)
            ]
        )
        assert shares(sample, "2", rows) == pytest.approx((1 + k) / 21)


PAIRS = [(tier, region) for tier in ("big", "small") for region in "nsw"]


def test_blanks_are_calibrated_where_their_number_is_known() -> None:
    blank = [answers("1", region=tuple(None if i % 5 == 0 else "nsw"[i % 3] for i in range(60)))]
    totals = {"region": {"n": 20, "s": 30, "w": 40, "?": 10}}
    sample = prepare(blank, study(totals, calibration={"unknown": "?"}))
    rows = np.array([value is None for value in blank[0].columns["region"]])
    assert shares(sample, "1", rows) == pytest.approx(0.1)


def test_everything_that_blocks_is_told_by_wave_in_the_words_of_the_study() -> None:
    blank = answers("1", region=tuple(None if i < 2 else "nsw"[i % 3] for i in range(60)))
    far = answers("2", region=("n", "s") * 30)
    with pytest.raises(SampleProblems) as caught:
        prepare([blank, far], study(calibration={}))
    told = [(problem.place.file, problem.code) for problem in caught.value.problems]
    assert told == [("1", "sample_calibration_blank"), ("2", "sample_calibration_empty_cell")]
    first, second = (problem.message("en") for problem in caught.value.problems)
    assert "2 respondents have no “region” (P0, P1)" in first
    assert "50 in “w” of “region”" in second
    assert "region中" in caught.value.problems[0].message("zh")


def test_many_blanks_name_the_first_people() -> None:
    blank = answers("1", region=(None,) * 30 + tuple("nsw"[i % 3] for i in range(30)))
    with pytest.raises(SampleProblems) as caught:
        prepare([blank], study(calibration={}))
    message = caught.value.problems[0].message("en")
    assert "P19, …)" in message
    assert "P20" not in message


def test_totals_that_differ_are_told_with_their_labels() -> None:
    totals = {"tier": {"big": 30, "small": 80}, "region": {"n": 20, "s": 30, "w": 50}}
    totals["region"] = {"n": 200, "s": 300, "w": 700}
    with pytest.raises(SampleProblems) as caught:
        prepare([answers("1")], study(totals, calibration={}))
    (problem,) = caught.value.problems
    assert "tier 110, region 1200" in problem.message("en")


def test_limits_that_do_not_let_the_margins_hold_are_told() -> None:
    totals = {"region": {"n": 900, "s": 1, "w": 99}}
    with pytest.raises(SampleProblems) as caught:
        prepare([answers("1")], study(totals, calibration={"trim": 1.5}))
    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"sample_calibration_not_met"}
    assert "csat calibrate" in caught.value.problems[0].message("en")


def test_a_stratum_of_one_cluster_is_refused_where_the_study_says_so() -> None:
    lone = answers(
        "1", account=("X",) * 3 + tuple(f"A{i}" for i in range(57)), tier=("big",) * 3 + ("small",) * 57
    )
    declared = {"stratum": ["tier"], "lonely_stratum": "refuse"}
    with pytest.raises(SampleProblems) as caught:
        prepare([lone], study(**declared))
    assert "(big)" in caught.value.problems[0].message("en")
    assert prepare([lone], study(stratum=["tier"], lonely_stratum="certainty")).lonely == "certainty"


def test_a_finite_population_shortens_the_interval() -> None:
    declared = study(stratum=["tier"], stratum_clusters={"big": 16, "small": 12})
    sample = prepare(WAVES, declared)
    # 8 of 16 big accounts answered in both waves, and all 12 small ones.
    assert sample.fractions == {0: 0.5, 1: 1.0}
    short = index_by_wave(sample, TREE)[0][-1].index
    full = index_by_wave(prepare(WAVES, study(stratum=["tier"])), TREE)[0][-1].index
    assert short.value == full.value
    assert short.se is not None
    assert full.se is not None
    assert 0 < short.se < full.se * 0.71


def test_more_clusters_than_the_population_has_are_told() -> None:
    with pytest.raises(SampleProblems) as caught:
        prepare(WAVES, study(stratum=["tier"], stratum_clusters={"big": 7}))
    assert "8 clusters of the stratum “big” answered" in caught.value.problems[0].message("en")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 59))
def test_the_order_of_rows_and_the_import_they_came_in_do_not_matter(seed: int, cut: int) -> None:
    """A wave that was imported in two parts, the later first, gives the same index and the same error."""
    whole = answers("1", seed=seed)
    order = np.roll(np.arange(60), cut)
    other = Responses(
        wave="1",
        respondents=tuple(whole.respondents[i] for i in order),
        items=whole.items,
        codes=whole.codes[order],
        columns={name: tuple(values[i] for i in order) for name, values in whole.columns.items()},
        comments={},
    )
    declared = study(calibration={}, stratum=["tier"])
    one, two = (index_by_wave(prepare([part], declared), TREE)[0][-1].index for part in (whole, other))
    # Both stop raking within 1e-10 of the margins.
    np.testing.assert_allclose([two.value, two.se], [one.value, one.se], rtol=1e-7)
    assert (two.n, two.df) == (one.n, one.df)
