"""Did the importance of drivers change between waves, or does it differ between groups?

    from analysis import share_changes
    print(share_changes(frame, "sat", ["network", "price", "care"], by="wave", cluster="customer").summary())

Each wave or group has its own driver model, all under one set of replicates: a customer seen twice gets the
same multiplier in both, so the error of a difference knows that the same people answered.

What a newcomer gets wrong: shares sum to 1, so one that rises presses others down; nothing need have happened
to those. And two shares whose intervals overlap may differ clearly, or not: the difference is tested, never
read off two intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import special

from analysis.design import design_of
from analysis.driver_frame import driver_frame
from analysis.driver_model import DriverModel
from analysis.driver_parts import Blanks
from analysis.driver_settings import ModelSettings, wave_model
from analysis.estimate import benjamini_hochberg
from analysis.index import IndexTree
from analysis.inputs import check_columns, check_known, check_share, chosen_wave, name_list
from analysis.joint_tests import second_order
from analysis.replicate_estimates import ReplicateBase, replicate_base
from analysis.replicates import replication
from analysis.results import Estimate, JointTest, TooFew
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.share_change_results import PairChange, ShareChange, ShareChanges

if TYPE_CHECKING:
    import pandas as pd

Pairs = Literal["successive", "all"]


Fit = Callable[[str, Collection[str]], DriverModel | TooFew]
"""Fits the drivers of a wave or group, without some of them."""


def share_changes(
    frame: pd.DataFrame | Mapping[str, Any],
    outcome: str,
    drivers: Sequence[str],
    by: str,
    *,
    pairs: Pairs = "successive",
    weights: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    not_asked: Collection[str] = (),
    groups: Mapping[str, Sequence[str]] | None = None,
    always: Sequence[str] = (),
    blanks: Blanks = "listwise",
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    fdr: float = 0.05,
) -> ShareChanges:
    """Test whether shares of drivers differ between the values of a column, from a table.

    Parameters
    ----------
    by : column of waves or groups, in the order of its sorted values (of a categorical column, in its own);
        a row with a blank is in none.
    pairs : ``successive`` compares each with the one before it, ``all`` every two.
    fdr : false discovery rate over all drivers and pairs.

    The others are those of :func:`~analysis.drivers.driver_shares`. ``cluster`` ties together the rows of a
    customer who is in two waves.

    Raises
    ------
    TypeError, ValueError
        As :func:`~analysis.drivers.driver_shares`; and if fewer than two waves or groups have a model.
    """
    check_columns(frame, [by])
    table = driver_frame(
        frame,
        outcome,
        drivers,
        weights=weights,
        cluster=cluster,
        strata=strata,
        not_asked=not_asked,
        groups=groups,
        always=always,
        blanks=blanks,
        replicates=replicates,
        seed=seed,
    )
    names, rows = _values(frame, by)

    def fit(name: str, left_out: Collection[str]) -> DriverModel | TooFew:
        return table.fit(rows[name], left_out)

    found = _compared(outcome, names, fit, pairs, level, fdr)
    if isinstance(found, TooFew):
        raise ValueError(
            f"Changes need a driver model in at least two of {by!r}: 50 complete rows, 20 more than columns, "
            f"and the same drivers in each. The largest has n = {found.n} ({found.reason})."
        )
    return found


def wave_share_changes(
    sample: Sample,
    outcome: str,
    items: Sequence[str],
    *,
    waves: Sequence[str] = (),
    tree: IndexTree | None = None,
    settings: ModelSettings | None = None,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    fdr: float = 0.05,
    disclosure_limit: int = 10,
) -> ShareChanges | TooFew:
    """Test whether the drivers of an outcome changed from each of ``waves`` (by default all) to the next.

    A wave whose model stands on fewer than ``disclosure_limit`` answers has none. ``TooFew`` of the larger
    wave where fewer than two have a model.
    """
    names = [*(waves or sample.waves)]
    check_known(names, sample.waves, "wave")
    fit = _sample_fit(sample, outcome, items, tree, settings, replicates, seed, disclosure_limit)
    return _compared(outcome, names, lambda name, out: fit(name, None, out), "successive", level, fdr)


def segment_share_differences(
    sample: Sample,
    outcome: str,
    items: Sequence[str],
    segment: str,
    *,
    wave: str | None = None,
    tree: IndexTree | None = None,
    settings: ModelSettings | None = None,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    fdr: float = 0.05,
    disclosure_limit: int = 10,
) -> ShareChanges | TooFew:
    """Test whether the drivers of an outcome differ between any two groups of a segment in one wave.

    A group whose model stands on fewer than ``disclosure_limit`` answers has none. ``TooFew`` of the largest
    group where fewer than two have a model.
    """
    check_known([segment], sample.segments, "segment")
    chosen, members = chosen_wave(sample, wave), sample.segments[segment]
    fit = _sample_fit(sample, outcome, items, tree, settings, replicates, seed, disclosure_limit)
    rows = {value: np.asarray(members.codes == code) for code, value in enumerate(members.values)}
    return _compared(outcome, list(rows), lambda name, out: fit(chosen, rows[name], out), "all", level, fdr)


def _sample_fit(
    sample: Sample,
    outcome: str,
    items: Sequence[str],
    tree: IndexTree | None,
    settings: ModelSettings | None,
    replicates: int,
    seed: int,
    disclosure_limit: int,
) -> Callable[[str, Booleans | None, Collection[str]], DriverModel | TooFew]:
    items = name_list(items, "items")
    check_known(items, sample.items, "item")
    check_known([outcome], sample.outcomes, "outcome")
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    chosen = settings or ModelSettings()

    def fit(wave: str, domain: Booleans | None, left_out: Collection[str]) -> DriverModel | TooFew:
        kept = [item for item in items if item not in left_out]
        model = wave_model(sample, outcome, kept, wave, plan, tree, chosen, domain)
        if isinstance(model, DriverModel) and model.data.n < disclosure_limit:
            return TooFew(model.data.n, "disclosure")
        return model

    return fit


def _values(frame: pd.DataFrame | Mapping[str, Any], by: str) -> tuple[list[str], dict[str, Booleans]]:
    import pandas as pd  # late: half a second of start-up

    values = pd.Series(frame[by])
    if isinstance(values.dtype, pd.CategoricalDtype):
        known = [value for value in values.cat.categories if (values == value).any()]
    else:
        known = sorted(values.dropna().unique())
    rows = {str(value): np.asarray(values == value, dtype=bool) for value in known}
    return list(rows), rows


def _compared(
    outcome: str, names: Sequence[str], fit: Fit, pairs: Pairs, level: float, fdr: float
) -> ShareChanges | TooFew:
    check_share(level, "level of confidence")
    check_share(fdr, "false discovery rate")
    models, missing, left_out = _alike(names, fit)
    shown = [name for name in names if name in models]
    if len(shown) < 2:
        return max((few for _, few in missing), key=lambda few: few.n, default=TooFew(0, "no_answers"))
    chosen = list(combinations(shown, 2) if pairs == "all" else pairwise(shown))
    found = [_pair(models, first, second, level) for first, second in chosen]
    p = np.concatenate([pair.p for pair in found])
    q = benjamini_hochberg(p).reshape(len(found), -1)
    model = models[shown[0]]
    order = np.argsort(-model.shares[:, 0], kind="stable")
    above_noise = {name: models[name].above_noise(level) for name in shown}
    changes = tuple(
        ShareChange(
            driver=model.data.names[j],
            first=first,
            second=second,
            before=float(models[first].shares[j, 0]),
            after=float(models[second].shares[j, 0]),
            difference=pair.differences[j],
            p=_known(pair.p[j]),
            q=_known(q[number, j]),
            clear=bool(q[number, j] < fdr and (above_noise[first][j] or above_noise[second][j])),
        )
        for number, ((first, second), pair) in enumerate(zip(chosen, found, strict=True))
        for j in order
    )
    return ShareChanges(
        outcome=outcome,
        drivers=tuple(model.data.names[j] for j in order),
        changes=changes,
        pairs=tuple(
            PairChange(first, second, pair.r_squared, pair.test)
            for (first, second), pair in zip(chosen, found, strict=True)
        ),
        left_out=tuple(left_out),
        missing=tuple(missing),
        replicates=min(models[name].plan.replicates for name in shown),
        seed=model.plan.seed,
        fdr=fdr,
    )


def _alike(
    names: Sequence[str], fit: Fit
) -> tuple[dict[str, DriverModel], list[tuple[str, TooFew]], list[str]]:
    """Fit every wave or group with the drivers that all of them can have."""
    left_out: list[str] = []
    while True:
        found = {name: fit(name, left_out) for name in names}
        models = {name: model for name, model in found.items() if isinstance(model, DriverModel)}
        dropped = {driver: None for model in models.values() for driver, _ in model.data.dropped}
        if not dropped:
            missing = [(name, few) for name, few in found.items() if isinstance(few, TooFew)]
            return models, missing, left_out
        left_out += dropped


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    differences: tuple[Estimate, ...]
    p: Floats
    r_squared: Estimate
    test: JointTest | None


def _pair(models: Mapping[str, DriverModel], first: str, second: str, level: float) -> _Pair:
    """Differences in the full sample and in the replicates that both models have."""
    one, two = models[first], models[second]
    count = min(len(one.kept), len(two.kept))
    both = one.kept[:count] & two.kept[:count]

    def paired(before: Floats, after: Floats) -> Floats:
        return np.asarray(after[..., _cells(two, both)] - before[..., _cells(one, both)])

    shares, squares = paired(one.shares, two.shares), paired(one.r_squared, two.r_squared)
    se = shares[:, 1:].std(axis=1, ddof=1)
    spread = np.cov(shares[:, 1:], ddof=1).reshape(len(shares), len(shares))
    bases = [_base(one, two, part, level) for part in zip(one.shares, two.shares, strict=True)]
    whole = _base(one, two, (one.shares, two.shares), level)
    return _Pair(
        differences=tuple(base.symmetric(row, 0) for base, row in zip(bases, shares, strict=True)),
        p=_p_values(shares[:, 0], se, np.array([base.df for base in bases])),
        r_squared=_base(one, two, (one.r_squared, two.r_squared), level).symmetric(squares, 0),
        test=second_order(float(shares[:, 0] @ shares[:, 0]), spread, float(whole.df), 1e-20),
    )


def _base(one: DriverModel, two: DriverModel, parts: tuple[Floats, Floats], level: float) -> ReplicateBase:
    r"""Base of a difference, with Satterthwaite's degrees of freedom, at most those of all its clusters.

    .. math:: df = (V_1 + V_2)^2 \big/ (V_1^2/df_1 + V_2^2/df_2)

    A small group against a large one is known as well as the small one is. ``parts`` (…, 1 + B) are what is
    compared, V its variance in the replicates of either model.

    References
    ----------
    Satterthwaite, F. E. (1946). Biometrics Bulletin 2.
    """
    design = one.plan.design
    base = replicate_base(design, np.union1d(one.data.rows, two.data.rows), level)
    own = [replicate_base(design, model.data.rows, level).df for model in (one, two)]
    spread = [float(part[..., 1:].var(axis=-1, ddof=1).sum()) for part in parts]
    if min(own) < 1 or not sum(spread) > 0:
        return base
    freedom = sum(spread) ** 2 / sum(v**2 / df for v, df in zip(spread, own, strict=True))
    return replace(base, df=min(base.df, int(freedom)))


def _cells(model: DriverModel, both: Booleans) -> Integers:
    """Cells of a model that belong to the full sample and to the replicates ``both`` models have."""
    position = np.cumsum(model.kept)
    return np.append(0, position[: len(both)][both])


def _p_values(values: Floats, se: Floats, df: Integers) -> Floats:
    """Two-sided p by t; 1 where nothing differs and nothing varies, nan without degrees of freedom."""
    noise = np.abs(values) < 1e-12
    t = np.where(noise, 0.0, np.abs(values) / np.where(se > 0, se, np.inf))
    found = 2.0 * special.stdtr(np.maximum(df, 1), -t)
    return np.where(((se > 0) | noise) & (df > 0), found, np.nan)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
