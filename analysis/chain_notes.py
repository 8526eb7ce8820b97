"""What to keep in mind about chains, moderation and asymmetry: keys with values, put into words by reports.

======================= ========================================================== =======================
key                     holds where                                                values
======================= ========================================================== =======================
``rows_lost``           over 10 % of the rows that were due are left out           ``share``, ``rows``
``few_clusters``        fewer than 30 clusters                                     ``clusters``
``failed_replicates``   over 1 % of the replicates broke down                      ``share``, ``failed``
``few_levels``          the last outcome has at most 7 values                      ``levels``
``ceiling``             over 40 % of the weight lies at the top of an outcome      ``share``
``collinear``           variance inflation of a regression ≥ 4                     ``inflation``
``opposite_paths``      clear indirect paths of opposite sign cancel               ``paths``
``clusters_ignored``    errors are used that know no clusters and strata           –
``tiny_product``        f² of the product < 0.005                                  ``f_squared``
``few_beyond``          fewer than 30 people beyond one SD on a side               ``low``, ``high``
``curved``              the product is not clear beside squares of both            ``p``
``not_ordinal``         an ordinal model does not show a clear product             ``p``
``wrong_sign``          a penalty above 0 or a reward below it                     ``drivers``
``thin_cells``          fewer than 30 people low, in the middle or high            ``drivers``
``straight_is_better``  R² of the straight model is over 0.03 higher               ``straight``, ``broken``
======================= ========================================================== =======================

Cautions hold whatever the numbers are. All thresholds are conventions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.driver_warnings import NOTES as DRIVER_NOTES
from analysis.sample import Floats

Warnings = tuple[tuple[str, Mapping[str, float]], ...]

MOST_LOST, FEWEST_CLUSTERS, MOST_FAILED_UNSAID = 0.10, 30, 0.01
FEWEST_LEVELS, CEILING, INFLATION = 7, 0.40, 4.0
TOP = 100.0

_SHARED = ("rows_lost", "few_clusters", "failed_replicates", "few_levels")
NOTES: Mapping[str, str] = {
    **{key: DRIVER_NOTES[key] for key in _SHARED},
    "ceiling": "{share:.0%} stand at the top of the scale; relations are flattened there",
    "collinear": "the steps of the chain nearly repeat one another (variance inflation {inflation:.1f})",
    "opposite_paths": "{paths:.0f} clear paths have opposite signs and cancel; do not read their sum alone",
    "clusters_ignored": "these errors take every row for a respondent of its own",
    "tiny_product": "the product explains next to nothing (f² = {f_squared:.4f})",
    "few_beyond": "only {low:.0f} people below and {high:.0f} above one standard deviation",
    "curved": "beside squares of both the product is not clear (p = {p:.3f}); it may be curvature",
    "not_ordinal": "an ordinal model does not show the product (p = {p:.3f}); the scale's end may make it",
    "wrong_sign": "{drivers:.0f} drivers have a penalty or a reward of the wrong sign",
    "thin_cells": "{drivers:.0f} drivers have fewer than 30 people low, in the middle or high",
    "straight_is_better": "straight lines explain more (R² {straight:.2f}) than low and high ({broken:.2f})",
}
CAUTIONS: Mapping[str, str] = {
    "association": "An association that is consistent with the chain; nothing here shows what causes what.",
    "order": "Asked in one questionnaire, the order of the steps is an assumption; the reversed order "
    "fits these answers equally well.",
    "unmeasured": "Anything that is not in the model and moves two of the steps is counted as an effect.",
    "pointwise": "The region holds point by point, not for all its points at once.",
    "scale": "Scales that end at 100 flatten gains near the top, and losses tend to weigh more than gains.",
}


def base_warnings(n: int, due: int, clusters: int, y: Floats, weights: Floats) -> Warnings:
    """Keys that hold for a model on ``n`` of ``due`` rows, with an outcome y and its weights (n,), no blanks.

    A binary outcome has few levels, which is said, and no ceiling.
    """
    lost = due - n
    # A mean of several items may miss its level by rounding.
    levels = len(set(np.round(y, 9).tolist()))
    top = float(weights[y >= TOP].sum() / weights.sum()) if len(y) else 0.0
    return chosen(
        [
            (lost > MOST_LOST * due, "rows_lost", {"share": lost / max(due, 1), "rows": lost}),
            (clusters < FEWEST_CLUSTERS, "few_clusters", {"clusters": clusters}),
            (levels <= FEWEST_LEVELS, "few_levels", {"levels": levels}),
            (levels > 2 and top > CEILING, "ceiling", {"share": top}),
        ]
    )


def chosen(kinds: Sequence[tuple[bool, str, Mapping[str, float]]]) -> Warnings:
    """Return the keys that hold, with their values."""
    return tuple((key, values) for holds, key, values in kinds if holds)


def told(warnings: Warnings, cautions: Sequence[str] = ()) -> list[str]:
    """Lines for a terminal: warnings, then cautions."""
    lines = [f"note: {NOTES[key].format(**values)} ({key})" for key, values in warnings]
    return lines + [f"mind: {CAUTIONS[key]}" for key in cautions]
