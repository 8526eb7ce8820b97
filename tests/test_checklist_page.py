"""The checklist's page holds every check, on one page, whatever was found."""

from __future__ import annotations

import pypdfium2
import pytest
import report_sample
from checked_sample import blocked, checked, doubted
from report_reading import KEY_ACCOUNTS, texts, title

from analysis.check_results import STATES
from analysis.checks import checklist
from analysis.results import StudyResults
from report_templates.context import check_words, layout, report_context
from report_templates.context.checklist_page import GRADES, MOST_FILLED
from report_templates.context.words import Words
from report_templates.pdf import Printer
from report_templates.render import render_pdf
from survey.language import LANGUAGES, Language

PLAIN = report_sample.results(KEY_ACCOUNTS)
SHAPES = {
    "bare": report_sample.results(KEY_ACCOUNTS, drivers=False),
    "checked": checked(PLAIN),
    "blocked": blocked(PLAIN),
    "doubted": doubted(PLAIN),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_check_is_named_and_what_speaks_against_it_is_graded(shape: str, language: Language) -> None:
    results = SHAPES[shape]
    page = report_context(results, KEY_ACCOUNTS, language).checklist
    words, found = Words(KEY_ACCOUNTS, language, results), checklist(results)
    # A name in a list begins with a small letter.
    said = "\n".join(text for _, text in texts(page)).lower()
    assert not [check.key for check in found.checks if check_words.name(words, check).lower() not in said]
    graded = {claim.sign for claim in page.claims}
    blocking = {check.key for check in found.checks if check.state == "block"}
    rows = [claim for claim in page.claims if claim.sign == GRADES["block"]]
    assert len(rows) == len(blocking)
    assert all(
        claim.verdict == words(f"check.state.{state}")
        for state in STATES
        for claim in page.claims
        if claim.sign == GRADES[state]
    )
    assert graded
    height = layout.stacked(
        layout.claims(page.claims, page.claims_note, page.claims_widths),
        layout.halves(page.halves, page.halves_note),
    )
    assert layout.head(page.head.title, language, page.head.subtitle) + height <= MOST_FILLED


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_says_why_nothing_is_put_first(language: Language) -> None:
    counts = checklist(SHAPES["checked"]).counts
    calm = report_context(SHAPES["checked"], KEY_ACCOUNTS, language).checklist
    assert counts["block"] == 0
    assert any(str(counts["warn"]) in text for text in (title(calm), calm.head.subtitle))
    held = report_context(SHAPES["blocked"], KEY_ACCOUNTS, language).checklist
    check = next(one for one in checklist(SHAPES["blocked"]).checks if one.state == "block")
    words = Words(KEY_ACCOUNTS, language, SHAPES["blocked"])
    assert check_words.reason(words, check) in title(held)


def test_what_was_found_on_one_outcome_alone_says_on_which() -> None:
    results: StudyResults = SHAPES["blocked"]
    page = report_context(results, KEY_ACCOUNTS, "en").checklist
    words = Words(KEY_ACCOUNTS, "en", results)
    (row,) = (claim for claim in page.claims if claim.sign == "empty")
    assert row.evidence.startswith(f"{words.outcome(results.drivers[0].outcome)}: VIF up to 14.0")


def test_a_page_on_which_everything_is_doubted_is_one_page(printer: Printer) -> None:
    document = pypdfium2.PdfDocument(render_pdf(SHAPES["doubted"], KEY_ACCOUNTS, "en", printer))
    context = report_context(SHAPES["doubted"], KEY_ACCOUNTS, "en")
    assert len(document) == 1 + len(context.cover.contents)
    text = document[int(context.checklist.head.number) - 1].get_textpage().get_text_range()
    assert context.checklist.head.name in text
    document.close()
