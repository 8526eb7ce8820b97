"""Clauses from which titles and findings are put together, each allowed by the test beside it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import Comparison, NodeResult
from report_templates import formatting
from report_templates.context import check_words, verdicts
from report_templates.context.model import Cell, Phrases
from report_templates.context.story import Story

MOST_NAMED = 3


def together(story: Story, *clauses: Phrases, stop: bool = False) -> Phrases:
    """Join clauses to one title, with a comma at the end of each but the last.

    ``stop`` sets a semicolon before the last clause, where it says something new.
    """
    comma, semicolon = ("，", "；") if story.words.language == "zh" else (",", ";")
    present = [clause for clause in clauses if clause]
    signs = [comma] * (len(present) - 2) + [semicolon if stop else comma]
    # English sets no comma before a clause that begins with "and".
    signs = ["" if c[0].startswith("and ") else sign for sign, c in zip(signs, present[1:], strict=False)]
    ended = [(*c[:-1], c[-1] + sign) for c, sign in zip(present[:-1], signs, strict=False)]
    joined = tuple(phrase for clause in (*ended, *present[-1:]) for phrase in clause)
    return (formatting.capital(joined[0]), *joined[1:]) if joined else ()


def change_of_index(story: Story) -> Phrases:
    """Say how the index moved since the wave before; in the first wave, where it stands."""
    words, change = story.words, story.change
    if change is None or words.previous is None:
        level = words.score(story.results.current.index)
        return words.phrases("clause.level", index=words.index, value=level)
    said = words.phrases(
        f"clause.change.{verdicts.direction(change)}",
        index=words.within(words.index),
        wave=words.prior,
        by=magnitude(change.estimate.value),
    )
    return (formatting.capital(said[0]), *said[1:])


def against_target(story: Story) -> Phrases:
    """Say where the index stands against the target; nothing where there is none or no test."""
    gap, target = story.results.target_gap, story.study.reporting.target
    if gap is None or target is None or gap.p is None:
        return ()
    return story.words.phrases(
        f"clause.target.{verdicts.direction(gap)}", target=formatting.number(target, 1)
    )


def repair_first(story: Story, *, named: bool = True) -> Phrases:
    """Name what to repair first, or count it where there are more than two; nothing if none."""
    words, found = story.words, story.in_quadrant("improve")
    if not found:
        return ()
    if len(found) > 2 or not named:
        return words.phrases(
            f"clause.repair.{'one' if len(found) == 1 else 'count'}", count=words.counted(len(found))
        )
    names = words.listed([words.within(words.item(driver.item)) for driver in found])
    return words.phrases("clause.repair.names", names=names)


def nothing_first(story: Story, *, why: bool = True) -> Phrases:
    """Say that no item is put first, because the checklist blocks it or because none is clear.

    Nothing where something is to be repaired, or the study asks for no drivers.
    """
    words = story.words
    if story.blocks:
        reason = check_words.reason(words, story.blocks[0])
        return (
            words.phrases("clause.blocked.why", why=reason) if why else words.phrases("clause.blocked.bare")
        )
    none = story.drivers is not None and not story.in_quadrant("improve")
    return words.phrases("clause.repair.none") if none else ()


def noun(story: Story, count: int) -> str:
    """Return what the branches are, in the number that ``count`` asks for."""
    return story.words(f"noun.{story.kind}" + ("" if count == 1 else "_s"))


def contributors(story: Story, nodes: Sequence[NodeResult]) -> tuple[str, ...]:
    """Name branches, or count them where there are more than three."""
    words, count = story.words, len(nodes)
    if count <= MOST_NAMED:
        return tuple(words.within(words.node(node.id)) for node in nodes)
    key = "all_of" if count == len(story.branches) else "quantity"
    return (words(key, count=words.counted(count), noun=noun(story, count)),)


def magnitude(value: float, decimals: int = 1) -> str:
    """Return the size of a verified change; one that rounds to zero is less than the last decimal.

    >>> magnitude(-1.06), magnitude(0.03)
    ('1.1', '<0.1')
    """
    if formatting.rounded(value, decimals) == 0:
        return f"<{formatting.number(10.0**-decimals, decimals)}"
    return formatting.number(abs(value), decimals)


def change_cell(text: str, comparison: Comparison | None) -> Cell:
    """Return a table cell with a difference and the mark its test allows."""
    return Cell(text, verdicts.mark(comparison))


def verdict_word(story: Story, comparison: Comparison | None) -> str:
    """Return the verdict on a change as a word: rose, fell, 不显著, untested."""
    if comparison is None:
        return formatting.NONE
    return story.words(f"verdict.{verdicts.direction(comparison)}")
