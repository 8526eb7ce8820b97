"""The table under the priority map: every driver with its importance for both outcomes and its score.

Importance for the second outcome is a model of its own on the same items, so it has a base and a fit of
its own, which the note states. Where the page is too narrow, lesser columns give way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.results import Driver, DriverResults, Estimate
from report_templates import formatting
from report_templates.charts.marks import Mark
from report_templates.context import layout
from report_templates.context.model import Cell, Column, Row, Table
from report_templates.context.priority_lines import from_line
from report_templates.context.story import Story

Field = tuple[Column, Callable[[Driver], Cell]]
"""A column of the table, and what it says of a driver."""
MANY = 12
"""With more drivers than this, probabilities stand in the table instead of the list."""
# Which columns are left out, least missed first. The distance from a target, and a gap that the study asks
# for, are findings; the distance from a mean can be read off.
_WAYS = ((), ("gap",), ("gap", "branch"), ("gap", "branch", "interval"))
_FURTHER_WAYS = (
    *((), ("branch",), ("branch", "interval"), ("branch", "gap"), ("branch", "gap", "interval")),
    *(("branch", "second"), ("branch", "second", "gap")),
)
MARKS: dict[str, Mark] = {
    "improve": "worse",
    "keep": "better",
    "minor": "decided",
    "maintain": "decided",
    "undecided": "same",
}


def flag(driver: Driver) -> str:
    """Return the sign of a driver that points both ways."""
    return "‡" if driver.direction == "conflicting" else ""


def probability(driver: Driver) -> str:
    """Return how often a driver fell into its quadrant, or into the best one."""
    best = max(driver.quadrants.values(), default=0.0)
    sure = driver.quadrants.get(driver.quadrant, best) if driver.quadrant else best
    return formatting.probability(sure)


def priority_table(story: Story, found: DriverResults, rows: int) -> Table:
    """Return the table with the second outcome beside the first; lesser columns give way to it.

    Of ``_WAYS`` to leave columns out the first is taken that breaks no name, else the one that breaks fewest.
    """
    usual = found.lines == "means" and not with_gaps(story)
    tables = (_table(story, found, rows, without) for without in (_WAYS if usual else _FURTHER_WAYS))
    chosen = next(tables)
    for table in tables:
        if layout.spare(chosen) >= 0:
            break
        chosen = max(chosen, table, key=layout.spare)
    return layout.sized(chosen)


def _table(story: Story, found: DriverResults, rows: int, without: Sequence[str]) -> Table:
    fields = _fields(story, found, without)
    made = tuple(
        Row(
            tuple(cell(driver) for _, cell in fields),
            "act" if story.named(driver) == "improve" else "plain",
        )
        for driver in found.drivers[:rows]
    )
    note = _note(story, found, rows, second="second" not in without)
    return Table(tuple(column for column, _ in fields), made, note)


def _fields(story: Story, found: DriverResults, without: Sequence[str]) -> list[Field]:
    """Return the columns, each with what it says of a driver."""
    words, other = story.words, story.other_drivers
    interval = words("column.interval", level=words.level)
    fields = [_item_field(story)]
    if "branch" not in without and any(story.branch_of(driver.item) for driver in found.drivers):
        fields.append(_branch_field(story))
    fields += _importance_fields(story, found, interval)
    if other and "second" not in without:
        fields += _second_fields(story, other, "" if "interval" in without else interval)
    fields += _performance_fields(story, interval)
    if with_gaps(story):
        fields += _gap_fields(story, narrow="gap" in without)
    elif "gap" not in without:
        fields.append(_line_field(story, found))
    if len(found.drivers) > MANY:
        head = Column(words("column.probability"), tone="quiet")
        fields.append((head, lambda driver: Cell(probability(driver))))
    return [*fields, _verdict_field(story)]


def _item_field(story: Story) -> Field:
    words = story.words
    head = Column(words("column.item"), right=False)
    return head, lambda driver: Cell(words.item(driver.item) + flag(driver))


def _branch_field(story: Story) -> Field:
    words = story.words

    def cell(driver: Driver) -> Cell:
        branch = story.branch_of(driver.item)
        return Cell(words.node(branch.id) if branch else formatting.NONE)

    return Column(words("column.dimension"), right=False), cell


def _importance_fields(story: Story, found: DriverResults, interval: str) -> list[Field]:
    words = story.words
    head = Column(words("column.share"), tone="strong", span=_for_outcome(story, found), spans=3)
    return [
        (head, lambda driver: Cell(words.share(driver.share))),
        (Column(interval, tone="quiet"), lambda driver: Cell(words.shares_interval(driver.share))),
        (
            Column(words("column.rank"), tone="quiet"),
            lambda driver: Cell(formatting.interval(str(driver.rank_low), str(driver.rank_high))),
        ),
    ]


def _second_fields(story: Story, other: DriverResults, interval: str) -> list[Field]:
    """Return importance for the second outcome, which is another model of the same items."""
    words = story.words
    shares = {driver.item: driver.share for driver in other.drivers}

    def cell(write: Callable[[Estimate], str]) -> Callable[[Driver], Cell]:
        return lambda driver: Cell(write(shares[driver.item]) if driver.item in shares else formatting.NONE)

    head, spans = _for_outcome(story, other), 2 if interval else 1
    fields = [(Column(words("column.share"), span=head, spans=spans), cell(words.share))]
    if interval:
        fields.append((Column(interval, tone="quiet"), cell(words.shares_interval)))
    return fields


def _for_outcome(story: Story, found: DriverResults) -> str:
    words = story.words
    return words("column.for_outcome", outcome=words.within(words.outcome(found.outcome)))


def _performance_fields(story: Story, interval: str) -> list[Field]:
    words = story.words
    head = Column(words("column.score"), tone="strong", span=words("column.performance"), spans=2)
    return [
        (head, lambda driver: Cell(words.score(driver.performance))),
        (Column(interval, tone="quiet"), lambda driver: Cell(words.scores_interval(driver.performance))),
    ]


def with_gaps(story: Story) -> bool:
    """Whether the study wants importance less performance on the page as well."""
    return story.study.drivers is not None and story.study.drivers.map == "gaps"


def _gap_fields(story: Story, *, narrow: bool) -> list[Field]:
    """Return importance less performance, both on 0–100, and its rank if there is room."""
    words = story.words

    def gap(driver: Driver) -> Cell:
        return Cell(formatting.NONE if driver.gap is None else formatting.signed(driver.gap.gap.value, 0))

    def ranks(driver: Driver) -> Cell:
        if driver.gap is None:
            return Cell(formatting.NONE)
        return Cell(formatting.interval(str(driver.gap.rank_low), str(driver.gap.rank_high)))

    head = Column(words("column.gap"), span=words("column.gap_span"), spans=1 if narrow else 2)
    fields: list[Field] = [(head, gap)]
    return fields if narrow else [*fields, (Column(words("column.rank"), tone="quiet"), ranks)]


def _line_field(story: Story, found: DriverResults) -> Field:
    def cell(driver: Driver) -> Cell:
        distance = from_line(found, driver)
        return Cell(formatting.NONE if distance is None else formatting.signed(distance))

    return Column(story.words(f"column.against.{found.lines}")), cell


def _verdict_field(story: Story) -> Field:
    words = story.words

    def cell(driver: Driver) -> Cell:
        name = story.named(driver)
        return Cell(words(f"quadrant.{name}"), MARKS[name])

    return Column(words("column.verdict"), right=False), cell


def _note(story: Story, found: DriverResults, rows: int, *, second: bool) -> str:
    words = story.words
    parts = [words("priorities.note", base=words.base(found.n, found.clusters), weighted=words.weighted)]
    if with_gaps(story) and found.performance_line is None:
        parts.append(words("priorities.gap"))
    if second and story.other_drivers:
        parts.append(_second_note(story, story.other_drivers))
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
        names = words.joined([words.within(words.item(item)) for item, _ in found.dropped])
        parts.append(words("priorities.dropped", names=names))
    return (" " if words.language == "en" else "").join(parts)


def _second_note(story: Story, other: DriverResults) -> str:
    words = story.words
    return words(
        "priorities.second",
        outcome=words.within(words.outcome(other.outcome)),
        base=words.base(other.n, other.clusters),
        explained=words.share(other.r_squared),
        interval=words.shares_interval(other.r_squared),
    )


def _warned(name: str, value: float) -> str:
    """Return a value of a warning as text: shares in per cent, counts whole, the rest with two decimals."""
    if name in ("share", "probability"):
        return formatting.percent(value)
    return formatting.number(value, 0 if float(value).is_integer() else 2)
