"""How the index moved over the waves; with one wave only, where every score stands."""

from __future__ import annotations

from analysis.results import Comparison, Estimate, NodeResult, OutcomeResult, WaveIndex
from report_templates import formatting
from report_templates.charts.axis import axis_around
from report_templates.charts.forest import ForestRow
from report_templates.charts.small_multiples import Panel, PanelPoint, SmallMultiples
from report_templates.context import clauses, layout, verdicts
from report_templates.context.cover import trend_chart
from report_templates.context.model import Callout, Cell, Column, Figure, FigurePage, Phrases, Row, Table
from report_templates.context.parts import outcome_figures, page_head, rate, weights_name
from report_templates.context.score_chart import score_forest, score_rows
from report_templates.context.story import Story

CHART_LOW, CHART_HIGH = 180.0, 470.0
MOST_WAVES = 8
HALF_ROWS = 6


def trend_page(story: Story) -> FigurePage:
    """Return the trend page; blocks that do not fit are left out from the last one up."""
    words = story.words
    head = page_head(story, "trend", _title(story), _subtitle(story))
    panels, table = _panels(story), _table(story)
    halves, remarks = _outcome_tables(story), _callouts(story)
    caption = _caption(story)
    fixed = (
        layout.head(head.title, words.language, head.subtitle),
        layout.height(panels.chart) + layout.caption(panels.caption) if panels else 0.0,
        layout.table(table),
    )
    halves_height, remarks_height = (
        layout.halves(halves, words("trend.outcomes_note")),
        layout.callouts(remarks),
    )
    options = (
        (halves_height, remarks_height),
        (halves_height, 0.0),
        (0.0, remarks_height),
        (0.0, 0.0),
    )
    for halves_part, remarks_part in options:
        room = layout.FULL - layout.stacked(*fixed, halves_part, remarks_part) - layout.caption(caption)
        if room >= CHART_LOW:
            break
    chart = trend_chart(
        story,
        style="page",
        chart_height=max(CHART_LOW, min(CHART_HIGH, room)),
        figures=True,
        label_band=True,
    )
    return FigurePage(
        head=head,
        figure=Figure(story.figure("trend"), chart, caption),
        second=panels,
        table=table,
        halves_head=words("trend.outcomes_head") if halves_part else "",
        halves=halves if halves_part else (),
        halves_note=words("trend.outcomes_note") if halves_part else "",
        callouts=remarks if remarks_part else (),
    )


def _title(story: Story) -> Phrases:
    moved = clauses.change_of_index(story)
    return story.words.title(clauses.together(story, moved, clauses.against_target(story)), moved)


def _subtitle(story: Story) -> str:
    words, waves = story.words, story.results.waves
    key = "trend.subtitle" if story.has_panels and story.kind == "dimension" else "trend.subtitle_index"
    return words(
        key,
        index=words.index,
        count=words.counted(len(story.branches)),
        first=words.wave(waves[0]),
        last=words.wave(waves[-1]),
    )


def _caption(story: Story) -> str:
    words = story.words
    sizes = [wave.n for wave in story.results.trend]
    base = formatting.interval(words.count(min(sizes)), words.count(max(sizes)))
    return words(
        "trend.caption",
        level=words.level,
        weighted=words.weighted,
        target=words("caption.target") if story.study.reporting.target is not None else "",
        base=base if min(sizes) != max(sizes) else words.count(sizes[0]),
    )


# Small trends


def _panels(story: Story) -> Figure | None:
    if not story.has_panels:
        return None
    words, waves = story.words, story.results.waves
    made = tuple(_panel(story, node) for node in story.branches)
    index = tuple(wave.index.value for wave in story.results.trend)
    limits = [
        limit for panel in made for point in panel.series for limit in (point.value, point.low, point.high)
    ]
    rows = -(-len(made) // 5)
    chart = SmallMultiples(
        title=_panel_sentence(story),
        panels=made,
        axis=axis_around([*limits, *index], formatting.number, count=3),
        reference=index,
        first_wave=words.short_wave(waves[0]),
        last_wave=words.short_wave(waves[-1]),
        plot_height=84.0 if rows == 1 else 56.0,
    )
    caption = words(
        "trend.panels",
        kind=words(f"noun.{story.kind}_s"),
        count=formatting.capital(words.counted(len(made))),
        rate=rate(story),
    )
    return Figure(story.figure("panels"), chart, caption)


def _panel(story: Story, node: NodeResult) -> Panel:
    words = story.words
    points = tuple(
        PanelPoint(e.value, e.low, e.high) if isinstance(e, Estimate) else PanelPoint(None)
        for e in node.series
    )
    hidden = not isinstance(node.score, Estimate)
    return Panel(
        words.node(node.id),
        words.score(node.score),
        points,
        verdicts.mark(node.change),
        words.change(node.change) if node.change else "",
        words.too_few if hidden else "",
    )


def _panel_sentence(story: Story) -> str:
    return _branches_remark(story).text


# The table of waves


def _table(story: Story) -> Table:
    words = story.words
    interval = words("column.interval", level=words.level)
    columns = [
        Column(words("column.wave"), right=False),
        Column(words("column.index"), tone="strong"),
        Column(interval, tone="quiet"),
        Column(words("column.against_previous")),
        Column(interval, tone="quiet"),
        Column(words("column.q"), tone="quiet"),
        Column("n", tone="quiet"),
        Column(words("column.n_effective"), tone="quiet"),
    ]
    if words.cluster:
        columns.append(Column(formatting.capital(words.cluster), tone="quiet"))
    rows = [_wave_row(story, wave) for wave in story.results.trend[: -MOST_WAVES - 1 : -1]]
    return layout.sized(Table(tuple(columns), tuple(rows)))


def _wave_row(story: Story, wave: WaveIndex) -> Row:
    words = story.words
    cells = [
        Cell(words.wave(wave.wave)),
        Cell(words.score(wave.index)),
        Cell(words.scores_interval(wave.index)),
        clauses.change_cell(words.change(wave.change), wave.change),
        Cell(words.change_interval(wave.change)),
        Cell(words.q(wave.change)),
        Cell(words.count(wave.n)),
        Cell(formatting.number(wave.n_effective, 0)),
    ]
    if words.cluster:
        cells.append(Cell(words.count(wave.clusters)))
    return Row(tuple(cells), "current" if wave.wave == story.results.wave else "plain")


# Outcomes, in two narrow tables


def _outcome_tables(story: Story) -> tuple[Table, ...]:
    outcomes = story.results.outcomes
    if not outcomes:
        return ()
    cut = -(-len(outcomes) // 2) if len(outcomes) > 3 else len(outcomes)
    halves = (outcomes[:cut][:HALF_ROWS], outcomes[cut:][:HALF_ROWS])
    return tuple(_outcome_table(story, half) for half in halves if half)


def _outcome_table(story: Story, outcomes: tuple[OutcomeResult, ...]) -> Table:
    words = story.words
    columns = [
        Column(words("column.outcome"), right=False),
        Column(words("column.value"), tone="strong"),
        Column(words("column.interval", level=words.level), tone="quiet"),
    ]
    columns += [Column(words("column.change"))] if words.previous else []
    table = Table(tuple(columns), tuple(_outcome_row(story, outcome) for outcome in outcomes))
    return layout.sized(table, layout.HALF_WIDTH)


def _outcome_row(story: Story, outcome: OutcomeResult) -> Row:
    words, figures = story.words, outcome_figures(story, outcome)
    name = words.outcome(outcome.id)
    if outcome.unit != "points":
        name = words("trend.outcome", outcome=name, unit=words(f"unit.{outcome.unit}"))
    cells = (
        Cell(name),
        Cell(figures.value),
        Cell(figures.interval),
    )
    change = (clauses.change_cell(figures.change, outcome.change),) if words.previous else ()
    return Row(cells + change)


# Remarks


def _callouts(story: Story) -> tuple[Callout, ...]:
    made = [_change_remark(story, story.change)] if story.change else []
    made += [_branches_remark(story)] if story.has_panels else []
    made += [_target_remark(story, story.results.target_gap)] if story.results.target_gap else []
    return tuple(made[:3])


def _change_remark(story: Story, change: Comparison) -> Callout:
    words = story.words
    way = verdicts.direction(change)
    return Callout(
        words(f"trend.change_head.{way}"),
        words(
            f"trend.change_text.{way}",
            wave=words.prior,
            value=words.change(change),
            interval=words.change_interval(change),
            q=words.q(change),
            recurring=words.count(story.results.quality.recurring),
            cluster=words.cluster or words("noun.respondents"),
        ),
    )


def _branches_remark(story: Story) -> Callout:
    words = story.words
    risen, fallen = story.moving(story.branches, "rise"), story.moving(story.branches, "fall")
    kind = words(f"noun.{story.kind}_s")
    sentences = [
        words(key, names=words.joined([words.within(words.node(node.id)) for node in nodes]))
        for key, nodes in (("trend.risen", risen), ("trend.fallen", fallen))
        if nodes
    ]
    rest = len(story.branches) - len(risen) - len(fallen)
    if rest:
        sentences.append(
            words("trend.rest" if sentences else "trend.all_flat", count=words.counted(rest), kind=kind)
        )
    head = words(
        "trend.branches_head",
        kind=formatting.capital(kind),
        up=words.count(len(risen)),
        down=words.count(len(fallen)),
    )
    return Callout(head, (" " if words.language == "en" else "").join(sentences))


def _target_remark(story: Story, gap: Comparison) -> Callout:
    words = story.words
    way = verdicts.direction(gap)
    return Callout(
        words(f"trend.target_head.{way}"),
        words(
            f"trend.target_text.{way}",
            target=formatting.number(story.study.reporting.target or 0.0),
            value=words.change(gap),
            interval=words.change_interval(gap),
        ),
    )


# One wave


def scores_page(story: Story) -> FigurePage:
    """Return the page of scores, for a study with one wave."""
    words = story.words
    head = page_head(
        story,
        "scores",
        _title(story),
        words("scores.subtitle", wave=words.wave(story.results.wave)),
    )
    rows = _all_scores(story)
    caption = words("scores.caption", level=words.level, base=words.base(), weighted=words.weighted)
    remarks = _score_remarks(story)
    shares = _share_table(story)
    used = layout.stacked(
        layout.head(head.title, words.language, head.subtitle), layout.table(shares), layout.callouts(remarks)
    ) + layout.caption(caption)
    chart = layout.fitted(lambda size: score_forest(story, rows, size), layout.FULL - used, 18.0, 34.0)
    return FigurePage(head, Figure(story.figure("scores"), chart, caption), table=shares, callouts=remarks)


def _all_scores(story: Story) -> tuple[ForestRow, ...]:
    words = story.words
    rows = list(score_rows(story, most=99))
    known = {row.label for row in rows}
    drivers = story.drivers.drivers if story.drivers else ()
    extra = [
        ForestRow(
            words.item(driver.item),
            driver.performance.value,
            driver.performance.low,
            driver.performance.high,
            mark="decided",
            right=(
                words.score(driver.performance),
                words.scores_interval(driver.performance),
                words.count(driver.performance.n),
            ),
        )
        for driver in drivers
        if isinstance(driver.performance, Estimate) and words.item(driver.item) not in known
    ]
    extra.sort(key=lambda row: -(row.value or 0.0))
    return tuple(rows + extra)[:36]


def _share_table(story: Story) -> Table | None:
    """Return the outcomes that are no scores of 0 to 100, which the chart cannot hold."""
    others = tuple(outcome for outcome in story.results.outcomes if outcome.unit != "points")
    return _outcome_table(story, others[:HALF_ROWS]) if others else None


def _score_remarks(story: Story) -> tuple[Callout, ...]:
    words, index = story.words, story.results.current.index
    made = [
        Callout(
            words("scores.index_head", value=words.score(index)),
            words(
                "scores.index_text",
                level=words.level,
                interval=words.scores_interval(index),
                items=words.count(sum(1 for _ in story.study.index.leaves())),
                version=weights_name(story),
            ),
        ),
        Callout(words("scores.first_head"), words("scores.first_text")),
        Callout(words("scores.compare_head"), words("scores.compare_text")),
    ]
    if story.results.target_gap:
        made[1] = _target_remark(story, story.results.target_gap)
    return tuple(made)
