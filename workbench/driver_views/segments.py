"""Does importance differ between the groups of a segment? Differences of shares, every two groups tested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.table import Table
from rich.text import Text

from analysis.outcome_pipeline import DriverBase, share_differences_by
from analysis.results import TooFew
from analysis.share_change_results import PairChange, ShareChanges
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import listing
from workbench.driver_views import Asked
from workbench.driver_views.compared import (
    alone_lines,
    changes_table,
    differs,
    flag_hint,
    left_out_lines,
    limits,
    signed,
)
from workbench.driver_views.on_demand import Look, show_look
from workbench.driver_views.wording import apart, heading, say, title
from workbench.tables import plain_table
from workbench.terminal import Stop, Terminal
from workbench.usage import Misuse

# Pairs that a table lists, and pairs whose drivers are listed one by one.
_MOST_PAIRS, _MOST_DETAILS = 10, 3


def show(asked: Asked) -> None:
    """Write the differences of every outcome, or ``analysis.share_change_results.ShareChanges`` of each.

    Raises ``Misuse`` without a segment.
    """
    known = list(asked.project.study.segment_by_id)
    if not known:
        raise Stop("driver_views.segments.none_declared", file=asked.project.study_file)
    if asked.by is None:
        raise Misuse("usage.segments_need_by", asked.command, known=listing(known))
    segment = asked.project.declared_segment(asked.by, asked.command) or asked.by

    def work(base: DriverBase, outcome: str) -> ShareChanges | TooFew:
        return share_differences_by(base, outcome, segment)

    show_look(asked, Look("differences", work, partial(_tell, segment), partial(_too_few, segment)))


def _tell(segment: str, terminal: Terminal, labels: Labels, base: DriverBase, found: ShareChanges) -> None:
    outcome, groups = labels.outcome(found.outcome), labels.groups_of(segment)
    name = say(labels, "segments.title", outcome=outcome, groups=groups, wave=labels.wave(base.wave))
    terminal.show(
        title(name, say(labels, "segments.about")), *apart(_shares(terminal, labels, segment, found))
    )
    terminal.show(heading(say(labels, "segments.pairs")), _pairs(labels, segment, found))
    shown = [pair for pair in found.pairs if differs(labels, found, pair)]
    for pair in shown[:_MOST_DETAILS]:
        first, second = (labels.group(segment, value) for value in (pair.first, pair.second))
        between = say(labels, "segments.between", first=first, second=second)
        terminal.show(heading(between), changes_table(labels, found.of_pair(pair), (first, second)))
    terminal.lines([*_notes(labels, segment, found, shown), *flag_hint(labels, base, found.outcome), ""])


def _shares(terminal: Terminal, labels: Labels, segment: str, found: ShareChanges) -> Iterator[Table]:
    """Shares of every group side by side; groups that find no room stand in a table below."""
    shares = {(one.driver, one.first): one.before for one in found.changes}
    shares |= {(one.driver, one.second): one.after for one in found.changes}
    groups = list(dict.fromkeys(value for pair in found.pairs for value in (pair.first, pair.second)))

    def table(values: Sequence[str]) -> Table:
        rows = [
            (labels.item(driver), *(formatting.percent(shares[driver, value], 1) for value in values))
            for driver in found.drivers
        ]
        heads = [say(labels, "head.name"), *(labels.group(segment, value) for value in values)]
        return plain_table(rows, heads, right=range(1, len(heads)))

    while groups:
        room = len(groups)
        while room > 1 and not terminal.fits(table(groups[:room])):
            room -= 1
        yield table(groups[:room])
        groups = groups[room:]


def _pairs(labels: Labels, segment: str, found: ShareChanges) -> Table:
    """Pairs with their joint tests; of many those that differ most."""
    heads = ("pair", "joint_p", "fit_change", "interval", "verdict", "clear")
    rows = [_pair(labels, segment, found, pair) for pair in _listed(found)]
    return plain_table(
        rows, [say(labels, f"head.{name}", level=labels.level) for name in heads], right=(1, 2, 3)
    )


def _listed(found: ShareChanges) -> list[PairChange]:
    by_test = sorted(found.pairs, key=lambda pair: 2.0 if pair.test is None else pair.test.p)
    return by_test[:_MOST_PAIRS] if len(by_test) > _MOST_PAIRS else list(found.pairs)


def _pair(labels: Labels, segment: str, found: ShareChanges, pair: PairChange) -> Sequence[str | Text]:
    first, second = (labels.group(segment, value) for value in (pair.first, pair.second))
    p, differ = found.pair_p(pair), differs(labels, found, pair)
    clear = [labels.item(change.driver) for change in found.of_pair(pair) if change.clear]
    kind = {None: "untested", True: "differ", False: "alike"}[differ]
    return (
        say(labels, "segments.pair", first=first, second=second),
        formatting.NONE if p is None else formatting.p_value(p),
        signed(pair.r_squared.value),
        limits(labels, pair.r_squared),
        Text(say(labels, f"compared.verdict.{kind}"), style="bold" if differ else ""),
        labels.joined(clear) if clear else formatting.NONE,
    )


def _notes(labels: Labels, segment: str, found: ShareChanges, shown: Sequence[PairChange]) -> Iterator[str]:
    yield say(labels, "segments.legend", pairs=labels.count(len(found.pairs)))
    if not shown:
        yield say(labels, "segments.alike")
    yield from alone_lines(labels, found)
    if len(found.pairs) > _MOST_PAIRS or len(shown) > _MOST_DETAILS:
        yield say(labels, "segments.more")
    if found.missing:
        names = labels.joined([labels.group(segment, value) for value, _ in found.missing], most=8)
        yield say(labels, "segments.missing", names=names)
    yield from left_out_lines(labels, found)


def _too_few(segment: str, labels: Labels, base: DriverBase, outcome: str, why: TooFew) -> str:
    return say(labels, "segments.too_few", outcome=labels.outcome(outcome), groups=labels.groups_of(segment))
