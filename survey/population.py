"""What is true in the register behind a simulated survey, to hold estimates against.

A true value is what asking *every* contact of the register would give, on average over all that chance
decides on the occasion. It includes rounding to codes, the ends of the scale and careless answers,
because those belong to how people answer; beside it stands the value if everybody read the questions,
so the difference is the bias that no interval covers. Which answers stay blank and who takes part do
not depend on opinions, so neither changes a true value.

The average is taken over repeated censuses, each of which counts once; ``error`` is the standard error
that this leaves, small beside the standard error of any sample.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from survey.language import LANGUAGES, catalogue
from survey.opinions import Census, take_census
from survey.register import Booleans, Floats, Register
from survey.study import IndexNode, Study
from survey.true_drivers import (
    TrueDrivers,
    TrueValue,
    driver_correlations,
    outcome_scores,
    scored,
    true_drivers,
)
from survey.truth import Truth
from survey.turnover import register_in

REPEATS = 16
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrueWave:
    """True values of one wave.

    ``nodes`` are the branches of the index tree, ``outcomes`` points of 100, ``groups`` the index by
    segment and category, ``differences`` of each group from everybody outside it. ``attentive_index``
    and ``attentive_items`` are without careless answers.
    """

    index: TrueValue
    attentive_index: TrueValue
    nodes: Mapping[str, TrueValue]
    items: Mapping[str, TrueValue]
    attentive_items: Mapping[str, TrueValue]
    outcomes: Mapping[str, TrueValue]
    groups: Mapping[str, Mapping[str, TrueValue]]
    differences: Mapping[str, Mapping[str, TrueValue]]
    drivers: Mapping[str, TrueDrivers]


@dataclass(frozen=True, slots=True)
class Population:
    """True values of several waves. ``changes`` compares each wave with the one before it."""

    definition: Mapping[str, str]
    seed: int
    repeats: int
    accounts: int
    contacts: int
    waves: Mapping[str, TrueWave]
    changes: Mapping[str, Mapping[str, Mapping[str, TrueValue]]]

    def document(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return dataclasses.asdict(self)


def population(
    study: Study,
    truth: Truth,
    waves: Sequence[str],
    seed: int,
    *,
    repeats: int = REPEATS,
    register: Register | None = None,
) -> Population:
    """Work out the true values of ``waves``, in their order.

    ``register`` may be given where it is already drawn; it then serves every wave. By default each wave
    has the register that ``simulate`` would draw from.
    """
    registers = {wave: register or register_in(study, truth, wave, seed) for wave in waves}
    found = {wave: _wave(study, truth, registers[wave], wave, seed, repeats) for wave in waves}
    size = next(iter(registers.values()))
    return Population(
        definition={
            language: catalogue("survey")("simulate.definition", language, repeats=repeats)
            for language in LANGUAGES
        },
        seed=seed,
        repeats=repeats,
        accounts=size.accounts,
        contacts=len(size),
        waves=found,
        changes={later: _changes(found[earlier], found[later]) for earlier, later in pairwise(waves)},
    )


def _wave(study: Study, truth: Truth, register: Register, wave: str, seed: int, repeats: int) -> TrueWave:
    found: dict[Key, list[float]] = {}
    moments: dict[str, list[Floats]] = {}
    for again in range(1, repeats + 1):
        census = take_census(study, truth, register, wave, seed, again)
        for key, value in _values(study, register, census):
            found.setdefault(key, []).append(value)
        for outcome, correlations in driver_correlations(
            study, truth, register, census, seed, wave, str(again)
        ):
            moments.setdefault(outcome, []).append(correlations)
    values = {key: _mean(series) for key, series in found.items()}

    def named(*start: str) -> dict[str, TrueValue]:
        return {key[-1]: value for key, value in values.items() if key[:-1] == start}

    return TrueWave(
        index=values["index",],
        attentive_index=values["attentive_index",],
        nodes=named("nodes"),
        items=named("items"),
        attentive_items=named("attentive_items"),
        outcomes=named("outcomes"),
        groups={segment.id: named("groups", segment.id) for segment in study.segments},
        differences={segment.id: named("differences", segment.id) for segment in study.segments},
        drivers={outcome: true_drivers(study, truth, series) for outcome, series in moments.items()},
    )


def _values(study: Study, register: Register, census: Census) -> Iterator[tuple[Key, float]]:
    """Every mean of one census."""
    scores, attentive = scored(study, census.codes), scored(study, census.attentive)
    everybody = np.ones((1, len(register)), dtype=bool)
    means = _means(scores, everybody)[0]
    for item, given, read in zip(study.items, means, _means(attentive, everybody)[0], strict=True):
        yield ("items", item.id), float(given)
        yield ("attentive_items", item.id), float(read)
    yield ("index",), float(index_values(study, scores, everybody)[0])
    yield ("attentive_index",), float(index_values(study, attentive, everybody)[0])
    for node in _branches(study.index.children):
        weights = _leaf_weights(study, (node,))
        used = weights > 0
        yield ("nodes", node.id or ""), float(weights[used] @ means[used])
    for outcome in study.outcomes:
        points = outcome_scores(study, outcome, scores, register, census)
        yield ("outcomes", outcome.id), float(np.nanmean(points))
    for segment in study.segments:
        names = register.categories[segment.column]
        member = register.codes[segment.column][register.account] == np.arange(len(names))[:, None]
        present = member.any(axis=1) & ~member.all(axis=1)
        inside, outside = (index_values(study, scores, group[present]) for group in (member, ~member))
        for name, one, rest in zip(np.array(names)[present], inside, outside, strict=True):
            yield ("groups", segment.id, str(name)), float(one)
            yield ("differences", segment.id, str(name)), float(one - rest)


def _means(scores: Floats, groups: Booleans) -> Floats:
    """Item means (g, k) of groups of contacts (g, m), each over those to whom the item was put."""
    answered = np.isfinite(scores)
    with np.errstate(invalid="ignore"):
        total = groups.astype(np.float64) @ np.where(answered, scores, 0.0)
        return np.asarray(total / (groups.astype(np.float64) @ answered.astype(np.float64)))


def index_values(study: Study, scores: Floats, groups: Booleans) -> Floats:
    """The index (g,) of groups of contacts (g, m) by the roll-up of the study."""
    if study.index.rollup == "respondent":
        person = _person(study, study.index.children, scores)[:, None]
        return _means(person, groups)[:, 0]
    weights = _leaf_weights(study, study.index.children)
    used = weights > 0
    return _means(scores[:, used], groups) @ weights[used]


def _branches(nodes: Sequence[IndexNode]) -> Iterator[IndexNode]:
    for node in nodes:
        if node.children:
            yield node
            yield from _branches(node.children)


def _leaf_weights(study: Study, nodes: Sequence[IndexNode], share: float = 1.0) -> Floats:
    """Effective weights (k,) of the items below ``nodes``: products of relative weights down the tree."""
    weights, total = np.zeros(len(study.items)), sum(node.weight for node in nodes)
    for node in nodes:
        part = share * node.weight / total
        if node.item is not None:
            weights[list(study.item_by_id).index(node.item)] += part
        elif part > 0:
            weights += _leaf_weights(study, node.children, part)
    return weights


def _person(study: Study, nodes: Sequence[IndexNode], scores: Floats) -> Floats:
    """Scores (m,) of persons: weights renormalised over what was answered, if that is enough of them."""
    parts = np.column_stack(
        [
            scores[:, list(study.item_by_id).index(node.item)]
            if node.item is not None
            else _person(study, node.children, scores)
            for node in nodes
        ]
    )
    weights = np.array([node.weight for node in nodes])
    answered = np.isfinite(parts) * weights
    held = answered.sum(axis=1)
    with np.errstate(invalid="ignore"):
        value = (np.where(np.isfinite(parts), parts, 0.0) * weights).sum(axis=1) / held
    return np.asarray(np.where(held >= study.index.min_answered * weights.sum(), value, np.nan))


def _mean(series: Sequence[float]) -> TrueValue:
    return TrueValue(float(np.mean(series)), float(np.std(series, ddof=1) / np.sqrt(len(series))))


def _changes(earlier: TrueWave, later: TrueWave) -> dict[str, dict[str, TrueValue]]:
    """Changes of the index, its branches, items and outcomes."""

    def less(new: TrueValue, old: TrueValue) -> TrueValue:
        return TrueValue(new.value - old.value, float(np.hypot(new.error, old.error)))

    return {
        "index": {"index": less(later.index, earlier.index)},
        "nodes": {name: less(value, earlier.nodes[name]) for name, value in later.nodes.items()},
        "items": {name: less(value, earlier.items[name]) for name, value in later.items.items()},
        "outcomes": {name: less(value, earlier.outcomes[name]) for name, value in later.outcomes.items()},
    }
