"""What to improve first, how sure that is and what it would go with: one sentence, wherever it is said.

Cover, summary and terminal say the same words. Where nothing is clearly first, or the checklist blocks the
result, the sentence says so and what to do instead.
"""

from __future__ import annotations

from analysis.results import Driver
from report_templates import formatting
from report_templates.context import check_words
from report_templates.context.gains import GainWords, gains_of, headline, step_of
from report_templates.context.model import Answer
from report_templates.context.story import Story

MOST_NAMED = 3


def first_step(story: Story) -> Answer | None:
    """Return the sentence; ``None`` where the study asks for no drivers."""
    if story.study.drivers is None:
        return None
    if story.blocks:
        return _blocked(story)
    if story.drivers is None:
        return None
    found = story.in_quadrant("improve")
    return _named(story, found) if found else _undecided(story)


def _blocked(story: Story) -> Answer:
    words, (first, *others) = story.words, story.blocks
    # In English the remedy, a sentence of its own on the page of checks, goes on after a semicolon.
    said = words(
        "first.blocked_text",
        reason=check_words.reason(words, first),
        found=check_words.found(words, first),
        remedy=words.within(check_words.remedy(words, first)),
    )
    if others:
        key = "first.blocked_more_one" if len(others) == 1 else "first.blocked_more"
        said = words.run_on(said, words(key, count=formatting.capital(words.counted(len(others)))))
    return Answer(words("first.blocked"), said)


def _undecided(story: Story) -> Answer:
    words, found = story.words, story.drivers
    open_ = [driver for driver in story.in_quadrant("undecided") if driver.direction != "conflicting"]
    if found is None or not open_:
        watched = words.within(words.item(found.drivers[0].item)) if found else ""
        return Answer(words("first.nothing"), words("first.nothing_text", name=watched))
    likeliest = max(open_, key=_sure)
    said = words(
        "first.undecided_text",
        name=words.within(words.item(likeliest.item)),
        p=formatting.probability(_sure(likeliest)),
        least=formatting.percent(story.study.drivers.probability if story.study.drivers else 0.8) + "%",
    )
    return Answer(words("first.undecided"), words.run_on(said, words("first.not_cause")))


def _named(story: Story, found: tuple[Driver, ...]) -> Answer:
    words = story.words
    names = words.joined([words.within(words.item(driver.item)) for driver in found], MOST_NAMED)
    what_if = story.what_if
    scenario = headline(story, what_if) if what_if else None
    gains = gains_of(story, what_if, scenario) if what_if and scenario else ()
    sure = _certainty(story, found)
    if what_if and gains:
        brought = _brought(story, gains, len(found), step_of(what_if))
        said = words("first.joined", sure=sure, gain=brought)
    else:
        said = words("first.sure_only", sure=sure)
    return Answer(
        words("first.named", names=names),
        words.run_on(said, words("first.not_cause")),
        story.figure("what_if") or story.figure("priorities"),
    )


def _certainty(story: Story, found: tuple[Driver, ...]) -> str:
    """Say how probable the quadrant is; for several, of the least probable."""
    printed = formatting.probability(min(_sure(driver) for driver in found))
    key = ("one" if len(found) == 1 else "many") + ("_over" if printed.startswith(">") else "")
    return story.words(f"first.sure.{key}", p=printed.lstrip(">"))


def _sure(driver: Driver) -> float:
    return driver.quadrants.get("improve", 0.0)


def _brought(story: Story, gains: tuple[GainWords, ...], count: int, step: str) -> str:
    words, (first, *others) = story.words, gains
    key = "one" if count == 1 else "both" if count == 2 else "many"
    said = words(f"first.if.{key}", step=step) + words(
        f"first.gain.{first.way}",
        outcome=words.within(words.outcome(first.outcome)),
        value=first.size,
        level=words.level,
        interval=first.size_interval,
    )
    for other in others:
        name = words.within(words.outcome(other.outcome))
        said += words(f"first.second.{other.way}", outcome=name, value=other.size)
    return said + ("" if first.good or first.way == "unclear" else words("first.against"))
