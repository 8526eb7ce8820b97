"""Answers that simulated respondents leave out, by the declared rate of each kind of blank.

What is left out does not depend on opinions, so blanks cost precision and bias nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from survey.questions import BlankKind
from survey.register import stream
from survey.responses import Codes
from survey.study import Study
from survey.truth import Truth

KINDS = {
    "blank": BlankKind.BLANK,
    "refused": BlankKind.REFUSED,
    "dont_know": BlankKind.DONT_KNOW,
    "not_applicable": BlankKind.NOT_APPLICABLE,
}


def leave_blank(
    study: Study, truth: Truth, codes: Codes, seed: int, *occasion: str, kinds: Collection[str] = tuple(KINDS)
) -> Codes:
    """Return ``codes`` (M, k) with blanks of ``kinds`` in place of some answers.

    A kind for which the scale has no code does not occur, but for cells that are simply empty.
    Questions that route others are always answered: left blank, they would leave open what follows.
    """
    codes = codes.copy()
    gates = {item.asked_if.item for item in study.items if item.asked_if}
    for j, item in enumerate(study.items):
        if item.id in gates or item.id not in truth.items:
            continue
        uniform = stream(seed, "blank", item.id, *occasion).random(len(codes))
        asked, below = codes[:, j] != BlankKind.NOT_ASKED, 0.0
        for kind, share in possible_blanks(study, truth, item.id).items():
            if kind in kinds:
                codes[asked & (uniform >= below) & (uniform < below + share), j] = KINDS[kind]
            below += share
    return codes


def possible_blanks(study: Study, truth: Truth, item: str) -> dict[str, float]:
    """Shares of the kinds of blank that can occur in ``item``."""
    known = {"blank", *(blank.kind for blank in study.scale_of(item).blanks.values())}
    shares = truth.blank_shares(item)
    return {kind: share for kind, share in shares.items() if kind in known and kind in KINDS and share > 0}
