"""The Jinja environment of all pages: everything is escaped, nothing is undefined.

Templates are code of this package; survey answers are data and reach a page only through ``{{ … }}``,
which escapes whatever the file is called. Filters and functions that return markup build it from escaped
parts. Nothing here loads a template from anywhere but this package.

Filters: ``marked`` turns ▲ ▼ ○ ● in a text into the drawn marks, ``chart`` draws a chart input, ``safe_link``
lets https, mailto and page-internal addresses through. Functions: ``mark(name)``, ``grade(name)``,
``styles(file, folder)``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from report_templates.charts import marks
from report_templates.context.figures import markup

_SIGNS: dict[str, marks.Mark] = {"▲": "better", "▼": "worse", "○": "same", "●": "decided"}
# What must stay on one line: a mark with the word or character after it, and the ends of a range.
_TOGETHER = re.compile(r"([▲▼○●] ?(?:[!-~]+|[^\x00-\x7f▲▼○●])?|[\d.,]*\d–[\d.,]*\d%?)")
_LINK = re.compile(r"(?:https://|mailto:|#)[^\s\x00-\x1f]*\Z")


@cache
def environment() -> Environment:
    """Return the environment, made once a process."""
    made = Environment(
        loader=FileSystemLoader(str(resources.files("report_templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(marked=marked, chart=markup, safe_link=safe_link)
    made.globals.update(mark=mark, grade=grade, styles=styles)
    return made


def mark(name: marks.Mark) -> Markup:
    """Return a drawn mark for a line of text."""
    return Markup('<span class="mark">{}</span>').format(marks.inline(name))


def grade(name: marks.Grade) -> Markup:
    """Return a drawn ● ◐ or ○ in ink, for verdicts that are not about better or worse."""
    return Markup('<span class="mark">{}</span>').format(marks.grade(name))


def marked(text: str) -> Markup:
    """Escape ``text``, draw the signs ▲ ▼ ○ ● (with the space after them), and keep ranges on one line."""
    return Markup("").join(_piece(part) for part in _TOGETHER.split(text))


def _piece(part: str) -> Markup:
    if not _TOGETHER.fullmatch(part):
        return escape(part)
    sign = mark(_SIGNS[part[0]]) if part[0] in _SIGNS else Markup("")
    rest = part[1:].removeprefix(" ") if sign else part
    return Markup('<span class="phrase">{}{}</span>').format(sign, rest)


def safe_link(address: str) -> str:
    """Return an address a page may point to, or ``#`` for any other kind."""
    return address if _LINK.match(address) else "#"


@cache
def styles(file: str, folder: str = "executive") -> Markup:
    """Return a style sheet of ``folder`` for a ``<style>`` element."""
    text = (resources.files("report_templates") / folder / file).read_text(encoding="utf-8")
    if "<" in text or "&" in text:
        raise ValueError(f"{file} has signs that a style element of XHTML cannot hold")
    return Markup(text)  # noqa: S704 - a file of this package, checked above
