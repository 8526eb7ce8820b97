"""Who was asked what: the kinds of blank that follow from the routing of a study.

An empty cell is a missing answer only where the item was put to the respondent. Where the filter
question itself has no answer nobody can say, so an answer there is kept and reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from survey.questions import AskedIf, BlankKind, Item
from survey.responses import Codes
from survey.study import Study
from survey.values import BAD, EMPTY

Mask = npt.NDArray[np.bool_]
_MISSING = (BlankKind.BLANK, BlankKind.REFUSED, BlankKind.DONT_KNOW, BlankKind.INVALID, BAD)
_GIVEN = (BlankKind.REFUSED, BlankKind.DONT_KNOW)


@dataclass(frozen=True, slots=True)
class RoutingFinding:
    """Respondents (positions) whose answer to ``item`` does not fit the routing.

    ``answered``: not asked and yet answered. ``due``: asked and yet marked as not asked.
    ``unfiltered``: answered although the filter question was not.
    """

    item: Item
    answered: npt.NDArray[np.intp]
    due: npt.NDArray[np.intp]
    unfiltered: npt.NDArray[np.intp]


def in_order_of_routing(study: Study) -> Iterator[Item]:
    """Yield the items so that every filter question comes before what depends on it."""
    done: set[str] = set()

    def visit(item: Item) -> Iterator[Item]:
        if item.id in done:
            return
        done.add(item.id)
        if item.asked_if is not None:
            yield from visit(study.item_by_id[item.asked_if.item])
        yield item

    for item in study.items:
        yield from visit(item)


def asked_of(study: Study, codes: Codes, asked_if: AskedIf) -> tuple[Mask, Mask]:
    """Return (n,) who was asked what ``asked_if`` decides, and of whom nobody can say."""
    filter_codes = codes[:, list(study.item_by_id).index(asked_if.item)]
    return np.isin(filter_codes, asked_if.answers), np.isin(filter_codes, _MISSING)


def apply_routing(study: Study, codes: Codes) -> list[RoutingFinding]:
    """Replace ``EMPTY`` in ``codes`` (n, k; columns as ``study.items``) by the kind of blank, in place.

    Returns what does not fit; such codes are left as they are.
    """
    position = {item.id: n for n, item in enumerate(study.items)}
    findings = []
    for item in in_order_of_routing(study):
        column = codes[:, position[item.id]]
        if item.asked_if is None:
            column[column == EMPTY] = BlankKind.BLANK
            continue
        asked, unknown = asked_of(study, codes, item.asked_if)
        empty: Mask = column == EMPTY
        column[empty & asked] = BlankKind.BLANK
        column[empty & ~asked] = BlankKind.NOT_ASKED
        given: Mask = (column >= 0) | np.isin(column, _GIVEN)
        finding = RoutingFinding(
            item,
            np.flatnonzero(given & ~asked & ~unknown),
            np.flatnonzero((column == BlankKind.NOT_ASKED) & asked),
            np.flatnonzero(given & unknown),
        )
        if len(finding.answered) or len(finding.due) or len(finding.unfiltered):
            findings.append(finding)
    return findings
