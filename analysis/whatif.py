"""The what-if of one wave as a report prints it: every driver alone, and those to improve first together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.simulator import Simulator
from analysis.whatif_models import FlagModel, LinearModel
from analysis.whatif_results import DriverMoves, Note, OutcomeModel, WhatIf
from analysis.whatif_warnings import model_notes


def what_if(
    simulator: Simulator,
    steps: Sequence[float],
    improve: Sequence[str] = (),
    *,
    blocked: Mapping[str, int] | None = None,
    value_column: str | None = None,
) -> WhatIf:
    """Move every driver alone by each of ``steps`` points, and ``improve`` together by the largest.

    Parameters
    ----------
    improve : the drivers to improve first, if there are any.
    blocked : outcomes that the checklist blocks, with how many of its lines do.
    value_column : column that the revenue came from.
    """
    steps = sorted(steps)
    items = simulator.ground.items
    wanted = [{item: step} for item in items for step in steps]
    together = [dict.fromkeys(improve, steps[-1])] if improve else []
    found = simulator.scenarios([*wanted, *together])
    single = found[: len(wanted)]
    rows = [single[start : start + len(steps)] for start in range(0, len(single), len(steps))]
    return WhatIf(
        wave=simulator.asked.wave,
        level=simulator.asked.level,
        steps=tuple(float(step) for step in steps),
        index=simulator.index,
        outcomes=outcome_models(simulator, blocked),
        missing=missing_models(simulator),
        reach=tuple(simulator.reach[item] for item in items),
        drivers=tuple(DriverMoves(item, tuple(row)) for item, row in zip(items, rows, strict=True)),
        combined=found[-1] if improve else None,
        value_column=value_column if simulator.money else None,
    )


def outcome_models(
    simulator: Simulator, blocked: Mapping[str, int] | None = None
) -> tuple[OutcomeModel, ...]:
    """Describe the models of a simulator, in their order; ``blocked`` as for :func:`what_if`."""
    return tuple(_model(simulator, model, blocked or {}) for model in simulator.models)


def missing_models(simulator: Simulator) -> tuple[Note, ...]:
    """Return the outcomes without a model, and why: see :class:`~analysis.whatif_models.NoModel`."""
    return tuple((missing.key, {"outcome": name, **missing.values}) for name, missing in simulator.missing)


def _model(simulator: Simulator, model: LinearModel | FlagModel, blocked: Mapping[str, int]) -> OutcomeModel:
    asked, kind = simulator.asked, simulator.kinds[model.outcome]
    notes: list[Note] = [*model_notes(model, asked.wave)]
    if lines := blocked.get(model.outcome):
        notes.append(("blocked", {"outcome": model.outcome, "lines": lines}))
    flag = isinstance(model, FlagModel)
    return OutcomeModel(
        outcome=model.outcome,
        kind=kind.kind,
        unit="share" if flag else "points",
        model="logit" if flag else "linear",
        now=simulator.levels[model.outcome],
        waves=model.waves if isinstance(model, FlagModel) else (asked.wave,),
        n=model.data.n,
        clusters=len(np.unique(asked.design.unit[model.data.rows])),
        events=model.events if isinstance(model, FlagModel) else None,
        coefficients=model.coefficients,
        warnings=tuple(notes),
    )
