"""Charts as SVG: one module a chart, each a frozen input, its geometry, and nothing else.

Every chart works the same way::

    from report_templates.charts import trend
    from report_templates.charts.drawing import svg

    figure = svg(trend.draw(trend.Trend(title="指数上升 1.1 分", points=..., axis=...)))

``draw`` turns the input into a ``Drawing`` (frozen shapes in units of 0.75 pt); ``svg`` writes it as
markup that is safe to place in a page. All words and figures arrive as ready strings in the reader's
language: charts measure text but never make it, and never round a number.
"""
