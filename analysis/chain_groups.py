"""One chain in every group of a segment, and whether it differs from that of everybody else.

What a newcomer gets wrong: a link that is clear in one group and not in another need not differ between
them. It is the difference that is tested, on the same replicates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.chain_data import ChainData, ChainMethod, chain_data, chain_moments
from analysis.design import design_of
from analysis.driver_model import MOST_FAILED
from analysis.estimate import benjamini_hochberg
from analysis.index import IndexTree
from analysis.inputs import check_known, check_share, chosen_wave
from analysis.mediation import Effects, chain_of, effects_of
from analysis.mediation_results import MediationChain
from analysis.replicates import replication
from analysis.results import Estimate, TooFew
from analysis.sample import Floats, Sample


@dataclass(frozen=True, slots=True)
class ChainGroup:
    """The chain of one group.

    ``difference`` is its total indirect effect less that of everybody else, with a percentile interval;
    ``None`` where the others carry no chain. ``p`` is twice the smaller share of replicates beyond 0, ``q``
    after Benjamini–Hochberg over the groups. ``verdict`` is ``undetermined`` unless q is below the false
    discovery rate.
    """

    value: str
    chain: MediationChain
    difference: Estimate | None
    p: float | None
    q: float | None
    verdict: Literal["higher", "lower", "undetermined"]


@dataclass(frozen=True, slots=True)
class ChainGroups:
    """The chain from one source in the groups of ``segment``; ``missing`` are groups too small for one."""

    segment: str
    source: str
    groups: tuple[ChainGroup, ...]
    missing: tuple[tuple[str, TooFew], ...]


def chain_by_group(
    sample: Sample,
    source: str,
    segment: str,
    *,
    satisfaction: str,
    loyalty: str,
    outcome: str,
    covariates: Sequence[str] = (),
    tree: IndexTree | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    wave: str | None = None,
    method: ChainMethod = "complete",
    replicates: int = 5000,
    seed: int = 1,
    level: float = 0.95,
    fdr: float = 0.05,
) -> ChainGroups:
    """Follow ``source`` in every group of a segment by itself, and test each group against all others.

    Options are those of :func:`~analysis.mediation.mediation_chain`. The segment itself is no covariate.
    People in no group count among the others.

    Raises
    ------
    ValueError
        For unknown names, a column named twice, and options out of range.
    MomentsRefused
        As :func:`~analysis.mediation.mediation_chain` does.
    """
    check_share(level, "level of confidence")
    check_share(fdr, "false discovery rate")
    check_known([segment], sample.segments, "segment")
    here = chosen_wave(sample, wave)
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    members = sample.segments[segment]
    held = [name for name in covariates if name not in (source, segment)]
    steps = (source, satisfaction, loyalty, outcome)
    data: list[ChainData] = [
        chain_data(sample, plan.design, here, steps, held, method, level, tree, blocks, among)
        for code in range(len(members.values))
        for among in (members.codes == code, members.codes != code)
    ]
    cells = chain_moments(data, plan, method)
    found: list[ChainGroup] = []
    missing: list[tuple[str, TooFew]] = []
    for value, own, of_own, other, of_other in zip(
        members.values, data[::2], cells[::2], data[1::2], cells[1::2], strict=True
    ):
        if isinstance(of_own, TooFew):
            missing.append((value, of_own))
            continue
        chain = chain_of(own, of_own, plan, here, method)
        if isinstance(chain, TooFew):
            missing.append((value, chain))
            continue
        effects = effects_of(*of_own, own.marks)
        others = None if isinstance(of_other, TooFew) else effects_of(*of_other, other.marks)
        difference, p = (None, None) if others is None else _difference(own, effects, others)
        found.append(ChainGroup(value, chain, difference, p, None, "undetermined"))
    return ChainGroups(segment, source, _tested(found, fdr), tuple(missing))


def _difference(own: ChainData, effects: Effects, others: Effects) -> tuple[Estimate | None, float | None]:
    both = effects.whole & others.whole
    if not both[0] or both[1:].sum() < (1 - MOST_FAILED) * len(both[1:]):
        return None, None
    values: Floats = (effects.through - others.through)[both]
    drawn = values[1:]
    fewer = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    # The sample itself counts as a draw, so that p is never 0.
    return own.base.percentile(values), min(1.0, 2 * (1 + fewer) / (1 + len(drawn)))


def _tested(found: Sequence[ChainGroup], fdr: float) -> tuple[ChainGroup, ...]:
    q = benjamini_hochberg([np.nan if part.p is None else part.p for part in found])
    return tuple(_judged(part, float(value), fdr) for part, value in zip(found, q, strict=True))


def _judged(part: ChainGroup, q: float, fdr: float) -> ChainGroup:
    verdict: Literal["higher", "lower", "undetermined"] = "undetermined"
    if part.difference is not None and q < fdr:
        verdict = "higher" if part.difference.value > 0 else "lower"
    return replace(part, q=q if np.isfinite(q) else None, verdict=verdict)
