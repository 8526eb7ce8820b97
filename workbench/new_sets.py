"""Weight sets that come into a project: made by hand, from a file, or derived by a method.

All of them start as drafts. What a method says beside its weights stays with them as evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from survey.language import LANGUAGES
from workbench.terminal import Stop
from workbench.usage import Misuse
from workbench.user import user
from workbench.weight_choice import OWN, find, is_file
from workbench.weight_words import caveat_lines, method_name

if TYPE_CHECKING:
    from analysis.derived_weights import DerivedWeights
    from survey.study import Study
    from survey.weight_set import WeightMethod, WeightSet
    from survey.weight_store import HeldSet
    from workbench.project import Project


def save_derived(
    project: Project,
    derived: DerivedWeights,
    *,
    name: str,
    reason: str,
    command: str,
    author: str | None = None,
    parent: str | None = None,
) -> HeldSet:
    """Keep weights that a method found as a draft of the project, and return it.

    Parameters
    ----------
    command : ``ctx.command_path``, for usage errors.
    author : who answers for the set; by default the user of this machine.
    parent : the set that this one is to replace, as ``--weights`` takes it; by default the one in use.

    The caveats are kept in the evidence, under ``caveats``.

    Raises
    ------
    Stop
        If the method says that its weights must not be used, with all its reasons.
    Misuse
        If ``name`` cannot be the name of a set.
    ProblemsError
        If the name is taken, or the weights leave a branch without a score.
    """
    if derived.blocked:
        raise blocked(derived, project.study)
    caveats = [{"key": caveat.key, "values": dict(caveat.values)} for caveat in derived.caveats]
    evidence = {**derived.evidence, **({"caveats": caveats} if caveats else {})}
    method = cast("WeightMethod", derived.method)
    made = new_set(
        *(project, derived.weights, name),
        method=method,
        reason=reason,
        command=command,
        author=author,
        parent=parent,
        evidence=evidence,
    )
    return keep(project, made)


def blocked(derived: DerivedWeights, study: Study) -> Stop:
    """Return what is said of weights that a method found and that must not be used."""
    told = {tongue: caveat_lines(derived.blocked, study, tongue) for tongue in LANGUAGES}
    reasons = {tongue: " ".join(lines) for tongue, lines in told.items()}
    return Stop("weights.blocked", method=method_name(derived.method), reasons=reasons)


def new_set(
    project: Project,
    weights: Mapping[str, float],
    name: str,
    *,
    method: WeightMethod,
    reason: str,
    command: str,
    author: str | None = None,
    parent: str | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> WeightSet:
    """Return a set of today for the index of the project; raises what ``save_derived`` does."""
    from survey.weight_set import WeightSet, parents_of

    study = project.study
    return WeightSet(
        name=free_name(project, name, command),
        method=method,
        author=author or user() or "?",
        date=datetime.now().astimezone().date(),
        reason=reason,
        parent=find(project, parent, command).weights.digest,
        index=study.index.id,
        weights=dict(weights),
        parents=parents_of(study.index),
        evidence=dict(evidence or {}),
    )


def free_name(project: Project, name: str, command: str) -> str:
    """Return ``name``; raises ``Misuse`` where it names something else or cannot be a name."""
    from pydantic import TypeAdapter, ValidationError

    from survey.weight_set import SetName, study_weights

    try:
        TypeAdapter(SetName).validate_python(name)
    except ValidationError:
        raise Misuse("usage.set_name", command, name=name) from None
    if is_file(name):
        raise Misuse("usage.set_name", command, name=name)
    if name in (OWN, study_weights(project.study).name):
        raise Misuse("usage.set_name_taken", command, name=name)
    return name


def keep(project: Project, weights: WeightSet) -> HeldSet:
    """Write a set into the project file as a draft.

    Raises ``ProblemsError`` where it is not for the index of the study, its name is taken or it is there
    already.
    """
    from survey.errors import Place, WeightProblems
    from survey.store import Store
    from survey.weight_fit import misfits
    from survey.weight_set import study_weights

    if wrong := misfits(weights, project.study, Place(weights.name)):
        raise WeightProblems(wrong)
    own = study_weights(project.study)
    with Store.open(project.database) as store:
        at = datetime.now().astimezone()
        return store.weights.add(weights, at=at, study=own if weights.parent == own.digest else None)
