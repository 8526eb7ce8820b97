"""Choices and days of simulated respondents, drawn at random: they follow from no opinion.

Simulation serves to check what is estimated about satisfaction; choices and days are there so that a
simulated workbook has every column of the study.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from survey.questions import BlankKind, ChoiceQuestion, Column
from survey.register import stream
from survey.responses import Choice, Codes
from survey.routing import asked_of
from survey.study import Study

_CHOSEN = 0.35
_ALONE = 0.05
_LAST_DAY = date(2026, 9, 30)
_DAYS = 3 * 365


def drawn_choices(
    study: Study, question: ChoiceQuestion, codes: Codes, wave: str, seed: int
) -> tuple[Choice, ...]:
    """Return the choices (n,) of those who answered ``codes`` (n, k); who is not asked chooses nothing.

    Of a multiple choice each option is chosen by about a third, an exclusive one by a few and alone; of a
    ranking every order is as likely.
    """
    n = len(codes)
    random = stream(seed, "choice", question.id, wave)
    orders = np.argsort(random.random((n, len(question.options))), axis=1)
    chosen = random.random((n, len(question.options))) < _CHOSEN
    alone = random.random(n) < _ALONE
    asked = np.ones(n, dtype=bool)
    if question.asked_if is not None:
        asked, _ = asked_of(study, codes, question.asked_if)
    drawn = [_choice(question, orders[i].tolist(), chosen[i].tolist(), bool(alone[i])) for i in range(n)]
    return tuple(choice if asked[i] else BlankKind.NOT_ASKED for i, choice in enumerate(drawn))


def _choice(question: ChoiceQuestion, order: list[int], chosen: list[bool], alone: bool) -> Choice:
    options = question.options
    most = question.most or len(options)
    if question.kind == "ranking":
        return tuple(options[n].code for n in order[:most])
    exclusive = [option.code for option in options if option.exclusive]
    if alone and exclusive:
        return (exclusive[0],)
    found = [options[n].code for n in order if chosen[n] and not options[n].exclusive]
    return tuple(sorted(found[:most]))


def drawn_days(column: Column, accounts: int, seed: int) -> list[str]:
    """Return a day for each account, (N,), within the three years before October 2026."""
    back = stream(seed, "column", column.id).integers(0, _DAYS, accounts)
    return [(_LAST_DAY - timedelta(days=int(days))).isoformat() for days in back]
