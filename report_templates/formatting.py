"""Numbers as they are printed: one rounding rule, one minus sign, one way to write an interval.

Everything a report prints goes through here, so the same value looks the same on every page. Rounding
is half up on the shortest decimal that names the float (0.25 → 0.3, −0.25 → −0.3), which is what a
reader with a pocket calculator expects; ``round`` and format strings round the binary value instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from survey.language import Language

MINUS = "\u2212"
DASH = "\u2013"
NONE = "\u2014"
NO_BREAK = "\u00a0"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
_HAN_THEN_LATIN = re.compile(rf"([{_HAN}])(?=[A-Za-z0-9<>≥≤±+{MINUS}])")
_NUMBER_THEN_HAN = re.compile(rf"(?<![A-Za-z0-9])([0-9.,]*[0-9])(?=[{_HAN}])")
_LATIN_THEN_HAN = re.compile(rf"([A-Za-z0-9%†])(?=[{_HAN}])")

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_ORDINARY = re.compile(r"A|[A-Z][a-z]+(?:['’-][a-z]+)*")
_SMALL = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
_ZH_DIGITS = "零一二三四五六七八九"
_EN_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def rounded(value: float, decimals: int) -> Decimal:
    """Round half up (away from zero on a tie); a zero carries no sign.

    >>> rounded(0.25, 1), rounded(-0.25, 1), rounded(2.675, 2), rounded(-0.04, 1)
    (Decimal('0.3'), Decimal('-0.3'), Decimal('2.68'), Decimal('0.0'))
    """
    step = Decimal(1).scaleb(-decimals)
    result = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def number(value: float, decimals: int = 1) -> str:
    """Return ``value`` with thousands and a true minus sign.

    >>> number(77.65), number(-1234.5), number(1586, 0)
    ('77.7', '−1,234.5', '1,586')
    """
    return f"{rounded(value, decimals):,f}".replace("-", MINUS)


def signed(value: float, decimals: int = 1) -> str:
    """Return a difference with its sign; what rounds to zero has none.

    >>> signed(1.06, 1), signed(-0.25), signed(0.04)
    ('+1.1', '−0.3', '0.0')
    """
    return ("+" if rounded(value, decimals) > 0 else "") + number(value, decimals)


def percent(share: float, decimals: int = 0) -> str:
    """Return a share of 0 to 1 as a figure in per cent, without the sign ``%``.

    The share is scaled in decimal, so that 0.145 is 14.5 and not 14.499….
    """
    return f"{_percent(share, decimals):,f}".replace("-", MINUS)


def signed_percent(share: float, decimals: int = 0) -> str:
    """Return a difference of two shares in percentage points, with its sign."""
    return ("+" if _percent(share, decimals) > 0 else "") + percent(share, decimals)


def _percent(share: float, decimals: int) -> Decimal:
    return rounded(float(Decimal(repr(float(share))) * 100), decimals)


def interval(low: str, high: str) -> str:
    """Return printed limits as one interval: ``76.8–78.6``; with a minus among them ``−3 – 5``.

    A dash directly before or after a minus sign cannot be read, so spaces are set around it.
    """
    return f"{low} {DASH} {high}" if MINUS in low + high else f"{low}{DASH}{high}"


def signed_interval(low: str, high: str, language: Language) -> str:
    """Return printed limits of a difference: ``+0.2 至 +1.9`` or ``+0.2 to +1.9``."""
    return f"{low} {'至' if language == 'zh' else 'to'} {high}"


def p_value(p: float) -> str:
    """Return a p or q value with three decimals; below half of the last one ``<0.001``.

    >>> p_value(0.0312), p_value(0.0004), p_value(1.0)
    ('0.031', '<0.001', '1.000')
    """
    return "<0.001" if rounded(p, 3) == 0 else number(p, 3)


def p_is(p: float, symbol: str = "p") -> str:
    """Return a p value, or another that goes by ``symbol``, with its relation.

    >>> p_is(0.007), p_is(0.0001, "q")
    ('p = 0.007', 'q < 0.001')
    """
    shown = p_value(p)
    return f"{symbol} < {shown[1:]}" if shown.startswith("<") else f"{symbol} = {shown}"


def probability(p: float) -> str:
    """Return a share of replicates in whole per cent; certainty is never claimed.

    >>> probability(0.84), probability(1.0), probability(0.001)
    ('84%', '>99%', '<1%')
    """
    whole = _percent(p, 0)
    if whole >= 100:
        return ">99%"
    return "<1%" if whole < 1 else f"{whole}%"


def joined(words: Sequence[str], language: Language) -> str:
    """Join a list as a sentence does: ``甲、乙、丙``; ``a, b and c``."""
    if language == "zh":
        return "、".join(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def phrases_of(words: Sequence[str], language: Language) -> tuple[str, ...]:
    """Return the words of a list as phrases that stay whole, each with the sign that follows it."""
    if language == "zh":
        return tuple(f"{word}、" for word in words[:-1]) + tuple(words[-1:])
    if len(words) < 2:
        return tuple(words)
    commas = tuple(f"{word}," for word in words[:-2])
    return (*commas, words[-2], f"and {words[-1]}")


def counted(n: int, language: Language) -> str:
    """Return a count as a word, for headings: ``两``, ``十二``; ``two``, ``12``.

    Chinese goes to 99 and takes 两 for two, English to ten.
    """
    if language == "en":
        return _EN_WORDS[n] if 0 <= n < len(_EN_WORDS) else number(n, 0)
    if n == 2:
        return "两"
    if not 0 <= n < 100:
        return number(n, 0)
    tens, ones = divmod(n, 10)
    if tens == 0:
        return _ZH_DIGITS[ones]
    return ("" if tens == 1 else _ZH_DIGITS[tens]) + "十" + (_ZH_DIGITS[ones] if ones else "")


def spaced(text: str) -> str:
    r"""Set the space between Han characters and Latin letters or figures that print leaves out.

    A figure and the Han unit after it are kept on one line.

    >>> spaced("较26Q2上升1.1分")
    '较 26Q2 上升 1.1\xa0分'
    """
    text = _HAN_THEN_LATIN.sub(r"\1 ", text)
    text = _NUMBER_THEN_HAN.sub(rf"\1{NO_BREAK}", text)
    return _LATIN_THEN_HAN.sub(r"\1 ", text)


def printable(text: str) -> str:
    """Return ``text`` in NFC without control and direction characters, which could turn a line round."""
    return _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text))


def capital(text: str) -> str:
    """Return ``text`` with its first letter in upper case and the rest untouched."""
    return text[:1].upper() + text[1:]


def within(label: str, names: frozenset[str] = frozenset()) -> str:
    """Return an English label as it stands within a sentence: its first letter small.

    Kept are acronyms, title case (every later word of weight has a capital too) and words of ``names``.

    >>> within("Timely provisioning"), within("SMS alerts"), within("Network Quality"), within("Wi-Fi")
    ('timely provisioning', 'SMS alerts', 'Network Quality', 'Wi-Fi')
    """
    first, *rest = label.split(" ")
    weighty = [word for word in rest if word[:1].isalpha() and word not in _SMALL and not word.isupper()]
    titled = bool(weighty) and all(word[0].isupper() for word in weighty)
    if titled or first in names or not _ORDINARY.fullmatch(first):
        return label
    return label[0].lower() + label[1:]
