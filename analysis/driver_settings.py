"""A driver model of a wave or a group as a study declares it: players, covariates, blanks.

What a newcomer gets wrong: a covariate that is always in is no driver with a share of 0. What it explains is
taken off the outcome and off every driver, and only the rest is shared out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.driver_data import DriverData, driver_data
from analysis.driver_model import DriverModel, fit_drivers
from analysis.driver_parts import Blanks
from analysis.driver_performance import branches_of
from analysis.index import IndexTree
from analysis.inputs import check_known
from analysis.replicates import Replication
from analysis.results import TooFew
from analysis.sample import Booleans, Floats, Integers, Sample

Grouping = Literal["none", "branches"]


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How drivers enter: alone or by top ``branches``, behind which items or segments, with which blanks."""

    groups: Grouping = "none"
    always: tuple[str, ...] = ()
    blanks: Blanks = "listwise"


def wave_model(
    sample: Sample,
    outcome: str,
    items: Sequence[str],
    wave: str,
    plan: Replication,
    tree: IndexTree | None,
    settings: ModelSettings,
    domain: Booleans | None = None,
) -> DriverModel | TooFew:
    """Fit the drivers of an outcome in a wave, or in the part of it that ``domain`` (N,) keeps.

    Raises what ``wave_data`` does.
    """
    return fit_drivers(wave_data(sample, outcome, items, wave, tree, settings, domain), plan)


def wave_data(
    sample: Sample,
    outcome: str,
    items: Sequence[str],
    wave: str,
    tree: IndexTree | None,
    settings: ModelSettings,
    domain: Booleans | None = None,
) -> DriverData:
    """Choose rows and columns of such a model.

    Raises
    ------
    ValueError
        For a covariate that is neither an item nor a segment, or is a driver as well, and for branches
        without a tree.
    """
    if settings.groups == "branches" and tree is None:
        raise ValueError("Branches are those of an index: give its tree.")
    rows = sample.in_wave(wave)
    return driver_data(
        sample.outcomes[outcome],
        {item: sample.column(item) for item in items},
        {item: sample.structural[:, sample.items.index(item)] for item in items},
        sample.weights,
        rows if domain is None else np.asarray(rows & domain),
        branches_of(tree, items) if tree is not None and settings.groups == "branches" else None,
        covariates(sample, settings.always, items),
        settings.blanks,
    )


def covariates(sample: Sample, always: Sequence[str], items: Sequence[str]) -> Floats | None:
    """Columns (N, a) of the items and segments that are always in, nan where blank; ``None`` without any.

    ``items`` are the drivers, which cannot be covariates as well.
    """
    known = [*(item for item in sample.items if item not in items), *sample.segments]
    check_known(always, known, "covariate")
    columns = [
        sample.column(name)[:, None] if name in sample.items else indicators(sample.segments[name].codes)
        for name in always
    ]
    return np.hstack(columns) if columns else None


def indicators(codes: Integers) -> Floats:
    """A column for every code but the first that occurs, (n, codes − 1); nan where a code is below 0."""
    found = (codes[:, None] == np.unique(codes[codes >= 0])[1:]).astype(np.float64)
    found[codes < 0] = np.nan
    return np.asarray(found)
