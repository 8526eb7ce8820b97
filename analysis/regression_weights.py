r"""Weights from how the items go with an outcome: standardised coefficients, non-negative ones, LMG shares.

All items of the index enter one model of one outcome, and the model's word on each becomes its weight
in the index. Everything is a function of weighted correlations, in the full sample and in every
replicate at once.

What a newcomer gets wrong: such weights say what goes with *this* outcome among *these* people at *this*
time, not what matters. And a coefficient shares nothing: of two items that say the same, one takes all
of it, and the other may end below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from scipy import optimize

from analysis.derived_weights import Caveat, DerivedWeights, tree_weights
from analysis.design import design_of
from analysis.driver_data import DriverData, driver_data
from analysis.driver_model import DriverModel, Regression, fit_drivers, regress
from analysis.driver_table import describe
from analysis.driver_warnings import fit_warnings
from analysis.elimination import ALIASED, eliminate
from analysis.index import IndexTree
from analysis.inputs import check_known, check_share, chosen_wave
from analysis.replicates import replication
from analysis.results import TooFew
from analysis.sample import Floats, Sample
from analysis.weight_caveats import equality_caveats, size_caveats, weight_interval

RegressionMethod = Literal["regression", "nonnegative", "lmg"]


def regression_weights(
    sample: Sample,
    tree: IndexTree,
    outcome: str,
    method: RegressionMethod,
    *,
    wave: str | None = None,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    disclosure_limit: int = 10,
) -> DerivedWeights | TooFew:
    r"""Derive weights of all items from a model of ``outcome`` in one wave (the last by default).

    Parameters
    ----------
    method : ``regression`` takes standardised coefficients over their sum, and is blocked where any is
        negative; ``nonnegative`` fits under :math:`\beta \ge 0`; ``lmg`` takes the LMG shares of
        ``csat drivers``.

    An item that some were not asked enters as one player of two columns, its value and a mark of who had
    one (see ``analysis.driver_data``); of coefficients the value's counts, the mark's is free. An answer
    that was due and is missing costs its row. An item that cannot be in the model (nobody or hardly
    anybody answered, all gave the same answer, it repeats others) gets no weight, by name.

    Returns
    -------
    Evidence: R² and every item's weight in the index, each with a percentile interval from replicates.
    ``TooFew`` where the base cannot carry a model, see :func:`~analysis.driver_model.regress`.

    Raises
    ------
    ValueError
        If the outcome, the wave or an item is unknown.

    References
    ----------
    Lawson, C. & Hanson, R. (1974). *Solving Least Squares Problems*, ch. 23: non-negative least squares.
    """
    chosen = chosen_wave(sample, wave)
    check_known([outcome], sample.outcomes, "outcome")
    check_known(tree.items, sample.items, "item")
    check_share(level, "level of confidence")
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    data = driver_data(
        sample.outcomes[outcome],
        {item: sample.column(item) for item in tree.items},
        {item: sample.structural[:, sample.items.index(item)] for item in tree.items},
        sample.weights,
        sample.in_wave(chosen),
    )
    model = fit_drivers(data, plan) if method == "lmg" else regress(data, plan)
    if isinstance(model, TooFew):
        return model
    if data.n < disclosure_limit:
        return TooFew(data.n, "disclosure")
    effective = _in_tree(tree, data, _normalised(_raw(model, data, method)))
    blocked = _blocked(tree, effective, method)
    # A negative weight stands in the evidence as it is, and blocks the set; in the tree it is 0.
    usable = np.maximum(np.nan_to_num(effective[:, 0]), 0.0)
    found = tree_weights(tree, dict(zip(tree.items, usable.tolist(), strict=True)))
    caveats = [Caveat(method, {"outcome": outcome}), *_model_caveats(tree, model, data, outcome, level)]
    caveats.append(Caveat("base_wave", {"wave": chosen}))
    if not blocked:
        caveats += [*equality_caveats(tree, effective, level), *size_caveats(tree, found)]
    evidence = {
        "wave": chosen,
        "outcome": outcome,
        "variant": method,
        **_fit(model, data, level),
        "replicates": replicates,
        "failed": int((~model.kept).sum()),
        "seed": seed,
        "level": level,
        "left_out": {_leaf(tree, item): reason for item, reason in data.dropped},
        "items": _items(tree, data, effective, model, level),
    }
    return DerivedWeights(
        "lmg" if method == "lmg" else "regression", found, evidence, tuple(caveats), blocked
    )


def nonnegative_coefficients(correlations: Floats, free: Sequence[int] = ()) -> Floats:
    r"""Standardised coefficients under a sign, (c, B): minimise :math:`\beta'R\beta - 2\beta'r`, β ≥ 0.

    Parameters
    ----------
    correlations : (c + 1, c + 1, B), the outcome last, the others linearly independent.
    free : columns whose coefficient may have any sign. They are partialled out, and stand as 0 in the
        result.

    Two items of which one only suppresses the other: r = .5 and .1, together .6. Least squares gives the
    second −.3125, non-negative least squares 0:

    >>> r = np.array([[1, 0.6, 0.5], [0.6, 1, 0.1], [0.5, 0.1, 1]])[..., None]
    >>> nonnegative_coefficients(r)[:, 0].round(12)
    array([0.5, 0. ])
    """
    bound = [column for column in range(len(correlations) - 1) if column not in set(free)]
    order = [*free, *bound, len(correlations) - 1]
    known = np.moveaxis(eliminate(correlations[np.ix_(order, order)], len(free)), 2, 0)
    values, vectors = np.linalg.eigh(known[:, :-1, :-1])
    # A direction without variance says nothing: two marks, or a mark and an item, may repeat each other.
    root = np.sqrt(np.where(values > ALIASED, values, 0.0))
    scale = np.divide(1.0, root, where=root > 0, out=np.zeros_like(root))
    target = scale * np.einsum("bij,bi->bj", vectors, known[:, :-1, -1])
    factor = root[:, :, None] * np.swapaxes(vectors, 1, 2)
    found = np.zeros((len(correlations) - 1, correlations.shape[2]))
    for cell in range(correlations.shape[2]):
        found[bound, cell] = optimize.nnls(factor[cell], target[cell])[0]
    return found


def _raw(model: DriverModel | Regression, data: DriverData, method: RegressionMethod) -> Floats:
    """What the model says of every player, (P, 1 + B)."""
    if isinstance(model, DriverModel):
        return model.shares
    values = [columns[0] for columns in data.players]
    if method == "regression":
        return np.asarray(model.beta[values])
    marks = [column for columns in data.players for column in columns[1:]]
    return np.asarray(nonnegative_coefficients(model.correlations, marks)[values])


def _normalised(raw: Floats) -> Floats:
    """Values over their sum in every cell; nan where the sum is not positive."""
    total = raw.sum(axis=0)
    return np.where(total > ALIASED, raw / np.where(total > ALIASED, total, 1.0), np.nan)


def _in_tree(tree: IndexTree, data: DriverData, players: Floats) -> Floats:
    """Values of the players in the order of the leaves (k, cells); 0 for an item that is no player."""
    found = np.zeros((len(tree.items), players.shape[1]))
    found[[tree.items.index(name) for name in data.names]] = players
    return found


def _leaf(tree: IndexTree, item: str) -> str:
    """Return the id of the leaf that asks for an item."""
    return next(node.id for node in tree.nodes if node.item == item)


def _blocked(tree: IndexTree, effective: Floats, method: RegressionMethod) -> tuple[Caveat, ...]:
    whole = effective[:, 0]
    if not np.isfinite(whole).all():
        return (Caveat("no_positive_coefficient"),)
    leaves = [node.id for node in tree.nodes if node.item is not None]
    negative = tuple(name for name, weight in zip(leaves, whole, strict=True) if weight < 0)
    return (Caveat("negative_weight", {"nodes": negative}),) if negative and method == "regression" else ()


def _model_caveats(
    tree: IndexTree,
    model: DriverModel | Regression,
    data: DriverData,
    outcome: str,
    level: float,
) -> list[Caveat]:
    """Whatever is said of a driver model, and items that are not in it."""
    found = [Caveat(f"left_out_{reason}", {"nodes": (_leaf(tree, item),)}) for item, reason in data.dropped]
    warnings, conflicting = fit_warnings(model, data), tuple[str, ...]()
    if isinstance(model, DriverModel):
        table = describe(model, outcome, level)
        rows = sorted(table.drivers, key=lambda row: tree.items.index(row.driver))
        warnings = table.warnings
        conflicting = tuple(_leaf(tree, row.driver) for row in rows if row.direction == "conflicting")
        if against := tuple(_leaf(tree, row.driver) for row in rows if (row.correlation or 0.0) < 0):
            found.append(Caveat("against_outcome", {"nodes": against}))
    return found + [Caveat(f"drivers.{key}", {**values, "nodes": conflicting}) for key, values in warnings]


def _fit(model: DriverModel | Regression, data: DriverData, level: float) -> dict[str, Any]:
    low, high = weight_interval(model.r_squared[None], level)
    fit = {"value": float(model.r_squared[0]), "low": float(low[0]), "high": float(high[0])}
    return {"n": data.n, "rows_lost": data.lost, "r_squared": fit}


def _items(
    tree: IndexTree, data: DriverData, effective: Floats, model: DriverModel | Regression, level: float
) -> list[dict[str, Any]]:
    """One entry a leaf; ``None`` for what does not exist."""
    columns = np.column_stack([effective[:, 0], *weight_interval(effective, level)])
    beta = {name: float(model.beta[own[0], 0]) for name, own in zip(data.names, data.players, strict=True)}
    return [
        {
            "id": _leaf(tree, item),
            **{
                what: float(value) if np.isfinite(value) else None
                for what, value in zip(("weight", "low", "high"), row, strict=True)
            },
            "coefficient": beta.get(item),
        }
        for item, row in zip(tree.items, columns, strict=True)
    ]
