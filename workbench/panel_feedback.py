"""What experts are told in the next round: their own answer, and where the panel lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from survey.panel import Family, PanelSheet
    from survey.panel_workbook import Told


def feedback(
    sheets: Sequence[PanelSheet], experts: Sequence[str], families: Sequence[Family]
) -> dict[str, dict[str, Told]]:
    """Return, by expert and id of a row, what is shown of a round.

    Quartiles of points are taken as they are, those of comparisons on the scale of logarithms. One who did
    not answer sees the panel's answers alone; a row that nobody answered shows nothing.
    """
    from survey.panel_workbook import Told

    found: dict[str, dict[str, Told]] = {expert: {} for expert in experts}
    for row, answers in _answers(sheets, families):
        if answers:
            low, median, high = _quartiles(list(answers.values()), logarithms=sheets[0].method == "ahp")
            for expert in experts:
                found[expert][row] = Told(answers.get(expert), median, low, high)
    return found


def _answers(
    sheets: Sequence[PanelSheet], families: Sequence[Family]
) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Yield the id of every row with each expert's answer."""
    for family in families:
        given = {sheet.expert: sheet.judgements.get(family.parent, {}) for sheet in sheets}
        for pair in family.pairs:
            key = (pair[0].id, pair[1].id)
            yield family.row(*pair), {name: said[key] for name, said in given.items() if key in said}
        shared = {sheet.expert: sheet.points.get(family.parent, {}) for sheet in sheets}
        for member in family.members:
            yield (
                family.row(member),
                {name: said[member.id] for name, said in shared.items() if member.id in said},
            )


def _quartiles(answers: Sequence[float], *, logarithms: bool) -> tuple[float, ...]:
    import numpy as np

    from analysis.agreement import spread

    values = np.array(answers)[:, None]
    seen = spread(np.log(values) if logarithms else values)
    quartiles = np.array([seen.q1[0], seen.median[0], seen.q3[0]])
    return tuple((np.exp(quartiles) if logarithms else quartiles).tolist())
