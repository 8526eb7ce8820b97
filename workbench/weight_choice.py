"""Which weights results use: the study's own, the approved set in use, or what ``--weights`` names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from workbench.usage import Misuse

if TYPE_CHECKING:
    from survey.study import Study
    from survey.weight_set import ChosenWeights, SetState, WeightSet
    from survey.weight_store import HeldSet
    from workbench.project import Project

# What the study's own weights go by on the command line.
OWN = "study"


class Weighted(NamedTuple):
    """The study with the weights of a set, the set, and where it stands."""

    study: Study
    weights: WeightSet
    state: SetState

    @property
    def chosen(self) -> ChosenWeights:
        """What ``analysis.pipeline.run`` takes."""
        from survey.weight_set import ChosenWeights

        return ChosenWeights(self.weights, self.state)


def is_file(name: str) -> bool:
    """Tell whether ``name`` is a file of weights and not the name of a set."""
    return name.lower().endswith((".yaml", ".yml"))


def choose(opened: Project, name: str | None, command: str) -> Weighted:
    """Return the study with the weights that ``name`` stands for: see ``Project.weight_set``."""
    from survey.errors import Place, WeightProblems
    from survey.weight_fit import misfits
    from survey.weight_set import with_weights

    found = find(opened, name, command)
    if found.state == "study":
        return Weighted(opened.study, found.weights, found.state)
    place = Place(opened.database.name, key=found.weights.name)
    if wrong := misfits(found.weights, opened.study, place):
        raise WeightProblems(wrong)
    return Weighted(with_weights(opened.study, found.weights), found.weights, found.state)


def find(opened: Project, name: str | None, command: str) -> ChosenWeights:
    """Return the set that ``name`` stands for, whether it is for the index as it is now or not."""
    from survey.weight_set import ChosenWeights, study_weights

    own = study_weights(opened.study)
    if name is not None and is_file(name):
        return _from_file(opened, Path(name), command)
    held = None if name == OWN else _held(opened, name, own, command)
    return ChosenWeights(own, "study") if held is None else ChosenWeights(held.weights, held.state)


def known_set(opened: Project, name: str, command: str) -> HeldSet:
    """Return the draft or approved set ``name``; a ``Misuse`` that lists them where there is none."""
    name_in_project(opened, name, command)
    with opened.store() as store:
        return store.weights.named(name)


def name_in_project(opened: Project, name: str, command: str) -> None:
    """Raise a ``Misuse`` that lists the sets of the project where ``name`` is none of them."""
    names: tuple[str, ...] = ()
    if opened.database.is_file():
        with opened.store() as store:
            names = store.weights.names()
    if name == OWN and name not in names:
        raise Misuse("usage.own_weights", command)
    if name not in names:
        raise Misuse.unknown("weights", name, (*names, OWN), command)


def held_set(opened: Project, chosen: ChosenWeights) -> HeldSet:
    """Return a set with what the project knows of it: when it was saved, who approved it."""
    from survey.weight_store import HeldSet

    if chosen.state in ("draft", "approved"):
        with opened.store() as store:
            if (held := store.weights.with_digest(chosen.weights.digest)) is not None:
                return held
    return HeldSet(chosen.weights, chosen.state)


def parent_of(opened: Project, weights: WeightSet) -> WeightSet | None:
    """Return the set that another was made from, if the project or the study file still has it."""
    from survey.weight_set import study_weights

    own = study_weights(opened.study)
    if weights.parent is None or weights.parent == own.digest:
        return own if weights.parent else None
    if not opened.database.is_file():
        return None
    with opened.store() as store:
        held = store.weights.with_digest(weights.parent)
    return None if held is None else held.weights


def _held(opened: Project, name: str | None, own: WeightSet, command: str) -> HeldSet | None:
    """Return the set that the project holds under ``name`` or uses; ``None`` for the study's own weights."""
    if name is None:
        if not opened.database.is_file():
            return None
        with opened.store() as store:
            return store.weights.used()
    try:
        return known_set(opened, name, command)
    except Misuse:
        if name == own.name:
            return None
        raise


def _from_file(opened: Project, path: Path, command: str) -> ChosenWeights:
    from survey.errors import WeightProblems
    from survey.weight_file import read_weight_file
    from survey.weight_set import ChosenWeights

    if not path.exists():
        raise Misuse("usage.no_file", command, file=path)
    found = read_weight_file(path, opened.study)
    if found.edited is not None:
        raise WeightProblems([found.edited])
    if opened.database.is_file():
        with opened.store() as store:
            if (known := store.weights.with_digest(found.weights.digest)) is not None:
                return ChosenWeights(known.weights, known.state)
    return ChosenWeights(found.weights, "file")
