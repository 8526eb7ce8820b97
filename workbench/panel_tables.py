"""What a panel of experts found, on a terminal: weights by family, each expert's coherence, agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from analysis.ahp import AhpMethod, Priorities, gci_limit
from analysis.ahp_panel import AhpExpert, AhpFamily, AhpPanel
from analysis.budget_panel import BudgetFamily, BudgetPanel
from report_templates.context.labels import Labels
from report_templates.formatting import NONE, interval, number, p_value, percent
from survey.language import listing
from workbench.derivation import Asked
from workbench.panels import shown_files
from workbench.tables import plain_table
from workbench.terminal import Terminal

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.agreement import Concordance
    from survey.panel import Panel

_STYLES = {"coherent": "", "doubtful": "yellow", "blocked": "bold red"}
_MARKS = {"coherent": "", "doubtful": "! ", "blocked": "!! "}
_STATES = {"agreed": "green", "stable": "", "open": "yellow"}


def show_panel(asked: Asked, panel: Panel, found: AhpPanel | BudgetPanel, terminal: Terminal) -> None:
    """Print who answered, the weights of every family by every rule, and how far experts agree."""
    labels = Labels(asked.project.study, terminal.language)
    terminal.lines(_heard(terminal, panel, found))
    terminal.lines([""])
    if isinstance(found, AhpPanel):
        terminal.show(_ahp_table(terminal, labels, found))
        rule = terminal.text(f"weights.experts.rule_{found.method}")
        terminal.lines(["", terminal.text("weights.experts.ahp_note", table=found.table, rule=rule), ""])
        if rows := list(_expert_rows(terminal, labels, found)):
            heads = ("expert", "family", "cr", "gci", "missing", "reconsider")
            terminal.show(plain_table(rows, _heads(terminal, heads), right=(2, 3, 4)))
            terminal.lines([""])
    else:
        terminal.show(_budget_table(terminal, labels, found))
        terminal.lines(["", terminal.text("weights.experts.budget_note"), ""])
        if found.delphi:
            terminal.lines([*_delphi_lines(terminal, labels, asked, found), ""])


def _heard(terminal: Terminal, panel: Panel, found: AhpPanel | BudgetPanel) -> Iterator[str]:
    last = panel.of_round(panel.rounds[-1])
    heard = [sheet.expert for sheet in last if sheet.expert not in found.without]
    yield terminal.text("weights.experts.heard", n=len(heard), names=listing(heard))
    if blank := [name for _, name in panel.empty]:
        yield terminal.text("weights.experts.blank", n=len(blank), names=listing(blank))
    if found.without:
        yield terminal.text("weights.experts.without", n=len(found.without), names=listing(found.without))


def _heads(terminal: Terminal, columns: Sequence[str]) -> list[str]:
    return [terminal.text(f"weights.experts.head_{column}") for column in columns]


def _ahp_table(terminal: Terminal, labels: Labels, panel: AhpPanel) -> Table:
    """Return the weights of the panel's rule, the other rule's beside them, and how experts' own spread."""
    other: AhpMethod = "geometric" if panel.method == "eigenvector" else "eigenvector"
    beside = replace(panel, method=other)
    heads = ("part", "weight", other, "range", "cr", "gci", "w", "p")
    rows: list[tuple[Any, ...]] = []
    for family in panel.families:
        coherence = _coherence(family.group, len(family.items))
        rows.append((_parent(labels, family), "", "", "", *coherence, *_agreement(family.concordance)))
        weights, others = panel.weights(family), beside.weights(family)
        for j, item in enumerate(family.items):
            ends = interval(percent(family.spread.low[j], 1), percent(family.spread.high[j], 1))
            rows.append((_child(labels, item), _share(weights[j]), _share(others[j]), ends, "", "", "", ""))
    return plain_table(rows, _heads(terminal, heads), right=range(1, len(heads)))


def _coherence(found: Priorities, items: int) -> tuple[Text, Text]:
    """Return CR and GCI, marked where they exceed what is advised."""
    far = found.gci is not None and found.gci > gci_limit(items)
    return _marked(found.cr, found.coherence), _marked(found.gci, "doubtful" if far else "coherent")


def _marked(value: float | None, coherence: str) -> Text:
    return Text(_MARKS[coherence] + _figure(value), style=_STYLES[coherence])


def _expert_rows(terminal: Terminal, labels: Labels, panel: AhpPanel) -> Iterator[tuple[Any, ...]]:
    """Yield every expert's coherence, where there is something that could contradict."""
    for family in panel.families:
        for expert in family.experts:
            if len(family.items) > 2:
                found = expert.found
                yield (
                    expert.name,
                    labels.node(family.parent or labels.study.index.id),
                    *_coherence(found, len(family.items)),
                    str(found.missing or NONE),
                    _reconsider(terminal, labels, family, expert),
                )


def _reconsider(terminal: Terminal, labels: Labels, family: AhpFamily, expert: AhpExpert) -> str:
    again = expert.reconsider
    if again is None or expert.found.coherence == "coherent":
        return NONE
    return terminal.text(
        "weights.experts.reconsider",
        first=labels.node(again.first),
        second=labels.node(again.second),
        stated=_ratio(again.stated),
        consistent=_ratio(again.consistent),
        cr=_figure(again.cr_then),
    )


def _budget_table(terminal: Terminal, labels: Labels, panel: BudgetPanel) -> Table:
    mean = ("mean",) if panel.how != "mean" else ()  # else the weight is the mean
    heads = ("part", "weight", *mean, "median", "middle", "cv", "w", "p", "state")
    rows: list[tuple[Any, ...]] = []
    for family in panel.families:
        state = terminal.text(f"weights.experts.state_{family.verdict.state}")
        told = Text(state, style=_STATES[family.verdict.state])
        blanks = [""] * (len(heads) - 4)
        rows.append((_parent(labels, family), *blanks, *_agreement(family.verdict.concordance), told))
        seen = family.spread
        for j, item in enumerate(family.items):
            weight = NONE if family.weights is None else _share(family.weights[j])
            points = [number(seen.mean[j])] * len(mean) + [number(seen.median[j])]
            middle = interval(number(seen.q1[j]), number(seen.q3[j]))
            cv = Text(_figure(seen.cv[j]), style="yellow" if j in family.verdict.unsettled else "")
            rows.append((_child(labels, item), weight, *points, middle, cv, "", "", ""))
    return plain_table(rows, _heads(terminal, heads), right=range(1, len(heads) - 1))


def _delphi_lines(terminal: Terminal, labels: Labels, asked: Asked, panel: BudgetPanel) -> Iterator[str]:
    n = len(panel.rounds)
    moved = [family.verdict.moved for family in panel.families if family.verdict.moved is not None]
    if moved:
        yield terminal.text("weights.experts.moved", points=number(max(moved)))
    for family in panel.families:
        if family.verdict.state == "stable":
            yield terminal.text("weights.experts.stable", family=_label(labels, family))
    if panel.finished:
        yield terminal.text("weights.experts.finished", n=n)
    else:
        told = {"files": shown_files(asked.files), "project": asked.project.option}
        yield terminal.text("weights.experts.again", n=n, next=n + 1, **told)


def _label(labels: Labels, family: AhpFamily | BudgetFamily) -> str:
    return labels.node(family.parent or labels.study.index.id)


def _parent(labels: Labels, family: AhpFamily | BudgetFamily) -> Text:
    return Text(_label(labels, family), style="bold")


def _child(labels: Labels, item: str) -> Padding:
    return Padding(Text(labels.node(item)), (0, 0, 0, 2))


def _share(value: float) -> str:
    return f"{percent(value, 1)}%"


def _figure(value: float | None) -> str:
    return NONE if value is None else number(value, 2)


def _agreement(found: Concordance | None) -> tuple[str, str]:
    """Return Kendall's W and its p; two items have no order to speak of."""
    if found is None or found.items < 3:
        return NONE, NONE
    return number(found.w, 2), p_value(found.p)


def _ratio(value: float) -> str:
    """Return a judgement as it is said: 3, or 1/3."""
    return f"{value:.2g}" if value >= 1 else f"1/{1 / value:.2g}"
