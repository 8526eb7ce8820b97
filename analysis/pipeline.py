"""Answers in, results out: the whole analysis of one wave, readable in one function.

Reads no file and no clock, so the same answers, study and seed give the same results. What a newcomer
gets wrong: all waves up to the reported one are analysed together, because accounts that answer
twice tie them to one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import mode

import numpy as np

from analysis.calibration_preview import CalibrationPreview, preview
from analysis.change_columns import Rules
from analysis.change_explained import ChangeExplained, explain_change
from analysis.check_pipeline import check_facts
from analysis.cores import one_thread_of_algebra
from analysis.distribution import item_distributions
from analysis.driver_pipeline import driver_survey
from analysis.index import IndexTree, Node
from analysis.inputs import check_known
from analysis.outcome_kinds import OutcomeKind
from analysis.outcome_trend import outcome_results
from analysis.prepare import SampleProblems, calibrations, prepare, uncalibrated
from analysis.provenance import Provenance
from analysis.quality_statement import quality
from analysis.results import (
    MixEffect,
    NodeResult,
    OutcomeResult,
    StudyResults,
    TooFew,
    WaveIndex,
)
from analysis.sample import Booleans, Sample
from analysis.segments import index_by_segment
from analysis.tracking import index_by_wave, index_data, target_gap
from analysis.whatif_pipeline import StudySimulator, study_simulator
from survey import __version__
from survey.definition import study_digest, weight_digest
from survey.errors import Place, Problem
from survey.responses import Responses
from survey.study import Calibration as Declared
from survey.study import Index, IndexNode, Outcome, Study
from survey.weight_set import ChosenWeights, study_weights, with_weights

Step = Callable[[str, int, int], None]


def run(
    study: Study,
    responses: Sequence[Responses],
    *,
    wave: str,
    digests: Mapping[str, str] | None = None,
    weights: ChosenWeights | None = None,
    step: Step = lambda name, done, total: None,
) -> StudyResults:
    """Analyse ``wave`` and its history.

    Parameters
    ----------
    responses : one value a wave, in time order; waves after ``wave`` are left aside.
    digests : wave -> digest of its answers, for the record; none for answers that are in no project.
    weights : the weights of the index in every wave; by default those that ``study`` declares.
    step : called before each part with its name, how many parts are done and how many there are, so
        that a caller can show progress.

    Raises
    ------
    SampleProblems
        For answers that cannot be estimated from, all at once.
    ValueError
        If none of the ``responses`` is of ``wave``, or ``weights`` are not for the index of ``study``.
    """
    check_known([wave], [part.wave for part in responses], "wave")
    history = responses[: [part.wave for part in responses].index(wave) + 1]
    chosen = weights or ChosenWeights(study_weights(study), "study")
    weighted = study if weights is None else with_weights(study, weights.weights)
    provenance = _provenance(study, weighted, chosen, [part.wave for part in history], digests or {})
    with one_thread_of_algebra():
        return _results(weighted, history, provenance, step)


def wave_index(study: Study, responses: Sequence[Responses], *, wave: str) -> WaveIndex:
    """Return the index of ``wave`` and its change alone: what ``run`` puts last into the trend.

    For looking ahead, at answers that nobody has decided on yet. Takes and raises what ``run`` does.
    """
    check_known([wave], [part.wave for part in responses], "wave")
    history = responses[: [part.wave for part in responses].index(wave) + 1]
    with one_thread_of_algebra():
        trend, _ = _index(prepare(history, study), index_tree(study.index), study)
    return trend[-1]


def calibration_preview(
    study: Study, responses: Sequence[Responses], declared: Declared | None = None
) -> tuple[CalibrationPreview, tuple[Problem, ...]]:
    """Calibrate the last of ``responses`` as ``declared``; by default as the study says, else to all margins.

    Returns what it does to the margins and to the index, and every problem: of margins that sweeps or
    limits did not let hold there is a preview all the same.

    Raises
    ------
    SampleProblems
        For answers that cannot be estimated from, and margins to which nothing can be calibrated.
    """
    plan = declared or study.design.calibration or Declared()
    rules = study.reporting
    with one_thread_of_algebra():
        sample = uncalibrated(responses, study)
        found, problems = calibrations(sample, responses, study, plan)
        if plan != study.design.calibration:
            # Tried out on one wave: what stands in its way in others is no concern yet.
            problems = [problem for problem in problems if problem.place.file == sample.waves[-1]]
        if sample.waves[-1] not in found:
            raise SampleProblems(problems)
        seen = preview(
            sample,
            index_tree(study.index),
            found,
            declared=plan == study.design.calibration,
            level=rules.level,
            disclosure_limit=rules.disclosure_limit,
        )
    return seen, tuple(problems)


def _results(study: Study, history: Sequence[Responses], provenance: Provenance, step: Step) -> StudyResults:
    """Analyse the last wave of ``history``, part by part."""
    rules, tree = study.reporting, index_tree(study.index)
    settings = {"level": rules.level, "fdr": rules.false_discovery_rate}
    limit = rules.disclosure_limit
    parts = ("index", "answers", "outcomes", "drivers", "segments", "quality", "what_if")
    steps = iter([(name, done, len(parts)) for done, name in enumerate(parts)])
    step(*next(steps))
    sample = prepare(history, study)
    trend, nodes = _index(sample, tree, study)
    step(*next(steps))
    distributions = item_distributions(
        sample,
        _worst_to_best(study),
        **settings,
        interval=rules.share_interval,
        disclosure_limit=limit,
        tree=tree,
    )
    step(*next(steps))
    outcomes = _outcomes(sample, study)
    step(*next(steps))
    drivers = driver_survey(sample, study, tree)
    step(*next(steps))
    segments = tuple(
        index_by_segment(
            sample,
            tree,
            segment.id,
            rules.level,
            rules.false_discovery_rate,
            limit,
            rules.minimum_base,
            nodes=True,
        )
        for segment in study.segments
    )
    step(*next(steps))
    results = StudyResults(
        wave=sample.waves[-1],
        waves=sample.waves,
        trend=trend,
        target_gap=None if rules.target is None else target_gap(sample, tree, rules.target, **settings),
        nodes=nodes,
        distributions=distributions,
        outcomes=outcomes,
        drivers=drivers.found,
        drivers_missing=drivers.missing,
        segments=segments,
        quality=quality(
            sample,
            tree,
            rated=_rated(study, tree),
            invited=study.wave_by_id[sample.waves[-1]].invited,
            disclosure_limit=limit,
        ),
        provenance=provenance,
        checks=check_facts(sample, study, tree),
        mixes=_mixes(sample, tree, study) if trend[-1].change else (),
    )
    step(*next(steps))
    simulated = study_simulator(sample, history, study, tree)
    return results if simulated is None else replace(results, what_if=simulated.table(results))


def _mixes(sample: Sample, tree: IndexTree, study: Study) -> tuple[MixEffect, ...]:
    """What the mix of each segment did between the last two waves; none where groups cannot be told."""
    rules, (before, after) = study.reporting, sample.waves[-2:]
    limits = Rules(rules.level, rules.false_discovery_rate, rules.disclosure_limit)
    found: list[MixEffect] = []
    for segment in study.segments:
        one = explain_change(sample, before, after, (tree, tree), segment.id, limits)
        if not isinstance(one, TooFew) and one.parts.mix is not None and len(one.groups) > 1:
            found.append(MixEffect(segment.id, one.parts.score, one.parts.mix))
    return tuple(found)


def what_if_simulator(
    study: Study, responses: Sequence[Responses], outcomes: Sequence[str] | None = None
) -> StudySimulator | None:
    """Prepare what-ifs of the last of ``responses``: see :func:`~analysis.whatif_pipeline.study_simulator`.

    Raises
    ------
    SampleProblems
        For answers that cannot be estimated from, all at once.
    """
    tree = index_tree(study.index)
    with one_thread_of_algebra():
        sample = prepare(responses, study)
        check_answers(sample, tree, study)
        return study_simulator(sample, responses, study, tree, outcomes)


def index_tree(index: Index) -> IndexTree:
    """Return the declared tree as the estimators know it: parents before children, no words.

    A leaf without an id of its own goes by the id of its item.
    """
    return IndexTree(tuple(_nodes(index.children, None)), index.rollup, index.min_answered)


def _nodes(children: Sequence[IndexNode], parent: str | None) -> Iterator[Node]:
    for child in children:
        name = child.id or child.item
        if name is None:
            raise ValueError("A branch of an index needs an id.")
        yield Node(name, parent, child.item, child.weight)
        yield from _nodes(child.children, name)


def _index(
    sample: Sample, tree: IndexTree, study: Study
) -> tuple[tuple[WaveIndex, ...], tuple[NodeResult, ...]]:
    rules = study.reporting
    check_answers(sample, tree, study)
    return index_by_wave(
        sample, tree, rules.level, rules.false_discovery_rate, disclosure_limit=rules.disclosure_limit
    )


def check_answers(sample: Sample, tree: IndexTree, study: Study) -> None:
    """Raise ``SampleProblems`` where the last wave cannot have an index, with every reason."""
    rules, wave, place = study.reporting, sample.in_wave(sample.waves[-1]), Place(sample.waves[-1])
    problems = [
        Problem("sample_item_unanswered", place, {"item": study.item_by_id[item].label})
        for item in _silent(sample, tree, wave)
    ]
    people = int((index_data(sample, tree).answered & wave).sum())
    if people < rules.disclosure_limit:
        problems.append(Problem("sample_too_small", place, {"n": people, "limit": rules.disclosure_limit}))
    invited = study.wave_by_id[sample.waves[-1]].invited
    if invited is not None and invited < wave.sum():
        values = {"n": int(wave.sum()), "invited": invited}
        problems.append(Problem("sample_more_than_invited", place, values))
    if problems:
        raise SampleProblems(problems)


def _silent(sample: Sample, tree: IndexTree, wave: Booleans) -> list[str]:
    """Items whose mean the index needs and nobody gave; people scored first can do without."""
    if tree.rollup == "respondent":
        return []
    weighty = [
        node.item for node, weight in zip(tree.nodes, tree.effective, strict=True) if node.item and weight
    ]
    return [item for item in weighty if not np.isfinite(sample.column(item)[wave]).any()]


def _worst_to_best(study: Study) -> dict[str, list[int]]:
    """Codes of the index's items, then of the other driver candidates, from the worst answer to the best."""
    names = [leaf.item for leaf in study.index.leaves() if leaf.item is not None]
    names += study.drivers.items if study.drivers else ()
    items = [study.item_by_id[name] for name in names]
    return {item.id: list(study.scale_of(item.id).codes)[:: -1 if item.reversed else 1] for item in items}


def _rated(study: Study, tree: IndexTree) -> list[str]:
    """Items of the index on the scale that most of them share: there equal codes are equal answers."""
    ends = [study.scale_of(item).ends for item in tree.items]
    return [item for item, own in zip(tree.items, ends, strict=True) if own == mode(ends)]


def _outcomes(sample: Sample, study: Study) -> tuple[OutcomeResult, ...]:
    rules = study.reporting
    kinds = [_kind(outcome, study) for outcome in study.outcomes]
    return outcome_results(
        sample,
        kinds,
        rules.level,
        rules.false_discovery_rate,
        interval=rules.share_interval,
        disclosure_limit=rules.disclosure_limit,
        tree=index_tree(study.index),
    )


def _kind(outcome: Outcome, study: Study) -> OutcomeKind:
    """A flag is a share, a single recommendation on 0–10 an NPS, everything else points."""
    if outcome.column is not None:
        return OutcomeKind(outcome.id, outcome.kind, "share")
    single = outcome.items[0] if len(outcome.items) == 1 else None
    nps = outcome.kind == "recommendation" and single and study.scale_of(single).ends == (0, 10)
    return OutcomeKind(outcome.id, outcome.kind, "nps" if nps else "points", outcome.items)


def _provenance(
    study: Study, weighted: Study, chosen: ChosenWeights, waves: Sequence[str], digests: Mapping[str, str]
) -> Provenance:
    own = chosen.state == "study"
    return Provenance(
        csat=__version__,
        study=study.id,
        study_digest=study_digest(study),
        weight_set=study.index.version if own else chosen.weights.name,
        weight_digest=weight_digest(weighted),
        weight_set_digest=chosen.weights.digest,
        weight_state=chosen.state,
        wave_digests={wave: digests[wave] for wave in waves if wave in digests},
        seed=study.reporting.seed,
        replicates=study.reporting.replicates,
        level=study.reporting.level,
    )


def explained_change(
    study: Study,
    responses: Sequence[Responses],
    *,
    since: str,
    segment: str | None = None,
    base: Study | None = None,
) -> ChangeExplained | TooFew:
    """Take the change of the index from wave ``since`` to the last of ``responses`` apart.

    Parameters
    ----------
    responses : one value a wave, in time order; ``since`` is one of them.
    segment : id of the segment whose mix is told apart.
    base : the study under the weights of ``since``, by default those of ``study``.

    Raises
    ------
    SampleProblems
        For answers that cannot be estimated from, all at once.
    ValueError
        If ``since`` is not among the waves before the last, or the segment is not declared.
    """
    rules = study.reporting
    trees = (index_tree((base or study).index), index_tree(study.index))
    with one_thread_of_algebra():
        sample = prepare(responses, study)
        return explain_change(
            sample,
            since,
            sample.waves[-1],
            trees,
            segment,
            Rules(rules.level, rules.false_discovery_rate, rules.disclosure_limit),
        )
