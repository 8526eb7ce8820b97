"""What a parser error means to somebody who does not know YAML's grammar.

The parser stops at the first error, so here one problem at a time is all there is. Most of them are a
tab, a full-width colon or a quotation mark that was never closed.
"""

from __future__ import annotations

import re

import yaml

from survey.errors import Place, Problem

UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Chinese punctuation is welcome inside texts; here it stands where a separator belongs.
_FULLWIDTH = re.compile(
    r"(?:^|[{,，]|- )\s*[A-Za-z_]\w*\s*：|，\s*[A-Za-z_]\w*\s*[:：]|[:：]\s*[“”｛【]|[｝】]\s*$"
)
_SYNTAX = {
    "escape": "study_escape",
    "hexdecimal": "study_escape",
    "quoted scalar": "study_quote_open",
    "mapping values are not allowed": "study_colon",
    "could not find expected ':'": "study_no_colon",
    "block mapping": "study_indent",
    "block collection": "study_indent",
    "flow mapping": "study_bracket",
    "flow sequence": "study_bracket",
}
# Noticed only lines later, so the line to look at is where the parser began.
_WHERE_IT_BEGAN = ("study_quote_open", "study_no_colon")


def character_problems(text: str, file: str) -> list[Problem]:
    """Find what YAML cannot hold at all: tabs as indentation, unprintable characters."""
    problems = []
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())] and line.strip():
            problems.append(Problem("study_tab", Place(file, number)))
        if UNPRINTABLE.search(line.removesuffix("\r")):
            problems.append(Problem("study_unprintable", Place(file, number)))
    return problems


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Say what a parser error means to somebody who does not know YAML's grammar."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return Problem("study_syntax", Place(file), {"column": 1})
    lines = text.split("\n")
    context = getattr(error, "context_mark", None)
    suspects = range(context.line if context else mark.line, mark.line + 1)
    for number in suspects:
        if number < len(lines) and _FULLWIDTH.search(lines[number]):
            return Problem("study_fullwidth", Place(file, number + 1))
    said = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or ''}"
    code = next((code for words, code in _SYNTAX.items() if words in said), "study_syntax")
    line = context.line if code in _WHERE_IT_BEGAN and context else mark.line
    return Problem(code, Place(file, min(line, len(lines) - 1) + 1), {"column": mark.column + 1})
