"""Results in, pages out: the executive report as one HTML document and as PDF.

Both come from the same context and the same template; the PDF is that HTML printed. The HTML needs
nothing beside itself: styles, charts and the letters it uses stand in it, and it names no other address.
"""

from __future__ import annotations

from analysis.results import StudyResults
from report_templates.context import report_context
from report_templates.environment import environment
from report_templates.pdf import Printer, write_pdf
from report_templates.webfont import font_faces
from survey.language import Language
from survey.study import Study


def render_html(results: StudyResults, study: Study, language: Language) -> str:
    """Return the executive report as one self-contained HTML page.

    Same results, same text: no clock and no randomness. Fonts are cut to the characters of the page.
    """
    page = _page(results, study, language)
    return page.replace("</head>", f"<style>{font_faces(page)}</style>\n</head>", 1)


def render_pdf(
    results: StudyResults, study: Study, language: Language, printer: Printer | None = None
) -> bytes:
    """Return the executive report as a tagged PDF with embedded fonts. Same results, same bytes.

    ``printer`` is one that the caller started earlier, so that it was ready by now, or prints several
    reports with.

    Raises
    ------
    report_templates.pdf.PdfProblems
        When a character has no glyph, a system library is missing, or a page could not be laid out.
    """
    page = _page(results, study, language)
    write = printer.write if printer else write_pdf
    return write(page, well_formed=True)


def _page(results: StudyResults, study: Study, language: Language) -> str:
    context = report_context(results, study, language)
    return environment().get_template("executive/report.html").render(report=context)
