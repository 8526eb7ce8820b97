"""Weights from what experts filled in: by comparisons in pairs, by points, by points over rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from survey.language import listing
from workbench.derivation import Asked, Derivation
from workbench.panels import PanelRules, analysed, read_panel_files
from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.panel import Panel

_AHP_RULES = ("eigenvector", "geometric")
_POOLINGS = ("mean", "median", "trimmed")
_GROUPS = ("judgements", "priorities")
_TABLES = ("saaty_newer", "saaty_older", "simulated_500000")


def by_experts(asked: Asked) -> Derivation:
    """Derive weights from the workbooks of a panel.

    Raises ``Misuse`` for a rule or an expert that does not exist, ``PanelProblems`` with all that is wrong
    with the workbooks.
    """
    from workbench.panel_tables import show_panel

    if not asked.files:
        raise Misuse("usage.missing", asked.command, name="--from")
    rules = _rules(asked)
    panel = read_panel_files(asked.files, asked.project.study)
    _check_experts(panel, asked)
    found = analysed(panel, asked.project.study, rules)
    return Derivation(found.derived(), partial(show_panel, asked, panel, found))


def _rules(asked: Asked) -> PanelRules:
    ahp = asked.method == "ahp"
    chosen: dict[str, Any] = {"method": asked.method, "without": asked.without, "counts": asked.counts}
    if asked.rule is not None:
        known = _AHP_RULES if ahp else _POOLINGS
        chosen["ahp_rule" if ahp else "pooling"] = _one_of(asked.rule, known, "rule", asked)
    for name, value, known in (("group", asked.group, _GROUPS), ("table", asked.table, _TABLES)):
        if value is not None:
            chosen[name] = _one_of(value, known, name, asked)
    return PanelRules(**chosen)


def _one_of(value: str, known: Sequence[str], what: str, asked: Asked) -> str:
    if value not in known:
        values: Mapping[str, object] = {"name": value, "known": listing(known), "method": asked.method}
        raise Misuse(f"usage.derive_{what}", asked.command, **values)
    return value


def _check_experts(panel: Panel, asked: Asked) -> None:
    known = list(dict.fromkeys(sheet.expert for sheet in panel.sheets))
    for name in (*asked.without, *asked.counts):
        if name not in known:
            raise Misuse.unknown("expert", name, known, asked.command)
