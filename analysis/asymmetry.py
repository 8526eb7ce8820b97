r"""Which drivers punish when they are bad, and which reward when they are good: penalty–reward contrasts.

.. math:: y = b_0 + \sum_j (p_j\,\mathrm{LOW}_j + r_j\,\mathrm{HIGH}_j)

The middle of each scale is the reference. A driver whose answers at the bottom take more than those at the
top give is called basic, the other way round exciting, and only where the test of p + r = 0 says so.

What a newcomer gets wrong: different bars are no finding. Cut-offs of IA alone name nearly every driver; the
sum of a penalty and a reward has an error as large as either. And scales that end at 100 make many drivers
look basic, whatever they are.

References
----------
Brandt, D. R. (1987) in *Add Value to Your Service*, AMA. Mittal, V., Ross, W. & Baldasare, P. (1998).
J. Marketing 62. Mikulić, J. & Prebežac, D. (2008). Managing Service Quality 18. Fieller, E. C. (1954).
JRSS-B 16.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.asymmetry_results import Asymmetry, AsymmetryKind, Coding, DriverAsymmetry
from analysis.chain_notes import Warnings, base_warnings, chosen
from analysis.clear_regions import ratio_interval
from analysis.design import Design, design_of
from analysis.driver_data import DriverData, driver_data, own_columns
from analysis.driver_model import SMALLEST_BASE
from analysis.elimination import sweep
from analysis.estimate import benjamini_hochberg, t_quantile
from analysis.index import IndexTree
from analysis.inputs import check_known, check_share, chosen_wave, name_list
from analysis.linear_fit import Errors, LinearFit, clusters_ignored, linear_fit
from analysis.model_columns import model_columns
from analysis.results import Estimate, TooFew
from analysis.sample import Booleans, Floats, Sample

# Conventions: people that each cell of a driver needs; how far IA may lie from 0 for a driver that punishes
# as it rewards; how much better straight lines may explain before that is said.
FEWEST_IN_CELL, MARGIN, STRAIGHT_AHEAD = 30, 0.1, 0.03
# Scores are sums of doubles such as 100 · 4/9; cuts fall on answers.
ROUNDING = 1e-9
LOW, HIGH, NONE = "low", "high", "not applicable"
CAUTIONS = ("association", "unmeasured", "scale")


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Who is low, high, or had no answer to give on one driver, (n,) of the rows of the model."""

    name: str
    coding: Coding
    low: Booleans
    high: Booleans
    none: Booleans

    @property
    def middle(self) -> int:
        """People in the reference."""
        return int((~(self.low | self.high | self.none)).sum())

    @property
    def thin(self) -> bool:
        """Whether a cell has too few people for a class."""
        return min(int(self.low.sum()), self.middle, int(self.high.sum())) < FEWEST_IN_CELL


def penalty_reward(
    sample: Sample,
    outcome: str,
    drivers: Sequence[str],
    coding: Coding | Mapping[str, Coding],
    *,
    tree: IndexTree | None = None,
    wave: str | None = None,
    errors: Errors = "design",
    level: float = 0.95,
    fdr: float = 0.05,
    margin: float = MARGIN,
    disclosure_limit: int = 10,
    less_is_better: bool = False,
) -> Asymmetry | TooFew:
    """Contrast low and high answers of all drivers at once, in one wave (the last by default).

    Parameters
    ----------
    outcome : an outcome, item or branch of ``tree``, in points of 100.
    drivers : items, outcomes or branches.
    coding : what is low and high, for all drivers or by name: see
        :func:`~analysis.asymmetry_results.coding_of`.
    errors : see :func:`~analysis.linear_fit.linear_fit`.
    margin : largest distance of IA from 0 for ``performance``.
    disclosure_limit : a cell with fewer people shows no penalty or reward.
    less_is_better : for losses and complaints, where a penalty is a rise: figures keep their sign, and the
        signs expected of them turn round.

    A driver that did not apply to some has a mark of that, and is neither low nor high there; where this is
    rare, and where an answer that was due is missing, the row is left out: see
    :func:`~analysis.driver_data.driver_data`. ``TooFew`` with ``small_base`` on fewer than 50 people, fewer
    than 20 more than columns, or without degrees of freedom; with ``no_spread`` where the outcome is
    constant, or no driver is left.

    Raises
    ------
    ValueError
        For unknown names, drivers without a coding, the outcome among its drivers, and options out of range.
    """
    for value, what in ((level, "level of confidence"), (fdr, "false discovery rate"), (margin, "margin")):
        check_share(value, what)
    names = name_list(drivers, "drivers")
    if outcome in names:
        raise ValueError(f"The outcome {outcome!r} stands among its own drivers; take it out of them.")
    codings = dict.fromkeys(names, coding) if isinstance(coding, Coding) else coding
    check_known(names, codings, "coding")
    here = chosen_wave(sample, wave)
    y, *columns = model_columns(sample, [outcome, *names], tree)
    design = design_of(sample)
    answers = {column.name: column.values for column in columns}
    structural = {column.name: column.structural for column in columns}
    data = driver_data(y.values, answers, structural, design.weights, sample.in_wave(here))
    fitted = _fit(design, y.values, data, answers, codings, errors, level)
    if isinstance(fitted, TooFew):
        return fitted
    fit, cells = fitted
    found = _tested([_driver(part, fit, disclosure_limit, less_is_better) for part in cells], fdr, margin)
    straight, clusters = _straight(data, design), len(np.unique(design.unit[data.rows]))
    return Asymmetry(
        outcome=outcome,
        wave=here,
        errors=errors,
        margin=margin,
        drivers=found,
        r_squared=fit.r_squared,
        r_squared_straight=straight,
        n=data.n,
        lost=data.lost,
        clusters=clusters,
        dropped=data.dropped,
        warnings=(
            *base_warnings(data.n, data.due, clusters, y.values[data.rows], design.weights[data.rows]),
            *_doubts(design, fit, found, straight),
        ),
        cautions=CAUTIONS,
    )


def _fit(
    design: Design,
    y: Floats,
    data: DriverData,
    answers: Mapping[str, Floats],
    codings: Mapping[str, Coding],
    errors: Errors,
    level: float,
) -> tuple[LinearFit, list[_Cells]] | TooFew:
    """Regress on the marks of all drivers that are columns of their own."""
    if data.n < SMALLEST_BASE:
        return TooFew(data.n, "small_base")
    if not data.names or np.ptp(y[data.rows]) == 0:
        return TooFew(data.n, "no_spread")
    cells = [_cells(name, answers[name][data.rows], codings[name]) for name in data.names]
    labels = [_label(part.name, kind) for part in cells for kind in (LOW, HIGH, NONE)]
    marks = np.column_stack([mark for part in cells for mark in (part.low, part.high, part.none)])
    own = own_columns(marks.astype(np.float64), y[data.rows], design.weights[data.rows])
    if not len(own):
        return TooFew(data.n, "no_spread")
    if data.n < len(own) + 20:
        return TooFew(data.n, "small_base")
    x = np.full((len(design), len(own)), np.nan)
    x[data.rows] = marks[:, own]
    fit = linear_fit(design, y, x, [labels[j] for j in own], errors=errors, level=level)
    return TooFew(data.n, "small_base") if fit.df <= 0 else (fit, cells)


def _cells(name: str, answers: Floats, coding: Coding) -> _Cells:
    return _Cells(
        name, coding, answers <= coding.low + ROUNDING, answers >= coding.high - ROUNDING, np.isnan(answers)
    )


def _label(driver: str, kind: str) -> str:
    return f"{driver}: {kind}"


def _straight(data: DriverData, design: Design) -> float:
    """R² of the drivers as they are."""
    one = np.zeros(len(design), dtype=np.int64)
    found = data.moments(design.weights, one, 1)
    residual = sweep(data.correlations(found.covariance, found.mean))[2]
    return 1.0 - float(residual[0])


def _driver(cells: _Cells, fit: LinearFit, disclosure_limit: int, less_is_better: bool) -> DriverAsymmetry:
    low, high = _label(cells.name, LOW), _label(cells.name, HIGH)
    counts = int(cells.low.sum()), cells.middle, int(cells.high.sum())
    # Without a middle low and high stand against each other, and neither against a reference.
    known = {
        name: name in fit.names and min(counts[1], n) >= max(disclosure_limit, 1)
        for name, n in ((low, counts[0]), (high, counts[2]))
    }
    found = DriverAsymmetry(
        driver=cells.name,
        coding=cells.coding,
        low=counts[0],
        middle=counts[1],
        high=counts[2],
        not_applicable=int(cells.none.sum()),
        penalty=fit.contrast("penalty", {low: 1.0}) if known[low] else None,
        reward=fit.contrast("reward", {high: 1.0}) if known[high] else None,
        asymmetry=None,
        q=None,
        range=None,
        impact=None,
        kind="not_classified",
    )
    if found.penalty is None or found.reward is None or cells.thin:
        return found
    good = -1.0 if less_is_better else 1.0
    wrong = good * found.penalty.estimate.value > 0 or good * found.reward.estimate.value < 0
    found = replace(found, asymmetry=fit.contrast("asymmetry", {low: 1.0, high: 1.0}))
    if wrong:
        return replace(found, kind="unclassifiable")
    whole = fit.contrast("range", {high: good, low: -good}).estimate
    return replace(found, kind="undetermined", range=whole, impact=_impact(fit, low, high, whole, good))


def _impact(fit: LinearFit, low: str, high: str, whole: Estimate, good: float) -> Estimate | None:
    """IA with Fieller's interval, cut at ±1; its error by linearisation."""
    p, r, v_p, v_pr, v_r = fit.cells(low, high)
    p, r = good * p, good * r
    if not whole.value > 0:
        return None
    value = (r + p) / (r - p)
    variances = (v_r + v_p + 2 * v_pr, v_r - v_p, v_r + v_p - 2 * v_pr)
    t = float(t_quantile(np.array(fit.df), fit.level))
    limits = ratio_interval(r + p, r - p, variances, t)
    spread = variances[0] - 2 * value * variances[1] + value**2 * variances[2]
    return replace(
        whole,
        value=value,
        se=float(np.sqrt(max(spread, 0.0))) / whole.value,
        low=None if limits is None else max(limits[0], -1.0),
        high=None if limits is None else min(limits[1], 1.0),
    )


def _tested(found: Sequence[DriverAsymmetry], fdr: float, margin: float) -> tuple[DriverAsymmetry, ...]:
    """Adjust the tests over the drivers that have one, and name what they allow to name."""
    p = [np.nan if part.asymmetry is None or part.asymmetry.p is None else part.asymmetry.p for part in found]
    return tuple(
        replace(part, q=float(q) if np.isfinite(q) else None, kind=_kind(part, float(q), fdr, margin))
        for part, q in zip(found, benjamini_hochberg(p), strict=True)
    )


def _kind(part: DriverAsymmetry, q: float, fdr: float, margin: float) -> AsymmetryKind:
    """Name a class; a small asymmetry on a large base is no class of its own, however clear it is."""
    impact = part.impact
    if part.kind != "undetermined" or impact is None:
        return part.kind
    if impact.low is not None and impact.high is not None and -margin <= impact.low <= impact.high <= margin:
        return "performance"
    if q < fdr:
        return "basic" if impact.value < 0 else "excitement"
    return "undetermined"


def _doubts(design: Design, fit: LinearFit, found: Sequence[DriverAsymmetry], straight: float) -> Warnings:
    wrong = sum(part.kind == "unclassifiable" for part in found)
    thin = sum(part.kind == "not_classified" for part in found)
    return chosen(
        [
            (clusters_ignored(design, fit), "clusters_ignored", {}),
            (wrong > 0, "wrong_sign", {"drivers": wrong}),
            (thin > 0, "thin_cells", {"drivers": thin}),
            (
                straight - fit.r_squared > STRAIGHT_AHEAD,
                "straight_is_better",
                {"straight": straight, "broken": fit.r_squared},
            ),
        ]
    )
