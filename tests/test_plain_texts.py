"""Shared texts are the same whether they are taken from the bytes or read by the parser."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.plain_texts import without_plain_texts

HEAD = b'<?xml version="1.0" encoding="UTF-8"?><sst>'


def split(part: bytes, size: int) -> Iterator[bytes]:
    """Yield pieces of a part; the first one holds its declaration, as any that is read does."""
    yield part[: len(HEAD)]
    yield from (part[n : n + size] for n in range(len(HEAD), len(part), size))


def apart(part: bytes, size: int) -> tuple[list[str], bytes]:
    taken: list[str] = []
    rest = b"".join(without_plain_texts(split(part, size), taken.extend))
    return taken, rest


@given(st.lists(st.text("满意 aé。", max_size=6), max_size=30), st.integers(1, 90))
def test_plain_texts_are_taken_whole_wherever_the_part_is_cut(texts: list[str], size: int) -> None:
    part = HEAD + "".join(f"<si><t>{text}</t></si>" for text in texts).encode() + b"</sst>"
    assert apart(part, size) == (texts, HEAD + b"</sst>")


@given(st.lists(st.text("ab<&满", max_size=4), max_size=12), st.integers(1, 60))
def test_all_others_reach_the_parser_as_they_are(texts: list[str], size: int) -> None:
    items = [f"<si><t>{escape(text)}</t></si>" for text in texts]
    taken, rest = apart(HEAD + "".join(items).encode() + b"</sst>", size)
    marked = [item for item, text in zip(items, texts, strict=True) if escape(text) != text]
    assert taken == [text for text in texts if escape(text) == text]
    assert rest == HEAD + "".join(marked).encode() + b"</sst>"


@pytest.mark.parametrize(
    "odd",
    [
        b"<si><t>a\x08</t></si>",  # no character of XML
        b"<si><t>\xef\xbf\xbf</t></si>",
        b"<si><t>\xff\xfe</t></si>",  # not UTF-8
        b"<si><r><t>very </t></r><r><t>good</t></r></si>",
        b"<!-- <si><t>x</t></si> --><si><t>y</t></si>",
        b"<si><t>" + b"A" * 400_000,  # without end
    ],
)
def test_what_is_not_plain_is_for_the_parser(odd: bytes) -> None:
    assert apart(HEAD + odd, 1 << 16) == ([], HEAD + odd)


def test_another_encoding_is_for_the_parser() -> None:
    part = '<?xml version="1.0" encoding="UTF-16"?><sst><si><t>x</t></si></sst>'.encode("utf-16")
    assert apart(part, 50) == ([], part)
