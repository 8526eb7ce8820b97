"""A cross-table of a study made ready: which columns may be crossed, and the answers turned into groups.

Nothing is computed here; the table and the means come from ``analysis``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.usage import Misuse

if TYPE_CHECKING:
    from analysis.results import SegmentResult
    from analysis.tables import CrossTable
    from survey.responses import Responses
    from survey.study import Study


@dataclass(frozen=True, slots=True)
class Crossed:
    """A table, and for an item of more than two answers its means by the same groups."""

    table: CrossTable
    means: SegmentResult | None


def crossable(study: Study, what: str, by: str, command: str) -> str:
    """Return what stands in the columns: the id of an item or of a column; raises ``Misuse`` otherwise."""
    segments = study.segment_by_id
    known = [*study.item_by_id, *(c.id for c in study.columns if c.kind in ("category", "flag"))]
    if what in segments and what not in known:
        what = segments[what].column
    if what not in known:
        key = "usage.not_crossed" if what in study.part_by_id else None
        if key is None:
            raise Misuse.unknown("part", what, known, command)
        raise Misuse(key, command, name=what, known=", ".join(known))
    if what == segments[by].column:
        raise Misuse("usage.same_column", command, name=what)
    return what


def crossed(study: Study, answers: Sequence[Responses], what: str, by: str) -> Crossed:
    """Cross an item or a column with a segment in the last wave of ``answers``.

    Raises
    ------
    SampleProblems
        For answers that cannot be estimated from, all at once.
    """
    from analysis.cores import one_thread_of_algebra
    from analysis.index import flat_tree
    from analysis.prepare import column_groups, prepare
    from analysis.segments import index_by_segment
    from analysis.tables import cross_table

    rules = study.reporting
    with one_thread_of_algebra():
        sample, item = prepare(answers, study), study.item_by_id.get(what)
        if item is None:
            groups = column_groups(what, answers, study)
            sample = replace(sample, segments={**sample.segments, _COLUMN: groups})
        table = cross_table(
            sample,
            _COLUMN if item is None else what,
            by,
            scale=None if item is None else list(study.scale_of(what).codes)[:: -1 if item.reversed else 1],
            level=rules.level,
            fdr=rules.false_discovery_rate,
            interval=rules.share_interval,
            disclosure_limit=rules.disclosure_limit,
        )
        means = None
        if item is not None and len(study.scale_of(what).codes) > 2:  # of two answers the shares say it all
            limits = (rules.disclosure_limit, rules.minimum_base)
            settings = (rules.level, rules.false_discovery_rate, *limits)
            means = index_by_segment(sample, flat_tree({what: 1.0}), by, *settings)
    return Crossed(replace(table, what=what), means)


# The column that is crossed stands among the segments under a name that no segment has.
_COLUMN = "\x1fcolumn"
