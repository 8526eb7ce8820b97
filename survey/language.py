"""The catalogue: every sentence a user can see, in Chinese and in English, by key.

Each package keeps its sentences in the files ``texts/*.yaml`` beside its modules, all in one form::

    problem.item_out_of_range:
      zh: "{value} 不在量表 {low}–{high} 之内"
      en: "{value} is outside the scale {low}–{high}"

A sentence is a ``str.format`` template. Values are inserted as they are and are never themselves
read as templates, so an answer that holds braces stays an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Literal, get_args

import yaml

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


_FIRST_SENTENCE = re.compile(r"(.+?(?:[。！？]|[.!?](?= )))\s*(.+)", re.DOTALL)

# libyaml reads the catalogues ten times faster; the wheel has it wherever there is one.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Catalogue(Mapping[str, Mapping[str, str]]):
    """Sentences of one package by key; calling it renders one.

    Raises ``KeyError`` for an unknown key or a missing value: both are programming mistakes, and a
    test walks every catalogue so that no user meets one.
    """

    def __init__(self, sentences: Mapping[str, Mapping[str, str]]) -> None:
        self._sentences = dict(sentences)

    def __getitem__(self, key: str) -> Mapping[str, str]:
        return self._sentences[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sentences)

    def __len__(self) -> int:
        return len(self._sentences)

    def __call__(self, key: str, language: Language, /, **values: object) -> str:
        """Return sentence ``key`` in ``language`` with ``values`` filled in."""
        return self._sentences[key][language].format(**values)


def two_parts(template: str) -> tuple[str, str]:
    """Return the first sentence of a text and the rest, which is empty where there is none.

    Split a template, never what it was filled with: a full stop in an answer ends no sentence of ours.

    >>> two_parts("{value} is no answer. Correct it.")
    ('{value} is no answer.', 'Correct it.')
    """
    found = _FIRST_SENTENCE.fullmatch(template)
    return (found[1], found[2]) if found else (template, "")


def listing(words: Iterable[object]) -> Mapping[Language, str]:
    """Return words in a row, joined as each language joins them."""
    shown = [str(word) for word in words]
    return {language: ("、" if language == "zh" else ", ").join(shown) for language in LANGUAGES}


@cache
def catalogue(package: str) -> Catalogue:
    """Return the catalogue of ``package``: all its ``texts/*.yaml``, read once.

    Raises ``ValueError`` when a key stands in two files.
    """
    sentences: dict[str, Mapping[str, str]] = {}
    for file in sorted((resources.files(package) / "texts").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            loaded = _Loader(file.read_text(encoding="utf-8")).get_single_data() or {}
            if twice := sentences.keys() & loaded.keys():
                raise ValueError(f"{package}/texts/{file.name} repeats {sorted(twice)}")
            sentences |= loaded
    return Catalogue(sentences)
