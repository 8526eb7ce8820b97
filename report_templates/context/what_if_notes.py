"""What the gains assume, where the data end, and what the gains are not: three remarks below the figure."""

from __future__ import annotations

from analysis.whatif_results import Scenario, WhatIf
from report_templates import formatting
from report_templates.context.gains import effects, has_groups, improve_items, outcomes, scenario_of
from report_templates.context.model import Callout
from report_templates.context.story import Story

MOST_NAMED = 3
PARTLY = 0.9
"""Items with fewer answers than this share of people are named as met by a part of them."""


def remarks(story: Story, what_if: WhatIf, scenario: Scenario | None) -> tuple[Callout, ...]:
    """Return the three remarks."""
    words = story.words
    return (
        Callout(words("what_if.assumed_head"), words.run_on(*_assumed(story, what_if, scenario))),
        Callout(words("what_if.inside_head"), words.run_on(*_inside(story, what_if))),
        Callout(words("what_if.promise_head"), words.run_on(*_promise(story, what_if))),
    )


def _assumed(story: Story, what_if: WhatIf, scenario: Scenario | None) -> list[str]:
    words, said = story.words, [story.words("what_if.assumed")]
    found = [(m, scenario.gain(m.outcome)) for m in outcomes(story, what_if)] if scenario else []
    # Outcomes whose gains were put together alike are named in one sentence.
    for added in dict.fromkeys(gain.added for _, gain in found if gain and gain.added != "one"):
        alike = [(model, gain) for model, gain in found if gain and gain.added == added]
        names = [words.within(words.outcome(model.outcome)) for model, _ in alike]
        tests = [formatting.p_value(gain.test.p) for _, gain in alike if gain.test]
        said.append(words(f"what_if.added.{added}", outcomes=words.joined(names), p=words.joined(tests)))
    return [*said, words("what_if.chosen")] if improve_items(story) else said


def _inside(story: Story, what_if: WhatIf) -> list[str]:
    words = story.words
    alone = [scenario_of(what_if, moves.item) for moves in what_if.drivers]
    capped = [move.item for each in alone if each for move in each.moves if move.capped]
    names = words.joined([words.within(words.item(item)) for item in capped], MOST_NAMED)
    key = "no_groups" if not has_groups(what_if) else "capped" if capped else "not_capped"
    said = [words(f"what_if.{key}", names=names)]
    partly = [reach for reach in what_if.reach if reach.asked < PARTLY]
    if partly:
        shares = sorted({formatting.percent(reach.asked) for reach in partly}, key=int)
        said.append(
            words(
                "what_if.asked",
                names=words.joined([words.within(words.item(reach.item)) for reach in partly], MOST_NAMED),
                share=formatting.interval(shares[0], shares[-1]) if len(shares) > 1 else shares[0],
            )
        )
    return said


def _promise(story: Story, what_if: WhatIf) -> list[str]:
    words = story.words
    unclear = sum(effect.main.way == "unclear" for effect in effects(story, what_if))
    key = "unclear_one" if unclear == 1 else "unclear" if unclear else "none_unclear"
    said = [words("what_if.promise"), words(f"what_if.promise_{key}", count=words.counted(unclear))]
    keys = [{key for key, _ in model.warnings} for model in outcomes(story, what_if)]
    return [*said, words("what_if.one_wave")] if all("one_wave" in each for each in keys) else said
