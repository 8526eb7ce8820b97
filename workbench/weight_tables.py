"""A weight set on a terminal and as JSON: its tree, who made it, where it stands, what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from analysis.derived_weights import Caveat
from survey.weight_set import WeightSet, effective_weights, relative_weights
from workbench.weight_words import caveat_lines, method_name, name_of, value_of

if TYPE_CHECKING:
    from rich.table import Table

    from survey.study import Study
    from survey.weight_store import HeldSet
    from workbench.terminal import Terminal

DIGEST_SHOWN = 8
# Shares that differ by less print the same.
_SAME = 5e-5


def weight_tree(
    terminal: Terminal, study: Study, weights: WeightSet, before: WeightSet | None = None
) -> Table:
    """Return the tree with the share of every node among its siblings and in the index.

    With ``before``, also what the node weighed in the index under that set, and the difference.
    """
    from rich.padding import Padding
    from rich.text import Text

    from report_templates import formatting
    from report_templates.context.labels import Labels
    from workbench.tables import plain_table

    labels = Labels(study, terminal.language)
    relative, effective = relative_weights(weights), effective_weights(weights)
    earlier = {} if before is None else effective_weights(before)
    columns = ["node", "id", "share", "effective", *(["before", "difference"] if before else [])]
    rows = []
    branches = set(weights.parents.values())
    for node, depth in _ordered(weights, study):
        style = "bold" if node in branches else ""
        row: list[Any] = [Padding(Text(labels.node(node), style=style), (0, 0, 0, 2 * depth)), node]
        row += [f"{formatting.percent(share, 1)}%" for share in (relative[node], effective[node])]
        if before is not None:
            row += _change(earlier.get(node), effective[node])
        rows.append(row)
    heads = [terminal.text(f"weights.head.{column}") for column in columns]
    return plain_table(rows, heads, right=range(2, len(columns)))


def _change(was: float | None, now: float) -> list[str]:
    from report_templates import formatting

    if was is None:
        return [formatting.NONE, formatting.NONE]
    change = formatting.signed_percent(now - was, 1) if abs(now - was) >= _SAME else "0.0"
    return [f"{formatting.percent(was, 1)}%", change]


def _ordered(weights: WeightSet, study: Study) -> Iterator[tuple[str, int]]:
    """Yield the nodes of a set with their depth, in the order of the study where that has them."""
    from survey.weight_set import node_ids

    known = {node: position for position, node in enumerate(node_ids(study.index))}
    nodes = sorted(weights.weights, key=lambda node: known.get(node, len(known)))

    def below(parent: str | None, depth: int) -> Iterator[tuple[str, int]]:
        for node in nodes:
            if weights.parents.get(node) == parent:
                yield node, depth
                yield from below(node, depth + 1)

    yield from below(None, 0)


def caveats_of(weights: WeightSet) -> tuple[Caveat, ...]:
    """Return what the method said beside the weights."""
    kept = weights.evidence.get("caveats", [])
    return tuple(Caveat(entry["key"], entry["values"]) for entry in kept)


def facts(terminal: Terminal, study: Study, held: HeldSet, parent: WeightSet | None) -> list[str]:
    """Return who made a set, how, when and why, and who approved it, as lines; caveats last.

    ``parent`` is the set that it was made from, where that is known.
    """
    weights, text = held.weights, terminal.text
    lines = [text("weights.shown.name", name=weights.name, index=weights.index, digest=weights.digest)]
    lines.append(text("weights.shown.method", method=method_name(weights.method)))
    if weights.date is not None:
        made = {"author": weights.author, "date": weights.date.isoformat(), "reason": weights.reason}
        lines.append(text("weights.shown.made", **made))
    if weights.parent is not None:
        short = weights.parent[:DIGEST_SHOWN]
        named = text("weights.shown.unknown") if parent is None else parent.name
        lines.append(text("weights.shown.parent", name=named, digest=short))
    if held.approved_at is None:
        lines.append(text(f"weights.shown.{held.state}"))
    else:
        signed = {"by": held.approved_by, "at": f"{held.approved_at:%Y-%m-%d %H:%M}", "note": held.note}
        lines.append(text("weights.shown.signed_note" if held.note else "weights.shown.signed", **signed))
    lines += evidence_lines(terminal, weights)
    return lines + caveat_lines(caveats_of(weights), study, terminal.language)


def evidence_lines(terminal: Terminal, weights: WeightSet) -> list[str]:
    """Return the evidence that is a single value, and the names of what ``--json`` and files show in full."""
    evidence = {key: value for key, value in weights.evidence.items() if key != "caveats"}
    single = {key: value for key, value in evidence.items() if isinstance(value, (str, int, float))}
    rest = [key for key in evidence if key not in single]
    lines = []
    if single:
        told = {name_of(key, terminal.language): _told(key, value, terminal) for key, value in single.items()}
        pairs = [terminal.text("weights.shown.pair", name=name, value=value) for name, value in told.items()]
        found = terminal.text("weights.shown.then").join(pairs)
        lines.append(terminal.text("weights.shown.evidence", evidence=found))
    if rest:
        names = terminal.text("weights.between").join(name_of(key, terminal.language) for key in rest)
        lines.append(terminal.text("weights.shown.evidence_more", names=names))
    return lines


def _told(key: str, value: str | float, terminal: Terminal) -> str:
    """Return a single value of the evidence: words for what a method calls by a word, figures short."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if key == "answers":
        return str(value)[:DIGEST_SHOWN]
    return value_of(str(value), terminal.language)


def set_document(held: HeldSet, *, in_use: bool) -> dict[str, Any]:
    """Return a set as JSON values: everything in it, its digest and state, and its shares by node."""
    weights = held.weights
    return {
        **weights.model_dump(mode="json"),
        "digest": weights.digest,
        "state": held.state,
        "in_use": in_use,
        "saved_at": held.at.isoformat() if held.at else None,
        "approved_at": held.approved_at.isoformat() if held.approved_at else None,
        "approved_by": held.approved_by,
        "note": held.note,
        "relative": relative_weights(weights),
        "effective": effective_weights(weights),
    }
