"""What better scores go with: the items to improve first, then those with the largest gains.

All of it is association: a gain is what people who rate an item higher show, never a promise. Rows whose gain
is not clear are hollow and grey. Nothing is moved beyond what the best group shows today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.whatif_results import OutcomeModel, Scenario, WhatIf
from report_templates import formatting, theme
from report_templates.context import clauses, layout
from report_templates.context.gains import (
    all_together,
    effects,
    gains_of,
    has_groups,
    headline,
    improve_items,
    moves_index,
    outcomes,
    step_of,
)
from report_templates.context.model import Figure, FigurePage, Phrases, Table
from report_templates.context.parts import page_head
from report_templates.context.story import Story
from report_templates.context.what_if_chart import effect_chart
from report_templates.context.what_if_notes import remarks
from report_templates.context.what_if_table import cheapest, each_point, levels

ROW_LOW, ROW_HIGH = 22.0, 44.0
MOST_TABLES = 2
LEAST_LEVELS = 4
"""Outcomes that the table keeps where the figure has more rows than fit."""


@dataclass(frozen=True, slots=True)
class _Below:
    """What stands under the figure: tables one under another, or two side by side with a note."""

    tables: tuple[Table, ...] = ()
    halves: tuple[Table, ...] = ()
    note: str = ""

    @property
    def height(self) -> float:
        """Its height with the gap above, 0 without anything."""
        side = max((layout.table(each, layout.HALF_WIDTH) for each in self.halves), default=0.0)
        side += layout.caption(self.note) + theme.mm(1.4) if self.note else 0.0
        inside = layout.stacked(*(layout.table(each) for each in self.tables), side)
        return inside + layout.GAP if inside else 0.0


def what_if_page(story: Story) -> FigurePage:
    """Return the page; the figure takes the height that the words and the tables leave."""
    words, what_if = story.words, story.what_if
    assert what_if is not None  # noqa: S101 - the page exists only with gains
    scenario, models = headline(story, what_if), outcomes(story, what_if)
    head = page_head(story, "what_if", _title(story, what_if, scenario), _subtitle(story, what_if, scenario))
    callouts = remarks(story, what_if, scenario)
    every, total = effects(story, what_if), all_together(story, what_if)
    fixed = layout.head(head.title, words.language, head.subtitle) + layout.callouts(callouts) + layout.GAP

    def figure(shown: int, size: float) -> Figure:
        rows = (*every[:shown], total) if total else every[:shown]
        chart = effect_chart(story, what_if, models, rows, size, words.sentence(head.title))
        caption = _caption(story, what_if, models, len(every) - shown)
        return Figure(story.figure("what_if"), chart, caption)

    def left(made: Figure, below: _Below) -> float:
        return layout.FULL - fixed - layout.caption(made.caption) - layout.height(made.chart) - below.height

    # The figure first gives up outcomes of the table below it, then its own last rows.
    options = _below(story, what_if, scenario)
    shown, least = len(every), max(1, len(improve_items(story)))
    while left(figure(shown, ROW_LOW), options[0]) < 0 and (len(options) > 1 or shown > least):
        if len(options) > 1:
            del options[0]
        else:
            shown -= 1
    below, made = options[0], figure(shown, ROW_LOW)
    room = left(made, below) + layout.height(made.chart)
    made = replace(made, chart=layout.fitted(lambda size: figure(shown, size).chart, room, ROW_LOW, ROW_HIGH))
    more = replace(below, tables=(*below.tables, each_point(story, what_if)))
    if not below.halves and len(more.tables) <= MOST_TABLES and left(made, more) >= 0:
        below = more
    first, second = (*below.tables, None, None)[:MOST_TABLES]
    return FigurePage(
        head,
        made,
        table=first,
        second_table=second,
        halves=below.halves,
        halves_note=below.note,
        callouts=callouts,
    )


def _below(story: Story, what_if: WhatIf, scenario: Scenario | None) -> list[_Below]:
    """Return what may stand under the figure, most outcomes first.

    Where the study declares costs, the cheapest way stands beside the levels.
    """
    way = cheapest(story, what_if.cheapest) if what_if.cheapest else None
    if scenario is None:
        return [_Below((way,) if way else ())]
    every = [levels(story, what_if, scenario, most, narrow=bool(way)) for most in _most_levels(what_if)]
    if way is None:
        return [_Below((table,)) for table in every]
    return [
        _Below(
            halves=(replace(table, note=""), replace(way, note="")),
            note=story.words.run_on(table.note, way.note),
        )
        for table in every
    ]


def _most_levels(what_if: WhatIf) -> range:
    """Return how many outcomes the table may have, most first."""
    return range(len(what_if.outcomes), min(LEAST_LEVELS, len(what_if.outcomes)) - 1, -1)


def _title(story: Story, what_if: WhatIf, scenario: Scenario | None) -> Phrases:
    words = story.words
    if scenario is None:
        return _title_of_the_best(story, what_if)
    first, *others = gains_of(story, what_if, scenario)
    names = [words.within(words.item(move.item)) for move in scenario.moves]
    step = step_of(what_if)
    named = words.phrases("what_if.title.names", names=words.listed(names), step=step)
    counted = (
        named
        if len(names) == 1
        else words.phrases("what_if.title.many", count=words.counted(len(names)), step=step)
    )
    gain = words.phrases(
        f"what_if.gain.{first.way}", outcome=words.within(words.outcome(first.outcome)), value=first.size
    )
    seconds = [
        words.phrases(
            f"what_if.second.{other.way}",
            outcome=words.within(words.outcome(other.outcome)),
            value=other.size,
        )
        for other in others
    ]
    both = clauses.together(story, gain, *seconds)
    leads = [(formatting.capital(lead[0]), *lead[1:]) for lead in (named, counted)]
    return words.title(*((*lead, *rest) for lead in leads for rest in (both, gain)))


def _title_of_the_best(story: Story, what_if: WhatIf) -> Phrases:
    """Say the largest clear gain of one item, where none is to be improved first."""
    words, step = story.words, step_of(what_if)
    main = outcomes(story, what_if)[0]
    outcome = words.within(words.outcome(main.outcome))
    clear = [e for e in effects(story, what_if) if e.main.way != "unclear" and e.main.good]
    if not clear:
        lead = words.phrases("what_if.title.none", step=step, outcome=outcome)
        return words.title((formatting.capital(lead[0]), *lead[1:]))
    lead = words.phrases("what_if.title.best", step=step)
    gain = words.phrases("what_if.gain.best", outcome=outcome, value=clear[0].main.size)
    return words.title((formatting.capital(lead[0]), *lead[1:], *gain))


def _subtitle(story: Story, what_if: WhatIf, scenario: Scenario | None) -> str:
    words, wave = story.words, story.words.wave(what_if.wave)
    if scenario is None:
        return words("what_if.subtitle_plain", step=step_of(what_if), level=words.level, wave=wave)
    said = [
        words(
            f"what_if.interval.{gain.unit}",
            outcome=words.within(words.outcome(gain.outcome)),
            interval=gain.interval,
        )
        for gain in gains_of(story, what_if, scenario)
    ]
    intervals = ("，" if words.language == "zh" else ", ").join(said)
    return words("what_if.subtitle", level=words.level, intervals=intervals, wave=wave)


def _caption(story: Story, what_if: WhatIf, models: tuple[OutcomeModel, ...], left_out: int) -> str:
    words, improve = story.words, len(improve_items(story))
    names = [words.within(words.outcome(model.outcome)) for model in models]
    key = "gain" if not improve else "improve_one" if improve == 1 else "improve"
    order = words(f"what_if.order.{key}", count=words.counted(improve))
    if left_out:
        order += words("what_if.left_out", count=words.counted(left_out))
    listed = formatting.joined(names, words.language)
    made = "index" if moves_index(what_if) else "outcomes"
    return words(
        "what_if.caption",
        step=step_of(what_if),
        limit=words(f"what_if.limit.{'groups' if has_groups(what_if) else 'scale'}"),
        made=words(f"what_if.made.{made}", outcomes=listed),
        replicates=words.count(story.results.provenance.replicates),
        order=order,
        base=words.base(models[0].n, models[0].clusters),
        weighted=words.weighted,
    )
