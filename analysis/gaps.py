"""Expectation against performance: gaps, each with its error, and whether a gap may be read at all.

SERVQUAL is the weighted gap, SERVPERF weighted performance alone; the second always stands beside the first.
A gap carries the errors of both answers, so it is a diagnosis and no part of the index.

What a newcomer gets wrong: the error of a gap is not got by adding those of two means. The same people
answered both, so each gap is worked out per person and has an error of its own.

References
----------
Parasuraman, A., Zeithaml, V. & Berry, L. (1988). J. Retailing 64. Cronin, J. & Taylor, S. (1992).
J. Marketing 56. Oliver, R. (1980). J. Marketing Research 17.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.design import Design, design_of
from analysis.estimate import LinearEstimates, comparisons, domain_means, estimates
from analysis.expectation_model import gap_model
from analysis.gap_results import (
    DifferenceReliability,
    DimensionGap,
    Direct,
    Gap,
    GapDimension,
    GapModel,
    GapPair,
    GapPlan,
    GapReport,
    GapRules,
    NoModel,
    PairGap,
)
from analysis.gap_warnings import gap_warnings
from analysis.index import IndexTree, Node, index_columns, person_scores
from analysis.inputs import check_known
from analysis.missing import item_moments
from analysis.moment_guards import NO_SPREAD, MomentsRefused
from analysis.results import Comparison, Estimate, TooFew
from analysis.sample import Booleans, Floats, Sample
from analysis.scale_coefficients import alpha, difference_reliability
from analysis.share_intervals import shares
from analysis.suppression import Hidden
from analysis.tracking import hidden_nodes

USUAL = GapRules()
# The dimension of pairs that no dimension was declared for.
ALL_PAIRS = "all"
_MIDDLE = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Pairs of a wave side by side, (n, k), in the order of the tree's leaves."""

    sample: Sample
    design: Design
    domain: Booleans
    tree: IndexTree
    dimensions: tuple[GapDimension, ...]
    expected: Floats
    performed: Floats
    structural: Booleans
    level: float
    fdr: float
    limit: int
    rules: GapRules

    @property
    def pairs(self) -> tuple[GapPair, ...]:
        """The pairs in the order of the columns."""
        return tuple(pair for dimension in self.dimensions for pair in dimension.pairs)


def gap_report(
    sample: Sample,
    plan: GapPlan,
    *,
    level: float = 0.95,
    fdr: float = 0.05,
    disclosure_limit: int = 10,
    rules: GapRules = USUAL,
) -> GapReport | None:
    """Gaps of the last wave of a sample; ``None`` where nobody answered both of any pair.

    Each gap stands on people who answered both of its pair; a dimension is the mean of its pairs' gaps, and
    SERVQUAL weighs dimensions. Expectation and performance stand on those who answered each. Where no answer
    is missing SERVQUAL is weighted performance less weighted expectation.

    Pairs are tested as one family, dimensions as another. Pairs with fewer than ``disclosure_limit`` people,
    and figures through which they could be worked out, are not shown. Pairs put to nobody in this wave are
    left out and named.

    Raises
    ------
    ValueError
        For unknown items and outcomes.
    """
    _check(sample, plan)
    asked, left = _asked(sample, plan)
    if not asked:
        return None
    data = _data(sample, asked, level, fdr, disclosure_limit, rules)
    by_node = _figures(data)
    pairs = _pairs(data, by_node)
    dimensions = tuple(_dimension(data, by_node, pairs, j) for j in range(len(data.dimensions)))
    model = _model(data, plan)
    direct = None if plan.disconfirmation is None else _direct(data, plan.disconfirmation, _people(data)[2])
    found = GapReport(
        wave=sample.waves[-1],
        servqual=by_node[len(data.tree.nodes)],
        dimensions=dimensions,
        direct=direct,
        model=model if isinstance(model, GapModel) else None,
        no_model=None if isinstance(model, GapModel) else model,
        left_pairs=left,
        warnings=(),
    )
    return replace(found, warnings=gap_warnings(found, rules, fdr))


def _check(sample: Sample, plan: GapPlan) -> None:
    pairs = [pair for dimension in plan.dimensions for pair in dimension.pairs]
    named = [name for pair in pairs for name in (pair.expectation, pair.performance, pair.disconfirmation)]
    check_known([name for name in (*named, plan.disconfirmation) if name], sample.items, "item")
    check_known([plan.satisfaction] if plan.satisfaction else [], sample.outcomes, "outcome")


def _asked(sample: Sample, plan: GapPlan) -> tuple[tuple[GapDimension, ...], tuple[GapPair, ...]]:
    """Dimensions with the pairs that somebody answered both of, and the other pairs."""
    domain = sample.in_wave(sample.waves[-1])

    def seen(pair: GapPair) -> bool:
        both = np.isfinite(sample.column(pair.expectation)) & np.isfinite(sample.column(pair.performance))
        return bool((both & domain).any())

    kept = [
        GapDimension(dimension.id, dimension.weight, tuple(filter(seen, dimension.pairs)))
        for dimension in plan.dimensions
    ]
    left = [pair for dimension in plan.dimensions for pair in dimension.pairs if not seen(pair)]
    return tuple(dimension for dimension in kept if dimension.pairs), tuple(left)


def _data(
    sample: Sample,
    dimensions: tuple[GapDimension, ...],
    level: float,
    fdr: float,
    limit: int,
    rules: GapRules,
) -> _Data:
    nodes: list[Node] = []
    for dimension in dimensions:
        # The mark keeps dimensions apart from items of the same name.
        nodes.append(Node(f"\x1f{dimension.id}", None, None, dimension.weight))
        nodes += [
            Node(pair.performance, f"\x1f{dimension.id}", pair.performance, 1.0) for pair in dimension.pairs
        ]
    pairs = [pair for dimension in dimensions for pair in dimension.pairs]
    expected = [sample.items.index(pair.expectation) for pair in pairs]
    performed = [sample.items.index(pair.performance) for pair in pairs]
    return _Data(
        sample,
        design_of(sample),
        sample.in_wave(sample.waves[-1]),
        IndexTree(tuple(nodes)),
        dimensions,
        sample.scores[:, expected],
        sample.scores[:, performed],
        sample.structural[:, expected] | sample.structural[:, performed],
        level,
        fdr,
        limit,
        rules,
    )


def _figures(data: _Data) -> list[Gap]:
    """Expectation, performance and gap of every node of the tree and, last, of all together."""
    columns = {
        name: index_columns(data.design, data.tree, scores, data.domain, data.structural)
        for name, scores in (
            ("expectation", data.expected),
            ("performance", data.performed),
            ("gap", data.performed - data.expected),
        )
    }
    hidden: dict[int, Hidden] = {}
    for found in columns.values():
        hidden |= hidden_nodes(data.tree, found, data.limit)
        if found.n[-1] < data.limit:
            hidden[len(data.tree.nodes)] = "disclosure"
    gaps = _tested(data, columns["gap"], hidden)
    means = {
        name: [
            TooFew(int(columns[name].n[j]), hidden[j]) if j in hidden else estimate
            for j, estimate in enumerate(estimates(columns[name], data.level))
        ]
        for name in ("expectation", "performance")
    }
    return [
        Gap(means["expectation"][j], means["performance"][j], gaps.get(j))
        for j in range(len(data.tree.nodes) + 1)
    ]


def _tested(data: _Data, gaps: LinearEstimates, hidden: Mapping[int, Hidden]) -> dict[int, Comparison | None]:
    """Shown gaps tested in three families: pairs, dimensions, the whole."""
    nodes, found = data.tree.nodes, dict[int, Comparison | None]()
    families = (
        [j for j, node in enumerate(nodes) if node.item is not None],
        [j for j, node in enumerate(nodes) if node.item is None],
        [len(nodes)],
    )
    for family in families:
        if shown := [j for j in family if j not in hidden]:
            found |= zip(shown, comparisons(gaps.take(shown), data.level, data.fdr), strict=True)
    return found


def _pairs(data: _Data, by_node: Sequence[Gap]) -> tuple[PairGap, ...]:
    positions = [j for j, node in enumerate(data.tree.nodes) if node.item is not None]
    found = []
    for column, (pair, position) in enumerate(zip(data.pairs, positions, strict=True)):
        figures = by_node[position]
        ceiling: Estimate | TooFew = TooFew(0, "disclosure")
        if isinstance(figures.expectation, Estimate):
            scores = data.expected[:, column]
            top = np.where(np.isnan(scores), np.nan, scores >= 100.0)[:, None]
            domain = data.domain & ~data.structural[:, column]
            (ceiling,) = shares(domain_means(data.design, top, domain), data.level)
        gap = data.performed[:, column] - data.expected[:, column]
        direct = None if pair.disconfirmation is None else _direct(data, pair.disconfirmation, gap)
        found.append(PairGap(pair, figures, ceiling, direct))
    return tuple(found)


def _dimension(data: _Data, by_node: Sequence[Gap], pairs: Sequence[PairGap], j: int) -> DimensionGap:
    dimension = data.dimensions[j]
    position = next(i for i, node in enumerate(data.tree.nodes) if node.id == f"\x1f{dimension.id}")
    own = tuple(found for found in pairs if found.pair in dimension.pairs)
    shown = by_node[position].gap is not None
    return DimensionGap(
        id=dimension.id,
        weight=float(data.tree.relative[position]),
        figures=by_node[position],
        reliability=_reliability(data, dimension) if shown else None,
        pairs=own,
    )


def _reliability(data: _Data, dimension: GapDimension) -> DifferenceReliability | None:
    """Reliability of the difference between the sums of a dimension's performances and expectations.

    From EM moments of all its items among people to whom they all applied; ``None`` where these are
    refused, on fewer than the disclosure limit, or where a sum does not vary.
    """
    k = len(dimension.pairs)
    if k < 2:
        return None
    items = [pair.expectation for pair in dimension.pairs] + [pair.performance for pair in dimension.pairs]
    columns = np.array([data.sample.items.index(item) for item in items])
    rows = np.ix_(np.flatnonzero(data.domain), columns)
    scores, weights = data.sample.scores[rows], data.design.weights[data.domain]
    try:
        moments = item_moments(
            items, scores, weights, structural=data.sample.structural[rows], routed="leave_people"
        )
    except MomentsRefused:
        return None
    c = moments.covariance
    expected, performed, both = c[:k, :k], c[k:, k:], float(c[:k, k:].sum())
    first, second = float(expected.sum()), float(performed.sum())
    least = NO_SPREAD * float(np.trace(c))
    if moments.n < data.limit or min(first, second) <= least:
        return None
    own, other = float(alpha(expected)), float(alpha(performed))
    together = both / float(np.sqrt(first * second))
    value = difference_reliability(own, other, together, float(np.sqrt(first / second)))
    return DifferenceReliability(own, other, together, value, moments.n) if np.isfinite(value) else None


def _people(data: _Data) -> tuple[Floats, Floats, Floats]:
    """Every person's weighted expectation, performance and gap, (n,) each, over pairs answered in both.

    Weights are renormalised over the pairs a person answered, of which at least half of the weight is needed.
    """
    both = np.isfinite(data.expected) & np.isfinite(data.performed)
    expected = person_scores(data.tree, np.where(both, data.expected, np.nan))[:, -1]
    performed = person_scores(data.tree, np.where(both, data.performed, np.nan))[:, -1]
    return expected, performed, performed - expected


def _model(data: _Data, plan: GapPlan) -> GapModel | NoModel:
    if plan.satisfaction is None:
        return "no_satisfaction"
    expected, performed, _ = _people(data)
    return gap_model(
        data.design,
        plan.satisfaction,
        data.sample.outcomes[plan.satisfaction],
        expected,
        performed,
        data.domain,
        level=data.level,
        alpha=data.fdr,
        smallest_base=max(data.rules.smallest_base, data.limit),
    )


def _direct(data: _Data, item: str, gap: Floats) -> Direct:
    """Disconfirmation as stated: its mean, how far from "as expected", and how it goes with ``gap`` (n,)."""
    scores = data.sample.column(item)
    domain = data.domain & ~data.sample.structural[:, data.sample.items.index(item)]
    linear = domain_means(data.design, np.column_stack([scores, scores - _MIDDLE]), domain)
    if linear.n[0] < data.limit:
        n = int(linear.n[0])
        return Direct(item, TooFew(n, "disclosure" if n else "no_answers"), None, None)
    score = estimates(linear.take([0]), data.level)[0]
    against = comparisons(linear.take([1]), data.level, data.fdr)[0]
    both = domain & np.isfinite(scores) & np.isfinite(gap)
    return Direct(
        item, score, against, _correlation(scores[both], gap[both], data.design.weights[both], data)
    )


def _correlation(x: Floats, y: Floats, weights: Floats, data: _Data) -> float | None:
    if len(x) < data.limit:
        return None
    covariance = np.cov(np.vstack([x, y]), aweights=weights, ddof=0)
    size = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return float(covariance[0, 1]) / size if size > NO_SPREAD else None
