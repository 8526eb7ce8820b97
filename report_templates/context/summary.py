"""The summary page: it stands alone, so every block carries its own base and verdict.

Findings follow a declared rule, printed on the method page: first what verifiably moved the index, then
what to repair first, then which groups differ; what is left is filled with the target, the lowest item
and the outcomes. Nobody chooses them.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.results import Comparison, Estimate, NodeResult, OutcomeResult
from report_templates import formatting, theme
from report_templates.charts.axis import axis_around
from report_templates.charts.forest import Column as ForestColumn
from report_templates.charts.forest import Forest, ForestRow
from report_templates.context import clauses, layout, verdicts
from report_templates.context.cover import trend_chart
from report_templates.context.model import (
    Cell,
    Column,
    Figure,
    Finding,
    Head,
    Phrases,
    Row,
    SummaryPage,
    Table,
    Tile,
)
from report_templates.context.story import MOST_DECISIONS, Story

MOST_FINDINGS = 3
ROW_LOW = 18.0
STRIP_LOW, STRIP_HIGH = 128.0, 330.0
MOST_FILLED = theme.mm(252)
"""The summary may run lower than other pages: nothing on it can move elsewhere."""


def page_head(story: Story, name: str, title: Phrases, subtitle: str) -> Head:
    """Return the head of a page."""
    number = story.page_number(name)  # type: ignore[arg-type] # pages are asked for by their own names
    return Head(name, number, story.page_name(name), title, subtitle)  # type: ignore[arg-type] # as above


def summary(story: Story) -> SummaryPage:
    """Return the summary page; the strip takes the height that the words leave."""
    words = story.words
    head = page_head(story, "summary", _title(story), _subtitle(story))
    findings = tuple(_findings(story))
    decisions = _decisions(story)
    reading, reading_head = _reading(story), words("summary.reading_head")
    fixed = layout.stacked(
        layout.head(head.title, words.language, head.subtitle),
        theme.mm(34),
        theme.mm(6.6) + sum(_finding_height(finding) for finding in findings),
        theme.mm(3.2) + layout.lines(f"{reading_head}\u3000{reading}", theme.mm(166), 8.5) * theme.pt(13),
        theme.mm(6.5),
    )
    while decisions and fixed + layout.table(decisions) + layout.GAP + STRIP_LOW + theme.mm(6) > MOST_FILLED:
        decisions = _decisions(story, len(decisions.rows) - 1)
    fixed += layout.table(decisions) + layout.GAP if decisions else 0.0
    room = max(layout.FULL - fixed, min(STRIP_LOW + theme.mm(6), MOST_FILLED - fixed))
    strip_head, strip = _strip(story, room)
    return SummaryPage(
        head=head,
        tiles=_tiles(story),
        strip_head=strip_head,
        strip=strip,
        findings_head=words("summary.findings", count=formatting.capital(words.counted(len(findings)))),
        findings=findings,
        decisions=decisions,
        reading_head=reading_head,
        reading=reading,
    )


def _finding_height(finding: Finding) -> float:
    return theme.mm(3.6) + theme.pt(14) + theme.pt(14) * layout.lines(finding.text, theme.mm(142), 9.5)


def _title(story: Story) -> Phrases:
    words, moved = story.words, clauses.change_of_index(story)
    target, repair = clauses.against_target(story), clauses.repair_first(story)
    undecided = words.phrases("clause.repair.none") if story.drivers and not repair else ()
    last = repair or undecided
    counted = clauses.repair_first(story, named=False) or undecided
    return words.title(
        clauses.together(story, moved, target, last, stop=bool(last)),
        clauses.together(story, moved, target, counted, stop=bool(counted)),
        clauses.together(story, moved, last or target, stop=bool(last)),
        clauses.together(story, moved, target),
        moved,
    )


def _subtitle(story: Story) -> str:
    words = story.words
    population = story.study.population
    whom = population[words.language] if population else story.study.organisation[words.language]
    if population and words.language == "en" and whom[1:2].islower():
        whom = whom[:1].lower() + whom[1:]
    if words.previous is None:
        return words("summary.subtitle_first", wave=words.wave(story.results.wave), whom=whom)
    return words(
        "summary.subtitle",
        wave=words.wave(story.results.wave),
        previous=words.wave(words.previous),
        whom=whom,
    )


# Tiles


def _tiles(story: Story) -> tuple[Tile, ...]:
    tiles = [_index_tile(story)]
    tiles += [_outcome_tile(story, outcome) for outcome in story.tile_outcomes]
    tiles.append(_response_tile(story))
    return tuple(tiles)


def _index_tile(story: Story) -> Tile:
    words, index = story.words, story.results.current.index
    gap = story.results.target_gap
    verdict = clauses.verdict_word(story, story.change)
    if gap is not None:
        verdict = words(
            "tile.target", value=words.change(gap), verdict=words(f"target_short.{verdicts.direction(gap)}")
        )
    elif story.change is None:
        verdict = words("tile.first")
    return Tile(
        words.index,
        words.score(index),
        "",
        words("interval_short", level=words.level, interval=words.scores_interval(index)),
        _tile_change(story, story.change, words("tile.points", value=words.change(story.change))),
        verdict,
    )


def _tile_change(story: Story, change: Comparison | None, value: str) -> Cell:
    words = story.words
    if change is None or words.previous is None:
        return Cell(words("no_previous"))
    label = words("against_wave", wave=words.prior)
    return Cell(f"{label} {value}", verdicts.mark(change))


def _outcome_tile(story: Story, outcome: OutcomeResult) -> Tile:
    words = story.words
    figures = outcome_figures(story, outcome)
    unit = "%" if outcome.unit == "share" else ""
    change_unit = "tile.percentage_points" if outcome.unit == "share" else "tile.points"
    return Tile(
        words.outcome(outcome.id),
        figures.value,
        unit,
        words("interval_short", level=words.level, interval=figures.interval),
        _tile_change(story, outcome.change, words(change_unit, value=figures.change)),
        words("tile.first") if outcome.change is None else clauses.verdict_word(story, outcome.change),
    )


class OutcomeFigures:
    """An outcome's figures as text, in the decimals of its unit: value, interval, change."""

    def __init__(self, story: Story, outcome: OutcomeResult) -> None:
        words, now = story.words, outcome.series[-1]
        share = outcome.unit == "share"
        self.value = words.share(now, 1) if share else words.score(now)
        self.interval = words.shares_interval(now, 1) if share else words.scores_interval(now)
        self.change = words.share_change(outcome.change, 1) if share else words.change(outcome.change)
        self.change_interval = (
            words.share_change_interval(outcome.change, 1) if share else words.change_interval(outcome.change)
        )


def outcome_figures(story: Story, outcome: OutcomeResult) -> OutcomeFigures:
    """Return the figures of an outcome as text."""
    return OutcomeFigures(story, outcome)


def _response_tile(story: Story) -> Tile:
    words, quality = story.words, story.results.quality
    if quality.response_rate is None or quality.invited is None:
        return Tile(
            words("tile.n"),
            words.count(quality.n),
            "",
            words("tile.n_effective", n=formatting.number(quality.n_effective, 0)),
            Cell(words("clusters", n=words.count(quality.clusters), cluster=words.cluster) if words.cluster else ""),
            words("tile.unknown_rate"),
        )
    return Tile(
        words("tile.rate"),
        formatting.percent(quality.response_rate, 1),
        "%",
        words("tile.rate_base", n=words.count(quality.n), invited=words.count(quality.invited)),
        _rate_change(story, quality.response_rate),
        words("tile.rate_note"),
    )


def _rate_change(story: Story, rate: float) -> Cell:
    words = story.words
    before = story.study.wave_by_id.get(words.previous or "")
    if before is None or before.invited is None:
        return Cell("")
    change = rate - story.results.trend[-2].n / before.invited
    label = words("against_wave", wave=words.prior)
    return Cell(f"{label} {words('tile.percentage_points', value=formatting.signed_percent(change, 1))}")


# The strip


def _strip(story: Story, room: float) -> tuple[str, Figure]:
    words = story.words
    if len(story.results.trend) > 1:
        target = words("caption.target") if story.study.reporting.target is not None else ""
        caption = words(
            "summary.strip", level=words.level, target=target, weighted=words.weighted, figure=story.figure("trend")
        )
        room -= layout.caption(caption)
        size = max(STRIP_LOW, min(STRIP_HIGH, room))
        chart = trend_chart(story, style="page", chart_height=size, figures=len(story.results.trend) <= 6)
        head = words("summary.strip_head", count=words.counted(len(story.results.trend)))
        return head, Figure("", chart, caption)
    caption = words("summary.scores", level=words.level, base=words.base(), weighted=words.weighted)
    room -= layout.caption(caption)
    most = 9
    while most > 3 and layout.height(score_forest(story, score_rows(story, most), ROW_LOW)) > room:
        most -= 1
    rows = score_rows(story, most)
    chart = layout.fitted(lambda size: score_forest(story, rows, size), room, ROW_LOW, 34.0)
    return words("summary.scores_head"), Figure("", chart, caption)


def score_rows(story: Story, most: int) -> tuple[ForestRow, ...]:
    """Return index, branches and outcomes in points as rows of one forest."""
    words, index = story.words, story.results.current.index
    rows = [_score_row(story, words.index, index, bold=True)]
    rows += [_score_row(story, words.node(node.id), node.score) for node in story.branches]
    rows += [
        _score_row(story, words.outcome(outcome.id), outcome.series[-1])
        for outcome in story.results.outcomes
        if outcome.unit == "points" and not story.is_index(outcome)
    ]
    return tuple(rows[:most])


def _score_row(story: Story, label: str, score: object, *, bold: bool = False) -> ForestRow:
    words = story.words
    if not isinstance(score, Estimate):
        return ForestRow(label, None, right=("", "", ""), note=words.too_few)
    return ForestRow(
        label,
        score.value,
        score.low,
        score.high,
        mark="decided",
        right=(words.score(score), words.scores_interval(score), words.count(score.n)),
        bold=bold,
    )


def score_forest(story: Story, rows: tuple[ForestRow, ...], row_height: float) -> Forest:
    """Return scores with their intervals as one chart."""
    words = story.words
    limits = [limit for row in rows for limit in (row.value, row.low, row.high)]
    return Forest(
        title=" ".join(clauses.change_of_index(story)),
        label_head=words("column.indicator"),
        rows=rows,
        axis=axis_around(limits, formatting.number),
        right=(
            ForestColumn((words("column.score"),), bold=True),
            ForestColumn((words("column.interval", level=words.level),)),
            ForestColumn(("n",)),
        ),
        group=1,
        row_height=row_height,
    )


# Findings


def _findings(story: Story) -> Iterator[Finding]:
    made = 0
    for head, text, figure in _candidates(story):
        if made == MOST_FINDINGS:
            return
        made += 1
        yield Finding(str(made), head, text, figure)


def _candidates(story: Story) -> Iterator[tuple[str, str, str]]:
    yield from _movement(story)
    yield from _repair(story)
    yield from _group_finding(story)
    yield from _still(story)
    yield from _lowest(story)
    yield from _outcome_finding(story)


def _movement(story: Story) -> Iterator[tuple[str, str, str]]:
    for key, nodes in (("up", story.pushing_up), ("down", story.pulling_down)):
        if nodes:
            yield _moved(story, key, nodes)


def _moved(story: Story, key: str, nodes: tuple[NodeResult, ...]) -> tuple[str, str, str]:
    words = story.words
    names = words.joined([words.node(node.id) for node in nodes], 3)
    head = words(f"finding.{key}", names=names)
    if len(nodes) == 1:
        return head, _one_moved(story, nodes[0]), story.figure("causes")
    total = sum(node.contribution.estimate.value for node in nodes if node.contribution)
    parts = [
        words(
            "finding.part",
            name=words.node(node.id),
            value=words.change(node.contribution, 2),
            interval=words.change_interval(node.contribution, 2),
        )
        for node in nodes[:3]
    ]
    text = words(
        "finding.moved_more",
        count=words.counted(len(nodes)),
        total=formatting.signed(total, 2),
        parts=("；" if words.language == "zh" else "; ").join(parts),
    )
    return head, text, story.figure("causes")


def _one_moved(story: Story, node: NodeResult) -> str:
    words, child = story.words, ""
    same = [
        (abs(each.contribution.estimate.value), each)
        for each in story.children(node)
        if each.contribution
        and node.contribution
        and verdicts.direction(each.contribution) == verdicts.direction(node.contribution)
    ]
    if len(same) > 0:
        largest = max(same, key=lambda pair: pair[0])[1]
        child = words(
            "finding.child", name=words.node(largest.id), value=words.change(largest.contribution, 2)
        )
    return words(
        "finding.moved_one",
        name=words.node(node.id),
        before=words.score(node.series[-2]),
        now=words.score(node.score),
        total=words.change(node.contribution, 2),
        interval=words.change_interval(node.contribution, 2),
        child=child,
    )


def _repair(story: Story) -> Iterator[tuple[str, str, str]]:
    found, words = story.in_quadrant("improve"), story.words
    if not found or story.drivers is None:
        return
    first = found[0]
    yield (
        words("finding.repair", names=words.joined([words.item(driver.item) for driver in found], 3)),
        words(
            "finding.repair_text",
            name=words.item(first.item),
            share=words.share(first.share),
            interval=words.shares_interval(first.share),
            outcome=words.outcome(story.drivers.outcome),
            score=words.score(first.performance),
            mean=formatting.number(story.drivers.performance_line),
        ),
        story.figure("priorities"),
    )


def _group_finding(story: Story) -> Iterator[tuple[str, str, str]]:
    if not story.segments:
        return
    main, words = story.segments[0], story.words
    above, below = story.differing(main, "rise"), story.differing(main, "fall")
    names = words.groups_of(main.id)
    count = len(above) + len(below)
    sentences = [
        words(key, names=words.joined([words.group(main.id, group.value) for group in groups], 5))
        for key, groups in (("finding.above", above), ("finding.below", below))
        if groups
    ]
    if hidden := story.hidden(main):
        sentences.append(
            words(
                "finding.hidden",
                count=words.counted(len(hidden)),
                groups=names,
                limit=words.count(story.study.reporting.disclosure_limit),
            )
        )
    head = "finding.groups" if count else "finding.no_groups"
    text = " ".join(sentences) if words.language == "en" else "".join(sentences)
    yield (
        words(head, count=formatting.capital(words.counted(count)), groups=names),
        text or words("finding.no_groups_text", groups=names),
        story.figure("groups"),
    )


def _still(story: Story) -> Iterator[tuple[str, str, str]]:
    """Say that nothing moved verifiably, where there was something to compare."""
    change, words = story.change, story.words
    if change is None or words.previous is None or story.pushing_up or story.pulling_down:
        return
    yield (
        words(f"finding.{'still' if change.p is not None else 'untested'}", kind=words(f"noun.{story.kind}")),
        words(
            "finding.still_text",
            wave=words.prior,
            value=words.change(change),
            interval=words.change_interval(change),
        ),
        story.figure("causes"),
    )


def _lowest(story: Story) -> Iterator[tuple[str, str, str]]:
    known = [(d.top, d) for d in story.all_answers if isinstance(d.top, Estimate)]
    if len(known) < 2:
        return
    words = story.words
    (low, lowest), (high, highest) = min(known, key=lambda p: p[0].value), max(known, key=lambda p: p[0].value)
    yield (
        words("finding.answers", low=words.share(low), high=words.share(high)),
        words(
            "finding.answers_text",
            low=words.item(lowest.item),
            low_interval=words.shares_interval(low),
            high=words.item(highest.item),
            high_interval=words.shares_interval(high),
        ),
        story.figure("answers"),
    )


def _outcome_finding(story: Story) -> Iterator[tuple[str, str, str]]:
    drivers, words = story.drivers, story.words
    if drivers is None:
        return
    yield (
        words("finding.explained", outcome=words.outcome(drivers.outcome), share=words.share(drivers.r_squared)),
        words(
            "finding.explained_text",
            count=words.count(len(drivers.drivers)),
            first=words.item(drivers.drivers[0].item),
            share=words.share(drivers.drivers[0].share),
            interval=words.shares_interval(drivers.drivers[0].share),
        ),
        story.figure("priorities"),
    )


# Decisions and reading guide


def _decisions(story: Story, most: int = MOST_DECISIONS) -> Table | None:
    words, decisions = story.words, story.decisions[:most]
    if not decisions:
        return None
    rows = tuple(
        Row(
            (
                Cell(words.item(action.item)),
                Cell(action.what[words.language]),
                Cell(f"{action.owner[words.language]} {action.due.isoformat()}"),
                Cell(words.share(driver.share) if driver else formatting.NONE),
                Cell(words.score(node.score) if node else _performance(story, driver)),
            )
        )
        for action, driver, node in decisions
    )
    columns = (
        Column(words("column.improve"), right=False, tone="strong"),
        Column(words("column.what"), right=False),
        Column(words("column.owner"), right=False, fold=words.language == "en"),
        Column(words("column.importance")),
        Column(words("column.score"), tone="strong"),
    )
    note = words("summary.decisions_note", figure=story.figure("priorities"))
    head = words("summary.decisions", count=words.counted(len(rows)), s="" if len(rows) == 1 else "s")
    return layout.sized(Table(columns, rows, note, head))


def _performance(story: Story, driver: object) -> str:
    performance = getattr(driver, "performance", None)
    return story.words.score(performance) if performance is not None else formatting.NONE


def _reading(story: Story) -> str:
    words = story.words
    key = "summary.reading" if words.previous else "summary.reading_first"
    return words(key, level=words.level, base=words.base(), weighted=words.weighted, rate=_rate(story))


def _rate(story: Story) -> str:
    return formatting.percent(story.study.reporting.false_discovery_rate) + "%"
