"""Layouts in which answers arrive: each finds its header and says which column holds what.

A platform's layout is a module with a ``NAME`` and a function ``recognise``; ``LAYOUTS`` lists them all.
The plain layout is none of them, because it knows a sheet by the study alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from survey.cells import Row
from survey.layouts import tencent, wenjuanxing
from survey.layouts.export import Export, Layout, SheetLike

LAYOUTS: tuple[Layout, ...] = (wenjuanxing, tencent)


def recognised(file: str, sheet: SheetLike, head: Sequence[Row]) -> list[Export]:
    """Return what ``sheet`` is to each layout that knows it: normally one or none.

    ``head`` are its first rows with a value, up to 50; ``file`` is the name of the file.
    """
    exports = (layout.recognise(file, sheet, head) for layout in LAYOUTS)
    return [export for export in exports if export is not None]
