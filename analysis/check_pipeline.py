"""Further figures for the checklist: settings from the study, numbers from a sample.

What a newcomer gets wrong: this judges nothing. It works out, once, what ``analysis.checks`` needs beside the
results that a wave has anyway.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.check_facts import CheckFacts, DriverChecks
from analysis.check_limits import USUAL, CheckLimits
from analysis.driver_checks import driver_checks
from analysis.driver_pipeline import candidates
from analysis.driver_settings import ModelSettings
from analysis.index import IndexTree
from analysis.sample import Sample
from analysis.scale_facts import scale_facts
from analysis.scale_results import Block
from survey.study import Study


def check_facts(sample: Sample, study: Study, tree: IndexTree) -> CheckFacts:
    """Return what the checklist judges in the last wave of ``sample``, and by which limits."""
    limits, design = check_limits(study), study.design
    weights = sample.weights[sample.in_wave(sample.waves[-1])]
    blocks = [Block(part.id, part.items, part.mode == "formative") for part in study.constructs]
    return CheckFacts(
        limits=limits,
        largest_weight=float(weights.max() / np.median(weights)),
        recognised=design.cluster is not None or design.respondent is not None,
        drivers=_drivers(sample, study, tree, limits),
        scales=scale_facts(sample, blocks, study.reporting.disclosure_limit),
    )


def check_limits(study: Study) -> CheckLimits:
    """Return the limits of the checklist: those that the study sets, else the usual ones."""
    given = study.reporting.checks
    return USUAL if given is None else replace(USUAL, **given.declared())


def _drivers(sample: Sample, study: Study, tree: IndexTree, limits: CheckLimits) -> tuple[DriverChecks, ...]:
    if study.drivers is None:
        return ()
    settings = ModelSettings(study.drivers.groups, study.drivers.always, study.drivers.blanks)
    segments = [part.id for part in study.segments if part.id not in study.drivers.always]
    return tuple(
        driver_checks(
            sample,
            outcome,
            candidates(study, tree, outcome),
            segments,
            tree=tree,
            settings=settings,
            limits=limits,
            seed=study.reporting.seed,
        )
        for outcome in study.drivers.outcomes
    )
