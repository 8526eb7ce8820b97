"""A change of the index and its parts as tables for a terminal. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from analysis.results import Comparison
from report_templates import formatting
from survey.language import catalogue
from workbench.tables import indented, plain_table, verdict

if TYPE_CHECKING:
    from analysis.change_columns import Parts
    from analysis.change_explained import ChangeExplained
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal
    from workbench.weight_choice import Weighted


def show_change(
    terminal: Terminal, labels: Labels, found: ChangeExplained, sets: tuple[Weighted, Weighted]
) -> None:
    """Print the change, its parts, the nodes and the groups; ``sets`` are the weights of both waves."""
    parts = [_whole(labels, found), Text()] if found.parts.mix or found.parts.weight else []
    terminal.show(_headline(labels, found), *parts, _nodes(labels, found))
    if found.groups:
        terminal.show(Text(), _groups(labels, found))
    terminal.lines(["", *_notes(labels, found, sets)])


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(f"change.{key}", labels.language, **values))


def _headline(labels: Labels, found: ChangeExplained) -> Text:
    before, after = labels.short_wave(found.before_wave), labels.short_wave(found.after_wave)
    lines = Text(_say(labels, "title", index=labels.index, before=before, after=after), style="bold")
    total = _say(
        labels,
        "total",
        before=labels.score(found.before),
        after=labels.score(found.after),
        change=labels.change(found.parts.total),
        level=labels.level,
        interval=labels.change_interval(found.parts.total),
    )
    lines.append(f"\n{total}", style="not bold")
    lines.append_text(verdict(labels, found.parts.total, "change"))
    return lines.append("\n")


def _whole(labels: Labels, found: ChangeExplained) -> Table:
    rows = [
        (
            name,
            labels.change(part, 2),
            labels.change_interval(part, 2),
            "" if part is found.parts.total else _word(labels, part),
        )
        for name, part in _parts(labels, found)
    ]
    heads = [_say(labels, f"head.{head}", level=labels.level) for head in _WHOLE]
    return plain_table(rows, heads, right=(1, 2))


_WHOLE = ("part", "points", "interval", "verdict")


def _parts(labels: Labels, found: ChangeExplained) -> Iterator[tuple[str, Comparison]]:
    parts, mixed = found.parts, found.segment is not None
    yield _say(labels, "part.score_within" if mixed else "part.score"), parts.score
    if parts.mix is not None and found.segment is not None:
        yield _say(labels, "part.mix", segment=labels.one_of(found.segment)), parts.mix
    if parts.weight is not None:
        yield _say(labels, "part.weight"), parts.weight
    yield _say(labels, "part.total"), parts.total


def _word(labels: Labels, part: Comparison) -> Text:
    """What a part did to the index, as far as its test goes."""
    return verdict(labels, part, "part")


def _nodes(labels: Labels, found: ChangeExplained) -> Table:
    kinds = [kind for kind in ("score", "mix", "weight") if getattr(found.parts, kind) is not None]
    split = kinds if len(kinds) > 1 else []
    parents = {node.id: node.parent for node in found.nodes}
    rows = []
    for node in found.nodes:
        name = indented(labels.node(node.id), node.id, parents, "bold" if node.item is None else "")
        total = node.parts.total if node.parts else None
        rows.append(
            (
                name,
                labels.change(total, 2),
                labels.change_interval(total, 2),
                *(labels.change(_kind(node.parts, kind), 2) for kind in split),
                Text(formatting.NONE) if total is None else _word(labels, total),
            )
        )
    heads = ["name", "total", "interval", *split, "verdict"]
    texts = [_say(labels, f"head.{head}", level=labels.level) for head in heads]
    return plain_table(rows, texts, right=range(1, len(heads) - 1))


def _kind(parts: Parts | None, kind: str) -> Comparison | None:
    found: Comparison | None = getattr(parts, kind, None)
    return found


def _groups(labels: Labels, found: ChangeExplained) -> Table:
    segment = found.segment or ""
    rows = [
        (
            _say(labels, "others") if group.value is None else labels.group(segment, group.value),
            formatting.percent(group.share_before, 1) + "%",
            formatting.percent(group.share_after, 1) + "%",
            labels.change(group.score, 2),
            _word(labels, group.score),
            labels.change(group.mix, 2),
            _word(labels, group.mix),
        )
        for group in found.groups
    ]
    before, after = labels.short_wave(found.before_wave), labels.short_wave(found.after_wave)
    heads = [
        labels.segment(segment),
        _say(labels, "head.share_before", wave=before),
        _say(labels, "head.share_after", wave=after),
        _say(labels, "head.score"),
        _say(labels, "head.verdict"),
        _say(labels, "head.mix"),
        _say(labels, "head.verdict"),
    ]
    return plain_table(rows, heads, right=(1, 2, 3, 5))


def _set(labels: Labels, weighted: Weighted) -> str:
    """The name of a set, with its state unless it is the study's own or approved."""
    name = weighted.weights.name
    if weighted.state in ("study", "approved"):
        return name
    state = catalogue("workbench")(f"weights.state.{weighted.state}", labels.language)
    return _say(labels, "unapproved", name=name, state=state)


def _notes(labels: Labels, found: ChangeExplained, sets: tuple[Weighted, Weighted]) -> Iterator[str]:
    base, weights = (_set(labels, one) for one in sets)
    if found.link is None:
        yield _say(labels, "frozen", weights=weights)
    else:
        yield _say(
            labels,
            "rebased",
            before=labels.short_wave(found.before_wave),
            after=labels.short_wave(found.after_wave),
            base=base,
            weights=weights,
            link=labels.change(found.link, 2),
            interval=labels.change_interval(found.link, 2),
        )
    if found.groups:
        yield _say(labels, "mix_note")
    if any(node.parts is None for node in found.nodes):
        yield _say(labels, "hidden", limit=labels.study.reporting.disclosure_limit)
