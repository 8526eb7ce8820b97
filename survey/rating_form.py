"""The part of a questionnaire on which people rate: where straight-lining and its kin can show.

A question with two answers rates nothing, and a study does not say how its questionnaire was laid out. So
only scales of three answers or more count, and a *matrix* is what looks like one: five or more questions
in a row on one scale. A filter or any question on another scale between two halves makes them two.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from statistics import mode

import numpy as np

from survey.careless import Floats, means
from survey.responses import Responses
from survey.study import Study

# Answers in a row before it means anything that they are equal.
FEWEST_EQUAL = 5
_FEWEST_CODES = 3
# Share of people who must have answered an item before patterns are looked for in it.
_MOSTLY_ANSWERED = 0.8


def matrices(items: Sequence[str], study: Study) -> tuple[tuple[int, ...], ...]:
    """Return the positions of every matrix among ``items``, which stand in the order of the questionnaire."""
    runs = groupby(range(len(items)), key=lambda j: study.item_by_id[items[j]].scale)
    found = (tuple(run) for scale, run in runs if len(study.scales[scale].codes) >= _FEWEST_CODES)
    return tuple(run for run in found if len(run) >= FEWEST_EQUAL)


class RatingForm:
    """The questions of a wave that the study still knows, and the answers of n people to them.

    Attributes
    ----------
    items : (k,) their ids, in the order of the questionnaire.
    codes : (n, k) answers as given; negative is a blank.
    positions : (n, k) answers on their scales, 0 the low end and 1 the high end; nan for a blank.
    rated : positions of the items on scales of three answers or more.
    matrices : positions of the items of every matrix.
    main : (n, m) codes of the rated items on the ends that most of them share: there equal codes are equal
        answers.
    """

    def __init__(self, responses: Responses, study: Study) -> None:
        known = [j for j, item in enumerate(responses.items) if item in study.item_by_id]
        self.study, self.items = study, [responses.items[j] for j in known]
        self.codes = responses.codes[:, known]
        scales = [study.scale_of(item) for item in self.items]
        self.rated = [j for j, scale in enumerate(scales) if len(scale.codes) >= _FEWEST_CODES]
        low = np.array([scale.ends[0] for scale in scales], dtype=np.float64)
        width = np.array([scale.ends[1] - scale.ends[0] for scale in scales], dtype=np.float64)
        self.positions: Floats = np.where(self.codes >= 0, (self.codes - low) / width, np.nan)
        self.matrices = matrices(self.items, study)
        ends = [scales[j].ends for j in self.rated]
        shared = mode(ends) if ends else None
        self.main = self.codes[:, [j for j in self.rated if scales[j].ends == shared]]

    def patterned(self) -> list[int]:
        """Return the items in which patterns are looked for: put to everybody, and answered by most."""
        answered = np.isfinite(self.positions).mean(axis=0) if len(self.codes) else np.zeros(len(self.items))
        free = [j for j in self.rated if self.study.item_by_id[self.items[j]].asked_if is None]
        return [j for j in free if answered[j] >= _MOSTLY_ANSWERED]

    def level(self) -> Floats:
        """Return the mean position of each person's answers less ½, (n,); nan where nothing was rated."""
        return means(self.positions[:, self.rated] - 0.5)

    def scored(self) -> Floats:
        """Return positions with reversed items turned round, (n, k), as consistency needs them."""
        turned = np.array([self.study.item_by_id[item].reversed for item in self.items], dtype=np.bool_)
        return np.where(turned, 1.0 - self.positions, self.positions)

    def constructs(self) -> list[list[int]]:
        """Return the positions of the rated items of every construct."""
        place = {self.items[j]: j for j in self.rated}
        members = (construct.items for construct in self.study.constructs)
        return [[place[item] for item in items if item in place] for items in members]
