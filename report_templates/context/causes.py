"""What moved the index: a waterfall that reconciles exactly, then every node with its own change."""

from __future__ import annotations

import itertools

from analysis.results import Estimate, NodeResult, TooFew
from report_templates import formatting
from report_templates.charts.axis import axis_around
from report_templates.charts.waterfall import Level, Step, Total, Waterfall
from report_templates.context import clauses, layout, verdicts
from report_templates.context.model import Callout, Cell, Column, Figure, FigurePage, Phrases, Row, Table
from report_templates.context.parts import page_head, rate
from report_templates.context.story import Story

ROW_LOW, ROW_HIGH = 26.0, 52.0
MIXES = 2
"""Segments whose mix the note names."""


def causes_page(story: Story) -> FigurePage:
    """Return the page of causes; the table goes down to the items where there is room."""
    words = story.words
    head = page_head(story, "causes", _title(story), _subtitle(story))
    caption, remarks = _caption(story), _callouts(story)
    lowest = layout.height(_chart(story, ROW_LOW)) + layout.caption(caption)
    above = layout.head(head.title, words.language, head.subtitle)
    for deep, spoken in ((True, remarks), (True, ()), (False, remarks), (False, ())):
        table = _table(story, deep=deep)
        fixed = layout.stacked(above, layout.table(table), layout.callouts(spoken))
        if fixed + lowest <= layout.FULL:
            break
    room = layout.FULL - fixed - layout.caption(caption)
    chart = layout.fitted(lambda size: _chart(story, size), room, ROW_LOW, ROW_HIGH)
    return FigurePage(head, Figure(story.figure("causes"), chart, caption), table=table, callouts=spoken)


def _title(story: Story) -> Phrases:
    words = story.words
    up, down = story.pushing_up, story.pulling_down
    if not up and not down:
        key = "causes.title.none" if story.change and story.change.p is not None else "causes.title.untested"
        return words.title(words.phrases(key, kind=words(f"noun.{story.kind}")))

    def side(nodes: tuple[NodeResult, ...], key: str) -> Phrases:
        listed = words.listed(clauses.contributors(story, nodes))
        return words.phrases(f"causes.title.{key}", names=listed) if nodes else ()

    def counted(nodes: tuple[NodeResult, ...], key: str) -> Phrases:
        count = words("quantity", count=words.counted(len(nodes)), noun=clauses.noun(story, len(nodes)))
        return words.phrases(f"causes.title.{key}", names=count) if nodes else ()

    lowered = "down_too" if up else "down"
    return words.title(
        clauses.together(story, side(up, "up"), side(down, lowered)),
        clauses.together(story, counted(up, "up"), counted(down, lowered)),
    )


def _subtitle(story: Story) -> str:
    words = story.words
    return words(
        "causes.subtitle",
        index=words.index,
        value=words.change(story.change, 2),
        previous=words.wave(words.previous or ""),
        wave=words.wave(story.results.wave),
    )


def _caption(story: Story) -> str:
    words, trend = story.words, story.results.trend
    return words(
        "causes.caption",
        kind=words(f"noun.{story.kind}_s"),
        level=words.level,
        rate=rate(story),
        before=words.count(trend[-2].n),
        now=words.count(trend[-1].n),
        weighted=words.weighted,
    )


def _chart(story: Story, row_height: float) -> Waterfall:
    words, (before, now) = story.words, story.results.trend[-2:]
    steps = [_step(story, node) for node in story.branches if node.contribution]
    change = story.change
    assert change is not None  # noqa: S101 - the page exists only with a change
    sums = list(itertools.accumulate(step.value for step in steps))
    start_figure = formatting.number(before.index.value, 2)
    return Waterfall(
        title=words.sentence(_title(story)),
        label_head=words("causes.parts"),
        figure_head=words("causes.contribution"),
        interval_head=words("column.interval", level=words.level),
        start_head=f"{words.short_wave(before.wave)}  {start_figure}",
        start=Level(words.wave(before.wave), start_figure, words.scores_interval(before.index, 2)),
        steps=tuple(steps),
        end=Total(
            words.wave(now.wave),
            change.estimate.value,
            words.change(change, 2),
            words.change_interval(change, 2),
            formatting.number(now.index.value, 2),
            verdicts.mark(change),
        ),
        axis=axis_around([0.0, *sums, change.estimate.value], formatting.signed, pad=0.08),
        row_height=row_height,
    )


def _step(story: Story, node: NodeResult) -> Step:
    words, contribution = story.words, node.contribution
    return Step(
        words.node(node.id),
        contribution.estimate.value if contribution else 0.0,
        words.change(contribution, 2),
        words.change_interval(contribution, 2),
        verdicts.mark(contribution),
    )


# The table


def _table(story: Story, *, deep: bool) -> Table:
    words = story.words
    before, now = (words.short_wave(wave) for wave in story.results.waves[-2:])
    columns = (
        Column(words(f"column.{story.kind}"), right=False),
        Column(words("column.weight"), tone="quiet"),
        Column(before, span=words("column.span_score"), spans=4),
        Column(now, tone="strong"),
        Column(words("column.change_short")),
        Column(words("column.q"), tone="quiet"),
        Column(words("column.contribution"), tone="strong", span=words("column.span_index"), spans=2),
        Column(words("column.interval", level=words.level), tone="quiet"),
    )
    rows: list[Row] = []
    for branch in story.branches:
        children = story.children(branch) if deep else ()
        rows.append(_row(story, branch, "group" if children else "plain", ""))
        rows += [
            _row(story, child, "plain", "\u3000" if words.language == "zh" else "\u00a0\u00a0\u00a0")
            for child in children
        ]
    rows.append(_total(story))
    return layout.sized(Table(columns, tuple(rows), words("causes.note") + _mix_note(story)))


def _mix_note(story: Story) -> str:
    """Say how much of the change came from who answered, by segment, the largest first."""
    words = story.words
    if not story.results.mixes:
        return ""
    told = [
        words(
            "causes.mix_of",
            segment=words.one_of(one.segment),
            points=words.change(one.mix, 2),
            interval=words.change_interval(one.mix, 2),
            sure=words(f"causes.mix_{'unsure' if one.mix.verdict == 'same' else 'sure'}"),
        )
        for one in sorted(story.results.mixes, key=lambda one: -abs(one.mix.estimate.value))[:MIXES]
    ]
    return words("causes.mix_note", parts=words("causes.mix_between").join(told))


def _row(story: Story, node: NodeResult, kind: str, indent: str) -> Row:
    words = story.words
    before: Estimate | TooFew = node.series[-2]
    return Row(
        (
            Cell(indent + words.node(node.id)),
            Cell(formatting.percent(node.effective_weight)),
            Cell(words.score(before)),
            Cell(words.score(node.score)),
            clauses.change_cell(words.change(node.change), node.change),
            Cell(words.q(node.change)),
            clauses.change_cell(words.change(node.contribution, 2), node.contribution),
            Cell(words.change_interval(node.contribution, 2)),
        ),
        "group" if kind == "group" else "plain",
    )


def _total(story: Story) -> Row:
    words, (before, now) = story.words, story.results.trend[-2:]
    return Row(
        (
            Cell(words.index),
            Cell("100"),
            Cell(words.score(before.index)),
            Cell(words.score(now.index)),
            clauses.change_cell(words.change(story.change), story.change),
            Cell(words.q(story.change)),
            clauses.change_cell(words.change(story.change, 2), story.change),
            Cell(words.change_interval(story.change, 2)),
        ),
        "total",
    )


# Remarks


def _callouts(story: Story) -> tuple[Callout, ...]:
    words = story.words
    return (
        _side_remark(story, "up", story.pushing_up),
        _side_remark(story, "down", story.pulling_down),
        Callout(words("causes.exact_head"), words("causes.exact_text", kind=words(f"noun.{story.kind}_s"))),
    )


def _side_remark(story: Story, key: str, nodes: tuple[NodeResult, ...]) -> Callout:
    words = story.words
    if not nodes:
        return Callout(words(f"causes.{key}_none_head"), words(f"causes.{key}_none", rate=rate(story)))
    total = sum(node.contribution.estimate.value for node in nodes if node.contribution)
    parts = words.joined(
        [f"{words.within(words.node(node.id))} {words.change(node.contribution, 2)}" for node in nodes]
    )
    return Callout(
        words(f"causes.{key}_head", total=formatting.signed(total, 2)),
        words(
            f"causes.{key}_text",
            parts=parts,
            count=words.counted(len(nodes)),
            noun=clauses.noun(story, len(nodes)),
        ),
    )
