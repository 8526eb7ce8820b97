"""Careless answering in words: one line a rule, with how many stand on either side of the scale."""

from __future__ import annotations

from collections.abc import Iterable

from survey.careless_flags import FLAGS, CarelessFlags, Flag, Side
from survey.language import Language, catalogue, listing


def flag_lines(flags: CarelessFlags, language: Language) -> list[str]:
    """Return who was flagged by side of the scale, what could not be looked at, and what is proposed."""
    text = catalogue("survey")
    found = []
    if flags.flagged.any():
        values = flags.count(flags.flagged).values() | {"flagged": int(flags.flagged.sum()), "n": len(flags)}
        found.append(text("careless.flagged", language, **values))
    else:
        found.append(text("careless.nobody", language, n=len(flags)))
    for flag in FLAGS:
        if (count := flags.count(flags.marks[flag])).n:
            what = text(f"careless.flag.{flag}", language)
            found.append(text("careless.count", language, what=what, **count.values()))
    if slow := flags.under_two_seconds:
        found.append(text("careless.under_two_seconds", language, n=slow))
    if flags.base_unusual:
        values = {"items": flags.items_unusual, "base": flags.base_unusual}
        found.append(text("careless.unusual_among", language, **values))
    found += [text(f"careless.without.{rule.reason}", language, **rule.values) for rule in flags.not_applied]
    if (proposed := flags.count(flags.proposed)).n:
        found.append(text("careless.proposed", language, **proposed.values()))
    elif flags.marks["fast"].any() or flags.marks["very_fast"].any():
        found.append(text("careless.none_proposed", language))
    return found


def short_names(flags: Iterable[Flag], language: Language) -> str:
    """Return flags in a few words each, for a table; what is very unusual need not be called unusual too."""
    found = tuple(flags)
    told = [flag for flag in found if flag != "unusual" or "very_unusual" not in found]
    return listing(catalogue("survey")(f"careless.short.{flag}", language) for flag in told)[language]


def side_name(side: Side | None, language: Language) -> str:
    """Return on which side of the scale somebody's mean answer lies; a dash if nothing was rated."""
    return catalogue("survey")(f"careless.side.{side}", language) if side else "—"
