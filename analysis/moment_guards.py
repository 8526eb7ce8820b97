"""When answers give no moments to compute with, and how that is found out.

A refusal has a reason that a program can act on and a sentence for a notebook; the words for everybody else
are made where results are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from analysis.sample import Booleans, Floats, Integers

Reason = Literal[
    "too_few",
    "structural",
    "unanswered",
    "unseen_pair",
    "aliased",
    "indefinite",
    "many_blanks",
    "rows_lost",
    "not_converged",
]

# A column varies if its variance is more than this part of its mean square: less is rounding.
NO_SPREAD = 1e-12
# Pivots on the correlation scale below this belong to a column that others determine fully.
ALIASED = 1e-10
# A smallest eigenvalue below this part of the largest is no covariance to compute with.
INDEFINITE = 1e-8


class MomentsRefused(ValueError):
    """Moments that cannot be had this way. ``reason`` is a key, ``values`` what it is about."""

    def __init__(self, reason: Reason, **values: str | float) -> None:
        self.reason: Reason = reason
        self.values: Mapping[str, str | float] = values
        super().__init__(_REFUSALS[reason].format(**values))


_REFUSALS: Mapping[Reason, str] = {
    "too_few": "Moments need at least 2 people with answers, found {n}.",
    "structural": (
        "{items}: no answer to have for {people} people (not asked, or not applicable), and none is made up. "
        "Leave out these items (routed='leave_items') or these people (routed='leave_people')."
    ),
    "unanswered": "Nobody answered {items}; leave it out.",
    "unseen_pair": "Nobody answered both {first} and {second}; leave one of them out.",
    "aliased": "{items}: fully determined by other items; leave out.",
    "indefinite": (
        "Pairwise covariances of these answers belong to no population (smallest eigenvalue "
        "{eigenvalue:.3g}); use method='em'."
    ),
    "many_blanks": (
        "{share:.0%} of the due answers are missing, more than {limit:.0%}; leave out the emptiest items."
    ),
    "rows_lost": (
        "{share:.0%} of the people have a blank and would be lost; use method='em', or accept_loss=True."
    ),
    "not_converged": "EM did not settle within {steps} steps; the items nearly determine one another.",
}


def aliased(z: Floats) -> list[int]:
    """Columns that earlier ones determine, found among complete rows if these are many, else by pairs."""
    k = z.shape[1]
    rows = z[np.isfinite(z).all(axis=1)]
    if len(rows) >= max(5 * k, 2):
        centred = rows - rows.mean(axis=0)
        spread = np.sqrt((centred**2).sum(axis=0))
        if (spread > 0).all():
            return _dependent(centred / spread)
    seen = np.isfinite(z)
    filled = np.where(seen, z, 0.0)
    found = []
    for j in range(k):
        for i in range(j):
            both = seen[:, i] & seen[:, j]
            if both.sum() > 2 and _copies(filled[both, i], filled[both, j]):
                found.append(j)
                break
    return found


def _dependent(columns: Floats) -> list[int]:
    """Columns of norm 1 that lie in the space of those before them (Gram–Schmidt, twice for the digits)."""
    basis: list[Floats] = []
    found = []
    for j in range(columns.shape[1]):
        rest = columns[:, j]
        for _ in range(2):
            for direction in basis:
                rest = rest - (direction @ rest) * direction
        norm = float(np.sqrt(rest @ rest))
        if norm < np.sqrt(ALIASED):
            found.append(j)
        else:
            basis.append(rest / norm)
    return found


def _copies(a: Floats, b: Floats) -> bool:
    a, b = a - a.mean(), b - b.mean()
    size = float((a @ a) * (b @ b))
    return size > 0 and float(a @ b) ** 2 >= (1.0 - ALIASED) * size


def check_answered(names: Sequence[str], seen: Booleans) -> None:
    """Refuse items that nobody of ``seen`` (n, k) answered, all at once."""
    silent = [
        name for name, some in zip(names, np.asarray(seen.any(axis=0)).tolist(), strict=True) if not some
    ]
    if silent:
        raise MomentsRefused("unanswered", items=", ".join(silent))


def check_pairs(names: Sequence[str], n_pairs: Integers) -> None:
    """Refuse a pair of items that nobody answered both of; ``n_pairs`` (k, k) counts people."""
    alone = np.argwhere(np.triu(n_pairs == 0))
    if alone.size:
        i, j = alone[0]
        raise MomentsRefused("unseen_pair", first=names[int(i)], second=names[int(j)])


def check_definite(covariance: Floats, correlation: Floats, varied: Booleans) -> None:
    """Refuse what no population has; an item without spread has no part in that."""
    columns = np.ix_(varied, varied)
    for matrix in (correlation[columns], correlations(covariance[columns])):
        if matrix.size and not definite(matrix):
            raise MomentsRefused("indefinite", eigenvalue=float(np.linalg.eigvalsh(matrix)[0]))


def definite(matrices: Floats) -> Booleans:
    """Whether each of some matrices (..., k, k) could be the correlations of a population."""
    values = np.linalg.eigvalsh(matrices)
    return np.asarray(values[..., 0] > INDEFINITE * values[..., -1])


def correlations(covariance: Floats) -> Floats:
    """Correlations (k, k) of covariances; 0 beside a column without spread."""
    spread = np.sqrt(np.diag(covariance))
    safe = np.where(spread > 0, spread, 1.0)
    found = covariance / np.outer(safe, safe)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)
