"""How respondents came into the survey, and what that does to the error of an estimate.

Every design-based error here is a Taylor linearisation over ultimate clusters: an estimate is written
as a sum of one contribution per respondent, contributions are summed to clusters, and clusters are
compared within their stratum. Only the first stage of sampling matters.

What a newcomer gets wrong: the error of a subgroup is *not* found by throwing away the other rows.
Rows outside the domain contribute zero, and their clusters stay in the design.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy import sparse

from analysis.adjustment import Adjustment
from analysis.sample import Booleans, Floats, Integers, Sample

# Up to so many columns are summed one by one, which is faster than making a matrix that sums; the order of
# addition is the same.
_FEW_COLUMNS = 4

# What a stratum with a single cluster adds to a variance: see ``Design``.
LonelyRule = Literal["grand_mean", "certainty", "average", "refuse"]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Weights, strata and clusters of n respondents.

    Parameters
    ----------
    weights : (n,) sampling weights, positive; only their ratios matter.
    strata : (n,) stratum numbers.
    clusters : (n,) cluster numbers. All rows of a cluster lie in one stratum; an account that answers
        in two waves has one number in both.
    fractions : stratum number -> share of its clusters that was sampled (first stage), 0 where absent.
        R: ``fpc``.
    lonely : what a stratum of a single cluster adds, in which nothing can vary: ``grand_mean``, the
        cluster's deviation from the mean of all clusters; ``certainty``, nothing, for a cluster that was in
        the survey anyway; ``average``, what the other strata in which the estimate has contributions
        add on average; ``refuse``, such a stratum is an error. R: ``survey.lonely.psu`` "adjust",
        "certainty", "average", "fail".
    adjustment : the margins that ``weights`` were calibrated to, if they were. Every contribution is
        then replaced by its residual on them before clusters are summed.

    Attributes
    ----------
    unit : (n,) position of the row's cluster among the U clusters, ordered by stratum, then number.
    cluster_of_unit : (U,) the cluster's number.
    stratum_of_unit : (U,) position of the cluster's stratum among the H strata; never falls.

    Raises
    ------
    ValueError
        If lengths differ, a weight is not positive and finite, a cluster lies in two strata, a fraction is
        no share, or a stratum has a single cluster and that is to be refused.

    References
    ----------
    Wolter, K. (2007). *Introduction to Variance Estimation*, ch. 6.
    Binder, D. (1983). Int. Stat. Rev. 51.
    """

    weights: Floats
    strata: Integers
    clusters: Integers
    fractions: Mapping[int, float] | None = None
    lonely: LonelyRule = "grand_mean"
    adjustment: Adjustment | None = None
    unit: Integers = field(init=False, repr=False)
    cluster_of_unit: Integers = field(init=False, repr=False)
    stratum_of_unit: Integers = field(init=False, repr=False)
    _scale: Floats = field(init=False, repr=False)
    _sizes: Integers = field(init=False, repr=False)
    _loads: sparse.csr_array | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        _check_rows(self.weights, self.strata, self.clusters)
        _check_fractions(self.fractions or {})
        numbers, first, unit = np.unique(self.clusters, return_index=True, return_inverse=True)
        strata, position = np.unique(self.strata, return_inverse=True)
        if np.any(position != position[first][unit]):
            torn = np.unique(self.clusters[position != position[first][unit]])[:5].tolist()
            raise ValueError(f"Every cluster lies in one stratum; clusters {torn} lie in several.")
        order = np.argsort(position[first], kind="stable")
        sizes = np.bincount(position[first])
        left = np.array([1.0 - (self.fractions or {}).get(int(stratum), 0.0) for stratum in strata])
        for name, value in {
            "unit": np.argsort(order, kind="stable")[unit],
            "cluster_of_unit": numbers[order],
            "stratum_of_unit": position[first][order],
            "_sizes": sizes,
            "_scale": left * np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), 1.0),
        }.items():
            object.__setattr__(self, name, value)
        if self.lonely == "refuse" and (sizes == 1).any():
            raise ValueError(f"Strata {strata[sizes == 1].tolist()} have a single cluster each.")
        if self.adjustment is not None:
            weighted = self.adjustment.indicators * self.weights[:, None]
            object.__setattr__(self, "_loads", _indicator(self.unit, self.units) @ weighted)

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def units(self) -> int:
        """How many clusters there are, U."""
        return len(self.stratum_of_unit)

    @property
    def spread_of_units(self) -> Floats | None:
        """What replicate multipliers of a cluster deviate from 1 by, as a part of full sampling error, (U,).

        The root of the share of the stratum that was not sampled; 0 for a lonely cluster that was in the
        survey for certain; ``None`` where it is 1 for all.
        """
        fractions = self.fractions or {}
        spread = np.sqrt([1.0 - fractions.get(int(stratum), 0.0) for stratum in np.unique(self.strata)])
        if self.lonely == "certainty":
            spread[self._sizes == 1] = 0.0
        return None if (spread == 1).all() else np.asarray(spread[self.stratum_of_unit])

    def lonely_strata(self, domain: Booleans) -> int:
        """Count strata of one cluster among rows (n,); ``lonely`` says what they add to a variance."""
        strata = np.unique(self.stratum_of_unit[self.unit[domain]])
        return int((self._sizes[strata] == 1).sum())

    def sums(self, values: Floats, rows: Integers | None = None) -> Floats:
        """Sum values (r, m) of ``rows`` (all rows by default) to clusters as they are, (U, m)."""
        unit = self.unit if rows is None else self.unit[rows]
        if values.shape[1] <= _FEW_COLUMNS:
            columns = [np.bincount(unit, column, self.units) for column in values.T]
            return np.column_stack([np.empty((self.units, 0)), *columns])
        return np.asarray(_indicator(unit, self.units) @ values)

    def totals(self, z: Floats, rows: Integers | None = None) -> Floats:
        """Sum contributions (r, m) of ``rows`` to clusters, (U, m); rows not named contribute nothing.

        In a calibrated design these are totals of residuals on the margins, which rows that contributed
        nothing have too.
        """
        found = self.sums(z, rows)
        if self.adjustment is not None and self._loads is not None:
            weights = self.weights if rows is None else self.weights[rows]
            found -= self._loads @ self.adjustment.coefficients(z / weights[:, None], rows)
        return found

    def covariance(self, z: Floats) -> Floats:
        r"""Covariance (m, m) of m estimates from their contributions per respondent, z (n, m).

        .. math:: V = \sum_h (1 - f_h) \frac{n_h}{n_h - 1} \sum_c (t_{hc} - \bar t_h)(t_{hc} - \bar t_h)'

        with :math:`t_{hc}` the sum of z over cluster c, of the residuals of z on the margins where
        the design is calibrated. Contributions of a blank answer and of a row outside the domain are
        zero. Two clusters with totals 0 and 2 in one stratum:

        >>> d = Design(np.ones(2), np.zeros(2, int), np.arange(2))
        >>> d.covariance(np.array([[0.0], [2.0]]))
        array([[4.]])
        """
        return self.covariance_of_totals(self.totals(z))

    def covariance_of_totals(self, totals: Floats) -> Floats:
        """Covariance (m, m) from cluster totals (U, m)."""
        deviations = self._deviations(totals)
        return np.asarray(deviations.T @ deviations)

    def variance_of_totals(self, totals: Floats) -> Floats:
        """Return the diagonal of :meth:`covariance_of_totals`, (m,), without the rest of it."""
        deviations = self._deviations(totals)
        return np.asarray(np.einsum("um,um->m", deviations, deviations))

    def degrees_of_freedom(self, present: Booleans) -> Integers:
        """Clusters with respondents in the domain less the strata they lie in.

        ``present`` (U,) or (U, m) says which clusters have respondents in each domain.
        """
        strata = np.logical_or.reduceat(present, self._starts, axis=0)
        return np.asarray(present.sum(axis=0) - strata.sum(axis=0), dtype=np.int64)

    def present(self, base: Booleans, rows: Integers | None = None) -> Booleans:
        """Say which clusters have a respondent in ``base`` (r, m), (U, m)."""
        return np.asarray(self.sums(base.astype(np.float64), rows) > 0)

    @property
    def _starts(self) -> Integers:
        return np.asarray(np.cumsum(self._sizes) - self._sizes)

    def _deviations(self, totals: Floats) -> Floats:
        means = np.add.reduceat(totals, self._starts, axis=0) / self._sizes[:, None]
        lonely = self._sizes == 1
        if self.lonely == "grand_mean":
            means[lonely] = totals.mean(axis=0)
        deviations = totals - means[self.stratum_of_unit]
        deviations *= np.sqrt(self._scale)[self.stratum_of_unit, None]
        if self.lonely == "average" and lonely.any():
            touched = np.logical_or.reduceat(totals != 0, self._starts, axis=0)
            others = np.maximum(touched[~lonely].sum(axis=0), 1)
            deviations *= np.sqrt(1.0 + touched[lonely].sum(axis=0) / others)
        return np.asarray(deviations)


def design_of(sample: Sample) -> Design:
    """Return the design of a sample: all its waves stacked, recurring clusters one cluster."""
    return Design(
        sample.weights, sample.strata, sample.clusters, sample.fractions, sample.lonely, sample.adjustment
    )


def effective_sample_size(weights: Floats | Sequence[float]) -> float:
    r"""How many equally weighted respondents carry the same precision, as far as weights go.

    .. math:: n_{\mathrm{eff}} = \Big(\sum_i w_i\Big)^2 \Big/ \sum_i w_i^2

    Clusters are not in it: see the design effect of an estimate. 0 for no respondents.

    >>> effective_sample_size(np.array([1.0, 1.0, 1.0, 3.0]))
    3.0

    References
    ----------
    Kish, L. (1965). *Survey Sampling*. Wiley, §11.7.
    """
    w = np.asarray(weights, dtype=np.float64)
    squares = float((w**2).sum())
    return float(w.sum()) ** 2 / squares if squares > 0 else 0.0


def _indicator(position: Integers, size: int) -> sparse.csr_array:
    """Return the (size, n) matrix that sums rows by position."""
    n = len(position)
    return sparse.csr_array((np.ones(n), (position, np.arange(n))), shape=(size, n))


def _check_fractions(fractions: Mapping[int, float]) -> None:
    wrong = {stratum: share for stratum, share in fractions.items() if not 0 <= share <= 1}
    if wrong:
        raise ValueError(f"A sampling fraction is a share from 0 to 1; found {wrong}.")


def _check_rows(weights: Floats, strata: Integers, clusters: Integers) -> None:
    if not len(weights) == len(strata) == len(clusters):
        raise ValueError(
            f"Weights, strata and clusters have one entry per respondent; "
            f"found {len(weights)}, {len(strata)} and {len(clusters)}."
        )
    if len(weights) == 0:
        raise ValueError("A design needs at least one respondent, found none.")
    bad = ~(np.isfinite(weights) & (weights > 0))
    if bad.any():
        raise ValueError(f"Weights are positive numbers; {int(bad.sum())} of {len(weights)} are not.")
