"""A small study in which every part occurs once, and what is wrong with it when it is changed."""

from __future__ import annotations

from survey.definition import examine
from survey.errors import Problem

MINIMAL = """\
csat: 1
id: small
title: {zh: 调查, en: Survey}
organisation: {zh: 单位, en: Body}
scales:
  ten:
    ends: [1, 10]
    blanks:
      98: {kind: dont_know}
columns:
  - {id: account, label: {zh: 客户, en: Account}, kind: key}
  - id: tier
    label: {zh: 等级, en: Tier}
    kind: category
    categories:
      - {value: 甲, label: {zh: 甲, en: A}}
      - {value: 乙, label: {zh: 乙, en: B}}
  - {id: lost, label: {zh: 流失, en: Lost}, kind: flag}
  - {id: weight, label: {zh: 权重, en: Weight}, kind: number}
items:
  - id: speed
    text: {zh: 速度如何？, en: How fast it is}
    label: {zh: 速度, en: Speed}
    scale: ten
  - id: care
    text: {zh: 态度如何？, en: How kind we are}
    label: {zh: 态度, en: Care}
    scale: ten
  - id: overall
    text: {zh: 总体如何？, en: All in all}
    label: {zh: 总体, en: Overall}
    scale: ten
  - id: price
    text: {zh: 价格如何？, en: How dear we are}
    label: {zh: 价格, en: Price}
    scale: ten
open_questions:
  - {id: comment, text: {zh: 有何建议？, en: Anything else}, label: {zh: 建议, en: Comment}}
index:
  id: satisfaction
  label: {zh: 满意度, en: Satisfaction}
  version: 1.10
  children:
    - {item: speed, weight: 2}
    - care
constructs:
  - {id: service, label: {zh: 服务, en: Service}, items: [speed, care]}
  - {id: result, label: {zh: 结果, en: Result}, items: [overall]}
  - {id: third, label: {zh: 其三, en: Third}, items: [overall]}
paths:
  - {from: service, to: result}
outcomes:
  - {id: overall, label: {zh: 总体, en: Overall}, kind: satisfaction, items: [overall]}
  - {id: churn, label: {zh: 流失, en: Churn}, kind: churn, column: lost}
drivers: {items: [speed, care], outcomes: [overall]}
switching_costs:
  - {id: effort, label: {zh: 精力, en: Effort}, facet: procedural, items: [overall]}
segments:
  - {id: tier, label: {zh: 等级, en: Tier}, column: tier}
design:
  weight: weight
  stratum: [tier]
  cluster: account
  population: {tier: {甲: 10, 乙: 20}}
waves:
  - {id: 2025, label: {zh: 第一期, en: First}, start: 2025-03-01, end: 2025-04-01}
  - {id: 2026, label: {zh: 第二期, en: Second}, start: 2026-03-01, end: 2026-04-01}
reporting:
  actions:
    - {item: speed, what: {zh: 做, en: Do}, owner: {zh: 部门, en: Office}, due: 2026-12-31}
"""


def line_of(text: str, part: str) -> int:
    """The line in which ``part`` first stands."""
    return text[: text.index(part)].count("\n") + 1


def found(text: str) -> list[tuple[str, int | None, str | None]]:
    """Code, line and key of every error."""
    problems = [problem for problem in examine(text, "study.yaml")[1] if problem.severity == "error"]
    return [(problem.code, problem.place.line, problem.place.key) for problem in problems]


def changed(before: str, after: str) -> str:
    assert MINIMAL.count(before) == 1, f"{before!r} must stand once in the minimal study"
    return MINIMAL.replace(before, after)


def only(text: str) -> Problem:
    """The one error of a study."""
    (problem,) = [entry for entry in examine(text, "study.yaml")[1] if entry.severity == "error"]
    return problem
