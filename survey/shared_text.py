"""Texts of a workbook: shared strings, rich text, and Excel's way of writing characters XML cannot hold.

Runs of rich text are joined with the spaces they have; phonetic readings are not part of the text.
``_x0008_`` is decoded once, and control characters that come to light are dropped and counted.
"""

from __future__ import annotations

import re

from survey.archive import Archive, Limits, local_name, refusal
from survey.plain_texts import without_plain_texts

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def without_controls(text: str) -> tuple[str, int]:
    """Return ``text`` without control characters, line ends and tabs kept, and how many there were."""
    return _CONTROL.subn("", text)


class TextCounter:
    """Cleans texts and counts them against the limits of one workbook."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._characters = 0
        self.controls_dropped = 0

    def check(self, length: int) -> None:
        """Refuse one text that is longer than a text may be."""
        if length > self._limits.text:
            raise refusal(self._file, "workbook_limit_text", limit=self._limits.text)

    def clean(self, text: str) -> str:
        """Return ``text`` as a person saw it in the spreadsheet."""
        self._count(text)
        if "_x" in text:
            text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
            if _SURROGATE.search(text):
                # Two escapes may make one character; half of one makes none.
                text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        return self._without_controls(text)

    def clean_all(self, texts: list[str]) -> list[str]:
        """Return ``texts`` as a person saw them; those that hold nothing odd are looked at together."""
        together = "".join(texts)
        if "_x" in together or not together.isprintable():
            return [self.clean(text) for text in texts]
        self.check(max(map(len, texts), default=0))
        self._count_all(len(together))
        return texts

    def printable(self, text: str) -> str:
        """Return ``text`` of a format that writes characters as they are."""
        self._count(text)
        return self._without_controls(text)

    def _count(self, text: str) -> None:
        self.check(len(text))
        self._count_all(len(text))

    def _count_all(self, characters: int) -> None:
        self._characters += characters
        if self._characters > self._limits.all_text:
            raise refusal(self._file, "workbook_limit_all_text", limit=self._limits.all_text)

    def _without_controls(self, text: str) -> str:
        if text.isprintable():
            return text
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        text, dropped = without_controls(text)
        self.controls_dropped += dropped
        return text


def shared_texts(archive: Archive, part: str, counter: TextCounter) -> list[str]:
    """Return the shared texts of a workbook in the order of their numbers."""
    limits = archive.limits
    texts: list[str] = []
    pieces: list[str] = []
    size = 0
    in_text = in_phonetic = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal in_text, in_phonetic, size
        tag = local_name(name)
        if tag == "t":
            in_text = not in_phonetic
        elif tag == "si":
            pieces.clear()
            size = 0
        elif tag == "rPh":
            in_phonetic = True

    def characters(data: str) -> None:
        nonlocal size
        if in_text:
            size += len(data)
            counter.check(size)
            pieces.append(data)

    def end(name: str) -> None:
        nonlocal in_text, in_phonetic
        tag = local_name(name)
        if tag == "t":
            in_text = False
        elif tag == "rPh":
            in_phonetic = False
        elif tag == "si":
            take(["".join(pieces)])

    def take(found: list[str]) -> None:
        texts.extend(counter.clean_all(found))
        if len(texts) > limits.strings:
            raise refusal(archive.file, "workbook_limit_strings", limit=limits.strings)

    parser = archive.parser(part)
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    for _ in archive.feed(part, parser, lambda chunks: without_plain_texts(chunks, take)):
        pass
    return texts
