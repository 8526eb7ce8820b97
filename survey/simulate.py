"""A survey whose truth is known: answers drawn from a declared structure with one seed.

The same seed gives the same register, the same accounts and the same persistent attitudes in every
wave, so waves simulated one by one fit together as a panel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.drawn_choices import drawn_choices, drawn_days
from survey.errors import Place, Problem, ProblemsError
from survey.language import Language, listing
from survey.left_blank import leave_blank
from survey.opinions import Census, take_census
from survey.questions import Column
from survey.register import Draw, Floats, Integers, Register, build_register, draw_wave, stream
from survey.remarks import remarks
from survey.responses import Responses, Value
from survey.study import Study
from survey.truth import Amount, Truth
from survey.turnover import register_in


class SimulationProblems(ProblemsError):
    """A simulation that cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """Simulated answers with what they were made from.

    Attributes
    ----------
    responses : the answers, in the order in which they came in.
    truth, seed : what they were drawn from.
    register : the population. ``contacts`` (n,) says which of its contacts answered.
    careless : (n,) 0 for those who read the questions (see ``opinions``).
    invited : how many people were asked.
    """

    responses: Responses
    truth: Truth
    seed: int
    register: Register
    contacts: Integers
    careless: Integers
    invited: int


def simulate(
    study: Study, truth: Truth, wave: str, n: int, seed: int, *, language: Language = "zh"
) -> Simulated:
    """Draw the answers of one wave.

    Parameters
    ----------
    study, truth : what is asked, and what is true (see ``default_truth.load_truth``).
    wave : id of a wave of the study.
    n : how many people answer.
    seed : one seed for all waves.
    language : of comments where the truth brings none of its own.

    Raises
    ------
    SimulationProblems
        For an unknown wave, fewer than two answers, or more than the register has contacts.
    """
    if problems := _problems(study, wave, n, len(build_register(study, truth, seed))):
        raise SimulationProblems(problems)
    register = register_in(study, truth, wave, seed)
    draw = draw_wave(study, truth, register, wave, n, seed)
    census = take_census(study, truth, register, wave, seed)
    return collect(study, truth, register, census, draw, wave, seed, language)


def _problems(study: Study, wave: str, n: int, contacts: int) -> list[Problem]:
    found, place = [], Place(study.id)
    if wave not in study.wave_by_id:
        found.append(Problem("simulate_wave", place, {"wave": wave, "waves": listing(study.wave_by_id)}))
    if not 2 <= n <= contacts:
        found.append(Problem("simulate_count", place, {"n": n, "contacts": contacts}))
    return found


def collect(
    study: Study,
    truth: Truth,
    register: Register,
    census: Census,
    draw: Draw,
    wave: str,
    seed: int,
    language: Language = "zh",
) -> Simulated:
    """Turn the answers of the contacts drawn into ``Responses``, with blanks, columns and comments."""
    codes = leave_blank(study, truth, census.codes, seed, wave)[draw.contacts]
    responses = Responses(
        wave=wave,
        respondents=tuple(register.contact_keys[contact] for contact in draw.contacts),
        items=tuple(item.id for item in study.items),
        codes=codes,
        columns={
            column.id: _column(column, study, truth, register, census, draw, wave, seed)
            for column in study.columns
        },
        comments={
            question.id: remarks(study, truth, census, draw.contacts, question.id, wave, seed, language)
            for question in study.open_questions
        },
        choices={
            question.id: drawn_choices(study, question, codes, wave, seed)
            for question in study.choice_questions
        },
    )
    careless = census.careless[draw.contacts]
    return Simulated(responses, truth, seed, register, draw.contacts, careless, draw.invited)


def _column(
    column: Column,
    study: Study,
    truth: Truth,
    register: Register,
    census: Census,
    draw: Draw,
    wave: str,
    seed: int,
) -> tuple[Value, ...]:
    """Values of one column, (n,): facts of the account, but for the contact's key and weight."""
    if column.id == study.design.respondent:
        return tuple(register.contact_keys[contact] for contact in draw.contacts)
    if column.id == study.design.weight:
        return tuple(round(float(weight), 4) for weight in draw.weights)
    values = _facts(column, truth, register, census, seed)
    if column.optional:
        share = truth.columns[column.id].blank
        missing = stream(seed, "column blank", column.id, wave).random(register.accounts) < share
        values = [None if gone else value for value, gone in zip(values, missing, strict=True)]
    return tuple(values[account] for account in register.account[draw.contacts])


def _facts(column: Column, truth: Truth, register: Register, census: Census, seed: int) -> list[Value]:
    """The column for every account, (N,)."""
    if column.id in register.categories:
        names = register.categories[column.id]
        return [names[code] for code in register.codes[column.id]]
    if column.kind == "flag":
        return [bool(flag) for flag in census.flags[column.id]]
    if column.kind == "number":
        told = truth.columns[column.id].amount or Amount()
        return [
            float(amount) for amount in _amounts(column, told, register, stream(seed, "column", column.id))
        ]
    if column.kind == "date":
        return list(drawn_days(column, register.accounts, seed))
    return list(register.account_keys)


def _amounts(column: Column, told: Amount, register: Register, random: np.random.Generator) -> Floats:
    """A number for each account, (N,), within the bounds of the column."""
    median = np.full(register.accounts, told.median)
    if told.by is not None:
        times = np.array([told.times.get(value, 1.0) for value in register.categories[told.by]])
        median = median * times[register.codes[told.by]]
    drawn = median * np.exp(told.spread * random.standard_normal(register.accounts))
    bounded = np.clip(drawn, column.minimum, column.maximum)
    return np.asarray(np.round(bounded, told.decimals), dtype=np.float64)
