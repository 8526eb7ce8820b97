"""Sample values for the gallery: words in two languages, figures from a small fixed rule."""

from __future__ import annotations

import math
from dataclasses import dataclass

from report_templates.charts.axis import axis_around
from report_templates.charts.forest import Column as ForestColumn
from report_templates.charts.forest import Forest, ForestRow
from report_templates.charts.likert import Likert, LikertGroup, LikertItem
from report_templates.charts.marks import Mark
from report_templates.charts.priority_map import MapPoint, PriorityMap
from report_templates.charts.small_multiples import Panel, PanelPoint, SmallMultiples
from report_templates.charts.trend import Trend, TrendEvent, TrendPoint
from report_templates.charts.waterfall import Level, Step, Total, Waterfall
from report_templates.context import model
from survey.language import Language

_LANGUAGES: tuple[Language, Language] = ("zh", "en")
WAVES = ("24Q4", "25Q1", "25Q2", "25Q3", "25Q4", "26Q1", "26Q2", "26Q3")
INDEX = (76.0, 76.5, 76.6, 76.6, 77.3, 77.3, 77.9, 77.7)
DIMENSIONS = {
    "zh": ("产品质量", "售前服务", "售中服务", "售后服务", "客户经理服务"),
    "en": ("Product quality", "Pre-sales service", "In-sales service", "After-sales service", "Account-manager service"),
}
ITEMS = {
    "zh": (
        "通信可靠性", "产品与需求的契合", "业务信息主动性", "咨询便捷及时", "业务订购便捷", "开通及时",
        "账单查询便捷", "故障申告便捷", "故障处理及时", "主动及时", "协调能力", "专业能力",
    ),
    "en": (
        "Reliability of communication", "Fit of products to needs", "Initiative of business information",
        "Convenience of advice", "Convenience of ordering", "Timeliness of provisioning",
        "Convenience of billing enquiry", "Convenience of fault reporting", "Timeliness of fault handling",
        "Initiative and timeliness", "Ability to coordinate", "Professional competence",
    ),
}  # fmt: skip
PROVINCES = {
    "zh": (
        "湖南 浙江 江苏 福建 江西 宁夏 云南 北京 湖北 广东 山东 陕西 四川 重庆 河南 广西 吉林 海南 安徽 天津 甘肃 "
        "内蒙古 山西 上海 黑龙江 新疆 河北 贵州 辽宁 青海 西藏"
    ).split(),
    "en": (
        "Hunan Zhejiang Jiangsu Fujian Jiangxi Ningxia Yunnan Beijing Hubei Guangdong Shandong Shaanxi Sichuan "
        "Chongqing Henan Guangxi Jilin Hainan Anhui Tianjin Gansu Inner_Mongolia Shanxi Shanghai Heilongjiang "
        "Xinjiang Hebei Guizhou Liaoning Qinghai Tibet"
    ).split(),
}


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


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything the gallery shows, in one language."""

    running: str
    foot: str
    cover: model.Cover
    heads: tuple[model.Head, ...]
    tiles: tuple[model.Tile, ...]
    strip_head: str
    strip: model.Figure
    findings_head: str
    findings: tuple[model.Finding, ...]
    decisions: model.Table
    reading_head: str
    reading: str
    trend: model.Figure
    panels: model.Figure
    waves: model.Table
    callouts: tuple[model.Callout, ...]
    waterfall: model.Figure
    scores: model.Table
    likert: model.Figure
    map: model.Figure
    side: model.Side
    drivers: model.Table
    forest: model.Figure
    shares: model.Figure
    claims_head: tuple[str, str, str, str]
    claims: tuple[model.Claim, ...]
    claims_note: str
    facts: tuple[model.Facts, ...]
    edge_cases: tuple[model.Figure, ...]


class _Words:
    """Picks the Chinese or the English of a pair."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def sample(language: Language) -> Sample:
    """Return the sample in one language."""
    t = _Words(language)
    caption = t(
        "满意度指数，0–100 分，加权；灰带为 95% 置信区间。▲ 好转，▼ 变差，○ 差异在误差之内。基数：各季全部受访者，1,449–1,586 人。",
        "Index, 0–100, weighted; grey band: 95% confidence interval. ▲ better, ▼ worse, ○ within error. Base: all "
        "respondents of each quarter, 1,449–1,586.",
    )

    def figure(number: int, chart: model.Chart) -> model.Figure:
        return model.Figure(t(f"图 {number}", f"Figure {number}"), chart, caption)

    return Sample(
        running=t("2026 年三季度政企大客户满意度报告", "Key-account satisfaction, Q3 2026"),
        foot=t("示例通信　内部资料", "Sample Telecom　Internal"),
        cover=_cover(t),
        heads=_heads(t),
        tiles=_tiles(t),
        strip_head=t("指数八个季度的走势", "The index over eight quarters"),
        strip=model.Figure("", _trend(t, 196, figures=False), caption),
        findings_head=t("三项发现", "Three findings"),
        findings=_findings(t),
        decisions=_decisions(t),
        reading_head=t("怎样读", "How to read"),
        reading=t(
            "▲ 好转或高于，▼ 变差或低于，○ 差异在误差之内。区间表示重复调查时结果大约会落在的范围，两季比较看变化自身的区间。",
            "▲ better or higher, ▼ worse or lower, ○ within error. An interval is where the result would fall if the "
            "survey were repeated; compare quarters by the interval of the change.",
        ),
        trend=figure(1, _trend(t, 318, figures=True)),
        panels=figure(2, _panels(t)),
        waves=_waves(t),
        callouts=_callouts(t),
        waterfall=figure(3, _waterfall(t)),
        scores=_scores(t),
        likert=figure(4, _likert(t)),
        map=figure(5, _map(t, 12)),
        side=_side(t),
        drivers=_drivers(t),
        forest=figure(6, _forest(t)),
        shares=figure(7, _shares(t)),
        claims_head=(t("方面", "Aspect"), t("依据", "Evidence"), t("局限", "Limit"), t("判断", "Verdict")),
        claims=_claims(t),
        claims_note=t("判断由研究人员给出。", "Verdicts are given by the researchers."),
        facts=_facts(t),
        edge_cases=(figure(8, _one_wave(t)), figure(9, _twelve_waves(t)), figure(10, _map(t, 24))),
    )  # fmt: skip


def _heads(t: _Words) -> tuple[model.Head, ...]:
    short = (t("满意度同比上升，", "Satisfaction rose,"), t("忠诚度基本持平", "loyalty did not move"))
    long = (
        t("售中服务与客户经理服务贡献了增量的三分之二，", "In-sales and account-manager service brought two thirds,"),
        t("售后服务抵消 0.7 分", "after-sales service took 0.7 points away"),
    )
    subtitle = t("2026 年三季度与 2025 年三季度相比，0–100 分", "Q3 2026 against Q3 2025, 0–100")
    return tuple(
        model.Head(f"page-{n}", str(n), t("摘要", "Summary"), long if n == 4 else short, subtitle) for n in range(2, 10)
    )


def _points(t: _Words, *, figures: bool) -> tuple[TrendPoint, ...]:
    return tuple(
        TrendPoint(
            value, value - 0.9, value + 0.9, wave[2:] if figures or t.language == "zh" else wave[2:],
            t(f"20{wave[:2]} 年", f"20{wave[:2]}"), f"{value:.1f}" if figures and wave != WAVES[-1] else "",
        )
        for wave, value in zip(WAVES, INDEX, strict=True)
    )  # fmt: skip


def _trend(t: _Words, height: float, *, figures: bool) -> Trend:
    event = TrendEvent(5, (t("权重改用 2026 版", "weights of 2026"), t("旧权重 77.6", "old weights 77.6")), 77.6)
    return Trend(
        title=t("满意度指数八个季度由 76.0 升至 77.7", "The index rose from 76.0 to 77.7 over eight quarters"),
        points=_points(t, figures=figures),
        axis=axis_around([74.2 if figures else 75.0, 79], write, count=5 if figures else 3),
        end_figure="77.7", end_interval="76.8–78.6", target=78.0, target_label=t("年度目标 78.0", "Target 78.0"),
        band_label=t("95% 置信区间", "95% interval") if figures else "",
        events=(event,) if figures else (), height=height,
    )  # fmt: skip


def _cover(t: _Words) -> model.Cover:
    points = tuple(
        TrendPoint(value, value - 0.9, value + 0.9, wave, "", f"{value:.1f}" if index in (0, 3) else "")
        for index, (wave, value) in enumerate(zip(WAVES, INDEX, strict=True))
    )
    chart = Trend(
        t("满意度指数八个季度由 76.0 升至 77.7", "The index rose from 76.0 to 77.7"), points,
        axis_around([75.0, 79], write), "77.7", target=78.0, target_label=t("目标 78.0", "Target 78.0"),
        style="cover", height=366,
    )  # fmt: skip
    names = t("摘要 走势 原因 回答分布 优先次序 省份 方法", "Summary Trend Causes Answers Priorities Provinces Method").split()
    return model.Cover(
        t("示例通信　政企客户部", "Sample Telecom, Key Accounts"), t("2026 年第三季度", "Third quarter of 2026"),
        (t("政企大客户", "Key-account "), t("满意度报告", "satisfaction report")),
        t("31 省　1,059 家客户单位　1,586 名受访者", "31 provinces, 1,059 accounts, 1,586 respondents"),
        "77.7", t("满意度指数，0–100 分", "Satisfaction index, 0–100"), t("95% 置信区间 76.8–78.6", "95% interval 76.8–78.6"),
        (
            model.Facing(t("同比", "On the year"), "+1.1", t("区间 +0.2 至 +1.9，上升", "+0.2 to +1.9, rose")),
            model.Facing(t("较上季", "On the quarter"), "−0.2", t("区间 −1.1 至 +0.8，不显著", "−1.1 to +0.8, not significant")),
            model.Facing(t("与目标 78.0", "Against 78.0"), "−0.3", t("区间 −1.2 至 +0.6，不显著", "−1.2 to +0.6, not significant")),
        ),
        chart, (), tuple(model.Entry(str(2 + i), name, f"page-{2 + i}") for i, name in enumerate(names)),
        t("编号 KA-2026Q3-R01 · 权重 2026 版 · 2026-10-20 · 内部资料", "KA-2026Q3-R01 · weights 2026 · 2026-10-20 · internal"),
    )  # fmt: skip


def _tiles(t: _Words) -> tuple[model.Tile, ...]:
    change = t("同比", "on the year")
    return (
        model.Tile(t("满意度指数", "Satisfaction index"), "77.7", "", t("95% 区间 76.8–78.6", "95% interval 76.8–78.6"), model.Cell(f"{change} +1.1", "better"), t("较目标 −0.3，不显著", "target −0.3, not significant")),
        model.Tile(t("忠诚度指数", "Loyalty index"), "73.9", "", t("95% 区间 73.1–74.7", "95% interval 73.1–74.7"), model.Cell(f"{change} −0.6", "same"), t("变化不显著", "not significant")),
        model.Tile(t("续约意愿", "Intend to renew"), "69.2", "%", t("95% 区间 66.6–71.7", "95% interval 66.6–71.7"), model.Cell(f"{change} −4.1", "worse"), t("下降", "fell")),
        model.Tile(t("投诉率", "Complained"), "8.4", "%", t("95% 区间 6.9–10.2", "95% interval 6.9–10.2"), model.Cell(f"{change} −3.2", "better_down"), t("下降，好转", "fell, better")),
    )  # fmt: skip


def _findings(t: _Words) -> tuple[model.Finding, ...]:
    return (
        model.Finding("1", t("售中服务与客户经理服务拉动指数上升", "In-sales and account-manager service lifted the index"), t("两个维度的评分共贡献 +1.51 分；权重与客户结构的变化合计 −0.50 分。", "The two dimensions contributed +1.51; weights and mix −0.50."), t("图 3", "Figure 3")),
        model.Finding("2", t("售后服务下降 3.2 分，拉低指数 0.69 分", "After-sales service fell by 3.2, costing the index 0.69"), t("故障处理及时只有 59% 满意（56–61），同比 −7 个百分点，也是与总体满意度关联最强的一项。", "Only 59% (56–61) are satisfied with fault handling, −7 points on the year; no item is linked more closely to overall satisfaction."), t("图 4、5", "Figures 4, 5")),
        model.Finding("3", t("九省与全国不同，其余在误差之内", "Nine provinces differ from the nation, the others do not"), t("湖南、浙江、江苏、福建较高；山西、上海、河北、贵州、辽宁较低。", "Hunan, Zhejiang, Jiangsu and Fujian are higher; Shanxi, Shanghai, Hebei, Guizhou and Liaoning lower."), t("图 6", "Figure 6")),
    )  # fmt: skip


def _decisions(t: _Words) -> model.Table:
    columns = (
        model.Column(t("改进项", "Item"), right=False, tone="strong", width="20%"),
        model.Column(t("做什么", "Action"), right=False, width="36%"),
        model.Column(t("牵头", "Owner"), right=False, width="14%"),
        model.Column(t("完成", "Due"), right=False, width="12%"),
        model.Column(t("指数，分", "Index"), tone="strong", width="8%"),
        model.Column(t("95% 区间", "95% interval"), tone="quiet", width="10%"),
    )
    rows = [
        (ITEMS[t.language][i], t("战略级专线四小时修复，逾期升级", "Four-hour repair, then escalation"), t("网络运维部", "Network"), "2026-12-31", "+0.3", t("+0.1 至 +0.5", "+0.1 to +0.5"))
        for i in (8, 2, 4)
    ]  # fmt: skip
    return model.Table(columns, tuple(model.Row(tuple(map(model.Cell, row))) for row in rows), t("右两列：该项得分提高 5 分时指数的预计变化；是关联，不是承诺。", "Right: change of the index if the item gained 5 points; an association, not a promise."), t("请决定三件事", "Three decisions"))  # fmt: skip


def _waves(t: _Words) -> model.Table:
    heads = (t("季度", "Quarter"), t("指数", "Index"), t("95% 区间", "95% interval"), t("较上季", "Change"), t("95% 区间", "95% interval"), "n", t("有效 n", "eff. n"), t("客户数", "Accounts"))  # fmt: skip
    tones: tuple[model.Tone, ...] = ("plain", "strong", "quiet", "plain", "quiet", "quiet", "quiet", "quiet")
    columns = tuple(
        model.Column(head, index > 0, tone) for index, (head, tone) in enumerate(zip(heads, tones, strict=True))
    )
    rows = []
    for number in range(7, -1, -1):
        value, change = INDEX[number], INDEX[number] - INDEX[number - 1]
        cells = (
            model.Cell(t(f"20{WAVES[number][:2]} {WAVES[number][2:]}", f"{WAVES[number][2:]} 20{WAVES[number][:2]}")), model.Cell(f"{value:.1f}"),
            model.Cell(span(value - 0.9, value + 0.9)), model.Cell(signed(change), "same" if abs(change) < 0.55 else "better", True) if number else model.Cell("—"),
            model.Cell(t(f"{signed(change - 0.9)} 至 {signed(change + 0.9)}", f"{signed(change - 0.9)} to {signed(change + 0.9)}") if number else "—"), model.Cell(f"1,{586 - 17 * number}"), model.Cell(f"1,{557 - 16 * number}"), model.Cell(f"{980 - 9 * number}"),
        )  # fmt: skip
        rows.append(model.Row(cells, "current" if number == 7 else "plain"))
    return model.Table(columns, tuple(rows))


def _callouts(t: _Words) -> tuple[model.Callout, ...]:
    return (
        model.Callout(t("环比变化不显著", "The quarter changed little"), t("环比 −0.2 分，区间 −1.1 至 +0.8，含零；七次环比无一显著。以同比为准。", "−0.2 on the quarter, interval −1.1 to +0.8, which holds zero. Rely on the year.")),
        model.Callout(t("维度走势分化", "Dimensions part ways"), t("产品质量、售中服务、客户经理服务上升，售后服务下降；售前服务的变化在误差之内。", "Product, in-sales and account-manager service rose, after-sales service fell; pre-sales is within error.")),
        model.Callout(t("口径变化", "A change of method"), t("2026 年一季度起权重改用 2026 版。同一季按新旧权重各算一次，相差 0.3 分，已在图中标出。", "Weights of 2026 apply from Q1 2026. The same quarter computed both ways differs by 0.3, as the figure shows.")),
    )  # fmt: skip


def _panels(t: _Words) -> SmallMultiples:
    moves = ((81.7, 1.4, "better"), (73.3, 1.3, "same"), (79.7, 5.4, "better"), (70.0, -3.2, "worse"), (84.3, 3.8, "better"))
    panels = []
    for name, (value, change, mark) in zip(DIMENSIONS[t.language], moves, strict=True):
        series = [value - change + change * i / 7 + 0.6 * math.sin(2 * i + value) * (i < 7) for i in range(8)]
        points = tuple(PanelPoint(v, v - 0.9, v + 0.9) for v in series)
        panels.append(Panel(name, f"{value:.1f}", points, mark, signed(change)))
    return SmallMultiples(
        t("三个维度上升，售后服务下降", "Three dimensions rose, after-sales service fell"), tuple(panels),
        axis_around([68, 86], write, count=3), INDEX, WAVES[0], WAVES[-1],
    )  # fmt: skip


def _waterfall(t: _Words) -> Waterfall:
    values = (0.52, 0.21, 0.95, -0.69, 0.56, -0.27, -0.23)
    marked: tuple[Mark | None, ...] = ("better", "same", "better", "worse", "better", None, None)
    names = (*(t(f"{name}评分", name) for name in DIMENSIONS[t.language]), t("权重调整", "Change of weights"), t("客户结构", "Mix of customers"))
    steps = tuple(
        Step(name, value, signed(value, 2), t(f"{signed(value - 0.2, 2)} 至 {signed(value + 0.2, 2)}", f"{signed(value - 0.2, 2)} to {signed(value + 0.2, 2)}"), mark, index > 4)
        for index, (name, value, mark) in enumerate(zip(names, values, marked, strict=True))
    )  # fmt: skip
    return Waterfall(
        t("售中服务贡献最大，售后服务抵消 0.69 分", "In-sales service contributed most; after-sales took 0.69 away"),
        t("组成", "Part"), t("贡献，分", "Contribution"), t("95% 区间", "95% interval"), t("2025 年三季度 76.64", "Q3 2025: 76.64"),
        Level(t("2025 年三季度", "Q3 2025"), "76.64", "75.76–77.51"), steps,
        Total(t("2026 年三季度", "Q3 2026"), sum(values), signed(sum(values), 2), t("+0.18 至 +1.94", "+0.18 to +1.94"), "77.69", "better"),
        axis_around([0, -0.3, 1.7, 2.0], lambda v, d: signed(v, d) if v else "0", count=5),
    )  # fmt: skip


def _scores(t: _Words) -> model.Table:
    columns = (
        model.Column(t("维度", "Dimension"), False), model.Column("25Q3", span=t("得分", "Score"), spans=3), model.Column("26Q3"), model.Column(t("变化", "Change")),
        model.Column(t("25 版", "2025"), span=t("权重，%", "Weight, %"), spans=2), model.Column(t("26 版", "2026")),
        model.Column(t("评分", "Score"), span=t("对指数变化的贡献，分", "Contribution to the index"), spans=3), model.Column(t("合计", "Total"), tone="strong"), model.Column(t("95% 区间", "95% interval"), tone="quiet"),
    )  # fmt: skip
    marked: tuple[Mark, ...] = ("better", "same", "better", "worse", "better", "better")
    rows = []
    for i, (name, mark) in enumerate(zip((*DIMENSIONS[t.language], t("满意度指数", "Index")), marked, strict=True)):
        cells = (model.Cell(name), model.Cell("80.3"), model.Cell("81.7"), model.Cell("−3.2" if mark == "worse" else "+1.4", mark, True), model.Cell("34"), model.Cell("30"), model.Cell("+0.52"), model.Cell("+0.30"), model.Cell(t("−0.08 至 +0.68", "−0.08 to +0.68")))  # fmt: skip
        rows.append(model.Row(cells, "total" if i == 5 else "plain"))
    return model.Table(columns, tuple(rows), t("贡献精确相加；表中数字四舍五入后可能不等。", "Contributions add up exactly; rounded figures may not."), t("每个维度的三个部分", "Three parts of each dimension"))  # fmt: skip


def _likert(t: _Words) -> Likert:
    groups, items = [], iter(ITEMS[t.language])
    shares = iter(
        ((1, 3, 9, 33, 54), (1, 4, 11, 35, 49), (2, 6, 14, 40, 38), (4, 9, 21, 38, 28), (1, 4, 11, 31, 53), (2, 6, 15, 40, 37),
         (2, 4, 13, 35, 46), (5, 10, 24, 38, 23), (5, 13, 24, 36, 22), (1, 3, 9, 37, 50), (1, 2, 9, 32, 56), None)
    )  # fmt: skip
    marked: tuple[Mark, ...] = ("same", "same", "same", "same", "better", "better", "worse", "worse", "worse", "better", "better", "same")  # fmt: skip
    numbers = iter(marked)
    for name, count in zip(DIMENSIONS[t.language], (2, 2, 2, 3, 3), strict=True):
        rows = []
        for _ in range(count):
            share, mark = next(shares), next(numbers)
            if share is None:
                rows.append(LikertItem(next(items), None, note=t("有效样本不足 10，不公布", "fewer than 10 answers, not shown")))
                continue
            five = tuple(float(s) for s in share)
            top = share[3] + share[4]
            rows.append(LikertItem(next(items), five, tuple(map(str, share)), str(top), f"{top - 2}–{top + 2}", mark, {"better": "+5", "worse": "−4", "same": "+1"}[mark]))  # fmt: skip
        groups.append(LikertGroup(name, t("维度得分 81.7（80.7–82.6）　权重 30%", "score 81.7 (80.7–82.6), weight 30%"), tuple(rows)))  # fmt: skip
    return Likert(
        t("售后服务三项全部下降", "All three items of after-sales service fell"), tuple(groups),
        t("很不满意 不满意 中立 满意 非常满意", "Very_dissatisfied Dissatisfied Neutral Satisfied Very_satisfied").replace("_", "\u00a0").split(" "),
        t("← 不满意", "← dissatisfied"), t("满意 →", "satisfied →"), t("不计入两侧", "on neither side"),
        (t("满意占比", "Satisfied,"), t("前两档，%", "top two, %")), (t("95% 区间", "95% interval"),), (t("同比", "Change,"), t("百分点", "points")),
    )  # fmt: skip


def _map(t: _Words, count: int) -> PriorityMap:
    names = (ITEMS[t.language] * 2)[:count]
    points = []
    for i, name in enumerate(names):
        x = 77 + 9 * math.sin(3.1 * i + 0.4)
        y = 8.3 + 6 * math.cos(2.3 * i) + (4 if i == 8 else 0)
        mark: Mark = "worse" if x < 74 and y > 10 else "better" if x > 80 and y > 10 else "same" if abs(y - 8.3) < 2 else "decided"
        points.append(MapPoint(name, x, y, mark, x - 1.4, x + 1.4, max(0.5, y - 2), y + 2, mark == "worse"))
    return PriorityMap(
        t("应先改进两项", "Two items come first"), tuple(points),
        axis_around([p.x_low for p in points] + [p.x_high for p in points], write, pad=0.08),
        axis_around([0, *(p.y_high for p in points)], write, pad=0.0),
        t("表现（得分，0–100）→", "Performance (0–100) →"), t("↑ 重要度（关联份额），%", "↑ Importance (share), %"), 77.5, 8.3,
        t("平均 77.5", "mean 77.5"), t("平均 8.3", "mean 8.3"), t("优先改进", "Improve first"), t("保持优势", "Keep up"),
        t("次要改进", "Improve later"), t("维持现状", "Maintain"), height=430,
    )  # fmt: skip


def _side(t: _Words) -> model.Side:
    items = ITEMS[t.language]
    return model.Side(
        t("落在该象限的概率", "Probability of the quadrant"),
        (
            model.SideGroup("worse", t("优先改进", "Improve first"), ((items[8], ">99%"), (items[2], ">99%"), (items[4], "91%"))),
            model.SideGroup("better", t("保持优势", "Keep up"), ((items[9], "98%"),)),
            model.SideGroup("decided", t("维持现状", "Maintain"), ((items[0], ">99%"), (items[1], ">99%"))),
            model.SideGroup("same", t("未定", "Undecided"), ((items[5], "60%"), (items[6], "51%"))),
        ),
        t("概率由 1,000 组重复权重算得。重要度说明关联，不说明因果。", "From 1,000 replicates. Importance is association, not cause."),
    )  # fmt: skip


def _drivers(t: _Words) -> model.Table:
    columns = (model.Column(t("指标", "Item"), False, width="24%"), model.Column(t("维度", "Dimension"), False, width="20%"), model.Column(t("重要度，%", "Importance, %"), tone="strong"), model.Column(t("95% 区间", "95% interval"), tone="quiet"), model.Column(t("表现", "Score"), tone="strong"), model.Column(t("判断", "Verdict"), False, width="16%"))  # fmt: skip
    marked: tuple[Mark, ...] = ("worse", "worse", "better", "same", "decided", "decided")
    words = {"worse": t("优先改进", "Improve first"), "better": t("保持优势", "Keep up"), "same": t("未定", "Undecided"), "decided": t("维持现状", "Maintain")}  # fmt: skip
    rows = tuple(
        model.Row((model.Cell(ITEMS[t.language][i]), model.Cell(DIMENSIONS[t.language][i % 5]), model.Cell(str(18 - 2 * i)), model.Cell(f"{16 - 2 * i}–{21 - 2 * i}"), model.Cell("64.5"), model.Cell(words[mark], mark)), "act" if i < 2 else "plain")
        for i, mark in enumerate(marked)
    )  # fmt: skip
    return model.Table(columns, rows)


def _forest(t: _Words) -> Forest:
    rows = []
    for i, name in enumerate(PROVINCES[t.language]):
        name = name.replace("_", " ")
        if i > 28:
            rows.append(ForestRow(name, None, right=("", "", "<10", ""), note=t("有效样本不足 10，不公布", "fewer than 10 answers, not shown")))  # fmt: skip
            continue
        value = 83.5 - 0.5 * i - 0.04 * (i - 14) ** 2 * (1 if i > 14 else -0.1)
        small = i in (5, 17, 25)
        half = 6.5 if small else 3.2 + 1.2 * math.sin(i) ** 2
        mark: Mark = "better" if i < 4 else "worse" if i > 25 else "same"
        right = (f"{value:.1f}", span(value - half, value + half), str(15 if small else 40 + i), f"0.{(i * 37) % 900 + 4:03d}")  # fmt: skip
        rows.append(ForestRow(f"{name} †" if small else name, value, value - half, value + half, mark, right, (), 77.7 - half - 0.5, 77.7 + half - 0.5, mark != "same", small))  # fmt: skip
    ends = [row.low for row in rows] + [row.high for row in rows]
    return Forest(
        t("四省高于全国、三省低于全国", "Four provinces above the nation, three below"), t("省份", "Province"), tuple(rows), axis_around(ends, write, count=8),
        (ForestColumn((t("指数", "Index"),), True), ForestColumn((t("95% 区间", "95% interval"),)), ForestColumn(("n",)), ForestColumn((t("q 值", "q"),))),
        reference=77.7, reference_label=t("全国 77.7", "Nation 77.7"),
    )  # fmt: skip


def _shares(t: _Words) -> Forest:
    rows = tuple(
        ForestRow(name, 18.0 - 2.4 * i, 15.5 - 2.2 * i, 21.0 - 2.5 * i, "decided", (f"{18 - 2 * i}", f"{16 - 2 * i}–{21 - 2 * i}", f"{i + 1}–{i + 3}"), ("78.2",))
        for i, name in enumerate(ITEMS[t.language][:6])
    )  # fmt: skip
    return Forest(
        t("故障处理与总体满意度关联最强", "Fault handling is linked most closely"), t("指标", "Item"), rows, axis_around([0, 22], write),
        (ForestColumn((t("份额", "Share"), "%"), True), ForestColumn((t("95% 区间", "95% interval"),)), ForestColumn((t("名次", "Rank"), t("区间", "interval")))),
        (ForestColumn((t("得分", "Score"),)),), (t("与总体满意度的关联份额，%", "share of association, %"),), 0.0, group=1, row_height=31,
    )  # fmt: skip


def _claims(t: _Words) -> tuple[model.Claim, ...]:
    return tuple(
        model.Claim(t("抽样框", "Frame"), t("客户关系系统中全部在网大客户，31 省，逐户登记", "All current key accounts in the customer system, 31 provinces"), t("新入网不足 90 天者不在内", "Accounts younger than 90 days are left out"), sign, verdict)
        for sign, verdict in (("full", t("可靠", "Sound")), ("half", t("谨慎使用", "Use with care")), ("empty", t("薄弱", "Weak")))
    )  # type: ignore[arg-type]  # the three signs are literals  # fmt: skip


def _facts(t: _Words) -> tuple[model.Facts, ...]:
    one = ((t("受访者", "Respondents"), "1,586"), (t("客户单位", "Accounts"), "1,059"), (t("有效样本", "Effective n"), "1,557"))
    return tuple(model.Facts(head, one) for head in (t("样本", "Sample"), t("权重", "Weights"), t("重现", "To reproduce")))


def _one_wave(t: _Words) -> Trend:
    point = TrendPoint(72.0, 70.1, 73.9, "2004", "", "72.0")
    return Trend(t("只有一季", "One wave only"), (point,), axis_around([68, 76], write, count=3), "72.0", "70.1–73.9", height=120)


def _twelve_waves(t: _Words) -> Trend:
    points = tuple(
        TrendPoint(None, None, None, f"Q{i % 4 + 1}", f"20{23 + i // 4}") if i == 4
        else TrendPoint(70 + 6 * math.sin(i), 68 + 6 * math.sin(i), 72 + 6 * math.sin(i), f"Q{i % 4 + 1}", f"20{23 + i // 4}", f"{70 + 6 * math.sin(i):.1f}")
        for i in range(12)
    )  # fmt: skip
    return Trend(
        t("十二季", "Twelve waves"), points, axis_around([62, 79], write), "64.0", "62.0–66.0", 76, t("目标 76.0", "Target 76.0"),
        t("95% 置信区间", "95% interval"), (TrendEvent(8, (t("改为电话访问", "by telephone"),), breaks=True),), height=260,
    )  # fmt: skip
