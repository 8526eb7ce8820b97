"""What the views of the drivers say alike: headings, figures with intervals, outcomes without drivers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from rich.table import Table
from rich.text import Text

from analysis.link_panel import FEW_LEVELS
from analysis.results import DriverResults, Estimate, TooFew
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


def title(text: str, about: str) -> Text:
    """Return the first lines of an outcome: what is looked at, and on which base."""
    return Text(text, style="bold").append(f"\n{about}\n", style="not bold")


def apart(tables: Iterable[Table]) -> Iterator[Table | Text]:
    """Yield tables with a line between them."""
    for number, table in enumerate(tables):
        if number:
            yield Text()
        yield table


def models_hint(labels: Labels, outcome: str, levels: int) -> list[str]:
    """Say where the models stand that an outcome of few values calls for."""
    if levels > FEW_LEVELS:
        return []
    return [say(labels, f"models.hint.{'flag' if levels == 2 else 'few'}", outcome=outcome)]


def result_hint(words: Words, found: DriverResults) -> list[str]:
    """Return the same for drivers of an outcome."""
    return [] if found.facts is None else models_hint(words, found.outcome, found.facts.levels)


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


def missing_lines(words: Words, reasons: Mapping[str, TooFew]) -> list[str]:
    """Say which outcomes have no drivers in the wave of the results, a line each."""
    return [missing_line(words, words.results.wave, name, why) for name, why in reasons.items()]


def missing_line(labels: Labels, wave: str, outcome: str, why: TooFew) -> str:
    """Say that an outcome has no drivers in a wave, and why."""
    values = {"outcome": labels.outcome(outcome), "wave": labels.wave(wave)}
    return labels.spaced(catalogue("workbench")(f"drivers.missing.{why.reason}", labels.language, **values))
