"""A page is printed with our fonts, the same bytes every time, and reaches nothing outside itself."""

from __future__ import annotations

import ctypes
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pypdfium2.raw as raw
import pytest
from chart_samples import every_chart

from report_templates import pdf, pdf_worker
from report_templates.context.figures import markup
from report_templates.environment import marked, styles
from report_templates.pdf import Attachment, Limits, PdfProblems, Printer
from survey.language import LANGUAGES

BODY = "<h1>满意度 77.7</h1><p><b>区间</b> 76.8–78.6 <svg width='10' height='10'><title>点</title></svg></p>"


def page(body: str = BODY, head: str = "") -> str:
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>满意度报告</title>'
        f"<style>{styles('report.css')}</style>{head}</head><body>{body}</body></html>"
    )


@pytest.fixture(scope="module")
def printed(printer: Printer) -> bytes:
    return printer.write(page())


def inflated(data: bytes) -> bytes:
    """Return a PDF with its streams unpacked, so that names and metadata can be searched."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    unpacked = []
    for stream in streams:
        try:
            unpacked.append(zlib.decompress(stream))
        except zlib.error:  # not every stream is packed
            unpacked.append(stream)
    return data + b"\n".join(unpacked)


def fonts(data: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([\w-]+)", inflated(data))}


def problems(error: pytest.ExceptionInfo[PdfProblems]) -> list[str]:
    for problem in error.value.problems:
        for language in LANGUAGES:
            assert problem.line(language)
    return [problem.code for problem in error.value.problems]


def test_embedded_fonts_are_exactly_ours(printed: bytes) -> None:
    assert fonts(printed) == {"Csat-Sans-SC", "Csat-Sans-SC-Bold"}


def test_a_foreign_or_missing_family_still_prints_in_our_font(printer: Printer) -> None:
    html = page(
        "<p style='font-family: Arial'>甲</p><svg width='50' height='20'><text y='15'>乙</text></svg>"
    )
    assert fonts(printer.write(html)) == {"Csat-Sans-SC"}


def test_same_page_same_bytes_in_another_process(printed: bytes) -> None:
    assert pdf.write_pdf(page()) == printed


def test_a_page_read_as_xml_gives_the_same_bytes(printer: Printer, printed: bytes) -> None:
    html = page().replace('<meta charset="utf-8">', '<meta charset="utf-8"/>')
    html = html.replace("<!doctype", "<!DOCTYPE")
    svg = html.replace("<svg ", "<svg xmlns='http://www.w3.org/2000/svg' ")
    as_html, as_xml = printer.write(svg), printer.write(svg, well_formed=True)
    assert as_xml == as_html
    assert len(as_xml) > len(printed) / 2


def test_a_page_that_is_not_xml_though_it_says_so_is_a_problem(printer: Printer) -> None:
    with pytest.raises(PdfProblems) as error:
        printer.write(page("<p>a<br>b</p>"), well_formed=True)
    assert problems(error) == ["pdf_failed"]


def test_the_text_can_be_read_back(printed: bytes) -> None:
    document = pypdfium2.PdfDocument(printed)
    try:
        text = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    assert "满意度 77.7" in text
    assert "76.8–78.6" in text


def test_the_file_is_tagged_titled_and_in_its_language(printed: bytes) -> None:
    plain = inflated(printed)
    for part in (b"/StructTreeRoot", b"/Lang", b"pdfuaid:part", b"/DisplayDocTitle true", b"/Alt"):
        assert part in plain, part


def structure(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield every element of the tag tree as its type and alternative text."""

    def words(read: Any, element: Any) -> str:
        buffer = ctypes.create_string_buffer(read(element, None, 0))
        read(element, buffer, len(buffer))
        return buffer.raw.decode("utf-16-le").rstrip("\0")

    def below(element: Any) -> Iterator[tuple[str, str]]:
        yield (
            words(raw.FPDF_StructElement_GetType, element),
            words(raw.FPDF_StructElement_GetAltText, element),
        )
        for index in range(raw.FPDF_StructElement_CountChildren(element)):
            if child := raw.FPDF_StructElement_GetChildAtIndex(element, index):
                yield from below(child)

    document = pypdfium2.PdfDocument(data)
    try:
        for sheet in document:
            tree = raw.FPDF_StructTree_GetForPage(sheet)
            for index in range(raw.FPDF_StructTree_CountChildren(tree)):
                yield from below(raw.FPDF_StructTree_GetChildAtIndex(tree, index))
            raw.FPDF_StructTree_Close(tree)
    finally:
        document.close()


def test_every_chart_and_mark_is_read_aloud_as_what_it_says(printer: Printer) -> None:
    charts = every_chart("zh")
    body = "".join(f"<figure>{markup(chart)}</figure>" for chart in charts.values())
    data = printer.write(page(f"{body}<p>{marked('▲ 好转 ○ 持平')}</p>"))
    found = [alt for kind, alt in structure(data) if kind == "Figure"]
    assert sorted(found) == sorted([*(chart.title for chart in charts.values()), "▲", "○"])


def test_an_archival_copy_carries_its_attachment(printer: Printer) -> None:
    created = datetime(2026, 9, 30, tzinfo=UTC)
    attached = Attachment("results.json", "结果", b'{"index": 77.7}', created)
    data = printer.write(page(), variant="pdf/a-3a", attachments=[attached])
    assert data == printer.write(page(), variant="pdf/a-3a", attachments=[attached])
    document = pypdfium2.PdfDocument(data)
    try:
        assert document.count_attachments() == 1
        assert document.get_attachment(0).get_name() == "results.json"
        assert bytes(document.get_attachment(0).get_data()) == attached.body
    finally:
        document.close()


def test_assets_are_served_by_name(printer: Printer) -> None:
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    assert printer.write(page('<img src="csat:logo.svg" alt="Logo">'), {"logo.svg": logo})


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/hostname" alt="">',
        '<img src="http://127.0.0.1:9/x.png" alt="">',
        '<img src="csat:absent.svg" alt="">',
        '<p style="background: url(file:///etc/hostname)">x</p>',
        '<svg width="9" height="9"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        "<style>@import url(file:///etc/x.css);</style>",
        "<style>@font-face { font-family: x; src: url(file:///etc/x.otf) }</style><p>x</p>",
        '<object data="file:///etc/hostname"></object>',
    ],
)
def test_addresses_outside_the_page_are_refused(printer: Printer, body: str) -> None:
    with pytest.raises(PdfProblems) as error:
        printer.write(page(body))
    assert "pdf_address_refused" in problems(error)


def test_a_refused_page_does_not_spoil_the_next(printer: Printer, printed: bytes) -> None:
    assert printer.write(page()) == printed


def test_every_character_without_a_glyph_is_named_with_its_text(printer: Printer) -> None:
    with pytest.raises(PdfProblems) as error:
        printer.write(page("<p>客户 龘 的意见</p><table><td>✗</td></table>"))
    assert problems(error) == ["pdf_character_missing"] * 2
    assert "龘" in error.value.problems[0].line("zh")
    assert "U+9F98" in error.value.problems[0].line("en")
    assert "客户 龘 的意见" in error.value.problems[0].line("en")


def test_names_beyond_the_basic_plane_print(printer: Printer) -> None:
    assert printer.write(page("<p>𬭎先生 U+2011 ‑ 张堃</p>"))


def test_a_warning_of_the_layout_is_a_problem(printer: Printer) -> None:
    with pytest.raises(PdfProblems) as error:
        printer.write(page(head="<style>p { text-wrap: balance; }</style>"))
    assert problems(error) == ["pdf_warned"]
    assert "text-wrap" in error.value.problems[0].line("en")


def test_a_page_that_takes_too_long_is_stopped_and_said_so(printer: Printer) -> None:
    nested = "<div style='display:flex;flex-direction:column'>" * 14 + "文" * 200 + "</div>" * 14
    with pytest.raises(PdfProblems) as error:
        printer.write(page(nested), limits=Limits(seconds=1))
    assert problems(error) == ["pdf_too_slow"]
    assert "1" in error.value.problems[0].line("zh")


def test_a_page_that_nests_too_deep_is_said_to_be_too_large(printer: Printer) -> None:
    with pytest.raises(PdfProblems) as error:
        printer.write(page("<div>" * 400 + "x"))
    assert problems(error) == ["pdf_too_large"]


def test_the_printer_prints_again_after_it_was_stopped(printer: Printer, printed: bytes) -> None:
    assert printer.write(page()) == printed


@pytest.mark.parametrize(
    ("outcome", "code", "word"),
    [
        (
            {"error": "library", "detail": "cannot load library 'libpango-1.0-0'"},
            "pdf_library_missing",
            "libpango-1.0-0",
        ),
        ({"error": "subsetter", "detail": ""}, "pdf_subsetter_missing", "libharfbuzz-subset0"),
        ({"error": "failed", "detail": "ZeroDivisionError: division"}, "pdf_failed", "ZeroDivisionError"),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(outcome: dict[str, str], code: str, word: str) -> None:
    (problem,) = pdf._judged(outcome, Limits())
    assert problem.code == code
    for language in LANGUAGES:
        assert word in problem.line(language)


def test_the_worker_names_a_library_the_system_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    whole = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0': no such file")
        return whole(name, *rest)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(builtins, "__import__", without)
    assert pdf_worker.missing_library() == {
        "error": "library",
        "detail": "cannot load library 'libpango-1.0-0': no such file",
    }
