"""What options of ``csat chain`` and ``csat moderation`` name exists, and explains nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from survey.chain_parts import items_of
from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.study import Study


def check_apart(study: Study, names: Sequence[str], command: str) -> None:
    """Raise ``Misuse`` where a name is unknown or given twice, or two of them are made of one item."""
    known = items_of(study)
    for position, name in enumerate(names):
        if name not in known:
            raise Misuse.unknown("step", name, list(known), command)
        for other in names[:position]:
            _check_pair(name, known[name], other, known[other], command)


def check_covariates(study: Study, covariates: Sequence[str], steps: Sequence[str], command: str) -> None:
    """Raise ``Misuse`` where a covariate is unknown, given twice, or shares an item with one of the steps.

    Segments are covariates too. Covariates may share items: a dimension and an item of it.
    """
    known = items_of(study)
    segments: dict[str, tuple[str, ...]] = dict.fromkeys(study.segment_by_id, ())
    for position, name in enumerate(covariates):
        made = known.get(name, segments.get(name))
        if made is None:
            raise Misuse.unknown("step", name, [*known, *segments], command)
        if name in covariates[:position]:
            raise Misuse("usage.chain_twice", command, name=name)
        for other in steps:
            _check_pair(name, made, other, known[other], command)


def _check_pair(name: str, made: Sequence[str], other: str, of_other: Sequence[str], command: str) -> None:
    if name == other:
        raise Misuse("usage.chain_twice", command, name=name)
    for item in made:
        if item in of_other:
            raise Misuse("usage.chain_shared", command, name=name, other=other, item=item)
