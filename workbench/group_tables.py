"""Groups compared, as tables for a terminal: do they differ at all, in which dimension, and which pairs.

Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from analysis.results import Comparison, GroupResult, JointTest, PairDifference, SegmentResult, TooFew
from report_templates import formatting
from survey.language import catalogue
from workbench.layout import wrap
from workbench.tables import marked, plain_table

if TYPE_CHECKING:
    from report_templates.context.labels import Labels

HIDDEN = "·"
_HEAD = 8


def f_test(labels: Labels, test: JointTest) -> str:
    """Return a test in figures: ``F(2.0, 1948) = 0.41, p 0.664``."""
    p = formatting.p_value(test.p)
    return _say(
        labels,
        "groups.f_test",
        ndf=formatting.number(test.ndf),
        ddf=formatting.number(test.ddf, 0),
        f=formatting.number(test.f, 2),
        p=p if p.startswith("<") else f"= {p}",
    )


def joint(labels: Labels, segment: str, test: JointTest | None) -> list[str]:
    """Return whether the groups of a segment differ at all; nothing where that cannot be tested."""
    if test is None:
        return []
    clear = test.p < 1 - labels.study.reporting.level
    names = labels.groups_of(segment)
    return [
        _say(labels, "groups.differ" if clear else "groups.same", groups=names, test=f_test(labels, test))
    ]


def node_table(labels: Labels, segment: SegmentResult) -> tuple[Text, Table]:
    """Return the branches of the index by group, with what differs marked, under a title."""
    differences = [group.difference for part in segment.nodes for group in part.groups]
    count = sum(found is not None and found.q is not None for found in differences)
    leaves = all(part.node not in _branches(labels) for part in segment.nodes)
    kind = _say(labels, "groups.nodes.items" if leaves else "groups.nodes.branches")
    title = Text(_say(labels, "groups.nodes.title", kind=kind, count=count), style="bold")
    heads = [labels.segment(segment.id), _narrow(_say(labels, "groups.nodes.index"))]
    heads += [_narrow(labels.node(part.node)) for part in segment.nodes]
    rows = [
        [
            labels.group(segment.id, group.value),
            _figure(labels, group),
            *(_figure(labels, part.groups[g]) for part in segment.nodes),
        ]
        for g, group in enumerate(segment.groups)
        if all(g < len(part.groups) for part in segment.nodes)
    ]
    tests = [segment.test, *(part.test for part in segment.nodes)]
    rows.append([_say(labels, "groups.nodes.p"), *(_p(test) for test in tests)])
    return title.append("\n"), plain_table(rows, heads, range(1, len(heads)))


def pair_table(labels: Labels, segment: str, pairs: Sequence[PairDifference]) -> tuple[Text, Table | Text]:
    """Return the pairs of groups that differ, the largest difference first, under a title."""
    clear = sorted(
        (pair for pair in pairs if pair.difference.verdict != "same"),
        key=lambda pair: -abs(pair.difference.estimate.value),
    )
    title = Text(_say(labels, "groups.pairs.title", count=len(pairs), clear=len(clear)), style="bold")
    if not clear:
        return title, Text()
    heads = [
        _say(labels, f"groups.pairs.{head}", level=labels.level)
        for head in ("first", "second", "difference", "interval", "q")
    ]
    return title.append("\n"), plain_table(
        [_pair(labels, segment, pair) for pair in clear], heads, range(2, len(heads))
    )


def _pair(labels: Labels, segment: str, pair: PairDifference) -> list[str]:
    found = pair.difference.estimate
    names = (pair.first, pair.second) if found.value > 0 else (pair.second, pair.first)
    ends = [found.low, found.high] if found.value > 0 else [found.high, found.low]
    limits = [formatting.number(abs(end)) for end in ends if end is not None]
    return [
        *(labels.group(segment, name) for name in names),
        formatting.number(abs(found.value)),
        formatting.interval(*limits) if len(limits) == 2 else formatting.NONE,
        labels.q(pair.difference),
    ]


def mark(comparison: Comparison | None) -> str:
    """Return + or − for a difference that is clear, else a space as wide."""
    if comparison is None or comparison.verdict == "same":
        return " "
    return "+" if comparison.estimate.value > 0 else "−"


def _figure(labels: Labels, group: GroupResult) -> Padding:
    if isinstance(group.score, TooFew):
        return marked(HIDDEN, " ")
    return marked(labels.score(group.score), mark(group.difference))


def _p(test: JointTest | None) -> Padding:
    return marked(formatting.p_value(test.p) if test else formatting.NONE, " ")


def _branches(labels: Labels) -> set[str]:
    index = labels.study.index
    stack, found = list(index.children), set()
    while stack:
        node = stack.pop()
        if node.children:
            found.add(node.id or "")
        stack += node.children
    return found


def _narrow(head: str) -> str:
    """Break a long head of a column of figures instead of widening the table."""
    return "\n".join(line + " " for line in wrap(head, _HEAD))


def _say(labels: Labels, key: str, **values: object) -> str:
    return labels.spaced(catalogue("workbench")(key, labels.language, **values))
