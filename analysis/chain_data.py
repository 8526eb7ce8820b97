"""The people of a chain of regressions, and their covariances in the sample and every replicate.

All regressions of a chain stand on the same people: only then do the parts of an effect sum to the whole.

What a newcomer gets wrong: a dimension that did not apply is no missing answer. Such people are outside the
chain, under EM as well; a blank that was due costs its row, or is bridged by EM where that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.design import Design
from analysis.driver_model import SMALLEST_BASE
from analysis.driver_settings import indicators
from analysis.index import IndexTree
from analysis.inputs import name_list
from analysis.missing import item_moments
from analysis.missing_replicates import Answered, replicate_covariances
from analysis.model_columns import model_columns
from analysis.moment_guards import MomentsRefused
from analysis.moments import Moments, replicate_blocks, unit_moments
from analysis.replicate_estimates import ReplicateBase, replicate_base
from analysis.replicates import Replication
from analysis.results import TooFew
from analysis.sample import Booleans, Floats, Integers, Sample

ChainMethod = Literal["complete", "em"]
# Covariances (c, c, 1 + B') and means (c, 1 + B'), the full sample first.
CellMoments = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class ChainData:
    """Columns of one chain: the source, covariates, satisfaction, loyalty and the outcome.

    ``x`` (n, c) are answers of ``rows`` (n,) of the design, nan where ``em`` bridges them. A segment among
    the ``covariates`` has a column for each of its groups but one, ``marks`` (c,). ``due`` counts people with
    answers to have, ``not_asked`` the others of the wave; ``blank`` is the share of due answers that are
    missing.
    """

    steps: tuple[str, str, str, str]
    covariates: tuple[str, ...]
    names: tuple[str, ...]
    marks: Booleans
    x: Floats
    rows: Integers
    base: ReplicateBase
    due: int
    not_asked: int
    blank: float
    clusters: int

    @property
    def given(self) -> int:
        """How many columns the covariates have."""
        return len(self.names) - len(self.steps)

    @property
    def too_few(self) -> bool:
        """Whether these people carry no chain."""
        return self.base.n < max(SMALLEST_BASE, len(self.names) + 20) or self.base.df < 1


def chain_data(
    sample: Sample,
    design: Design,
    wave: str,
    steps: tuple[str, str, str, str],
    covariates: Sequence[str],
    method: ChainMethod,
    level: float,
    tree: IndexTree | None,
    blocks: Mapping[str, Sequence[str]] | None,
    among: Booleans | None = None,
) -> ChainData:
    """Find the people of one chain; unknown names, and names given twice, are errors.

    ``among`` (n,) are the people to look at, all of the wave by default.
    Whoever is in no group of a segment among the covariates is left out under ``em`` as well.
    """
    name_list([steps[0], *covariates, *steps[1:]], "A chain")
    segments = _segments(sample, covariates, tree, blocks)
    answers = [steps[0], *(name for name in covariates if name not in segments), *steps[1:]]
    columns = model_columns(sample, answers, tree, blocks)
    domain = sample.in_wave(wave) if among is None else np.asarray(sample.in_wave(wave) & among)
    x = np.column_stack([column.values for column in columns])
    asked = ~np.column_stack([column.structural for column in columns]).any(axis=1) & domain
    answered = np.isfinite(x)
    used = answered.all(axis=1) if method == "complete" else answered.any(axis=1)
    for name in segments:
        used &= sample.segments[name].codes >= 0
    rows = np.flatnonzero(asked & used)
    due = int(asked.sum())
    marks = {name: indicators(sample.segments[name].codes[rows]) for name in segments}
    marked = [f"{name} {j}" for name, found in marks.items() for j in range(found.shape[1])]
    ends = len(answers) - 3
    return ChainData(
        steps=steps,
        covariates=tuple(covariates),
        names=(*answers[:ends], *marked, *answers[ends:]),
        marks=np.repeat([False, True, False], [ends, len(marked), 3]),
        x=np.hstack([x[rows, :ends], *marks.values(), x[rows, ends:]]),
        rows=rows,
        base=replicate_base(design, rows, level),
        due=due,
        not_asked=int(domain.sum()) - due,
        blank=1.0 - float(answered[asked].mean()) if due else 0.0,
        clusters=len(np.unique(design.unit[rows])),
    )


def _segments(
    sample: Sample,
    covariates: Sequence[str],
    tree: IndexTree | None,
    blocks: Mapping[str, Sequence[str]] | None,
) -> list[str]:
    """Covariates that are segments; a name that means something else as well is that."""
    branches = [node.id for node in tree.nodes if node.item is None] if tree else []
    others = {*(blocks or {}), *sample.outcomes, *sample.items, *branches}
    return [name for name in covariates if name in sample.segments and name not in others]


def chain_moments(
    chains: Sequence[ChainData], plan: Replication, method: ChainMethod
) -> list[CellMoments | TooFew]:
    """Moments of every chain; replicates are drawn once for all.

    ``TooFew`` where the base is too small, or ``em`` finds a column without answers, constant or determined
    by others. Means are not needed under ``em``, and 0.
    """
    ready = [chain for chain in chains if not chain.too_few]
    made = iter((_complete if method == "complete" else _em)(ready, plan) if ready else [])
    return [TooFew(chain.base.n, "small_base") if chain.too_few else next(made) for chain in chains]


def _complete(chains: Sequence[ChainData], plan: Replication) -> list[CellMoments | TooFew]:
    design = plan.design
    parts = [
        unit_moments(
            chain.names,
            chain.x,
            design.weights[chain.rows],
            design.unit[chain.rows],
            design.units,
            np.round(chain.x.mean(axis=0)),
        )
        for chain in chains
    ]
    found: list[CellMoments | TooFew] = []
    for part, packed in zip(parts, replicate_blocks([part.packed for part in parts], plan), strict=True):
        cells = Moments(part.names, part.shift, packed)
        found.append((cells.covariance, cells.mean))
    return found


def _em(chains: Sequence[ChainData], plan: Replication) -> list[CellMoments | TooFew]:
    answered = [_answered(chain, plan.design) for chain in chains]
    draws = iter(replicate_covariances([part for part in answered if isinstance(part, Answered)], plan))
    found: list[CellMoments | TooFew] = []
    for part in answered:
        if isinstance(part, TooFew):
            found.append(part)
            continue
        cells = np.concatenate([part.covariance[None], next(draws).covariances])
        covariance = np.ascontiguousarray(cells.transpose(1, 2, 0))
        found.append((covariance, np.zeros(covariance.shape[1:])))
    return found


def _answered(chain: ChainData, design: Design) -> Answered | TooFew:
    try:
        full = item_moments(chain.names, chain.x, design.weights[chain.rows], method="em")
    except MomentsRefused as refusal:
        if refusal.reason == "aliased":
            return TooFew(chain.base.n, "no_spread")
        if refusal.reason in ("unanswered", "too_few"):
            return TooFew(chain.base.n, "small_base")
        raise
    if full.constant:
        return TooFew(chain.base.n, "no_spread")
    return Answered(chain.x, chain.rows, full.means, full.covariance)
