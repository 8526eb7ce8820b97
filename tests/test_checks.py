"""The checklist passes, warns and blocks where it says, and what is blocked is no headline."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
import report_sample
from report_reading import KEY_ACCOUNTS

from analysis.asymmetry import penalty_reward
from analysis.asymmetry_results import Asymmetry, Coding
from analysis.check_lines import LINES, SOURCES
from analysis.checks import Check, CheckLimits, Checklist, checklist, driver_lines
from analysis.driver_parts import DriverFacts
from analysis.drivers import driver_results
from analysis.plain import plain
from analysis.results import DriverResults, StudyResults, TooFew
from analysis.share_change_results import ShareChanges
from analysis.share_comparison import segment_share_differences
from analysis.tabular import sample_from_frame
from report_templates.context.story import Story

GOOD = DriverFacts(
    n=800,
    due=820,
    blanks="listwise",
    blank=0.0,
    drivers=8,
    columns=9,
    clusters=400,
    df=399,
    deff_weights=1.1,
    failed=0.0,
    adjusted=0.5,
    inflation=2.0,
    condition=4.0,
    correlation=0.4,
    first_eigenvalue=0.4,
    levels=10,
    skew=-0.5,
    events=None,
)


@pytest.fixture(scope="module")
def results() -> StudyResults:
    return report_sample.results(KEY_ACCOUNTS)


def line(results: StudyResults, key: str, limits: CheckLimits | None = None, **facts: Any) -> Check:
    """The line ``key`` on the drivers of the main outcome, whose model has these facts."""
    part = dataclasses.replace(results.drivers[0], facts=dataclasses.replace(GOOD, **facts))
    (found,) = [c for c in driver_lines(part, results, limits or CheckLimits()) if c.key == key]
    return found


@pytest.mark.parametrize(
    ("key", "facts", "state"),
    [
        ("model_base", {}, "pass"),
        ("model_base", {"n": 113}, "warn"),
        ("model_base", {"n": 114}, "pass"),
        ("model_base", {"n": 49}, "block"),
        ("model_base", {"n": 79, "columns": 60}, "block"),
        ("clusters", {"clusters": 29}, "warn"),
        ("clusters", {"df": 9}, "warn"),
        ("blanks", {"n": 730, "due": 820}, "warn"),
        ("blanks", {"n": 400, "due": 820}, "block"),
        ("blanks", {"blank": 0.31}, "block"),
        ("halo", {"correlation": 0.61}, "warn"),
        ("halo", {"first_eigenvalue": 0.51}, "warn"),
        ("collinearity", {"inflation": 4.0}, "warn"),
        ("collinearity", {"inflation": 10.0}, "block"),
        ("collinearity", {"condition": 31.0}, "block"),
        ("fit", {"adjusted": 0.09}, "warn"),
        ("fit", {"failed": 0.02}, "warn"),
        ("fit", {"failed": 0.06}, "block"),
        ("outcome_type", {}, "pass"),
        ("outcome_type", {"levels": 7}, "warn"),
        ("outcome_type", {"skew": -1.2}, "warn"),
        ("events", {"levels": 2, "events": 80}, "pass"),
        ("events", {"levels": 2, "events": 79}, "block"),
    ],
)
def test_lines_turn_at_their_limits(
    results: StudyResults, key: str, facts: dict[str, Any], state: str
) -> None:
    assert line(results, key, **facts).state == state


def test_limits_are_settings(results: StudyResults) -> None:
    assert line(results, "fit", adjusted=0.15).state == "pass"
    assert line(results, "fit", CheckLimits(adjusted=0.2), adjusted=0.15).state == "warn"


def test_a_copy_of_a_driver_blocks_and_is_named(results: StudyResults) -> None:
    part = dataclasses.replace(results.drivers[0], facts=GOOD, dropped=(("twin", "duplicate"),))
    found = {check.key: check for check in driver_lines(part, results)}
    assert (found["collinearity"].state, found["collinearity"].names) == ("block", ("twin",))


def test_readings_are_warned_of_by_name(results: StudyResults) -> None:
    found = {check.key: check for check in driver_lines(results.drivers[0], results)}
    conflicting = [d.item for d in results.drivers[0].drivers if d.direction == "conflicting"]
    assert found["signs"].names == tuple(conflicting)
    assert found["rank_stability"].values["first"] == 0.6
    assert found["rank_stability"].state == "warn"
    weak = [d.item for d in results.drivers[0].drivers if not d.probe]
    assert found["noise"].names == tuple(weak)


def test_a_model_that_does_not_exist_blocks(results: StudyResults) -> None:
    gone = dataclasses.replace(
        results,
        drivers=(),
        drivers_missing=(("a", TooFew(41, "small_base")), ("b", TooFew(300, "no_spread"))),
    )
    found = checklist(gone)
    assert found.blocked("a")
    assert [check.key for check in found.checks if check.state == "block"] == ["model_base", "no_variance"]


def test_the_whole_wave_bears_on_every_outcome(results: StudyResults) -> None:
    quality = dataclasses.replace(results.quality, straightliners=(0, results.quality.n // 5, 0))
    found = checklist(dataclasses.replace(results, quality=quality))
    careless = next(check for check in found.checks if check.key == "carelessness")
    assert careless.state == "block"
    assert found.blocked(results.drivers[0].outcome)
    assert found.checks[0] == careless


def test_blocked_drivers_are_no_headline(results: StudyResults) -> None:
    story = Story.of(results, KEY_ACCOUNTS, "en")
    assert story.in_quadrant("improve")
    bad = dataclasses.replace(results.drivers[0], facts=dataclasses.replace(GOOD, condition=50.0))
    blocked = Story.of(dataclasses.replace(results, drivers=(bad, *results.drivers[1:])), KEY_ACCOUNTS, "en")
    assert blocked.blocked
    assert not blocked.in_quadrant("improve")
    assert len(blocked.in_quadrant("undecided")) == len(bad.drivers)


def test_every_line_can_be_said_and_has_a_source(results: StudyResults) -> None:
    found = checklist(results)
    assert {check.key for check in found.checks} <= set(LINES)
    assert set(SOURCES) <= set(LINES)
    assert len(found.summary().splitlines()) == len(found.checks)
    assert len(found.to_frame()) == len(found.checks)
    assert plain(found)["checks"]


def survey(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, 3))
    frame = pd.DataFrame(np.clip(np.round(5.5 + 2 * x), 1, 10), columns=["a", "b", "c"])
    tier = np.arange(n) % 2
    slope = np.where(tier == 1, 1.5, 0.0)
    bent = np.where(x[:, 1] < 0, 3 * x[:, 1], 0.2 * x[:, 1])
    frame["sat"] = np.clip(
        50 + 6 * ((1.5 - slope) * x[:, 0] + bent + slope * x[:, 2]) + rng.normal(size=n), 0, 100
    )
    return frame.assign(tier=tier)


def test_real_results_fill_the_lines_and_further_results_add_theirs(results: StudyResults) -> None:
    frame = survey()
    frame[["a", "b", "c"]] = (frame[["a", "b", "c"]] - 1) * 100 / 9
    sample = sample_from_frame(frame, ["a", "b", "c"], scale=None, segments=["tier"], outcomes=["sat"])
    found = driver_results(sample, "sat", ["a", "b", "c"], replicates=60)
    differences = segment_share_differences(sample, "sat", ["a", "b", "c"], "tier", replicates=60)
    bent = penalty_reward(sample, "sat", ["a", "b", "c"], Coding(25.0, 75.0))
    assert isinstance(found, DriverResults)
    assert isinstance(differences, ShareChanges)
    assert isinstance(bent, Asymmetry)
    made = dataclasses.replace(results, drivers=(found,), drivers_missing=())
    checks: Checklist = checklist(made, asymmetries=[bent], differences=[differences])
    by_key = {check.key: check for check in checks.about("sat")}
    assert by_key["collinearity"].values["inflation"] == pytest.approx(1.0, abs=0.05)
    # Two groups that hang on different drivers, and one driver whose bad answers alone matter.
    assert by_key["heterogeneity"].state == "warn"
    assert {"a", "c"} <= set(by_key["heterogeneity"].names)
    assert by_key["shape"].names == ("b",)
    assert "shape" not in {check.key for check in checklist(made).checks}
