"""Answers in, chains out: what a study says about the way from satisfaction to renewal.

Beside ``analysis.pipeline``, whose one run makes what a report says. What is here is asked for by itself and
would make every run slower.

What a newcomer gets wrong: each dimension has a chain of its own, on its own people. Effects of several
dimensions do not sum to anything, unless the others are covariates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from analysis.chain_data import ChainMethod
from analysis.chain_groups import ChainGroups, chain_by_group
from analysis.cores import one_thread_of_algebra
from analysis.index import IndexTree
from analysis.mediation import mediation_chains
from analysis.mediation_results import MediationChain
from analysis.pipeline import index_tree
from analysis.prepare import prepare
from analysis.results import TooFew
from survey.chain_parts import chain_steps, dimensions
from survey.responses import Responses
from survey.study import Study

# Percentile limits of products need this many (Fritz, Taylor & MacKinnon 2012).
REPLICATES = 5000


@dataclass(frozen=True, slots=True)
class ChainPlan:
    """What stands where: dimensions, satisfaction, loyalty, outcome; and what all regressions hold."""

    sources: tuple[str, ...]
    satisfaction: str | None
    loyalty: str | None
    outcome: str | None
    covariates: tuple[str, ...] = ()
    method: ChainMethod = "complete"

    @property
    def steps(self) -> dict[str, str | None]:
        """The steps after the dimension, by what they are called."""
        return {"satisfaction": self.satisfaction, "loyalty": self.loyalty, "outcome": self.outcome}


@dataclass(frozen=True, slots=True)
class ChainSurvey:
    """The chains of one wave, one a dimension; ``missing`` names those whose base carries none, and why."""

    wave: str
    satisfaction: str
    loyalty: str
    outcome: str
    covariates: tuple[str, ...]
    method: ChainMethod
    chains: tuple[MediationChain, ...]
    missing: tuple[tuple[str, TooFew], ...]


def chain_plan(study: Study) -> ChainPlan:
    """Return what the study says; the dimensions are those at the top of its index.

    A dimension that shares an item with a step is left out: it would explain itself. A step is ``None`` where
    the study has no outcome for it.
    """
    steps, declared = chain_steps(study), study.chain
    return ChainPlan(
        dimensions(study, [name for name in steps.values() if name]),
        **steps,
        covariates=declared.covariates if declared else (),
        method="em" if declared and declared.blanks == "em" else "complete",
    )


def chain_survey(
    study: Study, responses: Sequence[Responses], plan: ChainPlan, *, replicates: int = REPLICATES
) -> ChainSurvey:
    """Chains of the dimensions of ``plan`` in the last of ``responses``, one value a wave, in time order.

    Every step of the plan is named. A dimension is no covariate of its own chain.

    Raises
    ------
    ValueError
        For a plan without a step, names that mean nothing and names given twice.
    MomentsRefused
        Under ``em``, where blanks are too many.
    SampleProblems
        For answers that cannot be estimated from, all at once.
    """
    sample, steps, options = prepare(responses, study), _named(plan), _options(study, plan, replicates)
    with one_thread_of_algebra():
        found = mediation_chains(sample, plan.sources, **steps, **options)
    return ChainSurvey(
        wave=responses[-1].wave,
        **steps,
        covariates=plan.covariates,
        method=plan.method,
        chains=tuple(chain for chain in found.values() if isinstance(chain, MediationChain)),
        missing=tuple((name, why) for name, why in found.items() if isinstance(why, TooFew)),
    )


def chain_groups(
    study: Study,
    responses: Sequence[Responses],
    plan: ChainPlan,
    segment: str,
    *,
    replicates: int = REPLICATES,
) -> ChainGroups:
    """Chain of the first dimension of ``plan`` in every group of a segment; raises as ``chain_survey``."""
    sample, steps, options = prepare(responses, study), _named(plan), _options(study, plan, replicates)
    with one_thread_of_algebra():
        return chain_by_group(
            sample,
            plan.sources[0],
            segment,
            fdr=study.reporting.false_discovery_rate,
            **steps,
            **options,
        )


class _Steps(TypedDict):
    satisfaction: str
    loyalty: str
    outcome: str


class _Options(TypedDict):
    covariates: Sequence[str]
    tree: IndexTree
    blocks: Mapping[str, Sequence[str]]
    method: ChainMethod
    replicates: int
    seed: int
    level: float


def _named(plan: ChainPlan) -> _Steps:
    if plan.satisfaction is None or plan.loyalty is None or plan.outcome is None:
        raise ValueError("A chain needs satisfaction, loyalty and an outcome.")
    return {"satisfaction": plan.satisfaction, "loyalty": plan.loyalty, "outcome": plan.outcome}


def _options(study: Study, plan: ChainPlan, replicates: int) -> _Options:
    return {
        "covariates": plan.covariates,
        "tree": index_tree(study.index),
        "blocks": {cost.id: cost.items for cost in study.switching_costs},
        "method": plan.method,
        "replicates": replicates,
        "seed": study.reporting.seed,
        "level": study.reporting.level,
    }
