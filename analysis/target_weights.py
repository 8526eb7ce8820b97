r"""Weights under which the items drive the index as much as they are meant to.

A weight is not an importance: an item that varies more, or goes along with others, moves the index more
than its weight says. This turns the question round, and looks for the weights whose effective importance
meets a target.

What a newcomer gets wrong: not every target can be met. An item that goes along with all the others
drives the index even at the smallest weight. The misfit that is left is said, never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from analysis.cores import one_thread_of_algebra
from analysis.derived_weights import Caveat, DerivedWeights, tree_weights
from analysis.design import design_of
from analysis.driver_data import FEWEST_ANSWERS
from analysis.index import IndexTree
from analysis.inputs import check_known, chosen_wave
from analysis.objective_weights import FEWEST_TOGETHER, INDEFINITE
from analysis.sample import Floats, Integers, Sample
from analysis.sibling_moments import sibling_moments
from analysis.weight_caveats import leaf_weights, size_caveats

# Least weight of an item unless it is said otherwise; at most half of what equal weights would give.
LOWER = 0.02
# An item whose share of the importance lies further than this from its target is a miss (convention).
MISSED = 0.05
# Sum of squared distances of shares from their targets that counts as none.
MET = 1e-16
# Starts drawn at random besides the reasoned ones, always the same.
_DRAWN, _SEED = 8, 20130601
_AT_LOWER = 1e-6


@dataclass(frozen=True, slots=True)
class Solution:
    """Weights (k,), the importance shares (k,) they give, and the largest distance from the target."""

    weights: Floats
    shares: Floats
    misfit: float


def importance_shares(covariance: Floats, weights: Floats) -> Floats:
    r"""Squared correlations of k items with their weighted sum, over their total, (k,).

    .. math:: S_j = (CW)_j^2 / (C_{jj} W'CW)

    >>> importance_shares(np.array([[1.0, 0.0], [0.0, 4.0]]), np.array([0.5, 0.5]))
    array([0.2, 0.8])

    References
    ----------
    Paruolo, P., Saisana, M. & Saltelli, A. (2013). JRSS-A 176.
    """
    with_index = covariance @ weights
    squares = with_index**2 / np.diag(covariance)
    return np.asarray(squares / squares.sum())


def meet_target(covariance: Floats, target: Floats, lower: float, first: Floats | None = None) -> Solution:
    r"""Minimise :math:`\sum_j (S_j / \sum S - \tau_j)^2` over :math:`W_j \ge` ``lower``, ΣW = 1.

    Parameters
    ----------
    covariance : (k, k) of the items, positive semi-definite, every variance positive.
    target : (k,) importance shares, 0 or more; their sum does not matter.
    first : (k,) weights to start from besides equal ones, the target, 1/sd and some drawn at random.

    Sequential quadratic programming from each start; the best end counts, and the search
    stops where the target is met. Two items with equal targets
    get weights in proportion to 1/sd, whatever their correlation:

    >>> meet_target(np.array([[1.0, 0.6], [0.6, 4.0]]), np.array([1.0, 1.0]), 0.02).weights.round(6)
    array([0.666667, 0.333333])

    Raises
    ------
    ValueError
        If ``lower`` is below 0 or leaves no room (k · lower over 1).
    """
    k, wanted = len(target), target / target.sum()
    if not 0 <= lower <= 1 / k:
        raise ValueError(
            f"The least weight of each of {k} items lies between 0 and {1 / k:g}, found {lower!r}."
        )
    # Only ratios of variances matter: with a mean variance of 1 the steps of the search suit the problem.
    scaled = covariance * (k / np.trace(covariance))

    def distance(weights: Floats) -> tuple[float, Floats]:
        with_index = scaled @ weights
        squares = with_index**2 / np.diag(scaled)
        total = squares.sum()
        gap = squares / total - wanted
        slope = 2 * (gap - gap @ squares / total) / total
        return float(gap @ gap), scaled @ (slope * 2 * with_index / np.diag(scaled))

    best, least = np.full(k, 1 / k), np.inf
    with one_thread_of_algebra():
        for start in _starts(scaled, wanted, lower, first):
            found = optimize.minimize(
                distance,
                start,
                jac=True,
                method="SLSQP",
                bounds=[(lower, 1.0)] * k,
                constraints=optimize.LinearConstraint(np.ones(k), 1.0, 1.0),
                options={"ftol": 1e-20, "maxiter": 1000},
            ).x
            end = np.maximum(found, lower) / np.maximum(found, lower).sum()
            # Ends that differ by rounding are one end; the first stays.
            if (reached := distance(end)[0]) < least - MET:
                best, least = end, reached
            if least < MET:
                break
    shares = importance_shares(scaled, best)
    return Solution(best, shares, float(np.abs(shares - wanted).max()))


def _starts(covariance: Floats, target: Floats, lower: float, first: Floats | None) -> list[Floats]:
    k = len(target)
    inverse = 1 / np.sqrt(np.diag(covariance))
    drawn = np.random.default_rng(_SEED).dirichlet(np.ones(k), _DRAWN)
    reasoned = [np.ones(k) if first is None else first, np.ones(k), target, inverse, target * inverse]
    return [lower + (1 - k * lower) * start / start.sum() for start in [*reasoned, *drawn]]


def target_weights(
    sample: Sample,
    tree: IndexTree,
    target: Mapping[str, float] | None = None,
    *,
    wave: str | None = None,
    lower: float | None = None,
    disclosure_limit: int = 10,
) -> DerivedWeights:
    """Derive weights of all items whose effective importance meets a target, in the last wave or ``wave``.

    Parameters
    ----------
    target : leaf id -> importance, 0 or more, every leaf; only ratios matter. Equal by default.
    lower : least weight of an item in the index; 0.02 by default, less where there are more than 25 items
        (half of an equal weight).

    Effective importance is the squared correlation of an item with the weighted sum of all, each
    covariance from the people who answered both. Weights are blocked where an item was answered by fewer
    than 30 people or does not vary, or the covariances fit no single group of people.

    Raises
    ------
    ValueError
        If the target does not name exactly the leaves, is negative or sums to nothing, or ``lower`` leaves
        no room.
    """
    chosen = chosen_wave(sample, wave)
    check_known(tree.items, sample.items, "item")
    leaves = tuple(node.id for node in tree.nodes if node.item is not None)
    wanted = _target(target, leaves)
    least = min(LOWER, 0.5 / len(leaves)) if lower is None else lower
    rows = np.flatnonzero(sample.in_wave(chosen))
    x = sample.scores[rows][:, [sample.items.index(item) for item in tree.items]]
    moments = sibling_moments(x, design_of(sample), rows)
    covariance = moments.covariance[:, :, 0]
    blocked = _blocked(moments.n, covariance, leaves, max(FEWEST_ANSWERS, disclosure_limit))
    evidence = {
        "wave": chosen,
        "n": len(rows),
        "lower": least,
        "target": dict(zip(leaves, wanted.tolist(), strict=True)),
    }
    if blocked:
        unchanged = {node.id: float(weight) for node, weight in zip(tree.nodes, tree.relative, strict=True)}
        return DerivedWeights("target", unchanged, evidence, (Caveat("target"),), blocked)
    found = meet_target(covariance, wanted, least, leaf_weights(tree))
    weights = tree_weights(tree, dict(zip(tree.items, found.weights.tolist(), strict=True)))
    caveats = [Caveat("target"), Caveat("base_wave", {"wave": chosen})]
    if moments.together.min() < FEWEST_TOGETHER:
        caveats.append(Caveat("few_together", {"parent": None, "n": FEWEST_TOGETHER}))
    named = {
        "target_missed": np.abs(found.shares - wanted) > MISSED,
        "at_lower": found.weights < least + _AT_LOWER,
        "against_index": covariance @ found.weights < 0,
    }
    for key, is_so in named.items():
        if nodes := tuple(np.array(leaves)[is_so].tolist()):
            caveats.append(Caveat(key, {"nodes": nodes, "misfit": found.misfit, "lower": least}))
    shares = dict(zip(leaves, found.shares.tolist(), strict=True))
    before = importance_shares(covariance, leaf_weights(tree))
    evidence |= {
        "misfit": found.misfit,
        "sum_of_squares": float(((found.shares - wanted) ** 2).sum()),
        "importance": shares,
        "importance_before": dict(zip(leaves, before.tolist(), strict=True)),
    }
    caveats += [caveat for caveat in size_caveats(tree, weights) if caveat.key != "small_weight"]
    return DerivedWeights("target", weights, evidence, tuple(caveats))


def _target(target: Mapping[str, float] | None, leaves: tuple[str, ...]) -> Floats:
    given = dict.fromkeys(leaves, 1.0) if target is None else target
    check_known(list(given), leaves, "item")
    if missing := [leaf for leaf in leaves if leaf not in given]:
        raise ValueError(f"A target names every item of the index; it lacks {', '.join(map(repr, missing))}.")
    values = np.array([float(given[leaf]) for leaf in leaves])
    if not (np.isfinite(values).all() and (values >= 0).all() and values.sum() > 0):
        raise ValueError("A target importance is 0 or more, and one at least is more than 0.")
    return np.asarray(values / values.sum())


def _blocked(n: Integers, covariance: Floats, leaves: tuple[str, ...], fewest: int) -> tuple[Caveat, ...]:
    names = np.array(leaves)
    if (few := n < fewest).any():
        return (Caveat("few_answers", {"nodes": tuple(names[few].tolist()), "fewest": fewest}),)
    if (still := np.diag(covariance) <= 0).any():
        return (Caveat("target_no_spread", {"nodes": tuple(names[still].tolist())}),)
    values = np.linalg.eigvalsh(covariance)
    if values[0] < INDEFINITE * values[-1]:
        return (Caveat("pairwise_indefinite", {"parent": None}),)
    return ()
