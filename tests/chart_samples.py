"""One input of every chart, in two languages, with figures from a small fixed rule and awkward cases."""

from __future__ import annotations

import math

from chart_samples_rows import effects, forest, gap_map, likert, priority_map, shares
from chart_words import DIMENSIONS, INDEX, WAVES, Words, signed, write

from report_templates.charts.axis import axis_around
from report_templates.charts.marks import Mark
from report_templates.charts.small_multiples import Panel, PanelPoint, SmallMultiples
from report_templates.charts.trend import Trend, TrendPoint
from report_templates.charts.waterfall import Level, Step, Total, Waterfall
from report_templates.context.model import Chart
from survey.language import Language

__all__ = ["effects", "every_chart", "forest", "likert", "panels", "trend", "waterfall"]


def points(t: Words, *, figures: bool) -> tuple[TrendPoint, ...]:
    """Return eight waves."""
    return tuple(
        TrendPoint(
            value,
            value - 0.9,
            value + 0.9,
            wave[2:],
            f"{value:.1f}" if figures and wave != WAVES[-1] else "",
        )
        for wave, value in zip(WAVES, INDEX, strict=True)
    )


def trend(t: Words, height: float, *, figures: bool) -> Trend:
    """Return the trend of a page or, without figures, of the summary."""
    return Trend(
        title=t(
            "满意度指数八个季度由 76.0 升至 77.7", "The index rose from 76.0 to 77.7 over eight quarters"
        ),
        points=points(t, figures=figures),
        axis=axis_around([74.2 if figures else 75.0, 79], write, count=5 if figures else 3),
        end_figure="77.7",
        end_interval="76.8–78.6",
        target=78.0,
        target_label=t("年度目标 78.0", "Target 78.0"),
        band_label=t("95% 置信区间", "95% interval") if figures else "",
        height=height,
    )


def panels(t: Words) -> SmallMultiples:
    """Return five dimensions."""
    moves = (
        (81.7, 1.4, "better"),
        (73.3, 1.3, "same"),
        (79.7, 5.4, "better"),
        (70.0, -3.2, "worse"),
        (84.3, 3.8, "better"),
    )
    panels = []
    for name, (value, change, mark) in zip(DIMENSIONS[t.language], moves, strict=True):
        series = [value - change + change * i / 7 + 0.6 * math.sin(2 * i + value) * (i < 7) for i in range(8)]
        points = tuple(PanelPoint(v, v - 0.9, v + 0.9) for v in series)
        panels.append(Panel(name, f"{value:.1f}", points, mark, signed(change)))
    return SmallMultiples(
        t("三个维度上升，售后服务下降", "Three dimensions rose, after-sales service fell"),
        tuple(panels),
        axis_around([68, 86], write, count=3),
        INDEX,
        WAVES[0],
        WAVES[-1],
    )


def waterfall(t: Words) -> Waterfall:
    """Return a change with two technical parts."""
    values = (0.52, 0.21, 0.95, -0.69, 0.56, -0.27, -0.23)
    marked: tuple[Mark | None, ...] = ("better", "same", "better", "worse", "better", None, None)
    names = (
        *(t(f"{name}评分", name) for name in DIMENSIONS[t.language]),
        t("权重调整", "Change of weights"),
        t("客户结构", "Mix of customers"),
    )
    steps = tuple(
        Step(
            name,
            value,
            signed(value, 2),
            t(
                f"{signed(value - 0.2, 2)} 至 {signed(value + 0.2, 2)}",
                f"{signed(value - 0.2, 2)} to {signed(value + 0.2, 2)}",
            ),
            mark,
            index > 4,
        )
        for index, (name, value, mark) in enumerate(zip(names, values, marked, strict=True))
    )
    return Waterfall(
        t(
            "售中服务贡献最大，售后服务抵消 0.69 分",
            "In-sales service contributed most; after-sales took 0.69 away",
        ),
        t("组成", "Part"),
        t("贡献，分", "Contribution"),
        t("95% 区间", "95% interval"),
        t("2025 年三季度 76.64", "Q3 2025: 76.64"),
        Level(t("2025 年三季度", "Q3 2025"), "76.64", "75.76–77.51"),
        steps,
        Total(
            t("2026 年三季度", "Q3 2026"),
            sum(values),
            signed(sum(values), 2),
            t("+0.18 至 +1.94", "+0.18 to +1.94"),
            "77.69",
            "better",
        ),
        axis_around([0, -0.3, 1.7, 2.0], lambda v, d: signed(v, d) if v else "0", count=5),
    )


def one_wave(t: Words) -> Trend:
    """Return a survey that was made once."""
    point = TrendPoint(72.0, 70.1, 73.9, "2004", "72.0")
    return Trend(
        t("只有一季", "One wave only"),
        (point,),
        axis_around([68, 76], write, count=3),
        "72.0",
        "70.1–73.9",
        height=120,
    )


def twelve_waves(t: Words) -> Trend:
    """Return a long series with a gap."""
    points = tuple(
        TrendPoint(None, None, None, f"Q{i % 4 + 1}")
        if i == 4
        else TrendPoint(
            70 + 6 * math.sin(i),
            68 + 6 * math.sin(i),
            72 + 6 * math.sin(i),
            f"Q{i % 4 + 1}",
            f"{70 + 6 * math.sin(i):.1f}",
        )
        for i in range(12)
    )
    return Trend(
        t("十二季", "Twelve waves"),
        points,
        axis_around([62, 79], write),
        "64.0",
        "62.0–66.0",
        76,
        t("目标 76.0", "Target 76.0"),
        t("95% 置信区间", "95% interval"),
        height=260,
    )


def cover(t: Words) -> Trend:
    """Return the trend as it stands on a cover."""
    points = tuple(
        TrendPoint(value, value - 0.9, value + 0.9, wave, f"{value:.1f}" if index in (0, 3) else "")
        for index, (wave, value) in enumerate(zip(WAVES, INDEX, strict=True))
    )
    return Trend(
        t("满意度指数八个季度由 76.0 升至 77.7", "The index rose from 76.0 to 77.7"),
        points,
        axis_around([75.0, 79], write),
        "77.7",
        target=78.0,
        target_label=t("目标 78.0", "Target 78.0"),
        style="cover",
        height=366,
    )


def every_chart(language: Language) -> dict[str, Chart]:
    """Return one of each, and the awkward ones, by name."""
    t = Words(language)
    return {
        "trend": trend(t, 318, figures=True),
        "strip": trend(t, 196, figures=False),
        "cover": cover(t),
        "one wave": one_wave(t),
        "twelve waves": twelve_waves(t),
        "panels": panels(t),
        "waterfall": waterfall(t),
        "likert": likert(t),
        "priority map": priority_map(t, 12),
        "crowded map": priority_map(t, 24),
        "map of gaps": gap_map(t, 12),
        "forest": forest(t),
        "shares": shares(t),
        "effects": effects(t),
    }
