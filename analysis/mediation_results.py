"""What a chain of regressions says: paths, effects along them, and what kind of mediation it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.chain_notes import told
from analysis.coefficients import clear_sign
from analysis.results import Estimate

if TYPE_CHECKING:
    import pandas as pd

Mediation = Literal["complementary", "competitive", "indirect_only", "direct_only", "none"]
# The names that the literature has for the six coefficients of a chain with two mediators.
Symbol = Literal["a1", "a2", "d21", "b1", "b2", "c'"]


@dataclass(frozen=True, slots=True)
class ChainPath:
    """One arrow: points of ``target`` per point of ``source``, the other causes of the target held."""

    symbol: Symbol
    source: str
    target: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class ChainEffect:
    """An effect along ``steps``, in points of the last per point of the first.

    ``standardised`` is the same in standard deviations. ``kind`` is that of this path beside the direct
    effect, ``None`` where there is no interval.
    """

    steps: tuple[str, ...]
    estimate: Estimate
    standardised: float
    kind: Mediation | None


@dataclass(frozen=True, slots=True)
class MediationChain:
    r"""A dimension, satisfaction, loyalty and an outcome, by three regressions on the same people.

    Attributes
    ----------
    steps : the four columns in order; ``covariates`` stand in every regression.
    method : ``complete`` rows, or ``em`` moments of everybody with any answer.
    paths : a₁, a₂, d₂₁, b₁, b₂ and c′.
    total, direct, indirect : effects of the first step on the last: :math:`c = c' + \sum ab`.
    specific : the three paths through satisfaction (a₁b₁), loyalty (a₂b₂), and both (a₁d₂₁b₂).
    reversed : the path through both with loyalty before satisfaction.
    kind : of the total indirect beside the direct effect.
    identity : largest size of c − c′ − Σab in the sample and all replicates, as a part of their sizes.
    r_squared : of satisfaction, loyalty and the outcome.
    n, lost, not_asked : people in it; people left out though they had answers to give; people to whom
        the dimension, or a covariate, did not apply. ``blank`` is the share of due answers that are missing.
    failed : replicates in which the regressions broke down.
    warnings, cautions : keys, see ``analysis.chain_notes``.
    """

    steps: tuple[str, str, str, str]
    covariates: tuple[str, ...]
    wave: str
    method: Literal["complete", "em"]
    paths: tuple[ChainPath, ...]
    total: Estimate
    direct: Estimate
    indirect: Estimate
    specific: tuple[ChainEffect, ChainEffect, ChainEffect]
    reversed: ChainEffect
    kind: Mediation | None
    identity: float
    r_squared: tuple[float, float, float]
    n: int
    lost: int
    not_asked: int
    blank: float
    clusters: int
    replicates: int
    seed: int
    failed: int
    warnings: tuple[tuple[str, Mapping[str, float]], ...]
    cautions: tuple[str, ...]

    def summary(self) -> str:
        """Lines for a terminal: effects with intervals, the kind, the base, what to mind."""
        lines = [
            f"{' → '.join(self.steps)}: {self.kind or 'no interval'}, n = {self.n}, {self.lost} lost, "
            f"{self.clusters} clusters, B = {self.replicates}, seed {self.seed}, {self.method}"
        ]
        named = {"total": self.total, "direct": self.direct, "indirect": self.indirect}
        named |= {" → ".join(effect.steps): effect.estimate for effect in self.specific}
        named |= {f"{' → '.join(self.reversed.steps)} (reversed)": self.reversed.estimate}
        width = max(map(len, named))
        lines += [f"{name:<{width}}  {estimate.summary()}" for name, estimate in named.items()]
        return "\n".join(lines + told(self.warnings, self.cautions))

    def to_frame(self) -> pd.DataFrame:
        """One row an effect: value, se, low, high, and the effect in standard deviations where it has one."""
        import pandas as pd  # late: half a second of start-up

        named: dict[str, tuple[Estimate, float | None]] = {
            "total": (self.total, None),
            "direct": (self.direct, None),
            "indirect": (self.indirect, None),
        }
        for effect in (*self.specific, self.reversed):
            named[" → ".join(effect.steps)] = (effect.estimate, effect.standardised)
        rows = [
            {"value": e.value, "se": e.se, "low": e.low, "high": e.high, "standardised": standardised}
            for e, standardised in named.values()
        ]
        return pd.DataFrame(rows, index=pd.Index(list(named), name="effect"))


def mediation_kind(indirect: Estimate, direct: Estimate) -> Mediation | None:
    """Zhao's type from two intervals; ``None`` where one does not exist.

    Whether the total effect is clear plays no part: paths of opposite sign may cancel in it.

    References
    ----------
    Zhao, X., Lynch, J. & Chen, Q. (2010). J. Consumer Research 37.
    """
    if indirect.low is None or direct.low is None:
        return None
    through, past = clear_sign(indirect), clear_sign(direct)
    if through and past:
        return "complementary" if through == past else "competitive"
    if through:
        return "indirect_only"
    return "direct_only" if past else "none"
