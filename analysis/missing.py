"""Means and covariances of items when answers are missing: what everything about scales is a function of.

Three ways, and which one was taken stands in the result. ``complete`` uses people who answered all items,
``pairwise`` everybody who answered both of a pair, ``em`` everybody who answered anything.

What a newcomer gets wrong: a blank is not always a missing answer. Who was never asked, or to whom a
question does not apply, has no opinion that is merely unseen. Such items are refused, unless the caller says
whether to leave out the items or the people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.cores import one_thread_of_algebra
from analysis.em import NormalFit, normal_moments, pattern_sums, patterns_of
from analysis.inputs import name_list
from analysis.moment_guards import (
    NO_SPREAD,
    MomentsRefused,
    aliased,
    check_answered,
    check_definite,
    check_pairs,
    correlations,
)
from analysis.pair_moments import PairMoments, pair_moments
from analysis.sample import Booleans, Floats, Integers

Method = Literal["complete", "pairwise", "em"]
Routed = Literal["refuse", "leave_items", "leave_people", "pairs"]
Warnings = tuple[tuple[str, Mapping[str, str | float]], ...]


@dataclass(frozen=True, slots=True)
class MissingRules:
    """From where on gaps are warned of or stop the work. Conventions, each a share of 1 or a count.

    ``rows_lost`` and ``rows_lost_most``: people without a complete answer, warned of and refused (by
    ``complete`` alone). ``item_blank``: due answers that an item lacks. ``pair_seen``: people who answered
    both of a pair. ``cells_blank``: due answers that are missing in all items together, refused by ``em``.
    """

    rows_lost: float = 0.10
    rows_lost_most: float = 0.50
    item_blank: float = 0.30
    pair_seen: int = 50
    cells_blank: float = 0.30


# What is used unless somebody declares other limits.
USUAL = MissingRules()


@dataclass(frozen=True, slots=True, eq=False)
class ItemMoments:
    """Weighted moments of k items, with what they rest on.

    Attributes
    ----------
    items : (k,) names.
    means : (k,) in the unit of the answers.
    covariance : (k, k) with divisor Σw. ``pairwise``: of each pair over those who answered both.
    correlation : (k, k); 0 beside an item without spread. ``pairwise``: over those people alone.
    n : people who count: with all answers (``complete``), else with any.
    n_pairs : (k, k) people who answered both; those who answered the item on the diagonal.
    method : which of the three.
    iterations : passes of EM over the patterns, 0 for the others.
    blank : share of due answers that are missing, 0 to 1, of people with any answer.
    patterns : how many different patterns of blanks these people have.
    left_out : items left out because some had no answer to have.
    left_people : people left out for the same reason.
    constant : items in which everybody gave one answer. Their covariances are 0.
    warnings : keys with values, as in ``MissingRules``: ``rows_lost``, ``item_blank``, ``pair_seen``.
    """

    items: tuple[str, ...]
    means: Floats
    covariance: Floats
    correlation: Floats
    n: int
    n_pairs: Integers
    method: Method
    iterations: int
    blank: float
    patterns: int
    left_out: tuple[str, ...] = ()
    left_people: int = 0
    constant: tuple[str, ...] = ()
    warnings: Warnings = ()

    @property
    def deviations(self) -> Floats:
        """Standard deviations, (k,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def summary(self) -> str:
        """One line: ``em, 6 items, n = 174, 6.7 % blank in 17 patterns, 15 steps``."""
        steps = f", {self.iterations} steps" if self.iterations else ""
        return (
            f"{self.method}, {len(self.items)} items, n = {self.n}, {self.blank:.1%} blank in "
            f"{self.patterns} patterns{steps}"
        )


def item_moments(
    items: Sequence[str],
    x: Floats,
    weights: Floats,
    *,
    structural: Booleans | None = None,
    method: Method = "em",
    routed: Routed = "refuse",
    accept_loss: bool = False,
    rules: MissingRules = USUAL,
) -> ItemMoments:
    """Weighted means and covariances of answers x (n, k), nan where blank.

    Parameters
    ----------
    items : k names.
    weights : (n,) sampling weights, positive; only their ratios matter.
    structural : (n, k) where there was no answer to have. ``None`` says that every blank was due.
    method : ``complete``, ``pairwise`` (each mean, variance and covariance from those who answered it), or
        ``em`` (maximum likelihood of a saturated normal: unbiased if what is missing depends on answers
        that are there).
    routed : what to do with items that some had no answer to have to. ``refuse`` names them;
        ``leave_items`` and ``leave_people`` leave one or the other out; ``pairs``, for ``pairwise`` alone,
        takes each pair from those who were asked both. Nothing else makes an answer where there was
        none to have.
    accept_loss : go on with ``complete`` although more than half of the people are lost.

    Raises
    ------
    MomentsRefused
        With the reason, if what is left is no ground for moments.
    ValueError
        For names given twice, shapes that do not fit and ``pairs`` with another method than ``pairwise``.

    Notes
    -----
    A respondent without any answer changes nothing. R: ``cov.wt`` (complete, ``method="ML"``),
    ``cov(use="pairwise")`` with divisor n, ``lavaan`` with ``missing = "ml"`` (em).
    """
    names = name_list(items, "items")
    if x.shape != (len(weights), len(names)):
        raise ValueError(f"Answers are (people, items); found {x.shape} for {len(names)} items.")
    if routed == "pairs" and method != "pairwise":
        raise ValueError("Pairs of people who were asked both make pairwise moments; use method='pairwise'.")
    none = np.zeros(x.shape, dtype=bool)
    base = _base(names, x, weights, none if structural is None else structural, routed)
    if base.n < 2:
        raise MomentsRefused("too_few", n=base.n)
    with one_thread_of_algebra():
        return _moments(base, method, accept_loss, rules)


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    """Who and what is left after routing: answers of people with any, and who was due what."""

    names: tuple[str, ...]
    x: Floats
    weights: Floats
    due: Integers
    blank: float
    left_out: tuple[str, ...]
    left_people: int

    @property
    def n(self) -> int:
        return len(self.weights)


def _base(names: Sequence[str], x: Floats, weights: Floats, structural: Booleans, routed: Routed) -> _Base:
    """Leave out what had no answer to have, as the caller says, then people without any answer."""
    touched = np.asarray(structural.any(axis=0))
    if touched.any() and routed == "refuse":
        about = ", ".join(name for name, hit in zip(names, touched, strict=True) if hit)
        raise MomentsRefused("structural", items=about, people=int(structural.any(axis=1).sum()))
    columns = np.flatnonzero(~touched) if routed == "leave_items" else np.arange(len(names))
    if not columns.size:
        raise MomentsRefused("too_few", n=0)
    rows = np.asarray(~structural.any(axis=1)) if routed == "leave_people" else np.ones(len(x), dtype=bool)
    kept = np.where(structural, np.nan, x)[np.ix_(rows, columns)]
    due = ~structural[np.ix_(rows, columns)]
    some = np.asarray(np.isfinite(kept).any(axis=1))
    kept, due = kept[some], due[some]
    return _Base(
        names=tuple(names[int(j)] for j in columns),
        x=kept,
        weights=weights[rows][some],
        due=due.sum(axis=0),
        blank=1.0 - float(np.isfinite(kept).sum() / max(due.sum(), 1)),
        left_out=tuple(name for j, name in enumerate(names) if j not in columns),
        left_people=int((~rows).sum()),
    )


def _moments(base: _Base, method: Method, accept_loss: bool, rules: MissingRules) -> ItemMoments:
    seen = np.isfinite(base.x)
    complete = np.asarray(seen.all(axis=1))
    pairs = seen.astype(np.float64)
    n_pairs = np.asarray(pairs.T @ pairs, dtype=np.int64)
    lost = 1.0 - float(complete.mean())
    if method == "complete":
        if lost > rules.rows_lost_most and not accept_loss:
            raise MomentsRefused("rows_lost", share=lost)
        base = _rows(base, complete)
        if base.n < 2:
            raise MomentsRefused("too_few", n=base.n)
    elif method == "em" and base.blank > rules.cells_blank:
        raise MomentsRefused("many_blanks", share=base.blank, limit=rules.cells_blank)
    z, shift, scale = _standardised(base)
    if method == "em":
        means, covariance, iterations = _em(base, z, scale > 0)
        correlation = correlations(covariance)
    else:
        check_pairs(base.names, n_pairs)
        means, covariance, correlation = _pairwise(z, base.weights)
        iterations = 0
        if method == "pairwise" and not complete.all():
            check_definite(covariance, correlation, scale > 0)
    return ItemMoments(
        items=base.names,
        means=shift + means * np.where(scale > 0, scale, 1.0),
        covariance=covariance * np.outer(scale, scale),
        correlation=correlation,
        n=base.n,
        n_pairs=n_pairs,
        method=method,
        iterations=iterations,
        blank=base.blank,
        patterns=len(patterns_of(seen)[0]),
        left_out=base.left_out,
        left_people=base.left_people,
        constant=tuple(name for name, spread in zip(base.names, scale, strict=True) if spread == 0),
        warnings=_warnings(base, n_pairs, lost, rules),
    )


def _rows(base: _Base, kept: Booleans) -> _Base:
    left = {name: getattr(base, name) for name in ("names", "due", "blank", "left_out", "left_people")}
    return _Base(x=base.x[kept], weights=base.weights[kept], **left)


def _standardised(base: _Base) -> tuple[Floats, Floats, Floats]:
    """Answers with mean 0 and spread 1 where they are there, the shift (k,) and the scale (k,).

    The scale of an item without spread is 0; one that nobody answered is refused.
    """
    seen = np.isfinite(base.x)
    check_answered(base.names, seen)
    w = base.weights[:, None] * seen
    total = w.sum(axis=0)
    shift = (w * np.where(seen, base.x, 0.0)).sum(axis=0) / total
    z = np.where(seen, base.x - shift, np.nan)
    squares = (w * np.where(seen, z, 0.0) ** 2).sum(axis=0) / total
    scale = np.sqrt(np.where(squares > NO_SPREAD * np.maximum(1.0, shift**2), squares, 0.0))
    return np.where(scale > 0, z / np.where(scale > 0, scale, 1.0), np.where(seen, 0.0, np.nan)), shift, scale


def _em(base: _Base, z: Floats, varied: Booleans) -> tuple[Floats, Floats, int]:
    """Moments on the standardised scale; an item without spread takes no part."""
    k = z.shape[1]
    means, covariance = np.zeros(k), np.zeros((k, k))
    columns = np.flatnonzero(varied)
    if not columns.size:
        return means, covariance, 0
    if copies := aliased(z[:, columns]):
        raise MomentsRefused("aliased", items=", ".join(base.names[int(columns[j])] for j in copies))
    own = z[:, columns]
    some = np.isfinite(own).any(axis=1)
    fit: NormalFit = normal_moments(pattern_sums(own[some], base.weights[some]))
    if not fit.converged[0]:
        raise MomentsRefused("not_converged", steps=fit.steps)
    means[columns] = fit.means[0]
    covariance[np.ix_(columns, columns)] = fit.covariances[0]
    return means, covariance, fit.steps


def _pairwise(z: Floats, weights: Floats) -> PairMoments:
    seen = np.isfinite(z)
    filled, mask = np.where(seen, z, 0.0), seen.astype(np.float64)
    weighted = filled * weights[:, None]
    return pair_moments(
        (mask * weights[:, None]).T @ mask,
        weighted.T @ mask,
        (weighted * filled).T @ mask,
        weighted.T @ filled,
    )


def _warnings(base: _Base, n_pairs: Integers, lost: float, rules: MissingRules) -> Warnings:
    found: list[tuple[str, Mapping[str, str | float]]] = []
    if lost > rules.rows_lost:
        found.append(("rows_lost", {"share": lost}))
    for j, name in enumerate(base.names):
        share = 1.0 - float(n_pairs[j, j] / base.due[j])
        if share > rules.item_blank:
            found.append(("item_blank", {"item": name, "share": share}))
    for i, j in np.argwhere(np.triu(n_pairs < rules.pair_seen, 1)):
        values = {"first": base.names[i], "second": base.names[j], "n": float(n_pairs[i, j])}
        found.append(("pair_seen", values))
    return tuple(found)
