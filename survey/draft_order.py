"""The order in which a list of options reads naturally, which an export does not say.

Amounts go by size, months and degrees by rank, and what is chosen in one cell in the order in which it
stands there. Where nothing says more, the most frequent comes first. 其他 and its like stand last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from math import inf

from survey.vocabulary import blank_kind
from survey.wording import matching, tidy

_LAST = re.compile(r"(其他|其它|以上都|都没有|都不|无$|other\b|others\b|none\b|no answer)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_BELOW = re.compile(
    r"以下|以内|之内|不到|不足|低于|少于|小于|under|less|below|fewer|up to|<|≤", re.IGNORECASE
)
_ABOVE = re.compile(r"以上|超过|大于|高于|多于|over|more|above|\d\s*\+|>|≥", re.IGNORECASE)
_UNITS = (
    (r"万", 10_000),
    (r"天|日|days?\b", 1),
    (r"周|weeks?\b", 7),
    (r"月|months?\b", 30),
    (r"年|years?\b", 365),
)
# Steps of a ladder from first to last; | stands between words for one step. An option begins with its word.
_LADDERS = tuple(
    tuple(words.split("|") for words in ladder.split())
    for ladder in (
        "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sep "
        "october|oct november|nov december|dec",
        "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
        "monday tuesday wednesday thursday friday saturday sunday",
        "周一|星期一 周二|星期二 周三|星期三 周四|星期四 周五|星期五 周六|星期六 周日|星期日",
        "小学 初中 高中|中专|职高 大专|专科 本科|学士 硕士|研究生 博士",
        "primary secondary|highschool college|associate bachelor master doctor|phd",
        "micro|微型 small|小型 medium|中型 large|大型 特大",
        "小 中 大",
        "low 低|bronze medium|middle|中|silver high|高|gold",
        "yes no",
        "是 否",
        "有 没有",
    )
)


def naturally(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return options, given how often each was chosen, in the order in which a form would list them.

    >>> naturally({"10-20岁": 3, "其他": 9, "20岁以上": 2, "10岁以下": 5})
    ('10岁以下', '10-20岁', '20岁以上', '其他')
    >>> naturally({"3部": 1, "2部": 4, "1部": 2, "记不得": 7})
    ('1部', '2部', '3部', '记不得')
    >>> naturally({"大专": 9, "硕士及以上": 1, "高中及以下": 4})
    ('高中及以下', '大专', '硕士及以上')
    >>> naturally({"广州": 3, "深圳": 9})
    ('深圳', '广州')
    """
    often = sorted(counts, key=lambda option: (-counts[option], option))
    ranked = [option for option in often if not _stands_last(option)]
    ranks = _amounts(ranked) or _steps(ranked)
    if ranks is not None:
        unranked = [option for option in ranked if option not in ranks]
        ranked = [*sorted(ranks, key=ranks.__getitem__), *unranked]
    return (*ranked, *(option for option in often if _stands_last(option)))


def as_listed(cells: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return options in the order in which they stand beside each other in cells that hold several.

    Where cells contradict each other, or say nothing of two options, ``naturally`` decides.

    >>> as_listed([["价格", "网络"], ["网络", "其他"], ["网络"], ["网络"]])
    ('价格', '网络', '其他')
    """
    rows = [tuple(dict.fromkeys(cell)) for cell in cells]
    usual = naturally(Counter(option for row in rows for option in row))
    before = {pair for row in rows for pair in combinations(row, 2)}
    later: dict[str, list[str]] = {option: [] for option in usual}
    for first, second in before:
        if (second, first) not in before:
            later[second].append(first)
    sorter = TopologicalSorter(later)
    try:
        sorter.prepare()
    except CycleError:
        return usual
    found: list[str] = []
    waiting: set[str] = set()
    while sorter.is_active():
        waiting |= set(sorter.get_ready())
        following = min(waiting, key=usual.index)
        waiting.remove(following)
        found.append(following)
        sorter.done(following)
    return tuple(found)


def is_other(option: str) -> bool:
    """Return whether an option is the one for all that a list does not name.

    >>> is_other("其他【请注明】"), is_other("Other (please specify)"), is_other("Mother")
    (True, True, False)
    """
    return re.match(r"其他|其它|others?\b", option, re.IGNORECASE) is not None


def _stands_last(option: str) -> bool:
    return _LAST.match(option) is not None or blank_kind(option) is not None


def _amounts(options: Sequence[str]) -> dict[str, tuple[float, float]] | None:
    """Return the range of numbers that options name, or ``None`` where more than one in four names none."""
    found = {option: _amount(tidy(option).replace(",", "")) for option in options}
    known = {option: amount for option, amount in found.items() if amount is not None}
    enough = len(known) > 1 and 4 * len(known) >= 3 * len(options)
    return known if enough and len(set(known.values())) == len(known) else None


def _amount(text: str) -> tuple[float, float] | None:
    size = next((size for unit, size in _UNITS if re.search(unit, text, re.IGNORECASE)), 1)
    numbers = [float(number) * size for number in _NUMBER.findall(text)]
    if not numbers:
        return None
    if len(numbers) == 1 and _BELOW.search(text):
        return -inf, numbers[0]
    return (numbers[-1], inf) if _ABOVE.search(text) else (numbers[0], numbers[-1])


def _steps(options: Sequence[str]) -> dict[str, int] | None:
    """Return the step of one ladder on which each option stands, each on one of its own."""
    for ladder in _LADDERS:
        words = sorted(((word, n) for n, words in enumerate(ladder) for word in words), key=_longest)
        forms = {option: matching(option) for option in options}
        steps = {
            option: next((n for word, n in words if form.startswith(word)), None)
            for option, form in forms.items()
        }
        known = {option: n for option, n in steps.items() if n is not None}
        if known and len(set(known.values())) == len(options):
            return known
    return None


def _longest(pair: tuple[str, int]) -> int:
    return -len(pair[0])
