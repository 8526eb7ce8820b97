"""The checklist as a page: what warns or blocks with what to do, what passes in a list, always on one page.

Lines on several outcomes or scales that came to the same stand in one row. A page that is too full loses what
matters least, in this order: what was found where nothing speaks against it, then warnings, which are named
and left to the command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from analysis.check_results import STATES, Check, State
from report_templates import formatting, theme
from report_templates.context import check_words, layout
from report_templates.context.model import Cell, ChecklistPage, Claim, Column, Grade, Phrases, Row, Table
from report_templates.context.parts import page_head
from report_templates.context.story import Story
from report_templates.context.words import Words

WIDTHS = (14, 46, 30, 10)
"""Columns in per cent: check, found and what to do, limit and source, result."""
MOST_FILLED = theme.mm(250)
CONVENTION = f"{formatting.NO_BREAK}†"
"""Behind a source that knows the matter and not the limit."""
GRADES: Mapping[State, Grade] = {"pass": "full", "warn": "half", "block": "empty"}


@dataclass(frozen=True, slots=True)
class Line:
    """Lines of one check that came to the same, on one outcome, scale or wave or on several.

    ``whole`` says that there are no others: no outcome to which it does not apply.
    """

    checks: tuple[Check, ...]
    whole: bool

    @property
    def first(self) -> Check:
        """The line on what matters most."""
        return self.checks[0]


def checklist_page(story: Story) -> ChecklistPage:
    """Return the page of the checklist."""
    words = story.words
    lines = _lines(story)
    speaking = [line for line in lines if line.first.state != "pass"]
    passing = [line for line in lines if line.first.state == "pass"]
    head = page_head(story, "checklist", _title(story), _subtitle(story))
    room = MOST_FILLED - layout.head(head.title, words.language, head.subtitle)
    claims, note, halves, rest = _fitted(story, speaking, passing, room)
    return ChecklistPage(
        head=head,
        claims_widths=WIDTHS,
        claims_head=(
            words("checklist.check"),
            words("checklist.found"),
            words("checklist.limit"),
            words("checklist.result"),
        ),
        claims=claims,
        claims_note=note,
        halves_head=words("checklist.passes") if halves else "",
        halves=halves,
        halves_note=rest,
    )


def _lines(story: Story) -> tuple[Line, ...]:
    """Every check once for each state that it came to, worst first, the wave before outcomes and scales."""
    places = {check.key: place for place, check in reversed(list(enumerate(story.checks.checks)))}

    def order(check: Check) -> tuple[int, int]:
        return -STATES.index(check.state), places[check.key]

    ordered = sorted(story.checks.checks, key=order)
    outcomes = {check.about for check in ordered if check.scope == "outcome"}
    groups = [tuple(group) for _, group in groupby(ordered, key=order)]
    return tuple(
        Line(group, group[0].scope == "wave" or {check.about for check in group} == outcomes)
        for group in groups
    )


def _title(story: Story) -> Phrases:
    words, counts = story.words, story.checks.counts
    if story.blocks:
        return words.title(
            words.phrases("checklist.title.blocked", why=check_words.reason(words, story.blocks[0])),
            words.phrases("checklist.title.blocked_bare"),
        )
    if counts["block"]:
        return words.title(words.phrases("checklist.title.some", count=words.counted(counts["block"])))
    if counts["warn"]:
        many = "one" if counts["warn"] == 1 else "many"
        return words.title(
            words.phrases(
                f"checklist.title.warn_{many}",
                count=words.counted(counts["warn"]),
                total=words.counted(len(story.checks.checks)),
            )
        )
    return words.title(words.phrases("checklist.title.passes"))


def _subtitle(story: Story) -> str:
    words, counts = story.words, story.checks.counts
    figures = {state: words.count(count) for state, count in counts.items()}
    return words("checklist.subtitle", wave=words.wave(story.results.wave), **figures)


_Parts = tuple[tuple[Claim, ...], str, tuple[Table, ...], str]


def _fitted(story: Story, speaking: Sequence[Line], passing: Sequence[Line], room: float) -> _Parts:
    """Return the fullest page that fits: everything in rows, passes in two columns, passes by name, fewer."""
    for parts in _candidates(story, speaking, passing):
        claims, note, halves, rest = parts
        if layout.stacked(layout.claims(claims, note, WIDTHS), layout.halves(halves, rest)) <= room:
            return parts
    return parts


def _candidates(story: Story, speaking: Sequence[Line], passing: Sequence[Line]) -> Iterator[_Parts]:
    words = story.words
    note = words("checklist.note")
    rows = tuple(_claim(words, line) for line in speaking)
    yield (*rows, *(_claim(words, line) for line in passing)), note, (), ""
    halves = _halves(words, passing)
    if rows:
        yield rows, note, halves, ""
    names = [check_words.name(words, line.first) for line in passing]
    listed = words("checklist.passing", names=_all(words, names)) if names else ""
    blocks = sum(line.first.state == "block" for line in speaking)
    for kept in range(len(rows), max(blocks, 1) - 1, -1):
        left = [check_words.name(words, line.first) for line in speaking[kept:]]
        also = words("checklist.also", names=_all(words, left)) if left else ""
        yield rows[:kept], words.run_on(*filter(None, (also, listed, note))), (), ""


def _all(words: Words, names: Sequence[str]) -> str:
    return ("、" if words.language == "zh" else ", ").join(words.within(name) for name in names)


def _claim(words: Words, line: Line) -> Claim:
    first = line.first
    limit = words.run_on(_sentence(words, check_words.limit(words, first)), first.source).strip()
    return Claim(
        check_words.name(words, first),
        words.run_on(_sentence(words, _found(words, line)), check_words.remedy(words, first)).strip(),
        limit + (CONVENTION if first.by_convention else ""),
        GRADES[first.state],
        check_words.state(words, first),
    )


def _sentence(words: Words, text: str) -> str:
    return words("check.sentence", found=formatting.capital(text) if text[:1].isascii() else text)


def _found(words: Words, line: Line) -> str:
    """What was found; said once where it is the same on all, else after what it is about."""
    told = [check_words.found(words, check) for check in line.checks]
    if line.whole and len(set(told)) == 1:
        return told[0]
    each = [check_words.named(words, check, said) for check, said in zip(line.checks, told, strict=True)]
    return ("；" if words.language == "zh" else "; ").join(each)


def _halves(words: Words, passing: Sequence[Line]) -> tuple[Table, ...]:
    """Checks that pass, in two tables side by side: their names and what was found on what matters most."""
    columns = (
        Column(words("checklist.check"), right=False, width="34%"),
        Column(words("checklist.found_pass"), right=False, tone="quiet", width="66%"),
    )
    rows = [
        Row((Cell(check_words.name(words, line.first)), Cell(_found_first(words, line)))) for line in passing
    ]
    middle = (len(rows) + 1) // 2
    return tuple(Table(columns, tuple(part)) for part in (rows[:middle], rows[middle:]) if part)


def _found_first(words: Words, line: Line) -> str:
    """What was found on the main outcome; of scales, which pass."""
    if line.first.scope == "scale":
        return words.joined([check_words.about(words, check) for check in line.checks], 3)
    found = check_words.found(words, line.first)
    return found if line.whole else check_words.named(words, line.first, found)
