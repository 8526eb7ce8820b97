r"""Weights that the answers suggest by their spread and their company: equal, entropy, CRITIC, PCA.

Each family of siblings is weighted by itself, from the leaves up: a branch is scored for every person
with the weights just found below it, so that the weights in use before do not matter.

What a newcomer gets wrong: none of these methods knows what customers care about. Entropy pays for
unequal answers, CRITIC for spread and disagreement, a principal component for going along with the
others. They say so with every set of weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from analysis.derived_weights import Caveat, DerivedWeights
from analysis.design import design_of
from analysis.driver_data import FEWEST_ANSWERS
from analysis.index import IndexTree, person_scores
from analysis.inputs import check_known, check_share, chosen_wave
from analysis.replicates import replication
from analysis.sample import Floats, Sample
from analysis.sibling_moments import SiblingMoments, sibling_moments
from analysis.weight_caveats import equality_caveats, reweighted, size_caveats, weight_interval

FamilyMethod = Literal["entropy", "critic", "pca"]

# A pair of items that fewer people than this answered together says little about their correlation.
FEWEST_TOGETHER = 50
# Smallest eigenvalue relative to the largest: below it, a matrix of pairwise correlations is none that
# one group of people could have (with room for the rounding of its entries).
INDEFINITE = -1e-8
# Two largest eigenvalues nearer than this to each other (of k) leave the first component undefined.
NO_FIRST = 1e-6


@dataclass(frozen=True, slots=True)
class _Found:
    """Raw weights (k, cells), 0 or more, what to record beside them, and what to say."""

    raw: Floats
    family: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, Floats] = field(default_factory=dict)
    caveats: tuple[Caveat, ...] = ()
    blocked: tuple[Caveat, ...] = ()


def equal_weights(tree: IndexTree) -> DerivedWeights:
    """Weight 1/k for each of the k children of every parent.

    An item of a large dimension then counts less in the index than one of a small dimension.
    """
    found = {node.id: 1.0 / len(tree.children(node.parent)) for node in tree.nodes}
    return DerivedWeights("equal", found, {}, (Caveat("equal"), *size_caveats(tree, found)))


def entropy(moments: SiblingMoments) -> Floats:
    r"""One less the entropy of each column, (k, cells); weights are proportional to it.

    .. math:: p_i = x_i / \sum x, \quad e = -\sum p_i \ln p_i / \ln n, \quad w \propto 1 - e

    With survey weights 1 − e is Theil's index :math:`T = \sum w (x/m) \ln(x/m) / \sum w` over ln n, so
    that only ratios of weights matter, and n, the people of the family, is one for all its columns and
    leaves the derived weights alone. A column without spread gets 0.

    References
    ----------
    Hwang, C. & Yoon, K. (1981). *Multiple Attribute Decision Making*, §3.4.
    """
    return np.asarray(moments.inequality / np.log(max(moments.people, 2)))


def critic(moments: SiblingMoments) -> Floats:
    r"""Spread times disagreement of each column, (k, cells); weights are proportional to it.

    .. math:: c_j = s_j \sum_k (1 - r_{jk}), \quad s_j = sd_j / (\max_j - \min_j)

    with the largest and smallest answer given. A column without spread gets 0 and counts for nobody
    else's disagreement. An only column that varies has nobody to disagree with, and gets its spread.

    References
    ----------
    Diakoulaki, D., Mavrotas, G. & Papayannakis, L. (1995). Comput. Oper. Res. 22.
    """
    varies = moments.varies
    spread = np.where(varies, moments.high - moments.low, 1.0)
    deviation = np.where(varies[:, None], np.sqrt(moments.variance), 0.0) / spread[:, None]
    disagreement = np.einsum("jkc,k->jc", 1.0 - moments.correlation, varies.astype(np.float64))
    return np.asarray(deviation * disagreement if varies.sum() > 1 else deviation)


def first_component(correlation: Floats) -> tuple[Floats, Floats]:
    """First eigenvector (k, cells) and all eigenvalues (k, cells), largest first, of correlations.

    The vector has length 1; its sign makes its sum positive, in replicates makes it agree with the first
    cell.
    """
    values, vectors = np.linalg.eigh(np.moveaxis(correlation, 2, 0))
    first = vectors[:, :, -1].T
    whole = first[:, :1] * (1.0 if first[:, 0].sum() >= 0 else -1.0)
    first = first * np.where((first * whole).sum(axis=0) >= 0, 1.0, -1.0)
    return first, values.T[::-1]


def objective_weights(
    sample: Sample,
    tree: IndexTree,
    method: FamilyMethod,
    *,
    wave: str | None = None,
    squares: bool = False,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    disclosure_limit: int = 10,
) -> DerivedWeights:
    """Derive weights from the answers of one wave (the last by default), family by family.

    Parameters
    ----------
    squares : ``pca`` only: the squares of the first eigenvector, which sum to 1 by themselves, and pull
        weights apart, in place of the eigenvector over its sum.

    Leaves are items; a branch is scored for every person as the index of that branch, under the new
    weights below it. A blank, and an answer that somebody did not have to give, leave the base of their
    item, and pairs of items the people who answered both.

    The weights are blocked where an item was answered by fewer than 30 people, nothing in a family
    varies, or, for ``pca``, the first component has mixed signs, is not the only largest, or the pairwise
    correlations fit no single group of people. A blocked family has equal weights.

    Evidence: by family, each child's weight with a percentile interval from replicates (children of
    branches are scored once, so the interval holds the weights below fixed) and the figures behind it.
    """
    chosen = chosen_wave(sample, wave)
    check_known(tree.items, sample.items, "item")
    check_share(level, "level of confidence")
    rows = np.flatnonzero(sample.in_wave(chosen))
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    scores = sample.scores[rows][:, [sample.items.index(item) for item in tree.items]]
    equal = tuple(replace(node, weight=1.0) for node in tree.nodes)
    work = IndexTree(equal, "respondent", tree.min_answered)
    families: list[dict[str, Any]] = []
    relative = dict(zip([node.id for node in work.nodes], np.ones((len(work.nodes), 1)), strict=True))
    caveats, blocked = [Caveat(f"{method}_squares" if squares else method)], list[Caveat]()
    for parent in [*[node.id for node in reversed(tree.nodes) if node.item is None], None]:
        children = work.children(parent)
        if len(children) == 1:
            continue
        moments = sibling_moments(person_scores(work, scores)[:, children], plan.design, rows, plan)
        names = tuple(work.nodes[j].id for j in children)
        found = _weigh(moments, names, parent, method, squares, max(FEWEST_ANSWERS, disclosure_limit))
        weights = found.raw / found.raw.sum(axis=0)
        caveats += found.caveats
        blocked += found.blocked
        if not found.blocked:
            families.insert(0, _evidence(parent, names, moments, weights, found, level))
        relative |= zip(names, weights, strict=True)
        work = reweighted(work, {name: float(weight[0]) for name, weight in relative.items()})
    result = {name: float(weight[0]) for name, weight in relative.items()}
    caveats.append(Caveat("base_wave", {"wave": chosen}))
    if not blocked:
        caveats += [*equality_caveats(tree, _effective(tree, relative), level), *size_caveats(tree, result)]
    evidence = {
        "wave": chosen,
        "n": len(rows),
        "replicates": replicates,
        "seed": seed,
        "level": level,
        "families": families,
    }
    return DerivedWeights(method, result, evidence, tuple(caveats), tuple(blocked))


def _effective(tree: IndexTree, relative: Mapping[str, Floats]) -> Floats:
    """Weights of the leaves in the index, (k, cells), from weights among siblings by node."""
    found: dict[str | None, Floats] = {None: np.ones(1)}
    for node in tree.nodes:
        found[node.id] = found[node.parent] * relative[node.id]
    return np.array(np.broadcast_arrays(*[found[node.id] for node in tree.nodes if node.item is not None]))


def _weigh(
    moments: SiblingMoments,
    names: tuple[str, ...],
    parent: str | None,
    method: FamilyMethod,
    squares: bool,
    fewest: int,
) -> _Found:
    """Weigh one family; equal weights and a reason where that cannot be."""
    same = np.ones((len(names), 1))
    if few := tuple(name for name, n in zip(names, moments.n, strict=True) if n < fewest):
        return _Found(same, blocked=(Caveat("few_answers", {"nodes": few, "fewest": fewest}),))
    if not moments.varies.any():
        return _Found(same, blocked=(Caveat("nothing_varies", {"parent": parent}),))
    if method == "entropy":
        found = _Found(entropy(moments), children={"entropy": 1.0 - entropy(moments)[:, 0]})
    elif method == "critic":
        spread, information = np.sqrt(moments.variance[:, 0]), critic(moments)
        found = _Found(information, children={"sd": spread, "information": information[:, 0]})
    else:
        found = _component(moments, names, parent, squares)
    if found.blocked:
        return replace(found, raw=same)
    if not found.raw[:, 0].sum() > 0:
        return _Found(same, blocked=(Caveat("nothing_varies", {"parent": parent}),))
    still = tuple(name for name, varies in zip(names, moments.varies, strict=True) if not varies)
    notes = [Caveat("no_spread", {"nodes": still})] if still else []
    pairs = moments.together[np.triu_indices(len(names), 1)]
    if method != "entropy" and pairs.min() < FEWEST_TOGETHER:
        notes.append(Caveat("few_together", {"parent": parent, "n": FEWEST_TOGETHER}))
    return replace(found, caveats=(*notes, *found.caveats))


def _component(moments: SiblingMoments, names: tuple[str, ...], parent: str | None, squares: bool) -> _Found:
    """Weights from the first component of the siblings that vary; the others get 0."""
    kept = np.flatnonzero(moments.varies)
    vectors, values = first_component(moments.correlation[np.ix_(kept, kept)])
    place = {"parent": parent}
    if values[-1, 0] < INDEFINITE * values[0, 0]:
        return _Found(vectors, blocked=(Caveat("pairwise_indefinite", place),))
    if len(kept) > 1 and values[0, 0] - values[1, 0] < NO_FIRST * len(kept):
        return _Found(vectors, blocked=(Caveat("no_first_component", place),))
    if against := tuple(names[j] for j, loading in zip(kept, vectors[:, 0], strict=True) if loading < 0):
        return _Found(vectors, blocked=(Caveat("mixed_signs", {"nodes": against, **place}),))
    raw = np.zeros((len(names), vectors.shape[1]))
    # A replicate in which a weak item turns against the rest has none of it, rather than a negative weight.
    raw[kept] = vectors**2 if squares else np.maximum(vectors, 0.0)
    loadings = np.zeros(len(names))
    loadings[kept] = vectors[:, 0] * np.sqrt(values[0, 0])
    explained = float(values[0, 0] / len(kept))
    notes = (Caveat("two_in_family", place),) if len(kept) == 2 else ()
    return _Found(raw, {"variance_explained": explained}, {"loading": loadings}, notes)


def _evidence(
    parent: str | None,
    names: tuple[str, ...],
    moments: SiblingMoments,
    weights: Floats,
    found: _Found,
    level: float,
) -> dict[str, Any]:
    low, high = weight_interval(weights, level)
    children = [
        {
            "id": name,
            "weight": float(weights[j, 0]),
            "low": float(low[j]),
            "high": float(high[j]),
            "n": int(moments.n[j]),
            **{what: float(values[j]) for what, values in found.children.items()},
        }
        for j, name in enumerate(names)
    ]
    return {"parent": parent, "people": moments.people, **found.family, "children": children}
