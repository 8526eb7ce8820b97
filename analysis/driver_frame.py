"""A table of answers, checked and ready for driver models of all its rows or of some.

What a newcomer gets wrong: replicates belong to the clusters of the whole table, so models of two parts of it
know which clusters they have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from analysis.design import Design
from analysis.driver_model import DriverModel, model_of
from analysis.driver_parts import Blanks
from analysis.driver_settings import indicators
from analysis.inputs import check_columns, check_known, listed, name_list, numbers
from analysis.replicates import Replication, replication
from analysis.results import TooFew
from analysis.sample import Booleans, Floats
from analysis.tabular import check_filled

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class DriverFrame:
    """Columns of a table (N,) as driver models take them; ``always`` (N, a) or none."""

    outcome: Floats
    drivers: Mapping[str, Floats]
    structural: Mapping[str, Booleans]
    plan: Replication
    groups: Mapping[str, Sequence[str]] | None
    always: Floats | None
    blanks: Blanks

    def fit(self, domain: Booleans, left_out: Collection[str] = ()) -> DriverModel | TooFew:
        """Fit the drivers, without some of them, in the rows of ``domain`` (N,)."""
        drivers = {name: column for name, column in self.drivers.items() if name not in left_out}
        structural = {name: nobody for name, nobody in self.structural.items() if name in drivers}
        return model_of(
            self.outcome, drivers, structural, self.plan, domain, self.groups, self.always, self.blanks
        )


def driver_frame(
    frame: pd.DataFrame | Mapping[str, Any],
    outcome: str,
    drivers: Sequence[str],
    *,
    weights: str | None,
    cluster: str | None,
    strata: str | None,
    not_asked: Collection[str],
    groups: Mapping[str, Sequence[str]] | None,
    always: Sequence[str],
    blanks: Blanks,
    replicates: int,
    seed: int,
) -> DriverFrame:
    """Check a table and take it over; see :func:`~analysis.drivers.driver_shares` for the parameters."""
    drivers, not_asked = name_list(drivers, "drivers"), name_list(not_asked, "not_asked")
    always = name_list(always, "always")
    if blanks not in get_args(Blanks):
        raise ValueError(f"Blanks are settled by 'listwise', 'em' or 'pairwise', found {blanks!r}.")
    members = [name for group in (groups or {}).values() for name in name_list(group, "A group")]
    if outcome in drivers:
        raise ValueError(f"The outcome {outcome!r} stands among its own drivers; take it out of them.")
    check_known([*not_asked, *name_list(members, "groups")], drivers, "driver")
    if shared := [name for name in always if name in (outcome, *drivers)]:
        raise ValueError(f"{listed(shared)}: always in, so neither a driver nor the outcome; name each once.")
    check_columns(frame, [outcome, *drivers, *always, weights, cluster, strata])
    columns = {name: numbers(frame, name) for name in (outcome, *drivers)}
    design, names = _design(frame, len(columns[outcome]), weights, cluster, strata)
    return DriverFrame(
        outcome=columns[outcome],
        drivers={name: columns[name] for name in drivers},
        structural={name: np.isnan(columns[name]) for name in not_asked},
        plan=replication(design, names, replicates, seed),
        groups=groups,
        always=np.column_stack([_covariate(frame, name) for name in always]) if always else None,
        blanks=blanks,
    )


def _covariate(frame: pd.DataFrame | Mapping[str, Any], name: str) -> Floats:
    """Numbers as they are, (n, 1); else a column for every value but the first, (n, values − 1)."""
    import pandas as pd  # late: half a second of start-up

    values = pd.Series(frame[name])
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return numbers(frame, name)[:, None]
    codes = pd.factorize(values, sort=True)[0]
    return indicators(np.asarray(codes, dtype=np.int64))


def _design(
    frame: pd.DataFrame | Mapping[str, Any],
    n: int,
    weights: str | None,
    cluster: str | None,
    strata: str | None,
) -> tuple[Design, tuple[str, ...]]:
    check_filled(frame, [cluster, strata])
    ids = np.asarray(frame[cluster]) if cluster else np.arange(n)
    names, clusters = np.unique(ids, return_inverse=True)
    stratum = (
        np.unique(np.asarray(frame[strata]), return_inverse=True)[1]
        if strata
        else np.zeros(n, dtype=np.int64)
    )
    w = numbers(frame, weights) if weights else np.ones(n)
    return Design(w, stratum, clusters), tuple(str(name) for name in names)
