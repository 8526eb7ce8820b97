"""What simulated respondents write in their own words.

A comment follows from the answers of whoever writes it: it is about the item that disappoints most,
and only the satisfied praise or speak in general. Those who do not read do not write.
"""

from __future__ import annotations

import numpy as np

from survey.language import Language, catalogue
from survey.opinions import Census
from survey.questions import BlankKind
from survey.register import Floats, Integers, stream
from survey.study import Study
from survey.truth import Truth


def remarks(
    study: Study,
    truth: Truth,
    census: Census,
    contacts: Integers,
    question: str,
    wave: str,
    seed: int,
    language: Language,
) -> tuple[str, ...]:
    """Return the answers of ``contacts`` to an open question, empty where nothing is written."""
    told, everybody = truth.comments, len(census.careless)
    writes, turn, pick = stream(seed, "comment", question, wave).random((3, everybody))[:, contacts]
    topics = [
        leaf.item for leaf in study.index.leaves() if leaf.item is not None and leaf.item in truth.items
    ]
    scores = np.column_stack([_scores(study, census, item) for item in topics])[contacts]
    poor = np.nanmin(scores, axis=1) < told.poor_below
    worst, best = np.nanargmin(scores, axis=1), np.nanargmax(scores, axis=1)
    silent = (census.careless[contacts] > 0) | (writes >= np.where(poor, told.dissatisfied, told.others))
    texts = []
    for row in range(len(contacts)):
        if silent[row]:
            texts.append("")
            continue
        item = topics[worst[row] if poor[row] else best[row]]
        if not poor[row] and turn[row] < 0.5 and told.general:
            stock = told.general
        else:
            stock = _about(study, truth, item, "poor" if poor[row] else "good", language)
        texts.append(stock[int(pick[row] * len(stock))])
    return tuple(texts)


def _about(study: Study, truth: Truth, item: str, mood: str, language: Language) -> tuple[str, ...]:
    """The stock of sentences about one item, or one made of its label."""
    told = truth.comments.items.get(item)
    stock = (told.poor if mood == "poor" else told.good) if told else ()
    label = study.item_by_id[item].label[language]
    return stock or (catalogue("survey")(f"simulate.comment_{mood}", language, label=label),)


def _scores(study: Study, census: Census, item: str) -> Floats:
    """Points of 100 of everybody, (M,), nan where the item was not put."""
    codes = census.codes[:, list(study.item_by_id).index(item)].astype(np.float64)
    low, high = study.scale_of(item).ends
    scores = 100 * (codes - low) / (high - low)
    if study.item_by_id[item].reversed:
        scores = 100 - scores
    return np.asarray(np.where(codes == BlankKind.NOT_ASKED, np.nan, scores))
