"""Margins: what is known of the population, and whether a sample can be brought to it.

A margin names the cells of one column, or of several crossed, with the number or share of people that the
population has in each. Everything that makes a calibration impossible is found here, all at once and before
anything is computed.

What a newcomer gets wrong: margins from different sources count different populations. They must add up to
one total, or there are no weights that meet them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from analysis.sample import Floats, Integers

Code = Literal[
    # what blocks a calibration
    "base_weight",
    "blank",
    "empty_cell",
    "limits",
    "no_target",
    "not_converged",
    "not_met",
    "target",
    "target_zero",
    "totals_differ",
    # what is warned of
    "deff",
    "limited",
    "small_cell",
    "spread",
]

# Shares as people write them, 33.3 % three times, add up to 1 or 100 within this part.
SHARE_ROUNDING = 0.005
# Counts that were added up by different people agree to the digit or do not agree.
TOTAL_ROUNDING = 1e-6

CROSSING = " × "

_SENTENCES: Mapping[str, str] = {
    "base_weight": "{n} of {of} base weights are not positive numbers",
    "blank": "{n} respondents have no value of {margin!r}; declare the target of a cell for unknown",
    "empty_cell": "{margin!r} has {target:g} people in {level!r} and no respondent; merge it with another",
    "limits": "the limits of weights leave no room between {low:.4g} and {high:.4g}",
    "no_target": "{n} respondents have {level!r} of {margin!r}, for which there is no target",
    "not_converged": "{margin!r} keeps moving after {sweeps} sweeps, last {deviation:+.2%} in {level!r}",
    "not_met": "within the limits of weights {margin!r} misses its target by {deviation:+.2%} in {level!r}",
    "target": "the target {target!r} of {level!r} in {margin!r} is no positive number",
    "target_zero": "{margin!r} has nobody in {level!r}, but {n} respondents are there",
    "totals_differ": "margins have different totals: {totals}",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a calibration that has to be said: a code, and the values its sentence needs."""

    code: Code
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """Targets of one margin and where every respondent belongs.

    Attributes
    ----------
    name : the column, or the columns joined by ``CROSSING``.
    levels : (L,) names of the cells.
    targets : (L,) totals or shares of the population, nan for a cell that has none.
    cells : (n,) position of each respondent's cell among ``levels``, −1 for a blank.
    """

    name: str
    levels: tuple[str, ...]
    targets: Floats
    cells: Integers

    @property
    def counts(self) -> Integers:
        """Respondents in every cell, (L,)."""
        return np.bincount(self.cells[self.cells >= 0], minlength=len(self.levels))


def margin(
    name: str, values: Sequence[object], targets: Mapping[str, float], *, unknown: str | None = None
) -> Margin:
    """Return a margin made of the value of every respondent and the target of every level.

    A blank (``None`` or nan) belongs to the level ``unknown`` if one is named, whose target is then known
    like any other. A level that occurs in the data but has no target is kept, so that it can be told.

    >>> margin("tier", ["a", "b", "b"], {"a": 10, "b": 30}).cells.tolist()
    [0, 1, 1]
    """
    blank = unknown if unknown is not None else ""
    texts = [blank if value is None or value != value else str(value) for value in values]
    extra = sorted({text for text in texts if text and text not in targets})
    levels = (*targets, *extra)
    place = {level: cell for cell, level in enumerate(levels)}
    return Margin(
        name,
        levels,
        np.array([*targets.values(), *(np.nan for _ in extra)], dtype=np.float64),
        np.array([place.get(text, -1) for text in texts], dtype=np.int64),
    )


def crossed(columns: Sequence[Sequence[object]], *, unknown: str | None = None) -> list[str | None]:
    """Return the cell of every respondent in the crossing of several columns; ``None`` with a blank in it.

    >>> crossed([["a", "b"], ["x", None]])
    ['a × x', None]
    """
    parts = [[unknown if value is None or value != value else str(value) for value in c] for c in columns]
    return [None if None in row else CROSSING.join(map(str, row)) for row in zip(*parts, strict=True)]


def common_targets(base: Floats, margins: Sequence[Margin]) -> list[Floats]:
    """Return targets of all margins on one total: shares are scaled to it, totals stay as they are.

    Where all margins are shares, which add up to 1 or 100 but for rounding, the total is that of the base
    weights.
    """
    sums = [float(np.nansum(part.targets)) for part in margins]
    totals = [total for total in sums if not _share(total)]
    one = totals[0] if totals else float(base.sum())
    return [part.targets * (one / total) for part, total in zip(margins, sums, strict=True)]


def faults(base: Floats, margins: Sequence[Margin]) -> tuple[Finding, ...]:
    """Return everything for which no weights can meet the margins, or for which they are not well defined.

    Base weights that are not positive; respondents without a value; targets that are no positive number;
    people without a respondent and respondents without a target; margins with different totals.
    """
    found: list[Finding] = []
    bad = int((~(np.isfinite(base) & (base > 0))).sum())
    if bad:
        found.append(Finding("base_weight", {"n": bad, "of": len(base)}))
    for part in margins:
        if blank := int((part.cells < 0).sum()):
            found.append(Finding("blank", {"margin": part.name, "n": blank}))
        found += _cell_faults(part)
    totals = {part.name: float(np.nansum(part.targets)) for part in margins}
    told = {name: total for name, total in totals.items() if not _share(total)}
    if told and max(told.values()) - min(told.values()) > TOTAL_ROUNDING * abs(max(told.values())):
        found.append(
            Finding(
                "totals_differ",
                {"totals": ", ".join(f"{k} {v:g}" for k, v in told.items())} | {"margins": told},
            )
        )
    return tuple(found)


def sentence(finding: Finding) -> str:
    """Return what blocks a calibration as an English sentence, for a notebook."""
    return _SENTENCES[finding.code].format(**finding.values)


def repeated(names: Sequence[str]) -> list[str]:
    """Names that occur more than once, in order."""
    return [name for name, count in Counter(names).items() if count > 1]


def _cell_faults(part: Margin) -> list[Finding]:
    found: list[Finding] = []
    for level, target, n in zip(part.levels, part.targets.tolist(), part.counts.tolist(), strict=True):
        values = {"margin": part.name, "level": level, "target": target, "n": n}
        if np.isnan(target):
            found.append(Finding("no_target", values))
        elif not 0 <= target < np.inf:
            found.append(Finding("target", values))
        elif target == 0 and n:
            found.append(Finding("target_zero", values))
        elif target > 0 and not n:
            found.append(Finding("empty_cell", values))
    return found


def _share(total: float) -> bool:
    return any(abs(total / whole - 1) <= SHARE_ROUNDING for whole in (1.0, 100.0))
