"""Words in which scales are usually worded, from the worst answer to the best, in Chinese and English.

They serve to draft a study from an export, where a person confirms what was guessed. No answer is ever
imported by them: an import knows only what the study declares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from survey.questions import BlankName
from survey.wording import matching

Meaning = Literal[
    "satisfaction", "agreement", "quality", "likelihood", "importance", "frequency", "expectation"
]

# Each step: the usual Chinese wording, the usual English wording, then others of the same strength.
_STEPS: Mapping[Meaning, tuple[tuple[str, ...], ...]] = {
    "satisfaction": (
        ("非常不满意", "Very dissatisfied", "很不满意", "十分不满意", "极不满意", "extremely dissatisfied"),
        ("不满意", "Dissatisfied", "比较不满意", "较不满意", "不太满意", "somewhat dissatisfied"),
        ("一般", "Neutral", "中立", "尚可", "neither satisfied nor dissatisfied", "average", "ok"),
        ("满意", "Satisfied", "比较满意", "较满意", "基本满意", "somewhat satisfied"),
        ("非常满意", "Very satisfied", "很满意", "十分满意", "极满意", "extremely satisfied"),
    ),
    "agreement": (
        ("非常不同意", "Strongly disagree", "完全不同意", "很不同意", "disagree completely"),
        ("不同意", "Disagree", "比较不同意", "不太同意", "somewhat disagree"),
        ("一般", "Neutral", "中立", "不确定", "neither agree nor disagree"),
        ("同意", "Agree", "比较同意", "基本同意", "somewhat agree"),
        ("非常同意", "Strongly agree", "完全同意", "很同意", "agree completely"),
    ),
    "quality": (
        ("非常差", "Very poor", "很差", "极差", "very bad", "terrible"),
        ("差", "Poor", "较差", "比较差", "不好", "bad"),
        ("一般", "Fair", "中等", "average", "neutral"),
        ("好", "Good", "较好", "比较好", "良好"),
        ("非常好", "Very good", "很好", "优秀", "excellent"),
    ),
    "likelihood": (
        (
            "肯定不会",
            "Very unlikely",
            "一定不会",
            "完全不可能",
            "非常不可能",
            "definitely not",
            "not at all likely",
        ),
        ("可能不会", "Unlikely", "不太可能", "不大会", "probably not", "somewhat unlikely"),
        ("不确定", "Neutral", "说不准", "一般", "might or might not", "neither likely nor unlikely"),
        ("可能会", "Likely", "比较可能", "很可能会", "probably", "somewhat likely"),
        ("肯定会", "Very likely", "一定会", "非常可能", "definitely", "extremely likely"),
    ),
    "importance": (
        ("非常不重要", "Not at all important", "完全不重要", "很不重要"),
        ("不重要", "Slightly important", "不太重要", "比较不重要", "not very important"),
        ("一般", "Moderately important", "somewhat important", "neutral"),
        ("重要", "Important", "比较重要", "very important"),
        ("非常重要", "Extremely important", "很重要"),
    ),
    "frequency": (
        ("从不", "Never", "从来不", "没有过"),
        ("很少", "Rarely", "偶尔", "seldom"),
        ("有时", "Sometimes", "有时候"),
        ("经常", "Often", "常常", "frequently"),
        ("总是", "Always", "一直", "每次"),
    ),
    "expectation": (
        ("远低于期望", "Far below expectations", "远低于预期", "much worse than expected"),
        ("低于期望", "Below expectations", "低于预期", "worse than expected"),
        ("符合期望", "As expected", "符合预期", "met expectations", "about what was expected"),
        ("高于期望", "Above expectations", "高于预期", "better than expected"),
        ("远高于期望", "Far above expectations", "远高于预期", "much better than expected"),
    ),
}
_BLANKS: Mapping[BlankName, tuple[str, ...]] = {
    "refused": ("拒答", "Prefer not to say", "不愿回答", "不便回答", "refused", "拒绝回答"),
    "dont_know": ("不清楚", "Don't know", "不知道", "说不清", "不了解", "记不清", "not sure", "unsure"),
    "not_applicable": (
        *("不适用", "Not applicable", "未使用", "没有使用过", "未使用过", "没用过", "未参与", "不评价"),
        *("未参与，不评价", "无此情况", "n/a", "not used", "does not apply"),
    ),
}
BLANK_CODES: Mapping[BlankName, int] = {"refused": 97, "dont_know": 98, "not_applicable": 99}


@dataclass(frozen=True, slots=True)
class Wording:
    """A scale in the words of one export: code of each wording seen, and kind of each blank seen.

    ``usual`` gives the usual Chinese and English wording of every code.
    """

    meaning: Meaning
    codes: Mapping[str, int]
    blanks: Mapping[str, BlankName]
    usual: Mapping[int, tuple[str, str]]


_FORMS = {
    meaning: {matching(word): code for code, words in enumerate(steps, 1) for word in words}
    for meaning, steps in _STEPS.items()
}
_BLANK_FORMS = {matching(word): kind for kind, words in _BLANKS.items() for word in words}


def blank_kind(text: str) -> BlankName | None:
    """Return why there is no answer, where a wording usually says so.

    >>> blank_kind("不清楚"), blank_kind("满意")
    ('dont_know', None)
    """
    return _BLANK_FORMS.get(matching(text))


def usual_blank(kind: BlankName) -> tuple[str, str]:
    """Return the usual Chinese and English wording of a kind of blank."""
    return _BLANKS[kind][0], _BLANKS[kind][1]


def find_wording(texts: Iterable[str]) -> Wording | None:
    """Return the scale in whose usual words all of ``texts`` are, blanks aside; ``None`` where there is none.

    Two wordings of one step, such as 满意 beside 比较满意, mean that the list has more steps than are known
    here: then nothing is guessed. At least two steps must be seen.

    >>> sorted(find_wording(["满意", "非常满意", "一般", "不清楚"]).codes.values())
    [3, 4, 5]
    >>> find_wording(["满意", "比较满意", "非常满意"]) is None
    True
    """
    seen = list(dict.fromkeys(texts))
    blanks = {text: kind for text in seen if (kind := blank_kind(text)) is not None}
    answers = [text for text in seen if text not in blanks]
    for meaning, forms in _FORMS.items():
        codes = {text: forms.get(matching(text), 0) for text in answers}
        if len(codes) > 1 and all(codes.values()) and len(set(codes.values())) == len(codes):
            usual = {code: (words[0], words[1]) for code, words in enumerate(_STEPS[meaning], 1)}
            return Wording(meaning, codes, blanks, usual)
    return None
