"""What is known about the quality of a scale: frozen results, and from where on they are worth a warning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.moment_guards import Reason
from analysis.results import Estimate, TooFew

NotEstimable = Reason | Literal["single_item", "disclosure", "not_asked", "no_spread"]
Warned = tuple[str, Mapping[str, str | float]]
Factor = Literal["fitted", "too_few_items", "heywood", "not_settled"]


@dataclass(frozen=True, slots=True)
class Block:
    """Items of one construct; ``formative`` if they make it up instead of each showing it."""

    id: str
    items: tuple[str, ...]
    formative: bool = False


@dataclass(frozen=True, slots=True)
class ScaleRules:
    """From where on the quality of a scale is warned of. Conventions, not theorems.

    ``reliable``: least alpha, omega and composite reliability (.60 in exploratory work); ``redundant``: alpha
    above which items repeat one another; ``item_rest``, ``loading``: least correlation with the other
    items and standardised loading; ``better_without``: gain in alpha without an item; ``extracted``: least
    AVE; ``one_end``: largest share at one end of the scale; ``inflation``: largest VIF of a formative item;
    ``left_people``: share of people to whom some item did not apply; ``failed`` and ``failed_most``: shares
    of failed replicates to warn of and above which there is no interval.
    """

    reliable: float = 0.70
    redundant: float = 0.95
    item_rest: float = 0.30
    loading: float = 0.40
    better_without: float = 0.05
    extracted: float = 0.50
    one_end: float = 0.40
    inflation: float = 5.0
    left_people: float = 0.10
    failed: float = 0.01
    failed_most: float = 0.05


# What is used unless somebody declares other limits.
USUAL = ScaleRules()


@dataclass(frozen=True, slots=True)
class ItemBlanks:
    """Respondents of a wave by what they gave: ``due`` had an answer to give, ``answered`` gave one.

    ``missing`` counts answers that were due by kind of blank, ``structural`` those that nobody could give.
    """

    due: int
    answered: int
    missing: Mapping[str, int]
    structural: Mapping[str, int]

    @property
    def share(self) -> float:
        """Share of due answers that are missing, 0 to 1; 0 where none was due."""
        return 1.0 - self.answered / self.due if self.due else 0.0


@dataclass(frozen=True, slots=True)
class ItemQuality:
    """One item of a scale.

    ``rest`` is its correlation with the sum of the others, ``without`` alpha without it (of at least three
    items), ``loading`` standardised on one factor, ``inflation`` the VIF of a formative item; ``None`` where
    there is no such thing. ``floor`` and ``ceiling`` are weighted shares of the answers at the worst and the
    best end of the scale, 0 to 1. An item with too few answers shows nothing: no ``blanks`` either.
    """

    item: str
    rest: float | None
    without: float | None
    loading: float | None
    inflation: float | None
    floor: Estimate | TooFew
    ceiling: Estimate | TooFew
    blanks: ItemBlanks | None

    @property
    def hidden(self) -> bool:
        """Whether nothing about these answers may be shown."""
        return self.blanks is None


@dataclass(frozen=True, slots=True)
class ScaleBase:
    """What the coefficients stand on.

    ``n`` people with at least two of the ``items``; ``method`` and ``iterations`` of the moments; ``blank``
    the share of due answers that are missing; ``left_people`` people to whom some item did not apply, and
    who are no part of it; ``left_items`` items that were put to nobody or in which nobody differs.
    """

    items: tuple[str, ...]
    n: int
    n_effective: float
    method: str
    iterations: int
    blank: float
    patterns: int
    left_people: int
    left_items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScaleQuality:
    """Quality of one scale in one wave.

    ``missing`` says why nothing could be estimated; then all coefficients are ``None``. A formative scale
    has none either, and no ``missing``. ``alpha`` is raw, ``standardised`` of the correlations,
    ``spearman_brown`` the coefficient of exactly two items; ``omega``, ``composite`` and ``extracted`` (AVE)
    come from one factor, where ``factor`` says that it could be ``fitted``. ``warnings`` are keys with
    values: see ``analysis.scale_warnings``.
    """

    id: str
    wave: str
    formative: bool
    items: tuple[ItemQuality, ...]
    base: ScaleBase | None
    missing: NotEstimable | None
    alpha: Estimate | None = None
    standardised: float | None = None
    spearman_brown: Estimate | None = None
    mean_correlation: float | None = None
    factor: Factor = "too_few_items"
    omega: Estimate | None = None
    composite: float | None = None
    extracted: float | None = None
    warnings: tuple[Warned, ...] = ()

    def summary(self) -> str:
        """One line: ``quality: α = 0.81 [0.79, 0.83], 4 items, n = 412``."""
        if self.alpha is None:
            return f"{self.id}: {'formative' if self.formative else f'not estimable ({self.missing})'}"
        limits = "" if self.alpha.low is None else f" [{self.alpha.low:.2f}, {self.alpha.high:.2f}]"
        return f"{self.id}: α = {self.alpha.value:.2f}{limits}, {len(self.items)} items, n = {self.alpha.n}"


@dataclass(frozen=True, slots=True)
class AlphaTrend:
    """Alpha of one scale in each of ``ScaleReport.waves``, ``None`` where there is none."""

    id: str
    series: tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True)
class IndexWithout:
    """The index of the wave as it is, and as it would be without an item that hardly fits its scale.

    The weight of the item goes to its siblings in proportion. Both in points of 100.
    """

    item: str
    index: float
    without: float


@dataclass(frozen=True, slots=True)
class ScaleReport:
    """Quality of all scales of a study in the last of ``waves``, and how alpha moved.

    ``weight_set`` names the weights of the index in ``index_without``.
    """

    wave: str
    waves: tuple[str, ...]
    weight_set: str
    scales: tuple[ScaleQuality, ...]
    trend: tuple[AlphaTrend, ...]
    index_without: tuple[IndexWithout, ...]
