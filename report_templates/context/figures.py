"""One function that draws any chart a context holds."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from report_templates.charts import forest, likert, priority_map, small_multiples, trend, waterfall
from report_templates.charts.drawing import Drawing, svg
from report_templates.context.model import Chart


@lru_cache(maxsize=32)
def drawn(chart: Chart) -> Drawing:
    """Return the drawing of a chart input; the page that measured it and the page that shows it share it."""
    match chart:
        case trend.Trend():
            return trend.draw(chart)
        case forest.Forest():
            return forest.draw(chart)
        case likert.Likert():
            return likert.draw(chart)
        case priority_map.PriorityMap():
            return priority_map.draw(chart)
        case small_multiples.SmallMultiples():
            return small_multiples.draw(chart)
        case waterfall.Waterfall():
            return waterfall.draw(chart)


def markup(chart: Chart) -> Markup:
    """Return the ``<svg>`` of a chart input."""
    return svg(drawn(chart))
