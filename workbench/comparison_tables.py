"""Weight sets side by side as tables for a terminal. Nothing is computed here.

Sets go by letters in the tables, A for the reference, because names can be as long as their authors like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from analysis.results import Comparison, Estimate
from report_templates import formatting
from report_templates.context.verdicts import direction
from survey.language import catalogue
from workbench.tables import indented, plain_table, verdict

if TYPE_CHECKING:
    from analysis.comparison_results import GroupUnderSets, SegmentUnderSets, WaveUnderSets, WeightComparison
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal

_PAIRS = 5


def show_comparison(terminal: Terminal, labels: Labels, found: WeightComparison) -> None:
    """Print what changes, then the waves, the groups and the weights themselves."""
    terminal.show(Text(_say(labels, "title", index=labels.index, wave=labels.wave(found.wave)), style="bold"))
    terminal.lines(
        _say(labels, "set", letter=letter, name=name)
        for letter, name in zip(ascii_uppercase, found.names, strict=False)
    )
    terminal.lines(["", *_answers(labels, found), ""])
    terminal.show(_waves(labels, found))
    if found.segment is not None:
        terminal.show(Text(), _groups(labels, found, found.segment))
        if notes := list(_group_notes(labels, found.segment)):
            terminal.lines(["", *notes])
    terminal.show(Text(), _weights(labels, found))
    terminal.lines(["", *_bounds(labels, found)])


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(f"comparison.{key}", labels.language, **values))


def _answers(labels: Labels, found: WeightComparison) -> Iterator[str]:
    """Say for every set in a sentence or two what would be otherwise."""
    now = found.waves[-1]
    for s in range(1, len(found.names)):
        yield _index_sentence(labels, now, s)
        if flipped := [wave for wave in found.waves if _flips(wave, s)]:
            waves = labels.joined([labels.short_wave(wave.wave) for wave in flipped])
            yield _say(labels, "trend_flips", letter=ascii_uppercase[s], waves=waves)
        else:
            yield _say(labels, "trend_stays", letter=ascii_uppercase[s])
        if found.segment is not None and len(found.segment.first) > s:
            yield from _ranking_sentences(labels, found, found.segment, s)


def _index_sentence(labels: Labels, now: WaveUnderSets, s: int) -> str:
    reference, index, difference = now.indices[0], now.indices[s], now.differences[s]
    if difference is None or not isinstance(index, Estimate):
        return _say(labels, "index_hidden", letter=ascii_uppercase[s])
    return _say(
        labels,
        f"index.{direction(difference)}",
        letter=ascii_uppercase[s],
        wave=labels.short_wave(now.wave),
        index=labels.score(index),
        reference=labels.score(reference),
        change=labels.change(difference, 2),
        level=labels.level,
        interval=labels.change_interval(difference, 2),
    )


def _flips(wave: WaveUnderSets, s: int) -> bool:
    reference, own = wave.changes[0], wave.changes[s]
    return reference is not None and own is not None and reference.verdict != own.verdict


def _ranking_sentences(
    labels: Labels, found: WeightComparison, segment: SegmentUnderSets, s: int
) -> Iterator[str]:
    letter, ranked = ascii_uppercase[s], [group for group in segment.groups if group.ranks[0] is not None]
    swaps = sum(pair.set == found.names[s] for pair in segment.swapped)
    pairs = len(ranked) * (len(ranked) - 1) // 2
    values = {
        "letter": letter,
        "groups": labels.groups_of(segment.id),
        "swaps": swaps,
        "pairs": labels.count(pairs),
    }
    yield _say(labels, "swaps" if swaps else "no_swaps", **values)
    for end, names in (("first", segment.first), ("last", segment.last)):
        before, after = (labels.group(segment.id, names[at]) for at in (0, s))
        yield _say(
            labels,
            f"{end}_changes" if before != after else f"{end}_stays",
            letter=letter,
            before=before,
            after=after,
        )


def _waves(labels: Labels, found: WeightComparison) -> Table:
    rows = []
    for wave in found.waves:
        for s, letter in zip(range(len(found.names)), ascii_uppercase, strict=False):
            rows.append(
                (
                    "" if s else labels.short_wave(wave.wave),
                    letter,
                    labels.score(wave.indices[s]),
                    labels.scores_interval(wave.indices[s]),
                    "" if s == 0 else labels.change(wave.differences[s], 2),
                    "" if s == 0 else labels.change_interval(wave.differences[s], 2),
                    labels.change(wave.changes[s]),
                    verdict(labels, wave.changes[s], "change") if wave.changes[s] else "",
                )
            )
    heads = ("wave", "set", "index", "interval", "difference", "interval", "change", "verdict")
    return plain_table(
        rows, [_say(labels, f"head.{head}", level=labels.level) for head in heads], right=(2, 3, 4, 5, 6)
    )


def _groups(labels: Labels, found: WeightComparison, segment: SegmentUnderSets) -> Table:
    letters = ascii_uppercase[: len(found.names)]
    rows = [
        (
            labels.group(segment.id, group.value),
            *(formatting.NONE if rank is None else str(rank) for rank in group.ranks),
            *(labels.score(score) for score in group.scores),
            *_gaps(labels, group),
        )
        for group in segment.groups
    ]
    heads = [
        labels.segment(segment.id),
        *(_say(labels, "head.rank", letter=letter) for letter in letters),
        *letters,
        *(
            [_say(labels, "head.difference"), _say(labels, "head.interval", level=labels.level)]
            if len(letters) == 2
            else []
        ),
    ]
    return plain_table(rows, heads, right=range(1, len(heads)))


def _gaps(labels: Labels, group: GroupUnderSets) -> tuple[str, ...]:
    """The difference and its interval where there is room for them: with two sets."""
    if len(group.scores) != 2:
        return ()
    return labels.change(group.differences[1], 2), labels.change_interval(group.differences[1], 2)


def _group_notes(labels: Labels, segment: SegmentUnderSets) -> Iterator[str]:
    """Name the pairs that change places, widest gap first, and groups whose verdict flips."""
    for pair in segment.swapped[:_PAIRS]:
        yield _say(
            labels,
            "pair",
            set=pair.set,
            upper=labels.group(segment.id, pair.upper),
            lower=labels.group(segment.id, pair.lower),
            before=formatting.signed(pair.reference_gap, 2),
            after=formatting.signed(pair.gap, 2),
        )
    if len(segment.swapped) > _PAIRS:
        yield _say(labels, "more_pairs", more=labels.count(len(segment.swapped) - _PAIRS))
    for group in segment.groups:
        if group.flipped:
            verdicts = zip(ascii_uppercase, group.against_rest, strict=False)
            said = [f"{letter} {_against_rest(labels, comparison)}" for letter, comparison in verdicts]
            yield _say(
                labels,
                "verdict_flips",
                group=labels.group(segment.id, group.value),
                verdicts=labels.joined(said, 9),
            )
    if any(group.ranks[0] is None for group in segment.groups):
        yield labels.spaced(
            catalogue("workbench")(
                "tables.groups.hidden", labels.language, limit=labels.study.reporting.disclosure_limit
            )
        )


def _against_rest(labels: Labels, comparison: Comparison | None) -> str:
    if comparison is None:
        return formatting.NONE
    return catalogue("workbench")(f"tables.difference.{direction(comparison)}", labels.language)


def _weights(labels: Labels, found: WeightComparison) -> Table:
    parents = {node.id: node.parent for node in found.nodes}
    rows = [
        (
            indented(labels.node(node.id), node.id, parents, "bold" if node.item is None else ""),
            *_percents(node.weights),
            *_percents(node.effective),
        )
        for node in found.nodes
    ]
    letters = ascii_uppercase[: len(found.names)]
    heads = [
        _say(labels, "head.node"),
        *(_say(labels, "head.weight", letter=letter) for letter in letters),
        *(_say(labels, "head.effective", letter=letter) for letter in letters),
    ]
    return plain_table(rows, heads, right=range(1, len(heads)))


def _percents(shares: Sequence[float]) -> list[str]:
    return [formatting.percent(share, 1) + "%" for share in shares]


def _bounds(labels: Labels, found: WeightComparison) -> Iterator[str]:
    yield _say(labels, "weights_note")
    for letter, bound in zip(ascii_uppercase, found.waves[-1].bounds, strict=False):
        if bound is not None:
            yield _say(labels, "bound", letter=letter, bound=formatting.number(bound, 2))
    yield _say(labels, "paired")
