"""What to repair first: importance against performance, and how sure each place in the map is.

Importance is association, never cause. An item is named in a quadrant only with the declared
probability; the others are drawn hollow and called undecided.
"""

from __future__ import annotations

from analysis.priority_parts import UNDECIDED_SHARE
from analysis.results import Driver, DriverResults, Estimate
from report_templates import formatting, measure, theme
from report_templates.charts.priority_map import MapPoint, PriorityMap
from report_templates.context import check_words, clauses, layout
from report_templates.context.model import (
    Figure,
    FigurePage,
    Phrases,
    Side,
    SideGroup,
)
from report_templates.context.parts import page_head
from report_templates.context.priority_lines import divided, equal_gaps, line_of, rule, score_axis, share_axis
from report_templates.context.priority_table import MANY, MARKS, flag, priority_table, probability, with_gaps
from report_templates.context.story import Story

LABEL_ROOM = 0.2
"""Share of the range of scores left free at the right of the map, where most labels want to stand."""
MAP_LOW, MAP_HIGH = 300.0, 560.0
MOST_FILLED = theme.mm(251)
"""The page may run lower than others rather than leave a driver out of its table."""


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
    # Points too close to be labelled are named in a key below the map, as high as it needs to be.
    least = max(layout.height(_chart(story, found, MAP_LOW)) + under, layout.side(side))
    rows = len(found.drivers)
    table = priority_table(story, found, rows)
    while rows > 5 and fixed + layout.table(table) + least > MOST_FILLED:
        rows -= 1
        table = priority_table(story, found, rows)
    room = layout.FULL - fixed - layout.table(table) - under
    chart = _fitted(story, found, max(MAP_LOW, min(MAP_HIGH, room)))
    return FigurePage(head, Figure(story.figure("priorities"), chart, caption), side=side, table=table)


def _fitted(story: Story, found: DriverResults, room: float) -> PriorityMap:
    """Return the map ``room`` high with the key below it; it is drawn once unless there is a key."""
    chart = _chart(story, found, room)
    key = layout.height(chart) - room
    return _chart(story, found, max(MAP_LOW, room - key)) if key > 0 else chart


def _title(story: Story) -> Phrases:
    words = story.words
    if story.blocks:
        reason = check_words.reason(words, story.blocks[0])
        return words.title(
            words.phrases("priorities.title.blocked", why=reason),
            words.phrases("priorities.title.blocked_bare"),
        )
    found = story.in_quadrant("improve")
    if not found:
        none = _unclear(story, "unclear") or words.phrases("priorities.title.none")
        return words.title(clauses.together(story, none))
    rest = _unclear(story, "beyond")
    count = words.counted(len(found))
    names = words.listed([words.within(words.item(driver.item)) for driver in found])
    noun = words("noun.item" if len(found) == 1 else "noun.item_s")
    named = words.phrases("priorities.title.names", count=count, names=names, item=noun)
    counted = words.phrases("priorities.title.count", count=count, item=noun)
    # Names give way before doubt does: they stand beside the map as well.
    return words.title(clauses.together(story, named, rest), clauses.together(story, counted, rest), named)


def _unclear(story: Story, key: str) -> Phrases:
    """Return that there are no clear priorities, or none beyond those named; nothing where most are clear."""
    words, undecided = story.words, story.in_quadrant("undecided")
    total = len(story.drivers.drivers) if story.drivers else 0
    if len(undecided) <= UNDECIDED_SHARE * total:
        return ()
    return words.phrases(
        f"priorities.title.{key}",
        count=words.counted(len(undecided)),
        total=words.counted(total),
        item=words("noun.item" if total == 1 else "noun.item_s"),
    )


def _subtitle(story: Story, found: DriverResults) -> str:
    words = story.words
    return words(
        "priorities.subtitle",
        outcome=words.within(words.outcome(found.outcome)),
        count=words.counted(len(found.drivers)),
        wave=words.wave(found.wave),
        divided=divided(words, found),
    )


def _caption(story: Story, found: DriverResults) -> str:
    words = story.words
    key = "priorities.caption_blocked" if story.blocked else "priorities.caption"
    equal = with_gaps(story) and found.performance_line is not None
    told = words(
        key,
        level=words.level,
        lines=rule(words, found),
        probability=_least(story),
        base=words.base(found.n, found.clusters),
        weighted=words.weighted,
    )
    return words.run_on(told, words("priorities.equal_gaps")) if equal else told


def _least(story: Story) -> str:
    return formatting.percent(story.study.drivers.probability if story.study.drivers else 0.8) + "%"


def _chart(story: Story, found: DriverResults, height: float) -> PriorityMap:
    words = story.words
    points = tuple(
        _point(story, found, driver, driver.performance)
        for driver in found.drivers
        if isinstance(driver.performance, Estimate)
    )
    across = [limit for p in points for limit in (p.x, p.x_low, p.x_high) if limit is not None]
    upwards = [limit for p in points for limit in (p.y, p.y_low, p.y_high) if limit is not None]
    own = found.performance_line is None
    line = found.performance_line or 0.0
    x_axis, y_axis = score_axis(found, across, LABEL_ROOM), share_axis(found, upwards)
    return PriorityMap(
        title=words.sentence(_title(story)),
        points=points,
        x_axis=x_axis,
        y_axis=y_axis,
        x_title=words("priorities.x_own" if own else "priorities.x"),
        y_title=words("priorities.y"),
        x_line=line,
        y_line=100 * found.importance_line,
        x_line_label=words(
            "priorities.at.own" if own else f"priorities.at.{found.lines}", value=formatting.number(line)
        ),
        y_line_label=words("priorities.at.means", value=formatting.percent(found.importance_line, 1)),
        improve=_quadrant(story, "improve"),
        keep=_quadrant(story, "keep"),
        minor=_quadrant(story, "minor"),
        maintain=_quadrant(story, "maintain"),
        height=height,
        isolines=equal_gaps(words, found, x_axis, y_axis) if with_gaps(story) else (),
    )


def _quadrant(story: Story, name: str) -> str:
    """Return the name of a quadrant; empty where the page is not for decisions."""
    return "" if story.blocked else story.words(f"quadrant.{name}")


def _point(story: Story, found: DriverResults, driver: Driver, performance: Estimate) -> MapPoint:
    """Return a driver on the map: at its score, or at its distance from a target of its own."""
    share = driver.share
    name = story.named(driver)
    zero = (line_of(found, driver) or 0.0) if found.performance_line is None else 0.0
    return MapPoint(
        story.words.item(driver.item),
        performance.value - zero,
        100 * share.value,
        MARKS[name],
        None if performance.low is None else performance.low - zero,
        None if performance.high is None else performance.high - zero,
        None if share.low is None else 100 * share.low,
        None if share.high is None else 100 * share.high,
        bold=name == "improve",
    )


# The list beside the map


def _side(story: Story, found: DriverResults) -> Side:
    words = story.words
    if story.blocks:
        return _why_blocked(story)
    groups = []
    for quadrant in ("improve", "keep", "minor", "maintain", "undecided"):
        drivers = story.in_quadrant(quadrant)
        entries = tuple((_label(story, driver), probability(driver)) for driver in drivers)
        if len(entries) > 1 and len(found.drivers) > MANY and quadrant not in ("improve", "keep"):
            entries = ((words("priorities.many", count=words.count(len(entries))), ""),)
        if entries:
            groups.append(SideGroup(MARKS[quadrant], words(f"quadrant.{quadrant}"), entries))
    note = words(
        "priorities.side_note",
        replicates=words.count(found.replicates),
        outcome=words.within(words.outcome(found.outcome)),
        explained=words.share(found.r_squared),
        interval=words.shares_interval(found.r_squared),
    )
    return Side(words("priorities.side_head"), tuple(groups), note)


def _why_blocked(story: Story) -> Side:
    """Return why nothing on this page is for decisions, and what to do, in place of the quadrants."""
    words = story.words
    told = [
        words("priorities.blocked", name=check_words.name(words, check), told=check_words.told(words, check))
        for check in story.blocks
    ]
    return Side(words("priorities.blocked_head"), (), words.run_on(*told))


def _label(story: Story, driver: Driver) -> str:
    return measure.shortened(story.words.item(driver.item), theme.mm(40), theme.LABEL) + flag(driver)
