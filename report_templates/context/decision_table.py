"""What is to be decided: declared actions, who does them until when, and what the better score goes with."""

from __future__ import annotations

from collections.abc import Callable

from analysis.results import Driver, NodeResult
from report_templates import formatting
from report_templates.context import layout
from report_templates.context.gains import effects, outcomes, step_of
from report_templates.context.model import Cell, Column, Row, Table
from report_templates.context.story import MOST_DECISIONS, Story
from survey.study import Action

Decision = tuple[Action, Driver | None, NodeResult | None]
Field = tuple[Column, Callable[[Decision], Cell]]
"""A column of figures, and what it says of an action."""


def decision_table(story: Story, most: int = MOST_DECISIONS) -> Table | None:
    """Return the first ``most`` actions; ``None`` where the study declares none for what was found.

    The figures are the gain in the main outcome with its interval or, where there is none, importance and
    score.
    """
    words, decisions = story.words, story.decisions[:most]
    if not decisions:
        return None
    fields, note = _gains(story) or _standing(story)
    rows = tuple(
        Row(
            (
                Cell(words.item(decision[0].item)),
                Cell(words.prose(decision[0].what)),
                # The owner stays whole, so that a narrow cell breaks before the date.
                Cell(f"{words.label(decision[0].owner).replace(' ', formatting.NO_BREAK)} {decision[0].due}"),
                *(cell(decision) for _, cell in fields),
            )
        )
        for decision in decisions
    )
    columns = (
        Column(words("column.improve"), right=False, tone="strong"),
        Column(words("column.what"), right=False),
        Column(words("column.owner"), right=False, fold=words.language == "en"),
        *(column for column, _ in fields),
    )
    head = words("summary.decisions", count=words.counted(len(rows)), s="" if len(rows) == 1 else "s")
    return layout.sized(Table(columns, rows, note, head))


def _gains(story: Story) -> tuple[list[Field], str] | None:
    """Return what five points more go with; nothing where that is not known."""
    words, what_if = story.words, story.what_if
    if what_if is None:
        return None
    model, found = outcomes(story, what_if)[0], {e.item: e.main for e in effects(story, what_if)}
    outcome = words.outcome(model.outcome)
    head = words(f"column.gain.{model.unit}", outcome=outcome)

    def value(decision: Decision) -> Cell:
        gain = found.get(decision[0].item)
        return Cell(gain.value, gain.mark) if gain else Cell(formatting.NONE)

    def interval(decision: Decision) -> Cell:
        gain = found.get(decision[0].item)
        return Cell(gain.interval if gain else formatting.NONE)

    note = words(
        "summary.decisions_gains",
        outcome=words.within(outcome),
        step=step_of(what_if),
        figure=story.figure("what_if"),
    )
    fields: list[Field] = [
        (Column(head, tone="strong"), value),
        (Column(words("column.interval", level=words.level), tone="quiet"), interval),
    ]
    return fields, note


def _standing(story: Story) -> tuple[list[Field], str]:
    words = story.words

    def importance(decision: Decision) -> Cell:
        return Cell(words.share(decision[1].share) if decision[1] else formatting.NONE)

    def score(decision: Decision) -> Cell:
        _, driver, node = decision
        if node:
            return Cell(words.score(node.score))
        return Cell(words.score(driver.performance) if driver else formatting.NONE)

    note = words("summary.decisions_note", figure=story.figure("priorities"))
    fields: list[Field] = [
        (Column(words("column.importance")), importance),
        (Column(words("column.score"), tone="strong"), score),
    ]
    return fields, note
