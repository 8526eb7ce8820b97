"""One panel of models: its headline is the driver table, and it says when the others are not to be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS

from analysis import regress, regress_ordered
from analysis.drivers import driver_results
from analysis.link_panel import NOTES, OutcomePanel, PanelNote
from analysis.outcome_models import outcome_panel
from analysis.results import DriverResults, TooFew
from analysis.sample import Sample
from analysis.tabular import sample_from_frame

FIVE = ["coverage", "speed", "value", "billing", "care"]
FEW: dict[str, Any] = {"replicates": 40}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = pd.read_csv(GOLDENS / "drivers.csv")
    frame["loyalty"] = (frame["loyalty"] - 1) * 25.0
    frame["again"] = frame["recommend"] * 10.0
    frame["churn"] *= 100.0
    return frame


def survey(frame: pd.DataFrame) -> Sample:
    found = sample_from_frame(
        frame,
        FIVE,
        scale=(1, 5),
        weights="weight",
        cluster="customer",
        outcomes=["churn", "loyalty", "again"],
    )
    # Who gave no answer on care was not asked.
    return replace(found, structural=np.isnan(found.scores))


@pytest.fixture(scope="module")
def sample(frame: pd.DataFrame) -> Sample:
    return survey(frame)


def panel(sample: Sample, outcome: str, **options: Any) -> OutcomePanel:
    found = outcome_panel(sample, outcome, FIVE, **{**FEW, **options})
    assert isinstance(found, OutcomePanel)
    return found


def notes(found: OutcomePanel) -> dict[str, PanelNote]:
    return {note.key: note for note in found.notes}


@pytest.mark.parametrize("outcome", ["churn", "loyalty"])
def test_the_headline_is_the_driver_table(sample: Sample, outcome: str) -> None:
    table = driver_results(sample, outcome, FIVE, **FEW)
    assert isinstance(table, DriverResults)
    found = panel(sample, outcome)
    assert [d.driver for d in found.drivers] == [d.item for d in table.drivers]
    for row, driver in zip(found.drivers, table.drivers, strict=True):
        assert row.shares["linear_lmg"] == pytest.approx(driver.share.value, rel=1e-12)
        assert (row.ranks["linear_lmg"], row.rank_low, row.rank_high) == (
            driver.rank,
            driver.rank_low,
            driver.rank_high,
        )
    assert found.models[0].value == pytest.approx(table.r_squared.value, rel=1e-12)
    assert (found.n, found.rows_lost, found.clusters) == (table.n, table.n_rows_lost, table.clusters)


def test_yes_and_no_has_a_logit_and_no_ordered_model(sample: Sample) -> None:
    found = panel(sample, "churn", measures=["mcfadden", "tjur"])
    assert (found.due, found.levels, found.cut) == (True, (0, 100), 0)
    assert list(found.drivers[0].shares) == [
        "linear_lmg",
        "linear_relative",
        "logit_relative",
        "logit_mcfadden",
        "logit_tjur",
    ]
    assert found.parallel is None
    assert set(found.effects) == set(found.dominance) == {"logit"}
    for model in found.models:
        assert sum(model.shares) == pytest.approx(1, rel=1e-12)
        assert sorted(model.ranks) == [1, 2, 3, 4, 5]
        assert model.rank_correlation is not None
    assert found.models[0].rank_correlation == 1


def test_few_levels_have_all_models(sample: Sample) -> None:
    found = panel(sample, "loyalty")
    assert found.due
    assert found.levels == (0, 25, 50, 75, 100)
    weight, y = sample.weights, sample.outcomes["loyalty"]
    halves = {cut: min(weight[y > cut].sum(), weight[y <= cut].sum()) for cut in (0, 25, 50, 75)}
    assert found.cut == max(halves, key=halves.__getitem__)
    assert "ordered_nagelkerke" in found.drivers[0].shares
    assert found.parallel is not None
    assert found.parallel.columns.keys() >= set(FIVE)
    assert set(found.effects) == {"logit", "ordered"}
    assert [d.ranks["logit_mcfadden"] for d in found.drivers] != [1, 2, 3, 4, 5]
    moved = {d.driver for d in found.drivers if len(set(d.ranks.values())) > 1}
    assert moved == {d.driver for d in found.drivers if d.differs}
    told = [note.values["names"] for note in found.notes if note.key in ("rank_differs", "places_change")]
    assert {name for names in told for name in names} == moved
    assert found.stable == ("rank_differs" not in notes(found))


def test_effects_stand_in_points_beside_a_straight_line(frame: pd.DataFrame, sample: Sample) -> None:
    four = FIVE[:4]
    found = outcome_panel(sample, "loyalty", four, **FEW)
    assert isinstance(found, OutcomePanel)
    straight = regress(sample, "loyalty", four).coefficients
    ordered = regress_ordered(sample, "loyalty", four)
    for row in found.effects["ordered"].drivers:
        assert row.linear is not None
        assert row.linear.value == pytest.approx(straight[row.driver].value, rel=1e-9)
        assert row.linear.se == pytest.approx(straight[row.driver].se, rel=1e-9)
        assert row.effect.value == pytest.approx(row.linear.value, abs=0.05)
        assert (row.reach, row.effect.n) == (1, 480)
        # Both test the same slope; the effect's error also counts who was asked.
        assert row.p == pytest.approx(ordered.p[row.driver], abs=0.02)


def test_who_was_not_asked_keeps_the_row_and_stays_out_of_the_effect(sample: Sample) -> None:
    found = panel(sample, "loyalty")
    care = next(row for row in found.effects["ordered"].drivers if row.driver == "care")
    asked = np.isfinite(sample.column("care"))
    assert (found.n, care.effect.n) == (480, int(asked.sum()))
    assert care.reach == pytest.approx(sample.weights[asked].sum() / sample.weights.sum(), rel=1e-12)
    assert care.linear is not None
    assert care.effect.value == pytest.approx(care.linear.value, abs=0.05)
    assert sum(d.driver == "care" for d in found.drivers) == 1


def test_groups_are_players_and_effects_stay_those_of_items(sample: Sample) -> None:
    found = panel(
        sample, "loyalty", groups={"network": ["coverage", "speed"], "service": ["billing", "care"]}
    )
    assert {d.driver for d in found.drivers} == {"network", "value", "service"}
    single = panel(sample, "loyalty")
    for link in ("logit", "ordered"):
        grouped, alone = found.effects[link], single.effects[link]
        assert [row.driver for row in grouped.drivers] == FIVE
        for one, other in zip(grouped.drivers, alone.drivers, strict=True):
            assert one.effect.value == pytest.approx(other.effect.value, rel=1e-9)
    whole, parts = found.dominance["ordered"], single.dominance["ordered"]
    assert whole.measures["mcfadden"].value == pytest.approx(parts.measures["mcfadden"].value, rel=1e-9)


def test_nothing_depends_on_rows_or_their_order(frame: pd.DataFrame, sample: Sample) -> None:
    one = panel(sample, "loyalty")
    other = panel(survey(frame.sample(frac=1, random_state=3)), "loyalty")
    for a, b in zip(one.drivers, other.drivers, strict=True):
        # The same sums in another order.
        np.testing.assert_allclose(list(a.shares.values()), list(b.shares.values()), atol=1e-9)
        assert (a.ranks, a.rank_low, a.rank_high) == (b.ranks, b.rank_low, b.rank_high)
    for c, d in zip(one.effects["ordered"].drivers, other.effects["ordered"].drivers, strict=True):
        np.testing.assert_allclose([c.effect.value, c.effect.se], [d.effect.value, d.effect.se], rtol=1e-8)


def test_few_events_block_the_logit(sample: Sample) -> None:
    y = np.where(np.arange(480) < 59, 100.0, 0.0)
    found = panel(replace(sample, outcomes={"churn": np.random.default_rng(1).permutation(y)}), "churn")
    note = notes(found)["few_events"]
    # Five drivers in six columns need sixty.
    assert (note.severity, note.values["events"], note.values["needed"]) == ("block", 59, 60)
    assert [model.key for model in found.models] == ["linear_lmg", "linear_relative"]
    assert not found.effects
    assert "logit: 59 on the rarer side, 60 would be needed" in found.summary()
    many = replace(
        sample, outcomes={"churn": np.random.default_rng(1).permutation(np.append(y[:479], 100.0))}
    )
    assert "few_events" not in notes(panel(many, "churn"))


def test_few_people_outside_one_level_block_the_ordered_logit(sample: Sample) -> None:
    y = np.zeros(480)
    y[:15], y[15:20] = 50.0, 100.0
    found = panel(replace(sample, outcomes={"y": np.random.default_rng(1).permutation(y)}), "y")
    note = notes(found)["few_effective"]
    assert (note.severity, note.values["needed"]) == ("block", 60)
    assert note.values["events"] == pytest.approx(480 - (460**3 + 15**3 + 5**3) / 480**2)


def test_separation_blocks_and_names_the_driver(sample: Sample) -> None:
    value = sample.column("value")
    found = panel(replace(sample, outcomes={"y": np.where(value > 50, 100.0, 0.0)}), "y")
    note = notes(found)["separated"]
    assert (note.severity, note.values) == ("block", {"model": "logit", "names": ("value",)})
    assert [model.key for model in found.models] == ["linear_lmg", "linear_relative"]


def test_a_driver_that_only_divides_the_highest_level_breaks_parallel_slopes(sample: Sample) -> None:
    random = np.random.default_rng(8)
    speed, value = sample.column("speed"), sample.column("value")
    y = np.where(speed / 15 + random.logistic(size=480) > 3, 50.0, 0.0)
    y[(y > 0) & (value / 15 + random.logistic(size=480) > 4)] = 100.0
    found = panel(replace(sample, outcomes={"y": y}), "y")
    note = notes(found)["slopes_differ"]
    assert note.severity == "warn"
    assert note.values["p"] < 0.01
    assert set(note.values["names"]) <= {*FIVE, "care (answered)"}
    assert {"speed", "value"} & set(note.values["names"])


def test_many_levels_are_a_scale(sample: Sample) -> None:
    y = sample.outcomes["again"] + np.arange(480) % 7 / 10
    found = panel(replace(sample, outcomes={"y": y}), "y")
    assert not found.due
    assert notes(found)["too_many_levels"].values["levels"] == len(np.unique(y))
    assert set(found.effects) == {"logit"}


def test_a_base_that_carries_no_model_is_too_few(sample: Sample) -> None:
    y = sample.outcomes["loyalty"].copy()
    y[40:] = np.nan
    assert outcome_panel(replace(sample, outcomes={"y": y}), "y", FIVE, **FEW) == TooFew(40, "small_base")
    assert outcome_panel(sample, "loyalty", FIVE, disclosure_limit=500, **FEW) == TooFew(480, "disclosure")
    with pytest.raises(ValueError, match="no outcome 'renewal'"):
        outcome_panel(sample, "renewal", FIVE)


def test_the_panel_prints_itself(sample: Sample) -> None:
    found = panel(sample, "loyalty")
    text = found.summary()
    assert text.startswith("loyalty: 5 levels, n = 480, 240 clusters")
    assert all(driver in text for driver in FIVE)
    assert list(found.to_frame().columns) == [model.key for model in found.models]
    assert found.effects["ordered"].summary().startswith("coverage  0.")
    assert list(found.effects["ordered"].to_frame().index) == FIVE
    every = {"model": "logit", "columns": 6, "needed": 60, "events": 3, "names": ("speed",), "levels": 30}
    for key in NOTES:
        line = PanelNote(key, "warn", {**every, "p": 0.001, "orders": 300, "error": 0.001}).summary()
        assert line.endswith(f"({key})")
