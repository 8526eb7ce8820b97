"""Scales as the values of a column suggest them: codes, numbers with a unit, or the usual words.

Ends are guessed from what was answered, so a scale of which nobody used the end comes out too short. What
the header says of the ends (``0-10分``) goes before; rows of one matrix share the widest scale among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from survey.draft_notes import Note
from survey.language import catalogue
from survey.questions import Blank, BlankName, Scale, Text
from survey.vocabulary import BLANK_CODES, Meaning, blank_kind, find_wording, usual_blank
from survey.wording import matching

HIGHEST_CODE = 10
_USUAL_ENDS = (2, 5, 7, 10)
_UNIT = re.compile(r"(-?\d+)\s*(\D{1,6})", re.ASCII)
_USUAL_CODES = {code: kind for kind, code in BLANK_CODES.items()}
_ENDS = re.compile(r"(?<![\d.])(\d{1,2})\s*分?\s*(?:-|–|—|~|～|至|到|to)\s*(\d{1,2})(?![\d.])", re.ASCII)
_RECOMMEND = re.compile(r"推荐|recommend", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DraftedScale:
    """A scale with what is doubtful about it.

    ``words`` are the wordings seen, where the scale was known by them, and ``meaning`` what they express.
    """

    scale: Scale
    doubts: tuple[Note, ...]
    words: tuple[str, ...] = ()
    meaning: Meaning | None = None


def of_numbers(numbers: Iterable[float], header: str) -> DraftedScale | None:
    """Return the scale whose codes these are; ``None`` where they are no codes of one."""
    found = set(numbers)
    blanks = {int(n): _USUAL_CODES[int(n)] for n in found if n in _USUAL_CODES}
    codes = sorted(n for n in found if n not in blanks)
    if not codes or any(n != int(n) for n in codes) or codes[0] < 0 or codes[-1] > HIGHEST_CODE:
        return None
    ends, doubt = _ends(int(codes[0]), int(codes[-1]), header)
    doubts = [doubt]
    if blanks:
        doubts.append(Note("blank_codes", {"codes": ", ".join(map(str, sorted(blanks)))}))
    scale = Scale(ends=ends, blanks={code: _blank(kind) for code, kind in blanks.items()})
    return DraftedScale(scale, tuple(doubts))


def of_units(texts: Iterable[str], header: str) -> DraftedScale | None:
    """Return a scale of numbers with a unit, such as ``3分``, beside which blanks may stand in words."""
    texts = list(texts)
    found = {text: match for text in texts if (match := _UNIT.fullmatch(text))}
    others = {text: kind for text in texts if text not in found and (kind := blank_kind(text)) is not None}
    units = {match[2].strip() for match in found.values()}
    if len(found) + len(others) < len(texts) or len(units) != 1:
        return None
    codes = sorted(int(match[1]) for match in found.values())
    if codes[0] < 0 or codes[-1] > HIGHEST_CODE:
        return None
    ends, doubt = _ends(codes[0], codes[-1], header)
    [unit] = units
    blanks = {BLANK_CODES[kind]: _blank(kind, text) for text, kind in others.items()}
    return DraftedScale(Scale(ends=ends, unit=Text(zh=unit, en=unit), blanks=blanks), (doubt,))


def of_words(words: Iterable[str], elsewhere: Iterable[str] = ()) -> DraftedScale | None:
    """Return the scale in whose usual words all of ``words`` are.

    ``elsewhere`` are words in which other questions with the same answers were answered: a step that nobody
    chose here is worded as it was there.
    """
    words = tuple(dict.fromkeys(words))
    wording = find_wording(words)
    if wording is None:
        return None
    known = find_wording((*words, *elsewhere))
    known = wording if known is None or known.meaning != wording.meaning else known
    labels = {code: Text(zh=zh, en=en) for code, (zh, en) in wording.usual.items()}
    for text, code in known.codes.items():
        labels[code] = _in_words_of(text, labels[code])
    blanks, aliases = _worded_blanks(wording.blanks)
    doubts = [Note("worded", {"meaning": catalogue("survey")[f"draft.meaning.{wording.meaning}"]})]
    unseen = [label for code, label in sorted(labels.items()) if code not in wording.codes.values()]
    if unseen:
        steps = {"zh": "、".join(step.zh for step in unseen), "en": ", ".join(step.en for step in unseen)}
        doubts.append(Note("steps_unseen", {"steps": steps}))
    scale = Scale(ends=(1, len(labels)), labels=labels, aliases=aliases, blanks=blanks)
    return DraftedScale(scale, tuple(doubts), words, wording.meaning)


def widest(row: DraftedScale, rows: Sequence[DraftedScale]) -> DraftedScale:
    """Return the scale of one of the ``rows`` of a matrix with all ends and blanks that any of them shows."""
    scales = [other.scale for other in rows]
    low, high = min(scale.ends[0] for scale in scales), max(scale.ends[1] for scale in scales)
    ends = {"low": low, "high": high}
    return replace(
        row,
        scale=row.scale.model_copy(
            update={
                "ends": (low, high),
                "aliases": {code: words for scale in scales for code, words in scale.aliases.items()},
                "blanks": dict(sorted((code, b) for scale in scales for code, b in scale.blanks.items())),
            }
        ),
        doubts=tuple(
            replace(note, values={**note.values, **ends}) if "low" in note.values else note
            for note in row.doubts
        ),
    )


def _ends(low: int, high: int, header: str) -> tuple[tuple[int, int], Note]:
    """Return the ends that the header names, else of the usual scale that fits; and what is doubtful."""
    shown = f"{low}" if low == high else f"{low}–{high}"
    named = [(int(pair[1]), int(pair[2])) for pair in _ENDS.finditer(header)]
    ends = next((ends for ends in named if ends[0] < ends[1] and ends[0] <= low and high <= ends[1]), None)
    if ends is not None and ends[1] <= HIGHEST_CODE:
        return ends, Note("scale_named", {"low": ends[0], "high": ends[1], "seen": shown})
    # A single code that was seen says little: it is no reason to think that the scale has two.
    ends = (1, next(end for end in _USUAL_ENDS if high <= end and (end > 2 or low < high)))
    if low == 0 or (ends[1] == HIGHEST_CODE and _RECOMMEND.search(header)):
        ends = (0, HIGHEST_CODE if high > 1 else 1)
    return ends, Note("scale_ends", {"low": ends[0], "high": ends[1], "seen": shown})


def _worded_blanks(
    kinds: Mapping[str, BlankName],
) -> tuple[dict[int, Blank], dict[int, tuple[str, ...]]]:
    """Return the blanks that wordings name, and further wordings of the same blanks."""
    blanks: dict[int, Blank] = {}
    aliases: dict[int, tuple[str, ...]] = {}
    for text, kind in kinds.items():
        code = BLANK_CODES[kind]
        if code in blanks:
            aliases[code] = (*aliases.get(code, ()), text)
        else:
            blanks[code] = _blank(kind, text)
    return blanks, aliases


def _blank(kind: BlankName, seen: str | None = None) -> Blank:
    zh, en = usual_blank(kind)
    if seen is not None and matching(seen) not in (matching(zh), matching(en)):
        return Blank(kind=kind, label=Text(zh=seen, en=seen))
    return Blank(kind=kind, label=Text(zh=zh, en=en))


def _in_words_of(seen: str, usual: Text) -> Text:
    """Return a label in the words of the export, the other language in the usual ones."""
    if matching(seen) in (matching(usual.zh), matching(usual.en)):
        return usual
    return Text(zh=usual.zh, en=seen) if seen.isascii() else Text(zh=seen, en=usual.en)
