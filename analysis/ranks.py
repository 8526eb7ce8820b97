"""How sure a ranking is.

What a newcomer gets wrong: the middle 95 % of the ranks in the replicates is too short near ties. A
rank is bounded by the differences that are clear, all pairs judged together.
"""

from __future__ import annotations

from string import ascii_lowercase

import numpy as np

from analysis.sample import Booleans, Floats, Integers


def ranks(values: Floats) -> Integers:
    """Rank of every row (P, B) within its column, 1 for the largest; ties in the order of the rows."""
    order = np.argsort(-values, axis=0, kind="stable")
    found = np.empty(values.shape, dtype=np.int64)
    np.put_along_axis(found, order, np.arange(1, len(values) + 1)[:, None], axis=0)
    return found


def rank_intervals(value: Floats, replicates: Floats, level: float = 0.95) -> tuple[Integers, Integers]:
    r"""Lowest and highest rank each value may have, (P,) and (P,).

    For all pairs at once the largest standardised deviation of a difference in the replicates has a
    quantile c. A difference is clear if it exceeds c of its own standard errors; a rank lies from
    1 + #{clearly above} to P − #{clearly below}.

    Parameters
    ----------
    value : (P,) full-sample values.
    replicates : (P, B) the same in every replicate.

    References
    ----------
    Goldstein, H. & Spiegelhalter, D. (1996). JRSS-A 159. Klein, M., Wright, T. & Wieczorek, J. (2020).
    JRSS-A 183. Mogstad, M. et al. (2024). Rev. Econ. Stud. 91.
    """
    clear = clear_differences(value, replicates, level)
    return 1 + clear.sum(axis=0), len(value) - clear.sum(axis=1)


def clear_differences(value: Floats, replicates: Floats, level: float = 0.95) -> Booleans:
    """Whether the value of a row lies clearly above that of a column, all pairs judged together, (P, P).

    Parameters are those of :func:`rank_intervals`.
    """
    players = len(value)
    clear = np.zeros((players, players), dtype=bool)
    if players == 1 or replicates.shape[1] < 2:
        return clear
    one, other = np.triu_indices(players, 1)
    differences = replicates[one] - replicates[other]
    centred = differences - differences.mean(axis=1, keepdims=True)
    se = centred.std(axis=1, ddof=1)
    moving = se > 0
    largest = np.abs(centred[moving] / se[moving, None]).max(axis=0, initial=0.0)
    critical = float(np.quantile(largest, level))
    gap = value[one] - value[other]
    for pair in np.flatnonzero(np.abs(gap) > critical * se):
        upper, lower = (one[pair], other[pair]) if gap[pair] > 0 else (other[pair], one[pair])
        clear[upper, lower] = True
    return clear


def tie_groups(value: Floats, clear: Booleans) -> tuple[str, ...]:
    """Letters of the groups of ties that each value is in, (P,): without a common letter they differ clearly.

    From each value on, the group goes down the ranking until the first that lies clearly below; a group
    inside another is no group. Groups overlap, so a value may have several letters: ``a``, ``ab``, ``b``.

    >>> clear = np.array([[False, False, True], [False, False, False], [False, False, False]])
    >>> tie_groups(np.array([0.5, 0.3, 0.2]), clear)
    ('a', 'ab', 'b')
    """
    order = np.argsort(-value, kind="stable")
    letters, reached, groups = [""] * len(value), 0, 0
    for head, i in enumerate(order):
        below = np.flatnonzero(clear[i, order[head:]])
        end = head + int(below[0]) if below.size else len(order)
        if end <= reached:
            continue
        for member in order[head:end]:
            letters[member] += _letter(groups)
        reached, groups = end, groups + 1
    return tuple(letters)


def _letter(number: int) -> str:
    """A to z, then a1 to z1, and so on."""
    turn, letter = divmod(number, len(ascii_lowercase))
    return ascii_lowercase[letter] + (str(turn) if turn else "")
