"""How often a joint test finds groups different that are not: Rao and Scott's order against Wald's.

Surveys of 1,200 answers by 31 provinces of very different size are drawn in which no province differs.
Accounts answer once to three times and lie in one province; weights vary; strata cross provinces. A test at
5 % should find a difference in 5 % of the surveys. Beside the test of this project stand Wald's F on the
same means and covariance, on (m − 1, df − m + 1) degrees of freedom, and the same adjusted by Hotelling's
factor.

Run: ``python bench/coverage_groups.py [SURVEYS]``
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from analysis.design import Design
from analysis.estimate import domain_means, side_by_side
from analysis.joint_tests import f_test, groups_differ, wald_test

ANSWERS, PROVINCES = 1_200, 31


def p_values(seed: int) -> list[float]:
    """Return p of the three tests in one survey."""
    rng = np.random.default_rng(seed)
    accounts = ANSWERS // 2
    account = np.concatenate([np.arange(accounts), rng.integers(0, accounts, ANSWERS - accounts)])
    province = rng.choice(PROVINCES, accounts, p=rng.dirichlet(np.full(PROVINCES, 2.0)))[account]
    scores = 75 + rng.normal(0, 8, accounts)[account] + rng.normal(0, 14, ANSWERS)
    design = Design(rng.uniform(0.5, 2, ANSWERS), account % 3, account)
    shown = [g for g in range(PROVINCES) if (province == g).sum() >= 10]
    means = side_by_side([domain_means(design, scores[:, None], province == g) for g in shown])
    ours = groups_differ(means)
    contrasts = np.eye(len(shown))[1:] - np.eye(len(shown))[0]
    difference, covariance = contrasts @ means.values, contrasts @ means.covariance @ contrasts.T
    df, k = float(design.degrees_of_freedom(means.present.any(axis=1))), len(difference)
    wald = wald_test(difference, covariance, df - k)
    if ours is None or wald is None:
        raise ValueError("The survey is too small for a test.")
    return [ours.p, wald.p, f_test(wald.f * (df - k + 1) / df, k, df - k + 1).p]


def main() -> None:
    surveys = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    found = np.array([p_values(seed) for seed in range(surveys)])
    for name, rate in zip(
        ("second order", "Wald", "Wald, adjusted"), (found < 0.05).mean(axis=0), strict=True
    ):
        print(f"{name:16}{100 * rate:5.1f} % of {surveys} surveys without differences")


if __name__ == "__main__":
    main()
