r"""Does satisfaction bind more, or less, where leaving costs more? Moderation by facets of switching cost.

.. math:: L = b_0 + b_1 s + b_2 z + b_3 s z, \quad \partial L / \partial s = b_1 + b_3 z

with s and z centred at their weighted means. Every facet has a regression of its own; products are tested
as one family. The sign is not universal: barriers may stand in for satisfaction, or bind those who are
satisfied anyway, so each facet needs a hypothesis of its own.

What a newcomer gets wrong: b₁ is no "main effect" but the slope at the mean of z, and a clear product near
the end of a scale may be the scale: answers that cannot rise any more flatten the slope by themselves. So an
ordinal model of the same people stands beside it (see ``analysis.ordered_product``).

References
----------
Johnson, P. O. & Neyman, J. (1936). Stat. Research Memoirs 1. Bauer, D. & Curran, P. (2005). Multivar. Behav.
Research 40. Ganzach, Y. (1997). Psych. Methods 2 (squares beside the product). Aiken, L. & West, S. (1991).
*Multiple Regression*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.chain_notes import Warnings, base_warnings, chosen
from analysis.clear_regions import clear_regions, roots
from analysis.design import Design, design_of
from analysis.driver_model import SMALLEST_BASE
from analysis.estimate import benjamini_hochberg, t_quantile
from analysis.index import IndexTree
from analysis.inputs import check_share, chosen_wave, name_list
from analysis.linear_fit import Errors, LinearFit, clusters_ignored, linear_fit
from analysis.model_columns import ModelColumn, model_columns
from analysis.moderation_results import Moderation, Moderations, Region, SimpleSlope
from analysis.ordered_product import ordered_product
from analysis.regression import DependentColumns
from analysis.results import TooFew
from analysis.sample import Booleans, Floats, Sample

NAMES = SATISFACTION, MODERATOR, PRODUCT = "satisfaction", "moderator", "product"
PLACES = (-1.0, 0.0, 1.0)
# Conventions: a product that explains less, and a side of the moderator with fewer people, say little.
SMALLEST_F_SQUARED, FEWEST_BEYOND = 0.005, 30
CAUTIONS = ("association", "unmeasured", "pointwise")


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Outcome, satisfaction and moderator (n,), the rows that have all three, and what became of others."""

    design: Design
    y: Floats
    s: Floats
    z: Floats
    rows: Booleans
    due: int
    not_asked: int
    errors: Errors
    level: float

    def fit(self, x: Floats, names: Sequence[str]) -> LinearFit:
        """Regress the outcome on columns (n, k)."""
        return linear_fit(
            self.design, self.y, x, names, domain=self.rows, errors=self.errors, level=self.level
        )


def moderation_by_facet(
    sample: Sample,
    facets: Mapping[str, Sequence[str]],
    *,
    outcome: str,
    satisfaction: str,
    tree: IndexTree | None = None,
    wave: str | None = None,
    errors: Errors = "design",
    level: float = 0.95,
    fdr: float = 0.05,
) -> Moderations:
    """Ask of every facet whether it moderates the association of ``outcome`` with ``satisfaction``.

    Parameters
    ----------
    facets : name -> items; a facet's score is the mean of its items, of those answered if these are half.
    outcome, satisfaction : outcomes, items or branches of ``tree``, in points of 100.
    wave : the last by default.
    errors : ``design`` (clusters, strata, weights), ``hc3`` or ``classical``: see
        :func:`~analysis.linear_fit.linear_fit`.
    fdr : false discovery rate of the family of products.

    Whoever lacks one of the three answers is left out of that facet. A facet is ``missing`` with
    ``small_base`` on fewer than 50 people or without degrees of freedom, and with ``no_spread`` where a
    column is constant or determined by the others.

    Raises
    ------
    ValueError
        For unknown names, and options out of range.
    """
    check_share(level, "level of confidence")
    check_share(fdr, "false discovery rate")
    here = chosen_wave(sample, wave)
    y, s = model_columns(sample, name_list([outcome, satisfaction], "A moderation"), tree)
    found: list[Moderation] = []
    missing: list[tuple[str, TooFew]] = []
    for facet in facets:
        (z,) = model_columns(sample, [facet], tree, facets)
        part = _facet(facet, _columns(sample, here, (y, s, z), errors, level))
        if isinstance(part, TooFew):
            missing.append((facet, part))
        else:
            found.append(part)
    return Moderations(
        outcome, satisfaction, here, errors, _tested(found, fdr), tuple(missing), cautions=CAUTIONS
    )


def _columns(
    sample: Sample, wave: str, columns: tuple[ModelColumn, ...], errors: Errors, level: float
) -> _Columns:
    domain = sample.in_wave(wave)
    asked = domain & ~np.column_stack([column.structural for column in columns]).any(axis=1)
    y, s, z = (column.values for column in columns)
    rows = asked & np.isfinite(np.column_stack([y, s, z])).all(axis=1)
    due = int(asked.sum())
    return _Columns(design_of(sample), y, s, z, rows, due, int(domain.sum()) - due, errors, level)


def with_product(s: Floats, z: Floats) -> Floats:
    """Columns of a product model, (n, 3), from centred s and z (n,): satisfaction, moderator, product."""
    return np.column_stack([s, z, s * z])


def _facet(name: str, columns: _Columns) -> Moderation | TooFew:
    design, rows = columns.design, columns.rows
    n = int(rows.sum())
    if n < SMALLEST_BASE:
        return TooFew(n, "small_base")
    w, y, z = design.weights[rows], columns.y[rows], columns.z[rows]
    if np.ptp(y) == 0:
        return TooFew(n, "no_spread")
    means = (float(np.average(columns.s[rows], weights=w)), float(np.average(z, weights=w)))
    s_c, z_c = columns.s - means[0], columns.z - means[1]
    x = with_product(s_c, z_c)
    try:
        fit = columns.fit(x, NAMES)
        straight = columns.fit(np.column_stack([s_c, z_c]), NAMES[:2])
    except DependentColumns:
        return TooFew(n, "no_spread")
    if fit.df <= 0:
        return TooFew(n, "small_base")
    deviation = float(np.sqrt(np.average(z_c[rows] ** 2, weights=w)))
    t = float(t_quantile(np.array(fit.df), columns.level))
    unexplained = 1 - fit.r_squared
    f_squared = (fit.r_squared - straight.r_squared) / unexplained if unexplained > 0 else 0.0
    beyond = (int((z_c[rows] < -deviation).sum()), int((z_c[rows] > deviation).sum()))
    clusters = len(np.unique(design.unit[rows]))
    return Moderation(
        moderator=name,
        coefficients=fit.coefficients,
        q=None,
        verdict="undetermined",
        means=means,
        deviation=deviation,
        observed=(float(z.min()), float(z.max())),
        slopes=tuple(_slope(fit, place, means[1], place * deviation) for place in PLACES),
        roots=tuple(root + means[1] for root in roots(fit.cells(SATISFACTION, PRODUCT), t)),
        regions=_regions(fit, z_c[rows], w, means[1], t),
        r_squared=fit.r_squared,
        f_squared=f_squared,
        beyond=beyond,
        curved_p=_beside_squares(columns, s_c, z_c),
        ordered=ordered_product(design, columns.y, x, NAMES, rows, columns.level),
        n=n,
        lost=columns.due - n,
        not_asked=columns.not_asked,
        clusters=clusters,
        warnings=(
            *base_warnings(n, columns.due, clusters, y, w),
            *_doubts(design, fit, f_squared, beyond),
        ),
    )


def _regions(fit: LinearFit, z: Floats, weights: Floats, centre: float, t: float) -> tuple[Region, ...]:
    """Regions of the moderator, from its centred values (n,), on its own scale."""
    parts = clear_regions(fit.cells(SATISFACTION, PRODUCT), t, float(z.min()), float(z.max()))
    return tuple(
        Region(
            low + centre,
            high + centre,
            "positive" if sign > 0 else "negative",
            float(weights[(z >= low) & (z <= high)].sum() / weights.sum()),
        )
        for low, high, sign in parts
    )


def _slope(fit: LinearFit, place: float, centre: float, z: float) -> SimpleSlope:
    return SimpleSlope(place, centre + z, fit.contrast(SATISFACTION, {SATISFACTION: 1.0, PRODUCT: z}))


def _doubts(design: Design, fit: LinearFit, f_squared: float, beyond: tuple[int, int]) -> Warnings:
    return chosen(
        [
            (clusters_ignored(design, fit), "clusters_ignored", {}),
            (f_squared < SMALLEST_F_SQUARED, "tiny_product", {"f_squared": f_squared}),
            (min(beyond) < FEWEST_BEYOND, "few_beyond", {"low": beyond[0], "high": beyond[1]}),
        ]
    )


def _beside_squares(columns: _Columns, s: Floats, z: Floats) -> float | None:
    """P of the product when squares of both stand beside it, as far as these are columns of their own."""
    extra = [part**2 for part in (s, z) if len(np.unique(part[columns.rows])) > 2]
    names = [*NAMES, *(f"square {j}" for j in range(len(extra)))]
    try:
        fit = columns.fit(np.column_stack([with_product(s, z), *extra]), names)
    except DependentColumns:
        return None
    return fit.contrast(PRODUCT, {PRODUCT: 1.0}).p


def _tested(found: Sequence[Moderation], fdr: float) -> tuple[Moderation, ...]:
    """Put q and a verdict to every product, and the doubt whether a clear one is curvature."""
    q = benjamini_hochberg([np.nan if part.product.p is None else part.product.p for part in found])
    return tuple(_judged(part, float(value), fdr) for part, value in zip(found, q, strict=True))


def _judged(part: Moderation, q: float, fdr: float) -> Moderation:
    clear = q < fdr
    verdict: Literal["stronger", "weaker", "undetermined"] = "undetermined"
    if clear:
        # A slope that clearly falls at the mean, as that of losses does, is stronger the more it falls.
        falls = part.slopes[PLACES.index(0.0)].slope.clear < 0
        verdict = "stronger" if (part.product.estimate.value > 0) != falls else "weaker"
    curved = clear and part.curved_p is not None and part.curved_p >= fdr
    beside = None if part.ordered is None else part.ordered.product
    held = beside is None or beside.clear == np.sign(part.product.estimate.value)
    p = 1.0 if beside is None or beside.p is None else beside.p
    doubts = chosen(
        [
            (curved, "curved", {"p": part.curved_p or 0.0}),
            (clear and not held, "not_ordinal", {"p": p}),
        ]
    )
    return replace(part, q=q if np.isfinite(q) else None, verdict=verdict, warnings=(*part.warnings, *doubts))
