"""The chain from satisfaction to renewal: its steps exist, differ, and share no item."""

from __future__ import annotations

from collections.abc import Mapping

from survey.chain_parts import items_of
from survey.rules.review import Review
from survey.study import Chain


def check_chain(review: Review) -> None:
    """Steps are different outcomes made of different items; covariates exist and are no part of a step."""
    chain = review.study.chain
    if chain is None:
        return
    used: dict[str, str] = {}
    taken: dict[str, str] = {}
    for key in ("satisfaction", "loyalty", "outcome"):
        name: str | None = getattr(chain, key)
        if name is None or not review.known("outcomes", name, "chain", key):
            continue
        if name in used:
            review.add("study_chain_twice", "chain", key, name=name, other=used[name])
            continue
        used[name] = key
        _check_items(review, key, name, taken)
    _check_covariates(review, chain, used, taken)


def _check_items(review: Review, key: str, name: str, taken: dict[str, str]) -> None:
    """Check that an answer does not stand at two steps: it would explain itself."""
    outcome = review.study.outcome_by_id.get(name)
    for item in outcome.items if outcome else ():
        other = taken.setdefault(item, name)
        if other != name:
            review.add("study_chain_shared", "chain", key, item=item, name=name, other=other)


def _check_covariates(
    review: Review, chain: Chain, used: Mapping[str, str], taken: Mapping[str, str]
) -> None:
    known = items_of(review.study) | {segment.id: () for segment in review.study.segments}
    seen: set[str] = set()
    for index, name in enumerate(chain.covariates):
        location = ("chain", "covariates", index)
        if name in seen:
            review.add("study_listed_twice", *location, name=name)
        elif name in used:
            review.add("study_chain_twice", *location, name=name, other=used[name])
        elif name in known:
            shared = next((item for item in known[name] if item in taken), None)
            if shared is not None:
                review.add("study_chain_shared", *location, item=shared, name=name, other=taken[shared])
        elif not _unread(review, name):
            review.add("study_chain_covariate", *location, name=name)
        seen.add(name)


def _unread(review: Review, name: str) -> bool:
    """Whether the name belongs to a part of the file that has the wrong shape, and so its own problem."""
    if any(review.draft.knows(part, name) for part in ("items", "outcomes", "segments")):
        return True
    file = review.document.root.plain()
    parts = (file.get(part) for part in ("index", "switching_costs")) if isinstance(file, dict) else ()
    return any(_named(part, name) for part in parts)


def _named(part: object, name: str) -> bool:
    if isinstance(part, dict):
        return part.get("id") == name or any(_named(value, name) for value in part.values())
    return isinstance(part, list) and any(_named(entry, name) for entry in part)
