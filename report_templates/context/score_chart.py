"""Scores with their intervals as one chart: what a first wave has instead of a trend."""

from __future__ import annotations

from analysis.results import Estimate
from report_templates import formatting
from report_templates.charts.axis import axis_around
from report_templates.charts.forest import Column as ForestColumn
from report_templates.charts.forest import Forest, ForestRow
from report_templates.context import clauses
from report_templates.context.story import Story


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
        title=words.sentence(clauses.change_of_index(story)),
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
