"""Does the ranking hinge on the model? Shares and effects under linear, logit and ordered models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from analysis.average_effects import MarginalEffect, MarginalEffects
from analysis.driver_pipeline import declared_drivers
from analysis.link_panel import HEADLINE, Link, OutcomePanel, PanelDriver, PanelModel, PanelNote
from analysis.outcome_pipeline import DriverBase, models_of
from report_templates import formatting
from report_templates.context.labels import Labels
from workbench.driver_views import Asked
from workbench.driver_views.on_demand import Look, show_look
from workbench.driver_views.wording import (
    apart,
    heading,
    limits,
    percents,
    say,
    title,
)
from workbench.published import published
from workbench.tables import dropped_lines, joint_test, marked, plain_table
from workbench.terminal import Terminal

# The name that the columns of link models have for the mark of who could answer.
_MARK = " (answered)"
# Effects whose largest is below this need another decimal.
_SMALL_EFFECT = 0.1


def show(asked: Asked) -> None:
    """Write the panel of every outcome, one after the other, or the document of all."""
    show_look(asked, Look("models", models_of, _tell, document=_document))


def _document(_: DriverBase, found: OutcomePanel) -> dict[str, Any]:
    """``analysis.link_panel.OutcomePanel``, and its two judgements."""
    whole: dict[str, Any] = published(found)
    return whole | {"due": found.due, "stable": found.stable}


def _tell(terminal: Terminal, labels: Labels, base: DriverBase, found: OutcomePanel) -> None:
    terminal.show(
        title(say(labels, "models.title", outcome=labels.outcome(found.outcome)), _about(labels, found))
    )
    terminal.show(*apart(_shares(terminal, labels, found)))
    terminal.lines([say(labels, "models.legend", level=labels.level)])
    for link, effects in found.effects.items():
        terminal.show(heading(_effects_title(labels, found, link)), _effects(labels, effects))
    if found.effects:
        terminal.lines([say(labels, "models.effects_legend")])
    terminal.lines(["", *_notes(labels, base, found), ""])


def _about(labels: Labels, found: OutcomePanel) -> str:
    kind = "flag" if len(found.levels) == 2 else "cut" if "logit" in found.dominance else "levels"
    return say(
        labels,
        f"models.about.{kind}",
        wave=labels.wave(found.wave),
        people=labels.people(found.n, found.clusters),
        levels=labels.count(len(found.levels)),
        cut=formatting.number(found.cut),
    )


def _shares(terminal: Terminal, labels: Labels, found: OutcomePanel) -> Iterator[Table]:
    """Shares and ranks under every model; those that find no room stand in a table below, by the headline."""
    headline, *rest = found.models
    decimals = 1
    if not terminal.fits(_side_by_side(labels, found, found.models, decimals)):
        decimals = 0
    while rest:
        room = len(rest)
        while room > 1 and not terminal.fits(
            _side_by_side(labels, found, [headline, *rest[:room]], decimals)
        ):
            room -= 1
        yield _side_by_side(labels, found, [headline, *rest[:room]], decimals)
        rest = rest[room:]


def _side_by_side(labels: Labels, found: OutcomePanel, models: Sequence[PanelModel], decimals: int) -> Table:
    rows: list[Sequence[Any]] = [
        (
            str(driver.ranks[HEADLINE]),
            labels.item(driver.driver),
            formatting.interval(str(driver.rank_low), str(driver.rank_high)),
            *(_share(driver, model, decimals) for model in models),
        )
        for driver in found.drivers
    ]
    values = [marked(percents(1)(model.value), "  ") for model in models]
    rows.append(("", say(labels, "models.fit"), "", *values))
    agreements = [
        "" if model.rank_correlation is None else formatting.number(model.rank_correlation, 2)
        for model in models
    ]
    rows.append(("", say(labels, "models.agreement"), "", *(marked(known, "  ") for known in agreements)))
    heads = [say(labels, f"head.{name}") for name in ("rank", "name", "ranks")]
    heads += [f"{say(labels, f'models.model.{model.key}')}  " for model in models]
    return plain_table(rows, heads, right=(0, *range(2, len(heads))))


def _share(driver: PanelDriver, model: PanelModel, decimals: int) -> Any:
    """A share and its rank, marked where sampling error alone would not put it there."""
    rank = driver.ranks[model.key]
    beyond = not driver.rank_low <= rank <= driver.rank_high
    return marked(f"{percents(decimals)(driver.shares[model.key])} ({rank})", " *" if beyond else "  ")


def _effects_title(labels: Labels, found: OutcomePanel, link: Link) -> str:
    kind = "ordered" if link == "ordered" else "flag" if len(found.levels) == 2 else "above"
    outcome, cut = labels.within(labels.outcome(found.outcome)), formatting.number(found.cut)
    return say(labels, f"models.effects.{kind}", outcome=outcome, cut=cut)


def _effects(labels: Labels, effects: MarginalEffects) -> Table:
    largest = max((abs(row.effect.value) for row in effects.drivers), default=0.0)
    decimals = 2 if largest >= _SMALL_EFFECT else 3
    heads = [
        say(labels, f"head.{name}", level=labels.level)
        for name in ("name", "effect", "interval", "p", "straight", "answered")
    ]
    rows = [_effect(labels, row, decimals) for row in effects.drivers]
    return plain_table(rows, heads, right=range(1, len(heads)))


def _effect(labels: Labels, row: MarginalEffect, decimals: int) -> Sequence[str]:
    return (
        labels.item(row.driver),
        formatting.signed(row.effect.value, decimals),
        limits(row.effect, lambda value: formatting.number(value, decimals)),
        formatting.p_value(row.p),
        formatting.NONE if row.linear is None else formatting.signed(row.linear.value, decimals),
        formatting.percent(row.reach) + "%",
    )


def _notes(labels: Labels, base: DriverBase, found: OutcomePanel) -> Iterator[str]:
    if found.stable:
        yield say(labels, "models.stable")
    if found.parallel is not None:
        differ = any(note.key == "slopes_differ" for note in found.notes)
        key = "untested" if found.parallel.test is None else "differ" if differ else "alike"
        cuts = labels.count(len(found.parallel.cuts))
        yield say(labels, f"models.parallel.{key}", test=joint_test(found.parallel.test), cuts=cuts)
    for note in found.notes:
        yield panel_note(labels, note)
    yield from dropped_lines(labels, found.dropped)
    declared = declared_drivers(base.study, found.outcome)
    if declared.always:
        yield say(labels, "models.without_always", names=_covariates(labels, declared.always))
    if declared.blanks != "listwise":
        yield say(labels, "models.complete_alone")


def _covariates(labels: Labels, names: Sequence[str]) -> str:
    """Items or segments that are always in, as a list."""
    segments = labels.study.segment_by_id
    return labels.joined([labels.segment(one) if one in segments else labels.item(one) for one in names])


def panel_note(labels: Labels, note: PanelNote) -> str:
    """Return a note of a panel in words."""
    values = {name: _told(labels, name, value) for name, value in note.values.items()}
    return say(labels, f"models.note.{note.key}", **values)


def _told(labels: Labels, name: str, value: Any) -> str:
    if name == "model":
        return say(labels, f"models.link.{value}")
    if name == "names":
        return labels.joined([column_name(labels, one) for one in value], most=6)
    if name == "p":
        return formatting.p_is(value)
    return percents(2)(value) + "%" if name == "error" else formatting.number(value, 0)


def column_name(labels: Labels, column: str) -> str:
    """Return the name of a column of a link model: an item, or the mark of who could answer it."""
    if column.endswith(_MARK):
        return say(labels, "models.mark", driver=labels.item(column.removesuffix(_MARK)))
    return labels.item(column)
