"""How groups differ: each against everybody else, sorted without ranks, small ones hidden."""

from __future__ import annotations

from analysis.results import Estimate, GroupResult, JointTest, SegmentResult, TooFew
from report_templates import formatting
from report_templates.charts.axis import axis_around
from report_templates.charts.forest import Column as ForestColumn
from report_templates.charts.forest import Forest, ForestRow
from report_templates.context import clauses, layout, verdicts
from report_templates.context.model import Callout, Cell, Column, Figure, FigurePage, Phrases, Row, Table
from report_templates.context.parts import page_head, rate
from report_templates.context.story import Story

ROW_LOW, ROW_HIGH = 15.6, 34.0
COMFORTABLE = 16.0


def groups_page(story: Story) -> FigurePage:
    """Return the page of groups: the largest segment drawn, the others as narrow tables if they fit."""
    words, main = story.words, story.segments[0]
    head = page_head(story, "groups", _title(story, main), _subtitle(story, main))
    caption, remarks = _caption(story, main), _callouts(story, main)
    others = tuple(_half(story, segment) for segment in story.segments[1:3])
    note = words.run_on(words("groups.halves_note"), *_alike(story, story.segments[1:3])) if others else ""
    above = layout.head(head.title, words.language, head.subtitle)
    needed = layout.height(_chart(story, main, COMFORTABLE)) + layout.caption(caption)
    for tables, spoken in ((others, remarks), (others, ()), ((), remarks)):
        fixed = layout.stacked(above, layout.halves(tables, note), layout.callouts(spoken))
        if fixed + needed <= layout.FULL:
            break
    room = layout.FULL - fixed - layout.caption(caption)
    chart = layout.fitted(lambda size: _chart(story, main, size), room, ROW_LOW, ROW_HIGH)
    return FigurePage(
        head,
        Figure(story.figure("groups"), chart, caption),
        halves_head=words("groups.halves_head") if tables else "",
        halves=tables,
        halves_note=note if tables else "",
        callouts=spoken,
    )


def _title(story: Story, segment: SegmentResult) -> Phrases:
    words, names = story.words, story.words.groups_of(segment.id)
    above, below = story.differing(segment, "rise"), story.differing(segment, "fall")
    if not above and not below:
        tested = any(group.difference and group.difference.p is not None for group in segment.groups)
        return words.title(words.phrases(f"groups.title.{'none' if tested else 'untested'}", groups=names))
    second: Phrases = ()
    first = _side_clause(story, segment, "above", len(above))
    if below and above:
        second = words.phrases("groups.below.too", count=words.counted(len(below)))
    elif below:
        first = _side_clause(story, segment, "below", len(below))
    rest = words.phrases("groups.others")
    return words.title(
        clauses.together(story, first, second, rest, stop=True), clauses.together(story, first, second)
    )


def _side_clause(story: Story, segment: SegmentResult, side: str, count: int) -> Phrases:
    words = story.words
    return words.phrases(
        f"groups.{side}.{'one' if count == 1 else 'many'}",
        count=words.counted(count),
        groups=words.groups_of(segment.id),
        group=words.one_of(segment.id),
    )


def _subtitle(story: Story, segment: SegmentResult) -> str:
    words = story.words
    return words(
        "groups.subtitle",
        index=words.index,
        wave=words.wave(story.results.wave),
        groups=words.groups_of(segment.id),
    )


def _caption(story: Story, segment: SegmentResult) -> str:
    words, reporting = story.words, story.study.reporting
    small = any(group.small for group in segment.groups)
    parts = [
        words(
            "groups.caption",
            level=words.level,
            rate=rate(story),
            q=formatting.number(reporting.false_discovery_rate, 2),
        ),
        words(
            "groups.caption_small",
            low=words.count(reporting.disclosure_limit),
            high=words.count(reporting.minimum_base - 1),
        )
        if small
        else "",
        _joint(story, segment),
        words("groups.caption_base", base=words.base(), weighted=words.weighted),
    ]
    return (" " if words.language == "en" else "").join(part for part in parts if part)


def _joint(story: Story, segment: SegmentResult) -> str:
    """Say whether the groups differ at all; nothing where that cannot be tested."""
    if segment.test is None:
        return ""
    key = "differ" if _differ(story, segment.test) else "same"
    p = formatting.p_value(segment.test.p)
    return story.words(
        f"groups.test.{key}",
        groups=story.words.groups_of(segment.id),
        p=p if p.startswith("<") else f"= {p}",
    )


def _alike(story: Story, segments: tuple[SegmentResult, ...]) -> list[str]:
    """Name the other segments whose groups do not differ."""
    alike = [s for s in segments if s.test is not None and not _differ(story, s.test)]
    names = story.words.joined([story.words.groups_of(segment.id) for segment in alike])
    return [story.words("groups.alike", names=formatting.capital(names))] if alike else []


def _differ(story: Story, test: JointTest) -> bool:
    return test.p < 1 - story.study.reporting.level


def _chart(story: Story, segment: SegmentResult, row_height: float) -> Forest:
    words, index = story.words, story.results.current.index
    rows = tuple(_row(story, segment, group) for group in segment.groups)
    limits = [
        limit for row in rows for limit in (row.value, row.low, row.high, row.expected_low, row.expected_high)
    ]
    return Forest(
        title=words.sentence(_title(story, segment)),
        label_head=words.segment(segment.id),
        rows=rows,
        axis=axis_around([*limits, index.value], formatting.number, count=7),
        right=(
            ForestColumn((words("column.index"),), bold=True),
            ForestColumn((words("column.interval", level=words.level),)),
            ForestColumn(("n",)),
            ForestColumn((words("column.q"),)),
        ),
        reference=index.value,
        reference_label=words("groups.reference", value=words.score(index)),
        group=5 if len(rows) > 8 else 1,
        row_height=row_height,
    )


def _row(story: Story, segment: SegmentResult, group: GroupResult) -> ForestRow:
    words, label = story.words, story.words.group(segment.id, group.value)
    if isinstance(group.score, TooFew):
        return ForestRow(
            label, None, right=("", "", _hidden_n(story, group.score), ""), note=words("groups.hidden")
        )
    score = group.score
    differs = group.difference is not None and verdicts.direction(group.difference) in ("rise", "fall")
    return ForestRow(
        label + (" †" if group.small else ""),
        score.value,
        score.low,
        score.high,
        mark=verdicts.mark(group.difference) or "same",
        right=(
            words.score(score),
            words.scores_interval(score),
            words.count(score.n),
            words.q(group.difference),
        ),
        expected_low=group.expected_low,
        expected_high=group.expected_high,
        bold=differs,
        dashed=group.small,
    )


def _hidden_n(story: Story, hidden: TooFew) -> str:
    if hidden.reason != "disclosure":
        return formatting.NONE
    return f"<{story.words.count(story.study.reporting.disclosure_limit)}"


def _half(story: Story, segment: SegmentResult) -> Table:
    words = story.words
    columns = (
        Column(words.segment(segment.id), right=False),
        Column(words("column.index"), tone="strong"),
        Column(words("column.interval", level=words.level), tone="quiet"),
        Column(words("column.against_rest")),
        Column("n", tone="quiet"),
    )
    table = Table(columns, tuple(_half_row(story, segment, group) for group in segment.groups))
    return layout.sized(table, layout.HALF_WIDTH)


def _half_row(story: Story, segment: SegmentResult, group: GroupResult) -> Row:
    words = story.words
    score = group.score
    base = words.count(score.n) if isinstance(score, Estimate) else _hidden_n(story, score)
    return Row(
        (
            Cell(words.group(segment.id, group.value) + (" †" if group.small else "")),
            Cell(words.score(score)),
            Cell(words.scores_interval(score)),
            clauses.change_cell(words.change(group.difference), group.difference),
            Cell(base),
        )
    )


def _callouts(story: Story, segment: SegmentResult) -> tuple[Callout, ...]:
    words, names = story.words, story.words.groups_of(segment.id)
    above, below = story.differing(segment, "rise"), story.differing(segment, "fall")
    flat = len(story.differing(segment, "flat")) + len(story.differing(segment, "untested"))
    hidden = story.hidden(segment)
    rest = words("groups.flat_text")
    if hidden:
        more = words("groups.hidden_text", count=words.counted(len(hidden)), groups=names)
        rest = f"{rest} {more}" if words.language == "en" else rest + more
    return (
        _side(story, segment, "above", above),
        _side(story, segment, "below", below),
        Callout(words("groups.flat_head", count=words.count(flat)), rest),
    )


def _side(story: Story, segment: SegmentResult, key: str, groups: tuple[GroupResult, ...]) -> Callout:
    words = story.words
    head = words(f"groups.{key}_head", count=words.count(len(groups)))
    if not groups:
        return Callout(head, words("groups.side_none"))
    sizes = sorted(abs(group.difference.estimate.value) for group in groups if group.difference)
    span = formatting.number(sizes[0])
    if formatting.number(sizes[-1]) != span:
        span = formatting.interval(span, formatting.number(sizes[-1]))
    names = words.joined([words.group(segment.id, group.value) for group in groups], 6)
    return Callout(head, words(f"groups.{key}_text", names=names, span=span))
