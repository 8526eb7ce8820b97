"""Layouts in which answers arrive: each finds its header and says which column holds what.

A platform's layout is a module with a ``NAME`` and a function ``recognise``; ``LAYOUTS`` lists them all.
The plain layout is none of them, because it knows a sheet by the study alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from survey.cells import Row
from survey.errors import Problem
from survey.layouts import (
    google_forms,
    kobo,
    limesurvey,
    microsoft_forms,
    odk,
    qualtrics,
    qualtrics_legacy,
    redcap,
    surveymonkey,
    tencent,
    wenjuanxing,
)
from survey.layouts.export import Export, Layout, SheetLike
from survey.layouts.headers import remark

LAYOUTS: tuple[Layout, ...] = (
    wenjuanxing,
    tencent,
    qualtrics,
    qualtrics_legacy,
    surveymonkey,
    limesurvey,
    microsoft_forms,
    google_forms,
    redcap,
    kobo,
    odk,
)


def recognised(file: str, sheet: SheetLike, head: Sequence[Row]) -> list[Export]:
    """Return what ``sheet`` is to each layout that knows it: normally one or none.

    ``head`` are its first rows with a value, up to 50; ``file`` is the name of the file.
    """
    exports = (layout.recognise(file, sheet, head) for layout in LAYOUTS)
    return [export for export in exports if export is not None]


def repeats(file: str, sheet: SheetLike, head: Sequence[Row]) -> Problem | None:
    """Return why a sheet that belongs to an export is none itself, as a warning, or ``None``.

    Such sheets hold the repeats of a form, one row for each, which belong to no respondent alone.
    """
    if kobo.repeats(head) or odk.repeats(head):
        return remark("layout_repeats", file, sheet)
    return None
