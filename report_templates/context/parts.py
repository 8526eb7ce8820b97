"""Parts that several pages share: the head of a page, the figures of an outcome, the error rate."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.results import OutcomeResult
from report_templates import formatting, measure
from report_templates.context.model import (
    Head,
    PageName,
    Phrases,
)
from report_templates.context.story import Story

_LONGEST_NAME = 10.0
"""Widest name of a weight set, in em."""


def page_head(story: Story, name: PageName, title: Phrases, subtitle: str) -> Head:
    """Return the head of a page."""
    number = story.page_number(name)
    return Head(name, number, story.page_name(name), title, subtitle)


@dataclass(frozen=True, slots=True)
class OutcomeFigures:
    """An outcome's figures as text, in the decimals of its unit."""

    value: str
    interval: str
    change: str


def outcome_figures(story: Story, outcome: OutcomeResult) -> OutcomeFigures:
    """Return the figures of an outcome as text: shares in per cent, the rest in points."""
    words, now = story.words, outcome.series[-1]
    if outcome.unit == "share":
        return OutcomeFigures(
            words.share(now, 1), words.shares_interval(now, 1), words.share_change(outcome.change, 1)
        )
    return OutcomeFigures(words.score(now), words.scores_interval(now), words.change(outcome.change))


def rate(story: Story) -> str:
    """Return the false discovery rate as printed: ``5%``."""
    return formatting.percent(story.study.reporting.false_discovery_rate) + "%"


def weights_name(story: Story) -> str:
    """Return the name of the weights, shortened; the digest on the last page tells them apart."""
    return measure.shortened(formatting.printable(story.results.provenance.weight_set), _LONGEST_NAME, 1)
