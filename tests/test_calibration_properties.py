"""What holds of calibrated weights whatever the survey: rows, scales, repetitions, limits."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.calibration import NO_LIMITS, Calibration, CalibrationFaults, Limits, post_stratify, rake
from analysis.margins import Margin, crossed, margin
from analysis.sample import Floats

SIZES_DRAWN = (4, 3, 2)


def drawn(seed: int, n: int) -> tuple[Floats, list[Margin], np.random.Generator]:
    """Margins of three columns in which all combinations occur, with targets near the sample's."""
    rng = np.random.default_rng(seed)
    cell = np.concatenate([np.arange(24), rng.integers(0, 24, n)])
    columns = [cell % 4, cell // 4 % 3, cell // 12]
    parts = []
    for j, (column, size) in enumerate(zip(columns, SIZES_DRAWN, strict=True)):
        share = np.bincount(column, minlength=size) * rng.uniform(0.5, 2, size)
        targets = dict(zip("abcd"[:size], (100 * share / share.sum()).tolist(), strict=True))
        parts.append(margin(f"m{j}", ["abcd"[k] for k in column], targets))
    return rng.uniform(0.5, 2, len(cell)), parts, rng


def attempt(base: Floats, parts: list[Margin], limits: Limits) -> tuple[Calibration, set[str]]:
    """What was found, and for which kinds of fault it falls short."""
    try:
        return rake(base, parts, limits), set()
    except CalibrationFaults as error:
        found, codes = error.calibration, {str(finding.code) for finding in error.findings}
    assert found is not None
    return found, codes


def rows(parts: list[Margin], order: Any) -> list[Margin]:
    return [Margin(part.name, part.levels, part.targets, part.cells[order]) for part in parts]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 1000), st.sampled_from([NO_LIMITS, Limits(trim=4)]))
def test_rows_margins_and_scale_do_not_matter(seed: int, scale: float, limits: Limits) -> None:
    base, parts, rng = drawn(seed, 60)
    order = rng.permutation(len(base))
    one, wrong = attempt(base, parts, limits)
    two, others = attempt(scale * base[order], rows(parts, order)[::-1], limits)
    # Shares leave the sum of the base weights. Both stop within 1e-10 of the targets, if limits let them.
    if not wrong and not others:
        np.testing.assert_allclose(two.weights / scale, one.weights[order], rtol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_an_integer_weight_is_a_repeated_row(seed: int, times: int) -> None:
    base, parts, _ = drawn(seed, 30)
    counts = np.where(np.arange(len(base)) % 3 == 0, times, 1)
    again = np.repeat(np.arange(len(base)), counts)
    one = rake(counts.astype(np.float64), parts)
    two = rake(np.ones(len(again)), rows(parts, again))
    np.testing.assert_allclose(two.weights, (one.weights / counts)[again], rtol=1e-8)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([3.0, 4.0, 5.0]))
def test_margins_hold_and_no_limit_is_passed(seed: int, trim: float) -> None:
    base, parts, _ = drawn(seed, 80)
    # What the limits do not allow is told; the limits are kept all the same.
    nearest, codes = attempt(base, parts, Limits(trim=trim))
    assert codes == ({"not_met"} if nearest.unmet else set())
    assert nearest.cap is not None
    assert nearest.weights.max() <= nearest.cap * (1 + 1e-9)
    assert (nearest.weights > 0).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_post_stratifying_the_achieved_cells_changes_nothing(seed: int) -> None:
    """Raking to margins, then post-stratification on the raked table, is the same weights."""
    base, parts, _ = drawn(seed, 60)
    found = rake(base, parts)
    names = crossed([[part.levels[cell] for cell in part.cells] for part in parts])
    totals: dict[str, float] = {}
    for name, weight in zip(names, found.weights.tolist(), strict=True):
        totals[str(name)] = totals.get(str(name), 0.0) + weight
    np.testing.assert_allclose(
        post_stratify(base, margin("all", names, totals)).weights, found.weights, rtol=1e-8
    )
