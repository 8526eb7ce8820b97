"""What is in a wave: its digest, and comparing and joining the answers of two files.

Everything answered counts, codes, facts and comments alike; only labels and wordings of the study do
not, so that a corrected spelling changes no digest.
"""

from __future__ import annotations

import hashlib

import numpy as np

from survey.canonical import canonical
from survey.responses import Responses


def wave_digest(responses: Responses) -> str:
    """Return the SHA-256 of everything answered in a wave: items, respondents, codes, facts, comments.

    Order counts: the order of items is that of the questionnaire, the order of respondents that of
    their arrival.
    """
    digest = hashlib.sha256(b"csat wave 1\n")
    names = [responses.wave, responses.items, responses.respondents]
    digest.update(canonical(names).encode())
    digest.update(np.ascontiguousarray(responses.codes, dtype="<i2").tobytes())
    digest.update(canonical([list(responses.columns.items()), list(responses.comments.items())]).encode())
    return digest.hexdigest()


def differences(held: Responses, at: int, new: Responses, n: int) -> list[str]:
    """Return what respondent ``at`` of ``held`` and ``n`` of ``new`` answered differently."""
    differing = [held.items[i] for i in np.flatnonzero(held.codes[at] != new.codes[n])]
    differing += [name for name, values in held.columns.items() if values[at] != new.columns[name][n]]
    return differing + [name for name, texts in held.comments.items() if texts[at] != new.comments[name][n]]


def rows_of(responses: Responses, positions: list[int]) -> Responses:
    """Return the respondents at ``positions``."""
    return Responses(
        responses.wave,
        tuple(responses.respondents[n] for n in positions),
        responses.items,
        responses.codes[positions],
        {name: tuple(values[n] for n in positions) for name, values in responses.columns.items()},
        {name: tuple(texts[n] for n in positions) for name, texts in responses.comments.items()},
    )


def joined(first: Responses, second: Responses) -> Responses:
    """Return the respondents of both, which must have the same items, columns and questions."""
    return Responses(
        first.wave,
        first.respondents + second.respondents,
        first.items,
        np.concatenate([first.codes, second.codes]),
        {name: values + second.columns[name] for name, values in first.columns.items()},
        {name: texts + second.comments[name] for name, texts in first.comments.items()},
    )
