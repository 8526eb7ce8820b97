"""The register of a simulated survey: its accounts and contacts, and who of them answers in a wave.

One seed gives one register, whatever waves are drawn from it. Each account keeps a random number for
life and a wave invites the accounts whose numbers follow the wave's starting point, so recurring
accounts need no memory of earlier waves, and adding a wave changes no other.

References
----------
Ohlsson, E. (1995). Coordination of samples using permanent random numbers. In *Business Survey
Methods*, Wiley, ch. 9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from survey.study import Study
from survey.truth import Frame, Truth

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


def stream(seed: int, *purpose: str) -> np.random.Generator:
    """Return the random numbers for one purpose: no other purpose ever moves them."""
    digest = hashlib.blake2b("\x1f".join(purpose).encode(), digest_size=16).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype="<u4").tolist()])


@dataclass(frozen=True, slots=True)
class Register:
    """N accounts with M contacts.

    Attributes
    ----------
    categories : category column -> its values, in the order of the truth.
    codes : category column -> (N,) number of the account's value.
    stratum : (N,) the crossing of the design's strata and the columns that selection rates refer to.
    account : (M,) account of each contact; contacts of an account stand together.
    position : (M,) 1, 2, … within the account.
    number : (N,) the account's number, of which the identifiers are made.
    generation : (N,) how many accounts stood in this place before; one that was lost is replaced.
    account_keys, contact_keys : identifiers, (N,) and (M,).
    """

    categories: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Integers]
    stratum: Integers
    account: Integers
    position: Integers
    number: Integers
    generation: Integers
    account_keys: tuple[str, ...]
    contact_keys: tuple[str, ...]

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return len(self.stratum)

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True, slots=True)
class Draw:
    """Who answers in a wave: ``contacts`` (n,) in order of arrival, their weights, how many were asked."""

    contacts: Integers
    weights: Floats
    invited: int


def build_register(study: Study, truth: Truth, seed: int) -> Register:
    """Draw the register.

    The sizes of strata and groups and the numbers of contacts follow the declared shares exactly; all
    else is drawn.
    """
    frame = truth.frame
    selecting = _with_shares(truth, [*study.design.stratum, *frame.sampling])
    crossed = _with_shares(truth, [*selecting, *truth.groups])
    categories = {
        name: _values(study, truth, name)
        for name, told in truth.columns.items()
        if told.shares or told.shares_by
    }
    codes: dict[str, Integers] = {}
    sizes = np.array([frame.accounts])
    for name in crossed:  # one column within the other, so that the first is met exactly
        shares = _shares(truth.columns[name].shares, categories[name])
        sizes = np.concatenate([_apportion(shares, int(size)) for size in sizes])
    cell = np.repeat(np.arange(len(sizes)), sizes)
    rest = cell
    for name in reversed(crossed):
        rest, codes[name] = np.divmod(rest, len(categories[name]))
    for name in categories:
        if name not in codes:
            codes[name] = _drawn(truth, name, categories, codes, stream(seed, "column", name), frame.accounts)
    contacts = _contacts(truth, categories, codes, stream(seed, "contacts"))
    account = np.repeat(np.arange(frame.accounts), contacts)
    position = np.arange(len(account)) - np.repeat(np.cumsum(contacts) - contacts, contacts) + 1
    numbers = stream(seed, "numbers").permutation(frame.accounts) + 1
    return Register(
        categories=categories,
        codes=codes,
        stratum=_crossing(selecting, categories, codes, frame.accounts),
        account=account,
        position=position,
        number=numbers,
        generation=np.zeros(frame.accounts, dtype=np.int64),
        account_keys=_account_keys(frame, numbers),
        contact_keys=_contact_keys(frame, numbers[account], position),
    )


def with_successors(register: Register, truth: Truth, gone: Booleans) -> Register:
    """Return the register in which new accounts stand in the place of those that are ``gone`` (N,)."""
    numbers = register.number + register.accounts * gone
    return replace(
        register,
        number=numbers,
        generation=register.generation + gone,
        account_keys=_account_keys(truth.frame, numbers),
        contact_keys=_contact_keys(truth.frame, numbers[register.account], register.position),
    )


def _account_keys(frame: Frame, numbers: Integers) -> tuple[str, ...]:
    return tuple(frame.account_key.format(account=number) for number in numbers.tolist())


def _contact_keys(frame: Frame, numbers: Integers, position: Integers) -> tuple[str, ...]:
    pairs = zip(numbers.tolist(), position.tolist(), strict=True)
    return tuple(frame.contact_key.format(account=number, contact=place) for number, place in pairs)


def draw_wave(study: Study, truth: Truth, register: Register, wave: str, n: int, seed: int) -> Draw:
    """Invite accounts and take the first ``n`` answers.

    Accounts are selected in each stratum with chances proportional to ``frame.sampling``; all their
    contacts are invited, as many as the wave declares or else as the response rate needs. Who answers
    does not depend on opinions, so a contact of a stratum weighs the stratum's contacts divided by its
    answers.

    Raises ``ValueError`` when the register has fewer contacts than ``n``.
    """
    if n > len(register):
        raise ValueError(f"{n} answers were asked of a register of {len(register)} contacts.")
    frame = truth.frame
    declared = study.wave_by_id[wave].invited
    wanted = min(len(register), max(n, declared or round(n / frame.response)))
    permanent = stream(seed, "permanent number").random(register.accounts)
    asked = _invited(truth, register, list(study.wave_by_id).index(wave), wanted, permanent)
    eager = _eagerness(frame.account_answers, frame.contact_answers, register, wave, seed)
    arrival = stream(seed, "arrival", wave).random(len(register))
    invited = np.flatnonzero(asked[register.account])
    invited = invited[np.argsort(arrival[invited], kind="stable")[:wanted]]
    chosen = invited[np.argsort(-eager[invited], kind="stable")[:n]]
    chosen = chosen[np.argsort(arrival[chosen], kind="stable")]
    cells = register.stratum[register.account]
    population = np.bincount(cells, minlength=cells.max() + 1)
    answered = np.bincount(cells[chosen], minlength=len(population))
    weights = population[cells[chosen]] / answered[cells[chosen]]
    return Draw(chosen, weights, len(invited))


def _invited(truth: Truth, register: Register, number: int, wanted: int, permanent: Floats) -> Booleans:
    """Which accounts are asked: in each stratum, the next ones after the wave's starting point."""
    chance = np.ones(register.accounts)
    for column, chances in truth.frame.sampling.items():
        of_category = np.array([chances.get(value, 1.0) for value in register.categories[column]])
        chance *= of_category[register.codes[column]]
    contacts = np.bincount(register.account, minlength=register.accounts)
    rate = _scaled(chance, contacts, wanted)
    asked = np.zeros(register.accounts, dtype=bool)
    for cell in np.unique(register.stratum):
        inside = np.flatnonzero(register.stratum == cell)
        share = rate[inside[0]]
        start = number * (1 - truth.frame.overlap) * share
        count = min(len(inside), max(2, round(share * len(inside))))
        after = (permanent[inside] - start) % 1.0
        asked[inside[np.argsort(after, kind="stable")[:count]]] = True
    while contacts[asked].sum() < wanted:  # rounding can leave some strata a contact short
        asked[np.flatnonzero(~asked)[np.argmin(permanent[~asked])]] = True
    return asked


def _scaled(chance: Floats, contacts: Integers, wanted: int) -> Floats:
    """Selection rates proportional to ``chance``, at most 1, that invite ``wanted`` contacts on average."""
    low, high = 0.0, 1.0 / chance[chance > 0].min()
    for _ in range(60):
        middle = (low + high) / 2
        if (np.minimum(1.0, chance * middle) * contacts).sum() < wanted:
            low = middle
        else:
            high = middle
    return np.asarray(np.minimum(1.0, chance * high))


def _eagerness(account: float, contact: float, register: Register, wave: str, seed: int) -> Floats:
    """How readily each contact answers, (M,), standard normal; persists as declared."""
    of_account = stream(seed, "eager account").standard_normal(register.accounts)[register.account]
    of_contact = stream(seed, "eager contact").standard_normal(len(register))
    anew = stream(seed, "eager wave", wave).standard_normal(len(register))
    left = max(0.0, 1.0 - account - contact)
    return np.asarray(np.sqrt(account) * of_account + np.sqrt(contact) * of_contact + np.sqrt(left) * anew)


def _with_shares(truth: Truth, names: Sequence[str]) -> list[str]:
    """The named columns whose categories have sizes of their own, each once."""
    return [name for name in dict.fromkeys(names) if truth.columns[name].shares]


def _crossing(
    names: Sequence[str],
    categories: Mapping[str, tuple[str, ...]],
    codes: Mapping[str, Integers],
    accounts: int,
) -> Integers:
    cell = np.zeros(accounts, dtype=np.int64)
    for name in names:
        cell = cell * len(categories[name]) + codes[name]
    return cell


def _values(study: Study, truth: Truth, name: str) -> tuple[str, ...]:
    declared = tuple(category.value for category in study.column_by_id[name].categories)
    told = truth.columns[name]
    return declared or tuple(
        dict.fromkeys([*told.shares, *(v for one in told.shares_by.values() for v in one)])
    )


def _shares(shares: Mapping[str, float], values: Sequence[str]) -> Floats:
    found = np.array([shares.get(value, 0.0) for value in values])
    return np.asarray(found / found.sum())


def _apportion(sizes: Floats, total: int) -> Integers:
    """Whole numbers near ``sizes`` that sum to ``total`` (largest remainders, earlier ones first in ties)."""
    exact = sizes / sizes.sum() * total
    whole: Integers = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]
    whole[rest] += 1
    return whole


def _drawn(
    truth: Truth,
    name: str,
    categories: Mapping[str, tuple[str, ...]],
    codes: Mapping[str, Integers],
    random: np.random.Generator,
    accounts: int,
) -> Integers:
    """Draw a column that no stratum fixes, by the category of another column where so declared."""
    told, uniform = truth.columns[name], random.random(accounts)
    if told.by is None:
        table = _shares(told.shares, categories[name])[None, :]
        row = np.zeros(accounts, dtype=np.int64)
    else:
        table = np.array(
            [
                _shares(told.shares_by.get(value, told.shares), categories[name])
                for value in categories[told.by]
            ]
        )
        row = codes[told.by]
    return np.asarray((uniform[:, None] > np.cumsum(table, axis=1)[row, :-1]).sum(axis=1), dtype=np.int64)


def _contacts(
    truth: Truth,
    categories: Mapping[str, tuple[str, ...]],
    codes: Mapping[str, Integers],
    random: np.random.Generator,
) -> Integers:
    """How many contacts each account has: the declared numbers, dealt out at random."""
    frame = truth.frame
    if frame.contacts_by is None:
        groups: list[tuple[str, Integers]] = [("", np.arange(frame.accounts))]
    else:
        column = codes[frame.contacts_by]
        groups = [
            (value, np.flatnonzero(column == i)) for i, value in enumerate(categories[frame.contacts_by])
        ]
    contacts = np.ones(frame.accounts, dtype=np.int64)
    for value, inside in groups:
        relative = frame.contacts.get(value) or frame.contacts.get("") or (1.0,)
        numbers = np.repeat(np.arange(len(relative)) + 1, _apportion(np.array(relative), len(inside)))
        contacts[inside] = random.permutation(numbers)
    return contacts
