"""Analytic hierarchy process: weights from pairwise judgements, and how coherent the judgements are.

Two methods stand side by side: the principal eigenvector, because its consistency ratio is what readers
know, and the row geometric mean. For three items and fewer they are equal.

What a newcomer gets wrong: a consistency ratio says that judgements agree with each other, not that they
are right. And it is a ratio to a *random index* of which several tables are in use; the table is part of
the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from analysis.inputs import name_list
from analysis.pairwise import check_matrix, filled, links_needed, missing, principal, row_means
from analysis.sample import Floats

RandomIndex = Literal["saaty_newer", "saaty_older", "simulated_500000"]
AhpMethod = Literal["eigenvector", "geometric"]
Coherence = Literal["coherent", "doubtful", "blocked"]

# Mean CI of random reciprocal matrices of 3, 4, … items.
RANDOM_INDEX: Mapping[RandomIndex, tuple[float, ...]] = {
    "saaty_newer": (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45),
    "saaty_older": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45),
    "simulated_500000": (0.525, 0.884, 1.108, 1.249, 1.342, 1.405, 1.451),
}
MOST_ITEMS = 9
BLOCK_ABOVE = 0.20


@dataclass(frozen=True, slots=True)
class Priorities:
    """Weights that one matrix of judgements holds, and its consistency.

    ``weights`` is the principal eigenvector and ``geometric`` the row geometric means, (n,), each summing to
    1. ``ci`` is (λ − n)/(n − 1), ``cr`` its ratio to the random index of ``table``, ``gci`` the geometric
    index that goes with ``geometric``; the last two are ``None`` where there are no more comparisons than
    it takes to link the items, so that nothing can contradict. ``missing`` counts comparisons that were not
    made.
    """

    items: tuple[str, ...]
    weights: Floats
    geometric: Floats
    eigenvalue: float
    ci: float
    cr: float | None
    gci: float | None
    table: RandomIndex
    missing: int

    @property
    def coherence(self) -> Coherence:
        """What the consistency ratio permits: use, a second look, or nothing."""
        if self.cr is None or self.cr <= cr_limit(len(self.items)):
            return "coherent"
        return "doubtful" if self.cr <= BLOCK_ABOVE else "blocked"

    def by(self, method: AhpMethod) -> Floats:
        """Return the weights of a method, (n,)."""
        return self.weights if method == "eigenvector" else self.geometric

    def summary(self) -> str:
        """One line: ``λ = 3.039, CR = 0.04 (saaty_newer), 3 items``."""
        ratio = "nothing to contradict" if self.cr is None else f"CR = {self.cr:.2f} ({self.table})"
        return f"λ = {self.eigenvalue:.3f}, {ratio}, {len(self.items)} items"


@dataclass(frozen=True, slots=True)
class Reconsider:
    """The judgement that contributes most to the inconsistency of a matrix.

    ``first`` was said to be ``stated`` times as important as ``second``; all other judgements together
    imply ``consistent``. ``share`` is its part of CI. ``cr_then`` is the consistency ratio if it were
    ``consistent``. Nothing is ever changed.
    """

    first: str
    second: str
    stated: float
    consistent: float
    share: float
    cr_then: float


def cr_limit(n: int) -> float:
    """Return the consistency ratio above which ``n`` items deserve a second look (Saaty's convention)."""
    return {3: 0.05, 4: 0.08}.get(n, 0.10)


def gci_limit(n: int) -> float:
    """Return the geometric consistency index that goes with a CR of 0.10.

    References
    ----------
    Aguarón & Moreno-Jiménez (2003) European Journal of Operational Research 147.
    """
    return {3: 0.3147, 4: 0.3526}.get(n, 0.370)


def random_index(n: int, missing: int = 0, table: RandomIndex = "saaty_newer") -> float:
    """Return the mean CI of random matrices of ``n`` items; 0 where nothing can contradict.

    Missing comparisons leave less to contradict: the index falls in proportion to the comparisons that are
    left beyond those that link the items, (n − 1)(n − 2)/2 of them in a complete matrix.

    >>> random_index(4), round(random_index(4, missing=1), 3), random_index(2)
    (0.89, 0.593, 0.0)

    References
    ----------
    Saaty (1980, 2008); Alonso & Lamata (2006) Int. J. Uncertainty 14; Ágoston & Csató (2022) Omega 108.
    """
    if table not in get_args(RandomIndex):
        raise ValueError(f"Tables of the random index are {sorted(RANDOM_INDEX)}, found {table!r}.")
    if n > MOST_ITEMS:
        raise ValueError(f"At most {MOST_ITEMS} items are compared in pairs, found {n}; split them.")
    spare = (n - 1) * (n - 2) // 2
    return RANDOM_INDEX[table][n - 3] * (spare - missing) / spare if spare else 0.0


def priorities(items: Sequence[str], matrix: Floats, *, table: RandomIndex = "saaty_newer") -> Priorities:
    """Return the weights that a matrix of judgements holds.

    Parameters
    ----------
    items : n names, at most 9 of them.
    matrix : (n, n), reciprocal; nan where a comparison was not made (see :func:`analysis.pairwise.filled`).
    table : whose random index CR is a ratio to.

    Raises
    ------
    ValueError
        If the matrix is not reciprocal, or does not link every item to every other.

    References
    ----------
    Saaty (1980) *The Analytic Hierarchy Process*; Crawford & Williams (1985) J. Math. Psych. 29.
    """
    names = name_list(items, "items")
    check_matrix(matrix)
    n, absent = len(names), len(missing(matrix))
    if matrix.shape != (n, n):
        raise ValueError(f"{n} items need a matrix of {n} × {n}, found {matrix.shape}.")
    ratio_to = random_index(n, absent, table)
    found, means = principal(filled(matrix)), row_means(matrix)
    # Rounding can take the eigenvalue of a consistent matrix below n, which no reciprocal matrix has.
    index = max(found.value - n, 0.0) / (n - 1) if n > 1 else 0.0
    return Priorities(
        items=tuple(names),
        weights=found.right,
        geometric=means,
        eigenvalue=found.value,
        ci=index,
        cr=index / ratio_to if ratio_to else None,
        gci=_geometric_index(matrix, means) if ratio_to else None,
        table=table,
        missing=absent,
    )


def _geometric_index(matrix: Floats, weights: Floats) -> float:
    r"""Return GCI: :math:`\sum_{i<j} \ln^2(a_{ij} w_j / w_i)` by the comparisons beyond those that link.

    For a complete matrix the divisor is (n − 1)(n − 2)/2.
    """
    n = len(weights)
    upper = np.triu(~np.isnan(matrix), 1)
    errors = np.log((matrix * weights / weights[:, None])[upper])
    return float((errors**2).sum() / (upper.sum() - n + 1))


def reconsider(
    items: Sequence[str], matrix: Floats, *, table: RandomIndex = "saaty_newer"
) -> Reconsider | None:
    r"""Return the judgement that contributes most to CI; ``None`` where nothing contradicts.

    With :math:`e_{ij} = a_{ij} w_j / w_i`, CI is the sum of :math:`(e_{ij} + 1/e_{ij} - 2) / (n(n-1))` over
    the pairs. The consistent value is what the other judgements imply: the one that makes the eigenvalue
    least with this judgement left out.
    """
    found = priorities(items, matrix, table=table)
    known = np.triu(~np.isnan(matrix), 1)
    errors = np.where(known, matrix, 1.0) * found.weights / found.weights[:, None]
    parts = np.where(known, errors + 1 / errors - 2, 0.0)
    # The square root of the rounding error of a double: below it the eigenvectors have no more digits.
    if found.cr is None or parts.max() < 1e-8:
        return None
    i, j = (int(place) for place in np.unravel_index(np.argmax(parts), parts.shape))
    without = matrix.copy()
    without[i, j] = without[j, i] = np.nan
    if links_needed(without):
        return None
    implied = float(filled(without)[i, j])
    without[i, j], without[j, i] = implied, 1 / implied
    return Reconsider(
        first=found.items[i],
        second=found.items[j],
        stated=float(matrix[i, j]),
        consistent=implied,
        share=float(parts[i, j] / parts.sum()),
        cr_then=priorities(items, without, table=table).cr or 0.0,
    )


def group_judgements(matrices: Floats, weights: Floats | None = None) -> Floats:
    """Return one matrix (n, n) for several experts who act as one: the weighted geometric mean by cell.

    It is the only mean that keeps judgements reciprocal. A cell is the mean of those who judged it, and nan
    where nobody did.

    Parameters
    ----------
    matrices : (experts, n, n).
    weights : (experts,), above 0; equal by default. Only their ratios matter.

    References
    ----------
    Aczél & Saaty (1983) J. Math. Psych. 27; Forman & Peniwati (1998) EJOR 108.
    """
    share = expert_shares(len(matrices), weights)[:, None, None]
    known = ~np.isnan(matrices)
    logs = np.where(known, np.log(np.where(known, matrices, 1.0)), 0.0)
    heard = (known * share).sum(axis=0)
    return np.where(heard > 0, np.exp((logs * share).sum(axis=0) / np.where(heard > 0, heard, 1.0)), np.nan)


def group_priorities(vectors: Floats, weights: Floats | None = None) -> Floats:
    """Return the weighted geometric mean (n,) of weights (experts, n), for experts who keep their own view.

    References
    ----------
    Forman & Peniwati (1998) European Journal of Operational Research 108.
    """
    share = expert_shares(len(vectors), weights)
    mean = np.exp(share @ np.log(vectors))
    return np.asarray(mean / mean.sum())


def expert_shares(experts: int, weights: Floats | None) -> Floats:
    """Return how much each expert counts, (experts,), summing to 1; equally without ``weights``."""
    found = np.ones(experts) if weights is None else np.asarray(weights, dtype=np.float64)
    if found.shape != (experts,) or not (np.isfinite(found) & (found > 0)).all():
        raise ValueError(f"Weights of experts are {experts} numbers above 0, found {found.tolist()}.")
    return np.asarray(found / found.sum())
