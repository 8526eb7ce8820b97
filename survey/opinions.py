"""What every contact of a register thinks and answers in one wave: a census.

A survey is a census of which some answers were collected, and a true value is a mean over censuses,
so both come from this one function. Random numbers are drawn for the whole register, one stream for
each item: who is asked, how many, and what else the questionnaire holds changes no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np

from survey.questions import BlankKind
from survey.register import Booleans, Floats, Integers, Register, stream
from survey.responses import Codes
from survey.study import Study
from survey.truth import Factor, Inputs, Truth

Part = tuple[str, str]  # "factor", "item" or "event", and its id
READS, BEST, MIDDLE, RANDOM = range(4)


@dataclass(frozen=True, slots=True)
class Census:
    """Answers of all M contacts, before any is left blank.

    Attributes
    ----------
    codes : (M, k) codes in the order of the questionnaire, ``NOT_ASKED`` where routed out.
    attentive : (M, k) the same if everybody read the questions.
    factors : factor id -> (M,) points from the reference.
    opinions : item id -> (M,) latent opinion, points of 100.
    careless : (M,) ``READS``, ``BEST``, ``MIDDLE`` or ``RANDOM``.
    flags : flag column -> (N,) whether it happened to the account.
    """

    codes: Codes
    attentive: Codes
    factors: Mapping[str, Floats]
    opinions: Mapping[str, Floats]
    careless: Integers
    flags: Mapping[str, Booleans]


def take_census(
    study: Study, truth: Truth, register: Register, wave: str, seed: int, again: int = 0
) -> Census:
    """Put the questionnaire to everybody in the register.

    ``again`` repeats the census: persistent attitudes stay, everything that belongs to the occasion
    is drawn anew.
    """
    occasion = (wave, str(again)) if again else (wave,)
    mind = _Minds(study, truth, register, wave, seed, occasion)
    for kind, name in parts_in_order(study, truth):
        getattr(mind, kind)(name)
    careless = _careless(truth, len(register), stream(seed, "careless", *occasion))
    attentive = np.column_stack([mind.codes[item.id] for item in study.items])
    given = np.column_stack(
        [
            mind.codes[item.id] if item.id in truth.events else mind.carelessly(item.id, careless)
            for item in study.items
        ]
    )
    return Census(
        codes=_routed(study, given),
        attentive=_routed(study, attentive),
        factors=mind.factors,
        opinions=mind.opinions,
        careless=careless,
        flags=mind.flags(),
    )


class _Minds:
    """Works the parts of the truth out one after the other, each from those before it."""

    def __init__(
        self, study: Study, truth: Truth, register: Register, wave: str, seed: int, occasion: tuple[str, ...]
    ) -> None:
        self.study, self.truth, self.register = study, truth, register
        self.wave, self.seed, self.occasion = wave, seed, occasion
        self.factors: dict[str, Floats] = {}
        self.opinions: dict[str, Floats] = {}
        self.happened: dict[str, Booleans] = {}
        self.codes: dict[str, Codes] = {}
        self.attitude = self._attitude() + self._group("all")

    def _normal(self, *purpose: str, contacts: bool = True) -> Floats:
        """Standard normal values of this occasion."""
        size = len(self.register) if contacts else self.register.accounts
        return stream(self.seed, *purpose, *self.occasion).standard_normal(size)

    def _lasting(self, purpose: str, contacts: bool = True, skew: float = 0.0) -> Floats:
        """Standardised values that stay for life; whoever takes the place of a lost account has others."""
        register = self.register
        generation = register.generation[register.account] if contacts else register.generation
        values = np.empty(len(generation))
        for number in range(int(generation.max()) + 1):
            random = stream(self.seed, purpose, *(["successor", str(number)] if number else []))
            own = generation == number
            values[own] = _standardised(random, len(generation), skew)[own]
        return values

    def _attitude(self) -> Floats:
        told, account = self.truth.attitude, self.register.account
        return np.asarray(
            told.account * self._lasting("attitude account", contacts=False)[account]
            + told.contact * self._lasting("attitude contact", skew=told.skew)
            + told.account_wave * self._normal("attitude account", contacts=False)[account]
            + told.contact_wave * self._normal("attitude contact")
        )

    def _group(self, name: str) -> Floats:
        """Points that the groups of each contact add to item or factor ``name``."""
        total = np.zeros(self.register.accounts)
        for column, categories in self.truth.groups.items():
            values = self.register.categories[column]
            points = np.array([categories.get(value, {}).get(name, 0.0) for value in values])
            total += points[self.register.codes[column]]
        return total[self.register.account]

    def factor(self, name: str) -> None:
        told = self.truth.factors[name]
        halo = told.halo if told.halo is not None else float(not told.has_inputs)
        kept, anew = self._lasting(f"factor {name}"), self._normal("factor", name)
        noise = np.sqrt(told.persists) * kept + np.sqrt(1 - told.persists) * anew
        value = halo * self.attitude + told.spread * noise + self._group(name) + self.inputs(told)
        for product in told.products:
            one, other = product.of
            value = value + product.coefficient * self.factors[one] * self.factors[other]
        self.factors[name] = value

    def inputs(self, told: Inputs) -> Floats:
        """The linear part of a factor or an event; a routed-out item adds nothing."""
        value = np.zeros(len(self.register))
        for factor, coefficient in told.factors.items():
            value += coefficient * self.factors[factor]
        for item, coefficient in told.items.items():
            deviation = self.opinions[item] - self.truth.items[item].reference
            value += coefficient * np.where(self.asked(item), deviation, 0.0)
        return value

    def asked(self, item: str) -> Booleans:
        """Whether ``item`` is put to each contact who reads the questions."""
        routing = self.study.item_by_id[item].asked_if
        if routing is None:
            return np.ones(len(self.register), dtype=bool)
        return self.asked(routing.item) & np.isin(self.codes[routing.item], routing.answers)

    def item(self, name: str) -> None:
        told = self.truth.items[name]
        level = told.level_in(self.wave, tuple(self.study.wave_by_id))
        shared = self.attitude if told.factor is None else self.factors[told.factor]
        noise = told.spread * self._normal("item", name)
        opinion = level + told.loading * shared + self._group(name) + noise
        for event, happened in self.happened.items():
            opinion = opinion + self.truth.events[event].shifts.get(name, 0.0) * happened
        self.opinions[name] = opinion
        self.codes[name] = self.rounded(name, opinion)

    def rounded(self, item: str, opinion: Floats) -> Codes:
        """The code nearest to an opinion; the ends of the scale take whatever lies beyond."""
        low, high = self.study.scale_of(item).ends
        steps = np.clip(np.floor(opinion / 100 * (high - low) + 0.5), 0, high - low).astype(np.int16)
        return np.asarray(
            high - steps if self.study.item_by_id[item].reversed else low + steps, dtype=np.int16
        )

    def event(self, name: str) -> None:
        told = self.truth.events[name]
        chance = 1 / (1 + np.exp(-(told.base + self.inputs(told) + self._group(name))))
        happened = stream(self.seed, "event", name, *self.occasion).random(len(self.register)) < chance
        self.happened[name] = happened
        self.codes[name] = np.where(happened, told.code, told.otherwise).astype(np.int16)

    def carelessly(self, item: str, careless: Integers) -> Codes:
        """What is ticked by those who do not read."""
        low, high = self.study.scale_of(item).ends
        ticked = stream(self.seed, "ticked", item, *self.occasion).integers(low, high + 1, len(careless))
        return np.select(
            [careless == BEST, careless == MIDDLE, careless == RANDOM],
            [np.full(len(careless), high), np.full(len(careless), (low + high) // 2), ticked],
            self.codes[item],
        ).astype(np.int16)

    def flags(self) -> dict[str, Booleans]:
        """Flag columns: facts of the account, with the mean of its contacts' inputs."""
        account, found = self.register.account, {}
        contacts = np.bincount(account, minlength=self.register.accounts)
        events = {name: told.event for name, told in self.truth.columns.items() if told.event}
        for name in TopologicalSorter(
            {n: [e.unless] if e.unless else [] for n, e in events.items()}
        ).static_order():
            told = events[name]
            mean = np.bincount(account, self.inputs(told), minlength=self.register.accounts) / contacts
            uniform = stream(self.seed, "flag", name, *self.occasion).random(self.register.accounts)
            found[name] = uniform < 1 / (1 + np.exp(-(told.base + mean)))
            if told.unless:
                found[name] &= ~found[told.unless]
        return found


def parts_in_order(study: Study, truth: Truth) -> list[Part]:
    """Return factors, items and events so that each comes after what it depends on.

    Raises ``graphlib.CycleError`` where they depend on each other in a circle.
    """
    needs: dict[Part, set[Part]] = {}

    def answer(item: str) -> Part:
        return ("event" if item in truth.events else "item", item)

    def of(inputs: Inputs) -> set[Part]:
        found: set[Part] = {("factor", name) for name in inputs.factors} | set(map(answer, inputs.items))
        routings = [study.item_by_id[item].asked_if for item in inputs.items]
        found |= {answer(routing.item) for routing in routings if routing is not None}
        if isinstance(inputs, Factor):
            found |= {("factor", name) for product in inputs.products for name in product.of}
        return found

    for name, factor in truth.factors.items():
        needs["factor", name] = of(factor)
    for name, event in truth.events.items():
        needs["event", name] = of(event)
    for name, item in truth.items.items():
        before: set[Part] = {("event", event) for event, told in truth.events.items() if name in told.shifts}
        needs["item", name] = before | ({("factor", item.factor)} if item.factor else set())
    return list(TopologicalSorter(needs).static_order())


def _standardised(random: np.random.Generator, size: int, skew: float) -> Floats:
    """Values with mean 0, variance 1 and negative ``skew``: a reversed gamma, normal at 0."""
    if skew == 0:
        return random.standard_normal(size)
    shape = 4 / skew**2
    return np.asarray((shape - random.standard_gamma(shape, size)) / np.sqrt(shape))


def _careless(truth: Truth, contacts: int, random: np.random.Generator) -> Integers:
    told, uniform = truth.careless, random.random(contacts)
    best, middle = told.best, told.best + told.middle
    return np.select(
        [uniform < best, uniform < middle, uniform < middle + told.random], [BEST, MIDDLE, RANDOM], READS
    ).astype(np.int64)


def _routed(study: Study, codes: Codes) -> Codes:
    """Mark what was not put to a contact, following the routing through every question before it."""
    codes = codes.copy()
    place = {item.id: j for j, item in enumerate(study.items)}
    for j, item in enumerate(study.items):
        if item.asked_if is not None:
            gate = codes[:, place[item.asked_if.item]]
            codes[~np.isin(gate, item.asked_if.answers), j] = BlankKind.NOT_ASKED
    return codes
