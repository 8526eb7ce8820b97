"""Answers become a sample: scored on 0–100, weighted, with strata, clusters, segments and outcomes.

This is the only place where the words of a study meet the arrays of the estimators. Scores use the
theoretical ends of each scale, so 1 on a scale 1–10 is 0 and 1 on a scale 0–10 is 10. Blanks stay
blank: nothing is imputed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.sample import Floats, Groups, Integers, Sample
from survey.errors import Place, Problem, ProblemsError
from survey.language import listing
from survey.questions import BlankKind, Item, Scale
from survey.responses import Codes, Responses, Value
from survey.study import Outcome, Segment, Study


class SampleProblems(ProblemsError):
    """Answers that are in the project but cannot be estimated from."""


def prepare(responses: Sequence[Responses], study: Study) -> Sample:
    """Stack the waves of a study into one sample.

    Parameters
    ----------
    responses : one value a wave, in time order.
    study : their study.

    Returns
    -------
    Sample with a row for every respondent of every wave. An item that a wave did not ask is blank
    there. Respondents keep their row however many blanks they have.

    Raises
    ------
    SampleProblems
        For weights that are not positive and clusters that lie in two strata of one wave, all at
        once. A cluster whose stratum changed *between* waves keeps the stratum of its first wave,
        under which it was selected.
    """
    items = tuple(item.id for item in study.items)
    codes = np.concatenate([_codes(wave, items) for wave in responses])
    weights, weight_problems = _weights(responses, study)
    cluster_ids, clusters = _numbered(_cluster_keys(responses, study))
    strata, stratum_problems = _strata(responses, study, clusters, cluster_ids)
    if problems := weight_problems + stratum_problems:
        raise SampleProblems(problems)
    scores = np.column_stack(
        [score(codes[:, j], study.scale_of(item), study.item_by_id[item]) for j, item in enumerate(items)]
    )
    return Sample(
        items=items,
        scores=scores,
        codes=codes,
        structural=np.isin(codes, [kind for kind in BlankKind if kind.structural]),
        waves=tuple(wave.wave for wave in responses),
        wave=np.repeat(np.arange(len(responses)), [len(wave) for wave in responses]),
        weights=weights,
        strata=strata,
        clusters=clusters,
        cluster_ids=cluster_ids,
        outcomes={outcome.id: _outcome(outcome, responses, items, scores) for outcome in study.outcomes},
        segments={segment.id: _groups(segment, responses, study) for segment in study.segments},
    )


def score(codes: Codes, scale: Scale, item: Item) -> Floats:
    """Return points of 100 for the answers of one item, nan for every blank.

    .. math:: 100 (x - a) / (b - a)

    with the theoretical ends a and b of the scale; a reversed item gives 100 less that. The lowest
    answer of the scale 1–10 is 0, the highest 100:

    >>> from survey.study import Text
    >>> word = Text(zh="项", en="item")
    >>> item = Item(id="q", text=word, label=word, scale="ten")
    >>> score(np.array([1, 10, -1], dtype=np.int16), Scale(ends=(1, 10)), item).tolist()
    [0.0, 100.0, nan]
    """
    low, high = scale.ends
    points = np.where(codes >= 0, 100.0 * (codes.astype(float) - low) / (high - low), np.nan)
    return 100.0 - points if item.reversed else points


def _codes(responses: Responses, items: Sequence[str]) -> Codes:
    """Answers in the order of the study; items this wave did not ask are not asked of anybody."""
    place = {item: j for j, item in enumerate(responses.items)}
    absent = np.full(len(responses), BlankKind.NOT_ASKED, dtype=np.int16)
    return np.column_stack(
        [responses.codes[:, place[item]] if item in place else absent for item in items]
    ).astype(np.int16)


def _column(responses: Sequence[Responses], column: str) -> list[Value]:
    """Values of one column over all waves; ``None`` where a wave does not have it."""
    return [value for wave in responses for value in wave.columns.get(column, (None,) * len(wave))]


def _weights(responses: Sequence[Responses], study: Study) -> tuple[Floats, list[Problem]]:
    rows = sum(len(wave) for wave in responses)
    if study.design.weight is None:
        return np.ones(rows), []
    values = _column(responses, study.design.weight)
    weights = np.array([np.nan if value is None else float(value) for value in values])
    owners = [(wave.wave, person) for wave in responses for person in wave.respondents]
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    problems = [
        Problem(
            "sample_weight",
            Place(owners[row][0]),
            {
                "respondent": owners[row][1],
                "column": study.column_by_id[study.design.weight].label,
                "value": "—" if values[row] is None else values[row],
            },
        )
        for row in bad
    ]
    return weights, problems


def _cluster_keys(responses: Sequence[Responses], study: Study) -> list[str]:
    """Who varies together: the account, else the person, else each answer by itself.

    A person whose account is blank stands alone: people without an account are no account together.
    The mark before the key keeps it apart from accounts of the same name.
    """
    people = [person for wave in responses for person in wave.respondents]
    if study.design.cluster is not None:
        accounts = _column(responses, study.design.cluster)
        return [
            f"\x1f{person}" if account is None else str(account)
            for account, person in zip(accounts, people, strict=True)
        ]
    if study.design.respondent is not None:
        return people
    return [f"{wave.wave}/{person}" for wave in responses for person in wave.respondents]


def _numbered(keys: Sequence[str]) -> tuple[tuple[str, ...], Integers]:
    """Distinct keys in sorted order, and the number of each row's key."""
    names, numbers = np.unique(np.array(keys, dtype=str), return_inverse=True)
    return tuple(str(name) for name in names), numbers.astype(np.int64)


def _strata(
    responses: Sequence[Responses], study: Study, clusters: Integers, cluster_ids: Sequence[str]
) -> tuple[Integers, list[Problem]]:
    if not study.design.stratum:
        return np.zeros(len(clusters), dtype=np.int64), []
    parts = [_column(responses, column) for column in study.design.stratum]
    keys = [
        " × ".join("—" if part is None else str(part) for part in row) for row in zip(*parts, strict=True)
    ]
    names, strata = _numbered(keys)
    wave = np.repeat(np.arange(len(responses)), [len(part) for part in responses])
    first = _first_strata(clusters, strata, len(cluster_ids))
    problems = []
    for t, part in enumerate(responses):
        here = wave == t
        pairs = np.unique(np.column_stack([clusters[here], strata[here]]), axis=0)
        split, counts = np.unique(pairs[:, 0], return_counts=True)
        problems += [
            Problem(
                "sample_cluster_in_two_strata",
                Place(part.wave),
                {
                    "cluster": cluster_ids[cluster],
                    "strata": listing(names[s] for s in pairs[pairs[:, 0] == cluster, 1]),
                },
            )
            for cluster in split[counts > 1]
        ]
    return first[clusters], problems


def _first_strata(clusters: Integers, strata: Integers, n_clusters: int) -> Integers:
    """Stratum of each cluster in its earliest row; rows stand in time order."""
    first = np.zeros(n_clusters, dtype=np.int64)
    first[clusters[::-1]] = strata[::-1]
    return first


def _outcome(
    outcome: Outcome, responses: Sequence[Responses], items: Sequence[str], scores: Floats
) -> Floats:
    """Mean of the outcome's items over those answered, at least half of them; a flag gives 0 or 100."""
    if outcome.column is not None:
        values = _column(responses, outcome.column)
        return np.array([np.nan if value is None else 100.0 * float(value) for value in values])
    block = scores[:, [items.index(item) for item in outcome.items]]
    answered = np.isfinite(block).sum(axis=1)
    total = np.nansum(block, axis=1)
    enough = (answered > 0) & (2 * answered >= block.shape[1])
    return np.where(enough, total / np.maximum(answered, 1), np.nan)


def _groups(segment: Segment, responses: Sequence[Responses], study: Study) -> Groups:
    column = study.column_by_id[segment.column]
    values = _column(responses, column.id)
    names = tuple(category.value for category in column.categories) or tuple(
        sorted({str(value) for value in values if value is not None})
    )
    place: Mapping[str, int] = {name: g for g, name in enumerate(names)}
    codes = [-1 if value is None else place.get(str(value), -1) for value in values]
    return Groups(names, np.array(codes, dtype=np.int64))
