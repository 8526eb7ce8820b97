"""What a run was made from.

What a newcomer gets wrong: two runs with equal provenance give equal results; results may be equal without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the run was made from; the same provenance gives the same results.

    ``weight_set`` names the weights, ``weight_set_digest`` is that of the whole set and ``weight_state``
    where it stands: ``study`` (declared by the study file), ``approved``, ``draft``, or ``file`` (read from
    a file that no project holds). ``weight_digest`` covers the numbers and the roll-up alone: results with
    another one are another series.
    """

    csat: str
    study: str
    study_digest: str
    weight_set: str
    weight_digest: str
    weight_set_digest: str
    weight_state: Literal["study", "draft", "approved", "file"]
    wave_digests: Mapping[str, str]
    seed: int
    replicates: int
    level: float
