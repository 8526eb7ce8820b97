"""Answers become a sample: scored on 0–100, weighted, with strata, clusters, segments and outcomes.

This is the only place where the words of a study meet the arrays of the estimators. Scores use the
theoretical ends of each scale, so 1 on a scale 1–10 is 0 and 1 on a scale 0–10 is 10. Blanks stay
blank: nothing is imputed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.calibrated_sample import Plan, calibrate, with_calibrations
from analysis.calibration import Calibration, CalibrationFaults, Limits
from analysis.margins import CROSSING, Finding
from analysis.sample import Floats, Groups, Integers, Sample
from survey.errors import Place, Problem, ProblemsError
from survey.language import LANGUAGES, Language, listing
from survey.margin_names import cell_of, columns_of, parts_of, population_of
from survey.questions import BlankKind, Item, Scale
from survey.responses import Codes, Responses, Value
from survey.study import Calibration as Declared
from survey.study import Outcome, Study

# So many people are named where a problem is about many.
_NAMED = 20


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
    there. Respondents keep their row however many blanks they have. Where the study declares a
    calibration, the weights of every wave are those that meet its margins.

    Raises
    ------
    SampleProblems
        For weights that are not positive, clusters that lie in two strata of one wave, strata of one
        cluster that are to be refused or that have more clusters than the population, and margins that
        cannot be met, all at once. A cluster whose stratum changed *between* waves keeps the stratum of
        its first wave, under which it was selected.
    """
    sample = uncalibrated(responses, study)
    declared = study.design.calibration
    if declared is None:
        return sample
    found, problems = calibrations(sample, responses, study, declared)
    if problems:
        raise SampleProblems(problems)
    return with_calibrations(sample, found)


def uncalibrated(responses: Sequence[Responses], study: Study) -> Sample:
    """Return the sample with design weights, whether or not the study declares a calibration.

    Takes and raises what :func:`prepare` does.
    """
    items = tuple(item.id for item in study.items)
    codes = np.concatenate([_codes(wave, items) for wave in responses])
    weights, weight_problems = _weights(responses, study)
    cluster_ids, clusters = _numbered(_cluster_keys(responses, study))
    strata, strata_names, stratum_problems = _strata(responses, study, clusters, cluster_ids)
    wave = np.repeat(np.arange(len(responses)), [len(part) for part in responses])
    here = Place(responses[-1].wave)
    fractions, fraction_problems = _fractions(study, here, strata, strata_names, clusters, wave)
    stratum_problems += _lonely(study, here, strata, strata_names, clusters)
    if problems := weight_problems + stratum_problems + fraction_problems:
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
        wave=wave,
        weights=weights,
        strata=strata,
        clusters=clusters,
        cluster_ids=cluster_ids,
        outcomes={outcome.id: _outcome(outcome, responses, items, scores) for outcome in study.outcomes},
        segments={segment.id: column_groups(segment.column, responses, study) for segment in study.segments},
        fractions=fractions,
        lonely=study.design.lonely_stratum,
    )


def calibrations(
    sample: Sample, responses: Sequence[Responses], study: Study, declared: Declared
) -> tuple[dict[str, Calibration], list[Problem]]:
    """Calibrate every wave of a sample as ``declared``; what cannot be met is listed, by wave.

    A wave that is off its margins because sweeps or limits did not allow more is in both.
    """
    found: dict[str, Calibration] = {}
    problems: list[Problem] = []
    for part in responses:
        plan = _plan(study, part.wave, declared)
        names = {name for margin in plan.targets for name in margin}
        columns = {name: _column([part], name) for name in names}
        try:
            found[part.wave] = calibrate(sample, part.wave, columns, plan)
        except CalibrationFaults as error:
            problems += [_problem(finding, part, columns, study) for finding in error.findings]
            if error.calibration is not None:
                found[part.wave] = error.calibration
    return found, problems


def _plan(study: Study, wave: str, declared: Declared) -> Plan:
    """Return what a wave is calibrated to: the study's margins, with the wave's own in their place."""
    population = population_of(study.wave_by_id[wave].population, study.design.population)
    used = [columns_of(name) for name in declared.margins or study.design.population]
    return Plan(
        declared.method,
        {columns: population[columns] for columns in used},
        Limits(
            declared.trim or None,
            _limits(declared.least_ratio, declared.largest_ratio),
            _limits(declared.least_weight, declared.largest_weight),
        ),
        declared.unknown,
    )


def _limits(least: float | None, largest: float | None) -> tuple[float, float] | None:
    if least is None and largest is None:
        return None
    return (0.0 if least is None else least, np.inf if largest is None else largest)


def _problem(
    finding: Finding, part: Responses, columns: Mapping[str, Sequence[Value]], study: Study
) -> Problem:
    """Tell what blocks a calibration in the words of the study."""
    values = dict(finding.values)
    if totals := values.pop("margins", None):
        values["totals"] = {
            language: listing(f"{_label(name, study)[language]} {n:.12g}" for name, n in totals.items())[
                language
            ]
            for language in LANGUAGES
        }
    if "margin" in values:
        names = str(values["margin"]).split(CROSSING)
        values["margin"] = _label(str(values["margin"]), study)
        if "level" in values:
            values["level"] = _level(names, str(values["level"]), study)
        if finding.code == "blank":
            rows = zip(part.respondents, *(columns[name] for name in names), strict=True)
            blank = [person for person, *cells in rows if None in cells]
            values["respondents"] = listing([*blank[:_NAMED], *(["…"] if len(blank) > _NAMED else [])])
    if "deviation" in values:
        values["deviation"] = f"{values['deviation']:+.1%}"
    for name in ("target", "low", "high"):
        if name in values:
            values[name] = f"{values[name]:.4g}"
    return Problem(f"sample_calibration_{finding.code}", Place(part.wave), values)


def _label(margin: str, study: Study) -> dict[Language, str]:
    """Return what a margin is called: the labels of its columns."""
    labels = [study.column_by_id[name].label for name in margin.split(CROSSING)]
    return {language: CROSSING.join(label[language] for label in labels) for language in LANGUAGES}


def _level(columns: Sequence[str], level: str, study: Study) -> dict[Language, str]:
    """Return what a cell of a margin is called: the labels of its categories, or their values."""
    parts = parts_of(level) if len(columns) > 1 else (level,)
    known = [{c.value: c.label for c in study.column_by_id[name].categories} for name in columns]
    labels = [told.get(part) for told, part in zip(known, parts, strict=True)]
    return {
        language: CROSSING.join(
            part if label is None else label[language] for part, label in zip(parts, labels, strict=True)
        )
        for language in LANGUAGES
    }


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
) -> tuple[Integers, tuple[str, ...], list[Problem]]:
    if not study.design.stratum:
        return np.zeros(len(clusters), dtype=np.int64), ("—",), []
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
    return first[clusters], names, problems


def _fractions(
    study: Study, here: Place, strata: Integers, names: Sequence[str], clusters: Integers, wave: Integers
) -> tuple[dict[int, float] | None, list[Problem]]:
    """Share of its clusters that answered by stratum: of several waves the smallest, so that no interval
    is too short.
    """
    known = {cell_of(parts_of(name)): total for name, total in study.design.stratum_clusters.items()}
    found: dict[int, float] = {}
    problems: list[Problem] = []
    for stratum in np.flatnonzero([name in known for name in names]).tolist():
        total, inside = known[names[stratum]], strata == stratum
        counts = [len(np.unique(clusters[inside & (wave == t)])) for t in np.unique(wave[inside])]
        if counts and max(counts) > total:
            values = {"stratum": names[stratum], "n": max(counts), "total": f"{total:g}"}
            problems.append(Problem("sample_stratum_clusters", here, values))
        elif counts:
            found[stratum] = min(counts) / total
    return found or None, problems


def _lonely(
    study: Study, here: Place, strata: Integers, names: Sequence[str], clusters: Integers
) -> list[Problem]:
    """Strata of a single cluster, where the study refuses them."""
    if study.design.lonely_stratum != "refuse":
        return []
    pairs = np.unique(np.column_stack([strata, clusters]), axis=0)[:, 0]
    lonely = np.flatnonzero(np.bincount(pairs, minlength=len(names)) == 1)
    if not lonely.size:
        return []
    told = listing(names[stratum] for stratum in lonely.tolist())
    return [Problem("sample_lonely_stratum", here, {"strata": told, "n": len(lonely)})]


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


def column_numbers(column_id: str, responses: Sequence[Responses]) -> Floats:
    """Return the values of a number column for the respondents of ``prepare``, (n,), nan where blank."""
    values = _column(responses, column_id)
    return np.array([np.nan if value is None else float(value) for value in values])


def column_groups(column_id: str, responses: Sequence[Responses], study: Study) -> Groups:
    """Return the respondents of the waves of ``prepare`` grouped by a category or flag column.

    Groups are the declared categories in their order, else the values that occur, sorted; of a flag ``yes``
    and ``no``. Who has no value is in no group.
    """
    column = study.column_by_id[column_id]
    values = _column(responses, column.id)
    if column.kind == "flag":
        codes = [-1 if value is None else int(not value) for value in values]
        return Groups(("yes", "no"), np.array(codes, dtype=np.int64))
    names = tuple(category.value for category in column.categories) or tuple(
        sorted({str(value) for value in values if value is not None})
    )
    place: Mapping[str, int] = {name: g for g, name in enumerate(names)}
    codes = [-1 if value is None else place.get(str(value), -1) for value in values]
    return Groups(names, np.array(codes, dtype=np.int64))
