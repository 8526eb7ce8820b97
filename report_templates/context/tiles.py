"""The headline figures: each with its interval, its change and the verdict on it, in the same order."""

from __future__ import annotations

from analysis.results import Comparison, OutcomeResult
from report_templates import formatting
from report_templates.context import clauses, verdicts
from report_templates.context.model import (
    Cell,
    Tile,
)
from report_templates.context.parts import outcome_figures
from report_templates.context.story import Story


def tiles(story: Story) -> tuple[Tile, ...]:
    """Return the tiles: the index, up to two outcomes, and the response rate or the base."""
    made = [_index_tile(story)]
    made += [_outcome_tile(story, outcome) for outcome in story.tile_outcomes]
    made.append(_response_tile(story))
    return tuple(made)


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


def _response_tile(story: Story) -> Tile:
    words, quality = story.words, story.results.quality
    if quality.response_rate is None or quality.invited is None:
        return Tile(
            words("tile.n"),
            words.count(quality.n),
            "",
            words("tile.n_effective", n=formatting.number(quality.n_effective, 0)),
            Cell(
                words("clusters", n=words.count(quality.clusters), cluster=words.cluster)
                if words.cluster
                else ""
            ),
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
    counted = {wave.wave: wave.n for wave in story.results.trend}
    if before is None or before.invited is None or before.id not in counted:
        return Cell("")
    change = rate - counted[before.id] / before.invited
    label = words("against_wave", wave=words.prior)
    return Cell(f"{label} {words('tile.percentage_points', value=formatting.signed_percent(change, 1))}")
