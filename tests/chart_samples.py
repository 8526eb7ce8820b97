"""One input of every chart, in two languages, with figures from a small fixed rule and awkward cases."""

from __future__ import annotations

import math

from report_templates.charts.axis import axis_around
from report_templates.charts.forest import Column as ForestColumn
from report_templates.charts.forest import Forest, ForestRow
from report_templates.charts.likert import Likert, LikertGroup, LikertItem
from report_templates.charts.marks import Mark
from report_templates.charts.priority_map import MapPoint, PriorityMap
from report_templates.charts.small_multiples import Panel, PanelPoint, SmallMultiples
from report_templates.charts.trend import Trend, TrendEvent, TrendPoint
from report_templates.charts.waterfall import Level, Step, Total, Waterfall
from report_templates.context.model import Chart
from survey.language import Language

WAVES = ("24Q4", "25Q1", "25Q2", "25Q3", "25Q4", "26Q1", "26Q2", "26Q3")
INDEX = (76.0, 76.5, 76.6, 76.6, 77.3, 77.3, 77.9, 77.7)
DIMENSIONS = {
    "zh": ("产品质量", "售前服务", "售中服务", "售后服务", "客户经理服务"),
    "en": (
        "Product quality",
        "Pre-sales service",
        "In-sales service",
        "After-sales service",
        "Account-manager service",
    ),
}
ITEMS = {
    "zh": (
        "通信可靠性",
        "产品与需求的契合",
        "业务信息主动性",
        "咨询便捷及时",
        "业务订购便捷",
        "开通及时",
        "账单查询便捷",
        "故障申告便捷",
        "故障处理及时",
        "主动及时",
        "协调能力",
        "专业能力",
    ),
    "en": (
        "Reliability of communication",
        "Fit of products to needs",
        "Initiative of business information",
        "Convenience of advice",
        "Convenience of ordering",
        "Timeliness of provisioning",
        "Convenience of billing enquiry",
        "Convenience of fault reporting",
        "Timeliness of fault handling",
        "Initiative and timeliness",
        "Ability to coordinate",
        "Professional competence",
    ),
}
_PROVINCES = {
    "zh": (
        "湖南|浙江|江苏|福建|江西|宁夏|云南|北京|湖北|广东|山东|陕西|四川|重庆|河南|广西|吉林|海南|安徽|天津|"
        "甘肃|内蒙古|山西|上海|黑龙江|新疆|河北|贵州|辽宁|青海|西藏|"
    ),
    "en": (
        "Hunan|Zhejiang|Jiangsu|Fujian|Jiangxi|Ningxia|Yunnan|Beijing|Hubei|Guangdong|Shandong|Shaanxi|"
        "Sichuan|Chongqing|Henan|Guangxi|Jilin|Hainan|Anhui|Tianjin|Gansu|Inner Mongolia|Shanxi|"
        "Shanghai|Heilongjiang|Xinjiang|Hebei|Guizhou|Liaoning|Qinghai|Tibet|"
    ),
}
PROVINCES = {language: names.rstrip("|").split("|") for language, names in _PROVINCES.items()}


def write(value: float, decimals: int) -> str:
    """Write a tick."""
    return f"{value:.{decimals}f}".replace("-", "−")


def signed(value: float, decimals: int = 1) -> str:
    """Write a signed figure."""
    text = f"{value:+.{decimals}f}".replace("-", "−")
    return text[1:] if float(f"{value:.{decimals}f}") == 0 else text


def span(low: float, high: float, decimals: int = 1) -> str:
    """Write an interval."""
    return f"{low:.{decimals}f}–{high:.{decimals}f}"


class Words:
    """Picks the Chinese or the English of a pair."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def points(t: Words, *, figures: bool) -> tuple[TrendPoint, ...]:
    """Return eight waves."""
    return tuple(
        TrendPoint(
            value,
            value - 0.9,
            value + 0.9,
            wave[2:],
            t(f"20{wave[:2]} 年", f"20{wave[:2]}"),
            f"{value:.1f}" if figures and wave != WAVES[-1] else "",
        )
        for wave, value in zip(WAVES, INDEX, strict=True)
    )


def trend(t: Words, height: float, *, figures: bool) -> Trend:
    """Return the trend of a page or, without figures, of the summary."""
    event = TrendEvent(
        5, (t("权重改用 2026 版", "weights of 2026"), t("旧权重 77.6", "old weights 77.6")), 77.6
    )
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
        events=(event,) if figures else (),
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


def one_wave(t: Words) -> Trend:
    """Return a survey that was made once."""
    point = TrendPoint(72.0, 70.1, 73.9, "2004", "", "72.0")
    return Trend(
        t("只有一季", "One wave only"),
        (point,),
        axis_around([68, 76], write, count=3),
        "72.0",
        "70.1–73.9",
        height=120,
    )


def twelve_waves(t: Words) -> Trend:
    """Return a long series with a gap and a break."""
    points = tuple(
        TrendPoint(None, None, None, f"Q{i % 4 + 1}", f"20{23 + i // 4}")
        if i == 4
        else TrendPoint(
            70 + 6 * math.sin(i),
            68 + 6 * math.sin(i),
            72 + 6 * math.sin(i),
            f"Q{i % 4 + 1}",
            f"20{23 + i // 4}",
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
        (TrendEvent(8, (t("改为电话访问", "by telephone"),), breaks=True),),
        height=260,
    )


def cover(t: Words) -> Trend:
    """Return the trend as it stands on a cover."""
    points = tuple(
        TrendPoint(value, value - 0.9, value + 0.9, wave, "", f"{value:.1f}" if index in (0, 3) else "")
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
        "forest": forest(t),
        "shares": shares(t),
    }
