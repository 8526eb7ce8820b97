"""The summary page: it stands alone, so every block carries its own base and verdict."""

from __future__ import annotations

from report_templates import formatting, theme
from report_templates.context import clauses, layout
from report_templates.context.cover import MOST_FIGURES, trend_chart
from report_templates.context.decision_table import decision_table
from report_templates.context.findings import TEXT_WIDTH, findings
from report_templates.context.first_step import first_step
from report_templates.context.model import (
    Answer,
    Figure,
    Finding,
    Phrases,
    SummaryPage,
)
from report_templates.context.parts import page_head, rate
from report_templates.context.score_chart import score_forest, score_rows
from report_templates.context.story import Story
from report_templates.context.tiles import tiles

ROW_LOW, ROW_HIGH = 15.6, 34.0
MOST_ROWS = 9
STRIP_LOW, STRIP_HIGH = 92.0, 330.0
MOST_FILLED = theme.mm(253)
"""The summary may run lower than other pages: nothing on it can move elsewhere."""


def summary(story: Story) -> SummaryPage:
    """Return the summary page; the strip takes the height that the words leave."""
    words = story.words
    head = page_head(story, "summary", _title(story), _subtitle(story))
    found, answer = findings(story), first_step(story)
    decisions = decision_table(story)
    reading, reading_head = _reading(story), words("summary.reading_head")
    fixed = layout.stacked(
        layout.head(head.title, words.language, head.subtitle),
        _answer_height(answer),
        theme.mm(34),
        theme.mm(6.6) + sum(_finding_height(finding) for finding in found),
        theme.mm(3.2) + layout.lines(f"{reading_head}\u3000{reading}", theme.mm(168), 8.5) * theme.pt(13),
        theme.mm(6.5),
    )
    while decisions and fixed + layout.table(decisions) + layout.GAP + STRIP_LOW + theme.mm(6) > MOST_FILLED:
        decisions = decision_table(story, len(decisions.rows) - 1)
    fixed += layout.table(decisions) + layout.GAP if decisions else 0.0
    room = max(layout.FULL - fixed, min(STRIP_LOW + theme.mm(6), MOST_FILLED - fixed))
    strip_head, strip = _strip(story, room)
    return SummaryPage(
        head=head,
        answer=answer,
        tiles=tiles(story),
        strip_head=strip_head,
        strip=strip,
        findings_head=words("summary.findings", count=formatting.capital(words.counted(len(found)))),
        findings=found,
        decisions=decisions,
        reading_head=reading_head,
        reading=reading,
    )


def _answer_height(answer: Answer | None) -> float:
    if answer is None:
        return 0.0
    # Half of the sentence is bold; measured as if all of it were.
    return layout.lines(answer.sentence("en"), theme.FULL_WIDTH, 11, bold=True) * theme.pt(15)


def _finding_height(finding: Finding) -> float:
    lines = layout.lines(finding.head, theme.mm(142), 11, bold=True)
    return theme.mm(3.6) + theme.pt(14) * (lines + layout.lines(finding.text, TEXT_WIDTH, 9.5))


def _title(story: Story) -> Phrases:
    words, moved = story.words, clauses.change_of_index(story)
    target, repair = clauses.against_target(story), clauses.repair_first(story)
    last = repair or clauses.nothing_first(story)
    counted = clauses.repair_first(story, named=False) or clauses.nothing_first(story, why=False)
    # Why nothing is put first says more than the target does, where there is no room for both.
    reason = (clauses.together(story, moved, last, stop=True),) if story.blocked else ()
    return words.title(
        clauses.together(story, moved, target, last, stop=bool(last)),
        *reason,
        clauses.together(story, moved, target, counted, stop=bool(counted)),
        clauses.together(story, moved, last or target, stop=bool(last)),
        clauses.together(story, moved, counted or target, stop=bool(counted)),
        clauses.together(story, moved, target),
        moved,
    )


def _subtitle(story: Story) -> str:
    words = story.words
    population = story.study.population
    whom = words.within(words.prose(population)) if population else words.prose(story.study.organisation)
    if words.previous is None:
        return words("summary.subtitle_first", wave=words.wave(story.results.wave), whom=whom)
    return words(
        "summary.subtitle",
        wave=words.wave(story.results.wave),
        previous=words.wave(words.previous),
        whom=whom,
    )


def _strip(story: Story, room: float) -> tuple[str, Figure]:
    """Return the chart between tiles and findings: the series, or the scores of a first wave."""
    words, waves = story.words, len(story.results.trend)
    if waves < 2:
        return words("summary.scores_head"), _scores_strip(story, room)
    target = words("caption.target") if story.study.reporting.target is not None else ""
    caption = words(
        "summary.strip",
        level=words.level,
        target=target,
        weighted=words.weighted,
        figure=story.figure("trend"),
    )
    size = max(STRIP_LOW, min(STRIP_HIGH, room - layout.caption(caption)))
    chart = trend_chart(story, style="page", chart_height=size, figures=waves <= MOST_FIGURES)
    return words("summary.strip_head", count=words.counted(waves)), Figure("", chart, caption)


def _scores_strip(story: Story, room: float) -> Figure:
    words = story.words
    caption = words("summary.scores", level=words.level, base=words.base(), weighted=words.weighted)
    room -= layout.caption(caption)
    most = MOST_ROWS
    while most > 3 and layout.height(score_forest(story, score_rows(story, most), ROW_LOW)) > room:
        most -= 1
    rows = score_rows(story, most)
    return Figure(
        "", layout.fitted(lambda size: score_forest(story, rows, size), room, ROW_LOW, ROW_HIGH), caption
    )


def _reading(story: Story) -> str:
    words = story.words
    key = "summary.reading" if words.previous else "summary.reading_first"
    return words(key, level=words.level, base=words.base(), weighted=words.weighted, rate=rate(story))
