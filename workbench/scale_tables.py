"""Quality of scales as tables and sentences for a terminal. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.results import Estimate, TooFew
from report_templates import formatting
from survey.language import catalogue
from workbench.tables import plain_table

if TYPE_CHECKING:
    from analysis.scale_results import ItemQuality, ScaleQuality, ScaleReport, Warned
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal

_SCALES = ("name", "n", "left", "alpha", "interval", "pair", "omega", "composite", "extracted", "mean")
_REFLECTIVE = ("rest", "without", "loading")
_FORMATIVE = ("inflation",)
_ENDS_AND_BLANKS = ("floor", "ceiling", "missing", "structural")
# How values of a warning are printed; the others are counts, names of items stand as their labels.
_PERCENT = {"share"}
_COUNTS = {"people", "n"}
_ENDS = {"floor", "ceiling"}


def show_scales(terminal: Terminal, labels: Labels, found: ScaleReport) -> None:
    """Print the scales, their items, the trend of alpha, and what to keep in mind."""
    title = Text(_say(labels, "title", wave=labels.wave(found.wave)), style="bold")
    reflective = [scale for scale in found.scales if not scale.formative]
    formative = [scale for scale in found.scales if scale.formative]
    parts: list[Text | Table] = []
    if reflective:
        parts += [_scales(labels, reflective), Text(), _items(labels, reflective, _REFLECTIVE), Text()]
    if len(found.waves) > 1 and found.trend:
        heading = Text(_say(labels, "trend", level=labels.level), style="bold")
        parts += [heading, _trend(labels, found), Text()]
    if formative:
        heading = Text(_say(labels, "formative"), style="bold")
        parts += [heading, _items(labels, formative, _FORMATIVE), Text()]
    terminal.show(title, *parts)
    terminal.lines(_legend(labels, found))
    if notes := [*_notes(labels, found)]:
        terminal.lines(["", _say(labels, "notes")])
        terminal.lines(notes, indent="  ")


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(f"scales.{key}", labels.language, **values))


def _scales(labels: Labels, scales: Sequence[ScaleQuality]) -> Table:
    rows = [
        (
            construct(labels, scale.id),
            labels.count(scale.base.n) if scale.base else formatting.NONE,
            labels.count(scale.base.left_people) if scale.base else formatting.NONE,
            _two(scale.alpha.value if scale.alpha else None),
            _limits(scale.alpha),
            _two(scale.spearman_brown.value if scale.spearman_brown else None),
            _two(scale.omega.value if scale.omega else None),
            _two(scale.composite),
            _two(scale.extracted),
            _two(scale.mean_correlation),
        )
        for scale in scales
    ]
    heads = [_say(labels, f"head.{head}", level=labels.level) for head in _SCALES]
    return plain_table(rows, heads, right=range(1, len(_SCALES)))


def construct(labels: Labels, id_: str) -> str:
    """Return the label of a construct."""
    known = next((part for part in labels.study.constructs if part.id == id_), None)
    return labels.label(known.label) if known else id_


def _items(labels: Labels, scales: Sequence[ScaleQuality], kinds: Sequence[str]) -> Table:
    """The items of some scales, below the name of each, with figures of some ``kinds``."""
    heads = [_say(labels, f"head.{head}") for head in ("item", *kinds, *_ENDS_AND_BLANKS)]
    rows: list[tuple[object, ...]] = []
    for scale in scales:
        name = construct(labels, scale.id)
        count = labels.count(scale.base.n) if scale.base and scale.formative else ""
        title = _say(labels, "counted", construct=name, n=count) if count else name
        rows.append((Text(title, style="bold"), *[""] * (len(heads) - 1)))
        rows += [_item(labels, item, kinds) for item in scale.items]
    return plain_table(rows, heads, right=range(1, len(heads)))


def _item(labels: Labels, item: ItemQuality, kinds: Sequence[str]) -> tuple[object, ...]:
    blanks = item.blanks
    return (
        Padding(Text(labels.item(item.item)), (0, 0, 0, 2)),
        *(_two(getattr(item, kind)) for kind in kinds),
        _end(labels, item.floor),
        _end(labels, item.ceiling),
        formatting.NONE if blanks is None else labels.count(blanks.due - blanks.answered),
        formatting.NONE if blanks is None else labels.count(sum(blanks.structural.values())),
    )


def _end(labels: Labels, share: Estimate | TooFew) -> str:
    """A share at one end with its interval in per cent: ``12 (10–14)``."""
    if isinstance(share, TooFew):
        return formatting.NONE
    limits = labels.shares_interval(share)
    return labels.share(share) if limits == formatting.NONE else f"{labels.share(share)} ({limits})"


def _trend(labels: Labels, found: ScaleReport) -> Table:
    rows = [
        (
            construct(labels, alpha.id),
            *(
                formatting.NONE if one is None else f"{_two(one.value)}\n{_limits(one)}"
                for one in alpha.series
            ),
        )
        for alpha in found.trend
    ]
    heads = [_say(labels, "head.name"), *(labels.short_wave(wave) for wave in found.waves)]
    return plain_table(rows, heads, right=range(1, len(heads)))


def _legend(labels: Labels, found: ScaleReport) -> Iterator[str]:
    """What the columns mean, those that the tables have figures in."""
    if any(not scale.formative for scale in found.scales):
        yield _say(labels, "legend.reflective")
    if any(scale.spearman_brown for scale in found.scales):
        yield _say(labels, "legend.pair")
    if any(scale.formative for scale in found.scales):
        yield _say(labels, "legend.formative")
    yield _say(labels, "legend.blanks")


def _notes(labels: Labels, found: ScaleReport) -> Iterator[str]:
    """Reasons for what could not be estimated, warnings by construct, and the index without an item."""
    for scale in found.scales:
        name = construct(labels, scale.id)
        if scale.missing is not None:
            limit = labels.study.reporting.disclosure_limit
            yield _say(labels, f"missing.{scale.missing}", construct=name, limit=limit)
        for warned in _gathered(scale):
            yield _warning(labels, name, warned)
    for part in found.index_without:
        yield _say(
            labels,
            "index_without",
            item=labels.item(part.item),
            index=labels.index,
            now=formatting.number(part.index),
            without=formatting.number(part.without),
            weights=found.weight_set,
        )


def _gathered(scale: ScaleQuality) -> Iterator[Warned]:
    """The warnings of a scale; of many thin pairs the thinnest stands for all."""
    pairs = [warned for warned in scale.warnings if warned[0] == "pair_seen"]
    yield from (warned for warned in scale.warnings if warned[0] != "pair_seen")
    if pairs:
        yield min(pairs, key=lambda warned: float(warned[1]["n"]))


def _warning(labels: Labels, name: str, warned: Warned) -> str:
    key, values = warned
    shown = {word: _figure(labels, key, word, value) for word, value in values.items()}
    return _say(labels, f"warning.{key}", construct=name, **shown)


def _figure(labels: Labels, key: str, word: str, value: str | float) -> str:
    if isinstance(value, str):
        return labels.item(value)
    if word in _PERCENT or key in _ENDS:
        return formatting.percent(value) + "%"
    if word in _COUNTS:
        return labels.count(int(value))
    return formatting.number(value, 1 if key == "inflated" else 2)


def _two(value: float | None) -> str:
    return formatting.NONE if value is None else formatting.number(value, 2)


def _limits(estimate: Estimate | None) -> str:
    if estimate is None or estimate.low is None or estimate.high is None:
        return formatting.NONE
    return formatting.interval(formatting.number(estimate.low, 2), formatting.number(estimate.high, 2))
