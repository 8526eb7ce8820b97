"""Every sentence stands in both languages, is asked for somewhere, and is given the values it names."""

from __future__ import annotations

import re
from string import Formatter

import pytest
import yaml
from catalogue_use import PACKAGES, ROOT, Use, said, sources, uses

from survey.language import LANGUAGES, Catalogue, catalogue

CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH_WORD = re.compile(r"[a-z]{3,}")
# Chinese inside an English sentence: what the reader will find written in Chinese on the screen or sheet.
QUOTED = re.compile(r"[“\"(`][^”\")`]*[”\")`]")
# The name of the program is the same in every language.
NAMES = {"csat"}
# Words, which one language needs in a place where the other says the same without; never figures.
WORDS = {"s", "item", "kind", "groups", "index", "all", "more"}
# Commands and code are the same in every language.
NOT_TRANSLATED = re.compile(r".*\.examples")
# What is put before a key by the one function that all of a family go through.
PREFIXES = ("problem.", "report.")

MODULES = sources()
USES = uses(MODULES)
CATALOGUED = [package for package in PACKAGES if (ROOT / package / "texts").is_dir()]
SENTENCES = [(package, key) for package in CATALOGUED for key in sorted(catalogue(package))]


def values_of(sentence: str) -> set[str]:
    """Return the names of the values that a sentence is filled with."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def prose(sentence: str) -> str:
    """Return what is left to translate: no values, nothing quoted."""
    fixed = "".join(text for text, *_ in Formatter().parse(sentence))
    return QUOTED.sub("", fixed)


def test_there_are_sentences() -> None:
    assert len(SENTENCES) > 20
    assert len(USES) > 20


def test_no_key_stands_twice_in_a_file() -> None:
    for package in CATALOGUED:
        for file in sorted((ROOT / package / "texts").glob("*.yaml")):
            node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
            keys = [key.value for key, _ in node.value] if node else []
            assert sorted(keys) == sorted(set(keys)), file.name


def test_each_sentence_has_both_languages_and_nothing_else() -> None:
    wrong = [f"{p}: {key}" for p, key in SENTENCES if set(catalogue(p)[key]) != set(LANGUAGES)]
    wrong += [
        f"{p}: {key}" for p, key in SENTENCES if not all(text.strip() for text in catalogue(p)[key].values())
    ]
    assert not wrong, "\n".join(wrong)


def test_both_languages_name_the_same_figures() -> None:
    wrong = [
        f"{package}: {key} names {sorted(differing)} in one language only"
        for package, key in SENTENCES
        if (differing := set.symmetric_difference(*map(values_of, catalogue(package)[key].values())) - WORDS)
    ]
    assert not wrong, "\n".join(wrong)


def test_values_are_named_not_numbered() -> None:
    wrong = [
        f"{package}: {key}"
        for package, key in SENTENCES
        if any(not name.isidentifier() for name in values_of(catalogue(package)[key]["zh"]))
    ]
    assert not wrong, "\n".join(wrong)


def test_each_sentence_is_translated() -> None:
    wrong = []
    for package, key in SENTENCES:
        zh, en = (prose(catalogue(package)[key][language]) for language in ("zh", "en"))
        words = set(ENGLISH_WORD.findall(zh)) - NAMES
        if words and not CHINESE.search(zh) and not NOT_TRANSLATED.fullmatch(key):
            wrong.append(f"{package}: {key} is not Chinese: {zh}")
        if CHINESE.search(en):
            wrong.append(f"{package}: {key} is not English: {en}")
    assert not wrong, "\n".join(wrong)


def matching(use: Use) -> list[str]:
    return [key for key in catalogue(use.catalogue) if use.pattern.fullmatch(key)]


def test_each_sentence_asked_for_exists() -> None:
    wrong = [
        f"{use.where}: {use.catalogue} has no {use.pattern.pattern}" for use in USES if not matching(use)
    ]
    assert not wrong, "\n".join(wrong)


def test_each_sentence_is_given_the_values_it_names() -> None:
    wrong = [
        f"{use.where}: {key} also names {sorted(needed - use.given)}"
        for use in USES
        if use.given is not None
        for key in matching(use)
        if (needed := values_of(catalogue(use.catalogue)[key]["en"])) - use.given
    ]
    assert not wrong, "\n".join(wrong)


def test_each_sentence_is_asked_for() -> None:
    strings, patterns = said(MODULES)
    unused = []
    for package, key in SENTENCES:
        names = {key, *(key.removeprefix(prefix) for prefix in PREFIXES)}
        if not names & strings and not any(p.fullmatch(name) for p in patterns for name in names):
            unused.append(f"{package}: {key}")
    assert not unused, "\n".join(unused)


def test_a_missing_value_is_a_programming_mistake() -> None:
    with pytest.raises(KeyError):
        Catalogue({"greeting": {"zh": "你好，{name}", "en": "Hello {name}"}})("greeting", "en")
