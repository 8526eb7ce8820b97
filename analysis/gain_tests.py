"""Whether gains are clear: p by t from what is printed, and q over the gains that stand side by side.

What a newcomer gets wrong: of a dozen drivers that do nothing, one in two tables has an interval that leaves
out 0. So what is called clear goes by q, and the intervals stay those of single figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from analysis.estimate import benjamini_hochberg
from analysis.results import Estimate
from analysis.whatif_results import Gain, Scenario


def p_value(found: Estimate) -> float:
    """Two-sided p by t on the degrees of freedom of the interval; nan without an error."""
    if not found.se or found.df is None or found.df <= 0:
        return np.nan
    return float(2.0 * special.stdtr(found.df, -abs(found.value) / found.se))


def with_q(family: Sequence[Gain]) -> list[Gain]:
    """Give every gain its q after Benjamini–Hochberg over the ``family``; none where there is no error."""
    p = [p_value(gain.change) if isinstance(gain.change, Estimate) else np.nan for gain in family]
    found = benjamini_hochberg(p).tolist()
    return [replace(gain, q=q if np.isfinite(q) else None) for gain, q in zip(family, found, strict=True)]


def with_q_by_outcome(single: Sequence[Scenario]) -> list[Scenario]:
    """Test the gains of drivers that were moved alone, by the same step: over the drivers of each outcome."""
    columns = [with_q(family) for family in zip(*(scenario.gains for scenario in single), strict=True)]
    if not columns:
        return list(single)
    rows = zip(*columns, strict=True)
    return [replace(scenario, gains=gains) for scenario, gains in zip(single, rows, strict=True)]
