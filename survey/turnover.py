"""The register as it stands in each wave: accounts that were lost are gone, others have come.

Whom a wave can ask depends on who was lost before it, so the waves before it are worked out first.
Adding a wave at the end of a study changes none before it.
"""

from __future__ import annotations

from survey.opinions import take_census
from survey.register import Register, build_register, with_successors
from survey.study import Study
from survey.truth import Truth


def register_in(study: Study, truth: Truth, wave: str, seed: int) -> Register:
    """Return the register of ``wave``: as many accounts as at first, in the same groups."""
    register = build_register(study, truth, seed)
    if truth.frame.leaves is None:
        return register
    for earlier in study.wave_by_id:
        if earlier == wave:
            break
        lost = take_census(study, truth, register, earlier, seed).flags[truth.frame.leaves]
        register = with_successors(register, truth, lost)
    return register
