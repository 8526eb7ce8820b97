"""How often 95 % intervals of drivers hold the truth, and how often noise is called a driver.

Surveys are drawn from a population whose numbers are known: two strata that differ in level and are drawn at
unequal rates, customers who answer once to three times and agree with themselves, weights that make up for
the rates and vary besides. Three drivers have an effect, a fourth has none, and one outcome is driven
otherwise in the second wave.

1. Coverage of intervals of shares, of standardised coefficients, of average marginal effects on the
   probability of renewal, and of differences of shares between waves; and of ranks, simultaneous.
   Beside them the intervals of shares as if every row were a customer of its own.
2. Pure noise: how often the fourth driver, and each of six drivers of an outcome that nothing drives, is
   called significant: by the probe, by the interval of its coefficient, by a clear change of its share.

Each rate stands with its Monte-Carlo error, twice the standard error at the nominal rate.

Run: ``python bench/bench_driver_coverage.py [SURVEYS]``
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # read when numpy loads
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from scipy import special

from analysis.average_effects import marginal_effects
from analysis.design import Design
from analysis.drivers import driver_shares
from analysis.lmg import lmg
from analysis.ordered_logit import weighted_ordered_logit
from analysis.regression import weighted_regression
from analysis.results import Estimate
from analysis.sample import Floats
from analysis.share_comparison import share_changes

SURVEYS, REPLICATES = 200, 400
NAMES = ["a", "b", "c", "noise"]
# A stratum's part of the population and of the customers drawn, and its level.
PARTS, DRAWN, LEVELS = np.array([0.7, 0.3]), np.array([0.4, 0.6]), np.array([0.0, -0.8])
CUSTOMERS, OWN = 300, 0.6
SLOPES = np.array([0.9, 0.6, 0.3, 0.0])
SLOPES_LATER = np.array([0.5, 0.6, 0.8, 0.0])
LOGITS, INTERCEPT = np.array([0.8, 0.5, 0.3, 0.0]), 0.6
ERROR, HALO = 1.2, 0.7


def within() -> Floats:
    """Covariance (4, 4) of the drivers within a stratum: a halo ties the three that are real."""
    real = np.array([1.0, 1.0, 1.0, 0.0])
    return np.eye(4) + HALO**2 * np.outer(real, real)


def survey(seed: int) -> pd.DataFrame:
    """Draw answers of two waves: four drivers, outcomes ``sat``, ``other`` and ``renewal``, the design."""
    rng = np.random.default_rng(seed)
    stratum = np.repeat([0, 1], (CUSTOMERS * DRAWN).astype(int))
    customer = np.repeat(np.arange(CUSTOMERS), rng.integers(1, 4, CUSTOMERS))
    wave = rng.integers(0, 2, len(customer))

    def tied(columns: int) -> Floats:
        """Standard normal numbers that agree within a customer."""
        own = rng.normal(size=(CUSTOMERS, columns))[customer]
        return np.sqrt(OWN) * own + np.sqrt(1 - OWN) * rng.normal(size=(len(customer), columns))

    x = tied(4) + HALO * tied(1) * [1, 1, 1, 0] + LEVELS[stratum][customer][:, None] * [1, 1, 1, 0]
    slopes = np.where(wave[:, None] == 1, SLOPES_LATER, SLOPES)
    renews = special.ndtr(tied(1)[:, 0]) < special.expit(INTERCEPT + x @ LOGITS)
    return pd.DataFrame(x, columns=NAMES).assign(
        sat=x @ SLOPES + ERROR * tied(1)[:, 0],
        other=(x * slopes).sum(axis=1) + ERROR * tied(1)[:, 0],
        renewal=np.where(renews, 100.0, 0.0),
        nothing=tied(1)[:, 0],
        d=tied(1)[:, 0],
        e=tied(1)[:, 0],
        customer=customer,
        stratum=stratum[customer],
        wave=np.where(wave == 1, "w2", "w1"),
        weight=(PARTS / DRAWN)[stratum][customer] * rng.uniform(0.5, 1.5, len(customer)),
    )


def population(slopes: Floats) -> tuple[dict[str, float], dict[str, float]]:
    """Return shares and standardised coefficients in the population of an outcome with these slopes."""
    shift = np.outer(LEVELS, [1, 1, 1, 0])
    apart = shift - PARTS @ shift
    covariance = within() + (PARTS[:, None] * apart).T @ apart
    spread = np.append(np.sqrt(np.diag(covariance)), np.sqrt(slopes @ covariance @ slopes + ERROR**2))
    r = np.eye(5)
    r[:4, :4] = covariance
    r[:4, 4] = r[4, :4] = covariance @ slopes
    r[4, 4] = spread[4] ** 2
    r /= np.outer(spread, spread)
    parts = lmg(r[:, :, None], [[j] for j in range(4)])[:, 0]
    shares = dict(zip(NAMES, (parts / parts.sum()).tolist(), strict=True))
    return shares, dict(zip(NAMES, (slopes * spread[:4] / spread[4]).tolist(), strict=True))


def effects() -> dict[str, float]:
    """Average marginal effects on renewal in the population, in percentage points per point."""
    spread = np.sqrt(LOGITS @ within() @ LOGITS)
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    bend = [special.expit(INTERCEPT + level * LOGITS[:3].sum() + spread * nodes) for level in LEVELS]
    mean = PARTS @ [(p * (1 - p)) @ weights / weights.sum() for p in bend]
    return dict(zip(NAMES, (100 * mean * LOGITS).tolist(), strict=True))


def holds(estimate: Estimate | None, value: float) -> bool:
    if estimate is None:
        raise ValueError("The survey is too small for an interval.")
    return estimate.low <= value <= estimate.high


class Counts:
    """How often what was so, out of how often."""

    def __init__(self) -> None:
        self._yes: Counter[str] = Counter()
        self._all: Counter[str] = Counter()

    def add(self, what: str, so: bool) -> None:
        self._yes[what] += bool(so)
        self._all[what] += 1

    def told(self, what: str) -> str:
        return f"{self._yes[what] / self._all[what]:.1%}"

    def within(self, what: str, nominal: float) -> str:
        """Print a rate beside the most that may be called by chance."""
        error = 2 * np.sqrt(nominal * (1 - nominal) / self._all[what])
        word = "within" if self._yes[what] / self._all[what] <= nominal + error else "OVER"
        return f"{self.told(what):>6} of {self._all[what]:,}, nominal {nominal:.1%} ± {error:.1%}: {word}"


def coverage(frame: pd.DataFrame, counts: Counts, truth: Mapping[str, Mapping[str, float]]) -> None:
    """Count which intervals of one survey hold the truth, and what is said of the driver without effect."""
    design = {"weights": "weight", "cluster": "customer", "strata": "stratum", "replicates": REPLICATES}
    found = driver_shares(frame, "sat", NAMES, **design)
    order = sorted(NAMES, key=lambda name: -truth["share"][name])
    for row in found.drivers:
        counts.add(f"share {row.driver}", holds(row.share, truth["share"][row.driver]))
        counts.add(f"coefficient {row.driver}", holds(row.coefficient, truth["coefficient"][row.driver]))
    counts.add("ranks", all(r.rank_low <= order.index(r.driver) + 1 <= r.rank_high for r in found.drivers))
    noise = next(row for row in found.drivers if row.driver == "noise")
    counts.add("one: probe", noise.probe)
    counts.add("one: coefficient", not holds(noise.coefficient, 0.0))
    for row in driver_shares(frame, "sat", NAMES, weights="weight", replicates=REPLICATES).drivers:
        counts.add(f"by rows {row.driver}", holds(row.share, truth["share"][row.driver]))
    changes = share_changes(frame, "other", NAMES, "wave", **design).changes
    for change in changes:
        gap = truth["later"][change.driver] - truth["share"][change.driver]
        counts.add(f"difference {change.driver}", holds(change.difference, gap))
    alike = share_changes(frame, "sat", NAMES, "wave", **design).changes
    counts.add("one: change", next(c.clear for c in alike if c.driver == "noise"))
    counts.add("any change", any(c.clear for c in alike))
    for name, effect in marginal(frame).items():
        counts.add(f"effect {name}", holds(effect, truth["effect"][name]))


def design_of(frame: pd.DataFrame) -> Design:
    return Design(*(frame[name].to_numpy() for name in ("weight", "stratum", "customer")))


def marginal(frame: pd.DataFrame) -> dict[str, Estimate]:
    """Average marginal effects on renewal, with the design."""
    x = frame[NAMES].to_numpy()
    fit = weighted_ordered_logit(design_of(frame), frame["renewal"].to_numpy(), x, NAMES)
    return {row.driver: row.effect for row in marginal_effects(fit, x, np.arange(len(x))).drivers}


def noise_alone(frame: pd.DataFrame, counts: Counts) -> None:
    """Count what is said of six drivers of an outcome that none of them drives."""
    names = [*NAMES, "d", "e"]
    design = {"weights": "weight", "cluster": "customer", "strata": "stratum", "replicates": REPLICATES}
    for row in driver_shares(frame, "nothing", names, **design).drivers:
        counts.add("six: probe", row.probe)
        counts.add("six: coefficient", not holds(row.coefficient, 0.0))
    fit = weighted_regression(design_of(frame), frame["nothing"].to_numpy(), frame[names].to_numpy(), names)
    for name in names:
        counts.add("six: svyglm", not holds(fit.coefficients[name], 0.0))
    changes = share_changes(frame, "nothing", names, "wave", **design).changes
    counts.add("six: change", any(change.clear for change in changes))


def main() -> None:
    surveys = int(sys.argv[1]) if len(sys.argv) > 1 else SURVEYS
    shares, coefficients = population(SLOPES)
    truth = {
        "share": shares,
        "later": population(SLOPES_LATER)[0],
        "coefficient": coefficients,
        "effect": effects(),
    }
    counts, start = Counts(), time.perf_counter()
    for seed in range(surveys):
        frame = survey(seed)
        coverage(frame, counts, truth)
        noise_alone(frame, counts)
    print(
        f"{surveys} surveys, about {2 * CUSTOMERS} answers of {CUSTOMERS} customers in 2 strata, unequal "
        f"weights, {REPLICATES} replicates ({time.perf_counter() - start:.0f} s)"
    )
    error = 2 * np.sqrt(0.95 * 0.05 / surveys)
    print(f"Intervals of 95 % hold the truth, ± {error:.1%}:")
    for word, what, names in (
        ("shares", "share", NAMES[:3]),
        ("shares, rows as customers (wrong here)", "by rows", NAMES[:3]),
        ("standardised coefficients", "coefficient", NAMES),
        ("average marginal effects", "effect", NAMES),
        ("differences of shares between waves", "difference", NAMES[:3]),
    ):
        print(f"  {word}: " + ", ".join(f"{name} {counts.told(f'{what} {name}')}" for name in names))
    print(f"  all four rank intervals at once: {counts.told('ranks')} (at least 95 %)")
    print("  (a share of 0 is held by no interval of positive numbers; the probe judges noise)")
    print("Noise is called significant:")
    for who, word in (("one", "one driver without effect"), ("six", "six drivers of nothing, each")):
        print(f"  {word}, by the probe: {counts.within(f'{who}: probe', 0.025)}")
        print(f"  {word}, by the interval of its coefficient: {counts.within(f'{who}: coefficient', 0.05)}")
    print(f"  the same with the linearised errors of R's svyglm: {counts.within('six: svyglm', 0.05)}")
    print(f"  one driver without effect, by a clear change: {counts.within('one: change', 0.05)}")
    print(
        f"  any of four drivers that did not change, by a clear change: {counts.within('any change', 0.05)}"
    )
    print(f"  any of six drivers of nothing, by a clear change: {counts.within('six: change', 0.05)}")


if __name__ == "__main__":
    main()
