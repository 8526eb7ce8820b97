"""A sample: scored answers of one or several waves in one design, ready for estimation.

Waves are stacked, so that accounts that answer twice are one cluster and changes between waves get
the covariance that this brings. Arrays only: nothing here knows files or studies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from analysis.adjustment import Adjustment
    from analysis.calibration import Calibration
    from analysis.design import LonelyRule

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Groups:
    """Membership in the groups of one segment: ``codes`` (n,) index ``values``, −1 for none."""

    values: tuple[str, ...]
    codes: Integers


@dataclass(frozen=True, slots=True)
class Sample:
    """Respondents of all loaded waves, n rows.

    Attributes
    ----------
    items : (k,) item ids.
    scores : (n, k) points of 100, higher is better; nan where there is no answer.
    codes : (n, k) codes as given; negative is the kind of blank.
    structural : (n, k) whether there was no answer to have (not asked, not applicable).
    waves : wave ids in time order; ``wave`` (n,) indexes them.
    weights : (n,) sampling weights, positive; only ratios matter.
    strata : (n,) stratum numbers; clusters are nested in strata.
    clusters : (n,) cluster numbers, equal across waves for the same account.
    cluster_ids : cluster number -> identifier, the key of coordinated replicates.
    outcomes : outcome id -> (n,) points of 100 (or 0 and 100 for flags), nan where unknown.
    segments : segment id -> membership.
    fractions : stratum number -> share of its clusters that was sampled, 0 where absent.
    lonely : what a stratum of a single cluster adds to a variance: see :class:`~analysis.design.Design`.
    adjustment : the margins that ``weights`` were calibrated to, if they were.
    calibrations : wave -> how its weights were calibrated, for the waves where they were.
    """

    items: tuple[str, ...]
    scores: Floats
    codes: npt.NDArray[np.int16]
    structural: Booleans
    waves: tuple[str, ...]
    wave: Integers
    weights: Floats
    strata: Integers
    clusters: Integers
    cluster_ids: tuple[str, ...]
    outcomes: Mapping[str, Floats]
    segments: Mapping[str, Groups]
    fractions: Mapping[int, float] | None = None
    lonely: LonelyRule = "grand_mean"
    adjustment: Adjustment | None = None
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.weights)

    def in_wave(self, wave: str) -> Booleans:
        """Return which rows belong to ``wave``."""
        return np.asarray(self.wave == self.waves.index(wave))

    def column(self, item: str) -> Floats:
        """Return the scores of one item, (n,)."""
        return self.scores[:, self.items.index(item)]
