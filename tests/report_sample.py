"""Results with made-up numbers, for tests of the report: deterministic, coherent, in many shapes.

Scores roll up the tree exactly and contributions sum to the change of the index, as the real pipeline
promises; verdicts follow from the made-up errors. Nothing here is an estimate of anything.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
from report_studies import ROOT, key_accounts, small_study
from report_what_if import what_if

from analysis.provenance import Provenance
from analysis.results import (
    Comparison,
    Distribution,
    Driver,
    DriverResults,
    Estimate,
    GroupResult,
    JointTest,
    NodeResult,
    OutcomeResult,
    Quality,
    SegmentResult,
    StudyResults,
    TooFew,
    WaveIndex,
)
from survey.study import IndexNode, Study

__all__ = ["ROOT", "estimate", "key_accounts", "results", "small_study"]

CLUSTERS, ROWS = 700, 1480


def estimate(value: float, se: float | None, n: int = ROWS, *, df: float = CLUSTERS - 3) -> Estimate:
    low, high = (None, None) if se is None else (value - 1.963 * se, value + 1.963 * se)
    return Estimate(value, se, low, high, 0.95, n, n / 1.03, df, 1.4)


def comparison(value: float, se: float | None, n: int = ROWS, *, good: float = 1.0) -> Comparison:
    if se is None:
        return Comparison(estimate(value, None, n), None, None, "same")
    p = math.erfc(abs(value) / se / math.sqrt(2)) if se else 1.0
    q = min(1.0, p * 1.3)
    verdict = "same" if q >= 0.05 else ("better" if value * good > 0 else "worse")
    return Comparison(estimate(value, se, n), p, q, verdict)


def results(
    study: Study | None = None,
    *,
    seed: int = 7,
    waves: int | None = None,
    move: Mapping[str, float] | float = 0.0,
    known_errors: bool = True,
    drivers: bool = True,
    segments: bool = True,
    undecided: bool = False,
    suppressed: tuple[str, ...] = ("西藏", "青海"),
) -> StudyResults:
    """Make results of ``study``.

    ``move`` shifts the last wave: one number for all items or shifts by branch or item id.
    """
    study = study or key_accounts()
    rng = np.random.default_rng(seed)
    ids = tuple(wave.id for wave in study.waves)[: waves or None]
    nodes, index = _nodes(study, rng, len(ids), move, known_errors)
    shown = ("province", "tier", "contract") if segments else ()
    trend = _trend(ids, index, rng, known_errors)
    distributions = _distributions(study, rng, len(ids))
    outcomes = _outcomes(study, rng, len(ids))
    found = _drivers(study, nodes, rng, ids[-1], undecided) if drivers else ()
    return StudyResults(
        wave=ids[-1],
        waves=ids,
        trend=trend,
        target_gap=_target_gap(study, index[-1], known_errors),
        nodes=nodes,
        distributions=distributions,
        outcomes=outcomes,
        drivers=found,
        drivers_missing=(),
        segments=tuple(
            _segment(study, id_, index[-1], rng, suppressed) for id_ in study.segment_by_id if id_ in shown
        ),
        quality=_quality(study, ids, index[-1]),
        provenance=Provenance(
            csat="0.1.0",
            study=study.id,
            study_digest="1f0c" * 16,
            weight_set=study.index.version,
            weight_digest="9ab4" * 16,
            weight_set_digest="5e7d" * 16,
            weight_state="study",
            wave_digests={wave: f"{7 * i + 11:02x}c5" * 16 for i, wave in enumerate(ids)},
            seed=study.reporting.seed,
            replicates=study.reporting.replicates,
            level=study.reporting.level,
        ),
        what_if=what_if(study, nodes, outcomes, found, estimate),
    )


def _nodes(
    study: Study, rng: np.random.Generator, waves: int, move: Mapping[str, float] | float, errors: bool
) -> tuple[tuple[NodeResult, ...], list[float]]:
    made: list[NodeResult] = []

    def make(node: IndexNode, parent: str | None, siblings: float, above: float, shift: float) -> list[float]:
        weight = node.weight / siblings
        id_ = node.id or node.item or ""
        shift = shift if isinstance(move, float | int) else move.get(id_, shift)
        place = len(made)
        if node.item:
            start = rng.uniform(64, 84)
            scores = [float(start + rng.normal(0, 0.5)) for _ in range(waves)]
            scores[-1] += shift
        else:
            total = sum(child.weight for child in node.children)
            parts = [make(child, id_, total, above * weight, shift) for child in node.children]
            scores = [
                sum(
                    child.weight / total * part[wave]
                    for child, part in zip(node.children, parts, strict=True)
                )
                for wave in range(waves)
            ]
        se = 0.55 if errors else None
        change = scores[-1] - scores[-2] if waves > 1 else 0.0
        made.insert(
            place,
            NodeResult(
                id_,
                parent,
                node.item,
                weight,
                above * weight,
                tuple(estimate(score, se) for score in scores),
                comparison(change, 0.6 if errors else None) if waves > 1 else None,
                comparison(above * weight * change, 0.6 * above * weight if errors else None)
                if waves > 1
                else None,
            ),
        )
        return scores

    total = sum(child.weight for child in study.index.children)
    shift = float(move) if isinstance(move, float | int) else 0.0
    parts = [make(child, None, total, 1.0, shift) for child in study.index.children]
    index = [
        sum(
            child.weight / total * part[wave] for child, part in zip(study.index.children, parts, strict=True)
        )
        for wave in range(waves)
    ]
    return tuple(made), index


def _trend(
    ids: tuple[str, ...], index: list[float], rng: np.random.Generator, errors: bool
) -> tuple[WaveIndex, ...]:
    rows = []
    for wave, id_ in enumerate(ids):
        n = ROWS if wave == len(ids) - 1 else int(rng.integers(1380, 1560))
        change = comparison(index[wave] - index[wave - 1], 0.42 if errors else None, n) if wave else None
        rows.append(
            WaveIndex(
                id_, estimate(index[wave], 0.44 if errors else None, n), change, n, n / 1.03, int(n / 2.1)
            )
        )
    return tuple(rows)


def _target_gap(study: Study, index: float, errors: bool) -> Comparison | None:
    if study.reporting.target is None:
        return None
    return comparison(index - study.reporting.target, 0.44 if errors else None)


def _distributions(study: Study, rng: np.random.Generator, waves: int) -> tuple[Distribution, ...]:
    items = [leaf.item for leaf in study.index.leaves() if leaf.item]
    items += [item for outcome in study.outcomes for item in outcome.items if outcome.kind == "satisfaction"]
    return tuple(_distribution(study, item, rng, waves) for item in dict.fromkeys(items))


def _distribution(study: Study, item: str, rng: np.random.Generator, waves: int) -> Distribution:
    codes = tuple(study.scale_of(item).codes)
    centre = rng.uniform(0.62, 0.85) * (len(codes) - 1)
    raw = np.exp(-0.5 * ((np.arange(len(codes)) - centre) / (0.22 * len(codes))) ** 2) + 0.01
    shares = raw / raw.sum()
    groups = [tuple(int(c) for c in part) for part in np.array_split(np.array(codes), 5)]
    bands = tuple(float(sum(shares[codes.index(code)] for code in group)) for group in groups)
    asked = 0.35 if study.item_by_id[item].asked_if else 1.0
    n = int(ROWS * asked) - int(rng.integers(5, 60))
    error = math.sqrt(0.2 / n)
    return Distribution(
        item,
        codes,
        tuple(float(share) for share in shares),
        bands,
        tuple(groups),
        estimate(bands[3] + bands[4], error, n),
        estimate(bands[0] + bands[1], error / 2, n),
        comparison(float(rng.normal(0, 0.025)), error, n) if waves > 1 else None,
        comparison(float(rng.normal(0, 0.012)), error / 2, n) if waves > 1 else None,
        n,
        {"blank": 12, "dont_know": 9} | ({"not_asked": ROWS - int(ROWS * asked)} if asked < 1 else {}),
    )


def _outcomes(study: Study, rng: np.random.Generator, waves: int) -> tuple[OutcomeResult, ...]:
    made = []
    for outcome in study.outcomes:
        unit = {"recommendation": "nps", "renewal": "share", "churn": "share", "complaint": "share"}.get(
            outcome.kind, "points"
        )
        middle, spread, error = {
            "points": (71.0, 4.0, 0.6),
            "nps": (28.0, 6.0, 1.8),
            "share": (0.6, 0.1, 0.012),
        }[unit]
        middle = 0.04 if outcome.kind == "churn" else middle
        values = [float(v) for v in np.abs(rng.normal(middle, spread / 4, waves)) + rng.normal(0, spread / 9)]
        good = -1.0 if outcome.kind == "churn" else 1.0
        change = comparison(values[-1] - values[-2], error * 1.2, good=good) if waves > 1 else None
        series = tuple(estimate(value, error / (3 if outcome.kind == "churn" else 1)) for value in values)
        made.append(OutcomeResult(outcome.id, outcome.kind, unit, series, change))  # type: ignore[arg-type] # unit is one of the three
    return tuple(made)


def _drivers(
    study: Study, nodes: tuple[NodeResult, ...], rng: np.random.Generator, wave: str, undecided: bool
) -> tuple[DriverResults, ...]:
    if study.drivers is None:
        return ()
    items = study.drivers.items or tuple(leaf.item for leaf in study.index.leaves() if leaf.item)
    scores = {node.item: node.score.value for node in nodes if node.item and isinstance(node.score, Estimate)}
    return tuple(
        _driver_results(study, outcome, items, scores, rng, wave, undecided)
        for outcome in study.drivers.outcomes
    )


def _driver_results(
    study: Study,
    outcome: str,
    items: tuple[str, ...],
    scores: Mapping[str, float],
    rng: np.random.Generator,
    wave: str,
    undecided: bool,
) -> DriverResults:
    performance = {item: scores.get(item, float(rng.uniform(60, 82))) for item in items}
    shares = rng.dirichlet([3.0] * len(items))
    line, middle = 1 / len(items), float(np.mean(list(performance.values())))
    made = []
    for share, item in sorted(zip(shares, items, strict=True), reverse=True):
        z = abs(share - line) / 0.012 + abs(performance[item] - middle) / 3
        sure = 0.6 if undecided else float(min(0.999, 0.5 + z / 8))
        name = {
            (True, True): "keep",
            (True, False): "improve",
            (False, True): "maintain",
            (False, False): "minor",
        }[(bool(share > line), performance[item] > middle)]
        others = {
            other: (1 - sure) / 3 for other in ("improve", "keep", "minor", "maintain") if other != name
        }
        made.append(
            Driver(
                item,
                dataclasses.replace(estimate(float(share), 0.012), method="replicates"),
                len(made) + 1,
                max(1, len(made) - 1),
                min(len(items), len(made) + 3),
                0.6 if not made else 0.1,
                0.9 if len(made) < 3 else 0.1,
                bool(share > 0.02),
                0.5,
                estimate(float(share), 0.03),
                float(share) / 4,
                "conflicting" if len(made) == len(items) - 1 else "positive",
                estimate(performance[item], 0.6),
                name if sure >= 0.8 else None,  # type: ignore[arg-type] # one of the four names
                {name: sure} | others,  # type: ignore[dict-item] # as above
                0.35 if study.item_by_id[item].asked_if else 1.0,
            )
        )
    return DriverResults(
        outcome,
        wave,
        tuple(made),
        estimate(0.61, 0.02),
        middle,
        line,
        ROWS - 20,
        20,
        CLUSTERS,
        1000,
        0,
        (),
        (),
    )


def _segment(
    study: Study, id_: str, index: float, rng: np.random.Generator, suppressed: tuple[str, ...]
) -> SegmentResult:
    column = study.column_by_id[study.segment_by_id[id_].column]
    groups = []
    for category in column.categories:
        if category.value in suppressed:
            groups.append(GroupResult(category.value, TooFew(7, "disclosure"), None, None, None, None, False))
            continue
        n = int(rng.integers(14, 110)) if len(column.categories) > 8 else int(rng.integers(200, 700))
        difference, se = float(rng.normal(0, 4.0 if len(column.categories) > 8 else 1.0)), 15 / math.sqrt(n)
        groups.append(
            GroupResult(
                category.value,
                estimate(index + difference, se, n, df=n / 2),
                comparison(difference, se * 1.02, n),
                index - 2 * se,
                index + 2 * se,
                comparison(float(rng.normal(0, se)), se * 1.2, n),
                n < study.reporting.minimum_base,
            )
        )
    groups.sort(key=lambda g: -g.score.value if isinstance(g.score, Estimate) else math.inf)
    test = (
        JointTest(4.2, 6.1, 900.0, 0.0004) if len(column.categories) > 8 else JointTest(0.4, 2.0, 900.0, 0.67)
    )
    return SegmentResult(id_, tuple(groups), test)


def _quality(study: Study, ids: tuple[str, ...], index: float) -> Quality:
    invited = study.wave_by_id[ids[-1]].invited
    return Quality(
        n=ROWS,
        n_effective=ROWS / 1.03,
        clusters=CLUSTERS if study.design.cluster else ROWS,
        strata=3 if study.design.stratum else 1,
        lonely_strata=0,
        invited=invited,
        response_rate=ROWS / invited if invited else None,
        recurring=318 if len(ids) > 1 else 0,
        deff_weights=1.03 if study.design.weight else 1.0,
        item_nonresponse=0.0234,
        structural=0.081,
        blanks={"blank": 410, "refused": 90, "dont_know": 220, "not_applicable": 150, "not_asked": 1900},
        straightliners=(2, 4, 11),
        index_respondent=index + 0.21,
        index_without_flagged=index - 0.12,
    )
