"""What somebody types in a notebook, checked before anything is computed from it.

Every refusal says what was found and what would have been right. A wrong type is a ``TypeError``, a wrong
value a ``ValueError``.

What a newcomer gets wrong: only nan and None are blanks. An infinite number is no missing answer but a
fault of the table, and is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.sample import Floats, Sample

if TYPE_CHECKING:
    import pandas as pd


def name_list(names: Collection[str], what: str) -> list[str]:
    """Return ``names`` as a list; a single string and repetitions are refused. ``what`` is said of them."""
    if isinstance(names, str):
        raise TypeError(f"{what} is a list of names, found the single name {names!r}. Write [{names!r}].")
    found = list(names)
    if twice := sorted({name for name in found if found.count(name) > 1}):
        raise ValueError(f"{what} names {listed(twice)} more than once; name each once.")
    return found


def check_known(names: Collection[str], known: Collection[str], what: str) -> None:
    """Refuse names that are not among ``known``, and suggest the nearest; ``what`` says what they name."""
    problems = []
    for name in (name for name in names if name not in known):
        near = get_close_matches(str(name), [str(other) for other in known], n=1)
        problems.append(f"there is no {what} {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
    if problems:
        told = "; ".join(problems)
        raise ValueError(f"{told[0].upper()}{told[1:]}. Known: {listed(known)}.")


def chosen_wave(sample: Sample, wave: str | None) -> str:
    """Return ``wave``, or the last one of the sample; one that the sample does not have is refused.

    Raises
    ------
    TypeError
        For something that is no sample, a data frame for one.
    ValueError
        For a wave that it does not have.
    """
    if not hasattr(sample, "waves"):
        raise TypeError(
            f"This needs a Sample, found {type(sample).__name__}. "
            "Make one of a table with analysis.sample_from_frame(table, items, outcomes=...)."
        )
    chosen = sample.waves[-1] if wave is None else wave
    check_known([chosen], sample.waves, "wave")
    return chosen


def check_columns(
    frame: pd.DataFrame | Mapping[str, Any], *parts: Collection[str | None] | str | None
) -> None:
    """Refuse names of columns that the table does not have, all at once; ``None`` names nothing."""
    if not hasattr(frame, "keys"):
        raise TypeError(
            f"A table is a data frame or maps column names to values, found {type(frame).__name__}."
        )
    named = [name for part in parts for name in ([part] if isinstance(part, str) else part or ())]
    check_known([name for name in dict.fromkeys(named) if name is not None], list(frame.keys()), "column")


def numbers(frame: pd.DataFrame | Mapping[str, Any], column: str) -> Floats:
    """Return a column as numbers (n,), nan where it is blank. Text and infinite numbers are refused."""
    import pandas as pd  # late: half a second of start-up

    values = pd.Series(frame[column])
    if values.dtype.kind in "mM":
        raise TypeError(f"Column {column!r} holds dates; numbers are needed.")
    found = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if (text := np.flatnonzero(np.isnan(found) & values.notna().to_numpy())).size:
        raise TypeError(
            f"Column {column!r} holds text in {text.size} rows, first {values.iloc[text[0]]!r} in row "
            f"{values.index[text[0]]!r}. Turn it into numbers, or make it blank."
        )
    if (endless := np.flatnonzero(np.isinf(found))).size:
        raise ValueError(
            f"Column {column!r} holds infinite numbers in {endless.size} rows, first in row "
            f"{values.index[endless[0]]!r}. Correct them, or make them blank (nan)."
        )
    return np.asarray(found)


def check_share(value: float, what: str) -> None:
    """Refuse a level, rate or probability that does not lie between 0 and 1."""
    if not 0 < value < 1:
        hint = f" Write {value / 100:g} for {value:g} %." if 1 < value < 100 else ""
        raise ValueError(f"The {what} lies between 0 and 1, found {value!r}.{hint}")


def check_points(value: float, what: str) -> None:
    """Refuse what is no number of points of 100."""
    if not 0 <= value <= 100:
        raise ValueError(f"The {what} is in points of 100, from 0 to 100; found {value!r}.")


def check_scale(scale: tuple[float, float] | None) -> None:
    """Refuse a scale that is no pair of two different ends from 0 up."""
    if scale is None:
        return
    if len(scale) != 2 or not np.isfinite(scale).all() or scale[0] == scale[1]:
        raise ValueError(
            f"A scale is its worst and its best answer, two numbers such as (1, 10); found {scale!r}."
        )
    if min(scale) < 0:
        raise ValueError(f"Codes below 0 mean kinds of blank; shift the answers, found the scale {scale}.")


def check_replicates(replicates: int, seed: int) -> None:
    """Refuse a number of replicates that gives no interval, and a seed below 0."""
    if replicates < 2:
        raise ValueError(f"Intervals need at least 2 replicates, better 1,000; found {replicates!r}.")
    if seed < 0:
        raise ValueError(f"A seed is a whole number from 0 up, found {seed!r}.")


def listed(names: Collection[str]) -> str:
    """Names one after the other, at most thirty."""
    found = [repr(name) for name in names]
    return ", ".join(found[:30]) + (f" and {len(found) - 30} more" if len(found) > 30 else "") or "none"
