"""For whom an association is stronger: simple slopes and regions, one moderator at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.chain_notes import told
from analysis.coefficients import Coefficient
from analysis.linear_fit import Errors
from analysis.results import TooFew

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class SimpleSlope:
    """The slope of the outcome on satisfaction at ``at`` points of the moderator.

    That is ``deviations`` standard deviations from its mean.
    """

    deviations: float
    at: float
    slope: Coefficient


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the observed range of the moderator in which the slope is clear, ``low`` to ``high`` points.

    ``share`` is the weighted share of people in it, 0 to 1.
    """

    low: float
    high: float
    sign: Literal["positive", "negative"]
    share: float


@dataclass(frozen=True, slots=True)
class OrderedProduct:
    """The product where the outcome is an order of ``levels`` values: log odds per point of both."""

    levels: int
    product: Coefficient


@dataclass(frozen=True, slots=True)
class Moderation:
    r"""One moderator: :math:`L = b_0 + b_1 (S - \bar S) + b_2 (Z - \bar Z) + b_3 (S - \bar S)(Z - \bar Z)`.

    Attributes
    ----------
    coefficients : of satisfaction, moderator and ``product``, after the intercept; the first two are slopes
        at the mean of the other only.
    q : p of the product after Benjamini–Hochberg over the moderators. ``verdict`` is ``stronger`` or
        ``weaker`` with more of the moderator where q is below the false discovery rate; of a slope that is
        clearly below 0 at the mean, ``stronger`` says that it falls further.
    means, deviation : weighted means of satisfaction and moderator; weighted SD of the moderator, Σw below.
    observed : smallest and largest value of the moderator. ``roots`` are where the slope becomes clear,
        wherever they lie; ``regions`` are what of it lies within the observed range.
    f_squared : gain in R² by the product over what stays unexplained.
    beyond : people more than one SD below and above the mean.
    curved_p : p of the product when squares of both stand beside it; ``None`` where they cannot.
    ordered : the product of an ordinal model of the same people, see ``analysis.ordered_product``; ``None``
        where the outcome has too many values for one, or it cannot be fitted.
    n, lost, not_asked : people in it, left out for a missing answer, and without an answer to have.
    """

    moderator: str
    coefficients: tuple[Coefficient, ...]
    q: float | None
    verdict: Literal["stronger", "weaker", "undetermined"]
    means: tuple[float, float]
    deviation: float
    observed: tuple[float, float]
    slopes: tuple[SimpleSlope, ...]
    roots: tuple[float, ...]
    regions: tuple[Region, ...]
    r_squared: float
    f_squared: float
    beyond: tuple[int, int]
    curved_p: float | None
    ordered: OrderedProduct | None
    n: int
    lost: int
    not_asked: int
    clusters: int
    warnings: tuple[tuple[str, Mapping[str, float]], ...]

    @property
    def product(self) -> Coefficient:
        """What one point of the moderator adds to the slope."""
        return self.coefficients[-1]

    def summary(self) -> str:
        """Lines for a terminal: product and its test, simple slopes, region, what to mind."""
        q = "" if self.q is None else f", q = {self.q:.3f}"
        lines = [f"{self.moderator}: {self.verdict}, product {self.product.estimate.summary()}{q}"]
        lines += [
            f"  slope at {part.at:.1f} ({part.deviations:+.0f} SD)  {part.slope.estimate.summary()}"
            for part in self.slopes
        ]
        lines += [
            f"  {region.sign} from {region.low:.1f} to {region.high:.1f} ({region.share:.0%} of people)"
            for region in self.regions
        ]
        return "\n".join(lines + [f"  {line}" for line in told(self.warnings)])


@dataclass(frozen=True, slots=True)
class Moderations:
    """Moderators of one association, each in a regression of its own, tested as one family.

    ``missing`` names those whose base carries no model, and why.
    """

    outcome: str
    satisfaction: str
    wave: str
    errors: Errors
    found: tuple[Moderation, ...]
    missing: tuple[tuple[str, TooFew], ...]
    cautions: tuple[str, ...]

    def summary(self) -> str:
        """Every moderator, then what holds for all."""
        lines = [f"{self.outcome} on {self.satisfaction}, errors: {self.errors}"]
        lines += [part.summary() for part in self.found]
        lines += [f"{name}: too few answers (n = {why.n}, {why.reason})" for name, why in self.missing]
        return "\n".join(lines + told((), self.cautions))

    def to_frame(self) -> pd.DataFrame:
        """One row a moderator and place: at, slope, se, low, high, p."""
        import pandas as pd  # late: half a second of start-up

        rows = [
            {
                "moderator": part.moderator,
                "deviations": place.deviations,
                "at": place.at,
                "slope": place.slope.estimate.value,
                "se": place.slope.estimate.se,
                "low": place.slope.estimate.low,
                "high": place.slope.estimate.high,
                "p": place.slope.p,
            }
            for part in self.found
            for place in part.slopes
        ]
        return pd.DataFrame(rows)
