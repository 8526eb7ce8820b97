"""Moderation as tables and sentences: verdicts first, then slopes, then what speaks for and against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from analysis.moderation_results import Moderation, Moderations, Region
from report_templates import formatting
from survey.language import catalogue
from workbench.chain_words import STEP, cautions, named, notes, per_ten, say
from workbench.tables import plain_table

if TYPE_CHECKING:
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal

_PRODUCTS = ("name", "product", "q", "verdict", "f_squared", "n", "lost")
_SLOPES = ("name", "low", "mean", "high", "region")
_BESIDE = ("name", "ordinal", "squares", "r_squared", "below", "above")


def show_moderation(terminal: Terminal, labels: Labels, found: Moderations) -> None:
    """Print the verdict on every moderator, slopes and regions, what stands beside, what to keep in mind."""
    names = {"outcome": named(labels, found.outcome), "satisfaction": named(labels, found.satisfaction)}
    inside = {what: labels.within(name) for what, name in names.items()}
    if found.found:
        terminal.show(Text(_title(labels, found, names), style="bold"), Text())
        terminal.lines([*_verdicts(labels, found, inside), ""])
        terminal.show(
            Text(say(labels, "moderation.products", level=labels.level, **inside)),
            _table(labels, _PRODUCTS, [_product(labels, part) for part in found.found], (1, 2, 4, 5, 6)),
            Text(),
            Text(say(labels, "moderation.slopes", level=labels.level, **inside)),
            _table(labels, _SLOPES, [_slopes(labels, part) for part in found.found], (1, 2, 3)),
            Text(),
            Text(say(labels, "moderation.beside")),
            _table(labels, _BESIDE, [_beside(labels, part) for part in found.found], (1, 2, 3, 4, 5)),
            Text(),
        )
    for name, why in found.missing:
        reason = "no_spread" if why.reason == "no_spread" else "small_base"
        words = catalogue("workbench")
        facet = named(labels, name)
        terminal.lines([labels.spaced(words(f"moderation.missing.{reason}", labels.language, name=facet))])
    if found.found:
        terminal.lines([say(labels, "moderation.legend", fdr=_fdr(labels)), "", say(labels, "chain.notes")])
        told = notes(labels, [(named(labels, part.moderator), part.warnings) for part in found.found])
        terminal.lines([*told, *cautions(labels, found.cautions)], indent="  ")


def _title(labels: Labels, found: Moderations, names: dict[str, str]) -> str:
    wave, first = labels.wave(found.wave), found.found[0].moderator
    if len(found.found) > 1:
        return say(labels, "moderation.title", wave=wave, **names)
    moderator = labels.within(named(labels, first))
    return say(labels, "moderation.title_one", wave=wave, moderator=moderator, **names)


def _fdr(labels: Labels) -> str:
    return formatting.percent(labels.study.reporting.false_discovery_rate) + "%"


def _verdicts(labels: Labels, found: Moderations, names: dict[str, str]) -> Iterator[str]:
    words = catalogue("workbench")
    open_ones = [part for part in found.found if part.verdict == "undetermined"]
    for part in found.found:
        if part.verdict != "undetermined":
            told = words(
                f"moderation.told.{part.verdict}",
                labels.language,
                facet=named(labels, part.moderator),
                product=_change(part),
                low=formatting.number(part.slopes[0].slope.estimate.value * STEP),
                high=formatting.number(part.slopes[-1].slope.estimate.value * STEP),
                q=formatting.p_is(1.0 if part.q is None else part.q, "q"),
                **names,
            )
            yield labels.run_on(labels.spaced(told), *_ordinal(labels, part))
    if open_ones:
        facets = labels.joined([named(labels, part.moderator) for part in open_ones], len(open_ones))
        yield say(labels, "moderation.told.undetermined", facets=facets, **names)


def _ordinal(labels: Labels, part: Moderation) -> Iterator[str]:
    """Say whether an ordinal model shows the same; that it does not is a warning."""
    if part.ordered is None:
        yield say(labels, "moderation.ordinal.none")
    elif not any(key == "not_ordinal" for key, _ in part.warnings):
        p = part.ordered.product.p
        yield say(labels, "moderation.ordinal.same", p=formatting.p_is(1.0 if p is None else p))
    else:
        yield say(labels, "moderation.ordinal.other")


def _table(
    labels: Labels, heads: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int]
) -> Table:
    words = catalogue("workbench")
    shown = [labels.spaced(words(f"moderation.head.{head}", labels.language)) for head in heads]
    return plain_table(rows, shown, right=right)


def _product(labels: Labels, part: Moderation) -> tuple[object, ...]:
    return (
        named(labels, part.moderator),
        per_ten(part.product.estimate, 2, STEP * STEP),
        formatting.NONE if part.q is None else formatting.p_value(part.q),
        _verdict(labels, part),
        formatting.number(part.f_squared, 4),
        labels.count(part.n),
        labels.count(part.lost),
    )


def _verdict(labels: Labels, part: Moderation) -> str:
    """The verdict as a word, doubtful where curvature or the end of the scale may have made it."""
    word = catalogue("workbench")(f"moderation.verdict.{part.verdict}", labels.language)
    doubtful = any(key in ("curved", "not_ordinal") for key, _ in part.warnings)
    return say(labels, "moderation.doubtful", verdict=word) if doubtful else word


def _change(part: Moderation) -> str:
    return formatting.signed(part.product.estimate.value * STEP * STEP, 2)


def _slopes(labels: Labels, part: Moderation) -> tuple[object, ...]:
    regions = "; ".join(_region(labels, region) for region in part.regions)
    return (
        named(labels, part.moderator),
        *(per_ten(place.slope.estimate) for place in part.slopes),
        regions or say(labels, "moderation.nowhere"),
    )


def _region(labels: Labels, region: Region) -> str:
    reach = formatting.interval(formatting.number(region.low, 0), formatting.number(region.high, 0))
    share = formatting.percent(region.share) + "%"
    words = catalogue("workbench")
    return labels.spaced(words(f"moderation.region.{region.sign}", labels.language, reach=reach, share=share))


def _beside(labels: Labels, part: Moderation) -> tuple[object, ...]:
    ordinal = formatting.NONE
    if part.ordered is not None and part.ordered.product.p is not None:
        sign = "↑" if part.ordered.product.estimate.value > 0 else "↓"
        ordinal = f"{sign} {formatting.p_value(part.ordered.product.p)}"
    return (
        named(labels, part.moderator),
        ordinal,
        formatting.NONE if part.curved_p is None else formatting.p_value(part.curved_p),
        formatting.percent(part.r_squared) + "%",
        *(labels.count(count) for count in part.beyond),
    )
