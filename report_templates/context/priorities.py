"""What to repair first: importance against performance, and how sure each place in the map is.

Importance is association, never cause. An item is named in a quadrant only with the declared
probability; the others are drawn hollow and called undecided.
"""

from __future__ import annotations

from analysis.results import Driver, DriverResults, Estimate
from report_templates import formatting, measure, theme
from report_templates.charts.axis import axis_around
from report_templates.charts.marks import Mark
from report_templates.charts.priority_map import MapPoint, PriorityMap
from report_templates.context import clauses, layout
from report_templates.context.model import (
    Cell,
    Column,
    Figure,
    FigurePage,
    Phrases,
    Row,
    Side,
    SideGroup,
    Table,
)
from report_templates.context.parts import page_head
from report_templates.context.story import UNDECIDED_SHARE, Story

MAP_LOW, MAP_HIGH = 300.0, 560.0
MANY = 12
"""With more drivers than this, probabilities stand in the table instead of the list."""
MOST_FILLED = theme.mm(250)
"""The page may run lower than others rather than leave a driver out of its table."""
MARKS: dict[str, Mark] = {
    "improve": "worse",
    "keep": "better",
    "minor": "decided",
    "maintain": "decided",
    "undecided": "same",
}


def priorities_page(story: Story) -> FigurePage:
    """Return the page of priorities; the table is cut where the map would become too small."""
    words = story.words
    found = story.drivers
    assert found is not None  # noqa: S101 - the page exists only with drivers
    head = page_head(story, "priorities", _title(story), _subtitle(story, found))
    side = _side(story, found)
    caption = _caption(story, found)
    fixed = layout.head(head.title, words.language, head.subtitle) + layout.GAP
    under = layout.caption(caption, theme.TWO_THIRDS)
    least = max(MAP_LOW + under, layout.side(side))
    rows = len(found.drivers)
    table = _table(story, found, rows)
    while rows > 5 and fixed + layout.table(table) + least > MOST_FILLED:
        rows -= 1
        table = _table(story, found, rows)
    room = layout.FULL - fixed - layout.table(table) - under
    chart = layout.fitted(lambda size: _chart(story, found, size), room, MAP_LOW, MAP_HIGH)
    return FigurePage(head, Figure(story.figure("priorities"), chart, caption), side=side, table=table)


def _title(story: Story) -> Phrases:
    words = story.words
    found = story.in_quadrant("improve")
    undecided = story.in_quadrant("undecided")
    total = len(story.drivers.drivers) if story.drivers else 0
    rest: Phrases = ()
    if len(undecided) > UNDECIDED_SHARE * total:
        rest = words.phrases(
            "priorities.title.undecided",
            count=words.counted(len(undecided)),
            total=words.counted(total),
            item=words("noun.item" if len(undecided) == 1 else "noun.item_s"),
        )
    if not found:
        return words.title(
            clauses.together(story, words.phrases("priorities.title.none"), rest),
            words.phrases("priorities.title.none"),
        )
    count = words.counted(len(found))
    names = words.listed([words.item(driver.item) for driver in found])
    noun = words("noun.item" if len(found) == 1 else "noun.item_s")
    named = words.phrases("priorities.title.names", count=count, names=names, item=noun)
    counted = words.phrases("priorities.title.count", count=count, item=noun)
    return words.title(clauses.together(story, named, rest), named, clauses.together(story, counted, rest))


def _subtitle(story: Story, found: DriverResults) -> str:
    words = story.words
    return words(
        "priorities.subtitle",
        outcome=words.outcome(found.outcome),
        count=words.counted(len(found.drivers)),
        wave=words.wave(found.wave),
    )


def _caption(story: Story, found: DriverResults) -> str:
    words = story.words
    return words(
        "priorities.caption",
        level=words.level,
        probability=_least(story),
        base=words.base(found.n, found.clusters),
        weighted=words.weighted,
    )


def _least(story: Story) -> str:
    return formatting.percent(story.study.drivers.probability if story.study.drivers else 0.8) + "%"


def _chart(story: Story, found: DriverResults, height: float) -> PriorityMap:
    words = story.words
    points = tuple(
        _point(story, driver) for driver in found.drivers if isinstance(driver.performance, Estimate)
    )
    across = [limit for p in points for limit in (p.x, p.x_low, p.x_high)] + [found.performance_line]
    upwards = [limit for p in points for limit in (p.y, p.y_low, p.y_high)] + [
        100 * found.importance_line,
        0.0,
    ]
    return PriorityMap(
        title=" ".join(_title(story)),
        points=points,
        x_axis=axis_around(across, formatting.number, pad=0.08),
        y_axis=axis_around(upwards, formatting.number),
        x_title=words("priorities.x"),
        y_title=words("priorities.y"),
        x_line=found.performance_line,
        y_line=100 * found.importance_line,
        x_line_label=words("priorities.mean", value=formatting.number(found.performance_line)),
        y_line_label=words("priorities.mean", value=formatting.percent(found.importance_line, 1)),
        improve=words("quadrant.improve"),
        keep=words("quadrant.keep"),
        minor=words("quadrant.minor"),
        maintain=words("quadrant.maintain"),
        height=height,
    )


def _point(story: Story, driver: Driver) -> MapPoint:
    performance, share = driver.performance, driver.share
    assert isinstance(performance, Estimate)  # noqa: S101 - the caller leaves out the others
    name = story.named(driver)
    return MapPoint(
        story.words.item(driver.item),
        performance.value,
        100 * share.value,
        MARKS[name],
        performance.low,
        performance.high,
        None if share.low is None else 100 * share.low,
        None if share.high is None else 100 * share.high,
        bold=name == "improve",
    )


# The list beside the map


def _side(story: Story, found: DriverResults) -> Side:
    words = story.words
    groups = []
    for quadrant in ("improve", "keep", "minor", "maintain", "undecided"):
        drivers = story.in_quadrant(quadrant)
        entries = tuple((_label(story, driver), _probability(driver)) for driver in drivers)
        if len(entries) > 1 and len(found.drivers) > MANY and quadrant not in ("improve", "keep"):
            entries = ((words("priorities.many", count=words.count(len(entries))), ""),)
        if entries:
            groups.append(SideGroup(MARKS[quadrant], words(f"quadrant.{quadrant}"), entries))
    note = words(
        "priorities.side_note",
        replicates=words.count(found.replicates),
        outcome=words.outcome(found.outcome),
        explained=words.share(found.r_squared),
        interval=words.shares_interval(found.r_squared),
    )
    return Side(words("priorities.side_head"), tuple(groups), note)


def _label(story: Story, driver: Driver) -> str:
    return measure.shortened(story.words.item(driver.item), theme.mm(40), theme.LABEL) + _flag(driver)


def _flag(driver: Driver) -> str:
    return "‡" if driver.direction == "conflicting" else ""


def _probability(driver: Driver) -> str:
    best = max(driver.quadrants.values(), default=0.0)
    sure = driver.quadrants.get(driver.quadrant, best) if driver.quadrant else best
    return formatting.probability(sure)


# The table


def _table(story: Story, found: DriverResults, rows: int) -> Table:
    """Return the table; where the page is too narrow, the dimension goes first, then the second outcome."""
    branches = any(story.branch_of(driver.item) for driver in found.drivers)
    for with_branch, other in ((branches, story.other_drivers), (False, story.other_drivers), (False, None)):
        table = _columns_and_rows(story, found, rows, with_branch=with_branch, other=other)
        if layout.natural(table) <= theme.FULL_WIDTH:
            break
    return layout.sized(table)


def _columns_and_rows(
    story: Story, found: DriverResults, rows: int, *, with_branch: bool, other: DriverResults | None
) -> Table:
    words = story.words
    interval = words("column.interval", level=words.level)
    columns = [Column(words("column.item"), right=False)]
    columns += [Column(words("column.dimension"), right=False)] if with_branch else []
    columns += [
        Column(words("column.importance"), tone="strong"),
        Column(interval, tone="quiet"),
        Column(words("column.rank"), tone="quiet"),
        Column(words("column.performance"), tone="strong"),
        Column(interval, tone="quiet"),
        Column(words("column.against_mean")),
    ]
    columns += [Column(words("column.other", outcome=words.outcome(other.outcome)))] if other else []
    columns += [Column(words("column.probability"), tone="quiet")] if len(found.drivers) > MANY else []
    columns.append(Column(words("column.verdict"), right=False))
    shares = {driver.item: driver for driver in other.drivers} if other else {}
    made = tuple(
        _row(story, driver, found, shares.get(driver.item), with_branch=with_branch, other=bool(other))
        for driver in found.drivers[:rows]
    )
    return Table(tuple(columns), made, _note(story, found, rows))


def _row(
    story: Story,
    driver: Driver,
    found: DriverResults,
    second: Driver | None,
    *,
    with_branch: bool,
    other: bool,
) -> Row:
    words, name = story.words, story.named(driver)
    branch = story.branch_of(driver.item)
    performance = driver.performance
    gap = (
        formatting.signed(performance.value - found.performance_line)
        if isinstance(performance, Estimate)
        else formatting.NONE
    )
    cells = [Cell(words.item(driver.item) + _flag(driver))]
    cells += [Cell(words.node(branch.id) if branch else formatting.NONE)] if with_branch else []
    cells += [
        Cell(words.share(driver.share)),
        Cell(words.shares_interval(driver.share)),
        Cell(formatting.interval(str(driver.rank_low), str(driver.rank_high))),
        Cell(words.score(performance)),
        Cell(words.scores_interval(performance)),
        Cell(gap),
    ]
    cells += [Cell(words.share(second.share) if second else formatting.NONE)] if other else []
    cells += [Cell(_probability(driver))] if len(found.drivers) > MANY else []
    cells.append(Cell(words(f"quadrant.{name}"), MARKS[name]))
    return Row(tuple(cells), "act" if name == "improve" else "plain")


def _note(story: Story, found: DriverResults, rows: int) -> str:
    words = story.words
    parts = [words("priorities.note", base=words.base(found.n, found.clusters), weighted=words.weighted)]
    parts += [
        words(f"warning.{key}", **{name: _warned(name, value) for name, value in values.items()})
        for key, values in found.warnings
        if key != "conflicting"
    ]
    if any(driver.direction == "conflicting" for driver in found.drivers):
        parts.append(words("priorities.conflicting"))
    weak = sum(not driver.probe for driver in found.drivers)
    if weak:
        parts.append(words("priorities.probe", count=words.count(weak)))
    if rows < len(found.drivers):
        parts.append(words("priorities.left_out", count=words.count(len(found.drivers) - rows)))
    if found.dropped:
        names = words.joined([words.item(item) for item, _ in found.dropped])
        parts.append(words("priorities.dropped", names=names))
    return (" " if words.language == "en" else "").join(parts)


def _warned(name: str, value: float) -> str:
    """Return a value of a warning as text: shares in per cent, counts whole, the rest with two decimals."""
    if name in ("share", "probability"):
        return formatting.percent(value)
    return formatting.number(value, 0 if float(value).is_integer() else 2)
