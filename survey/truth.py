"""The declared structure of a simulated survey: who there is, what they think, how they answer.

A truth is frozen, reads from YAML and writes back. Everything is in points of 100, so that it can be
read beside a report. A newcomer will expect ``level: 80`` to be the item's mean: it is the middle of
the *latent* opinion, before it is rounded to a code and cut at the ends of the scale. The mean that a
survey would find is worked out from it by ``population``.

An opinion is the sum of declared parts::

    item = level of the wave + general attitude + groups + loading · factor + own noise
    factor = Σ coefficient · (item − its reference level) + Σ coefficient · factor + products + own noise

The general attitude (the halo) enters items of factors without inputs, and factors with inputs get it
from their inputs. A routed item counts in a factor only for those to whom it was put.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from survey.questions import BlankName, Frozen, Identifier, WaveIdentifier

Share = float
USUAL_BLANKS: Mapping[BlankName, float] = {
    "blank": 0.008,
    "refused": 0.002,
    "dont_know": 0.006,
    "not_applicable": 0.004,
}
Shares = Mapping[str, float]


class Frame(Frozen):
    """The finite population from which every wave is drawn.

    ``contacts`` gives the relative numbers of accounts with one contact, two, three …, by category of
    ``contacts_by``. ``sampling`` multiplies the chance of selection by category of a column.
    ``overlap`` is the share of invited accounts that are invited again in the next wave, ``response``
    the share of invited contacts who answer; the likeliness to answer persists by ``account_answers``
    and ``contact_answers`` (shares of its variance) and has nothing to do with opinions. ``leaves`` names
    the flag column that marks accounts as lost: a new account stands in their place in the next wave.
    """

    accounts: int = Field(6000, ge=1)
    contacts_by: Identifier | None = None
    contacts: Mapping[str, tuple[float, ...]] = Field(default_factory=lambda: {"": (0.6, 0.3, 0.1)})
    sampling: Mapping[Identifier, Mapping[str, float]] = Field(default_factory=dict)
    overlap: Share = Field(0.75, ge=0, le=1)
    response: Share = Field(0.4, gt=0, le=1)
    account_answers: Share = Field(0.5, ge=0, le=1)
    contact_answers: Share = Field(0.3, ge=0, le=1)
    leaves: Identifier | None = None
    account_key: str = Field("A{account:05d}", description="Template of the account's identifier.")
    contact_key: str = Field("A{account:05d}-{contact}", description="Template of the contact's identifier.")


class Attitude(Frozen):
    """Standard deviations of the general attitude, which colours every answer of a person.

    ``account`` and ``contact`` persist over the waves, ``account_wave`` and ``contact_wave`` are drawn
    anew. ``skew`` is the skewness of the contact's part: negative means a long tail of the dissatisfied.
    """

    account: float = Field(5.0, ge=0)
    contact: float = Field(6.0, ge=0)
    account_wave: float = Field(2.0, ge=0)
    contact_wave: float = Field(3.0, ge=0)
    skew: float = Field(-1.0, le=0, ge=-4)


class Inputs(Frozen):
    """A linear function of deviations of items and factors from their reference levels."""

    items: Mapping[Identifier, float] = Field(default_factory=dict)
    factors: Mapping[Identifier, float] = Field(default_factory=dict)


class Product(Frozen):
    """One factor changes what another one brings: ``coefficient`` is per point × point."""

    of: tuple[Identifier, Identifier]
    coefficient: float


class Factor(Inputs):
    """Something that several items share beyond the general attitude.

    ``spread`` is the standard deviation of its own noise, of which the variance share ``persists``
    stays with the contact.
    """

    products: tuple[Product, ...] = ()
    spread: float = Field(4.0, ge=0)
    persists: Share = Field(0.5, ge=0, le=1)
    halo: float | None = Field(None, description="Loading on the general attitude; 1 without inputs, else 0.")

    @property
    def has_inputs(self) -> bool:
        """Whether it is a function of other parts."""
        return bool(self.items or self.factors or self.products)


class ItemTruth(Frozen):
    """One item: its factor, level by wave, noise and blanks.

    ``level`` is one number, or numbers by wave; a wave without one keeps the last before it.
    ``blanks`` overrides the shares of ``Truth.blanks``.
    """

    factor: Identifier | None = None
    loading: float = 1.0
    level: float | Mapping[WaveIdentifier, float] = 75.0
    spread: float = Field(11.0, ge=0)
    blanks: Mapping[BlankName, Share] = Field(default_factory=dict)

    @property
    def reference(self) -> float:
        """The level from which deviations are counted: the first declared."""
        return self.level if isinstance(self.level, float) else next(iter(self.level.values()))

    def level_in(self, wave: str, waves: tuple[str, ...]) -> float:
        """Return the level in ``wave``; ``waves`` gives the order of time."""
        if isinstance(self.level, float):
            return self.level
        level = self.reference
        for known in waves:
            level = self.level.get(known, level)
            if known == wave:
                break
        return level


class Event(Inputs):
    """Something that happens or not, with log-odds ``base`` + inputs. For items and flag columns.

    For an item, ``code`` is given when it happens and ``otherwise`` when not, and ``shifts`` moves the
    opinion of those to whom it happens. For a column the inputs are averaged over the account.
    ``unless`` names another flag column that rules it out.
    """

    base: float
    code: int = 1
    otherwise: int = 2
    shifts: Mapping[Identifier, float] = Field(default_factory=dict)
    unless: Identifier | None = None


class Amount(Frozen):
    """A number column: log-normal around ``median`` with ``spread`` on the log scale.

    ``times`` multiplies the median by category of the column ``by``.
    """

    median: float = Field(10.0, gt=0)
    spread: float = Field(0.6, ge=0)
    decimals: int = Field(0, ge=0, le=6)
    by: Identifier | None = None
    times: Mapping[str, float] = Field(default_factory=dict)


class ColumnTruth(Frozen):
    """One column. ``shares`` are relative sizes of categories, by category of column ``by`` if given."""

    shares: Shares = Field(default_factory=dict)
    by: Identifier | None = None
    shares_by: Mapping[str, Shares] = Field(default_factory=dict)
    amount: Amount | None = None
    event: Event | None = None
    blank: Share = Field(0.0, ge=0, le=1)


class Careless(Frozen):
    """Shares of respondents who do not read: the same answer throughout, or answers by chance."""

    best: Share = Field(0.012, ge=0, le=1)
    middle: Share = Field(0.012, ge=0, le=1)
    random: Share = Field(0.012, ge=0, le=1)


class Remarks(Frozen):
    """What respondents write about one item when it disappoints or pleases them."""

    poor: tuple[str, ...] = ()
    good: tuple[str, ...] = ()


class Comments(Frozen):
    """Open comments: shares of the dissatisfied and of the others who write, and what they write.

    ``poor_below`` is the score of the worst item under which the comment is about that item.
    """

    dissatisfied: Share = Field(0.5, ge=0, le=1)
    others: Share = Field(0.2, ge=0, le=1)
    poor_below: float = 50.0
    items: Mapping[Identifier, Remarks] = Field(default_factory=dict)
    general: tuple[str, ...] = ()


class Truth(Frozen):
    """The whole declaration. ``groups`` is column -> category -> item, factor or ``all`` -> points."""

    truth: int = Field(1, ge=1, le=1, description="Version of this format.")
    frame: Frame = Frame()
    attitude: Attitude = Attitude()
    factors: Mapping[Identifier, Factor] = Field(default_factory=dict)
    items: Mapping[Identifier, ItemTruth] = Field(default_factory=dict)
    events: Mapping[Identifier, Event] = Field(default_factory=dict)
    columns: Mapping[Identifier, ColumnTruth] = Field(default_factory=dict)
    groups: Mapping[Identifier, Mapping[str, Mapping[str, float]]] = Field(default_factory=dict)
    blanks: Mapping[BlankName, Share] = Field(default_factory=lambda: USUAL_BLANKS)
    careless: Careless = Careless()
    comments: Comments = Comments()

    def blank_shares(self, item: str) -> dict[BlankName, float]:
        """Return the shares of blanks of one item by kind."""
        return {**self.blanks, **self.items[item].blanks}
