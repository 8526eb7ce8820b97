"""Intervals for shares and net scores, which never leave the scale on which they are printed.

A share lies between 0 and 1, an NPS between −100 and 100; the estimate plus or minus two errors does not
know that. Each interval here is found where it cannot leave the scale, with the variance of the design.

What a newcomer gets wrong: an NPS of 100 from twelve people is not certain. Where everybody gave one
answer the design shows no variance, and the interval has to come from the number of people instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from analysis.estimate import ROUNDING_NOISE, LinearEstimates, described, t_quantile
from analysis.results import Estimate, TooFew
from analysis.sample import Booleans, Floats

# Beyond this logit a share is 0 or 1 to the last bit; so many halvings leave 1e-16 of it.
_FARTHEST, _HALVINGS = 745.0, 64

ShareInterval = Literal["logit", "korn_graubard", "wilson", "likelihood"]


def shares(
    linear: LinearEstimates, level: float = 0.95, interval: ShareInterval = "logit"
) -> tuple[Estimate | TooFew, ...]:
    r"""Return columns that are shares, 0 to 1, with an interval that stays within 0 and 1.

    With :math:`n^* = p(1-p)/V` and :math:`n^*_t = n^* (t_{n-1}/t_{df})^2`:

    - ``logit``: :math:`\mathrm{logit}\,p \pm t_{df}\sqrt V/(p(1-p))`.
    - ``korn_graubard``: exact binomial limits at :math:`n^*_t`, for small counts.
    - ``wilson``: :math:`(p + z^2/2n \pm z\sqrt{p(1-p)/n + z^2/4n^2})/(1 + z^2/n)` at :math:`n = n^*_t`.
    - ``likelihood``: all q with :math:`2 n^* [p\ln(p/q) + (1-p)\ln((1-p)/(1-q))] \le t_{df}^2\,n/(n-1)`.

    At p = 0 or 1 the design shows no variance. Kish's effective sample size then stands in for
    :math:`n^*`, and Korn–Graubard for the logit; ``method`` of the estimate says what was used.

    References
    ----------
    Korn, E. & Graubard, B. (1998). Survey Methodology 24. Wilson, E. (1927). JASA 22. Franco, C. et al.
    (2019). J. Survey Stat. Methodology 7. R: ``survey::svyciprop``, methods "logit", "beta" and
    "likelihood", which reads its limits off a spline of the likelihood, to six digits.
    """
    return _on_scale(linear, (0.0, 1.0), level, interval)


def net_scores(
    linear: LinearEstimates, level: float = 0.95, interval: ShareInterval = "logit"
) -> tuple[Estimate | TooFew, ...]:
    r"""Return columns that are means of +100, 0 and −100, with an interval within −100 and 100.

    The interval of :func:`shares` for :math:`p = (\mathrm{NPS} + 100)/200`, taken back to the scale; p
    need be no share for that, only bounded. At the ends, where everybody is a promoter or everybody a
    detractor, and where everybody is passive, the share of people who would have answered otherwise is at
    most :math:`u = 1 - (\alpha/2)^{1/n}` with Kish's effective n: the interval reaches as far as they
    could take the score, :math:`[(1-u) p,\ p + u (1-p)]`.
    """
    return _on_scale(linear, (-100.0, 100.0), level, interval)


@dataclass(frozen=True, slots=True, eq=False)
class _Bounded:
    """m means of a variable that lies between 0 and 1, and what their intervals need, each (m,)."""

    p: Floats
    variance: Floats
    n: Floats
    n_effective: Floats
    df: Floats
    alike: Booleans
    level: float

    @property
    def varied(self) -> Booleans:
        return np.asarray((self.p > 0) & (self.p < 1) & (self.variance > 0))

    @property
    def information(self) -> Floats:
        return np.asarray(np.where(self.varied, self.p * (1 - self.p), 1.0))

    @property
    def t(self) -> Floats:
        return t_quantile(self.df, self.level)

    @property
    def size(self) -> Floats:
        """Independent answers that would carry as much, n*; Kish's n where nothing varies."""
        safe = np.where(self.varied, self.variance, 1.0)
        return np.asarray(np.where(self.varied, self.information / safe, self.n_effective))

    @property
    def size_for_t(self) -> Floats:
        """The same less what is lost by estimating the variance from few clusters."""
        ratio = t_quantile(np.maximum(self.n - 1, 1), self.level) / self.t
        return np.asarray(self.size * np.where(self.varied, ratio**2, 1.0))


def _on_scale(
    linear: LinearEstimates, ends: tuple[float, float], level: float, interval: ShareInterval
) -> tuple[Estimate | TooFew, ...]:
    low, width = ends[0], ends[1] - ends[0]
    simple = np.nan_to_num(linear.simple)
    means = _Bounded(
        (linear.values - low) / width,
        linear.variances / width**2,
        linear.n.astype(np.float64),
        linear.n_effective,
        np.asarray(linear.df, dtype=np.float64),
        np.sqrt(np.maximum(simple, 0.0)) <= ROUNDING_NOISE * linear.size,
        level,
    )
    bottom, top, methods = _limits(means, interval)
    return described(linear, level, low + width * bottom, low + width * top, methods)


def _limits(means: _Bounded, interval: ShareInterval) -> tuple[Floats, Floats, list[str]]:
    low, high = _METHODS[interval](means)
    method = np.full(len(means.p), interval, dtype=object)
    if interval == "logit":
        spare = korn_graubard(means.p, means.size_for_t, means.level)
        low, high = np.where(means.varied, low, spare[0]), np.where(means.varied, high, spare[1])
        method[~means.varied] = "korn_graubard"
    inner = means.alike & (means.p > 0) & (means.p < 1)
    method[inner] = "korn_graubard"
    certain = np.power((1 - means.level) / 2, 1 / np.maximum(means.n_effective, 1.0))
    low = np.where(inner, certain * means.p, low)
    high = np.where(inner, 1 - certain * (1 - means.p), high)
    return low, high, method.tolist()


def _logit(means: _Bounded) -> tuple[Floats, Floats]:
    half = means.t * np.sqrt(means.variance) / means.information
    centre = special.logit(np.where(means.varied, means.p, 0.5))
    return special.expit(centre - half), special.expit(centre + half)


def _likelihood(means: _Bounded) -> tuple[Floats, Floats]:
    n = np.maximum(means.n, 2.0)
    reach = means.t**2 * n / (n - 1) / (2 * means.size)
    return likelihood(means.p, reach)


def likelihood(p: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """Limits q (m,) at which the binomial divergence of shares p (m,) from q is ``reach`` (m,).

    >>> low, high = likelihood(np.array([0.0]), np.array([np.log(2.0)]))
    >>> float(low[0]), round(float(high[0]), 12)
    (0.0, 0.5)
    """
    possible = np.isfinite(p) & np.isfinite(reach)
    share, far = np.where(possible, p, 0.5), np.where(possible, reach, 1.0)
    inside = (share > 0) & (share < 1)
    middle = special.logit(np.where(inside, share, 0.5))
    low = special.expit(_departure(share, far, np.full(len(p), -_FARTHEST), middle))
    high = special.expit(_departure(share, far, np.full(len(p), _FARTHEST), middle))
    # At the ends one limit is the end, and the other has a closed form.
    low = np.where(inside, low, np.where(share <= 0, 0.0, np.exp(-far)))
    high = np.where(inside, high, np.where(share >= 1, 1.0, -np.expm1(-far)))
    return np.where(possible, low, np.nan), np.where(possible, high, np.nan)


def _departure(share: Floats, far: Floats, outer: Floats, inner: Floats) -> Floats:
    """Bisect for the logit of q between ``inner`` (the share's own) and ``outer``, each (m,).

    Halving is sure where the divergence is flat near the share and steep at the ends, and on the logit it
    loses no digits at either end.
    """
    for _ in range(_HALVINGS):
        half = (outer + inner) / 2
        beyond = _divergence(half, share) > far
        outer, inner = np.where(beyond, half, outer), np.where(beyond, inner, half)
    return (outer + inner) / 2


def _divergence(logit: Floats, share: Floats) -> Floats:
    own = special.xlogy(share, share) + share * np.logaddexp(0.0, -logit)
    rest = special.xlogy(1 - share, 1 - share) + (1 - share) * np.logaddexp(0.0, logit)
    return np.asarray(own + rest)


def wilson(p: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Wilson's limits of shares p (m,) from n (m,) independent answers, which need not be whole.

    >>> [round(float(limit[0]), 4) for limit in wilson(np.array([15 / 148]), np.array([148.0]), 0.95)]
    [0.0624, 0.1605]
    """
    z = float(special.ndtri(0.5 + level / 2))
    centre, scale = n * p + z**2 / 2, n + z**2
    half = z * np.sqrt(n * np.maximum(p * (1 - p), 0.0) + z**2 / 4)
    low, high = (centre - half) / scale, (centre + half) / scale
    return np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)


def korn_graubard(p: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Exact binomial (Clopper–Pearson) limits of shares p (m,) at counts n (m,) that need not be whole."""
    tail = (1 - level) / 2
    share = np.where(np.isfinite(p), p, 0.5)
    successes, failures = n * share, n * (1 - share)
    tiny = np.finfo(np.float64).tiny
    low = special.betaincinv(np.maximum(successes, tiny), failures + 1, tail)
    high = special.betaincinv(successes + 1, np.maximum(failures, tiny), 1 - tail)
    return np.where(share <= 0, 0.0, low), np.where(share >= 1, 1.0, high)


_METHODS: Mapping[ShareInterval, Callable[[_Bounded], tuple[Floats, Floats]]] = {
    "logit": _logit,
    "likelihood": _likelihood,
    "korn_graubard": lambda means: korn_graubard(means.p, means.size_for_t, means.level),
    "wilson": lambda means: wilson(means.p, means.size_for_t, means.level),
}
