"""How sure an index is under other weights, as sentences and tables. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from report_templates import formatting
from survey.language import catalogue
from workbench.tables import plain_table

if TYPE_CHECKING:
    from analysis.sensitivity_results import (
        Figure,
        Interval,
        Probability,
        Ranking,
        Sensitivity,
        SobolResult,
        SobolShare,
    )
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal

_INPUTS = 10


def show_sensitivity(terminal: Terminal, labels: Labels, found: Sensitivity) -> None:
    """Print the answer in a few sentences, then what it rests on."""
    title = _say(labels, "title", index=labels.index, wave=labels.wave(found.wave), set=found.reference)
    terminal.show(Text(title, style="bold"))
    terminal.lines([*_answer(labels, found), ""])
    terminal.show(_waves(labels, found), Text(), _variance(labels, found))
    if found.ranking is not None:
        terminal.show(Text(), _ranking(labels, found, found.ranking))
        terminal.lines(["", *_ranking_notes(labels, found.ranking)])
    if found.without:
        terminal.show(Text(), _without(labels, found))
    if any(result.shares for result in found.sobol):
        terminal.show(Text(), _inputs(labels, found))
    terminal.lines(["", *_warnings(labels, found), *_sides(labels, found), *_notes(labels, found)])


def _sides(labels: Labels, found: Sensitivity) -> Iterator[str]:
    """Say what the column of the threshold counts, where there is one."""
    if found.threshold is not None:
        yield _say(labels, "side_note", threshold=formatting.number(found.threshold))


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(f"sensitivity.{key}", labels.language, **values))


def _limits(interval: Interval) -> str:
    return formatting.interval(formatting.number(interval.low), formatting.number(interval.high))


def _often(probability: Probability | None) -> str:
    return formatting.NONE if probability is None else formatting.probability(probability.both)


def _spread(labels: Labels, found: Sensitivity) -> str:
    """How the weights were varied, as part of a sentence."""
    if found.concentration is not None:
        return _say(labels, "around.dirichlet", kappa=formatting.number(found.concentration, 0))
    if found.spread == 0:
        return _say(labels, "around.sets" if len(found.sets) > 1 else "around.none")
    return _say(labels, "around.spread", spread=formatting.percent(found.spread) + "%")


def _answer(labels: Labels, found: Sensitivity) -> Iterator[str]:
    """Answer in sentences what stands and what does not."""
    current = found.current
    around, sets = _spread(labels, found), labels.joined(found.sets)
    values = {"around": around, "sets": sets, "wave": labels.short_wave(found.wave), "level": labels.level}
    if current.index.reach is not None:
        yield _say(labels, "stays", **values, reach=_limits(current.index.reach))
    yield _say(
        labels, "draws", **values, weights=_limits(current.index.weights), both=_limits(current.index.both)
    )
    if current.rose is not None and current.change is not None:
        change = formatting.signed(current.change)
        yield _say(labels, "change", change=change, **_sources(current.rose))
    if current.reached is not None and found.threshold is not None:
        side = "above" if current.index.value >= found.threshold else "below"
        yield _say(labels, side, threshold=formatting.number(found.threshold), **_sources(current.reached))
    if found.ranking is not None:
        yield from _ranking_answer(labels, found.ranking)


def _sources(probability: Probability) -> dict[str, str]:
    return {
        "both": formatting.probability(probability.both),
        "weights": formatting.probability(probability.weights),
    }


def _ranking_answer(labels: Labels, ranking: Ranking) -> Iterator[str]:
    first, last = (
        labels.group(ranking.segment, group.value) for group in (ranking.groups[0], ranking.groups[-1])
    )
    yield _say(labels, "first", group=first, **_sources(ranking.first))
    yield _say(labels, "last", group=last, **_sources(ranking.last))
    yield _say(labels, "top", size=ranking.top_size, **_sources(ranking.top_kept))


def _waves(labels: Labels, found: Sensitivity) -> Table:
    judged = found.threshold is not None
    rows = [
        (
            labels.short_wave(wave.wave),
            formatting.number(wave.index.value),
            *(_limits(part) for part in (wave.index.sampling, wave.index.weights, wave.index.both)),
            formatting.NONE if wave.change is None else formatting.signed(wave.change),
            _often(wave.rose),
            *([_often(wave.reached)] if judged else []),
        )
        for wave in found.waves
    ]
    names = [
        "wave",
        "index",
        "sampling",
        "weights",
        "both",
        "change",
        "keeps",
        *(["target"] if judged else []),
    ]
    return plain_table(rows, [_say(labels, f"head.{name}") for name in names], right=range(1, len(names)))


def _variance(labels: Labels, found: Sensitivity) -> Table:
    """Where the variance of the reported index comes from."""
    parts = found.current.index.variance
    shown = [("sampling", parts.sampling), ("spread", parts.spread)]
    if len(found.sets) * len(found.rollups) > 1:
        shown.append(("choice", parts.choice))
    shown += [("interaction", parts.interaction), ("total", parts.total)]
    rows = [
        (
            _say(labels, f"part.{name}", around=_spread(labels, found)),
            formatting.number(part, 3),
            formatting.percent(part / parts.total) + "%" if parts.total > 0 else formatting.NONE,
        )
        for name, part in shown
    ]
    heads = [_say(labels, f"head.{name}") for name in ("source", "variance", "share")]
    return plain_table(rows, heads, right=(1, 2))


def _ranking(labels: Labels, found: Sensitivity, ranking: Ranking) -> Table:
    pairs = {pair.upper: pair for pair in ranking.pairs}
    judged = found.threshold is not None
    rows = []
    for group in ranking.groups:
        pair = pairs.get(group.value)
        rows.append(
            (
                str(group.rank),
                labels.group(ranking.segment, group.value) + (" †" if group.small else ""),
                *_figure(group.index),
                formatting.interval(str(group.rank_low), str(group.rank_high)),
                formatting.probability(group.same),
                formatting.probability(group.top),
                formatting.NONE if pair is None else formatting.probability(pair.above.both),
                formatting.NONE if pair is None else formatting.probability(pair.above.weights),
                *([_often(group.reached)] if judged else []),
            )
        )
    heads = [
        "#",
        labels.segment(ranking.segment),
        *(_say(labels, f"head.{name}") for name in ("index", "both", "ranks", "same")),
        _say(labels, "head.top", size=ranking.top_size),
        *(_say(labels, f"head.{name}") for name in ("above", "above_weights")),
        *([_say(labels, "head.target")] if judged else []),
    ]
    return plain_table(rows, heads, right=[0, *range(2, len(heads))])


def _figure(figure: Figure) -> tuple[str, str]:
    return formatting.number(figure.value), _limits(figure.both)


def _ranking_notes(labels: Labels, ranking: Ranking) -> Iterator[str]:
    moved, weights = (formatting.number(change) for change in (ranking.mean_change, ranking.weights_change))
    yield _say(labels, "ranking_note", moved=moved, weights=weights)
    reporting = labels.study.reporting
    if any(group.small for group in ranking.groups):
        yield _shared(labels, "tables.groups.small", limit=reporting.minimum_base)
    if ranking.hidden:
        yield _shared(labels, "tables.groups.hidden", limit=reporting.disclosure_limit)
    if ranking.unranked:
        names = labels.joined([labels.group(ranking.segment, value) for value in ranking.unranked])
        yield _say(labels, "unranked", groups=names)


def _shared(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(key, labels.language, **values))


def _without(labels: Labels, found: Sensitivity) -> Table:
    ranking = found.ranking
    rows = []
    for row in found.without:
        ranks: tuple[str, ...] = ()
        if ranking is not None and row.mean_change is not None:
            moved = formatting.NONE
            if row.moved is not None:
                name = labels.group(ranking.segment, row.moved)
                moved = _say(labels, "moved", group=name, before=row.before, after=row.after)
            ranks = (formatting.number(row.mean_change), moved)
        rows.append((labels.item(row.item), formatting.signed(row.change, 2), *ranks))
    heads = ["without", "index_change", *(["rank_change", "most_moved"] if ranking is not None else [])]
    return plain_table(rows, [_say(labels, f"head.{head}") for head in heads], right=(1, 2)[: len(heads) - 1])


def _inputs(labels: Labels, found: Sensitivity) -> Table:
    """Sobol shares, inputs in the order of their total share in the index."""
    first = found.sobol[0]
    others = [{share.input: share for share in result.shares} for result in found.sobol[1:]]
    rows = [
        (
            _input(labels, share),
            _share(share.first, share.first_se),
            _share(share.total, share.total_se),
            *(
                _share(other[share.input].total, other[share.input].total_se)
                if share.input in other
                else formatting.NONE
                for other in others
            ),
        )
        for share in first.shares[:_INPUTS]
    ]
    heads = [
        _say(labels, "head.input"),
        _say(labels, "head.first"),
        _say(labels, "head.total"),
        *(_target(labels, found, result) for result in found.sobol[1:]),
    ]
    return plain_table(rows, heads, right=range(1, len(heads)))


def _target(labels: Labels, found: Sensitivity, result: SobolResult) -> str:
    if result.group is None or found.ranking is None:
        return _say(labels, "head.of_ranks")
    return _say(labels, "head.of_group", group=labels.group(found.ranking.segment, result.group))


def _input(labels: Labels, share: SobolShare) -> str:
    if share.kind == "node":
        return labels.node(share.input)
    return _say(labels, f"input.{share.kind}")


def _share(value: float, error: float) -> str:
    return f"{formatting.percent(value, 1)} ± {formatting.percent(error, 1)}%"


def _warnings(labels: Labels, found: Sensitivity) -> Iterator[str]:
    for key, values in found.warnings:
        if key == "weights_over_sampling":
            yield _say(labels, f"warning.{key}", share=formatting.percent(values["share"]) + "%")
        elif key == "ties":
            counts = {"ties": labels.count(int(values["ties"])), "pairs": labels.count(int(values["pairs"]))}
            yield _say(labels, f"warning.{key}", **counts, share=formatting.percent(values["share"]) + "%")
        elif key == "failed":
            counts = {name: labels.count(int(value)) for name, value in values.items()}
            yield _say(labels, f"warning.{key}", **counts)
        else:
            shares = {name: formatting.probability(value) for name, value in values.items()}
            yield _say(labels, f"warning.{key}", **shares)


def _notes(labels: Labels, found: Sensitivity) -> Iterator[str]:
    yield _say(
        labels,
        "method",
        draws=labels.count(found.draws),
        runs=labels.count(found.sobol_runs),
        seed=found.seed,
        rollups=labels.joined([_say(labels, f"rollup.{rollup}") for rollup in found.rollups]),
        sets=labels.joined(found.sets),
        around=_spread(labels, found),
    )
    if not found.current.index.variance.exact:
        yield _say(labels, "by_runs")
