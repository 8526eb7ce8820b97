"""What the views of the drivers say alike: headings, figures with intervals, outcomes without drivers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from analysis.results import Estimate
from report_templates import formatting
from report_templates.context.labels import Labels
from report_templates.context.words import Words
from survey.language import catalogue

Figure = Callable[[float], str]
"""How a number is printed."""
# R² whose parts are all below a few per cent.
_SMALL_FIT = 0.1


def say(labels: Labels, key: str, **values: object) -> str:
    """Return a sentence of the views."""
    return labels.spaced(catalogue("workbench")(f"driver_views.{key}", labels.language, **values))


def heading(text: str) -> Text:
    """Return a heading between two tables."""
    return Text(f"\n{text}", style="bold")


def limits(estimate: Estimate | None, figure: Figure) -> str:
    """Return an interval; a dash where there is none."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return formatting.NONE
    return formatting.interval(figure(estimate.low), figure(estimate.high))


def with_limits(estimate: Estimate | None, figure: Figure) -> str:
    """Return a figure and its interval in one cell: ``9.8 (7.6–12.1)``."""
    if estimate is None:
        return formatting.NONE
    if estimate.low is None or estimate.high is None:
        return figure(estimate.value)
    return f"{figure(estimate.value)} ({limits(estimate, figure)})"


def part_decimals(r_squared: Estimate) -> int:
    """Return with how many decimals parts of R² in per cent are printed: small ones need two."""
    return 1 if r_squared.value >= _SMALL_FIT else 2


def percents(decimals: int) -> Figure:
    """Return how shares are printed."""
    return lambda value: formatting.percent(value, decimals)


def missing_lines(words: Words, outcomes: Sequence[str]) -> list[str]:
    """Say which outcomes have no drivers in the wave of the results, a line each."""
    wave = words.wave(words.results.wave)
    sentence = catalogue("workbench")
    return [
        words.spaced(sentence("drivers.missing", words.language, outcome=words.outcome(name), wave=wave))
        for name in outcomes
    ]
