"""What to keep in mind when reading driver shares: keys with values, put into words by reports.

==================== ====================================================== ======================
key                  holds where                                            values
==================== ====================================================== ======================
``rows_lost``        over 10 % of the rows are left out as incomplete       ``share``, ``rows``
``small_base``       n < 50 + 8 × drivers                                   ``n``, ``needed``
``few_clusters``     fewer than 30 clusters                                 ``clusters``
``failed_replicates`` over 1 % of the replicates broke down                 ``share``, ``failed``
``weak_fit``         adjusted R² < 0.10                                     ``adjusted``
``collinear``        largest variance inflation ≥ 4                         ``inflation``
``halo``             mean correlation between drivers > 0.6                 ``correlation``
``first_unsure``     the first driver is first in < 80 % of the replicates  ``probability``
``few_levels``       the outcome has at most 7 values                       ``levels``
``borrowed``         share > 5 %, yet hardly anything of its own            ``drivers``
``conflicting``      correlation and coefficient differ in sign             ``drivers``
``drawn_orders``     over 27 drivers: orders of entry are drawn             ``error``, ``orders``
``drawn_replicates`` 21 to 27 drivers: orders are drawn for the intervals   ``orders``
``em_blanks``        over 10 % of the rows have blanks that EM settles      ``share``, ``rows``
``pairwise_blanks``  over 10 % of the rows have blanks; pairs are by both   ``share``, ``rows``
==================== ====================================================== ======================

Rows are left out listwise where an answer that was due is missing, unless EM is declared, or did not apply to
very few; with ``rows_lost`` above 0.1 EM is the better choice. All thresholds are conventions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from analysis.driver_data import DriverData
from analysis.driver_facts import driver_facts
from analysis.driver_model import DriverModel, Regression
from analysis.lmg import MOST_PLAYERS
from analysis.lmg_sampled import ORDERS, REPLICATED_ORDERS
from analysis.results import Estimate

if TYPE_CHECKING:
    from analysis.driver_table import DriverShare

NOTES = {
    "rows_lost": "{share:.0%} of the rows ({rows:.0f}) are incomplete and left out",
    "small_base": "{n:.0f} rows are few for so many drivers; {needed:.0f} would be enough",
    "few_clusters": "with {clusters:.0f} clusters only, the intervals are rough",
    "failed_replicates": "the model broke down in {failed:.0f} replicates ({share:.1%})",
    "weak_fit": "adjusted R² is only {adjusted:.2f}; these drivers hardly explain the outcome",
    "collinear": "some drivers nearly repeat others (variance inflation up to {inflation:.1f})",
    "halo": "the drivers are alike (mean correlation {correlation:.2f}); their order says little",
    "first_unsure": "the first place is only {probability:.0%} probable; read the rank intervals",
    "few_levels": "the outcome has {levels:.0f} values only",
    "borrowed": "{drivers:.0f} drivers borrow most of their share from others",
    "conflicting": "correlation and coefficient differ in sign for {drivers:.0f} drivers",
    "drawn_orders": "{orders:.0f} orders of entry were drawn; this leaves an error of {error:.2%} of R²",
    "drawn_replicates": "shares are exact; their intervals rest on {orders:.0f} drawn orders of entry",
    "em_blanks": "{rows:.0f} rows ({share:.0%}) lack answers; EM settles these from the others",
    "pairwise_blanks": "{rows:.0f} rows ({share:.0%}) lack answers; each pair rests on rows with both",
}
REASONS = {
    "no_answers": "nobody answered it",
    "few_answers": "fewer than 30 people answered it",
    "no_spread": "everybody gave the same answer",
    "duplicate": "a copy of another driver",
    "aliased": "the other drivers determine it fully",
}


def fit_warnings(
    found: DriverModel | Regression, data: DriverData
) -> tuple[tuple[str, Mapping[str, float]], ...]:
    """Return the keys that hold for a regression whatever is made of it, with their values."""
    facts, p = driver_facts(found, data), len(data.names)
    gaps = int(np.isnan(data.x).any(axis=1).sum())
    failed = int((~found.kept).sum())
    kinds: list[tuple[bool, str, dict[str, float]]] = [
        (facts.lost > 0.1, "rows_lost", {"share": facts.lost, "rows": data.lost}),
        (gaps > 0.1 * data.n, f"{data.blanks}_blanks", {"share": gaps / max(data.n, 1), "rows": gaps}),
        (data.n < 50 + 8 * p, "small_base", {"n": data.n, "needed": 50 + 8 * p}),
        (facts.clusters < 30, "few_clusters", {"clusters": facts.clusters}),
        (facts.failed > 0.01, "failed_replicates", {"share": facts.failed, "failed": failed}),
        (facts.adjusted < 0.1, "weak_fit", {"adjusted": facts.adjusted}),
        (facts.inflation >= 4, "collinear", {"inflation": facts.inflation}),
        (facts.correlation > 0.6, "halo", {"correlation": facts.correlation}),
        (facts.levels <= 7, "few_levels", {"levels": facts.levels}),
    ]
    return tuple((key, values) for holds, key, values in kinds if holds)


def driver_warnings(
    model: DriverModel, drivers: Sequence[DriverShare]
) -> tuple[tuple[str, Mapping[str, float]], ...]:
    """Return the keys that hold for a fitted model and its table, with their values."""
    r_squared = float(model.r_squared[0])
    drawing = model.drawing_error / r_squared
    in_replicates = len(model.players) > MOST_PLAYERS and model.drawing_error == 0
    borrowed = sum(
        d.share.value > 0.05 and d.unique < 0.005 * r_squared and _covers_zero(d.coefficient) for d in drivers
    )
    conflicting = sum(d.direction == "conflicting" for d in drivers)
    first = drivers[0].first_probability
    found: list[tuple[bool, str, dict[str, float]]] = [
        (first < 0.8, "first_unsure", {"probability": first}),
        (borrowed > 0, "borrowed", {"drivers": borrowed}),
        (conflicting > 0, "conflicting", {"drivers": conflicting}),
        (model.drawing_error > 0, "drawn_orders", {"error": drawing, "orders": ORDERS}),
        (in_replicates, "drawn_replicates", {"orders": REPLICATED_ORDERS}),
    ]
    own = tuple((key, values) for holds, key, values in found if holds)
    return (*fit_warnings(model, model.data), *own)


def _covers_zero(estimate: Estimate | None) -> bool:
    return (
        estimate is not None
        and estimate.low is not None
        and estimate.high is not None
        and (estimate.low <= 0 <= estimate.high)
    )
