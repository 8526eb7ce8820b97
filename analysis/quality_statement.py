"""What the numbers of a wave rest on.

What a newcomer gets wrong: the share of missing answers leaves out what nobody could answer. A routed
question is not a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.design import effective_sample_size
from analysis.distribution import blank_counts, straightliners
from analysis.index import IndexTree
from analysis.results import CalibrationUsed, Quality
from analysis.sample import Booleans, Sample
from analysis.tracking import index_data


def quality(
    sample: Sample,
    tree: IndexTree,
    *,
    rated: Sequence[str] | None = None,
    invited: int | None = None,
    fewest_rated: int = 5,
    disclosure_limit: int = 10,
) -> Quality:
    """Counts, weights, blanks and careless answers of the last wave, and two other readings of its index.

    Parameters
    ----------
    rated : items on one scale in which straight-lining shows; by default those of the index, which then
        have to be on one.
    invited : people invited to the wave.
    fewest_rated : answers needed before equal codes mean anything.

    ``index_respondent`` is the index under the other roll-up (whichever ``tree`` does not use), and
    ``index_without_flagged`` the index without straight-liners; ``None`` where it cannot be made, or
    fewer than ``disclosure_limit`` people are left in it.
    """
    domain = sample.in_wave(sample.waves[-1])
    n, weights = int(domain.sum()), sample.weights[domain]
    n_effective = effective_sample_size(weights)
    structural = sample.structural[domain]
    due = int((~structural).sum())
    flagged, counts = _careless(sample, domain, rated or tree.items, fewest_rated)
    data = index_data(sample, tree)
    clusters = np.unique(sample.clusters[domain])
    return Quality(
        n=n,
        n_effective=n_effective,
        clusters=len(clusters),
        strata=len(np.unique(sample.strata[domain])),
        lonely_strata=data.design.lonely_strata(domain),
        invited=invited,
        response_rate=n / invited if invited else None,
        recurring=_recurring(sample, domain),
        deff_weights=n / n_effective,
        item_nonresponse=float(np.isnan(sample.scores[domain][~structural]).sum() / due) if due else 0.0,
        structural=float(structural.mean()),
        blanks=blank_counts(sample.codes[domain]),
        straightliners=counts,
        index_respondent=_index(sample, _other(tree), domain, disclosure_limit),
        index_without_flagged=_index(sample, tree, domain & ~flagged, disclosure_limit),
        calibration=calibration_used(sample, sample.waves[-1]),
    )


def calibration_used(sample: Sample, wave: str) -> CalibrationUsed | None:
    """Return how the weights of a wave were calibrated; ``None`` where they are as they were given."""
    found = sample.calibrations.get(wave)
    if found is None:
        return None
    return CalibrationUsed(
        method=found.method,
        margins=tuple(margin.name for margin in found.margins),
        sweeps=found.sweeps,
        limited=int(found.limited.sum()),
        spread=found.spread,
        warnings=tuple((finding.code, dict(finding.values)) for finding in found.warnings),
    )


def _other(tree: IndexTree) -> IndexTree:
    return tree.with_rollup("respondent" if tree.rollup == "aggregate" else "aggregate")


def _index(sample: Sample, tree: IndexTree, domain: Booleans, limit: int) -> float | None:
    if not domain.any():
        return None
    found = index_data(sample, tree).index(domain)
    value = float(found.values[0])
    return value if np.isfinite(value) and found.n[0] >= limit else None


def _recurring(sample: Sample, domain: Booleans) -> int:
    if len(sample.waves) < 2:
        return 0
    before = sample.clusters[sample.in_wave(sample.waves[-2])]
    return len(np.intersect1d(sample.clusters[domain], before))


def _careless(
    sample: Sample, domain: Booleans, rated: Sequence[str], fewest: int
) -> tuple[Booleans, tuple[int, int, int]]:
    """Flag straight-liners, and count them at the worst, the middle and the best of the scale."""
    columns = [sample.items.index(item) for item in rated]
    scores = sample.scores[:, columns]
    flagged = domain & straightliners(scores, sample.codes[:, columns], fewest)
    level = np.nanmean(scores[flagged], axis=1) if flagged.any() else np.zeros(0)
    worst, best = int((level <= 0).sum()), int((level >= 100).sum())
    return flagged, (worst, len(level) - worst - best, best)
