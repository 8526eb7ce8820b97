"""The cover: who, when, what, and the index as the picture."""

from __future__ import annotations

from analysis.results import Comparison, Estimate
from report_templates import formatting, measure, theme
from report_templates.charts.axis import axis_around
from report_templates.charts.trend import Trend, TrendPoint
from report_templates.context import clauses, layout, verdicts
from report_templates.context.first_step import first_step
from report_templates.context.model import Answer, Cover, Entry, Facing, Phrases
from report_templates.context.parts import weights_name
from report_templates.context.story import Story

TITLE_WIDTH = theme.mm(160)
MOST_FIGURES = 6
MOST_LINES = 4
CHART_ALONE, CHART_BELOW = 340.0, 306.0
"""How high the chart is alone, and above the sentence on what to improve first."""
LOW = 200.0
"""Charts lower than this have fewer ticks."""


def cover(story: Story) -> Cover:
    """Return the cover."""
    words, study, index = story.words, story.study, story.results.current.index
    answer = _answer(story)
    return Cover(
        organisation=words.prose(study.organisation, 40),
        period=words.wave(story.results.wave),
        title=_title(story),
        scope=_scope(story),
        index=words.score(index),
        index_label=words("cover.index", index=words.index),
        interval=words("cover.interval", level=words.level, interval=words.scores_interval(index)),
        facings=_facings(story),
        chart=_chart(story, CHART_BELOW if answer else CHART_ALONE),
        scores=_scores(story),
        answer=answer,
        contents=tuple(
            Entry(story.page_number(name), story.page_name(name), name) for name in story.page_names
        ),
        imprint=_imprint(story),
    )


def report_title(story: Story) -> str:
    """Return the name of the report."""
    title = story.words.prose(story.study.title, 60)
    return title if title.lower().endswith(("报告", "report")) else story.words("cover.title", title=title)


def _title(story: Story) -> Phrases:
    size, text = theme.pt(30), report_title(story)
    lines = measure.balanced(text, TITLE_WIDTH, size, bold=True)
    if len(lines) == 2 and story.words.language == "zh":
        # Rather before a bracket or after a colon than within a word.
        cuts = [cut for cut in (text.find("（"), text.find("：") + 1, text.find(" ")) if cut > 0]
        fair = [(text[:cut], text[cut:].strip()) for cut in cuts]
        fair = [
            pair for pair in fair if all(measure.width(line, size, bold=True) <= TITLE_WIDTH for line in pair)
        ]
        lines = fair[0] if fair else lines
    return tuple(measure.shortened(line, TITLE_WIDTH, theme.pt(30), bold=True) for line in lines[:3])


def _scope(story: Story) -> str:
    words, quality = story.words, story.results.quality
    parts = []
    if story.segments and story.segments[0].id in story.study.segment_by_id:
        main = story.segments[0]
        shown = words("cover.groups", n=words.count(len(main.groups)), groups=words.groups_of(main.id))
        parts.append(shown)
    if words.cluster:
        parts.append(words("clusters", n=words.count(quality.clusters), cluster=words.cluster))
    parts.append(words("respondents", n=words.count(quality.n)))
    return "\u3000".join(parts) if words.language == "zh" else " · ".join(parts)


def _facings(story: Story) -> tuple[Facing, ...]:
    words, made = story.words, []
    if story.change and words.previous:
        label = words("against_wave", wave=words.prior)
        made.append(_facing(story, label, story.change, "facing"))
    target, gap = story.study.reporting.target, story.results.target_gap
    if target is not None and gap is not None:
        label = words("against_target", target=formatting.number(target))
        made.append(_facing(story, label, gap, "target_verdict"))
    if not made:
        quality = story.results.quality
        made.append(Facing(words("cover.n"), words.count(quality.n), words("cover.first")))
        made.append(
            Facing(words("cover.n_effective"), formatting.number(quality.n_effective, 0), words.weighted)
        )
    return tuple(made)


def _facing(story: Story, label: str, comparison: Comparison, verdict: str) -> Facing:
    words = story.words
    return Facing(
        label,
        words("facing_points", value=words.change(comparison)),
        words(
            "cover.facing",
            interval=words.change_interval(comparison),
            verdict=words(f"{verdict}.{verdicts.direction(comparison)}"),
        ),
    )


def _answer(story: Story) -> Answer | None:
    """Return the sentence of the summary where it is short enough for the cover."""
    answer = first_step(story)
    if answer is None:
        return None
    lines = layout.lines(answer.sentence("en"), theme.FULL_WIDTH, 9.5, bold=True)
    return answer if lines <= MOST_LINES else None


def _chart(story: Story, height: float) -> Trend | None:
    trend = story.results.trend
    if len(trend) < 2:
        return None
    return trend_chart(story, style="cover", chart_height=height, figures=len(trend) <= MOST_FIGURES)


def trend_chart(
    story: Story, *, style: str, chart_height: float, figures: bool, label_band: bool = False
) -> Trend:
    """Return the series of the index as a chart; used on cover, summary and trend page."""
    words, trend = story.words, story.results.trend
    target = story.study.reporting.target
    points = tuple(
        TrendPoint(
            wave.index.value,
            wave.index.low,
            wave.index.high,
            words.short_wave(wave.wave),
            figure=words.score(wave.index) if figures and wave is not trend[-1] else "",
        )
        for wave in trend
    )
    limits = [limit for point in points for limit in (point.value, point.low, point.high)]
    whole = trend[-1].index.low is None
    # The words of the target stand above its line and need room on a low chart.
    pad = 0.06 if chart_height > LOW else 0.16
    return Trend(
        title=words.sentence(clauses.change_of_index(story)),
        points=points,
        axis=axis_around([*limits, target], formatting.number, count=5 if chart_height > LOW else 3, pad=pad),
        end_figure=words.score(trend[-1].index),
        end_interval=words.scores_interval(trend[-1].index) if style == "page" and not whole else "",
        target=target,
        target_label="" if target is None else words("target", target=formatting.number(target)),
        band_label=words("band", level=words.level) if style == "page" and label_band else "",
        style="cover" if style == "cover" else "page",
        height=chart_height,
    )


def _scores(story: Story) -> tuple[tuple[str, str], ...]:
    if len(story.results.trend) > 1:
        return ()
    words = story.words
    named = [(words.node(node.id), words.score(node.score)) for node in story.branches]
    for outcome in story.results.outcomes:
        value = outcome.series[-1]
        if outcome.unit == "points" and isinstance(value, Estimate) and not story.is_index(outcome):
            named.append((words.outcome(outcome.id), words.score(value)))
    return tuple(named[:8])


def _imprint(story: Story) -> str:
    words, provenance = story.words, story.results.provenance
    parts = [
        words("cover.number", id="-".join(filter(None, (story.study.id, story.results.wave, digest(story))))),
        words(f"cover.weights_{provenance.weight_state}", version=weights_name(story)),
        words("cover.software", version=provenance.csat),
        created(story),
        words.prose(story.study.reporting.classification, 20),
    ]
    return " · ".join(part for part in parts if part)


def digest(story: Story) -> str:
    """Return the first eight characters of the digest of the reported wave's data."""
    return story.results.provenance.wave_digests.get(story.results.wave, "")[:8]


def created(story: Story) -> str:
    """Return the last day of fieldwork; a report has no clock of its own."""
    wave = story.study.wave_by_id.get(story.results.wave)
    return wave.end.isoformat() if wave and wave.end else ""
