"""What is in a wave: its digest, and picking and joining respondents of several files.

Everything answered counts, codes, facts, comments and choices alike; only labels and wordings of the study
do not, so that a corrected spelling changes no digest. Nor does what a platform noted about an interview.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from survey.canonical import canonical
from survey.responses import PARADATA, Responses, Value

T = TypeVar("T")


def wave_digest(responses: Responses) -> str:
    """Return the SHA-256 of everything answered: items, respondents, codes, facts, comments, choices.

    Order counts: the order of items is that of the questionnaire, the order of respondents that of
    their arrival. Answers without choices have the digest they had before there were choices.
    """
    digest = hashlib.sha256(b"csat wave 1\n")
    names = [responses.wave, responses.items, responses.respondents]
    digest.update(canonical(names).encode())
    digest.update(np.ascontiguousarray(responses.codes, dtype="<i2").tobytes())
    parts = [list(responses.columns.items()), list(responses.comments.items())]
    if responses.choices:
        parts.append(list(responses.choices.items()))
    digest.update(canonical(parts).encode())
    return digest.hexdigest()


def rows_of(responses: Responses, positions: Sequence[int]) -> Responses:
    """Return the respondents at ``positions``, in that order."""

    def pick(parts: Mapping[str, Sequence[T]]) -> dict[str, tuple[T, ...]]:
        return {name: tuple([values[n] for n in positions]) for name, values in parts.items()}

    return Responses(
        responses.wave,
        tuple([responses.respondents[n] for n in positions]),
        responses.items,
        responses.codes[np.asarray(positions, dtype=np.intp)],
        pick(responses.columns),
        pick(responses.comments),
        pick(responses.choices),
        pick(responses.paradata),
    )


def joined(first: Responses, second: Responses) -> Responses:
    """Return the respondents of both, which must have the same items, columns and questions.

    What a platform noted may differ in kind; where it noted nothing there is ``None``.
    """

    def join(
        these: Mapping[str, tuple[T, ...]], those: Mapping[str, tuple[T, ...]]
    ) -> dict[str, tuple[T, ...]]:
        return {name: values + those[name] for name, values in these.items()}

    noted = [name for name in PARADATA if name in first.paradata or name in second.paradata]
    return Responses(
        first.wave,
        first.respondents + second.respondents,
        first.items,
        np.concatenate([first.codes, second.codes]),
        join(first.columns, second.columns),
        join(first.comments, second.comments),
        join(first.choices, second.choices),
        {name: _noted(first, name) + _noted(second, name) for name in noted},
    )


def in_order_of(held: Responses, new: Responses) -> Responses:
    """Return ``new`` with its items, columns and questions in the order of ``held``, which has the same."""
    if new.items != held.items:
        order = [new.items.index(item) for item in held.items]
        new = replace(new, items=held.items, codes=new.codes[:, order])
    return replace(
        new,
        columns={name: new.columns[name] for name in held.columns},
        comments={name: new.comments[name] for name in held.comments},
        choices={name: new.choices[name] for name in held.choices},
    )


def asked_otherwise(held: Responses, new: Responses) -> list[str]:
    """Return the items, columns and questions that one of the two has and the other has not, sorted."""
    pairs = (
        (held.items, new.items),
        (held.columns, new.columns),
        (held.comments, new.comments),
        (held.choices, new.choices),
    )
    return sorted({name for here, there in pairs for name in set(here) ^ set(there)})


def _noted(responses: Responses, name: str) -> tuple[Value, ...]:
    return responses.paradata.get(name, (None,) * len(responses))
