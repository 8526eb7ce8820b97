"""Cross-tables equal R survey, name only cells that differ, and give nobody away."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import CrossTable, Sample, cross_table, sample_from_frame, two_way
from analysis.design import Design
from analysis.estimate import domain_means, estimates
from analysis.results import Estimate, TooFew
from analysis.sample import Groups, Integers
from analysis.suppression import hidden_cells, hidden_groups
from analysis.tables import TableCell, answer_groups

GOLDENS = Path(__file__).parent / "goldens" / "survey"
LIMIT = 10


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.read_csv(GOLDENS / "survey.csv").assign(
        again=lambda d: d["repurchase"].map({0: "no", 1: "yes"})
    )


@pytest.fixture(scope="module")
def sample(frame: pd.DataFrame) -> Sample:
    return sample_from_frame(
        frame,
        ["q1", "q5"],
        scale=(1, 10),
        weights="weight",
        cluster="account",
        strata="province",
        wave="wave",
        segments=["size", "again", "province"],
    )


def cell(table: CrossTable, row: str, column: str) -> TableCell:
    r = [line.value for line in table.rows].index(row)
    c = [line.value for line in table.columns].index(column)
    found = table.cells[r][c]
    assert isinstance(found, TableCell)
    return found


def known(estimate: Estimate | TooFew) -> Estimate:
    assert isinstance(estimate, Estimate)
    return estimate


def test_the_test_equals_svychisq(sample: Sample) -> None:
    golden = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))["chisq"]
    for what, by in (("again", "size"), ("size", "again")):
        found = cross_table(sample, what, by).test
        assert found is not None
        # Both sides are closed form; the reference is printed with 15 digits.
        np.testing.assert_allclose(
            [found.f, found.ndf, found.ddf, found.p],
            [golden["F"], golden["ndf"], golden["ddf"], golden["p"]],
            rtol=1e-10,
        )


def test_shares_of_rows_and_columns_are_domain_means(sample: Sample, frame: pd.DataFrame) -> None:
    table = cross_table(sample, "again", "size")
    late = frame[frame["wave"] == "2026Q3"]
    large, yes = late["size"] == "large", late["again"] == "yes"
    found = cell(table, "large", "yes")
    assert found.n == int((large & yes).sum())
    weight = late["weight"]
    assert found.share == pytest.approx(weight[large & yes].sum() / weight.sum(), rel=1e-12)
    assert known(found.row_share).value == pytest.approx(weight[large & yes].sum() / weight[large].sum())
    assert known(found.column_share).value == pytest.approx(weight[large & yes].sum() / weight[yes].sum())
    design = Design(
        frame["weight"].to_numpy(dtype=np.float64),
        pd.factorize(frame["province"])[0].astype(np.int64),
        pd.factorize(frame["account"])[0].astype(np.int64),
    )
    domain = ((frame["wave"] == "2026Q3") & (frame["size"] == "large")).to_numpy()
    mean = known(estimates(domain_means(design, (frame[["again"]] == "yes").to_numpy(float), domain))[0])
    assert known(found.row_share).se == pytest.approx(mean.se, rel=1e-12)
    assert sum(known(line.share).value for line in table.rows) == pytest.approx(1.0)
    assert [line.n for line in table.rows] == [int((late["size"] == line.value).sum()) for line in table.rows]


def test_answers_are_put_in_bands_and_blanks_left_out(sample: Sample, frame: pd.DataFrame) -> None:
    table = cross_table(sample, "q5", "size", scale=range(1, 11))
    assert [line.value for line in table.columns] == ["1–2", "3–4", "5–6", "7–8", "9–10"]
    late = frame[frame["wave"] == "2026Q3"]
    assert table.left_out == int(late["q5"].isna().sum())
    assert table.n == len(late) - table.left_out
    top = cell(table, "small", "9–10")
    assert top.n == int(((late["size"] == "small") & (late["q5"] >= 9)).sum())
    turned = answer_groups(sample, "q5", range(10, 0, -1))
    assert turned.values == ("9–10", "7–8", "5–6", "3–4", "1–2")
    with pytest.raises(ValueError, match="are no codes of its scale"):
        answer_groups(sample, "q5", range(1, 6))
    with pytest.raises(ValueError, match="no segment 'sise'"):
        cross_table(sample, "q5", "sise")


def test_independent_people_give_pearson() -> None:
    rng = np.random.default_rng(4)
    n = 300
    rows, columns = rng.integers(0, 3, n), rng.integers(0, 4, n)
    design = Design(np.ones(n), np.zeros(n, dtype=np.int64), np.arange(n))
    found = two_way(design, named(rows, "r"), named(columns, "c")).test
    pearson = stats.chi2_contingency(pd.crosstab(rows, columns), correction=False)
    assert found is not None
    # The design's covariance is n/(n − 1) times that of simple random sampling, in every direction.
    assert found.f * 6 * n / (n - 1) == pytest.approx(pearson.statistic, rel=1e-10)
    assert (found.ndf, found.ddf) == (pytest.approx(6.0), pytest.approx(6.0 * (n - 1)))


def named(codes: Integers, letter: str) -> Groups:
    return Groups(tuple(f"{letter}{j}" for j in range(int(codes.max()) + 1)), codes.astype(np.int64))


def test_a_cell_that_stands_out_is_marked_and_others_are_not() -> None:
    rng = np.random.default_rng(6)
    n = 2000
    rows = rng.integers(0, 4, n)
    columns = np.where((rows == 2) & (rng.random(n) < 0.3), 1, rng.integers(0, 3, n))
    design = Design(rng.uniform(0.5, 2, n), np.zeros(n, dtype=np.int64), np.arange(n))
    table = two_way(design, named(rows, "r"), named(columns, "c"))
    assert cell(table, "r2", "c1").against == "more"
    assert cell(table, "r2", "c0").against == "fewer"
    tested = [found for row in table.cells for found in row if isinstance(found, TableCell)]
    assert all((found.q or 0) >= (found.p or 0) for found in tested)
    assert all((found.residual or 0) > 0 for found in tested if found.against == "more")


def test_a_cell_by_hand() -> None:
    # Half of 40 in either row; 15 of row 0 and 5 of row 1 say yes: 0.375 − 0.5 · 0.5 = 0.125.
    rows, columns = np.repeat([0, 1], 20), np.r_[np.repeat([0, 1], [15, 5]), np.repeat([0, 1], [5, 15])]
    design = Design(np.ones(40), np.zeros(40, dtype=np.int64), np.arange(40))
    found = cell(two_way(design, named(rows, "r"), named(columns, "c"), people=False), "r0", "c0")
    z = ((rows == 0) - 0.5) * ((columns == 0) - 0.5) - 0.125
    assert found.residual == pytest.approx(0.125 / np.sqrt(40 / 39 * (z**2).sum()) * 40, rel=1e-12)


def test_empty_rows_and_cells_are_no_obstacle() -> None:
    rng = np.random.default_rng(2)
    province = rng.integers(0, 6, 400)
    region = province // 2  # two thirds of the cells are empty
    design = Design(np.ones(400), np.zeros(400, dtype=np.int64), np.arange(400))
    table = two_way(design, Groups(("never", *"abcdef"), province + 1), named(region, "r"))
    assert table.test is not None
    assert table.test.p < 1e-10
    assert (table.rows[0].n, known(table.rows[0].share).value) == (0, 0.0)
    alone = two_way(design, named(province, "p"), Groups(("all",), np.zeros(400, dtype=np.int64)))
    assert alone.test is None


def test_small_cells_and_their_complements_are_not_shown(sample: Sample) -> None:
    table = cross_table(sample, "province", "size", disclosure_limit=22)
    small = [found for row in table.cells for found in row if isinstance(found, TooFew)]
    assert table.hidden == len(small) >= 4
    assert {found.reason for found in small} == {"disclosure", "complementary"}
    assert cross_table(sample, "q1", "size", disclosure_limit=22).hidden == 0


counts = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).choice([0, 1, 3, 6, 12, 25, 60], (4, 4))
)


@settings(max_examples=30, deadline=None)
@given(counts)
def test_no_line_gives_a_small_cell_away(table: Integers) -> None:
    people = np.repeat(np.arange(16), table.ravel())
    names = tuple("0123")
    segments = {"rows": Groups(names, people // 4), "columns": Groups(names, people % 4)}
    found = hidden_groups(segments, np.ones(len(people), dtype=bool), LIMIT)
    gone = [{int(value): reason for value, reason in found[way].items()} for way in segments]
    hidden = hidden_cells(table, LIMIT, *gone)
    cells = np.eye(16).reshape(4, 4, 16)
    lines = [cells[r].sum(axis=0) for r in range(4) if r not in gone[0]]
    lines += [cells[:, c].sum(axis=0) for c in range(4) if c not in gone[1]]
    open_ = [cells[r, c] for r, c in np.ndindex(4, 4) if (r, c) not in hidden]
    # That nobody is in a cell is known: what can be worked out concerns the others.
    used = np.flatnonzero(table.ravel())
    shown = np.array([*lines, *open_]).reshape(-1, 16)[:, used]
    rank = np.linalg.matrix_rank(shown) if shown.size else 0
    for r, c in np.ndindex(4, 4):
        if 0 < table[r, c] < LIMIT:
            assert (r, c) in hidden
            assert np.linalg.matrix_rank(np.vstack([shown, cells[r, c][used]])) == rank + 1
    for line in lines:
        places = [(r, c) for r, c in np.ndindex(4, 4) if line @ cells[r, c] and table[r, c]]
        left = sum(int(table[place]) for place in places if place in hidden)
        assert left == 0 or left >= LIMIT or all(place in hidden for place in places)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_order_names_and_repetition_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 120
    cluster = np.concatenate([np.arange(20), rng.integers(0, 20, n - 20)])
    rows, columns = rng.integers(0, 3, n), rng.integers(-1, 3, n)
    weights = rng.integers(1, 4, n)
    one = two_way(
        Design(weights.astype(float), cluster % 2, cluster),
        named(rows, "r"),
        named(columns, "c"),
        people=False,
    )
    again = np.repeat(rng.permutation(n), weights[rng.permutation(n)])
    order = rng.permutation(n)
    again = np.repeat(order, weights[order])
    turned = Groups(("z", "y", "x"), 2 - rows[again])
    two = two_way(
        Design(np.ones(len(again)), cluster[again] % 2, cluster[again]),
        turned,
        named(columns[again], "c"),
        people=False,
    )
    assert one.test is not None
    assert two.test is not None
    # Repetition only repeats people inside their clusters; sums are in another order.
    np.testing.assert_allclose([two.test.f, two.test.ndf], [one.test.f, one.test.ndf], rtol=1e-8)
    assert two.test.ddf / two.test.ndf == pytest.approx(one.test.ddf / one.test.ndf)
    for r, name in enumerate("xyz"):
        for c in range(3):
            a, b = cell(one, f"r{r}", f"c{c}"), cell(two, name, f"c{c}")
            assert b.share == pytest.approx(a.share, rel=1e-10, abs=1e-12)
            assert b.residual == pytest.approx(a.residual, rel=1e-6, abs=1e-8)
