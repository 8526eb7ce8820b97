"""A table of answers in a notebook becomes a sample, without a study file.

Everything in this package takes a :class:`~analysis.sample.Sample`. A study makes one through
``analysis.prepare``; this is the short way for somebody with a data frame.

What a newcomer gets wrong: scores run from the worst to the best answer the *questionnaire* allows.
Give the ends of the scale, not the smallest and largest answer in the data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.inputs import check_columns, check_scale, name_list, numbers
from analysis.sample import Groups, Integers, Sample

if TYPE_CHECKING:
    import pandas as pd


def sample_from_frame(
    frame: pd.DataFrame,
    items: Sequence[str],
    *,
    scale: tuple[float, float] | None,
    weights: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    wave: str | None = None,
    segments: Sequence[str] = (),
    outcomes: Sequence[str] = (),
) -> Sample:
    """Return a sample made of columns of a data frame.

    Parameters
    ----------
    frame : one row per respondent and wave.
    items : columns of answers; blank (nan) where unanswered. All blanks count as answers that were due.
    scale : worst and best answer the questionnaire allows, ``(1, 10)``; ``(10, 1)`` where low is good.
        ``None`` says that the columns already hold points of 100. It has to be said: answers 1 to 10
        taken for points would give an index below 10.
    weights, cluster, strata, wave : columns of the design; by default weights of 1, every row a cluster,
        one stratum, one wave. Waves stand in the order of their sorted names. None of them may be blank.
    segments : columns of groups; blank for nobody's group.
    outcomes : columns of points of 100.

    Raises
    ------
    TypeError
        If ``items``, ``segments`` or ``outcomes`` is a single name, or a column that is to hold numbers holds
        text.
    ValueError
        If a column does not exist or holds infinite numbers, an answer lies outside the scale (nothing is
        clipped), a scale is no pair of different numbers or goes below 0, or a column of the design has a
        blank.
    """
    items, segments = name_list(items, "items"), name_list(segments, "segments")
    outcomes = name_list(outcomes, "outcomes")
    if not items:
        raise ValueError("A sample needs at least one item; name the columns of answers.")
    check_scale(scale)
    check_columns(frame, items, segments, outcomes, [weights, cluster, strata, wave])
    check_filled(frame, [cluster, strata, wave])
    raw = np.column_stack([numbers(frame, item) for item in items])
    scores = raw if scale is None else 100.0 * (raw - scale[0]) / (scale[1] - scale[0])
    outside = (scores < 0) | (scores > 100)
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise ValueError(
            f"{int(outside.sum())} answers lie outside the scale, first {raw[row, column]:g} in "
            f"{items[column]!r}, row {frame.index[row]!r}. Declare the scale, or make it blank."
        )
    n = len(frame)
    clusters, cluster_ids = _numbers(frame, cluster) if cluster else (np.arange(n), _names(n))
    waves, wave_names = _numbers(frame, wave) if wave else (np.zeros(n, dtype=np.int64), ("all",))
    return Sample(
        items=tuple(items),
        scores=scores,
        codes=np.where(np.isfinite(raw), np.round(np.nan_to_num(raw)), -1).astype(np.int16),
        structural=np.zeros(scores.shape, dtype=bool),
        waves=wave_names,
        wave=waves,
        weights=numbers(frame, weights) if weights else np.ones(n),
        strata=_numbers(frame, strata)[0] if strata else np.zeros(n, dtype=np.int64),
        clusters=clusters,
        cluster_ids=cluster_ids,
        outcomes={name: numbers(frame, name) for name in outcomes},
        segments={name: _groups(frame, name) for name in segments},
    )


def check_filled(frame: pd.DataFrame | Mapping[str, Any], columns: Sequence[str | None]) -> None:
    """Refuse blanks in columns of the design: rows without a cluster are not one cluster together."""
    import pandas as pd  # late: half a second of start-up

    for column in columns:
        if column is not None and (blank := int(pd.isna(np.asarray(frame[column])).sum())):
            raise ValueError(
                f"Column {column!r} of the design is blank in {blank} rows. Fill it, or leave these rows out."
            )


def _numbers(frame: pd.DataFrame, column: str) -> tuple[Integers, tuple[str, ...]]:
    """Number the values of a column in sorted order, −1 for a blank."""
    import pandas as pd  # late: half a second of start-up

    codes, names = pd.factorize(frame[column], sort=True)
    return codes.astype(np.int64), tuple(str(name) for name in names)


def _groups(frame: pd.DataFrame, column: str) -> Groups:
    codes, values = _numbers(frame, column)
    return Groups(values, codes)


def _names(n: int) -> tuple[str, ...]:
    width = len(str(n))
    return tuple(f"{row:0{width}d}" for row in range(n))
