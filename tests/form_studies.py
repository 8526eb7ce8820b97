"""Studies whose forms hold everything a form can hold, and studies of any kind drawn with one seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from any_study import any_study
from drawing import both
from form_design import DESIGN
from form_drivers import CHAIN, CHECKS, DRIVERS
from form_gaps import GAPS, WHAT_IF

from survey.study import Study

BLANKS = {
    96: {"kind": "not_asked", "label": both("(跳过)", "(skipped)")},
    97: {"kind": "refused", "label": both("拒答", "Prefer not to say")},
    98: {"kind": "dont_know", "label": both("不清楚", "Don't know")},
    -3: {"kind": "blank"},
}
SATISFIED = ("非常不满意", "不满意", "一般", "满意", "非常满意")
SATISFIED_EN = ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied")


def _item(name: str, zh: str, en: str, scale: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "text": both(zh, en),
        "label": both(zh[:9], name.replace("_", " ")),
        "scale": scale,
        **more,
    }


def every_feature() -> Study:
    """A study of a shop's service in which each part of a questionnaire occurs."""
    fault = {"item": "had_fault", "answers": [1, 3]}
    return Study.model_validate(
        {
            "csat": 1,
            "id": "every_feature",
            "title": both("门店服务满意度调查", "Shop service survey"),
            "organisation": both("示例零售", "Example Retail"),
            "population": both("近三个月到店的顾客", "Customers who came in the last three months"),
            "scales": {
                "five": {
                    "ends": [1, 5],
                    "labels": dict(enumerate(map(both, SATISFIED, SATISFIED_EN), start=1)),
                    "blanks": BLANKS,
                    "aliases": {5: ["很满意", "5 stars"], 98: ["说不清"]},
                },
                "ten": {
                    "ends": [1, 10],
                    "labels": {
                        1: both("非常差", "Very poor"),
                        10: both("非常好", "Very good"),
                        98: both("没用过", "Not used"),
                    },
                    "blanks": BLANKS,
                    "unit": both("分", "points"),
                },
                "likely": {
                    "ends": [0, 10],
                    "labels": {
                        0: both("完全不可能", "Not at all likely"),
                        10: both("非常可能", "Extremely likely"),
                    },
                },
                "yes_no": {
                    "ends": [1, 3],
                    "labels": {1: both("有", "Yes"), 2: both("没有", "No"), 3: both("记不清", "Not sure")},
                },
                "percent": {
                    "ends": [0, 100],
                    "labels": {0: both("毫无保留", "None"), 100: both("全部", "All")},
                    "blanks": {998: {"kind": "dont_know", "label": both("不清楚", "Don't know")}},
                },
            },
            "columns": [
                {"id": "customer", "label": both("会员号", "Member number"), "kind": "key"},
                {
                    "id": "region",
                    "label": both("地区", "Region"),
                    "kind": "category",
                    "categories": [
                        {"value": "华东", "label": both("华东", "East"), "aliases": ["东部"]},
                        {"value": "华南 大区", "label": both("华南", "South")},
                    ],
                },
                {"id": "spend", "label": both("年消费", "Spend"), "kind": "number", "minimum": 0},
                {"id": "lost", "label": both("流失", "Lost"), "kind": "flag", "optional": True},
                {
                    "id": "age",
                    "label": both("年龄", "Age"),
                    "text": both("您的年龄是多少周岁？", "How old are you?"),
                    "kind": "number",
                    "optional": True,
                    "minimum": 18,
                    "maximum": 110,
                },
                {
                    "id": "gender",
                    "label": both("性别", "Gender"),
                    "text": both("您的性别是？", "What is your gender?"),
                    "kind": "category",
                    "optional": True,
                    "categories": [
                        {"value": "女", "label": both("女", "Female")},
                        {"value": "男", "label": both("男", "Male")},
                        {"value": "其他", "label": both("其他", "Other")},
                    ],
                },
                {
                    "id": "member",
                    "label": both("是否会员", "Member"),
                    "text": both("您是我们的会员吗？", "Are you a member?"),
                    "kind": "flag",
                    "optional": True,
                },
                {
                    "id": "last_visit",
                    "label": both("最近到店日期", "Last visit"),
                    "text": both("您最近一次到店是哪一天？", "On which day did you last visit us?"),
                    "kind": "date",
                    "optional": True,
                },
                {
                    "id": "city",
                    "label": both("城市", "City"),
                    "text": both("您住在哪个城市？", "In which city do you live?"),
                    "kind": "text",
                    "optional": True,
                    "aliases": ["所在城市"],
                },
            ],
            "items": [
                _item(
                    "greeting", "您对店员的接待有多满意？", "How satisfied are you with the greeting?", "five"
                ),
                _item("advice", "您对店员的讲解有多满意？", "How satisfied are you with the advice?", "five"),
                _item(
                    "waiting",
                    "您觉得排队太久的感受有多强烈？",
                    "How strongly did you feel that the queue was too long?",
                    "five",
                    reversed=True,
                    aliases=["等候", "Q3 | wait", "=1+1", "#N/A", "_x0041_"],
                ),
                _item(
                    "had_fault", "所购商品出过问题吗？", "Was anything wrong with what you bought?", "yes_no"
                ),
                _item("repair_speed", "维修的快慢如何？", "How quick was the repair?", "ten", asked_if=fault),
                _item("repair_result", "维修的结果如何？", "How good was the repair?", "ten", asked_if=fault),
                _item("overall", "总的来说，我们做得如何？", "All in all, how well do we do?", "ten"),
                _item("recommend", "您会推荐我们吗？", "How likely are you to recommend us?", "likely"),
                _item(
                    "share",
                    "您的同类消费中，百分之几花在我们这里？",
                    "What percentage of what you spend on such goods do you spend with us?",
                    "percent",
                ),
            ],
            "choice_questions": [
                {
                    "id": "reasons",
                    "text": both("您为什么选择我们？", "Why did you choose us?"),
                    "label": both("选择原因", "Reasons"),
                    "most": 3,
                    "options": [
                        {"code": 1, "label": both("价格实惠", "Low prices"), "aliases": ["便宜", "Price"]},
                        {"code": 2, "label": both("离家近", "Close to home")},
                        {"code": 3, "label": both("品种齐全", "Wide range")},
                        {"code": 4, "label": both("服务周到", "Good service")},
                        {"code": 8, "label": both("其他", "Something else"), "open": True},
                        {"code": 9, "label": both("没有特别原因", "No special reason"), "exclusive": True},
                    ],
                    "aliases": ["原因"],
                },
                {
                    "id": "first_repairs",
                    "text": both("请排出最该改进的三项。", "Which three should we improve first?"),
                    "label": both("改进次序", "Improve first"),
                    "kind": "ranking",
                    "most": 3,
                    "options": [
                        {"code": 1, "label": both("价格", "Prices")},
                        {"code": 2, "label": both("排队", "Queues")},
                        {"code": 3, "label": both("维修", "Repairs")},
                        {"code": 4, "label": both("停车", "Parking")},
                    ],
                },
            ],
            "open_questions": [
                {
                    "id": "fault_text",
                    "text": both("出了什么问题？", "What was wrong?"),
                    "label": both("问题描述", "The fault"),
                    "asked_if": {"item": "had_fault", "answers": [1]},
                },
                {
                    "id": "comment",
                    "text": both("您还有什么想告诉我们的？", "Is there anything else you want to tell us?"),
                    "label": both("意见", "Comment"),
                    "aliases": ["建议"],
                },
            ],
            "index": {
                "id": "service_index",
                "label": both("服务指数", "Service index"),
                "version": "1.10",
                "rollup": "respondent",
                "min_answered": 0.4,
                "children": [
                    {
                        "id": "staff",
                        "label": both("店员", "Staff"),
                        "weight": 0.6,
                        "children": [
                            {"item": "greeting", "weight": 0.3},
                            {"id": "advice_leaf", "label": both("讲解", "Advice"), "item": "advice"},
                        ],
                    },
                    {"item": "waiting", "weight": 0.4},
                ],
            },
            "constructs": [
                {"id": "staff", "label": both("店员", "Staff"), "items": ["greeting", "advice"]},
                {
                    "id": "repair",
                    "label": both("维修", "Repair"),
                    "items": ["repair_speed", "repair_result"],
                    "mode": "formative",
                },
            ],
            "paths": [{"from": "repair", "to": "staff"}],
            "outcomes": [
                {
                    "id": "overall",
                    "label": both("总体", "Overall"),
                    "kind": "satisfaction",
                    "items": ["overall"],
                },
                {"id": "churn", "label": both("流失", "Churn"), "kind": "churn", "column": "lost"},
            ],
            "drivers": DRIVERS,
            "chain": CHAIN,
            "switching_costs": [
                {"id": "effort", "label": both("精力", "Effort"), "facet": "procedural", "items": ["share"]}
            ],
            "gaps": GAPS,
            "what_if": WHAT_IF,
            "segments": [
                {
                    "id": "region",
                    "label": both("地区", "Region"),
                    "plural": both("各地区", "regions"),
                    "column": "region",
                }
            ],
            "design": DESIGN,
            "waves": [
                {"id": "2025", "label": both("2025 年", "2025"), "start": "2025-03-01", "end": "2025-03-31"},
                {
                    "id": "2026Q1",
                    "label": both("2026 年一季度", "Q1 2026"),
                    "short": both("26Q1", "26Q1"),
                    "start": "2026-03-01",
                    "end": "2026-03-31",
                    "invited": 900,
                    "population": {"region": {"华东": 60, "华南 大区": 40}},
                },
            ],
            "reporting": {
                "level": 0.9,
                "target": 80,
                "seed": 7,
                "checks": CHECKS,
                "classification": both("内部资料", "Internal"),
                "actions": [
                    {
                        "item": "waiting",
                        "what": both("增设自助结账", "Add self-checkouts"),
                        "owner": both("门店部", "Stores"),
                        "due": "2026-12-31",
                    }
                ],
            },
        }
    )


def any_form(seed: int) -> Study:
    """A study of ``any_study`` with labels, blanks, routing, choices, asked columns and waves added."""
    rng = np.random.default_rng(seed)
    study = any_study(rng)
    told = study.model_dump(mode="json", by_alias=True)
    for scale in told["scales"].values():
        _describe_scale(rng, scale)
    for before, item in zip(told["items"], told["items"][1:], strict=False):
        if rng.random() < 0.4:
            low, high = told["scales"][before["scale"]]["ends"]
            answers = [int(code) for code in rng.integers(low, high + 1, int(rng.integers(1, 4)))]
            item["asked_if"] = {"item": before["id"], "answers": answers}
    told["choice_questions"] = [_choice(rng, f"c{n}") for n in range(int(rng.integers(0, 3)))]
    told["open_questions"] = [_question(rng, f"o{n}") for n in range(int(rng.integers(0, 3)))]
    for column in told["columns"]:
        _describe_column(rng, column)
    told["waves"][1] |= {"start": "2026-02-28", "invited": int(rng.integers(1, 10**6))}
    told["reporting"]["minimum_base"] = 60
    if len(told["items"]) == 3:
        told["drivers"] = None  # one candidate is none
    told["reporting"]["actions"] = [
        {"item": "sat", "what": _text(rng), "owner": _text(rng), "due": "2026-01-01"}
    ]
    return Study.model_validate(told)


# Signs that a sheet, a formula, an error cell or a list could mistake for something else.
_PIECES = (
    "满意",
    "a",
    " ",
    "=1+1",
    "#N/A",
    "_x0041_",
    "5",
    "|",
    "“",
    "\n",
    "'",
    "é",
    "𬭎",
    "1 ",
    "yes",
    "::",
)


def _word(rng: np.random.Generator) -> str:
    word = "".join(str(rng.choice(_PIECES)) for _ in range(int(rng.integers(1, 6)))).strip()
    return f"{word}{int(rng.integers(10**9))}"  # wordings that clash are another test's business


def _text(rng: np.random.Generator) -> dict[str, str]:
    return both(_word(rng), _word(rng))


def _words(rng: np.random.Generator) -> list[str]:
    return [_word(rng) for _ in range(int(rng.integers(0, 3)))]


def _describe_scale(rng: np.random.Generator, scale: dict[str, Any]) -> None:
    low = int(rng.integers(0, 3))
    high = low + int(rng.choice([3, 5, 9, 60]))
    scale["ends"] = [low, high]
    scale["blanks"] = {
        code: {"kind": str(rng.choice(["blank", "refused", "dont_know", "not_applicable", "not_asked"]))}
        | ({"label": _text(rng)} if rng.random() < 0.7 else {})
        for code in (-1, 98, 997)
        if rng.random() < 0.5
    }
    codes = [*range(low, high + 1), *scale["blanks"]]
    scale["labels"] = {code: _text(rng) for code in codes if rng.random() < 0.5}
    scale["aliases"] = {code: words for code in codes[:3] if (words := _words(rng))}
    if rng.random() < 0.5:
        scale["unit"] = _text(rng)


def _question(rng: np.random.Generator, name: str) -> dict[str, Any]:
    question = {"id": name, "text": _text(rng), "label": _text(rng), "aliases": _words(rng)}
    return question | ({"asked_if": {"item": "sat", "answers": [3]}} if rng.random() < 0.3 else {})


def _choice(rng: np.random.Generator, name: str) -> dict[str, Any]:
    kind = str(rng.choice(["multiple", "ranking"]))
    options = [
        {
            "code": 10 * code,
            "label": _text(rng),
            "open": bool(rng.random() < 0.3),
            "exclusive": bool(kind == "multiple" and rng.random() < 0.3),
            "aliases": _words(rng),
        }
        for code in range(int(rng.integers(2, 6)))
    ]
    return _question(rng, name) | {"kind": kind, "options": options, "most": rng.choice([None, 1, 2])}


def _describe_column(rng: np.random.Generator, column: dict[str, Any]) -> None:
    column |= {"label": _text(rng), "aliases": _words(rng)}
    if rng.random() < 0.4:
        column["text"] = _text(rng)
    if column["kind"] == "category" and rng.random() < 0.7:
        column["categories"] = [
            {"value": value, "label": _text(rng), "aliases": _words(rng)} for value in ("甲", "乙 b", "2024")
        ]
    if column["kind"] == "number" and rng.random() < 0.7:
        column["minimum"] = float(rng.normal())
