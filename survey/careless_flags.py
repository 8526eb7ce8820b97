"""Who may have answered carelessly: flags on the answers of one wave, never deletions.

A flag is a remark about a person's answers. Only where two independent remarks agree is an exclusion
proposed, and only a person decides. The one thing to get wrong: no rule may look at which side of the
scale somebody is on. Every flag here marks the mirror image of an answer sheet exactly as it marks the
sheet itself, and every count says how many stand on either side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from survey.careless import (
    Booleans,
    Floats,
    Integers,
    even_odd,
    irv,
    irv_by_part,
    longstring,
    one_answer,
    seconds_per_item,
)
from survey.rating_form import FEWEST_EQUAL, RatingForm
from survey.responses import Responses
from survey.study import Study
from survey.unusual import PEOPLE_PER_ITEM, Distances, distances

Flag = Literal["long_run", "straight", "one_answer", "unusual", "very_unusual", "fast", "very_fast"]
Side = Literal["below", "middle", "above"]
FLAGS: tuple[Flag, ...] = get_args(Flag)
SIDES: tuple[Side, ...] = get_args(Side)

# Matrices to be answered with one code each before that counts against anybody.
STRAIGHT_MATRICES = 2
# Levels of χ² beyond which a pattern is unusual and very unusual.
UNUSUAL, VERY_UNUSUAL = 0.99, 0.999
VERY_FAST_SECONDS, REPORTED_SECONDS = 1.0, 2.0
# People with a known duration before their median says how long the questionnaire takes.
FEWEST_TIMES = 10
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class NotApplied:
    """A rule that these answers do not allow. ``reason`` names the sentence ``careless.without.<reason>``."""

    flags: tuple[Flag, ...]
    reason: str
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Count:
    """How many people: in all, and by the side of the scale on which their mean answer lies."""

    n: int
    below: int
    middle: int
    above: int

    def values(self) -> dict[str, int]:
        """Return the four numbers by name."""
        return {"n": self.n} | {side: getattr(self, side) for side in SIDES}


@dataclass(frozen=True, slots=True, eq=False)
class CarelessFlags:
    """Flags of n respondents of one wave.

    Attributes
    ----------
    wave, respondents : those of the answers, in their order.
    marks : flag -> (n,) who carries it.
    proposed : (n,) whose exclusion is proposed: too fast for the questionnaire, and straight-lining.
    level : (n,) mean position of the answers on their scales less ½; below 0 is the low end, nan where
        nothing was rated.
    indices : name -> (n,) what the rules looked at, nan where not defined: ``longest_run``,
        ``matrices_straight``, ``irv`` and its thirds ``irv_1`` to ``irv_3`` (units of the scale),
        ``distance`` (D²), ``even_odd`` (−1 to 1, higher is more careless, no agreed limit and so no flag),
        ``seconds_per_item``.
    matrices : items of every matrix: five or more questions in a row on one scale.
    not_applied : rules that the answers do not allow, and why.
    base_unusual, items_unusual : people and items among which patterns were judged; 0 where they were not.
    """

    wave: str
    respondents: tuple[str, ...]
    marks: Mapping[Flag, Booleans]
    proposed: Booleans
    level: Floats
    indices: Mapping[str, Floats]
    matrices: tuple[tuple[str, ...], ...]
    not_applied: tuple[NotApplied, ...]
    base_unusual: int
    items_unusual: int

    def __len__(self) -> int:
        return len(self.respondents)

    @property
    def flagged(self) -> Booleans:
        """Who carries any flag, (n,)."""
        return np.asarray(np.logical_or.reduce([self.marks[flag] for flag in FLAGS]))

    def flags_of(self, position: int) -> tuple[Flag, ...]:
        """Return the flags of one respondent."""
        return tuple(flag for flag in FLAGS if self.marks[flag][position])

    def side_of(self, position: int) -> Side | None:
        """Return on which side of the scale a respondent's mean lies; ``None`` if nothing was rated."""
        level = self.level[position]
        if np.isnan(level):
            return None
        return "middle" if abs(level) <= _ROUNDING else "below" if level < 0 else "above"

    def count(self, who: Booleans) -> Count:
        """Count some of the people by side. Sides do not add up where somebody rated nothing."""
        level = self.level[who]
        below, above = int((level < -_ROUNDING).sum()), int((level > _ROUNDING).sum())
        return Count(int(who.sum()), below, int((np.abs(level) <= _ROUNDING).sum()), above)

    @property
    def under_two_seconds(self) -> int:
        """People below 2 seconds a question, a limit that is reported and flags nobody."""
        return int((self.indices["seconds_per_item"] < REPORTED_SECONDS).sum())

    def document(self) -> dict[str, Any]:
        """Return everything as plain values; ``people`` are the flagged ones, ``place`` counts from 1."""
        counts = {flag: self.count(self.marks[flag]).values() for flag in FLAGS}
        return {
            "wave": self.wave,
            "respondents": len(self),
            "flagged": self.count(self.flagged).values(),
            "proposed": self.count(self.proposed).values(),
            "flags": counts,
            "under_two_seconds": self.under_two_seconds,
            "not_applied": [
                {"flags": list(rule.flags), "reason": rule.reason, **rule.values} for rule in self.not_applied
            ],
            "matrices": [list(items) for items in self.matrices],
            "unusual_among": {"respondents": self.base_unusual, "items": self.items_unusual},
            "people": [self._person(int(n)) for n in np.flatnonzero(self.flagged)],
        }

    def _person(self, n: int) -> dict[str, Any]:
        values = {name: float(index[n]) for name, index in self.indices.items()}
        return {
            "place": n + 1,
            "respondent": self.respondents[n],
            "flags": list(self.flags_of(n)),
            "side": self.side_of(n),
            "proposed": bool(self.proposed[n]),
            "indices": {name: None if np.isnan(value) else value for name, value in values.items()},
        }


def careless_flags(responses: Responses, study: Study) -> CarelessFlags:
    """Flag careless answering in one wave.

    Rules
    -----
    ``long_run`` : in some matrix one answer more than half its items long, and five at least.
    ``straight`` : two matrices or more with one answer throughout, at least five given in each.
    ``one_answer`` : one answer to everything rated on the scale that most questions share, at least ten.
    ``unusual``, ``very_unusual`` : D² beyond the 99 % or 99.9 % point of χ², on either side of the scale;
        see ``unusual``. Items that are routed, or that one in five did not answer, are left aside.
    ``fast`` : less than half the median seconds per item; ``very_fast`` : less than one second.

    A matrix is a run of five or more questions on one scale; only scales of three or more answers count.
    Exclusion is proposed where speed (``fast`` or ``very_fast``) agrees with straight-lining
    (``straight`` or ``one_answer``). Without durations nothing is ever proposed.

    References
    ----------
    Curran, P. (2016). J. Exp. Soc. Psychol. 66 (half of a matrix). Wood, D. et al. (2017). Soc. Psychol.
    Pers. Sci. 8 (one second). Meade, A. & Craig, S. (2012). Psychol. Methods 17 (χ²).
    """
    form = RatingForm(responses, study)
    longest, long, straight = _runs(form)
    apart = distances(form.positions[:, form.patterned()])
    pace = seconds_per_item(_seconds(responses), responses.codes)
    marks: dict[Flag, Booleans] = {
        "long_run": long,
        "straight": straight >= STRAIGHT_MATRICES,
        "one_answer": one_answer(form.main, STRAIGHT_MATRICES * FEWEST_EQUAL),
        "unusual": apart.beyond(UNUSUAL),
        "very_unusual": apart.beyond(VERY_UNUSUAL),
        "fast": _fast(pace),
        "very_fast": pace < VERY_FAST_SECONDS,
    }
    thirds = irv_by_part(form.main)
    return CarelessFlags(
        wave=responses.wave,
        respondents=responses.respondents,
        marks=marks,
        proposed=(marks["fast"] | marks["very_fast"]) & (marks["straight"] | marks["one_answer"]),
        level=form.level(),
        indices={
            "longest_run": longest.astype(np.float64),
            "matrices_straight": straight.astype(np.float64),
            "irv": irv(form.main),
            **{f"irv_{part}": thirds[:, part - 1] for part in (1, 2, 3)},
            "distance": apart.squared,
            "even_odd": even_odd(form.scored(), form.constructs()),
            "seconds_per_item": pace,
        },
        matrices=tuple(tuple(form.items[j] for j in matrix) for matrix in form.matrices),
        not_applied=tuple(_not_applied(form, apart, pace)),
        base_unusual=apart.base if apart.rank else 0,
        items_unusual=apart.items if apart.rank else 0,
    )


def _runs(form: RatingForm) -> tuple[Integers, Booleans, Integers]:
    """Return the longest run within a matrix, whether one is long, and how many have one answer, all (n,)."""
    longest = np.zeros(len(form.codes), dtype=np.int64)
    long = np.zeros(len(form.codes), dtype=np.bool_)
    straight = np.zeros_like(longest)
    for matrix in form.matrices:
        run = longstring(form.codes[:, matrix])
        long |= (2 * run > len(matrix)) & (run >= FEWEST_EQUAL)
        np.maximum(longest, run, out=longest)
        straight += one_answer(form.codes[:, matrix], FEWEST_EQUAL)
    return longest, long, straight


def _seconds(responses: Responses) -> Floats:
    """Return how long each interview took, (n,), nan where the platform noted nothing usable."""
    values = responses.paradata.get("seconds", (None,) * len(responses))
    known = (isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return np.array(
        [float(value or 0) if ok else np.nan for value, ok in zip(values, known, strict=True)],
        dtype=np.float64,
    )


def _fast(pace: Floats) -> Booleans:
    if np.isfinite(pace).sum() < FEWEST_TIMES:
        return np.zeros(len(pace), dtype=np.bool_)
    return np.asarray(pace < np.nanmedian(pace) / 2, dtype=np.bool_)


def _not_applied(form: RatingForm, apart: Distances, pace: Floats) -> list[NotApplied]:
    found = []
    if not form.matrices:
        found.append(NotApplied(("long_run", "straight"), "matrices", {"fewest": FEWEST_EQUAL}))
    elif len(form.matrices) < STRAIGHT_MATRICES:
        found.append(NotApplied(("straight",), "second_matrix", {"fewest": FEWEST_EQUAL}))
    if form.main.shape[1] < (fewest := STRAIGHT_MATRICES * FEWEST_EQUAL):
        found.append(NotApplied(("one_answer",), "common_scale", {"fewest": fewest}))
    if not apart.items:
        found.append(NotApplied(("unusual", "very_unusual"), "no_items", {}))
    elif not apart.rank:
        values = {"base": apart.base, "items": apart.items, "needed": PEOPLE_PER_ITEM * apart.items}
        found.append(NotApplied(("unusual", "very_unusual"), "complete_answers", values))
    timed = int(np.isfinite(pace).sum())
    if not timed:
        found.append(NotApplied(("fast", "very_fast"), "durations", {}))
    elif timed < FEWEST_TIMES:
        found.append(NotApplied(("fast",), "few_durations", {"timed": timed, "fewest": FEWEST_TIMES}))
    return found
