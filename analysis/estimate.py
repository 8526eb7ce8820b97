"""Means, shares, and everything that is a linear function of them, with design-based errors.

Estimates are kept together as values and linearised cluster totals, one column each. A difference, a
contrast, a change between waves or an index is then a sum of columns, and its error needs no formula
of its own: covariances come along.

What a newcomer gets wrong: an estimate's n counts people, its degrees of freedom count clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import special

from analysis.design import Design
from analysis.inputs import check_share
from analysis.results import Comparison, Estimate, TooFew, Verdict
from analysis.sample import Booleans, Floats, Integers

# A value or an error smaller than this part of what was added up is rounding, and counts as 0: sums of
# doubles carry 1e-16 a term, and no survey measures to nine digits.
ROUNDING_NOISE = 1e-9


@dataclass(frozen=True, eq=False)
class LinearEstimates:
    """m estimates of one design, ready to be added and subtracted.

    Attributes
    ----------
    values : (m,) estimates; nan where nobody is in the base.
    totals : (U, m) linearised contributions summed to clusters; they sum to zero.
    present : (U, m) which clusters have respondents in the domain, who answered or might have.
    n, weight, weight_squares : (m,) respondents, Σw and Σw² of the base.
    simple : (m,) variance under simple random sampling with replacement, s²/n; nan for differences.
    size : (m,) how large the figures were that were added up, for telling a value from rounding noise.
    freedom : (m,) degrees of freedom where they do not follow from ``present``.
    """

    design: Design
    values: Floats
    totals: Floats
    present: Booleans
    n: Integers
    weight: Floats
    weight_squares: Floats
    simple: Floats
    size: Floats
    freedom: Floats | None = None

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def variances(self) -> Floats:
        """Sampling variances, (m,); exactly 0 where nothing but rounding varies."""
        found = self.design.variance_of_totals(self.totals)
        return np.asarray(np.where(np.sqrt(found) > ROUNDING_NOISE * self.size, found, 0.0))

    @property
    def rounded(self) -> Floats:
        """Values, (m,), with those that are nothing but rounding exactly 0."""
        noise = np.abs(self.values) <= ROUNDING_NOISE * self.size
        return np.asarray(np.where(noise, 0.0, self.values))

    @property
    def covariance(self) -> Floats:
        """Sampling covariances, (m, m)."""
        return self.design.covariance_of_totals(self.totals)

    @cached_property
    def df(self) -> Integers | Floats:
        """Degrees of freedom, (m,): clusters less strata within each domain."""
        return self.design.degrees_of_freedom(self.present) if self.freedom is None else self.freedom

    @property
    def n_effective(self) -> Floats:
        """Kish's effective sample sizes, (m,)."""
        return np.asarray(self.weight**2 / np.where(self.weight_squares > 0, self.weight_squares, 1.0))

    @property
    def clusters(self) -> Integers:
        """Clusters with respondents in each domain, (m,)."""
        return np.asarray(self.present.sum(axis=0), dtype=np.int64)

    def take(self, columns: Sequence[int] | Integers) -> LinearEstimates:
        """Return some of the estimates, in the order asked for."""
        index = np.asarray(columns, dtype=np.int64)
        if len(index) == len(self) and (index == np.arange(len(self))).all():
            return self
        return LinearEstimates(
            self.design,
            self.values[index],
            self.totals[:, index],
            self.present[:, index],
            self.n[index],
            self.weight[index],
            self.weight_squares[index],
            self.simple[index],
            self.size[index],
            None if self.freedom is None else self.freedom[index],
        )

    def combine(self, matrix: Floats) -> LinearEstimates:
        """Return weighted sums of estimates on *disjoint* bases, ``matrix`` (m, k): changes, contrasts.

        Bases add up: the n of a change between waves is the number of answers in both. Degrees of
        freedom are those of the clusters on either side.
        """
        used = (matrix != 0).astype(np.float64)
        return LinearEstimates(
            self.design,
            np.where(np.isnan(self.values) @ used > 0, np.nan, np.nan_to_num(self.values) @ matrix),
            self.totals @ matrix,
            np.asarray(self.present.astype(np.float64) @ used > 0),
            np.asarray(self.n @ used, dtype=np.int64),
            np.asarray(self.weight @ used),
            np.asarray(self.weight_squares @ used),
            np.full(matrix.shape[1], np.nan),
            self.size @ np.abs(matrix),
        )

    def minus(self, other: LinearEstimates) -> LinearEstimates:
        """Return the differences column by column, with the covariance that shared clusters bring."""
        return LinearEstimates(
            self.design,
            self.values - other.values,
            self.totals - other.totals,
            self.present | other.present,
            self.n + other.n,
            self.weight + other.weight,
            self.weight_squares + other.weight_squares,
            np.full(len(self), np.nan),
            self.size + other.size,
        )

    def against(self, other: LinearEstimates) -> LinearEstimates:
        r"""Return differences of groups from everybody else, with Satterthwaite's degrees of freedom.

        .. math:: df = (V_1 + V_2)^2 \big/ (V_1^2/df_1 + V_2^2/df_2)

        A small group against a large rest is known as well as the group is: counting the clusters of
        both, as for a change, would make its interval too short.

        References
        ----------
        Satterthwaite, F. E. (1946). Biometrics Bulletin 2.
        """
        first, second = self.variances, other.variances
        parts = _over(first**2, self.df) + _over(second**2, other.df)
        difference = self.minus(other)
        most = difference.df
        freedom = np.where(parts > 0, (first + second) ** 2 / np.where(parts > 0, parts, 1.0), most)
        known = (self.df > 0) & (other.df > 0)
        return replace(difference, freedom=np.where(known, np.minimum(freedom, most), 0.0))


def _over(squares: Floats, df: Integers | Floats) -> Floats:
    return np.divide(squares, df, where=df > 0, out=np.zeros_like(squares))


def linear_estimates(
    design: Design,
    values: Floats,
    z: Floats,
    base: Booleans,
    rows: Integers | None = None,
    asked: Booleans | None = None,
) -> LinearEstimates:
    """Build estimates from contributions per respondent.

    Parameters
    ----------
    values : (m,) the estimates.
    z : (r, m) linearised contributions of ``rows``; rows not named contribute nothing.
    base : (r, m) who is in the base of each estimate.
    rows : (r,) row numbers of the design, all rows by default.
    asked : (r, m) who is in the domain of each estimate, by default its base. A blank answer leaves
        the base but not the domain, whose clusters give the degrees of freedom.
    """
    w = design.weights if rows is None else design.weights[rows]
    inside = base.astype(np.float64)
    n = base.sum(axis=0)
    weight = w @ inside
    spread = weight * ((z**2) / w[:, None]).sum(axis=0) - z.sum(axis=0) ** 2
    return LinearEstimates(
        design,
        values,
        design.totals(z, rows),
        design.present(base if asked is None else asked, rows),
        np.asarray(n, dtype=np.int64),
        np.asarray(weight),
        np.asarray(w**2 @ inside),
        np.where(n > 1, spread / np.maximum(n - 1, 1), np.nan),
        # No mean of absolute values is larger: mean |x| ≤ |m| + mean |x − m|.
        np.abs(np.nan_to_num(values)) + np.abs(z).sum(axis=0),
    )


def side_by_side(parts: Sequence[LinearEstimates]) -> LinearEstimates:
    """Put estimates of one design next to each other."""
    given = any(part.freedom is not None for part in parts)
    return LinearEstimates(
        parts[0].design,
        np.concatenate([part.values for part in parts]),
        np.hstack([part.totals for part in parts]),
        np.hstack([part.present for part in parts]),
        np.concatenate([part.n for part in parts]),
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.weight_squares for part in parts]),
        np.concatenate([part.simple for part in parts]),
        np.concatenate([part.size for part in parts]),
        np.concatenate([part.df for part in parts]).astype(np.float64) if given else None,
    )


def mean_contributions(weights: Floats, scores: Floats) -> tuple[Floats, Floats, Booleans]:
    r"""Weighted means (k,), their contributions (r, k) and bases (r, k) of scores (r, k).

    .. math:: z_{ij} = w_i 1_{ij} (x_{ij} - m_j) \big/ \textstyle\sum_i w_i 1_{ij}

    A blank (nan) leaves the base of its item. An item nobody answered has mean nan and no
    contributions.
    """
    base = np.isfinite(scores)
    filled = np.where(base, scores, 0.0)
    weight = weights @ base
    safe = np.where(weight > 0, weight, 1.0)
    means = (weights @ filled) / safe
    z = np.where(base, (weights[:, None] / safe) * (filled - means), 0.0)
    return np.where(weight > 0, means, np.nan), z, base


def domain_means(design: Design, scores: Floats, domain: Booleans | None = None) -> LinearEstimates:
    """Weighted means of scores (n, k) over the respondents of a domain who answered.

    ``domain`` is (n,), or (n, k) where items were put to different people. Who was not asked is
    outside the domain; who left a blank (nan) is inside it, but not in the base. A share is the mean
    of a column of 0 and 1; blanks are nan in it as well.
    """
    asked = np.ones(scores.shape, dtype=bool)
    if domain is not None:
        asked &= domain if domain.ndim == 2 else domain[:, None]
    rows = np.flatnonzero(asked.any(axis=1))
    inside = np.where(asked[rows], scores[rows], np.nan)
    means, z, base = mean_contributions(design.weights[rows], inside)
    return linear_estimates(design, means, z, base, rows, asked[rows])


def estimates(linear: LinearEstimates, level: float = 0.95) -> tuple[Estimate | TooFew, ...]:
    """Return every column as an estimate with a t interval on its design's degrees of freedom.

    ``deff`` compares with simple random sampling *with* replacement of the same n.
    """
    half = t_quantile(linear.df, level) * np.sqrt(linear.variances)
    values = linear.rounded
    return described(linear, level, values - half, values + half, ["taylor"] * len(linear))


def comparisons(
    linear: LinearEstimates, level: float = 0.95, fdr: float = 0.05, *, higher_is_better: bool = True
) -> tuple[Comparison | None, ...]:
    """Return columns that are differences, each tested against zero, as one printed family.

    ``q`` is Benjamini–Hochberg over the columns that have a test. ``None`` where there is no estimate.
    A difference other than 0 in which every cluster moved alike (every answer shifted by one constant)
    shows no variation from which an error could be estimated: it has a value, but neither se, interval
    nor test, though it has degrees of freedom.
    """
    check_share(fdr, "false discovery rate")
    p = p_values(linear)
    q = benjamini_hochberg(p)
    found: list[Comparison | None] = []
    for estimate, p_value, q_value in zip(estimates(linear, level), p, q, strict=True):
        if isinstance(estimate, TooFew):
            found.append(None)
            continue
        tested = bool(np.isfinite(p_value))
        if not tested:
            estimate = replace(estimate, se=None, low=None, high=None)
        verdict = _verdict(estimate.value, q_value, fdr, higher_is_better)
        found.append(
            Comparison(
                estimate, float(p_value) if tested else None, float(q_value) if tested else None, verdict
            )
        )
    return tuple(found)


def p_values(linear: LinearEstimates) -> Floats:
    """Two-sided p of every column being zero, (m,).

    A column without variance has p = 1 where its value is 0, as between two waves of the same answers,
    and nan where it is not: no error can be estimated. nan as well without degrees of freedom. Rounding
    noise, below ``ROUNDING_NOISE`` of what was added up, counts as 0 in both.
    """
    se, df, values = np.sqrt(linear.variances), linear.df, linear.rounded
    possible = (df > 0) & np.isfinite(values) & ((se > 0) | (values == 0))
    t = np.where(possible, np.abs(values) / np.where(se > 0, se, 1.0), 0.0)
    return np.where(possible, 2.0 * special.stdtr(np.maximum(df, 1), -t), np.nan)


def benjamini_hochberg(p: Floats | Sequence[float]) -> Floats:
    """Adjusted p-values (m,) that control the false discovery rate over one family; nan stays nan.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, np.nan]))
    array([0.03, 0.04, 0.04,  nan])

    References
    ----------
    Benjamini, Y. & Hochberg, Y. (1995). JRSS-B 57. R: ``p.adjust(p, "BH")``.
    """
    p = np.asarray(p, dtype=np.float64)
    if np.any((p < 0) | (p > 1)):
        raise ValueError("p-values lie between 0 and 1.")
    q = np.full(len(p), np.nan)
    tested = np.flatnonzero(np.isfinite(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    m = len(order)
    raw = p[order] * m / np.arange(1, m + 1)
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q


def _verdict(value: float, q: float, fdr: float, higher_is_better: bool) -> Verdict:
    if not np.isfinite(q) or q >= fdr or value == 0:
        return "same"
    return "better" if (value > 0) == higher_is_better else "worse"


def t_quantile(df: Integers | Floats, level: float) -> Floats:
    """Two-sided t quantiles at ``level``; nan where there are no degrees of freedom."""
    check_share(level, "level of confidence")
    quantile = special.stdtrit(np.maximum(df, 1), 0.5 + level / 2)
    return np.where(df > 0, quantile, np.nan)


def described(
    linear: LinearEstimates, level: float, low: Floats, high: Floats, methods: Sequence[str]
) -> tuple[Estimate | TooFew, ...]:
    """Return every column as an estimate with the limits (m,) that were found for it.

    ``TooFew`` where nobody is in the base; no error and no limits where the design has no degrees of
    freedom.
    """
    variances, df, n_effective = linear.variances, linear.df, linear.n_effective
    varied = (linear.simple > 0) & (variances > 0)
    found: list[Estimate | TooFew] = []
    for j, value in enumerate(linear.rounded.tolist()):
        if linear.n[j] == 0 or not np.isfinite(value):
            found.append(TooFew(int(linear.n[j]), "no_answers"))
            continue
        known = bool(df[j] > 0)
        found.append(
            Estimate(
                value=value,
                se=float(np.sqrt(variances[j])) if known else None,
                low=float(low[j]) if known else None,
                high=float(high[j]) if known else None,
                level=level,
                n=int(linear.n[j]),
                n_effective=float(n_effective[j]),
                df=float(df[j]),
                deff=float(variances[j] / linear.simple[j]) if known and varied[j] else None,
                method=methods[j],
            )
        )
    return tuple(found)
