"""Cross-tables: how the answers of one column are spread over the groups of another.

Shares have design-based intervals, the table as a whole has Rao and Scott's test, and a cell is called
different only where its own test says so after adjustment for all the cells that are shown.

What a newcomer gets wrong: chi-squared on weighted counts. It takes weights for people and accounts for
strangers, and finds "significant" whatever a large sample of few accounts says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import linalg

from analysis.design import Design, design_of, effective_sample_size
from analysis.distribution import band_codes
from analysis.estimate import LinearEstimates, benjamini_hochberg, domain_means, p_values
from analysis.inputs import check_known, check_share, chosen_wave
from analysis.joint_tests import second_order
from analysis.results import Estimate, JointTest, TooFew
from analysis.sample import Booleans, Floats, Groups, Integers, Sample
from analysis.share_intervals import ShareInterval, shares
from analysis.suppression import Hidden, hidden_cells, hidden_groups

Against = Literal["more", "fewer", "same"]


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell. ``row_share`` is of its row, ``column_share`` of its column, ``share`` of the table, 0 to 1.

    ``residual`` is how far the cell's share lies from what row and column would give if they had nothing to
    do with one another, in standard errors of that very distance; ``p`` its test, ``q`` the same after
    Benjamini–Hochberg over the cells that are shown, ``against`` what q allows to say.
    """

    n: int
    share: float
    row_share: Estimate | TooFew
    column_share: Estimate | TooFew
    residual: float | None
    p: float | None
    q: float | None
    against: Against


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row or a column of a table: its respondents, and its share of all. ``None`` where it is hidden."""

    value: str
    n: int | None
    n_effective: float | None
    share: Estimate | TooFew


@dataclass(frozen=True, slots=True)
class CrossTable:
    """A two-way table of one wave.

    ``cells[r][c]`` is a ``TooFew`` where showing it would give few people away. ``test`` is whether rows
    and columns have anything to do with one another. ``left_out`` counts respondents of the wave without a
    value in either.
    """

    by: str
    what: str
    wave: str
    rows: tuple[TableLine, ...]
    columns: tuple[TableLine, ...]
    cells: tuple[tuple[TableCell | TooFew, ...], ...]
    test: JointTest | None
    n: int
    n_effective: float
    left_out: int

    @property
    def hidden(self) -> int:
        """How many cells are not shown because they, or others through them, hold few people."""
        return sum(isinstance(cell, TooFew) for row in self.cells for cell in row)


def cross_table(
    sample: Sample,
    what: str,
    by: str,
    *,
    wave: str | None = None,
    scale: Sequence[int] | None = None,
    level: float = 0.95,
    fdr: float = 0.05,
    interval: ShareInterval = "logit",
    disclosure_limit: int = 10,
) -> CrossTable:
    """Spread an item's answers, or another segment, over the groups of the segment ``by``.

    Parameters
    ----------
    what : an item, whose codes are put together in five bands, or a segment.
    wave : the last by default.
    scale : codes of an item's scale from the worst answer to the best; those that occur by default.

    Groups of ``by`` that are too small, or would give such a one away, are hidden as everywhere. Where
    ``what`` is a segment, every cell is a group of people and is hidden by the same rule; answers of a
    group that is shown are not hidden, however few gave them. Respondents with a blank in either are left
    out and counted.

    Raises
    ------
    ValueError
        If a name is unknown, or an answer is no code of the scale.
    """
    check_known([by], sample.segments, "segment")
    check_known([what], [*sample.items, *sample.segments], "item or segment")
    where = chosen_wave(sample, wave)
    inside = sample.in_wave(where)
    groups = sample.segments[what] if what in sample.segments else answer_groups(sample, what, scale)
    rows, domain = sample.segments[by], inside & (groups.codes >= 0)
    both = domain & (rows.codes >= 0)
    gone = hidden_groups(sample.segments, both, disclosure_limit)
    return two_way(
        design_of(sample),
        rows,
        groups,
        domain,
        names=(by, what, where),
        level=level,
        fdr=fdr,
        interval=interval,
        limit=disclosure_limit,
        hidden=(gone[by], gone.get(what, {})),
        people=what in sample.segments,
        left_out=int(inside.sum()) - int(both.sum()),
    )


def answer_groups(sample: Sample, item: str, scale: Sequence[int] | None = None) -> Groups:
    """Return the answers of an item as groups: five bands of its codes, worst first, empty bands left out.

    ``scale`` are its codes from the worst answer to the best, by default those that occur, in order.
    """
    check_known([item], sample.items, "item")
    codes = sample.codes[:, sample.items.index(item)]
    given = np.unique(codes[codes >= 0]).tolist()
    known = list(scale) if scale is not None else given
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"Answers {unknown} to {item!r} are no codes of its scale {known}.")
    bands = [band for band in band_codes(known) if band]
    found = np.full(len(codes), -1, dtype=np.int64)
    for position, band in enumerate(bands):
        found[np.isin(codes, band)] = position
    names = [f"{min(band)}–{max(band)}" if len(band) > 1 else str(band[0]) for band in bands]
    return Groups(tuple(names), found)


def two_way(
    design: Design,
    rows: Groups,
    columns: Groups,
    domain: Booleans | None = None,
    *,
    names: tuple[str, str, str] = ("", "", ""),
    level: float = 0.95,
    fdr: float = 0.05,
    interval: ShareInterval = "logit",
    limit: int = 10,
    hidden: tuple[Mapping[str, Hidden], Mapping[str, Hidden]] = ({}, {}),
    people: bool = True,
    left_out: int = 0,
) -> CrossTable:
    """Cross two groupings of the respondents of a domain (n,) who have both.

    ``names`` say what stands in the rows, in the columns, and which wave it is, ``hidden`` which of the
    rows and of the columns are not shown and why. ``people`` says that the
    columns are groups of people too, so that cells with fewer than ``limit`` of them are hidden.
    """
    check_share(fdr, "false discovery rate")
    both = (rows.codes >= 0) & (columns.codes >= 0)
    both &= True if domain is None else domain
    counts = _counts(rows, columns, both)
    gone = [
        {groups.values.index(value): reason for value, reason in lines.items()}
        for groups, lines in zip((rows, columns), hidden, strict=True)
    ]
    secret: dict[tuple[int, int], Hidden] = {}
    if people:
        secret = hidden_cells(counts, limit, gone[0], gone[1])
    for r, c in np.ndindex(counts.shape):
        if reason := gone[0].get(r) or gone[1].get(c):
            secret[r, c] = reason
    shown = np.array([[(r, c) not in secret for c in range(counts.shape[1])] for r in range(len(counts))])
    linear = domain_means(design, _indicators(rows, columns), both)
    residuals = _residuals(linear, counts.shape)
    by_row = _lines(design, columns, rows, both, level, interval)
    by_column = _lines(design, rows, columns, both, level, interval)
    tested = p_values(residuals)
    p = np.where(shown.ravel(), tested, np.nan)
    q = benjamini_hochberg(p)
    t = residuals.values / np.where(residuals.variances > 0, np.sqrt(residuals.variances), np.inf)
    width = counts.shape[1]
    cells = tuple(
        tuple(
            TableCell(
                int(counts[r, c]), float(linear.values[r * width + c]), by_row[r][c], by_column[c][r], *test
            )
            if shown[r, c]
            else TooFew(int(counts[r, c]), secret[r, c])
            for c, test in enumerate(_tests(t, p, q, fdr)[r * width : (r + 1) * width])
        )
        for r in range(len(counts))
    )
    total = domain_means(design, np.ones((len(design), 1)), both)
    return CrossTable(
        by=names[0],
        what=names[1],
        wave=names[2],
        rows=_margin(design, rows, both, level, interval, gone[0]),
        columns=_margin(design, columns, both, level, interval, gone[1]),
        cells=cells,
        test=rao_scott(linear, counts.shape),
        n=int(total.n[0]),
        n_effective=float(total.n_effective[0]),
        left_out=left_out,
    )


def rao_scott(cells: LinearEstimates, shape: tuple[int, int]) -> JointTest | None:
    r"""Test that rows and columns of a table are independent, from its R·C cell shares.

    .. math:: F = X^2 / \sum\lambda

    with :math:`X^2` Pearson's statistic of the weighted shares at n respondents and :math:`\lambda` the
    eigenvalues of :math:`(C' D^{-1} C / n)^{-1} (C' D^{-1} V D^{-1} C)` on the interaction contrasts
    C, at the *observed* shares D; degrees of freedom :math:`(\sum\lambda)^2/\sum\lambda^2` and that times the
    design's.
    Rows and columns without respondents are left aside; where empty cells leave a contrast without a base,
    the shares expected under independence take the place of the observed. ``None`` for fewer than two rows
    or columns, or without degrees of freedom.

    References
    ----------
    Rao, J. N. K. & Scott, A. J. (1984). Ann. Stat. 12. R: ``survey::svychisq``, statistic "F".
    """
    table = np.nan_to_num(cells.values).reshape(shape)
    rows, columns = np.flatnonzero(table.sum(axis=1) > 0), np.flatnonzero(table.sum(axis=0) > 0)
    if min(len(rows), len(columns)) < 2:
        return None
    kept = (rows[:, None] * shape[1] + columns).ravel()
    table = table[np.ix_(rows, columns)]
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    n = float(cells.n[0])
    pearson = n * float(((table - expected) ** 2 / expected).sum())
    contrasts = np.kron(_contrasts(len(rows)), _contrasts(len(columns)))
    covariance = cells.take(kept).covariance
    for weights in (np.divide(1.0, table, where=table > 0, out=np.zeros_like(table)), 1.0 / expected):
        scaled = contrasts * weights.reshape(-1, 1)
        under = contrasts.T @ scaled / n
        if np.linalg.cond(under) < _WELL_POSED:
            spread = linalg.solve(under, scaled.T @ covariance @ scaled, assume_a="pos")
            return second_order(pearson, spread, float(cells.df[0]))
    return None


# Beyond this a contrast lies on empty cells alone, and what comes out is rounding.
_WELL_POSED = 1e12


def _contrasts(count: int) -> Floats:
    """Return each category against the first, (count, count − 1); columns sum to zero."""
    return np.vstack([-np.ones((1, count - 1)), np.eye(count - 1)])


def _counts(rows: Groups, columns: Groups, both: Booleans) -> Integers:
    found = np.zeros((len(rows.values), len(columns.values)), dtype=np.int64)
    np.add.at(found, (rows.codes[both], columns.codes[both]), 1)
    return found


def _indicators(rows: Groups, columns: Groups) -> Floats:
    """Return 0 and 1 for each cell, (n, R·C), row by row."""
    width = len(columns.values)
    cell = np.where((rows.codes >= 0) & (columns.codes >= 0), rows.codes * width + columns.codes, -1)
    return np.asarray(cell[:, None] == np.arange(len(rows.values) * width), dtype=np.float64)


def _residuals(cells: LinearEstimates, shape: tuple[int, int]) -> LinearEstimates:
    """Return cell shares less the product of their margins, and what each respondent adds to that."""
    r, c = shape
    table = np.nan_to_num(cells.values).reshape(shape)
    to_rows, to_columns = np.kron(np.eye(r), np.ones((c, c))), np.kron(np.ones((r, r)), np.eye(c))
    row, column = np.repeat(table.sum(axis=1), c), np.tile(table.sum(axis=0), r)
    step = np.eye(r * c) - to_rows * column - to_columns * row
    return replace(
        cells,
        values=cells.values - row * column,
        totals=cells.totals @ step,
        simple=np.full(r * c, np.nan),
    )


def _lines(
    design: Design, parts: Groups, lines: Groups, both: Booleans, level: float, interval: ShareInterval
) -> list[tuple[Estimate | TooFew, ...]]:
    """Shares of every part within every line."""
    ones = np.asarray(parts.codes[:, None] == np.arange(len(parts.values)), dtype=np.float64)
    return [
        shares(domain_means(design, ones, both & (lines.codes == line)), level, interval)
        for line in range(len(lines.values))
    ]


def _margin(
    design: Design,
    groups: Groups,
    both: Booleans,
    level: float,
    interval: ShareInterval,
    gone: Mapping[int, Hidden],
) -> tuple[TableLine, ...]:
    everybody = Groups(("",), np.zeros(len(design), dtype=np.int64))
    (portions,) = _lines(design, groups, everybody, both, level, interval)
    found = []
    for code, (value, share) in enumerate(zip(groups.values, portions, strict=True)):
        weights = design.weights[both & (groups.codes == code)]
        n = len(weights)
        if code in gone:
            found.append(TableLine(value, None, None, TooFew(n, gone[code])))
        else:
            found.append(TableLine(value, n, effective_sample_size(weights), share))
    return tuple(found)


def _tests(
    t: Floats, p: Floats, q: Floats, fdr: float
) -> list[tuple[float | None, float | None, float | None, Against]]:
    found: list[tuple[float | None, float | None, float | None, Against]] = []
    for one, raw, adjusted in zip(t.tolist(), p.tolist(), q.tolist(), strict=True):
        if not np.isfinite(raw):
            found.append((None, None, None, "same"))
            continue
        clear = adjusted < fdr and one != 0
        found.append((one, raw, adjusted, ("more" if one > 0 else "fewer") if clear else "same"))
    return found
