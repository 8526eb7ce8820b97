"""Did the importance of drivers change since another wave? Differences of shares, tested."""

from __future__ import annotations

from functools import partial

from analysis.outcome_pipeline import DriverBase, share_changes_since
from analysis.results import TooFew
from analysis.share_change_results import ShareChanges
from report_templates.context.labels import Labels
from workbench.driver_views import Asked
from workbench.driver_views.compared import (
    alone_lines,
    changes_table,
    fit_line,
    flag_hint,
    joint_line,
    left_out_lines,
)
from workbench.driver_views.on_demand import Look, show_look
from workbench.driver_views.wording import say, title
from workbench.terminal import Terminal


def show(asked: Asked) -> None:
    """Write the changes of every outcome, or ``analysis.share_change_results.ShareChanges`` of each.

    Raises ``Misuse`` or ``Stop`` where there is no such wave before.
    """
    if asked.since is not None:
        asked.project.declared_wave(asked.since, asked.command)
    answers = asked.project.history(asked.wave, asked.terminal, asked.command)
    since = asked.project.wave_before(asked.since, answers, asked.command)

    def work(base: DriverBase, outcome: str) -> ShareChanges | TooFew:
        return share_changes_since(base, outcome, since)

    show_look(asked, Look("changes", work, _tell, partial(_too_few, since)), answers)


def _tell(terminal: Terminal, labels: Labels, base: DriverBase, found: ShareChanges) -> None:
    (pair,) = found.pairs
    before, after = labels.short_wave(pair.first), labels.short_wave(pair.second)
    name = say(labels, "waves.title", outcome=labels.outcome(found.outcome), before=before, after=after)
    terminal.show(
        title(name, f"{joint_line(labels, found, pair)}\n{fit_line(labels, pair)}"),
        changes_table(labels, found.of_pair(pair), (before, after)),
    )
    notes = [
        *alone_lines(labels, found),
        *left_out_lines(labels, found),
        *flag_hint(labels, base, found.outcome),
    ]
    legend = say(labels, "compared.legend", replicates=labels.count(found.replicates))
    terminal.lines([legend, *notes, ""])


def _too_few(since: str, labels: Labels, base: DriverBase, outcome: str, why: TooFew) -> str:
    return say(
        labels,
        "waves.too_few",
        outcome=labels.outcome(outcome),
        before=labels.wave(since),
        after=labels.wave(base.wave),
    )
