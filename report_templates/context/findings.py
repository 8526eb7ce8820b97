"""Three findings, chosen by a declared rule that the method page prints.

First what verifiably moved the index, then which groups differ; what is left is filled with the absence of
change, the range of answers and the variance explained. Nobody chooses them. What to improve first is no
finding among others: it is the sentence above them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from analysis.results import Estimate, NodeResult
from report_templates import formatting, theme
from report_templates.context import clauses, layout, verdicts
from report_templates.context.model import (
    Finding,
)
from report_templates.context.story import Story

MOST_FINDINGS = 3
TEXT_WIDTH = theme.mm(155)
"""How wide the text of a finding is set."""


def findings(story: Story) -> tuple[Finding, ...]:
    """Return the first findings of the declared order."""
    chosen = itertools.islice(_candidates(story), MOST_FINDINGS)
    return tuple(
        Finding(str(number), head, text, figure)
        for number, (head, text, figure) in enumerate(chosen, start=1)
    )


def _candidates(story: Story) -> Iterator[tuple[str, str, str]]:
    yield from _movement(story)
    yield from _group_finding(story)
    yield from _still(story)
    yield from _lowest(story)
    yield from _outcome_finding(story)


def _movement(story: Story) -> Iterator[tuple[str, str, str]]:
    for key, nodes in (("up", story.pushing_up), ("down", story.pulling_down)):
        if nodes:
            yield _moved(story, key, nodes)


def _moved(story: Story, key: str, nodes: tuple[NodeResult, ...]) -> tuple[str, str, str]:
    words = story.words
    names = words.joined(clauses.contributors(story, nodes))
    head = formatting.capital(words(f"finding.{key}", names=names))
    if len(nodes) == 1:
        return head, _one_moved(story, nodes[0]), story.figure("causes")
    total = sum(node.contribution.estimate.value for node in nodes if node.contribution)
    parts = [
        words(
            "finding.part",
            name=words.within(words.node(node.id)),
            value=words.change(node.contribution, 2),
            interval=words.change_interval(node.contribution, 2),
        )
        for node in nodes[:3]
    ]
    text = words(
        "finding.moved_more",
        count=words.counted(len(nodes)),
        total=formatting.signed(total, 2),
        parts=("；" if words.language == "zh" else "; ").join(parts),
    )
    return head, text, story.figure("causes")


def _one_moved(story: Story, node: NodeResult) -> str:
    words, child = story.words, ""
    same = [
        (abs(each.contribution.estimate.value), each)
        for each in story.children(node)
        if each.contribution
        and node.contribution
        and verdicts.direction(each.contribution) == verdicts.direction(node.contribution)
    ]
    if len(same) > 0:
        largest = max(same, key=lambda pair: pair[0])[1]
        child = words(
            "finding.child",
            name=words.within(words.node(largest.id)),
            value=words.change(largest.contribution, 2),
        )
    return words(
        "finding.moved_one",
        before=words.score(node.series[-2]),
        now=words.score(node.score),
        total=words.change(node.contribution, 2),
        interval=words.change_interval(node.contribution, 2),
        child=child,
    )


def _group_finding(story: Story) -> Iterator[tuple[str, str, str]]:
    if not story.segments:
        return
    main, words = story.segments[0], story.words
    above, below = story.differing(main, "rise"), story.differing(main, "fall")
    names = words.groups_of(main.id)
    count = len(above) + len(below)
    sentences = [
        words(key, names=words.joined([words.group(main.id, group.value) for group in groups], 5))
        for key, groups in (("finding.above", above), ("finding.below", below))
        if groups
    ]
    if hidden := story.hidden(main):
        said = words(
            "finding.hidden",
            count=words.counted(len(hidden)),
            groups=names,
            limit=words.count(story.study.reporting.disclosure_limit),
        )
        # The page of groups says it too, so it is no reason for another line.
        if layout.lines(words.run_on(*sentences, said), TEXT_WIDTH, 9.5) == 1:
            sentences.append(said)
    head = f"finding.groups.{'one' if count == 1 else 'many'}" if count else "finding.no_groups"
    text = words.run_on(*sentences)
    yield (
        words(
            head,
            count=formatting.capital(words.counted(count)),
            groups=names,
            group=words.one_of(main.id),
        ),
        text or words("finding.no_groups_text", groups=names),
        story.figure("groups"),
    )


def _still(story: Story) -> Iterator[tuple[str, str, str]]:
    """Say that nothing moved verifiably, where there was something to compare."""
    change, words = story.change, story.words
    if change is None or words.previous is None or story.pushing_up or story.pulling_down:
        return
    key = "still" if change.p is not None else "untested"
    yield (
        words(f"finding.{key}", kind=words(f"noun.{story.kind}")),
        words(
            f"finding.{key}_text",
            wave=words.prior,
            value=words.change(change),
            interval=words.change_interval(change),
        ),
        story.figure("causes"),
    )


def _lowest(story: Story) -> Iterator[tuple[str, str, str]]:
    known = [(d.top, d) for d in story.all_answers if isinstance(d.top, Estimate)]
    if len(known) < 2:
        return
    words = story.words
    (low, lowest), (high, highest) = (
        min(known, key=lambda p: p[0].value),
        max(known, key=lambda p: p[0].value),
    )
    yield (
        words("finding.answers", low=words.share(low), high=words.share(high)),
        words(
            "finding.answers_text",
            low=words.item(lowest.item),
            low_interval=words.shares_interval(low),
            high=words.within(words.item(highest.item)),
            high_interval=words.shares_interval(high),
        ),
        story.figure("answers"),
    )


def _outcome_finding(story: Story) -> Iterator[tuple[str, str, str]]:
    drivers, words = story.drivers, story.words
    if drivers is None or story.blocked:
        return
    yield (
        words(
            "finding.explained",
            outcome=words.within(words.outcome(drivers.outcome)),
            share=words.share(drivers.r_squared),
        ),
        words(
            "finding.explained_text",
            count=words.count(len(drivers.drivers)),
            first=words.within(words.item(drivers.drivers[0].item)),
            share=words.share(drivers.drivers[0].share),
            interval=words.shares_interval(drivers.drivers[0].share),
        ),
        story.figure("priorities"),
    )
