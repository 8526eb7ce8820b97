"""Sample charts made of rows and points: answers, importances, provinces."""

from __future__ import annotations

import math
from dataclasses import replace

from chart_words import DIMENSIONS, ITEMS, PROVINCES, Words, signed, signed_span, span, write

from report_templates.charts.axis import axis_around
from report_templates.charts.forest import Column as ForestColumn
from report_templates.charts.forest import Forest, ForestRow
from report_templates.charts.isolines import Isoline
from report_templates.charts.likert import Likert, LikertGroup, LikertItem
from report_templates.charts.marks import Mark
from report_templates.charts.priority_map import MapPoint, PriorityMap


def _legend(t: Words) -> tuple[str, str, str, str, str]:
    return (
        t("很不满意", "Very dissatisfied"),
        t("不满意", "Dissatisfied"),
        t("中立", "Neutral"),
        t("满意", "Satisfied"),
        t("非常满意", "Very satisfied"),
    )


def likert(t: Words) -> Likert:
    """Return twelve items, one of them hidden."""
    groups, items = [], iter(ITEMS[t.language])
    shares = iter(
        (
            (1, 3, 9, 33, 54),
            (1, 4, 11, 35, 49),
            (2, 6, 14, 40, 38),
            (4, 9, 21, 38, 28),
            (1, 4, 11, 31, 53),
            (2, 6, 15, 40, 37),
            (2, 4, 13, 35, 46),
            (5, 10, 24, 38, 23),
            (5, 13, 24, 36, 22),
            (1, 3, 9, 37, 50),
            (1, 2, 9, 32, 56),
            None,
        )
    )
    marked: tuple[Mark, ...] = (
        "same",
        "same",
        "same",
        "same",
        "better",
        "better",
        "worse",
        "worse",
        "worse",
        "better",
        "better",
        "same",
    )
    numbers = iter(marked)
    for name, count in zip(DIMENSIONS[t.language], (2, 2, 2, 3, 3), strict=True):
        rows = []
        for _ in range(count):
            share, mark = next(shares), next(numbers)
            if share is None:
                rows.append(
                    LikertItem(
                        next(items),
                        None,
                        note=t("有效样本不足 10，不公布", "fewer than 10 answers, not shown"),
                    )
                )
                continue
            five = tuple(float(s) for s in share)
            top = share[3] + share[4]
            rows.append(
                LikertItem(
                    next(items),
                    five,
                    tuple(map(str, share)),
                    str(top),
                    f"{top - 2}–{top + 2}",
                    mark,
                    {"better": "+5", "worse": "−4", "same": "+1"}[mark],
                )
            )
        groups.append(
            LikertGroup(
                name,
                t("维度得分 81.7（80.7–82.6）　权重 30%", "score 81.7 (80.7–82.6), weight 30%"),
                tuple(rows),
            )
        )
    return Likert(
        t("售后服务三项全部下降", "All three items of after-sales service fell"),
        tuple(groups),
        _legend(t),
        t("← 不满意", "← dissatisfied"),
        t("满意 →", "satisfied →"),
        t("不计入两侧", "on neither side"),
        (t("满意占比", "Satisfied,"), t("前两档，%", "top two, %")),
        (t("95% 区间", "95% interval"),),
        (t("同比", "Change,"), t("百分点", "points")),
    )


def priority_map(t: Words, count: int) -> PriorityMap:
    """Return a map of ``count`` items."""
    names = (ITEMS[t.language] * 2)[:count]
    points = []
    for i, name in enumerate(names):
        x = 77 + 9 * math.sin(3.1 * i + 0.4)
        y = 8.3 + 6 * math.cos(2.3 * i) + (4 if i == 8 else 0)
        mark: Mark = (
            "worse"
            if x < 74 and y > 10
            else "better"
            if x > 80 and y > 10
            else "same"
            if abs(y - 8.3) < 2
            else "decided"
        )
        points.append(MapPoint(name, x, y, mark, x - 1.4, x + 1.4, max(0.5, y - 2), y + 2, mark == "worse"))
    return PriorityMap(
        t("应先改进两项", "Two items come first"),
        tuple(points),
        axis_around([p.x_low for p in points] + [p.x_high for p in points], write, pad=0.08),
        axis_around([0, *(p.y_high for p in points)], write, pad=0.0),
        t("表现（得分，0–100）→", "Performance (0–100) →"),
        t("↑ 重要度（关联份额），%", "↑ Importance (share), %"),
        77.5,
        8.3,
        t("平均 77.5", "mean 77.5"),
        t("平均 8.3", "mean 8.3"),
        t("优先改进", "Improve first"),
        t("保持优势", "Keep up"),
        t("次要改进", "Improve later"),
        t("维持现状", "Maintain"),
        height=430,
    )


def gap_map(t: Words, count: int) -> PriorityMap:
    """Return the map of ``count`` items with lines along which importance less performance is the same."""
    lines = tuple(Isoline(0.145 * gap, 0.145, t(f"差距 {gap}", f"gap {gap}")) for gap in range(-100, 60, 20))
    return replace(priority_map(t, count), isolines=lines)


def forest(t: Words) -> Forest:
    """Return 31 provinces, two of them hidden."""
    rows = []
    for i, name in enumerate(PROVINCES[t.language]):
        name = name.replace("_", " ")
        if i > 28:
            rows.append(
                ForestRow(
                    name,
                    None,
                    right=("", "", "<10", ""),
                    note=t("有效样本不足 10，不公布", "fewer than 10 answers, not shown"),
                )
            )
            continue
        value = 83.5 - 0.5 * i - 0.04 * (i - 14) ** 2 * (1 if i > 14 else -0.1)
        small = i in (5, 17, 25)
        half = 6.5 if small else 3.2 + 1.2 * math.sin(i) ** 2
        mark: Mark = "better" if i < 4 else "worse" if i > 25 else "same"
        right = (
            f"{value:.1f}",
            span(value - half, value + half),
            str(15 if small else 40 + i),
            f"0.{(i * 37) % 900 + 4:03d}",
        )
        rows.append(
            ForestRow(
                f"{name} †" if small else name,
                value,
                value - half,
                value + half,
                mark,
                right,
                (),
                77.7 - half - 0.5,
                77.7 + half - 0.5,
                mark != "same",
                small,
            )
        )
    ends = [row.low for row in rows] + [row.high for row in rows]
    return Forest(
        t("四省高于全国、三省低于全国", "Four provinces above the nation, three below"),
        t("省份", "Province"),
        tuple(rows),
        axis_around(ends, write, count=8),
        (
            ForestColumn((t("指数", "Index"),), True),
            ForestColumn((t("95% 区间", "95% interval"),)),
            ForestColumn(("n",)),
            ForestColumn((t("q 值", "q"),)),
        ),
        reference=77.7,
        reference_label=t("全国 77.7", "Nation 77.7"),
    )


def shares(t: Words) -> Forest:
    """Return six importances."""
    rows = tuple(
        ForestRow(
            name,
            18.0 - 2.4 * i,
            15.5 - 2.2 * i,
            21.0 - 2.5 * i,
            "decided",
            (f"{18 - 2 * i}", f"{16 - 2 * i}–{21 - 2 * i}", f"{i + 1}–{i + 3}"),
            ("78.2",),
        )
        for i, name in enumerate(ITEMS[t.language][:6])
    )
    return Forest(
        t("故障处理与总体满意度关联最强", "Fault handling is linked most closely"),
        t("指标", "Item"),
        rows,
        axis_around([0, 22], write),
        (
            ForestColumn((t("份额", "Share"), "%"), True),
            ForestColumn((t("95% 区间", "95% interval"),)),
            ForestColumn((t("名次", "Rank"), t("区间", "interval"))),
        ),
        (ForestColumn((t("得分", "Score"),)),),
        (t("与总体满意度的关联份额，%", "share of association, %"),),
        0.0,
        group=1,
        row_height=31,
    )


def effects(t: Words) -> Forest:
    """Return what six items and three of them together would go with, two columns left, three right."""
    gains = (0.42, 0.27, 0.26, 0.23, 0.09, -0.16)
    rows = [
        ForestRow(
            name,
            gain,
            gain - 0.11,
            gain + 0.11,
            "worse" if gain < -0.11 else "better" if gain > 0.11 else "same",
            (signed_span(t, gain - 0.11, gain + 0.11), signed(gain), signed_span(t, gain - 0.4, gain + 0.4)),
            (f"{3.9 - 0.3 * i:.1f}", "+0.3"),
            quiet=abs(gain) < 0.11,
            faint=(1, 2) if abs(gain) < 0.11 else (),
        )
        for i, (name, gain) in enumerate(zip(ITEMS[t.language], gains, strict=False))
    ]
    together = ForestRow(
        t("三项优先改进合并", "The three together"),
        0.95,
        0.80,
        1.11,
        "better",
        (signed_span(t, 0.80, 1.11), "+1.9", signed_span(t, 1.4, 2.5)),
        ("—", "+0.9"),
        bold=True,
        rule_above=True,
    )
    return Forest(
        t("三项各高 5 分，忠诚度相应高 1.0 分", "Five points more on three items go with 1.0 of loyalty"),
        t("得分高 5 分的指标", "Item, 5 points higher"),
        (*rows, together),
        axis_around([0, -0.27, 1.11], lambda v, d: signed(v, d) if v else "0"),
        (
            ForestColumn((t("忠诚度", "Loyalty,"), t("95% 区间", "95% interval"))),
            ForestColumn((t("续约意愿", "Renewal,"), t("百分点", "pct points")), True),
            ForestColumn((t("续约意愿", "Renewal,"), t("95% 区间", "95% interval"))),
        ),
        (
            ForestColumn((t("实际提高", "Raised by,"), t("分", "points"))),
            ForestColumn((t("指数", "Index,"), t("分", "points")), True),
        ),
        (t("忠诚度变化，分", "Loyalty, points"), t("点与 95% 区间", "estimate and 95% interval")),
        0.0,
        group=1,
        row_height=31,
        gap=15,
    )
