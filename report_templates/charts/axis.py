"""Axes: round ticks, and the map from values to units.

The caller writes the tick labels, because only the caller knows the language; the choice of ticks
belongs to the chart. An axis never moves a value: it is linear, and a value outside its range is an
error of the caller, not something to clip.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled value of an axis."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values with its ticks; ``low`` < ``high``."""

    low: float
    high: float
    ticks: tuple[Tick, ...]

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"an axis runs upwards, not from {self.low} to {self.high}")

    def place(self, value: float, start: float, end: float) -> float:
        """Return where ``value`` stands when ``low`` is at ``start`` and ``high`` at ``end``."""
        return start + (value - self.low) / (self.high - self.low) * (end - start)

    def widened(self, share: float) -> Axis:
        """Return the axis with ``share`` of its range more at each end and the same ticks."""
        more = share * (self.high - self.low)
        return replace(self, low=self.low - more, high=self.high + more)


def round_step(rough: float) -> float:
    """Return the 1, 2 or 5 times a power of ten that is nearest to ``rough`` by ratio.

    >>> round_step(0.3), round_step(2), round_step(8)
    (0.2, 2.0, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(rough))
    factors = (1, 2, 5, 10)
    return power * min(factors, key=lambda factor: abs(math.log(power * factor / rough)))


def axis_around(
    values: Iterable[float | None],
    write: Callable[[float, int], str],
    *,
    count: int = 5,
    pad: float = 0.04,
) -> Axis:
    """Return an axis with about ``count`` round ticks that holds every value.

    Parameters
    ----------
    values : what must be visible: points, ends of intervals, targets. ``None`` is passed over.
    write : turns a tick into words; called with the value and the decimals that its step needs, so
        that ticks read 76.5, 77.0 and not 76.5, 77.
    count : how many steps the range should have, about.
    pad : share of the range left free at both ends.

    >>> [tick.label for tick in axis_around([71, 79], lambda v, d: f"{v:.{d}f}").ticks]
    ['72', '74', '76', '78']
    """
    shown = [value for value in values if value is not None]
    if not shown:
        raise ValueError("an axis needs at least one value")
    low, high = min(shown), max(shown)
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    room = pad * (high - low)
    low, high = low - room, high + room
    step = round_step((high - low) / count)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    ticks = tuple(
        Tick(round(index * step, 10), write(round(index * step, 10) + 0.0, decimals))
        for index in range(first, last + 1)
    )
    return Axis(low, high, ticks)
