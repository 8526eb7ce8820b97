"""Which figures may be shown, so that no small group can be seen or worked out.

Hiding a small group is not enough: the total less all the other groups gives it away. So a figure is
also hidden when the shown ones would reveal a small one, the smallest first. Three ways of working a
group out are closed: what is left of a total or of a larger group when shown groups are taken away,
any linear combination of shown figures (several breakdowns at once, a branch less its siblings), and
a change next to the figure of another wave (see ``analysis.tracking``, which shows a change only where
both waves show the group).

What a newcomer gets wrong: respondents who belong to no group are a remainder too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from analysis.sample import Booleans, Floats, Groups, Integers

Hidden = Literal["disclosure", "complementary"]

# Coefficients and residuals below this are rounding of a least-squares solution on 0/1 vectors.
ROUNDING = 1e-7


def derivable(shown: Floats, figure: Floats) -> bool:
    """Whether a figure (a,) is a linear combination of the shown ones (f, a).

    Figures are written as sums over atoms, the smallest cells that no figure divides: a group of
    people is a vector of 0 and 1, a branch of an index the weights of its leaves. What holds for the
    vectors holds for the n and the totals of scores alike.
    """
    return _recipes(shown, figure[None])[0] is not None


def protect_figures(
    figures: Floats,
    counts: Sequence[int],
    families: Sequence[object],
    limit: int,
    *,
    fixed: Collection[int],
    hidden: Mapping[int, Hidden] | None = None,
) -> dict[int, Hidden]:
    """Hide figures under the limit, and those that would let one of them be worked out.

    Parameters
    ----------
    figures : (f, a) each figure over atoms.
    counts : (f,) respondents behind each.
    families : (f,) siblings share a family; the complement is looked for there first.
    fixed : positions of the totals, which are shown whatever happens.
    hidden : figures that are hidden already, for another reason.

    Returns
    -------
    Position of every hidden figure and why. Figures without respondents are not listed: there is
    nothing to protect.
    """
    small = [j for j, n in enumerate(counts) if 0 < n < limit and j not in fixed]
    found: dict[int, Hidden] = {**(hidden or {}), **dict.fromkeys(small, "disclosure")}
    while (leak := _first_leak(figures, small, found, counts, families, fixed)) is not None:
        found[leak] = "complementary"
    return found


def hidden_cells(
    counts: Integers,
    limit: int,
    hidden_rows: Mapping[int, Hidden] | None = None,
    hidden_columns: Mapping[int, Hidden] | None = None,
) -> dict[tuple[int, int], Hidden]:
    """Return the cells (row, column) of a table of respondents (R, C) that may not be shown, and why.

    Totals of rows and columns are shown, except those that are hidden, none of whose cells is. A cell
    with fewer than ``limit`` respondents is hidden, and others with it, the smallest first and in its own row
    if possible, until no line gives away too small a remainder and no combination of lines a small cell.
    """
    rows, columns = counts.shape
    gone = (hidden_rows or {}, hidden_columns or {})
    names = [(r, c) for r in range(rows) for c in range(columns)]
    atoms = np.eye(len(names)).reshape(len(names), rows, columns)
    totals = [atoms[:, r].sum(axis=1) for r in range(rows) if r not in gone[0]]
    totals += [atoms[:, :, c].sum(axis=1) for c in range(columns) if c not in gone[1]]
    figures = np.vstack([np.eye(len(names)), *totals])
    sizes = [int(n) for n in figures @ counts.ravel()]
    figures = figures[:, counts.ravel() > 0]  # That nobody is in a cell is no secret.
    families = [r for r, _ in names] + [None] * len(totals)
    fixed = range(len(names), len(figures))
    found: dict[int, Hidden] = {}
    for j, (r, c) in enumerate(names):
        if sizes[j] and (reason := gone[0].get(r) or gone[1].get(c)):
            found[j] = reason
    while True:
        found = protect_figures(figures, sizes, families, limit, fixed=fixed, hidden=found)
        spare = _thin_line(totals, sizes, found, limit)
        if spare is None:
            return {names[j]: reason for j, reason in sorted(found.items())}
        found[spare] = "complementary"


def _thin_line(
    lines: Sequence[Floats], sizes: Sequence[int], hidden: Mapping[int, Hidden], limit: int
) -> int | None:
    """Find a shown cell, the smallest, of a line whose hidden cells together are too few."""
    for line in lines:
        members = np.flatnonzero(line).tolist()
        left = sum(sizes[j] for j in members if j in hidden)
        shown = [j for j in members if j not in hidden and sizes[j]]
        if 0 < left < limit and shown:
            return min(shown, key=lambda j: (sizes[j], j))
    return None


def hidden_groups(
    segments: Mapping[str, Groups], domain: Booleans, limit: int
) -> dict[str, dict[str, Hidden]]:
    """Return the groups of every segment that may not be shown, and why.

    ``domain`` (n,) are the respondents behind the published total. All segments are considered
    together, because their breakdowns of the same total can be combined. A group in which nobody
    answered is not listed.
    """
    atoms, sizes = _atoms([groups.codes[domain] for groups in segments.values()], int(domain.sum()))
    names: list[tuple[str | None, str]] = [(None, "")]
    rows = [np.ones(len(sizes))]
    for column, (segment, groups) in enumerate(segments.items()):
        for code, value in enumerate(groups.values):
            names.append((segment, value))
            rows.append((atoms[column] == code).astype(np.float64))
    figures = np.array(rows)
    families = [segment for segment, _ in names]
    hidden = _close_remainders(figures, sizes, families, limit)
    found: dict[str, dict[str, Hidden]] = {segment: {} for segment in segments}
    for j, reason in sorted(hidden.items()):
        owner, value = names[j]
        if owner is not None:
            found[owner][value] = reason
    return found


def _atoms(columns: Sequence[Integers], n: int) -> tuple[list[Integers], Integers]:
    """Combinations of groups that occur among n people: the code in every column, and how many people."""
    cell, firsts = np.zeros(n, dtype=np.int64), np.zeros(min(n, 1), dtype=np.int64)
    for codes in columns:
        width = int(codes.max(initial=-1)) + 2
        _, firsts, cell = np.unique(cell * width + codes + 1, return_index=True, return_inverse=True)
    return [codes[firsts] for codes in columns], np.bincount(cell, minlength=len(firsts))


def _close_remainders(
    figures: Floats, sizes: Integers, families: Sequence[object], limit: int
) -> dict[int, Hidden]:
    """Protect groups of people, 0/1 figures over atoms of the given sizes; figure 0 is the total."""
    counts = [int(n) for n in figures @ sizes]
    hidden: dict[int, Hidden] = {j: "disclosure" for j, n in enumerate(counts) if j and 0 < n < limit}
    small = tuple(hidden)
    while True:
        leak = _small_remainder(figures, sizes, families, hidden, limit)
        if leak is None:
            leak = _first_leak(figures, small, hidden, counts, families, (0,))
        if leak is None:
            return hidden
        hidden[leak] = "complementary"


def _small_remainder(
    figures: Floats, sizes: Integers, families: Sequence[object], hidden: Mapping[int, Hidden], limit: int
) -> int | None:
    """Find a shown group whose hiding would fill up too small a remainder of a larger shown one.

    What is left of a group when the shown groups inside it are taken away is as good as published.
    """
    shown = np.array([j for j in range(len(figures)) if j not in hidden and figures[j].any()], dtype=np.int64)
    parts = figures[shown]
    # Of vectors of 0 and 1, one lies inside another where they share all that it has.
    inside = parts @ parts.T == parts.sum(axis=1)[:, None]
    np.fill_diagonal(inside, val=False)
    people = parts @ sizes
    found: list[tuple[int, int, int]] = []
    for order, family in enumerate(dict.fromkeys(families[j] for j in shown)):
        within = inside & np.array([families[j] == family for j in shown])[:, None]
        left = people - within.T @ people
        for whole in np.flatnonzero(within.any(axis=0) & (left > 0) & (left < limit))[:1].tolist():
            members = shown[within[:, whole]].tolist()
            found.append((whole, order, min(members, key=lambda j: (figures[j] @ sizes, j))))
    return min(found)[-1] if found else None


def _first_leak(
    figures: Floats,
    small: Sequence[int],
    hidden: Mapping[int, Hidden],
    counts: Sequence[int],
    families: Sequence[object],
    fixed: Collection[int],
) -> int | None:
    """Find a shown figure through which a small one could be worked out: a sibling, the smallest."""
    shown = [j for j in range(len(figures)) if j not in hidden and counts[j] > 0]
    for target, recipe in zip(small, _recipes(figures[shown], figures[list(small)]), strict=True):
        if recipe is None:
            continue
        used = [j for j, share in zip(shown, recipe, strict=True) if abs(share) > ROUNDING and j not in fixed]
        siblings = [j for j in used if families[j] == families[target]]
        if candidates := siblings or used:
            return min(candidates, key=lambda j: (counts[j], j))
    return None


def _recipes(shown: Floats, figures: Floats) -> list[Floats | None]:
    """How each of several figures (m, a) is made of the shown ones (f, a), ``None`` where it is not."""
    if len(shown) == 0 or len(figures) == 0:
        return [None] * len(figures)
    solutions = np.linalg.lstsq(shown.T, figures.T, rcond=None)[0].T
    off = np.abs(solutions @ shown - figures).max(axis=1)
    return [row if gap < ROUNDING else None for row, gap in zip(solutions, off, strict=True)]


def shown_groups(
    groups: Groups, hidden: Mapping[str, Hidden], domain: Booleans
) -> Iterator[tuple[str, Booleans]]:
    """Yield the groups that may be shown and have respondents, with their rows (n,)."""
    for code, value in enumerate(groups.values):
        rows = domain & (groups.codes == code)
        if value not in hidden and rows.any():
            yield value, rows
