"""Moments with blanks equal the reference, lie where the likelihood is flat, and make up no answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.missing import ItemMoments, MissingRules, item_moments
from analysis.moment_guards import MomentsRefused
from analysis.sample import Booleans, Floats

GOLDENS = Path(__file__).parent / "goldens" / "survey"
ITEMS = [f"q{j}" for j in range(1, 7)]


@pytest.fixture(scope="module")
def answers() -> Floats:
    frame = pd.read_csv(GOLDENS / "survey.csv")
    return frame.loc[frame["wave"] == "2026Q3", ITEMS].to_numpy(dtype=np.float64)


@pytest.fixture(scope="module")
def weights() -> Floats:
    frame = pd.read_csv(GOLDENS / "survey.csv")
    return frame.loc[frame["wave"] == "2026Q3", "weight"].to_numpy(dtype=np.float64)


def drawn(seed: int, n: int = 90, k: int = 4, blank: float = 0.15) -> Floats:
    """Answers on 1–10 with a factor in common and blanks at random, every row with an answer."""
    rng = np.random.default_rng(seed)
    x = np.clip(np.round(6 + rng.normal(size=(n, 1)) + rng.normal(size=(n, k))), 1, 10)
    x[rng.random((n, k)) < blank] = np.nan
    x[~np.isfinite(x).any(axis=1), 0] = 5.0
    return x


def score(x: Floats, weights: Floats, found: ItemMoments) -> Floats:
    """Gradient of the observed log-likelihood per unit of weight, row by row, in standard units."""
    k = x.shape[1]
    by_mean, by_covariance = np.zeros(k), np.zeros((k, k))
    for row, weight in zip(x, weights, strict=True):
        seen = np.flatnonzero(np.isfinite(row))
        if seen.size:
            inverse = np.linalg.inv(found.covariance[np.ix_(seen, seen)])
            off = inverse @ (row[seen] - found.means[seen])
            by_mean[seen] += weight * off
            by_covariance[np.ix_(seen, seen)] += weight * (np.outer(off, off) - inverse) / 2
    sd = found.deviations
    return np.asarray(
        np.concatenate([by_mean * sd, (by_covariance * np.outer(sd, sd)).ravel()]) / weights.sum()
    )


def same(a: ItemMoments, b: ItemMoments, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(a.means, b.means, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(a.covariance, b.covariance, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(a.correlation, b.correlation, rtol=tolerance, atol=tolerance)


def test_em_equals_lavaan(answers: Floats) -> None:
    golden = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))["em"]
    found = item_moments(ITEMS, answers, np.ones(len(answers)))
    # The reference stops its iteration early; see the score below for how near the top ours is.
    np.testing.assert_allclose(found.means, [golden["mean"][q] for q in ITEMS], atol=1e-5)
    expected = [[golden["cov"][a][b] for b in ITEMS] for a in ITEMS]
    np.testing.assert_allclose(found.covariance, expected, atol=1e-5)
    assert (found.method, found.patterns, found.n) == ("em", 17, len(answers))
    assert found.blank == pytest.approx(np.isnan(answers).mean())
    assert found.summary().startswith(f"em, 6 items, n = {len(answers)}, ")


def test_em_ends_where_the_likelihood_is_flat(answers: Floats, weights: Floats) -> None:
    for w in (np.ones(len(answers)), weights):
        found = item_moments(ITEMS, answers, w)
        assert np.abs(score(answers, w, found)).max() < 1e-9


def test_without_blanks_all_three_are_the_plain_moments(answers: Floats, weights: Floats) -> None:
    kept = np.isfinite(answers).all(axis=1)
    x, w = answers[kept], weights[kept]
    plain = np.cov(x.T, aweights=w, ddof=0)
    for method in ("complete", "pairwise", "em"):
        found = item_moments(ITEMS, x, w, method=method)
        np.testing.assert_allclose(found.means, np.average(x, axis=0, weights=w), rtol=1e-12)
        np.testing.assert_allclose(found.covariance, plain, rtol=1e-10)
        sd = np.sqrt(np.diag(plain))
        np.testing.assert_allclose(found.correlation, plain / np.outer(sd, sd), rtol=1e-10)
        assert (found.n, found.blank, found.patterns, found.warnings) == (len(x), 0.0, 1, ())


def test_pairwise_equals_each_pair_by_itself(answers: Floats, weights: Floats) -> None:
    found = item_moments(ITEMS, answers, weights, method="pairwise")
    for i in range(6):
        for j in range(6):
            both = np.isfinite(answers[:, i]) & np.isfinite(answers[:, j])
            pair = np.cov(answers[both][:, [i, j]].T, aweights=weights[both], ddof=0)
            assert found.covariance[i, j] == pytest.approx(pair[0, 1], rel=1e-11)
            assert found.correlation[i, j] == pytest.approx(
                pair[0, 1] / np.sqrt(pair[0, 0] * pair[1, 1]), rel=1e-11
            )
            assert found.n_pairs[i, j] == both.sum()


def test_two_items_with_one_gapped_have_the_known_solution() -> None:
    # Anderson (1957): with y missing for some, regress y on x among the pairs, then use everybody's x.
    rng = np.random.default_rng(5)
    x = rng.normal(size=60)
    y = 0.6 * x + rng.normal(size=60)
    y[40:] = np.nan
    slope = np.cov(x[:40], y[:40])[0, 1] / np.var(x[:40], ddof=1)
    rest = np.var(y[:40] - slope * x[:40])
    found = item_moments(
        ["x", "y"], np.column_stack([x, y]), np.ones(60), rules=MissingRules(cells_blank=0.5)
    )
    assert found.means[1] == pytest.approx(y[:40].mean() + slope * (x.mean() - x[:40].mean()), rel=1e-9)
    assert found.covariance[1, 1] == pytest.approx(rest + slope**2 * np.var(x), rel=1e-9)
    assert found.covariance[0, 1] == pytest.approx(slope * np.var(x), rel=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["complete", "pairwise", "em"]))
def test_an_integer_weight_is_a_repeated_row_and_order_and_scale_do_not_matter(
    seed: int, method: Any
) -> None:
    x = drawn(seed)
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 4, len(x))
    w = counts.astype(np.float64)
    once = item_moments(list("abcd"), x, w, method=method, accept_loss=True)
    same(
        once,
        item_moments(
            tuple("abcd"),
            np.repeat(x, counts, axis=0),
            np.ones(counts.sum()),
            method=method,
            accept_loss=True,
        ),
    )
    order = rng.permutation(len(x))
    columns = rng.permutation(4)
    turned = item_moments(
        ["abcd"[j] for j in columns], x[order][:, columns], 7.3 * w[order], method=method, accept_loss=True
    )
    np.testing.assert_allclose(
        turned.covariance, once.covariance[np.ix_(columns, columns)], rtol=1e-9, atol=1e-9
    )


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_people_without_answers_change_nothing(seed: int) -> None:
    x = drawn(seed)
    more = np.vstack([x, np.full((5, 4), np.nan)])
    for method in ("complete", "pairwise", "em"):
        one = item_moments(list("abcd"), x, np.ones(len(x)), method=method, accept_loss=True)
        two = item_moments(list("abcd"), more, np.ones(len(more)), method=method, accept_loss=True)
        same(one, two)
        assert (one.n, one.blank, one.patterns) == (two.n, two.blank, two.patterns)


def routed(seed: int = 3) -> tuple[Floats, Booleans]:
    """Four items, the last put to every other person only; some due answers are missing."""
    x = drawn(seed, 200)
    structural = np.zeros(x.shape, dtype=bool)
    structural[::2, 3] = True
    x[::2, 3] = np.nan
    return x, structural


def test_what_was_not_asked_is_refused_by_name_in_every_method() -> None:
    x, structural = routed()
    for method in ("complete", "pairwise", "em"):
        with pytest.raises(MomentsRefused, match="d: no answer to have for 100 people") as refused:
            item_moments(list("abcd"), x, np.ones(200), structural=structural, method=method)
        assert (refused.value.reason, refused.value.values) == ("structural", {"items": "d", "people": 100})


def test_what_was_not_asked_is_left_out_as_the_caller_says_and_never_made_up() -> None:
    x, structural = routed()
    w = np.ones(200)
    without_item = item_moments(list("abcd"), x, w, structural=structural, routed="leave_items")
    assert (without_item.items, without_item.left_out, without_item.left_people) == (tuple("abc"), ("d",), 0)
    same(without_item, item_moments(list("abc"), x[:, :3], w))
    exposed = item_moments(list("abcd"), x, w, structural=structural, routed="leave_people")
    assert (exposed.items, exposed.left_out, exposed.left_people) == (tuple("abcd"), (), 100)
    same(exposed, item_moments(list("abcd"), x[1::2], w[1::2]))
    pairs = item_moments(list("abcd"), x, w, structural=structural, routed="pairs", method="pairwise")
    assert pairs.n_pairs[3].max() <= 100
    with pytest.raises(ValueError, match="use method='pairwise'"):
        item_moments(list("abcd"), x, w, structural=structural, routed="pairs")


def test_a_routed_item_is_no_blank() -> None:
    x, structural = routed()
    found = item_moments(
        list("abcd"), x, np.ones(200), structural=structural, routed="pairs", method="pairwise"
    )
    due = ~structural & np.isfinite(x).any(axis=1)[:, None]
    assert found.blank == pytest.approx(1 - np.isfinite(x[due]).mean())
    assert "item_blank" not in [key for key, _ in found.warnings]


def test_an_indefinite_pairwise_matrix_is_refused_and_em_offered() -> None:
    # Three pairs that cannot be: a goes with b, b with c, and a against c.
    nan = np.nan
    u = np.array([1.0, -1.0] * 20)
    x = np.vstack(
        [
            np.column_stack([u, u + 0.1 * np.roll(u, 1) * np.arange(40) / 40, np.full(40, nan)]),
            np.column_stack([np.full(40, nan), u, u + np.arange(40) / 100]),
            np.column_stack([u, np.full(40, nan), -u + np.arange(40) / 100]),
        ]
    )
    with pytest.raises(MomentsRefused, match="use method='em'") as refused:
        item_moments(list("abc"), x, np.ones(120), method="pairwise")
    assert refused.value.reason == "indefinite"
    assert float(refused.value.values["eigenvalue"]) < 0


def test_items_without_spread_are_marked_and_leave_the_others_alone() -> None:
    x = drawn(8)
    wide = np.column_stack([x, np.full(len(x), 7.0)])
    wide[3:9, 4] = np.nan
    for method in ("pairwise", "em"):
        found = item_moments(list("abcde"), wide, np.ones(len(x)), method=method)
        assert found.constant == ("e",)
        assert found.means[4] == 7.0
        assert not found.covariance[4].any()
        assert found.correlation[4, :4].tolist() == [0.0] * 4
        alone = item_moments(list("abcd"), x, np.ones(len(x)), method=method)
        np.testing.assert_allclose(found.covariance[:4, :4], alone.covariance, rtol=1e-9)


def test_a_copy_and_a_total_are_named() -> None:
    x = drawn(9)
    copy = np.column_stack([x, 100 - 3 * x[:, 1]])
    total = np.column_stack([drawn(9, blank=0.02), np.zeros(90)])
    total[:, 4] = total[:, :4].sum(axis=1)
    for table in (copy, total):
        with pytest.raises(MomentsRefused, match="e: fully determined") as refused:
            item_moments(list("abcde"), table, np.ones(90))
        assert (refused.value.reason, refused.value.values) == ("aliased", {"items": "e"})


@pytest.mark.parametrize(
    ("reason", "x", "method"),
    [
        ("too_few", np.full((6, 2), np.nan), "em"),
        ("too_few", np.array([[1.0, 2.0], [np.nan, 3.0], [2.0, np.nan]]), "complete"),
        ("unanswered", np.column_stack([np.arange(6.0), np.full(6, np.nan)]), "pairwise"),
        ("unseen_pair", np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, 3.0], [np.nan, 4.0]]), "pairwise"),
        (
            "many_blanks",
            np.where(np.arange(40).reshape(20, 2) % 3 > 0, np.arange(40.0).reshape(20, 2), np.nan),
            "em",
        ),
    ],
)
def test_too_little_is_refused_with_its_reason(reason: str, x: Floats, method: Any) -> None:
    with pytest.raises(MomentsRefused) as refused:
        item_moments(["a", "b"], x, np.ones(len(x)), method=method, accept_loss=True)
    assert refused.value.reason == reason


def test_losing_half_of_the_people_has_to_be_chosen() -> None:
    x = drawn(4, 200, 6, 0.2)
    with pytest.raises(MomentsRefused, match="accept_loss=True"):
        item_moments(ITEMS, x, np.ones(200), method="complete")
    chosen = item_moments(ITEMS, x, np.ones(200), method="complete", accept_loss=True)
    assert chosen.n == np.isfinite(x).all(axis=1).sum()
    assert dict(chosen.warnings)["rows_lost"]["share"] == pytest.approx(1 - chosen.n / 200)


def test_thin_items_and_pairs_are_warned_of() -> None:
    x = drawn(6, 120, 3, 0.0)
    x[:50, 1] = np.nan
    x[20:110, 2] = np.nan
    found = item_moments(list("abc"), x, np.ones(120), method="pairwise", rules=MissingRules(rows_lost=0.99))
    keys = [(key, values.get("item", values.get("second"))) for key, values in found.warnings]
    assert keys == [("item_blank", "b"), ("item_blank", "c"), ("pair_seen", "c"), ("pair_seen", "c")]
