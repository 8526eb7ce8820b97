"""Differences of driver shares between waves or groups as tables; the joint test stands before the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from analysis.outcome_pipeline import DriverBase
from analysis.results import Estimate
from analysis.share_change_results import PairChange, ShareChange, ShareChanges
from report_templates import formatting
from report_templates.context.labels import Labels
from workbench.driver_views.wording import models_hint, say
from workbench.tables import joint_test, plain_table


def differs(labels: Labels, found: ShareChanges, pair: PairChange) -> bool | None:
    """Whether shares of a pair differ at all, after Bonferroni over the pairs; ``None`` without a test."""
    p = found.pair_p(pair)
    return None if p is None else p < 1 - labels.study.reporting.level


def joint_line(labels: Labels, found: ShareChanges, pair: PairChange) -> str:
    """Say first whether anything differs between the two, and what that allows."""
    kind = {None: "untested", True: "differ", False: "alike"}[differs(labels, found, pair)]
    return say(labels, f"compared.joint.{kind}", test=joint_test(pair.test))


def fit_line(labels: Labels, pair: PairChange) -> str:
    """Say how the variance explained differs."""
    change = pair.r_squared
    return say(labels, "compared.fit", change=signed(change.value), limits=limits(labels, change))


def changes_table(labels: Labels, changes: Sequence[ShareChange], heads: tuple[str, str]) -> Table:
    """Return one line a driver: both shares, their difference with its test; ``heads`` name the two."""
    rows = [
        (
            labels.item(change.driver),
            formatting.percent(change.before, 1),
            formatting.percent(change.after, 1),
            signed(change.difference.value),
            limits(labels, change.difference),
            formatting.NONE if change.q is None else formatting.p_value(change.q),
            verdict(labels, change),
        )
        for change in changes
    ]
    names = [
        say(labels, "head.name"),
        *heads,
        *(say(labels, f"head.{name}", level=labels.level) for name in ("change", "interval", "q", "verdict")),
    ]
    return plain_table(rows, names, right=range(1, 6))


def verdict(labels: Labels, change: ShareChange) -> Text:
    """Return the word that q allows."""
    if change.q is None:
        return Text(say(labels, "compared.untested"))
    kind = "flat" if not change.clear else "more" if change.difference.value > 0 else "less"
    return Text(say(labels, f"compared.{kind}"), style="bold" if change.clear else "")


def alone_lines(labels: Labels, found: ShareChanges) -> Iterator[str]:
    """Warn of drivers that differ clearly only where the joint test finds nothing."""
    silent = [pair for pair in found.pairs if differs(labels, found, pair) is False]
    clear = [labels.item(change.driver) for pair in silent for change in found.of_pair(pair) if change.clear]
    if clear:
        yield say(labels, "compared.alone", names=labels.joined([*dict.fromkeys(clear)]))


def flag_hint(labels: Labels, base: DriverBase, outcome: str) -> list[str]:
    """Say where the models of an outcome of yes and no stand."""
    return models_hint(labels, outcome, 2) if base.is_flag(outcome) else []


def left_out_lines(labels: Labels, found: ShareChanges) -> Iterator[str]:
    """Say which drivers are in no model because one of them could not have them."""
    if found.left_out:
        yield say(labels, "compared.left_out", names=labels.joined([*map(labels.item, found.left_out)]))


def signed(value: float) -> str:
    """Return a difference of shares in percentage points."""
    return formatting.signed_percent(value, 1)


def limits(labels: Labels, estimate: Estimate) -> str:
    """Return the interval of a difference of shares."""
    return labels.signed_limits(estimate, signed)
