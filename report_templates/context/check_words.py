"""Lines of the checklist in words: what was checked, what was found, from where on, and what to do.

The report and the command say a line through this one module, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.checks import Check
from report_templates import formatting
from report_templates.context.labels import Labels

MOST_NAMED = 3
"""Names in one line; the rest is counted."""


def _percent(value: float) -> str:
    return formatting.percent(value, 0 if abs(100 * value - round(100 * value)) < 0.05 else 1) + "%"


def _count(value: float) -> str:
    return formatting.number(value, 0)


def _two(value: float) -> str:
    return formatting.number(value, 2)


# How a figure is printed, by its name.
_FIGURES: Mapping[str, Callable[[float], str]] = {
    **dict.fromkeys(("rate", "share", "lost", "blank", "component", "failed", "first"), _percent),
    **dict.fromkeys(("n", "each", "drivers", "clusters", "df", "levels", "events", "overlapping"), _count),
    **dict.fromkeys(("deff", "correlation", "adjusted", "alpha", "extracted", "loading", "q"), _two),
    **dict.fromkeys(("largest", "inflation", "condition", "skew"), formatting.number),
    **dict.fromkeys(("unique", "spread"), _percent),
    "p": formatting.p_value,
}


def figures(values: Mapping[str, float]) -> dict[str, str]:
    """Return the figures of a line as text."""
    return {name: _FIGURES[name](value) for name, value in values.items()}


def limits(values: Mapping[str, float]) -> dict[str, str]:
    """Return limits as text, in the unit of the figure they stand for and without needless decimals."""
    return {name: _limit(name.removesuffix("_block"), value) for name, value in values.items()}


def _limit(figure: str, value: float) -> str:
    return _percent(value) if _FIGURES[figure] is _percent else f"{value:,g}"


def name(words: Labels, check: Check) -> str:
    """Return what was checked."""
    return words(f"check.{check.key}")


def state(words: Labels, check: Check) -> str:
    """Return pass, warn or block as a word."""
    return words(f"check.state.{check.state}")


def found(words: Labels, check: Check) -> str:
    """Return what was found."""
    own, key = f"check.{check.key}.{check.state}", f"check.{check.key}.found"
    names = words.joined([words.within(words.item(item)) for item in check.names], MOST_NAMED)
    segments = words.joined([words.within(words.segment(one)) for one in check.segments], MOST_NAMED)
    said = words(own if words.has(own) else key, **figures(check.values), names=names, segments=segments)
    if not check.names or not words.has(f"check.{check.key}.names"):
        return said
    return said + ("；" if words.language == "zh" else "; ") + words(f"check.{check.key}.names", names=names)


def limit(words: Labels, check: Check) -> str:
    """Return from where on the line warns and blocks."""
    return words(f"check.{check.key}.limit", **limits(check.limits))


def remedy(words: Labels, check: Check) -> str:
    """Return what to do about it; empty for a line that passes."""
    if check.state == "pass":
        return ""
    if not check.records:
        return words(f"check.{check.key}.remedy")
    records = words.joined([words.within(words.outcome(one)) for one in check.records])
    return words(f"check.{check.key}.compare", records=records)


def reason(words: Labels, check: Check) -> str:
    """Return in a few words why a line that blocks keeps results from being a headline."""
    return words(f"check.{check.key}.why")


def told(words: Labels, check: Check) -> str:
    """Return what was found as a sentence, and what to do about it."""
    sentence = words("check.sentence", found=formatting.capital(found(words, check)))
    return words.run_on(sentence, remedy(words, check)).strip()


def source(words: Labels, check: Check) -> str:
    """Return where the rule comes from, and whether its limits are a convention."""
    convention = words("check.convention")
    if not check.source:
        return convention
    if not check.by_convention:
        return check.source
    return words("check.source", source=check.source, convention=convention)


def about(words: Labels, check: Check) -> str:
    """Return what a line is about: an outcome, a scale, or the wave as a whole."""
    if check.about is None:
        return words("check.whole_wave")
    scales = {one.id: one.label for one in words.study.constructs}
    return words.label(scales[check.about]) if check.scope == "scale" else words.outcome(check.about)


def named(words: Labels, check: Check, text: str) -> str:
    """Return a text with what the line is about before it."""
    return words("check.about", about=about(words, check), found=text)
