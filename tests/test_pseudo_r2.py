"""Pseudo-R², their dominance and relative weights equal R; what holds for every table holds here."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from golden_tables import GOLDENS, block
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import pseudo_r2
from analysis.cumulative_logit import LevelData, maximise_subsets, maximum
from analysis.driver_data import correlation_matrices
from analysis.lmg import lmg
from analysis.pseudo_r2 import MEASURES, LinkDominance, Measure, link_dominance
from analysis.relative_weights import logistic_relative_weights, relative_weights
from analysis.sample import Floats, Integers

DRIVERS = ["coverage", "speed", "value", "billing", "switchcost"]
BIRTH = ["age", "lwt", "smoke", "ptl", "ht", "ui"]
CARS = ["mpg", "qsec", "hp"]
NAMES: dict[str, Measure] = {
    "mcf": "mcfadden",
    "cs": "cox_snell",
    "nag": "nagelkerke",
    "est": "estrella",
    "tjur": "tjur",
}


def table(file: str, outcome: str, names: list[str]) -> tuple[LevelData, Floats, Integers]:
    frame = pd.read_csv(GOLDENS / file)
    x, codes = frame[names].to_numpy(dtype=np.float64), np.unique(frame[outcome], return_inverse=True)[1]
    return LevelData.of(x, codes, np.ones(len(x))), x, codes


def dominance(file: str, outcome: str, names: list[str], measures: tuple[Measure, ...]) -> LinkDominance:
    return link_dominance(table(file, outcome, names)[0], [[j] for j in range(len(names))], names, measures)


def numbers(file: str, start: str, count: int) -> dict[str, list[float]]:
    """Read, after ``start``, what follows "mcf", "cs", … : the value, then ``count`` parts."""
    text = (GOLDENS / file).read_text(encoding="utf-8")
    text = text[text.index(start) :]
    found = {}
    for name in NAMES:
        after = re.split(rf"(?m)^{name} (?=0\.\d)", text)[1]
        found[name] = [float(cell) for cell in re.findall(r"0\.\d+", after)[: count + 1]]
    return found


@pytest.mark.parametrize(
    ("file", "outcome", "names", "reference", "start"),
    [
        ("drivers.csv", "churn", DRIVERS, "ref_drivers.txt", "[4] logit"),
        ("mtcars.csv", "am", CARS, "ref_misc.txt", "== logistic vs"),
        ("birthwt.csv", "low", BIRTH, "ref_misc.txt", "== birthwt"),
    ],
)
def test_logit_dominance_equals_domir(
    file: str, outcome: str, names: list[str], reference: str, start: str
) -> None:
    found = dominance(file, outcome, names, MEASURES)
    assert found.settled
    for name, (value, *parts) in numbers(reference, start, len(names)).items():
        whole = found.measures[NAMES[name]]
        # glm stops when the deviance moves by less than 1e-8 of itself; the nearly separated fits show it.
        np.testing.assert_allclose([whole.value, *whole.general], [value, *parts], atol=1e-8, rtol=0)
        assert whole.general.sum() == pytest.approx(whole.value, rel=1e-12)
        assert whole.shares.sum() == pytest.approx(1, rel=1e-12)


def test_ordered_dominance_equals_domir() -> None:
    found = dominance("drivers.csv", "loyalty", DRIVERS, ("mcfadden", "nagelkerke"))
    text = (GOLDENS / "ref_drivers.txt").read_text(encoding="utf-8")
    for measure, name in (("mcf", "McF"), ("nag", "Nag")):
        expected = [float(cell) for cell in re.findall(r"0\.\d+", text[text.index(f"\n{name} ") :])[:6]]
        whole = found.measures[NAMES[measure]]
        # polr stops when its objective moves by less than 1e-8 of itself.
        np.testing.assert_allclose([whole.value, *whole.general], expected, atol=5e-9, rtol=0)


def test_housing_equals_domir_with_factors_as_players() -> None:
    frame = pd.read_csv(GOLDENS / "housing.csv")
    x = np.column_stack(
        [frame["Infl"] == level for level in ("Medium", "High")]
        + [frame["Type"] == level for level in ("Apartment", "Atrium", "Terrace")]
        + [frame["Cont"] == "High"]
    ).astype(np.float64)
    codes = frame["Sat"].map({"Low": 0, "Medium": 1, "High": 2}).to_numpy()
    data = LevelData.of(x, codes, frame["Freq"].to_numpy(float))
    names = ["Infl", "Type", "Cont"]
    found = link_dominance(data, [[0, 1], [2, 3, 4], [5]], names).measures["mcfadden"]
    assert found.conditional is not None
    assert found.complete is not None
    # polr stops when its objective moves by less than 1e-8 of itself.
    np.testing.assert_allclose(found.value, 0.0465152150592, atol=5e-9, rtol=0)
    np.testing.assert_allclose(
        found.general, [0.02920068777141, 0.01498862936547, 0.00232589792231], atol=5e-9, rtol=0
    )
    conditional = block("ref_misc.txt", "== ordinal", "include_at_1 include_at_2 include_at_3")
    np.testing.assert_allclose(found.conditional, [conditional[name] for name in names], atol=5e-9, rtol=0)
    np.testing.assert_array_equal(found.complete, [[0.5, 1, 1], [0, 0.5, 1], [0, 0, 0.5]])


@pytest.mark.parametrize(
    ("file", "outcome", "names", "reference", "start"),
    [
        ("drivers.csv", "churn", DRIVERS, "ref_drivers.txt", "rwa_logit"),
        ("birthwt.csv", "low", BIRTH, "ref_misc.txt", "rwa_logit birthwt"),
    ],
)
def test_logistic_relative_weights_equal_rwa(
    file: str, outcome: str, names: list[str], reference: str, start: str
) -> None:
    data, *_ = table(file, outcome, names)
    parts, explained = logistic_relative_weights(data, [[j] for j in range(len(names))])
    text = (GOLDENS / reference).read_text(encoding="utf-8")
    text = text[text.index(start) :]
    expected = [float(re.findall(rf"(?m)^\d +{name} +(0\.\d+)", text)[0]) for name in names]
    # glm stops when the deviance moves by less than 1e-8 of itself.
    np.testing.assert_allclose(parts, expected, atol=2e-9, rtol=0)
    assert explained == pytest.approx(float(re.findall(r"\[1\] (0\.\d+)", text)[0]), abs=2e-9)
    assert parts.sum() == pytest.approx(explained, rel=1e-12)


@pytest.mark.parametrize(("start", "weighted"), [("[1]", False), ("[1w]", True)])
def test_relative_weights_equal_genizi(start: str, weighted: bool) -> None:
    frame = pd.read_csv(GOLDENS / "drivers.csv")
    names = DRIVERS[:4]
    w = frame["weight"] if weighted else np.ones(480)
    covariance = np.cov(frame[[*names, "sat"]].to_numpy(float).T, aweights=w)
    correlations = correlation_matrices(covariance[:, :, None], np.zeros((5, 1)))
    expected = block("ref_drivers.txt", start, "lmg first last")
    found = relative_weights(correlations, [[j] for j in range(4)])[:, 0]
    np.testing.assert_allclose(found, [expected[name][5] for name in names], rtol=1e-10)


def test_relative_weights_and_lmg_rank_cars_differently() -> None:
    # Printed by relaimpo for mpg ~ cyl + disp + hp + gear; correlations from the same data.
    cars = {
        "cyl": "6 6 4 6 8 6 8 4 4 6 6 8 8 8 8 8 8 4 4 4 4 8 8 8 8 4 4 4 8 6 8 4",
        "disp": "160 160 108 258 360 225 360 146.7 140.8 167.6 167.6 275.8 275.8 275.8 472 460 440 78.7 75.7 "
        "71.1 120.1 318 304 350 400 79 120.3 95.1 351 145 301 121",
        "gear": "4 4 4 3 3 3 3 4 4 4 4 3 3 3 3 3 3 4 4 4 3 3 3 3 3 4 5 5 5 5 5 4",
    }
    frame = pd.read_csv(GOLDENS / "mtcars.csv")
    for name, text in cars.items():
        frame[name] = [float(cell) for cell in text.split()]
    names = ["cyl", "disp", "hp", "gear"]
    r = np.corrcoef(frame[[*names, "mpg"]].to_numpy(float).T)[:, :, None]
    expected = block("ref_misc.txt", "== mtcars mpg ~ cyl", "lmg genizi car first")
    players = [[j] for j in range(4)]
    both = np.column_stack([lmg(r, players), relative_weights(r, players)])
    np.testing.assert_allclose(both, [expected[name][:2] for name in names], rtol=1e-10)
    assert both[:, 0].argmax() != both[:, 1].argmax()


def simulated(n: int, p: int, levels: int, seed: int) -> tuple[Floats, Integers]:
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, p)) + 0.7 * random.normal(size=(n, 1))
    level = x @ np.linspace(0.5, 0.0, p) + random.logistic(size=n)
    return x, np.digitize(level, np.quantile(level, np.arange(1, levels) / levels))


def test_each_subset_is_the_fit_of_its_own_columns() -> None:
    x, codes = simulated(300, 4, 4, seed=2)
    players = [[0], [1, 2], [3]]
    found = maximise_subsets(LevelData.of(x, codes, np.ones(300)), players, range(8))
    for subset in range(1, 8):
        inside = [c for j, player in enumerate(players) if subset >> j & 1 for c in player]
        alone = maximum(LevelData.of(x[:, inside], codes, np.ones(300)))
        # What remains after a step that promised less than 1e-9 is of the order of its 3/2th power.
        assert found.log_likelihood[subset] == pytest.approx(alone.log_likelihood[0], abs=1e-12)
        outside = [3 + c for c in range(4) if c not in inside]
        assert (found.values[subset, outside] == 0).all()


def test_drawn_orders_come_close_to_all_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    x, codes = simulated(300, 7, 2, seed=3)
    data, players = LevelData.of(x, codes, np.ones(300)), [[j] for j in range(7)]
    exact = link_dominance(data, players, list("abcdefg"))
    monkeypatch.setattr(pseudo_r2, "MOST_EXACT", 6)
    drawn = link_dominance(data, players, list("abcdefg"), seed=5)
    one, other = exact.measures["mcfadden"], drawn.measures["mcfadden"]
    assert exact.drawing_error == 0 < drawn.drawing_error
    # Seven comparisons stay within four of the largest error.
    assert np.abs(one.general - other.general).max() < 4 * drawn.drawing_error
    assert other.general.sum() == pytest.approx(one.value, rel=1e-9)
    assert other.conditional is None
    again = link_dominance(data, players, list("abcdefg"), seed=5)
    np.testing.assert_array_equal(other.general, again.measures["mcfadden"].general)


rows = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2), st.integers(1, 3)),
    min_size=30,
    max_size=45,
)


@settings(max_examples=12, deadline=None)
@given(rows)
def test_weights_repeat_rows_and_order_does_not_matter(drawn: list[tuple[int, int, int, int]]) -> None:
    x, codes = simulated(40, 2, 3, seed=len(drawn))
    more = np.array(drawn)
    x, codes = np.vstack([x, more[:, :2]]), np.append(codes, more[:, 2])
    w = np.append(np.ones(40, dtype=int), more[:, 3])
    again = np.random.default_rng(len(drawn)).permutation(np.repeat(np.arange(len(w)), w))
    players = [[0], [1]]
    one = link_dominance(LevelData.of(x, codes, w.astype(float)), players, ["a", "b"])
    other = link_dominance(LevelData.of(x[again], codes[again], np.ones(len(again))), players, ["a", "b"])
    for measure, found in one.measures.items():
        # The same sums in another order; a last step that promised less than 1e-9.
        np.testing.assert_allclose(found.general, other.measures[measure].general, atol=1e-11)


def test_dominance_prints_itself() -> None:
    found = dominance("drivers.csv", "churn", DRIVERS, ("mcfadden", "tjur"))
    assert found.summary().startswith("mcfadden 0.1563: coverage 33.9%, speed 19.9%")
    assert list(found.to_frame().columns) == ["mcfadden", "tjur"]
    assert found.log_likelihood * 480 == pytest.approx(-213.80418836, rel=1e-10)
