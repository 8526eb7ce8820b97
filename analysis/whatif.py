"""What-ifs of one wave: a simulator for a sample, and the table that a report prints.

    from analysis import OutcomeKind, flat_tree, sample_from_frame, simulator_of
    simulated = simulator_of(sample, flat_tree({"speed": 2, "price": 1}), [OutcomeKind("loyal", "loyalty")])
    print(simulated.scenario({"speed": 5}).summary())

What a newcomer gets wrong: the table moves every driver alone, and what they bring alone need not add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.design import design_of
from analysis.driver_settings import ModelSettings
from analysis.gain_tests import with_q_by_outcome
from analysis.index import IndexTree
from analysis.inputs import check_known, check_share, chosen_wave, name_list
from analysis.outcome_kinds import OutcomeKind
from analysis.replicates import replication
from analysis.sample import Floats, Sample
from analysis.simulator import Simulator
from analysis.whatif_models import Asked, FlagModel, LinearModel, rows_of
from analysis.whatif_results import DriverMoves, ModelKind, Note, OutcomeModel, WhatIf
from analysis.whatif_warnings import model_notes


def simulator_of(
    sample: Sample,
    tree: IndexTree,
    outcomes: Sequence[OutcomeKind],
    *,
    drivers: Sequence[str] | None = None,
    wave: str | None = None,
    revenue: Floats | None = None,
    settings: ModelSettings | None = None,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    disclosure_limit: int = 10,
    minimum_base: int = 30,
) -> Simulator:
    """Fit what what-ifs of a wave (the last by default) need.

    Parameters
    ----------
    tree : the index; its items are the drivers unless others are named.
    outcomes : what to work out, of the sample's outcomes; those whose unit is a share get a logit.
    revenue : (N,) revenue of the account of each row, nan where unknown.
    settings : covariates that are always in, and what becomes of blanks; groups of drivers are left aside.
    minimum_base : answers that a group needs to say what is within reach.

    Raises
    ------
    ValueError
        For an unknown wave, driver or outcome, or an option out of range.
    """
    chosen, items = chosen_wave(sample, wave), name_list(drivers or tree.items, "drivers")
    check_known(items, sample.items, "item")
    check_known([kind.id for kind in outcomes], sample.outcomes, "outcome")
    check_share(level, "level of confidence")
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    asked = Asked(sample, plan, chosen, settings or ModelSettings(), level, disclosure_limit)
    return Simulator.of(asked, tree, items, outcomes, revenue=revenue, minimum_base=minimum_base)


def what_if(
    simulated: Simulator,
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
    items = simulated.ground.items
    wanted = [{item: step} for item in items for step in steps]
    together = [dict.fromkeys(improve, steps[-1])] if improve else []
    found = simulated.scenarios([*wanted, *together])
    single = found[: len(wanted)]
    by_step = [with_q_by_outcome(single[place :: len(steps)]) for place in range(len(steps))]
    rows = list(zip(*by_step, strict=True))
    return WhatIf(
        wave=simulated.asked.wave,
        level=simulated.asked.level,
        steps=tuple(float(step) for step in steps),
        index=simulated.index,
        outcomes=outcome_models(simulated, blocked),
        missing=missing_models(simulated),
        reach=tuple(simulated.reach[item] for item in items),
        drivers=tuple(DriverMoves(item, row) for item, row in zip(items, rows, strict=True)),
        combined=found[-1] if improve else None,
        value_column=value_column if simulated.money else None,
    )


def outcome_models(
    simulated: Simulator, blocked: Mapping[str, int] | None = None
) -> tuple[OutcomeModel, ...]:
    """Describe the models of a simulated, in their order; ``blocked`` as for :func:`what_if`."""
    return tuple(_model(simulated, model, blocked or {}) for model in simulated.models)


def missing_models(simulated: Simulator) -> tuple[Note, ...]:
    """Return the outcomes without a model, and why: see :class:`~analysis.whatif_models.NoModel`."""
    return tuple((missing.key, {"outcome": name, **missing.values}) for name, missing in simulated.missing)


def _kind(model: LinearModel | FlagModel) -> ModelKind:
    if isinstance(model, LinearModel):
        return "linear"
    return "logit" if model.score is None else "logit_through"


def _model(simulated: Simulator, model: LinearModel | FlagModel, blocked: Mapping[str, int]) -> OutcomeModel:
    asked, kind = simulated.asked, simulated.kinds[model.outcome]
    notes: list[Note] = [*model_notes(model, asked.wave)]
    if lines := blocked.get(model.outcome):
        notes.append(("blocked", {"outcome": model.outcome, "lines": lines}))
    flag = isinstance(model, FlagModel)
    return OutcomeModel(
        outcome=model.outcome,
        kind=kind.kind,
        unit="share" if flag else "points",
        model=_kind(model),
        now=simulated.levels[model.outcome],
        waves=model.waves if isinstance(model, FlagModel) else (asked.wave,),
        n=len(rows_of(model)),
        clusters=len(np.unique(asked.design.unit[rows_of(model)])),
        events=model.events if isinstance(model, FlagModel) else None,
        score=model.score if isinstance(model, FlagModel) else None,
        coefficients=model.coefficients,
        warnings=tuple(notes),
    )
