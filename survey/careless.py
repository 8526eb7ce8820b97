"""Indices of careless answering: how long one answer was repeated, how much answers vary, how fast they came.

Every function takes answers (n, k) as given, in the order of the questionnaire, items not reversed; a
blank is nan or a negative code. Nothing here decides anything: see ``careless_flags``.

What a newcomer gets wrong: carelessness has no side. Straight tens are as careless as straight ones, so
every index is the same for the answers x and for their mirror image min + max − x. A rule that marks
only one of the two moves the index it is meant to protect.

References
----------
Curran, P. (2016). Methods for the detection of carelessly invalid responses in survey data. J. Exp.
Soc. Psychol. 66. Definitions are those of the R package careless 1.2.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Answers = npt.NDArray[np.int16] | npt.NDArray[np.int64] | Floats

# Sums of squares below this part of what was added up are rounding of equal numbers.
_ROUNDING = 1e-12
_FEWEST_CONSTRUCTS = 3


def blanked(answers: Answers) -> Floats:
    """Return answers (n, k) as numbers, nan for every blank.

    >>> blanked(np.array([[5, -1, 0]])).tolist()
    [[5.0, nan, 0.0]]
    """
    return np.where(answers >= 0, answers, np.nan).astype(np.float64)


def means(answers: Floats) -> Floats:
    """Return the mean of the answers that each person gave, (n,); nan where there are none.

    Only nan is a blank here, for positions may lie below 0.
    """
    answered = np.isfinite(answers)
    count = answered.sum(axis=1)
    total = np.where(answered, answers, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, count, out=np.full(len(answers), np.nan), where=count > 0))


def longstring(answers: Answers) -> Integers:
    """Return the longest run of identical consecutive answers, (n,); a blank ends a run.

    >>> longstring(np.array([[4, 4, 4, 2], [4, -1, 4, 4], [-1, -1, -1, -1]])).tolist()
    [3, 2, 0]
    """
    columns = np.ascontiguousarray(answers.T)
    longest = np.zeros(columns.shape[1], dtype=np.int64)
    run = np.zeros_like(longest)
    before = None
    for column in columns:
        if before is not None:
            run *= column == before
        run += 1
        run *= column >= 0
        np.maximum(longest, run, out=longest)
        before = column
    return longest


def irv(answers: Answers) -> Floats:
    """Return how much each person's answers vary, (n,): their standard deviation with n − 1.

    Blanks are left out; fewer than two answers have no deviation (nan). In the units of the scale.

    >>> irv(np.array([[3, 5, -1], [7, 7, 7], [7, -1, -1]])).tolist()
    [1.4142135623730951, 0.0, nan]

    References
    ----------
    Dunn, A. et al. (2018). Intra-individual response variability as an indicator of insufficient effort
    responding. J. Bus. Psychol. 33.
    """
    given = blanked(answers)
    answered = np.isfinite(given)
    count = answered.sum(axis=1)
    mean = np.where(answered, given, 0.0).sum(axis=1) / np.maximum(count, 1)
    squares = np.where(answered, given - mean[:, None], 0.0)
    variance = np.einsum("nk,nk->n", squares, squares) / np.maximum(count - 1, 1)
    return np.where(count > 1, np.sqrt(variance), np.nan)


def irv_by_part(answers: Answers, parts: int = 3) -> Floats:
    """Return the variation within each part of the form, (n, parts), first part first.

    Parts are as equal as they can be, the earlier ones longer. Who tires varies less in the last.

    >>> irv_by_part(np.array([[1, 3, 2, 2, 5, 5]])).round(2).tolist()
    [[1.41, 0.0, 0.0]]
    """
    pieces = np.array_split(np.arange(answers.shape[1]), parts)
    return np.column_stack([irv(answers[:, piece]) for piece in pieces])


def one_answer(answers: Answers, fewest: int) -> Booleans:
    """Return who gave one and the same answer to all items answered, at least ``fewest``, (n,).

    >>> one_answer(np.array([[7, 7, -1], [7, 7, 6], [7, -1, -1]]), fewest=2).tolist()
    [True, False, False]
    """
    given = blanked(answers)
    answered = np.isfinite(given)
    low = np.where(answered, given, np.inf).min(axis=1, initial=np.inf)
    high = np.where(answered, given, -np.inf).max(axis=1, initial=-np.inf)
    return np.asarray((answered.sum(axis=1) >= max(fewest, 1)) & (low == high))


def even_odd(answers: Answers, constructs: Sequence[Sequence[int]]) -> Floats:
    r"""Return how little each person agrees with himself, (n,): −1 in full agreement, 1 in none.

    Per construct the mean of the items at odd places and that of the items at even places; r across
    constructs; then

    .. math:: -\max\left(-1,\ \frac{2r}{1+r}\right)

    so that higher is more careless, as in careless ≥ 1.2.0. Answers have to be on one scale, and items
    that ask the other way round reversed first. ``constructs`` are positions of items; those of a single
    item say nothing. nan for people with both means in fewer than three constructs, and where one of the
    two sets of means does not vary: the index is not defined for straight-liners.

    >>> even_odd(np.array([[1, 1, 5, 5, 3, 3], [1, 5, 5, 1, 3, 3], [2, 2, 2, 2, 2, 2]]),
    ...          [(0, 1), (2, 3), (4, 5)]).tolist()
    [-1.0, 1.0, nan]
    """
    given = blanked(answers)
    pairs = [(list(items[::2]), list(items[1::2])) for items in constructs if len(items) > 1]
    if len(pairs) < _FEWEST_CONSTRUCTS:
        return np.full(len(given), np.nan)
    odd = np.column_stack([means(given[:, items]) for items, _ in pairs])
    even = np.column_stack([means(given[:, items]) for _, items in pairs])
    r = _correlations(odd, even)
    lifted = np.full(len(given), -1.0)
    np.divide(2 * r, 1 + r, out=lifted, where=r > -1)
    return np.where(np.isnan(r), np.nan, -np.maximum(lifted, -1.0))


def seconds_per_item(seconds: Floats, answers: Answers) -> Floats:
    """Return how long a question took, (n,): duration of the interview by items answered.

    nan where the duration is unknown or not positive, or nothing was answered. Questions in words, and
    choices, took time too and are not counted: the figure is an upper limit.

    >>> seconds_per_item(np.array([90.0, np.nan]), np.array([[4, 5, -1], [4, 5, 5]])).tolist()
    [45.0, nan]
    """
    answered = (answers >= 0).sum(axis=1)
    known = (answered > 0) & (seconds > 0)
    return np.asarray(np.divide(seconds, answered, out=np.full(len(seconds), np.nan), where=known))


def _correlations(x: Floats, y: Floats) -> Floats:
    """Correlation of each row of x with that of y over the columns where both are known, (n,)."""
    both = np.isfinite(x) & np.isfinite(y)
    count = both.sum(axis=1)
    own, sizes = [], []
    for values in (x, y):
        kept = np.where(both, values, 0.0)
        centred = np.where(both, values - (kept.sum(axis=1) / np.maximum(count, 1))[:, None], 0.0)
        own.append(centred)
        sizes.append((kept**2).sum(axis=1))
    spread = [(centred**2).sum(axis=1) for centred in own]
    varies = (spread[0] > _ROUNDING * sizes[0]) & (spread[1] > _ROUNDING * sizes[1])
    known = (count >= _FEWEST_CONSTRUCTS) & varies
    scale = np.sqrt(np.where(known, spread[0] * spread[1], 1.0))
    r = np.clip((own[0] * own[1]).sum(axis=1) / scale, -1.0, 1.0)
    return np.where(known, r, np.nan)
