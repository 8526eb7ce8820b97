"""The report as pages: one HTML file that needs nothing else, and a PDF of full pages."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2
import pytest
import report_sample
import yaml

from report_templates.context import report_context
from report_templates.pdf import Printer
from report_templates.render import render_html, render_pdf
from report_templates.theme import mm
from survey.language import LANGUAGES, Language
from survey.study import Study

TEMPLATES = sorted((report_sample.ROOT / "report_templates" / "executive").glob("*.html"))
HOSTILE = "<script>alert(1)</script>“&'\u202e"
LONG = "没有尽头的名称" * 30
DOTS_PER_MM = 2.0
BODY_TOP, BODY_HEIGHT = 22, 255
# Pages that may end early: neither the checklist nor the method page carries an elastic block.
LEAST_FILL, LEAST_FILL_METHOD, WIDEST_GAP = 0.85, 0.80, 25.0


PRINTED: dict[tuple[str, Language], bytes] = {}


def pdf(name: str, language: Language, printer: Printer) -> bytes:
    """The report of a sample, printed once."""
    if (name, language) not in PRINTED:
        PRINTED[name, language] = render_pdf(*sample(name), language, printer)
    return PRINTED[name, language]


def sample(name: str) -> tuple[Any, Study]:
    if name == "key accounts":
        study = report_sample.key_accounts()
        return report_sample.results(study, move={"in_sales": 3.0, "after_sales": -2.5}), study
    study = report_sample.small_study(12, waves=1)
    return report_sample.results(study), study


def pages_as_ink(document: bytes) -> list[np.ndarray[Any, Any]]:
    """For every page: which rows of the body, in steps of half a millimetre, hold any ink."""
    opened = pypdfium2.PdfDocument(document)
    rows = []
    for number in range(len(opened)):
        picture = opened[number].render(scale=DOTS_PER_MM * 25.4 / 72).to_numpy()
        grey = picture[..., :3].min(axis=2)
        top = round(BODY_TOP * DOTS_PER_MM)
        # The running lines stand outside the body.
        body = grey[top + 3 : top + round(BODY_HEIGHT * DOTS_PER_MM)]
        rows.append((body < 225).any(axis=1))
    opened.close()
    return rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_has_the_pages_of_its_contents(language: Language, printer: Printer) -> None:
    opened = pypdfium2.PdfDocument(pdf("key accounts", language, printer))
    context = report_context(*sample("key accounts"), language)
    assert 8 <= len(opened) <= 10
    assert len(opened) == 1 + len(context.cover.contents)
    for entry in context.cover.contents:
        text = opened[int(entry.number) - 1].get_textpage().get_text_range()
        heading = (context.summary, *context.pages, context.checklist, context.method)[
            int(entry.number) - 2
        ].head
        assert entry.name in text
        assert squeezed("".join(heading.title)) in squeezed(text)
    opened.close()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["key accounts", "one wave"])
def test_pages_are_filled_without_wide_gaps(name: str, language: Language, printer: Printer) -> None:
    rows = pages_as_ink(pdf(name, language, printer))
    checks = int(report_context(*sample(name), language).checklist.head.number)
    for number, inked in enumerate(rows[1:], start=2):
        where = np.flatnonzero(inked)
        least = LEAST_FILL_METHOD if number == len(rows) else LEAST_FILL
        if name == "one wave" and number == len(rows):
            continue  # Without weights, segments and waves there is less to state.
        assert number == checks or where[-1] / len(inked) >= least, (
            f"page {number} ends at {where[-1] / len(inked):.0%}"
        )
        gaps = np.diff(where) / DOTS_PER_MM
        assert gaps.max() <= WIDEST_GAP, f"page {number} has a gap of {gaps.max():.0f} mm"


SHAPES: dict[str, tuple[Study, dict[str, Any]]] = {
    "everything falls": (report_sample.key_accounts(), {"move": -2.6, "seed": 5}),
    "first wave": (report_sample.key_accounts(), {"waves": 1}),
    "no errors, drivers or segments": (
        report_sample.key_accounts(),
        {"known_errors": False, "drivers": False, "segments": False},
    ),
    "three items": (report_sample.small_study(3), {}),
    "one dimension": (report_sample.small_study(4, dimensions=1, waves=2, drivers=False), {}),
    "24 items": (report_sample.small_study(24, dimensions=5, waves=3), {"move": {"d1": 2.5}}),
}


@pytest.mark.parametrize("name", SHAPES)
def test_no_page_runs_over(name: str, printer: Printer) -> None:
    study, shape = SHAPES[name]
    results = report_sample.results(study, **shape)
    # English takes more room, so it is the one that would run over.
    document = pypdfium2.PdfDocument(render_pdf(results, study, "en", printer))
    assert len(document) == 1 + len(report_context(results, study, "en").cover.contents)
    document.close()


def test_where_everything_rises_the_last_page_holds_the_name_of_a_long_weight_set(printer: Printer) -> None:
    study = report_sample.key_accounts()
    results = report_sample.results(study, move=2.6, seed=3)
    named = replace(results.provenance, weight_set="p" * 32, weight_state="approved")
    results = replace(results, provenance=named)
    opened = pypdfium2.PdfDocument(render_pdf(results, study, "en", printer))
    last = opened[len(opened) - 1].get_textpage().get_text_range()
    assert len(opened) == 1 + len(report_context(results, study, "en").cover.contents)
    assert squeezed(f"--weights {'p' * 32} makes this report again.") in squeezed(last)
    opened.close()


def test_same_results_same_bytes(printer: Printer) -> None:
    # By a process of its own, that has printed nothing before.
    assert render_pdf(*sample("one wave"), "zh") == pdf("one wave", "zh", printer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_needs_nothing_else(language: Language) -> None:
    page = render_html(*sample("key accounts"), language)
    outside = re.findall(r'(?:src|href|action)="(?!#|data:)([^"]*)"', page)
    assert not outside
    assert not re.findall(r"url\((?![\"']?data:)", page)
    assert "@import" not in page
    assert "<script" not in page
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page
    # Every chart carries its finding for those who cannot see it.
    charts = re.findall(r"<svg[^>]*>(.{7})", page)
    assert charts
    assert set(charts) == {"<title>"}


def hostile() -> Study:
    text = (report_sample.ROOT / "sample_surveys/key_accounts/study.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    both = {"zh": HOSTILE, "en": HOSTILE}
    document["title"] = document["organisation"] = document["index"]["label"] = both
    document["items"][5]["label"] = both
    document["index"]["children"][0]["label"] = both
    document["index"]["children"][1]["label"] = {"zh": LONG, "en": LONG}
    document["outcomes"][0]["label"] = document["segments"][0]["label"] = both
    document["columns"][2]["categories"][0]["label"] = both
    document["columns"][2]["categories"][1]["label"] = {"zh": LONG, "en": LONG}
    document["reporting"]["actions"][0]["what"] = both
    document["waves"][3]["label"] = document["reporting"]["classification"] = both
    return Study.model_validate(document)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_labels_stay_text(language: Language) -> None:
    study = hostile()
    results = report_sample.results(study, move={"product": 3.0})
    page = render_html(results, study, language)
    assert "<script" not in page
    assert html.escape("<script>alert(1)</script>", quote=False) in page


def test_hostile_labels_break_no_page(printer: Printer) -> None:
    study = hostile()
    document = render_pdf(report_sample.results(study, move={"product": 3.0}), study, "en", printer)
    opened = pypdfium2.PdfDocument(document)
    assert len(opened) == 10
    opened.close()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_only_place(path: Any) -> None:
    code = "\n".join(re.findall(r"\{[{%].*?[%}]\}", path.read_text(encoding="utf-8"), re.DOTALL))
    assert not re.search(r"\|\s*(safe|round|format|int|float|abs|sum|filesizeformat)\b", code)
    # The one sum a template may make is the position in a loop.
    assert not re.search(r"(?<!index0)\s[*/]\s|\d\s*[<>]\s*\d|[<>]=", code)
    assert not re.search(r"[\u4e00-\u9fff]", path.read_text(encoding="utf-8"))


def test_charts_on_a_page_are_as_wide_as_the_page_allows() -> None:
    context = report_context(*sample("key accounts"), "en")
    for page in context.pages:
        assert page.figure is not None
        assert page.figure.chart.width <= mm(174) + 1
