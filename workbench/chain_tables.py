"""Chains as tables, a picture and sentences. Nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from analysis.chain_groups import ChainGroups
from analysis.chain_pipeline import ChainSurvey
from analysis.mediation_results import ChainEffect, MediationChain
from analysis.results import Estimate
from report_templates import formatting
from survey.language import catalogue
from workbench.chain_diagram import diagram
from workbench.chain_words import cautions, named, notes, per_ten, say
from workbench.tables import plain_table, rigid

if TYPE_CHECKING:
    from report_templates.context.labels import Labels
    from workbench.terminal import Terminal

_EFFECTS = ("name", "total", "direct", "indirect", "kind")
_PATHS = ("name", "satisfaction", "loyalty", "both", "reversed")
_BASE = ("name", "n", "lost", "not_asked", "clusters", "r_s", "r_l", "r_y")
_GROUPS = ("group", "total", "indirect", "difference", "verdict", "n")
_ONE = ("effect", "value", "standard")
# No more digits of the identity are claimed than a float has.
_DIGITS = 15


def show_chains(
    terminal: Terminal, labels: Labels, found: ChainSurvey, groups: ChainGroups | None = None
) -> None:
    """Print a table of all dimensions, or one with the picture of its paths, and perhaps its ``groups``."""
    if len(found.chains) == 1:
        _show_one(terminal, labels, found.chains[0])
    elif found.chains:
        _show_all(terminal, labels, found)
    for name, why in found.missing:
        reason = "no_spread" if why.reason == "no_spread" else "small_base"
        sentence = catalogue("workbench")(
            f"chain.missing.{reason}", labels.language, name=named(labels, name)
        )
        terminal.lines([labels.spaced(sentence)])
    if groups is not None:
        _show_groups(terminal, labels, groups)
    if found.chains:
        _show_notes(terminal, labels, found)


def _show_all(terminal: Terminal, labels: Labels, found: ChainSurvey) -> None:
    names = {step: named(labels, getattr(found, step)) for step in ("satisfaction", "loyalty", "outcome")}
    title = say(labels, "chain.title", wave=labels.wave(found.wave), **names)
    terminal.show(
        Text(title, style="bold"),
        Text(say(labels, "chain.lead", level=labels.level, outcome=labels.within(names["outcome"]))),
        Text(),
        _table(labels, _EFFECTS, [_effects(labels, chain) for chain in found.chains], (1, 2, 3)),
        Text(),
        Text(say(labels, "chain.paths", satisfaction=names["satisfaction"], loyalty=names["loyalty"])),
        _table(labels, _PATHS, [_paths(labels, chain) for chain in found.chains], (1, 2, 3, 4)),
        Text(),
        _table(labels, _BASE, [_base(labels, chain) for chain in found.chains], range(1, len(_BASE))),
        Text(),
    )
    for kind in dict.fromkeys(chain.kind for chain in found.chains):
        terminal.lines([_kind_told(labels, kind)])
    terminal.lines([_rest(labels, found), _replicates(labels, found.chains[0]), _identity(labels, found)])


def _show_one(terminal: Terminal, labels: Labels, chain: MediationChain) -> None:
    names = [named(labels, step) for step in chain.steps]
    title = say(labels, "chain.one", chain=" → ".join(names), wave=labels.wave(chain.wave))
    lead = say(labels, "chain.lead_one", level=labels.level, source=labels.within(names[0]))
    terminal.show(Text(title, style="bold"), Text(f"{lead}\n"))
    terminal.show(_picture(diagram(names, [per_ten(path.estimate) for path in chain.paths])), Text())
    first, second = names[1:3]
    rows = [
        _row(say(labels, "chain.effect.total"), chain.total),
        _row(say(labels, "chain.effect.direct"), chain.direct),
        _row(say(labels, "chain.effect.indirect"), chain.indirect),
        *(
            _path(say(labels, "chain.effect.over", steps=steps), effect)
            for steps, effect in zip((first, second, f"{first} → {second}"), chain.specific, strict=True)
        ),
        _path(say(labels, "chain.effect.reversed", steps=f"{second} → {first}"), chain.reversed),
    ]
    terminal.show(_table(labels, _ONE, rows, (1, 2)), Text())
    terminal.lines([_kind_told(labels, chain.kind), _stands_on(labels, chain), _explained(labels, chain)])
    found = [_held(labels, chain.covariates), _replicates(labels, chain)]
    terminal.lines([*found, _exact(labels, chain.identity, chain.replicates - chain.failed)])


def _show_groups(terminal: Terminal, labels: Labels, found: ChainGroups) -> None:
    words = catalogue("workbench")
    rows = [
        (
            labels.group(found.segment, part.value),
            per_ten(part.chain.total),
            per_ten(part.chain.indirect),
            formatting.NONE if part.difference is None else per_ten(part.difference),
            words(f"chain.verdict.{part.verdict}", labels.language),
            labels.count(part.chain.n),
        )
        for part in found.groups
    ]
    if rows:
        heading = say(labels, "chain.groups", segment=labels.segment(found.segment), level=labels.level)
        terminal.show(Text(f"\n{heading}", style="bold"), _table(labels, _GROUPS, rows, (1, 2, 3, 5)))
        fdr = formatting.percent(labels.study.reporting.false_discovery_rate) + "%"
        terminal.lines([say(labels, "chain.groups_legend", fdr=fdr)])
    if found.missing:
        names = [labels.group(found.segment, value) for value, _ in found.missing]
        terminal.lines([say(labels, "chain.groups_missing", names=labels.joined(names, len(names)))])


def _table(
    labels: Labels, heads: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int]
) -> Table:
    words = catalogue("workbench")
    return plain_table(
        rows, [labels.spaced(words(f"chain.head.{head}", labels.language)) for head in heads], right=right
    )


def _picture(lines: Sequence[str]) -> Table:
    """Lines that are never broken, whatever the terminal's width."""
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    for line in lines:
        grid.add_row(Text(line))
    return rigid(grid)


def _effects(labels: Labels, chain: MediationChain) -> tuple[object, ...]:
    figures = (per_ten(part) for part in (chain.total, chain.direct, chain.indirect))
    return (named(labels, chain.steps[0]), *figures, _kind(labels, chain))


def _paths(labels: Labels, chain: MediationChain) -> tuple[object, ...]:
    effects = (per_ten(effect.estimate) for effect in (*chain.specific, chain.reversed))
    return (named(labels, chain.steps[0]), *effects)


def _base(labels: Labels, chain: MediationChain) -> tuple[object, ...]:
    counts = (labels.count(n) for n in (chain.n, chain.lost, chain.not_asked, chain.clusters))
    return (
        named(labels, chain.steps[0]),
        *counts,
        *(formatting.percent(share) + "%" for share in chain.r_squared),
    )


def _row(name: str, estimate: Estimate) -> tuple[str, str, str]:
    return name, per_ten(estimate), ""


def _path(name: str, effect: ChainEffect) -> tuple[str, str, str]:
    return name, per_ten(effect.estimate), formatting.number(effect.standardised, 2)


def _kind(labels: Labels, chain: MediationChain) -> str:
    return catalogue("workbench")(f"chain.kind.{chain.kind or 'unknown'}", labels.language)


def _kind_told(labels: Labels, kind: str | None) -> str:
    return labels.spaced(catalogue("workbench")(f"chain.told.{kind or 'unknown'}", labels.language))


def _stands_on(labels: Labels, chain: MediationChain) -> str:
    n, lost, not_asked, clusters = (
        labels.count(count) for count in (chain.n, chain.lost, chain.not_asked, chain.clusters)
    )
    key = "chain.base_em" if chain.method == "em" else "chain.base"
    figures = {"n": n, "lost": lost, "not_asked": not_asked, "clusters": clusters}
    blank = formatting.percent(chain.blank) + "%"
    return labels.spaced(catalogue("workbench")(key, labels.language, blank=blank, **figures))


def _explained(labels: Labels, chain: MediationChain) -> str:
    shares = (formatting.percent(share) + "%" for share in chain.r_squared)
    names = (labels.within(named(labels, step)) for step in chain.steps[1:])
    told = [f"{name} {share}" for name, share in zip(names, shares, strict=True)]
    return say(labels, "chain.explained", shares=labels.joined(told))


def _held(labels: Labels, covariates: Sequence[str]) -> str:
    if not covariates:
        return say(labels, "chain.alone")
    names = labels.joined([named(labels, name) for name in covariates], len(covariates))
    return say(labels, "chain.held", names=names)


def _rest(labels: Labels, found: ChainSurvey) -> str:
    return _held(labels, found.covariates) if found.covariates else say(labels, "chain.apart")


def _replicates(labels: Labels, chain: MediationChain) -> str:
    return say(labels, "chain.intervals", replicates=labels.count(chain.replicates), seed=chain.seed)


def _identity(labels: Labels, found: ChainSurvey) -> str:
    worst = max(chain.identity for chain in found.chains)
    return _exact(labels, worst, min(chain.replicates - chain.failed for chain in found.chains))


def _exact(labels: Labels, identity: float, replicates: int) -> str:
    digits = _DIGITS if identity == 0 else min(_DIGITS, math.floor(-math.log10(identity)))
    return say(labels, "chain.identity", digits=digits, replicates=labels.count(replicates))


def _show_notes(terminal: Terminal, labels: Labels, found: ChainSurvey) -> None:
    told = notes(labels, [(named(labels, chain.steps[0]), chain.warnings) for chain in found.chains])
    terminal.lines(["", say(labels, "chain.notes")])
    terminal.lines([*told, *_kept(labels, found)], indent="  ")


def _kept(labels: Labels, found: ChainSurvey) -> Iterator[str]:
    if any(key == "few_levels" and values["levels"] == 2 for key, values in found.chains[0].warnings):
        yield say(labels, "chain.binary")
    yield from cautions(labels, dict.fromkeys(key for chain in found.chains for key in chain.cautions))
