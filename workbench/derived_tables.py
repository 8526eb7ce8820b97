"""Weights that answers suggested, and what weights do, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from analysis.importance import Importance
from analysis.results import Estimate, TooFew
from report_templates import formatting
from report_templates.context.labels import Labels
from survey.language import catalogue
from workbench.tables import indented, marked, plain_table
from workbench.weight_words import method_name

if TYPE_CHECKING:
    from rich.table import Table

    from analysis.derived_weights import DerivedWeights
    from analysis.index import IndexTree
    from survey.study import Study
    from workbench.by_answers import Effect
    from workbench.terminal import Terminal

# How the effect of a node compares with its weight; a mark stands where the interval leaves the weight out.
_THAN_MEANT = {"more": " +", "less": " −", "as_meant": "  ", None: "  "}


def show_derived(study: Study, derived: DerivedWeights, effect: Effect, terminal: Terminal) -> None:
    """Print the weights beside those in use, with intervals, what both do, and the index under both."""
    labels = Labels(study, terminal.language)
    method = method_name(derived.method)[terminal.language]
    terminal.show(
        Text(say(labels, "derive.title", method=method, wave=labels.wave(effect.wave)), style="bold")
    )
    evidence = derived.evidence
    lines = []
    if "r_squared" in evidence:
        fit = evidence["r_squared"]
        values = {
            "outcome": labels.outcome(evidence["outcome"]),
            "share": f"{formatting.percent(fit['value'])}%",
            "interval": _interval(fit, 0),
        }
        lines.append(say(labels, "derive.fit", **values, level=labels.level, n=labels.count(evidence["n"])))
    if "misfit" in evidence:
        lines.append(_misfit(labels, evidence, effect.found))
    terminal.lines(lines)
    terminal.show(_derived_table(terminal, labels, derived, effect))
    terminal.lines([say(labels, "derive.note", name=effect.name), *_under_both(labels, effect)])


def _misfit(labels: Labels, evidence: Mapping[str, Any], found: Importance | TooFew | None) -> str:
    """Say how far the importance is from its target: as solved for, and as the table shows it."""
    target = evidence["target"]
    seen = {node.id: _value(node.share) for node in found.nodes} if isinstance(found, Importance) else {}
    apart = [abs(share - target[item]) for item in target if (share := seen.get(item)) is not None]
    if len(apart) < len(target):
        return say(labels, "derive.misfit", misfit=evidence["misfit"])
    return say(labels, "derive.misfit_people", misfit=evidence["misfit"], seen=max(apart))


def _under_both(labels: Labels, effect: Effect) -> list[str]:
    """Return the index under both weights; nothing where the ones found must not be used."""
    now, found = effect.now, effect.found
    if found is None:
        return []
    if isinstance(now, TooFew) or isinstance(found, TooFew):
        return [say(labels, "derive.no_index", wave=labels.wave(effect.wave))]
    values = {
        "now": labels.score(now.index),
        "now_interval": labels.scores_interval(now.index),
        "found": labels.score(found.index),
        "found_interval": labels.scores_interval(found.index),
    }
    return [say(labels, "derive.index", name=effect.name, **values)]


def say(labels: Labels, key: str, **values: object) -> str:
    """Return a sentence of the workbench, with space between Han and Latin in Chinese."""
    return labels.spaced(catalogue("workbench")(key, labels.language, **values))


def _derived_table(terminal: Terminal, labels: Labels, derived: DerivedWeights, effect: Effect) -> Table:
    """Return the tree: weights found, among siblings or in the index, with intervals, and what they do."""
    from analysis.weight_caveats import reweighted

    shares, leaves = _intervals(derived)
    among = () if leaves else ("share", *(("share_interval",) if shares else ()))
    index = ("now", "found", *(("found_interval",) if leaves else ()))
    columns = ("node", *among, *index, "importance_now", "importance_found")
    tree = reweighted(effect.tree, derived.weights)
    parents = {node.id: node.parent for node in tree.nodes}
    before, after, total = _importance(effect.now), _importance(effect.found), _in_index(tree, leaves)
    rows = []
    for node, relative, now in zip(tree.nodes, tree.relative, effect.tree.effective, strict=True):
        cells = {
            "node": indented(labels.node(node.id), node.id, parents, "bold" if node.item is None else ""),
            "share": _percent(float(relative)),
            "share_interval": _interval(shares.get(node.id)),
            "now": _percent(float(now)),
            "found": _percent(total[node.id]),
            "found_interval": _interval(leaves.get(node.id)),
            "importance_now": before.get(node.id, formatting.NONE),
            "importance_found": after.get(node.id, formatting.NONE),
        }
        rows.append([cells[column] for column in columns])
    heads = [say(labels, f"derive.head.{column}", level=labels.level) for column in columns]
    return plain_table(rows, heads, right=range(1, len(columns)))


def _intervals(
    derived: DerivedWeights,
) -> tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Mapping[str, Any]]]:
    """Return weights with limits by node: among siblings, and in the index, as far as the method has them."""
    families = derived.evidence.get("families", ())
    among = {child["id"]: child for family in families for child in family["children"]}
    return among, {item["id"]: item for item in derived.evidence.get("items", ())}


def _in_index(tree: IndexTree, leaves: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return what every node weighs in the index; a coefficient below 0 counts as it was found."""
    found = dict(zip([node.id for node in tree.nodes], tree.effective.tolist(), strict=True))
    if any(leaf["weight"] is None for leaf in leaves.values()) or not leaves:
        return found
    for node in reversed(tree.nodes):
        below = [other.id for other in tree.nodes if other.parent == node.id]
        found[node.id] = sum(found[child] for child in below) if below else leaves[node.id]["weight"]
    return found


def _importance(found: Importance | TooFew | None) -> dict[str, str]:
    if not isinstance(found, Importance):
        return {}
    return {node.id: _percent(_value(node.share)) for node in found.nodes}


def importance_table(terminal: Terminal, labels: Labels, found: Importance, tree: IndexTree) -> Table:
    """Return every node with its nominal and effective weight, and the other ways to see importance."""
    columns = (
        *("node", "nominal", "share", "interval"),
        *("squared", "first_order", "covariance", "contribution"),
    )
    parents = {node.id: node.parent for node in tree.nodes}
    rows = []
    for node in found.nodes:
        squared = _value(node.squared_correlation)
        rows.append(
            [
                indented(labels.node(node.id), node.id, parents, "bold" if node.item is None else ""),
                _percent(node.nominal),
                marked(_percent(_value(node.share)), _THAN_MEANT[node.reading]),
                labels.shares_interval(node.share, 1),
                formatting.NONE if squared is None else formatting.number(squared, 2),
                _percent(_value(node.first_order)),
                _percent(_value(node.covariance_share)),
                labels.score(node.contribution),
            ]
        )
    heads = [say(labels, f"importance.head.{column}", level=labels.level) for column in columns]
    return plain_table(rows, heads, right=range(1, len(columns)))


def _value(estimate: Estimate | TooFew) -> float | None:
    return estimate.value if isinstance(estimate, Estimate) else None


def _percent(value: float | None) -> str:
    return formatting.NONE if value is None else f"{formatting.percent(value, 1)}%"


def _interval(limits: Mapping[str, Any] | None, decimals: int = 1) -> str:
    if limits is None or limits["low"] is None:
        return formatting.NONE
    return formatting.interval(*(formatting.percent(limits[end], decimals) for end in ("low", "high")))
