"""How an item was answered: shares of codes, five bands from worst to best, blanks by kind.

What a newcomer gets wrong: shares are of those who answered. Blanks are counted beside them, by kind,
because "not asked" and "left empty" are different facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.design import Design, design_of
from analysis.estimate import LinearEstimates, comparisons, domain_means, side_by_side
from analysis.index import IndexTree
from analysis.results import Comparison, Distribution, TooFew
from analysis.sample import Booleans, Floats, Sample
from analysis.share_intervals import ShareInterval, shares
from analysis.tracking import hidden_items

Codes = npt.NDArray[np.int16]
Reason = Literal["disclosure", "complementary", "no_answers"]

BANDS = 5
# The kinds of blank by their codes, which stand in project files and never change meaning.
BLANK_KINDS: Mapping[int, str] = {
    -1: "blank",
    -2: "refused",
    -3: "dont_know",
    -4: "invalid",
    -5: "not_applicable",
    -6: "not_asked",
}


def band_codes(codes: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Group codes, worst first, in five bands by equal parts of the scale.

    A code belongs to the fifth of the scale in which the middle of its own part lies. Ten codes give
    two a band; eleven give 2, 2, 3, 2, 2, so that 0–10 ends in 7–8 and 9–10; five give one each; seven
    give 1, 2, 1, 2, 1. Two codes are the worst and the best band. A band may be empty.

    >>> band_codes(range(1, 11))
    ((1, 2), (3, 4), (5, 6), (7, 8), (9, 10))
    >>> band_codes(range(11))
    ((0, 1), (2, 3), (4, 5, 6), (7, 8), (9, 10))
    """
    count = len(codes)
    if count < 2:
        raise ValueError(f"A scale needs at least two codes, found {list(codes)}.")
    place = [0, BANDS - 1] if count == 2 else [BANDS * (2 * j + 1) // (2 * count) for j in range(count)]
    return tuple(
        tuple(code for code, band in zip(codes, place, strict=True) if band == wanted)
        for wanted in range(BANDS)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """One item in one wave: top and bottom indicators with their linearised columns."""

    top: LinearEstimates
    bottom: LinearEstimates
    n: int


def item_distributions(
    sample: Sample,
    codes: Mapping[str, Sequence[int]],
    level: float = 0.95,
    fdr: float = 0.05,
    *,
    interval: ShareInterval = "logit",
    disclosure_limit: int = 10,
    tree: IndexTree | None = None,
) -> tuple[Distribution, ...]:
    """How items were answered in the last wave of the sample.

    Parameters
    ----------
    codes : item -> codes of its scale from the worst answer to the best (descending for a reversed item).
    tree : the index that is printed beside; items that would give a small one away through it show
        nothing either.

    The shares of the two best and of the two worst bands have intervals by the method ``interval``, and
    their changes from the wave before are tested: the best of all items are one family, the worst
    another, in which a fall is better. An item with fewer than ``disclosure_limit`` answers shows nothing: no
    shares, no bands, ``TooFew`` for top and bottom.

    Raises
    ------
    ValueError
        If an answer is no code of its scale.
    """
    design, waves = design_of(sample), sample.waves
    now = {item: _count(sample, design, item, scale, waves[-1]) for item, scale in codes.items()}
    before = (
        {item: _count(sample, design, item, scale, waves[-2]) for item, scale in codes.items()}
        if len(waves) > 1
        else {}
    )
    hidden = _hidden(sample, now, waves[-1], tree, disclosure_limit)
    hidden_before = _hidden(sample, before, waves[-2], tree, disclosure_limit) if before else {}
    both = [item for item in before if item not in hidden and item not in hidden_before]
    changes = _changes([now[item] for item in both], [before[item] for item in both], level, fdr)
    moved = dict(zip(both, changes, strict=True))
    return tuple(
        _distribution(
            sample, item, scale, now[item], moved.get(item, (None, None)), level, interval, hidden.get(item)
        )
        for item, scale in codes.items()
    )


def _hidden(
    sample: Sample, counted: Mapping[str, _Counted], wave: str, tree: IndexTree | None, limit: int
) -> dict[str, Reason]:
    """Items that show nothing in a wave: few answers, or a complement of one with few."""
    found: dict[str, Reason] = dict(hidden_items(sample, tree, wave, limit)) if tree else {}
    for item, found_here in counted.items():
        if found_here.n < limit:
            found[item] = "disclosure" if found_here.n else "no_answers"
    return found


def _count(sample: Sample, design: Design, item: str, scale: Sequence[int], wave: str) -> _Counted:
    position = sample.items.index(item)
    given, bands = sample.codes[:, position], band_codes(scale)
    unknown = np.setdiff1d(given[given >= 0], np.asarray(scale))
    if len(unknown):
        raise ValueError(f"Answers {unknown.tolist()} to {item!r} are no codes of its scale {list(scale)}.")
    domain = sample.in_wave(wave) & ~sample.structural[:, position]
    top, bottom = (
        domain_means(design, _share_column(given, chosen), domain)
        for chosen in (bands[-1] + bands[-2], bands[0] + bands[1])
    )
    return _Counted(top, bottom, int(top.n[0]))


def _share_column(given: Codes, chosen: Sequence[int]) -> Floats:
    """Return 1 where an answer is one of the chosen codes, 0 for others, nan for a blank, (n, 1)."""
    return np.where(given < 0, np.nan, np.isin(given, chosen))[:, None]


def _changes(
    now: Sequence[_Counted], before: Sequence[_Counted], level: float, fdr: float
) -> list[tuple[Comparison | None, Comparison | None]]:
    """Changes of the top and of the bottom share of each item."""
    if not now:
        return []
    later, earlier = side_by_side([c.top for c in now]), side_by_side([c.top for c in before])
    top = comparisons(later.minus(earlier), level, fdr)
    later, earlier = side_by_side([c.bottom for c in now]), side_by_side([c.bottom for c in before])
    bottom = comparisons(later.minus(earlier), level, fdr, higher_is_better=False)
    return list(zip(top, bottom, strict=True))


def _distribution(
    sample: Sample,
    item: str,
    scale: Sequence[int],
    counted: _Counted,
    changes: tuple[Comparison | None, Comparison | None],
    level: float,
    interval: ShareInterval,
    hidden: Reason | None,
) -> Distribution:
    rows = sample.in_wave(sample.waves[-1])
    given = sample.codes[rows, sample.items.index(item)]
    shown = hidden is None
    weight = np.array([sample.weights[rows][given == code].sum() for code in scale])
    portions = tuple((weight / weight.sum()).tolist()) if shown else ()
    bands = band_codes(scale)
    by_code = dict(zip(scale, portions, strict=True)) if shown else {}
    return Distribution(
        item=item,
        codes=tuple(scale),
        shares=portions,
        bands=tuple(float(sum(by_code[code] for code in band)) for band in bands) if shown else (),
        band_codes=bands,
        top=shares(counted.top, level, interval)[0] if hidden is None else TooFew(counted.n, hidden),
        bottom=shares(counted.bottom, level, interval)[0] if hidden is None else TooFew(counted.n, hidden),
        top_change=changes[0],
        bottom_change=changes[1],
        n=counted.n,
        blanks=blank_counts(sample.codes[rows, sample.items.index(item)]),
    )


def blank_counts(codes: Codes) -> dict[str, int]:
    """Count blanks by kind; kinds that do not occur are absent."""
    kinds, counts = np.unique(codes[codes < 0], return_counts=True)
    return {BLANK_KINDS[int(kind)]: int(count) for kind, count in zip(kinds, counts, strict=True)}


def straightliners(scores: Floats, codes: Codes, fewest: int = 5) -> Booleans:
    """Who gave one and the same code to all of at least ``fewest`` answered items, (n,).

    ``scores`` and ``codes`` are (n, k) of items on one scale. A flag is no verdict: content customers
    exist. Nobody is removed for it.
    """
    answered = np.isfinite(scores)
    lowest = np.where(answered, codes, np.iinfo(np.int16).max).min(axis=1)
    highest = np.where(answered, codes, np.iinfo(np.int16).min).max(axis=1)
    return np.asarray((answered.sum(axis=1) >= fewest) & (lowest == highest))
