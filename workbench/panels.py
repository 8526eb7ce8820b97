"""Workbooks that experts filled in, on their way to weights: read, checked as a panel, and analysed.

Everything that keeps a panel from weights is told at once, with the sheet and what to ask whom again.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from survey.errors import ImportProblems, PanelProblems, Place, Problem
from survey.language import LANGUAGES, Language, listing

if TYPE_CHECKING:
    from analysis.ahp import AhpMethod, RandomIndex
    from analysis.ahp_panel import Aggregation, AhpPanel
    from analysis.budget import Pooling
    from analysis.budget_panel import BudgetPanel
    from analysis.sample import Floats
    from survey.panel import Family, Panel, PanelMethod, PanelSheet
    from survey.study import Study


@dataclass(frozen=True, slots=True)
class PanelRules:
    """How a panel becomes weights: by which method, with which experts, by which rule.

    ``ahp_rule``, ``group`` and ``table`` are for comparisons in pairs, ``pooling`` for points.
    """

    method: str
    ahp_rule: AhpMethod = "eigenvector"
    group: Aggregation = "judgements"
    table: RandomIndex = "saaty_newer"
    pooling: Pooling = "mean"
    without: tuple[str, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)

    @property
    def asked(self) -> PanelMethod:
        """What kind of workbook the method needs."""
        return "ahp" if self.method == "ahp" else "budget"


def read_panel_files(files: Sequence[Path], study: Study) -> Panel:
    """Read the workbooks of a panel; raises ``PanelProblems`` with every problem of every file."""
    from survey.panel_reader import read_panel
    from survey.workbook import read_workbook

    problems: list[Problem] = []
    workbooks = []
    for file in files:
        try:
            workbooks.append(read_workbook(file))
        except ImportProblems as error:
            problems += error.problems
    try:
        found = read_panel(workbooks, study)
    except PanelProblems as error:
        raise PanelProblems([*problems, *error.problems]) from None
    if problems:
        raise PanelProblems(problems)
    return found


def shown_files(files: Sequence[Path]) -> str:
    """Return files as a command names them; a pattern stays one that the shell expands."""
    return " ".join(str(file) if "*" in file.name else shlex.quote(str(file)) for file in files)


def check_answered(panel: Panel, heard: Sequence[PanelSheet] | None = None) -> None:
    """Raise ``PanelProblems`` where nobody of ``heard``, by default of the panel, gave an answer."""
    if not (panel.sheets if heard is None else heard):
        blank = listing(name for _, name in panel.empty) if panel.empty else listing(["–"])
        raise PanelProblems([Problem("panel_all_empty", Place(panel.file), {"experts": blank})])


def analysed(panel: Panel, study: Study, rules: PanelRules) -> AhpPanel | BudgetPanel:
    """Return what a panel says about the whole index.

    Raises ``PanelProblems`` where sheets are of another method or of several rounds, nobody judged a family,
    or somebody's comparisons do not link all of its members.
    """
    from analysis.pipeline import index_tree
    from survey.panel import panel_families

    families = panel_families(study)
    heard = [sheet for sheet in panel.sheets if sheet.expert not in rules.without]
    if problems := tuple(_problems(heard, panel, families, rules)):
        raise PanelProblems(problems)
    tree = index_tree(study.index)
    if rules.asked == "ahp":
        from analysis.ahp_panel import ahp_panel

        judged = {sheet.expert: _matrices(sheet, families) for sheet in panel.sheets}
        return ahp_panel(
            tree,
            judged,
            method=rules.ahp_rule,
            aggregation=rules.group,
            table=rules.table,
            expert_weights=rules.counts,
            without=rules.without,
        )
    from analysis.budget_panel import budget_panel

    return budget_panel(
        tree,
        [allocations(panel.of_round(number), families) for number in panel.rounds],
        delphi=rules.method == "delphi",
        how=rules.pooling,
        expert_weights=rules.counts,
        without=rules.without,
    )


def _problems(
    heard: Sequence[PanelSheet], panel: Panel, families: Sequence[Family], rules: PanelRules
) -> Iterator[Problem]:
    check_answered(panel, heard)
    others = [sheet for sheet in heard if sheet.method != rules.asked]
    for sheet in others:
        yield Problem("panel_wrong_method", sheet.place, {"found": sheet.method, "asked": rules.method})
    if others:
        return
    rounds = sorted({sheet.round for sheet in heard})
    if len(rounds) > 1 and rules.method != "delphi":
        yield Problem("panel_several_rounds", heard[0].place, {"rounds": listing(rounds)})
        return
    for number in rounds:
        of_round = [sheet for sheet in heard if sheet.round == number]
        for family in families:
            if not any(family.parent in (sheet.judgements or sheet.points) for sheet in of_round):
                values = {"family": family.label, "round": number}
                yield Problem("panel_nobody_judged", of_round[0].place, values)
    for sheet in heard:
        yield from _unlinked(sheet, families)


def _unlinked(sheet: PanelSheet, families: Sequence[Family]) -> Iterator[Problem]:
    """Yield what to ask an expert again, where comparisons fall into parts."""
    from analysis.pairwise import links_needed

    found = _matrices(sheet, families)
    for family in families:
        needed = links_needed(found[family.parent]) if family.parent in found else []
        if needed:
            asked = {language: _pairs(family, needed, language) for language in LANGUAGES}
            values = {"expert": sheet.expert, "family": family.label, "pairs": asked}
            yield Problem("panel_not_linked", sheet.place, values)


def _pairs(family: Family, pairs: Sequence[tuple[int, int]], language: Language) -> str:
    names = [family.names[member.id][language] for member in family.members]
    return listing(f"{names[i]} – {names[j]}" for i, j in pairs)[language]


def _matrices(sheet: PanelSheet, families: Sequence[Family]) -> dict[str | None, Floats]:
    from analysis.pairwise import reciprocal_matrix

    return {
        family.parent: reciprocal_matrix(
            [member.id for member in family.members], sheet.judgements[family.parent]
        )
        for family in families
        if family.parent in sheet.judgements
    }


def allocations(
    sheets: Sequence[PanelSheet], families: Sequence[Family]
) -> dict[str, dict[str | None, Floats]]:
    """Return the points of every expert by family, in the order of its members."""
    import numpy as np

    return {
        sheet.expert: {
            family.parent: np.array([sheet.points[family.parent][member.id] for member in family.members])
            for family in families
            if family.parent in sheet.points
        }
        for sheet in sheets
    }
