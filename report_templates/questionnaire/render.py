"""The questionnaire as one HTML page and as a PDF to fill in: the PDF is that page printed with fields."""

from __future__ import annotations

from report_templates.environment import environment
from report_templates.pdf import Printer, write_pdf
from report_templates.questionnaire.context import form_context
from report_templates.webfont import font_faces
from survey.language import Language
from survey.study import Study


def form_html(study: Study, wave: str, language: Language) -> str:
    """Return the questionnaire of a wave as one self-contained page. Same study, same text."""
    page = _page(study, wave, language)
    return page.replace("</head>", f"<style>{font_faces(page)}</style>\n</head>", 1)


def form_pdf(study: Study, wave: str, language: Language, printer: Printer | None = None) -> bytes:
    """Return the questionnaire of a wave as a tagged PDF whose fields can be filled in on a screen.

    The font is embedded whole, since anything may be typed into it. Same study, same bytes.

    Raises
    ------
    report_templates.pdf.PdfProblems
        When a character has no glyph, a system library is missing, or the page could not be laid out.
    """
    page = _page(study, wave, language)
    write = printer.write if printer else write_pdf
    return write(page, well_formed=True, forms=True)


def _page(study: Study, wave: str, language: Language) -> str:
    form = form_context(study, wave, language)
    return environment().get_template("questionnaire/form.html").render(form=form)
