"""Reading a report in tests: the shapes it comes in, and every text that stands in it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import report_sample

from analysis.results import StudyResults
from report_templates.context.model import FigurePage, ReportContext
from survey.study import Study

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
KEY_ACCOUNTS = report_sample.key_accounts()
VARIANTS: dict[str, tuple[Study, dict[str, Any]]] = {
    "mixed": (KEY_ACCOUNTS, {"move": {"in_sales": 3.0, "after_sales": -2.5}}),
    "rise": (KEY_ACCOUNTS, {"move": 2.6, "seed": 3}),
    "fall": (KEY_ACCOUNTS, {"move": -2.6, "seed": 5}),
    "flat": (KEY_ACCOUNTS, {"seed": 11}),
    "undecided": (KEY_ACCOUNTS, {"undecided": True}),
    "first wave": (KEY_ACCOUNTS, {"waves": 1}),
    "bare": (KEY_ACCOUNTS, {"known_errors": False, "drivers": False, "segments": False}),
    "one item list": (report_sample.small_study(3), {}),
    "one dimension": (report_sample.small_study(4, dimensions=1, waves=2, drivers=False), {}),
    "24 items": (report_sample.small_study(24, dimensions=5, waves=3), {"move": {"d1": 2.5}}),
}


def made(name: str) -> tuple[StudyResults, Study]:
    study, settings_ = VARIANTS[name]
    return report_sample.results(study, **settings_), study


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a context with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple | list):
        for number, each in enumerate(value):
            yield from texts(each, f"{path}[{number}]")


def title(page: Any) -> str:
    return " ".join(page.head.title)


def page_of(context: ReportContext, anchor: str) -> FigurePage:
    return next(page for page in context.pages if page.head.anchor == anchor)
