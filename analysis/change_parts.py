r"""A change of means taken apart: what groups' own means did, and what the mix of groups did.

With shares :math:`\pi_g` and means :math:`m_g` of groups in two waves,

.. math:: m^1 - m^0 = \sum_g \bar\pi_g (m^1_g - m^0_g) + \sum_g (\bar m_g - \bar m)(\pi^1_g - \pi^0_g)

exactly, bars for the mean of both waves. Everything is kept by group and column until it is summed, so
that the same contributions serve columns (items), groups, and any sum of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.sample import Booleans, Floats, Integers


class Columns(NamedTuple):
    """Values (m,) and the linearised contributions of all respondents to them, (n, m)."""

    values: Floats
    z: Floats

    def plus(self, other: Columns) -> Columns:
        """Return the sum, column by column."""
        return Columns(self.values + other.values, self.z + other.z)

    def times(self, factor: Floats | float) -> Columns:
        """Return every column times its factor."""
        return Columns(self.values * factor, self.z * factor)

    def summed(self, matrix: Floats) -> Columns:
        """Return sums of columns, ``matrix`` (m, s)."""
        return Columns(self.values @ matrix, self.z @ matrix)


@dataclass(frozen=True, slots=True, eq=False)
class GroupPart:
    """One part of a change of k means, by group.

    ``values`` (G, k). A respondent's contribution to group g and column j is ``own`` (n, k) if g is the
    respondent's group, plus ``reach`` (n, k) times ``common[t]`` (G, k) of the respondent's wave t, plus
    ``away`` (n, k) times ``lean`` (G, k), which sums to zero over the groups.
    """

    values: Floats
    own: Floats
    reach: Floats
    common: Floats
    away: Floats
    lean: Floats
    codes: Integers
    later: Booleans

    def by_column(self) -> Columns:
        """Sum over the groups, (k,)."""
        common = self.common.sum(axis=1)[self.later.astype(np.int64)]
        return Columns(self.values.sum(axis=0), self.own + self.reach * common)

    def by_group(self, scale: Floats) -> Columns:
        """Sum over the columns, each times its ``scale`` (k,), for every group, (G,)."""
        scaled = self.reach * scale
        z = np.where(self.later[:, None], scaled @ self.common[1].T, scaled @ self.common[0].T)
        z += (self.away * scale) @ self.lean.T
        z[np.arange(len(z)), self.codes] += self.own @ scale
        return Columns(self.values @ scale, z)


def split_change(
    weights: Floats, x: Floats, codes: Integers, groups: int, waves: tuple[Booleans, Booleans]
) -> tuple[GroupPart, GroupPart]:
    r"""Take the change of weighted means of ``x`` (n, k) apart: the groups' own means, and their mix.

    Parameters
    ----------
    weights : (n,).
    x : nan where there is no answer; every column on its own base.
    codes : (n,) group of every respondent, 0 to ``groups`` − 1; everybody has one.
    waves : (n,) rows of the earlier and of the later wave. Other rows contribute nothing.

    Notes
    -----
    A group without answers to a column in one of the waves keeps the mean that it has in the other: all
    that it changes is the mix.
    """
    cells = [_cells(weights, x, codes, groups, rows) for rows in waves]
    both = cells[0].present & cells[1].present
    means = [np.where(one.present, one.means, other.means) for one, other in (cells, cells[::-1])]
    moved = np.where(both, means[1] - means[0], 0.0)
    middle = (means[0] + means[1]) / 2
    shares = (cells[0].shares + cells[1].shares) / 2
    shifted = cells[1].shares - cells[0].shares
    away = middle - (cells[0].overall + cells[1].overall) / 2
    later = waves[1]
    sign = np.where(later, 1.0, -1.0)[:, None]
    # z of a group's mean, and of its share: w/W_gj (x − m_gj), and w/W_j (own group or not − π_gj).
    of_mean = cells[0].deviations + cells[1].deviations
    reach = cells[0].reach + cells[1].reach
    of_whole = (cells[0].whole + cells[1].whole) / 2
    known = cells[0].present.astype(np.float64) + cells[1].present
    score = GroupPart(
        shares * moved,
        sign * (shares * both)[codes] * of_mean + moved[codes] / 2 * reach,
        reach,
        np.stack([-moved / 2 * one.shares for one in cells]),
        of_whole,
        np.zeros_like(moved),
        codes,
        later,
    )
    mix = GroupPart(
        away * shifted,
        (shifted / np.maximum(known, 1))[codes] * of_mean + sign * away[codes] * reach,
        reach,
        np.stack([away * cells[0].shares, -away * cells[1].shares]),
        of_whole,
        -shifted,
        codes,
        later,
    )
    return score, mix


class _Cells(NamedTuple):
    """One wave: (G, k) means, shares and presence, overall means (k,), and (n, k) contributions to them."""

    means: Floats
    shares: Floats
    present: Booleans
    overall: Floats
    deviations: Floats
    whole: Floats
    reach: Floats


def _cells(weights: Floats, x: Floats, codes: Integers, groups: int, rows: Booleans) -> _Cells:
    base = np.isfinite(x) & rows[:, None]
    w = np.where(base, weights[:, None], 0.0)
    filled = np.where(base, x, 0.0)
    weight, total = _by_group(w, codes, groups), _by_group(w * filled, codes, groups)
    present = weight > 0
    means = total / np.where(present, weight, 1.0)
    everybody = weight.sum(axis=0)
    safe = np.where(everybody > 0, everybody, 1.0)
    overall = total.sum(axis=0) / safe
    return _Cells(
        means,
        weight / safe,
        present,
        overall,
        np.where(base, w * (filled - means[codes]) / np.where(present, weight, 1.0)[codes], 0.0),
        w / safe * (filled - overall),
        w / safe,
    )


def _by_group(values: Floats, codes: Integers, groups: int) -> Floats:
    found = [np.bincount(codes, weights=column, minlength=groups) for column in values.T]
    return np.column_stack(found)
